//! What is known of a collection before it is computed.

use std::collections::BTreeSet;

use carewire_fhir_model::schema::{TypeId, TypeKind};

use super::nearest::nearest;
use crate::ast::Literal;
use crate::node::TypeReference;

/// One type that an item may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Type {
    Fhir(TypeId),
    System(&'static str),
}

/// What operators and functions tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Boolean,
    Text,
    Number,
    Quantity,
    /// Dates, and dates with a time.
    Date,
    Time,
    /// What has elements.
    Complex,
}

impl Family {
    /// True if `=` can be true between the two.
    pub(super) fn can_equal(self, other: Self) -> bool {
        self == other
            || matches!(
                (self, other),
                (Self::Number, Self::Quantity) | (Self::Quantity, Self::Number)
            )
    }

    /// True if `<` has an answer between the two.
    pub(super) fn has_order(self, other: Self) -> bool {
        self.can_equal(other) && !matches!(self, Self::Boolean | Self::Complex)
    }
}

impl Type {
    pub(super) fn family(self) -> Family {
        match self {
            Self::Fhir(TypeId::BOOLEAN) | Self::System("Boolean") => Family::Boolean,
            Self::Fhir(TypeId::INTEGER | TypeId::DECIMAL | TypeId::UNSIGNED_INT | TypeId::POSITIVE_INT)
            | Self::System("Integer" | "Decimal" | "Long") => Family::Number,
            Self::Fhir(TypeId::DATE | TypeId::DATE_TIME | TypeId::INSTANT)
            | Self::System("Date" | "DateTime") => Family::Date,
            Self::Fhir(TypeId::TIME) | Self::System("Time") => Family::Time,
            Self::System("Quantity") => Family::Quantity,
            Self::System("String") => Family::Text,
            Self::System(_) => Family::Complex,
            Self::Fhir(own) if own.is_primitive() => Family::Text,
            Self::Fhir(own) if own.is_a(TypeId::QUANTITY) => Family::Quantity,
            Self::Fhir(_) => Family::Complex,
        }
    }

    /// True for a primitive of FHIR and a value of the System model.
    pub(super) fn is_primitive(self) -> bool {
        match self {
            Self::Fhir(own) => own.is_primitive(),
            Self::System(name) => name != "Quantity" && name != "TypeInfo",
        }
    }

    /// True if any other type may stand where this one is named.
    fn is_open(self) -> bool {
        match self {
            Self::Fhir(own) => own.is_abstract() || own == TypeId::ELEMENT,
            Self::System(name) => name == "Any",
        }
    }
}

/// The types that the items of a collection may have, and what else is known of it.
#[derive(Clone, Debug)]
pub(super) struct Types {
    /// None where any type may come.
    pub(super) kinds: Option<BTreeSet<Type>>,
    /// False where the order of the items is not defined.
    pub(super) ordered: bool,
    /// True where the schema lets several items come.
    pub(super) many: bool,
    /// The items, where all of them are literals.
    pub(super) literals: Vec<Literal>,
}

impl Types {
    /// Anything; how many is not known.
    pub(super) fn any() -> Self {
        Self {
            kinds: None,
            ordered: true,
            many: false,
            literals: Vec::new(),
        }
    }

    /// Nothing: `{}`.
    pub(super) fn nothing() -> Self {
        Self {
            kinds: Some(BTreeSet::new()),
            ..Self::any()
        }
    }

    pub(super) fn of(kinds: impl IntoIterator<Item = Type>) -> Self {
        let kinds: BTreeSet<Type> = kinds.into_iter().collect();
        let open = kinds.iter().any(|kind| kind.is_open());
        Self {
            kinds: (!open).then_some(kinds),
            ..Self::any()
        }
    }

    pub(super) fn system(name: &'static str) -> Self {
        Self::of([Type::System(name)])
    }

    pub(super) fn boolean() -> Self {
        Self::system("Boolean")
    }

    pub(super) fn literal(literal: &Literal) -> Self {
        let name = match literal {
            Literal::Empty => return Self::nothing(),
            Literal::Boolean(_) => "Boolean",
            Literal::String(_) => "String",
            Literal::Integer(_) => "Integer",
            Literal::Decimal(_) => "Decimal",
            Literal::Date(_) => "Date",
            Literal::DateTime(_) => "DateTime",
            Literal::Time(_) | Literal::TimeWithOffset(..) => "Time",
            Literal::Quantity(..) => "Quantity",
        };
        Self {
            literals: vec![literal.clone()],
            ..Self::system(name)
        }
    }

