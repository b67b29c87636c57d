//! Offsets from UTC.

use core::fmt;

use super::{DatatypeError, DatatypeErrorKind};
use crate::parse::date_time::RawOffset;

/// The offset of a local time from UTC, in minutes, at most 14 hours either way.
///
/// `-0000` is read as `+0000`.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::datatype::Offset;
///
/// let eastern = Offset::east(-300).expect("five hours");
/// assert_eq!(eastern.to_string(), "-0500");
/// assert_eq!(Offset::east(15 * 60), None);
/// ```
///
/// Spec: HL7 v2.8.2 chapter 2A, 2A.3.22 DTM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Offset(i16);

impl Offset {
    /// UTC itself.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Offset;
    /// assert_eq!(Offset::UTC.to_string(), "+0000");
    /// assert_eq!(Offset::east(0), Some(Offset::UTC));
    /// ```
    pub const UTC: Self = Self(0);

    /// So many minutes east of UTC; `None` beyond 14 hours.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Offset;
    /// assert_eq!(Offset::east(-210).map(|offset| offset.to_string()).as_deref(), Some("-0330"));
    /// ```
    pub const fn east(minutes: i16) -> Option<Self> {
        if minutes < -840 || minutes > 840 {
            return None;
        }
        Some(Self(minutes))
    }

    /// The minutes east of UTC.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Offset;
    /// assert_eq!(Offset::east(60).map(|offset| offset.minutes()), Some(60));
    /// ```
    pub const fn minutes(self) -> i16 {
        self.0
    }

    /// `at` is where the offset stands in its text.
    pub(super) fn of(raw: RawOffset, at: usize) -> Result<Self, DatatypeError> {
        let minutes = i16::from(raw.hours) * 60 + i16::from(raw.minutes);
        let east = Self::east(if raw.negative { -minutes } else { minutes });
        east.filter(|_| raw.minutes < 60)
            .ok_or(DatatypeError::new(DatatypeErrorKind::Offset, at))
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0.unsigned_abs();
        let sign = if self.0 < 0 { '-' } else { '+' };
        write!(f, "{sign}{:02}{:02}", minutes / 60, minutes % 60)
    }
}
