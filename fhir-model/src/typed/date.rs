use core::cmp::Ordering;
use core::fmt;
use core::num::NonZeroU16;
use core::str::FromStr;

use super::time::{Clock, Time};

/// A text that is no date or time of the kind that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no date or time of this kind")]
pub struct NotDate;

/// A `date`: a year, a month or a day that the calendar has.
///
/// Dates of different precision have an order only if it is decided: `2024` is before `2025-01`, and neither
/// before, after nor equal to `2024-05`. `Debug` shows the precision alone.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::r4::Date;
/// let birth: Date = "1974-12".parse()?;
/// assert_eq!((birth.year(), birth.month(), birth.day()), (1974, Some(12), None));
/// assert!(birth < "1975".parse()?);
/// assert_eq!(birth.partial_cmp(&"1974-12-25".parse()?), None);
/// assert_eq!(birth.to_string(), "1974-12");
/// # Ok::<(), carewire_fhir_model::r4::NotDate>(())
/// ```
///
/// Spec: <https://hl7.org/fhir/R4/datatypes.html#date>
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Date {
    year: NonZeroU16,
    /// 0: not given.
    month: u8,
    day: u8,
}

impl Date {
    /// A day. `None` if the calendar does not have it, or if the year is not from 1 to 9999.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let date = Self {
            year: NonZeroU16::new(year)?,
            month,
            day,
        };
        (year <= 9999 && (1..=12).contains(&month) && (1..=date.days()).contains(&day)).then_some(date)
    }

    /// Where a list needs a value and has none.
    pub(crate) const HOLE: Self = Self {
        year: NonZeroU16::MIN,
        month: 0,
        day: 0,
    };

    /// The year.
    pub fn year(self) -> u16 {
        self.year.get()
    }

    /// The month, from 1, if it is given.
    pub fn month(self) -> Option<u8> {
        (self.month > 0).then_some(self.month)
    }

    /// The day of the month, from 1, if it is given.
    pub fn day(self) -> Option<u8> {
        (self.day > 0).then_some(self.day)
    }

    /// The date at the start of `text`, and what is behind it.
    fn split(text: &[u8]) -> Option<(Self, &[u8])> {
        let (year, mut rest) = digits::<4>(text)?;
        let mut date = Self {
            year: NonZeroU16::new(year as u16)?,
            month: 0,
            day: 0,
        };
        if let [b'-', more @ ..] = rest {
            (date.month, rest) = digits::<2>(more).map(|(month, rest)| (month as u8, rest))?;
            if !(1..=12).contains(&date.month) {
                return None;
            }
            if let [b'-', more @ ..] = rest {
                (date.day, rest) = digits::<2>(more).map(|(day, rest)| (day as u8, rest))?;
                if !(1..=date.days()).contains(&date.day) {
                    return None;
                }
            }
        }
        Some((date, rest))
    }

    /// Days of its month.
    fn days(self) -> u8 {
        let year = self.year.get();
        match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
            2 => 28,
            _ => 31,
        }
    }

    /// The first and the last day it may stand for, counted from a day long ago.
    fn range(self) -> (i64, i64) {
        let first = day_number(self.year.get(), self.month.max(1), self.day.max(1));
        let last = match (self.month, self.day) {
            (0, _) => day_number(self.year.get(), 12, 31),
            (month, 0) => day_number(self.year.get(), month, self.days()),
            _ => first,
        };
        (first, last)
    }

    fn precision(self) -> u8 {
        u8::from(self.month > 0) + u8::from(self.day > 0)
    }

    pub(crate) fn write(self, out: &mut Buffer) {
        out.number(u32::from(self.year.get()), 4);
        for part in [self.month, self.day] {
            if part > 0 {
                out.byte(b'-');
                out.number(u32::from(part), 2);
            }
        }
    }
}

/// Days from the first of March of the year 0.
fn day_number(year: u16, month: u8, day: u8) -> i64 {
    let (year, month) = match month {
        ..=2 => (i64::from(year) - 1, i64::from(month) + 9),
        _ => (i64::from(year), i64::from(month) - 3),
    };
    year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (month * 153 + 2) / 5
        + i64::from(day)
        - 1
}

/// `N` digits at the start of `text`, and what is behind them.
pub(super) fn digits<const N: usize>(text: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_first_chunk::<N>()?;
    let mut number = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + u32::from(digit - b'0');
    }
    Some((number, rest))
}

