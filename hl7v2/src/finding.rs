//! What reading a message noticed: stable codes with places.

use core::fmt;

use crate::Location;

/// How grave a [`Finding`] is: the codes of FHIR's IssueSeverity that a reader can give.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Code, Severity};
///
/// assert!(Severity::Information < Severity::Warning && Severity::Warning < Severity::Error);
/// assert_eq!(Code::CharsetInvalid.severity(), Severity::Error);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// The message departs from the standard in a way that changes no value.
    Information,
    /// Something was read that the standard does not allow, or may have been read otherwise than meant.
    Warning,
    /// A part of the message cannot be used.
    Error,
}

impl Severity {
    /// The code of FHIR's IssueSeverity: `information`, `warning` or `error`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Severity;
    /// assert_eq!(Severity::Warning.as_str(), "warning");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $severity:ident, $explanation:literal;)*) => {
        /// The register of what reading can notice. The codes are stable and never reused.
        ///
        /// # Examples
        ///
        /// ```
        /// use carewire_hl7v2::{Code, Message};
        ///
        /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08||T|2.5.1\n")?;
        /// let codes: Vec<_> = msg.findings().iter().map(|finding| finding.code()).collect();
        /// assert!(codes.contains(&Code::SegmentTerminator) && codes.contains(&Code::ControlId));
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* #[doc = concat!("\n\nCode `", $code, "`.")] $name,)*
        }

        impl Code {
            /// Every code, in the order of the register.
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::Code;
            /// let code = Code::ALL.iter().find(|code| code.as_str() == "second-msh");
            /// assert_eq!(code, Some(&Code::SecondMsh));
            /// ```
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as it is written in reports, such as `segment-id`.
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::Code;
            /// assert_eq!(Code::SegmentId.as_str(), "segment-id");
            /// ```
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The severity that findings with this code have.
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::{Code, Severity};
            /// assert_eq!(Code::BlankLine.severity(), Severity::Information);
            /// ```
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// What the code means, in a few words that name no value.
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::Code;
            /// assert_eq!(Code::BlankLine.explanation(), "an empty line between segments");
            /// ```
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$name => $explanation,)* }
            }
        }
    };
}

