use core::fmt;
use core::str::FromStr;

use super::date::{Buffer, NotDate, digits};

/// A `time` of the day, with the digits of the second it was written with. `Debug` shows nothing of it.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::r4::Time;
/// let start: Time = "08:30:00.0".parse()?;
/// assert_eq!((start.hour(), start.minute(), start.second()), (8, 30, 0));
/// assert_eq!(start, "08:30:00".parse()?);
/// assert_eq!(start.to_string(), "08:30:00.0");
/// # Ok::<(), carewire_fhir_model::r4::NotDate>(())
/// ```
///
/// Spec: <https://hl7.org/fhir/R4/datatypes.html#time>
#[derive(Clone, Copy)]
pub struct Time(Clock);

/// A time of the day or none.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    nanoseconds: u32,
    hour: u8,
    minute: u8,
    second: u8,
    digits: Digits,
}

/// Digits behind the second's point. An enum, for the room it leaves for `None`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Digits {
    NoTime,
    D0,
    D1,
    D2,
    D3,
    D4,
    D5,
    D6,
    D7,
    D8,
    D9,
}

impl Digits {
    const ALL: [Self; 10] = [
        Self::D0,
        Self::D1,
        Self::D2,
        Self::D3,
        Self::D4,
        Self::D5,
        Self::D6,
        Self::D7,
        Self::D8,
        Self::D9,
    ];
}

impl Clock {
    pub(super) const NONE: Self = Self {
        nanoseconds: 0,
        hour: 0,
        minute: 0,
        second: 0,
        digits: Digits::NoTime,
    };

    pub(super) fn time(self) -> Option<Time> {
        (self.digits != Digits::NoTime).then_some(Time(self))
    }

    /// Since the start of the day.
    pub(super) fn nanoseconds(self) -> i128 {
        let seconds = (u32::from(self.hour) * 60 + u32::from(self.minute)) * 60 + u32::from(self.second);
        i128::from(seconds) * 1_000_000_000 + i128::from(self.nanoseconds)
    }

    /// The time at the start of `text`, and what is behind it.
    pub(super) fn split(text: &[u8]) -> Option<(Self, &[u8])> {
        let (hour, rest) = digits::<2>(text)?;
        let [b':', rest @ ..] = rest else { return None };
        let (minute, rest) = digits::<2>(rest)?;
        let [b':', rest @ ..] = rest else { return None };
        let (second, mut rest) = digits::<2>(rest)?;
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let (mut nanoseconds, mut count) = (0, 0);
        if let [b'.', more @ ..] = rest {
            rest = more;
            let mut unit = 100_000_000;
            while let [digit @ b'0'..=b'9', more @ ..] = rest {
                nanoseconds += u32::from(digit - b'0') * unit;
                unit /= 10;
                count += 1;
                rest = more;
            }
            if count == 0 {
                return None;
            }
        }
        let clock = Self {
            nanoseconds,
            hour: hour as u8,
            minute: minute as u8,
            second: second as u8,
            digits: Digits::ALL.get(count).copied()?,
        };
        Some((clock, rest))
    }

    pub(super) fn write(self, out: &mut Buffer) {
        for (at, part) in [self.hour, self.minute, self.second].into_iter().enumerate() {
            if at > 0 {
                out.byte(b':');
            }
            out.number(u32::from(part), 2);
        }
        let count = (self.digits as u8).saturating_sub(1);
        if count > 0 {
            out.byte(b'.');
            let unit = 10_u32.pow(u32::from(9 - count.min(9)));
            out.number(self.nanoseconds / unit, usize::from(count));
        }
    }
}

impl Time {
    pub(crate) const HOLE: Self = Self(Clock {
        digits: Digits::D0,
        ..Clock::NONE
    });

    /// The hour, 0 to 23.
    pub fn hour(self) -> u8 {
        self.0.hour
    }

    /// The minute, 0 to 59.
    pub fn minute(self) -> u8 {
        self.0.minute
    }

    /// The second, 0 to 60.
    pub fn second(self) -> u8 {
        self.0.second
    }

    /// Nanoseconds of the second.
    pub fn nanosecond(self) -> u32 {
        self.0.nanoseconds
    }

    pub(crate) fn write(self, out: &mut Buffer) {
        self.0.write(out);
    }
}

impl PartialEq for Time {
    fn eq(&self, other: &Self) -> bool {
        self.0.nanoseconds() == other.0.nanoseconds()
    }
}

impl Eq for Time {}

impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Time {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.0.nanoseconds().cmp(&other.0.nanoseconds())
    }
}

impl FromStr for Time {
    type Err = NotDate;

    fn from_str(text: &str) -> Result<Self, NotDate> {
        match Clock::split(text.as_bytes()) {
            Some((clock, [])) => Ok(Self(clock)),
            _ => Err(NotDate),
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = Buffer::new();
        self.write(&mut out);
        f.pad(out.as_str())
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("time")
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn digits_are_kept_and_do_not_count() {
        for text in [
            "00:00:00",
            "23:59:60",
            "08:30:00.0",
            "08:30:00.000000001",
            "12:00:00.120",
        ] {
            assert_eq!(
                text.parse::<Time>().map(|time| time.to_string()).as_deref(),
                Ok(text)
            );
        }
        assert_eq!(size_of::<Option<Time>>(), 8);
        for text in [
            "8:30:00",
            "08:30",
            "08:30:00.",
            "08:30:00Z",
            "24:00:00",
            "08:30:00.0000000001",
        ] {
            assert!(text.parse::<Time>().is_err(), "{text}");
        }
    }
}
