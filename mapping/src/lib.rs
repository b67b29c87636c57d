#![doc = include_str!("../README.md")]

/// The examples of the embedding guide are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../EMBEDDING.md")]
struct Embedding;

mod compile;
mod context;
mod coverage;
pub mod csv;
mod diagnostic;
mod error;
mod escape;
mod event;
mod finding;
mod json;
mod library;
mod line;
mod lineage;
mod live;
mod maps;
mod model;
mod operation;
mod options;
mod parse;
mod program;
mod run;
mod shipped;
mod site;
mod standard;
pub mod syntax;
mod time;
#[cfg(feature = "typed")]
mod typed;

/// The time of a run, of [`Context::at`].
pub use carewire_fhirpath::DateTime;

pub use crate::context::{BundleKind, Context, Host, HostError, HostValue, Limits, Namespace, Zone};
pub use crate::coverage::{Coverage, LeftOut, StaticUnread, UnreadField};
pub use crate::diagnostic::{Diagnostic, Span};
pub use crate::error::{MapError, MapErrorKind, WriteError};
pub use crate::finding::{Code, Finding, Place, Severity};
pub use crate::lineage::{Lineage, SourcePlace, Traced};
pub use crate::live::LiveMaps;
pub use crate::maps::{
    Input, Maps, Outcome, Output, Report, Transformed, Unread, fhir_to_v2, fhir_to_v2_files, v2_to_fhir,
    v2_to_fhir_files,
};
pub use crate::model::{Model, ModelError};
pub use crate::options::Options;
pub use crate::site::{SiteError, SiteTable};
pub use crate::standard::{fhir_to_v2_with, v2_to_fhir_with};