codes! {
    /// A byte order mark stands before MSH.
    ByteOrderMark = "byte-order-mark", Information, "a byte order mark before MSH";
    /// White space, blank lines or MLLP's start byte stand before MSH.
    LeadingBytes = "leading-bytes", Information, "bytes before MSH that are no segment";
    /// NUL bytes or MLLP's end bytes stand after the last segment.
    TrailingBytes = "trailing-bytes", Information, "bytes after the last segment that are no segment";
    /// Segments end in LF or CRLF; the standard has CR.
    SegmentTerminator = "segment-terminator", Information, "segments that end otherwise than in CR";
    /// The last segment has no terminator.
    LastTerminator = "last-terminator", Information, "no terminator after the last segment";
    /// An empty line between segments.
    BlankLine = "blank-line", Information, "an empty line between segments";
    /// MSH-2 is missing, too long, repeats a character, or holds a letter or digit.
    EncodingCharacters = "encoding-characters", Warning, "encoding characters that are missing, repeated or no delimiters";
    /// MSH-2 is shorter than four characters; what is left out separates nothing.
    EncodingCharactersShort = "encoding-characters-short", Information, "fewer than four encoding characters";
    /// White space stands before a segment id; it was skipped.
    IndentedSegment = "indented-segment", Warning, "white space before a segment id";
    /// A line does not begin with a segment id of three letters or digits. It is kept as a segment of its own,
    /// or, after a line feed in a message whose segments end in CR, as part of the field before it.
    SegmentId = "segment-id", Warning, "a line that does not begin with a segment id";
    /// MSH-9 has no message code.
    MessageType = "no-msh-9", Warning, "no message type in MSH-9";
    /// MSH-12 has no version.
    VersionMissing = "no-msh-12", Warning, "no version in MSH-12";
    /// MSH-12 names a version that no table knows; the nearest is used.
    VersionUnknown = "version-unknown", Warning, "a version in MSH-12 that is not known";
    /// MSH-10 is empty.
    ControlId = "no-msh-10", Warning, "no message control id in MSH-10";
    /// A second MSH stands in what was given as one message.
    SecondMsh = "second-msh", Warning, "a second MSH in one message";
    /// MSH-18 names a character set that is not read; text outside ASCII is refused, never guessed.
    CharsetUnsupported = "charset-unsupported", Error, "a character set in MSH-18 that is not read";
    /// Bytes do not fit the character set that MSH-18 names.
    CharsetInvalid = "charset-invalid", Error, "bytes that do not fit the character set in MSH-18";
    /// The message has bytes outside ASCII but names ASCII or no character set; they are valid UTF-8 and read so.
    CharsetUndeclared = "charset-undeclared", Information, "text outside ASCII that MSH-18 does not announce, read as UTF-8";
    /// The message has bytes outside ASCII but names ASCII or no character set; they are not valid UTF-8 and
    /// are read as 8859/1.
    CharsetFallback = "charset-fallback", Warning, "text outside ASCII that MSH-18 does not announce, read as 8859/1";
    /// No table knows the structure of the message; its tree is a flat list.
    StructureUnknown = "structure-unknown", Warning, "a message whose structure is not known";
    /// A segment that the structure has elsewhere; it is kept where it stands.
    SegmentMisplaced = "segment-misplaced", Warning, "a segment that the structure has elsewhere";
    /// A segment that the structure does not have at all; it is kept where it stands. A Z segment is none of these.
    SegmentUnknown = "segment-unknown", Warning, "a segment that the structure does not have";
    /// A segment that the structure requires is missing; the finding stands where it is missed.
    SegmentMissing = "segment-missing", Warning, "a required segment that is missing before this place";
    /// A group that the structure requires is missing; the finding stands where it is missed.
    GroupMissing = "group-missing", Warning, "a required group that is missing before this place";
    /// A batch has no BTS, or a trailer has no header.
    BatchTrailer = "batch-trailer", Warning, "a batch header without trailer, or a trailer without header";
    /// A file has no FTS, or a trailer has no header.
    FileTrailer = "file-trailer", Warning, "a file header without trailer, or a trailer without header";
    /// BTS-1 is not the number of messages in the batch.
    BatchCount = "batch-count", Warning, "a number in BTS-1 that is not that of the messages in the batch";
    /// FTS-1 is not the number of batches in the file.
    FileCount = "file-count", Warning, "a number in FTS-1 that is not that of the batches in the file";
    /// Lines that belong to no message; they are given as one, which does not read.
    StrayLines = "stray-lines", Error, "lines that belong to no message";
    /// An MLLP frame that has no end, or an end without start.
    FrameEnd = "frame-end", Warning, "an mllp frame without end, or an end without start";
    /// Bytes between MLLP frames that are no line ends; they are dropped.
    FrameJunk = "frame-junk", Warning, "bytes between mllp frames";
    /// An MLLP frame that is larger than the limit; it is dropped.
    FrameLimit = "frame-limit", Error, "an mllp frame that is larger than the limit";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something that reading noticed, with its place. It never holds a value of the message.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Code, Message};
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r  PID|1\r")?;
/// let finding = &msg.findings()[0];
/// assert_eq!((finding.code(), finding.offset()), (Code::IndentedSegment, 35));
/// assert_eq!(finding.to_string(), "warning indented-segment: white space before a segment id at PID");
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    code: Code,
    offset: u32,
    location: Option<Location>,
    subject: &'static str,
}

impl Finding {
    pub(crate) fn new(code: Code, offset: usize, location: Option<Location>) -> Self {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        Self {
            code,
            offset,
            location,
            subject: "",
        }
    }

    #[cfg(feature = "versions")]
    pub(crate) fn about(self, subject: &'static str) -> Self {
        Self { subject, ..self }
    }

    /// The stable code.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Code, Message};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rpid|1\r")?;
    /// let finding = &msg.findings()[0];
    /// assert_eq!(finding.code(), Code::SegmentId);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn code(&self) -> Code {
        self.code
    }

    /// The severity, which follows from the code.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Severity};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rpid|1\r")?;
    /// let finding = &msg.findings()[0];
    /// assert_eq!(finding.severity(), Severity::Warning);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// The byte of the input, counted from 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rpid|1\r")?;
    /// let finding = &msg.findings()[0];
    /// assert_eq!(finding.offset(), 33);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn offset(&self) -> usize {
        self.offset as usize
    }

    /// The HL7 path, where the finding has one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rpid|1\r")?;
    /// let finding = &msg.findings()[0];
    /// assert!(finding.path().is_some_and(|place| place.segment() == "PID"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn path(&self) -> Option<Location> {
        self.location
    }

    /// The segment or group of the standard that the finding is about, such as the `PV1` that is missing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rpid|1\r")?;
    /// let finding = &msg.findings()[0];
    /// assert_eq!(finding.subject(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn subject(&self) -> Option<&'static str> {
        (!self.subject.is_empty()).then_some(self.subject)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}: {} at ",
            self.severity(),
            self.code,
            self.code.explanation()
        )?;
        match self.location {
            Some(location) => write!(f, "{location}"),
            None => write!(f, "byte {}", self.offset),
        }
    }
}
