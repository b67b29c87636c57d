//! Exact decimal numbers.

use std::fmt;
use std::str::FromStr;

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{MathematicalOps, RoundingStrategy};

/// An exact decimal number of up to 28 digits that keeps the digits it was written with: `1.50` prints as `1.50`.
///
/// Equality and order go by the number, so `1.50` equals `1.5`. Text with more than 28 digits is rounded to 28.
///
/// # Examples
///
/// ```
/// # use carewire_fhirpath::Decimal;
/// let dose: Decimal = "1.50".parse()?;
/// assert_eq!(dose.to_string(), "1.50");
/// assert_eq!(dose, "1.5".parse()?);
/// assert_eq!(dose.scale(), 2);
/// # Ok::<(), carewire_fhirpath::ParseValueError>(())
/// ```
///
/// Spec: FHIRPath 2.0.0, 4.1.4 Decimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Decimal(rust_decimal::Decimal);

/// The text is not a value of the type asked for. It does not hold the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseValueError(pub(crate) &'static str);

impl fmt::Display for ParseValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the text is not a {}", self.0)
    }
}

impl std::error::Error for ParseValueError {}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self(rust_decimal::Decimal::ZERO);
    /// One.
    pub const ONE: Self = Self(rust_decimal::Decimal::ONE);

    /// The decimal `mantissa` times ten to the power of `-scale`; `None` if it does not fit.
    ///
    /// ```
    /// # use carewire_fhirpath::Decimal;
    /// assert_eq!(Decimal::new(150, 2).unwrap().to_string(), "1.50");
    /// assert_eq!(Decimal::new(1, 29), None);
    /// ```
    #[must_use]
    pub fn new(mantissa: i64, scale: u32) -> Option<Self> {
        rust_decimal::Decimal::try_new(mantissa, scale).ok().map(Self)
    }

    /// The number of digits after the point, trailing zeros counted.
    #[must_use]
    pub fn scale(self) -> u32 {
        self.0.scale()
    }

    /// The number of digits, trailing zeros of the fraction counted.
    #[must_use]
    pub fn digits(self) -> u32 {
        let mantissa = self.0.mantissa().unsigned_abs();
        let digits = if mantissa == 0 { 1 } else { mantissa.ilog10() + 1 };
        digits.max(self.scale() + 1)
    }

    /// The number as an integer, if it is whole and fits.
    #[must_use]
    pub fn to_integer(self) -> Option<i64> {
        if self.0.scale() == 0 {
            i64::try_from(self.0.mantissa()).ok()
        } else if self.0.fract().is_zero() {
            self.0.to_i64()
        } else {
            None
        }
    }

    /// True for zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// True below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0.is_sign_negative() && !self.0.is_zero()
    }

    pub(crate) fn negated(self) -> Self {
        Self(-self.0)
    }

    pub(crate) fn abs(self) -> Self {
        Self(self.0.abs())
    }

    pub(crate) fn add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    pub(crate) fn subtract(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    pub(crate) fn multiply(self, other: Self) -> Option<Self> {
        self.0.checked_mul(other.0).map(Self)
    }

    /// The quotient; `None` for a division by zero or a quotient that does not fit.
    pub(crate) fn divide(self, other: Self) -> Option<Self> {
        self.0.checked_div(other.0).map(Self)
    }

    pub(crate) fn remainder(self, other: Self) -> Option<Self> {
        self.0.checked_rem(other.0).map(Self)
    }

    pub(crate) fn truncate(self) -> Self {
        if self.0.scale() == 0 {
            return self;
        }
        Self(self.0.trunc())
    }

    pub(crate) fn floor(self) -> Self {
        Self(self.0.floor())
    }

    pub(crate) fn ceiling(self) -> Self {
        Self(self.0.ceil())
    }

    /// Rounds half away from zero to `places` digits after the point.
    pub(crate) fn round(self, places: u32) -> Self {
        Self(
            self.0
                .round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero),
        )
    }

    /// Cuts digits beyond `places`.
    pub(crate) fn cut(self, places: u32) -> Self {
        Self(self.0.trunc_with_scale(places))
    }

    /// The same number without trailing zeros after the point.
    pub(crate) fn normalize(self) -> Self {
        Self(self.0.normalize())
    }

    /// The same number with exactly `scale` digits after the point; `None` where that loses digits or does not fit.
    pub(crate) fn with_scale(self, scale: u32) -> Option<Self> {
        let mut rescaled = self.0;
        rescaled.rescale(scale);
        (rescaled == self.0 && rescaled.scale() == scale).then_some(Self(rescaled))
    }

    pub(crate) fn sqrt(self) -> Option<Self> {
        self.0.sqrt().map(Self)
    }

    pub(crate) fn exp(self) -> Option<Self> {
        self.0.checked_exp().map(Self)
    }

    pub(crate) fn ln(self) -> Option<Self> {
        self.0.checked_ln().map(Self)
    }

    pub(crate) fn power(self, exponent: Self) -> Option<Self> {
        match exponent.to_integer() {
            Some(whole) => self.0.checked_powi(whole).map(Self),
            None => self.0.checked_powd(exponent.0).map(Self),
        }
    }

    /// Reads digits with a sign and a fraction, and no exponent.
    pub(crate) fn read_plain(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits, None),
        };
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !fraction.is_none_or(all_digits) {
            return None;
        }
        rust_decimal::Decimal::from_str(text).ok().map(Self)
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self(rust_decimal::Decimal::from(value))
    }
}

impl FromStr for Decimal {
    type Err = ParseValueError;

    /// Reads a decimal as JSON writes it, with or without an exponent.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(plain) = Self::read_plain(text) {
            return Ok(plain);
        }
        let (mantissa, exponent) = text.split_once(['e', 'E']).ok_or(ParseValueError("decimal"))?;
        if Self::read_plain(mantissa).is_none() || exponent.parse::<i16>().is_err() {
            return Err(ParseValueError("decimal"));
        }
        rust_decimal::Decimal::from_scientific(text)
            .map(Self)
            .map_err(|_| ParseValueError("decimal"))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
