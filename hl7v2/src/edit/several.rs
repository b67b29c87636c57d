//! Many places in one change: the bytes are put together once and read again once, not for each place.

use alloc::vec::Vec;
use core::ops::Range;

use crate::edit::copy::Patch;
use crate::edit::splice::{Change, Extent};
use crate::edit::target::{Spot, Spots};
use crate::edit::{Edit, Target, Value, segments, spot};
use crate::message::Message;

/// So few places cost less one by one.
const FEW: usize = 8;

impl<'a> Message<'a> {
    /// Sets places; `None` where they are few, or where one may depend on another or is refused.
    pub(super) fn set_several(&mut self, places: usize, edits: &[(impl Target, Value<'_>)]) -> Option<Edit> {
        if places <= FEW {
            return None;
        }
        let (patches, bytes) = self.patches(edits)?;
        let change = self.patch(&patches, &bytes, Extent::Several, patches.len())?;
        Some(change.done())
    }

    /// The repetition behind the last one of each place; `None` where they are few, or one is refused.
    pub(super) fn next_of_several(&self, spots: &Spots) -> Option<Spots> {
        if spots.len() <= FEW {
            return None;
        }
        let mut all = Spots::default();
        for spot in spots.iter() {
            all.push(spot::next(self, spot).ok()?);
        }
        Some(all)
    }

    /// Removes places; `None` where they are few, or where one may depend on another or is refused.
    pub(super) fn remove_several(&mut self, spots: &Spots) -> Option<Edit> {
        if spots.len() <= FEW || !self.reading().is_plain() || self.index.line_feeds {
            return None;
        }
        if spots.iter().all(|spot| spot.field == 0) {
            self.remove_segments(spots)
        } else {
            self.remove_values(spots)
        }
    }

    fn remove_segments(&mut self, spots: &Spots) -> Option<Edit> {
        let mut patches = Vec::with_capacity(spots.len());
        let mut before = None;
        for spot in spots.iter() {
            if before.is_some_and(|before| before >= spot.segment) {
                return None;
            }
            before = Some(spot.segment);
            // What goes with the one behind MSH depends on what is left behind it.
            if spot.segment > 1 {
                let segment = |position: u32| self.segment_at(position as usize).map(|it| it.range().end);
                patches.push(Patch::removal(segment(spot.segment)?..segment(spot.segment + 1)?));
            }
        }
        let count = patches.len();
        let mut change = self.patch(&patches, &[], Extent::RemoveSeveral(count as u32), count)?;
        if spots.first().is_some_and(|first| first.segment <= 1)
            && let Err(error) = segments::remove(&mut change, spots.first()?.segment)
        {
            change.fail(error);
            return None;
        }
        Some(change.done())
    }

    fn remove_values(&mut self, spots: &Spots) -> Option<Edit> {
        let spots: Vec<Spot> = spots.iter().copied().collect();
        let mut patches = Vec::new();
        let (mut before, mut places) = (0, 0);
        for row in spots.chunk_by(|one, next| one.segment == next.segment) {
            let first = row.first()?;
            // MSH says how the others are read.
            if first.segment <= before || first.field == 0 {
                return None;
            }
            before = first.segment;
            let range = match row {
                [only] => spot::doomed(self, only).ok()?,
                _ => Some(self.last_repetitions(row)?),
            };
            if let Some(range) = range {
                patches.push(Patch::removal(range));
                places += row.len();
            }
        }
        let change = self.patch(&patches, &[], Extent::Several, places)?;
        Some(change.done())
    }

    /// The bytes that go with the last repetitions of a field, several or all; `None` if the places are something else.
    fn last_repetitions(&self, row: &[Spot]) -> Option<Range<usize>> {
        let first = row.first()?;
        let segment = self.segment_at(first.segment as usize + 1)?;
        let field = segment.field(first.field as usize)?;
        let in_a_row = (first.repetition..).zip(row).all(|(repetition, spot)| {
            let own = Spot {
                field: first.field,
                repetition,
                ..Spot::segment(first.segment)
            };
            *spot == own
        });
        let others = (first.repetition as usize).checked_sub(1)?;
        if !in_a_row || field.repetition_count() != others + row.len() {
            return None;
        }
        // What is empty before them would trail.
        let kept = (1..=others).rev().filter_map(|n| field.repetition(n));
        match kept.into_iter().find(|repetition| !repetition.is_empty()) {
            Some(kept) => Some(kept.range().end..field.range().end),
            None => {
                let whole = Spot {
                    field: first.field,
                    ..Spot::segment(first.segment)
                };
                spot::doomed(self, &whole).ok()?
            }
        }
    }

    /// Carries patches out, of which there is one at least.
    fn patch(
        &mut self,
        patches: &[Patch],
        bytes: &[u8],
        extent: Extent,
        places: usize,
    ) -> Option<Change<'_, 'a>> {
        let (first, last) = (patches.first()?.range.start, patches.last()?.range.end);
        let whole = self.patched(patches, bytes);
        let behind = self.as_bytes().len().checked_sub(last)?;
        let with = whole.get(first..whole.len().checked_sub(behind)?)?;
        let mut change = Change::new(self);
        change
            .replace_places(first..last, with, extent, false, places)
            .ok()?;
        Some(change)
    }
}
