//! Message structures and the events that choose them.

use core::cmp::Ordering;
use core::fmt;
use core::ops::Range;

use super::rows::{EventRow, StructureRow};
use super::{Version, name};
use crate::generated::names::{NAMES, STARTS};
use crate::generated::{nodes, structures};
use crate::location::Id;

/// A message structure as a version defines it, such as `ORU_R01`.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{Structure, Version};
///
/// let oru = Structure::find(Version::V2_5_1, "ORU_R01").expect("ORU_R01");
/// let names: Vec<_> = oru.elements().map(|element| element.name()).collect();
/// assert_eq!(names, ["MSH", "SFT", "PATIENT_RESULT", "DSC"]);
/// ```
#[derive(Clone, Copy)]
pub struct Structure {
    version: Version,
    row: &'static StructureRow,
}

impl Structure {
    /// The structure with a name, such as `ADT_A01`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Structure, Version};
    /// let structure = Structure::find(Version::V2_5_1, "ADT_A01").expect("ADT_A01");
    /// assert_eq!(structure.name(), "ADT_A01");
    /// assert_eq!(Structure::find(Version::V2_1, "VXU_V04"), None);
    /// ```
    pub fn find(version: Version, id: &str) -> Option<Self> {
        let own = structures::VERSIONS[version as usize];
        let at = own
            .binary_search_by(|number| name(structures::ROWS[usize::from(*number)].name).cmp(id))
            .ok()?;
        structures::ROWS
            .get(usize::from(own[at]))
            .map(|row| Self { version, row })
    }

    /// As [`find`](Self::find), and the nearest other version that has such a structure if this one has none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Structure, Version};
    /// let structure = Structure::find(Version::V2_5_1, "ADT_A01").expect("ADT_A01");
    /// assert_eq!(Structure::find_near(Version::V2_5_1, "ADT_A01"), Some(structure));
    /// assert!(Structure::find_near(Version::V2_1, "VXU_V04").is_some());
    /// ```
    pub fn find_near(version: Version, id: &str) -> Option<Self> {
        Self::find(version, id).or_else(|| version.others().find_map(|other| Self::find(other, id)))
    }

    /// The structures of a version, by name.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Structure, Version};
    /// let structure = Structure::find(Version::V2_5_1, "ADT_A01").expect("ADT_A01");
    /// assert!(Structure::all(Version::V2_5_1).any(|other| other == structure));
    /// ```
    pub fn all(version: Version) -> impl Iterator<Item = Self> {
        let own = structures::VERSIONS[version as usize];
        own.iter()
            .filter_map(|number| structures::ROWS.get(usize::from(*number)))
            .map(move |row| Self { version, row })
    }

    /// The structure of a message with this code and trigger event (MSH-9.1, MSH-9.2): by the events of the
    /// version; by its name, `code_event`; by the code alone (`ACK`); and the same again in the other
    /// versions, the nearest first. An ADT message whose event no version knows has the structure ADT_A01.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Structure, Version};
    /// let structure = Structure::find(Version::V2_5_1, "ADT_A01").expect("ADT_A01");
    /// assert_eq!(Structure::of_event(Version::V2_5_1, "ADT", "A08"), Some(structure));
    /// ```
    pub fn of_event(version: Version, code: &str, trigger: &str) -> Option<Self> {
        let found = core::iter::once(version)
            .chain(version.others())
            .find_map(|version| {
                let named = event_structure(version, code, trigger);
                named
                    .and_then(|id| Self::find(version, id))
                    .or_else(|| Self::find_code(version, code, trigger))
            });
        found.or_else(|| {
            if code == "ADT" {
                Self::find_near(version, "ADT_A01")
            } else {
                None
            }
        })
    }

    fn find_code(version: Version, code: &str, trigger: &str) -> Option<Self> {
        let mut id = [0_u8; 16];
        let length = code.len() + 1 + trigger.len();
        let place = id.get_mut(..length)?;
        place[..code.len()].copy_from_slice(code.as_bytes());
        place[code.len()] = b'_';
        place[code.len() + 1..].copy_from_slice(trigger.as_bytes());
        let id = core::str::from_utf8(place).ok()?;
        Self::find(version, id).or_else(|| Self::find(version, code))
    }

    /// The version whose table this is.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Structure, Version};
    /// let structure = Structure::find(Version::V2_5_1, "ADT_A01").expect("ADT_A01");
    /// assert_eq!(structure.version(), Version::V2_5_1);
    /// ```
    pub fn version(&self) -> Version {
        self.version
    }

    /// The name.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Structure, Version};
    /// let structure = Structure::find(Version::V2_5_1, "ADT_A01").expect("ADT_A01");
    /// assert_eq!(structure.name(), "ADT_A01");
    /// ```
    pub fn name(&self) -> &'static str {
        name(self.row.name)
    }

    /// The segments and groups at its top.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Structure, Version};
    /// let structure = Structure::find(Version::V2_5_1, "ADT_A01").expect("ADT_A01");
    /// let names: Vec<_> = structure.elements().take(4).map(|element| element.name()).collect();
    /// assert_eq!(names, ["MSH", "SFT", "EVN", "PID"]);
    /// ```
    pub fn elements(&self) -> Elements {
        let start = u32::from(self.row.start);
        Elements {
            range: start..start + u32::from(self.row.length),
        }
    }
}

