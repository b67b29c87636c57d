//! Where the delimiters and line ends of a message are, found 64 bytes at a time.
//!
//! The comparisons are written so that the compiler makes vectors of them; each block gives a mask with a bit for
//! each byte that means something. Where nothing does for a while, `memchr` finds what is next.

use crate::delimiters::EncodingCharacters;

/// The bytes of a block.
const BLOCK: usize = 64;

/// How many blocks are looked at before what they show is noted.
const BLOCKS: usize = 64;

/// After so many blocks in a row without a delimiter the next one is searched for.
const SPARSE: u32 = 8;

/// The bytes that mean something: delimiters and line ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Needles {
    pub(crate) field: u8,
    pub(crate) repetition: u8,
    pub(crate) component: u8,
    pub(crate) subcomponent: u8,
}

/// What a block holds: where it starts, and a bit for each of its bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Block {
    pub(crate) base: u32,
    pub(crate) delimiters: u64,
    pub(crate) line_ends: u64,
}

/// The blocks that hold something, of a part of a message.
pub(crate) struct Window {
    blocks: [Block; BLOCKS],
    length: usize,
}

impl Needles {
    pub(crate) fn new(characters: &EncodingCharacters) -> Self {
        // A delimiter that was left out is stood in for by one that is looked for anyway.
        let or_field = |byte: Option<u8>| byte.unwrap_or(characters.field);
        Self {
            field: characters.field,
            repetition: or_field(characters.repetition),
            component: or_field(characters.component),
            subcomponent: or_field(characters.subcomponent),
        }
    }

    /// Which bytes of a block mean something.
    #[inline]
    fn find(&self, base: usize, bytes: &[u8; BLOCK]) -> Block {
        let mut delimiters = [0_u8; BLOCK];
        let mut line_ends = [0_u8; BLOCK];
        for place in 0..BLOCK {
            let byte = bytes[place];
            let outer = (byte == self.field) | (byte == self.repetition);
            let inner = (byte == self.component) | (byte == self.subcomponent);
            delimiters[place] = u8::from(outer | inner);
            line_ends[place] = u8::from((byte == b'\r') | (byte == b'\n'));
        }
        Block {
            base: base as u32,
            delimiters: bits(&delimiters),
            line_ends: bits(&line_ends),
        }
    }

    /// The place of the next delimiter or line end from `from` on, or the end.
    #[inline(never)]
    fn next_sparse(&self, bytes: &[u8], mut from: usize) -> usize {
        let mut width = 1 << 10;
        while from < bytes.len() {
            let window = &bytes[from..bytes.len().min(from + width)];
            let outer = memchr::memchr3(self.field, b'\r', b'\n', window).unwrap_or(window.len());
            let inner = &window[..outer];
            if let Some(found) = memchr::memchr3(self.repetition, self.component, self.subcomponent, inner) {
                return from + found;
            }
            if outer < window.len() {
                return from + outer;
            }
            from += window.len();
            width = (width * 2).min(1 << 14);
        }
        bytes.len()
    }
}

/// Bytes of 0 or 1 as bits.
#[inline]
fn bits(flags: &[u8; BLOCK]) -> u64 {
    let (words, _) = flags.as_chunks::<8>();
    let eights = words
        .iter()
        .map(|word| u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56);
    eights
        .enumerate()
        .fold(0, |mask, (place, eight)| mask | eight << (place * 8))
}

impl Window {
    pub(crate) fn new() -> Self {
        Self {
            blocks: [Block::default(); BLOCKS],
            length: 0,
        }
    }

    /// Looks at the bytes from `from` on; gives the place up to which it looked.
    pub(crate) fn fill(&mut self, needles: &Needles, bytes: &[u8], from: usize) -> usize {
        self.length = 0;
        let mut at = from;
        let mut empty = 0;
        while let Some(place) = self.blocks.get_mut(self.length)
            && let Some(rest) = bytes.get(at..)
        {
            *place = match rest.first_chunk::<BLOCK>() {
                Some(block) => needles.find(at, block),
                None if rest.is_empty() => break,
                None => {
                    // NUL is no delimiter.
                    let mut block = [0; BLOCK];
                    block[..rest.len()].copy_from_slice(rest);
                    needles.find(at, &block)
                }
            };
            at += BLOCK;
            if place.delimiters | place.line_ends != 0 {
                self.length += 1;
                empty = 0;
                continue;
            }
            empty += 1;
            if empty == SPARSE {
                at = needles.next_sparse(bytes, at.min(bytes.len()));
                empty = 0;
            }
        }
        at.min(bytes.len())
    }

    /// The blocks that hold something.
    #[inline]
    pub(crate) fn blocks(&self) -> &[Block] {
        &self.blocks[..self.length]
    }

    /// How many delimiters and line ends there are.
    pub(crate) fn delimiters(&self) -> usize {
        let count = |block: &Block| (block.delimiters | block.line_ends).count_ones() as usize;
        self.blocks().iter().map(count).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> Vec<usize> {
        let needles = Needles::new(&EncodingCharacters::default());
        let (mut window, mut at, mut all) = (Window::new(), 0, Vec::new());
        while at < bytes.len() {
            at = window.fill(&needles, bytes, at);
            let before = all.len();
            for block in window.blocks() {
                let is_set = |bit: &usize| (block.delimiters | block.line_ends) >> bit & 1 == 1;
                all.extend((0..64).filter(is_set).map(|bit| block.base as usize + bit));
            }
            assert_eq!(all.len() - before, window.delimiters());
        }
        all
    }

    #[test]
    fn every_delimiter_at_every_place() {
        for length in [0, 1, 63, 64, 65, 200, 5_000, 70_000] {
            for step in [1, 3, 64, 509, 700, 30_000] {
                let mut bytes = vec![b'x'; length];
                for (number, at) in (0..length).step_by(step).enumerate() {
                    bytes[at] = b"|^~&\r\n"[number % 6];
                }
                let expected: Vec<_> = (0..length).step_by(step).collect();
                assert_eq!(found(&bytes), expected, "{length} bytes, one in {step}");
            }
        }
    }

    #[test]
    fn no_other_byte() {
        let others: Vec<u8> = (0..=255).filter(|byte| !b"|^~&\r\n".contains(byte)).collect();
        assert!(found(&others.repeat(40)).is_empty());
    }
}
