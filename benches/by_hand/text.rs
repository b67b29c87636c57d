//! The texts of a message as parts of its bytes. Where the delimiters are is found once, sixteen bytes at a time.

use carewire_hl7v2::{Charset, EncodingCharacters, Message, Segment};
use wide::u8x16;

/// A text as it stands in the message, and what comes behind it: a short one is copied together with that, in one piece.
#[derive(Clone, Copy, Default)]
pub(super) struct Text<'m> {
    tail: &'m [u8],
    length: usize,
    /// Whether it is what it stands for, and can stand in JSON: there is no escape sequence, explicit null or control character.
    pub(super) is_plain: bool,
}

impl<'m> Text<'m> {
    #[inline]
    pub(super) fn bytes(self) -> &'m [u8] {
        self.tail.get(..self.length).unwrap_or_default()
    }

    #[inline]
    pub(super) fn len(self) -> usize {
        self.length
    }

    #[inline]
    pub(super) fn is_empty(self) -> bool {
        self.length == 0
    }

    /// As many bytes from its start on as it has at most, its own or not; none if it cannot be copied, or near the end of the message.
    #[inline]
    pub(super) fn short<const N: usize>(self) -> Option<&'m [u8; N]> {
        self.chunk().filter(|_| self.is_plain && self.length <= N)
    }

    /// As many bytes from its start on, its own or not; none near the end of the message.
    #[inline]
    pub(super) fn chunk<const N: usize>(self) -> Option<&'m [u8; N]> {
        self.tail.first_chunk()
    }

    /// Its first eight bytes as a number.
    #[inline]
    pub(super) fn word(self) -> u64 {
        let own = u64::MAX >> (64 - 8 * self.length.clamp(1, 8));
        match self.chunk::<8>() {
            Some(chunk) if self.length > 0 => u64::from_le_bytes(*chunk) & own,
            _ => self
                .bytes()
                .iter()
                .rev()
                .fold(0, |word, byte| word << 8 | u64::from(*byte)),
        }
    }

    /// Its first bytes, and the others.
    pub(super) fn split(self, length: usize) -> (Self, Self) {
        let length = length.min(self.length);
        let rest = Self {
            tail: self.tail.get(length..).unwrap_or_default(),
            length: self.length - length,
            ..self
        };
        (Self { length, ..self }, rest)
    }
}

const BLOCK: usize = 64;

/// Which of 64 bytes are delimiters, and which need a look before they can stand in JSON: a bit for each.
#[derive(Clone, Copy, Default)]
struct Block {
    repetition: u64,
    component: u64,
    subcomponent: u64,
    /// Any of these three.
    delimiter: u64,
    special: u64,
}

/// What is looked for.
struct Needles {
    repetition: u8x16,
    component: u8x16,
    subcomponent: u8x16,
    escape: u8x16,
}

impl Needles {
    fn of(characters: EncodingCharacters) -> Self {
        let or_field = |character: Option<u8>| u8x16::splat(character.unwrap_or(characters.field()));
        Self {
            repetition: or_field(characters.repetition()),
            component: or_field(characters.component()),
            subcomponent: or_field(characters.subcomponent()),
            escape: or_field(characters.escape()),
        }
    }

    fn look(&self, bytes: &[u8; BLOCK]) -> Block {
        let mut block = Block::default();
        for (number, part) in bytes.as_chunks::<16>().0.iter().enumerate() {
            let part = u8x16::new(*part);
            let bits = |found: u8x16| u64::from(found.to_bitmask()) << (16 * number);
            block.repetition |= bits(part.simd_eq(self.repetition));
            block.component |= bits(part.simd_eq(self.component));
            block.subcomponent |= bits(part.simd_eq(self.subcomponent));
            let control = part.min(u8x16::splat(b' ' - 1)).simd_eq(part) & !part.simd_eq(u8x16::splat(b'\r'));
            let quote = part.simd_eq(u8x16::splat(b'"')) | part.simd_eq(u8x16::splat(b'\\'));
            block.special |= bits(control | quote | part.simd_eq(self.escape));
        }
        block.delimiter = block.repetition | block.component | block.subcomponent;
        block
    }
}

