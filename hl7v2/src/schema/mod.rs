//! What the standard says of each version: segments with their fields, data types, message structures, events.
//!
//! The tables are generated from `spec/`; versions share what they have in common. Fields, components and tables
//! keep the numbers of the standard, from 1.

pub(crate) mod rows;
mod structure;
#[cfg(feature = "tables")]
mod table;
mod version;

use core::fmt;

use crate::generated::names::{NAMES, STARTS};
use crate::generated::{components, datatypes, fields, segments};
use rows::{DefinitionRow, GAP};

pub(crate) use structure::symbol;
pub use structure::{Element, Elements, Structure, event_name, events, message_structure};
#[cfg(feature = "tables")]
pub use table::{Table, TableCode, TableKind};
pub use version::Version;

/// How a field or component is to be used.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TableNumber(u16);

impl TableNumber {
    /// The table with this number; `None` for 0.
    pub const fn new(number: u16) -> Option<Self> {
        if number == 0 { None } else { Some(Self(number)) }
    }

    /// The number.
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
    pub fn find(version: Version, id: &str) -> Option<Self> {
        definition(&segments::VERSIONS, segments::ROWS, version, id).map(Self)
    }

    /// The segments of a version, by id.
    pub fn all(version: Version) -> impl Iterator<Item = Self> {
        let own = segments::VERSIONS[version as usize];
        own.iter()
            .filter_map(|number| segments::ROWS.get(usize::from(*number)))
            .map(Self)
    }

    /// The id.
    pub fn id(&self) -> &'static str {
        name(self.0.id)
    }

    /// The name, such as `Patient Identification`.
    pub fn name(&self) -> &'static str {
        name(self.0.name)
    }

    /// Field `n`, from 1.
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

/// A field of a [`SegmentDefinition`].
#[derive(Clone, Copy)]
pub struct FieldDefinition {
    n: usize,
    row: &'static rows::FieldRow,
}

impl FieldDefinition {
    /// The number in its segment, from 1.
    pub fn number(&self) -> usize {
        self.n
    }

    /// The name, such as `Patient Name`.
    pub fn name(&self) -> &'static str {
        name(self.row.name)
    }

    /// The data type, such as `XPN`; `varies` where another field names it.
    pub fn datatype(&self) -> &'static str {
        name(self.row.datatype)
    }

    /// Whether it must be sent.
    pub fn usage(&self) -> Usage {
        Usage::of(self.row.usage)
    }

    /// The largest number of repetitions; `None` when there is no bound.
    pub fn max(&self) -> Option<u16> {
        (self.row.max > 0).then_some(self.row.max)
    }

    /// The largest length, where the version gives one.
    pub fn length(&self) -> Option<u32> {
        (self.row.length > 0).then_some(self.row.length)
    }

    /// The table that its codes come from.
    pub fn table(&self) -> Option<TableNumber> {
        TableNumber::new(self.row.table)
    }

    /// The item number that the standard gives the data element, where it has one.
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
    pub fn find(version: Version, id: &str) -> Option<Self> {
        definition(&datatypes::VERSIONS, datatypes::ROWS, version, id).map(Self)
    }

    /// The data types of a version, by name.
    pub fn all(version: Version) -> impl Iterator<Item = Self> {
        let own = datatypes::VERSIONS[version as usize];
        own.iter()
            .filter_map(|number| datatypes::ROWS.get(usize::from(*number)))
            .map(Self)
    }

    /// The name that fields use, such as `CX`.
    pub fn id(&self) -> &'static str {
        name(self.0.id)
    }

    /// The name in full, such as `Extended Composite ID with Check Digit`.
    pub fn name(&self) -> &'static str {
        name(self.0.name)
    }

    /// True if it has no components.
    pub fn is_primitive(&self) -> bool {
        self.0.primitive
    }

    /// Component `n`, from 1.
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
#[derive(Clone, Copy)]
pub struct ComponentDefinition {
    n: usize,
    row: &'static rows::ComponentRow,
}

impl ComponentDefinition {
    /// The number in its data type, from 1.
    pub fn number(&self) -> usize {
        self.n
    }

    /// The name.
    pub fn name(&self) -> &'static str {
        name(self.row.name)
    }

    /// The data type.
    pub fn datatype(&self) -> &'static str {
        name(self.row.datatype)
    }

    /// Whether it must be sent.
    pub fn usage(&self) -> Usage {
        Usage::of(self.row.usage)
    }

    /// The largest length, where the version gives one.
    pub fn length(&self) -> Option<u32> {
        (self.row.length > 0).then_some(self.row.length)
    }

    /// The table that its codes come from.
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
