//! The codes of required bindings, and the category of each resource.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{extension, list, text};

const CATEGORY: &str = "http://hl7.org/fhir/StructureDefinition/structuredefinition-category";
/// Value sets with more codes than this are lists of types, licences and the like: they stay text.
const MOST: usize = 64;

/// The value sets and code systems of the package, by canonical URL.
#[derive(Default)]
pub(super) struct Codes {
    systems: BTreeMap<String, Value>,
    value_sets: BTreeMap<String, Value>,
}

impl Codes {
    pub(super) fn add(&mut self, resource: Value) {
        let url = text(&resource, "url").to_owned();
        match text(&resource, "resourceType") {
            "CodeSystem" => self.systems.insert(url, resource),
            _ => self.value_sets.insert(url, resource),
        };
    }

    /// A row a code, for those of `value_sets` whose codes the package lists.
    pub(super) fn rows<'a>(&self, value_sets: impl Iterator<Item = &'a str>) -> Vec<String> {
        let urls: BTreeSet<&str> = value_sets
            .map(|url| url.split('|').next().unwrap_or(url))
            .collect();
        let mut rows = Vec::new();
        for url in urls {
            let Some(codes) = self.expand(url).filter(|codes| codes.len() <= MOST) else {
                continue;
            };
            let name = self
                .value_sets
                .get(url)
                .map(|one| text(one, "name"))
                .unwrap_or_default();
            rows.extend(codes.iter().map(|code| format!("{url}\t{name}\t{code}")));
        }
        rows
    }

    fn expand(&self, url: &str) -> Option<Vec<String>> {
        let compose = self.value_sets.get(url)?.get("compose")?;
        if compose.get("exclude").is_some() {
            return None;
        }
        let mut codes = Vec::new();
        for include in list(compose, "include") {
            if include.get("filter").is_some() {
                return None;
            }
            let mut others = list(include, "valueSet").filter_map(Value::as_str).peekable();
            if others.peek().is_some() {
                for other in others {
                    codes.extend(self.expand(other.split('|').next().unwrap_or(other))?);
                }
            } else if include.get("concept").is_some() {
                codes.extend(list(include, "concept").map(|one| text(one, "code").to_owned()));
            } else {
                let system = self.systems.get(text(include, "system"))?;
                if text(system, "content") != "complete" {
                    return None;
                }
                concepts(system, &mut codes);
            }
        }
        let mut seen = BTreeSet::new();
        codes.retain(|code| seen.insert(code.clone()));
        Some(codes)
    }
}

fn concepts(parent: &Value, codes: &mut Vec<String>) {
    for one in list(parent, "concept") {
        codes.push(text(one, "code").to_owned());
        concepts(one, codes);
    }
}

/// The category of a resource, `Clinical.Medications`.
pub(super) fn category(definition: &Value) -> Option<String> {
    extension(definition, CATEGORY).map(|text| text.replace("&amp;", "&"))
}
