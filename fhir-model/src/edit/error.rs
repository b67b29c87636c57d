use alloc::string::String;

use thiserror::Error;

use crate::error::Error as ReadError;
use crate::path::PathError;
use crate::schema::{ElementId, TypeId};

/// Why an edit was refused. It names elements, types and places, never a value.
///
/// ```
/// use carewire_fhir_model::Document;
/// use carewire_fhir_model::edit::{Edit, Value};
///
/// let document = Document::from_json(br#"{"resourceType": "Patient", "active": true}"#)?.document;
/// let mut edit = Edit::new(&document);
/// let error = edit.add(document.root(), "shoeSize", Value::text("43")).err().ok_or("it should be refused")?;
/// assert_eq!(error.to_string(), "Patient has no such element");
/// let error = edit.add(document.root(), "active", Value::text("false")).err().ok_or("it should be refused")?;
/// assert_eq!(error.to_string(), "Patient.active is there already");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EditError {
    /// The parent's type has no element of that name; or its type is not known, and it can have none.
    #[error("{} has no such element", name_of(*owner))]
    NoSuchElement {
        /// The parent's type.
        owner: Option<TypeId>,
    },
    /// The element cannot be what was given, or it is a choice and the type of the value is not known.
    #[error("the value does not fit {}", element.element().path())]
    WrongType {
        /// The element.
        element: ElementId,
    },
    /// The element is there and may occur once.
    #[error("{} is there already", element.element().path())]
    AlreadyThere {
        /// The element.
        element: ElementId,
    },
    /// A place behind the end of a list.
    #[error("there is no place {index} among {count}")]
    OutOfRange {
        /// The place asked for, from 0.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// The node, or one that held it, was deleted or replaced before.
    #[error("the node was deleted or replaced before")]
    Gone,
    /// The node is of another document, or of another edit.
    #[error("the node is not of the document that is edited")]
    OtherDocument,
    /// The resource itself cannot be deleted, replaced or moved.
    #[error("the resource itself cannot be deleted, replaced or moved")]
    Root,
    /// The node stands in an array inside an array, which FHIR does not have.
    #[error("the node stands in an array inside an array")]
    NestedArray,
    /// What was given whole, as a node or as JSON, is changed by another edit of the result.
    #[error("what was given whole is changed by another edit")]
    Whole,
    /// A text was given to an element that has none.
    #[error("the element has no text")]
    NotPrimitive,
    /// The JSON given is not one value.
    #[error("the JSON given cannot be read: {0}")]
    Json(ReadError),
    /// The other node is not in the list of the node that is to be moved, or is the node itself.
    #[error("the nodes are not two of one list")]
    OtherList,
    /// A key was given as unknown, and the type has an element of that key.
    #[error("{} is an element that the type has", element.element().path())]
    Known {
        /// The element.
        element: ElementId,
    },
    /// The path is not well formed.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The result would pass a limit.
    #[error("the result cannot be read: {0}")]
    Result(ReadError),
}

fn name_of(owner: Option<TypeId>) -> String {
    owner.map_or_else(|| String::from("an unknown type"), |ty| String::from(ty.name()))
}
