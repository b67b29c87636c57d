//! Which parts of a segment or of a repetition hold something, worked out once for all rules that ask.

use std::cell::Cell;

use carewire_hl7v2::Segment;

use super::Run;
use super::sources::Separators;
use super::step::Flow;
use super::value::Value;
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
        for field in segment.fields() {
            if let [first, ..] = field.raw() {
                presence.note(field.number(), *first, separators);
            }
        }
        presence
    }
}

/// Of each segment of a message, once it was asked for.
pub(super) struct Presences(Box<[Cell<Option<Presence>>]>);

impl Presences {
    pub(super) fn of(segments: usize) -> Self {
        Self(std::iter::repeat_with(Cell::default).take(segments).collect())
    }

    #[inline]
    fn find(&self, segment: Segment<'_>, separators: &Separators) -> Presence {
        let place = self.0.get(segment.position() - 1);
        if let Some(known) = place.and_then(Cell::get) {
            return known;
        }
        let presence = Presence::of(segment, separators);
        if let Some(place) = place {
            place.set(Some(presence));
        }
        presence
    }
}

impl<'m> Run<'m, '_> {
    /// What a value has of the level of a part; none where that is not kept.
    #[inline]
    pub(super) fn presence(&self, value: &Value<'m>, level: Part) -> Option<Presence> {
        match (value, level) {
            (Value::Repetition(repeated), Part::Component(_)) => Some(self.presence_of(repeated)),
            (Value::Segment(segment), Part::Field(_)) => {
                let message = segment.message();
                let presences = self.index_of(message).presences(message);
                Some(presences.find(*segment, self.separators_in(message)))
            }
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
            (None, Value::Component(piece), Part::Subcomponent(number)) => piece
                .subcomponent(number, self.separators_in(piece.message()))
                .is_none_or(|below| below.is_empty()),
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
