//! The HL7 tables: which codes each version lists. What a code is called comes from HL7 terminology, as
//! `terminology/spec` has it, and from the structure tables where that has no such code.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::{Table, clean, ranges};
use crate::Outcome;

#[derive(Deserialize)]
pub(super) struct Source {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    codes: BTreeMap<String, Option<String>>,
}

/// A code: the versions that list it, and what the newest of them calls it.
#[derive(Default)]
struct Code {
    versions: Vec<usize>,
    display: String,
}

#[derive(Default)]
pub(super) struct Tables {
    heads: Table,
    codes: BTreeMap<(String, String), Code>,
}

impl Tables {
    pub(super) fn add(&mut self, version: usize, tables: &BTreeMap<String, Source>) {
        for (number, table) in tables {
            let kind = table.kind.clone().unwrap_or_default();
            let head = vec![number.clone(), kind, clean(table.name.as_deref())];
            self.heads.add(version, head);
            for (code, display) in table.codes.iter().filter(|(code, _)| is_code(code)) {
                let entry = self.codes.entry((number.clone(), code.clone())).or_default();
                entry.versions.push(version);
                entry.display = clean(display.as_deref());
            }
        }
    }

    pub(super) fn write(&self, spec: &Path) -> Outcome {
        fs::write(
            spec.join("tables.tsv"),
            self.heads.text("table\tversions\tkind\tname", 1),
        )?;
        let displays = displays(&spec.join("../../terminology/spec/hl7v2-tables.txt"))?;
        let mut text = String::from("table\tcode\tversions\tdisplay\n");
        for ((table, code), entry) in &self.codes {
            let known = displays.get(&(table.clone(), code.clone()));
            let display = known.unwrap_or(&entry.display);
            text += &format!("{table}\t{code}\t{}\t{display}\n", ranges(&entry.versions));
        }
        fs::write(spec.join("codes.tsv"), text)?;
        Ok(())
    }
}

/// By table and code. `= NUMBER ..` opens a table there.
fn displays(path: &Path) -> Result<BTreeMap<(String, String), String>, std::io::Error> {
    let mut all = BTreeMap::new();
    let mut table = String::new();
    for line in fs::read_to_string(path)?.lines() {
        let mut cells = line.split('\t');
        let (first, second) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        match first.strip_prefix("= ") {
            Some(number) => table = number.to_owned(),
            None if !second.is_empty() => {
                all.insert((table.clone(), first.to_owned()), second.to_owned());
            }
            None => {}
        }
    }
    Ok(all)
}

/// Leaves out what stands in the place of a code: an ellipsis, a phrase, damaged text.
fn is_code(code: &str) -> bool {
    let plain = code.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let phrase = code.split(' ').count() > 3 || code.contains("..") || code.contains("zzz");
    plain && !phrase && !code.trim().is_empty() && code.trim() == code
}
