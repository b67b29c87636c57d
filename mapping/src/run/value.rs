//! What a variable holds while a map runs.

use std::rc::Rc;

use carewire_fhir_model::Node;
use carewire_fhir_model::build::BuildId;
use carewire_hl7v2::{Component, Place, Repetition, Segment, Subcomponent, tree};

use crate::program::Kind;

/// A value: a place of the source, an element of the target, or what was computed. None owns text but the last.
#[derive(Clone)]
pub(super) enum Value<'m> {
    Empty,
    /// The message or a group of it.
    Group(tree::Node<'m>),
    /// All segments of a message or group, wherever they stand.
    All(tree::Node<'m>),
    Segment(Segment<'m>),
    Repetition(Repetition<'m>),
    Component(Component<'m>),
    Subcomponent(Subcomponent<'m>),
    /// A node of a FHIR document.
    Fhir(Node<'m>),
    /// An element of the target.
    Made(BuildId),
    Integer(i64),
    Computed(Kind, Text<'m>),
}

/// The text of a computed value.
#[derive(Clone, Debug)]
pub(super) enum Text<'m> {
    Borrowed(&'m str),
    Shared(Rc<str>),
    /// Until a variable holds it.
    Owned(String),
}

impl Text<'_> {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
            Self::Owned(text) => text,
        }
    }
}

impl<'m> Value<'m> {
    pub(super) fn string(text: String) -> Self {
        Self::Computed(Kind::String, Text::Owned(text))
    }

    pub(super) fn shared(text: Rc<str>) -> Self {
        Self::Computed(Kind::String, Text::Shared(text))
    }

    pub(super) fn computed(kind: Kind, text: String) -> Self {
        Self::Computed(kind, Text::Owned(text))
    }

    pub(super) fn boolean(value: bool) -> Self {
        Self::Computed(
            Kind::Boolean,
            Text::Borrowed(if value { "true" } else { "false" }),
        )
    }

    pub(super) fn integer(value: usize) -> Self {
        Self::Integer(i64::try_from(value).unwrap_or(i64::MAX))
    }

    /// As a variable keeps it: a text that is read more than once is shared.
    pub(super) fn kept(self) -> Self {
        match self {
            Self::Computed(kind, Text::Owned(text)) => Self::Computed(kind, Text::Shared(text.into())),
            value => value,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// The place, of a part of a field.
    pub(super) fn place(&self) -> Option<Place<'m>> {
        match self {
            Self::Repetition(part) => Some(Place::from(*part)),
            Self::Component(part) => Some(Place::from(*part)),
            Self::Subcomponent(part) => Some(Place::from(*part)),
            _ => None,
        }
    }

    /// The path in the source, for findings.
    pub(super) fn path(&self) -> Option<String> {
        match self {
            Self::Segment(segment) => Some(segment.location().to_string()),
            Self::Group(node) => node
                .children()
                .find_map(|child| child.segment())
                .map(|segment| segment.location().to_string()),
            Self::Fhir(node) => Some(node.path()),
            _ => self.place().map(|place| place.location().to_string()),
        }
    }
}
