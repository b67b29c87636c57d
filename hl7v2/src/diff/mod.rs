//! Two messages, and where they differ.

mod align;
mod change;

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

pub use change::{Change, ChangeKind};

use crate::location::Id;
use crate::message::Message;
use crate::path::{Path, Ranges};
use crate::segment::Segment;
use crate::value::{Component, Field, Place, Repetition};
use align::{PAIRS, Pair, SAME, align};
use change::Side;

/// How to compare: what is passed over.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{DiffOptions, Message, Path};
///
/// let left = Message::parse(b"MSH|^~\\&|||||20240102||ADT^A08|1|T|2.5.1\rPID|1||7\r")?;
/// let right = Message::parse(b"MSH|^~\\&|||||20240103||ADT^A08|2|T|2.5.1\rPID|1||7\r")?;
/// assert_eq!(left.diff(&right).len(), 2);
/// let options = DiffOptions::new().ignore(Path::parse("MSH-7")?).ignore(Path::parse("MSH-10")?);
/// assert!(options.diff(&left, &right).is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct DiffOptions {
    ignored: Vec<Path>,
}

impl DiffOptions {
    /// Everything is compared.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{DiffOptions, Message};
    /// let left = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7\r")?;
    /// let right = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||8\r")?;
    /// assert_eq!(DiffOptions::new().diff(&left, &right).len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Passes over what stands at a path, on either side.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{DiffOptions, Message, Path};
    /// let left = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7\r")?;
    /// let right = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||8\r")?;
    /// let options = DiffOptions::new().ignore(Path::parse("PID-3")?);
    /// assert!(options.diff(&left, &right).is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn ignore(mut self, path: Path) -> Self {
        self.ignored.push(path);
        self
    }

    /// The differences from `left` to `right`; see [`Message::diff`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{DiffOptions, Message};
    /// let left = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7\r")?;
    /// let right = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||8\r")?;
    /// assert_eq!(DiffOptions::new().diff(&left, &right).len(), left.diff(&right).len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn diff<'m>(&self, left: &'m Message<'m>, right: &'m Message<'m>) -> Vec<Change<'m>> {
        let mut found = Found {
            ignored: [left.ranges(&self.ignored), right.ranges(&self.ignored)],
            changes: Vec::new(),
            left_to_try: PAIRS,
        };
        let prints = [prints(left), prints(right)];
        let score = |l: usize, r: usize| prints[0][l].score(&prints[1][r]);
        let alike = |l: usize, r: usize| prints[0][l].id == prints[1][r].id;
        let mut left_to_try = PAIRS;
        for pair in align(prints[0].len(), prints[1].len(), score, alike, &mut left_to_try) {
            let segment = |message: &'m Message<'m>, at: Option<usize>| message.segment_at(at? + 1);
            match (segment(left, pair.0), segment(right, pair.1)) {
                (Some(left), Some(right)) => found.segments(left, right),
                (left, right) => found.add(left.map(Side::Segment), right.map(Side::Segment)),
            }
        }
        found.changes
    }
}

impl<'a> Message<'a> {
    /// The differences from this message to another, in the order of the messages.
    ///
    /// What is compared are values: decoded, unescaped text, and whether it is the explicit null. Other delimiters,
    /// character sets or ways to escape are no difference, empty places at an end are none, and whether a place is
    /// empty or absent is none. Segments of one id are paired in their order so that most of their fields are the same,
    /// repetitions likewise: one that was inserted is one difference, and those after it are none. A segment that was
    /// moved is removed and added.
    ///
    /// No `Debug` of a difference holds a value; [`Change::left_text`] does.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let left = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|NM|a||1\rOBX|2|NM|b||2\rNTE|1||x\r")?;
    /// let right = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|NM|a||1\rOBX|2|ST|c||y\rOBX|3|NM|b||\"\"\r")?;
    /// let changes: Vec<_> = left.diff(&right).iter().map(|change| change.to_string()).collect();
    /// assert_eq!(
    ///     changes,
    ///     ["added OBX[2]", "changed OBX[2]-1 (now OBX[3]-1)", "changed OBX[2]-5 (now OBX[3]-5)", "removed NTE"],
    /// );
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn diff<'m>(&'m self, other: &'m Message<'m>) -> Vec<Change<'m>> {
        DiffOptions::new().diff(self, other)
    }
}

