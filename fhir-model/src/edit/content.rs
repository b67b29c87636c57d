//! What is written of a value at its place.

use alloc::string::String;
use alloc::vec::Vec;

use super::overlay::{NO, Part};
use super::value::Content;
use super::{Edit, EditError, Value};
use crate::document::{Document, Node, ValueKind};
use crate::json::escape::push_escaped;
use crate::json::{self, JsonStyle, scan};
use crate::schema::{JsonForm, Property, TypeId, TypeKind};

impl Edit<'_> {
    /// What is written of a value at a property; at an unknown key it is taken as it is.
    pub(super) fn parts(
        &mut self,
        property: Option<&'static Property>,
        value: &Value<'_>,
    ) -> Result<(Part, Part), EditError> {
        let refused = || match property {
            Some(property) => EditError::WrongType {
                element: property.element().id(),
            },
            None => EditError::NoSuchElement { owner: None },
        };
        let ty = property.map(Property::type_id);
        let primitive = ty.map(TypeId::is_primitive);
        let fits = |given: TypeId| match property {
            None => true,
            Some(one) if one.kind() == TypeKind::Primitive => given.is_primitive(),
            Some(one) if one.kind() == TypeKind::Resource => {
                given.is_a(one.type_id()) && !given.is_abstract()
            }
            Some(one) => given.is_a(one.type_id()),
        };
        if value.known_type().is_some_and(|given| !fits(given)) {
            return Err(refused());
        }
        match &value.content {
            Content::Text(_) if primitive == Some(false) => Err(refused()),
            Content::Text(text) => Ok((
                self.text(property.and_then(Property::json_form), text),
                Part::Nothing,
            )),
            Content::Object if primitive == Some(true) => {
                // Only id and extensions are to be added.
                Ok((Part::Nothing, Part::Object(self.overlay.make(ty, NO))))
            }
            Content::Object => {
                let known = value
                    .ty
                    .filter(|_| property.is_some_and(|one| one.kind() == TypeKind::Resource));
                let made = known.or(ty).filter(|ty| !ty.is_resource() || !ty.is_abstract());
                let made = made.ok_or_else(refused)?;
                Ok((Part::Object(self.overlay.make(Some(made), NO)), Part::Nothing))
            }
            Content::Node(node) => {
                let node = *node;
                let complex = node.value_kind() == ValueKind::Object;
                if node.value_kind() == ValueKind::Array
                    || primitive.is_some_and(|primitive| primitive != is_primitive(node))
                    || (primitive == Some(false) && !complex)
                {
                    return Err(refused());
                }
                let form = property.and_then(Property::json_form);
                let value = if is_primitive(node) && !node.has_value() {
                    Part::Nothing
                } else {
                    match (node.text(), form, node.value_kind()) {
                        // As it is written, if it may be written so here.
                        (None, ..) | (_, None, _) => self.copy(node.document(), node.index()),
                        (_, Some(JsonForm::String), ValueKind::String) => {
                            self.copy(node.document(), node.index())
                        }
                        (Some(text), form, _) => self.text(form, &text),
                    }
                };
                let companion = match node.companion_index().filter(|_| property.is_some()) {
                    Some(at) => self.copy(node.document(), at),
                    None => Part::Nothing,
                };
                if (value, companion) == (Part::Nothing, Part::Nothing) {
                    return Err(refused());
                }
                Ok((value, companion))
            }
            Content::Json(json) => {
                let document = json::value_of(json, ty, &self.limits).map_err(EditError::Json)?;
                let root = document.root();
                if !json.trim_start().starts_with('{') {
                    // It stands alone under a key of its own.
                    let mut members = root.children();
                    let (Some(node), None) = (members.next(), members.next()) else {
                        return Err(refused());
                    };
                    return match (node.text().filter(|_| !node.in_array()), property) {
                        (Some(_), None) => Ok((self.copy(&document, node.index()), Part::Nothing)),
                        (Some(text), Some(property)) if primitive == Some(true) => {
                            Ok((self.text(property.json_form(), &text), Part::Nothing))
                        }
                        _ => Err(refused()),
                    };
                }
                if primitive == Some(true) {
                    return Err(refused());
                }
                if property.is_some_and(|one| one.kind() == TypeKind::Resource)
                    && !root.type_id().is_some_and(fits)
                {
                    return Err(refused());
                }
                Ok((self.copy(&document, 0), Part::Nothing))
            }
        }
    }

    /// A primitive's text as JSON.
    pub(super) fn text(&mut self, form: Option<JsonForm>, text: &str) -> Part {
        let bare = match form {
            Some(JsonForm::Number) => scan::number(text.as_bytes()) == Some(text.len()),
            Some(JsonForm::Boolean) => matches!(text, "true" | "false"),
            Some(JsonForm::String) | None => false,
        };
        if bare {
            return self.keep(text);
        }
        let mut out = alloc::vec![b'"'];
        push_escaped(&mut out, text);
        out.push(b'"');
        // A text, escaped.
        let out = String::from_utf8(out).unwrap_or_default();
        self.keep(&out)
    }

    fn copy(&mut self, document: &Document<'_>, index: u32) -> Part {
        let mut out = Vec::new();
        json::write(document, index, &JsonStyle::compact(), &mut out);
        let out = String::from_utf8(out).unwrap_or_default();
        self.keep(&out)
    }

    pub(super) fn keep(&mut self, json: &str) -> Part {
        let start = self.overlay.texts.len();
        self.overlay.texts.push_str(json);
        Part::Text(start, self.overlay.texts.len())
    }
}

/// Whether a node is a primitive, or looks like one where the schema does not know it.
fn is_primitive(node: Node<'_>) -> bool {
    node.type_id()
        .map_or_else(|| node.has_value(), TypeId::is_primitive)
}
