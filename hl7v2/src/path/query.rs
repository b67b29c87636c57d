//! Finding the places at a path.

use alloc::vec::Vec;
use core::cmp::Reverse;
use core::ops::Range;

#[cfg(feature = "versions")]
use super::terser;
use super::{Path, Select, descend};
use crate::message::Message;
use crate::segment::Segment;
use crate::value::{Field, Place};

/// The places at a path, in the order of the message; made by [`Message::query`].
///
/// A path that names a whole segment gives no places: see [`segments`](Self::segments).
///
/// # Examples
///
/// ```
/// # use carewire_hl7v2::{Message, Path};
/// let ids = Path::parse("PID-3[*].1")?;
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7^^^A~8\r")?;
/// assert_eq!(msg.query(&ids).map(|id| id.text()).collect::<Vec<_>>(), ["7", "8"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Query<'m, 'p> {
    path: &'p Path,
    segments: Matches<'m, 'p>,
    field: Option<(Field<'m>, usize)>,
}

impl<'m, 'p> Query<'m, 'p> {
    pub(crate) fn new(message: &'m Message<'m>, path: &'p Path) -> Self {
        let by_group = path.absolute.then(|| by_group(message, path));
        Self {
            path,
            segments: Matches {
                path,
                message,
                next: 0,
                seen: 0,
                by_group,
            },
            field: None,
        }
    }

    /// The places in one segment, whatever segment the path names.
    pub(crate) fn within(segment: Segment<'m>, path: &'p Path) -> Self {
        let index = (segment.position() - 1) as u32;
        Self {
            path,
            segments: Matches {
                path,
                message: segment.message(),
                next: 0,
                seen: 0,
                by_group: Some(alloc::vec![index]),
            },
            field: None,
        }
    }

    /// The segments that the path names, whatever field it goes on to.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Path};
    /// let path = Path::parse("OBX[*]")?;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1\rNTE|1\rOBX|2\r")?;
    /// assert_eq!(msg.query(&path).segments().map(|obx| obx.position()).collect::<Vec<_>>(), [2, 4]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn segments(self) -> impl Iterator<Item = Segment<'m>> + use<'m, 'p> {
        self.segments
    }

    /// The next place of the field that is being looked at.
    fn next_in_field(&mut self) -> Option<Place<'m>> {
        let path = self.path;
        loop {
            let (field, next) = self.field.as_mut()?;
            let field = *field;
            let repetition = match &path.repetition {
                Select::Number(n) => {
                    self.field = None;
                    field.repetition(*n as usize)?
                }
                other => {
                    let Some(repetition) = field.repetition(*next) else {
                        self.field = None;
                        return None;
                    };
                    *next += 1;
                    match other {
                        Select::Where(condition) if !condition.holds_of(repetition) => continue,
                        _ => repetition,
                    }
                }
            };
            if let Some(place) = descend(repetition, path.component, path.subcomponent) {
                return Some(place);
            }
        }
    }
}

impl<'m> Iterator for Query<'m, '_> {
    type Item = Place<'m>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.path.field == 0 {
            return None;
        }
        loop {
            if let Some(place) = self.next_in_field() {
                return Some(place);
            }
            let segment = self.segments.next()?;
            self.field = segment.field(self.path.field as usize).map(|field| (field, 1));
        }
    }
}

/// The segments that a path names.
#[derive(Debug, Clone)]
struct Matches<'m, 'p> {
    path: &'p Path,
    message: &'m Message<'m>,
    next: usize,
    seen: u32,
    /// The segments that a path through the tree leads to, worked out at once; from the last to the first.
    by_group: Option<Vec<u32>>,
}

