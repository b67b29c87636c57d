//! The errors of this crate: none holds a value of a message.

use core::fmt;

use crate::{Code, Location};

/// Why bytes are no HL7 v2 message at all, and where that was seen.
///
/// Only five faults are fatal; everything else is a [`Finding`](crate::Finding) of the message. With
/// [`ParseOptions::strict`](crate::ParseOptions::strict) the first finding becomes an error too.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{ErrorKind, Message};
///
/// let error = Message::parse(b"PID|1||7\r").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::NoMsh);
/// assert_eq!(error.code(), "no-msh");
/// assert_eq!(error.to_string(), "no-msh: expected MSH at byte 0");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}: {kind} at byte {offset}", self.code())]
pub struct Error {
    kind: ErrorKind,
    offset: usize,
    location: Option<Location>,
}

/// The kinds of [`Error`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{ErrorKind, Message};
///
/// let kind = |bytes| Message::parse(bytes).map(|_| ()).map_err(|error| error.kind());
/// assert_eq!(kind(b" \r\n"), Err(ErrorKind::Empty));
/// assert_eq!(kind(b"PID|1\r"), Err(ErrorKind::NoMsh));
/// assert_eq!(kind(b"MSH|"), Err(ErrorKind::ShortMsh));
/// assert_eq!(ErrorKind::NoMsh.to_string(), "expected MSH"); // the sentence alone, without code and place
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There are no bytes, or only white space.
    Empty,
    /// The first segment is not MSH.
    NoMsh,
    /// MSH ends before its encoding characters.
    ShortMsh,
    /// MSH-1 cannot separate fields: it is a letter, a digit or not an ASCII character.
    Delimiters,
    /// The input is larger than [`Limits`](crate::Limits) allow.
    Limit,
    /// A finding with this code, raised because the caller asked for strict reading.
    Strict(Code),
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "expected a message, found nothing",
            Self::NoMsh => "expected MSH",
            Self::ShortMsh => "expected MSH-1 and MSH-2",
            Self::Delimiters => "expected a field separator that is neither letter nor digit",
            Self::Limit => "more than the limits allow",
            Self::Strict(code) => code.explanation(),
        })
    }
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, offset: usize) -> Self {
        Self {
            kind,
            offset,
            location: None,
        }
    }

    pub(crate) fn strict(code: Code, offset: usize, location: Option<Location>) -> Self {
        Self {
            kind: ErrorKind::Strict(code),
            offset,
            location,
        }
    }

    /// The kind of fault.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{ErrorKind, Message};
    /// let error = Message::parse(b"PID|1\r").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::NoMsh);
    /// ```
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The stable code of the fault, such as `no-msh`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let error = Message::parse(b"PID|1\r").unwrap_err();
    /// assert_eq!(error.code(), "no-msh");
    /// ```
    pub fn code(&self) -> &'static str {
        match self.kind {
            ErrorKind::Empty => "empty",
            ErrorKind::NoMsh => "no-msh",
            ErrorKind::ShortMsh => "short-msh",
            ErrorKind::Delimiters => "bad-delimiters",
            ErrorKind::Limit => "limit",
            ErrorKind::Strict(code) => code.as_str(),
        }
    }

    /// The byte of the input, counted from 0, at which the fault was seen.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let error = Message::parse(b"PID|1\r").unwrap_err();
    /// assert_eq!(error.offset(), 0);
    /// ```
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The HL7 path of the fault, where it has one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let error = Message::parse(b"PID|1\r").unwrap_err();
    /// assert_eq!(error.location(), None);
    /// ```
    pub fn location(&self) -> Option<Location> {
        self.location
    }
}

/// Why a path is not well formed. It names an offset in the path and no text of a message.
///
/// # Examples
///
/// ```
/// let error = carewire_hl7v2::Path::parse("PID-x").unwrap_err();
/// assert_eq!(error.offset(), 4);
/// assert_eq!(error.to_string(), "expected a field number at byte 4 of the path");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} at byte {offset} of the path")]
pub struct PathError {
    offset: usize,
    expected: &'static str,
}

