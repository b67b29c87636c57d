//! Dates with times.

use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

use super::lenient::{Lenient, date_time_form};
use super::{DatatypeError, DatatypeErrorKind, Date, Offset, Precision, Time};
use crate::parse::date_time::{RawDateTime, RawTime};

/// A moment as far as it was said, from a year to a fraction of a second, with the offset from UTC where there
/// is one: the value of DTM and TS.
///
/// `==` compares what was said, digit by digit; [`compare`](Self::compare) compares moments. `Display` writes
/// the form of DTM, `YYYY[MM[DD[HH[MM[SS[.S+]]]]]][+/-ZZZZ]`, with the digits that were said: a text that
/// [`parse`](Self::parse) reads is written back as it was.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::datatype::{DateTime, Precision};
///
/// let sent = DateTime::parse("20240229030405.1200-0500")?;
/// assert_eq!(sent.date().day(), Some(29));
/// assert_eq!(sent.time().and_then(|time| time.minute()), Some(4));
/// assert_eq!(sent.offset().map(|offset| offset.minutes()), Some(-300));
/// assert_eq!(sent.precision(), Precision::Fraction);
/// assert_eq!(sent.to_string(), "20240229030405.1200-0500");
/// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
/// ```
///
/// Spec: HL7 v2.8.2 chapter 2A, 2A.3.22 DTM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    date: Date,
    time: Option<Time>,
    /// Of a date without a time; else it is the time's.
    offset: Option<Offset>,
}

