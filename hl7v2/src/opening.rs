//! What stands before and around the segments: marks, blank lines, MLLP's bytes; and the start of MSH.

use crate::delimiters::{EncodingCharacters, Notice};
use crate::error::{Error, ErrorKind};
use crate::finding::Code;
use crate::index::Findings;

/// The part of the input that holds segments.
pub(crate) struct Body {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Body {
    /// Leaves out a byte order mark, blank lines and MLLP's bytes around the segments, and trailing NULs.
    pub(crate) fn of(bytes: &[u8], findings: &mut Findings) -> Self {
        let mut start = 0;
        if bytes.starts_with(b"\xEF\xBB\xBF") {
            findings.push(Code::ByteOrderMark, 0, None);
            start = 3;
        }
        let leading = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0B | 0);
        let skipped = bytes[start..].iter().take_while(|byte| leading(byte)).count();
        if skipped > 0 && start + skipped < bytes.len() {
            findings.push(Code::LeadingBytes, start, None);
        }
        start += skipped;
        if start < bytes.len() && start > 0 && matches!(bytes[start - 1], b' ' | b'\t') {
            findings.push(Code::IndentedSegment, start, None);
        }
        // After the last segment only line ends, NULs, file separators and the DOS end of file may stand.
        let junk = |byte: &u8| may_trail(*byte);
        let tail = |byte: &u8| junk(byte) || matches!(byte, b'\r' | b'\n');
        let content = bytes[start..]
            .iter()
            .rposition(|byte| !tail(byte))
            .map_or(start, |n| start + n + 1);
        let end = match bytes[content..].iter().position(junk) {
            Some(found) => {
                findings.push(Code::TrailingBytes, content + found, None);
                content + found
            }
            None => bytes.len(),
        };
        Self { start, end }
    }
}

/// True for what is left out behind the last segment: NUL, the file separator of MLLP, the end of a file of DOS.
pub(crate) fn may_trail(byte: u8) -> bool {
    matches!(byte, 0 | 0x1C | 0x1A)
}

/// Reads MSH-1 and MSH-2.
pub(crate) fn opening(bytes: &[u8], body: &Body) -> Result<(EncodingCharacters, Notice), Error> {
    let line = &bytes[body.start..body.end];
    if line.is_empty() {
        return Err(Error::new(ErrorKind::Empty, body.start));
    }
    let Some(rest) = line.strip_prefix(b"MSH") else {
        return Err(Error::new(ErrorKind::NoMsh, body.start));
    };
    let at = body.start + 3;
    let (field, rest) = match rest.split_first() {
        Some((field, rest)) if !rest.is_empty() && !matches!(field, b'\r' | b'\n') => (*field, rest),
        _ => return Err(Error::new(ErrorKind::ShortMsh, at)),
    };
    if !EncodingCharacters::may_separate(field) {
        return Err(Error::new(ErrorKind::Delimiters, at));
    }
    let length = memchr::memchr3(field, b'\r', b'\n', rest).unwrap_or(rest.len());
    Ok(EncodingCharacters::read(field, &rest[..length]))
}
