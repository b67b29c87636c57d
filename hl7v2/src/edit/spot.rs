//! Which bytes a place has, what has to be put before it where it is not there yet, and what goes with it.

use alloc::vec::Vec;
use core::ops::Range;

use crate::edit::encoder::Written;
use crate::edit::splice::Extent;
use crate::edit::target::Spot;
use crate::edit::{EditError, EditErrorKind, Encoder, Level};
use crate::message::Message;
use crate::segment::Segment;
use crate::value::{Field, Place};

/// No place is made that is further than this behind the last one there.
const FURTHEST: usize = 1 << 16;

/// The bytes that a value stands in for.
pub(crate) struct Room {
    pub(crate) range: Range<usize>,
    /// True if the place has no parts, so that a value without parts changes nothing else.
    pub(crate) leaf: bool,
}

impl Room {
    /// What of the structure changes once something stands there.
    pub(crate) fn extent(&self, spot: &Spot, written: &Written) -> Extent {
        if self.leaf && !written.divided {
            Extent::Leaf(spot.segment)
        } else {
            Extent::Segment(spot.segment)
        }
    }
}

/// The bytes of a place that is there; else those, empty, at which it is made, once `padding` has the delimiters.
pub(crate) fn room(
    message: &Message<'_>,
    spot: &Spot,
    encoder: &Encoder,
    padding: &mut Vec<u8>,
) -> Result<Room, EditError> {
    let segment = segment(message, spot)?;
    let made = |at: usize| Room {
        range: at..at,
        leaf: false,
    };
    let mut pad = |level: Level, missing: u32| -> Result<(), EditError> {
        if missing == 0 {
            return Ok(());
        }
        if missing as usize > FURTHEST {
            return Err(EditError::new(EditErrorKind::Limit));
        }
        let separator = encoder.separator(level)?;
        padding.resize(padding.len() + missing as usize, separator);
        Ok(())
    };
    let Some(field) = segment.field(spot.field as usize) else {
        pad(Level::Field, missing(spot.field, segment.field_count()))?;
        pad(Level::Repetition, spot.repetition.saturating_sub(1))?;
        pad(Level::Component, spot.component.saturating_sub(1))?;
        pad(Level::Subcomponent, spot.subcomponent.saturating_sub(1))?;
        return Ok(made(segment.range().end));
    };
    if spot.repetition == 0 {
        return Ok(there(field.into()));
    }
    let Some(repetition) = field.repetition(spot.repetition as usize) else {
        pad(
            Level::Repetition,
            missing(spot.repetition, field.repetition_count()),
        )?;
        pad(Level::Component, spot.component.saturating_sub(1))?;
        pad(Level::Subcomponent, spot.subcomponent.saturating_sub(1))?;
        return Ok(made(field.range().end));
    };
    if spot.component == 0 {
        return Ok(there(repetition.into()));
    }
    let Some(component) = repetition.component(spot.component as usize) else {
        pad(
            Level::Component,
            missing(spot.component, repetition.component_count()),
        )?;
        pad(Level::Subcomponent, spot.subcomponent.saturating_sub(1))?;
        return Ok(made(repetition.range().end));
    };
    if spot.subcomponent == 0 {
        return Ok(there(component.into()));
    }
    match component.subcomponent(spot.subcomponent as usize) {
        Some(subcomponent) => Ok(there(subcomponent.into())),
        None => {
            pad(
                Level::Subcomponent,
                missing(spot.subcomponent, component.subcomponent_count()),
            )?;
            Ok(made(component.range().end))
        }
    }
}

/// The segment of a place that may be edited.
pub(crate) fn segment<'m>(message: &'m Message<'m>, spot: &Spot) -> Result<Segment<'m>, EditError> {
    let segment = message
        .segment_at(spot.segment as usize + 1)
        .ok_or(EditError::new(EditErrorKind::Missing))?;
    match spot.field {
        0 => Err(EditError::new(EditErrorKind::Level)),
        1 | 2 if segment.has_delimiters() => Err(EditError::new(EditErrorKind::Delimiters)),
        _ => Ok(segment),
    }
}

