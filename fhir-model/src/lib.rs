#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]

#[macro_use]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod build;
pub mod bundle;
pub mod diff;
mod document;
pub mod edit;
mod error;
#[cfg(feature = "typed")]
pub mod ext;
mod filter;
mod finding;
#[rustfmt::skip]
mod generated;
mod json;
mod limits;
mod merge;
pub mod narrative;
pub mod ndjson;
#[cfg(feature = "package")]
pub mod package;
mod path;
pub mod schema;
#[cfg(feature = "serde")]
pub mod serde;
pub mod snapshot;
#[cfg(feature = "typed")]
pub mod typed;
#[cfg(feature = "xml")]
mod xml;

pub use document::{Children, Descendants, Document, Named, Node, Read, ValueKind, Visit};
pub use error::{Error, ErrorKind, Refusal};
pub use filter::Summary;
pub use finding::{Finding, FindingCode};
#[cfg(feature = "typed")]
pub use generated::typed as r4;
pub use json::{JsonStyle, Order};
pub use limits::Limits;
pub use path::{ElementPath, PathError};
#[cfg(feature = "typed")]
pub use typed::{
    FhirType, Typed, from_document, from_json, from_json_strict, read_json, to_document, to_json,
    to_json_pretty, write_json,
};
#[cfg(all(feature = "typed", feature = "xml"))]
pub use typed::{from_xml, read_xml, to_xml};
#[cfg(feature = "xml")]
pub use xml::XmlStyle;
