//! What is wrong with a unit, a number or a conversion.

use std::fmt;

/// Why a unit could not be read, or a value not be converted.
///
/// It holds a kind and a place in the unit's text, and none of the text.
///
/// # Examples
///
/// ```
/// use carewire_terminology::ucum::{UcumErrorKind, Unit};
/// let error = Unit::parse("mmol/Litre").unwrap_err();
/// assert_eq!(error.kind(), UcumErrorKind::UnknownUnit);
/// assert_eq!((error.offset(), error.length()), (Some(5), 5));
/// assert_eq!(error.to_string(), "no unit has this code, at 5, length 5");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UcumError {
    kind: UcumErrorKind,
    place: Option<(u32, u32)>,
}

/// What went wrong; see [`UcumError::kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UcumErrorKind {
    /// A unit, number, annotation or parenthesis is expected and the text ends or an operator follows.
    MissingUnit,
    /// A character that may not stand there; only printable ASCII may stand anywhere.
    UnexpectedCharacter,
    /// No unit has the code, with or without a prefix.
    UnknownUnit,
    /// A prefix before a unit that takes none, such as `k[in_i]`.
    PrefixOnNonMetric,
    /// A number directly before a unit, such as `12h`; a point belongs between them.
    NumberBeforeUnit,
    /// A parenthesis or brace without its partner.
    Unbalanced,
    /// The factor zero.
    ZeroFactor,
    /// A limit on length, depth, exponents or the size of numbers.
    Limit,
    /// The units measure different things, or different arbitrary things.
    NotCommensurable,
    /// A special unit such as `Cel` in a product with another unit, or with an exponent.
    SpecialInProduct,
    /// The value is outside what the scale of a special unit can express, such as the pH of no acid at all.
    OutOfDomain,
    /// The text is no number.
    InvalidNumber,
}

impl UcumErrorKind {
    const fn parts(self) -> (&'static str, &'static str) {
        match self {
            Self::MissingUnit => ("missing-unit", "expected a unit, a number, `{` or `(`"),
            Self::UnexpectedCharacter => (
                "unexpected-character",
                "expected `.`, `/` or the end, or printable ascii",
            ),
            Self::UnknownUnit => ("unknown-unit", "no unit has this code"),
            Self::PrefixOnNonMetric => (
                "prefix-on-non-metric",
                "expected no prefix, the unit is not metric",
            ),
            Self::NumberBeforeUnit => ("number-before-unit", "expected `.` between number and unit"),
            Self::Unbalanced => ("unbalanced", "expected a closing partner for `(` or `{`, or none"),
            Self::ZeroFactor => ("zero-factor", "expected a number greater than zero"),
            Self::Limit => ("limit", "a limit was reached"),
            Self::NotCommensurable => ("not-commensurable", "the units do not measure the same"),
            Self::SpecialInProduct => (
                "special-in-product",
                "expected a special unit to stand alone, without exponent",
            ),
            Self::OutOfDomain => ("out-of-domain", "the scale of the special unit has no such value"),
            Self::InvalidNumber => ("invalid-number", "expected a decimal number or a fraction"),
        }
    }

    pub(super) const fn error(self) -> UcumError {
        UcumError {
            kind: self,
            place: None,
        }
    }

    /// The error at a place of a text, which is short: the parser refuses a longer one first.
    pub(super) fn at(self, offset: usize, length: usize) -> UcumError {
        let narrow = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        UcumError {
            kind: self,
            place: Some((narrow(offset), narrow(length))),
        }
    }
}

impl UcumError {
    /// What went wrong.
    #[must_use]
    pub const fn kind(self) -> UcumErrorKind {
        self.kind
    }

    /// The stable code of the error, such as `unknown-unit`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.kind.parts().0
    }

    /// The place in the unit's text, in bytes from 0; none if the error is about no text.
    #[must_use]
    pub fn offset(self) -> Option<usize> {
        self.place.map(|it| it.0 as usize)
    }

    /// How many bytes of the unit's text are concerned; 0 at a point between them or if there is no text.
    #[must_use]
    pub fn length(self) -> usize {
        self.place.map_or(0, |it| it.1 as usize)
    }
}

impl fmt::Display for UcumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.parts().1)?;
        match self.place {
            Some((offset, 0)) => write!(f, ", at {offset}"),
            Some((offset, length)) => write!(f, ", at {offset}, length {length}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UcumError {}
