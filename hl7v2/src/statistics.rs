//! Which places messages use: counts, never values.

use alloc::collections::BTreeMap;
use core::fmt;

use crate::location::Id;
use crate::message::Message;
use crate::segment::Segment;
use crate::value::Place;

/// Which segments, fields, components and subcomponents messages have, how often, and how long they are.
///
/// It holds counts and paths, no text: it may leave the house where a message may not. Adding is a sum, so the
/// statistics of parts, [merged](Self::merge) in any order, are those of the whole. Printing gives a table, one place a
/// line, sorted by path.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, Statistics};
///
/// let mut statistics = Statistics::new();
/// statistics.add(&Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A~8||Doe^Ann\r")?);
/// statistics.add(&Message::parse(b"MSH|^~\\&|||||||ADT^A08|2|T|2.5.1\rPID|1||9||\"\"\r")?);
/// let ids = statistics.place("PID", 3, 0, 0).expect("PID-3");
/// assert_eq!((ids.messages(), ids.values(), ids.max_repetitions(), ids.max_length()), (2, 3, 2, 5));
/// let name = statistics.place("PID", 5, 0, 0).expect("PID-5");
/// assert_eq!((name.values(), name.nulls()), (1, 1));
/// assert!(statistics.to_string().contains("PID-5.2\t1\t1\t0\t"));
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics {
    messages: u64,
    structures: BTreeMap<&'static str, u64>,
    places: BTreeMap<Key, Counts>,
    dropped: u64,
}

/// More places than this are counted together as [`Statistics::dropped`].
const PLACES: usize = 200_000;

/// A place in any message; 0 where it is not that deep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    id: Id,
    field: u32,
    component: u32,
    subcomponent: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    messages: u64,
    values: u64,
    nulls: u64,
    max_repetitions: u64,
    min_length: u64,
    max_length: u64,
    /// The number of the message that was counted last; it says nothing beyond that.
    last: u64,
}

impl PartialEq for Counts {
    fn eq(&self, other: &Self) -> bool {
        let all = |counts: &Self| {
            (
                counts.messages,
                counts.values,
                counts.nulls,
                counts.max_repetitions,
                counts.min_length,
                counts.max_length,
            )
        };
        all(self) == all(other)
    }
}

impl Eq for Counts {}

/// How messages use one place; made by [`Statistics::places`] and [`Statistics::place`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, Statistics};
///
/// let mut statistics = Statistics::new();
/// statistics.add(&Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A&B\r")?);
/// let places: Vec<_> = statistics.places().filter(|place| place.segment() == "PID").map(|place| place.to_string()).collect();
/// assert_eq!(places, ["PID", "PID-1", "PID-3", "PID-3.1", "PID-3.4", "PID-3.4.1", "PID-3.4.2"]);
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceUse {
    key: Key,
    counts: Counts,
}

