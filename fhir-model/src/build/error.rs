use thiserror::Error;

use crate::schema::{Element, ElementId, TypeId};

/// Why a builder refused. It names elements and types, never a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The parent's type has no element in that slot.
    #[error("{} has no element {slot}", owner.name())]
    NoSuchElement {
        /// The parent's type.
        owner: TypeId,
        /// The slot asked for.
        slot: u8,
    },
    /// The element does not have that type.
    #[error("{} cannot be a {}", element.element().path(), variant.name())]
    WrongType {
        /// The element.
        element: ElementId,
        /// The type asked for.
        variant: TypeId,
    },
    /// The element is there and may occur once.
    #[error("{} is there already", element.element().path())]
    AlreadyThere {
        /// The element.
        element: ElementId,
    },
    /// A text was given to a type that has none.
    #[error("{} has no text", ty.name())]
    NotPrimitive {
        /// The type.
        ty: TypeId,
    },
    /// The JSON could be larger than 4 GiB, which no document is.
    #[error("too many nodes or too much text for one document")]
    TooLarge,
    /// What was to be attached is no resource by itself: it has a parent, or it holds the new parent.
    #[error("only a resource without a parent can be attached")]
    NotDetached,
}

impl BuildError {
    /// The element it is about.
    pub fn element(&self) -> Option<&'static Element> {
        match self {
            Self::WrongType { element, .. } | Self::AlreadyThere { element } => Some(element.element()),
            Self::NoSuchElement { .. } | Self::NotPrimitive { .. } | Self::TooLarge | Self::NotDetached => {
                None
            }
        }
    }
}