/// The bytes of a message, and what they are.
pub(super) struct Source<'m> {
    bytes: &'m [u8],
    blocks: Vec<Block>,
    /// Whether no byte behind MSH-2, which has the escape character, needs a look.
    is_plain: bool,
}

impl<'m> Source<'m> {
    /// That of a message in UTF-8.
    pub(super) fn of(message: &'m Message<'m>) -> Option<Self> {
        if !matches!(message.charset(), Charset::Ascii | Charset::Utf8) {
            return None;
        }
        let bytes = message.as_bytes();
        let needles = Needles::of(message.encoding_characters());
        let (all, rest) = bytes.as_chunks();
        let mut last = [0; BLOCK];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        let mut blocks = Vec::with_capacity(all.len() + 2);
        blocks.extend(all.iter().chain([&last]).map(|bytes| needles.look(bytes)));
        blocks.push(Block::default());
        let header = message.segment_at(1).and_then(|msh| msh.field(2))?;
        let mut source = Self {
            bytes,
            blocks,
            is_plain: false,
        };
        source.is_plain = source.needs_no_look(header.range().end, bytes.len());
        Some(source)
    }

    /// Whether no byte from a place to another needs a look.
    fn needs_no_look(&self, start: usize, end: usize) -> bool {
        let (mut at, mut special) = (start, 0);
        while at < end {
            special |= self.bits(at, |block| block.special) & first_bits(end - at);
            at += BLOCK;
        }
        special == 0
    }

    /// What the 64 bytes from a place on are.
    #[inline]
    fn bits(&self, at: usize, of: impl Fn(&Block) -> u64) -> u64 {
        match self.blocks.get(at / BLOCK..) {
            Some([these, next, ..]) => of(these) >> (at % BLOCK) | of(next) << 1 << (BLOCK - 1 - at % BLOCK),
            _ => 0,
        }
    }

    /// The first part of what stands between two places: what is before the first delimiter of any of these levels.
    #[inline]
    fn first_part(&self, start: usize, end: usize, any: impl Fn(&Block) -> u64) -> usize {
        let mut at = start;
        while at < end {
            let found = self.bits(at, &any);
            if found != 0 {
                return end.min(at + found.trailing_zeros() as usize);
            }
            at += BLOCK;
        }
        end
    }
}

/// So many first bits.
#[inline]
fn first_bits(count: usize) -> u64 {
    u64::MAX
        .checked_shl(count as u32)
        .map_or(u64::MAX, |others| !others)
}

/// A segment of a message.
#[derive(Clone, Copy)]
pub(super) struct Row<'m> {
    pub(super) id: [u8; 3],
    is_plain: bool,
    segment: Segment<'m>,
    source: &'m Source<'m>,
}

impl<'m> Row<'m> {
    pub(super) fn of(segment: Segment<'m>, source: &'m Source<'m>) -> Option<Self> {
        let id = *segment.raw().first_chunk()?;
        // MSH-2 has the escape character.
        let header = if id == *b"MSH" { segment.field(2) } else { None };
        let start = header.map_or(segment.range().start, |field| field.range().end);
        let is_plain = source.is_plain || source.needs_no_look(start, segment.range().end);
        Some(Self {
            id,
            is_plain,
            segment,
            source,
        })
    }

    pub(super) fn position(&self) -> usize {
        self.segment.position()
    }

    #[inline]
    fn range(&self, number: usize) -> (usize, usize) {
        let range = self
            .segment
            .field(number)
            .map(|field| field.range())
            .unwrap_or_default();
        (range.start, range.end)
    }

