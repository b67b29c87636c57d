//! The elements of FHIR R4, from the tables of `fhir-model/spec`.

use std::collections::{HashMap, HashSet};
use std::fs;

use super::Failure;
use crate::workspace;

/// More codes than these are no condition that anybody reads.
const FEW: usize = 12;

/// An element of a type.
#[derive(Clone, Debug)]
pub(super) struct Element {
    /// The name in a map: of a choice the name without its type.
    pub(super) name: String,
    /// Its type: a data type, a backbone (`Appointment.participant`) or `Reference`.
    pub(super) kind: String,
    /// Whether the type had to be chosen.
    pub(super) is_choice: bool,
    pub(super) is_list: bool,
    /// The type or backbone that it is an element of.
    pub(super) parent: String,
}

pub(super) struct Schema {
    elements: HashMap<String, (bool, Vec<String>)>,
    /// The fields of HL7 v2 in any version: `PID-3`.
    fields: HashSet<String>,
    /// The codes of each element with a required binding: `Timing.repeat.periodUnit`.
    codes: HashMap<String, Vec<String>>,
}

impl Schema {
    pub(super) fn read() -> Result<Self, Failure> {
        let text = fs::read_to_string(workspace::root().join("fhir-model/spec/elements.tsv"))?;
        let mut elements = HashMap::new();
        for line in text.lines().skip(1) {
            let mut cells = line.split('\t');
            let (Some(path), Some(_), Some(max), Some(kinds)) =
                (cells.next(), cells.next(), cells.next(), cells.next())
            else {
                return Err(format!("elements.tsv: {line}").into());
            };
            let kinds = kinds.split(' ').map(str::to_owned).collect();
            elements.insert(path.to_owned(), (max != "1", kinds));
        }
        let text = fs::read_to_string(workspace::root().join("hl7v2/spec/fields.tsv"))?;
        let mut fields = HashSet::new();
        for line in text.lines().skip(1) {
            let mut cells = line.split('\t');
            if let (Some(segment), Some(field)) = (cells.next(), cells.next()) {
                fields.insert(format!("{segment}-{}", field.trim_start_matches('0')));
            }
        }
        let codes = required_codes()?;
        Ok(Self {
            elements,
            fields,
            codes,
        })
    }

    /// The codes that an element may have, where it has a required binding to few of them.
    pub(super) fn codes(&self, kind: &str, name: &str) -> Option<&[String]> {
        let codes = self.codes.get(&format!("{kind}.{name}"))?;
        (codes.len() <= FEW).then_some(codes)
    }

    /// Whether a version of HL7 v2 up to 2.8.2 has the field.
    pub(super) fn has_field(&self, segment: &str, field: usize) -> bool {
        self.fields.contains(&format!("{segment}-{field}"))
    }

    /// The element `name` of a type: `value` and `valueString` are both the choice `value[x]`.
    pub(super) fn element(&self, kind: &str, name: &str) -> Option<Element> {
        let parent = kind;
        if let Some((is_list, kinds)) = self.elements.get(&format!("{kind}.{name}")) {
            let kind = kinds.first()?;
            return Some(Element {
                name: name.to_owned(),
                kind: bare(kind).to_owned(),
                is_choice: false,
                is_list: *is_list,
                parent: parent.to_owned(),
            });
        }
        if self.elements.contains_key(&format!("{kind}.{name}[x]")) {
            return Some(Element {
                name: name.to_owned(),
                kind: "Reference".to_owned(),
                is_choice: true,
                is_list: false,
                parent: parent.to_owned(),
            });
        }
        for at in (1..name.len()).filter(|at| name.is_char_boundary(*at)) {
            let (start, end) = name.split_at(at);
            let Some((_, kinds)) = self.elements.get(&format!("{kind}.{start}[x]")) else {
                continue;
            };
            if let Some(found) = kinds.iter().find(|one| bare(one).eq_ignore_ascii_case(end)) {
                return Some(Element {
                    name: start.to_owned(),
                    kind: bare(found).to_owned(),
                    is_choice: true,
                    is_list: false,
                    parent: parent.to_owned(),
                });
            }
        }
        None
    }

    pub(super) fn is_type(&self, kind: &str) -> bool {
        self.elements.contains_key(&format!("{kind}.id"))
    }
}

/// The codes of each element with a required binding, by its path.
fn required_codes() -> Result<HashMap<String, Vec<String>>, Failure> {
    let spec = workspace::root().join("fhir-model/spec");
    let mut of_value_set: HashMap<String, Vec<String>> = HashMap::new();
    for line in fs::read_to_string(spec.join("codes.tsv"))?.lines().skip(1) {
        let mut cells = line.split('\t');
        if let (Some(value_set), Some(_), Some(code)) = (cells.next(), cells.next(), cells.next()) {
            of_value_set
                .entry(value_set.to_owned())
                .or_default()
                .push(code.to_owned());
        }
    }
    let mut codes = HashMap::new();
    for line in fs::read_to_string(spec.join("bindings.tsv"))?.lines().skip(1) {
        let mut cells = line.split('\t');
        if let (Some(path), Some("required"), Some(value_set)) = (cells.next(), cells.next(), cells.next()) {
            let value_set = value_set.split('|').next().unwrap_or(value_set);
            if let Some(found) = of_value_set.get(value_set) {
                codes.insert(path.to_owned(), found.clone());
            }
        }
    }
    Ok(codes)
}

/// `Reference(Patient,Group)` without its targets, `Quantity[SimpleQuantity]` without its profile.
fn bare(kind: &str) -> &str {
    kind.split_once(['(', '[']).map_or(kind, |(kind, _)| kind)
}

/// Whether a type has a value and no elements of its own.
pub(super) fn is_primitive(kind: &str) -> bool {
    kind.starts_with(|one: char| one.is_ascii_lowercase())
}
