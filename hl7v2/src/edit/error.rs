//! Why an edit was refused.

use core::fmt;

use crate::location::Location;

/// Why a message was not edited: nothing of it has changed then. It holds places and lengths, never a value.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{EditErrorKind, Message};
///
/// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||8859/1\rPID|1\r")?;
/// let error = msg.set("PID-5.1", "Zoë Łukasz").unwrap_err();
/// assert_eq!(error.kind(), EditErrorKind::Unmappable);
/// assert_eq!(error.offset(), Some(5));
/// assert_eq!(
///     error.to_string(),
///     "charset-unmappable: a character that the character set of the message lacks at byte 5 of the value for PID-5.1",
/// );
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}{}", self.code(), self.kind.explanation(), Tail(self))]
pub struct EditError {
    kind: EditErrorKind,
    offset: Option<usize>,
    location: Option<Location>,
}

/// The kinds of [`EditError`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{EditErrorKind, Message};
///
/// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\r")?;
/// assert_eq!(msg.set("PID-x", "7").map_err(|error| error.kind()), Err(EditErrorKind::Path));
/// assert_eq!(msg.set("PV1-2", "O").map_err(|error| error.kind()), Err(EditErrorKind::Missing));
/// assert_eq!(msg.set("MSH-2", "#").map_err(|error| error.kind()), Err(EditErrorKind::Delimiters));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EditErrorKind {
    /// The path is not well formed; [`EditError::offset`] counts in it.
    Path,
    /// No segment, or no repetition that fits the condition, is there to be edited.
    Missing,
    /// MSH-1 and MSH-2 are the delimiters that the rest is written in: they stay.
    Delimiters,
    /// The message declares no delimiter, or no escape character, that the value needs.
    NoDelimiter,
    /// A character is in none of the sets of MSH-18; [`EditError::offset`] counts in the value.
    Unmappable,
    /// A value that is copied cannot be decoded.
    Undecodable,
    /// Raw bytes hold a delimiter of a level above their place, a carriage return, or end inside a character;
    /// [`EditError::offset`] counts in them.
    Raw,
    /// The place has no such level: parts of a subcomponent, a repetition in a component, a field of nothing.
    Level,
    /// A segment id is not a letter and two letters or digits, upper case.
    SegmentId,
    /// MSH is the first segment, and the only one of its kind.
    Header,
    /// A number is more than 65,536 beyond the last one there, or the message would be too large.
    Limit,
    /// The structure has no place for the segment or group there, or is not known.
    Place,
    /// Bytes elsewhere in the segment would be read as another segment.
    Structure,
    /// The message has been edited since, or it is another one: see [`Message::undo`](crate::Message::undo).
    Stale,
}

impl EditErrorKind {
    fn code(self) -> &'static str {
        match self {
            Self::Path => "edit-path",
            Self::Missing => "edit-missing",
            Self::Delimiters => "edit-delimiters",
            Self::NoDelimiter => "edit-no-delimiter",
            Self::Unmappable => "charset-unmappable",
            Self::Undecodable => "charset-invalid",
            Self::Raw => "edit-raw",
            Self::Level => "edit-level",
            Self::SegmentId => "edit-segment-id",
            Self::Header => "edit-header",
            Self::Limit => "limit",
            Self::Structure => "edit-structure",
            Self::Place => "edit-place",
            Self::Stale => "edit-stale",
        }
    }

    fn explanation(self) -> &'static str {
        match self {
            Self::Path => "expected an hl7 path",
            Self::Missing => "nothing there to be edited",
            Self::Delimiters => "delimiters that cannot be edited",
            Self::NoDelimiter => "a delimiter that the message does not declare",
            Self::Unmappable => "a character that the character set of the message lacks",
            Self::Undecodable => "a value that cannot be decoded",
            Self::Raw => "raw bytes that do not fit their place",
            Self::Level => "a value with more levels than its place",
            Self::SegmentId => "expected a segment id",
            Self::Header => "expected MSH as the first segment only",
            Self::Limit => "more than the limits allow",
            Self::Structure => "an edit that would make another segment",
            Self::Place => "a segment or group for which the structure has no place there",
            Self::Stale => "a message that has been edited since",
        }
    }
}

impl EditError {
    pub(crate) fn new(kind: EditErrorKind) -> Self {
        Self {
            kind,
            offset: None,
            location: None,
        }
    }

    pub(crate) fn at(self, location: Location) -> Self {
        Self {
            location: self.location.or(Some(location)),
            ..self
        }
    }

    pub(crate) fn offset_in_value(kind: EditErrorKind, offset: usize) -> Self {
        Self {
            offset: Some(offset),
            ..Self::new(kind)
        }
    }

    /// The kind of fault.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{EditErrorKind, Message};
    /// # let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||8859/1\rPID|1\r")?;
    /// let error = msg.set("PID-5.1", "Zoë Łukasz").unwrap_err();
    /// assert_eq!(error.kind(), EditErrorKind::Unmappable);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn kind(&self) -> EditErrorKind {
        self.kind
    }

    /// The stable code, such as `edit-missing`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||8859/1\rPID|1\r")?;
    /// let error = msg.set("PID-5.1", "Zoë Łukasz").unwrap_err();
    /// assert_eq!(error.code(), "charset-unmappable");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// The byte, counted from 0, of the path or of the value that was given.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||8859/1\rPID|1\r")?;
    /// let error = msg.set("PID-5.1", "Zoë Łukasz").unwrap_err();
    /// assert_eq!(error.offset(), Some(5));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn offset(&self) -> Option<usize> {
        self.offset
    }

    /// The place that was to be edited, where it is known.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||8859/1\rPID|1\r")?;
    /// let error = msg.set("PID-5.1", "Zoë Łukasz").unwrap_err();
    /// assert_eq!(error.location().map(|place| place.to_string()).as_deref(), Some("PID-5.1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn location(&self) -> Option<Location> {
        self.location
    }
}

/// What follows the explanation: the byte and the place.
struct Tail<'e>(&'e EditError);

impl fmt::Display for Tail<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = if self.0.kind == EditErrorKind::Path {
            "path"
        } else {
            "value"
        };
        match (self.0.offset, self.0.location) {
            (None, None) => Ok(()),
            (None, Some(location)) => write!(f, " at {location}"),
            (Some(offset), None) => write!(f, " at byte {offset} of the {of}"),
            (Some(offset), Some(location)) => write!(f, " at byte {offset} of the {of} for {location}"),
        }
    }
}
