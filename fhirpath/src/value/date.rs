//! Dates, each as precise as it was written, and what precision is.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::calendar::{civil_from_days, days_from_civil, days_in_month};
use super::decimal::ParseValueError;

/// How precise a date or time is. Seconds with and without a fraction are one precision when they are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// `2024`
    Year,
    /// `2024-02`
    Month,
    /// `2024-02-01`
    Day,
    /// `10`
    Hour,
    /// `10:30`
    Minute,
    /// `10:30:15`
    Second,
    /// `10:30:15.250`
    Millisecond,
}

/// A calendar date: a year, a month or a day, of the years 1 to 9999.
///
/// Equality and hash go by what was written; [`Date::compare`] goes by the calendar and knows no answer where one side
/// is less precise.
///
/// # Examples
///
/// ```
/// # use carewire_fhirpath::{Date, Precision};
/// let month: Date = "2024-02".parse()?;
/// assert_eq!((month.year(), month.month(), month.day()), (2024, Some(2), None));
/// assert_eq!(month.precision(), Precision::Month);
/// assert_eq!(month.compare("2024-02-10".parse()?), None);
/// # Ok::<(), carewire_fhirpath::ParseValueError>(())
/// ```
///
/// Spec: FHIRPath 2.0.0, 4.1.5 Date.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Date {
    year: u16,
    /// 0 when the date is a year.
    month: u8,
    /// 0 when the date is a month.
    day: u8,
}

