//! The messages that a run reads: which of them a place is in, and what was read of it.

use std::ops::Range;
use std::ptr;

use carewire_hl7v2::{Message, Place};

use super::located::Index;
use super::step::first_segment;
use super::value::Value;
use super::{Input, Run};

/// A message among the sources behind the first one.
pub(super) struct Other<'m> {
    message: &'m Message<'m>,
    /// The bit at which its bytes begin among those that say what was read.
    base: usize,
    separators: Separators,
    index: Index<'m>,
}

/// MSH-1 and the encoding characters but the escape character, one bit for each byte that is one: a place of nothing else holds nothing.
#[derive(Default)]
pub(super) struct Separators {
    bits: [u64; 4],
    /// Where the message has none, one that stands in no field.
    pub(super) component: u8,
}

impl Separators {
    pub(super) fn of(message: &Message<'_>) -> Self {
        let characters = message.encoding_characters();
        let others = [
            characters.component(),
            characters.repetition(),
            characters.subcomponent(),
        ];
        let mut bits = [0; 4];
        for byte in std::iter::once(characters.field()).chain(others.into_iter().flatten()) {
            bits[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        Self {
            bits,
            component: characters.component().unwrap_or(characters.field()),
        }
    }

    #[inline]
    pub(super) fn has(&self, byte: u8) -> bool {
        self.bits[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }
}

/// What tells one message or document from another while both live.
pub(super) fn address<T>(of: &T) -> usize {
    ptr::from_ref(of).addr()
}

/// How many bits a message needs.
fn room(message: &Message<'_>) -> usize {
    message.as_bytes().len() + 1
}

/// The messages behind the first, each once, and how many bits all of them need.
pub(super) fn others<'m>(inputs: &[Input<'m>]) -> (Vec<Other<'m>>, usize) {
    let mut messages = inputs.iter().filter_map(|input| match input {
        Input::Message(message, _) => Some(*message),
        Input::Fhir(_) => None,
    });
    let Some(first) = messages.next() else {
        return (Vec::new(), 0);
    };
    let mut others: Vec<Other<'m>> = Vec::new();
    let mut base = room(first);
    for message in messages {
        let is_known = ptr::eq(message, first) || others.iter().any(|other| ptr::eq(other.message, message));
        if !is_known {
            others.push(Other {
                message,
                base,
                separators: Separators::of(message),
                index: Index::default(),
            });
            base += room(message);
        }
    }
    (others, base)
}

impl<'m> Run<'m, '_> {
    fn other(&self, message: &Message<'_>) -> Option<&Other<'m>> {
        // Most runs have one message, and each of their places is in it.
        self.others
            .iter()
            .find(|other| address(other.message) == address(message))
    }

    /// The bit of the first byte of a message.
    #[inline]
    pub(super) fn base_of(&self, message: &Message<'_>) -> usize {
        if self.others.is_empty() {
            return 0;
        }
        std::hint::cold_path();
        self.other(message).map_or(0, |other| other.base)
    }

    /// The bit of the first byte of a place.
    #[inline]
    pub(super) fn bit(&self, place: Place<'m>) -> usize {
        self.base_of(place.message()) + place.range().start
    }

    /// The bits of a value that is a place of a message.
    pub(super) fn bits(&self, value: &Value<'m>) -> Option<Range<usize>> {
        let (message, range) = match value {
            Value::Segment(segment) => (segment.message(), segment.range()),
            value => {
                let place = value.place()?;
                (place.message(), place.range())
            }
        };
        let base = self.base_of(message);
        Some(base + range.start..base + range.end)
    }

    /// The separators of the message that a place is in.
    #[inline]
    pub(super) fn separators_of(&self, place: Place<'m>) -> &Separators {
        self.separators_in(place.message())
    }

    /// The separators of a message.
    #[inline]
    pub(super) fn separators_in(&self, message: &Message<'_>) -> &Separators {
        if self.others.is_empty() {
            return &self.separators;
        }
        std::hint::cold_path();
        let other = self.other(message);
        other.map_or(&self.separators, |other| &other.separators)
    }

    /// Where things stand in a message.
    #[inline]
    pub(super) fn index_of(&self, message: &Message<'_>) -> &Index<'m> {
        if self.others.is_empty() {
            return &self.index;
        }
        std::hint::cold_path();
        self.other(message).map_or(&self.index, |other| &other.index)
    }

    /// The messages among the sources, each once.
    pub(super) fn messages(&self) -> impl Iterator<Item = &'m Message<'m>> {
        let others = self.others.iter().map(|other| other.message);
        self.message.into_iter().chain(others)
    }

    /// The message that a value is a place of, else the first one.
    pub(super) fn message_of(&self, value: &Value<'m>) -> Option<&'m Message<'m>> {
        if self.others.is_empty() {
            return self.message;
        }
        let own = match value {
            Value::Segment(segment) => Some(segment.message()),
            Value::Group(group) | Value::All(group) => first_segment(*group).map(|segment| segment.message()),
            value => value.place().map(|place| place.message()),
        };
        own.or(self.message)
    }
}
