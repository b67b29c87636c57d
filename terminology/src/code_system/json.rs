use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use serde_json::Value;

use super::{CodeSystem, Concept};
use crate::resource::{self, present};
use crate::{Error, ErrorKind, Limits};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    url: Option<String>,
    version: Option<String>,
    name: Option<String>,
    value_set: Option<String>,
    case_sensitive: Option<bool>,
    content: Option<String>,
    #[serde(default)]
    concept: Vec<ConceptJson>,
}

#[derive(Deserialize)]
struct ConceptJson {
    code: Option<String>,
    display: Option<String>,
    definition: Option<String>,
    #[serde(default)]
    designation: Vec<DesignationJson>,
    #[serde(default)]
    property: Vec<PropertyJson>,
    #[serde(default)]
    concept: Vec<ConceptJson>,
}

#[derive(Deserialize)]
struct DesignationJson {
    language: Option<String>,
    value: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PropertyJson {
    code: Option<String>,
    value_code: Option<String>,
    value_string: Option<String>,
    value_date_time: Option<String>,
    value_boolean: Option<bool>,
    /// An integer or decimal, kept as its text.
    value_integer: Option<Value>,
    value_decimal: Option<Value>,
    value_coding: Option<CodingJson>,
}

#[derive(Deserialize)]
struct CodingJson {
    code: Option<String>,
}

impl PropertyJson {
    fn text(self) -> Option<String> {
        let number = |it: Value| {
            if it.is_number() {
                Some(it.to_string())
            } else {
                None
            }
        };
        (self.value_code)
            .or(self.value_string)
            .or(self.value_date_time)
            .or(self.value_boolean.map(|it| it.to_string()))
            .or_else(|| self.value_integer.or(self.value_decimal).and_then(number))
            .or_else(|| self.value_coding.and_then(|it| it.code))
    }
}

const CODE: &str = "CodeSystem.concept.code";
const PROPERTY: &str = "CodeSystem.concept.property";

pub(super) fn read(json: &[u8], limits: &Limits) -> Result<CodeSystem, Error> {
    let resource: Resource = resource::read(json, "CodeSystem", limits)?;
    match present(resource.content, "CodeSystem.content")?.as_str() {
        "complete" => {}
        "not-present" | "example" | "fragment" | "supplement" => {
            return Err(Error::at(ErrorKind::NotSupported, "CodeSystem.content"));
        }
        _ => return Err(Error::at(ErrorKind::InvalidElement, "CodeSystem.content")),
    }
    let url = present(resource.url, "CodeSystem.url")?;
    let mut system = CodeSystem {
        name: resource.name.unwrap_or_else(|| url.clone()).into(),
        url: url.into(),
        version: resource.version.map(Into::into),
        value_set: resource.value_set.map(Into::into),
        case_sensitive: resource.case_sensitive.unwrap_or(true),
        concepts: Vec::new(),
        by_code: HashMap::new(),
    };
    let mut links = Links::default();
    let mut open: Vec<(usize, Option<u32>, ConceptJson)> = resource
        .concept
        .into_iter()
        .rev()
        .map(|it| (1, None, it))
        .collect();
    while let Some((depth, parent, concept)) = open.pop() {
        if depth > limits.depth || system.concepts.len() >= limits.concepts {
            return Err(Error::at(ErrorKind::Limit, "CodeSystem.concept"));
        }
        let place = system.concepts.len() as u32;
        open.extend(
            concept
                .concept
                .into_iter()
                .rev()
                .map(|it| (depth + 1, Some(place), it)),
        );
        let code = present(concept.code, CODE)?;
        if system.by_code.insert(system.fold(&code).into(), place).is_some() {
            return Err(Error::at(ErrorKind::InvalidElement, CODE));
        }
        let designation = (concept.designation.into_iter())
            .filter_map(|it| it.value.map(|value| (it.language.map(Into::into), value.into())));
        let mut built = Concept {
            code: code.into(),
            display: concept.display.map(Into::into),
            definition: concept.definition.map(Into::into),
            designation: designation.collect(),
            property: Vec::new(),
            parents: parent.into_iter().collect(),
            inactive: false,
            abstract_code: false,
        };
        built.property = properties(&mut built, place, concept.property, &mut links)?;
        system.concepts.push(built);
    }
    links.join(&mut system)?;
    acyclic(&system)?;
    Ok(system)
}

type Properties = Vec<(Box<str>, Box<str>)>;

/// What the properties say; those of the hierarchy go to `links`, those of the state to the concept.
fn properties(
    concept: &mut Concept,
    place: u32,
    properties: Vec<PropertyJson>,
    links: &mut Links,
) -> Result<Properties, Error> {
    let mut kept = Vec::new();
    for mut property in properties {
        let code = present(property.code.take(), "CodeSystem.concept.property.code")?;
        let Some(value) = property.text() else {
            return Err(Error::at(
                ErrorKind::MissingElement,
                "CodeSystem.concept.property.value",
            ));
        };
        match (code.as_str(), value.as_str()) {
            ("parent", _) => links.parents.push((place, value)),
            ("child", _) => links.children.push((place, value)),
            ("inactive", it) => concept.inactive |= it == "true",
            ("notSelectable", it) => concept.abstract_code |= it == "true",
            _ => {
                concept.inactive |= code == "status" && matches!(value.as_str(), "retired" | "inactive");
                kept.push((code.into(), value.into()));
            }
        }
    }
    Ok(kept)
}

/// The properties `parent` and `child`, which may name a concept that comes later.
#[derive(Default)]
struct Links {
    parents: Vec<(u32, String)>,
    children: Vec<(u32, String)>,
}

impl Links {
    fn join(self, system: &mut CodeSystem) -> Result<(), Error> {
        let find = |system: &CodeSystem, code: &str| {
            system
                .find(code)
                .map(|it| it as u32)
                .ok_or(Error::at(ErrorKind::InvalidElement, PROPERTY))
        };
        let mut pairs = Vec::new();
        for (place, parent) in self.parents {
            pairs.push((place, find(system, &parent)?));
        }
        for (place, child) in self.children {
            pairs.push((find(system, &child)?, place));
        }
        let nested = system.concepts.iter().zip(0..);
        let mut known: HashSet<(u32, u32)> = nested
            .flat_map(|(concept, child)| concept.parents.iter().map(move |parent| (child, *parent)))
            .collect();
        for (child, parent) in pairs {
            if known.insert((child, parent))
                && let Some(concept) = system.concepts.get_mut(child as usize)
            {
                concept.parents.push(parent);
            }
        }
        Ok(())
    }
}

/// Takes away concepts without a parent left until none is left; what stays is in a circle.
fn acyclic(system: &CodeSystem) -> Result<(), Error> {
    let mut waits: Vec<usize> = system.concepts.iter().map(|it| it.parents.len()).collect();
    let mut children = vec![Vec::new(); waits.len()];
    for (place, concept) in system.concepts.iter().enumerate() {
        for parent in &concept.parents {
            children[*parent as usize].push(place);
        }
    }
    let mut open: Vec<usize> = (0..waits.len()).filter(|it| waits[*it] == 0).collect();
    let mut left = waits.len();
    while let Some(place) = open.pop() {
        left -= 1;
        for child in &children[place] {
            waits[*child] -= 1;
            if waits[*child] == 0 {
                open.push(*child);
            }
        }
    }
    if left == 0 {
        Ok(())
    } else {
        Err(Error::at(ErrorKind::Circular, PROPERTY))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Lookup as _, LookupRequest, Subsumes as _, SubsumesOutcome, SubsumesRequest};

    fn system(rest: &str, concepts: &str) -> Result<CodeSystem, ErrorKind> {
        let json = format!(
            r#"{{"resourceType":"CodeSystem","url":"u","content":"complete"{rest},"concept":[{concepts}]}}"#
        );
        CodeSystem::from_json(json.as_bytes()).map_err(|it| it.kind())
    }

    #[test]
    fn nesting_and_properties_make_one_hierarchy() {
        let tree = system(
            "",
            r#"{"code":"a","concept":[{"code":"b"}]},
               {"code":"c","property":[{"code":"parent","valueCode":"b"}]},
               {"code":"d","property":[{"code":"child","valueCode":"c"},{"code":"status","valueCode":"retired"},
                 {"code":"weight","valueDecimal":1.50},{"code":"notSelectable","valueBoolean":true}]}"#,
        )
        .unwrap();
        let ask = |a, b| tree.subsumes(&SubsumesRequest::new("u", a, b)).unwrap();
        assert_eq!(ask("a", "c"), SubsumesOutcome::Subsumes);
        assert_eq!(ask("c", "d"), SubsumesOutcome::SubsumedBy);
        assert_eq!(ask("d", "b"), SubsumesOutcome::NotSubsumed);
        assert_eq!(ask("d", "d"), SubsumesOutcome::Equivalent);
        let c = tree.lookup(&LookupRequest::new("u", "c")).unwrap();
        assert_eq!(c.property("parent").collect::<Vec<_>>(), ["b", "d"]);
        let d = tree.lookup(&LookupRequest::new("u", "d")).unwrap();
        assert_eq!(
            d.property("inactive").chain(d.property("notSelectable")).count(),
            2
        );
        assert_eq!(d.property("weight").next(), Some("1.5"));
    }

    #[test]
    fn circles_doubles_and_strangers_are_refused() {
        let circle = r#"{"code":"a","property":[{"code":"parent","valueCode":"b"}]},
            {"code":"b","property":[{"code":"parent","valueCode":"a"}]}"#;
        assert_eq!(system("", circle).err(), Some(ErrorKind::Circular));
        assert_eq!(
            system("", r#"{"code":"a"},{"code":"a"}"#).err(),
            Some(ErrorKind::InvalidElement)
        );
        assert_eq!(
            system("", r#"{"code":"a"},{"code":"A"}"#).map(|it| it.len()),
            Ok(2)
        );
        assert_eq!(
            system(r#","caseSensitive":false"#, r#"{"code":"a"},{"code":"A"}"#).err(),
            Some(ErrorKind::InvalidElement)
        );
        let stranger = r#"{"code":"a","property":[{"code":"parent","valueCode":"z"}]}"#;
        assert_eq!(system("", stranger).err(), Some(ErrorKind::InvalidElement));
        assert_eq!(
            system("", r#"{"display":"a"}"#).err(),
            Some(ErrorKind::MissingElement)
        );
    }

    #[test]
    fn a_fragment_is_not_taken_for_the_whole() {
        let json = br#"{"resourceType":"CodeSystem","url":"u","content":"fragment"}"#;
        assert_eq!(
            CodeSystem::from_json(json).unwrap_err().kind(),
            ErrorKind::NotSupported
        );
    }

    #[test]
    fn depth_has_a_limit() {
        let nested = |depth: usize| {
            let open = (0..depth)
                .map(|it| format!(r#"{{"code":"{it}","concept":["#))
                .collect::<String>();
            format!(r#"{open}{{"code":"x"}}{}"#, "]}".repeat(depth))
        };
        assert_eq!(system("", &nested(15)).map(|it| it.len()), Ok(16));
        assert_eq!(system("", &nested(16)).err(), Some(ErrorKind::Limit));
        assert_eq!(system("", &nested(5000)).err(), Some(ErrorKind::InvalidJson));
    }

    #[test]
    fn a_system_may_ignore_case() {
        let units = system(r#","caseSensitive":false"#, r#"{"code":"Kg"}"#).unwrap();
        assert_eq!(units.lookup(&LookupRequest::new("u", "kG")).unwrap().code, "Kg");
        let units = system("", r#"{"code":"Kg"}"#).unwrap();
        assert!(units.lookup(&LookupRequest::new("u", "kG")).is_err());
    }
}
