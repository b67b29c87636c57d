//! What is known of a collection before it is computed.

use std::collections::BTreeSet;

use carewire_fhir_model::schema::{TypeId, TypeKind};

use crate::ast::Literal;
use crate::node::TypeReference;

/// One type that an item may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Type {
    Fhir(TypeId),
    System(&'static str),
}

impl Type {
    /// True for a primitive of FHIR and a value of the System model.
    pub(super) fn is_primitive(self) -> bool {
        match self {
            Self::Fhir(own) => own.is_primitive(),
            Self::System(name) => name != "Quantity" && name != "TypeInfo",
        }
    }

    pub(super) fn is_boolean(self) -> bool {
        matches!(self, Self::Fhir(TypeId::BOOLEAN) | Self::System("Boolean"))
    }

    pub(super) fn is_date(self) -> bool {
        matches!(
            self,
            Self::Fhir(TypeId::DATE | TypeId::DATE_TIME | TypeId::INSTANT | TypeId::TIME)
                | Self::System("Date" | "DateTime" | "Time")
        )
    }

    pub(super) fn is_number(self) -> bool {
        matches!(
            self,
            Self::Fhir(TypeId::INTEGER | TypeId::DECIMAL | TypeId::UNSIGNED_INT | TypeId::POSITIVE_INT)
                | Self::System("Integer" | "Decimal")
        )
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
    /// The items, where all of them are literals.
    pub(super) literals: Vec<Literal>,
}

impl Types {
    /// Anything.
    pub(super) fn any() -> Self {
        Self {
            kinds: None,
            ordered: true,
            literals: Vec::new(),
        }
    }

    pub(super) fn of(kinds: impl IntoIterator<Item = Type>) -> Self {
        let kinds: BTreeSet<Type> = kinds.into_iter().collect();
        let open = kinds.iter().any(|kind| kind.is_open());
        Self {
            kinds: (!open).then_some(kinds),
            ordered: true,
            literals: Vec::new(),
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
            Literal::Empty => return Self::of([]),
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
            literals,
        }
    }

    /// True if the types are known, there is one, and none of them passes the test.
    pub(super) fn never(&self, test: impl Fn(Type) -> bool) -> bool {
        self.kinds
            .as_ref()
            .is_some_and(|kinds| !kinds.is_empty() && !kinds.iter().any(|kind| test(*kind)))
    }

    /// The same collection, its items no longer known one by one.
    pub(super) fn some(self) -> Self {
        Self {
            literals: Vec::new(),
            ..self
        }
    }

    /// The types that pass `as` and `ofType`.
    pub(super) fn narrowed(specifier: &TypeReference) -> Self {
        match (specifier.fhir(), specifier.namespace()) {
            (Some(own), _) => Self::of([Type::Fhir(own)]),
            _ => Self::any(),
        }
    }

    /// The children of a name: none if one of the types is open, an error if no type has it.
    pub(super) fn child(&self, name: &str) -> Result<Self, ()> {
        let Some(kinds) = &self.kinds else {
            return Ok(Self::any());
        };
        if kinds.is_empty() {
            return Ok(Self::of([]));
        }
        let mut found = None::<Self>;
        for kind in kinds {
            let children = match kind {
                Type::Fhir(own) => own
                    .element(name)
                    .filter(|element| element.name() == name)
                    .map(|element| Self::of(element.types().map(Type::Fhir))),
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
                ..found
            })
            .ok_or(())
    }

    /// The name that was perhaps meant: an element of one of the types, at most two letters away.
    pub(super) fn suggestion(&self, name: &str) -> Option<&'static str> {
        let owners = self.kinds.iter().flatten().filter_map(|kind| match kind {
            Type::Fhir(own) => Some(own),
            Type::System(_) => None,
        });
        let elements = owners.flat_map(|own| own.elements());
        let mut best = None;
        for element in elements {
            // `valueQuantity` is the key of JSON, `value` the name.
            if element.is_choice() && element.properties().iter().any(|one| one.key() == name) {
                return Some(element.name());
            }
            let distance = distance(element.name(), name);
            if distance <= 2 && best.is_none_or(|(least, _)| distance < least) {
                best = Some((distance, element.name()));
            }
        }
        best.map(|(_, name)| name)
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

/// How many letters must be put in, taken out or changed, as far as that is at most three.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) =
        (left.chars().take(64).collect(), right.chars().take(64).collect());
    if left.len().abs_diff(right.len()) > 2 {
        return 3;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, a) in left.iter().enumerate() {
        let mut diagonal = line;
        let mut last = line + 1;
        for (at, b) in right.iter().enumerate() {
            let above = row.get(at + 1).copied().unwrap_or(usize::MAX);
            let here = (diagonal + usize::from(a != b))
                .min(last + 1)
                .min(above.saturating_add(1));
            diagonal = above;
            if let Some(place) = row.get_mut(at) {
                *place = last;
            }
            last = here;
        }
        if let Some(place) = row.last_mut() {
            *place = last;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_letters() {
        for (left, right, wanted) in [
            ("given", "given1", 1),
            ("given", "gvien", 2),
            ("", "ab", 2),
            ("name", "name", 0),
        ] {
            assert_eq!(distance(left, right), wanted, "{left} {right}");
        }
        assert_eq!(distance("a", "abcdef"), 3);
    }
}
