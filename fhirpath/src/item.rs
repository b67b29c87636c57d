//! One item of a collection.

use std::borrow::Cow;

use crate::node::{Node, TypeName, TypeReference};
use crate::value::{Date, DateTime, Decimal, Quantity, Time};

/// One item of the collection that an expression gives: a place of the tree, or a value that was computed.
///
/// A primitive of the tree stays a place, so that its extensions and its type are at hand; [`Item::value`] reads it.
///
/// # Examples
///
/// ```
/// # use carewire_fhirpath::{Context, Item, NoNode};
/// let program = carewire_fhirpath::compile("'a' | 1.50")?;
/// let items = program.evaluate_without_node::<NoNode>(&Context::new())?;
/// let shown: Vec<_> = items.iter().map(|item| (item.type_name().to_string(), item.text())).collect();
/// assert_eq!(shown[0], ("System.String".to_owned(), Some("a".into())));
/// assert_eq!(shown[1], ("System.Decimal".to_owned(), Some("1.50".into())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: FHIRPath 2.0.0, 4.1 Literals and 11 Type Safety and Strict Evaluation.
#[derive(Clone)]
#[non_exhaustive]
pub enum Item<'a, N> {
    /// A place of the tree.
    Node(N),
    /// `System.Boolean`
    Boolean(bool),
    /// `System.Integer`
    Integer(i64),
    /// `System.Decimal`
    Decimal(Decimal),
    /// `System.String`
    String(Cow<'a, str>),
    /// `System.Date`
    Date(Date),
    /// `System.DateTime`
    DateTime(DateTime),
    /// `System.Time`
    Time(Time),
    /// `System.Quantity`
    Quantity(Box<Quantity<'a>>),
    /// What `type()` gives: a type's name and model.
    Type(TypeName<'a>),
}

impl<'a, N: Node<'a>> Item<'a, N> {
    /// The value: of a place its primitive's, of a computed value the value itself; `None` for a place without one.
    #[must_use]
    pub fn value(&self) -> Option<Cow<'_, Self>> {
        match self {
            Self::Node(node) => node.value().map(Cow::Owned),
            _ => Some(Cow::Borrowed(self)),
        }
    }

    /// The name of the item's type: of the tree's model for a place, `System.` for a computed value.
    #[must_use]
    pub fn type_name(&self) -> TypeName<'a> {
        let name = match self {
            Self::Node(node) => return node.type_name(),
            Self::Boolean(_) => "Boolean",
            Self::Integer(_) => "Integer",
            Self::Decimal(_) => "Decimal",
            Self::String(_) => "String",
            Self::Date(_) => "Date",
            Self::DateTime(_) => "DateTime",
            Self::Time(_) => "Time",
            Self::Quantity(_) => "Quantity",
            Self::Type(_) => "TypeInfo",
        };
        TypeName {
            namespace: "System",
            name,
        }
    }

    /// The value as text, as `toString()` writes it; `None` for a place that has no value of its own.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'a, str>> {
        Some(match self {
            Self::Node(node) => match node.value() {
                Some(value) if !matches!(value, Self::Node(_)) => return value.text(),
                _ => return node.quantity().map(|quantity| Cow::Owned(quantity.to_string())),
            },
            Self::Boolean(true) => Cow::Borrowed("true"),
            Self::Boolean(false) => Cow::Borrowed("false"),
            Self::String(text) => text.clone(),
            Self::Integer(value) => Cow::Owned(value.to_string()),
            Self::Decimal(value) => Cow::Owned(value.to_string()),
            Self::Date(value) => Cow::Owned(value.to_string()),
            Self::DateTime(value) => Cow::Owned(value.to_string()),
            Self::Time(value) => Cow::Owned(value.to_string()),
            Self::Quantity(value) => Cow::Owned(value.to_string()),
            Self::Type(name) => Cow::Owned(name.to_string()),
        })
    }

    /// A clone; of a place at the cost of a copy.
    #[inline]
    pub(crate) fn copied(&self) -> Self {
        match self {
            Self::Node(node) => Self::Node(*node),
            _ => self.clone(),
        }
    }

    /// The place, if the item is one.
    #[must_use]
    pub fn node(&self) -> Option<N> {
        match self {
            Self::Node(node) => Some(*node),
            _ => None,
        }
    }

    /// The boolean, if the item's value is one.
    #[must_use]
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Node(node) => match node.value() {
                Some(Self::Boolean(value)) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    /// The integer, if the item's value is one.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            Self::Node(node) => match node.value() {
                Some(Self::Integer(value)) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }

    /// The string, if the item's value is one.
    #[must_use]
    pub fn as_string(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::String(text) => Some(text.clone()),
            Self::Node(node) => match node.value() {
                Some(Self::String(text)) => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// True if the item is of the type, or of one derived from it.
    pub(crate) fn is_type(&self, specifier: &TypeReference) -> bool {
        match self {
            Self::Node(node) => node.is_type(specifier),
            _ => {
                let own = self.type_name();
                specifier.is_named(own.namespace, own.name) || specifier.is_named("System", "Any")
            }
        }
    }

    /// True if `as` and `ofType` let the item through: a primitive by its own type only.
    pub(crate) fn is_taken_as(&self, specifier: &TypeReference) -> bool {
        match self {
            Self::Node(node) => node.is_taken_as(specifier),
            _ => self.is_type(specifier),
        }
    }

    /// The item as a quantity: a quantity of the tree, a number with the unit `'1'`.
    pub(crate) fn quantity(&self) -> Option<Quantity<'a>> {
        match self {
            Self::Quantity(quantity) => Some((**quantity).clone()),
            Self::Integer(value) => Some(Quantity::ucum((*value).into(), "1")),
            Self::Decimal(value) => Some(Quantity::ucum(*value, "1")),
            Self::Node(node) => match node.value() {
                Some(Self::Node(_)) | None => node.quantity(),
                Some(value) => value.quantity(),
            },
            _ => None,
        }
    }
}

/// The node of evaluations that have no tree: there is none.
///
/// ```
/// # use carewire_fhirpath::{Context, NoNode};
/// let program = carewire_fhirpath::compile("1 + 1 = 2")?;
/// assert!(program.evaluate_without_node::<NoNode>(&Context::new())?[0].as_boolean() == Some(true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub enum NoNode {}

impl<'a> Node<'a> for NoNode {
    fn each_child<B>(
        self,
        _: &crate::node::Name,
        _: impl FnMut(Self) -> std::ops::ControlFlow<B>,
    ) -> std::ops::ControlFlow<B> {
        match self {}
    }

    fn each<B>(self, _: impl FnMut(Self) -> std::ops::ControlFlow<B>) -> std::ops::ControlFlow<B> {
        match self {}
    }

    fn name(self) -> &'a str {
        match self {}
    }

    fn value(self) -> Option<Item<'a, Self>> {
        match self {}
    }

    fn type_name(self) -> TypeName<'a> {
        match self {}
    }

    fn is_type(self, _: &TypeReference) -> bool {
        match self {}
    }

    fn is_same(self, _: Self) -> bool {
        match self {}
    }
}