impl DateTime {
    /// A moment of a date and a time of that day.
    ///
    /// # Errors
    ///
    /// [`DatatypeErrorKind::Precision`] if there is a time and the date is no day.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::{Date, DateTime, Time};
    /// let day = Date::new(2024, Some(2), Some(29))?;
    /// assert_eq!(DateTime::new(day, Some(Time::new(3, Some(4), None)?))?.to_string(), "202402290304");
    /// let month = Date::new(2024, Some(2), None)?;
    /// assert!(DateTime::new(month, Some(Time::new(3, None, None)?)).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(date: Date, time: Option<Time>) -> Result<Self, DatatypeError> {
        if time.is_some() && date.precision() < Precision::Day {
            return Err(DatatypeError::new(DatatypeErrorKind::Precision, 0));
        }
        Ok(Self {
            date,
            time,
            offset: None,
        })
    }

    /// Reads `YYYY[MM[DD[HH[MM[SS[.S+]]]]]][+/-ZZZZ]`, and nothing else. The standard writes at most four digits
    /// of a fraction; up to nine are read.
    ///
    /// # Errors
    ///
    /// [`DatatypeError`] if the text has another form, or if calendar or clock have no such moment.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::DateTime;
    /// let moment = DateTime::parse("20240102030405.5+0100")?;
    /// assert_eq!(moment.to_string(), "20240102030405.5+0100");
    /// assert!(DateTime::parse("20241301").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, DatatypeError> {
        Self::read(text.as_bytes())
    }

    /// As [`parse`](Self::parse), and reads what senders write beside it; each way is a
    /// [`Departure`](super::Departure).
    ///
    /// Read are: spaces around the value; the forms of ISO 8601 (`2024-02-29T03:04:05+01:00`), also with a space or
    /// with slashes or dots in the date; `Z`; an offset in hours; months and days of zeros with nothing but zeros
    /// after them, which say that they are not known; fractions of more than nine digits, cut to nine.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::datatype::{DateTime, Departure};
    ///
    /// let born = DateTime::parse_lenient("19700100")?;
    /// assert_eq!(born.value().to_string(), "197001");
    /// assert_eq!(born.departures().collect::<Vec<_>>(), [Departure::ZeroPart]);
    /// assert!(DateTime::parse_lenient("02/29/2024").is_err());
    /// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
    /// ```
    pub fn parse_lenient(text: &str) -> Result<Lenient<Self>, DatatypeError> {
        Self::read_lenient(text.as_bytes())
    }

    pub(super) fn read_lenient(bytes: &[u8]) -> Result<Lenient<Self>, DatatypeError> {
        Lenient::read(bytes, Self::read, date_time_form)
    }

    #[inline]
    pub(super) fn of(raw: &RawDateTime<'_>) -> Result<Self, DatatypeError> {
        let date = Date::of(raw)?;
        let end = date.length() + raw.time.as_ref().map_or(0, RawTime::length);
        let time = raw.time.as_ref();
        let time = time
            .map(|time| Time::of(time, raw.offset, 8, end + 5))
            .transpose()?;
        let offset = raw.offset.filter(|_| time.is_none());
        let offset = offset.map(|raw| Offset::of(raw, end)).transpose()?;
        Ok(Self { date, time, offset })
    }

    /// The date.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::DateTime;
    /// let moment = DateTime::parse("20240102030405.5+0100")?;
    /// assert_eq!(moment.date().to_string(), "20240102");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn date(&self) -> Date {
        self.date
    }

    /// The time of day, with the offset, if it was said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::DateTime;
    /// let moment = DateTime::parse("20240102030405.5+0100")?;
    /// assert_eq!(moment.time().map(|time| time.hour()), Some(3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn time(&self) -> Option<Time> {
        self.time
    }

    /// The offset from UTC, if it was said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::DateTime;
    /// let moment = DateTime::parse("20240102030405.5+0100")?;
    /// assert_eq!(moment.offset().map(|offset| offset.minutes()), Some(60));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn offset(&self) -> Option<Offset> {
        self.time.map_or(self.offset, |time| time.offset())
    }

    /// The moment with another offset, or without one; the digits of date and clock stay.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::datatype::{DateTime, Offset};
    ///
    /// let sent = DateTime::parse("20240229030405")?.with_offset(Some(Offset::UTC));
    /// assert_eq!(sent.to_string(), "20240229030405+0000");
    /// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
    /// ```
    #[must_use]
    pub fn with_offset(self, offset: Option<Offset>) -> Self {
        Self {
            time: self.time.map(|time| time.with_offset(offset)),
            offset: offset.filter(|_| self.time.is_none()),
            ..self
        }
    }

    /// How far the moment was said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::{DateTime, Precision};
    /// let moment = DateTime::parse("20240102030405.5+0100")?;
    /// assert_eq!(DateTime::parse("202401")?.precision(), Precision::Month);
    /// assert!(moment.precision() > Precision::Minute);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn precision(&self) -> Precision {
        self.time.map_or(self.date.precision(), |time| time.precision())
    }

    /// The moment without what is more precise than asked for. An offset stays.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::datatype::{DateTime, Precision};
    ///
    /// let sent = DateTime::parse("20240229030405+0100")?;
    /// assert_eq!(sent.truncated(Precision::Minute).to_string(), "202402290304+0100");
    /// assert_eq!(sent.truncated(Precision::Year).to_string(), "2024+0100");
    /// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
    /// ```
    #[must_use]
    pub fn truncated(self, precision: Precision) -> Self {
        let offset = self.offset();
        let time = self.time.filter(|_| precision >= Precision::Hour);
        Self {
            date: self.date.truncated(precision),
            time: time.map(|time| time.truncated(precision)),
            offset: offset.filter(|_| time.is_none()),
        }
    }

    /// Which moment is earlier, where that is certain.
    ///
    /// A moment that is said less precisely is the stretch of time that it holds: 2024 is before 20250101, and
    /// neither before nor after 20240229 (`None`). Equal are those that hold the same stretch, whatever their
    /// offsets. A moment without an offset may lie up to 14 hours either way; two without one are in the same zone.
    ///
    /// # Examples
    ///
    /// ```
    /// use core::cmp::Ordering;
    /// use carewire_hl7v2::datatype::DateTime;
    ///
    /// let moment = DateTime::parse;
    /// let (east, utc) = (moment("202402290304+0100")?, moment("202402290204+0000")?);
    /// assert_eq!(east.compare(&utc), Some(Ordering::Equal));
    /// assert_eq!(moment("2024")?.compare(&moment("20240229")?), None);
    /// assert_eq!(moment("202402290304")?.compare(&utc), None);
    /// assert_eq!(moment("202403020304")?.compare(&utc), Some(Ordering::Greater));
    /// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
    /// ```
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let (own, others) = (self.span(), other.span());
        let widen = match (self.offset(), other.offset()) {
            (Some(_), Some(_)) | (None, None) => 0,
            _ => 14 * 3600 * SECOND,
        };
        if widen == 0 && own == others {
            Some(Ordering::Equal)
        } else if own.1 + widen <= others.0 {
            Some(Ordering::Less)
        } else if others.1 + widen <= own.0 {
            Some(Ordering::Greater)
        } else {
            None
        }
    }

    /// The nanoseconds from 1970 to the first moment that this holds, and to the first after it; in UTC if there
    /// is an offset.
    fn span(&self) -> (i128, i128) {
        const DAY: i128 = 86_400 * SECOND;
        let east = self
            .offset()
            .map_or(0, |offset| i128::from(offset.minutes()) * 60 * SECOND);
        let start = i128::from(self.date.first_day()) * DAY - east;
        match self.time {
            Some(time) => {
                let (from, length) = time.span();
                (start + from, start + from + length)
            }
            None => (start, i128::from(self.date.day_after()) * DAY - east),
        }
    }

    /// The seconds from 1970-01-01 in UTC to the first moment that this holds; `zone` is that of a moment without
    /// an offset.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::datatype::{DateTime, Offset};
    ///
    /// assert_eq!(DateTime::parse("197001010100+0100")?.unix_seconds(Offset::UTC), 0);
    /// assert_eq!(DateTime::parse("1970")?.unix_seconds(Offset::UTC), 0);
    /// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
    /// ```
    pub fn unix_seconds(&self, zone: Offset) -> i64 {
        let time = self.time.map_or(0, |time| time.span().0 / SECOND);
        let minutes = self.offset().unwrap_or(zone).minutes();
        // At most 86,399.
        let time = i64::try_from(time).unwrap_or(0);
        self.date.first_day() * 86_400 + time - i64::from(minutes) * 60
    }
}

