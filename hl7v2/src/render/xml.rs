//! A message in HL7's XML encoding.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::names::{self, Named};
use crate::charset::{Piece, pieces};
use crate::delimiters::EncodingCharacters;
use crate::error::TextError;
use crate::message::Message;
use crate::parse::escape::{Escape, escape};
use crate::schema::Version;
use crate::segment::Segment;
use crate::tree::Node;
use crate::value::{Component, Place, Repetition};

/// Why a message has no XML.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum XmlError {
    /// Some text cannot be decoded.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The XML could not be written to memory.
    #[error("the xml cannot be written")]
    Write,
}

impl From<std::io::Error> for XmlError {
    fn from(_: std::io::Error) -> Self {
        Self::Write
    }
}

/// The message in HL7's XML encoding, groups included.
///
/// The root is the structure's name (`MESSAGE` when it is not known); groups are `ORU_R01.PATIENT`, fields
/// `PID.5`, components by data type, `XPN.1`. A field that is sent with components although its type has none
/// names them by the field, `PID.8.1`. Escaped delimiters are given as text; every other escape sequence, and
/// every control character that XML does not allow, as `<escape V=".."/>`. The explicit null stays `""`. A line
/// without a segment id is left out.
///
/// # Errors
///
/// [`XmlError::Text`] if some text cannot be decoded; it names the place.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, render};
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A01|1|T|2.5.1\rPID|||||Doe&Van^Ann\r")?;
/// let xml = render::xml(&msg)?;
/// assert!(xml.contains("<PID.5><XPN.1><FN.1>Doe</FN.1><FN.2>Van</FN.2></XPN.1><XPN.2>Ann</XPN.2></PID.5>"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: HL7 Version 2: XML Encoding Syntax, Release 2.
pub fn xml(message: &Message<'_>) -> Result<String, XmlError> {
    let tree = message.tree();
    let structure = tree.structure().map_or("MESSAGE", |structure| structure.name());
    let mut out = Output {
        writer: Writer::new(Vec::with_capacity(message.as_bytes().len() * 6)),
        message,
        structure,
        version: message.header().version(),
    };
    out.writer
        .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let start = BytesStart::new(structure).with_attributes([("xmlns", "urn:hl7-org:v2xml")]);
    out.writer.write_event(Event::Start(start))?;
    for child in tree.root().children() {
        out.node(child)?;
    }
    out.end(structure)?;
    String::from_utf8(out.writer.into_inner()).map_err(|_| XmlError::Write)
}

struct Output<'m> {
    writer: Writer<Vec<u8>>,
    message: &'m Message<'m>,
    structure: &'static str,
    version: Version,
}

