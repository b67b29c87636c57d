//! Why a value does not have the form of its data type.

use core::fmt;

/// Why a text is no value of its data type, and where in the text.
///
/// It holds no part of the text.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::datatype::{DateTime, DatatypeErrorKind};
///
/// let error = DateTime::parse("20230229").unwrap_err();
/// assert_eq!((error.kind(), error.offset()), (DatatypeErrorKind::Day, 6));
/// assert_eq!(error.to_string(), "no such day in the month at byte 6");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct DatatypeError {
    kind: DatatypeErrorKind,
    offset: u32,
}

/// The kinds of [`DatatypeError`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::datatype::{Date, DatatypeErrorKind, Number};
///
/// let kind = |text| Date::parse(text).map_err(|error| error.kind());
/// assert_eq!(kind("20241301"), Err(DatatypeErrorKind::Month));
/// assert_eq!(kind("20230229"), Err(DatatypeErrorKind::Day));
/// assert_eq!(Number::parse("<5").map_err(|error| error.kind()), Err(DatatypeErrorKind::Syntax));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DatatypeErrorKind {
    /// Another character stands where the form demands digits or its end.
    Syntax,
    /// The year is 0000, or beyond what the target of a conversion holds.
    Year,
    /// The month is not 01 to 12.
    Month,
    /// The month has no such day.
    Day,
    /// The hour is not 00 to 23.
    Hour,
    /// The minute is not 00 to 59.
    Minute,
    /// The second is not 00 to 59.
    Second,
    /// A fraction of a second has more than nine digits.
    Fraction,
    /// The offset is more than 14 hours, or its minutes are not 00 to 59.
    Offset,
    /// The value says less than what was asked for, such as a day of a month alone.
    Precision,
    /// The number is too large for what was asked for.
    Range,
    /// The encoding is none of table 0299 that is read: `A`, `Hex`, `Base64`.
    Encoding,
    /// The text cannot be decoded by the character set of the message.
    Text,
}

impl DatatypeErrorKind {
    fn explanation(self) -> &'static str {
        match self {
            Self::Syntax => "the form of the data type is not kept",
            Self::Year => "no such year",
            Self::Month => "no such month",
            Self::Day => "no such day in the month",
            Self::Hour => "no such hour",
            Self::Minute => "no such minute",
            Self::Second => "no such second",
            Self::Fraction => "more than nine digits in a fraction of a second",
            Self::Offset => "no such offset from UTC",
            Self::Precision => "less precise than asked for",
            Self::Range => "number out of range",
            Self::Encoding => "the encoding is none of A, Hex, Base64",
            Self::Text => "the text does not fit its character set",
        }
    }
}

impl DatatypeError {
    pub(crate) fn new(kind: DatatypeErrorKind, offset: usize) -> Self {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        Self { kind, offset }
    }

    /// What is wrong.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::{Date, DatatypeErrorKind};
    /// let error = Date::parse("2024x").unwrap_err();
    /// assert_eq!(error.kind(), DatatypeErrorKind::Syntax);
    /// ```
    pub fn kind(&self) -> DatatypeErrorKind {
        self.kind
    }

    /// Where in the text of the value, in bytes from 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::datatype::Date;
    /// let error = Date::parse("2024x").unwrap_err();
    /// assert_eq!(error.offset(), 4);
    /// ```
    pub fn offset(&self) -> usize {
        self.offset as usize
    }
}

impl fmt::Display for DatatypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind.explanation(), self.offset)
    }
}

impl core::error::Error for DatatypeError {}
