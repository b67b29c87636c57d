//! Which parts of a segment or of a repetition hold something, worked out once for all rules that ask.

use std::cell::Cell;
use std::iter;

use carewire_hl7v2::{Repetition, Segment};

use super::Run;
use super::sources::Separators;
use super::step::Flow;
use super::value::{Repeated, Value};
use crate::program::{Need, Of, Part, Parts, Start, Step};

/// Parts by their numbers, a bit each: those that hold something, and those of which only a closer look tells.
#[derive(Clone, Copy, Default)]
pub(super) struct Presence {
    there: u64,
    unsure: u64,
}

impl Presence {
    /// Notes the first byte of a part. What begins with a separator may hold nothing, what begins with a quotation mark may be an explicit null.
    #[inline]
    pub(super) fn note(&mut self, number: usize, first: u8, separators: &Separators) {
        // Of a part without a bit nothing is kept, and nothing is asked.
        let bit = u32::try_from(number)
            .ok()
            .and_then(|number| 1_u64.checked_shl(number));
        let place = if first == b'"' || separators.has(first) {
            &mut self.unsure
        } else {
            &mut self.there
        };
        *place |= bit.unwrap_or(0);
    }

    /// Whether a part surely holds no byte.
    #[inline]
    pub(super) fn lacks(self, part: Part) -> bool {
        part.bit()
            .is_some_and(|bit| (self.there | self.unsure) & bit == 0)
    }

    /// Whether one of some parts is there; none if only a closer look tells.
    #[inline]
    pub(super) fn any(self, bits: u64) -> Option<bool> {
        (self.unsure & bits == 0).then_some(self.there & bits != 0)
    }

    /// Of the fields of a segment.
    fn of(segment: Segment<'_>, separators: &Separators) -> Self {
        let mut presence = Self::default();
        let bytes = segment.message().as_bytes();
        for (number, range) in segment.filled() {
            if let Some(first) = bytes.get(range.start) {
                presence.note(number, *first, separators);
            }
        }
        presence
    }
}

/// The repetitions of a field that hold something.
type Repetitions<'m> = &'m [&'m Repeated<'m>];

/// A segment that rules look at: which fields it has, and the repetitions of those that were asked for.
pub(super) struct Row<'m> {
    presence: Presence,
    /// From field 1 on.
    fields: &'m [Cell<Option<Repetitions<'m>>>],
}

/// So many fields of a segment are kept.
const KEPT: usize = 64;

/// Those of the segments of a message, in its order.
pub(super) struct Rows<'m>(Box<[Cell<Option<&'m Row<'m>>>]>);

impl Rows<'_> {
    /// None yet of so many.
    pub(super) fn none_of(segments: usize) -> Self {
        Self(iter::repeat_with(Cell::default).take(segments).collect())
    }
}

