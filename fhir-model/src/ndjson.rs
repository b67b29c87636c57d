//! NDJSON: a resource a line, as FHIR's bulk data has them.
//!
//! A line that cannot be read is an answer like any other, and reading goes on with the next one. One line is in
//! memory at a time; what is longer than the limit is passed over without being kept.
//!
//! ```
//! use carewire_fhir_model::ndjson;
//!
//! let lines = b"{\"resourceType\":\"Patient\"}\n\n{\"resourceType\":\n{\"resourceType\":\"Group\"}";
//! let read: Vec<_> = ndjson::lines(lines).map(|line| (line.number, line.result.is_ok())).collect();
//! assert_eq!(read, [(1, true), (3, false), (4, true)]);
//! ```
//!
//! Spec: <https://hl7.org/fhir/uv/bulkdata/> and <https://github.com/ndjson/ndjson-spec>.

#[cfg(feature = "std")]
use alloc::vec::Vec;
#[cfg(feature = "std")]
use std::io;

use crate::document::{Document, Read};
use crate::error::Error;
#[cfg(feature = "std")]
use crate::error::ErrorKind;
use crate::limits::Limits;

/// What a line has at most if nothing is set.
const LINE: usize = 1 << 26;

/// A line that is not blank.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Line<'a> {
    /// Its number, from 1; blank lines are counted.
    pub number: u64,
    /// The byte offset of its start in the whole input, from 0.
    pub offset: u64,
    /// What was read. Offsets, lines and columns in it count from the start of this line.
    pub result: Result<Read<'a>, Error>,
}

/// The documents of NDJSON in memory, with the default [`Limits`] and lines of at most 64 MiB.
pub fn lines(input: &[u8]) -> Lines<'_> {
    lines_within(input, &Limits::default().max_bytes(LINE))
}

/// As [`lines`], with limits, which hold for each line.
pub fn lines_within<'a>(input: &'a [u8], limits: &Limits) -> Lines<'a> {
    Lines {
        rest: input,
        number: 0,
        offset: 0,
        limits: limits.clone(),
    }
}

/// The lines of [`lines`].
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    rest: &'a [u8],
    number: u64,
    offset: u64,
    limits: Limits,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        while !self.rest.is_empty() {
            let end = memchr::memchr(b'\n', self.rest);
            let (line, rest) = self.rest.split_at(end.map_or(self.rest.len(), |end| end + 1));
            let offset = self.offset;
            self.rest = rest;
            self.number += 1;
            self.offset += line.len() as u64;
            // The line feed is no part of the document.
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            if !is_blank(line) {
                return Some(Line {
                    number: self.number,
                    offset,
                    result: Document::read_json(line, &self.limits),
                });
            }
        }
        None
    }
}

fn is_blank(line: &[u8]) -> bool {
    line.iter()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// The documents of NDJSON from a stream, which is best buffered.
///
/// An error of the stream ends it; what a line holds never does.
///
/// # Examples
///
/// ```
/// use carewire_fhir_model::{Limits, ndjson};
///
/// let stream: &[u8] = b"{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Group\",\"id\":\"much too long\"}\n{}";
/// let reader = ndjson::Reader::new(stream).limits(&Limits::default().max_bytes(40));
/// let mut read = Vec::new();
/// for line in reader {
///     let line = line?;
///     read.push((line.number, line.offset, line.result.map(|read| read.findings.len()).map_err(|error| error.to_string())));
/// }
/// assert_eq!(read[0], (1, 0, Ok(0)));
/// assert_eq!(read[1], (2, 27, Err("too many bytes at line 1, column 1".to_owned())));
/// assert_eq!(read[2], (3, 73, Ok(1)));
/// # Ok::<(), std::io::Error>(())
/// ```
#[cfg(feature = "std")]
#[derive(Debug)]
pub struct Reader<R> {
    stream: R,
    number: u64,
    offset: u64,
    limits: Limits,
    ended: bool,
}

#[cfg(feature = "std")]
impl<R: io::BufRead> Reader<R> {
    /// Reads from a stream with the default [`Limits`] and lines of at most 64 MiB.
    pub fn new(stream: R) -> Self {
        Self {
            stream,
            number: 0,
            offset: 0,
            limits: Limits::default().max_bytes(LINE),
            ended: false,
        }
    }

    /// Other limits, which hold for each line.
    #[must_use]
    pub fn limits(mut self, limits: &Limits) -> Self {
        self.limits = limits.clone();
        self
    }

    /// The next line and how long it is; of one that is too long nothing is kept. Nothing at the end.
    fn line(&mut self) -> io::Result<(Option<Vec<u8>>, u64)> {
        let mut line = Some(Vec::new());
        let mut length = 0_u64;
        loop {
            let chunk = match self.stream.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let end = memchr::memchr(b'\n', chunk);
            let used = end.map_or(chunk.len(), |end| end + 1);
            length += used as u64;
            if let (Some(kept), Some(more)) = (&mut line, chunk.get(..used)) {
                // The line feed is no part of the document.
                let text = used - usize::from(end.is_some());
                if kept.len() + text > self.limits.bytes {
                    line = None;
                } else {
                    kept.extend_from_slice(more);
                }
            }
            self.stream.consume(used);
            if end.is_some() || used == 0 {
                return Ok((line, length));
            }
        }
    }
}

#[cfg(feature = "std")]
impl<R: io::BufRead> Iterator for Reader<R> {
    type Item = io::Result<Line<'static>>;

    fn next(&mut self) -> Option<io::Result<Line<'static>>> {
        while !self.ended {
            let (line, length) = match self.line() {
                Ok(found) => found,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            };
            let offset = self.offset;
            self.offset += length;
            self.number += 1;
            let result = match line {
                None => Err(Error::at_start(ErrorKind::TooLarge)),
                Some(line) if line.is_empty() => {
                    self.ended = true;
                    return None;
                }
                Some(line) if is_blank(&line) => continue,
                Some(mut line) => {
                    if line.last() == Some(&b'\n') {
                        line.pop();
                    }
                    Document::read_json(line, &self.limits)
                }
            };
            return Some(Ok(Line {
                number: self.number,
                offset,
                result,
            }));
        }
        None
    }
}