/// The repetition behind the last one of a field; the first one, if the field is empty or null.
pub(crate) fn next(message: &Message<'_>, spot: &Spot) -> Result<Spot, EditError> {
    let field = segment(message, spot)?.field(spot.field as usize);
    if spot.component > 0 {
        return Err(EditError::new(EditErrorKind::Level));
    }
    let there = field.filter(|field| !field.is_empty() && !field.is_null());
    Ok(Spot {
        repetition: there.map_or(1, |field| field.repetition_count() as u32 + 1),
        ..*spot
    })
}

fn missing(number: u32, there: usize) -> u32 {
    number.saturating_sub(u32::try_from(there).unwrap_or(u32::MAX))
}

fn there(place: Place<'_>) -> Room {
    Room {
        range: place.range(),
        leaf: !place.has_parts(),
    }
}

/// The bytes that go when a place goes: with it the delimiters that would trail. `None` if it is not there.
///
/// A repetition among several is taken out of the row; anything else only becomes empty, so that what comes after
/// it keeps its number.
pub(crate) fn doomed(message: &Message<'_>, spot: &Spot) -> Result<Option<Range<usize>>, EditError> {
    let segment = segment(message, spot)?;
    let Some(field) = segment.field(spot.field as usize) else {
        return Ok(None);
    };
    if spot.repetition == 0 {
        return Ok(Some(trailing_fields(segment, field)));
    }
    let Some(repetition) = field.repetition(spot.repetition as usize) else {
        return Ok(None);
    };
    let whole = Place::from(repetition);
    if spot.component == 0 {
        if let Some(next) = field.repetition(spot.repetition as usize + 1) {
            return Ok(Some(whole.range().start..next.range().start));
        }
        return Ok(Some(up(segment, field, &[field.into(), whole])));
    }
    let Some(component) = repetition.component(spot.component as usize) else {
        return Ok(None);
    };
    let part = Place::from(component);
    if spot.subcomponent == 0 {
        return Ok(Some(up(segment, field, &[field.into(), whole, part])));
    }
    let Some(subcomponent) = component.subcomponent(spot.subcomponent as usize) else {
        return Ok(None);
    };
    Ok(Some(up(
        segment,
        field,
        &[field.into(), whole, part, subcomponent.into()],
    )))
}

/// The range of the last of `chain`, each the parent of the next; as long as the last one of its parent goes, with
/// what is empty before it.
fn up(segment: Segment<'_>, field: Field<'_>, chain: &[Place<'_>]) -> Range<usize> {
    let Some(last) = chain.last() else {
        return field.range();
    };
    let mut range = last.range();
    for pair in chain.windows(2).rev() {
        let [parent, child] = pair else { continue };
        if child.range().end != parent.range().end {
            return range;
        }
        let before = parent
            .parts()
            .filter(|part| part.range().end < child.range().start);
        let kept = before.filter(|part| !part.is_empty()).last();
        if let Some(kept) = kept {
            range.start = kept.range().end;
            return range;
        }
        range.start = parent.range().start;
    }
    trailing_fields(segment, field)
}

fn trailing_fields(segment: Segment<'_>, field: Field<'_>) -> Range<usize> {
    let mut range = field.range();
    if field.number() < segment.field_count() {
        return range;
    }
    let first = if segment.has_delimiters() { 3 } else { 1 };
    let kept = (first..field.number())
        .rev()
        .filter_map(|n| segment.field(n))
        .find(|field| !field.is_empty());
    range.start = match kept {
        Some(kept) => kept.range().end,
        // One separator stays behind the segment id, which is none without it after a line feed.
        None if first == 1 => segment.field(1).map_or(range.start, |field| field.range().start),
        None => segment
            .field(2)
            .map_or(range.start, |encoding| encoding.range().end),
    };
    range
}
