use alloc::string::{String, ToString};
use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

use super::FhirString;
use crate::json::scan;

/// A `decimal`: exact, with the digits it was written with.
///
/// `1.50` is written as `1.50` and `1e-22` as `1e-22`. `==` and the order are those of the values, so that
/// `1.50 == 1.5`; [`Decimal::as_str`] tells the texts apart. `Debug` shows no digits.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::r4::Decimal;
/// let dose: Decimal = "1.50".parse()?;
/// assert_eq!(dose.to_string(), "1.50");
/// assert_eq!(dose, "1.5".parse()?);
/// assert!(dose > Decimal::from(1));
/// assert_eq!(dose.checked_add(&"0.005".parse()?).map(|sum| sum.to_string()).as_deref(), Some("1.505"));
/// # Ok::<(), carewire_fhir_model::r4::NotDecimal>(())
/// ```
///
/// Spec: <https://hl7.org/fhir/R4/datatypes.html#decimal>
#[derive(Clone)]
pub struct Decimal(FhirString);

/// A text that is no `decimal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no decimal")]
pub struct NotDecimal;

/// Sign, digits without zeros around them, and the power of ten of the first digit. Zero has no digits.
struct Parts<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    first: i128,
}

impl Decimal {
    /// The text that is a number of JSON for sure.
    pub(crate) fn of_json(text: &str) -> Self {
        Self(text.into())
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The nearest floating point number: for display and statistics, not exact.
    pub fn to_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// The sum, with as many digits after the point as the more precise of the two. `None` if it needs more than
    /// 38 digits.
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        let ((a, a_scale), (b, b_scale)) = (self.scaled()?, other.scaled()?);
        let scale = a_scale.max(b_scale);
        let sum = widen(a, scale - a_scale)?.checked_add(widen(b, scale - b_scale)?)?;
        Some(Self::of_scaled(sum, scale))
    }

    /// The difference, as [`Decimal::checked_add`].
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        let (b, scale) = other.scaled()?;
        self.checked_add(&Self::of_scaled(b.checked_neg()?, scale))
    }

    /// The product, with as many digits after the point as the two have together. `None` if it needs more than 38
    /// digits.
    pub fn checked_mul(&self, other: &Self) -> Option<Self> {
        let ((a, a_scale), (b, b_scale)) = (self.scaled()?, other.scaled()?);
        Some(Self::of_scaled(
            a.checked_mul(b)?,
            a_scale.checked_add(b_scale).filter(|scale| *scale <= MAX_SCALE)?,
        ))
    }

    /// The value as an integer and how many of its digits stand after the point.
    fn scaled(&self) -> Option<(i128, u32)> {
        let text = self.as_str();
        let (number, exponent) = split_exponent(text);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let mut digits: i128 = 0;
        for digit in whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit) {
            digits = digits.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
        }
        if text.starts_with('-') {
            digits = -digits;
        }
        let scale = i64::try_from(fraction.len())
            .ok()?
            .checked_sub(i64::try_from(exponent?).ok()?)?;
        match u32::try_from(scale) {
            Ok(scale) => (scale <= MAX_SCALE).then_some((digits, scale)),
            Err(_) => Some((widen(digits, u32::try_from(scale.unsigned_abs()).ok()?)?, 0)),
        }
    }

    fn of_scaled(value: i128, scale: u32) -> Self {
        let mut digits = value.unsigned_abs().to_string();
        let scale = scale as usize;
        if scale > 0 {
            if digits.len() <= scale {
                digits = "0".repeat(scale + 1 - digits.len()) + &digits;
            }
            digits.insert(digits.len() - scale, '.');
        }
        if value < 0 {
            digits.insert(0, '-');
        }
        Self(digits.into())
    }

    fn parts(&self) -> Parts<'_> {
        let text = self.as_str();
        let (number, exponent) = split_exponent(text);
        let negative = number.starts_with('-');
        let number = number.strip_prefix('-').unwrap_or(number);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        // What does not fit is beyond any other number, but for its sign.
        let exponent = exponent.unwrap_or(if text.contains("e-") || text.contains("E-") {
            -FAR
        } else {
            FAR
        });
        let mut first = exponent + whole.len() as i128 - 1;
        let zeros = |digits: &str| digits.len() - digits.trim_start_matches('0').len();
        let whole = match zeros(whole) {
            skipped if skipped == whole.len() => {
                first -= (skipped + zeros(fraction)) as i128;
                ""
            }
            skipped => {
                first -= skipped as i128;
                whole.get(skipped..).unwrap_or_default()
            }
        };
        let fraction = fraction.trim_end_matches('0');
        let (whole, fraction) = match (whole, fraction) {
            ("", fraction) => ("", fraction.trim_start_matches('0')),
            (whole, "") => (whole.trim_end_matches('0'), ""),
            both => both,
        };
        Parts {
            negative,
            whole: whole.as_bytes(),
            fraction: fraction.as_bytes(),
            first,
        }
    }
}

