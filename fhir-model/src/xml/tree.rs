//! The elements of an XML document, by number, each with its place.

use alloc::borrow::ToOwned;
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

pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) value: String,
    /// Whether a reference in it means nothing.
    pub(super) malformed: bool,
}

pub(super) struct Element<'a> {
    /// Without its prefix.
    pub(super) name: &'a str,
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<usize>,
    /// Where its start tag begins.
    pub(super) start: usize,
    /// Where its end tag ends.
    pub(super) end: usize,
    /// The place of text that is no white space.
    pub(super) text: Option<usize>,
}

/// The first element is the root.
pub(super) struct Tree<'a> {
    pub(super) elements: Vec<Element<'a>>,
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
            elements: Vec::with_capacity(source.len() / 40 + 1),
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
                    let closed = open.pop().and_then(|id| tree.elements.get_mut(id));
                    if let Some(element) = closed {
                        element.end = end;
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
        if !open.is_empty() || tree.elements.is_empty() {
            return Err((ErrorKind::UnexpectedEnd, source.len()));
        }
        Ok(tree)
    }

    fn text(&mut self, open: &[usize], blank: bool, at: usize) -> Result<(), Fault> {
        if blank {
            return Ok(());
        }
        match open.last().and_then(|id| self.elements.get_mut(*id)) {
            Some(element) => {
                element.text.get_or_insert(at);
                Ok(())
            }
            None => Err((
                if self.elements.is_empty() {
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
        if self.elements.len() >= limits.nodes {
            return Err((ErrorKind::TooManyNodes, start));
        }
        let id = self.elements.len();
        match open.last().and_then(|id| self.elements.get_mut(*id)) {
            Some(parent) => parent.children.push(id),
            None if id > 0 => return Err((ErrorKind::TrailingText, start)),
            None => {}
        }
        let length = tag.name().into_inner().len();
        let name = self.source.get(start + 1..start + 1 + length).unwrap_or_default();
        let name = name.rsplit(':').next().unwrap_or(name);
        let mut attributes = Vec::new();
        for attribute in tag.attributes() {
            let Ok(attribute) = attribute else {
                return Err((ErrorKind::MalformedXml, start));
            };
            let name = attribute.key.into_inner().to_owned();
            let (value, malformed) = match attribute.normalized_value(XmlVersion::default()) {
                Ok(value) => (value.into_owned(), false),
                Err(_) => (attribute.value.into_owned(), true),
            };
            attributes.push(Attribute {
                name,
                value,
                malformed,
            });
        }
        self.elements.push(Element {
            name,
            attributes,
            children: Vec::new(),
            start,
            end,
            text: None,
        });
        Ok(id)
    }
}

/// Whether `text` is one well-formed `div`, and whether it has a default namespace.
pub(super) fn div(text: &str) -> Option<bool> {
    let tree = Tree::read(text.trim(), &Limits::default()).ok()?;
    let root = tree.elements.first()?;
    let attributes = tree.elements.iter().flat_map(|one| &one.attributes);
    if tree.has_foreign || attributes.into_iter().any(|one| one.malformed) {
        return None;
    }
    let is_div = text.trim_start().starts_with("<div") && root.name == "div" && root.end == text.trim().len();
    is_div.then(|| root.attributes.iter().any(|one| one.name == "xmlns"))
}