impl<'m> Run<'m, '_> {
    /// What is known of a segment.
    #[inline(always)]
    fn row(&self, segment: Segment<'m>) -> &'m Row<'m> {
        let message = segment.message();
        let rows = self.index_of(message).rows(message);
        let place = rows.0.get(segment.position() - 1);
        match place.and_then(Cell::get) {
            Some(row) => row,
            None => self.new_row(segment, place),
        }
    }

    #[inline(never)]
    fn new_row(&self, segment: Segment<'m>, place: Option<&Cell<Option<&'m Row<'m>>>>) -> &'m Row<'m> {
        let count = segment.field_count().min(KEPT);
        let row = &*self.arena.alloc(Row {
            presence: Presence::of(segment, self.separators_in(segment.message())),
            fields: self.arena.alloc_slice_fill_with(count, |_| Cell::default()),
        });
        if let Some(place) = place {
            place.set(Some(row));
        }
        row
    }

    /// The repetitions of a field that hold something.
    #[inline(always)]
    pub(super) fn repetitions(&self, segment: Segment<'m>, number: u16) -> Repetitions<'m> {
        let row = self.row(segment);
        if row.presence.lacks(Part::Field(number)) {
            return &[];
        }
        let place = row.fields.get(usize::from(number).wrapping_sub(1));
        match place.and_then(Cell::get) {
            Some(known) => known,
            None => self.find_repetitions(segment, number, place),
        }
    }

    /// As [`Run::repetitions`], of a field that was not asked for before.
    #[inline(never)]
    fn find_repetitions(
        &self,
        segment: Segment<'m>,
        number: u16,
        place: Option<&Cell<Option<Repetitions<'m>>>>,
    ) -> Repetitions<'m> {
        let Some(field) = segment.field(usize::from(number)) else {
            return &[];
        };
        let kept = |part: Repetition<'m>| &*self.arena.alloc(Repeated::new(part));
        let (found, has_null): (Repetitions<'m>, bool) = match field.only_repetition() {
            Some(only) if self.is_there(only.into()) => (self.arena.alloc_slice_copy(&[kept(only)]), false),
            Some(only) => (&[], only.is_null()),
            None => {
                let mut found = Vec::new();
                let mut has_null = false;
                for part in field.repetitions() {
                    has_null |= part.is_null();
                    found.extend(self.is_there(part.into()).then(|| kept(part)));
                }
                (self.arena.alloc_slice_copy(&found), has_null)
            }
        };
        // A null is reported when it is met, which may not be now.
        if let Some(place) = place.filter(|_| !has_null) {
            place.set(Some(found));
        }
        found
    }

    /// What a value has of the level of a part; none where that is not kept.
    #[inline]
    pub(super) fn presence(&self, value: &Value<'m>, level: Part) -> Option<Presence> {
        match (value, level) {
            (Value::Repetition(repeated), Part::Component(_)) => Some(self.presence_of(repeated)),
            (Value::Segment(segment), Part::Field(_)) => Some(self.row(*segment).presence),
            (Value::Empty, _) => Some(Presence::default()),
            _ => None,
        }
    }

    /// Whether what a rule needs is not there.
    #[inline]
    pub(super) fn misses(&self, need: Need) -> bool {
        match need {
            Need::Part(slot, part) => self.at(slot).is_none_or(|value| self.lacks(value, part)),
            Need::Segment(start, bit) => match start {
                Start::Slot(slot) => self.at(slot).is_some_and(|value| self.has_no(value, bit)),
                Start::Root => self.has_no(&self.root, bit),
                Start::Constant(_) => false,
            },
        }
    }

    /// Whether a part of a value is not there or empty.
    #[inline]
    pub(super) fn lacks(&self, value: &Value<'m>, part: Part) -> bool {
        match (self.presence(value, part), value, part) {
            (Some(presence), ..) => presence.lacks(part),
            (None, Value::Component(piece), Part::Subcomponent(number)) => {
                piece.subcomponent(number).is_none_or(|below| below.is_empty())
            }
            _ => false,
        }
    }

    /// Whether one of several parts of a value is there.
    #[inline]
    pub(super) fn any(&self, parts: &Parts, focus: &Value<'m>) -> bool {
        let value = match parts.of {
            Of::Focus => focus,
            Of::Slot(slot) => match self.at(slot) {
                Some(value) => value,
                None => return false,
            },
        };
        let level = parts.parts.first().copied();
        let presence = level.and_then(|level| self.presence(value, level));
        match presence.and_then(|presence| presence.any(parts.bits)) {
            Some(known) => known,
            None => parts.parts.iter().any(|part| self.holds(value, *part)),
        }
    }

    /// As [`Run::any`], by a look at the part itself.
    #[cold]
    fn holds(&self, value: &Value<'m>, part: Part) -> bool {
        let step = match part {
            Part::Field(number) => Step::Field(number),
            Part::Component(number) => Step::Component(number),
            Part::Subcomponent(number) => Step::Subcomponent(number),
        };
        self.each(value, &step, &mut |_| Flow::Break(())).is_break()
    }
}