impl PartialOrd for Date {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if self == other {
            return Some(Ordering::Equal);
        }
        compare(self.range(), other.range(), false)
    }
}

/// The order of two stretches of time; of those that overlap only equal ones of one precision have one.
fn compare<T: Ord>(a: (T, T), b: (T, T), same_precision: bool) -> Option<Ordering> {
    if a.1 < b.0 {
        Some(Ordering::Less)
    } else if a.0 > b.1 {
        Some(Ordering::Greater)
    } else {
        (same_precision && a == b).then_some(Ordering::Equal)
    }
}

impl FromStr for Date {
    type Err = NotDate;

    fn from_str(text: &str) -> Result<Self, NotDate> {
        match Self::split(text.as_bytes()) {
            Some((date, [])) => Ok(date),
            _ => Err(NotDate),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Buffer::new();
        self.write(&mut out);
        f.pad(out.as_str())
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.precision() {
            0 => "date(year)",
            1 => "date(month)",
            _ => "date(day)",
        })
    }
}

/// An offset from UTC, as it is written.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Zone(i16);

impl Zone {
    /// Written as `Z`.
    const UTC: Self = Self(i16::MAX);
    /// Written as `-00:00`.
    const MINUS_ZERO: Self = Self(i16::MIN);

    fn minutes(self) -> i16 {
        if matches!(self, Self::UTC | Self::MINUS_ZERO) {
            0
        } else {
            self.0
        }
    }

    fn read(text: &[u8]) -> Option<Self> {
        let (sign, rest) = match text {
            b"Z" => return Some(Self::UTC),
            [b'+', rest @ ..] => (1, rest),
            [b'-', rest @ ..] => (-1, rest),
            _ => return None,
        };
        let (hours, rest) = digits::<2>(rest)?;
        let [b':', rest @ ..] = rest else { return None };
        let (minutes, rest) = digits::<2>(rest)?;
        let total = hours * 60 + minutes;
        if !rest.is_empty() || minutes > 59 || total > 14 * 60 {
            return None;
        }
        Some(match (sign, total as i16) {
            (-1, 0) => Self::MINUS_ZERO,
            (sign, total) => Self(sign * total),
        })
    }

    fn write(self, out: &mut Buffer) {
        if self == Self::UTC {
            return out.byte(b'Z');
        }
        let minutes = u32::from(self.minutes().unsigned_abs());
        let behind = self == Self::MINUS_ZERO || self.minutes() < 0;
        out.byte(if behind { b'-' } else { b'+' });
        out.number(minutes / 60, 2);
        out.byte(b':');
        out.number(minutes % 60, 2);
    }
}

/// A `dateTime`: a date, or a day with a time and its offset from UTC.
///
/// Precision, digits of the second and offset are kept. `==` and the order are those of the instants, so that
/// `12:00+02:00` equals `10:00Z`; where the precisions leave the order open there is none, and a date beside a time may
/// be one of any zone. `Debug` shows the
/// precision alone.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::r4::DateTime;
/// let noon: DateTime = "2024-03-01T12:00:00.50+02:00".parse()?;
/// assert_eq!(noon.to_string(), "2024-03-01T12:00:00.50+02:00");
/// assert_eq!(noon, "2024-03-01T10:00:00.5Z".parse()?);
/// assert_eq!(noon.offset_minutes(), Some(120));
/// assert!(noon > "2024-01".parse()?);
/// assert_eq!(noon.partial_cmp(&"2024-03-01".parse()?), None);
/// # Ok::<(), carewire_fhir_model::r4::NotDate>(())
/// ```
///
/// Spec: <https://hl7.org/fhir/R4/datatypes.html#dateTime>
#[derive(Clone, Copy)]
pub struct DateTime {
    date: Date,
    clock: Clock,
    zone: Zone,
}

/// Fifteen hours in nanoseconds: as far as an offset that is not known may move a time.
const UNKNOWN_ZONE: i128 = 15 * 3_600 * 1_000_000_000;
const DAY: i128 = 86_400 * 1_000_000_000;

impl DateTime {
    pub(crate) const HOLE: Self = Self {
        date: Date::HOLE,
        clock: Clock::NONE,
        zone: Zone::UTC,
    };

    /// The date.
    pub fn date(self) -> Date {
        self.date
    }

    /// The time of the day, if it is given.
    pub fn time(self) -> Option<Time> {
        self.clock.time()
    }

