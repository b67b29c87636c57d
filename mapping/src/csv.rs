//! Rows of a table as a source: CSV with a header line.

use std::borrow::Cow;
use std::fmt;

use carewire_fhir_model::Document;

use crate::json;

/// A table in CSV, its first line the names of the columns.
///
/// Cells that are quoted may hold separators, line ends and doubled quotes. An empty cell does not exist. Nothing is trimmed.
///
/// ```
/// use carewire_mapping::csv::Table;
///
/// let table = Table::read(b"mrn,name\r\n7,\"Doe, Ann\"\r\n8,\r\n")?;
/// assert_eq!(table.columns(), ["mrn", "name"]);
/// let rows: Vec<String> = table.rows().map(|row| row.to_json()).collect();
/// assert_eq!(rows, [r#"{"mrn":"7","name":"Doe, Ann"}"#, r#"{"mrn":"8"}"#]);
/// # Ok::<(), carewire_mapping::csv::CsvError>(())
/// ```
///
/// Spec: RFC 4180; cells of a separator other than the comma by [`Table::separated`].
pub struct Table<'t> {
    separator: u8,
    columns: Vec<String>,
    rest: &'t [u8],
    /// The line of the first row, from 1.
    line: usize,
}

/// Why bytes are no table. It holds no text of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvError {
    reason: &'static str,
}

impl CsvError {
    pub(crate) fn reason(self) -> &'static str {
        self.reason
    }
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason)
    }
}

impl std::error::Error for CsvError {}

impl<'t> Table<'t> {
    /// Reads the header of a table whose cells are separated by commas.
    ///
    /// # Errors
    ///
    /// [`CsvError`] without a header, with two columns of one name or one without, or where the bytes are not UTF-8.
    pub fn read(bytes: &'t [u8]) -> Result<Self, CsvError> {
        Self::separated(bytes, b',')
    }

    /// As [`Table::read`], with another separator, such as `;` or a tab.
    ///
    /// # Errors
    ///
    /// As [`Table::read`].
    pub fn separated(bytes: &'t [u8], separator: u8) -> Result<Self, CsvError> {
        let refuse = |reason| Err(CsvError { reason });
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if std::str::from_utf8(bytes).is_err() {
            return refuse("the table is not UTF-8");
        }
        let mut columns = Vec::new();
        let rest = record(bytes, separator, |cell| columns.push(cell.into_owned()));
        if columns.iter().all(|column| column.trim().is_empty()) {
            return refuse("the table has no header");
        }
        let mut names: Vec<&str> = columns.iter().map(String::as_str).collect();
        names.sort_unstable();
        if names.iter().any(|name| name.is_empty())
            || names.windows(2).any(|pair| matches!(pair, [a, b] if a == b))
        {
            return refuse("a column has no name, or two have the same");
        }
        Ok(Self {
            separator,
            line: 1 + lines(bytes, rest),
            columns,
            rest,
        })
    }

    /// The names of the columns, in order.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        self.columns.iter().map(String::as_str).collect()
    }

    /// The rows, each as a document with an element for each cell that holds something. Empty lines are passed over.
    pub fn rows(&self) -> impl Iterator<Item = Document<'static>> {
        self.numbered_rows().map(|(_, row)| row)
    }

    /// As [`Table::rows`], with the line at which each starts, from 1.
    pub fn numbered_rows(&self) -> impl Iterator<Item = (usize, Document<'static>)> {
        let (mut rest, mut line) = (self.rest, self.line);
        std::iter::from_fn(move || {
            loop {
                if rest.is_empty() {
                    return None;
                }
                let (mut out, mut at, mut is_first) = (String::from("{"), 0, true);
                let before = rest;
                rest = record(rest, self.separator, |cell| {
                    if let Some(name) = self.columns.get(at)
                        && !cell.is_empty()
                    {
                        if !std::mem::take(&mut is_first) {
                            out.push(',');
                        }
                        json::push_string(name, &mut out);
                        out.push(':');
                        json::push_string(&cell, &mut out);
                    }
                    at += 1;
                });
                let own = line;
                line += lines(before, rest);
                if is_first {
                    continue;
                }
                out.push('}');
                // What is written here is JSON; a row that could not be read would end the rows.
                return Document::from_json_vec(out.into_bytes())
                    .ok()
                    .map(|read| (own, read.document));
            }
        })
    }
}

