//! A message in HL7's XML encoding.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::names::{self, Named};
use crate::charset::{Charset, encode};
use crate::delimiters::EncodingCharacters;
use crate::error::TextError;
use crate::message::Message;
use crate::parse::escape::{Escape, escape};
use crate::part::{Part, parts};
use crate::schema::Version;
use crate::segment::Segment;
use crate::tree::Node;
use crate::value::{Component, Place, Repetition};

/// Why a message has no XML.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, render};
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||UNICODE UTF-8\rPID|||\xFF\r")?;
/// let error = render::xml(&msg).unwrap_err();
/// assert!(matches!(error, render::XmlError::Text(text) if text.code() == "charset-invalid"));
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
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
        let name = format!("{}.{}", self.structure, node.name().replace('/', "_"));
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
        let parts = parts(self.message, place).map_err(|unsupported| place.text_error(unsupported))?;
        for part in parts {
            match part {
                Part::Text(text) => self.characters(&text)?,
                Part::Kept(inside) => self.escape(inside)?,
                Part::Known(inside) => match self.meaning(inside) {
                    Some(text) => self.characters(&text)?,
                    None => self.escape(inside)?,
                },
            }
        }
        Ok(())
    }

    /// What stands as text for a sequence: the delimiters, and the characters of a set that MSH-18 does not name.
    fn meaning(&self, inside: &[u8]) -> Option<String> {
        let characters = self.message.encoding_characters();
        if let Some(byte) = delimiter(inside, &characters) {
            return Some(char::from(byte).into());
        }
        // A message that is read as 8859/1 though it does not say so: its XML is not.
        let declared = self.message.segment_at(1).and_then(|msh| msh.field(18));
        let named = declared
            .and_then(|field| field.repetition(1))
            .and_then(|set| Charset::named(set.raw()));
        let fallback = self.message.charset() == Charset::Iso8859_1 && named != Some(Charset::Iso8859_1);
        let Some(Escape::Hex(_)) = escape(inside).filter(|_| fallback) else {
            return None;
        };
        let mark = characters.escape()?;
        let sequence = [&[mark], inside, &[mark]].concat();
        let text = self.message.reading().text(&sequence, &characters, false).ok()?;
        Some(text.into_owned())
    }

    fn characters(&mut self, text: &str) -> Result<(), XmlError> {
        let mut rest = text;
        while let Some(at) = rest.find(is_forbidden) {
            self.writer
                .write_event(Event::Text(BytesText::new(&rest[..at])))?;
            let character = rest[at..].chars().next().unwrap_or('\0');
            self.escape(format!("X{}", self.hex(character)).as_bytes())?;
            rest = &rest[at + character.len_utf8()..];
        }
        Ok(self.writer.write_event(Event::Text(BytesText::new(rest)))?)
    }

    /// The digits of a character in the set of the message.
    fn hex(&self, character: char) -> String {
        let text = character.encode_utf8(&mut [0; 4]).to_owned();
        let plain = EncodingCharacters::default();
        let own = encode(&text, &plain, self.message.reading(), &[]).ok();
        let bytes = match own {
            Some(bytes) if !character.is_ascii() => bytes,
            _ => text.into_bytes(),
        };
        bytes.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    fn escape(&mut self, inside: &[u8]) -> Result<(), XmlError> {
        let inside: String = inside.iter().map(|&byte| char::from(byte)).collect();
        let element = BytesStart::new("escape").with_attributes([("V", &*inside)]);
        Ok(self.writer.write_event(Event::Empty(element))?)
    }
}

/// True for a character that XML does not have, and for CR, which it reads as LF.
fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\r' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
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
