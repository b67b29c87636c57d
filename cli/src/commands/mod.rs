//! The commands, a file each.

pub(crate) mod convert;
pub(crate) mod fhirpath;
pub(crate) mod fmt;
pub(crate) mod map;
pub(crate) mod maps;
pub(crate) mod parse;
pub(crate) mod query;
pub(crate) mod term;
pub(crate) mod transform;
pub(crate) mod validate;

use carewire_fhir_model::{Document, Read};

use crate::failure::Failure;
use crate::record::{Format, Record};

/// A message that cannot be read at all, as the result of a command.
pub(crate) fn hl7v2_failure(error: &carewire_hl7v2::Error) -> Failure {
    // Its code and its place stand beside it.
    Failure::new(error.code(), error.kind().to_string())
        .at(Some(error.offset()))
        .on(error.location().map(|location| location.to_string()))
}

/// Reads a record as a FHIR resource.
pub(crate) fn document(record: &Record) -> Result<Read<'_>, Failure> {
    let (read, code) = match record.format {
        Format::Xml => (Document::from_xml(&record.bytes), "bad-xml"),
        Format::Json | Format::Hl7v2 => (Document::from_json(&record.bytes), "bad-json"),
    };
    read.map_err(|error| Failure::new(code, error.to_string()).at(Some(error.offset())))
}

/// Text of a message that cannot be decoded, as the result of a command.
pub(crate) fn text_failure(error: &carewire_hl7v2::TextError) -> Failure {
    Failure::new(error.code(), error.to_string())
        .at(Some(error.offset()))
        .on(Some(error.location().to_string()))
}

/// A message that has no XML, as the result of a command.
pub(crate) fn xml_failure(error: &carewire_hl7v2::render::XmlError) -> Failure {
    match error {
        carewire_hl7v2::render::XmlError::Text(error) => text_failure(error),
        other => Failure::new("no-xml", other.to_string()),
    }
}
