//! What a variable holds while a map runs.

use std::cell::OnceCell;
use std::ops::Range;

use carewire_fhir_model::Node;
use carewire_fhir_model::build::BuildId;
use carewire_hl7v2::{Component, Leaves, Message, Place, Repetition, Segment, tree};

use super::loose::LooseId;
use super::presence::Presence;
use super::sources::Separators;
use super::{NULL, Run};
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
    /// The number of its first subcomponent among those of the repetition, from 0.
    leaf: u32,
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

    /// The components, by one walk over what no delimiter divides further.
    #[inline(never)]
    fn find_pieces(&'m self, run: &Run<'m, '_>) -> Pieces<'m> {
        let place = Place::from(self.part);
        let separators = run.separators_of(place);
        let (range, leaves) = (place.range(), place.leaves());
        let piece = Piece {
            of: self,
            number: 1,
            subcomponent: 0,
            start: range.start as u32,
            end: range.end as u32,
            text_end: 0,
            leaf: 0,
        };
        let room = run.arena.alloc_slice_fill_copy(leaves.len().min(KEPT), piece);
        let mut found = Found {
            presence: Presence::default(),
            all: room,
            count: 0,
            bytes: place.message().as_bytes(),
            separators,
        };
        // Fields 1 and 2 of a header are the delimiters themselves, and divide nothing.
        if place.field_number() <= 2 {
            for (number, part) in (1..).zip(self.part.components()) {
                found.push(number, part.range(), 0, 0);
            }
        } else {
            found.walk(range, leaves);
        }
        let Found {
            presence, all, count, ..
        } = found;
        let all: &'m [Piece<'m>] = all;
        Pieces {
            presence,
            all: all.get(..count).unwrap_or_default(),
        }
    }
}

/// The components that a walk has found.
struct Found<'m, 's> {
    presence: Presence,
    /// Room for those that are kept; so many were found.
    all: &'m mut [Piece<'m>],
    count: usize,
    bytes: &'m [u8],
    separators: &'s Separators,
}

impl<'m> Found<'m, '_> {
    /// Each component begins with a leaf behind its separator, and its text ends where that leaf does.
    fn walk(&mut self, whole: Range<usize>, leaves: Leaves<'m>) {
        let (mut number, mut start, mut first) = (1, whole.start, None);
        for (at, leaf) in (0..).zip(leaves) {
            let before = self.bytes.get(leaf.start.wrapping_sub(1));
            if let Some((first_leaf, end)) = first
                && before == Some(&self.separators.component)
            {
                self.push(number, start..leaf.start - 1, end, first_leaf);
                (number, start, first) = (number + 1, leaf.start, None);
            }
            first.get_or_insert((at, leaf.end));
        }
        let (leaf, end) = first.unwrap_or((0, whole.end));
        self.push(number, start..whole.end, end, leaf);
    }

    #[inline]
    fn push(&mut self, number: usize, range: Range<usize>, text_end: usize, leaf: u32) {
        if range.start < range.end
            && let Some(first) = self.bytes.get(range.start)
        {
            self.presence.note(number, *first, self.separators);
        }
        // Of each it is known whether it is there; one behind those that are kept is looked for when it is asked for.
        if let Some(piece) = self.all.get_mut(self.count) {
            piece.number = number as u16;
            (piece.start, piece.end) = (range.start as u32, range.end as u32);
            (piece.text_end, piece.leaf) = (text_end as u32, leaf);
            self.count += 1;
        }
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
    #[inline(always)]
    pub(super) fn subcomponent(&self, number: u16) -> Option<Self> {
        let whole = self.start as usize..self.end as usize;
        let range = match (number, self.text_end) {
            (0, _) => return None,
            (_, 0) => self.component()?.subcomponent(usize::from(number))?.range(),
            (1, end) => whole.start..end as usize,
            _ if self.is_undivided() => return None,
            (number, _) => {
                let mut leaves = Place::from(self.of.part).leaves();
                let leaf = leaves.nth(self.leaf as usize + usize::from(number) - 1)?;
                (leaf.end <= whole.end).then_some(leaf)?
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
        match repeated.pieces.get() {
            Some(known) => known,
            None => repeated.pieces.get_or_init(|| repeated.find_pieces(self)),
        }
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
    #[inline(always)]
    pub(super) fn part_of(&self, repeated: &'m Repeated<'m>, number: u16) -> Option<&'m Piece<'m>> {
        let pieces = self.pieces_of(repeated);
        let bit = Part::Component(number).bit();
        match bit.and_then(|bit| pieces.presence.any(bit)) {
            Some(false) => None,
            Some(true) => match pieces.all.get(usize::from(number).wrapping_sub(1)) {
                None => self.far_part_of(repeated, number),
                known => known,
            },
            None => self.unsure_part_of(repeated, number),
        }
    }

    /// As [`Run::part_of`], where only a closer look tells.
    #[cold]
    #[inline(never)]
    fn unsure_part_of(&self, repeated: &'m Repeated<'m>, number: u16) -> Option<&'m Piece<'m>> {
        let known = self
            .pieces_of(repeated)
            .all
            .get(usize::from(number).wrapping_sub(1));
        let piece = known.or_else(|| self.far_part_of(repeated, number))?;
        self.is_there(piece.place()?).then_some(piece)
    }

    /// A subcomponent that holds something.
    #[inline(always)]
    pub(super) fn below(&self, piece: &Piece<'m>, number: u16) -> Option<Piece<'m>> {
        let below = piece.subcomponent(number)?;
        let range = below.start as usize..below.end as usize;
        match range.len() {
            0 => None,
            2 if piece.message().as_bytes().get(range) == Some(NULL) => {
                self.is_there(below.place()?).then_some(below)
            }
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
            leaf: 0,
        }))
    }

    /// The text of a component; it counts as read.
    #[inline(always)]
    pub(super) fn piece_text(&self, piece: &Piece<'m>) -> Option<&'m str> {
        let message = piece.message();
        if self.trace.is_none()
            && let Some(text) = message.text_at(piece.start as usize..piece.text_end as usize)
            && text != "\"\""
        {
            self.mark(self.base_of(message) + piece.start as usize);
            return Some(text).filter(|text| !text.is_empty());
        }
        self.text_of_piece(piece)
    }

    /// As [`Run::piece_text`], of one that is not its bytes as they stand.
    #[cold]
    #[inline(never)]
    fn text_of_piece(&self, piece: &Piece<'m>) -> Option<&'m str> {
        self.place_text(piece.place()?)
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
            Self::Fhir(node) => path_of(*node),
            Self::Several(values) => values.first().and_then(Self::path),
            _ => self.place().map(|place| place.location().to_string()),
        }
    }
}

/// The path of a node, as FHIRPath: that of a resource begins with its type. What is none, a row of a table for one, has no path itself.
pub(super) fn path_of(node: Node<'_>) -> Option<String> {
    let path = node.path();
    if node.document().root().type_id().is_some() {
        return Some(path);
    }
    path.split_once('.').map(|(_, below)| below.to_owned())
}