impl<'m> Iterator for Matches<'m, '_> {
    type Item = Segment<'m>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(segments) = &mut self.by_group {
            return segments.pop().map(|index| Segment::new(self.message, index));
        }
        loop {
            let index = self.next;
            let entry = self.message.index.segments.get(index)?;
            self.next += 1;
            if entry.id != self.path.id {
                continue;
            }
            self.seen += 1;
            let segment = Segment::new(self.message, index as u32);
            let fits = match &self.path.index {
                Select::All => true,
                Select::Where(condition) => condition.holds_in(segment),
                Select::Number(n) => {
                    if self.seen == *n {
                        self.next = usize::MAX;
                        return Some(segment);
                    }
                    false
                }
            };
            if fits {
                return Some(segment);
            }
        }
    }
}

impl Message<'_> {
    /// The byte ranges of what paths name.
    pub(crate) fn ranges(&self, paths: &[Path]) -> Ranges {
        let mut ranges = Vec::new();
        for path in paths {
            let found = self.query(path);
            if path.field == 0 {
                ranges.extend(found.segments().map(|segment| segment.range()));
            } else {
                ranges.extend(found.map(|place| place.range()));
            }
        }
        Ranges::of(ranges)
    }
}

/// Ranges of places, none of which lies in another, in the order of the message.
#[derive(Debug, Clone)]
pub(crate) struct Ranges(Vec<Range<usize>>);

impl Ranges {
    fn of(mut ranges: Vec<Range<usize>>) -> Self {
        // What holds others comes before them. Two places are apart, or one lies in the other.
        ranges.sort_unstable_by_key(|range| (range.start, Reverse(range.end)));
        let mut reached = None;
        ranges.retain(|range| {
            let is_apart = reached.is_none_or(|end| range.end > end);
            if is_apart {
                reached = Some(range.end);
            }
            is_apart
        });
        Self(ranges)
    }

    /// True if the range of a place lies in one of them.
    pub(crate) fn cover(&self, own: &Range<usize>) -> bool {
        let behind = self.0.partition_point(|range| range.start <= own.start);
        let nearest = behind.checked_sub(1).and_then(|at| self.0.get(at));
        nearest.is_some_and(|range| own.end <= range.end)
    }
}

/// The segments that an absolute path leads to through the tree, the last first.
#[cfg(feature = "versions")]
fn by_group(message: &Message<'_>, path: &Path) -> Vec<u32> {
    let tree = message.tree();
    if !path.terser.is_empty() {
        let position = terser::resolve(&tree, &path.terser);
        return position
            .map(|position| (position - 1) as u32)
            .into_iter()
            .collect();
    }
    let mut groups = vec![tree.root()];
    for step in &path.groups {
        let mut inner = Vec::new();
        for group in groups {
            let named = group
                .children()
                .filter(|child| child.is_group() && is_called(child.name(), &step.name));
            match step.index {
                Select::Number(n) => inner.extend(named.skip(n as usize - 1).take(1)),
                _ => inner.extend(named),
            }
        }
        groups = inner;
    }
    let mut found = Vec::new();
    for group in groups {
        let segments = group
            .children_named(path.segment())
            .filter_map(|child| child.segment());
        match &path.index {
            Select::Number(n) => found.extend(segments.skip(*n as usize - 1).take(1).map(|s| s.position())),
            Select::All => found.extend(segments.map(|segment| segment.position())),
            Select::Where(condition) => {
                let fitting = segments.filter(|segment| condition.holds_in(*segment));
                found.extend(fitting.map(|segment| segment.position()));
            }
        }
    }
    found.iter().rev().map(|position| (position - 1) as u32).collect()
}

/// True if a group is the one that a path names: a `/` of the standard (`SUBJECT_PERSON/ANIMAL_IDENTIFICATION`) is `_`
/// in a path.
#[cfg(feature = "versions")]
pub(crate) fn is_called(group: &str, name: &str) -> bool {
    let plain = group.bytes().map(|byte| if byte == b'/' { b'_' } else { byte });
    plain.eq(name.bytes())
}

/// Without the tables there are no groups: an absolute path leads nowhere.
#[cfg(not(feature = "versions"))]
fn by_group(_: &Message<'_>, _: &Path) -> Vec<u32> {
    Vec::new()
}
