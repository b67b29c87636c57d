//! Dates, dates with times, and times of day, each as precise as it was written.

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
/// Spec: FHIRPath 2.0.0, 2.6 Date.
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
        for (left, right) in [(self.year, other.year), (self.month.into(), other.month.into())]
            .into_iter()
            .chain([(self.day.into(), other.day.into())])
        {
            match (left, right) {
                (0, 0) => return Some(Ordering::Equal),
                (0, _) | (_, 0) => return None,
                _ if left != right => return Some(left.cmp(&right)),
                _ => {}
            }
        }
        Some(Ordering::Equal)
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
        read_date(text)
            .filter(|(_, rest)| rest.is_empty())
            .map(|(date, _)| date)
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

/// A time of day: an hour, a minute, a second, or a second with a fraction of up to nine digits.
///
/// Spec: FHIRPath 2.0.0, 2.7 Time.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Time {
    hour: u8,
    minute: u8,
    second: u8,
    /// Digits the fraction was written with.
    digits: u8,
    nanosecond: u32,
    precision: Precision,
}

impl Time {
    /// The time, or `None` if a number is out of its range or a finer part stands without the coarser.
    ///
    /// `fraction` is nanoseconds and the number of digits to write them with, 1 to 9.
    #[must_use]
    pub fn new(
        hour: u8,
        minute: Option<u8>,
        second: Option<u8>,
        fraction: Option<(u32, u8)>,
    ) -> Option<Self> {
        let precision = match (minute, second, fraction) {
            (None, None, None) => Precision::Hour,
            (Some(_), None, None) => Precision::Minute,
            (Some(_), Some(_), None) => Precision::Second,
            (Some(_), Some(_), Some(_)) => Precision::Millisecond,
            _ => return None,
        };
        let (minute, second) = (minute.unwrap_or(0), second.unwrap_or(0));
        let (nanosecond, digits) = fraction.unwrap_or((0, 0));
        // A leap second is written as 60 and kept.
        let valid = hour < 24 && minute < 60 && second <= 60 && nanosecond < 1_000_000_000 && digits <= 9;
        (valid && (fraction.is_none() || digits > 0)).then_some(Self {
            hour,
            minute,
            second,
            digits,
            nanosecond,
            precision,
        })
    }

    /// The hour, 0 to 23.
    #[must_use]
    pub fn hour(self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59.
    #[must_use]
    pub fn minute(self) -> Option<u8> {
        (self.precision >= Precision::Minute).then_some(self.minute)
    }

    /// The second, 0 to 59, or 60 in a leap second.
    #[must_use]
    pub fn second(self) -> Option<u8> {
        (self.precision >= Precision::Second).then_some(self.second)
    }

    /// The fraction of the second in nanoseconds.
    #[must_use]
    pub fn nanosecond(self) -> Option<u32> {
        (self.precision == Precision::Millisecond).then_some(self.nanosecond)
    }

    /// Hour, minute, second or millisecond.
    #[must_use]
    pub fn precision(self) -> Precision {
        self.precision
    }

    /// The order of two times; `None` where one is less precise and they agree as far as both go.
    #[must_use]
    pub fn compare(self, other: Self) -> Option<Ordering> {
        let order = self.hour.cmp(&other.hour);
        if order.is_ne() {
            return Some(order);
        }
        match (self.minute(), other.minute()) {
            (Some(left), Some(right)) if left == right => {}
            (Some(left), Some(right)) => return Some(left.cmp(&right)),
            (None, None) => return Some(Ordering::Equal),
            _ => return None,
        }
        match (self.second(), other.second()) {
            (Some(left), Some(right)) => Some((left, self.nanosecond).cmp(&(right, other.nanosecond))),
            (None, None) => Some(Ordering::Equal),
            _ => None,
        }
    }

    /// Reads a time of day at the start of a text, and says what is left.
    pub(crate) fn read(text: &str) -> Option<(Self, &str)> {
        read_time(text)
    }

    /// Nanoseconds since midnight of the first moment the time can mean.
    pub(crate) fn nanoseconds(self) -> i64 {
        let seconds = i64::from(self.hour) * 3_600 + i64::from(self.minute) * 60 + i64::from(self.second);
        seconds * 1_000_000_000 + i64::from(self.nanosecond)
    }

    /// The time of a number of nanoseconds since midnight, as precise as `self`.
    pub(crate) fn with_nanoseconds(self, nanoseconds: i64) -> Option<Self> {
        let seconds = u32::try_from(nanoseconds / 1_000_000_000).ok()?;
        let fraction = u32::try_from(nanoseconds % 1_000_000_000).ok()?;
        let mut time = self;
        time.hour = u8::try_from(seconds / 3_600).ok().filter(|hour| *hour < 24)?;
        time.minute = if self.precision >= Precision::Minute {
            u8::try_from(seconds / 60 % 60).ok()?
        } else {
            0
        };
        time.second = if self.precision >= Precision::Second {
            u8::try_from(seconds % 60).ok()?
        } else {
            0
        };
        time.nanosecond = if self.precision == Precision::Millisecond {
            fraction
        } else {
            0
        };
        Some(time)
    }

    /// The time cut or filled with zeros to a precision.
    pub(crate) fn with_precision(self, precision: Precision) -> Self {
        let precision = precision.max(Precision::Hour);
        let mut time = Self { precision, ..self };
        if precision < Precision::Minute {
            time.minute = 0;
        }
        if precision < Precision::Second {
            time.second = 0;
        }
        if precision < Precision::Millisecond {
            (time.nanosecond, time.digits) = (0, 0);
        } else {
            time.digits = time.digits.max(3);
        }
        time
    }
}

impl FromStr for Time {
    type Err = ParseValueError;

