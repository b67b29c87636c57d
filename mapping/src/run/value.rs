//! What a variable holds while a map runs.

use std::cell::{Cell, OnceCell};
use std::ops::Range;

use carewire_fhir_model::Node;
use carewire_fhir_model::build::BuildId;
use carewire_hl7v2::{Component, Message, Place, Repetition, Segment, tree};

use super::Run;
use super::loose::LooseId;
use super::presence::Presence;
use super::sources::Separators;
use crate::program::{Kind, Part};

/// A value: a place of the source, an element of the target, or what was computed. It is copied freely: places and
/// texts lie in the source, in the program, or in the arena of the run.
#[derive(Clone, Copy)]
pub(super) enum Value<'m> {
    Empty,
    /// The message or a group of it.
    Group(tree::Node<'m>),
    /// All segments of a message or group, wherever they stand.
    All(tree::Node<'m>),
    Segment(Segment<'m>),
    Repetition(&'m Repeated<'m>),
    Component(&'m Piece<'m>),
    Subcomponent(&'m Piece<'m>),
    /// A node of a FHIR document.
    Fhir(Node<'m>),
    /// An element of the target.
    Made(BuildId),
    /// An element of a target that is no FHIR R4.
    Loose(LooseId),
    Integer(i64),
    Computed(Kind, &'m str),
    /// What `by` made one match of; two at least. Only a variable holds it: an expression sees each of them.
    Several(&'m [Value<'m>]),
}

// Three words: a value is copied at each step of an expression.
const _: () = assert!(size_of::<Value<'_>>() <= 24);

/// A repetition of a field, and its components once one was asked for.
pub(super) struct Repeated<'m> {
    pub(super) part: Repetition<'m>,
    pieces: OnceCell<Pieces<'m>>,
}

/// Which components a repetition has, and where those are that it has: most rules ask for some that are not there.
struct Pieces<'m> {
    presence: Presence,
    /// From component 1 on.
    all: &'m [Piece<'m>],
}

/// A component or a subcomponent, by where it stands.
#[derive(Clone, Copy)]
pub(super) struct Piece<'m> {
    of: &'m Repeated<'m>,
    number: u16,
    /// The number of the subcomponent, 0 for a component.
    subcomponent: u16,
    start: u32,
    end: u32,
    /// Where its first subcomponent ends, which its text comes from; 0 if only a closer look tells.
    text_end: u32,
}

/// So many components are kept: more than any data type has.
const KEPT: usize = 32;

impl<'m> Repeated<'m> {
    pub(super) fn new(part: Repetition<'m>) -> Self {
        Self {
            part,
            pieces: OnceCell::new(),
        }
    }

    /// The components, by one walk over the bytes.
    fn find_pieces(&'m self, run: &Run<'m, '_>) -> Pieces<'m> {
        let place = Place::from(self.part);
        let separators = run.separators_of(place);
        let mut found = Found {
            presence: Presence::default(),
            all: run.pieces.take(),
            separators,
        };
        found.all.clear();
        // Fields 1 and 2 of a header are the delimiters themselves, and divide nothing.
        if place.field_number() <= 2 {
            for (number, part) in (1..).zip(self.part.components()) {
                let (range, text_end) = (part.range(), 0);
                found.push(self, number, range, text_end, part.raw().first());
            }
        } else {
            self.walk(place.range().start, &mut found);
        }
        let pieces = Pieces {
            presence: found.presence,
            all: run.arena.alloc_slice_copy(&found.all),
        };
        run.pieces.set(found.all);
        pieces
    }

    fn walk(&'m self, start: usize, found: &mut Found<'m, '_>) {
        let (component, subcomponent) = (found.separators.component, found.separators.subcomponent);
        let raw = self.part.raw();
        let (mut number, mut from, mut text_end) = (1, 0, None);
        each_separator(raw, component, subcomponent, |at, byte| {
            if byte == component {
                let text_end = text_end.take().unwrap_or(at);
                found.push(
                    self,
                    number,
                    start + from..start + at,
                    start + text_end,
                    raw.get(from),
                );
                (number, from) = (number + 1, at + 1);
            } else if text_end.is_none() {
                text_end = Some(at);
            }
        });
        let end = start + raw.len();
        let text_end = text_end.map_or(end, |at| start + at);
        found.push(self, number, start + from..end, text_end, raw.get(from));
    }
}

/// Visits the places of two bytes in a text, each with its byte. Eight bytes are looked at together: most hold neither.
#[inline]
fn each_separator(text: &[u8], one: u8, other: u8, mut visit: impl FnMut(usize, u8)) {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = 0x7f * ONES;
    // The highest bit is set of a byte that is zero, and of no other.
    let zeros = |word: u64| !(((word & LOW) + LOW) | word | LOW);
    let hits = |word: u64| zeros(word ^ (ONES * u64::from(one))) | zeros(word ^ (ONES * u64::from(other)));
    let mut visit_all = |start: usize, mut hits: u64| {
        while hits != 0 {
            let at = start + hits.trailing_zeros() as usize / 8;
            if let Some(byte) = text.get(at) {
                visit(at, *byte);
            }
            hits &= hits - 1;
        }
    };
    let (words, rest) = text.as_chunks::<8>();
    for (start, word) in (0..).step_by(8).zip(words) {
        visit_all(start, hits(u64::from_le_bytes(*word)));
    }
    if rest.is_empty() {
        return;
    }
    // The last eight bytes, of which some were looked at; of fewer in all each by itself.
    match text.last_chunk::<8>() {
        Some(last) => {
            let before = 8 - rest.len();
            let unseen = hits(u64::from_le_bytes(*last)) & (u64::MAX << (8 * before));
            visit_all(text.len() - 8, unseen);
        }
        None => {
            for (at, byte) in text.iter().enumerate() {
                if *byte == one || *byte == other {
                    visit(at, *byte);
                }
            }
        }
    }
}

/// The components that a walk has found.
struct Found<'m, 's> {
    presence: Presence,
    all: Vec<Piece<'m>>,
    separators: &'s Separators,
}

impl<'m> Found<'m, '_> {
    #[inline]
    fn push(
        &mut self,
        of: &'m Repeated<'m>,
        number: usize,
        range: Range<usize>,
        text_end: usize,
        first: Option<&u8>,
    ) {
        if let (false, Some(first)) = (range.is_empty(), first) {
            self.presence.note(number, *first, self.separators);
        }
        // Of each it is known whether it is there; one behind those that are kept is looked for when it is asked for.
        if number > KEPT {
            return;
        }
        self.all.push(Piece {
            of,
            number: number as u16,
            subcomponent: 0,
            start: range.start as u32,
            end: range.end as u32,
            text_end: text_end as u32,
        });
    }
}

