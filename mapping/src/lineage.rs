//! Where each element of an output came from.

use std::fmt;
use std::ops::Range;

use carewire_fhir_model::Document;
use carewire_fhir_model::schema::Schema;
use carewire_fhirpath::DateTime;

use crate::finding::Place;
use crate::json::Object;

/// Where each element of the targets came from: the rule that made it, and the places of the source that the rule took.
///
/// It is kept where [`Context::lineage`](crate::Context::lineage) asks for it. It names places and never values.
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_mapping::{Context, v2_to_fhir};
///
/// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|||20240201||ADT^A08^ADT_A01|1|T|2.5.1\rEVN|A08|20240201\rPID|1||7^^^HOSP^MR||Doe^Ann\rPV1|1|I\r")?;
/// let out = v2_to_fhir().run(&msg, &Context::at("2024-02-01T10:00:00Z".parse()?).lineage(true))?;
/// let lineage = out.lineage.ok_or("asked for")?;
/// let family = lineage.explain("Patient.name.family").next().ok_or("made")?;
/// assert_eq!(family.local_path(), "Patient.name[0].family");
/// let source = &family.sources()[0];
/// assert_eq!(source.path(), "PID-5.1.1");
/// assert_eq!(&msg.as_bytes()[source.bytes().ok_or("a message has bytes")?], b"Doe");
/// assert!(family.rule().file().ends_with("XPN.map"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lineage {
    pub(crate) elements: Vec<Traced>,
}

/// One element of a target with its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced {
    pub(crate) target: usize,
    pub(crate) path: String,
    /// Where the path of the resource that holds it starts in `path`, and the name of that resource's type.
    pub(crate) resource: Option<(usize, &'static str)>,
    pub(crate) rule: Place,
    pub(crate) sources: Vec<SourcePlace>,
}

/// A place of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourcePlace {
    pub(crate) path: String,
    pub(crate) bytes: Option<Range<usize>>,
    pub(crate) source: usize,
}

impl SourcePlace {
    /// The place: an HL7 path as `PID-5[2].1`, counted from 1, or a FHIRPath, counted from 0; of JSON that is no resource
    /// its names alone, or `$this` of the whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The number of the source, from 0, in the order in which the sources were given.
    #[must_use]
    pub fn source(&self) -> usize {
        self.source
    }

    /// The bytes of the message, from 0; of a document none.
    #[must_use]
    pub fn bytes(&self) -> Option<Range<usize>> {
        self.bytes.clone()
    }
}

impl fmt::Display for SourcePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        match &self.bytes {
            Some(bytes) => write!(f, " (bytes {} to {})", bytes.start, bytes.end),
            None => Ok(()),
        }
    }
}

impl Traced {
    /// The number of the target, from 0, in the order of the map's first group.
    #[must_use]
    pub fn target(&self) -> usize {
        self.target
    }

    /// The FHIRPath from the root of the target, with indexes from 0; in a target that is no FHIR the names down to it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The FHIRPath from the resource that holds it: `Patient.name[0].family` of `Bundle.entry[2].resource.name[0].family`.
    #[must_use]
    pub fn local_path(&self) -> String {
        match self.resource {
            Some((start, name)) => format!("{name}{}", self.path.get(start..).unwrap_or_default()),
            None => self.path.clone(),
        }
    }

    /// The rule that made it.
    #[must_use]
    pub fn rule(&self) -> &Place {
        &self.rule
    }

    /// The places of the source that its value was taken from; of an element without a value, or with a constant, those that the rule matched.
    #[must_use]
    pub fn sources(&self) -> &[SourcePlace] {
        &self.sources
    }
}

impl fmt::Display for Traced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.path, self.rule)?;
        for (at, source) in self.sources.iter().enumerate() {
            write!(f, "{}{source}", if at == 0 { " from " } else { ", " })?;
        }
        Ok(())
    }
}

impl Lineage {
    /// Every element that a rule made, in the order in which they were made.
    #[must_use]
    pub fn elements(&self) -> &[Traced] {
        &self.elements
    }

    /// The elements at a path, from the root (`Bundle.entry[0].resource.name`) or from their resource (`Patient.name.family`). An index that is left
    /// out stands for any, and a choice may have its type in its name, as in JSON (`Observation.valueQuantity`).
    pub fn explain<'p>(&'p self, path: &'p str) -> impl Iterator<Item = &'p Traced> {
        self.elements
            .iter()
            .filter(move |one| matches(path, &one.path) || matches(path, &one.local_path()))
    }

    /// The elements that a place of the source went to, or a part of it: `PID-5` also finds what `PID-5[2].1` went to.
    pub fn from_source<'p>(&'p self, path: &'p str) -> impl Iterator<Item = &'p Traced> {
        self.elements
            .iter()
            .filter(move |one| one.sources.iter().any(|source| is_part(&source.path, path)))
    }

    /// As JSON: `[{"target":0,"path":..,"rule":{"file":..,"line":..,"column":..},"sources":[{"path":..,"start":..,"end":..}]}]`, without spaces.
    #[must_use]
    pub fn to_json(&self) -> String {
        let elements: Vec<String> = self
            .elements
            .iter()
            .map(|one| {
                let mut out = Object::default();
                out.raw("target", &one.target.to_string()).text("path", &one.path);
                let mut rule = Object::default();
                rule.text("file", one.rule.file())
                    .raw("line", &one.rule.line().to_string())
                    .raw("column", &one.rule.column().to_string());
                out.raw("rule", &rule.finish());
                let sources: Vec<String> = one
                    .sources
                    .iter()
                    .map(|source| {
                        let mut out = Object::default();
                        out.text("path", &source.path);
                        if source.source > 0 {
                            out.raw("source", &source.source.to_string());
                        }
                        if let Some(bytes) = &source.bytes {
                            out.raw("start", &bytes.start.to_string())
                                .raw("end", &bytes.end.to_string());
                        }
                        out.finish()
                    })
                    .collect();
                out.array("sources", &sources);
                out.finish()
            })
            .collect();
        format!("[{}]", elements.join(","))
    }