    /// Minutes that the time is ahead of UTC, if it has a time.
    pub fn offset_minutes(self) -> Option<i16> {
        self.clock.time().map(|_| self.zone.minutes())
    }

    /// The first and the last nanosecond it may stand for: in UTC if it has a time, else in its own zone.
    fn range(self) -> (i128, i128) {
        let (first, last) = self.date.range();
        if self.clock.time().is_none() {
            return (i128::from(first) * DAY, i128::from(last) * DAY + DAY - 1);
        }
        let zone = i128::from(self.zone.minutes()) * 60_000_000_000;
        let at = i128::from(first) * DAY + self.clock.nanoseconds() - zone;
        (at, at)
    }

    /// Whether `other` lies in all that this one names, such as a day in its month.
    pub(crate) fn covers(self, other: Self) -> bool {
        let (first, last) = self.range();
        let (from, to) = other.range();
        // A time may fall on another day where this one is meant.
        let margin = if other.time().is_some() { UNKNOWN_ZONE } else { 0 };
        self.time().is_none() && first <= from - margin && to + margin <= last
    }

    fn read(text: &[u8]) -> Option<Self> {
        let (date, rest) = Date::split(text)?;
        let [b'T', rest @ ..] = rest else {
            return rest.is_empty().then_some(Self {
                date,
                clock: Clock::NONE,
                zone: Zone::UTC,
            });
        };
        if date.day == 0 {
            return None;
        }
        let (clock, rest) = Clock::split(rest)?;
        let zone = Zone::read(rest)?;
        Some(Self { date, clock, zone })
    }

    pub(crate) fn write(self, out: &mut Buffer) {
        self.date.write(out);
        if self.clock.time().is_some() {
            out.byte(b'T');
            self.clock.write(out);
            self.zone.write(out);
        }
    }
}

impl From<Date> for DateTime {
    fn from(date: Date) -> Self {
        Self {
            date,
            clock: Clock::NONE,
            zone: Zone::UTC,
        }
    }
}

impl From<Instant> for DateTime {
    fn from(instant: Instant) -> Self {
        instant.0
    }
}

impl PartialEq for DateTime {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl Eq for DateTime {}

impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let (mut a, mut b) = (self.range(), other.range());
        let (a_timed, b_timed) = (self.time().is_some(), other.time().is_some());
        for (range, widened) in [(&mut a, b_timed && !a_timed), (&mut b, a_timed && !b_timed)] {
            if widened {
                *range = (range.0 - UNKNOWN_ZONE, range.1 + UNKNOWN_ZONE);
            }
        }
        let same = a_timed == b_timed && (a_timed || self.date.precision() == other.date.precision());
        compare(a, b, same)
    }
}

impl FromStr for DateTime {
    type Err = NotDate;

    fn from_str(text: &str) -> Result<Self, NotDate> {
        Self::read(text.as_bytes()).ok_or(NotDate)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Buffer::new();
        self.write(&mut out);
        f.pad(out.as_str())
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.time().is_some(), self.date.precision()) {
            (true, _) => "dateTime(second)",
            (_, 0) => "dateTime(year)",
            (_, 1) => "dateTime(month)",
            _ => "dateTime(day)",
        })
    }
}

/// An `instant`: a moment, to the second or finer, with its offset from UTC. It always has an order.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::r4::Instant;
/// let issued: Instant = "2015-02-07T13:28:17.239+02:00".parse()?;
/// assert_eq!(issued.to_string(), "2015-02-07T13:28:17.239+02:00");
/// assert!("2015-02-07".parse::<Instant>().is_err());
/// # Ok::<(), carewire_fhir_model::r4::NotDate>(())
/// ```
///
/// Spec: <https://hl7.org/fhir/R4/datatypes.html#instant>
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Instant(DateTime);

impl Instant {
    pub(crate) const HOLE: Self = Self(DateTime::HOLE);

    /// The day, in its own zone.
    pub fn date(self) -> Date {
        self.0.date
    }

    /// The time of the day, in its own zone.
    pub fn time(self) -> Time {
        self.0.time().unwrap_or(Time::HOLE)
    }

    /// Minutes that the time is ahead of UTC.
    pub fn offset_minutes(self) -> i16 {
        self.0.zone.minutes()
    }

    pub(crate) fn write(self, out: &mut Buffer) {
        self.0.write(out);
    }
}

