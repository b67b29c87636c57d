//! What the standard says of each version: segments with their fields, data types, message structures, events.
//!
//! The tables are generated from `spec/`; versions share what they have in common. Fields, components and tables
//! keep the numbers of the standard, from 1.
//!
//! # Examples
//!
//! ```
//! use carewire_hl7v2::schema::{SegmentDefinition, Structure, Version};
//!
//! let pid = SegmentDefinition::find(Version::V2_5_1, "PID").expect("PID");
//! let name = pid.field(5).expect("PID-5");
//! assert_eq!((name.name(), name.datatype()), ("Patient Name", "XPN"));
//! let adt = Structure::of_event(Version::V2_5_1, "ADT", "A04").expect("a structure");
//! assert_eq!(adt.name(), "ADT_A01");
//! ```

pub(crate) mod rows;
mod structure;
#[cfg(feature = "tables")]
mod table;
mod version;

use core::fmt;

use crate::generated::names::{NAMES, STARTS};
use crate::generated::{components, datatypes, fields, segments};
use rows::{DefinitionRow, GAP};

pub use structure::{Element, Elements, Structure, event_name, events, message_structure};
pub(crate) use structure::{segment_symbol, symbol};
#[cfg(feature = "tables")]
pub use table::{Table, TableCode, TableKind};
pub use version::Version;

/// How a field or component is to be used.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{SegmentDefinition, Usage, Version};
///
/// let pid = SegmentDefinition::find(Version::V2_5_1, "PID").expect("PID");
/// let required: Vec<_> = pid.fields().filter(|it| it.usage() == Usage::Required).map(|it| it.number()).collect();
/// assert_eq!(required, [3, 5]);
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.6.5 Optionality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Usage {
    /// `R`
    Required,
    /// `RE`
    RequiredOrEmpty,
    /// `O`
    Optional,
    /// `C`; the condition itself is not in the tables.
    Conditional,
    /// `X`: withdrawn.
    NotUsed,
    /// `B`: kept for earlier versions. The tables know it for the fields of `spec/corrections.tsv` only;
    /// elsewhere their source says `O`.
    Backward,
}

impl Usage {
    /// The letter of the standard.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::Usage;
    /// assert_eq!(Usage::RequiredOrEmpty.as_str(), "RE");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "R",
            Self::RequiredOrEmpty => "RE",
            Self::Optional => "O",
            Self::Conditional => "C",
            Self::NotUsed => "X",
            Self::Backward => "B",
        }
    }

    fn of(code: u8) -> Self {
        match code {
            b'R' => Self::Required,
            b'E' => Self::RequiredOrEmpty,
            b'C' => Self::Conditional,
            b'X' => Self::NotUsed,
            b'B' => Self::Backward,
            _ => Self::Optional,
        }
    }
}

/// The number of an HL7 table. It prints with four digits: `0001`.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{SegmentDefinition, Version};
///
/// let pid = SegmentDefinition::find(Version::V2_5_1, "PID").expect("PID");
/// let table = pid.field(8).and_then(|sex| sex.table()).expect("a table");
/// assert_eq!((table.number(), table.to_string().as_str()), (1, "0001"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableNumber(u16);

impl TableNumber {
    /// The table with this number; `None` for 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::TableNumber;
    /// assert_eq!(TableNumber::new(1).map(|table| table.to_string()).as_deref(), Some("0001"));
    /// assert_eq!(TableNumber::new(0), None);
    /// ```
    pub const fn new(number: u16) -> Option<Self> {
        if number == 0 { None } else { Some(Self(number)) }
    }

    /// The number.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::TableNumber;
    /// assert_eq!(TableNumber::new(203).map(|table| table.number()), Some(203));
    /// ```
    pub fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for TableNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// The text of a number in the list of names.
pub(crate) fn name(number: u16) -> &'static str {
    let at = usize::from(number);
    let (Some(start), Some(end)) = (STARTS.get(at), STARTS.get(at + 1)) else {
        return "";
    };
    NAMES.get(*start as usize..*end as usize).unwrap_or("")
}

