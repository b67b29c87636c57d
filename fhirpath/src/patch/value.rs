//! The value of an operation, put where it belongs.

use carewire_fhir_model::edit::{Edit, EditError, Spot, Value};
use carewire_fhir_model::schema::{Element, JsonForm, Property, TypeId, TypeKind};
use carewire_fhir_model::{Node, ValueKind};

use super::error::PatchError;
use super::read::text;
use crate::document::{reads_as_value, typed};
use crate::item::{Item, NoNode};

/// How deep parts may be inside one another.
const DEPTH: usize = 64;

/// Where a value goes.
pub(super) struct To<'p> {
    pub(super) parent: Spot,
    pub(super) owner: Option<TypeId>,
    pub(super) name: &'p str,
    /// The place of the name in the Parameters.
    pub(super) name_place: &'p str,
    /// The place in the list, and where the Parameters say it; none for the end.
    pub(super) index: Option<(usize, &'p str)>,
}

/// What a part holds.
enum Content<'d> {
    /// A `value[x]` or a `resource`.
    Node(Node<'d>),
    /// More parts.
    Parts(Vec<Node<'d>>),
}

fn content<'d>(part: Option<Node<'d>>, place: &str) -> Result<(Content<'d>, String), PatchError> {
    let missing = |place: String| PatchError::new("missing-part", "the part has no value", place);
    let Some(part) = part else {
        return Err(missing(place.to_owned()));
    };
    let place = part.path();
    let value = part.child("value").or_else(|| part.child("resource"));
    let parts: Vec<_> = part.children_named("part").collect();
    match value {
        Some(_) if !parts.is_empty() => Err(PatchError::new(
            "repeated-part",
            "the part has a value and parts",
            place,
        )),
        Some(value) => Ok((Content::Node(value), place)),
        None if parts.is_empty() => Err(missing(place)),
        None => Ok((Content::Parts(parts), place)),
    }
}

/// Puts a value at the end of an element, or at a place of its list.
pub(super) fn put(
    edit: &mut Edit<'_>,
    to: &To<'_>,
    part: Option<Node<'_>>,
    place: &str,
) -> Result<(), PatchError> {
    put_at(edit, to, part, place, 0)
}

fn put_at(
    edit: &mut Edit<'_>,
    to: &To<'_>,
    part: Option<Node<'_>>,
    place: &str,
    depth: usize,
) -> Result<(), PatchError> {
    if depth > DEPTH {
        let message = format!("the parts are more than {DEPTH} levels deep");
        return Err(PatchError::new("limit", message, place));
    }
    let (content, place) = content(part, place)?;
    let element = element(to)?;
    let owned = |error: EditError| {
        let place = match (error, to.index) {
            (EditError::OutOfRange { .. }, Some((_, place))) => place,
            (EditError::NoSuchElement { .. } | EditError::AlreadyThere { .. }, _) => to.name_place,
            _ => &place,
        };
        PatchError::of_edit(&error, place)
    };
    let (value, property) = match &content {
        Content::Node(node) => {
            let property = fitting(element, *node, &place)?;
            (Value::node(*node), property)
        }
        Content::Parts(_) => {
            let property = element.properties().first().filter(|_| !element.is_choice());
            let property = property.filter(|one| one.kind() != TypeKind::Primitive);
            let property = property.ok_or_else(|| wrong(element, &place))?;
            (Value::object(), property)
        }
    };
    let spot = match to.index {
        Some((index, _)) => edit.insert(to.parent, property.key(), index, value),
        None => edit.add(to.parent, property.key(), value),
    };
    let spot = spot.map_err(owned)?;
    if let Content::Parts(parts) = content {
        fill(edit, spot, property.type_id(), &parts, depth)?;
    }
    Ok(())
}

/// Fills a new element from its parts.
fn fill(
    edit: &mut Edit<'_>,
    spot: Spot,
    owner: TypeId,
    parts: &[Node<'_>],
    depth: usize,
) -> Result<(), PatchError> {
    for part in parts {
        let place = part.path();
        let name = text(*part, "name").unwrap_or_default();
        let to = To {
            parent: spot,
            owner: Some(owner),
            name: &name,
            name_place: &place,
            index: None,
        };
        put_at(edit, &to, Some(*part), &place, depth + 1)?;
    }
    Ok(())
}

/// Puts a value in the place of a node.
pub(super) fn replace(
    edit: &mut Edit<'_>,
    node: Node<'_>,
    part: Option<Node<'_>>,
    place: &str,
) -> Result<(), PatchError> {
    let (content, place) = content(part, place)?;
    let refused = |error: EditError| PatchError::of_edit(&error, &place);
    let Some(element) = node.element() else {
        return Err(refused(EditError::NoSuchElement { owner: None }));
    };
    match content {
        Content::Node(value) => {
            fitting(element, value, &place)?;
            edit.replace(node, Value::node(value)).map_err(refused)?;
        }
        Content::Parts(parts) => {
            let property = node.property().filter(|one| one.kind() != TypeKind::Primitive);
            let property = property.ok_or_else(|| wrong(element, &place))?;
            let spot = edit
                .replace(node, Value::object().of(property.type_id()))
                .map_err(refused)?;
            fill(edit, spot, property.type_id(), &parts, 0)?;
        }
    }
    Ok(())
}

/// The element that is named.
fn element(to: &To<'_>) -> Result<&'static Element, PatchError> {
    let name = to.name.strip_suffix("[x]").unwrap_or(to.name);
    let found = to.owner.and_then(|owner| owner.element(name));
    found.ok_or_else(|| {
        let error = EditError::NoSuchElement { owner: to.owner };
        PatchError::of_edit(&error, to.name_place)
    })
}

fn wrong(element: &'static Element, place: &str) -> PatchError {
    let error = EditError::WrongType {
        element: element.id(),
    };
    PatchError::of_edit(&error, place)
}

/// The property that a value goes to, if the value may stand there.
fn fitting(element: &'static Element, value: Node<'_>, place: &str) -> Result<&'static Property, PatchError> {
    let refused = || wrong(element, place);
    let given = value.type_id().ok_or_else(refused)?;
    let property = if element.is_choice() {
        element.property_of(given)
    } else {
        element.properties().first()
    };
    let property = property.ok_or_else(refused)?;
    let own = property.type_id();
    let fits = if own.is_primitive() && given.is_primitive() {
        let is_text = |ty: TypeId| ty.json_form() == Some(JsonForm::String) && !reads_as_value(ty);
        given.is_a(own) || own.is_a(given) || is_text(own) && is_text(given)
    } else {
        given.is_a(own)
    };
    if !fits {
        return Err(refused());
    }
    // A text that is no date, a number that is no integer.
    let is_wrong = reads_as_value(own)
        && value
            .text()
            .is_some_and(|text| matches!(typed::<NoNode>(own, text), Item::String(_)));
    if is_wrong || value.value_kind() == ValueKind::Array {
        let message = format!("the value is none of the type {}", own.name());
        return Err(PatchError::new("invalid-value", message, place));
    }
    Ok(property)
}
