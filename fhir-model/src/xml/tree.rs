//! The elements of an XML document, by number, each with its place.

use alloc::string::String;
use alloc::vec::Vec;
use quick_xml::XmlVersion;
use quick_xml::errors::Error as XmlError;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::error::ErrorKind;
use crate::limits::Limits;

/// Elements inside one another, whatever the limits say: what they become is written by recursion.
const MAX_LEVELS: usize = 300;

/// A place and what is wrong there.
pub(super) type Fault = (ErrorKind, usize);

/// Attributes that one tag may have: the reader looks each up among those before it.
const MAX_ATTRIBUTES: usize = 256;

/// No element, no attribute, no text.
const NONE: u32 = u32::MAX;

/// A stretch of the source, or of the texts of attributes.
#[derive(Clone, Copy)]
struct Span {
    start: u32,
    length: u32,
}

impl Span {
    fn of(self, text: &str) -> &str {
        let start = self.start as usize;
        text.get(start..start + self.length as usize).unwrap_or_default()
    }
}

struct AttributeRow {
    name: Span,
    value: Span,
    malformed: bool,
}

/// An attribute of an element.
#[derive(Clone, Copy)]
pub(super) struct Attribute<'t> {
    pub(super) name: &'t str,
    pub(super) value: &'t str,
    /// Whether a reference in it means nothing.
    pub(super) malformed: bool,
}

/// Forty bytes: a document of many small elements is not much larger than its text.
struct Row {
    name: Span,
    first_attribute: u32,
    attributes: u32,
    first_child: u32,
    last_child: u32,
    next: u32,
    start: u32,
    end: u32,
    text: u32,
}

/// An element: a handle that is copied freely.
#[derive(Clone, Copy)]
pub(super) struct Element<'t> {
    tree: &'t Tree<'t>,
    row: &'t Row,
}

impl<'t> Element<'t> {
    /// Its name without a prefix.
    pub(super) fn name(self) -> &'t str {
        self.row.name.of(self.tree.source)
    }

    /// Where its start tag begins.
    pub(super) fn start(self) -> usize {
        self.row.start as usize
    }

    /// Where its end tag ends.
    pub(super) fn end(self) -> usize {
        self.row.end as usize
    }

    /// The place of text that is no white space.
    pub(super) fn text(self) -> Option<usize> {
        (self.row.text != NONE).then_some(self.row.text as usize)
    }

    pub(super) fn attributes(self) -> impl Iterator<Item = Attribute<'t>> {
        let first = self.row.first_attribute as usize;
        let rows = self
            .tree
            .attributes
            .get(first..first + self.row.attributes as usize);
        let texts = self.tree.texts.as_str();
        rows.unwrap_or_default().iter().map(move |row| Attribute {
            name: row.name.of(texts),
            value: row.value.of(texts),
            malformed: row.malformed,
        })
    }

    pub(super) fn children(self) -> impl Iterator<Item = Element<'t>> {
        let mut next = self.row.first_child;
        core::iter::from_fn(move || {
            let row = self.tree.rows.get(next as usize)?;
            next = row.next;
            Some(Element { tree: self.tree, row })
        })
    }
}

/// The first element is the root.
pub(super) struct Tree<'a> {
    rows: Vec<Row>,
    attributes: Vec<AttributeRow>,
    /// Names and values of attributes.
    texts: String,
    pub(super) source: &'a str,
    /// Whether it has a reference to an entity that XML does not have, which no one can expand.
    has_foreign: bool,
}

/// Whether a reference is to a character or one of XML's five entities.
fn is_own(reference: &str) -> bool {
    matches!(reference, "amp" | "lt" | "gt" | "quot" | "apos") || reference.starts_with('#')
}