/// The row of a segment or data type: a version's rows are sorted by id.
fn definition(
    versions: &[&'static [u16]; 13],
    rows: &'static [DefinitionRow],
    version: Version,
    id: &str,
) -> Option<&'static DefinitionRow> {
    let own = versions[version as usize];
    let at = own
        .binary_search_by(|number| name(rows[usize::from(*number)].id).cmp(id))
        .ok()?;
    rows.get(usize::from(own[at]))
}

fn parts(all: &'static [u16], row: &DefinitionRow) -> &'static [u16] {
    let start = usize::from(row.start);
    all.get(start..start + usize::from(row.length)).unwrap_or(&[])
}

/// Whether two names have the same letters and digits outside brackets.
fn same_name(one: &str, other: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = u8> + '_ {
        let mut depth = 0_u32;
        name.bytes().filter_map(move |byte| {
            match byte {
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            (depth == 0 && byte.is_ascii_alphanumeric()).then_some(byte.to_ascii_lowercase())
        })
    }
    letters(one).eq(letters(other))
}

/// A segment as a version defines it.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{SegmentDefinition, Usage, Version};
///
/// let pid = SegmentDefinition::find(Version::V2_5_1, "PID").expect("PID");
/// let name = pid.field(5).expect("PID-5");
/// assert_eq!((name.name(), name.datatype(), name.usage()), ("Patient Name", "XPN", Usage::Required));
/// assert_eq!(name.max(), None);
/// assert_eq!(pid.field(8).and_then(|sex| sex.table()).map(|table| table.to_string()).as_deref(), Some("0001"));
/// assert_eq!(pid.field(2).map(|id| id.usage()), Some(Usage::Backward));
/// ```
#[derive(Clone, Copy)]
pub struct SegmentDefinition(&'static DefinitionRow);

impl SegmentDefinition {
    /// The segment with an id, such as `PID`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Version};
    /// let pid = SegmentDefinition::find(Version::V2_5_1, "PID").expect("PID");
    /// assert!(SegmentDefinition::find(Version::V2_5_1, "ZZZ").is_none());
    /// assert_eq!(pid.name(), "Patient Identification");
    /// ```
    pub fn find(version: Version, id: &str) -> Option<Self> {
        definition(&segments::VERSIONS, segments::ROWS, version, id).map(Self)
    }

    /// The segments of a version, by id.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Version};
    /// let pid = SegmentDefinition::find(Version::V2_5_1, "PID").expect("PID");
    /// assert!(SegmentDefinition::all(Version::V2_5_1).any(|other| other.id() == "PID"));
    /// ```
    pub fn all(version: Version) -> impl Iterator<Item = Self> {
        let own = segments::VERSIONS[version as usize];
        own.iter()
            .filter_map(|number| segments::ROWS.get(usize::from(*number)))
            .map(Self)
    }

    /// The id.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Version};
    /// let pid = SegmentDefinition::find(Version::V2_5_1, "PID").expect("PID");
    /// assert_eq!(pid.id(), "PID");
    /// ```
    pub fn id(&self) -> &'static str {
        name(self.0.id)
    }

    /// The name, such as `Patient Identification`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Version};
    /// let pid = SegmentDefinition::find(Version::V2_5_1, "PID").expect("PID");
    /// assert_eq!(pid.name(), "Patient Identification");
    /// ```
    pub fn name(&self) -> &'static str {
        name(self.0.name)
    }

    /// Field `n`, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Version};
    /// let pid = SegmentDefinition::find(Version::V2_5_1, "PID").expect("PID");
    /// assert_eq!(pid.field(5).map(|field| field.name()), Some("Patient Name"));
    /// ```
    pub fn field(&self, n: usize) -> Option<FieldDefinition> {
        let number = *parts(segments::PARTS, self.0).get(n.checked_sub(1)?)?;
        (number != GAP).then(|| {
            fields::ROWS
                .get(usize::from(number))
                .map(|row| FieldDefinition { n, row })
        })?
    }

    /// The field with a name; case, spaces, punctuation and what stands in brackets do not count, so that
    /// `Date/Time of Birth` is found as `date_time_of_birth` too.
    ///
    /// Versions word some names differently.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::schema::{SegmentDefinition, Version};
    ///
    /// let pid = SegmentDefinition::find(Version::V2_5_1, "PID").expect("PID");
    /// assert_eq!(pid.field_named("date_time_of_birth").map(|field| field.number()), Some(7));
    /// assert_eq!(pid.field_named("Date/Time Of Birth").map(|field| field.datatype()), Some("TS"));
    /// assert!(pid.field_named("horoscope").is_none());
    /// ```
    pub fn field_named(&self, name: &str) -> Option<FieldDefinition> {
        self.fields().find(|field| same_name(field.name(), name))
    }

    /// The fields, by number.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Version};
    /// let pid = SegmentDefinition::find(Version::V2_5_1, "PID").expect("PID");
    /// assert_eq!(pid.fields().count(), 39);
    /// ```
    pub fn fields(&self) -> impl Iterator<Item = FieldDefinition> + use<> {
        let segment = *self;
        (1..=usize::from(self.0.length)).filter_map(move |n| segment.field(n))
    }
}

