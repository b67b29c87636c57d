//! Exact numbers.

use std::fmt;
use std::str::FromStr;

use num_bigint::{BigInt, BigUint, Sign};
use num_rational::BigRational;
use num_traits::{One as _, Pow, Signed as _, ToPrimitive as _, Zero as _};

use super::error::{UcumError, UcumErrorKind};

/// The most bits that the numerator or the denominator may have: 1,233 digits.
pub(super) const MAX_BITS: u64 = 4_096;

/// The most characters of a number's text.
const MAX_TEXT: usize = 2_600;

/// An exact number: a fraction of integers in lowest terms.
///
/// It prints as a decimal with every digit if it has one, and else as `numerator/denominator`; both read back.
/// [`Rational::to_decimal`] rounds.
///
/// # Examples
///
/// ```
/// use carewire_terminology::ucum::Rational;
/// let dose: Rational = "1.50e2".parse()?;
/// assert_eq!(dose.to_string(), "150");
/// let sixth: Rational = "1/6".parse()?;
/// assert_eq!(sixth.to_string(), "1/6");
/// assert_eq!(sixth.to_decimal(3), "0.167");
/// # Ok::<(), carewire_terminology::ucum::UcumError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rational(BigRational);

impl Rational {
    /// The fraction of two integers; none if the denominator is zero.
    ///
    /// ```
    /// use carewire_terminology::ucum::Rational;
    /// assert_eq!(Rational::new(-6, 4).map(|it| it.to_string()).as_deref(), Some("-1.5"));
    /// assert_eq!(Rational::new(1, 0), None);
    /// ```
    #[must_use]
    pub fn new(numerator: i64, denominator: i64) -> Option<Self> {
        let denominator = Some(denominator).filter(|it| *it != 0)?;
        Some(Self(BigRational::new(numerator.into(), denominator.into())))
    }

    /// The number as a decimal of so many significant digits at most, rounded half away from zero; without an
    /// exponent and without zeros at the end of the fraction. At least one digit is given.
    ///
    /// ```
    /// use carewire_terminology::ucum::Rational;
    /// let number: Rational = "-1234.5".parse()?;
    /// assert_eq!(number.to_decimal(2), "-1200");
    /// assert_eq!(number.to_decimal(9), "-1234.5");
    /// # Ok::<(), carewire_terminology::ucum::UcumError>(())
    /// ```
    #[must_use]
    pub fn to_decimal(&self, digits: usize) -> String {
        let (digits, exponent) = self.digits(digits);
        plain(self.0.is_negative(), &digits, exponent)
    }

    /// The number rounded to so many significant digits, half away from zero.
    ///
    /// ```
    /// use carewire_terminology::ucum::Rational;
    /// let third = Rational::new(1, 3).ok_or("zero")?;
    /// assert_eq!(third.round(4).to_string(), "0.3333");
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn round(&self, digits: usize) -> Self {
        let (mantissa, exponent) = self.digits(digits);
        let sign = if self.0.is_negative() {
            Sign::Minus
        } else {
            Sign::Plus
        };
        let mantissa = BigInt::from_biguint(sign, mantissa);
        let power = ten_to(exponent.unsigned_abs());
        Self(if exponent < 0 {
            BigRational::new(mantissa, power.into())
        } else {
            BigRational::from_integer(mantissa * BigInt::from(power))
        })
    }

    /// True if the number has a decimal with an end, as `1/8` has and `1/3` has not.
    #[must_use]
    pub fn is_decimal(&self) -> bool {
        self.places().is_some()
    }

