//! Metadata lines as the elements that they are.

use carewire_fhir_model::schema::{Schema, TypeId};

use super::quoted;
use crate::json::Object;
use crate::syntax::{Literal, LiteralKind, Name};

/// Whether a metadata line is about an element of the resource, of R4 or R5.
pub(super) fn is_element(name: &str) -> bool {
    let first = name.split('.').next().unwrap_or_default();
    let own = [
        "contained",
        "extension",
        "modifierExtension",
        "structure",
        "import",
        "const",
        "group",
        "text",
        "meta",
    ];
    !own.contains(&first)
        && (Schema::r4()
            .type_named("StructureMap")
            .is_some_and(|ty| ty.property(first).is_some())
            || matches!(
                first,
                "versionAlgorithmString" | "versionAlgorithmCoding" | "copyrightLabel"
            ))
}

/// Metadata lines as the tree of elements that they are.
#[derive(Default)]
pub(super) struct Meta {
    key: String,
    value: Option<String>,
    pub(super) children: Vec<Meta>,
}

impl Meta {
    pub(super) fn text(key: &str, value: &str) -> Self {
        Self {
            key: key.to_owned(),
            value: Some(quoted(value)),
            children: Vec::new(),
        }
    }

    pub(super) fn child(&self, key: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.key == key)
    }

    /// Adds a line: the last element of its name on each level but the last, where a new one is made.
    pub(super) fn add(&mut self, path: &[Name], value: Option<&Literal>) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        if rest.is_empty() {
            self.children.push(Self {
                key: first.text.to_string(),
                value: value.map(|value| match value.kind {
                    LiteralKind::Boolean => value.value.to_string(),
                    LiteralKind::Integer | LiteralKind::Decimal if crate::json::is_number(&value.value) => {
                        value.value.to_string()
                    }
                    _ => quoted(&value.value),
                }),
                children: Vec::new(),
            });
            return;
        }
        let at = self.children.iter().rposition(|child| child.key == first.text);
        let at = at.unwrap_or_else(|| {
            self.children.push(Self {
                key: first.text.to_string(),
                ..Self::default()
            });
            self.children.len() - 1
        });
        if let Some(child) = self.children.get_mut(at) {
            child.add(rest, value);
        }
    }

    /// Writes the children into an object of a type, those of one name together.
    pub(super) fn write(&self, ty: Option<TypeId>, out: &mut Object) {
        let mut done: Vec<&str> = Vec::new();
        for child in &self.children {
            if done.contains(&child.key.as_str()) {
                continue;
            }
            done.push(&child.key);
            let property = ty.and_then(|ty| ty.property(&child.key));
            let below = property.map(|property| property.type_id());
            let all: Vec<String> = self
                .children
                .iter()
                .filter(|one| one.key == child.key)
                .map(|one| {
                    one.value.clone().unwrap_or_else(|| {
                        let mut inner = Object::default();
                        one.write(below, &mut inner);
                        inner.finish()
                    })
                })
                .collect();
            match all.as_slice() {
                [only] if !property.is_some_and(|property| property.is_list()) => {
                    out.raw(&child.key, only);
                }
                _ => {
                    out.array(&child.key, &all);
                }
            }
        }
    }
}