impl fmt::Debug for SegmentDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SegmentDefinition({}, {} fields)", self.id(), self.0.length)
    }
}

/// How much of a value a receiver has to take at least, `20=` or `20#` in the standard.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{DatatypeDefinition, Version};
///
/// let given = DatatypeDefinition::find(Version::V2_8_2, "XPN").and_then(|xpn| xpn.component(2)).expect("XPN.2");
/// let least = given.conformance_length().expect("30#");
/// assert_eq!((least.length(), least.may_be_truncated(), least.to_string().as_str()), (30, true, "30#"));
/// ```
///
/// Spec: HL7 v2.8.2 chapter 2, 2.5.5 Length; 2.5.5.3 Conformance length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConformanceLength {
    length: u32,
    truncation: bool,
}

impl ConformanceLength {
    /// The number of characters.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let given = DatatypeDefinition::find(Version::V2_8_2, "XPN").and_then(|xpn| xpn.component(2)).expect("XPN.2");
    /// assert_eq!(given.conformance_length().map(|least| least.length()), Some(30));
    /// ```
    pub fn length(&self) -> u32 {
        self.length
    }

    /// True for `#`: a value beyond it may be truncated, and the truncation character says so. False for `=`: it may
    /// not.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let given = DatatypeDefinition::find(Version::V2_8_2, "XPN").and_then(|xpn| xpn.component(2)).expect("XPN.2");
    /// assert_eq!(given.conformance_length().map(|least| least.may_be_truncated()), Some(true));
    /// ```
    pub fn may_be_truncated(&self) -> bool {
        self.truncation
    }
}

impl fmt::Display for ConformanceLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.length, if self.truncation { '#' } else { '=' })
    }
}

/// A field of a [`SegmentDefinition`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{SegmentDefinition, Version};
///
/// let pid = SegmentDefinition::find(Version::V2_5_1, "PID").expect("PID");
/// let name = pid.field(5).expect("PID-5");
/// assert_eq!((name.name(), name.datatype(), name.max()), ("Patient Name", "XPN", None));
/// ```
#[derive(Clone, Copy)]
pub struct FieldDefinition {
    n: usize,
    row: &'static rows::FieldRow,
}

impl FieldDefinition {
    /// The number in its segment, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Version};
    /// let sex = SegmentDefinition::find(Version::V2_5_1, "PID").and_then(|pid| pid.field(8)).expect("PID-8");
    /// assert_eq!(sex.number(), 8);
    /// ```
    pub fn number(&self) -> usize {
        self.n
    }

