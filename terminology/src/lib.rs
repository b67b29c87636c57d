#![doc = include_str!("../README.md")]

mod canonical;
#[cfg(feature = "tables")]
mod code_lists;
mod code_system;
mod concept_map;
mod error;
mod expand;
#[cfg(any(feature = "tables", feature = "ucum"))]
mod generated;
mod limits;
mod lookup;
mod registry;
mod resource;
mod subsumes;
#[cfg(feature = "tables")]
pub mod systems;
#[cfg(feature = "tables")]
pub mod tables;
mod translate;
#[cfg(feature = "ucum")]
pub mod ucum;
mod validate_code;
mod value_set;
#[cfg(feature = "tables")]
pub mod valuesets;

pub use crate::canonical::{Canonical, compare_versions};
pub use crate::code_system::CodeSystem;
pub use crate::concept_map::{ConceptMap, ConceptMapBuilder, Equivalence, GroupBuilder, Unmapped};
pub use crate::error::{Error, ErrorKind};
pub use crate::expand::{Expand, ExpandRequest, Expansion, ExpansionContains};
pub use crate::limits::Limits;
pub use crate::lookup::{Designation, Lookup, LookupRequest, LookupResponse, Property};
pub use crate::registry::{CodeSystemSource, Registry, ValueSetSource};
pub use crate::subsumes::{Subsumes, SubsumesOutcome, SubsumesRequest};
pub use crate::translate::{Match, Matches, Translate, TranslateRequest, Translation};
pub use crate::validate_code::{ValidateCode, ValidateCodeIssue, ValidateCodeRequest, ValidateCodeResponse};
pub use crate::value_set::ValueSet;
