//! Which leaves begin a repetition or a component: those behind its separator.

use alloc::vec::Vec;
use core::ops::Range;

use crate::delimiters::EncodingCharacters;
use crate::index::Index;
use crate::message::Message;
use crate::value::Place;

/// So many leaves are looked at one by one; longer runs are looked up in [`Marks`].
const SPAN: usize = 64;

/// For each [`SPAN`] leaves of a message, how many before them begin a repetition, and a component. They are made for
/// a message with a field of more leaves than that, so that reaching any part costs little, wherever it is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks(Vec<[u32; 2]>);

/// What begins with a leaf, beside a subcomponent and what stands above.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Begins {
    Repetition,
    Component,
}

/// The leaves of a message, as those that a separator stands before and others.
#[derive(Clone, Copy)]
pub(crate) struct Separated<'m> {
    bytes: &'m [u8],
    starts: &'m [u32],
    marks: &'m Marks,
    separator: u8,
    begins: Begins,
}

impl Marks {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Begins {
    /// The separator before it; where the message has none, one that stands in no field.
    #[inline]
    fn separator(self, characters: &EncodingCharacters) -> u8 {
        let own = match self {
            Self::Repetition => characters.repetition,
            Self::Component => characters.component,
        };
        own.unwrap_or(characters.field)
    }
}

impl Index {
    /// True if a field among those from number `first` on has so many leaves that marks help.
    pub(crate) fn wants_marks(&self, first: u32) -> bool {
        let fields = self.fields.get(first as usize..).unwrap_or_default();
        let ends = fields.iter().skip(1);
        fields
            .iter()
            .zip(ends)
            .any(|(first, end)| end.saturating_sub(*first) as usize > SPAN)
    }

    /// True if a segment of so many leaves and fields may have a field for which marks help.
    #[inline]
    pub(crate) fn may_want_marks(leaves: usize, fields: usize) -> bool {
        leaves.saturating_sub(fields) >= SPAN
    }

    /// Makes the marks anew.
    #[cold]
    pub(crate) fn mark(&mut self, bytes: &[u8], characters: &EncodingCharacters) {
        let separators = [Begins::Repetition, Begins::Component].map(|begins| begins.separator(characters));
        let mut counts = [0; 2];
        self.marks.clear();
        for span in self.starts.chunks(SPAN) {
            self.marks.0.push(counts);
            for start in span {
                let before = bytes.get((*start as usize).wrapping_sub(1));
                for (count, separator) in counts.iter_mut().zip(&separators) {
                    *count += u32::from(before == Some(separator));
                }
            }
        }
    }
}

impl Message<'_> {
    /// The leaves, as those with which something begins and others.
    #[inline]
    pub(crate) fn separated(&self, begins: Begins) -> Separated<'_> {
        Separated {
            bytes: self.as_bytes(),
            starts: &self.index.starts,
            marks: &self.index.marks,
            separator: begins.separator(&self.encoding_characters()),
            begins,
        }
    }
}

