//! Reading frames from bytes that arrive in pieces.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;

use super::{START, STOP};
use crate::batch::BatchFinding;
use crate::error::Error;
use crate::finding::Code;
use crate::message::Message;

/// Reads frames from the bytes of a connection; see [the module](super) for what is a frame.
///
/// It holds the message that is arriving, up to the limit, and the events that were not taken yet.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::mllp::{Decoder, Event};
///
/// let mut decoder = Decoder::with_limit(1 << 20);
/// decoder.push(b"hello\x0BMSH|^~\\&|A\r\x1C");
/// assert!(matches!(decoder.next_event(), Some(Event::Finding(junk)) if junk.code().as_str() == "frame-junk"));
/// assert!(decoder.next_event().is_none());          // the end of block may still turn out to be none
/// decoder.push(b"\r");
/// assert!(matches!(decoder.next_event(), Some(Event::Frame(frame)) if frame.as_bytes() == b"MSH|^~\\&|A\r"));
/// ```
#[derive(Clone)]
pub struct Decoder {
    limit: usize,
    /// The bytes of the connection that were looked at.
    offset: u64,
    state: State,
    /// The message of the open frame, and where it started.
    message: Vec<u8>,
    start: u64,
    events: VecDeque<Event>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Outside,
    /// Outside, in a run of bytes that was reported.
    Junk,
    /// Outside, after 0x1C.
    StrayStop,
    /// In a frame; whether a line starts here.
    Inside {
        line: bool,
    },
    /// In a frame, after 0x1C.
    Stop,
    /// In a frame that was reported as too large; as `Inside` and `Stop`.
    Dropping {
        line: bool,
    },
    DroppingStop,
}

/// What a [`Decoder`] found, in the order of the bytes.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::mllp::{Decoder, Event};
///
/// let mut decoder = Decoder::new();
/// decoder.push(b"\x1C\r\x0BMSH|^~\\&|A\r\x1C\r");
/// let events: Vec<_> = std::iter::from_fn(|| decoder.next_event())
///     .map(|event| match event {
///         Event::Frame(frame) => format!("{} bytes", frame.as_bytes().len()),
///         Event::Finding(finding) => finding.code().to_string(),
///     })
///     .collect();
/// assert_eq!(events, ["frame-end", "11 bytes"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A message.
    Frame(Frame),
    /// Something that MLLP does not allow: `frame-end`, `frame-junk` or `frame-limit`, and where.
    Finding(BatchFinding),
}

/// A message that came in a frame. `Debug` shows its place and length.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::mllp::{Decoder, Event};
///
/// let mut decoder = Decoder::new();
/// decoder.push(b"\x0BMSH|^~\\&|A\r\x1C\r");
/// let Some(Event::Frame(frame)) = decoder.next_event() else { panic!("a frame") };
/// assert_eq!((frame.offset(), frame.is_complete()), (1, true));
/// assert_eq!(frame.parse()?.segments().count(), 1);
/// assert_eq!(frame.into_bytes(), b"MSH|^~\\&|A\r");
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    bytes: Vec<u8>,
    offset: u64,
    complete: bool,
}