impl fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("columns", &self.columns.len())
            .finish_non_exhaustive()
    }
}

/// How many lines stand between two ends of the same bytes.
fn lines(before: &[u8], after: &[u8]) -> usize {
    let read = before
        .get(..before.len() - after.len().min(before.len()))
        .unwrap_or_default();
    read.iter().filter(|byte| **byte == b'\n').count()
}

/// Reads one record, gives its cells and what stands behind it.
fn record<'t>(bytes: &'t [u8], separator: u8, mut cell: impl FnMut(Cow<'t, str>)) -> &'t [u8] {
    let mut at = 0;
    loop {
        if bytes.get(at) == Some(&b'"') {
            let (text, end) = quoted(bytes, at + 1);
            cell(Cow::Owned(text));
            at = end;
            // What stands behind the closing quote belongs to no cell.
            while bytes
                .get(at)
                .is_some_and(|byte| *byte != separator && !matches!(byte, b'\r' | b'\n'))
            {
                at += 1;
            }
        } else {
            let rest = bytes.get(at..).unwrap_or_default();
            let length = rest
                .iter()
                .position(|byte| *byte == separator || matches!(byte, b'\r' | b'\n'))
                .unwrap_or(rest.len());
            cell(String::from_utf8_lossy(rest.get(..length).unwrap_or_default()));
            at += length;
        }
        match bytes.get(at) {
            Some(byte) if *byte == separator => at += 1,
            Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => {
                return bytes.get(at + 2..).unwrap_or_default();
            }
            _ => return bytes.get(at + 1..).unwrap_or_default(),
        }
    }
}

/// The text of a quoted cell that starts at an offset, and the offset behind its closing quote.
fn quoted(bytes: &[u8], mut at: usize) -> (String, usize) {
    let mut text = Vec::new();
    while let Some(byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'"', Some(b'"')) => {
                text.push(b'"');
                at += 2;
            }
            (b'"', _) => return (lossy(text), at + 1),
            _ => {
                text.push(*byte);
                at += 1;
            }
        }
    }
    (lossy(text), at)
}

fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<String> {
        let table = Table::read(text.as_bytes()).unwrap();
        table.rows().map(|row| row.to_json()).collect()
    }

    #[test]
    fn cells_may_be_quoted_and_hold_line_ends() {
        assert_eq!(
            rows("a,b\n\"x \"\"y\"\"\nz\",2\n\n,\n3"),
            [r#"{"a":"x \"y\"\nz","b":"2"}"#, r#"{"a":"3"}"#]
        );
        assert_eq!(rows("a,b\r\n1,2,3\r\n"), [r#"{"a":"1","b":"2"}"#]);
        assert_eq!(rows("a\n\"open"), [r#"{"a":"open"}"#]);
    }

    #[test]
    fn rows_know_their_lines() {
        let table = Table::read(b"a\r\n\"1\r\n2\"\r\n\r\n3").unwrap();
        let lines: Vec<usize> = table.numbered_rows().map(|(line, _)| line).collect();
        assert_eq!(lines, [2, 5]);
    }

    #[test]
    fn headers_must_tell_columns_apart() {
        for text in ["", "a,a\n", "a,,b\n", ",\n"] {
            assert!(Table::read(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Table::read(b"a\n\xff").is_err());
        assert_eq!(Table::separated(b"a;b\n1;2", b';').unwrap().columns(), ["a", "b"]);
    }
}
