//! The rows of a site's table.

use std::collections::HashSet;
use std::fmt;

use carewire_fhir_model::Document;

use crate::csv::{self, CsvError};
use crate::library::identifier_system;

/// What a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Table {
    Authority,
    Facility,
    Code,
}

/// A row, its cells without surrounding white space.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) table: Table,
    pub(super) local: String,
    pub(super) system: String,
    pub(super) code: String,
    pub(super) display: Option<String>,
}

/// What is wrong with a site's table. It holds no text of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteError {
    line: usize,
    column: Option<usize>,
    reason: &'static str,
}

impl SiteError {
    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in characters, from 1, where one cell is at fault for how it is written.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.column
    }

    fn of_line(line: usize, reason: &'static str) -> Self {
        Self {
            line,
            column: None,
            reason,
        }
    }
}

impl From<CsvError> for SiteError {
    fn from(error: CsvError) -> Self {
        Self {
            line: error.line(),
            column: Some(error.column()),
            reason: error.kind().meaning(),
        }
    }
}

impl fmt::Display for SiteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = self.column {
            write!(f, ", column {column}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for SiteError {}

const COLUMNS: [&str; 5] = ["table", "local", "system", "code", "display"];

pub(super) fn read(bytes: &[u8]) -> Result<Vec<Row>, SiteError> {
    let refuse = |reason| SiteError::of_line(1, reason);
    let table = csv::Table::read(bytes)?;
    let columns = table.columns();
    if columns.iter().any(|column| !COLUMNS.contains(column)) {
        return Err(refuse("the columns are table, local, system, code and display"));
    }
    if !columns.contains(&"table") || !columns.contains(&"local") {
        return Err(refuse("the columns table and local are required"));
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut known = HashSet::new();
    for numbered in table.numbered_rows() {
        let (line, cells) = numbered?;
        let row = row(&cells).map_err(|reason| SiteError::of_line(line, reason))?;
        if !known.insert((row.table, row.local.clone())) {
            return Err(SiteError::of_line(
                line,
                "the table has a row for this name already",
            ));
        }
        rows.push(row);
    }
    Ok(rows)
}

fn row(cells: &Document<'_>) -> Result<Row, &'static str> {
    let cell = |name: &str| {
        let text = cells.root().child(name).and_then(|cell| cell.text());
        text.map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    let table = match cell("table").as_deref() {
        Some("authority") => Table::Authority,
        Some("facility") => Table::Facility,
        Some("code") => Table::Code,
        _ => return Err("expected authority, facility or code in the column table"),
    };
    let system = cell("system").map(|text| identifier_system(&text, None).into_owned());
    let (code, display) = (cell("code"), cell("display"));
    let is_whole = match table {
        Table::Authority => system.is_some(),
        Table::Facility => display.is_some() || (system.is_some() && code.is_some()),
        Table::Code => system.is_some() && code.is_some(),
    };
    if !is_whole {
        return Err(match table {
            Table::Authority => "an authority needs a system",
            Table::Facility => "a facility needs a display, or a system and a code",
            Table::Code => "a code needs a system and a code",
        });
    }
    let is_uri = |system: &String| system.contains(':') && !system.contains(char::is_whitespace);
    if !system.as_ref().is_none_or(is_uri) {
        return Err("a system is a uri, an OID or a UUID");
    }
    Ok(Row {
        table,
        local: cell("local").ok_or("expected a name in the column local")?,
        system: system.unwrap_or_default(),
        code: code.unwrap_or_default(),
        display,
    })
}
