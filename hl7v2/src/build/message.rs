//! A new message.

use alloc::vec::Vec;

use crate::build::SegmentBuilder;
use crate::charset::{Charset, Reading};
use crate::delimiters::EncodingCharacters;
use crate::edit::{EditError, EditErrorKind, Encoder, Value};
use crate::message::Message;
use crate::segment::Segment;

/// A message made from nothing: MSH filled, then segments in the order in which they are added.
///
/// Nothing is taken from a clock or made at random: time and control id are given. Delimiters are `|^~\&` unless
/// others are set; without a character set text is ASCII, and other text is refused. What is built is a
/// [`Message`] like any other, and can be [edited](crate::edit).
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Charset, MessageBuilder, SegmentBuilder};
///
/// let msg = MessageBuilder::new("2.5.1")
///     .message_type("ADT", "A01", "ADT_A01")
///     .sender("LAB", "HOSP")
///     .receiver("EHR", "CLINIC")
///     .timestamp("20240102030405")
///     .control_id("42")
///     .processing_id("T")
///     .charset(Charset::Iso8859_1)
///     .segment(("EVN", ["", "20240102030405"]))
///     .segment(SegmentBuilder::new("PID").field(5, ["Müller", "Zoë"]))
///     .build()?;
/// let expected = b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102030405||ADT^A01^ADT_A01|42|T|2.5.1||||||8859/1\rEVN||20240102030405\r\
///     PID|||||M\xFCller^Zo\xEB\r";
/// assert_eq!(msg.as_bytes(), expected);
/// # Ok::<(), carewire_hl7v2::EditError>(())
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.15.9 MSH.
#[derive(Debug, Clone)]
pub struct MessageBuilder<'v> {
    characters: EncodingCharacters,
    charsets: Vec<Charset>,
    header: SegmentBuilder<'v>,
    pub(super) segments: Vec<SegmentBuilder<'v>>,
}