/// What a segment looks like, to be paired: a number for each field, 0 for one without a value.
struct Print {
    id: Id,
    /// What stands before the first field of a line without a segment id.
    line: u64,
    fields: Vec<u64>,
}

impl Print {
    /// From 0, which never pairs, to [`SAME`].
    fn score(&self, other: &Self) -> u32 {
        if self.id != other.id {
            return 0;
        }
        if self.fields == other.fields && self.line == other.line {
            return SAME;
        }
        let both = self.fields.iter().zip(&other.fields);
        let same = both.filter(|(left, right)| left == right && **left != 0).count();
        let sent = |print: &Self| print.fields.iter().filter(|field| **field != 0).count();
        let all = (sent(self) + sent(other)).saturating_sub(same).max(1);
        1 + (same * (SAME as usize - 2) / all) as u32
    }
}

fn prints(message: &Message<'_>) -> Vec<Print> {
    let print = |segment: Segment<'_>| {
        let mut fields: Vec<u64> = segment.fields().map(number).collect();
        while fields.last() == Some(&0) {
            fields.pop();
        }
        Print {
            id: Id::of(segment.id()),
            line: hash(line(segment)),
            fields,
        }
    };
    message.segments().map(print).collect()
}

/// What stands before the fields of a line without a segment id.
fn line(segment: Segment<'_>) -> &[u8] {
    if !segment.id().is_empty() {
        return &[];
    }
    let end = segment
        .field(1)
        .map_or(segment.range().end, |field| field.range().start);
    segment
        .raw()
        .get(..end - segment.range().start)
        .unwrap_or_default()
}

/// FNV-1a: values of which two have one number are paired less well, and compared all the same.
struct Fnv(u64);

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01B3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = Fnv(0xCBF2_9CE4_8422_2325);
    value.hash(&mut hasher);
    hasher.finish()
}

/// A number for the values of a field; 0 if there is none. Equal values have equal numbers.
fn number(field: Field<'_>) -> u64 {
    let mut values = Vec::new();
    for repetition in field.repetitions() {
        for component in repetition.components() {
            for part in component.subcomponents().map(Place::from) {
                let at = part.location_with(0);
                let state = state(Some(part));
                if state != State::Nothing {
                    values.push(hash((at.repetition(), at.component(), at.subcomponent(), state)));
                }
            }
        }
    }
    if values.is_empty() { 0 } else { hash(values).max(1) }
}

