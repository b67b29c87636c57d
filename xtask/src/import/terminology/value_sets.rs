//! The codes of every value set that a StructureDefinition of R4 binds as `required`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::packages::Fhir;
use super::{Failure, line};

/// Codes by system and code; the value is the display.
type Codes = BTreeMap<(String, String), String>;

/// `= URL` opens a value set, `+ URI` a code system in it, other lines are `code TAB display`. `! URL TAB why` is a
/// value set whose codes cannot be listed.
pub(super) fn table(core: &Fhir, expansions: &Fhir) -> Result<String, Failure> {
    let mut text = String::from("# value sets bound as required in R4 4.0.1, and their codes\n");
    for url in bound(core) {
        match codes(&url, core, expansions) {
            Err(why) => writeln!(text, "! {url}\t{why}")?,
            Ok(codes) => {
                writeln!(text, "= {url}")?;
                let mut open = None;
                for ((system, code), display) in &codes {
                    if open != Some(system) {
                        writeln!(text, "+ {system}")?;
                        open = Some(system);
                    }
                    writeln!(text, "{code}\t{}", line(display))?;
                }
            }
        }
    }
    Ok(text)
}

/// The canonical URLs without version, of base definitions and of profiles.
fn bound(core: &Fhir) -> BTreeSet<String> {
    let mut urls = BTreeSet::new();
    for (_, definition) in core.all("StructureDefinition") {
        for element in list(&definition["snapshot"]["element"]) {
            let binding = &element["binding"];
            if let (Some("required"), Some(url)) =
                (binding["strength"].as_str(), binding["valueSet"].as_str())
            {
                urls.insert(url.split('|').next().unwrap_or(url).to_owned());
            }
        }
    }
    urls
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// The codes of the published expansion if it is whole, else those that the definition says.
fn codes(url: &str, core: &Fhir, expansions: &Fhir) -> Result<Codes, String> {
    let codes = match expansions.resource("ValueSet", url).map(|it| &it["expansion"]) {
        Some(expansion) if is_whole(expansion) => expanded(expansion),
        _ => {
            let set = core.resource("ValueSet", url).ok_or("it is not in the package")?;
            composed(&set["compose"], core)?
        }
    };
    let licensed = |system: &str| matches!(system, "http://loinc.org" | "http://snomed.info/sct");
    match codes.keys().find(|it| licensed(&it.0)) {
        Some((system, _)) => Err(format!("codes of {system} are not carried")),
        None if codes.is_empty() => Err("it lists no code".to_owned()),
        None => Ok(codes),
    }
}

/// A server that could not list all codes says so in an extension.
fn is_whole(expansion: &Value) -> bool {
    let partial =
        |it: &Value| text(it, "url").ends_with("toocostly") || text(it, "url").ends_with("unclosed");
    !list(&expansion["extension"]).any(partial)
}

fn expanded(expansion: &Value) -> Codes {
    let mut codes = Codes::new();
    let mut open: Vec<&Value> = list(&expansion["contains"]).collect();
    while let Some(item) = open.pop() {
        if item["abstract"] != Value::Bool(true) && !text(item, "code").is_empty() {
            codes.insert(
                (text(item, "system").into(), text(item, "code").into()),
                text(item, "display").into(),
            );
        }
        open.extend(list(&item["contains"]));
    }
    codes
}

fn composed(compose: &Value, core: &Fhir) -> Result<Codes, String> {
    let mut codes = Codes::new();
    if list(&compose["exclude"]).next().is_some() {
        return Err("it excludes codes".to_owned());
    }
    for include in list(&compose["include"]) {
        if list(&include["valueSet"]).next().is_some() {
            return Err("it imports another value set".to_owned());
        }
        included(include, core, &mut codes)?;
    }
    Ok(codes)
}

fn included(include: &Value, core: &Fhir, codes: &mut Codes) -> Result<(), String> {
    let system = text(include, "system");
    let defined = core
        .resource("CodeSystem", system)
        .filter(|it| text(it, "content") == "complete");
    let concepts = defined.map(hierarchy).unwrap_or_default();
    if list(&include["concept"]).next().is_some() {
        for concept in list(&include["concept"]) {
            let code = text(concept, "code");
            let known = concepts.get(code).map(|it| it.1.as_str()).unwrap_or_default();
            let display = concept["display"].as_str().unwrap_or(known);
            codes.insert((system.into(), code.into()), display.into());
        }
        return Ok(());
    }
    if defined.is_none() {
        return Err(format!("the codes of {system} are not in the package"));
    }
    for (code, (ancestors, display)) in &concepts {
        let mut wanted = true;
        for filter in list(&include["filter"]) {
            if (text(filter, "property"), text(filter, "op")) != ("concept", "is-a") {
                return Err(format!(
                    "filter {} {}",
                    text(filter, "property"),
                    text(filter, "op")
                ));
            }
            let root = text(filter, "value");
            wanted &= code == root || ancestors.contains(root);
        }
        if wanted {
            codes.insert((system.into(), code.clone()), display.clone());
        }
    }
    Ok(())
}

/// The concepts of a code system: code, then its ancestors and its display.
fn hierarchy(system: &Value) -> BTreeMap<String, (BTreeSet<String>, String)> {
    let mut concepts = BTreeMap::new();
    let mut open: Vec<(BTreeSet<String>, &Value)> =
        list(&system["concept"]).map(|it| (BTreeSet::new(), it)).collect();
    while let Some((ancestors, concept)) = open.pop() {
        let code = text(concept, "code");
        let mut line = ancestors.clone();
        line.insert(code.to_owned());
        open.extend(list(&concept["concept"]).map(|it| (line.clone(), it)));
        concepts.insert(code.to_owned(), (ancestors, text(concept, "display").to_owned()));
    }
    concepts
}
