//! Where an example can be damaged: every property of every object that the schema knows.

use carewire_fhir_model::schema::{Property, Schema, TypeId};
use serde_json::{Map, Value};

/// A property in an object of an example.
pub(crate) struct Place {
    /// The JSON pointer of the object.
    pointer: String,
    /// The FHIRPath of the object.
    pub(crate) parent: String,
    /// What the schema says of the property.
    pub(crate) property: &'static Property,
    /// Whether the object is the example itself or a resource inside it.
    pub(crate) in_resource: bool,
}

impl Place {
    /// The object that has the property.
    pub(crate) fn object<'a>(&self, example: &'a mut Value) -> &'a mut Map<String, Value> {
        example
            .pointer_mut(&self.pointer)
            .and_then(Value::as_object_mut)
            .expect("the walk was there")
    }

    /// What else the object has.
    pub(crate) fn beside<'a>(&self, example: &'a Value) -> &'a Map<String, Value> {
        example
            .pointer(&self.pointer)
            .and_then(Value::as_object)
            .expect("the walk was there")
    }

    /// The value of the property.
    pub(crate) fn value<'a>(&self, example: &'a Value) -> &'a Value {
        &self.beside(example)[self.property.key()]
    }

    /// The FHIRPath of the element; with an index, of that repetition.
    pub(crate) fn expression(&self, index: Option<usize>) -> String {
        let name = self.property.element().name();
        match index {
            Some(index) => format!("{}.{name}[{index}]", self.parent),
            None => format!("{}.{name}", self.parent),
        }
    }

    /// The FHIRPath of the first value: with an index if the element may repeat.
    pub(crate) fn first(&self) -> String {
        self.expression(self.property.element().is_list().then_some(0))
    }
}

/// All places of an example, in the order of its keys.
pub(crate) fn places(example: &Value) -> Vec<Place> {
    let mut found = Vec::new();
    if let Some(ty) = resource_type(example) {
        walk(example, ty, String::new(), ty.name().to_owned(), &mut found);
    }
    found
}

fn resource_type(value: &Value) -> Option<TypeId> {
    Schema::r4()
        .type_named(value["resourceType"].as_str()?)
        .filter(|ty| ty.is_resource())
}

fn walk(value: &Value, ty: TypeId, pointer: String, path: String, found: &mut Vec<Place>) {
    let in_resource = ty.is_resource();
    for (key, child) in value.as_object().into_iter().flatten() {
        let Some(property) = ty.property(key) else {
            continue;
        };
        let place = Place {
            pointer: pointer.clone(),
            parent: path.clone(),
            property,
            in_resource,
        };
        match child {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let at = place.expression(Some(index));
                    inside(
                        item,
                        property.type_id(),
                        format!("{pointer}/{key}/{index}"),
                        at,
                        found,
                    );
                }
            }
            one => inside(
                one,
                property.type_id(),
                format!("{pointer}/{key}"),
                place.expression(None),
                found,
            ),
        }
        found.push(place);
    }
}

fn inside(value: &Value, ty: TypeId, pointer: String, path: String, found: &mut Vec<Place>) {
    let ty = if ty.is_resource() {
        resource_type(value)
    } else {
        Some(ty)
    };
    if let Some(ty) = ty.filter(|_| value.is_object()) {
        walk(value, ty, pointer, path, found);
    }
}
