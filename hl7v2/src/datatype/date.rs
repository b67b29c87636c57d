//! Dates.

use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

use super::lenient::{Departure, Departures, Lenient};
use super::{DatatypeError, DatatypeErrorKind, DateTime, Precision};
use crate::parse::date_time::{RawDateTime, date_time};

/// A date as far as it was said: a year, a month of it, or a day.
///
/// `Display` writes the form of DT, `YYYY[MM[DD]]`.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::datatype::{Date, Precision};
///
/// let date = Date::parse("202402")?;
/// assert_eq!((date.year(), date.month(), date.day()), (2024, Some(2), None));
/// assert_eq!(date.precision(), Precision::Month);
/// assert_eq!(date.to_string(), "202402");
/// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
/// ```
///
/// Spec: HL7 v2.8.2 chapter 2A, 2A.3.21 DT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Date {
    year: u16,
    /// 0: not said.
    month: u8,
    day: u8,
}

impl Date {
    /// A date; a part left out makes it less precise.
    ///
    /// # Errors
    ///
    /// [`DatatypeError`] if the calendar has no such date, or if there is a day without a month. Its offset is
    /// that of the part in the written form.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Date;
    /// assert_eq!(Date::new(2024, Some(2), Some(29))?.to_string(), "20240229");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn new(year: u16, month: Option<u8>, day: Option<u8>) -> Result<Self, DatatypeError> {
        let fail = |kind, offset| Err(DatatypeError::new(kind, offset));
        if year == 0 || year > 9999 {
            return fail(DatatypeErrorKind::Year, 0);
        }
        let months = month.is_none_or(|month| (1..=12).contains(&month));
        if !months || (month.is_none() && day.is_some()) {
            return fail(DatatypeErrorKind::Month, 4);
        }
        let date = Self {
            year,
            month: month.unwrap_or(0),
            day: day.unwrap_or(0),
        };
        if day.is_some_and(|day| day == 0 || day > days_in_month(year, date.month)) {
            return fail(DatatypeErrorKind::Day, 6);
        }
        Ok(date)
    }

    /// Reads `YYYY[MM[DD]]`, and nothing else.
    ///
    /// # Errors
    ///
    /// [`DatatypeError`] if the text has another form, or if the calendar has no such date.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Date;
    /// assert_eq!(Date::parse("202402")?.month(), Some(2));
    /// assert!(Date::parse("20240230").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, DatatypeError> {
        Self::read(text.as_bytes())
    }

    fn read(bytes: &[u8]) -> Result<Self, DatatypeError> {
        let date_time = DateTime::read(bytes)?;
        if date_time.time().is_some() || date_time.offset().is_some() {
            let offset = date_time.date().length();
            return Err(DatatypeError::new(DatatypeErrorKind::Syntax, offset));
        }
        Ok(date_time.date())
    }

    /// As [`parse`](Self::parse), and reads what senders write beside it: all of
    /// [`DateTime::parse_lenient`], and a date with a time, which is left out ([`Departure::TimeInDate`]).
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::datatype::{Date, Departure};
    ///
    /// let read = Date::parse_lenient("20240229000000")?;
    /// assert_eq!(read.value().to_string(), "20240229");
    /// assert_eq!(read.departures().collect::<Vec<_>>(), [Departure::TimeInDate]);
    /// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
    /// ```
    pub fn parse_lenient(text: &str) -> Result<Lenient<Self>, DatatypeError> {
        Self::read_lenient(text.as_bytes())
    }

    pub(super) fn read_lenient(bytes: &[u8]) -> Result<Lenient<Self>, DatatypeError> {
        if let Ok(date) = Self::read(bytes) {
            return Ok(Lenient::new(date, Departures::NONE));
        }
        let read = DateTime::read_lenient(bytes)?;
        let mut departures = read.all();
        if read.value().time().is_some() || read.value().offset().is_some() {
            departures.add(Departure::TimeInDate);
        }
        Ok(Lenient::new(read.value().date(), departures))
    }

    #[inline]
    pub(super) fn of(raw: &RawDateTime<'_>) -> Result<Self, DatatypeError> {
        Self::new(raw.year, raw.month, raw.day)
    }

    /// The year.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Date;
    /// assert_eq!(Date::parse("20240229")?.year(), 2024);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn year(&self) -> u16 {
        self.year
    }

    /// The month, from 1, if it was said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Date;
    /// assert_eq!(Date::parse("2024")?.month(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn month(&self) -> Option<u8> {
        (self.month > 0).then_some(self.month)
    }

    /// The day of the month, from 1, if it was said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Date;
    /// assert_eq!(Date::parse("20240229")?.day(), Some(29));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn day(&self) -> Option<u8> {
        (self.day > 0).then_some(self.day)
    }

    /// How far the date was said: year, month or day.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::{Date, Precision};
    /// assert_eq!(Date::parse("202402")?.precision(), Precision::Month);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn precision(&self) -> Precision {
        match (self.month, self.day) {
            (0, _) => Precision::Year,
            (_, 0) => Precision::Month,
            _ => Precision::Day,
        }
    }

    /// The date without what is more precise than asked for.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::{Date, Precision};
    /// assert_eq!(Date::parse("20240229")?.truncated(Precision::Month), Date::parse("202402")?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn truncated(self, precision: Precision) -> Self {
        Self {
            year: self.year,
            month: if precision < Precision::Month {
                0
            } else {
                self.month
            },
            day: if precision < Precision::Day { 0 } else { self.day },
        }
    }

    /// Which date is earlier, where that is certain.
    ///
    /// `None` if one is less precise and holds the other: 2024 is neither before nor after 20240229.
    ///
    /// # Examples
    ///
    /// ```
    /// use core::cmp::Ordering;
    /// use carewire_hl7v2::datatype::Date;
    ///
    /// let (year, day) = (Date::parse("2024")?, Date::parse("20240229")?);
    /// assert_eq!(year.compare(&day), None);
    /// assert_eq!(year.compare(&Date::parse("20250101")?), Some(Ordering::Less));
    /// # Ok::<(), carewire_hl7v2::datatype::DatatypeError>(())
    /// ```
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        DateTime::from(*self).compare(&DateTime::from(*other))
    }

    /// The days from 1970-01-01 to the first day that the date holds.
    pub(super) fn first_day(&self) -> i64 {
        days_from_epoch(self.year, self.month.max(1), self.day.max(1))
    }

    /// The days from 1970-01-01 to the first day after all that the date holds.
    pub(super) fn day_after(&self) -> i64 {
        match (self.month, self.day) {
            (0, _) | (12, 0) => days_from_epoch(self.year + 1, 1, 1),
            (month, 0) => days_from_epoch(self.year, month + 1, 1),
            _ => self.first_day() + 1,
        }
    }

    /// The length of its written form.
    pub(super) fn length(&self) -> usize {
        match self.precision() {
            Precision::Year => 4,
            Precision::Month => 6,
            _ => 8,
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if self.month > 0 {
            write!(f, "{:02}", self.month)?;
        }
        if self.day > 0 {
            write!(f, "{:02}", self.day)?;
        }
        Ok(())
    }
}

