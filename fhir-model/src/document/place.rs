//! Offsets, lines and columns.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::finding::FindingCode;
use crate::json::Notes;

/// Line and column of an offset, both from 1; the column counts characters.
pub(super) fn line_column(text: &str, offset: usize) -> (u32, u32) {
    Lines::new(text).at(offset)
}

/// Lines and columns of many offsets: in the order of the text each byte is looked at once.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// The offset asked for last, and its place.
    last: usize,
    line: u32,
    column: u32,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            last: 0,
            line: 1,
            column: 1,
        }
    }

    pub(super) fn at(&mut self, offset: usize) -> (u32, u32) {
        let offset = offset.min(self.text.len());
        if offset < self.last {
            *self = Self::new(self.text);
        }
        let mut passed = self.text.as_bytes().get(self.last..offset).unwrap_or_default();
        if let Some(end) = memchr::memrchr(b'\n', passed) {
            let (lines, rest) = passed.split_at(end + 1);
            self.line += memchr::memchr_iter(b'\n', lines).count() as u32;
            self.column = 1;
            passed = rest;
        }
        // Bytes that start a character.
        self.column += passed.iter().filter(|byte| **byte & 0xC0 != 0x80).count() as u32;
        self.last = offset;
        (self.line, self.column)
    }
}

/// The input as text. A byte that is no UTF-8 becomes a question mark, so that offsets stay as they are.
pub(super) fn utf8<'a>(input: Cow<'a, [u8]>, notes: &mut Notes) -> Cow<'a, str> {
    match input {
        Cow::Borrowed(bytes) => match core::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(repaired(bytes.to_vec(), notes)),
        },
        Cow::Owned(bytes) => Cow::Owned(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => repaired(error.into_bytes(), notes),
        }),
    }
}

#[cold]
fn repaired(mut bytes: Vec<u8>, notes: &mut Notes) -> String {
    let mut start = 0;
    while let Err(error) = core::str::from_utf8(bytes.get(start..).unwrap_or_default()) {
        let at = start + error.valid_up_to();
        let length = error.error_len().unwrap_or(bytes.len() - at);
        notes.add(FindingCode::BadUtf8, 0, at);
        for byte in bytes.iter_mut().skip(at).take(length) {
            *byte = b'?';
        }
        start = at + length;
    }
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "a\n\u{e9}\u{e9}b\n\nc";
        let mut lines = Lines::new(text);
        let places: Vec<_> = [0, 1, 2, 6, 8, 9, 99].map(|at| lines.at(at)).to_vec();
        assert_eq!(places, [(1, 1), (1, 2), (2, 1), (2, 3), (3, 1), (4, 1), (4, 2)]);
        assert_eq!(line_column(text, 6), (2, 3));
    }

    #[test]
    fn bytes_that_are_no_text_keep_their_places() {
        let mut notes = Notes::new(10);
        let text = utf8(Cow::Borrowed(b"a\xffb\xe2\x82c\xc3"), &mut notes);
        assert_eq!(text, "a?b??c?");
        assert_eq!(notes.kept.iter().map(|one| one.2).collect::<Vec<_>>(), [1, 3, 6]);
    }
}