impl Frame {
    /// The bytes between the start byte and the end of block.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::mllp::{Decoder, Event};
    /// let mut decoder = Decoder::new();
    /// decoder.push(b"\x0BMSH|^~\\&|A\r\x1C\r");
    /// let Some(Event::Frame(frame)) = decoder.next_event() else { panic!("a frame") };
    /// assert_eq!(frame.as_bytes(), b"MSH|^~\\&|A\r");
    /// ```
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes as their own.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::mllp::{Decoder, Event};
    /// let mut decoder = Decoder::new();
    /// decoder.push(b"\x0BMSH|^~\\&|A\r\x1C\r");
    /// let Some(Event::Frame(frame)) = decoder.next_event() else { panic!("a frame") };
    /// assert_eq!(frame.into_bytes(), b"MSH|^~\\&|A\r");
    /// ```
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The byte of the connection, counted from 0, at which the message starts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::mllp::{Decoder, Event};
    /// let mut decoder = Decoder::new();
    /// decoder.push(b"\x0BMSH|^~\\&|A\r\x1C\r");
    /// let Some(Event::Frame(frame)) = decoder.next_event() else { panic!("a frame") };
    /// assert_eq!(frame.offset(), 1);
    /// ```
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// False if the frame was cut off: a part of the message is missing, and it should not be accepted.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::mllp::{Decoder, Event};
    /// let mut decoder = Decoder::new();
    /// decoder.push(b"\x0BMSH|^~\\&|A\r\x1C\r");
    /// let Some(Event::Frame(frame)) = decoder.next_event() else { panic!("a frame") };
    /// assert!(frame.is_complete());
    /// ```
    pub fn is_complete(&self) -> bool {
        self.complete
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
    /// # use carewire_hl7v2::mllp::{Decoder, Event};
    /// let mut decoder = Decoder::new();
    /// decoder.push(b"\x0BMSH|^~\\&|A\r\x1C\r");
    /// let Some(Event::Frame(frame)) = decoder.next_event() else { panic!("a frame") };
    /// assert_eq!(frame.parse()?.segments().count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(&self) -> Result<Message<'_>, Error> {
        Message::parse(&self.bytes)
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("bytes", &self.bytes.len())
            .field("offset", &self.offset)
            .field("complete", &self.complete)
            .finish()
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// Messages of at most 16 MiB.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::mllp::{Decoder, Event};
    /// let mut decoder = Decoder::new();
    /// decoder.push(b"\x0BMSH|^~\\&|A\r\x1C\r");
    /// assert!(matches!(decoder.next_event(), Some(Event::Frame(_))));
    /// ```
    pub fn new() -> Self {
        Self::with_limit(16 << 20)
    }

    /// Messages of at most `limit` bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::mllp::{Decoder, Event};
    /// let mut decoder = Decoder::with_limit(4);
    /// decoder.push(b"\x0BMSH|^~\\&|A\r\x1C\r");
    /// assert!(matches!(decoder.next_event(), Some(Event::Finding(_))));
    /// ```
    pub fn with_limit(limit: usize) -> Self {
        Self {
            limit,
            offset: 0,
            state: State::Outside,
            message: Vec::new(),
            start: 0,
            events: VecDeque::new(),
        }
    }

    /// Takes bytes as they arrived: as many or as few as there are.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::mllp::{Decoder, Event};
    /// let mut decoder = Decoder::new();
    /// decoder.push(b"\x0BMSH|^~\\&|A\r\x1C\r");
    /// assert!(matches!(decoder.next_event(), Some(Event::Frame(_))));
    /// ```
    pub fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(&byte) = rest.first() {
            // The text of a message is taken in one go, up to a byte that may mean something.
            let taken = match self.state {
                State::Inside { .. } | State::Dropping { .. } => {
                    memchr::memchr2(START, STOP, rest).unwrap_or(rest.len())
                }
                _ => 0,
            };
            if taken > 0 {
                let (text, after) = rest.split_at(taken);
                self.text(text);
                rest = after;
            } else {
                self.byte(byte);
                rest = &rest[1..];
            }
        }
    }

    /// The next event, or `None` until more bytes are pushed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::mllp::{Decoder, Event};
    /// let mut decoder = Decoder::new();
    /// decoder.push(b"\x0BMSH|^~\\&|A\r\x1C\r");
    /// assert!(matches!(decoder.next_event(), Some(Event::Frame(_))));
    /// assert_eq!(decoder.next_event(), None);
    /// ```
    pub fn next_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Says that the connection has ended: what is still open gives its last events.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::mllp::{Decoder, Event};
    /// let mut decoder = Decoder::new();
    /// decoder.push(b"\x0BMSH|^~\\&|A\r\x1C\r");
    /// decoder.push(b"\x0BMSH");
    /// decoder.finish();
    /// assert_eq!(std::iter::from_fn(|| decoder.next_event()).count(), 3); // two frames, the second cut off, which is a finding
    /// ```
    pub fn finish(&mut self) {
        match self.state {
            State::Inside { .. } => self.cut_off(self.offset),
            State::Stop => {
                self.report(Code::FrameEnd, self.offset);
                self.close(true);
            }
            State::Dropping { .. } | State::DroppingStop => self.report(Code::FrameEnd, self.offset),
            State::StrayStop => self.report(Code::FrameEnd, self.offset - 1),
            State::Outside | State::Junk => {}
        }
        self.state = State::Outside;
        self.message = Vec::new();
    }

    fn report(&mut self, code: Code, offset: u64) {
        self.events
            .push_back(Event::Finding(BatchFinding { code, offset }));
    }

    /// Gives the message of the open frame.
    fn close(&mut self, complete: bool) {
        self.events.push_back(Event::Frame(Frame {
            bytes: core::mem::take(&mut self.message),
            offset: self.start,
            complete,
        }));
    }

    /// Gives what there is of a frame that ends at `offset` without an end of block.
    fn cut_off(&mut self, offset: u64) {
        self.report(Code::FrameEnd, offset);
        if !self.message.is_empty() {
            self.close(false);
        }
    }

    fn open(&mut self) {
        self.message.clear();
        self.start = self.offset + 1;
        self.state = State::Inside { line: true };
    }

    /// Takes bytes of a message without start byte and 0x1C.
    fn text(&mut self, text: &[u8]) {
        let line = matches!(text.last(), Some(b'\r' | b'\n'));
        self.state = match self.state {
            State::Dropping { .. } => State::Dropping { line },
            _ if self.message.len() + text.len() > self.limit => {
                self.too_large();
                State::Dropping { line }
            }
            _ => {
                self.message.extend_from_slice(text);
                State::Inside { line }
            }
        };
        self.offset += text.len() as u64;
    }

