//! A message: its bytes, their index, and what reading them noticed.

use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use crate::charset::{Charset, Reading, encode, mask};
use crate::delimiters::{EncodingCharacters, Notice};
use crate::edit::Revision;
use crate::error::{EncodeError, Error, ErrorKind, PathError};
use crate::finding::{Code, Finding};
use crate::header::Header;
use crate::index::{Findings, Index};
use crate::limits::{Limits, Usage};
use crate::location::Location;
use crate::opening::{Body, opening};
use crate::path::{Path, Query};
use crate::segment::{Segment, Segments};
use crate::source::Source;
use crate::value::Place;

/// An HL7 v2 message over the bytes it was read from.
///
/// Reading notes where every part is and copies nothing. It is lenient: only five faults are fatal (see
/// [`ErrorKind`]); everything else that departs from the standard is one of the [`findings`](Self::findings).
/// The parts of a message ([`Segment`], [`Field`](crate::Field), [`Repetition`](crate::Repetition),
/// [`Component`](crate::Component), [`Subcomponent`](crate::Subcomponent)) are small `Copy` handles that borrow
/// it; reaching any of them by number looks at the delimiters of its field, at few of them however many there are.
///
/// `Debug` shows structure and lengths, never text.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let msg = Message::parse(b"MSH|^~\\&|LAB||||20240102||ADT^A08|1|T|2.5.1\rPID|1||7~8||Doe^Ann\r")?;
/// assert_eq!(msg.segments().count(), 2);
/// let pid = msg.segment("PID").expect("a PID");
/// assert_eq!(pid.field(3).and_then(|ids| ids.repetition(2)).map(|id| id.text()).as_deref(), Some("8"));
/// assert_eq!(msg.find("PID-5.2")?.map(|given| given.text()).as_deref(), Some("Ann"));
/// assert_eq!(msg.as_bytes().len(), 64);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.5 Messages.
#[derive(Clone)]
pub struct Message<'a> {
    pub(crate) source: Source<'a>,
    /// True if the message was given as text, to which MSH-18 does not apply.
    pub(crate) decoded: bool,
    characters: EncodingCharacters,
    reading: Reading,
    /// The first and the last escape character outside MSH-2: only between them, values are looked at for one.
    escapes: (u32, u32),
    pub(crate) index: Index,
    findings: Findings,
    pub(crate) revision: Revision,
}

/// How to read messages: limits, and whether findings are errors.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Code, ErrorKind, ParseOptions};
///
/// let strict = ParseOptions::new().strict(true);
/// let error = strict.parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\npid|1\n").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Strict(Code::SegmentTerminator));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct ParseOptions {
    limits: Limits,
    strict: bool,
}

/// Memory that reading reuses from message to message.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Buffer, ParseOptions};
///
/// let (options, mut buffer) = (ParseOptions::new(), Buffer::default());
/// for bytes in [&b"MSH|^~\\&|A||||||ADT^A08|1|T|2.3\r"[..], b"MSH|^~\\&|B||||||ADT^A08|2|T|2.3\r"] {
///     let msg = options.parse_in(bytes, &mut buffer)?;
///     assert_eq!(msg.segments().count(), 1);
///     buffer.reclaim(msg);
/// }
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
#[derive(Default)]
pub struct Buffer {
    index: Index,
    findings: Vec<Finding>,
}

impl Buffer {
    /// Takes back the memory of a message that is no longer needed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Buffer, ParseOptions};
    /// let mut buffer = Buffer::default();
    /// let first = ParseOptions::new().parse_in(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r", &mut buffer)?;
    /// buffer.reclaim(first);
    /// let second = ParseOptions::new().parse_in(b"MSH|^~\\&|||||||ADT^A08|2|T|2.5.1\r", &mut buffer)?;
    /// assert_eq!(second.header().control_id().as_deref(), Some("2"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn reclaim(&mut self, message: Message<'_>) {
        self.index = message.index;
        self.findings = message.findings.kept;
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer").finish_non_exhaustive()
    }
}