    /// Both collections in one.
    pub(super) fn union(self, other: Self) -> Self {
        let kinds = match (self.kinds, other.kinds) {
            (Some(mut kinds), Some(more)) => {
                kinds.extend(more);
                Some(kinds)
            }
            _ => None,
        };
        let mut literals = self.literals;
        for literal in other.literals {
            if !literals.contains(&literal) {
                literals.push(literal);
            }
        }
        Self {
            kinds,
            ordered: self.ordered && other.ordered,
            many: self.many || other.many,
            literals,
        }
    }

    /// True if the types are known, there is one, and none of them passes the test.
    pub(super) fn never(&self, test: impl Fn(Type) -> bool) -> bool {
        self.kinds
            .as_ref()
            .is_some_and(|kinds| !kinds.is_empty() && !kinds.iter().any(|kind| test(*kind)))
    }

    /// True if the types of both are known, each has one, and no pair of them passes the test.
    pub(super) fn never_with(&self, other: &Self, test: impl Fn(Family, Family) -> bool) -> bool {
        other.kinds.as_ref().is_some_and(|others| {
            !others.is_empty()
                && self.never(|own| others.iter().any(|other| test(own.family(), other.family())))
        })
    }

    /// The same collection, its items no longer known one by one.
    pub(super) fn some(self) -> Self {
        Self {
            literals: Vec::new(),
            ..self
        }
    }

    /// One item of the collection.
    pub(super) fn one(self) -> Self {
        Self {
            many: false,
            ..self.some()
        }
    }

    /// The same types, perhaps several times.
    pub(super) fn several(self) -> Self {
        Self {
            many: true,
            ..self.some()
        }
    }

    /// The types that pass `as` and `ofType`.
    pub(super) fn narrowed(specifier: &TypeReference) -> Self {
        match (specifier.fhir(), specifier.namespace()) {
            (Some(own), _) => Self::of([Type::Fhir(own)]),
            _ => Self::any(),
        }
    }

    /// True if none of the items can pass `as` and `ofType` with the type.
    pub(super) fn never_is(&self, specifier: &TypeReference) -> bool {
        match specifier.fhir() {
            Some(wanted) => self.never(|kind| match kind {
                Type::Fhir(own) => own.is_a(wanted) || wanted.is_a(own),
                Type::System(name) => specifier.is_named("System", name),
            }),
            None => self.never(|kind| match kind {
                Type::Fhir(_) => specifier.namespace().is_some_and(|name| name != "System"),
                Type::System(name) => specifier.is_named("System", name) || specifier.name() == "Any",
            }),
        }
    }

    /// The children of a name: anything if one of the types is open, an error if no type has it.
    pub(super) fn child(&self, name: &str) -> Result<Self, ()> {
        let Some(kinds) = &self.kinds else {
            return Ok(Self::any());
        };
        if kinds.is_empty() {
            return Ok(Self::nothing());
        }
        let mut found = None::<Self>;
        for kind in kinds {
            let children = match kind {
                Type::Fhir(own) => {
                    own.element(name)
                        .filter(|element| element.name() == name)
                        .map(|element| Self {
                            many: element.is_list(),
                            ..Self::of(element.types().map(Type::Fhir))
                        })
                }
                Type::System("Quantity") if matches!(name, "value" | "unit") => Some(Self::any()),
                Type::System("TypeInfo") if matches!(name, "name" | "namespace") => {
                    Some(Self::system("String"))
                }
                Type::System(_) => None,
            };
            found = match (found, children) {
                (Some(found), Some(children)) => Some(found.union(children)),
                (found, children) => found.or(children),
            };
        }
        found
            .map(|found| Self {
                ordered: self.ordered,
                many: found.many || self.many,
                ..found
            })
            .ok_or(())
    }

    /// The name that was perhaps meant: an element of one of the types.
    pub(super) fn suggestion(&self, name: &str) -> Option<&'static str> {
        let owners = self.kinds.iter().flatten().filter_map(|kind| match kind {
            Type::Fhir(own) => Some(own),
            Type::System(_) => None,
        });
        let elements = owners.flat_map(|own| own.elements());
        // `valueQuantity` is the key of JSON, `value` the name.
        let choice = elements
            .clone()
            .find(|element| element.is_choice() && element.properties().iter().any(|one| one.key() == name));
        match choice {
            Some(choice) => Some(choice.name()),
            None => nearest(name, elements.map(|element| element.name())),
        }
    }

    /// How the types read in a message.
    pub(super) fn describe(&self) -> String {
        let name = |kind: &Type| match kind {
            Type::Fhir(own) if own.kind() == TypeKind::Primitive => format!("FHIR.{}", own.name()),
            Type::Fhir(own) => own.name().to_owned(),
            Type::System(name) => format!("System.{name}"),
        };
        let mut names: Vec<_> = self.kinds.iter().flatten().take(3).map(name).collect();
        if self.kinds.as_ref().is_some_and(|kinds| kinds.len() > 3) {
            names.push("others".to_owned());
        }
        names.join(", ")
    }
}