impl<'m> Piece<'m> {
    /// The component, or that which it is a subcomponent of.
    pub(super) fn component(&self) -> Option<Component<'m>> {
        self.of.part.component(usize::from(self.number))
    }

    /// The place, to look at closer.
    pub(super) fn place(&self) -> Option<Place<'m>> {
        let component = self.component()?;
        match self.subcomponent {
            0 => Some(Place::from(component)),
            number => component.subcomponent(usize::from(number)).map(Place::from),
        }
    }

    /// Whether no separator stands in it, as far as the walk saw.
    #[inline]
    pub(super) fn is_undivided(&self) -> bool {
        self.text_end == self.end
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// The subcomponent of a number, from 1.
    pub(super) fn subcomponent(&self, number: u16, separators: &Separators) -> Option<Self> {
        let whole = self.start as usize..self.end as usize;
        let range = match (number, self.text_end) {
            (0, _) => return None,
            (_, 0) => self.component()?.subcomponent(usize::from(number))?.range(),
            (1, end) => whole.start..end as usize,
            _ if self.is_undivided() => return None,
            (number, end) => {
                let separator = separators.subcomponent;
                let (mut start, mut left) = (end as usize + 1, number - 2);
                let bytes = self.message().as_bytes().get(start..whole.end)?;
                let mut end = whole.end;
                for (at, byte) in (start..).zip(bytes) {
                    if *byte != separator {
                        continue;
                    }
                    if left == 0 {
                        end = at;
                        break;
                    }
                    (start, left) = (at + 1, left - 1);
                }
                (left == 0).then_some(start..end)?
            }
        };
        Some(Self {
            subcomponent: number,
            start: range.start as u32,
            end: range.end as u32,
            text_end: if self.text_end == 0 { 0 } else { range.end as u32 },
            ..*self
        })
    }

    #[inline]
    pub(super) fn message(&self) -> &'m Message<'m> {
        Place::from(self.of.part).message()
    }
}