    fn too_large(&mut self) {
        self.report(Code::FrameLimit, self.start);
        self.message = Vec::new();
    }

    fn byte(&mut self, byte: u8) {
        let here = self.offset;
        match (self.state, byte) {
            (State::Outside | State::Junk, START) => self.open(),
            (State::Outside | State::Junk, STOP) => self.state = State::StrayStop,
            (State::Outside, b'\r' | b'\n') => {}
            (State::Outside, _) => {
                self.report(Code::FrameJunk, here);
                self.state = State::Junk;
            }
            (State::Junk, _) => {}
            (State::StrayStop, _) => {
                self.report(Code::FrameEnd, here - 1);
                self.state = State::Outside;
                if !matches!(byte, b'\r' | b'\n') {
                    return self.byte(byte);
                }
            }
            (State::Inside { line: true }, START) => {
                self.cut_off(here);
                self.open();
            }
            (State::Dropping { line: true }, START) => {
                self.report(Code::FrameEnd, here);
                self.open();
            }
            (State::Inside { .. }, STOP) => self.state = State::Stop,
            (State::Dropping { .. }, STOP) => self.state = State::DroppingStop,
            (State::Inside { .. } | State::Dropping { .. }, _) => return self.text(&[byte]),
            (State::Stop | State::DroppingStop, b'\r' | b'\n' | START) => {
                if byte != b'\r' {
                    self.report(Code::FrameEnd, here);
                }
                if self.state == State::Stop {
                    self.close(true);
                }
                self.state = State::Outside;
                if byte == START {
                    self.open();
                }
            }
            (State::Stop | State::DroppingStop, _) => {
                // 0x1C was part of the message.
                self.state = match self.state {
                    State::Stop => State::Inside { line: false },
                    _ => State::Dropping { line: false },
                };
                self.offset -= 1;
                self.text(&[STOP]);
                return self.byte(byte);
            }
        }
        self.offset += 1;
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("offset", &self.offset)
            .field("held", &self.message.len())
            .field("events", &self.events.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events as short texts: `code@offset`, `message`, and `message…` for one that is not complete.
    fn events(bytes: &[u8]) -> Vec<String> {
        let mut decoder = Decoder::with_limit(8);
        decoder.push(bytes);
        decoder.finish();
        let mut out = Vec::new();
        while let Some(event) = decoder.next_event() {
            out.push(match event {
                Event::Frame(frame) => {
                    let mark = if frame.complete { "" } else { "…" };
                    let text: String = frame.bytes.iter().map(|&byte| char::from(byte)).collect();
                    format!("{text}{mark}@{}", frame.offset)
                }
                Event::Finding(finding) => format!("{}@{}", finding.code(), finding.offset()),
            });
        }
        out
    }

    #[test]
    fn frames() {
        assert_eq!(events(b"\x0BA\x1C\r\x0BB\x1C\r"), ["A@1", "B@5"]);
        assert_eq!(events(b"\r\n\x0BA\x1C\r\n"), ["A@3"]);
        assert_eq!(events(b"\x0BA\x1CB\x1C\r"), ["A\x1CB@1"]);
        assert_eq!(events(b"\x0B\x1C\r"), ["@1"]);
        assert_eq!(events(b"\x0BA\x1C\x1C\r"), ["A\x1C@1"]);
    }

    #[test]
    fn faults() {
        assert_eq!(events(b"xyz\x0BA\x1C\r"), ["frame-junk@0", "A@4"]);
        assert_eq!(events(b"\x0BA\x1C\n"), ["frame-end@3", "A@1"]);
        assert_eq!(events(b"\x0BA\x1C\x0BB\x1C\r"), ["frame-end@3", "A@1", "B@4"]);
        assert_eq!(events(b"\x0BA\r\x0BB\x1C\r"), ["frame-end@3", "A\r…@1", "B@4"]);
        assert_eq!(events(b"\x0B\x0BB\x1C\r"), ["frame-end@1", "B@2"]);
        assert_eq!(events(b"\x1C\r\x0BB\x1C\r"), ["frame-end@0", "B@3"]);
        assert_eq!(events(b"\x0BA"), ["frame-end@2", "A…@1"]);
        assert_eq!(events(b"\x0BA\x1C"), ["frame-end@3", "A@1"]);
        assert_eq!(events(b"\x1C"), ["frame-end@0"]);
    }

    #[test]
    fn limit() {
        assert_eq!(events(b"\x0B12345678\x1C\r"), ["12345678@1"]);
        assert_eq!(
            events(b"\x0B123456789\x1Cx\x1C\r\x0BB\x1C\r"),
            ["frame-limit@1", "B@15"]
        );
        assert_eq!(
            events(b"\x0B123456789\r\x0BB\x1C\r"),
            ["frame-limit@1", "frame-end@11", "B@12"]
        );
    }
}
