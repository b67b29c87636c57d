//! The end of what is written, in an array of fixed size: there is room for a key and a short text by one comparison, and they are
//! stored by whole chunks of which the next piece covers what is too much.

use alloc::vec::Vec;

use crate::json::escape::push_escaped_bytes;
use crate::schema::Property;

/// The longest text that is stored as a chunk.
pub(super) const TEXT: usize = 64;
/// A key, a text and all that stands around them.
const WINDOW: usize = TEXT + 32;
pub(super) const SIZE: usize = 20 * WINDOW;
/// So much goes at once to what takes JSON piece by piece.
pub(super) const PIECE: usize = 64 << 10;
/// A key of a chunk with its quotation marks.
const KEY: usize = 16;

/// What takes bytes piece by piece.
type Take<'o> = &'o mut dyn FnMut(&[u8]);

/// JSON on its way to a vector. Behind each piece its last byte is still in the page, for a bracket to take its place.
pub(super) struct Page<'o> {
    out: &'o mut Vec<u8>,
    /// What takes the bytes of the vector once they are a piece.
    take: Option<Take<'o>>,
    bytes: [u8; SIZE],
    filled: usize,
}

impl<'o> Page<'o> {
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self {
            out,
            take: None,
            bytes: [0; SIZE],
            filled: 0,
        }
    }

    /// As [`Page::new`], with an empty vector as a buffer before what takes its bytes.
    #[cfg(feature = "std")]
    pub(super) fn through(out: &'o mut Vec<u8>, take: Take<'o>) -> Self {
        Self {
            take: Some(take),
            ..Self::new(out)
        }
    }

    /// How many bytes there are, with those that the vector had before.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.out.len() + self.filled
    }

    /// Moves what is left to the vector, without its last byte: the comma behind the root.
    pub(super) fn finish(mut self) {
        self.filled = self.filled.saturating_sub(1);
        self.flush();
        self.pass_on(1);
    }

    #[cold]
    fn flush(&mut self) {
        self.out
            .extend_from_slice(self.bytes.get(..self.filled).unwrap_or_default());
        self.filled = 0;
        self.pass_on(PIECE);
    }

    /// Hands on what the vector holds, if that is so much.
    #[inline]
    fn pass_on(&mut self, least: usize) {
        if let Some(take) = &mut self.take
            && self.out.len() >= least
        {
            take(self.out);
            self.out.clear();
        }
    }

    /// Writes a text from where it lies, and gives how many bytes that took; a piece must follow here.
    pub(super) fn borrowed(&mut self, text: &str, is_plain: bool) -> usize {
        self.flush();
        if !is_plain {
            let mut extent = 0;
            for part in text.as_bytes().chunks(PIECE) {
                let before = self.out.len();
                push_escaped_bytes(self.out, part);
                extent += self.out.len() - before;
                self.pass_on(PIECE);
            }
            return extent;
        }
        self.pass_on(1);
        match &mut self.take {
            Some(take) => take(text.as_bytes()),
            None => self.out.extend_from_slice(text.as_bytes()),
        }
        text.len()
    }

    /// The vector with all that was written, to write to it directly; a piece must follow here.
    #[cold]
    pub(super) fn out(&mut self) -> &mut Vec<u8> {
        self.flush();
        self.out
    }

    /// Where the next bytes go.
    #[inline(always)]
    fn window(&mut self) -> Option<&mut [u8; WINDOW]> {
        if self.filled > SIZE - WINDOW {
            self.flush();
        }
        self.bytes
            .get_mut(self.filled..)
            .and_then(<[u8]>::first_chunk_mut)
    }

    /// Writes anything.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(SIZE / 2) {
            if part.len() > SIZE - self.filled {
                self.flush();
            }
            let end = self.filled + part.len();
            if let Some(place) = self.bytes.get_mut(self.filled..end) {
                place.copy_from_slice(part);
                self.filled = end;
            }
        }
    }

    /// Writes at most four bytes.
    #[inline(always)]
    pub(super) fn mark(&mut self, mark: Mark) {
        match self.window() {
            Some(window) => {
                window[..4].copy_from_slice(&mark.bytes);
                self.filled += mark.len();
            }
            None => self.extend(mark.bytes()),
        }
    }

    /// Writes at most four bytes in place of the last.
    #[inline(always)]
    pub(super) fn mark_over(&mut self, mark: Mark) {
        let place = self.filled.wrapping_sub(1);
        match self.bytes.get_mut(place..).and_then(<[u8]>::first_chunk_mut) {
            Some(chunk) => {
                *chunk = mark.bytes;
                self.filled = place + mark.len();
            }
            None => {
                self.filled = self.filled.saturating_sub(1);
                self.mark(mark);
            }
        }
    }

    /// Writes a key with its marks and what opens its value.
    #[inline(always)]
    pub(super) fn key(&mut self, property: &Property, opening: Mark) {
        let window = self.window();
        match window.and_then(|window| push_start(window, Some(property), opening)) {
            Some(end) => self.filled += end,
            None => self.long_key(property, opening),
        }
    }

    #[cold]
    fn long_key(&mut self, property: &Property, opening: Mark) {
        self.extend(b"\"");
        self.extend(property.key_and_mark());
        self.extend(b":");
        self.extend(opening.bytes());
    }

    /// Writes the first `length` bytes of a text between two marks, behind its key if it has one of its own.
    /// Gives whether it did: not if the key or the text is long.
    #[inline(always)]
    pub(super) fn short(
        &mut self,
        key: Option<&Property>,
        opening: Mark,
        (text, length): (&[u8; TEXT], usize),
        ending: Mark,
    ) -> bool {
        if length > TEXT {
            return false;
        }
        let Some(window) = self.window() else { return false };
        let Some(start) = push_start(window, key, opening) else {
            return false;
        };
        let end = start + length;
        window[start..start + TEXT].copy_from_slice(text);
        window[end..end + 4].copy_from_slice(&ending.bytes);
        self.filled += end + ending.len();
        true
    }
}

/// Writes what stands before a value, and gives where the value starts; none if the key is long.
#[inline(always)]
fn push_start(window: &mut [u8; WINDOW], key: Option<&Property>, opening: Mark) -> Option<usize> {
    let mut start = 0;
    if let Some(property) = key {
        let end = usize::from(property.length) + 2;
        if end > KEY {
            return None;
        }
        window[..KEY].copy_from_slice(&(property.head << 8 | u128::from(b'"')).to_le_bytes());
        window[end] = b':';
        start = end + 1;
    }
    window[start..start + 4].copy_from_slice(&opening.bytes);
    Some(start + opening.len())
}

/// At most four bytes between keys and values.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    bytes: [u8; 4],
    length: u32,
}

impl Mark {
    pub(super) const NONE: Self = Self::new(b"");

    pub(super) const fn new<const N: usize>(text: &[u8; N]) -> Self {
        let mut bytes = [0; 4];
        let mut at = 0;
        while at < N {
            bytes[at] = text[at];
            at += 1;
        }
        Self {
            bytes,
            length: N as u32,
        }
    }

    #[inline]
    pub(super) const fn len(self) -> usize {
        self.length as usize
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len()).unwrap_or_default()
    }
}