    /// As a Provenance resource, compact JSON, about the first target.
    ///
    /// Each `target` is an element: the reference of its resource, its path in `targetPath`, and in our extension the rule and the places of the source.
    /// The reference is the `fullUrl` of the entry; of a document that is no Bundle its type and id. None if no resource can be referred to.
    ///
    /// Spec: FHIR R4 Provenance; extension `targetPath` of R4.
    #[must_use]
    pub fn to_provenance(&self, document: &Document<'_>, recorded: &DateTime) -> Option<String> {
        let root = document.root();
        let own = |node: carewire_fhir_model::Node<'_>| {
            let id = node.child("id")?.text()?;
            Some(format!("{}/{id}", node.type_id()?.name()))
        };
        // The reference of each entry's resource.
        let entries: Vec<Option<String>> = root
            .children_named("entry")
            .map(|entry| {
                let url = entry.child("fullUrl").and_then(|url| url.text());
                url.map(|url| url.into_owned())
                    .or_else(|| own(entry.child("resource")?))
            })
            .collect();
        let whole = own(root);
        let mut targets = Vec::new();
        for one in self.elements.iter().filter(|one| one.target == 0) {
            let reference = match one.path.strip_prefix("Bundle.entry[") {
                Some(rest) => rest
                    .split(']')
                    .next()
                    .and_then(|index| index.parse().ok())
                    .and_then(|index: usize| entries.get(index)?.as_ref()),
                None => whole.as_ref(),
            };
            let (Some(reference), true) = (reference, one.resource.is_some()) else {
                continue;
            };
            let mut extensions = Vec::new();
            let mut push = |url: &str, value: &str| {
                let mut out = Object::default();
                out.text("url", url).text("valueString", value);
                extensions.push(out.finish());
            };
            push(
                "http://hl7.org/fhir/StructureDefinition/targetPath",
                &one.local_path(),
            );
            push(
                "https://example.org/carewire/StructureDefinition/map-rule",
                &one.rule.to_string(),
            );
            for source in &one.sources {
                push(
                    "https://example.org/carewire/StructureDefinition/map-source",
                    &source.to_string(),
                );
            }
            let mut out = Object::default();
            out.array("extension", &extensions).text("reference", reference);
            targets.push(out.finish());
        }
        if targets.is_empty() {
            return None;
        }
        let mut out = Object::default();
        out.text("resourceType", "Provenance")
            .array("target", &targets)
            .text("recorded", &recorded.to_string());
        out.raw("agent", r#"[{"who":{"display":"carewire-mapping"}}]"#);
        out.raw(
            "entity",
            r#"[{"role":"source","what":{"display":"the source of the map"}}]"#,
        );
        Some(out.finish())
    }
}

/// Whether a path is one that was asked for, whose indexes may be left out.
fn matches(asked: &str, path: &str) -> bool {
    let mut there = path.split('.');
    let mut wanted = asked.split('.');
    loop {
        match (wanted.next(), there.next()) {
            (None, None) => return true,
            (Some(wanted), Some(there)) => {
                let name = there.split('[').next().unwrap_or(there);
                if wanted != there && wanted != name && !is_key(wanted, name) {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// Whether a word is the JSON key of a choice of this name: `valueQuantity` of `value`.
fn is_key(word: &str, name: &str) -> bool {
    let Some(kind) = word
        .strip_prefix(name)
        .filter(|kind| kind.starts_with(|first: char| first.is_ascii_uppercase()))
    else {
        return false;
    };
    let (first, rest) = kind.split_at(1);
    let schema = Schema::r4();
    schema.type_named(kind).is_some()
        || schema
            .type_named(&format!("{}{rest}", first.to_ascii_lowercase()))
            .is_some()
}

/// Whether a place is another or a part of it.
fn is_part(place: &str, of: &str) -> bool {
    // The first segment of an id, repetition or group goes without its number.
    let plain = |text: &str| text.replace("[1]", "");
    let (place, of) = (plain(place), plain(of));
    place
        .strip_prefix(&of)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '[']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_may_be_left_out() {
        assert!(matches("Patient.name.family", "Patient.name[1].family"));
        assert!(matches("Patient.name[1].family", "Patient.name[1].family"));
        assert!(!matches("Patient.name[0].family", "Patient.name[1].family"));
        assert!(!matches("Patient.name", "Patient.name[1].family"));
        assert!(!matches("Patient.name.family.x", "Patient.name[1].family"));
        // What stands in the JSON finds the choice.
        assert!(matches(
            "Observation.valueQuantity.value",
            "Observation.value.value"
        ));
        assert!(matches("Observation.effectiveDateTime", "Observation.effective"));
        assert!(!matches("Patient.namesake", "Patient.name"));
        assert!(!matches("Patient.nameOther", "Patient.name"));
    }

    #[test]
    fn parts_of_places() {
        for (place, of) in [
            ("PID-5.1", "PID-5"),
            ("PID-5[2].1", "PID-5"),
            ("PID-5.1", "PID"),
            ("PID-5", "PID[1]-5[1]"),
        ] {
            assert!(is_part(place, of), "{place} {of}");
        }
        for (place, of) in [("PID-51", "PID-5"), ("PID-5", "PID-5.1"), ("PD1-5", "PID")] {
            assert!(!is_part(place, of), "{place} {of}");
        }
    }
}
