//! XML in and out of the same document.
//!
//! XML is turned into the JSON of the same resource, which the document then is over; each value's place in the
//! XML is kept, and `offset`, line and column are those of the XML. No document type, no entity but the five of
//! XML and character references.

mod read;
mod tree;
mod write;

pub(crate) use read::read;
pub use write::XmlStyle;
pub(crate) use write::write;

/// The namespace of FHIR's elements.
pub(crate) const FHIR: &str = "http://hl7.org/fhir";
/// The namespace of narratives.
pub(crate) const XHTML: &str = "http://www.w3.org/1999/xhtml";
