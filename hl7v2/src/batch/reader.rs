//! Messages from a stream, in bounded memory.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;
use std::io::{self, Read};

use super::split::{Splitter, Step};
use super::{BatchFinding, RawMessage};

/// How many bytes are asked for at once.
const CHUNK: usize = 64 << 10;

/// The messages of a stream; see [the module above](super) for what is a message.
///
/// It holds one message and one chunk of 64 KiB. A message over the limit gives [`BatchError::TooLarge`], and
/// the next one is found all the same; however the stream cuts its bytes, the messages are the same.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::batch::Reader;
///
/// let stream = &b"\x0bMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r\x1c\r\x0bMSH|^~\\&|||||||ADT^A08|2|T|2.5.1\r\x1c\r"[..];
/// let mut reader = Reader::new(stream);
/// let sizes: Vec<_> = reader.by_ref().map(|raw| raw.map(|raw| raw.as_bytes().len())).collect::<Result<_, _>>()?;
/// assert_eq!(sizes, [33, 33]);
/// assert!(reader.findings().is_empty());
/// # Ok::<(), carewire_hl7v2::batch::BatchError>(())
/// ```
pub struct Reader<R> {
    source: R,
    splitter: Splitter,
    buffer: Vec<u8>,
    dropped: u64,
    eof: bool,
    failed: bool,
}

/// Why a stream gave no message.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::batch::{BatchError, Reader};
///
/// let stream = "MSH|^~\\&|one, which is long\rMSH|^~\\&|two\r";
/// let mut reader = Reader::with_limit(stream.as_bytes(), 20);
/// assert!(matches!(reader.next(), Some(Err(BatchError::TooLarge { number: 1, offset: 0 }))));
/// assert!(matches!(reader.next(), Some(Ok(raw)) if raw.as_bytes() == b"MSH|^~\\&|two\r"));
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The source failed; nothing comes after this.
    #[error("the input cannot be read: {0}")]
    Io(#[from] io::Error),
    /// A message is over the limit; the iterator goes on with the next.
    #[error("limit: message {number} at byte {offset} is larger than the limit")]
    TooLarge {
        /// The number of the message in the input, from 1.
        number: usize,
        /// The byte of the input, counted from 0, at which it starts.
        offset: u64,
    },
}

impl<R: Read> Reader<R> {
    /// Messages of at most 256 MiB.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::batch;
    /// let bytes = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rBTS|1\r";
    /// let mut reader = batch::Reader::new(&bytes[..]);
    /// assert_eq!(reader.by_ref().filter(|message| message.is_ok()).count(), 1);
    /// ```
    pub fn new(source: R) -> Self {
        Self::with_limit(source, 256 << 20)
    }

    /// Messages of at most `limit` bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::batch;
    /// let bytes = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rBTS|1\r";
    /// let mut reader = batch::Reader::with_limit(&bytes[..], 16);
    /// assert!(reader.next().is_some_and(|message| message.is_err()));
    /// ```
    pub fn with_limit(source: R, limit: usize) -> Self {
        let splitter = Splitter::new(limit);
        Self {
            source,
            splitter,
            buffer: Vec::new(),
            dropped: 0,
            eof: false,
            failed: false,
        }
    }

    /// What was noticed so far; complete once the iterator has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::batch;
    /// let bytes = b"FHS|^~\\&\rBHS|^~\\&\rMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rBTS|1\r";
    /// let mut reader = batch::Reader::new(&bytes[..]);
    /// reader.by_ref().for_each(drop);
    /// assert_eq!(reader.findings().len(), 1); // no FTS
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
    /// let mut reader = batch::Reader::new(&bytes[..]);
    /// reader.by_ref().for_each(drop);
    /// assert_eq!(reader.batches(), 1);
    /// ```
    pub fn batches(&self) -> usize {
        self.splitter.batches()
    }

    /// Drops what is not needed any more, and reads on.
    fn fill(&mut self) -> io::Result<()> {
        let done = self.splitter.done();
        if done > 0 {
            self.buffer.drain(..done);
            self.splitter.shift(done);
            self.dropped += done as u64;
        }
        let held = self.buffer.len();
        self.buffer.resize(held + CHUNK, 0);
        let result = loop {
            match self.source.read(&mut self.buffer[held..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.buffer
            .truncate(held + result.as_ref().map_or(0, |count| (*count).min(CHUNK)));
        self.eof = result? == 0;
        Ok(())
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<RawMessage<'static>, BatchError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        loop {
            match self.splitter.step(&self.buffer, self.eof) {
                Step::Message(found) => {
                    let offset = self.dropped + found.range.start as u64;
                    let bytes = self.buffer.get(found.range).unwrap_or(&[]).to_vec();
                    let bytes = Cow::Owned(bytes);
                    return Some(Ok(RawMessage {
                        bytes,
                        offset,
                        number: found.number,
                        batch: found.batch,
                    }));
                }
                Step::TooLarge(found) => {
                    let offset = self.dropped + found.range.start as u64;
                    return Some(Err(BatchError::TooLarge {
                        number: found.number,
                        offset,
                    }));
                }
                Step::End => return None,
                Step::More => {
                    if let Err(error) = self.fill() {
                        self.failed = true;
                        return Some(Err(error.into()));
                    }
                }
            }
        }
    }
}

impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("held", &self.buffer.len())
            .finish_non_exhaustive()
    }
}
