//! Documents from XML and to XML.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use std::io;

use super::{Document, Read, error_at, text_of, without_mark};
use crate::error::{Error, Refusal};
use crate::finding::FindingCode;
use crate::json::{self, Notes};
use crate::limits::Limits;
use crate::schema::TypeId;
use crate::xml::{self, XmlStyle};

impl Document<'_> {
    /// Reads a resource from XML, leniently and with the default [`Limits`].
    ///
    /// The document is over the JSON of the same resource ([`Document::source`]); offsets, lines and columns are
    /// those of the XML. What R4 does not have is kept as far as JSON can say it: an element with a `value` as a
    /// text, another as an object. Comments are not kept.
    ///
    /// # Errors
    ///
    /// [`Error`] if the XML is not well-formed, has a document type, or passes a limit.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::Document;
    /// let xml = br#"<Patient xmlns="http://hl7.org/fhir"><active value="true"/></Patient>"#;
    /// let document = Document::from_xml(xml)?.document;
    /// assert_eq!(document.to_json(), r#"{"resourceType":"Patient","active":true}"#);
    /// assert_eq!(document.root().child("active").map(|node| node.line_column()), Some((1, 38)));
    /// # Ok::<(), carewire_fhir_model::Error>(())
    /// ```
    ///
    /// Spec: <https://hl7.org/fhir/R4/xml.html>
    pub fn from_xml(input: &[u8]) -> Result<Read<'static>, Error> {
        Self::read_xml(input, &Limits::default())
    }

    /// As [`Document::from_xml`], with limits.
    ///
    /// # Errors
    ///
    /// As [`Document::from_xml`].
    pub fn read_xml(input: &[u8], limits: &Limits) -> Result<Read<'static>, Error> {
        let mut notes = Notes::new(limits.findings);
        let mut source = text_of(Cow::Borrowed(input), limits, &mut notes)?;
        if source.starts_with('\u{feff}') {
            source = Cow::Owned(without_mark(&source, &mut notes));
        }
        let (json, origin) =
            xml::read(&source, limits, &mut notes).map_err(|fault| error_at(&source, fault))?;
        let tape = json::read(&json, TypeId::RESOURCE, limits, &mut notes).map_err(|(kind, at)| {
            let place = origin.at(at as u32);
            Error {
                kind,
                offset: place.offset,
                line: place.line,
                column: place.column,
            }
        })?;
        // A value that does not fit its type is in quotation marks, which the XML did not have.
        notes.kept.retain(|one| one.0 != FindingCode::WrongJsonType);
        for (_, slot, offset) in &mut notes.kept {
            if *slot == u32::MAX {
                // A string's slot is behind its quotation mark.
                let after = tape.slots.partition_point(|one| one.offset <= *offset + 1);
                *slot = after.saturating_sub(1) as u32;
            }
        }
        let document = Document {
            source: Cow::Owned(json),
            tape,
            origin: Some(Box::new(origin)),
        };
        let findings = document.findings(&mut notes, &source);
        Ok(Read {
            document,
            findings,
            findings_dropped: notes.dropped,
        })
    }

    /// Reads a resource from XML and refuses it at the first finding.
    ///
    /// # Errors
    ///
    /// [`Refusal`]: the error of [`Document::from_xml`], or the finding that comes first in the input.
    pub fn read_xml_strict(input: &[u8], limits: &Limits) -> Result<Document<'static>, Refusal> {
        Self::read_xml(input, limits)?.strict()
    }

    /// The document as XML without spaces between elements. See [`Document::to_xml_in`].
    pub fn to_xml(&self) -> String {
        self.to_xml_in(XmlStyle::compact())
    }

    /// The document as XML in a style, elements in the order of the schema.
    ///
    /// A narrative that is no well-formed `div` becomes the text of one. An unknown element is written if its key
    /// can be a name in XML. Control characters that XML 1.0 does not have become U+FFFD.
    pub fn to_xml_in(&self, style: XmlStyle) -> String {
        let mut out = String::with_capacity(self.source.len() * 5 / 4);
        xml::write(self, style, &mut out);
        out
    }

    /// Writes the document as XML in a style.
    ///
    /// # Errors
    ///
    /// What `out` fails with.
    pub fn write_xml(&self, style: XmlStyle, mut out: impl io::Write) -> io::Result<()> {
        out.write_all(self.to_xml_in(style).as_bytes())
    }
}