    /// The sum; none past the limit of 4,096 bits.
    ///
    /// ```
    /// use carewire_terminology::ucum::Rational;
    /// let (one, two): (Rational, Rational) = ("0.1".parse()?, "0.2".parse()?);
    /// assert_eq!(one.checked_add(&two).map(|it| it.to_string()).as_deref(), Some("0.3"));
    /// # Ok::<(), carewire_terminology::ucum::UcumError>(())
    /// ```
    #[must_use]
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        self.add(other).ok()
    }

    /// The difference; none past the limit of 4,096 bits.
    #[must_use]
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        self.subtract(other).ok()
    }

    /// The product; none past the limit of 4,096 bits.
    #[must_use]
    pub fn checked_mul(&self, other: &Self) -> Option<Self> {
        self.multiply(other).ok()
    }

    /// The quotient; none past the limit of 4,096 bits, and none by zero.
    ///
    /// ```
    /// use carewire_terminology::ucum::Rational;
    /// let (one, none) = (Rational::from(1), Rational::from(0));
    /// assert_eq!(one.checked_div(&3.into()), Rational::new(1, 3));
    /// assert_eq!(one.checked_div(&none), None);
    /// ```
    #[must_use]
    pub fn checked_div(&self, other: &Self) -> Option<Self> {
        self.divide(other).ok()
    }

    /// The nearest number that an `f64` can hold.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.0.to_f64().unwrap_or(f64::NAN)
    }

    /// A mantissa of at most `digits` digits and the power of ten it is multiplied with.
    fn digits(&self, digits: usize) -> (BigUint, i64) {
        let digits = i64::try_from(digits.clamp(1, MAX_TEXT)).unwrap_or(1);
        let (numerator, denominator) = self.parts();
        if numerator.is_zero() {
            return (BigUint::zero(), 0);
        }
        // As many digits before the point as the mantissa shall have, or one more: 10^exponent is a lower bound.
        let bits = |it: &BigUint| i64::try_from(it.bits()).unwrap_or(i64::MAX);
        let magnitude = (bits(&numerator) - bits(&denominator) - 1) * 30_103;
        let mut exponent = magnitude.div_euclid(100_000) + 1 - digits;
        loop {
            let power = ten_to(exponent.unsigned_abs());
            let (up, down) = if exponent < 0 {
                (&numerator * power, denominator.clone())
            } else {
                (numerator.clone(), &denominator * power)
            };
            let mantissa = (up * 2_u8 + &down) / (down * 2_u8);
            if mantissa < ten_to(digits.unsigned_abs()) {
                return (mantissa, exponent);
            }
            exponent += 1;
        }
    }

    /// How many digits a decimal of the number has after its point; none if it has no end.
    fn places(&self) -> Option<u64> {
        let (_, denominator) = self.parts();
        let twos = denominator.trailing_zeros().unwrap_or(0);
        let mut rest = denominator >> twos;
        let mut fives = 0_u64;
        let five = BigUint::from(5_u8);
        while !rest.is_one() {
            if !(&rest % &five).is_zero() {
                return None;
            }
            rest /= &five;
            fives += 1;
        }
        Some(twos.max(fives))
    }

    /// The size of the numerator, and the denominator.
    pub(super) fn parts(&self) -> (BigUint, BigUint) {
        (
            self.0.numer().magnitude().clone(),
            self.0.denom().magnitude().clone(),
        )
    }

    pub(super) fn one() -> Self {
        Self(BigRational::one())
    }

    pub(super) fn from_integer(number: u64) -> Self {
        Self(BigRational::from_integer(number.into()))
    }

    /// The fraction of two integers, of which the second is not zero.
    pub(super) fn from_parts(numerator: BigInt, denominator: BigInt) -> Result<Self, UcumErrorKind> {
        if denominator.is_zero() {
            return Err(UcumErrorKind::OutOfDomain);
        }
        Self(BigRational::new(numerator, denominator)).within()
    }

    pub(super) fn numerator(&self) -> &BigInt {
        self.0.numer()
    }

    pub(super) fn denominator(&self) -> &BigInt {
        self.0.denom()
    }

    pub(super) fn is_positive(&self) -> bool {
        self.0.is_positive()
    }

    pub(super) fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    pub(super) fn negated(&self) -> Self {
        Self(-&self.0)
    }

    /// The number, if it is whole and small.
    pub(super) fn to_i32(&self) -> Option<i32> {
        self.0.is_integer().then(|| self.0.numer().to_i32()).flatten()
    }

    pub(super) fn add(&self, other: &Self) -> Result<Self, UcumErrorKind> {
        Self(&self.0 + &other.0).within()
    }

    pub(super) fn subtract(&self, other: &Self) -> Result<Self, UcumErrorKind> {
        Self(&self.0 - &other.0).within()
    }

    pub(super) fn multiply(&self, other: &Self) -> Result<Self, UcumErrorKind> {
        Self(&self.0 * &other.0).within()
    }

    pub(super) fn divide(&self, other: &Self) -> Result<Self, UcumErrorKind> {
        if other.0.is_zero() {
            return Err(UcumErrorKind::OutOfDomain);
        }
        Self(&self.0 / &other.0).within()
    }

    pub(super) fn power(&self, exponent: i32) -> Result<Self, UcumErrorKind> {
        if exponent < 0 && self.0.is_zero() {
            return Err(UcumErrorKind::OutOfDomain);
        }
        // A number of n bits is at least two to the power of n - 1.
        let bits = self.bits().saturating_sub(1);
        if bits.saturating_mul(exponent.unsigned_abs().into()) > MAX_BITS {
            return Err(UcumErrorKind::Limit);
        }
        Self(Pow::pow(&self.0, exponent)).within()
    }

    fn bits(&self) -> u64 {
        self.0.numer().bits().max(self.0.denom().bits())
    }

    fn within(self) -> Result<Self, UcumErrorKind> {
        if self.bits() > MAX_BITS {
            Err(UcumErrorKind::Limit)
        } else {
            Ok(self)
        }
    }
}

