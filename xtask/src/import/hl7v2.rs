//! The HL7 v2 structure tables of a folder `hl7v2-<version>.json` into `hl7v2/spec`.
//!
//! What is equal in several versions is written once, with the versions it holds for.

mod correction;
mod tables;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::Outcome;

/// The versions, oldest first.
const VERSIONS: [&str; 13] = [
    "2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2",
];

#[derive(Deserialize)]
struct Edition {
    segments: BTreeMap<String, Segment>,
    datatypes: BTreeMap<String, Datatype>,
    structures: BTreeMap<String, Vec<Node>>,
    events: BTreeMap<String, Event>,
    tables: BTreeMap<String, tables::Source>,
}

#[derive(Deserialize)]
struct Segment {
    name: Option<String>,
    fields: BTreeMap<u16, Field>,
}

#[derive(Deserialize)]
struct Field {
    name: Option<String>,
    item: Option<String>,
    #[serde(rename = "type")]
    datatype: Option<String>,
    usage: Option<String>,
    max: Option<u16>,
    #[serde(flatten)]
    length: Length,
    table: Option<String>,
}

#[derive(Deserialize)]
struct Datatype {
    name: Option<String>,
    primitive: bool,
    components: BTreeMap<u16, Component>,
}

#[derive(Deserialize)]
struct Component {
    name: Option<String>,
    #[serde(rename = "type")]
    datatype: Option<String>,
    usage: Option<String>,
    #[serde(flatten)]
    length: Length,
    table: Option<String>,
}

/// How long a value may be: `2..20`, `20`; and how much of it a receiver has to take at least, `20=` or `20#`.
#[derive(Deserialize)]
struct Length {
    min_len: Option<u32>,
    max_len: Option<u32>,
    conf_len: Option<String>,
}

impl Length {
    fn cell(&self) -> String {
        let bounds = match (self.min_len, self.max_len) {
            (None, None) => String::new(),
            (None, Some(max)) => max.to_string(),
            (Some(min), max) => format!("{min}..{}", max.map_or(String::new(), |max| max.to_string())),
        };
        let least = clean(self.conf_len.as_deref());
        // A number without a sign says nothing about truncation, and is found six times in all.
        let least = if least.ends_with(['=', '#']) {
            least
        } else {
            String::new()
        };
        [bounds, least].join(" ").trim().to_owned()
    }
}

#[derive(Deserialize)]
struct Node {
    seg: Option<String>,
    group: Option<String>,
    min: u8,
    max: Option<u8>,
    #[serde(default)]
    children: Vec<Node>,
    #[serde(default)]
    choice: bool,
}

#[derive(Deserialize)]
struct Event {
    name: Option<String>,
    #[serde(default)]
    send: Vec<String>,
    #[serde(default)]
    reply: Vec<String>,
}

/// Rows with the versions in which each holds. Cells that come first sort and name the row.
#[derive(Default)]
struct Table {
    rows: BTreeMap<Vec<String>, Vec<usize>>,
}

impl Table {
    fn add(&mut self, version: usize, cells: Vec<String>) {
        let versions = self.rows.entry(cells).or_default();
        if versions.last() != Some(&version) {
            versions.push(version);
        }
    }

    /// The table as text; the versions stand after `keys` cells.
    fn text(&self, header: &str, keys: usize) -> String {
        let mut text = format!("{header}\n");
        for (cells, versions) in &self.rows {
            let (before, after) = cells.split_at(keys);
            let cells = [before, &[ranges(versions)], after].concat();
            let _ = writeln!(text, "{}", cells.join("\t"));
        }
        text
    }
}

/// `2.1-2.3,2.5` for the versions with these numbers.
fn ranges(versions: &[usize]) -> String {
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for &version in versions {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == version => *last = version,
            _ => parts.push((version, version)),
        }
    }
    let part = |&(first, last): &(usize, usize)| {
        if first == last {
            VERSIONS[first].to_owned()
        } else {
            format!("{}-{}", VERSIONS[first], VERSIONS[last])
        }
    };
    parts.iter().map(part).collect::<Vec<_>>().join(",")
}

