//! Where the delimiters and line ends of a message are, found 64 bytes at a time.
//!
//! Each block is compared with every byte that means something, 16 bytes at once; a mask has a bit for each byte that
//! does. Where nothing does for a while, `memchr` finds what is next.

use wide::u8x16;

use crate::delimiters::EncodingCharacters;

/// The bytes of a block.
pub(crate) const BLOCK: usize = 64;

/// After so many blocks in a row without a delimiter the next one is searched for.
const SPARSE: u32 = 8;

/// The bytes that mean something, beside line ends. One that the message leaves out is stood in for by one that is
/// looked for anyway: the field separator.
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
    pub(crate) base: usize,
    /// Delimiters of every level.
    pub(crate) delimiters: u64,
    /// Field separators.
    pub(crate) fields: u64,
    pub(crate) line_ends: u64,
}

/// The blocks of a message that hold something, in order.
pub(crate) struct Blocks<'b> {
    bytes: &'b [u8],
    at: usize,
    needles: Needles,
    /// As many of each as are compared at once.
    field: u8x16,
    repetition: u8x16,
    component: u8x16,
    subcomponent: u8x16,
}

impl Needles {
    #[inline]
    pub(crate) fn new(characters: &EncodingCharacters) -> Self {
        let or_field = |byte: Option<u8>| byte.unwrap_or(characters.field);
        Self {
            field: characters.field,
            repetition: or_field(characters.repetition),
            component: or_field(characters.component),
            subcomponent: or_field(characters.subcomponent),
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

impl<'b> Blocks<'b> {
    /// The blocks of `bytes` from byte `from` on.
    #[inline]
    pub(crate) fn new(needles: Needles, bytes: &'b [u8], from: usize) -> Self {
        Self {
            bytes,
            at: from,
            needles,
            field: u8x16::splat(needles.field),
            repetition: u8x16::splat(needles.repetition),
            component: u8x16::splat(needles.component),
            subcomponent: u8x16::splat(needles.subcomponent),
        }
    }

    /// Which bytes of a block mean something.
    #[inline(always)]
    fn look(&self, base: usize, bytes: &[u8; BLOCK]) -> Block {
        let (carriage_return, line_feed) = (u8x16::splat(b'\r'), u8x16::splat(b'\n'));
        let mut block = Block {
            base,
            ..Block::default()
        };
        let (parts, _) = bytes.as_chunks::<16>();
        for (number, part) in parts.iter().enumerate() {
            let part = u8x16::new(*part);
            let field = part.simd_eq(self.field);
            let within = part.simd_eq(self.component) | part.simd_eq(self.repetition);
            let delimiter = (field | within) | part.simd_eq(self.subcomponent);
            let line_end = part.simd_eq(carriage_return) | part.simd_eq(line_feed);
            let bits = |found: u8x16| u64::from(found.to_bitmask()) << (number * 16);
            block.fields |= bits(field);
            block.delimiters |= bits(delimiter);
            block.line_ends |= bits(line_end);
        }
        block
    }

    /// The block at the end, of fewer bytes.
    #[inline(never)]
    fn look_at_end(&self, rest: &[u8]) -> Block {
        // NUL is no delimiter.
        let mut block = [0; BLOCK];
        for (to, from) in block.iter_mut().zip(rest) {
            *to = *from;
        }
        self.look(self.at, &block)
    }
}

impl Iterator for Blocks<'_> {
    type Item = Block;

    #[inline(always)]
    fn next(&mut self) -> Option<Block> {
        let mut empty = 0;
        loop {
            let rest = self.bytes.get(self.at..)?;
            let block = match rest.first_chunk::<BLOCK>() {
                Some(block) => self.look(self.at, block),
                None if rest.is_empty() => return None,
                None => self.look_at_end(rest),
            };
            self.at += BLOCK;
            if block.delimiters | block.line_ends != 0 {
                return Some(block);
            }
            empty += 1;
            if empty == SPARSE {
                self.at = self.needles.next_sparse(self.bytes, self.at);
                empty = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> Vec<usize> {
        let needles = Needles::new(&EncodingCharacters::default());
        let mut all = Vec::new();
        for block in Blocks::new(needles, bytes, 0) {
            let of = |mask: u64| {
                (0..BLOCK)
                    .filter(move |bit| mask >> bit & 1 == 1)
                    .map(move |bit| block.base + bit)
            };
            assert!(of(block.fields).all(|at| bytes[at] == b'|'));
            assert_eq!(
                of(block.fields).count(),
                of(block.delimiters).filter(|at| bytes[*at] == b'|').count()
            );
            all.extend(of(block.delimiters | block.line_ends));
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
