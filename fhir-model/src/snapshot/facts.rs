//! What an element of a snapshot says: parts of documents, and little that is made.

use alloc::borrow::Cow;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::document::Node;

/// One value of one element of `ElementDefinition`.
#[derive(Clone)]
pub(super) enum Fact<'d> {
    /// As a document has it.
    Given(Node<'d>),
    /// A text that is made, of a primitive.
    Text(Arc<str>),
    /// A constraint, with the definition that declares it if it does not say so itself.
    Constraint(Node<'d>, Arc<str>),
    /// Slicing that the standard implies, by `path`.
    Slicing { by: Discriminator, closed: bool },
    /// The element of the base that it comes from.
    Base {
        path: Arc<str>,
        min: Option<Node<'d>>,
        max: Option<Node<'d>>,
    },
}

/// What implied slices are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Discriminator {
    /// The type of the value.
    Type,
    /// The URL of the extension.
    Url,
}

impl<'d> Fact<'d> {
    /// The part of a document that it is.
    pub(super) fn node(&self) -> Option<Node<'d>> {
        match self {
            Self::Given(node) | Self::Constraint(node, _) => Some(*node),
            _ => None,
        }
    }

    /// The text of a primitive.
    pub(super) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Given(node) => node.text(),
            Self::Text(text) => Some(Cow::Borrowed(text)),
            _ => None,
        }
    }
}

/// The facts of one element, by the names of the elements of `ElementDefinition`, without `[x]`. A clone shares them until
/// one of the two is changed.
#[derive(Clone, Default)]
pub(super) struct Facts<'d>(Arc<Vec<(&'static str, Fact<'d>)>>);

impl<'d> Facts<'d> {
    pub(super) fn iter(&self) -> impl Iterator<Item = &(&'static str, Fact<'d>)> {
        self.0.iter()
    }

    pub(super) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Fact<'d>> {
        self.0
            .iter()
            .filter(move |(known, _)| *known == name)
            .map(|(_, fact)| fact)
    }

    pub(super) fn first<'a>(&'a self, name: &str) -> Option<&'a Fact<'d>> {
        self.all(name).next()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// The text of a primitive.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'_, str>> {
        self.first(name).and_then(Fact::text)
    }

    /// The parts of documents that have a name.
    pub(super) fn nodes(&self, name: &str) -> impl Iterator<Item = Node<'d>> {
        self.all(name).filter_map(Fact::node)
    }

    pub(super) fn push(&mut self, name: &'static str, fact: Fact<'d>) {
        Arc::make_mut(&mut self.0).push((name, fact));
    }

    pub(super) fn remove(&mut self, name: &str) {
        if self.has(name) {
            Arc::make_mut(&mut self.0).retain(|(known, _)| *known != name);
        }
    }

    /// Gives a name these facts and no others.
    pub(super) fn set(&mut self, name: &'static str, facts: impl IntoIterator<Item = Fact<'d>>) {
        self.remove(name);
        Arc::make_mut(&mut self.0).extend(facts.into_iter().map(|fact| (name, fact)));
    }

    /// The minimum; `None` if there is none that is a number.
    pub(super) fn min(&self) -> Option<u32> {
        self.text("min")?.parse().ok()
    }

    /// The maximum; `*` is the greatest number there is.
    pub(super) fn max(&self) -> Option<u32> {
        parse_max(&self.text("max")?)
    }
}

pub(super) fn parse_max(text: &str) -> Option<u32> {
    if text == "*" {
        Some(u32::MAX)
    } else {
        text.parse().ok()
    }
}