/// Reads `folder` and writes `hl7v2/spec`.
pub(crate) fn run(folder: &Path) -> Outcome {
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../hl7v2/spec");
    fs::create_dir_all(&spec)?;
    let corrections = correction::read(&spec.join("corrections.tsv"), &VERSIONS)?;
    let mut segments = Table::default();
    let mut fields = Table::default();
    let mut datatypes = Table::default();
    let mut components = Table::default();
    let mut structures = Table::default();
    let mut events = Table::default();
    let mut codes = tables::Tables::default();
    let mut sums = String::new();
    for (number, version) in VERSIONS.iter().enumerate() {
        let name = format!("hl7v2-{version}.json");
        let bytes = fs::read(folder.join(&name)).map_err(|error| format!("{name}: {error}"))?;
        let _ = writeln!(sums, "\"{name}\" = \"{}\"", hex(&Sha256::digest(&bytes)));
        let edition: Edition = serde_json::from_slice(&bytes)?;
        for (id, segment) in edition.segments.iter().filter(|(id, _)| id.len() == 3) {
            segments.add(number, vec![id.clone(), clean(segment.name.as_deref())]);
            for (n, field) in &segment.fields {
                let mut row = correction::Row {
                    usage: clean(field.usage.as_deref()),
                    max: field.max.map_or("*".to_owned(), |max| max.to_string()),
                };
                corrections.apply(number, id, *n, &mut row);
                let cells = [
                    id.clone(),
                    format!("{n:03}"),
                    clean(field.name.as_deref()),
                    datatype(field.datatype.as_deref()),
                    row.usage,
                    row.max,
                    field.length.cell(),
                    clean(field.table.as_deref()),
                    clean(field.item.as_deref()),
                ];
                fields.add(number, cells.to_vec());
            }
        }
        for (id, kind) in edition.datatypes {
            let primitive = if kind.primitive { "primitive" } else { "composite" };
            datatypes.add(
                number,
                vec![id.clone(), primitive.to_owned(), clean(kind.name.as_deref())],
            );
            for (n, component) in kind.components {
                let cells = [
                    id.clone(),
                    format!("{n:03}"),
                    clean(component.name.as_deref()),
                    datatype(component.datatype.as_deref()),
                    clean(component.usage.as_deref()),
                    component.length.cell(),
                    clean(component.table.as_deref()),
                ];
                components.add(number, cells.to_vec());
            }
        }
        for (name, nodes) in &edition.structures {
            let corrected = corrections.structure(number, name);
            structures.add(
                number,
                vec![name.clone(), corrected.unwrap_or_else(|| grammar(nodes))],
            );
        }
        for (id, event) in edition.events {
            let mut names: Vec<_> = event
                .send
                .iter()
                .chain(&event.reply)
                .map(|name| name.trim())
                .collect();
            names.retain(|name| edition.structures.contains_key(*name));
            names.dedup();
            events.add(number, vec![id, names.join(" "), clean(event.name.as_deref())]);
        }
        codes.add(number, &edition.tables);
    }
    fs::write(
        spec.join("segments.tsv"),
        segments.text("segment\tversions\tname", 1),
    )?;
    let header = "segment\tfield\tversions\tname\ttype\tusage\tmax\tlength\ttable\titem";
    fs::write(spec.join("fields.tsv"), fields.text(header, 2))?;
    fs::write(
        spec.join("datatypes.tsv"),
        datatypes.text("datatype\tversions\tkind\tname", 1),
    )?;
    let header = "datatype\tcomponent\tversions\tname\ttype\tusage\tlength\ttable";
    fs::write(spec.join("components.tsv"), components.text(header, 2))?;
    fs::write(
        spec.join("structures.tsv"),
        structures.text("structure\tversions\tgrammar", 1),
    )?;
    fs::write(
        spec.join("events.tsv"),
        events.text("event\tversions\tstructures\tname", 1),
    )?;
    codes.write(&spec)?;
    fs::write(spec.join("SOURCE.toml"), source(&sums))?;
    Ok(())
}

fn source(sums: &str) -> String {
    format!(
        "# The facts of the tables beside this file; corrections.tsv is ours and is applied on import.\n\
         name = \"HL7 v2 structure tables\"\n\
         version = \"2.1 to 2.8.2\"\n\
         origin = [\n    \
         \"usnistgov/igamt-hl7Tools-service, commit 09374475 (fields, types, events, structures of 2.5 and later)\",\n    \
         \"hl7apy 1.3.5 (structures of 2.4 and earlier, legacy query structures)\",\n]\n\
         licence = \"United States government work; MIT (hl7apy)\"\n\
         \n[sha256]\n{sums}"
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A cell: one line, no tabs, single spaces.
fn clean(text: Option<&str>) -> String {
    text.unwrap_or_default()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// A data type; what the source calls `None` or leaves out is `varies`.
fn datatype(name: Option<&str>) -> String {
    match clean(name) {
        name if name.is_empty() || name == "None" => "varies".to_owned(),
        name => name,
    }
}

/// The nodes in our notation: `MSH SFT* PATIENT_RESULT(..)+`, a choice in `<..>`, one named CHOICE without name.
fn grammar(nodes: &[Node]) -> String {
    nodes.iter().filter_map(node).collect::<Vec<_>>().join(" ")
}

fn node(node: &Node) -> Option<String> {
    let mark = match (node.min, node.max) {
        (0, Some(1)) => "?",
        (0, _) => "*",
        (_, Some(1)) => "",
        _ => "+",
    };
    if let Some(segment) = &node.seg {
        // `ANYHL7SEGMENT` and the like stand for no segment in particular.
        return (segment.len() == 3).then(|| format!("{segment}{mark}"));
    }
    let inside = grammar(&node.children);
    if inside.is_empty() {
        return None;
    }
    let name = node.group.as_deref().unwrap_or_default();
    let name = if name == "CHOICE" { "" } else { name };
    Some(if node.choice {
        format!("{name}<{inside}>{mark}")
    } else {
        format!("{name}({inside}){mark}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_in_ranges() {
        assert_eq!(ranges(&[0, 1, 2, 6]), "2.1-2.3,2.5.1");
    }

    #[test]
    fn notation() -> Outcome {
        let nodes: Vec<Node> = serde_json::from_str(
            r#"[{"seg":"MSH","min":1,"max":1},{"group":"G","min":0,"max":null,"children":[{"seg":"PID","min":0,"max":1},
            {"group":"CHOICE","min":1,"max":1,"choice":true,"children":[{"seg":"OBR","min":1,"max":1},{"seg":"ANYHL7SEGMENT","min":1,"max":1}]}]}]"#,
        )?;
        assert_eq!(grammar(&nodes), "MSH G(PID? <OBR>)*");
        Ok(())
    }
}
