//! The index after a change of bytes, without reading the rest of the message again.

use core::ops::Range;

use crate::index::{Counts, FieldEntry, Index, Row};

impl Index {
    /// Moves what lies behind byte `at`, a place without parts in segment `segment`, by `grown` (modulo 2^32).
    pub(crate) fn shift(&mut self, segment: usize, at: u32, grown: u32) {
        let Some(entry) = self.segments.get_mut(segment) else {
            return;
        };
        entry.end = entry.end.wrapping_add(grown);
        let field = entry.fields as usize;
        for later in self.segments.iter_mut().skip(segment + 1) {
            later.start = later.start.wrapping_add(grown);
            later.end = later.end.wrapping_add(grown);
        }
        // Fields and parts stand in the order of their places; what ends the last of each moves with it.
        let subcomponent = self.first_parts(field).subcomponents;
        let counts = self.counts;
        let fields = self.rows.get_mut(field..counts.fields + 1).unwrap_or_default();
        let behind = fields.partition_point(|row| row.field.start <= at);
        for row in fields.iter_mut().skip(behind) {
            row.field.start = row.field.start.wrapping_add(grown);
        }
        let parts = self.rows.get_mut(subcomponent..counts.subcomponents + 1);
        let parts = parts.unwrap_or_default();
        let behind = parts.partition_point(|row| row.start <= at);
        for row in parts.iter_mut().skip(behind) {
            row.start = row.start.wrapping_add(grown);
        }
    }

    /// Puts the segments of `fresh`, whose places count from byte `base`, in place of a range of segments, and
    /// moves what follows by `grown` bytes (modulo 2^32).
    pub(crate) fn replace(&mut self, segments: Range<usize>, fresh: &Self, base: u32, grown: u32) {
        let field = |segment: usize| {
            let entry = self.segments.get(segment);
            entry.map_or(self.counts.fields, |entry| entry.fields as usize)
        };
        let first = self.first_parts(field(segments.start));
        let end = self.first_parts(field(segments.end));
        let more = |fresh: usize, from: usize, to: usize| (fresh as u32).wrapping_sub((to - from) as u32);
        let fields = more(fresh.counts.fields, first.fields, end.fields);
        let repetitions = more(fresh.counts.repetitions, first.repetitions, end.repetitions);
        let components = more(fresh.counts.components, first.components, end.components);
        let subcomponents = more(fresh.counts.subcomponents, first.subcomponents, end.subcomponents);

        for later in self.segments.iter_mut().skip(segments.end) {
            later.start = later.start.wrapping_add(grown);
            later.end = later.end.wrapping_add(grown);
            later.fields = later.fields.wrapping_add(fields);
        }
        let added = fresh.segments.iter().copied().map(|mut segment| {
            segment.start += base;
            segment.end += base;
            segment.fields += first.fields as u32;
            segment
        });
        self.segments.splice(segments, added);

        let old = self.counts;
        self.counts = Counts {
            fields: old.fields - (end.fields - first.fields) + fresh.counts.fields,
            repetitions: old.repetitions - (end.repetitions - first.repetitions) + fresh.counts.repetitions,
            components: old.components - (end.components - first.components) + fresh.counts.components,
            subcomponents: old.subcomponents - (end.subcomponents - first.subcomponents)
                + fresh.counts.subcomponents,
        };
        // There are as many subcomponents as parts of any other level, or more; and what ends the last.
        if self.rows.len() <= self.counts.subcomponents {
            self.rows.resize(self.counts.subcomponents + 1, Row::default());
        }
        let rows = &mut self.rows;
        splice(
            rows,
            &fresh.rows[..fresh.counts.fields],
            first.fields..end.fields,
            old.fields,
            |to, from| {
                to.field = FieldEntry {
                    start: from.field.start + base,
                    repetition: from.field.repetition + first.repetitions as u32,
                };
            },
            |to, from| {
                to.field = FieldEntry {
                    start: from.field.start.wrapping_add(grown),
                    repetition: from.field.repetition.wrapping_add(repetitions),
                };
            },
        );
        splice(
            rows,
            &fresh.rows[..fresh.counts.repetitions],
            first.repetitions..end.repetitions,
            old.repetitions,
            |to, from| to.component = from.component + first.components as u32,
            |to, from| to.component = from.component.wrapping_add(components),
        );
        splice(
            rows,
            &fresh.rows[..fresh.counts.components],
            first.components..end.components,
            old.components,
            |to, from| to.subcomponent = from.subcomponent + first.subcomponents as u32,
            |to, from| to.subcomponent = from.subcomponent.wrapping_add(subcomponents),
        );
        splice(
            rows,
            &fresh.rows[..fresh.counts.subcomponents],
            first.subcomponents..end.subcomponents,
            old.subcomponents,
            |to, from| to.start = from.start + base,
            |to, from| to.start = from.start.wrapping_add(grown),
        );
    }

    /// The numbers of the first part of each level of field number `field`, or of what ends the last field.
    fn first_parts(&self, field: usize) -> Counts {
        let row = |at: usize| self.rows.get(at).copied().unwrap_or_default();
        let repetitions = row(field).field.repetition as usize;
        let components = row(repetitions).component as usize;
        let subcomponents = row(components).subcomponent as usize;
        Counts {
            fields: field,
            repetitions,
            components,
            subcomponents,
        }
    }
}

/// Puts fresh entries in place of `own` in one of the lists that share the rows, of which `count` are counted: each is
/// written by `add`, those behind, with the one that ends them, by `keep`.
fn splice(
    rows: &mut [Row],
    fresh: &[Row],
    own: Range<usize>,
    count: usize,
    add: impl Fn(&mut Row, &Row),
    keep: impl Fn(&mut Row, &Row),
) {
    let after = own.start + fresh.len();
    let mut carry = |from: usize| {
        let Some(kept) = rows.get(from).copied() else {
            return;
        };
        if let Some(to) = rows.get_mut(from - own.end + after) {
            keep(to, &kept);
        }
    };
    let behind = own.end..count + 1;
    if after > own.end {
        behind.rev().for_each(&mut carry);
    } else {
        behind.for_each(&mut carry);
    }
    for (to, from) in rows.iter_mut().skip(own.start).zip(fresh) {
        add(to, from);
    }
}
