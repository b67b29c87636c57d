//! From the events of an XML document to segments.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::error::{XmlReadError, XmlReadErrorKind as Kind};
use super::segment::{Piece, Repetition, Segment, Style};
use crate::limits::Limits;

/// No field, component or subcomponent has a larger number.
const NUMBERS: u32 = 10_000;

/// A place and what is wrong there.
type Fault = (Kind, usize);

/// What an open element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// The root or a group.
    Group,
    Segment,
    Field(u32),
    Component(u32),
    Subcomponent(u32, u32),
    Escape,
}

pub(super) fn read(xml: &[u8], limits: Limits, depth: usize) -> Result<Vec<u8>, XmlReadError> {
    let fail = |(kind, offset)| XmlReadError::new(kind, offset);
    if xml.len() > limits.bytes {
        return Err(fail((Kind::Limit, limits.bytes)));
    }
    let text = core::str::from_utf8(xml).map_err(|error| fail((Kind::Encoding, error.valid_up_to())))?;
    let mut document = Document {
        limits,
        depth,
        open: Vec::with_capacity(8),
        segment: None,
        repetition: Repetition::new(),
        pieces: Vec::new(),
        is_parent: false,
        segments: 0,
        style: None,
        out: Vec::with_capacity(xml.len() / 4),
    };
    document.read(text).map_err(fail)?;
    Ok(document.out)
}

struct Document {
    limits: Limits,
    depth: usize,
    open: Vec<Level>,
    /// What is open in turn: a segment, a repetition in it, the text of its innermost element.
    segment: Option<Segment>,
    repetition: Repetition,
    pieces: Vec<Piece>,
    /// True if the innermost element of a field has elements of its own.
    is_parent: bool,
    segments: usize,
    style: Option<Style>,
    out: Vec<u8>,
}

