//! Simple paths to elements.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

use crate::document::{Document, Node};
use crate::schema::{Schema, TypeId};

/// A path to elements, such as `Patient.name[0].given[1]`: names and places, nothing else of FHIRPath.
///
/// Places count from 0, as in FHIRPath, and a step without one goes to every item: `Patient.name.given[0]` is the
/// first of all given names. A choice is named `value`, `value[x]` or by the key of one type, `valueQuantity`. The
/// name of a type may come first; of a document of another type the path has nothing.
///
/// # Examples
///
/// ```
/// use carewire_fhir_model::{Document, ElementPath};
///
/// let json = br#"{"resourceType": "Patient", "name": [{"given": ["Ann", "Eve"]}], "deceasedBoolean": false}"#;
/// let patient = Document::from_json(json)?.document;
/// assert_eq!(patient.get("Patient.name[0].given[1]")?.and_then(|node| node.text()).as_deref(), Some("Eve"));
/// assert_eq!(patient.get("name.given")?.and_then(|node| node.text()).as_deref(), Some("Ann"));
/// assert_eq!(patient.get("deceased")?.map(|node| node.key()), Some("deceasedBoolean"));
/// assert_eq!(patient.get("Patient.name[1]")?, None);
/// // Parsed once, used for many.
/// let path: ElementPath = "Patient.name.given".parse()?;
/// assert_eq!(path.all(patient.root()).len(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: FHIRPath 2.0, [Path selection](http://hl7.org/fhirpath/N1/#path-selection).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementPath {
    pub(crate) root: Option<TypeId>,
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Without `[x]`.
    pub(crate) name: Box<str>,
    pub(crate) index: Option<usize>,
}

/// Why a path was refused. It has a place in the path and no text of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("expected {expected} at offset {offset} of the path")]
pub struct PathError {
    offset: usize,
    expected: &'static str,
}

impl PathError {
    /// The byte offset in the path, from 0.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl ElementPath {
    /// Reads a path.
    ///
    /// # Errors
    ///
    /// [`PathError`] if it is not names with full stops between them, each with at most one place in brackets.
    pub fn parse(path: &str) -> Result<Self, PathError> {
        let mut steps = Vec::new();
        let mut root = None;
        let mut at = 0;
        for part in path.split('.') {
            let refuse = |offset, expected| Err(PathError { offset, expected });
            let end = part.find('[').unwrap_or(part.len());
            let (name, mut rest) = part.split_at(end);
            if name.is_empty()
                || !name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            {
                return refuse(at, "the name of an element");
            }
            rest = rest.strip_prefix("[x]").unwrap_or(rest);
            let offset = at + part.len() - rest.len();
            let index = if rest.is_empty() {
                None
            } else {
                let digits = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
                let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
                match digits.and_then(|digits| digits.parse().ok()) {
                    Some(index) => Some(index),
                    None => return refuse(offset, "a place in brackets"),
                }
            };
            let ty = Schema::r4()
                .type_named(name)
                .filter(|_| at == 0 && end == part.len());
            match ty.filter(|_| name.starts_with(|first: char| first.is_ascii_uppercase())) {
                Some(ty) => root = Some(ty),
                None => steps.push(Step {
                    name: name.into(),
                    index,
                }),
            }
            at += part.len() + 1;
        }
        Ok(Self { root, steps })
    }

    /// Whether the path may start at a node.
    pub(crate) fn starts_at(&self, node: Node<'_>) -> bool {
        self.root
            .is_none_or(|root| node.type_id().is_some_and(|ty| ty.is_a(root)))
    }

    /// The nodes it goes to from `node`, which is of the type that the path starts with, in the order of the
    /// document.
    pub fn all<'d>(&self, node: Node<'d>) -> Vec<Node<'d>> {
        let mut found = Vec::new();
        if self.starts_at(node) {
            found.push(node);
        }
        for step in &self.steps {
            let mut next = Vec::new();
            for node in found {
                // A key of a choice is no name of an element.
                let property = node.type_id().and_then(|ty| ty.property(&step.name));
                match property.filter(|one| one.element().is_choice()) {
                    Some(property) => next.extend(
                        node.children_of(property.element())
                            .filter(|child| child.key() == property.key()),
                    ),
                    None => next.extend(node.children_named(&step.name)),
                }
            }
            if let Some(index) = step.index {
                next = next.get(index).copied().into_iter().collect();
            }
            found = next;
        }
        found
    }

    /// The first node it goes to from `node`.
    pub fn first<'d>(&self, node: Node<'d>) -> Option<Node<'d>> {
        self.all(node).first().copied()
    }
}

impl core::str::FromStr for ElementPath {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, PathError> {
        Self::parse(path)
    }
}

impl fmt::Display for ElementPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut dot = "";
        if let Some(root) = self.root {
            f.write_str(root.name())?;
            dot = ".";
        }
        for step in &self.steps {
            write!(f, "{dot}{}", step.name)?;
            if let Some(index) = step.index {
                write!(f, "[{index}]")?;
            }
            dot = ".";
        }
        Ok(())
    }
}

impl Document<'_> {
    /// The first node at a simple path such as `Patient.name[0].given[1]`: see [`ElementPath`], which is parsed
    /// once for many documents.
    ///
    /// # Errors
    ///
    /// [`PathError`] if the path is not well formed.
    pub fn get(&self, path: &str) -> Result<Option<Node<'_>>, PathError> {
        Ok(ElementPath::parse(path)?.first(self.root()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_names_and_places() {
        for good in [
            "Patient",
            "Patient.name[0].given[10]",
            "name",
            "value.value",
            "_x9",
        ] {
            assert_eq!(
                ElementPath::parse(good).map(|path| path.to_string()).as_deref(),
                Ok(good)
            );
        }
        assert_eq!(
            ElementPath::parse("Observation.value[x][0]")
                .map(|path| path.to_string())
                .as_deref(),
            Ok("Observation.value[0]")
        );
        for (bad, offset) in [
            ("", 0),
            ("a..b", 2),
            ("a.b[", 3),
            ("a.b[-1]", 3),
            ("a[1][2]", 1),
            ("a.where(b)", 2),
            ("a.b[99999999999999999999999]", 3),
            ("a.\u{e9}", 2),
            (".a", 0),
        ] {
            assert_eq!(
                ElementPath::parse(bad).map_err(|error| error.offset()),
                Err(offset),
                "{bad}"
            );
        }
    }

    #[test]
    fn places_count_over_all_parents_as_in_fhirpath() {
        let json = br#"{"resourceType":"Patient","name":[{"given":["A","B"]},{"given":["C"]}],"multipleBirthInteger":2}"#;
        let document = Document::from_json(json).expect("a document").document;
        let text = |path: &str| {
            let node = document.get(path).expect("a path");
            node.and_then(|node| node.text()).map(|text| text.into_owned())
        };
        assert_eq!(text("name.given[2]").as_deref(), Some("C"));
        assert_eq!(text("name[1].given[2]"), None);
        assert_eq!(text("DomainResource.multipleBirth").as_deref(), Some("2"));
        assert_eq!(text("multipleBirthInteger").as_deref(), Some("2"));
        assert_eq!(text("multipleBirthBoolean"), None);
        assert_eq!(text("Observation.multipleBirth"), None);
        assert_eq!(document.get("Patient"), Ok(Some(document.root())));
    }
}
