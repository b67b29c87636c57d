//! tmp
#![allow(clippy::all, clippy::print_stdout, clippy::unwrap_used)]
use std::collections::BTreeMap;
fn main() {
    let mode = std::env::args().nth(1).unwrap();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for f in std::env::args().skip(2) {
        let b = std::fs::read(&f).unwrap();
        match carewire_hl7v2::Message::parse(&b) {
            Err(e) => {
                *counts.entry(format!("ERR {}", e.code())).or_default() += 1;
                if mode == "v" {
                    println!("{f}: {e}")
                }
            }
            Ok(m) => {
                for x in m.findings() {
                    *counts.entry(x.code().to_string()).or_default() += 1;
                    if mode == x.code().as_str() {
                        println!("{f}: {x}")
                    }
                }
                let t = m.tree();
                for x in t.findings() {
                    *counts
                        .entry(format!("{} {}", x.code(), x.subject().unwrap_or("")))
                        .or_default() += 1;
                    if mode == x.code().as_str() {
                        println!("{f}: {x} {:?}", t.structure())
                    }
                }
                if mode == "t" {
                    println!("{f}\n{t:?}")
                }
            }
        }
    }
    println!("{counts:#?}");
}
