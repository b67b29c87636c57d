//! Times of day, each as precise as it was written.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::date::{Precision, two};
use super::decimal::ParseValueError;

/// A time of day: an hour, a minute, a second, or a second with a fraction of up to nine digits.
///
/// Spec: FHIRPath 2.0.0, 4.1.6 Time.
///
/// # Examples
///
/// ```
/// # use carewire_fhirpath::Time;
/// # use std::cmp::Ordering;
/// let minute: Time = "10:30".parse()?;
/// assert_eq!((minute.hour(), minute.minute(), minute.second()), (10, Some(30), None));
/// assert_eq!(minute.compare("10:29:59".parse()?), Some(Ordering::Greater));
/// assert_eq!(minute.compare("10:30:15".parse()?), None);
/// # Ok::<(), carewire_fhirpath::ParseValueError>(())
/// ```
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
