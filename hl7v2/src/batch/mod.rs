//! Files and streams of many messages: batches, messages one after another, MLLP frames.
//!
//! A message starts at a line that begins with `MSH` and a separator, and ends before the next such line, before
//! a line of an envelope (FHS, BHS, BTS, FTS), at the end of an MLLP frame, or at the end of the input. The
//! envelope and MLLP's bytes are left out. Lines that belong to no message are given as one all the same: it does
//! not read ([`ErrorKind::NoMsh`](crate::ErrorKind::NoMsh)), so nothing is lost and the rest goes on.
//!
//! # Examples
//!
//! ```
//! use carewire_hl7v2::{Message, batch};
//!
//! let file = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\rMSH|^~\\&|||||||ADT^A08|2|T|2.5.1\rBTS|2\rFTS|1\r";
//! let mut messages = batch::messages(file);
//! for raw in messages.by_ref() {
//!     let msg = Message::parse(raw.as_bytes())?;
//!     assert_eq!(msg.header().control_id().as_deref(), Some(if raw.number() == 1 { "1" } else { "2" }));
//! }
//! assert!(messages.findings().is_empty());
//! # Ok::<(), carewire_hl7v2::Error>(())
//! ```
//!
//! Spec: HL7 v2.5.1 chapter 2, 2.10.3 Batch protocol; MLLP Release 1.

mod line;
#[cfg(feature = "std")]
mod reader;
mod split;

use alloc::borrow::Cow;
use core::fmt;

use crate::error::Error;
use crate::finding::Code;
use crate::message::Message;

#[cfg(feature = "std")]
pub use reader::{BatchError, Reader};
use split::{Splitter, Step};

/// One message of a batch or stream, not read yet.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::batch;
///
/// let file = b"BHS|^~\\&\rMSH|^~\\&|A\rBTS|1\rMSH|^~\\&|B\r";
/// let places: Vec<_> = batch::messages(file).map(|raw| (raw.number(), raw.batch(), raw.offset())).collect();
/// assert_eq!(places, [(1, 1, 9), (2, 0, 26)]);
/// let first = batch::messages(file).next().expect("a message");
/// assert_eq!(format!("{first:?}"), "message 1 at byte 9 (11 bytes)");
/// assert_eq!(first.parse()?.find("MSH-3")?.map(|place| place.text()).as_deref(), Some("A"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RawMessage<'a> {
    bytes: Cow<'a, [u8]>,
    offset: u64,
    number: usize,
    batch: usize,
}

impl<'a> RawMessage<'a> {
    /// The bytes from MSH to the end of the last segment, its terminator included.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::batch;
    /// let bytes = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rBTS|1\r";
    /// let mut messages = batch::messages(bytes);
    /// let raw = messages.next().expect("a message");
    /// assert!(raw.as_bytes().starts_with(b"MSH"));
    /// ```
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes as their own.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::batch;
    /// let bytes = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rBTS|1\r";
    /// let mut messages = batch::messages(bytes);
    /// let raw = messages.next().expect("a message");
    /// assert!(raw.into_bytes().starts_with(b"MSH"));
    /// ```
    pub fn into_bytes(self) -> Cow<'a, [u8]> {
        self.bytes
    }

    /// The byte of the input, counted from 0, at which the message starts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::batch;
    /// let bytes = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rBTS|1\r";
    /// let mut messages = batch::messages(bytes);
    /// let raw = messages.next().expect("a message");
    /// assert_eq!(raw.offset(), 18);
    /// ```
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The number of the message in the input, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::batch;
    /// let bytes = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rBTS|1\r";
    /// let mut messages = batch::messages(bytes);
    /// let raw = messages.next().expect("a message");
    /// assert_eq!(raw.number(), 1);
    /// ```
    pub fn number(&self) -> usize {
        self.number
    }

    /// The number of the batch (BHS) that it stands in, from 1; 0 outside every batch.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::batch;
    /// let bytes = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rBTS|1\r";
    /// let mut messages = batch::messages(bytes);
    /// let raw = messages.next().expect("a message");
    /// assert_eq!(raw.batch(), 1);
    /// ```
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Reads the message leniently.
    ///
    /// # Errors
    ///
    /// As [`Message::parse`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::batch;
    /// let bytes = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rBTS|1\r";
    /// let mut messages = batch::messages(bytes);
    /// let raw = messages.next().expect("a message");
    /// assert_eq!(raw.parse()?.header().control_id().as_deref(), Some("1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(&self) -> Result<Message<'_>, Error> {
        Message::parse(&self.bytes)
    }
}