impl Separated<'_> {
    #[inline]
    fn is_first(self, start: u32) -> bool {
        self.bytes.get((start as usize).wrapping_sub(1)) == Some(&self.separator)
    }

    #[inline]
    fn run(self, leaves: Range<usize>) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator {
        let starts = self.starts.get(leaves).unwrap_or_default();
        starts.iter().copied()
    }

    /// The `n`-th (from 1) of a run of leaves with which something begins.
    #[inline]
    pub(crate) fn nth(self, leaves: Range<u32>, n: u32) -> Option<u32> {
        let (from, to) = (leaves.start as usize, leaves.end as usize);
        let near = if self.marks.is_empty() {
            to
        } else {
            to.min(from + SPAN)
        };
        let mut left = n;
        for (at, start) in self.run(from..near).enumerate() {
            left -= u32::from(self.is_first(start));
            if left == 0 {
                return Some(leaves.start + at as u32);
            }
        }
        if near >= to { None } else { self.far(leaves, n) }
    }

    /// How many of a run of leaves something begins with.
    #[inline]
    pub(crate) fn count(self, leaves: Range<u32>) -> u32 {
        let (from, to) = (leaves.start as usize, leaves.end as usize);
        if to.saturating_sub(from) > SPAN && !self.marks.is_empty() {
            return self.before(to) - self.before(from);
        }
        self.run(from..to)
            .map(|start| u32::from(self.is_first(start)))
            .sum()
    }

    /// How many leaves before number `leaf` something begins with.
    fn before(self, leaf: usize) -> u32 {
        let span = leaf / SPAN;
        let own = self.run(span * SPAN..leaf);
        let counted = own.map(|start| u32::from(self.is_first(start))).sum::<u32>();
        self.mark(span) + counted
    }

    fn mark(self, span: usize) -> u32 {
        self.marks
            .0
            .get(span)
            .map_or(0, |counts| counts[self.begins as usize])
    }

    /// As [`nth`](Self::nth), by the marks.
    #[inline(never)]
    fn far(self, leaves: Range<u32>, n: u32) -> Option<u32> {
        let before = self.before(leaves.start as usize);
        let wanted = before.checked_add(n)?;
        let counts = &self.marks.0;
        let span = counts.partition_point(|counts| counts[self.begins as usize] < wanted);
        let span = span.checked_sub(1)?;
        // What begins ahead of the run, in the same span, is counted as well.
        let mut left = wanted - self.mark(span);
        let (from, to) = (span * SPAN, (leaves.end as usize).min((span + 1) * SPAN));
        for (at, start) in self.run(from..to).enumerate() {
            left -= u32::from(self.is_first(start));
            if left == 0 {
                return Some((from + at) as u32);
            }
        }
        None
    }
}

/// What no delimiter divides further, in the order of the message; made by [`Place::leaves`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Leaves, Message};
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe&van^Ann\r")?;
/// let mut leaves: Leaves<'_> = msg.find("PID-5")?.expect("a name").leaves();
/// assert_eq!((leaves.len(), leaves.nth(1).map(|leaf| &msg.as_bytes()[leaf])), (3, Some(&b"van"[..])));
/// assert_eq!(leaves.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Leaves<'m> {
    /// Where the next one starts.
    start: Option<u32>,
    /// Where those behind it start.
    others: core::slice::Iter<'m, u32>,
    /// Where the last one ends.
    end: u32,
}

impl<'m> Place<'m> {
    /// The bytes of what no delimiter divides further, the subcomponents of the place, in the order of the message: one at least, and empty
    /// ones as well.
    ///
    /// The byte before one is the delimiter that it stands behind, and so tells which number it has: this is the way with the least work to
    /// several components of a value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Place};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7^^A&1.2~8\r")?;
    /// let ids = msg.segment("PID").and_then(|pid| pid.field(3)).expect("ids");
    /// let bytes = msg.as_bytes();
    /// let leaves = Place::from(ids).leaves().map(|leaf| (char::from(bytes[leaf.start - 1]), &bytes[leaf]));
    /// assert!(leaves.eq([('|', &b"7"[..]), ('^', b""), ('^', b"A"), ('&', b"1.2"), ('~', b"8")]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.5.4 Message delimiters.
    #[inline]
    pub fn leaves(&self) -> Leaves<'m> {
        let own = self.range();
        Leaves {
            start: Some(own.start as u32),
            others: self.other_leaves().iter(),
            end: own.end as u32,
        }
    }
}

impl ExactSizeIterator for Leaves<'_> {}