impl Output<'_> {
    fn start(&mut self, name: &str) -> Result<(), XmlError> {
        Ok(self.writer.write_event(Event::Start(BytesStart::new(name)))?)
    }

    fn end(&mut self, name: &str) -> Result<(), XmlError> {
        Ok(self.writer.write_event(Event::End(BytesEnd::new(name)))?)
    }

    /// Groups nest no deeper than the structures of the standard.
    fn node(&mut self, node: Node<'_>) -> Result<(), XmlError> {
        if let Some(segment) = node.segment() {
            return self.segment(segment);
        }
        let name = format!("{}.{}", self.structure, node.name().replace(' ', "_"));
        self.start(&name)?;
        for child in node.children() {
            self.node(child)?;
        }
        self.end(&name)
    }

    fn segment(&mut self, segment: Segment<'_>) -> Result<(), XmlError> {
        let id = segment.id();
        // An XML name does not start with a digit; a segment id starts with a letter.
        if id.is_empty() {
            return Ok(());
        }
        self.start(id)?;
        for field in segment.fields().filter(|field| !field.is_empty()) {
            let name = format!("{id}.{}", field.number());
            let named = names::field(self.version, segment, field.number());
            for repetition in field.repetitions() {
                self.start(&name)?;
                self.repetition(&name, named, repetition)?;
                self.end(&name)?;
            }
        }
        self.end(id)
    }

    fn repetition(&mut self, name: &str, named: Named, repetition: Repetition<'_>) -> Result<(), XmlError> {
        let first = repetition.component(1);
        let alone = repetition.component_count() == 1;
        if alone && !named.has_parts() && first.is_none_or(|part| part.subcomponent_count() == 1) {
            return self.text(repetition.into());
        }
        for (n, component) in repetition
            .components()
            .enumerate()
            .filter(|(_, part)| !part.is_empty())
        {
            let inner = part_name(name, named, n + 1);
            self.start(&inner)?;
            self.component(&inner, named.part(n + 1), component)?;
            self.end(&inner)?;
        }
        Ok(())
    }

    fn component(&mut self, name: &str, named: Named, component: Component<'_>) -> Result<(), XmlError> {
        if component.subcomponent_count() == 1 && !named.has_parts() {
            return self.text(component.into());
        }
        for (n, part) in component
            .subcomponents()
            .enumerate()
            .filter(|(_, part)| !part.is_empty())
        {
            let inner = part_name(name, named, n + 1);
            self.start(&inner)?;
            self.text(part.into())?;
            self.end(&inner)?;
        }
        Ok(())
    }

    /// The text of a place without parts, its escape sequences as elements.
    fn text(&mut self, place: Place<'_>) -> Result<(), XmlError> {
        place.try_text()?;
        let raw = place.raw();
        let characters = self.message.encoding_characters();
        if !self.message.reading().is_plain() && !place.is_literal() {
            return self.text_in_pieces(place, characters);
        }
        let Some(mark) = characters
            .escape()
            .filter(|mark| !place.is_literal() && raw.contains(mark))
        else {
            return self.plain(place, raw);
        };
        let mut rest = raw;
        while !rest.is_empty() {
            let Some(open) = memchr::memchr(mark, rest) else {
                return self.plain(place, rest);
            };
            let after = &rest[open + 1..];
            let Some(length) = memchr::memchr(mark, after) else {
                return self.plain(place, rest);
            };
            self.plain(place, &rest[..open])?;
            match delimiter(&after[..length], &characters) {
                Some(byte) => self.plain(place, &[byte])?,
                None => {
                    let inside = self.decoded(place, &after[..length])?;
                    self.escape(&inside)?;
                }
            }
            rest = &after[length + 1..];
        }
        Ok(())
    }

    fn plain(&mut self, place: Place<'_>, raw: &[u8]) -> Result<(), XmlError> {
        let text = self.decoded(place, raw)?;
        self.characters(&text)
    }

    /// Bytes without escape sequences as text.
    fn decoded<'a>(&self, place: Place<'_>, raw: &'a [u8]) -> Result<Cow<'a, str>, XmlError> {
        let mut characters = self.message.encoding_characters();
        characters.escape = None;
        let text = self.message.reading().text(raw, &characters, false);
        Ok(text.map_err(|unsupported| place.text_error(unsupported))?)
    }

    /// As [`text`](Self::text), where the escape character may be part of another one.
    fn text_in_pieces(&mut self, place: Place<'_>, characters: EncodingCharacters) -> Result<(), XmlError> {
        let mut all = Vec::new();
        let reading = self.message.reading();
        pieces(place.raw(), characters.escape(), reading, true, |piece| {
            all.push(piece)
        })
        .map_err(|unsupported| place.text_error(unsupported))?;
        for piece in all {
            match piece {
                Piece::Text(text) => self.characters(&text)?,
                Piece::Sequence(inside) => match delimiter(inside, &characters) {
                    Some(byte) => self.characters(char::from(byte).encode_utf8(&mut [0; 4]))?,
                    None => {
                        let inside: String = inside.iter().map(|&byte| char::from(byte)).collect();
                        self.escape(&inside)?;
                    }
                },
            }
        }
        Ok(())
    }

    fn characters(&mut self, text: &str) -> Result<(), XmlError> {
        let forbidden = |c: char| matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\r' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}');
        let mut rest = text;
        while let Some(at) = rest.find(forbidden) {
            self.writer
                .write_event(Event::Text(BytesText::new(&rest[..at])))?;
            let character = rest[at..].chars().next().unwrap_or('\0');
            self.escape(&format!("X{:02X}", u32::from(character)))?;
            rest = &rest[at + character.len_utf8()..];
        }
        Ok(self.writer.write_event(Event::Text(BytesText::new(rest)))?)
    }

    fn escape(&mut self, inside: &str) -> Result<(), XmlError> {
        let allowed: String = inside.chars().filter(|c| !c.is_control()).collect();
        let element = BytesStart::new("escape").with_attributes([("V", allowed.as_str())]);
        Ok(self.writer.write_event(Event::Empty(element))?)
    }
}

/// The delimiter that an escape sequence stands for.
fn delimiter(inside: &[u8], characters: &EncodingCharacters) -> Option<u8> {
    match escape(inside)? {
        Escape::Field => Some(characters.field()),
        Escape::Component => characters.component(),
        Escape::Subcomponent => characters.subcomponent(),
        Escape::Repetition => characters.repetition(),
        Escape::Character => characters.escape(),
        _ => None,
    }
}

/// The element name of part `n`: by the data type where it has parts, else by the element around it.
fn part_name(around: &str, named: Named, n: usize) -> String {
    if named.has_parts() {
        format!("{}.{n}", named.datatype)
    } else {
        format!("{around}.{n}")
    }
}
