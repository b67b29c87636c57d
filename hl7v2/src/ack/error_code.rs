//! What was wrong, as the standard codes it.

use crate::error::{Error, ErrorKind};
use crate::finding::Code;

/// A message error condition code, ERR-3.1: open, because later versions and sites add to the table.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Code, ErrorCode};
///
/// assert_eq!(ErrorCode::of(Code::ControlId), ErrorCode::REQUIRED_FIELD);
/// assert_eq!(ErrorCode::REQUIRED_FIELD.code(), 101);
/// assert_eq!(ErrorCode::new(901).text(), "");
/// ```
///
/// Spec: HL7 table 0357.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ErrorCode(u16);

impl ErrorCode {
    /// 0, the message was accepted.
    pub const ACCEPTED: Self = Self(0);
    /// 100, segments that are missing, misplaced or unknown.
    pub const SEGMENT_SEQUENCE: Self = Self(100);
    /// 101, a required field that is missing.
    pub const REQUIRED_FIELD: Self = Self(101);
    /// 102, a value that does not fit its data type.
    pub const DATA_TYPE: Self = Self(102);
    /// 103, a code that its table does not have.
    pub const TABLE_VALUE: Self = Self(103);
    /// 200, a message type that is not supported.
    pub const MESSAGE_TYPE: Self = Self(200);
    /// 201, an event that is not supported.
    pub const EVENT: Self = Self(201);
    /// 202, a processing id that is not supported.
    pub const PROCESSING_ID: Self = Self(202);
    /// 203, a version that is not supported.
    pub const VERSION: Self = Self(203);
    /// 204, an identifier of something that is not known.
    pub const UNKNOWN_KEY: Self = Self(204);
    /// 205, an identifier that is in use already.
    pub const DUPLICATE_KEY: Self = Self(205);
    /// 206, a record that is locked.
    pub const RECORD_LOCKED: Self = Self(206);
    /// 207, a fault of the receiver that has none of the other codes.
    pub const INTERNAL: Self = Self(207);

    /// A code by its number.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::ErrorCode;
    /// assert_eq!(ErrorCode::new(101), ErrorCode::REQUIRED_FIELD);
    /// ```
    pub const fn new(code: u16) -> Self {
        Self(code)
    }

    /// The number.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::ErrorCode;
    /// assert_eq!(ErrorCode::REQUIRED_FIELD.code(), 101);
    /// ```
    pub fn code(self) -> u16 {
        self.0
    }

    /// The description in the table; empty for a code that is not in it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::ErrorCode;
    /// assert_eq!(ErrorCode::REQUIRED_FIELD.text(), "Required field missing");
    /// ```
    pub fn text(self) -> &'static str {
        match self.0 {
            0 => "Message accepted",
            100 => "Segment sequence error",
            101 => "Required field missing",
            102 => "Data type error",
            103 => "Table value not found",
            200 => "Unsupported message type",
            201 => "Unsupported event code",
            202 => "Unsupported processing id",
            203 => "Unsupported version id",
            204 => "Unknown key identifier",
            205 => "Duplicate key identifier",
            206 => "Application record locked",
            207 => "Application internal error",
            _ => "",
        }
    }

    /// The code that a finding is reported with.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Code, ErrorCode};
    /// assert_eq!(ErrorCode::of(Code::ControlId), ErrorCode::REQUIRED_FIELD);
    /// ```
    pub fn of(code: Code) -> Self {
        match code {
            Code::MessageType | Code::ControlId | Code::VersionMissing => Self::REQUIRED_FIELD,
            Code::EncodingCharacters
            | Code::EncodingCharactersShort
            | Code::CharsetInvalid
            | Code::CharsetUndeclared
            | Code::CharsetFallback => Self::DATA_TYPE,
            Code::CharsetUnsupported => Self::TABLE_VALUE,
            Code::StructureUnknown => Self::MESSAGE_TYPE,
            Code::VersionUnknown => Self::VERSION,
            Code::SegmentId
            | Code::SegmentMisplaced
            | Code::SegmentUnknown
            | Code::SegmentMissing
            | Code::GroupMissing
            | Code::SecondMsh
            | Code::StrayLines
            | Code::BlankLine
            | Code::IndentedSegment => Self::SEGMENT_SEQUENCE,
            _ => Self::INTERNAL,
        }
    }

    /// The code that a message which cannot be read is refused with.
    pub(crate) fn of_error(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Empty | ErrorKind::NoMsh => Self::SEGMENT_SEQUENCE,
            ErrorKind::ShortMsh | ErrorKind::Delimiters => Self::REQUIRED_FIELD,
            ErrorKind::Limit => Self::INTERNAL,
            ErrorKind::Strict(code) => Self::of(code),
        }
    }
}
