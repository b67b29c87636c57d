//! The FHIR side of a row: `collection.collectedPeriod.end`, `performer[2](PractitionerRole.code)`, resolved by the schema.

use super::schema::{Element, Schema};

/// One step from a resource or data type to the element that a row fills.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// An element; the number tells two uses of a list apart.
    Element { element: Element, index: Option<String> },
    /// Into the resource that a reference refers to; the number is that of a resource the table numbers.
    Resource { kind: String, index: Option<String> },
}

impl Step {
    /// What tells the step from others of the same place.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Element { element, index } => {
                let index = index.as_deref().unwrap_or_default();
                let kind = if element.is_choice {
                    element.kind.as_str()
                } else {
                    ""
                };
                format!("{}{kind}{index}", element.name)
            }
            Self::Resource { kind, .. } => format!("({kind})"),
        }
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self, Self::Element { element, .. } if element.is_list)
    }
}

/// A path without the number of the resource that it is about: `[4].mode` as `4` and `mode`.
pub(super) fn numbered(path: &str) -> Option<(&str, &str)> {
    let (number, rest) = path.strip_prefix('[')?.split_once(']')?;
    Some((number, rest.strip_prefix('.')?))
}

/// The steps of `path` from the type `kind`. A name in brackets that is no resource but a data type is the element's own type.
pub(super) fn resolve(schema: &Schema, kind: &str, path: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut kind = kind.to_owned();
    // The value of a type that has more than a value, as an identifier, is its element of that name.
    let path = match path {
        "$value"
            if schema
                .element(&kind, "value")
                .is_some_and(|found| !found.is_choice) =>
        {
            "value"
        }
        path => path,
    };
    for word in words(path) {
        match word {
            Word::Into(name) => {
                let (name, index) = indexed(&name);
                if kind == "Reference" {
                    if !schema.is_type(name) {
                        return Err(format!("{name} is no resource"));
                    }
                    kind = name.to_owned();
                    steps.push(Step::Resource {
                        kind: kind.clone(),
                        index: index.map(str::to_owned),
                    });
                } else if kind != name && !schema.is_type(name) {
                    return Err(format!("{name} is no type"));
                }
            }
            Word::Name(name) => {
                let (name, index) = indexed(&name);
                // `[1].family` is the family of the one at hand; a second one cannot be made from inside the map of one.
                match (name, index) {
                    ("", Some("1")) => continue,
                    ("", _) => return Err("the row makes a second target".to_owned()),
                    _ => {}
                }
                // `Quantity.unit` in the table of a Quantity.
                if name == kind {
                    continue;
                }
                // `x.reference(Y)` is the reference x itself.
                if name == "reference" && kind == "Reference" {
                    continue;
                }
                let element = schema
                    .element(&kind, name)
                    .ok_or_else(|| format!("{kind} has no element {name}"))?;
                kind.clone_from(&element.kind);
                steps.push(Step::Element {
                    element,
                    index: index.map(str::to_owned),
                });
            }
        }
    }
    if steps.is_empty() && !matches!(path, "$this" | "$value") {
        return Err("the row names no element".to_owned());
    }
    Ok(steps)
}

enum Word {
    Name(String),
    Into(String),
}

fn words(path: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut is_into = false;
    let mut word = String::new();
    let mut flush = |word: &mut String, is_into: bool| {
        let text = word.trim();
        if !text.is_empty() && !text.starts_with('$') {
            words.push(if is_into {
                Word::Into(text.to_owned())
            } else {
                Word::Name(text.to_owned())
            });
        }
        word.clear();
    };
    for one in path.chars() {
        match one {
            '.' | ')' => {
                flush(&mut word, is_into);
                is_into = false;
            }
            '(' => {
                flush(&mut word, is_into);
                is_into = true;
            }
            _ => word.push(one),
        }
    }
    flush(&mut word, is_into);
    words
}

fn indexed(name: &str) -> (&str, Option<&str>) {
    match name.split_once('[') {
        Some((name, rest)) => (name.trim(), rest.split_once([']', '}']).map(|(index, _)| index)),
        None => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_go_through_references() {
        let schema = Schema::read().unwrap_or_else(|error| panic!("{error}"));
        let steps = resolve(
            &schema,
            "ServiceRequest",
            "requester(PractitionerRole.practitioner(Practitioner.address))",
        );
        let keys: Vec<String> = steps.iter().flatten().map(Step::key).collect();
        assert_eq!(
            keys,
            [
                "requester",
                "(PractitionerRole)",
                "practitioner",
                "(Practitioner)",
                "address"
            ]
        );
        let steps = resolve(
            &schema,
            "Patient",
            "extension[6].extension[2].valueCodeableConcept",
        );
        let keys: Vec<String> = steps.iter().flatten().map(Step::key).collect();
        assert_eq!(keys, ["extension6", "extension2", "valueCodeableConcept"]);
        assert!(resolve(&schema, "Patient", "nothing").is_err());
    }
}
