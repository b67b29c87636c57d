//! The document: a tape of twelve bytes a node over the text it was read from.

mod compare;
mod node;
mod origin;
mod paths;
mod place;
mod siphash;
pub(crate) mod tape;
mod value;
mod visit;
#[cfg(feature = "xml")]
mod xml;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
#[cfg(feature = "std")]
use std::io;

pub use node::{Children, Named, Node};
pub use value::ValueKind;
pub use visit::{Descendants, Visit};

pub(crate) use origin::Origin;
pub(crate) use siphash::SipHash;
pub(crate) use tape::{Tape, UnknownKey};

use crate::error::{Error, ErrorKind, Refusal};
use crate::finding::{Finding, FindingCode};
use crate::json::{self, JsonStyle, Notes};
use crate::limits::Limits;
use crate::schema::TypeId;

/// A FHIR resource, immutable, with every node at its place in the text it was read from.
///
/// It keeps what is wrong as well: unknown elements, values of the wrong shape, duplicates. Numbers keep their
/// text, strings are not copied. `Debug` shows type and sizes, no values.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::Document;
/// let text = br#"{"resourceType": "Patient", "birthDate": "1970-03", "_birthDate": {"id": "b1"}}"#;
/// let document = Document::from_json(text)?.document;
/// let birth_date = document.root().child("birthDate").ok_or("absent")?;
/// assert_eq!(birth_date.text().as_deref(), Some("1970-03"));
/// let id = birth_date.child("id").ok_or("absent")?;
/// assert_eq!((id.path().as_str(), id.offset()), ("Patient.birthDate.id", 74));
/// assert_eq!(document.to_json(), r#"{"resourceType":"Patient","birthDate":"1970-03","_birthDate":{"id":"b1"}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: FHIR R4, [JSON](https://hl7.org/fhir/R4/json.html) and [XML](https://hl7.org/fhir/R4/xml.html).
#[derive(Clone)]
pub struct Document<'a> {
    pub(crate) source: Cow<'a, str>,
    pub(crate) tape: Tape,
    /// Where the values came from if not from `source`.
    pub(crate) origin: Option<Box<Origin>>,
}

/// What reading gives: the document and everything that was found on the way.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Read<'a> {
    /// The document.
    pub document: Document<'a>,
    /// The findings, in the order of their places.
    pub findings: Vec<Finding>,
    /// How many findings were left out because there were more than
    /// [`Limits::max_findings`](crate::Limits::max_findings).
    pub findings_dropped: usize,
}

impl<'a> Read<'a> {
    /// The document if nothing was found.
    ///
    /// # Errors
    ///
    /// The first finding in the order of the input.
    pub fn strict(self) -> Result<Document<'a>, Refusal> {
        match self.findings.into_iter().next() {
            Some(finding) => Err(Refusal::Finding(finding)),
            None => Ok(self.document),
        }
    }
}

impl<'a> Document<'a> {
    /// Reads a resource from JSON, leniently and with the default [`Limits`]. The document borrows the input.
    ///
    /// # Errors
    ///
    /// [`Error`] if the input is no JSON object, or if a limit is passed. Anything else gives a document and a
    /// [`Finding`]. Bytes that are no UTF-8 are read as `?` each, so that offsets stay those of the input.
    pub fn from_json(input: &'a [u8]) -> Result<Read<'a>, Error> {
        Self::read_json(input, &Limits::default())
    }

    /// As [`Document::from_json`], for an input that the document shall own.
    ///
    /// # Errors
    ///
    /// As [`Document::from_json`].
    pub fn from_json_vec(input: Vec<u8>) -> Result<Read<'static>, Error> {
        Document::read(Cow::Owned(input), TypeId::RESOURCE, &Limits::default())
    }

    /// As [`Document::from_json`], with limits; the input is borrowed or owned as it is given.
    ///
    /// # Errors
    ///
    /// As [`Document::from_json`].
    pub fn read_json(input: impl Into<Cow<'a, [u8]>>, limits: &Limits) -> Result<Read<'a>, Error> {
        Self::read(input.into(), TypeId::RESOURCE, limits)
    }

    /// Reads a JSON object that is of type `root`, such as a data type by itself. With an abstract resource type
    /// the object says itself what it is.
    ///
    /// # Errors
    ///
    /// As [`Document::from_json`].
    pub fn read_json_as(
        input: impl Into<Cow<'a, [u8]>>,
        root: TypeId,
        limits: &Limits,
    ) -> Result<Read<'a>, Error> {
        Self::read(input.into(), root, limits)
    }

    /// Reads a resource from JSON and refuses it at the first finding.
    ///
    /// # Errors
    ///
    /// [`Refusal`]: the error of [`Document::from_json`], or the finding that comes first in the input.
    pub fn read_json_strict(input: impl Into<Cow<'a, [u8]>>, limits: &Limits) -> Result<Self, Refusal> {
        Self::read_json(input, limits)?.strict()
    }