impl Statistics {
    /// Of no message yet.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// assert_eq!(statistics.messages(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts what a message has.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// assert_eq!(statistics.messages(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add(&mut self, message: &Message<'_>) {
        self.messages += 1;
        #[cfg(feature = "versions")]
        {
            let structure = message.header().structure();
            *self
                .structures
                .entry(structure.map_or("", |structure| structure.name()))
                .or_default() += 1;
        }
        let mut occurrences: BTreeMap<Id, u64> = BTreeMap::new();
        for segment in message.segments() {
            let id = Id::of(segment.id());
            let occurrence = occurrences.entry(id).or_default();
            *occurrence += 1;
            self.segment(id, segment, *occurrence);
        }
    }

    fn segment(&mut self, id: Id, segment: Segment<'_>, occurrence: u64) {
        let key = |field, component, subcomponent| Key {
            id,
            field,
            component,
            subcomponent,
        };
        self.count(key(0, 0, 0), segment.raw().len(), false, occurrence);
        for field in segment.fields().filter(|field| !field.is_empty()) {
            let n = number(field.number());
            let repetitions = field.repetition_count() as u64;
            for repetition in field.repetitions().filter(|part| !part.is_empty()) {
                self.value(key(n, 0, 0), repetition.into(), repetitions);
                let alone = repetition.component_count() == 1;
                for (c, component) in (1..).zip(repetition.components()) {
                    let parts = component.subcomponent_count();
                    if component.is_empty() || (alone && parts == 1) {
                        continue;
                    }
                    self.value(key(n, c, 0), component.into(), 1);
                    for (s, part) in (1..).zip(component.subcomponents()) {
                        if parts > 1 && !part.is_empty() {
                            self.value(key(n, c, s), part.into(), 1);
                        }
                    }
                }
            }
        }
    }

    fn value(&mut self, key: Key, place: Place<'_>, repetitions: u64) {
        self.count(key, place.raw().len(), place.is_null(), repetitions);
    }

    fn count(&mut self, key: Key, length: usize, is_null: bool, repetitions: u64) {
        if self.places.len() >= PLACES && !self.places.contains_key(&key) {
            self.dropped += 1;
            return;
        }
        let counts = self.places.entry(key).or_default();
        if counts.last != self.messages {
            counts.last = self.messages;
            counts.messages += 1;
        }
        counts.max_repetitions = counts.max_repetitions.max(repetitions);
        if is_null {
            counts.nulls += 1;
            return;
        }
        let length = length as u64;
        counts.min_length = if counts.values == 0 {
            length
        } else {
            counts.min_length.min(length)
        };
        counts.max_length = counts.max_length.max(length);
        counts.values += 1;
    }

    /// Adds the counts of other messages.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7\r")?;
    /// let (mut all, mut one, mut other) = (Statistics::new(), Statistics::new(), Statistics::new());
    /// all.add(&msg);
    /// all.add(&msg);
    /// one.add(&msg);
    /// other.add(&msg);
    /// one.merge(&other);
    /// assert_eq!(one, all);
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn merge(&mut self, other: &Self) {
        self.messages += other.messages;
        self.dropped += other.dropped;
        for (structure, count) in &other.structures {
            *self.structures.entry(structure).or_default() += count;
        }
        for (key, more) in &other.places {
            if self.places.len() >= PLACES && !self.places.contains_key(key) {
                self.dropped += more.values + more.nulls;
                continue;
            }
            let counts = self.places.entry(*key).or_default();
            counts.min_length = match (counts.values, more.values) {
                (0, _) => more.min_length,
                (_, 0) => counts.min_length,
                _ => counts.min_length.min(more.min_length),
            };
            counts.messages += more.messages;
            counts.values += more.values;
            counts.nulls += more.nulls;
            counts.max_repetitions = counts.max_repetitions.max(more.max_repetitions);
            counts.max_length = counts.max_length.max(more.max_length);
            counts.last = 0;
        }
        // No message of either has the number of the next one.
        self.places.values_mut().for_each(|counts| counts.last = 0);
    }

    /// The number of messages.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// assert_eq!(statistics.messages(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// How many messages have which structure, by name; empty for those whose structure is not known. Without the
    /// feature `versions` there are none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// assert_eq!(statistics.structures().next(), Some(("ADT_A01", 1)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn structures(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.structures.iter().map(|(name, count)| (*name, *count))
    }

    /// Each place that at least one message has, sorted by path: segments, and what is in them.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// assert!(statistics.places().any(|place| place.to_string() == "PID-5" && place.nulls() == 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn places(&self) -> impl Iterator<Item = PlaceUse> {
        self.places.iter().map(|(key, counts)| PlaceUse {
            key: *key,
            counts: *counts,
        })
    }

    /// One place, by the numbers of the standard; 0 where it is not that deep: `("PID", 5, 0, 0)` is PID-5.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let mut statistics = Statistics::new();
    /// statistics.add(&Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||Doe\r")?);
    /// assert_eq!(statistics.place("PID", 3, 0, 0).map(|ids| ids.values()), Some(2));
    /// assert!(statistics.place("PID", 4, 0, 0).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn place(
        &self,
        segment: &str,
        field: usize,
        component: usize,
        subcomponent: usize,
    ) -> Option<PlaceUse> {
        let key = Key {
            id: Id::of(segment),
            field: number(field),
            component: number(component),
            subcomponent: number(subcomponent),
        };
        self.places
            .get(&key)
            .map(|counts| PlaceUse { key, counts: *counts })
    }

    /// How many values were not counted by place, because there were more than 200,000 places.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// assert_eq!(statistics.dropped(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

