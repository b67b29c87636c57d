//! Concept maps as resources that a map contains.

use super::{Release, STATEMENT, extension, quoted};
use crate::json::Object;
use crate::syntax::render;
use crate::syntax::{ConceptMap, Name, Relation, UnmappedMode};

/// The id of a concept map, the one of this number from 1, as a resource that the map contains: its name, if that can be one.
pub(super) fn id(map: &ConceptMap, number: usize) -> String {
    let name = name_of(map);
    if is_id(name) {
        name.to_owned()
    } else {
        format!("concept-map-{number}")
    }
}

fn name_of(map: &ConceptMap) -> &str {
    map.url.value.trim_start_matches('#')
}

fn is_id(name: &str) -> bool {
    let is_of_id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    (1..=64).contains(&name.len()) && name.bytes().all(is_of_id)
}

/// A concept map as a resource that the map contains.
pub(super) fn resource(map: &ConceptMap, number: usize, release: Release) -> String {
    let mut out = Object::default();
    out.text("resourceType", "ConceptMap");
    // Prefixes, displays and the order of mappings come back from the text alone.
    let text = render::concept_map(map);
    out.text("id", &id(map, number));
    out.array(
        "extension",
        &[extension(STATEMENT, "valueString", &quoted(&text))],
    );
    if !is_id(name_of(map)) {
        out.text("url", &map.url.value);
    }
    out.text("status", "active");
    out.array("group", &groups(map, release));
    out.finish()
}

/// The system of the codes that are translated, and of what they become.
type Systems<'m> = (&'m str, Option<&'m str>);

/// The groups of a concept map: the mappings of a pair of systems together, in the order of their first.
pub(super) fn groups(map: &ConceptMap, release: Release) -> Vec<String> {
    let mut groups: Vec<(Systems<'_>, Vec<String>)> = Vec::new();
    for mapping in &map.mappings {
        let mut element = Object::default();
        element.text("code", &mapping.source.code.value);
        let mut target = Object::default();
        if let Some(to) = &mapping.target {
            target.text("code", &to.code.value);
        }
        if let Some(display) = &mapping.display {
            target.text("display", &display.value);
        }
        match (release, &mapping.target) {
            (Release::R4, _) => {
                target.text("equivalence", equivalence(mapping.relation));
                element.array("target", &[target.finish()]);
            }
            (Release::R5, None) => {
                element.raw("noMap", "true");
            }
            (Release::R5, Some(_)) => {
                target.text("relationship", relationship(mapping.relation));
                element.array("target", &[target.finish()]);
            }
        }
        let key = (
            system_of(map, &mapping.source.prefix),
            mapping
                .target
                .as_ref()
                .map(|target| system_of(map, &target.prefix)),
        );
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, all)) => all.push(element.finish()),
            None => groups.push((key, vec![element.finish()])),
        }
    }
    let groups: Vec<String> = groups
        .into_iter()
        .map(|((source, target), elements)| {
            let mut group = Object::default();
            group.text("source", source);
            if let Some(target) = target {
                group.text("target", target);
            }
            group.array("element", &elements);
            let unmapped = map
                .unmapped
                .iter()
                .find(|one| system_of(map, &one.prefix) == source);
            if let Some(unmapped) = unmapped {
                let mut one = Object::default();
                match (&unmapped.mode, release) {
                    (UnmappedMode::Provided, Release::R4) => one.text("mode", "provided"),
                    (UnmappedMode::Provided, Release::R5) => one.text("mode", "use-source-code"),
                    (UnmappedMode::Fixed(code), _) => one.text("mode", "fixed").text("code", &code.value),
                };
                group.raw("unmapped", &one.finish());
            }
            group.finish()
        })
        .collect();
    groups
}

/// The system that a prefix of a concept map stands for.
fn system_of<'m>(map: &'m ConceptMap, prefix: &'m Name) -> &'m str {
    map.prefixes
        .iter()
        .find(|one| one.name.text == prefix.text)
        .map_or(prefix.text.as_str(), |one| one.system.value.as_str())
}

fn equivalence(relation: Relation) -> &'static str {
    match relation {
        Relation::RelatedTo => "relatedto",
        Relation::Equivalent => "equivalent",
        Relation::Equal => "equal",
        Relation::Wider => "wider",
        Relation::Subsumes => "subsumes",
        Relation::Narrower => "narrower",
        Relation::Specializes => "specializes",
        Relation::Inexact => "inexact",
        Relation::Disjoint => "disjoint",
        Relation::Unmatched => "unmatched",
    }
}

fn relationship(relation: Relation) -> &'static str {
    match relation {
        Relation::Equivalent | Relation::Equal => "equivalent",
        Relation::Wider | Relation::Subsumes => "source-is-narrower-than-target",
        Relation::Narrower | Relation::Specializes => "source-is-broader-than-target",
        Relation::Disjoint => "not-related-to",
        Relation::RelatedTo | Relation::Inexact | Relation::Unmatched => "related-to",
    }
}