impl PathError {
    pub(crate) fn new(offset: usize, expected: &'static str) -> Self {
        Self { offset, expected }
    }

    /// The byte of the path, counted from 0, at which it stops being one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Path;
    /// let error = Path::parse("PID-0").unwrap_err();
    /// assert_eq!(error.offset(), 4);
    /// ```
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What the grammar expects there.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Path;
    /// let error = Path::parse("PID-0").unwrap_err();
    /// assert_eq!(error.expected(), "a field number");
    /// ```
    pub fn expected(&self) -> &'static str {
        self.expected
    }
}

/// Why bytes of a message cannot be given as text. It holds the place and the character set, never the bytes.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||CNS 11643-1992\rPID|||||\xA4\xA4\r")?;
/// let name = msg.find("PID-5")?.expect("a name");
/// let error = name.try_text().unwrap_err();
/// assert_eq!(error.code(), "charset-unsupported");
/// assert_eq!(error.to_string(), "charset-unsupported: text in a character set that is not read at PID-5");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}: {} at {location}", self.code(), self.explanation())]
pub struct TextError {
    unsupported: bool,
    offset: usize,
    location: Location,
}

impl TextError {
    pub(crate) fn new(unsupported: bool, offset: usize, location: Location) -> Self {
        Self {
            unsupported,
            offset,
            location,
        }
    }

    /// `charset-unsupported` when the set that MSH-18 names is not read, `charset-invalid` when the bytes do
    /// not fit the set.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||UNICODE UTF-8\rPID|||||M\xFCller\r")?;
    /// let error = msg.find("PID-5")?.expect("a name").try_text().unwrap_err();
    /// assert_eq!(error.code(), "charset-invalid");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn code(&self) -> &'static str {
        if self.unsupported {
            Code::CharsetUnsupported.as_str()
        } else {
            Code::CharsetInvalid.as_str()
        }
    }

    fn explanation(&self) -> &'static str {
        if self.unsupported {
            "text in a character set that is not read"
        } else {
            "bytes that do not fit the character set of the message"
        }
    }

    /// The byte of the input, counted from 0, at which the text starts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||UNICODE UTF-8\rPID|||||M\xFCller\r")?;
    /// let error = msg.find("PID-5")?.expect("a name").try_text().unwrap_err();
    /// assert_eq!(msg.as_bytes().get(error.offset()), Some(&b'M'));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The place of the text.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||UNICODE UTF-8\rPID|||||M\xFCller\r")?;
    /// let error = msg.find("PID-5")?.expect("a name").try_text().unwrap_err();
    /// assert_eq!(error.location().field(), 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn location(&self) -> Location {
        self.location
    }
}

/// Why text cannot be written into a message. It names an offset in the text, not the text.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||8859/1\r")?;
/// let error = msg.encode("Zoë Łukasz").unwrap_err();
/// assert_eq!(error.to_string(), "charset-unmappable: a character that the character set of the message lacks at byte 5 of the text");
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}: a character that the character set of the message lacks at byte {offset} of the text", self.code())]
pub struct EncodeError {
    offset: usize,
}

impl EncodeError {
    pub(crate) fn new(offset: usize) -> Self {
        Self { offset }
    }

    /// The stable code, `charset-unmappable`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||8859/1\r")?;
    /// let error = msg.encode("Zoë Łukasz").unwrap_err();
    /// assert_eq!(error.code(), "charset-unmappable");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn code(&self) -> &'static str {
        "charset-unmappable"
    }

    /// The byte of the text, counted from 0, at which the character starts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||8859/1\r")?;
    /// let error = msg.encode("Zoë Łukasz").unwrap_err();
    /// assert_eq!(error.offset(), 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn offset(&self) -> usize {
        self.offset
    }
}