    /// The name, such as `Patient Name`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Version};
    /// let sex = SegmentDefinition::find(Version::V2_5_1, "PID").and_then(|pid| pid.field(8)).expect("PID-8");
    /// assert_eq!(sex.name(), "Administrative Sex");
    /// ```
    pub fn name(&self) -> &'static str {
        name(self.row.name)
    }

    /// The data type, such as `XPN`; `varies` where another field names it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Version};
    /// let sex = SegmentDefinition::find(Version::V2_5_1, "PID").and_then(|pid| pid.field(8)).expect("PID-8");
    /// assert_eq!(sex.datatype(), "IS");
    /// ```
    pub fn datatype(&self) -> &'static str {
        name(self.row.datatype)
    }

    /// Whether it must be sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Usage, Version};
    /// let sex = SegmentDefinition::find(Version::V2_5_1, "PID").and_then(|pid| pid.field(8)).expect("PID-8");
    /// assert_eq!(sex.usage(), Usage::Optional);
    /// ```
    pub fn usage(&self) -> Usage {
        Usage::of(self.row.usage)
    }

    /// The largest number of repetitions; `None` when there is no bound.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Version};
    /// let sex = SegmentDefinition::find(Version::V2_5_1, "PID").and_then(|pid| pid.field(8)).expect("PID-8");
    /// assert_eq!(sex.max(), Some(1));
    /// ```
    pub fn max(&self) -> Option<u16> {
        (self.row.max > 0).then_some(self.row.max)
    }

    /// The largest length, where the version gives one. From 2.7 on few fields have one; see
    /// [`conformance_length`](Self::conformance_length).
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Version};
    /// let sex = SegmentDefinition::find(Version::V2_5_1, "PID").and_then(|pid| pid.field(8)).expect("PID-8");
    /// assert_eq!(sex.length(), Some(1));
    /// ```
    pub fn length(&self) -> Option<u32> {
        self.row.length.most()
    }

    /// The smallest length, where the version gives one: since 2.7.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Version};
    /// let set_id = |version| SegmentDefinition::find(version, "PID").and_then(|pid| pid.field(1)).expect("PID-1");
    /// assert_eq!(set_id(Version::V2_7).min_length(), Some(1));
    /// assert_eq!(set_id(Version::V2_5_1).min_length(), None);
    /// ```
    pub fn min_length(&self) -> Option<u32> {
        (self.row.least > 0).then_some(self.row.least.into())
    }

    /// How much of a value a receiver has to take at least, where the version gives it: since 2.7.
    ///
    /// The source of the tables has it of 2.7, 2.8 and 2.8.2, not of 2.7.1 and 2.8.1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Version};
    /// let pointer = |version| SegmentDefinition::find(version, "MSH").and_then(|msh| msh.field(14)).expect("MSH-14");
    /// let least = pointer(Version::V2_8_2).conformance_length();
    /// assert_eq!(least.map(|least| least.to_string()).as_deref(), Some("180="));
    /// assert_eq!(pointer(Version::V2_5_1).conformance_length(), None);
    /// ```
    pub fn conformance_length(&self) -> Option<ConformanceLength> {
        self.row.length.conformance()
    }

    /// The table that its codes come from.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, TableNumber, Version};
    /// let sex = SegmentDefinition::find(Version::V2_5_1, "PID").and_then(|pid| pid.field(8)).expect("PID-8");
    /// assert_eq!(sex.table(), TableNumber::new(1));
    /// ```
    pub fn table(&self) -> Option<TableNumber> {
        TableNumber::new(self.row.table)
    }

    /// The item number that the standard gives the data element, where it has one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{SegmentDefinition, Version};
    /// let sex = SegmentDefinition::find(Version::V2_5_1, "PID").and_then(|pid| pid.field(8)).expect("PID-8");
    /// assert_eq!(sex.item(), Some(111));
    /// ```
    pub fn item(&self) -> Option<u16> {
        (self.row.item > 0).then_some(self.row.item)
    }
}

impl fmt::Debug for FieldDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "FieldDefinition({}: {} {})",
            self.n,
            self.datatype(),
            self.name()
        )
    }
}

