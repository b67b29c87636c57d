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
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::ErrorCode;
    /// assert_eq!(ErrorCode::ACCEPTED.text(), "Message accepted");
    /// ```
    pub const ACCEPTED: Self = Self(0);
    /// 100, segments that are missing, misplaced or unknown.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Code, ErrorCode};
    /// assert_eq!(ErrorCode::of(Code::SegmentMissing), ErrorCode::SEGMENT_SEQUENCE);
    /// ```
    pub const SEGMENT_SEQUENCE: Self = Self(100);
    /// 101, a required field that is missing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Code, ErrorCode};
    /// assert_eq!(ErrorCode::of(Code::MessageType), ErrorCode::REQUIRED_FIELD);
    /// ```
    pub const REQUIRED_FIELD: Self = Self(101);
    /// 102, a value that does not fit its data type.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Code, ErrorCode};
    /// assert_eq!(ErrorCode::of(Code::CharsetInvalid), ErrorCode::DATA_TYPE);
    /// ```
    pub const DATA_TYPE: Self = Self(102);
    /// 103, a code that its table does not have.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Code, ErrorCode};
    /// assert_eq!(ErrorCode::of(Code::CharsetUnsupported), ErrorCode::TABLE_VALUE);
    /// ```
    pub const TABLE_VALUE: Self = Self(103);
    /// 200, a message type that is not supported.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Code, ErrorCode};
    /// assert_eq!(ErrorCode::of(Code::StructureUnknown), ErrorCode::MESSAGE_TYPE);
    /// ```
    pub const MESSAGE_TYPE: Self = Self(200);
    /// 201, an event that is not supported.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::ErrorCode;
    /// assert_eq!((ErrorCode::EVENT.code(), ErrorCode::EVENT.text()), (201, "Unsupported event code"));
    /// ```
    pub const EVENT: Self = Self(201);
    /// 202, a processing id that is not supported.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::ErrorCode;
    /// assert_eq!(ErrorCode::PROCESSING_ID.text(), "Unsupported processing id");
    /// ```
    pub const PROCESSING_ID: Self = Self(202);
    /// 203, a version that is not supported.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Code, ErrorCode};
    /// assert_eq!(ErrorCode::of(Code::VersionUnknown), ErrorCode::VERSION);
    /// ```
    pub const VERSION: Self = Self(203);
    /// 204, an identifier of something that is not known.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::ErrorCode;
    /// assert_eq!((ErrorCode::UNKNOWN_KEY.code(), ErrorCode::UNKNOWN_KEY.text()), (204, "Unknown key identifier"));
    /// ```
    pub const UNKNOWN_KEY: Self = Self(204);
    /// 205, an identifier that is in use already.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::ErrorCode;
    /// assert_eq!((ErrorCode::DUPLICATE_KEY.code(), ErrorCode::DUPLICATE_KEY.text()), (205, "Duplicate key identifier"));
    /// ```
    pub const DUPLICATE_KEY: Self = Self(205);
    /// 206, a record that is locked.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::ErrorCode;
    /// assert_eq!((ErrorCode::RECORD_LOCKED.code(), ErrorCode::RECORD_LOCKED.text()), (206, "Application record locked"));
    /// ```
    pub const RECORD_LOCKED: Self = Self(206);
    /// 207, a fault of the receiver that has none of the other codes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Code, ErrorCode};
    /// assert_eq!(ErrorCode::of(Code::FrameLimit), ErrorCode::INTERNAL);
    /// ```
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