impl<'m> Run<'m, '_> {
    #[inline]
    fn pieces_of<'r>(&self, repeated: &'m Repeated<'m>) -> &'r Pieces<'m>
    where
        'm: 'r,
    {
        repeated.pieces.get_or_init(|| repeated.find_pieces(self))
    }

    /// Which components a repetition has.
    #[inline]
    pub(super) fn presence_of(&self, repeated: &'m Repeated<'m>) -> Presence {
        self.pieces_of(repeated).presence
    }

    /// The only component of a repetition, if nothing divides that.
    pub(super) fn only_piece(&self, repeated: &'m Repeated<'m>) -> Option<&'m Piece<'m>> {
        match self.pieces_of(repeated).all {
            [only] if only.is_undivided() => Some(only),
            _ => None,
        }
    }

    /// A component that holds something, by its number, from 1.
    #[inline]
    pub(super) fn part_of(&self, repeated: &'m Repeated<'m>, number: u16) -> Option<&'m Piece<'m>> {
        let pieces = self.pieces_of(repeated);
        let bit = Part::Component(number).bit();
        match bit.and_then(|bit| pieces.presence.any(bit)) {
            Some(false) => None,
            Some(true) => match pieces.all.get(usize::from(number).wrapping_sub(1)) {
                None => self.far_part_of(repeated, number),
                known => known,
            },
            None => {
                let known = pieces.all.get(usize::from(number).wrapping_sub(1));
                let piece = known.or_else(|| self.far_part_of(repeated, number))?;
                self.is_there(piece.place()?).then_some(piece)
            }
        }
    }

    /// A subcomponent that holds something.
    #[inline]
    pub(super) fn below(&self, piece: &Piece<'m>, number: u16) -> Option<Piece<'m>> {
        let below = piece.subcomponent(number, self.separators_in(piece.message()))?;
        // An explicit null is as long as that.
        match below.end - below.start {
            0 => None,
            2 => self.is_there(below.place()?).then_some(below),
            _ => Some(below),
        }
    }

    /// A component behind those that are kept.
    #[cold]
    fn far_part_of(&self, repeated: &'m Repeated<'m>, number: u16) -> Option<&'m Piece<'m>> {
        let range = repeated.part.component(usize::from(number))?.range();
        Some(self.arena.alloc(Piece {
            of: repeated,
            number,
            subcomponent: 0,
            start: range.start as u32,
            end: range.end as u32,
            text_end: 0,
        }))
    }

    /// The text of a component; it counts as read.
    #[inline]
    pub(super) fn piece_text(&self, piece: &Piece<'m>) -> Option<&'m str> {
        let message = piece.message();
        if self.trace.is_none()
            && let Some(text) = message.text_at(piece.start as usize..piece.text_end as usize)
            && text != "\"\""
        {
            self.mark(self.base_of(message) + piece.start as usize);
            return Some(text).filter(|text| !text.is_empty());
        }
        self.place_text(piece.place()?)
    }
}

/// The segment and the number of a field, and its only repetition.
type Looked<'m> = Cell<Option<(Segment<'m>, u16, &'m Repeated<'m>)>>;

/// The fields of one repetition that rules looked at last, by their numbers: several rules read the same field of the segment that they are about.
#[derive(Default)]
pub(super) struct Recent<'m>([Looked<'m>; 32]);

impl<'m> Recent<'m> {
    #[inline]
    fn place(&self, number: u16) -> &Looked<'m> {
        &self.0[usize::from(number % 32)]
    }

    #[inline]
    pub(super) fn find(&self, segment: Segment<'m>, number: u16) -> Option<&'m Repeated<'m>> {
        let (of, known, repeated) = self.place(number).get()?;
        let is_same = known == number
            && of.position() == segment.position()
            && std::ptr::eq(of.message(), segment.message());
        is_same.then_some(repeated)
    }

    pub(super) fn keep(&self, segment: Segment<'m>, number: u16, repeated: &'m Repeated<'m>) {
        self.place(number).set(Some((segment, number, repeated)));
    }
}

impl<'m> Value<'m> {
    pub(super) fn string(text: &'m str) -> Self {
        Self::Computed(Kind::String, text)
    }

    pub(super) fn boolean(value: bool) -> Self {
        Self::Computed(Kind::Boolean, if value { "true" } else { "false" })
    }

    pub(super) fn integer(value: usize) -> Self {
        Self::Integer(i64::try_from(value).unwrap_or(i64::MAX))
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// The value, or the first of several.
    #[inline]
    pub(super) fn lead(self) -> Self {
        match self {
            Self::Several([first, ..]) => *first,
            other => other,
        }
    }

    /// The place, of a part of a field.
    #[inline]
    pub(super) fn place(&self) -> Option<Place<'m>> {
        match self {
            Self::Repetition(repeated) => Some(Place::from(repeated.part)),
            Self::Component(piece) | Self::Subcomponent(piece) => piece.place(),
            _ => None,
        }
    }

    /// The path in the source, for findings.
    pub(super) fn path(&self) -> Option<String> {
        match self {
            Self::Segment(segment) => Some(segment.location().to_string()),
            Self::Group(node) => node
                .children()
                .find_map(|child| child.segment())
                .map(|segment| segment.location().to_string()),
            Self::Fhir(node) => Some(node.path()),
            Self::Several(values) => values.first().and_then(Self::path),
            _ => self.place().map(|place| place.location().to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::each_separator;

    #[test]
    fn each_separator_is_visited_once_and_in_order() {
        // Every length around a word and two, with separators at every place.
        for length in 0..=25 {
            for at in 0..length {
                let mut text = vec![b'x'; length];
                text[at] = b'^';
                text[at * 7 % length] = b'&';
                text[length - 1 - at] = 0xde;
                let expected: Vec<(usize, u8)> = (0..)
                    .zip(text.iter().copied())
                    .filter(|(_, byte)| matches!(byte, b'^' | b'&'))
                    .collect();
                let mut found = Vec::new();
                each_separator(&text, b'^', b'&', |at, byte| found.push((at, byte)));
                assert_eq!(found, expected, "{length} {at}");
            }
        }
        // A separator that a sender does not have is byte 0.
        let mut found = 0;
        each_separator(b"abcdefghi^", b'^', 0, |_, _| found += 1);
        assert_eq!(found, 1);
    }
}
