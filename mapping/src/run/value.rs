//! What a variable holds while a map runs.

use std::cell::{Cell, OnceCell};

use carewire_fhir_model::Node;
use carewire_fhir_model::build::BuildId;
use carewire_hl7v2::{Component, Place, Repetition, Segment, Subcomponent, tree};

use super::Run;
use super::loose::LooseId;
use super::presence::Presence;
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
    Component(&'m Component<'m>),
    Subcomponent(&'m Subcomponent<'m>),
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

/// A repetition of a field, and which components it has once that was asked for: most rules ask for some that are not there.
pub(super) struct Repeated<'m> {
    pub(super) part: Repetition<'m>,
    presence: OnceCell<Presence>,
    components: OnceCell<&'m [Component<'m>]>,
}

/// So many components are found at once: more than any data type has.
const FOUND: usize = 32;

impl<'m> Repeated<'m> {
    pub(super) fn new(part: Repetition<'m>) -> Self {
        Self {
            part,
            presence: OnceCell::new(),
            components: OnceCell::new(),
        }
    }
}

impl<'m> Run<'m, '_> {
    /// Which components a repetition has.
    #[inline]
    pub(super) fn presence_of(&self, repeated: &Repeated<'m>) -> Presence {
        *repeated.presence.get_or_init(|| {
            let message = Place::from(repeated.part).message();
            Presence::of_components(repeated.part, self.separators_in(message))
        })
    }

    /// The component of a number, from 1.
    #[inline]
    pub(super) fn component(&self, repeated: &Repeated<'m>, number: u16) -> Option<&'m Component<'m>> {
        if self.presence_of(repeated).lacks(Part::Component(number)) {
            return None;
        }
        let number = usize::from(number);
        let components = *repeated.components.get_or_init(|| {
            self.arena
                .alloc_slice_fill_iter(repeated.part.components().take(FOUND))
        });
        match components.get(number.wrapping_sub(1)) {
            None if components.len() == FOUND => {
                let component = repeated.part.component(number);
                component.map(|component| &*self.arena.alloc(component))
            }
            known => known,
        }
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
            Self::Component(part) => Some(Place::from(**part)),
            Self::Subcomponent(part) => Some(Place::from(**part)),
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
