//! What an edit is for: a path, compiled or not, or the place that reading gave.

use alloc::vec::Vec;

use crate::edit::{EditError, EditErrorKind, Level};
use crate::location::{Id, Location};
use crate::message::Message;
use crate::path::{Path, Query, Select};
use crate::segment::Segment;

/// What can be edited: a path as text, a compiled [`Path`], or the [`Location`] of a place that was read.
///
/// A path means what it means in reading: a number that is left out is the first, so `PID-3` is one repetition and
/// `PID-3[*]` all of them; `*` and conditions name every one that fits. A [`Location`] names exactly one place:
/// [`Field::location`](crate::Field::location) gives that of a field with all its repetitions.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, Path};
///
/// let mut msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|NM|A||1|g\rOBX|2|NM|B||2|g\r")?;
/// msg.set("OBX[2]-5", 3)?;
/// let units = Path::parse("OBX[*]-6")?;
/// assert_eq!(msg.set(&units, ["mg", "milligram", "UCUM"])?.count(), 2);
/// let code = msg.find("OBX[3='B']-3")?.expect("a code").location();
/// msg.set(code, "C")?;
/// assert!(msg.as_bytes().ends_with(b"OBX|2|NM|C||3|mg^milligram^UCUM\r"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Target: sealed::Sealed {}

impl<T: sealed::Sealed> Target for T {}

/// One place to be edited, there or not yet there: the segment from 0, the rest from 1 with 0 for the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) segment: u32,
    pub(crate) field: u32,
    pub(crate) repetition: u32,
    pub(crate) component: u32,
    pub(crate) subcomponent: u32,
}

impl Spot {
    pub(crate) fn segment(segment: u32) -> Self {
        Self {
            segment,
            field: 0,
            repetition: 0,
            component: 0,
            subcomponent: 0,
        }
    }

    pub(crate) fn of(location: &Location) -> Self {
        Self {
            segment: location.segment_position.wrapping_sub(1),
            field: location.field,
            repetition: location.repetition,
            component: location.component,
            subcomponent: location.subcomponent,
        }
    }

    pub(crate) fn level(&self) -> Level {
        match (self.repetition, self.component, self.subcomponent) {
            (0, ..) => Level::Field,
            (_, 0, _) => Level::Repetition,
            (_, _, 0) => Level::Component,
            _ => Level::Subcomponent,
        }
    }

    pub(crate) fn location(&self, message: &Message<'_>) -> Location {
        let whole = message.segment_at(self.segment as usize + 1);
        let (id, occurrence) = whole.map_or((Id::NONE, 1), |segment| {
            let location = segment.location();
            (location.id, location.occurrence)
        });
        Location {
            segment_position: self.segment + 1,
            id,
            occurrence,
            field: self.field,
            repetition: self.repetition,
            component: self.component,
            subcomponent: self.subcomponent,
        }
    }
}

/// The places that a target names; one, as a rule, which costs no memory.
#[derive(Debug, Clone, Default)]
pub struct Spots {
    first: Option<Spot>,
    rest: Vec<Spot>,
}

impl Spots {
    pub(crate) fn push(&mut self, spot: Spot) {
        match self.first {
            None => self.first = Some(spot),
            Some(_) => self.rest.push(spot),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(crate) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }

    /// The places, in the order of the message.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Spot> {
        self.first.iter().chain(&self.rest)
    }

    pub(crate) fn first(&self) -> Option<Spot> {
        self.first
    }

    /// The place, if there is one alone.
    pub(crate) fn only(&self) -> Option<Spot> {
        self.first.filter(|_| self.rest.is_empty())
    }

    /// From the last to the first, so that taking one away does not move those that come after it.
    pub(crate) fn backwards(self) -> impl Iterator<Item = Spot> {
        self.rest.into_iter().rev().chain(self.first)
    }
}

pub(crate) mod sealed {
    #[cfg(feature = "versions")]
    use super::Path;
    use super::{EditError, Message, Spots};