impl PartialOrd for Instant {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Instant {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.range().cmp(&other.0.range())
    }
}

impl TryFrom<DateTime> for Instant {
    type Error = NotDate;

    /// What has no time is no instant.
    fn try_from(at: DateTime) -> Result<Self, NotDate> {
        at.time().map(|_| Self(at)).ok_or(NotDate)
    }
}

impl FromStr for Instant {
    type Err = NotDate;

    fn from_str(text: &str) -> Result<Self, NotDate> {
        text.parse::<DateTime>()?.try_into()
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("instant")
    }
}

/// Room for the longest date and time, so that writing one takes no allocation.
pub(crate) struct Buffer {
    bytes: [u8; 40],
    length: usize,
}

impl Buffer {
    pub(crate) fn new() -> Self {
        Self {
            bytes: [0; 40],
            length: 0,
        }
    }

    pub(super) fn byte(&mut self, byte: u8) {
        if let Some(to) = self.bytes.get_mut(self.length) {
            *to = byte;
            self.length += 1;
        }
    }

    pub(super) fn number(&mut self, mut number: u32, width: usize) {
        let end = self.length + width;
        for to in self.bytes.iter_mut().take(end).skip(self.length).rev() {
            *to = b'0' + (number % 10) as u8;
            number /= 10;
        }
        self.length = end.min(self.bytes.len());
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    pub(crate) fn as_str(&self) -> &str {
        // Digits and marks of ASCII alone are put there.
        core::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    fn at(text: &str) -> DateTime {
        text.parse().expect("a dateTime")
    }

    #[test]
    fn texts_are_kept() {
        for text in [
            "0001",
            "2024-02",
            "2024-02-29",
            "2024-02-29T00:00:00Z",
            "2024-02-29T23:59:60.120-00:00",
            "2024-02-29T10:20:30.123456789+05:45",
            "2024-02-29T10:20:30+00:00",
            "2024-02-29T10:20:30.000-14:00",
        ] {
            assert_eq!(at(text).to_string(), text);
        }
        assert_eq!(size_of::<Option<DateTime>>(), 16);
        assert_eq!(size_of::<Option<Instant>>(), 16);
        assert_eq!(size_of::<Option<Date>>(), 4);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "24",
            "0000",
            "2024-13",
            "2024-1",
            "2024-00",
            "2024-01-32",
            "2024-04-31",
            "2023-02-29",
            "2024-01-01T",
            "2024-01T10:00:00Z",
            "2024-01-01T10:00:00",
            "2024-01-01T10:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T10:00:00.Z",
            "2024-01-01T10:00:00.1234567890Z",
            "2024-01-01T10:00:00+14:01",
            "2024-01-01T10:00:00+1:00",
            " 2024",
            "2024-01-01T10:00:00Z ",
        ] {
            assert!(text.parse::<DateTime>().is_err(), "{text}");
        }
        assert!("2024-01-01T10:00:00Z".parse::<Date>().is_err());
        assert_eq!(Date::new(2023, 2, 29), None);
        assert_eq!(
            Date::new(2024, 2, 29).map(|date| date.to_string()).as_deref(),
            Some("2024-02-29")
        );
    }

    #[test]
    fn order_is_partial() {
        use Ordering::{Equal, Greater, Less};
        for (a, b, order) in [
            ("2024", "2024", Some(Equal)),
            ("2024", "2024-01", None),
            ("2023", "2024-01", Some(Less)),
            ("2024-02-29", "2024-03-01", Some(Less)),
            ("2024-12-31", "2025-01-01", Some(Less)),
            ("2000-02-29", "2000-03", Some(Less)),
            (
                "2024-03-01T12:00:00+02:00",
                "2024-03-01T10:00:00.000Z",
                Some(Equal),
            ),
            ("2024-03-01T00:30:00+02:00", "2024-02-29T23:00:00Z", Some(Less)),
            ("2024-03-01T12:00:00Z", "2024-03-01", None),
            ("2024-03-01T20:00:00Z", "2024-02-29", Some(Greater)),
            ("2024-03-01T01:00:00Z", "2024-02-29", None),
        ] {
            assert_eq!(at(a).partial_cmp(&at(b)), order, "{a} {b}");
            assert_eq!(at(b).partial_cmp(&at(a)), order.map(Ordering::reverse), "{b} {a}");
        }
    }
}
