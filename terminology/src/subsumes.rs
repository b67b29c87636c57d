//! `$subsumes`: how two codes of one system stand to each other.

use crate::Error;

/// Says whether a concept subsumes another.
///
/// Spec: FHIR R4, CodeSystem operation [`$subsumes`](http://hl7.org/fhir/R4/codesystem-operation-subsumes.html).
pub trait Subsumes: Send + Sync {
    /// Compares two codes of a code system.
    ///
    /// # Errors
    ///
    /// [`UnknownCodeSystem`](crate::ErrorKind::UnknownCodeSystem) if the source does not have the system or version,
    /// [`UnknownCode`](crate::ErrorKind::UnknownCode) if the system does not have one of the codes.
    fn subsumes(&self, request: &SubsumesRequest<'_>) -> Result<SubsumesOutcome, Error>;
}

/// The input of [`Subsumes::subsumes`].
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct SubsumesRequest<'a> {
    /// The canonical URL of the code system, with or without `|version`.
    pub system: &'a str,
    /// The "A" code.
    pub code_a: &'a str,
    /// The "B" code.
    pub code_b: &'a str,
}

impl<'a> SubsumesRequest<'a> {
    /// Asks how `code_a` stands to `code_b` in `system`.
    #[must_use]
    pub const fn new(system: &'a str, code_a: &'a str, code_b: &'a str) -> Self {
        Self {
            system,
            code_a,
            code_b,
        }
    }
}

/// How "A" stands to "B".
///
/// Spec: FHIR R4, ValueSet `http://hl7.org/fhir/ValueSet/concept-subsumption-outcome`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SubsumesOutcome {
    /// The two are the same concept.
    Equivalent,
    /// "A" subsumes "B".
    Subsumes,
    /// "B" subsumes "A".
    SubsumedBy,
    /// Neither subsumes the other.
    NotSubsumed,
}

impl SubsumesOutcome {
    /// The code in FHIR, such as `subsumed-by`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::Subsumes => "subsumes",
            Self::SubsumedBy => "subsumed-by",
            Self::NotSubsumed => "not-subsumed",
        }
    }
}