/// What a place says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum State<'m> {
    Nothing,
    Null,
    Text(Cow<'m, str>),
    /// Text that cannot be decoded.
    Bytes(&'m [u8]),
}

fn state(place: Option<Place<'_>>) -> State<'_> {
    match place {
        None => State::Nothing,
        Some(place) if place.is_empty() => State::Nothing,
        Some(place) if place.is_null() => State::Null,
        Some(place) => place.try_text().map_or(State::Bytes(place.raw()), State::Text),
    }
}

/// Gathers the differences.
struct Found<'m> {
    ignored: [Ranges; 2],
    changes: Vec<Change<'m>>,
    /// How many pairs of repetitions may be tried yet.
    left_to_try: usize,
}

impl<'m> Found<'m> {
    fn add(&mut self, left: Option<Side<'m>>, right: Option<Side<'m>>) {
        let within =
            |side: &Option<Side<'m>>, ranges: &Ranges| side.is_some_and(|side| ranges.cover(&side.range()));
        if !within(&left, &self.ignored[0]) && !within(&right, &self.ignored[1]) {
            self.changes.push(Change { left, right });
        }
    }

    fn segments(&mut self, left: Segment<'m>, right: Segment<'m>) {
        if line(left) != line(right) {
            return self.add(Some(Side::Segment(left)), Some(Side::Segment(right)));
        }
        for n in 1..=left.field_count().max(right.field_count()) {
            self.fields(left.field(n), right.field(n));
        }
    }

    fn fields(&mut self, left: Option<Field<'m>>, right: Option<Field<'m>>) {
        let (lefts, rights) = (sent(left), sent(right));
        let print = |all: &[Repetition<'m>]| all.iter().map(|one| parts(*one)).collect::<Vec<_>>();
        let prints = [print(&lefts), print(&rights)];
        let score = |l: usize, r: usize| {
            let (l, r) = (&prints[0][l], &prints[1][r]);
            if l == r {
                return SAME;
            }
            let same = l.iter().zip(r).filter(|(l, r)| l == r && **l != 0).count();
            1 + (same * (SAME as usize - 2) / l.len().max(r.len()).max(1)) as u32
        };
        let pairs: Vec<Pair> = align(
            lefts.len(),
            rights.len(),
            score,
            |l, r| l == r,
            &mut self.left_to_try,
        );
        for (l, r) in pairs {
            match (l.map(|n| lefts[n]), r.map(|n| rights[n])) {
                (Some(l), Some(r)) => self.repetitions(l, r),
                (l, r) => {
                    let side = |one: Option<Repetition<'m>>| one.map(|one| Side::Place(one.into()));
                    self.add(side(l), side(r));
                }
            }
        }
    }

    fn repetitions(&mut self, left: Repetition<'m>, right: Repetition<'m>) {
        let count = left.component_count().max(right.component_count());
        if count == 1 && is_plain(left.component(1)) && is_plain(right.component(1)) {
            return self.values(Some(left.into()), Some(right.into()));
        }
        for n in 1..=count {
            let (left, right) = (left.component(n), right.component(n));
            if is_plain(left) && is_plain(right) {
                self.values(left.map(Place::from), right.map(Place::from));
                continue;
            }
            let count = |part: Option<Component<'m>>| part.map_or(0, |part| part.subcomponent_count());
            for n in 1..=count(left).max(count(right)) {
                let part = |side: Option<Component<'m>>| side?.subcomponent(n).map(Place::from);
                self.values(part(left), part(right));
            }
        }
    }

    fn values(&mut self, left: Option<Place<'m>>, right: Option<Place<'m>>) {
        let (before, after) = (state(left), state(right));
        if before != after {
            let side = |place: Option<Place<'m>>, state: State<'m>| {
                place.filter(|_| state != State::Nothing).map(Side::Place)
            };
            self.add(side(left, before), side(right, after));
        }
    }
}

/// True if a component has no subcomponents of its own.
fn is_plain(component: Option<Component<'_>>) -> bool {
    component.is_none_or(|component| component.subcomponent_count() == 1)
}

/// The repetitions that have a value; all of them if there is but one.
fn sent(field: Option<Field<'_>>) -> Vec<Repetition<'_>> {
    let mut all: Vec<_> = field.into_iter().flat_map(|field| field.repetitions()).collect();
    all.retain(|one| parts(*one).iter().any(|part| *part != 0));
    all
}

/// A number for the values of each component, 0 for none.
fn parts(repetition: Repetition<'_>) -> Vec<u64> {
    let component = |component: Component<'_>| {
        let mut states: Vec<_> = component
            .subcomponents()
            .map(|part| state(Some(part.into())))
            .collect();
        while states.last() == Some(&State::Nothing) {
            states.pop();
        }
        if states.is_empty() { 0 } else { hash(states).max(1) }
    };
    let mut parts: Vec<_> = repetition.components().map(component).collect();
    while parts.last() == Some(&0) {
        parts.pop();
    }
    parts
}
