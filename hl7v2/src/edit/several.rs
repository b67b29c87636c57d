//! Many places in one change: the bytes are put together once and read again once, not for each place.

use alloc::vec::Vec;

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
            let mut whole = *first;
            if row.len() > 1 {
                // All repetitions of a field go as it goes.
                let field = self
                    .segment_at(first.segment as usize + 1)?
                    .field(first.field as usize)?;
                let all = (1..).zip(row).all(|(repetition, spot)| {
                    let own = Spot {
                        field: first.field,
                        repetition,
                        ..Spot::segment(first.segment)
                    };
                    *spot == own
                });
                if !all || field.repetition_count() != row.len() {
                    return None;
                }
                whole.repetition = 0;
            }
            if let Some(range) = spot::doomed(self, &whole).ok()? {
                patches.push(Patch::removal(range));
                places += row.len();
            }
        }
        let change = self.patch(&patches, &[], Extent::Several, places)?;
        Some(change.done())
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
