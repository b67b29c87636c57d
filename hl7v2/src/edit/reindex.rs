//! The index after a change of bytes, without reading the rest of the message again.

use core::ops::Range;

use crate::index::{Entry, Index};

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
        let repetition = self.fields.get(field).map_or(0, |entry| entry.parts as usize);
        let component = self
            .repetitions
            .get(repetition)
            .map_or(self.components.len(), |entry| entry.parts as usize);
        let subcomponent = self
            .components
            .get(component)
            .map_or(self.subcomponents.len(), |entry| entry.parts as usize);
        let levels = [
            (&mut self.fields, field),
            (&mut self.repetitions, repetition),
            (&mut self.components, component),
        ];
        for (entries, from) in levels {
            for entry in entries.iter_mut().skip(from) {
                if entry.start > at {
                    entry.start = entry.start.wrapping_add(grown);
                }
            }
        }
        for start in self.subcomponents.iter_mut().skip(subcomponent) {
            if *start > at {
                *start = start.wrapping_add(grown);
            }
        }
    }

    /// Puts the segments of `fresh`, whose places count from byte `base`, in place of a range of segments, and
    /// moves what follows by `grown` bytes (modulo 2^32).
    pub(crate) fn replace(&mut self, segments: Range<usize>, fresh: &Self, base: u32, grown: u32) {
        let fields = self.first_field(segments.start)..self.first_field(segments.end);
        let repetitions = self.first_part(&self.fields, fields.start, self.repetitions.len())
            ..self.first_part(&self.fields, fields.end, self.repetitions.len());
        let components = self.first_part(&self.repetitions, repetitions.start, self.components.len())
            ..self.first_part(&self.repetitions, repetitions.end, self.components.len());
        let subcomponents = self.first_part(&self.components, components.start, self.subcomponents.len())
            ..self.first_part(&self.components, components.end, self.subcomponents.len());

        let more = |fresh: usize, old: &Range<usize>| (fresh as u32).wrapping_sub(old.len() as u32);
        let more_fields = more(fresh.fields.len(), &fields);
        for later in self.segments.iter_mut().skip(segments.end) {
            later.start = later.start.wrapping_add(grown);
            later.end = later.end.wrapping_add(grown);
            later.fields = later.fields.wrapping_add(more_fields);
        }
        let first = fields.start as u32;
        self.segments.splice(
            segments,
            fresh.segments.iter().copied().map(|mut segment| {
                segment.start += base;
                segment.end += base;
                segment.fields += first;
                segment
            }),
        );
        let level = |entries: &mut alloc::vec::Vec<Entry>,
                     own: Range<usize>,
                     fresh: &[Entry],
                     parts: usize,
                     more: u32| {
            for later in entries.iter_mut().skip(own.end) {
                later.start = later.start.wrapping_add(grown);
                later.parts = later.parts.wrapping_add(more);
            }
            entries.splice(
                own,
                fresh.iter().map(|entry| Entry {
                    start: entry.start + base,
                    parts: entry.parts + parts as u32,
                }),
            );
        };
        let more_repetitions = more(fresh.repetitions.len(), &repetitions);
        let more_components = more(fresh.components.len(), &components);
        let more_subcomponents = more(fresh.subcomponents.len(), &subcomponents);
        level(
            &mut self.fields,
            fields,
            &fresh.fields,
            repetitions.start,
            more_repetitions,
        );
        level(
            &mut self.repetitions,
            repetitions,
            &fresh.repetitions,
            components.start,
            more_components,
        );
        level(
            &mut self.components,
            components,
            &fresh.components,
            subcomponents.start,
            more_subcomponents,
        );
        for later in self.subcomponents.iter_mut().skip(subcomponents.end) {
            *later = later.wrapping_add(grown);
        }
        self.subcomponents.splice(
            subcomponents,
            fresh.subcomponents.iter().map(|start| start + base),
        );
    }

    fn first_field(&self, segment: usize) -> usize {
        self.segments
            .get(segment)
            .map_or(self.fields.len(), |entry| entry.fields as usize)
    }

    /// The place in the next array at which the parts of an entry start.
    fn first_part(&self, entries: &[Entry], at: usize, below: usize) -> usize {
        entries.get(at).map_or(below, |entry| entry.parts as usize)
    }
}
