#![doc = include_str!("../README.md")]

mod canonical;
mod concept_map;
mod error;
mod expand;
mod limits;
mod lookup;
mod registry;
mod resource;
mod subsumes;
mod translate;
mod validate_code;

pub use crate::canonical::{Canonical, compare_versions};
pub use crate::concept_map::{ConceptMap, ConceptMapBuilder, Equivalence, GroupBuilder, Unmapped};
pub use crate::error::{Error, ErrorKind};
pub use crate::expand::{Expand, ExpandRequest, Expansion, ExpansionContains};
pub use crate::limits::Limits;
pub use crate::lookup::{Designation, Lookup, LookupRequest, LookupResponse, Property};
pub use crate::registry::{CodeSystemSource, Registry, ValueSetSource};
pub use crate::subsumes::{Subsumes, SubsumesOutcome, SubsumesRequest};
pub use crate::translate::{Match, Matches, Translate, TranslateRequest, Translation};
pub use crate::validate_code::{ValidateCode, ValidateCodeIssue, ValidateCodeRequest, ValidateCodeResponse};