impl FromStr for Date {
    type Err = DatatypeError;

    fn from_str(text: &str) -> Result<Self, DatatypeError> {
        Self::parse(text)
    }
}

impl DateTime {
    /// Reads the form of the standard.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, DatatypeError> {
        match date_time(bytes) {
            Ok(raw) => Self::of(&raw),
            Err(offset) => Err(DatatypeError::new(DatatypeErrorKind::Syntax, offset)),
        }
    }
}

fn days_in_month(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The days from 1970-01-01 in the Gregorian calendar, counted in years that begin in March.
fn days_from_epoch(year: u16, month: u8, day: u8) -> i64 {
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        for (year, month, day, days) in [
            (1970, 1, 1, 0),
            (1969, 12, 31, -1),
            (2000, 3, 1, 11_017),
            (2024, 2, 29, 19_782),
            (1, 1, 1, -719_162),
        ] {
            assert_eq!(days_from_epoch(year, month, day), days);
        }
    }

    #[test]
    fn calendar() {
        for (text, kind) in [
            ("19000229", DatatypeErrorKind::Day),
            ("20230431", DatatypeErrorKind::Day),
            ("20231300", DatatypeErrorKind::Month),
            ("00000101", DatatypeErrorKind::Year),
            ("2023010", DatatypeErrorKind::Syntax),
            ("20230101+0100", DatatypeErrorKind::Syntax),
            ("", DatatypeErrorKind::Syntax),
        ] {
            assert_eq!(
                Date::parse(text).map_err(|error| error.kind()),
                Err(kind),
                "{text}"
            );
        }
        assert!(Date::parse("20000229").is_ok());
    }
}
