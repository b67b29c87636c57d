//! A `serde_json::Value` as a tree to ask.

use std::borrow::Cow;
use std::ops::ControlFlow;

use carewire_fhir_model::schema::{Property, Schema, TypeId, TypeKind};
use serde_json::Value;

use crate::document::{of_texts, reference_key, typed};
use crate::item::Item;
use crate::node::{Name, Node, TypeName, TypeReference};
use crate::value::Quantity;

/// A place of a FHIR resource that was read as a `serde_json::Value`.
///
/// It gives what the document gives for the same JSON, whose keys come in the order of the `Value`; where a key and the
/// one with an underscore do not go together (a list beside an object), what the two give may differ. Numbers are what
/// `serde_json` made of them: 5.40 is 5.4 unless its feature `arbitrary_precision` is on. Places have no offset.
///
/// # Examples
///
/// ```
/// use carewire_fhirpath::{Context, JsonNode, compile};
///
/// let patient = serde_json::json!({"resourceType": "Patient", "name": [{"given": ["Ann", "Lee"]}]});
/// let given = compile("Patient.name.given.last()")?;
/// let found = given.evaluate(JsonNode::new(&patient), &Context::new())?;
/// assert_eq!(found[0].text().as_deref(), Some("Lee"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct JsonNode<'v> {
    place: Place<'v>,
    name: &'v str,
    kind: Option<TypeId>,
    /// The whole input.
    root: &'v Value,
    /// The resource it is in, or is, and the one that contains that.
    resource: &'v Value,
    container: Option<&'v Value>,
}

/// The value of an element; of a primitive with what stands under the key with an underscore.
#[derive(Clone, Copy)]
struct Place<'v> {
    value: Option<&'v Value>,
    companion: Option<&'v Value>,
}

impl std::fmt::Debug for JsonNode<'_> {
    /// Shows the type, no value.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JsonNode")
            .field("type", &self.kind)
            .finish_non_exhaustive()
    }
}

impl<'v> JsonNode<'v> {
    /// The resource as a place.
    #[must_use]
    pub fn new(root: &'v Value) -> Self {
        Self {
            place: Place {
                value: Some(root),
                companion: None,
            },
            name: "",
            kind: of_resource(root),
            root,
            resource: root,
            container: None,
        }
    }

    /// The value itself; `None` for a primitive that has only an id or extensions.
    #[must_use]
    pub fn json(self) -> Option<&'v Value> {
        self.place.value
    }

    fn is_resource(self) -> bool {
        self.kind.is_some_and(TypeId::is_resource)
    }

    /// The children under one key, each with what stands beside it under the key with an underscore.
    fn under<B>(
        self,
        key: &'v str,
        place: Place<'v>,
        visit: &mut impl FnMut(Self) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let property = self.kind.and_then(|own| own.property(key));
        let list = |value: Option<&'v Value>| value.and_then(Value::as_array);
        let (values, companions) = (list(place.value), list(place.companion));
        if values.is_none() && companions.is_none() {
            return visit(self.child(key, property, place));
        }
        let length = values.map_or(0, Vec::len).max(companions.map_or(0, Vec::len));
        for index in 0..length {
            let at = |list: Option<&'v Vec<Value>>| list.and_then(|list| list.get(index));
            let place = Place {
                value: at(values),
                companion: at(companions).filter(|beside| !beside.is_null()),
            };
            if place.value.is_some() || place.companion.is_some() {
                visit(self.child(key, property, place))?;
            }
        }
        ControlFlow::Continue(())
    }

    fn child(self, key: &'v str, property: Option<&'static Property>, place: Place<'v>) -> Self {
        let kind = match property {
            Some(property) if property.kind() == TypeKind::Resource => place.value.and_then(of_resource),
            Some(property) => Some(property.type_id()),
            None => None,
        };
        let child = Self {
            place,
            name: property.map_or(key, |property| property.element().name()),
            kind,
            ..self
        };
        match place.value {
            Some(value) if child.is_resource() => Self {
                resource: value,
                container: (child.name == "contained").then_some(self.resource),
                ..child
            },
            _ => child,
        }
    }

    fn text_of(self, key: &str) -> Option<Cow<'v, str>> {
        text(self.place.value?.get(key)?)
    }
}

fn of_resource(value: &Value) -> Option<TypeId> {
    Schema::r4().type_named(value.get("resourceType")?.as_str()?)
}

/// The text of a primitive.
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

