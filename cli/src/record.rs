//! One message or one resource of an input, and the reading of inputs into such records.

use std::io::{BufRead, BufReader, Read};
use std::sync::Arc;

use carewire_hl7v2::{batch, xml};
use carewire_mapping::csv::{CsvError, Table};
use serde_json::json;

use crate::failure::Failure;
use crate::input::{Kind, Source, Sources, looks_like_json, looks_like_v2_xml, looks_like_xml};
use crate::output::note;

/// One message of an HL7 v2 input, or one resource of a JSON, NDJSON or XML input.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// The name of the input.
    pub(crate) file: Arc<str>,
    /// The record's number in the input, from 1.
    pub(crate) number: usize,
    /// The line of the input at which it begins, from 1, of a row of a table.
    pub(crate) line: Option<usize>,
    /// What the bytes are.
    pub(crate) format: Format,
    /// The record's bytes as they stood in the input, without frame or envelope.
    pub(crate) bytes: Vec<u8>,
    /// The byte of the input at which they begin.
    pub(crate) offset: u64,
    /// Its place among all records of the run, from 0.
    pub(crate) sequence: usize,
    /// Whether it is the only record of the whole run, and in no batch.
    pub(crate) alone: bool,
}

/// What a record's bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// An HL7 v2 message.
    Hl7v2,
    /// A FHIR resource as JSON.
    Json,
    /// A FHIR resource as XML.
    Xml,
}

/// What reading the inputs yields.
pub(crate) enum Item {
    /// A record.
    Record(Record),
    /// An input that cannot be read, from here on; the record holds its name and no bytes.
    Failed(Record, Failure),
}

impl Record {
    /// An HL7 v2 message.
    pub(crate) fn hl7v2(file: Arc<str>, number: usize, bytes: Vec<u8>) -> Self {
        Self {
            file,
            number,
            line: None,
            format: Format::Hl7v2,
            bytes,
            offset: 0,
            sequence: 0,
            alone: false,
        }
    }

    /// A result: its JSON or text alone for the only record, else a [`line`](Self::line).
    pub(crate) fn frame(&self, key: &str, value: &[u8]) -> Vec<u8> {
        if self.alone {
            [value, b"\n"].concat()
        } else {
            self.line(key, value)
        }
    }

    /// The line `{"file":..,"message":..,KEY:..}`; of a row of a table with `"line":..` before the key.
    pub(crate) fn line(&self, key: &str, value: &[u8]) -> Vec<u8> {
        let mut line = format!(
            "{{\"file\":{},\"message\":{},",
            json!(self.file.as_ref()),
            self.number
        )
        .into_bytes();
        if let Some(number) = self.line {
            line.extend_from_slice(format!("\"line\":{number},").as_bytes());
        }
        line.extend_from_slice(json!(key).to_string().as_bytes());
        line.push(b':');
        line.extend_from_slice(value);
        line.extend_from_slice(b"}\n");
        line
    }

    /// A text with its last line ended, for the only record.
    pub(crate) fn text(&self, mut text: String) -> Vec<u8> {
        text.truncate(text.trim_end_matches('\n').len());
        // A text may be large: no room for as much again.
        text.reserve_exact(1);
        text.push('\n');
        text.into_bytes()
    }

    /// The record's place for people: `a.hl7, message 1`, or `a.csv, line 2`.
    pub(crate) fn place(&self) -> String {
        match (self.line, self.number) {
            (Some(line), _) => format!("{}, line {line}", self.file),
            (None, 0) => self.file.to_string(),
            (None, number) => format!("{}, message {number}", self.file),
        }
    }

    /// The end of a file name that fits the bytes.
    pub(crate) fn extension(&self) -> &'static str {
        match self.format {
            Format::Hl7v2 => "hl7",
            Format::Json => "json",
            Format::Xml => "xml",
        }
    }
}