impl ParseOptions {
    /// Lenient reading with the default limits.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Code, ParseOptions};
    /// let msg = ParseOptions::new().parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r\rPID|1\r")?;
    /// assert_eq!(msg.findings()[0].code(), Code::BlankLine);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the limits.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{ErrorKind, Limits, ParseOptions};
    /// let options = ParseOptions::new().limits(Limits::default().segments(1));
    /// let error = options.parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\r").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Limit);
    /// ```
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Makes the first finding an error, [`ErrorKind::Strict`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Code, ErrorKind, ParseOptions};
    /// let bytes = b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r\rPID|1\r";
    /// assert!(ParseOptions::new().parse(bytes).is_ok());
    /// let error = ParseOptions::new().strict(true).parse(bytes).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Strict(Code::BlankLine));
    /// ```
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Reads a message.
    ///
    /// # Errors
    ///
    /// [`Error`] if the bytes are no message or exceed the limits, or, when strict, at the first finding.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::ParseOptions;
    /// let options = ParseOptions::new().strict(true);
    /// let msg = options.parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\r")?;
    /// assert_eq!(msg.segments().count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse<'a>(&self, bytes: &'a [u8]) -> Result<Message<'a>, Error> {
        self.parse_in(bytes, &mut Buffer::default())
    }

    /// Reads a message into memory that an earlier message left in `buffer`; see [`Buffer`].
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse). The buffer stays usable.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Buffer, ParseOptions};
    /// let mut buffer = Buffer::default();
    /// for bytes in [&b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r"[..], b"MSH|^~\\&|||||||ADT^A08|2|T|2.5.1\r"] {
    ///     let msg = ParseOptions::new().parse_in(bytes, &mut buffer)?;
    ///     assert_eq!(msg.header().message_code().as_deref(), Some("ADT"));
    ///     buffer.reclaim(msg);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_in<'a>(&self, bytes: &'a [u8], buffer: &mut Buffer) -> Result<Message<'a>, Error> {
        self.read(Source::of(bytes), bytes, false, buffer)
    }

    /// Reads a message that is text already; see [`Message::parse_str`].
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::ParseOptions;
    /// let options = ParseOptions::new().strict(true);
    /// let msg = options.parse_str("MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||UNICODE UTF-8\rPID|||||Roë\r")?;
    /// assert_eq!(msg.find("PID-5")?.map(|name| name.text()).as_deref(), Some("Roë"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_str<'a>(&self, text: &'a str) -> Result<Message<'a>, Error> {
        self.parse_str_in(text, &mut Buffer::default())
    }

    /// As [`parse_str`](Self::parse_str), into memory that an earlier message left in `buffer`.
    ///
    /// # Errors
    ///
    /// As [`parse_in`](Self::parse_in).
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Buffer, ParseOptions};
    /// let mut buffer = Buffer::default();
    /// let msg = ParseOptions::new().parse_str_in("MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe\r", &mut buffer)?;
    /// assert_eq!(msg.find("PID-5")?.map(|name| name.text()).as_deref(), Some("Doe"));
    /// buffer.reclaim(msg);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_str_in<'a>(&self, text: &'a str, buffer: &mut Buffer) -> Result<Message<'a>, Error> {
        self.read(Source::Text(text), text.as_bytes(), true, buffer)
    }

    /// Reads the bytes of a source; `decoded` if they are text whatever MSH-18 says.
    fn read<'a>(
        &self,
        source: Source<'a>,
        bytes: &'a [u8],
        decoded: bool,
        buffer: &mut Buffer,
    ) -> Result<Message<'a>, Error> {
        if bytes.len() > self.limits.bytes {
            return Err(Error::new(ErrorKind::Limit, self.limits.bytes));
        }
        let mut findings = Findings {
            kept: core::mem::take(&mut buffer.findings),
            total: 0,
            cap: if self.strict { 1 } else { self.limits.findings },
        };
        findings.kept.clear();
        let body = Body::of(bytes, &mut findings);
        let (characters, notice) = opening(bytes, &body)?;
        let before = (findings.kept.len(), findings.total);
        buffer.index.scan(
            &bytes[..body.end],
            body.start,
            &characters,
            &self.limits,
            &mut findings,
        )?;
        let mut message = Message {
            source,
            decoded,
            characters,
            reading: Reading::ASCII,
            escapes: (0, u32::MAX),
            index: core::mem::take(&mut buffer.index),
            findings,
            revision: Revision::default(),
        };
        message.find_escapes();
        let declared = message.declared();
        if let Some(reading) = declared.hidden
            && !decoded
        {
            // Some delimiters are parts of characters: the places are noted anew, over a copy without those.
            let masked = mask(&bytes[..body.end], &characters, reading);
            message.findings.kept.truncate(before.0);
            message.findings.total = before.1;
            message.index.scan(
                &masked,
                body.start,
                &characters,
                &self.limits,
                &mut message.findings,
            )?;
            message.reading = reading;
        }
        message.check_opening(body.start, notice);
        message.resolve_charset(declared.charset);
        if self.strict
            && let Some(first) = message.findings.kept.first()
        {
            return Err(Error::strict(first.code(), first.offset(), first.path()));
        }
        Ok(message)
    }
}