    #[inline]
    fn text(&self, start: usize, end: usize) -> Text<'m> {
        let text = Text {
            tail: self.source.bytes.get(start..).unwrap_or_default(),
            length: end.saturating_sub(start),
            is_plain: self.is_plain,
        };
        if !self.is_plain && text.bytes() == b"\"\"" {
            return Text::default();
        }
        text
    }

    /// A field with the delimiters in it.
    pub(super) fn whole(&self, number: usize) -> Text<'m> {
        let (start, end) = self.range(number);
        self.text(start, end)
    }

    /// The text of a field: of its first repetition the first part.
    #[inline(never)]
    pub(super) fn field(&self, number: usize) -> Text<'m> {
        let (start, end) = self.range(number);
        self.text(start, self.source.first_part(start, end, |found| found.delimiter))
    }

    /// The repetitions of a field that hold something.
    #[inline]
    pub(super) fn each(&self, number: usize) -> impl Iterator<Item = Parts<'m>> + use<'m> {
        let row = *self;
        let (mut at, end) = self.range(number);
        std::iter::from_fn(move || {
            while at < end {
                let parts = Parts::of(row, at, end);
                at = parts.end + 1;
                if parts.start < parts.end {
                    return Some(parts);
                }
            }
            None
        })
    }

    #[inline(never)]
    pub(super) fn first(&self, number: usize) -> Option<Parts<'m>> {
        self.each(number).next()
    }
}

/// So many components are looked at.
const MOST: usize = 13;

/// A repetition with its components.
#[derive(Clone, Copy)]
pub(super) struct Parts<'m> {
    row: Row<'m>,
    start: usize,
    end: usize,
    /// Where each component ends, or a later place.
    ends: [u32; MOST],
    /// Which components have subcomponents: a bit for each.
    divided: u64,
}

impl<'m> Parts<'m> {
    /// The first repetition of what stands between two places, in one pass.
    #[inline(never)]
    fn of(row: Row<'m>, start: usize, end: usize) -> Self {
        let mut parts = Self {
            row,
            start,
            end,
            ends: [end as u32; MOST],
            divided: 0,
        };
        let (mut at, mut number, mut left) = (start, 1, parts.ends.iter_mut());
        while at < parts.end {
            let source = row.source;
            let repetition = source.bits(at, |found| found.repetition);
            if repetition != 0 {
                parts.end = parts.end.min(at + repetition.trailing_zeros() as usize);
            }
            let component = source.bits(at, |found| found.component);
            let subcomponent = source.bits(at, |found| found.subcomponent);
            let own = first_bits(parts.end - at);
            let mut delimiters = (component | subcomponent) & own;
            while delimiters != 0 {
                let place = delimiters.trailing_zeros();
                if component >> place & 1 == 0 {
                    parts.divided |= number;
                } else if let Some(end) = left.next() {
                    *end = at as u32 + place;
                    number <<= 1;
                }
                delimiters &= delimiters - 1;
            }
            at += BLOCK;
        }
        parts
    }

    /// Where a component starts and ends.
    #[inline]
    fn component(&self, number: usize) -> (usize, usize) {
        let end = |number: usize| self.ends.get(number).map_or(self.end, |end| *end as usize);
        let start = if number == 1 {
            self.start
        } else {
            end(number - 2) + 1
        };
        (start, end(number - 1).min(self.end))
    }

    /// The text of a component: that of its first subcomponent.
    #[inline]
    pub(super) fn part(&self, number: usize) -> Text<'m> {
        if self.divided >> (number - 1) & 1 == 1 {
            return self.sub(number, 1);
        }
        let (start, end) = self.component(number);
        self.row.text(start, end)
    }

    /// The text of a subcomponent.
    pub(super) fn sub(&self, number: usize, sub: usize) -> Text<'m> {
        let (mut start, end) = self.component(number);
        for _ in 1..sub {
            start = self.subcomponent_end(start, end) + 1;
        }
        self.row.text(start, self.subcomponent_end(start, end))
    }

    #[inline]
    fn subcomponent_end(&self, start: usize, end: usize) -> usize {
        self.row.source.first_part(start, end, |found| found.subcomponent)
    }
}
