//! What a unit is worth in base units.

use std::sync::LazyLock;

use super::atom::{self, Definition};
use super::error::UcumErrorKind;
use super::function::Function;
use super::parse;
use super::rational::Rational;
use super::unit::{Component, Operator, Term};
use crate::generated::{ATOMS, PREFIXES};

type Result<T> = std::result::Result<T, UcumErrorKind>;

/// The powers of base units and arbitrary units, sorted by the number of the atom and so by its code; none is zero.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dimension(Vec<(u16, i32)>);

/// What one of a unit is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    /// So many base units.
    Ratio(Rational, Dimension),
    /// A multiple of a special atom.
    Special {
        atom: u16,
        multiple: Rational,
        function: Function,
        /// The reference unit of the atom's function.
        factor: Rational,
        dimension: Dimension,
    },
}

impl Dimension {
    pub(super) fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    fn times(&self, other: &Self, exponent: i32) -> Result<Self> {
        let mut powers = self.0.clone();
        for (atom, power) in &other.0 {
            let power = power.checked_mul(exponent).ok_or(UcumErrorKind::Limit)?;
            match powers.binary_search_by_key(atom, |it| it.0) {
                Ok(at) => {
                    let sum = powers.get(at).and_then(|it| it.1.checked_add(power));
                    let sum = sum.ok_or(UcumErrorKind::Limit)?;
                    powers.remove(at);
                    if sum != 0 {
                        powers.insert(at, (*atom, sum));
                    }
                }
                Err(at) if power != 0 => powers.insert(at, (*atom, power)),
                Err(_) => {}
            }
        }
        Ok(Self(powers))
    }

    /// The unit made of base units and arbitrary units, such as `g.m-1.s-2`; `1` if it is a number.
    pub(super) fn code(&self) -> String {
        let mut code = String::new();
        for (atom, power) in &self.0 {
            if !code.is_empty() {
                code.push('.');
            }
            code.push_str(atom::atom(*atom).map_or("", |it| it.code()));
            if *power != 1 {
                code.push_str(&power.to_string());
            }
        }
        if code.is_empty() {
            code.push('1');
        }
        code
    }
}

impl Measure {
    pub(super) fn dimension(&self) -> &Dimension {
        match self {
            Self::Ratio(_, dimension) | Self::Special { dimension, .. } => dimension,
        }
    }

    /// What a term is worth.
    pub(super) fn of(term: &Term) -> Result<Self> {
        term_measure(term, &|atom| {
            RESOLVED.get(usize::from(atom)).and_then(Option::as_ref)
        })
    }

    fn number(number: Rational) -> Self {
        Self::Ratio(number, Dimension::default())
    }

    /// The product with another, or with its reciprocal.
    fn times(self, other: Self, operator: Operator) -> Result<Self> {
        let divide = operator == Operator::Divide;
        let scaled = |left: &Rational, right: &Rational| {
            if divide {
                left.divide(right)
            } else {
                left.multiply(right)
            }
        };
        match (self, other) {
            (Self::Ratio(left, left_dimension), Self::Ratio(right, right_dimension)) => Ok(Self::Ratio(
                scaled(&left, &right)?,
                left_dimension.times(&right_dimension, if divide { -1 } else { 1 })?,
            )),
            (
                Self::Special {
                    atom,
                    multiple,
                    function,
                    factor,
                    dimension,
                },
                Self::Ratio(number, none),
            ) if none.is_none() => Ok(Self::Special {
                atom,
                multiple: scaled(&multiple, &number)?,
                function,
                factor,
                dimension,
            }),
            (ratio @ Self::Ratio(..), special @ Self::Special { .. }) if !divide => {
                special.times(ratio, operator)
            }
            _ => Err(UcumErrorKind::SpecialInProduct),
        }
    }

    fn power(self, exponent: i32) -> Result<Self> {
        match self {
            Self::Ratio(factor, dimension) => Ok(Self::Ratio(
                factor.power(exponent)?,
                Dimension::default().times(&dimension, exponent)?,
            )),
            special if exponent == 1 => Ok(special),
            Self::Special { .. } => Err(UcumErrorKind::SpecialInProduct),
        }
    }
}

/// What the atoms are worth that have been resolved, by number.
type Lookup<'l> = dyn Fn(u16) -> Option<&'l Measure> + 'l;