impl Document {
    fn read(&mut self, text: &str) -> Result<(), Fault> {
        let start = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
        let mut reader = Reader::from_str(text.get(start..).unwrap_or_default());
        let mut had_root = false;
        loop {
            let at = start + reader.buffer_position() as usize;
            let Ok(event) = reader.read_event() else {
                let error = start + reader.error_position() as usize;
                return Err((Kind::Malformed, error.min(text.len())));
            };
            match event {
                Event::Start(_) | Event::Empty(_) if had_root && self.open.is_empty() => {
                    return Err((Kind::Malformed, at));
                }
                Event::Start(tag) => {
                    had_root = true;
                    self.start(&tag, at)?;
                }
                Event::Empty(tag) => {
                    had_root = true;
                    self.start(&tag, at)?;
                    self.end(at)?;
                }
                Event::End(_) => self.end(at)?,
                Event::Text(text) => self.text(&text.xml10_content(), at)?,
                Event::CData(text) => self.text(&text.xml10_content(), at)?,
                Event::GeneralRef(reference) => {
                    let character = resolve(&reference).map_err(|kind| (kind, at))?;
                    self.text(character.encode_utf8(&mut [0; 4]), at)?;
                }
                Event::DocType(_) => return Err((Kind::DocumentType, at)),
                Event::Decl(declaration) => {
                    let is_utf8 = |name: &str| ["utf-8", "us-ascii"].contains(&&*name.to_ascii_lowercase());
                    match declaration.encoding() {
                        Some(Ok(name)) if is_utf8(&name) => {}
                        None => {}
                        Some(Ok(_)) => return Err((Kind::Encoding, at)),
                        Some(Err(_)) => return Err((Kind::Malformed, at)),
                    }
                }
                Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if !self.open.is_empty() || !had_root {
            return Err((Kind::Malformed, text.len()));
        }
        match self.style {
            Some(_) => Ok(()),
            None => Err((Kind::NoMsh, text.len())),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, at: usize) -> Result<(), Fault> {
        if self.open.len() >= self.depth {
            return Err((Kind::Depth, at));
        }
        let name = tag.local_name();
        let name: &str = name.as_ref();
        let level = self.level(name, at)?;
        match level {
            Level::Group => {}
            Level::Segment => self.open_segment(name, at)?,
            Level::Escape => {
                let value = escape(tag).map_err(|kind| (kind, at))?;
                self.pieces.push(Piece::Escape(value));
            }
            Level::Field(_) | Level::Component(_) | Level::Subcomponent(..) => {
                self.no_text(at)?;
                let same = match level {
                    Level::Component(c) => (c, 0)..=(c, u32::MAX),
                    Level::Subcomponent(c, s) => (c, s)..=(c, s),
                    _ => (0, 0)..=(0, 0),
                };
                if self.repetition.range(same).next().is_some() {
                    return Err((Kind::Repeated, at));
                }
                self.is_parent = false;
            }
        }
        self.open.push(level);
        Ok(())
    }

    /// What an element with this name is where it stands.
    fn level(&self, name: &str, at: usize) -> Result<Level, Fault> {
        let number = || number(name).map_err(|kind| (kind, at));
        match self.open.last() {
            None => Ok(Level::Group),
            Some(Level::Group) if is_segment(name) => Ok(Level::Segment),
            Some(Level::Group) => Ok(Level::Group),
            Some(Level::Segment) => {
                let id = self.segment.as_ref().map(|segment| segment.id);
                let own = id.is_some_and(|id| name.as_bytes().starts_with(&id) && name.find('.') == Some(3));
                if own && name.matches('.').count() == 1 {
                    number().map(Level::Field)
                } else {
                    Err((Kind::Name, at))
                }
            }
            Some(Level::Field(_) | Level::Component(_) | Level::Subcomponent(..)) if name == "escape" => {
                if self.is_parent {
                    Err((Kind::Text, at))
                } else {
                    Ok(Level::Escape)
                }
            }
            Some(Level::Field(_)) => number().map(Level::Component),
            Some(Level::Component(component)) => number().map(|n| Level::Subcomponent(*component, n)),
            Some(Level::Subcomponent(..) | Level::Escape) => Err((Kind::Name, at)),
        }
    }

    fn open_segment(&mut self, name: &str, at: usize) -> Result<(), Fault> {
        if self.segments >= self.limits.segments {
            return Err((Kind::Limit, at));
        }
        self.segments += 1;
        // `is_segment` has seen three bytes.
        let id = name.as_bytes().first_chunk::<3>().ok_or((Kind::Name, at))?;
        if self.style.is_none() && id != b"MSH" {
            return Err((Kind::NoMsh, at));
        }
        self.segment = Some(Segment::new(*id));
        Ok(())
    }

    /// An element begins in another one of a field: before it only white space may stand.
    fn no_text(&mut self, at: usize) -> Result<(), Fault> {
        let blank = |piece: &Piece| matches!(piece, Piece::Text(text) if is_blank(text));
        if self.pieces.iter().all(blank) {
            self.pieces.clear();
            Ok(())
        } else {
            Err((Kind::Text, at))
        }
    }

    fn text(&mut self, text: &str, at: usize) -> Result<(), Fault> {
        let in_leaf = match self.open.last() {
            Some(Level::Field(_) | Level::Component(_) | Level::Subcomponent(..)) => !self.is_parent,
            _ => false,
        };
        if !in_leaf {
            return if is_blank(text) {
                Ok(())
            } else {
                Err((Kind::Text, at))
            };
        }
        match self.pieces.last_mut() {
            Some(Piece::Text(before)) => before.push_str(text),
            _ => self.pieces.push(Piece::Text(text.to_owned())),
        }
        Ok(())
    }

    fn end(&mut self, at: usize) -> Result<(), Fault> {
        match self.open.pop() {
            None | Some(Level::Group | Level::Escape) => return Ok(()),
            Some(Level::Segment) => return self.close_segment(at),
            Some(Level::Subcomponent(c, s)) => self.close_part(c, s),
            Some(Level::Component(c)) => self.close_part(c, 0),
            Some(Level::Field(number)) => {
                self.close_part(0, 0);
                let repetition = core::mem::take(&mut self.repetition);
                if let Some(segment) = &mut self.segment {
                    segment.fields.entry(number).or_default().push(repetition);
                }
                return Ok(());
            }
        }
        self.is_parent = true;
        Ok(())
    }

    /// Keeps the text of an element that has none in it; one with such elements was kept with them.
    fn close_part(&mut self, component: u32, subcomponent: u32) {
        let pieces = core::mem::take(&mut self.pieces);
        let is_parent = core::mem::replace(&mut self.is_parent, false);
        if !is_parent && !pieces.is_empty() {
            self.repetition.insert((component, subcomponent), pieces);
        }
    }

    fn close_segment(&mut self, at: usize) -> Result<(), Fault> {
        let Some(segment) = self.segment.take() else {
            return Ok(());
        };
        let style = match &self.style {
            Some(style) => style,
            None => self
                .style
                .insert(Style::of(&segment, self.limits.bytes).map_err(|kind| (kind, at))?),
        };
        segment.write(&mut self.out, style).map_err(|kind| (kind, at))?;
        if self.out.len() > self.limits.bytes {
            return Err((Kind::Limit, at));
        }
        Ok(())
    }
}

fn is_blank(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
}

/// True for a segment id; every other name in a group is one of a group.
fn is_segment(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.len() == 3
        && bytes[0].is_ascii_uppercase()
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The number at the end of a name: 2 of `XPN.2` and of `PID.8.2`.
fn number(name: &str) -> Result<u32, Kind> {
    let (_, digits) = name.rsplit_once('.').ok_or(Kind::Name)?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Kind::Name);
    }
    match digits.parse() {
        Ok(0) => Err(Kind::Name),
        Ok(number) if number <= NUMBERS => Ok(number),
        _ => Err(Kind::Limit),
    }
}

/// The value of `V` in `<escape V=".br"/>`.
fn escape(tag: &BytesStart<'_>) -> Result<String, Kind> {
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|_| Kind::Malformed)?;
        let name: &str = attribute.key.as_ref();
        if name == "V" {
            let value = attribute.normalized_value(XmlVersion::default());
            return Ok(value.map_err(|_| Kind::Entity)?.into_owned());
        }
    }
    Err(Kind::Name)
}

/// The character of a reference by number, or of one of XML's own five.
fn resolve(reference: &BytesRef<'_>) -> Result<char, Kind> {
    if let Some(character) = reference.resolve_char_ref().map_err(|_| Kind::Malformed)? {
        return Ok(character);
    }
    let name: &str = reference;
    match name {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err(Kind::Entity),
    }
}
