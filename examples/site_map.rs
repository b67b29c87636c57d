//! Runs a site's own map, `maps/wards.map`, which asks this program for what the message does not say: the names of
//! wards.
//!
//! `cargo run -p carewire-examples --example site_map [MESSAGE.hl7 [MAP]]`
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line program")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

use carewire_hl7v2::Message;
use carewire_mapping::{Context, Host, HostError, HostValue, Maps, Options};

const MESSAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/adt-a02-transfer.hl7");
const MAP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/maps/wards.map");

/// What the site knows of its wards; a real one would ask a database here.
struct Wards(BTreeMap<&'static str, &'static str>);

impl Host for Wards {
    /// `wardName(code)`: the name of a ward, or nothing if the site has no such ward.
    fn call(&self, function: &str, arguments: &[Vec<HostValue>]) -> Result<Vec<HostValue>, HostError> {
        match (function, arguments) {
            ("wardName", [code]) => {
                let name = code.first().and_then(|it| self.0.get(it.text().as_str()));
                Ok(name.map(|it| HostValue::from(*it)).into_iter().collect())
            }
            _ => Err(HostError),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let message = arguments.next().unwrap_or_else(|| MESSAGE.to_owned());
    let map = arguments.next().unwrap_or_else(|| MAP.to_owned());

    // Compiled once; every fault of the map is told with its place and its source line.
    let options = Options::default().function("wardName", 1, 1);
    let text = fs::read_to_string(&map)?;
    let maps = Maps::compile(&[(&map, &text)], &options).map_err(|faults| {
        faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    })?;

    let wards = Wards(BTreeMap::from([
        ("3WEST", "General medicine, west wing"),
        ("ICU", "Intensive care"),
    ]));
    let bytes = fs::read(message)?;
    let context = Context::at(chrono::Utc::now().to_rfc3339().parse()?).host(&wards);
    let out = maps.run(&Message::parse(&bytes)?, &context)?;
    println!("{}", out.bundle.to_json_pretty());
    for finding in &out.findings {
        eprintln!("{finding}");
    }
    Ok(())
}
