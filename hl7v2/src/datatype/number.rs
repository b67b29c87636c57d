//! Numbers, exact.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

use super::{DatatypeError, DatatypeErrorKind};

/// A decimal number as it was written, of any length: the value of NM.
///
/// `==` and the order compare the numbers exactly, whatever their zeros: `1.20` equals `01.2`. `Display` writes
/// the text as it was sent, so that its precision is kept.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::datatype::Number;
///
/// let number = Number::parse("+01.20")?;
/// assert_eq!(number, Number::parse("1.2")?);
/// assert!(number < Number::parse("1.20000000000000000000000000000001")?);
/// assert_eq!((number.as_str(), number.decimals()), ("+01.20", 2));
/// assert_eq!(Number::parse("-0")?, Number::parse("0.00")?);
/// assert!(Number::parse("1e3").is_err());
/// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
/// ```
///
/// Spec: HL7 v2.8.2 chapter 2A, 2A.3.47 NM.
#[derive(Debug, Clone, Copy)]
pub struct Number<'t>(&'t str);

impl<'t> Number<'t> {
    /// Reads an optional sign and digits, with at most one decimal point before, between or after them.
    ///
    /// # Errors
    ///
    /// [`DatatypeErrorKind::Syntax`] if the text has another form.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Number;
    /// assert!(Number::parse("-0.5").is_ok());
    /// assert!(Number::parse("1e3").is_err());
    /// ```
    pub fn parse(text: &'t str) -> Result<Self, DatatypeError> {
        let fail = |offset| Err(DatatypeError::new(DatatypeErrorKind::Syntax, offset));
        let sign = usize::from(text.starts_with(['+', '-']));
        let (mut digits, mut point) = (0_usize, false);
        for (offset, byte) in text.bytes().enumerate().skip(sign) {
            match byte {
                b'0'..=b'9' => digits += 1,
                b'.' if !point => point = true,
                _ => return fail(offset),
            }
        }
        if digits == 0 {
            return fail(text.len());
        }
        Ok(Self(text))
    }

    /// The number as it was written.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Number;
    /// assert_eq!(Number::parse("5.10")?.as_str(), "5.10");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn as_str(&self) -> &'t str {
        self.0
    }

    /// True if it is less than zero.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Number;
    /// assert!(Number::parse("-0.5")?.is_negative());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_negative(&self) -> bool {
        let (whole, fraction) = self.digits();
        self.0.starts_with('-') && !(whole.is_empty() && fraction.is_empty())
    }

    /// How many digits stand after the decimal point, zeros included.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Number;
    /// assert_eq!(Number::parse("5.10")?.decimals(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decimals(&self) -> usize {
        self.0.split_once('.').map_or(0, |(_, fraction)| fraction.len())
    }

    /// The number, if it is whole and an `i64` holds it.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::datatype::Number;
    ///
    /// assert_eq!(Number::parse("-42.00")?.to_i64(), Some(-42));
    /// assert_eq!(Number::parse("42.5")?.to_i64(), None);
    /// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
    /// ```
    pub fn to_i64(&self) -> Option<i64> {
        let (whole, fraction) = self.digits();
        if !fraction.is_empty() {
            return None;
        }
        let negative = self.is_negative();
        whole.bytes().try_fold(0_i64, |number, digit| {
            let digit = i64::from(digit - b'0');
            number
                .checked_mul(10)?
                .checked_add(if negative { -digit } else { digit })
        })
    }

    /// The nearest `f64`, which most decimals are not.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Number;
    /// assert_eq!(Number::parse("5.10")?.to_f64_lossy(), 5.1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_f64_lossy(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// The digits before and after the point, without the zeros that say nothing.
    fn digits(&self) -> (&'t str, &'t str) {
        let text = self.0.trim_start_matches(['+', '-']);
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        (whole.trim_start_matches('0'), fraction.trim_end_matches('0'))
    }
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.is_negative(), other.is_negative()) {
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            _ => {}
        }
        let ((whole, fraction), (others, other_fraction)) = (self.digits(), other.digits());
        let order = whole.len().cmp(&others.len());
        // Without zeros at the end, one fraction that goes on after the other is greater.
        let order = order.then_with(|| (whole, fraction).cmp(&(others, other_fraction)));
        if self.is_negative() {
            order.reverse()
        } else {
            order
        }
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number<'_> {}

impl Hash for Number<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.is_negative(), self.digits()).hash(state);
    }
}

impl fmt::Display for Number<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number<'_> {
        Number::parse(text).unwrap()
    }

    #[test]
    fn order() {
        let ascending = [
            "-100", "-9.5", "-9.49", "-.1", "0", "0.001", ".01", "9", "9.01", "9.1", "10", "100.0001",
        ];
        for (at, low) in ascending.iter().enumerate() {
            assert_eq!(number(low), number(low));
            for high in &ascending[at + 1..] {
                assert!(number(low) < number(high), "{low} {high}");
                assert!(number(high) > number(low), "{low} {high}");
            }
        }
    }

    #[test]
    fn forms() {
        for text in ["5.", ".5", "+0", "-12.50"] {
            assert_eq!(number(text).to_string(), text);
        }
        for (text, offset) in [
            ("", 0),
            ("-", 1),
            (".", 1),
            ("1,5", 1),
            ("1.2.3", 3),
            (" 1", 0),
            ("--1", 1),
            ("1e3", 1),
        ] {
            assert_eq!(
                Number::parse(text).map_err(|error| error.offset()),
                Err(offset),
                "{text}"
            );
        }
        assert_eq!(number("9223372036854775807").to_i64(), Some(i64::MAX));
        assert_eq!(number("-9223372036854775808").to_i64(), Some(i64::MIN));
        assert_eq!(number("9223372036854775808").to_i64(), None);
    }
}
