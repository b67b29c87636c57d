//! HL7 tables: the codes that a version lists for fields and components.

use core::fmt;

use super::rows::{CodeRow, TableRow};
use super::{TableNumber, Version};
use crate::generated::table_text::TEXT;
use crate::generated::tables::{CODES, TABLES};

/// Who decides what codes a table has.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{Table, TableKind, TableNumber, Version};
///
/// let kind = |number| TableNumber::new(number).and_then(|it| Table::find(Version::V2_5_1, it)).map(|it| it.kind());
/// assert_eq!(kind(1), Some(TableKind::User));
/// assert_eq!(kind(8), Some(TableKind::Hl7));
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.5.3.6 Table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TableKind {
    /// The standard: other codes are errors where the data type is ID.
    Hl7,
    /// Each site: the codes of the standard are suggestions.
    User,
    /// Another body, whose codes the standard takes over.
    External,
    /// The source of the tables does not say.
    Unknown,
}

/// A table of codes as a version lists it.
///
/// Displays are those of HL7 terminology where it has the code, else those of the newest version that lists it; they do
/// not differ by version. Tables without codes are in the standard for sites to fill.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{SegmentDefinition, Table, TableKind, TableNumber, Version};
///
/// let sex = TableNumber::new(1).and_then(|number| Table::find(Version::V2_5_1, number)).expect("0001");
/// assert_eq!((sex.name(), sex.kind()), ("Administrative Sex", TableKind::User));
/// assert_eq!(sex.code("F").map(|code| code.display()), Some("Female"));
/// assert!(sex.code("X").is_none());
///
/// // From a field to the codes it may have; 2.3 listed fewer.
/// let pid = SegmentDefinition::find(Version::V2_3, "PID").expect("PID");
/// let table = pid.field(8).and_then(|sex| sex.table()).and_then(|number| Table::find(Version::V2_3, number));
/// let codes: Vec<_> = table.expect("0001").codes().map(|code| code.code()).collect();
/// assert_eq!(codes, ["F", "M", "O", "U"]);
/// ```
#[derive(Clone, Copy)]
pub struct Table {
    version: Version,
    row: &'static TableRow,
}

impl Table {
    /// The table with a number, in a version.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Table, TableNumber, Version};
    /// let number = TableNumber::new(1).expect("a number");
    /// let sexes = Table::find(Version::V2_5_1, number).expect("table 0001");
    /// assert_eq!(sexes.name(), "Administrative Sex");
    /// ```
    pub fn find(version: Version, number: TableNumber) -> Option<Self> {
        let start = TABLES.partition_point(|row| row.number < number.number());
        let rows = TABLES.get(start..).unwrap_or_default();
        let mut own = rows.iter().take_while(|row| row.number == number.number());
        own.find(|row| lists(row.versions, version))
            .map(|row| Self { version, row })
    }

    /// The tables of a version, by number.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Table, TableNumber, Version};
    /// let number = TableNumber::new(1).expect("a number");
    /// let sexes = Table::find(Version::V2_5_1, number).expect("table 0001");
    /// assert!(Table::all(Version::V2_5_1).any(|table| table.number() == number));
    /// ```
    pub fn all(version: Version) -> impl Iterator<Item = Self> {
        let own = TABLES.iter().filter(move |row| lists(row.versions, version));
        own.map(move |row| Self { version, row })
    }

    /// The number.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Table, TableNumber, Version};
    /// let number = TableNumber::new(1).expect("a number");
    /// let sexes = Table::find(Version::V2_5_1, number).expect("table 0001");
    /// assert_eq!(sexes.number(), number);
    /// ```
    pub fn number(&self) -> TableNumber {
        TableNumber(self.row.number)
    }

