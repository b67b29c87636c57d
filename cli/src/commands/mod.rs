//! The commands, a file each.

pub(crate) mod convert;
pub(crate) mod fhirpath;
pub(crate) mod fmt;
pub(crate) mod parse;
pub(crate) mod query;
pub(crate) mod validate;

use crate::failure::Failure;

/// A message that cannot be read at all, as the result of a command.
pub(crate) fn hl7v2_failure(error: &carewire_hl7v2::Error) -> Failure {
    Failure::new(error.code(), error.to_string())
        .at(Some(error.offset()))
        .on(error.location().map(|location| location.to_string()))
}

/// A text that is no JSON object, as the result of a command.
pub(crate) fn document_failure(error: &carewire_fhir_model::Error) -> Failure {
    Failure::new("bad-json", error.to_string()).at(Some(error.offset()))
}

/// A message that has no XML, as the result of a command.
pub(crate) fn xml_failure(error: &carewire_hl7v2::render::XmlError) -> Failure {
    match error {
        carewire_hl7v2::render::XmlError::Text(error) => Failure::new(error.code(), error.to_string())
            .at(Some(error.offset()))
            .on(Some(error.location().to_string())),
        other => Failure::new("no-xml", other.to_string()),
    }
}
