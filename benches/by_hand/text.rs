//! The texts of a message as parts of its bytes.

use carewire_hl7v2::{Leaves, Message, Place, Segment};

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

    /// As many bytes from its start on as a short text has at most, its own or not; none if it is not short, if it cannot be copied, or near
    /// the end of the message.
    #[inline]
    pub(super) fn short<const N: usize>(self) -> Option<&'m [u8; N]> {
        self.tail
            .first_chunk()
            .filter(|_| self.is_plain && self.length <= N)
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

/// The bytes of a message, and what stands before repetitions and components.
pub(super) struct Source<'m> {
    message: &'m Message<'m>,
    bytes: &'m [u8],
    repetition: u8,
    component: u8,
    /// Where MSH-2, which has the escape character, ends.
    start: usize,
    /// Whether every text behind it is plain.
    is_plain: bool,
}

impl<'m> Source<'m> {
    pub(super) fn of(message: &'m Message<'m>) -> Option<Self> {
        let characters = message.encoding_characters();
        let or_field = |separator: Option<u8>| separator.unwrap_or(characters.field());
        let bytes = message.as_bytes();
        let second = message.segment_at(1).and_then(|msh| msh.field(2))?;
        let start = second.range().end;
        Some(Self {
            message,
            bytes,
            repetition: or_field(characters.repetition()),
            component: or_field(characters.component()),
            start,
            is_plain: message.text_at(start..bytes.len()).is_some_and(can_stand_in_json),
        })
    }
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
        let range = segment.range();
        let own = || source.message.text_at(range.start.max(source.start)..range.end);
        Some(Self {
            id: *segment.raw().first_chunk()?,
            is_plain: source.is_plain || own().is_some_and(can_stand_in_json),
            segment,
            source,
        })
    }

    pub(super) fn position(&self) -> usize {
        self.segment.position()
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
        let range = self.segment.field(number).map(|field| field.range());
        let range = range.unwrap_or_default();
        self.text(range.start, range.end)
    }

    /// The text of a field: of its first repetition the first part.
    #[inline(never)]
    pub(super) fn field(&self, number: usize) -> Text<'m> {
        let field = self.segment.field(number).map(Place::from);
        let first = field.and_then(|field| field.leaves().next());
        let range = first.unwrap_or_default();
        self.text(range.start, range.end)
    }

    /// Its bytes.
    #[inline(never)]
    pub(super) fn bytes(&self, number: usize) -> &'m [u8] {
        self.field(number).bytes()
    }

    /// The repetitions of a field that hold something, one after the other.
    #[inline]
    pub(super) fn each(&self, number: usize) -> Repetitions<'m> {
        let field = self.segment.field(number).map(Place::from);
        Repetitions {
            left: field.map(|field| field.leaves()),
            parts: Parts {
                row: *self,
                leaves: None,
                ends: [0; _],
            },
        }
    }

    /// The first repetition that holds something; an empty one where none does.
    #[inline(never)]
    pub(super) fn first(&self, number: usize) -> Parts<'m> {
        let mut repetitions = self.each(number);
        repetitions.next();
        repetitions.parts
    }
}

/// Whether no byte has to be escaped, line ends aside, which are in no text.
fn can_stand_in_json(text: &str) -> bool {
    const PART: usize = 64;
    let is_special = |byte: u8| byte < b' ' && byte != b'\r' || byte == b'"' || byte == b'\\';
    let has_special = |part: &[u8]| part.iter().fold(false, |found, byte| found | is_special(*byte));
    let (parts, rest) = text.as_bytes().as_chunks::<PART>();
    !parts.iter().any(|part| has_special(part)) && !has_special(rest)
}

/// So many components are looked at.
const COMPONENTS: usize = 13;

/// A repetition with its components.
pub(super) struct Parts<'m> {
    row: Row<'m>,
    /// Its subcomponents, and those of the repetitions behind it.
    leaves: Option<Leaves<'m>>,
    /// How many subcomponents there are up to the end of each component, from that before the first on; in the last place what is not
    /// looked at.
    ends: [u32; COMPONENTS + 2],
}

impl<'m> Parts<'m> {
    pub(super) fn is_empty(&self) -> bool {
        self.leaves.is_none()
    }

    /// The text of a component: that of its first subcomponent.
    #[inline]
    pub(super) fn part(&self, number: usize) -> Text<'m> {
        self.sub(number, 1)
    }

    /// Its bytes.
    #[inline(never)]
    pub(super) fn bytes(&self, number: usize) -> &'m [u8] {
        self.part(number).bytes()
    }

    /// The text of a subcomponent.
    #[inline]
    pub(super) fn sub(&self, number: usize, sub: usize) -> Text<'m> {
        let leaf = match self.ends.get(number - 1..) {
            Some([before, end, ..]) if *before as usize + sub <= *end as usize => *before as usize + sub - 1,
            _ => return Text::default(),
        };
        let leaves = self.leaves.clone();
        let range = leaves.and_then(|mut leaves| leaves.nth(leaf)).unwrap_or_default();
        self.row.text(range.start, range.end)
    }
}

/// The repetitions of a field that are left.
pub(super) struct Repetitions<'m> {
    left: Option<Leaves<'m>>,
    parts: Parts<'m>,
}

impl<'m> Repetitions<'m> {
    #[inline(never)]
    pub(super) fn next(&mut self) -> Option<&Parts<'m>> {
        let source = self.parts.row.source;
        let left = self.left.as_mut()?;
        loop {
            let own = left.clone();
            let mut leaves = own.clone();
            let first = leaves.next()?;
            let (mut component, mut count) = (1, 1);
            self.parts.ends = [0; _];
            self.parts.ends[component] = count;
            for leaf in leaves {
                let before = source.bytes.get(leaf.start.wrapping_sub(1)).copied();
                if before == Some(source.repetition) {
                    break;
                }
                component += usize::from(before == Some(source.component));
                count += 1;
                self.parts.ends[component.min(COMPONENTS + 1)] = count;
            }
            left.nth(count as usize - 1);
            if count > 1 || !first.is_empty() {
                self.parts.leaves = Some(own);
                return Some(&self.parts);
            }
        }
    }
}