impl PlaceUse {
    /// The segment id; empty for lines without one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// let place = statistics.places().find(|place| place.to_string() == "PID-3").expect("PID-3");
    /// assert_eq!(place.segment(), "PID");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn segment(&self) -> &str {
        self.key.id.as_str()
    }

    /// The field, from 1; 0 for a whole segment.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// let place = statistics.places().find(|place| place.to_string() == "PID-3").expect("PID-3");
    /// assert_eq!(place.field(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn field(&self) -> usize {
        self.key.field as usize
    }

    /// The component, from 1; 0 for a whole field or more.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// let place = statistics.places().find(|place| place.to_string() == "PID-3").expect("PID-3");
    /// assert_eq!(place.component(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn component(&self) -> usize {
        self.key.component as usize
    }

    /// The subcomponent, from 1; 0 for a whole component or more.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// let place = statistics.places().find(|place| place.to_string() == "PID-3").expect("PID-3");
    /// assert_eq!(place.subcomponent(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn subcomponent(&self) -> usize {
        self.key.subcomponent as usize
    }

    /// In how many messages it is not empty.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// let place = statistics.places().find(|place| place.to_string() == "PID-3").expect("PID-3");
    /// assert_eq!(place.messages(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn messages(&self) -> u64 {
        self.counts.messages
    }

    /// How many values there are, repetitions counted, nulls not; of a segment, how many there are.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// let place = statistics.places().find(|place| place.to_string() == "PID-3").expect("PID-3");
    /// assert_eq!(place.values(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn values(&self) -> u64 {
        self.counts.values
    }

    /// How often it is the explicit null.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// let place = statistics.places().find(|place| place.to_string() == "PID-3").expect("PID-3");
    /// assert_eq!(place.nulls(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn nulls(&self) -> u64 {
        self.counts.nulls
    }

    /// The most repetitions that one field has; of a segment, the most in one message; below that 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// let place = statistics.places().find(|place| place.to_string() == "PID-3").expect("PID-3");
    /// assert_eq!(place.max_repetitions(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_repetitions(&self) -> u64 {
        self.counts.max_repetitions
    }

    /// The length of the shortest value in bytes, as sent; 0 if there are only nulls.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// let place = statistics.places().find(|place| place.to_string() == "PID-3").expect("PID-3");
    /// assert_eq!(place.min_length(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn min_length(&self) -> u64 {
        self.counts.min_length
    }

    /// The length of the longest value in bytes, as sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Statistics};
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~81||\"\"\r")?;
    /// let mut statistics = Statistics::new();
    /// statistics.add(&msg);
    /// let place = statistics.places().find(|place| place.to_string() == "PID-3").expect("PID-3");
    /// assert_eq!(place.max_length(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn max_length(&self) -> u64 {
        self.counts.max_length
    }
}

impl fmt::Display for PlaceUse {
    /// The path: `PID-5.1`, `PID` for a segment, `-` for a line without a segment id.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.segment().is_empty() {
            "-"
        } else {
            self.segment()
        })?;
        let parts = [self.field(), self.component(), self.subcomponent()];
        for (part, mark) in parts
            .into_iter()
            .zip(["-", ".", "."])
            .take_while(|(part, _)| *part > 0)
        {
            write!(f, "{mark}{part}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Statistics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "messages\t{}", self.messages)?;
        for (name, count) in self.structures() {
            let name = if name.is_empty() {
                "(structure not known)"
            } else {
                name
            };
            writeln!(f, "{name}\t{count}")?;
        }
        writeln!(
            f,
            "place\tmessages\tvalues\tnulls\trepetitions\tmin length\tmax length"
        )?;
        for place in self.places() {
            writeln!(
                f,
                "{place}\t{}\t{}\t{}\t{}\t{}\t{}",
                place.messages(),
                place.values(),
                place.nulls(),
                place.max_repetitions(),
                place.min_length(),
                place.max_length()
            )?;
        }
        if self.dropped > 0 {
            writeln!(f, "(others)\t\t{}", self.dropped)?;
        }
        Ok(())
    }
}
