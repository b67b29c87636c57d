//! A site's table: what its own names and codes stand for, as data.

mod rows;

use std::fmt::Write;

pub use self::rows::SiteError;
use self::rows::{Row, Table};

/// The groups that use the table, laid over the standard ones.
const AUTHORITIES: &str = include_str!("HD.map");
const CODES: &str = include_str!("CWE.map");

/// A site's table of assigning authorities, facilities and local codes, which the standard maps then use.
///
/// A CSV with the columns `table`, `local`, `system`, `code` and `display`; cells that a row does not need stay empty.
///
/// | `table` | `local` | gives |
/// | --- | --- | --- |
/// | `authority` | HD.1 of an assigning authority | `system`, the uri of identifiers that it assigns, also as a bare OID or UUID. A universal id that is sent goes before it. |
/// | `facility` | HD.1 of an organization (MSH-4, the organization of an assigner) | `display`, its name, and an identifier of `system` and `code` if both are there |
/// | `code` | CWE.1 of a coded value whose CWE.3 is empty, `L` or `99...` | one more coding: `system`, `code`, `display` |
///
/// The table is turned into maps that lie over the standard ones ([`SiteTable::maps`]) and are compiled with them. A site's own map that lies over the same groups lies over
/// `urn:carewire:site:HD` or `urn:carewire:site:CWE` instead.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_mapping::{Context, Maps, Options, SiteTable, v2_to_fhir_files};
///
/// let table = SiteTable::read(b"table,local,system,code,display\nauthority,MAIN,http://hospital.example.org/mrn,,\n")?;
/// let site = table.maps();
/// let mut files = v2_to_fhir_files().to_vec();
/// files.extend(site.iter().map(|(name, text)| (name.as_str(), text.as_str())));
/// let maps = Maps::compile(&files, &Options::default()).map_err(|all| all[0].clone())?;
///
/// let msg = Message::parse(b"MSH|^~\\&|ADT|MAIN|||20240201||ADT^A08^ADT_A01|1|T|2.5.1\rPID|1||7^^^MAIN^MR||Doe^Ann\rPV1|1|O\r")?;
/// let out = maps.run(&msg, &Context::at("2024-02-01T10:00:00Z".parse()?))?;
/// assert!(out.bundle.to_json().contains(r#""system":"http://hospital.example.org/mrn","value":"7""#));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SiteTable {
    rows: Vec<Row>,
}

impl SiteTable {
    /// Reads a table.
    ///
    /// # Errors
    ///
    /// [`SiteError`] names the line and what is wrong with it, and no text of a cell.
    pub fn read(csv: &[u8]) -> Result<Self, SiteError> {
        rows::read(csv).map(|rows| Self { rows })
    }

    /// How many rows it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The maps that lie over the standard ones, each with its name: none for a kind of row that the table lacks.
    #[must_use]
    pub fn maps(&self) -> Vec<(String, String)> {
        let has = |tables: &[Table]| self.rows.iter().any(|row| tables.contains(&row.table));
        let mut maps = Vec::new();
        if has(&[Table::Authority, Table::Facility]) {
            let tables = [
                self.concept_map("AssigningAuthority", Table::Authority, |row| {
                    (&row.local, &row.system, None)
                }),
                self.concept_map("FacilityName", Table::Facility, |row| {
                    (&row.local, &row.local, row.display.as_deref())
                }),
                self.concept_map("FacilitySystem", Table::Facility, |row| {
                    (&row.local, &row.system, None)
                }),
                self.concept_map("FacilityCode", Table::Facility, |row| {
                    (&row.local, &row.code, None)
                }),
            ];
            maps.push(("site/HD.map".to_owned(), joined(AUTHORITIES, &tables)));
        }
        if has(&[Table::Code]) {
            maps.push(("site/CWE.map".to_owned(), joined(CODES, &self.codes())));
        }
        maps
    }

    /// A concept map from the local names of a table to one of its columns, where that has something.
    fn concept_map<'r>(
        &'r self,
        name: &str,
        table: Table,
        columns: impl Fn(&'r Row) -> (&'r str, &'r str, Option<&'r str>),
    ) -> String {
        let mut out = String::new();
        let _ = writeln!(
            out,
            "conceptmap \"urn:carewire:site:conceptmap:{name}\" {{\n  prefix s = \"urn:carewire:site\"\n  prefix t = \"urn:carewire:site\""
        );
        for row in self.rows.iter().filter(|row| row.table == table) {
            let (local, code, display) = columns(row);
            push_mapping(&mut out, "t", local, code, display);
        }
        out.push_str("}\n");
        out
    }

    /// The concept map of the codes: a prefix for each system.
    fn codes(&self) -> [String; 1] {
        let codes = || self.rows.iter().filter(|row| row.table == Table::Code);
        let mut systems: Vec<&str> = codes().map(|row| row.system.as_str()).collect();
        systems.sort_unstable();
        systems.dedup();
        let mut out = String::from(
            "conceptmap \"urn:carewire:site:conceptmap:Code\" {\n  prefix s = \"urn:carewire:site\"\n",
        );
        for (at, system) in systems.iter().enumerate() {
            let _ = writeln!(out, "  prefix t{at} = {}", quoted(system));
        }
        for row in codes() {
            let at = systems.binary_search(&row.system.as_str()).unwrap_or_default();
            push_mapping(
                &mut out,
                &format!("t{at}"),
                &row.local,
                &row.code,
                row.display.as_deref(),
            );
        }
        out.push_str("}\n");
        [out]
    }
}

/// Shows how many rows there are, no text.
impl std::fmt::Debug for SiteTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SiteTable")
            .field("rows", &self.rows.len())
            .finish()
    }
}

fn push_mapping(out: &mut String, prefix: &str, local: &str, code: &str, display: Option<&str>) {
    if code.is_empty() {
        return;
    }
    let _ = write!(out, "  s:{} - {prefix}:{}", quoted(local), quoted(code));
    if let Some(display) = display {
        let _ = write!(out, " {}", quoted(display));
    }
    out.push('\n');
}

/// A text as a constant of the mapping language.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A map with concept maps in the place that its text has for them.
fn joined(map: &str, concept_maps: &[String]) -> String {
    map.replacen("// The table.\n", &concept_maps.concat(), 1)
}