impl fmt::Debug for RawMessage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "message {} at byte {} ({} bytes)",
            self.number,
            self.offset,
            self.bytes.len()
        )
    }
}

/// What splitting noticed, with its place in the input.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::batch;
///
/// let mut messages = batch::messages(b"BHS|^~\\&\rMSH|^~\\&|A\rBTS|2\r");
/// assert_eq!(messages.by_ref().count(), 1);
/// let finding = messages.findings()[0];
/// assert_eq!((finding.code().as_str(), finding.offset()), ("batch-count", 20));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchFinding {
    pub(crate) code: Code,
    pub(crate) offset: u64,
}

impl BatchFinding {
    /// The stable code.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::batch;
    /// let bytes = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rBTS|1\r";
    /// let mut messages = batch::messages(bytes);
    /// messages.by_ref().for_each(drop);
    /// let finding = &messages.findings()[0];
    /// assert_eq!(finding.code(), carewire_hl7v2::Code::FileTrailer);
    /// ```
    pub fn code(&self) -> Code {
        self.code
    }

    /// The byte of the input, counted from 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::batch;
    /// let bytes = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rBTS|1\r";
    /// let mut messages = batch::messages(bytes);
    /// messages.by_ref().for_each(drop);
    /// let finding = &messages.findings()[0];
    /// assert!(finding.offset() <= bytes.len() as u64);
    /// ```
    pub fn offset(&self) -> u64 {
        self.offset
    }
}

impl fmt::Display for BatchFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code;
        write!(
            f,
            "{} {code}: {} at byte {}",
            code.severity(),
            code.explanation(),
            self.offset
        )
    }
}

/// The messages in `bytes`, borrowed; see [the module](self) for what is a message.
///
/// # Examples
///
/// ```
/// let file = b"MSH|^~\\&|A\rPID|1\rMSH|^~\\&|B\r";
/// assert_eq!(carewire_hl7v2::batch::messages(file).count(), 2);
/// ```
pub fn messages(bytes: &[u8]) -> Messages<'_> {
    Messages {
        bytes,
        splitter: Splitter::new(usize::MAX),
    }
}

/// Iterator over the messages of a byte slice; made by [`messages`].
///
/// # Examples
///
/// ```
/// let mut messages = carewire_hl7v2::batch::messages(b"BHS|^~\\&\rMSH|^~\\&|A\rBTS|1\r");
/// assert_eq!(messages.by_ref().count(), 1);
/// assert_eq!((messages.batches(), messages.findings().len()), (1, 0));
/// ```
#[derive(Clone)]
pub struct Messages<'a> {
    bytes: &'a [u8],
    splitter: Splitter,
}

impl Messages<'_> {
    /// What was noticed so far; complete once the iterator has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::batch;
    /// let bytes = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rBTS|1\r";
    /// let mut messages = batch::messages(bytes);
    /// messages.by_ref().for_each(drop);
    /// assert_eq!(messages.findings().len(), 1); // no FTS
    /// ```
    pub fn findings(&self) -> &[BatchFinding] {
        self.splitter.findings()
    }

    /// The number of batches (BHS) so far.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::batch;
    /// let bytes = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rBTS|1\r";
    /// let mut messages = batch::messages(bytes);
    /// messages.by_ref().for_each(drop);
    /// assert_eq!(messages.batches(), 1);
    /// ```
    pub fn batches(&self) -> usize {
        self.splitter.batches()
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = RawMessage<'a>;

    fn next(&mut self) -> Option<RawMessage<'a>> {
        match self.splitter.step(self.bytes, true) {
            Step::Message(found) => Some(RawMessage {
                bytes: Cow::Borrowed(self.bytes.get(found.range.clone()).unwrap_or(&[])),
                offset: found.range.start as u64,
                number: found.number,
                batch: found.batch,
            }),
            // Without a limit nothing is too large, and at the end of the input nothing more is needed.
            Step::TooLarge(_) | Step::More | Step::End => None,
        }
    }
}

impl fmt::Debug for Messages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages")
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}
