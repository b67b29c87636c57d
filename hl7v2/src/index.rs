//! The flat index: where every part of every level starts.
//!
//! Each delimiter opens a leaf, a subcomponent; which parts of higher levels begin with it is said by the delimiter that
//! stands before it. So the index is two lists: where each leaf starts, and with which leaf each field begins. A
//! repetition, a component is a run of leaves of its field, found by looking at the delimiters between them; in a field of
//! very many leaves, [`Marks`] keep that short. [`scan`](crate::scan) writes the index.

use alloc::vec::Vec;

use crate::finding::{Code, Finding};
use crate::leaves::Marks;
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

/// The index of one message.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    pub(crate) segments: Vec<SegmentEntry>,
    /// The number of the first leaf of each field; then that of the leaf after the last.
    pub(crate) fields: Vec<u32>,
    /// Where each leaf starts; then where one after the last would.
    pub(crate) starts: Vec<u32>,
    pub(crate) marks: Marks,
    /// True if a line feed stands in a field.
    pub(crate) line_feeds: bool,
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
    pub(crate) fn entries(&self) -> usize {
        self.fields.len().saturating_sub(1) + self.starts.len().saturating_sub(1)
    }

    /// The number of the first leaf of field `at`, and of the leaf after its last, which may be that of another segment.
    #[inline]
    pub(crate) fn field(&self, at: u32) -> Option<(u32, u32)> {
        let at = at as usize;
        Some((*self.fields.get(at)?, *self.fields.get(at + 1)?))
    }

    /// Where a leaf starts.
    #[inline]
    pub(crate) fn start(&self, leaf: u32) -> u32 {
        self.starts.get(leaf as usize).copied().unwrap_or(0)
    }

    /// Where a part ends at the latest: just before the leaf after its last, which may be that of another segment.
    #[inline]
    pub(crate) fn end_before(&self, leaf: u32) -> u32 {
        self.start(leaf).saturating_sub(1)
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