impl<'a> Message<'a> {
    /// Reads a message, leniently and with the default [`Limits`]; see [`ParseOptions`] for other ways.
    ///
    /// MLLP's bytes, a byte order mark, blank lines and NULs around the message are left out; segments may end
    /// in CR, LF or CRLF. A line feed in a message whose segments end in CR belongs to the field it stands in,
    /// unless a segment follows it.
    ///
    /// # Errors
    ///
    /// [`Error`] if there is no MSH at the start, MSH ends before MSH-2, MSH-1 cannot separate fields, or the
    /// message is too large.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\r")?;
    /// assert!(msg.findings().is_empty());
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        ParseOptions::new().parse(bytes)
    }

    /// Reads a message that is text already: a file that was decoded, a literal, a column of a database.
    ///
    /// Whatever set MSH-18 names, it has been left behind: the text is what was given, [`Charset::Utf8`]. If MSH-18 names
    /// another set, or none, and there is text outside ASCII, [`Code::CharsetUndeclared`] says so, for who sends the
    /// bytes on.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Charset, Code, Message};
    /// let msg = Message::parse_str("MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||8859/1\rPID|||||Müller\r")?;
    /// assert_eq!(msg.charset(), Charset::Utf8);
    /// assert_eq!(msg.find("PID-5")?.map(|name| name.text()).as_deref(), Some("Müller"));
    /// assert_eq!(msg.findings()[0].code(), Code::CharsetUndeclared);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse_str(text: &'a str) -> Result<Self, Error> {
        ParseOptions::new().parse_str(text)
    }

    /// The bytes the message was read from, unchanged: writing them writes the message.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let bytes = b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\nPID|1|||||\n";
    /// assert_eq!(Message::parse(bytes)?.as_bytes(), bytes);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn as_bytes(&self) -> &[u8] {
        self.source.bytes()
    }

    /// The message with bytes of its own, free of what it was read from.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let msg = {
    ///     let bytes = b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r".to_vec();
    ///     Message::parse(&bytes)?.into_owned()
    /// };
    /// assert_eq!(msg.header().control_id().as_deref(), Some("1"));
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn into_owned(self) -> Message<'static> {
        Message {
            source: self.source.into_owned(),
            decoded: self.decoded,
            characters: self.characters,
            reading: self.reading,
            escapes: self.escapes,
            index: self.index,
            findings: self.findings,
            revision: self.revision,
        }
    }

    /// What reading noticed, in the order in which it was noticed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Code, Message};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08||T|2.5.1\rPID|1\r")?;
    /// let codes: Vec<_> = msg.findings().iter().map(|finding| finding.code()).collect();
    /// assert_eq!(codes, [Code::ControlId]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn findings(&self) -> &[Finding] {
        &self.findings.kept
    }

    /// What reading took; compare with [`Limits`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\r")?;
    /// assert_eq!((msg.usage().bytes, msg.usage().segments), (39, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn usage(&self) -> Usage {
        Usage {
            bytes: self.as_bytes().len(),
            segments: self.index.segments.len(),
            entries: self.index.entries(),
            findings: self.findings.total,
        }
    }

    /// The delimiters that the message declares.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH*#~\\&*******ADT#A08*1*T*2.5.1\r")?;
    /// let characters = msg.encoding_characters();
    /// assert_eq!((characters.field(), characters.component()), (b'*', Some(b'#')));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn encoding_characters(&self) -> EncodingCharacters {
        self.characters
    }

    /// The character set in which text is read; see [`Charset`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Charset, Message};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||UNICODE UTF-8\r")?;
    /// assert_eq!(msg.charset(), Charset::Utf8);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn charset(&self) -> Charset {
        self.reading.charset
    }

    /// The character set, and whether ISO 2022 may switch it.
    #[inline]
    pub(crate) fn reading(&self) -> Reading {
        self.reading
    }

    /// `text` as a value of this message: in its character set, with its delimiters and control characters escaped.
    ///
    /// It is what [`Place::text`] gives back. A character that only another set of MSH-18 has is written by
    /// switching to that set (ISO 2022) and back.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if a character is in none of the sets of MSH-18, or if the message declares no escape
    /// character where one is needed. It names the place in `text`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||8859/1\r")?;
    /// assert_eq!(msg.encode("M\u{FC}ller & Co")?, b"M\xFCller \\T\\ Co");
    /// assert_eq!(msg.encode("\u{5C71}").unwrap_err().offset(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.7 Use of escape sequences; 2.15.9.18 Character set.
    pub fn encode(&self, text: &str) -> Result<Vec<u8>, EncodeError> {
        encode(text, &self.characters, self.reading, &self.switchable_sets()).map_err(EncodeError::new)
    }

    /// The sets that a value may switch to: those that MSH-18 names beside the first. 8859/1 that was fallen back to holds only
    /// as long as nothing in the message switches, so that there is none to switch to; nor is there from a set that is not read,
    /// where a switch would hide the rest of its field.
    pub(crate) fn switchable_sets(&self) -> Vec<Charset> {
        let declared = self.segment_at(1).and_then(|msh| msh.field(18));
        let first = declared.and_then(|field| Charset::named(field.repetition(1)?.raw()));
        let fallen_back = self.charset() == Charset::Iso8859_1 && first != Some(Charset::Iso8859_1);
        if fallen_back || self.charset().is_opaque() || !self.reading.shifts {
            return Vec::new();
        }
        self.declared_sets()
    }

    /// The sets that MSH-18 names.
    pub(crate) fn declared_sets(&self) -> Vec<Charset> {
        let declared = self.segment_at(1).and_then(|msh| msh.field(18));
        declared
            .into_iter()
            .flat_map(|field| field.repetitions())
            .filter_map(|set| Charset::named(set.raw()))
            .collect()
    }

    /// The fields of MSH that say what the message is.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|42|T|2.5.1\r")?;
    /// assert_eq!(msg.header().trigger_event().as_deref(), Some("A08"));
    /// assert_eq!(msg.header().control_id().as_deref(), Some("42"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn header(&self) -> Header<'_> {
        Header::new(self)
    }

    /// The segments in the groups of the message's structure; see [`Tree`](crate::tree::Tree).
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\r")?;
    /// assert_eq!(msg.tree().groups("OBSERVATION").count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "versions")]
    pub fn tree(&self) -> crate::tree::Tree<'_> {
        crate::tree::Tree::new(self, self.header().structure())
    }

    /// As [`tree`](Self::tree), by another structure: that of a version for which a receiver was written, or of
    /// a site's own message type.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, schema::Version};
    /// // What 2.3 calls RESPONSE is PATIENT_RESULT later.
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.3\rPID|1\rOBR|1\rOBX|1\r")?;
    /// assert!(msg.tree().root().child("RESPONSE").is_some());
    /// let tree = msg.tree_of(msg.header().structure_in(Version::V2_5_1));
    /// assert!(tree.root().child("PATIENT_RESULT").is_some());
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    #[cfg(feature = "versions")]
    pub fn tree_of(&self, structure: Option<crate::schema::Structure>) -> crate::tree::Tree<'_> {
        crate::tree::Tree::new(self, structure)
    }

    /// The segments, in order. A line that begins with no segment id is a segment with an empty id.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rEVN|A08\rPID|1\r")?;
    /// let ids: Vec<_> = msg.segments().map(|segment| segment.id()).collect();
    /// assert_eq!(ids, ["MSH", "EVN", "PID"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn segments(&self) -> Segments<'_> {
        Segments::new(self)
    }

    /// The segment at a position, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\r")?;
    /// assert_eq!(msg.segment_at(2).map(|segment| segment.id()), Some("PID"));
    /// assert!(msg.segment_at(0).is_none() && msg.segment_at(3).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn segment_at(&self, position: usize) -> Option<Segment<'_>> {
        let index = position.checked_sub(1)?;
        (index < self.index.segments.len()).then(|| Segment::new(self, index as u32))
    }

    /// The first segment with an id, in upper case.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\r")?;
    /// assert_eq!(msg.segment("PID").map(|pid| pid.position()), Some(2));
    /// assert!(msg.segment("PV1").is_none());
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn segment(&self, id: &str) -> Option<Segment<'_>> {
        self.segments().find(|segment| segment.id() == id)
    }

    /// Finds the first value at a path such as `PID-5.1`, `OBX[2]-5` or `PID-3[.5='MR'].1`.
    ///
    /// Numbers count from 1, as in the standard; one left out means the first, so `PID-3.1` is `PID[1]-3[1].1`.
    /// `None` means that the message has no such place. A place may be empty ([`Place::is_empty`]), which says
    /// nothing, or the explicit null `""` ([`Place::is_null`]), which orders a receiver to delete what it holds.
    /// A path used often is better compiled once: [`Path::parse`], [`query`](Self::query).
    ///
    /// # Errors
    ///
    /// [`PathError`] if `path` is not well formed. It names an offset in `path` and no text of the message.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A^PI~8^^^B^MR||Doe^Ann||\"\"\r")?;
    /// assert_eq!(msg.find("PID-3[.5='MR'].1")?.map(|mrn| mrn.text()).as_deref(), Some("8"));
    /// assert!(msg.find("PID-7")?.is_some_and(|birth| birth.is_null()));
    /// assert!(msg.find("PID-8")?.is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.5.3 Fields.
    pub fn find(&self, path: &str) -> Result<Option<Place<'_>>, PathError> {
        let path = Path::parse(path)?;
        Ok(Query::new(self, &path).next())
    }

    /// The places at a compiled path, in the order of the message.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Path};
    /// let path = Path::parse("OBX[*]-5")?;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|NM|||7\rOBX|2|NM|||8\r")?;
    /// let values: Vec<_> = msg.query(&path).map(|value| value.text()).collect();
    /// assert_eq!(values, ["7", "8"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn query<'m, 'p>(&'m self, path: &'p Path) -> Query<'m, 'p> {
        Query::new(self, path)
    }

    /// Settles how text is read; `as_it_stands` if what holds no escape sequence needs no decoding.
    pub(crate) fn set_reading(&mut self, reading: Reading, as_it_stands: bool) {
        self.reading = reading;
        if !as_it_stands {
            self.source.forget_text();
        }
    }

    /// Notes where there are escape characters, outside MSH-2.
    fn find_escapes(&mut self) {
        let second = self.segment_at(1).and_then(|msh| msh.field(2));
        let after = second.map_or(0, |field| field.range().end);
        let bytes = self.as_bytes().get(after..).unwrap_or(&[]);
        let escape = self.characters.escape;
        let first = escape.and_then(|escape| memchr::memchr(escape, bytes));
        let last = first.and_then(|_| memchr::memrchr(escape?, bytes));
        let place = |at: usize| (after + at) as u32;
        self.escapes = (first.map_or(u32::MAX, place), last.map_or(0, place));
    }

    /// Keeps the places of the first and the last escape character when bytes are put in place of a range. Where what
    /// held one goes, they may lie further apart than they have to.
    pub(crate) fn escapes_follow(&mut self, range: &core::ops::Range<usize>, with: &[u8]) {
        let (start, end, length) = (range.start as u32, range.end as u32, with.len() as u32);
        let escape = self.characters.escape;
        let found = escape.and_then(|escape| memchr::memchr(escape, with));
        let (first, last) = self.escapes;
        let moved = |at: u32| at - (end - start) + length;
        self.escapes = if first == u32::MAX {
            found.map_or(self.escapes, |found| (start + found as u32, start + length))
        } else {
            let first = match found {
                _ if first < start => first,
                Some(found) => start + found as u32,
                None if first < end => start,
                None => moved(first),
            };
            let last = match found {
                _ if last >= end => moved(last),
                None if last < start => last,
                _ => start + length,
            };
            (first, last)
        };
    }

    pub(crate) fn report(&mut self, code: Code, offset: usize, location: Option<Location>) {
        self.findings.push(code, offset, location);
    }

    #[inline]
    pub(crate) fn slice(&self, start: u32, end: u32) -> &[u8] {
        self.as_bytes().get(start as usize..end as usize).unwrap_or(&[])
    }

    /// True if the bytes are valid UTF-8, as far as [`set_reading`](Self::set_reading) has not said otherwise.
    pub(crate) fn is_text(&self) -> bool {
        self.source.text().is_some()
    }

    /// The text of a range of the input, as [`Place::range`](crate::Place::range) gives one, where its bytes need neither decoding
    /// nor unescaping: for who walks over the bytes and knows where a value ends.
    ///
    /// `None` for bytes of which that is not so, and for a range that does not lie in the input or cuts a character.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe^O\\T\\Neil\r")?;
    /// let name = msg.find("PID-5")?.expect("a name").range();
    /// assert_eq!(msg.text_at(name.start..name.start + 3), Some("Doe"));
    /// assert_eq!(msg.text_at(name), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn text_at(&self, range: Range<usize>) -> Option<&str> {
        let number = |at: usize| u32::try_from(at).ok();
        self.text_as_it_stands(number(range.start)?, number(range.end)?)
    }

    /// The text of a value whose bytes need neither decoding nor unescaping.
    #[inline]
    pub(crate) fn text_as_it_stands(&self, start: u32, end: u32) -> Option<&str> {
        let text = self.source.text()?.get(start as usize..end as usize)?;
        if end > self.escapes.0 && start <= self.escapes.1 && self.has_escape(text) {
            return None;
        }
        Some(text)
    }

    #[inline(never)]
    fn has_escape(&self, text: &str) -> bool {
        let escape = self.characters.escape;
        escape.is_some_and(|escape| memchr::memchr(escape, text.as_bytes()).is_some())
    }

    fn check_opening(&mut self, start: usize, notice: Notice) {
        let header = self.header();
        // A letter or digit is text, whatever follows.
        let starts = |number| {
            let field = self.segment_at(1).and_then(|msh| msh.field(number));
            field.is_some_and(|field| field.raw().first().is_some_and(u8::is_ascii_alphanumeric))
        };
        let no_type = !starts(9) && header.message_code().is_none();
        let no_id = !starts(10) && header.control_id().is_none();
        #[cfg(feature = "versions")]
        let is_unknown = |version: &str| crate::schema::Version::parse(version).is_none();
        #[cfg(not(feature = "versions"))]
        let is_unknown = |_: &str| false;
        let version = match header.version_text() {
            None => Some(Code::VersionMissing),
            Some(version) => is_unknown(&version).then_some(Code::VersionUnknown),
        };
        let notices = [
            (
                2,
                match notice {
                    Notice::None => None,
                    Notice::Short => Some(Code::EncodingCharactersShort),
                    Notice::Bad => Some(Code::EncodingCharacters),
                },
            ),
            (9, no_type.then_some(Code::MessageType)),
            (10, no_id.then_some(Code::ControlId)),
            (12, version),
        ];
        for (number, code) in notices {
            let Some(code) = code else { continue };
            let field = self.segment_at(1).and_then(|msh| msh.field(number));
            let offset = field.map_or(start, |field| field.range().start);
            let location = Location {
                field: number as u32,
                ..self.index.location(0)
            };
            self.findings.push(code, offset, Some(location));
        }
    }

    /// The place of a byte of the input, as deep as it goes: the path that an editor shows for a cursor.
    ///
    /// `None` for a byte outside every segment.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7||Doe^Ann\r")?;
    /// assert_eq!(msg.locate(48).map(|place| place.to_string()).as_deref(), Some("PID-5.2"));
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn locate(&self, offset: usize) -> Option<Location> {
        let at = u32::try_from(offset).ok()?;
        let found = self
            .index
            .segments
            .partition_point(|segment| segment.start <= at)
            .checked_sub(1)?;
        let segment = self.segment_at(found + 1)?;
        if offset > segment.range().end {
            return None;
        }
        let holds = |range: core::ops::Range<usize>| range.start <= offset && offset <= range.end;
        let Some(field) = segment.fields().find(|field| holds(field.range())) else {
            return Some(segment.location());
        };
        let Some(repetition) = field.repetitions().find(|part| holds(part.range())) else {
            return Some(field.location());
        };
        let several = repetition.component_count() > 1;
        let Some(component) = repetition.components().find(|part| holds(part.range())) else {
            return Some(repetition.location());
        };
        if component.subcomponent_count() > 1 {
            return component
                .subcomponents()
                .find(|part| holds(part.range()))
                .map(|part| part.location());
        }
        Some(if several {
            component.location()
        } else {
            repetition.location()
        })
    }
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("bytes", &self.as_bytes().len())
            .field("segments", &self.segments().collect::<Vec<_>>())
            .field("findings", &self.findings.total)
            .finish_non_exhaustive()
    }
}
