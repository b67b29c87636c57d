//! The URIs of coding systems by their names in HL7 table 0396.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::packages::{Fhir, Tho};
use super::{Failure, line};

/// A system that HL7 terminology names.
#[derive(Clone, Default)]
struct System {
    uri: String,
    oid: String,
    active: bool,
}

/// `name TAB URI TAB OID TAB title`, sorted.
///
/// `mnemonics` is the reviewed list of names that HL7 terminology itself does not tie to a URI; the others are tied
/// by the equal name of a NamingSystem or CodeSystem. Every URI must be one that HL7 terminology or R4 knows.
pub(super) fn table(tho: &Tho, core: &Fhir, mnemonics: &str) -> Result<String, Failure> {
    let known = Known::read(tho, core);
    let reviewed: BTreeMap<&str, &str> = mnemonics
        .lines()
        .filter(|it| !it.starts_with('#'))
        .filter_map(|it| it.split_once('\t'))
        .collect();
    let list = tho
        .files
        .get("sourceOfTruth/v2/codeSystems/cs-v2-0396.xml")
        .ok_or("no table 0396")?;
    let mut titles: BTreeMap<&str, &str> = BTreeMap::new();
    for concept in list.concepts() {
        titles.insert(concept.value("code"), concept.value("display"));
    }
    let mut text = String::from("# name in table 0396, URI, OID, title\n");
    for (name, title) in &titles {
        let system = match reviewed.get(name) {
            Some(uri) if !known.uris.contains(*uri) => {
                return Err(format!("{name}: {uri} is not known").into());
            }
            Some(uri) => {
                let oid = known.oids.get(*uri).cloned().unwrap_or_default();
                System {
                    uri: (*uri).to_owned(),
                    oid,
                    active: true,
                }
            }
            None => match known.by_name.get(&name.to_ascii_lowercase()) {
                Some(system) => system.clone(),
                None => continue,
            },
        };
        writeln!(text, "{name}\t{}\t{}\t{}", system.uri, system.oid, line(title))?;
    }
    match reviewed.keys().find(|it| !titles.contains_key(*it)) {
        Some(name) => Err(format!("mnemonics.txt: {name} is not in table 0396").into()),
        None => Ok(text),
    }
}

#[derive(Default)]
struct Known {
    by_name: BTreeMap<String, System>,
    uris: BTreeSet<String>,
    oids: BTreeMap<String, String>,
}

impl Known {
    fn read(tho: &Tho, core: &Fhir) -> Self {
        let mut known = Self::default();
        for file in tho.files.values() {
            if file.is("NamingSystem") {
                known.naming_system(file);
            } else if file.is("CodeSystem") {
                let system = System {
                    uri: file.value("url").into(),
                    oid: file.oid().into(),
                    active: true,
                };
                let id = file.value("id");
                known.add(
                    &[file.value("name"), id.strip_prefix("v3-").unwrap_or(id)],
                    system,
                );
            }
        }
        for (url, _) in core.all("CodeSystem") {
            known.uris.insert(url.to_owned());
        }
        for (_, set) in core.all("ValueSet") {
            let includes = set["compose"]["include"].as_array().into_iter().flatten();
            known
                .uris
                .extend(includes.filter_map(|it| it["system"].as_str()).map(str::to_owned));
        }
        known
    }

    fn naming_system(&mut self, file: &super::packages::Element) {
        let mut oid = String::new();
        let mut uris = Vec::new();
        for id in file.all("uniqueId") {
            let value = id.value("value").to_owned();
            match id.value("type") {
                "oid" if oid.is_empty() || id.value("preferred") == "true" => oid = value,
                "uri" if id.value("preferred") == "true" => uris.insert(0, value),
                "uri" => uris.push(value),
                _ => {}
            }
        }
        let active = file.value("status") == "active";
        let id = file.value("id");
        for (place, uri) in uris.into_iter().enumerate() {
            let system = System {
                uri,
                oid: oid.clone(),
                active,
            };
            if place == 0 {
                self.add(
                    &[file.value("name"), id.strip_prefix("v3-").unwrap_or(id)],
                    system,
                );
            } else {
                self.uris.insert(system.uri);
            }
        }
    }

    fn add(&mut self, names: &[&str], system: System) {
        if system.uri.is_empty() {
            return;
        }
        self.uris.insert(system.uri.clone());
        let oid = self.oids.entry(system.uri.clone()).or_default();
        if oid.is_empty() {
            oid.clone_from(&system.oid);
        }
        for name in names {
            let known = self.by_name.entry(name.to_ascii_lowercase()).or_default();
            if known.uri.is_empty() || (system.active && !known.active) {
                known.clone_from(&system);
            }
        }
    }
}