impl PartialEq for Structure {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version && core::ptr::eq(self.row, other.row)
    }
}

impl Eq for Structure {}

impl fmt::Debug for Structure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Structure({} of {})", self.name(), self.version)
    }
}

/// A segment or group in a [`Structure`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{Structure, Version};
///
/// let oru = Structure::find(Version::V2_5_1, "ORU_R01").expect("ORU_R01");
/// let msh = oru.elements().next().expect("MSH");
/// assert_eq!((msh.name(), msh.is_optional(), msh.repeats(), msh.is_group()), ("MSH", false, false, false));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Element {
    index: u32,
    packed: u32,
}

impl Element {
    pub(crate) fn at(index: u32) -> Option<Self> {
        nodes::ROWS.get(index as usize).map(|packed| Self {
            index,
            packed: *packed,
        })
    }

    fn flag(&self, bit: u32) -> bool {
        self.packed >> bit & 1 == 1
    }

    /// The place in the table of all nodes.
    pub(crate) fn index(&self) -> u32 {
        self.index
    }

    /// The number of the name in the list of names: equal names have equal numbers.
    pub(crate) fn symbol(&self) -> u16 {
        (self.packed >> 12 & 0x3FFF) as u16
    }

    /// The segment id or group name; empty for a choice that the standard does not name.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Structure, Version};
    /// let oru = Structure::find(Version::V2_5_1, "ORU_R01").expect("ORU_R01");
    /// let result = oru.elements().find(|element| element.is_group()).expect("a group");
    /// assert_eq!(result.name(), "PATIENT_RESULT");
    /// ```
    pub fn name(&self) -> &'static str {
        name(self.symbol())
    }

    /// True if it may be left out.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Structure, Version};
    /// let oru = Structure::find(Version::V2_5_1, "ORU_R01").expect("ORU_R01");
    /// let result = oru.elements().find(|element| element.is_group()).expect("a group");
    /// assert!(!result.is_optional());
    /// ```
    pub fn is_optional(&self) -> bool {
        self.flag(26)
    }

    /// True if it may occur more than once.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Structure, Version};
    /// let oru = Structure::find(Version::V2_5_1, "ORU_R01").expect("ORU_R01");
    /// let result = oru.elements().find(|element| element.is_group()).expect("a group");
    /// assert!(result.repeats());
    /// ```
    pub fn repeats(&self) -> bool {
        self.flag(27)
    }

    /// True for a group, false for a segment.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Structure, Version};
    /// let oru = Structure::find(Version::V2_5_1, "ORU_R01").expect("ORU_R01");
    /// let result = oru.elements().find(|element| element.is_group()).expect("a group");
    /// assert!(result.is_group());
    /// ```
    pub fn is_group(&self) -> bool {
        self.flag(28)
    }

    /// True for a group of which one element is to be chosen.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Structure, Version};
    /// let oru = Structure::find(Version::V2_5_1, "ORU_R01").expect("ORU_R01");
    /// let result = oru.elements().find(|element| element.is_group()).expect("a group");
    /// assert!(!result.is_choice());
    /// ```
    pub fn is_choice(&self) -> bool {
        self.flag(29)
    }

    /// The segments and groups in a group.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Structure, Version};
    /// let oru = Structure::find(Version::V2_5_1, "ORU_R01").expect("ORU_R01");
    /// let result = oru.elements().find(|element| element.is_group()).expect("a group");
    /// let inside: Vec<_> = result.elements().map(|element| element.name()).collect();
    /// assert_eq!(inside, ["PATIENT", "ORDER_OBSERVATION"]);
    /// ```
    pub fn elements(&self) -> Elements {
        Elements {
            range: self.index + 1..self.end(),
        }
    }

    /// The place after this one and all in it.
    pub(crate) fn end(&self) -> u32 {
        self.index + (self.packed & 0xFFF).max(1)
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Element({})", self.name())
    }
}

/// The elements of a [`Structure`] or group, in their order.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{Structure, Version};
///
/// let ack = Structure::find(Version::V2_5_1, "ACK").expect("ACK");
/// let names: Vec<_> = ack.elements().map(|element| element.name()).collect();
/// assert_eq!(names, ["MSH", "SFT", "MSA", "ERR"]);
/// ```
#[derive(Debug, Clone)]
pub struct Elements {
    range: Range<u32>,
}

impl Elements {
    /// The elements from `from` on, which is the place of one of them or of the end.
    pub(crate) fn after(&self, from: u32) -> Self {
        Self {
            range: from..self.range.end,
        }
    }

    /// The elements up to `end`, which is the place of one of them or of the end.
    pub(crate) fn until(&self, end: u32) -> Self {
        Self {
            range: self.range.start..end,
        }
    }

    /// The place of the first element.
    pub(crate) fn start(&self) -> u32 {
        self.range.start
    }
}