    /// Reads `hh`, `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fff`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read_time(text)
            .filter(|(_, rest)| rest.is_empty())
            .map(|(time, _)| time)
            .ok_or(ParseValueError("time"))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.hour)?;
        if let Some(minute) = self.minute() {
            write!(f, ":{minute:02}")?;
        }
        if let Some(second) = self.second() {
            write!(f, ":{second:02}")?;
        }
        if let Some(nanosecond) = self.nanosecond() {
            let width = usize::from(self.digits);
            let shown = nanosecond / 10_u32.pow(9_u32.saturating_sub(u32::from(self.digits)));
            write!(f, ".{shown:0width$}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

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
/// Spec: FHIRPath 2.0.0, 2.8 DateTime.
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

/// Reads a number of exactly `width` digits.
fn digits(text: &str, width: usize) -> Option<(u16, &str)> {
    let head = text
        .get(..width)
        .filter(|head| head.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some((head.parse().ok()?, text.get(width..)?))
}

fn two(text: &str) -> Option<(u8, &str)> {
    let (number, rest) = digits(text, 2)?;
    Some((u8::try_from(number).ok()?, rest))
}

/// Reads a date at the start of a text, and says what is left.
fn read_date(text: &str) -> Option<(Date, &str)> {
    let (year, rest) = digits(text, 4)?;
    let Some((month, after)) = rest.strip_prefix('-').and_then(two) else {
        return Some((Date::new(year, None, None)?, rest));
    };
    let Some((day, end)) = after.strip_prefix('-').and_then(two) else {
        return Some((Date::new(year, Some(month), None)?, after));
    };
    Some((Date::new(year, Some(month), Some(day))?, end))
}

/// Reads a time of day at the start of a text, without `T`, and says what is left.
fn read_time(text: &str) -> Option<(Time, &str)> {
    let (hour, rest) = two(text)?;
    let Some((minute, after)) = rest.strip_prefix(':').and_then(two) else {
        return Some((Time::new(hour, None, None, None)?, rest));
    };
    let Some((second, end)) = after.strip_prefix(':').and_then(two) else {
        return Some((Time::new(hour, Some(minute), None, None)?, after));
    };
    let fraction = end.strip_prefix('.').unwrap_or("");
    let width = fraction.bytes().take_while(u8::is_ascii_digit).count();
    if width == 0 {
        return Some((Time::new(hour, Some(minute), Some(second), None)?, end));
    }
    // Digits after the ninth are dropped: no clock writes them.
    let kept = width.min(9);
    let shown: u32 = fraction.get(..kept)?.parse().ok()?;
    let kept = u8::try_from(kept).ok()?;
    let nanosecond = shown * 10_u32.pow(9 - u32::from(kept));
    Some((
        Time::new(hour, Some(minute), Some(second), Some((nanosecond, kept)))?,
        fraction.get(width..)?,
    ))
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
    let (date, rest) = read_date(text)?;
    let Some((time, after)) = rest.strip_prefix('T').and_then(read_time) else {
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

    #[test]
    fn months_are_clamped_and_days_carry() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(date("2024-01-31").plus_months(1), Some(date("2024-02-29")));
        assert_eq!(date("2024-01").plus_months(-1), Some(date("2023-12")));
        assert_eq!(date("2024").plus_months(12), Some(date("2025")));
        assert_eq!(date("2024-12-31").plus_days(1), Some(date("2025-01-01")));
        assert_eq!(date("9999-12-31").plus_days(1), None);
        assert_eq!(date("2024").plus_months(i64::MAX), None);
    }
}
