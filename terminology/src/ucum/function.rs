//! The functions of special units: from a value on their scale to a number of their reference unit, and back.

use super::error::UcumErrorKind;
use super::fixed;
use super::rational::Rational;

/// How many significant digits a result has that went through a logarithm, a power, a root or a tangent.
pub const SPECIAL_DIGITS: usize = 24;

type Result<T> = std::result::Result<T, UcumErrorKind>;

/// The function of a special unit, by the name that the specification's table gives it.
///
/// Spec: UCUM, 2.2.4 Special units on non-ratio scales.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    /// Degrees from the freezing point of water, in kelvin.
    Celsius,
    /// Degrees of 5/9 K from 459.67 degrees above absolute zero.
    Fahrenheit,
    /// Degrees of 5/4 K from 218.52 degrees above absolute zero.
    Reaumur,
    /// A hundred tangents of an angle. The angle is in radians: the unit that the table names gives the dimension.
    TanTimes100,
    /// Dilutions by ten, hundred, thousand and fifty thousand.
    HomeopathicX,
    HomeopathicC,
    HomeopathicM,
    HomeopathicQ,
    /// The negative decimal logarithm.
    PH,
    /// Logarithms: natural, decimal, twice the decimal, to the base two.
    Ln,
    Lg,
    LgTimes2,
    Ld,
    /// The square root.
    Sqrt,
}

impl Function {
    /// The number of reference units that a value on the scale stands for.
    pub(super) fn to_reference(self, value: &Rational) -> Result<Rational> {
        let result = match self {
            Self::Celsius | Self::Fahrenheit | Self::Reaumur => return value.add(&self.zero()),
            Self::Sqrt => return value.power(2),
            Self::TanTimes100 => fixed::atan(&value.divide(&100.into())?)?,
            Self::HomeopathicX | Self::PH => fixed::power(10, &value.negated())?,
            Self::HomeopathicC => fixed::power(100, &value.negated())?,
            Self::HomeopathicM => fixed::power(1_000, &value.negated())?,
            Self::HomeopathicQ => fixed::power(50_000, &value.negated())?,
            Self::Ln => fixed::exp(value)?,
            Self::Lg => fixed::power(10, value)?,
            Self::LgTimes2 => fixed::power(10, &value.divide(&2.into())?)?,
            Self::Ld => fixed::power(2, value)?,
        };
        // More digits than the result will have, so that the way back can end where it began.
        Ok(result.round(2 * SPECIAL_DIGITS))
    }

    /// The value on the scale that stands for a number of reference units.
    pub(super) fn of_reference(self, number: &Rational) -> Result<Rational> {
        let result = match self {
            Self::Celsius | Self::Fahrenheit | Self::Reaumur => return number.subtract(&self.zero()),
            Self::Sqrt => fixed::sqrt(number)?,
            Self::TanTimes100 => fixed::tan(number)?.multiply(&100.into())?,
            Self::HomeopathicX | Self::PH => fixed::log(number, 10)?.negated(),
            Self::HomeopathicC => fixed::log(number, 100)?.negated(),
            Self::HomeopathicM => fixed::log(number, 1_000)?.negated(),
            Self::HomeopathicQ => fixed::log(number, 50_000)?.negated(),
            Self::Ln => fixed::ln(number)?,
            Self::Lg => fixed::log(number, 10)?,
            Self::LgTimes2 => fixed::log(number, 10)?.multiply(&2.into())?,
            Self::Ld => fixed::log(number, 2)?,
        };
        Ok(result.round(2 * SPECIAL_DIGITS))
    }

    /// True if nothing is rounded in either direction.
    pub(super) const fn is_exact(self) -> bool {
        matches!(self, Self::Celsius | Self::Fahrenheit | Self::Reaumur)
    }

    /// Absolute zero below the zero of the scale, in degrees of the scale.
    fn zero(self) -> Rational {
        let (hundredths, of) = match self {
            Self::Fahrenheit => (45_967, 100),
            Self::Reaumur => (21_852, 100),
            _ => (27_315, 100),
        };
        Rational::new(hundredths, of).unwrap_or_else(Rational::one)
    }
}
