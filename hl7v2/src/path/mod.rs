//! Paths: places named as the standard names them, compiled once.

mod at;
mod display;
mod query;
mod terser;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::str::FromStr;

use crate::error::PathError;
use crate::location::Id;
use crate::segment::Segment;
use crate::value::{Place, Repetition};

pub use query::Query;
pub(crate) use query::Ranges;
#[cfg(feature = "versions")]
pub(crate) use query::is_called;
pub(crate) use terser::Step;

/// A compiled path: `PID-5.1`, `OBX[2]-5[1].2.1`, `OBX[*]-5`, `PID-3[.5='MR'].1`, `OBX[3.1='8867-4']-5`.
///
/// A path with a leading `/` goes through the groups of the [tree](crate::tree::Tree):
/// `/PATIENT_RESULT/ORDER_OBSERVATION[1]/OBSERVATION[2]/OBX-5`; its numbers count within the group before. The one group
/// whose name has a `/` is written with `_`: `SUBJECT_PERSON_ANIMAL_IDENTIFICATION`.
///
/// Numbers count from 1; one that is left out in brackets means the first, `*` means every one, and a
/// condition means every one that fits. A condition on segments holds if any repetition of the field fits.
/// Text is compared decoded and unescaped, and in full.
///
/// A path prints as it is read, in its shortest form. Paths of HAPI's Terser, which counts repetitions from 0, are
/// read by [`terser`](Self::terser).
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
    /// The steps of a Terser path, its segment the last; empty for the others. `absolute` is then true.
    pub(crate) terser: Vec<Step>,
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

    /// Compiles a path of HAPI's Terser: `/.OBSERVATION(1)/OBX-5(0)-1-2`, `/PATIENT_RESULT/PATIENT/PID-5-2`, `/.P?D-3`.
    ///
    /// Repetitions in parentheses count from 0, as Terser has them; fields, components and subcomponents from 1.
    /// A component or subcomponent that is left out is the first, so that `PID-5` is the value at `PID-5[1].1.1`. The
    /// path starts at the message with or without its leading `/`. `*` stands for any characters of a name, `?` for one.
    ///
    /// A step with a `.` is searched for: in the order of the structure, whether the message has what comes before or
    /// not, and in the first repetition of each group only. So `/.NTE` is the first NTE that the *structure* has, which may
    /// be missing although there are others. A second segment of one name in a group has its number: `NTE2`.
    /// Where no structure is known, the message is one group. Without the feature `versions` the path leads nowhere.
    ///
    /// # Errors
    ///
    /// [`PathError`] if it is not well formed; it names an offset in `path`.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "versions")] {
    /// use carewire_hl7v2::{Message, Path};
    ///
    /// let msg = Message::parse(
    ///     b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|||||Doe^Ann\rOBR|1\rOBX|1|NM|||37.1\rOBX|2|CE|||7^Pulse~8^Rhythm\r",
    /// )?;
    /// let text = |path: &str| Ok::<_, Box<dyn std::error::Error>>(msg.query(&Path::terser(path)?).next().map(|at| at.text()));
    /// assert_eq!(text("/.OBSERVATION(1)/OBX-5(1)-2")?.as_deref(), Some("Rhythm"));
    /// assert_eq!(text("/PATIENT_RESULT/PATIENT/PID-5-2")?.as_deref(), Some("Ann"));
    /// assert_eq!(text("PID-5")?, None);                  // PID is not directly under the message
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn terser(path: &str) -> Result<Self, PathError> {
        crate::parse::terser::terser(path)
    }

    /// The id of the segment that the path names; empty for a Terser path whose last step is no plain id.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Path;
    /// assert_eq!(Path::parse("PID-5.1")?.segment(), "PID");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