fn ten_to(power: u64) -> BigUint {
    BigUint::from(10_u8).pow(power)
}

/// A decimal without exponent.
fn plain(negative: bool, mantissa: &BigUint, exponent: i64) -> String {
    let mut digits = mantissa.to_string();
    let mut fraction = String::new();
    let places = usize::try_from(exponent.unsigned_abs()).unwrap_or(MAX_TEXT);
    if exponent < 0 {
        if digits.len() <= places {
            digits.insert_str(0, &"0".repeat(places + 1 - digits.len()));
        }
        fraction = digits.split_off(digits.len() - places);
        fraction.truncate(fraction.trim_end_matches('0').len());
    } else if !mantissa.is_zero() {
        digits.push_str(&"0".repeat(places));
    }
    let sign = if negative { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{digits}{point}{fraction}")
}

impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.places() {
            Some(places) => {
                let scaled = self.0.numer().magnitude() * ten_to(places) / self.0.denom().magnitude();
                let exponent = i64::try_from(places).map_or(0, |it| -it);
                f.write_str(&plain(self.0.is_negative(), &scaled, exponent))
            }
            None => write!(f, "{}/{}", self.0.numer(), self.0.denom()),
        }
    }
}

impl fmt::Debug for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<i64> for Rational {
    fn from(number: i64) -> Self {
        Self(BigRational::from_integer(number.into()))
    }
}

impl FromStr for Rational {
    type Err = UcumError;

    /// Reads a decimal, with or without an exponent, or a fraction of two.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_TEXT {
            return Err(UcumErrorKind::Limit.error());
        }
        let read = match text.split_once('/') {
            Some((numerator, denominator)) => {
                let denominator = decimal(denominator)?;
                if denominator.0.is_zero() {
                    return Err(UcumErrorKind::InvalidNumber.error());
                }
                decimal(numerator)?.divide(&denominator)
            }
            None => decimal(text)?.within(),
        };
        read.map_err(UcumErrorKind::error)
    }
}

fn decimal(text: &str) -> Result<Rational, UcumError> {
    let invalid = || UcumErrorKind::InvalidNumber.error();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_digit()) {
                return Err(invalid());
            }
            let exponent: i64 = exponent.parse().map_err(|_| UcumErrorKind::Limit.error())?;
            (mantissa, exponent)
        }
        None => (text, 0),
    };
    let unsigned = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits_alone = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    if !digits_alone(whole) || !digits_alone(fraction) {
        return Err(invalid());
    }
    let digits = BigUint::parse_bytes(format!("{whole}{fraction}").as_bytes(), 10).ok_or_else(invalid)?;
    let sign = if mantissa.starts_with('-') {
        Sign::Minus
    } else {
        Sign::Plus
    };
    let places = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
    let exponent = exponent.saturating_sub(places);
    if exponent.unsigned_abs() > MAX_TEXT as u64 {
        return Err(UcumErrorKind::Limit.error());
    }
    let power = BigInt::from(ten_to(exponent.unsigned_abs()));
    let digits = BigInt::from_biguint(sign, digits);
    Ok(Rational(if exponent < 0 {
        BigRational::new(digits, power)
    } else {
        BigRational::from_integer(digits * power)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Rational {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_print_as_they_are() {
        for (text, expected) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("007.50", "7.5"),
            ("1e3", "1000"),
            ("1.25E-3", "0.00125"),
            ("-1/3", "-1/3"),
            ("3/0.5", "6"),
            ("+2", "2"),
        ] {
            assert_eq!(read(text).to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", ".", "1.", ".5", "1e", "1e+", "--1", "1/0", "1/", "0x1", "1 ", "é", "1e1e1",
        ] {
            let kind = text.parse::<Rational>().unwrap_err().kind();
            assert_eq!(kind, UcumErrorKind::InvalidNumber, "{text}");
        }
        for text in ["1e9999", "1e-99999999999999999999", &"9".repeat(1_300)] {
            assert_eq!(text.parse::<Rational>().unwrap_err().kind(), UcumErrorKind::Limit);
        }
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        for (text, digits, expected) in [
            ("25", 1, "30"),
            ("-25", 1, "-30"),
            ("24.999", 1, "20"),
            ("9.96", 2, "10"),
            ("0.000123456", 3, "0.000123"),
            ("99999", 2, "100000"),
            ("1/7", 10, "0.1428571429"),
            ("0", 4, "0"),
            ("1e30", 0, "1000000000000000000000000000000"),
        ] {
            assert_eq!(read(text).to_decimal(digits), expected, "{text}");
            assert_eq!(read(text).round(digits), read(expected), "{text}");
        }
    }
}