/// Digits after the point that sums and products may have.
const MAX_SCALE: u32 = 100;
/// Farther than any exponent that is read.
const FAR: i128 = 1 << 100;

fn widen(value: i128, zeros: u32) -> Option<i128> {
    if value == 0 {
        return Some(0);
    }
    value.checked_mul(10_i128.checked_pow(zeros)?)
}

/// The number and its exponent, `None` if that has more digits than anyone can mean.
fn split_exponent(text: &str) -> (&str, Option<i128>) {
    match text.split_once(['e', 'E']) {
        None => (text, Some(0)),
        Some((number, exponent)) => {
            let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
            (number, exponent.parse::<i64>().ok().map(i128::from))
        }
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes() || self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (self.parts(), other.parts());
        let is_zero = |parts: &Parts<'_>| parts.whole.is_empty() && parts.fraction.is_empty();
        let sign = |parts: &Parts<'_>| match (is_zero(parts), parts.negative) {
            (true, _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        };
        let (a_sign, b_sign) = (sign(&a), sign(&b));
        if a_sign != b_sign || a_sign == 0 {
            return a_sign.cmp(&b_sign);
        }
        let larger = a.first.cmp(&b.first).then_with(|| {
            let a = a.whole.iter().chain(a.fraction);
            a.cmp(b.whole.iter().chain(b.fraction))
        });
        if a_sign < 0 { larger.reverse() } else { larger }
    }
}

impl FromStr for Decimal {
    type Err = NotDecimal;

    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        let is_number = scan::number(text.as_bytes()) == Some(text.len());
        is_number.then(|| Self::of_json(text)).ok_or(NotDecimal)
    }
}

impl TryFrom<f64> for Decimal {
    type Error = NotDecimal;

    /// The shortest digits that stand for the number; infinities and what is no number have none.
    fn try_from(number: f64) -> Result<Self, NotDecimal> {
        number.to_string().parse()
    }
}

macro_rules! from_integer {
    ($($integer:ty)*) => { $(
        impl From<$integer> for Decimal {
            fn from(number: $integer) -> Self {
                Self(number.to_string().into())
            }
        }
    )* };
}

from_integer!(i32 u32 i64 u64 i128);

impl From<Decimal> for String {
    fn from(decimal: Decimal) -> Self {
        decimal.0.into()
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "decimal({})", self.as_bytes().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn order_is_that_of_the_values() {
        let rising = [
            "-1e99999999999999999999",
            "-1e400",
            "-10.5",
            "-10.05",
            "-1e-400",
            "0",
            "1e-99999999999999999999",
            "1e-22",
            "0.0999",
            "0.1",
            "9.99",
            "10",
            "10.01",
            "105",
            "1.06e2",
            "123456789012345678901234567890123456789012345",
            "1e400",
            "1e99999999999999999999",
        ];
        for (at, a) in rising.iter().enumerate() {
            for (other, b) in rising.iter().enumerate() {
                assert_eq!(decimal(a).cmp(&decimal(b)), at.cmp(&other), "{a} {b}");
            }
        }
    }

    #[test]
    fn equal_values_are_equal_whatever_the_text() {
        for (a, b) in [
            ("1.50", "1.5"),
            ("0", "-0.00"),
            ("0e5", "0"),
            ("100", "1e2"),
            ("0.015", "15E-3"),
            ("120.0", "1.2e+2"),
            ("0.00", "0.0"),
        ] {
            assert_eq!(decimal(a), decimal(b), "{a} {b}");
        }
    }

    #[test]
    fn sums_and_products_are_exact() {
        let add = |a: &str, b: &str| decimal(a).checked_add(&decimal(b)).map(String::from);
        assert_eq!(add("0.1", "0.2").as_deref(), Some("0.3"));
        assert_eq!(add("1.50", "-1.5").as_deref(), Some("0.00"));
        assert_eq!(add("1e3", "0.01").as_deref(), Some("1000.01"));
        assert_eq!(add("-0.05", "0.01").as_deref(), Some("-0.04"));
        assert_eq!(add("1e40", "1"), None);
        assert_eq!(add("1e99999999999999999999", "1"), None);
        let mul = |a: &str, b: &str| decimal(a).checked_mul(&decimal(b)).map(String::from);
        assert_eq!(mul("1.10", "-2.5").as_deref(), Some("-2.750"));
        assert_eq!(mul("1e-60", "1e-60"), None);
        assert_eq!(
            decimal("2")
                .checked_sub(&decimal("2.5"))
                .map(String::from)
                .as_deref(),
            Some("-0.5")
        );
    }

    #[test]
    fn only_numbers_of_json_are_decimals() {
        for text in ["", "+1", ".5", "1.", "01", "NaN", "1 ", "1e"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
        assert!(Decimal::try_from(f64::NAN).is_err());
        assert_eq!(Decimal::try_from(0.1).map(String::from).as_deref(), Ok("0.1"));
    }
}
