//! Rows of a table as a source: CSV with a header line.

use std::borrow::Cow;
use std::fmt;

use carewire_fhir_model::Document;

use crate::json;

/// A table in CSV, its first line the names of the columns.
///
/// Cells that are quoted may hold separators, line ends and doubled quotes. An empty cell does not exist. Nothing is trimmed.
/// A row that does not fit the header, or whose quotes do not close, is a [`CsvError`] in its place; the rows behind it are still given.
///
/// ```
/// use carewire_mapping::csv::Table;
///
/// let table = Table::read(b"mrn,name\r\n7,\"Doe, Ann\"\r\n8,\r\n9,Roe, Bob\r\n")?;
/// assert_eq!(table.columns(), ["mrn", "name"]);
/// let rows: Vec<String> = table.rows().flatten().map(|row| row.to_json()).collect();
/// assert_eq!(rows, [r#"{"mrn":"7","name":"Doe, Ann"}"#, r#"{"mrn":"8"}"#]);
/// let error = table.rows().find_map(Result::err).ok_or("the last row")?;
/// assert_eq!(error.to_string(), "line 4, column 7: a cell beyond the columns of the header");
/// # Ok::<(), Box<dyn std::error::Error>>(())
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

/// Why bytes are no table, or a line of them is no row. It holds no text of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvError {
    kind: CsvErrorKind,
    line: usize,
    column: usize,
}

/// The kinds of [`CsvError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CsvErrorKind {
    /// The bytes are not UTF-8.
    NotUtf8,
    /// There is no header.
    NoHeader,
    /// A column has no name, or two have the same.
    ColumnNames,
    /// A row has more cells than the header: as a rule a separator that is not quoted.
    ExtraCell,
    /// A quoted cell does not end.
    UnclosedQuote,
    /// Text between the closing quote of a cell and the next separator: as a rule a quote that is not doubled.
    TextBehindQuote,
    /// A row is larger than a document can be.
    TooLarge,
}

impl CsvErrorKind {
    /// The stable text of the kind.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotUtf8 => "not-utf-8",
            Self::NoHeader => "no-header",
            Self::ColumnNames => "column-names",
            Self::ExtraCell => "extra-cell",
            Self::UnclosedQuote => "unclosed-quote",
            Self::TextBehindQuote => "text-behind-quote",
            Self::TooLarge => "too-large",
        }
    }

    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::NotUtf8 => "the table is not UTF-8",
            Self::NoHeader => "the table has no header",
            Self::ColumnNames => "a column has no name, or two have the same",
            Self::ExtraCell => "a cell beyond the columns of the header",
            Self::UnclosedQuote => "a quoted cell does not end",
            Self::TextBehindQuote => "text behind the closing quote of a cell",
            Self::TooLarge => "the row is larger than a document can be",
        }
    }
}

impl fmt::Display for CsvErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.meaning())
    }
}

impl CsvError {
    /// What it is.
    #[must_use]
    pub fn kind(&self) -> CsvErrorKind {
        self.kind
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column of the cell in characters, from 1; for an unclosed quote that of the quote.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// An error at an offset in bytes that start with a line.
    fn at(kind: CsvErrorKind, line: usize, bytes: &[u8], offset: usize) -> Self {
        let before = bytes.get(..offset).unwrap_or(bytes);
        let start = before
            .iter()
            .rposition(|byte| matches!(byte, b'\r' | b'\n'))
            .map_or(0, |at| at + 1);
        // Of each character one byte is none that continues.
        let characters = before.iter().skip(start).filter(|byte| **byte & 0xc0 != 0x80);
        Self {
            kind,
            line: line + lines(before),
            column: characters.count() + 1,
        }
    }
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.kind)
    }
}

impl std::error::Error for CsvError {}

impl<'t> Table<'t> {
    /// Reads the header of a table whose cells are separated by commas.
    ///
    /// # Errors
    ///
    /// [`CsvError`] without a header, with two columns of one name or one without, where quotes of the header do not close, or where the bytes are not UTF-8.
    pub fn read(bytes: &'t [u8]) -> Result<Self, CsvError> {
        Self::separated(bytes, b',')
    }

