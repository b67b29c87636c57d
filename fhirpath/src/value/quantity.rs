//! Quantities: a decimal with a unit.

use std::borrow::Cow;
use std::fmt;

use super::decimal::Decimal;
use crate::ast::CalendarUnit;

/// A number with a unit. Without a unit it is counted in `'1'`.
///
/// Spec: FHIRPath 2.0.0, 4.1.8 Quantity.
///
/// # Examples
///
/// ```
/// # use carewire_fhirpath::{Decimal, Quantity};
/// let dose = Quantity::ucum(Decimal::new(45, 1).ok_or("too large")?, "mg");
/// assert_eq!(dose.to_string(), "4.5 'mg'");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity<'a> {
    /// The number.
    pub value: Decimal,
    /// The unit.
    pub unit: QuantityUnit<'a>,
}

/// The unit of a [`Quantity`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuantityUnit<'a> {
    /// A unit of the Unified Code for Units of Measure, such as `mg`.
    Ucum(Cow<'a, str>),
    /// A calendar duration, such as `days`; the word as it was written.
    Calendar(CalendarUnit, Cow<'a, str>),
    /// A unit of another system or none, as text that is compared and never converted.
    Other(Cow<'a, str>),
}

impl<'a> Quantity<'a> {
    /// A quantity with a UCUM unit.
    #[must_use]
    pub fn ucum(value: Decimal, unit: impl Into<Cow<'a, str>>) -> Self {
        Self {
            value,
            unit: QuantityUnit::Ucum(unit.into()),
        }
    }

    /// The same quantity, its unit its own.
    #[must_use]
    pub fn into_owned(self) -> Quantity<'static> {
        let unit = match self.unit {
            QuantityUnit::Ucum(unit) => QuantityUnit::Ucum(Cow::Owned(unit.into_owned())),
            QuantityUnit::Calendar(unit, word) => QuantityUnit::Calendar(unit, Cow::Owned(word.into_owned())),
            QuantityUnit::Other(unit) => QuantityUnit::Other(Cow::Owned(unit.into_owned())),
        };
        Quantity {
            value: self.value,
            unit,
        }
    }
}

impl QuantityUnit<'_> {
    /// The unit's text: `mg`, or `days`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ucum(unit) | Self::Calendar(_, unit) | Self::Other(unit) => unit,
        }
    }
}

impl fmt::Display for Quantity<'_> {
    /// Writes the quantity as the language's literal: `4.5 'mg'`, `3 days`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.unit {
            QuantityUnit::Ucum(unit) | QuantityUnit::Other(unit) => write!(f, "{} '{unit}'", self.value),
            QuantityUnit::Calendar(_, word) => write!(f, "{} {word}", self.value),
        }
    }
}