    /// What tells the places that a target names.
    pub trait Sealed {
        /// The places, in the order of the message.
        fn spots(&self, message: &Message<'_>) -> Result<Spots, EditError>;

        /// True if what it names depends on values, or on the groups, which other edits may change.
        fn depends(&self) -> bool {
            false
        }

        /// The path, unless the target is a place.
        #[cfg(feature = "versions")]
        fn path(&self) -> Option<Path> {
            None
        }
    }
}

impl Path {
    /// The places that the path names, in the order of the message; in one segment alone, if one is given.
    pub(crate) fn spots_in<'m>(&self, message: &'m Message<'m>, only: Option<Segment<'m>>) -> Spots {
        let mut spots = Spots::default();
        let spot = |segment: u32, repetition| Spot {
            segment,
            field: self.field,
            repetition,
            component: self.component,
            subcomponent: self.subcomponent,
        };
        let number = |position: usize| (position - 1) as u32;
        match (&self.repetition, only) {
            (Select::Number(n), Some(segment)) => spots.push(spot(number(segment.position()), *n)),
            (Select::Number(n), None) => {
                for segment in message.query(self).segments() {
                    spots.push(spot(number(segment.position()), *n));
                }
            }
            // Every repetition, or those that fit: whether they have the part that is to be edited or not.
            (_, only) => {
                let whole = Self {
                    component: 0,
                    subcomponent: 0,
                    ..self.clone()
                };
                let query = match only {
                    Some(segment) => Query::within(segment, &whole),
                    None => message.query(&whole),
                };
                for place in query {
                    // Which one of its like the segment is, which takes a walk, is not asked for.
                    let location = place.location_with(1);
                    spots.push(spot(number(location.segment_position()), location.repetition));
                }
            }
        }
        spots
    }
}

impl sealed::Sealed for Path {
    fn spots(&self, message: &Message<'_>) -> Result<Spots, EditError> {
        if self.field > 0 {
            return Ok(self.spots_in(message, None));
        }
        let mut spots = Spots::default();
        for segment in message.query(self).segments() {
            spots.push(Spot::segment((segment.position() - 1) as u32));
        }
        Ok(spots)
    }

    fn depends(&self) -> bool {
        let looks = |select: &Select| matches!(select, Select::Where(_));
        self.absolute || looks(&self.index) || looks(&self.repetition)
    }

    #[cfg(feature = "versions")]
    fn path(&self) -> Option<Path> {
        Some(self.clone())
    }
}

impl sealed::Sealed for Spots {
    fn spots(&self, _: &Message<'_>) -> Result<Spots, EditError> {
        Ok(self.clone())
    }
}

impl sealed::Sealed for &Path {
    fn spots(&self, message: &Message<'_>) -> Result<Spots, EditError> {
        Path::spots(self, message)
    }

    fn depends(&self) -> bool {
        Path::depends(self)
    }

    #[cfg(feature = "versions")]
    fn path(&self) -> Option<Path> {
        Some((*self).clone())
    }
}

impl sealed::Sealed for &str {
    fn spots(&self, message: &Message<'_>) -> Result<Spots, EditError> {
        let path = Path::parse(self)
            .map_err(|error| EditError::offset_in_value(EditErrorKind::Path, error.offset()))?;
        path.spots(message)
    }

    fn depends(&self) -> bool {
        self.starts_with('/') || self.contains('=')
    }

    #[cfg(feature = "versions")]
    fn path(&self) -> Option<Path> {
        Path::parse(self).ok()
    }
}

impl sealed::Sealed for Location {
    fn spots(&self, message: &Message<'_>) -> Result<Spots, EditError> {
        let mut spots = Spots::default();
        let there = message
            .segment_at(self.segment_position())
            .is_some_and(|segment| segment.id() == self.segment());
        if there {
            spots.push(Spot::of(self));
        }
        Ok(spots)
    }
}

impl sealed::Sealed for Spot {
    fn spots(&self, _: &Message<'_>) -> Result<Spots, EditError> {
        let mut spots = Spots::default();
        spots.push(*self);
        Ok(spots)
    }
}