/// Gives every record of every input to `emit` in order, until it says `false`.
///
/// An input without any record, and one that cannot be read, is an item as well: nothing is passed over.
pub(crate) fn each(found: Sources, kind: Kind, emit: &mut dyn FnMut(Item) -> bool) {
    let mut reader = Each {
        emit,
        held: None,
        count: 0,
        open: true,
    };
    for source in found.sources {
        if !reader.open {
            return;
        }
        let file: Arc<str> = source.name().into();
        if let Err((number, failure)) = reader.source(&source, &file, kind) {
            reader.fail(&file, number, failure);
        }
    }
    reader.release(true);
}

/// Holds the first record back until it is known whether there is a second.
struct Each<'e> {
    emit: &'e mut dyn FnMut(Item) -> bool,
    held: Option<Record>,
    count: usize,
    open: bool,
}

/// The number of the record at which an input could not be read any further, and why.
type Broken = (usize, Failure);

impl Each<'_> {
    fn release(&mut self, alone: bool) {
        if let Some(mut record) = self.held.take() {
            record.alone &= alone;
            self.open = self.open && (self.emit)(Item::Record(record));
        }
    }

    fn record(&mut self, record: Record) -> bool {
        self.release(false);
        let sequence = self.count;
        self.count += 1;
        if sequence == 0 && record.alone {
            self.held = Some(record);
        } else {
            let record = Record {
                sequence,
                alone: false,
                ..record
            };
            self.open = self.open && (self.emit)(Item::Record(record));
        }
        self.open
    }

    fn fail(&mut self, file: &Arc<str>, number: usize, failure: Failure) -> bool {
        self.fail_at(file, number, None, failure)
    }

    fn fail_at(&mut self, file: &Arc<str>, number: usize, line: Option<usize>, failure: Failure) -> bool {
        self.release(false);
        let record = Record {
            sequence: self.count,
            line,
            ..Record::hl7v2(Arc::clone(file), number, Vec::new())
        };
        self.count += 1;
        self.open = self.open && (self.emit)(Item::Failed(record, failure));
        self.open
    }

    fn source(&mut self, source: &Source, file: &Arc<str>, kind: Kind) -> Result<(), Broken> {
        let mut input = BufReader::with_capacity(1 << 16, source.open().map_err(|failure| (0, failure))?);
        let head = input.fill_buf().map_err(|error| (0, unreadable(&error)))?;
        let count = match kind.named(file) {
            Kind::Table => self.table(input, file)?,
            Kind::Hl7v2 | Kind::Any | Kind::AnyOrTable if looks_like_v2_xml(head) => {
                self.v2_xml(input, file)?
            }
            Kind::Hl7v2 => self.hl7v2(input, file)?,
            _ if looks_like_xml(head) => self.whole(input, file, Format::Xml)?,
            Kind::Any | Kind::AnyOrTable if !looks_like_json(head) => self.hl7v2(input, file)?,
            Kind::Fhir | Kind::Any | Kind::AnyOrTable => self.json(input, file)?,
        };
        if count == 0 && self.open {
            return Err((
                0,
                Failure::new("empty", "an input without a message or a resource"),
            ));
        }
        Ok(())
    }

    /// Reads message after message; what belongs to no message is one that does not read.
    fn hl7v2(&mut self, input: impl Read, file: &Arc<str>) -> Result<usize, Broken> {
        let mut number = 0;
        let mut reader = batch::Reader::new(input);
        for raw in reader.by_ref() {
            number += 1;
            let go_on = match raw {
                Ok(raw) => self.record(Record {
                    offset: raw.offset(),
                    // A batch of one message is a batch.
                    alone: raw.batch() == 0,
                    ..Record::hl7v2(Arc::clone(file), raw.number(), raw.into_bytes().into_owned())
                }),
                Err(batch::BatchError::Io(error)) => return Err((number, unreadable(&error))),
                Err(error) => self.fail(file, number, Failure::new("limit", error.to_string())),
            };
            if !go_on {
                return Ok(number);
            }
        }
        for finding in reader.findings() {
            note(&format!("{file}: {finding}"));
        }
        Ok(number)
    }

    /// Reads a message in HL7's XML; the record holds its ER7, and places count in that.
    fn v2_xml(&mut self, mut input: impl Read, file: &Arc<str>) -> Result<usize, Broken> {
        let mut bytes = Vec::new();
        input
            .read_to_end(&mut bytes)
            .map_err(|error| (1, unreadable(&error)))?;
        match xml::read(&bytes) {
            Ok(er7) => self.record(Record {
                alone: true,
                ..Record::hl7v2(Arc::clone(file), 1, er7)
            }),
            Err(error) => {
                let failure = Failure::new(error.code(), error.to_string()).at(Some(error.offset()));
                self.fail(file, 1, failure)
            }
        };
        Ok(1)
    }

    /// Reads a table and gives each of its rows as JSON.
    fn table(&mut self, mut input: impl Read, file: &Arc<str>) -> Result<usize, Broken> {
        let mut bytes = Vec::new();
        input
            .read_to_end(&mut bytes)
            .map_err(|error| (1, unreadable(&error)))?;
        let table = Table::read(&bytes).map_err(|error| (1, bad_table(error)))?;
        let mut number = 0;
        for row in table.numbered_rows() {
            number += 1;
            let go_on = match row {
                Ok((line, row)) => self.record(Record {
                    format: Format::Json,
                    line: Some(line),
                    alone: true,
                    ..Record::hl7v2(Arc::clone(file), number, row.to_json().into_bytes())
                }),
                Err(error) => {
                    let message = format!("column {}: {}", error.column(), error.kind());
                    let failure = Failure::new("bad-table", message);
                    self.fail_at(file, number, Some(error.line()), failure)
                }
            };
            if !go_on {
                break;
            }
        }
        Ok(number)
    }

    /// Reads the input as one record.
    fn whole(&mut self, mut input: impl Read, file: &Arc<str>, format: Format) -> Result<usize, Broken> {
        let mut bytes = Vec::new();
        input
            .read_to_end(&mut bytes)
            .map_err(|error| (1, unreadable(&error)))?;
        self.record(Record {
            format,
            alone: true,
            ..Record::hl7v2(Arc::clone(file), 1, bytes)
        });
        Ok(1)
    }

    /// Reads NDJSON line by line where the first line is a whole object, else the input as one resource.
    fn json(&mut self, mut input: impl BufRead, file: &Arc<str>) -> Result<usize, Broken> {
        let mut number = 0;
        let mut offset = 0;
        loop {
            let mut bytes = Vec::new();
            let length = input
                .read_until(b'\n', &mut bytes)
                .map_err(|error| (number + 1, unreadable(&error)))?;
            if length == 0 {
                return Ok(number);
            }
            let start = offset;
            offset += length as u64;
            if bytes.trim_ascii().is_empty() {
                continue;
            }
            if number == 0 && !is_whole_object(&bytes) {
                let rest = input
                    .read_to_end(&mut bytes)
                    .map_err(|error| (number + 1, unreadable(&error)))?;
                offset += rest as u64;
            }
            number += 1;
            let record = Record {
                file: Arc::clone(file),
                number,
                line: None,
                format: Format::Json,
                bytes,
                offset: start,
                sequence: 0,
                alone: true,
            };
            if !self.record(record) {
                return Ok(number);
            }
        }
    }
}

/// What is wrong with a table.
pub(crate) fn bad_table(error: CsvError) -> Failure {
    Failure::new("bad-table", error.to_string())
}

fn unreadable(error: &std::io::Error) -> Failure {
    Failure::io("unreadable", error)
}

/// Whether the braces of a line close, strings left aside.
fn is_whole_object(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for &byte in line {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' if !in_string => depth += 1,
            b'}' if !in_string => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return false,
            },
            _ => {}
        }
    }
    depth == 0 && !in_string && line.starts_with(b"{")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_object_on_a_line_makes_ndjson() {
        assert!(is_whole_object(b"{\"a\":{\"b\":\"}\\\"{\"}}\n"));
        for line in [&b"{\n"[..], b"{\"a\":{}\n", b"{\"a\":\"}\n", b"}{", b"[]", b""] {
            assert!(!is_whole_object(line), "{line:?}");
        }
    }
}
