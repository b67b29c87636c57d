//! Dates with a time of day and an offset, each as precise as it was written.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::date::{Date, Precision, two};
use super::decimal::ParseValueError;
use super::time::Time;

/// A date, perhaps with a time of day and an offset from UTC: `2024-02`, `2024-02-01T10:30+01:00`.
///
/// # Examples
///
/// ```
/// # use carewire_fhirpath::DateTime;
/// # use std::cmp::Ordering;
/// let berlin: DateTime = "2024-02-01T10:30:00+01:00".parse()?;
/// let london: DateTime = "2024-02-01T09:30:00Z".parse()?;
/// assert_eq!(berlin.compare(london), Some(Ordering::Equal));
/// assert_eq!(berlin.offset_minutes(), Some(60));
/// # Ok::<(), carewire_fhirpath::ParseValueError>(())
/// ```
///
/// Spec: FHIRPath 2.0.0, 4.1.7 DateTime.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DateTime {
    date: Date,
    time: Option<Time>,
    /// Minutes east of UTC.
    offset: Option<i16>,
}

impl DateTime {
    /// The value, or `None` if a time has no day, an offset no time, or the offset is beyond 14 hours.
    #[must_use]
    pub fn new(date: Date, time: Option<Time>, offset_minutes: Option<i16>) -> Option<Self> {
        let valid = (time.is_none() || date.precision() == Precision::Day)
            && (offset_minutes.is_none() || time.is_some())
            && offset_minutes.is_none_or(|offset| (-14 * 60..=14 * 60).contains(&offset));
        valid.then_some(Self {
            date,
            time,
            offset: offset_minutes,
        })
    }

    /// The date.
    #[must_use]
    pub fn date(self) -> Date {
        self.date
    }

    /// The time of day.
    #[must_use]
    pub fn time(self) -> Option<Time> {
        self.time
    }

    /// Minutes east of UTC.
    #[must_use]
    pub fn offset_minutes(self) -> Option<i16> {
        self.offset
    }

    /// The finest part that was written.
    #[must_use]
    pub fn precision(self) -> Precision {
        self.time.map_or(self.date.precision(), Time::precision)
    }

    /// The order of two values; `None` where one is less precise and they agree as far as both go, or where only one
    /// has an offset and the order depends on it.
    #[must_use]
    pub fn compare(self, other: Self) -> Option<Ordering> {
        let (left, right) = match (self.offset, other.offset) {
            (Some(left), Some(right)) if left != right => (self.in_utc()?, other.in_utc()?),
            // Two moments more than 28 hours apart are in order wherever the one without an offset was written.
            (Some(_), None) | (None, Some(_)) if self.time.is_some() && other.time.is_some() => {
                let distance = self.wall_nanoseconds() - other.wall_nanoseconds();
                let spread = 28 * 3_600 * 1_000_000_000_i128;
                return (distance.abs() > spread).then(|| distance.cmp(&0));
            }
            _ => (self, other),
        };
        match left.date.compare(right.date)? {
            Ordering::Equal => {}
            order => return Some(order),
        }
        match (left.time, right.time) {
            (Some(left), Some(right)) => left.compare(right),
            (None, None) => Some(Ordering::Equal),
            _ => None,
        }
    }

    /// Reads a date, perhaps with a time and an offset, at the start of a text, and says what is left.
    pub(crate) fn read(text: &str) -> Option<(Self, &str)> {
        read_date_time(text)
    }

    /// Reads an offset at the start of a text: minutes, and what is left.
    pub(crate) fn read_offset(text: &str) -> Option<(i16, &str)> {
        read_offset(text)
    }

    fn wall_nanoseconds(self) -> i128 {
        let time = self.time.map_or(0, Time::nanoseconds);
        i128::from(self.date.first_day()) * 86_400_000_000_000 + i128::from(time)
    }

    /// The same moment with offset zero; an hour keeps its precision, as minutes of an offset are cut with it.
    fn in_utc(self) -> Option<Self> {
        let (Some(offset), Some(_)) = (self.offset, self.time) else {
            return Some(self);
        };
        let moved = self.plus_nanoseconds(-i64::from(offset) * 60 * 1_000_000_000)?;
        Some(Self {
            offset: Some(0),
            ..moved
        })
    }

    /// The value `nanoseconds` later.
    pub(crate) fn plus_nanoseconds(self, nanoseconds: i64) -> Option<Self> {
        const DAY: i64 = 86_400_000_000_000;
        let Some(time) = self.time else {
            return Some(Self {
                date: self.date.plus_days(nanoseconds / DAY)?,
                ..self
            });
        };
        let sum = time.nanoseconds().checked_add(nanoseconds)?;
        let date = self.date.plus_days(sum.div_euclid(DAY))?;
        Some(Self {
            date,
            time: Some(time.with_nanoseconds(sum.rem_euclid(DAY))?),
            ..self
        })
    }

    pub(crate) fn with_date(self, date: Date) -> Self {
        Self { date, ..self }
    }
}

impl From<Date> for DateTime {
    fn from(date: Date) -> Self {
        Self {
            date,
            time: None,
            offset: None,
        }
    }
}

impl FromStr for DateTime {
    type Err = ParseValueError;

    /// Reads a date, or a date with `T`, a time and perhaps an offset.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read_date_time(text)
            .filter(|(_, rest)| rest.is_empty())
            .map(|(value, _)| value)
            .ok_or(ParseValueError("date and time"))
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.date, f)?;
        if let Some(time) = self.time {
            write!(f, "T{time}")?;
        }
        match self.offset {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                let minutes = offset.unsigned_abs();
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Reads an offset, `Z` or `+hh:mm`, at the start of a text.
fn read_offset(text: &str) -> Option<(i16, &str)> {
    if let Some(rest) = text.strip_prefix('Z') {
        return Some((0, rest));
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, rest) = two(rest)?;
    let (minutes, rest) = two(rest.strip_prefix(':')?)?;
    (hours <= 14 && minutes < 60).then(|| (sign * (i16::from(hours) * 60 + i16::from(minutes)), rest))
}

/// Reads a date, perhaps with `T`, a time and an offset, at the start of a text.
fn read_date_time(text: &str) -> Option<(DateTime, &str)> {
    let (date, rest) = Date::read(text)?;
    let Some((time, after)) = rest.strip_prefix('T').and_then(Time::read) else {
        return Some((DateTime::from(date), rest));
    };
    let (offset, end) = read_offset(after).map_or((None, after), |(offset, end)| (Some(offset), end));
    Some((DateTime::new(date, Some(time), offset)?, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_kept_as_written() {
        for text in [
            "2024",
            "2024-02",
            "2024-02-29",
            "2024-02-29T23",
            "2024-02-29T23:59:60",
            "2024-02-29T23:59:59.120-03:30",
            "2024-02-29T23:59:59Z",
        ] {
            assert_eq!(text.parse::<DateTime>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "24",
            "2024-2",
            "2023-02-29",
            "2024-02T10",
            "2024-02-01T24",
            "2024-02-01T10:00+15:00",
        ] {
            assert!(text.parse::<DateTime>().is_err(), "{text}");
        }
    }
}