    /// The name, such as `Administrative Sex`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Table, TableNumber, Version};
    /// let number = TableNumber::new(1).expect("a number");
    /// let sexes = Table::find(Version::V2_5_1, number).expect("table 0001");
    /// assert_eq!(sexes.name(), "Administrative Sex");
    /// ```
    pub fn name(&self) -> &'static str {
        text(self.row.name, self.row.length)
    }

    /// Who decides what codes it has.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Table, TableKind, TableNumber, Version};
    /// let number = TableNumber::new(1).expect("a number");
    /// let sexes = Table::find(Version::V2_5_1, number).expect("table 0001");
    /// assert_eq!(sexes.kind(), TableKind::User);
    /// ```
    pub fn kind(&self) -> TableKind {
        match self.row.kind {
            b'H' => TableKind::Hl7,
            b'U' => TableKind::User,
            b'E' => TableKind::External,
            _ => TableKind::Unknown,
        }
    }

    /// The code, spelled exactly so, if the version lists it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Table, TableNumber, Version};
    /// let number = TableNumber::new(1).expect("a number");
    /// let sexes = Table::find(Version::V2_5_1, number).expect("table 0001");
    /// assert_eq!(sexes.code("F").map(|code| code.display()), Some("Female"));
    /// assert!(sexes.code("Z").is_none());
    /// ```
    pub fn code(&self, code: &str) -> Option<TableCode> {
        let rows = self.rows();
        let at = rows
            .binary_search_by(|row| TableCode(row).code().cmp(code))
            .ok()?;
        let row = rows.get(at).filter(|row| lists(row.versions, self.version));
        row.map(TableCode)
    }

    /// The codes, in the order of their bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Table, TableNumber, Version};
    /// let number = TableNumber::new(1).expect("a number");
    /// let sexes = Table::find(Version::V2_5_1, number).expect("table 0001");
    /// assert!(sexes.codes().any(|code| code.code() == "U"));
    /// ```
    pub fn codes(&self) -> impl Iterator<Item = TableCode> + use<> {
        let version = self.version;
        let own = self.rows().iter().filter(move |row| lists(row.versions, version));
        own.map(TableCode)
    }

    /// The codes of all versions.
    fn rows(&self) -> &'static [CodeRow] {
        let start = usize::from(self.row.start);
        CODES
            .get(start..start + usize::from(self.row.count))
            .unwrap_or_default()
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({} of {})", self.number(), self.version)
    }
}

/// A code of a [`Table`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::schema::{Table, TableNumber, Version};
///
/// let sexes = TableNumber::new(1).and_then(|number| Table::find(Version::V2_5_1, number)).expect("0001");
/// let female = sexes.codes().find(|code| code.display() == "Female").expect("a code");
/// assert_eq!(female.code(), "F");
/// ```
#[derive(Clone, Copy)]
pub struct TableCode(&'static CodeRow);

impl TableCode {
    /// The code.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Table, TableNumber, Version};
    /// let number = TableNumber::new(1).expect("a number");
    /// let sexes = Table::find(Version::V2_5_1, number).expect("table 0001");
    /// let female = sexes.code("F").expect("F");
    /// assert_eq!(female.code(), "F");
    /// ```
    pub fn code(&self) -> &'static str {
        text(self.0.at, self.0.code)
    }

    /// What it says, in English.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::schema::{Table, TableNumber, Version};
    /// let number = TableNumber::new(1).expect("a number");
    /// let sexes = Table::find(Version::V2_5_1, number).expect("table 0001");
    /// let female = sexes.code("F").expect("F");
    /// assert_eq!(female.display(), "Female");
    /// ```
    pub fn display(&self) -> &'static str {
        text(self.0.at + u32::from(self.0.code), self.0.display)
    }
}

impl fmt::Debug for TableCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TableCode({} {})", self.code(), self.display())
    }
}

fn lists(versions: u16, version: Version) -> bool {
    versions >> version as u16 & 1 == 1
}

fn text(at: u32, length: u8) -> &'static str {
    let at = at as usize;
    TEXT.get(at..at + usize::from(length)).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found() {
        let mut count = 0;
        for version in Version::ALL {
            for table in Table::all(version) {
                assert_eq!(
                    Table::find(version, table.number()).map(|it| it.name()),
                    Some(table.name())
                );
                for code in table.codes() {
                    assert!(!code.code().is_empty());
                    assert_eq!(
                        table.code(code.code()).map(|it| it.display()),
                        Some(code.display())
                    );
                    count += 1;
                }
            }
        }
        assert!(count > 40_000, "{count}");
    }

    #[test]
    fn versions_differ() {
        let table = |version| Table::find(version, TableNumber(3)).unwrap();
        assert!(table(Version::V2_3).code("A61").is_none());
        assert!(table(Version::V2_5).code("A61").is_some());
        assert_eq!(table(Version::V2_5).kind(), TableKind::Hl7);
    }
}