impl<'v> MessageBuilder<'v> {
    /// A message of a version, MSH-12, with the delimiters `|^~\&`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::MessageBuilder;
    /// let msg = MessageBuilder::new("2.5.1").build()?;
    /// assert_eq!(msg.as_bytes(), b"MSH|^~\\&||||||||||2.5.1\r");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(version: &'v str) -> Self {
        Self {
            characters: EncodingCharacters::default(),
            charsets: Vec::new(),
            header: SegmentBuilder::new("MSH").field(12, version),
            segments: Vec::new(),
        }
    }

    /// Sets the delimiters, MSH-1 and MSH-2.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{EncodingCharacters, MessageBuilder};
    /// let characters = EncodingCharacters::new(b'$', b"%~?!").expect("delimiters");
    /// let msg = MessageBuilder::new("2.5.1").delimiters(characters).build()?;
    /// assert!(msg.as_bytes().starts_with(b"MSH$%~?!$"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn delimiters(mut self, characters: EncodingCharacters) -> Self {
        self.characters = characters;
        self
    }

    /// Adds a character set, MSH-18: the first is that of the message, others are switched to by ISO 2022.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Charset, MessageBuilder};
    /// let msg = MessageBuilder::new("2.5.1").charset(Charset::Utf8).build()?;
    /// assert_eq!(msg.as_bytes(), b"MSH|^~\\&||||||||||2.5.1||||||UNICODE UTF-8\r");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn charset(mut self, charset: Charset) -> Self {
        self.charsets.push(charset);
        self
    }

    /// Sets MSH-9: the code, the trigger event and, unless it is empty, the structure.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::MessageBuilder;
    /// let msg = MessageBuilder::new("2.5.1").message_type("ADT", "A08", "ADT_A01").build()?;
    /// assert_eq!(msg.as_bytes(), b"MSH|^~\\&|||||||ADT^A08^ADT_A01|||2.5.1\r");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn message_type(self, code: &'v str, trigger: &'v str, structure: &'v str) -> Self {
        self.header(9, [code, trigger, structure])
    }

    /// Sets MSH-3 and MSH-4: application and facility of the sender.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::MessageBuilder;
    /// let msg = MessageBuilder::new("2.5.1").sender("LAB", "HOSP").build()?;
    /// assert_eq!(msg.as_bytes(), b"MSH|^~\\&|LAB|HOSP||||||||2.5.1\r");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn sender(self, application: impl Into<Value<'v>>, facility: impl Into<Value<'v>>) -> Self {
        self.header(3, application).header(4, facility)
    }

    /// Sets MSH-5 and MSH-6: application and facility of the receiver.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::MessageBuilder;
    /// let msg = MessageBuilder::new("2.5.1").receiver("EHR", "CLINIC").build()?;
    /// assert_eq!(msg.as_bytes(), b"MSH|^~\\&|||EHR|CLINIC||||||2.5.1\r");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn receiver(self, application: impl Into<Value<'v>>, facility: impl Into<Value<'v>>) -> Self {
        self.header(5, application).header(6, facility)
    }

    /// Sets MSH-7, the time at which the message is made.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::MessageBuilder;
    /// let msg = MessageBuilder::new("2.5.1").timestamp("20240102").build()?;
    /// assert_eq!(msg.as_bytes(), b"MSH|^~\\&|||||20240102|||||2.5.1\r");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn timestamp(self, time: impl Into<Value<'v>>) -> Self {
        self.header(7, time)
    }

    /// Sets MSH-10.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::MessageBuilder;
    /// let msg = MessageBuilder::new("2.5.1").control_id("42").build()?;
    /// assert_eq!(msg.as_bytes(), b"MSH|^~\\&||||||||42||2.5.1\r");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn control_id(self, id: impl Into<Value<'v>>) -> Self {
        self.header(10, id)
    }

    /// Sets MSH-11: `P`, `T` or `D`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::MessageBuilder;
    /// let msg = MessageBuilder::new("2.5.1").processing_id("T").build()?;
    /// assert_eq!(msg.as_bytes(), b"MSH|^~\\&|||||||||T|2.5.1\r");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn processing_id(self, id: impl Into<Value<'v>>) -> Self {
        self.header(11, id)
    }

    /// Sets field `n` of MSH, from 3 on; 18 is set by [`charset`](Self::charset).
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::MessageBuilder;
    /// let msg = MessageBuilder::new("2.5.1").header(15, "AL").build()?;
    /// assert_eq!(msg.as_bytes(), b"MSH|^~\\&||||||||||2.5.1|||AL\r");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn header(mut self, n: usize, value: impl Into<Value<'v>>) -> Self {
        self.header = self.header.field(n, value);
        self
    }

    /// Adds a segment at the end.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::MessageBuilder;
    /// let msg = MessageBuilder::new("2.5.1").segment(("EVN", ["A08"])).build()?;
    /// assert_eq!(msg.as_bytes(), b"MSH|^~\\&||||||||||2.5.1\rEVN|A08\r");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn segment(mut self, segment: impl Into<SegmentBuilder<'v>>) -> Self {
        self.segments.push(segment.into());
        self
    }

    /// Adds segments at the end.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::MessageBuilder;
    /// let msg = MessageBuilder::new("2.5.1").segments([("NTE", ["1"]), ("NTE", ["2"])]).build()?;
    /// assert_eq!(msg.as_bytes(), b"MSH|^~\\&||||||||||2.5.1\rNTE|1\rNTE|2\r");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn segments<S: Into<SegmentBuilder<'v>>>(mut self, segments: impl IntoIterator<Item = S>) -> Self {
        self.segments.extend(segments.into_iter().map(Into::into));
        self
    }

    /// The message.
    ///
    /// # Errors
    ///
    /// [`EditError`] with the place of the fault: a character that the sets lack, a segment id that is none, a second
    /// MSH, a set without a name in table 0211.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::{EditErrorKind, MessageBuilder};
    ///
    /// let error = MessageBuilder::new("2.5.1").segment(("PID", ["", "", "", "", "Zoë"])).build().unwrap_err();
    /// assert_eq!(error.kind(), EditErrorKind::Unmappable);
    /// ```
    pub fn build(&self) -> Result<Message<'static>, EditError> {
        let mut header = self.header.clone();
        let names: Option<Vec<_>> = self.charsets.iter().map(|set| set.as_str()).collect();
        let names = names.ok_or(EditError::new(EditErrorKind::Unmappable))?;
        if !names.is_empty() {
            header = header.field(18, Value::repetitions(names));
        }
        let first = self.charsets.first().copied().unwrap_or(Charset::Ascii);
        let reading = Reading::new(first, self.charsets.len() > 1);
        let encoder = Encoder::new(self.characters, reading, self.charsets.clone());
        let mut bytes = Vec::new();
        header.write_any(&encoder, &mut bytes)?;
        bytes.push(b'\r');
        for segment in &self.segments {
            segment.write(&encoder, &mut bytes)?;
            bytes.push(b'\r');
        }
        let read = Message::parse(&bytes).map_err(|_| EditError::new(EditErrorKind::Limit))?;
        // Bytes that are given raw may hold a line feed, which ends a segment where what follows it looks like one.
        let ends = bytes.iter().filter(|byte| **byte == b'\r').count();
        let whole = |segment: Segment<'_>| bytes.get(segment.range().end) == Some(&b'\r');
        if read.segments().len() != ends || !read.segments().all(whole) {
            return Err(EditError::new(EditErrorKind::Structure));
        }
        Ok(read.into_owned())
    }
}
