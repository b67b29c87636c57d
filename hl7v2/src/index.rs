//! The flat index: where every part of every level starts.
//!
//! Each delimiter opens a part: always a subcomponent, and, by its level, a component, a repetition and a field with
//! it. So the parts of each level are counted through the message; a part notes the number of its first part one
//! level below, the subcomponent its place. Parts of one parent have numbers side by side, so every access is an
//! addition, and writing the index asks nothing of the level of a delimiter: what has not been counted on is
//! written over. [`scan`](crate::scan) writes it.

use alloc::vec::Vec;

use crate::finding::{Code, Finding};
use crate::location::{Id, Location};

/// A segment: its bytes, without indentation and terminator, and its `count` fields from number `fields` on, of
/// which the first is the segment id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SegmentEntry {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) fields: u32,
    pub(crate) count: u32,
    pub(crate) id: Id,
    /// MSH, FHS or BHS: field 1 is the separator itself, field 2 is not split.
    pub(crate) header: bool,
}

/// A field: where it starts, and the number of its first repetition.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FieldEntry {
    pub(crate) start: u32,
    pub(crate) repetition: u32,
}

/// Row `n` holds what is known of field `n`, of repetition `n`, of component `n` and of subcomponent `n`, which have
/// nothing to do with each other: the four lists share one allocation.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Row {
    pub(crate) field: FieldEntry,
    /// The number of the first component of the repetition.
    pub(crate) component: u32,
    /// The number of the first subcomponent of the component.
    pub(crate) subcomponent: u32,
    /// Where the subcomponent starts.
    pub(crate) start: u32,
}

/// How many parts of each level there are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) fields: usize,
    pub(crate) repetitions: usize,
    pub(crate) components: usize,
    pub(crate) subcomponents: usize,
}

/// The index of one message. Past the parts that are counted there is one of each level that ends the last, then
/// what an earlier message left.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    pub(crate) segments: Vec<SegmentEntry>,
    pub(crate) rows: Vec<Row>,
    pub(crate) counts: Counts,
}

/// Findings while they are gathered, capped.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings {
    pub(crate) kept: Vec<Finding>,
    pub(crate) total: usize,
    pub(crate) cap: usize,
}

impl Findings {
    /// As [`push`](Self::push), with a location that is worked out only if the finding is kept.
    pub(crate) fn push_at(&mut self, code: Code, offset: usize, location: impl FnOnce() -> Location) {
        let location = (self.kept.len() < self.cap).then(location);
        self.push(code, offset, location);
    }

    #[cold]
    pub(crate) fn push(&mut self, code: Code, offset: usize, location: Option<Location>) {
        self.total += 1;
        if self.kept.len() < self.cap {
            self.kept.push(Finding::new(code, offset, location));
        }
    }
}

impl Index {
    pub(crate) fn clear(&mut self) {
        self.segments.clear();
        self.counts = Counts::default();
    }

    pub(crate) fn entries(&self) -> usize {
        let counts = self.counts;
        counts.fields + counts.repetitions + counts.components + counts.subcomponents
    }

    /// The field entry `at`, and the one after it, which may be that of another segment.
    #[inline]
    pub(crate) fn field(&self, at: u32) -> Option<(FieldEntry, FieldEntry)> {
        let at = at as usize;
        Some((self.rows.get(at)?.field, self.rows.get(at + 1)?.field))
    }

    /// The number of the first component of a repetition.
    #[inline]
    pub(crate) fn component(&self, repetition: u32) -> u32 {
        self.rows.get(repetition as usize).map_or(0, |row| row.component)
    }

    /// The number of the first subcomponent of a component.
    #[inline]
    pub(crate) fn subcomponent(&self, component: u32) -> u32 {
        self.rows
            .get(component as usize)
            .map_or(0, |row| row.subcomponent)
    }

    /// Where a subcomponent starts.
    #[inline]
    pub(crate) fn start(&self, subcomponent: u32) -> u32 {
        self.rows.get(subcomponent as usize).map_or(0, |row| row.start)
    }

    /// Where a part ends at the latest: just before the subcomponent after its last, which may be that of another
    /// segment.
    #[inline]
    pub(crate) fn end_before(&self, subcomponent: u32) -> u32 {
        self.start(subcomponent).saturating_sub(1)
    }

    /// The place of segment `segment` (from 0) as a whole.
    pub(crate) fn location(&self, segment: usize) -> Location {
        location(&self.segments, segment)
    }
}

/// The place of segment `segment` (from 0) as a whole.
pub(crate) fn location(segments: &[SegmentEntry], segment: usize) -> Location {
    let id = segments.get(segment).map_or(Id::NONE, |entry| entry.id);
    let before = segments
        .iter()
        .take(segment)
        .filter(|entry| entry.id == id)
        .count();
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Location {
        segment_position: number(segment + 1),
        id,
        occurrence: number(before + 1),
        field: 0,
        repetition: 0,
        component: 0,
        subcomponent: 0,
    }
}