impl Iterator for Leaves<'_> {
    type Item = Range<usize>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let start = self.start? as usize;
        self.start = self.others.next().copied();
        let end = match self.start {
            Some(next) => next.saturating_sub(1),
            None => self.end,
        };
        Some(start..end as usize)
    }

    #[inline]
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        if let Some(before) = n.checked_sub(1) {
            self.start = self.others.nth(before).copied();
        }
        self.next()
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.others.len() + usize::from(self.start.is_some());
        (left, Some(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field of repetitions that have few and very many components and subcomponents, and what stands in it.
    fn large() -> (String, Vec<Vec<Vec<String>>>) {
        let sizes = [1, 2, 63, 64, 65, 130, 1, 700];
        let mut repetitions = Vec::new();
        for (n, size) in sizes.iter().enumerate() {
            let components = (0..*size).map(|c| {
                let parts = if c % 50 == 49 { 90 } else { 1 + c % 3 };
                (0..parts).map(|s| format!("{n}.{c}.{s}")).collect::<Vec<_>>()
            });
            repetitions.push(components.collect::<Vec<_>>());
        }
        let text = repetitions.iter().map(|components| {
            let texts = components.iter().map(|parts| parts.join("&"));
            texts.collect::<Vec<_>>().join("^")
        });
        (text.collect::<Vec<_>>().join("~"), repetitions)
    }

    #[test]
    fn parts_of_large_fields() {
        let (field, repetitions) = large();
        let text = format!("MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|a^b|{field}|c~d\rNTE|{field}\r");
        let message = Message::parse_str(&text).unwrap();
        assert!(!message.index.marks.is_empty());
        for (id, number) in [("PID", 2), ("NTE", 1)] {
            let field = message.segment(id).unwrap().field(number).unwrap();
            assert_eq!(field.repetition_count(), repetitions.len());
            assert_eq!(field.repetitions().len(), repetitions.len());
            assert_eq!(field.repetitions().rev().count(), repetitions.len());
            assert!(field.repetition(repetitions.len() + 1).is_none());
            for (n, components) in repetitions.iter().enumerate() {
                let repetition = field.repetition(n + 1).unwrap();
                assert_eq!(repetition.component_count(), components.len());
                assert!(repetition.component(components.len() + 1).is_none());
                let reversed: Vec<_> = repetition.components().rev().map(|part| part.range()).collect();
                let forward: Vec<_> = repetition.components().map(|part| part.range()).collect();
                assert!(reversed.iter().rev().eq(&forward));
                for (c, parts) in components.iter().enumerate() {
                    let component = repetition.component(c + 1).unwrap();
                    assert_eq!(component.range(), forward[c]);
                    assert_eq!(component.subcomponent_count(), parts.len());
                    let texts = component.subcomponents().map(|part| part.text().into_owned());
                    assert!(texts.eq(parts.iter().cloned()));
                    let last = component.subcomponents().next_back().unwrap();
                    assert_eq!(last.text(), *parts.last().unwrap());
                    assert_eq!(last.location().subcomponent(), parts.len());
                }
            }
        }
    }

    #[test]
    fn leaves_of_a_place_are_its_subcomponents() {
        let (field, _) = large();
        let large = format!("MSH|^~\\&|A^B&C~D\rPID|{field}|x\r");
        for bytes in [
            &b"MSH|^~\\&|A^B&C~D|\"\"||\rPID|||1^^2&&3~~4||\rZ\r|lost|1\rNK1\rPV1|\r"[..],
            b"MSH|^|A^B~D&E\rPID|a^b~c&d",
            b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r\nBHS|^~\\&|X^1||Y\r\nOBX|1|TX|||line\nline^2\r\n",
            large.as_bytes(),
        ] {
            let message = Message::parse(bytes).unwrap();
            let fields = message.segments().flat_map(|segment| segment.fields());
            let repetitions = || fields.clone().flat_map(|field| field.repetitions());
            let components = || repetitions().flat_map(|repetition| repetition.components());
            let subcomponents = || components().flat_map(|component| component.subcomponents());
            let expected: Vec<_> = subcomponents().map(|part| part.range()).collect();
            let leaves = [
                fields
                    .clone()
                    .flat_map(|it| Place::from(it).leaves())
                    .collect::<Vec<_>>(),
                repetitions().flat_map(|it| Place::from(it).leaves()).collect(),
                components().flat_map(|it| Place::from(it).leaves()).collect(),
                subcomponents().flat_map(|it| Place::from(it).leaves()).collect(),
            ];
            assert!(leaves.iter().all(|leaves| *leaves == expected));
            for all in fields.map(|field| Place::from(field).leaves()) {
                let ranges: Vec<_> = all.clone().collect();
                assert_eq!(all.len(), ranges.len());
                for (n, range) in ranges.iter().enumerate() {
                    let mut left = all.clone();
                    assert_eq!(left.nth(n).as_ref(), Some(range));
                    assert_eq!(left.len(), ranges.len() - n - 1);
                    assert!(left.eq(ranges[n + 1..].iter().cloned()));
                }
                assert_eq!(all.clone().nth(ranges.len()), None);
            }
        }
    }

    #[test]
    fn no_marks_where_none_are_needed() {
        let small = "MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||a^b~c^d&e\r".to_owned();
        let wide = format!("{small}NTE{}\r", "|a^b".repeat(400));
        for text in [small, wide] {
            assert!(Message::parse_str(&text).unwrap().index.marks.is_empty());
        }
    }
}
