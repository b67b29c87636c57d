#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]
// The README names what features bring.
#![cfg_attr(
    not(all(feature = "datatypes", feature = "std", feature = "tables")),
    allow(rustdoc::broken_intra_doc_links)
)]

#[macro_use]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod ack;
pub mod batch;
mod blocks;
mod build;
mod charset;
#[cfg(feature = "datatypes")]
pub mod datatype;
mod declared;
mod delimiters;
mod diff;
pub mod edit;
mod error;
mod escape;
mod finding;
#[cfg(any(feature = "datatypes", feature = "versions"))]
#[rustfmt::skip]
mod generated;
mod header;
mod index;
mod leaves;
mod limits;
mod lines;
mod location;
mod message;
pub mod mllp;
mod opening;
mod parse;
mod part;
mod path;
pub mod record;
mod redact;
pub mod render;
mod scan;
#[cfg(feature = "versions")]
pub mod schema;
mod segment;
#[cfg(feature = "serde")]
pub mod serde;
mod source;
mod statistics;
#[cfg(all(any(doc, doctest), feature = "datatypes", feature = "versions"))]
#[doc = include_str!("../docs/traps.md")]
pub mod traps {}
#[cfg(feature = "versions")]
pub mod tree;
mod value;
#[cfg(feature = "xml")]
pub mod xml;

pub use ack::{Ack, AckCheck, AckCode, AckFault, ErrorCode, reject};
pub use build::{MessageBuilder, SegmentBuilder};
pub use charset::{Charset, WideCharset};
pub use delimiters::EncodingCharacters;
pub use diff::{Change, ChangeKind, DiffOptions};
pub use edit::{Edit, EditError, EditErrorKind, PlaceMut, SegmentMut, Target, Value};
pub use error::{EncodeError, Error, ErrorKind, PathError, TextError};
pub use finding::{Code, Finding, Severity};
pub use header::Header;
pub use leaves::Leaves;
pub use limits::{Limits, Usage};
pub use location::Location;
pub use message::{Buffer, Message, ParseOptions};
pub use path::{Path, Query};
pub use redact::Redaction;
pub use segment::{Segment, Segments};
pub use statistics::{PlaceUse, Statistics};
pub use value::{Component, Field, Place, Repetition, Subcomponent};