    fn read(input: Cow<'a, [u8]>, root: TypeId, limits: &Limits) -> Result<Read<'a>, Error> {
        let mut notes = Notes::new(limits.findings);
        let source = text_of(input, limits, &mut notes)?;
        let tape = if source.starts_with('\u{feff}') {
            json::read(&without_mark(&source, &mut notes), root, limits, &mut notes)
        } else {
            json::read(&source, root, limits, &mut notes)
        };
        let tape = tape.map_err(|fault| error_at(&source, fault))?;
        let document = Document {
            source,
            tape,
            origin: None,
        };
        let findings = document.findings(&mut notes, &document.source);
        Ok(Read {
            document,
            findings,
            findings_dropped: notes.dropped,
        })
    }

    /// Gives every note its line, column and path; `input` is what was read.
    pub(crate) fn findings(&self, notes: &mut Notes, input: &str) -> Vec<Finding> {
        if notes.kept.is_empty() {
            return Vec::new();
        }
        notes.kept.sort_by_key(|one| one.2);
        let mut lines = place::Lines::new(input);
        let paths = (notes.kept.len() > FEW).then(|| paths::Paths::of(self));
        let mut findings = Vec::with_capacity(notes.kept.len());
        for &(code, node, offset) in &notes.kept {
            let (offset, (line, column)) = match &self.origin {
                Some(origin) if !code.is_of_bytes() => {
                    let place = origin.at(offset);
                    (place.offset, (place.line, place.column))
                }
                _ => (offset, lines.at(offset as usize)),
            };
            let path = match (&paths, self.node(node)) {
                (Some(paths), Some(_)) => paths.path(node),
                (None, Some(node)) => node.known_path(),
                (_, None) => String::new(),
            };
            findings.push(Finding {
                code,
                node,
                offset,
                line,
                column,
                path,
            });
        }
        if self.origin.is_some() {
            // JSON has what XML repeats in one place.
            findings.sort_by_key(|one| one.offset);
        }
        findings
    }

    /// The resource that the document is.
    #[inline]
    pub fn root(&self) -> Node<'_> {
        Node::new(self, 0)
    }

    /// The node with a number that [`Node::index`] or [`Finding::node`] gave.
    pub fn node(&self, index: u32) -> Option<Node<'_>> {
        ((index as usize) < self.tape.slots.len()).then(|| Node::new(self, index))
    }

    /// How many nodes there are, those that only keep the JSON's shape counted.
    pub fn node_count(&self) -> usize {
        self.tape.slots.len()
    }

    /// The JSON text that the document is over: what was read, or what was made of XML or by a builder.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it was read from XML, so that offsets, lines and columns are places in that and not in
    /// [`Document::source`].
    #[must_use]
    pub fn is_from_xml(&self) -> bool {
        self.origin.is_some()
    }

    /// Line and column of a byte offset of the input, both from 1; the column counts characters. Of XML the
    /// places of values are known, and any offset has that of the value before it.
    pub fn line_column(&self, offset: usize) -> (u32, u32) {
        match &self.origin {
            None => place::line_column(&self.source, offset),
            Some(origin) => origin.line_column(offset as u32),
        }
    }

    /// Every resource of the document with its type: the root, contained ones, those of a bundle's entries.
    pub fn resources(&self) -> impl Iterator<Item = Node<'_>> {
        self.tape.resources.iter().map(|one| Node::new(self, one.0))
    }

    /// The same document with a text of its own.
    pub fn into_owned(self) -> Document<'static> {
        Document {
            source: Cow::Owned(self.source.into_owned()),
            tape: self.tape,
            origin: self.origin,
        }
    }

    /// The document as JSON on one line, in the order of the input.
    pub fn to_json(&self) -> String {
        self.to_json_in(&JsonStyle::compact())
    }

    /// The document as JSON, indented by two spaces, in the order of the input.
    pub fn to_json_pretty(&self) -> String {
        self.to_json_in(&JsonStyle::pretty())
    }

    /// FHIR's canonical JSON: see [`JsonStyle::canonical`].
    pub fn to_json_canonical(&self) -> String {
        self.to_json_in(&JsonStyle::canonical())
    }

    /// The document as JSON in a style.
    pub fn to_json_in(&self, style: &JsonStyle) -> String {
        let mut out = Vec::with_capacity(self.source.len());
        json::write(self, 0, style, &mut out);
        // Only whole texts of the source and ASCII are written.
        String::from_utf8(out).unwrap_or_default()
    }

    /// Writes the document as JSON in a style.
    ///
    /// # Errors
    ///
    /// What `out` fails with.
    #[cfg(feature = "std")]
    pub fn write_json(&self, style: &JsonStyle, mut out: impl io::Write) -> io::Result<()> {
        out.write_all(self.to_json_in(style).as_bytes())
    }
}

/// Findings whose paths are found one by one, which takes less than to work out all places once.
const FEW: usize = 16;

/// The input as text, with the limits and encodings that all readers share.
fn text_of<'a>(input: Cow<'a, [u8]>, limits: &Limits, notes: &mut Notes) -> Result<Cow<'a, str>, Error> {
    limits.check_bytes(input.len())?;
    if matches!(
        input.get(..2),
        Some([0xFF, 0xFE] | [0xFE, 0xFF] | [0, _] | [_, 0])
    ) {
        return Err(Error::at_start(ErrorKind::NotUtf8));
    }
    Ok(place::utf8(input, notes))
}

/// A text whose byte order mark is white space, so that offsets stay those of the input.
fn without_mark(source: &str, notes: &mut Notes) -> String {
    notes.add(FindingCode::ByteOrderMark, 0, 0);
    let mut blank = String::with_capacity(source.len());
    blank.push_str("   ");
    blank.push_str(source.get(3..).unwrap_or_default());
    blank
}

pub(crate) fn error_at(source: &str, (kind, at): (ErrorKind, usize)) -> Error {
    let (line, column) = place::line_column(source, at);
    Error {
        kind,
        offset: at as u32,
        line,
        column,
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("type", &self.root().type_id())
            .field("nodes", &self.node_count())
            .field("bytes", &self.source.len())
            .finish()
    }
}