impl<'a> Tree<'a> {
    pub(super) fn read(source: &'a str, limits: &Limits) -> Result<Self, Fault> {
        let mut tree = Self {
            rows: Vec::with_capacity(source.len() / 40 + 1),
            attributes: Vec::with_capacity(source.len() / 40 + 1),
            texts: String::new(),
            source,
            has_foreign: false,
        };
        let mut reader = Reader::from_str(source);
        let mut open: Vec<usize> = Vec::new();
        loop {
            let start = reader.buffer_position() as usize;
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    let at = (reader.error_position() as usize).min(source.len());
                    let ends = matches!(error, XmlError::Syntax(_))
                        && reader.buffer_position() as usize >= source.len();
                    return Err((
                        if ends {
                            ErrorKind::UnexpectedEnd
                        } else {
                            ErrorKind::MalformedXml
                        },
                        at,
                    ));
                }
            };
            let end = reader.buffer_position() as usize;
            match event {
                Event::Start(tag) => {
                    let id = tree.add(&tag, start, end, &open, limits)?;
                    open.push(id);
                    // The levels of wrappers, values and narratives come on top of those of objects.
                    if open.len() > limits.depth.saturating_mul(2).min(MAX_LEVELS) {
                        return Err((ErrorKind::TooDeep, start));
                    }
                }
                Event::Empty(tag) => {
                    tree.add(&tag, start, end, &open, limits)?;
                }
                Event::End(_) => {
                    let closed = open.pop().and_then(|id| tree.rows.get_mut(id));
                    if let Some(element) = closed {
                        element.end = end as u32;
                    }
                }
                Event::Text(text) => tree.text(&open, text.trim_ascii().is_empty(), start)?,
                Event::CData(_) => tree.text(&open, false, start)?,
                Event::GeneralRef(reference) => {
                    tree.has_foreign |= !is_own(&reference.xml10_content());
                    tree.text(&open, false, start)?;
                }
                Event::DocType(_) => return Err((ErrorKind::DocumentType, start)),
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
                Event::Eof => break,
            }
        }
        if !open.is_empty() || tree.rows.is_empty() {
            return Err((ErrorKind::UnexpectedEnd, source.len()));
        }
        Ok(tree)
    }

    fn text(&mut self, open: &[usize], blank: bool, at: usize) -> Result<(), Fault> {
        if blank {
            return Ok(());
        }
        match open.last().and_then(|id| self.rows.get_mut(*id)) {
            Some(element) => {
                if element.text == NONE {
                    element.text = at as u32;
                }
                Ok(())
            }
            None => Err((
                if self.rows.is_empty() {
                    ErrorKind::ExpectedObject
                } else {
                    ErrorKind::TrailingText
                },
                at,
            )),
        }
    }

    fn add(
        &mut self,
        tag: &BytesStart<'_>,
        start: usize,
        end: usize,
        open: &[usize],
        limits: &Limits,
    ) -> Result<usize, Fault> {
        // An element is four times as large as a node of JSON.
        let room = |taken: usize| taken < limits.nodes / 4;
        if !room(self.rows.len()) {
            return Err((ErrorKind::TooManyNodes, start));
        }
        let id = self.rows.len() as u32;
        let parent = open.last().and_then(|id| self.rows.get_mut(*id));
        match parent {
            Some(parent) => {
                let before = core::mem::replace(&mut parent.last_child, id);
                if before == NONE {
                    parent.first_child = id;
                } else if let Some(before) = self.rows.get_mut(before as usize) {
                    before.next = id;
                }
            }
            None if id > 0 => return Err((ErrorKind::TrailingText, start)),
            None => {}
        }
        let length = tag.name().into_inner().len();
        let name = self.source.get(start + 1..start + 1 + length).unwrap_or_default();
        let prefix = name.rfind(':').map_or(0, |colon| colon + 1);
        let first_attribute = self.attributes.len();
        for attribute in tag.attributes() {
            let Ok(attribute) = attribute else {
                return Err((ErrorKind::MalformedXml, start));
            };
            if !room(self.attributes.len()) || self.attributes.len() - first_attribute >= MAX_ATTRIBUTES {
                return Err((ErrorKind::TooManyNodes, start));
            }
            let name = self.keep(attribute.key.into_inner());
            let (value, malformed) = match attribute.normalized_value(XmlVersion::default()) {
                Ok(value) => (self.keep(&value), false),
                Err(_) => (self.keep(&attribute.value), true),
            };
            self.attributes.push(AttributeRow {
                name,
                value,
                malformed,
            });
        }
        self.rows.push(Row {
            name: Span {
                start: (start + 1 + prefix) as u32,
                length: (length - prefix) as u32,
            },
            first_attribute: first_attribute as u32,
            attributes: (self.attributes.len() - first_attribute) as u32,
            first_child: NONE,
            last_child: NONE,
            next: NONE,
            start: start as u32,
            end: end as u32,
            text: NONE,
        });
        Ok(id as usize)
    }

    fn keep(&mut self, text: &str) -> Span {
        let start = self.texts.len() as u32;
        self.texts.push_str(text);
        Span {
            start,
            length: text.len() as u32,
        }
    }

    /// The first element.
    pub(super) fn root(&self) -> Option<Element<'_>> {
        self.rows.first().map(|row| Element { tree: self, row })
    }
}

/// Whether `text` is one well-formed `div`, and whether it has a default namespace.
pub(super) fn div(text: &str) -> Option<bool> {
    let tree = Tree::read(text.trim(), &Limits::default()).ok()?;
    let root = tree.root()?;
    if tree.has_foreign || tree.attributes.iter().any(|one| one.malformed) {
        return None;
    }
    let is_div =
        text.trim_start().starts_with("<div") && root.name() == "div" && root.end() == text.trim().len();
    is_div.then(|| root.attributes().any(|one| one.name == "xmlns"))
}
