//! The table of facts, and the facts of a Bundle.

use std::collections::{BTreeMap, BTreeSet};

use carewire_fhir_model::{Document, Node};
use carewire_fhirpath::{Context, Host, Item, Program};

use crate::instant::in_utc;

/// One thing that a Bundle says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fact {
    pub(super) name: String,
    /// What it is about.
    about: Vec<String>,
    /// What it says: one text, or all names of one thing.
    says: BTreeSet<String>,
}

impl Fact {
    pub(super) fn is_the_same_as(&self, other: &Self) -> bool {
        self.name == other.name && self.about == other.about && !self.says.is_disjoint(&other.says)
    }

    /// For patterns and for the file of details.
    pub(super) fn shown(&self) -> String {
        let says: Vec<&str> = self.says.iter().map(String::as_str).collect();
        let mut parts: Vec<&str> = self.about.iter().map(String::as_str).collect();
        let says = says.join(",");
        parts.push(&says);
        parts.join(" / ").replace(['\n', '\r', '\t'], " ")
    }
}

/// A line of the table.
struct Row {
    group: String,
    name: String,
    all_are_one: bool,
    focus: Program,
    about: Vec<Program>,
    says: Program,
}

pub(super) struct Table {
    rows: Vec<Row>,
}

impl Table {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut rows = Vec::new();
        for (at, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let fault = |what: &str| format!("facts.tsv line {}: {what}", at + 1);
            let cells: Vec<&str> = line.split('\t').collect();
            let [group, name, mode, focus, parts] = cells.as_slice() else {
                return Err(fault("five columns are needed"));
            };
            let compile =
                |text: &str| carewire_fhirpath::compile(text).map_err(|errors| fault(&errors.to_string()));
            let mut parts = parts.split(" ; ").map(compile).collect::<Result<Vec<_>, _>>()?;
            let says = parts.pop().ok_or_else(|| fault("no expression"))?;
            let all_are_one = match *mode {
                "each" => false,
                "any" => true,
                _ => return Err(fault("the mode is `each` or `any`")),
            };
            rows.push(Row {
                group: (*group).to_owned(),
                name: (*name).to_owned(),
                all_are_one,
                focus: compile(focus)?,
                about: parts,
                says,
            });
        }
        Ok(Self { rows })
    }

    /// The groups, in the order of the table.
    pub(super) fn groups(&self) -> Vec<&str> {
        let mut groups: Vec<&str> = Vec::new();
        for row in &self.rows {
            if !groups.contains(&row.group.as_str()) {
                groups.push(&row.group);
            }
        }
        groups
    }

    /// The facts of a Bundle by group, each once.
    pub(super) fn facts(&self, bundle: &Document<'_>) -> Result<BTreeMap<String, Vec<Fact>>, String> {
        let targets = Targets(bundle);
        let context = Context::new().host(&targets);
        let mut facts: BTreeMap<String, BTreeSet<Fact>> = BTreeMap::new();
        for row in &self.rows {
            let fault = |error: carewire_fhirpath::Error| format!("{}: {error}", row.name);
            for focus in row.focus.evaluate(bundle.root(), &context).map_err(fault)? {
                let mut about = Vec::new();
                for part in &row.about {
                    let found = part.evaluate_item(&focus, &context).map_err(fault)?;
                    about.push(found.iter().filter_map(text).collect::<Vec<_>>().join(","));
                }
                let found = row.says.evaluate_item(&focus, &context).map_err(fault)?;
                let says: Vec<String> = found.iter().filter_map(text).collect();
                let says: Vec<BTreeSet<String>> = if row.all_are_one {
                    vec![says.into_iter().collect()]
                } else {
                    says.into_iter().map(|one| BTreeSet::from([one])).collect()
                };
                for says in says.into_iter().filter(|says| !says.is_empty()) {
                    facts.entry(row.group.clone()).or_default().insert(Fact {
                        name: row.name.clone(),
                        about: about.clone(),
                        says,
                    });
                }
            }
        }
        Ok(facts
            .into_iter()
            .map(|(group, facts)| (group, facts.into_iter().collect()))
            .collect())
    }
}

/// The text of an item as it is compared: an instant in UTC, a decimal without the zeros that say nothing.
fn text(item: &Item<'_, Node<'_>>) -> Option<String> {
    let text = item.text()?.trim().to_owned();
    if text.is_empty() {
        return None;
    }
    match item.value()?.as_ref() {
        Item::DateTime(_) => Some(in_utc(&text).unwrap_or(text)),
        Item::Decimal(_) if text.contains('.') => {
            Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
        }
        _ => Some(text),
    }
}

/// Finds what a reference means where fullUrl does not say: the converters write `Type/id` beside a fullUrl that is a urn.
struct Targets<'d>(&'d Document<'d>);

impl<'d> Host<'d, Node<'d>> for Targets<'d> {
    fn resolve(&self, reference: &str) -> Option<Node<'d>> {
        let (kind, id) = reference.rsplit_once('/')?;
        self.0.resources().find(|resource| {
            resource
                .type_id()
                .is_some_and(|found| kind.ends_with(found.name()))
                && resource
                    .child("id")
                    .and_then(Node::text)
                    .is_some_and(|found| found == id)
        })
    }
}