fn term_measure(term: &Term, atoms: &Lookup<'_>) -> Result<Measure> {
    let first = component_measure(&term.first, atoms)?;
    let mut product = if term.inverse {
        Measure::number(Rational::one()).times(first, Operator::Divide)?
    } else {
        first
    };
    for (operator, component) in &term.rest {
        product = product.times(component_measure(component, atoms)?, *operator)?;
    }
    Ok(product)
}

fn component_measure(component: &Component, atoms: &Lookup<'_>) -> Result<Measure> {
    match component {
        Component::Factor(number, _) => Ok(Measure::number(Rational::from_integer(*number))),
        Component::Annotation(_) => Ok(Measure::number(Rational::one())),
        Component::Group(term) => term_measure(term, atoms),
        Component::Simple(simple) => {
            let atom = atoms(simple.atom).ok_or(UcumErrorKind::UnknownUnit)?;
            let measure = match simple.prefix.and_then(|it| PREFIX_VALUES.get(usize::from(it))) {
                Some(value) => atom
                    .clone()
                    .times(Measure::number(value.clone()), Operator::Multiply)?,
                None => atom.clone(),
            };
            measure.power(simple.exponent.unwrap_or(1))
        }
    }
}

static PREFIX_VALUES: LazyLock<Vec<Rational>> =
    LazyLock::new(|| PREFIXES.iter().map(|it| constant(it.value)).collect());

/// What each atom is worth. The definitions lean on each other in no order, so they are gone through until all are
/// known; none leans on itself, as a test shows.
static RESOLVED: LazyLock<Vec<Option<Measure>>> = LazyLock::new(|| {
    let mut resolved: Vec<Option<Measure>> = vec![None; ATOMS.len()];
    loop {
        let mut progress = false;
        for (number, atom) in (0_u16..).zip(ATOMS) {
            let at = usize::from(number);
            if resolved.get(at).is_some_and(Option::is_none) {
                let known = |it: u16| resolved.get(usize::from(it)).and_then(Option::as_ref);
                let measure = define(number, &atom.definition, &known);
                if let (Some(measure), Some(slot)) = (measure, resolved.get_mut(at)) {
                    *slot = Some(measure);
                    progress = true;
                }
            }
        }
        if !progress {
            return resolved;
        }
    }
});

/// What an atom is worth, if everything that its definition names is known.
fn define(number: u16, definition: &Definition, known: &Lookup<'_>) -> Option<Measure> {
    let unit = |value: &str, code: &str| {
        let term = parse::term(code, true).ok()?;
        let measure = term_measure(&term, known).ok()?;
        let value = Measure::number(constant(value));
        value.times(measure, Operator::Multiply).ok()
    };
    match definition {
        Definition::Base | Definition::Arbitrary => {
            Some(Measure::Ratio(Rational::one(), Dimension(vec![(number, 1)])))
        }
        Definition::Ratio(value, code) => unit(value, code),
        Definition::Special(function, value, code) => match unit(value, code)? {
            Measure::Ratio(factor, dimension) => Some(Measure::Special {
                atom: number,
                multiple: Rational::one(),
                function: *function,
                // The tangent takes the angle itself, whatever unit the table counts it in.
                factor: if *function == Function::TanTimes100 {
                    Rational::one()
                } else {
                    factor
                },
                dimension,
            }),
            Measure::Special { .. } => None,
        },
    }
}

/// A number of the table, which has no others; a test reads them all.
fn constant(text: &str) -> Rational {
    text.parse().unwrap_or_else(|_| Rational::one())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_atom_is_worth_something() {
        for (atom, measure) in ATOMS.iter().zip(RESOLVED.iter()) {
            assert!(measure.is_some(), "{}", atom.code());
        }
    }

    #[test]
    fn every_number_of_the_tables_can_be_read() {
        let values = ATOMS.iter().filter_map(|it| match it.definition {
            Definition::Ratio(value, _) | Definition::Special(_, value, _) => Some(value),
            Definition::Base | Definition::Arbitrary => None,
        });
        for value in values.chain(PREFIXES.iter().map(|it| it.value)) {
            assert!(
                value.parse::<Rational>().is_ok_and(|it| it.is_positive()),
                "{value}"
            );
        }
    }
}
