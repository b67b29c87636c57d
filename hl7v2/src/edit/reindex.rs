//! The index after a change of bytes, without reading the rest of the message again.

use core::ops::Range;

use crate::index::Index;

impl Index {
    /// Moves what lies behind byte `at`, a place without parts in segment `segment`, by `grown` (modulo 2^32).
    pub(crate) fn shift(&mut self, segment: usize, at: u32, grown: u32) {
        let Some(entry) = self.segments.get_mut(segment) else {
            return;
        };
        entry.end = entry.end.wrapping_add(grown);
        let first = self.fields.get(entry.fields as usize).copied().unwrap_or(0);
        for later in self.segments.iter_mut().skip(segment + 1) {
            later.start = later.start.wrapping_add(grown);
            later.end = later.end.wrapping_add(grown);
        }
        // Leaves stand in the order of their places; what ends the last moves with it.
        let starts = self.starts.get_mut(first as usize..).unwrap_or_default();
        let behind = starts.partition_point(|start| *start <= at);
        for start in starts.iter_mut().skip(behind) {
            *start = start.wrapping_add(grown);
        }
    }

    /// Puts the segments of `fresh`, whose places count from byte `base`, in place of a range of segments, and
    /// moves what follows by `grown` bytes (modulo 2^32). The marks are those of before.
    pub(crate) fn replace(&mut self, segments: Range<usize>, fresh: &Self, base: u32, grown: u32) {
        let last = self.fields.len().saturating_sub(1);
        let field = |segment: usize| {
            let entry = self.segments.get(segment);
            entry.map_or(last, |entry| entry.fields as usize).min(last)
        };
        let fields = field(segments.start)..field(segments.end);
        let leaf = |field: usize| self.fields.get(field).map_or(0, |leaf| *leaf as usize);
        let leaves = leaf(fields.start)..leaf(fields.end);

        let (new_fields, new_leaves) = (counted(&fresh.fields), counted(&fresh.starts));
        let more_fields = (new_fields.len() as u32).wrapping_sub(fields.len() as u32);
        let more_leaves = (new_leaves.len() as u32).wrapping_sub(leaves.len() as u32);
        for later in self.segments.iter_mut().skip(segments.end) {
            later.start = later.start.wrapping_add(grown);
            later.end = later.end.wrapping_add(grown);
            later.fields = later.fields.wrapping_add(more_fields);
        }
        for leaf in self.fields.iter_mut().skip(fields.end) {
            *leaf = leaf.wrapping_add(more_leaves);
        }
        for start in self.starts.iter_mut().skip(leaves.end) {
            *start = start.wrapping_add(grown);
        }

        self.line_feeds |= fresh.line_feeds;
        let added = fresh.segments.iter().copied().map(|mut segment| {
            segment.start += base;
            segment.end += base;
            segment.fields += fields.start as u32;
            segment
        });
        self.segments.splice(segments, added);
        let first = leaves.start as u32;
        let added = new_fields.iter().map(|leaf| leaf + first);
        self.fields.splice(fields, added);
        let added = new_leaves.iter().map(|start| start + base);
        self.starts.splice(leaves, added);
    }
}

/// All but the entry that ends the last.
fn counted(entries: &[u32]) -> &[u32] {
    entries.split_last().map_or(&[], |(_, counted)| counted)
}