impl Date {
    /// The date, or `None` if the calendar has none such or a day has no month.
    #[must_use]
    pub fn new(year: u16, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        let valid = (1..=9999).contains(&year)
            && match (month, day) {
                (None, None) => true,
                (Some(month), None) => (1..=12).contains(&month),
                (Some(month), Some(day)) => (1..=days_in_month(year, month)).contains(&day),
                (None, Some(_)) => false,
            };
        valid.then(|| Self {
            year,
            month: month.unwrap_or(0),
            day: day.unwrap_or(0),
        })
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, from 1.
    #[must_use]
    pub fn month(self) -> Option<u8> {
        (self.month > 0).then_some(self.month)
    }

    /// The day of the month, from 1.
    #[must_use]
    pub fn day(self) -> Option<u8> {
        (self.day > 0).then_some(self.day)
    }

    /// Year, month or day.
    #[must_use]
    pub fn precision(self) -> Precision {
        match (self.month, self.day) {
            (0, _) => Precision::Year,
            (_, 0) => Precision::Month,
            _ => Precision::Day,
        }
    }

    /// The order of two dates; `None` where one is less precise and they agree as far as both go.
    #[must_use]
    pub fn compare(self, other: Self) -> Option<Ordering> {
        if self.day > 0 && other.day > 0 {
            let key =
                |date: Self| u32::from(date.year) << 16 | u32::from(date.month) << 8 | u32::from(date.day);
            return Some(key(self).cmp(&key(other)));
        }
        if self.year != other.year {
            return Some(self.year.cmp(&other.year));
        }
        match (self.month, other.month) {
            (0, 0) => Some(Ordering::Equal),
            (0, _) | (_, 0) => None,
            (left, right) if left != right => Some(left.cmp(&right)),
            // One of the two days at least is not given.
            _ if self.day == other.day => Some(Ordering::Equal),
            _ => None,
        }
    }

    /// The date `years` later; the 29th of February becomes the 28th where there is none.
    pub(crate) fn plus_years(self, years: i64) -> Option<Self> {
        let year = u16::try_from(i64::from(self.year).checked_add(years)?).ok()?;
        if (self.month, self.day) == (2, 29) {
            return Self::new(year, Some(2), Some(days_in_month(year, 2)));
        }
        (1..=9999).contains(&year).then_some(Self { year, ..self })
    }

    /// The date `months` later; a day the month does not have becomes its last.
    pub(crate) fn plus_months(self, months: i64) -> Option<Self> {
        let index = i64::from(self.year) * 12 + i64::from(self.month.max(1)) - 1;
        let index = index.checked_add(months)?;
        let year = u16::try_from(index.div_euclid(12)).ok()?;
        let month = u8::try_from(index.rem_euclid(12) + 1).ok()?;
        if self.month == 0 {
            return Self::new(year, None, None);
        }
        let day = self.day().map(|day| day.min(days_in_month(year, month)));
        Self::new(year, Some(month), day)
    }

    /// The date `days` later; a month counts from its first day and is cut to a month again.
    pub(crate) fn plus_days(self, days: i64) -> Option<Self> {
        let from = days_from_civil(self.year, self.month.max(1), self.day.max(1));
        let (year, month, day) = civil_from_days(from.checked_add(days)?)?;
        Self::new(
            year,
            (self.month > 0).then_some(month),
            (self.day > 0).then_some(day),
        )
    }

    /// Days since 1970-01-01 of the first day the date can mean.
    pub(crate) fn first_day(self) -> i64 {
        days_from_civil(self.year, self.month.max(1), self.day.max(1))
    }

    /// Reads a date at the start of a text, and says what is left.
    pub(crate) fn read(text: &str) -> Option<(Self, &str)> {
        read_date(text)
    }

    /// The date cut to a precision; a finer one leaves it as it is.
    pub(crate) fn cut(self, precision: Precision) -> Self {
        match precision {
            Precision::Year => Self {
                month: 0,
                day: 0,
                ..self
            },
            Precision::Month => Self { day: 0, ..self },
            _ => self,
        }
    }
}

impl FromStr for Date {
    type Err = ParseValueError;

    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match read_day(text) {
            Some(day) => day,
            None => read_date(text)
                .filter(|(_, rest)| rest.is_empty())
                .map(|(date, _)| date),
        }
        .ok_or(ParseValueError("date"))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month() {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day() {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads a number of exactly `width` digits, at most four.
fn digits(text: &str, width: usize) -> Option<(u16, &str)> {
    let mut number = 0;
    for byte in text.get(..width)?.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u16::from(byte - b'0');
    }
    Some((number, text.get(width..)?))
}

pub(super) fn two(text: &str) -> Option<(u8, &str)> {
    let (number, rest) = digits(text, 2)?;
    Some((u8::try_from(number).ok()?, rest))
}

/// Reads a day with nothing behind it, which is what nearly all dates are; the outer none if the text is something else.
#[inline]
fn read_day(text: &str) -> Option<Option<Date>> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else {
        return None;
    };
    let [y1, y2, y3, y4, m1, m2, d1, d2] =
        [y1, y2, y3, y4, m1, m2, d1, d2].map(|byte| byte.wrapping_sub(b'0'));
    let largest = y1.max(y2).max(y3).max(y4).max(m1).max(m2).max(d1).max(d2);
    (largest < 10).then(|| {
        let year = u16::from(y1 * 10 + y2) * 100 + u16::from(y3 * 10 + y4);
        Date::new(year, Some(m1 * 10 + m2), Some(d1 * 10 + d2))
    })
}

/// Reads a date at the start of a text, and says what is left.
fn read_date(text: &str) -> Option<(Date, &str)> {
    if let Some(day) = read_day(text) {
        return Some((day?, ""));
    }
    let (year, rest) = digits(text, 4)?;
    let Some((month, after)) = rest.strip_prefix('-').and_then(two) else {
        return Some((Date::new(year, None, None)?, rest));
    };
    let Some((day, end)) = after.strip_prefix('-').and_then(two) else {
        return Some((Date::new(year, Some(month), None)?, after));
    };
    Some((Date::new(year, Some(month), Some(day))?, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_clamped_and_days_carry() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(date("2024-01-31").plus_months(1), Some(date("2024-02-29")));
        assert_eq!(date("2024-01").plus_months(-1), Some(date("2023-12")));
        assert_eq!(date("2024").plus_months(12), Some(date("2025")));
        assert_eq!(date("2024-12-31").plus_days(1), Some(date("2025-01-01")));
        assert_eq!(date("9999-12-31").plus_days(1), None);
        assert_eq!(date("2024").plus_months(i64::MAX), None);
        assert_eq!(date("2024-02-29").plus_years(1), Some(date("2025-02-28")));
        assert_eq!(date("2024-02-29").plus_years(-4), Some(date("2020-02-29")));
        assert_eq!(date("2024-02").plus_years(1), Some(date("2025-02")));
        assert_eq!(date("2024").plus_years(-2024), None);
        assert_eq!(date("2024").plus_years(7976), None);
        assert_eq!(date("2024").plus_years(i64::MAX), None);
    }
}