/// A data type as a version defines it.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{DatatypeDefinition, Version};
///
/// let cx = DatatypeDefinition::find(Version::V2_5_1, "CX").expect("CX");
/// assert!(!cx.is_primitive());
/// let by = cx.component(4).expect("CX.4");
/// assert_eq!((by.name(), by.datatype()), ("Assigning Authority", "HD"));
/// ```
#[derive(Clone, Copy)]
pub struct DatatypeDefinition(&'static DefinitionRow);

impl DatatypeDefinition {
    /// The data type with a name, such as `CX`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let cx = DatatypeDefinition::find(Version::V2_5_1, "CX").expect("CX");
    /// assert_eq!(cx.id(), "CX");
    /// assert!(DatatypeDefinition::find(Version::V2_1, "CX").is_none());
    /// ```
    pub fn find(version: Version, id: &str) -> Option<Self> {
        definition(&datatypes::VERSIONS, datatypes::ROWS, version, id).map(Self)
    }

    /// The data types of a version, by name.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let cx = DatatypeDefinition::find(Version::V2_5_1, "CX").expect("CX");
    /// assert!(DatatypeDefinition::all(Version::V2_5_1).any(|other| other.id() == "CX"));
    /// ```
    pub fn all(version: Version) -> impl Iterator<Item = Self> {
        let own = datatypes::VERSIONS[version as usize];
        own.iter()
            .filter_map(|number| datatypes::ROWS.get(usize::from(*number)))
            .map(Self)
    }

    /// The name that fields use, such as `CX`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let cx = DatatypeDefinition::find(Version::V2_5_1, "CX").expect("CX");
    /// assert_eq!(cx.id(), "CX");
    /// ```
    pub fn id(&self) -> &'static str {
        name(self.0.id)
    }

    /// The name in full, such as `Extended Composite ID with Check Digit`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let cx = DatatypeDefinition::find(Version::V2_5_1, "CX").expect("CX");
    /// assert_eq!(cx.name(), "Extended Composite ID with Check Digit");
    /// ```
    pub fn name(&self) -> &'static str {
        name(self.0.name)
    }

    /// True if it has no components.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let cx = DatatypeDefinition::find(Version::V2_5_1, "CX").expect("CX");
    /// assert!(!cx.is_primitive());
    /// ```
    pub fn is_primitive(&self) -> bool {
        self.0.primitive
    }

    /// Component `n`, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let cx = DatatypeDefinition::find(Version::V2_5_1, "CX").expect("CX");
    /// assert_eq!(cx.component(4).map(|by| by.datatype()), Some("HD"));
    /// ```
    pub fn component(&self, n: usize) -> Option<ComponentDefinition> {
        let number = *parts(datatypes::PARTS, self.0).get(n.checked_sub(1)?)?;
        (number != GAP).then(|| {
            components::ROWS
                .get(usize::from(number))
                .map(|row| ComponentDefinition { n, row })
        })?
    }

    /// The component with a name, found as [`SegmentDefinition::field_named`] finds a field.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    ///
    /// let cx = DatatypeDefinition::find(Version::V2_5_1, "CX").expect("CX");
    /// assert_eq!(cx.component_named("assigning authority").map(|part| part.number()), Some(4));
    /// ```
    pub fn component_named(&self, name: &str) -> Option<ComponentDefinition> {
        self.components().find(|part| same_name(part.name(), name))
    }

    /// The components, by number.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let cx = DatatypeDefinition::find(Version::V2_5_1, "CX").expect("CX");
    /// assert_eq!(cx.components().count(), 10);
    /// ```
    pub fn components(&self) -> impl Iterator<Item = ComponentDefinition> + use<> {
        let datatype = *self;
        (1..=usize::from(self.0.length)).filter_map(move |n| datatype.component(n))
    }
}

impl fmt::Debug for DatatypeDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "DatatypeDefinition({}, {} components)",
            self.id(),
            self.0.length
        )
    }
}

/// A component of a [`DatatypeDefinition`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{DatatypeDefinition, Version};
///
/// let xpn = DatatypeDefinition::find(Version::V2_5_1, "XPN").expect("XPN");
/// let family = xpn.component(1).expect("XPN.1");
/// assert_eq!((family.name(), family.datatype()), ("Family Name", "FN"));
/// ```
#[derive(Clone, Copy)]
pub struct ComponentDefinition {
    n: usize,
    row: &'static rows::ComponentRow,
}

impl ComponentDefinition {
    /// The number in its data type, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let kind = DatatypeDefinition::find(Version::V2_5_1, "CX").and_then(|cx| cx.component(5)).expect("CX.5");
    /// assert_eq!(kind.number(), 5);
    /// ```
    pub fn number(&self) -> usize {
        self.n
    }

