//! Times of day.

use core::fmt;
use core::str::FromStr;

use super::lenient::{Lenient, time_form};
use super::{DatatypeError, DatatypeErrorKind, Offset, Precision};
use crate::parse::date_time::{RawOffset, RawTime, time};

/// A time of day as far as it was said, with the offset from UTC where there is one.
///
/// `Display` writes the form of TM, `HH[MM[SS[.S+]]][+/-ZZZZ]`, with the digits that were said.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::datatype::{Precision, Time};
///
/// let time = Time::parse("030405.10-0500")?;
/// assert_eq!((time.hour(), time.minute(), time.second()), (3, Some(4), Some(5)));
/// assert_eq!((time.nanoseconds(), time.fraction_digits()), (100_000_000, 2));
/// assert_eq!(time.offset().map(|offset| offset.minutes()), Some(-300));
/// assert_eq!(time.to_string(), "030405.10-0500");
/// assert_eq!(Time::parse("0304")?.precision(), Precision::Minute);
/// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
/// ```
///
/// Spec: HL7 v2.8.2 chapter 2A, 2A.3.75 TM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Time {
    hour: u8,
    minute: Option<u8>,
    second: Option<u8>,
    /// The number of digits of the fraction that were said.
    digits: u8,
    nanoseconds: u32,
    offset: Option<Offset>,
}

