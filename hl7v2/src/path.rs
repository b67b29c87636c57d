//! Paths: places named as the standard names them, compiled once.

use std::str::FromStr;

use crate::error::PathError;
use crate::location::Id;
use crate::message::Message;
use crate::segment::Segment;
use crate::value::{Field, Place, Repetition};

/// A compiled path: `PID-5.1`, `OBX[2]-5[1].2.1`, `OBX[*]-5`, `PID-3[.5='MR'].1`, `OBX[3.1='8867-4']-5`.
///
/// A path with a leading `/` goes through the groups of the [tree](crate::tree::Tree):
/// `/PATIENT_RESULT/ORDER_OBSERVATION[1]/OBSERVATION[2]/OBX-5`; its numbers count within the group before.
///
/// Numbers count from 1; one that is left out in brackets means the first, `*` means every one, and a
/// condition means every one that fits. A condition on segments holds if any repetition of the field fits.
/// Text is compared decoded and unescaped, and in full.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, Path};
///
/// let pulse = Path::parse("OBX[3.1='8867-4']-5")?;
/// let msg = Message::parse(
///     b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|NM|8310-5^Temperature||37.1\rOBX|2|NM|8867-4^Pulse||61\r",
/// )?;
/// let values: Vec<_> = msg.query(&pulse).map(|value| value.text()).collect();
/// assert_eq!(values, ["61"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// True if it was written with a leading `/`: the groups are then those of the tree.
    pub(crate) absolute: bool,
    pub(crate) groups: Vec<Group>,
    pub(crate) id: Id,
    pub(crate) index: Select,
    /// 0 when the path names a whole segment.
    pub(crate) field: u32,
    pub(crate) repetition: Select,
    pub(crate) component: u32,
    pub(crate) subcomponent: u32,
}

/// A step of a path through the group tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) name: Box<str>,
    pub(crate) index: Select,
}

/// Which of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Select {
    Number(u32),
    All,
    Where(Box<Condition>),
}

/// A comparison in brackets. A field of 0 means the field that the brackets follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    pub(crate) field: u32,
    pub(crate) component: u32,
    pub(crate) subcomponent: u32,
    pub(crate) equal: bool,
    pub(crate) text: Box<str>,
}

impl Path {
    /// Compiles a path.
    ///
    /// # Errors
    ///
    /// [`PathError`] if it is not well formed; it names an offset in `path`.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Path;
    ///
    /// assert!(Path::parse("OBX[*]-5[2].1").is_ok());
    /// assert_eq!(Path::parse("PID-0").unwrap_err().offset(), 4);
    /// ```
    pub fn parse(path: &str) -> Result<Self, PathError> {
        crate::parse::path::path(path)
    }

    /// The id of the segment that the path names.
    pub fn segment(&self) -> &str {
        self.id.as_str()
    }
}

impl FromStr for Path {
    type Err = PathError;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        Self::parse(path)
    }
}

impl Condition {
    fn holds_in(&self, segment: Segment<'_>) -> bool {
        let field = segment.field(self.field as usize);
        let found = field.is_some_and(|field| field.repetitions().any(|part| self.equals(part)));
        found == self.equal
    }

    fn holds_of(&self, repetition: Repetition<'_>) -> bool {
        self.equals(repetition) == self.equal
    }

    fn equals(&self, repetition: Repetition<'_>) -> bool {
        let place = descend(repetition, self.component, self.subcomponent);
        place
            .and_then(|place| place.try_text().ok())
            .is_some_and(|text| *text == *self.text)
    }
}

/// The component and subcomponent with these numbers, of which 0 means the whole.
fn descend(repetition: Repetition<'_>, component: u32, subcomponent: u32) -> Option<Place<'_>> {
    if component == 0 {
        return Some(repetition.into());
    }
    let component = repetition.component(component as usize)?;
    if subcomponent == 0 {
        return Some(component.into());
    }
    component.subcomponent(subcomponent as usize).map(Place::from)
}

/// The places at a path, in the order of the message; made by [`Message::query`].
///
/// A path that names a whole segment gives no places: see [`segments`](Self::segments).
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

/// The segments that an absolute path leads to through the tree, the last first.
#[cfg(feature = "versions")]
fn by_group(message: &Message<'_>, path: &Path) -> Vec<u32> {
    let tree = message.tree();
    let mut groups = vec![tree.root()];
    for step in &path.groups {
        let mut inner = Vec::new();
        for group in groups {
            let named = group.children_named(&step.name).filter(|child| child.is_group());
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

/// Without the tables there are no groups: an absolute path leads nowhere.
#[cfg(not(feature = "versions"))]
fn by_group(_: &Message<'_>, _: &Path) -> Vec<u32> {
    Vec::new()
}
