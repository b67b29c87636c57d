#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]

#[macro_use]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

pub mod build;
pub mod bundle;
mod document;
pub mod edit;
mod error;
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
pub mod snapshot;
#[cfg(feature = "xml")]
mod xml;

pub use document::{Children, Descendants, Document, Named, Node, Read, ValueKind, Visit};
pub use error::{Error, ErrorKind, Refusal};
pub use filter::Summary;
pub use finding::{Finding, FindingCode};
pub use json::{JsonStyle, Order};
pub use limits::Limits;
pub use path::{ElementPath, PathError};
#[cfg(feature = "xml")]
pub use xml::XmlStyle;