const SECOND: i128 = 1_000_000_000;

impl From<Date> for DateTime {
    fn from(date: Date) -> Self {
        Self {
            date,
            time: None,
            offset: None,
        }
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date.fmt(f)?;
        if let Some(time) = self.time {
            time.fmt(f)?;
        }
        match self.offset {
            Some(offset) => offset.fmt(f),
            None => Ok(()),
        }
    }
}

impl FromStr for DateTime {
    type Err = DatatypeError;

    fn from_str(text: &str) -> Result<Self, DatatypeError> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_have_their_place() {
        for (text, kind, offset) in [
            ("20241301", DatatypeErrorKind::Month, 4),
            ("20230229", DatatypeErrorKind::Day, 6),
            ("2024022924", DatatypeErrorKind::Hour, 8),
            ("202402292360", DatatypeErrorKind::Minute, 10),
            ("20240229235960", DatatypeErrorKind::Second, 12),
            ("20240229235959+1401", DatatypeErrorKind::Offset, 14),
            ("2024+9900", DatatypeErrorKind::Offset, 4),
            ("20240229235959.1234567890", DatatypeErrorKind::Fraction, 15),
            ("2024022", DatatypeErrorKind::Syntax, 6),
            ("2024-02-29", DatatypeErrorKind::Syntax, 4),
            ("January", DatatypeErrorKind::Syntax, 0),
        ] {
            let error = DateTime::parse(text).map_err(|error| (error.kind(), error.offset()));
            assert_eq!(error, Err((kind, offset)), "{text}");
        }
    }

    #[test]
    fn lenient_forms() {
        for (text, plain) in [
            (" 20240229 ", "20240229"),
            ("2024-02", "202402"),
            ("2024-02-29", "20240229"),
            ("2024/02/29 03:04", "202402290304"),
            (
                "2024-02-29T03:04:05.123456789012Z",
                "20240229030405.123456789+0000",
            ),
            ("2024-02-29 03:04:05 +01:00", "20240229030405+0100"),
            ("20240229030405-05", "20240229030405-0500"),
            ("20240000000000", "2024"),
            ("20240200", "202402"),
        ] {
            let read = DateTime::parse_lenient(text).unwrap();
            assert_eq!(read.value().to_string(), plain);
            assert!(!read.is_exact());
        }
        for text in [
            "00000000",
            "20240001",
            "2024-02-30",
            "29.02.2024",
            "2024-02-29T",
            "0",
            "20240229 x",
        ] {
            assert!(DateTime::parse_lenient(text).is_err(), "{text}");
        }
    }
}