impl Time {
    /// A time of day; a part left out makes it less precise.
    ///
    /// # Errors
    ///
    /// [`DatatypeError`] if the clock has no such time, or if there is a second without a minute.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Time;
    /// assert_eq!(Time::new(3, Some(4), None)?.to_string(), "0304");
    /// assert!(Time::new(24, None, None).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn new(hour: u8, minute: Option<u8>, second: Option<u8>) -> Result<Self, DatatypeError> {
        let fail = |kind, offset| Err(DatatypeError::new(kind, offset));
        if hour > 23 {
            return fail(DatatypeErrorKind::Hour, 0);
        }
        if minute.is_some_and(|minute| minute > 59) || (minute.is_none() && second.is_some()) {
            return fail(DatatypeErrorKind::Minute, 2);
        }
        if second.is_some_and(|second| second > 59) {
            return fail(DatatypeErrorKind::Second, 4);
        }
        Ok(Self {
            hour,
            minute,
            second,
            digits: 0,
            nanoseconds: 0,
            offset: None,
        })
    }

    /// The time with a fraction of its second, of so many digits (at most nine).
    ///
    /// # Errors
    ///
    /// [`DatatypeErrorKind::Fraction`] if the digits cannot hold the fraction, and
    /// [`DatatypeErrorKind::Precision`] if the time has no second.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::datatype::Time;
    ///
    /// let time = Time::new(3, Some(4), Some(5))?.with_fraction(120_000_000, 3)?;
    /// assert_eq!(time.to_string(), "030405.120");
    /// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
    /// ```
    pub fn with_fraction(self, nanoseconds: u32, digits: u8) -> Result<Self, DatatypeError> {
        if self.second.is_none() {
            return Err(DatatypeError::new(DatatypeErrorKind::Precision, 4));
        }
        let fits = digits <= 9
            && nanoseconds < 1_000_000_000
            && nanoseconds.is_multiple_of(10_u32.pow(9 - u32::from(digits.min(9))));
        if !fits {
            return Err(DatatypeError::new(DatatypeErrorKind::Fraction, 7));
        }
        Ok(Self {
            nanoseconds,
            digits,
            ..self
        })
    }

    /// The time with another offset, or without one; the digits of the clock stay.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::{Offset, Time};
    /// let time = Time::parse("0304-0500")?;
    /// assert_eq!(time.with_offset(Some(Offset::UTC)).to_string(), "0304+0000");
    /// assert_eq!(time.with_offset(None).to_string(), "0304");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_offset(self, offset: Option<Offset>) -> Self {
        Self { offset, ..self }
    }

    /// Reads `HH[MM[SS[.S+]]][+/-ZZZZ]`, and nothing else. The standard writes at most four digits of a
    /// fraction; up to nine are read.
    ///
    /// # Errors
    ///
    /// [`DatatypeError`] if the text has another form, or if the clock has no such time.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Time;
    /// let time = Time::parse("030405.25-0330")?;
    /// assert_eq!(time.to_string(), "030405.25-0330");
    /// assert!(Time::parse("2561").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, DatatypeError> {
        Self::read(text.as_bytes())
    }

    fn read(bytes: &[u8]) -> Result<Self, DatatypeError> {
        match time(bytes) {
            Ok((raw, offset)) => Self::of(&raw, offset, 0, bytes.len()),
            Err(offset) => Err(DatatypeError::new(DatatypeErrorKind::Syntax, offset)),
        }
    }

    /// As [`parse`](Self::parse), and reads what senders write beside it: spaces around, `03:04:05`, `Z`, an
    /// offset such as `+01:00` or `+01`, and more than nine digits of a fraction, cut to nine.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::{Departure, Time};
    /// let read = Time::parse_lenient("03:04:05Z")?;
    /// assert_eq!(read.value().to_string(), "030405+0000");
    /// assert!(read.departures().any(|departure| departure == Departure::OffsetForm));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_lenient(text: &str) -> Result<Lenient<Self>, DatatypeError> {
        Self::read_lenient(text.as_bytes())
    }

    pub(super) fn read_lenient(bytes: &[u8]) -> Result<Lenient<Self>, DatatypeError> {
        Lenient::read(bytes, Self::read, time_form)
    }

    /// `at` is where the time stands in its text, `end` where its offset ends.
    #[inline]
    pub(super) fn of(
        raw: &RawTime<'_>,
        offset: Option<RawOffset>,
        at: usize,
        end: usize,
    ) -> Result<Self, DatatypeError> {
        let mut read = Self::new(raw.hour, raw.minute, raw.second)
            .map_err(|error| DatatypeError::new(error.kind(), at + error.offset()))?;
        if let Some(fraction) = raw.fraction {
            let digits = u8::try_from(fraction.len()).unwrap_or(u8::MAX);
            if digits > 9 {
                return Err(DatatypeError::new(DatatypeErrorKind::Fraction, at + 7));
            }
            let padded = fraction.iter().copied().chain(core::iter::repeat(b'0')).take(9);
            read.digits = digits;
            read.nanoseconds = padded.fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        }
        read.offset = offset
            .map(|raw| Offset::of(raw, end.saturating_sub(5)))
            .transpose()?;
        Ok(read)
    }

    /// The hour, 0 to 23.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Time;
    /// let time = Time::parse("030405.25-0330")?;
    /// assert_eq!(time.hour(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn hour(&self) -> u8 {
        self.hour
    }

    /// The minute, if it was said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Time;
    /// let time = Time::parse("030405.25-0330")?;
    /// assert_eq!(time.minute(), Some(4));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn minute(&self) -> Option<u8> {
        self.minute
    }

    /// The second, if it was said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Time;
    /// let time = Time::parse("030405.25-0330")?;
    /// assert_eq!(time.second(), Some(5));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn second(&self) -> Option<u8> {
        self.second
    }

    /// The fraction of the second, in nanoseconds; 0 if none was said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Time;
    /// let time = Time::parse("030405.25-0330")?;
    /// assert_eq!(time.nanoseconds(), 250_000_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn nanoseconds(&self) -> u32 {
        self.nanoseconds
    }

    /// How many digits of the fraction were said, up to nine.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Time;
    /// let time = Time::parse("030405.25-0330")?;
    /// assert_eq!(time.fraction_digits(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn fraction_digits(&self) -> u8 {
        self.digits
    }

    /// The offset from UTC, if it was said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Time;
    /// let time = Time::parse("030405.25-0330")?;
    /// assert_eq!(time.offset().map(|offset| offset.minutes()), Some(-210));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn offset(&self) -> Option<Offset> {
        self.offset
    }

    /// How far the time was said: hour, minute, second or fraction.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::{Precision, Time};
    /// let time = Time::parse("030405.25-0330")?;
    /// assert_eq!(Time::parse("0304")?.precision(), Precision::Minute);
    /// assert!(time.precision() > Precision::Second);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn precision(&self) -> Precision {
        match (self.minute, self.second, self.digits) {
            (None, ..) => Precision::Hour,
            (_, None, _) => Precision::Minute,
            (_, _, 0) => Precision::Second,
            _ => Precision::Fraction,
        }
    }

    /// The time without what is more precise than asked for; an hour at least.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::{Precision, Time};
    /// let time = Time::parse("030405.25-0330")?;
    /// assert_eq!(time.truncated(Precision::Minute).to_string(), "0304-0330");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn truncated(self, precision: Precision) -> Self {
        let keeps = |part: Precision| precision >= part;
        Self {
            minute: self.minute.filter(|_| keeps(Precision::Minute)),
            second: self.second.filter(|_| keeps(Precision::Second)),
            digits: if keeps(Precision::Fraction) {
                self.digits
            } else {
                0
            },
            nanoseconds: if keeps(Precision::Fraction) {
                self.nanoseconds
            } else {
                0
            },
            ..self
        }
    }

    /// The nanoseconds from midnight to the first moment that the time holds, and how many it holds.
    pub(super) fn span(&self) -> (i128, i128) {
        const SECOND: i128 = 1_000_000_000;
        let minute = self.minute.map_or(0, i128::from);
        let second = self.second.map_or(0, i128::from);
        let start = (i128::from(self.hour) * 3600 + minute * 60 + second) * SECOND;
        let length = match self.precision() {
            Precision::Hour => 3600 * SECOND,
            Precision::Minute => 60 * SECOND,
            Precision::Second => SECOND,
            _ => 10_i128.pow(9 - u32::from(self.digits.min(9))),
        };
        (start + i128::from(self.nanoseconds), length)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.hour)?;
        if let Some(minute) = self.minute {
            write!(f, "{minute:02}")?;
        }
        if let Some(second) = self.second {
            write!(f, "{second:02}")?;
        }
        if self.digits > 0 {
            let width = usize::from(self.digits);
            let number = self.nanoseconds / 10_u32.pow(9 - u32::from(self.digits.min(9)));
            write!(f, ".{number:0width$}")?;
        }
        match self.offset {
            Some(offset) => write!(f, "{offset}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Time {
    type Err = DatatypeError;

    fn from_str(text: &str) -> Result<Self, DatatypeError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock() {
        for (text, kind, offset) in [
            ("24", DatatypeErrorKind::Hour, 0),
            ("2360", DatatypeErrorKind::Minute, 2),
            ("235960", DatatypeErrorKind::Second, 4),
            ("235959.1234567890", DatatypeErrorKind::Fraction, 7),
            ("2359+1401", DatatypeErrorKind::Offset, 4),
            ("2359+0160", DatatypeErrorKind::Offset, 4),
            ("235", DatatypeErrorKind::Syntax, 2),
            ("23:59", DatatypeErrorKind::Syntax, 2),
        ] {
            let error = Time::parse(text).map_err(|error| (error.kind(), error.offset()));
            assert_eq!(error, Err((kind, offset)), "{text}");
        }
    }

    #[test]
    fn lenient_forms() {
        for (text, plain) in [
            ("03:04:05", "030405"),
            (" 0304 ", "0304"),
            ("03:04:05.5Z", "030405.5+0000"),
            ("0304+01", "0304+0100"),
            ("03:04-05:30", "0304-0530"),
        ] {
            let read = Time::parse_lenient(text).unwrap();
            assert_eq!(read.value().to_string(), plain);
            assert!(!read.is_exact());
        }
    }
}