impl Iterator for Elements {
    type Item = Element;

    fn next(&mut self) -> Option<Element> {
        if self.range.is_empty() {
            return None;
        }
        let element = Element::at(self.range.start)?;
        self.range.start = element.end();
        Some(element)
    }
}

/// So many names have three bytes, as a segment id has.
const SHORT: usize = short_names::<0>().1;

/// The names of three bytes, as numbers, and their own in the list of names, in its order.
static SHORT_NAMES: [(u32, u16); SHORT] = short_names().0;

/// The first of the names of three bytes, and how many there are.
const fn short_names<const N: usize>() -> ([(u32, u16); N], usize) {
    let bytes = NAMES.as_bytes();
    let (mut names, mut count, mut number) = ([(0, 0); N], 0, 0);
    while number + 1 < STARTS.len() {
        let start = STARTS[number] as usize;
        if STARTS[number + 1] as usize - start == 3 {
            if count < N {
                let id = [bytes[start], bytes[start + 1], bytes[start + 2]];
                names[count] = (short_name(id), number as u16);
            }
            count += 1;
        }
        number += 1;
    }
    (names, count)
}

const fn short_name([a, b, c]: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, a, b, c])
}

/// As [`symbol`], of a segment id.
pub(crate) fn segment_symbol(id: Id) -> Option<u16> {
    if id == Id::NONE {
        return symbol(id.as_str());
    }
    let at = SHORT_NAMES.binary_search_by_key(&short_name(id.0), |(name, _)| *name);
    SHORT_NAMES.get(at.ok()?).map(|(_, number)| *number)
}

/// The number of a name in the list of names, if it is in the list.
pub(crate) fn symbol(id: &str) -> Option<u16> {
    let (mut low, mut high) = (0, u16::try_from(STARTS.len()).ok()?.saturating_sub(1));
    while low < high {
        let middle = low.midpoint(high);
        match name(middle).cmp(id) {
            Ordering::Less => low = middle + 1,
            Ordering::Equal => return Some(middle),
            Ordering::Greater => high = middle,
        }
    }
    None
}

/// The name of a trigger event in the version's table of events, such as that of `A01`.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{Version, event_name};
///
/// assert_eq!(event_name(Version::V2_5_1, "A01"), Some("ADT/ACK - Admit/visit notification"));
/// ```
pub fn event_name(version: Version, trigger: &str) -> Option<&'static str> {
    event(version, trigger).map(|event| name(event.name))
}

/// The trigger events of a version with the structures that they name, the message's own before its answer's.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{Version, events};
///
/// let (_, structures) = events(Version::V2_5_1).find(|(trigger, _)| *trigger == "A28").expect("A28");
/// assert_eq!(structures.collect::<Vec<_>>(), ["ADT_A05", "ACK"]);
/// ```
pub fn events(version: Version) -> impl Iterator<Item = (&'static str, impl Iterator<Item = &'static str>)> {
    let own = structures::VERSION_EVENTS[version as usize];
    let rows = own
        .iter()
        .filter_map(|number| structures::EVENTS.get(usize::from(*number)));
    rows.map(|row| (name(row.id), event_structures(row)))
}

fn event_structures(event: &'static EventRow) -> impl Iterator<Item = &'static str> {
    let start = usize::from(event.start);
    let numbers = structures::EVENT_STRUCTURES.get(start..start + usize::from(event.length));
    numbers.unwrap_or_default().iter().map(|number| name(*number))
}

/// The name of the structure of a message with this code and trigger event; see [`Structure::of_event`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{Version, message_structure};
///
/// assert_eq!(message_structure(Version::V2_5_1, "ADT", "A04"), Some("ADT_A01"));
/// assert_eq!(message_structure(Version::V2_3, "ORU", "R01"), Some("ORU_R01"));
/// assert_eq!(message_structure(Version::V2_5_1, "ZZZ", "Z01"), None);
/// ```
pub fn message_structure(version: Version, code: &str, trigger: &str) -> Option<&'static str> {
    Structure::of_event(version, code, trigger).map(|structure| structure.name())
}

fn event(version: Version, trigger: &str) -> Option<&'static EventRow> {
    let own = structures::VERSION_EVENTS[version as usize];
    let row = |number: &u16| -> &'static EventRow { &structures::EVENTS[usize::from(*number)] };
    let at = own
        .binary_search_by(|number| name(row(number).id).cmp(trigger))
        .ok()?;
    Some(row(&own[at]))
}

/// The structure that the version's events name for this code.
fn event_structure(version: Version, code: &str, trigger: &str) -> Option<&'static str> {
    let event = event(version, trigger)?;
    let fits = |id: &&str| {
        id.strip_prefix(code)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    event_structures(event).find(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_id_has_the_number_of_its_name() {
        let names = (0..STARTS.len() as u16).map(name).filter(|name| name.len() == 3);
        assert_eq!(names.clone().count(), SHORT);
        for id in names.chain(["", "ZZZ", "AAA", "zzz", "P-D"]) {
            assert_eq!(segment_symbol(Id::of(id)), symbol(id), "{id}");
        }
    }
}