    /// The name.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let kind = DatatypeDefinition::find(Version::V2_5_1, "CX").and_then(|cx| cx.component(5)).expect("CX.5");
    /// assert_eq!(kind.name(), "Identifier Type Code");
    /// ```
    pub fn name(&self) -> &'static str {
        name(self.row.name)
    }

    /// The data type.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let kind = DatatypeDefinition::find(Version::V2_5_1, "CX").and_then(|cx| cx.component(5)).expect("CX.5");
    /// assert_eq!(kind.datatype(), "ID");
    /// ```
    pub fn datatype(&self) -> &'static str {
        name(self.row.datatype)
    }

    /// Whether it must be sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Usage, Version};
    /// let kind = DatatypeDefinition::find(Version::V2_5_1, "CX").and_then(|cx| cx.component(5)).expect("CX.5");
    /// assert_eq!(kind.usage(), Usage::Optional);
    /// ```
    pub fn usage(&self) -> Usage {
        Usage::of(self.row.usage)
    }

    /// The largest length, where the version gives one. From 2.7 on few fields have one; see
    /// [`conformance_length`](Self::conformance_length).
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let kind = DatatypeDefinition::find(Version::V2_5_1, "CX").and_then(|cx| cx.component(5)).expect("CX.5");
    /// assert_eq!(kind.length(), Some(5));
    /// ```
    pub fn length(&self) -> Option<u32> {
        self.row.length.most()
    }

    /// The smallest length, where the version gives one. The source of the tables has it of fields only, so there is none
    /// yet.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let kind = DatatypeDefinition::find(Version::V2_8_2, "CX").and_then(|cx| cx.component(5)).expect("CX.5");
    /// assert_eq!((kind.min_length(), kind.length()), (None, Some(5)));
    /// ```
    pub fn min_length(&self) -> Option<u32> {
        (self.row.least > 0).then_some(self.row.least.into())
    }

    /// How much of a value a receiver has to take at least, where the version gives it: since 2.7.
    ///
    /// The source of the tables has it of 2.7, 2.8 and 2.8.2, not of 2.7.1 and 2.8.1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, Version};
    /// let given = DatatypeDefinition::find(Version::V2_8_2, "XPN").and_then(|xpn| xpn.component(2)).expect("XPN.2");
    /// assert_eq!(given.conformance_length().map(|least| least.to_string()).as_deref(), Some("30#"));
    /// ```
    pub fn conformance_length(&self) -> Option<ConformanceLength> {
        self.row.length.conformance()
    }

    /// The table that its codes come from.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{DatatypeDefinition, TableNumber, Version};
    /// let kind = DatatypeDefinition::find(Version::V2_5_1, "CX").and_then(|cx| cx.component(5)).expect("CX.5");
    /// assert_eq!(kind.table(), TableNumber::new(203));
    /// ```
    pub fn table(&self) -> Option<TableNumber> {
        TableNumber::new(self.row.table)
    }
}

impl fmt::Debug for ComponentDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ComponentDefinition({}: {} {})",
            self.n,
            self.datatype(),
            self.name()
        )
    }
}

#[cfg(all(test, feature = "tables"))]
mod tests {
    use core::mem::size_of_val;

    use super::*;
    use crate::generated::{nodes, structures, table_text, tables};

    /// What all versions take in a binary: rows, numbers, and the texts with their places.
    #[test]
    fn all_versions_are_under_a_megabyte_and_a_half() {
        let versions = [
            &segments::VERSIONS,
            &datatypes::VERSIONS,
            &structures::VERSIONS,
            &structures::VERSION_EVENTS,
        ];
        let lists = versions.iter().flat_map(|lists| lists.iter());
        let parts = [
            size_of_val(fields::ROWS),
            size_of_val(components::ROWS),
            size_of_val(segments::ROWS) + size_of_val(segments::PARTS),
            size_of_val(datatypes::ROWS) + size_of_val(datatypes::PARTS),
            size_of_val(structures::ROWS) + size_of_val(structures::EVENTS),
            size_of_val(structures::EVENT_STRUCTURES) + size_of_val(nodes::ROWS),
            lists.map(|list| size_of_val(*list) + size_of::<&[u16]>()).sum(),
            size_of_val(STARTS) + NAMES.len(),
            size_of_val(tables::TABLES) + size_of_val(tables::CODES) + table_text::TEXT.len(),
        ];
        let all: usize = parts.iter().sum();
        assert!(all < 1_000_000, "{all} bytes: {parts:?}");
    }
}