impl<'v> Node<'v> for JsonNode<'v> {
    fn each_child<B>(self, name: &Name, mut visit: impl FnMut(Self) -> ControlFlow<B>) -> ControlFlow<B> {
        self.each(|child| {
            if child.name == name.as_str() {
                visit(child)
            } else {
                ControlFlow::Continue(())
            }
        })
    }

    fn each<B>(self, mut visit: impl FnMut(Self) -> ControlFlow<B>) -> ControlFlow<B> {
        let object = match self.place.value {
            Some(Value::Object(object)) => object,
            // Of a primitive it is what stands beside it that has children.
            _ => match self.place.companion {
                Some(Value::Object(object)) => object,
                _ => return ControlFlow::Continue(()),
            },
        };
        for (key, value) in object {
            if key == "resourceType" {
                continue;
            }
            let place = match key.strip_prefix('_') {
                None => {
                    let beside = object.get(&format!("_{key}"));
                    (key.as_str(), Some(value), beside.filter(|it| !it.is_null()))
                }
                // It is part of its primitive.
                Some(key) if object.contains_key(key) => continue,
                Some(key) => (key, None, Some(value)),
            };
            let (key, value, companion) = place;
            if value.is_some() || companion.is_some() {
                self.under(key, Place { value, companion }, &mut visit)?;
            }
        }
        ControlFlow::Continue(())
    }

    fn name(self) -> &'v str {
        self.name
    }

    fn value(self) -> Option<Item<'v, Self>> {
        let value = self.place.value?;
        let text = text(value)?;
        Some(match (self.kind, value) {
            (Some(own), _) => typed(own, text),
            (None, Value::Bool(value)) => Item::Boolean(*value),
            (None, Value::Number(_)) => text.parse().map_or(Item::String(text), Item::Decimal),
            (None, _) => Item::String(text),
        })
    }

    fn type_name(self) -> TypeName<'v> {
        TypeName {
            namespace: "FHIR",
            name: self.kind.map_or("Element", TypeId::name),
        }
    }

    fn is_type(self, specifier: &TypeReference) -> bool {
        match (self.kind, specifier.fhir()) {
            (Some(own), Some(wanted)) => own.is_a(wanted),
            _ => false,
        }
    }

    fn is_same(self, other: Self) -> bool {
        let same = |one: Option<&Value>, other: Option<&Value>| match (one, other) {
            (Some(one), Some(other)) => std::ptr::eq(one, other),
            (None, None) => true,
            _ => false,
        };
        same(self.place.value, other.place.value) && same(self.place.companion, other.place.companion)
    }

    fn is_primitive(self) -> bool {
        self.kind.map_or(self.has_value(), TypeId::is_primitive)
    }

    fn has_value(self) -> bool {
        self.place.value.is_some_and(|value| text(value).is_some())
    }

    fn quantity(self) -> Option<Quantity<'v>> {
        if !self.kind?.is_a(TypeId::QUANTITY) {
            return None;
        }
        of_texts(|name| self.text_of(name))
    }

    fn resolve(self, reference: &str) -> Option<Self> {
        let Some(id) = reference.strip_prefix('#') else {
            let wanted = reference_key(reference);
            let mut found = None;
            self.each_target(&mut |key, target| {
                if found.is_none() && key == wanted {
                    found = Some(target);
                }
            });
            return found;
        };
        let container = self.container.unwrap_or(self.resource);
        let container = Self {
            place: Place {
                value: Some(container),
                companion: None,
            },
            kind: of_resource(container),
            resource: container,
            container: None,
            ..self
        };
        if id.is_empty() {
            return Some(container);
        }
        let mut found = None;
        let _: ControlFlow<()> = container.each(|child| {
            if found.is_none()
                && child.name == "contained"
                && child.text_of("id").is_some_and(|own| own == id)
            {
                found = Some(child);
            }
            ControlFlow::Continue(())
        });
        found
    }

    fn tree(self) -> usize {
        std::ptr::from_ref(self.root).addr()
    }

    fn each_target(self, visit: &mut dyn FnMut(Cow<'v, str>, Self)) {
        let root = Self::new(self.root);
        if root.kind != Some(TypeId::BUNDLE) {
            return;
        }
        let _: ControlFlow<()> = root.each(|entry| {
            if entry.name != "entry" {
                return ControlFlow::Continue(());
            }
            let _: ControlFlow<()> = entry.each(|resource| {
                if resource.name != "resource" {
                    return ControlFlow::Continue(());
                }
                if let Some(url) = entry.text_of("fullUrl") {
                    visit(url, resource);
                }
                if let (Some(own), Some(id)) = (resource.kind, resource.text_of("id")) {
                    visit(Cow::Owned(format!("{}/{id}", own.name())), resource);
                }
                ControlFlow::Break(())
            });
            ControlFlow::Continue(())
        });
    }
}