    /// As [`Table::read`], with another separator, such as `;` or a tab.
    ///
    /// # Errors
    ///
    /// As [`Table::read`].
    pub fn separated(bytes: &'t [u8], separator: u8) -> Result<Self, CsvError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let refuse = |kind, offset| Err(CsvError::at(kind, 1, bytes, offset));
        if let Err(error) = std::str::from_utf8(bytes) {
            return refuse(CsvErrorKind::NotUtf8, error.valid_up_to());
        }
        let mut columns: Vec<String> = Vec::new();
        let mut wrong = None;
        let read = record(bytes, separator, |offset, cell| {
            if cell.is_empty() || columns.iter().any(|column| *column == cell) {
                wrong.get_or_insert(offset);
            }
            columns.push(cell.into_owned());
        });
        if columns.iter().all(|column| column.trim().is_empty()) {
            return refuse(CsvErrorKind::NoHeader, 0);
        }
        if let Some((kind, offset)) = read.fault {
            return refuse(kind, offset);
        }
        if let Some(offset) = wrong {
            return refuse(CsvErrorKind::ColumnNames, offset);
        }
        let (header, rest) = bytes.split_at_checked(read.end).unwrap_or((bytes, b""));
        Ok(Self {
            separator,
            line: 1 + lines(header),
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
    ///
    /// # Errors
    ///
    /// [`CsvError`] in place of a row that is none: a cell beyond the header's columns that holds something, a quoted cell that does not end, text
    /// behind a closing quote. A cell that was moved by a fault before it is never taken for another column's.
    pub fn rows(&self) -> impl Iterator<Item = Result<Document<'static>, CsvError>> {
        self.numbered_rows().map(|row| row.map(|(_, row)| row))
    }

    /// As [`Table::rows`], with the line at which each starts, from 1.
    ///
    /// # Errors
    ///
    /// As [`Table::rows`].
    pub fn numbered_rows(&self) -> impl Iterator<Item = Result<(usize, Document<'static>), CsvError>> {
        let (mut rest, mut line) = (self.rest, self.line);
        std::iter::from_fn(move || {
            loop {
                if rest.is_empty() {
                    return None;
                }
                let (mut out, mut at, mut is_first, mut extra) = (String::from("{"), 0, true, None);
                let read = record(rest, self.separator, |offset, cell| {
                    if !cell.is_empty() {
                        match self.columns.get(at) {
                            Some(name) => {
                                if !std::mem::take(&mut is_first) {
                                    out.push(',');
                                }
                                json::push_string(name, &mut out);
                                out.push(':');
                                json::push_string(&cell, &mut out);
                            }
                            None => extra = extra.or(Some((CsvErrorKind::ExtraCell, offset))),
                        }
                    }
                    at += 1;
                });
                let own = line;
                let (row, behind) = rest.split_at_checked(read.end).unwrap_or((rest, b""));
                rest = behind;
                line += lines(row);
                if let Some((kind, offset)) = read.fault.or(extra) {
                    return Some(Err(CsvError::at(kind, own, row, offset)));
                }
                if is_first {
                    continue;
                }
                out.push('}');
                let read = Document::from_json_vec(out.into_bytes());
                return Some(match read {
                    Ok(read) => Ok((own, read.document)),
                    Err(_) => Err(CsvError::at(CsvErrorKind::TooLarge, own, row, 0)),
                });
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

/// How many lines end in bytes: by a line feed, a carriage return, or both.
fn lines(bytes: &[u8]) -> usize {
    let feeds = bytes.iter().filter(|byte| **byte == b'\n').count();
    let returns = bytes.iter().enumerate();
    let alone = returns.filter(|(at, byte)| **byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    feeds + alone.count()
}

/// A record: where the next one starts, and the first thing wrong with this one, with the offset of its cell.
struct Record {
    end: usize,
    fault: Option<(CsvErrorKind, usize)>,
}

/// Reads one record and gives its cells, each with the offset at which it starts.
fn record(bytes: &[u8], separator: u8, mut cell: impl FnMut(usize, Cow<'_, str>)) -> Record {
    let (mut at, mut fault) = (0, None);
    let is_end = |byte: &u8| *byte == separator || matches!(byte, b'\r' | b'\n');
    loop {
        let start = at;
        if bytes.get(at) == Some(&b'"') {
            let (text, end) = quoted(bytes, at + 1);
            cell(start, Cow::Owned(text));
            if end.is_none() {
                fault = fault.or(Some((CsvErrorKind::UnclosedQuote, start)));
            }
            at = end.unwrap_or(bytes.len());
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let length = rest.iter().position(is_end).unwrap_or(rest.len());
        let text = rest.get(..length).unwrap_or_default();
        if at == start {
            cell(start, String::from_utf8_lossy(text));
        } else if !text.trim_ascii().is_empty() {
            fault = fault.or(Some((CsvErrorKind::TextBehindQuote, start)));
        }
        at += length;
        match (bytes.get(at), bytes.get(at + 1)) {
            (Some(byte), _) if *byte == separator => at += 1,
            (Some(b'\r'), Some(b'\n')) => return Record { end: at + 2, fault },
            (Some(_), _) => return Record { end: at + 1, fault },
            (None, _) => return Record { end: at, fault },
        }
    }
}

/// The text of a quoted cell that starts at an offset, and the offset behind its closing quote if there is one.
fn quoted(bytes: &[u8], mut at: usize) -> (String, Option<usize>) {
    let mut text = Vec::new();
    while let Some(byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'"', Some(b'"')) => {
                text.push(b'"');
                at += 2;
            }
            (b'"', _) => return (lossy(text), Some(at + 1)),
            _ => {
                text.push(*byte);
                at += 1;
            }
        }
    }
    (lossy(text), None)
}

fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<String> {
        let table = Table::read(text.as_bytes()).unwrap();
        let shown = |row: Result<Document<'_>, CsvError>| match row {
            Ok(row) => row.to_json(),
            Err(error) => format!("{} {}:{}", error.kind().as_str(), error.line(), error.column()),
        };
        table.rows().map(shown).collect()
    }

    #[test]
    fn cells_may_be_quoted_and_hold_line_ends() {
        assert_eq!(
            rows("a,b\n\"x \"\"y\"\"\nz\",2\n\n,\n3"),
            [r#"{"a":"x \"y\"\nz","b":"2"}"#, r#"{"a":"3"}"#]
        );
    }

    #[test]
    fn a_cell_beyond_the_header_is_told_and_the_next_row_is_read() {
        assert_eq!(
            rows("a,b\r\n1,2,3\r\n\"\n\u{e9}\",4,,\"5\",6\r7,8"),
            ["extra-cell 2:5", "extra-cell 4:7", r#"{"a":"7","b":"8"}"#]
        );
        // Empty cells hold nothing: spreadsheets write them.
        assert_eq!(rows("a,b\n1,2,,\n,,,\n"), [r#"{"a":"1","b":"2"}"#]);
        assert_eq!(rows("a\n,x\n"), ["extra-cell 2:2"]);
    }

    #[test]
    fn a_quote_that_does_not_close_is_told() {
        assert_eq!(rows("a\n\"open"), ["unclosed-quote 2:1"]);
        assert_eq!(rows("a,b\n1,\"\n2,3\n"), ["unclosed-quote 2:3"]);
        assert_eq!(
            rows("a,b\n\"1\"2,3\n4,5"),
            ["text-behind-quote 2:1", r#"{"a":"4","b":"5"}"#]
        );
        // Spaces there are nothing that could be lost.
        assert_eq!(rows("a,b\n\"1\" ,2"), [r#"{"a":"1","b":"2"}"#]);
        assert_eq!(rows("a\n\"\""), [""; 0]);
    }

    #[test]
    fn rows_know_their_lines() {
        let table = Table::read(b"a\r\n\"1\r\n2\"\r\n\r\n3\r4").unwrap();
        let lines: Vec<usize> = table.numbered_rows().map(|row| row.unwrap().0).collect();
        assert_eq!(lines, [2, 5, 6]);
    }

    #[test]
    fn headers_must_tell_columns_apart() {
        for (text, expected) in [
            (&b""[..], "line 1, column 1: the table has no header"),
            (b",\n", "line 1, column 1: the table has no header"),
            (
                b"a,a\n",
                "line 1, column 3: a column has no name, or two have the same",
            ),
            (
                b"a,,b\n",
                "line 1, column 3: a column has no name, or two have the same",
            ),
            (b"a,\"b\n1", "line 1, column 3: a quoted cell does not end"),
            (b"a\nb\xff", "line 2, column 2: the table is not UTF-8"),
        ] {
            assert_eq!(Table::read(text).unwrap_err().to_string(), expected);
        }
        assert_eq!(Table::separated(b"a;b\n1;2", b';').unwrap().columns(), ["a", "b"]);
    }
}
