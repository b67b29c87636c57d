use thiserror::Error;

/// Why no snapshot could be generated.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::Document;
/// # use carewire_fhir_model::snapshot::{DefinitionSet, SnapshotErrorKind, Snapshots};
/// let patient = Document::from_json(br#"{"resourceType": "Patient"}"#)?.document;
/// let definitions = DefinitionSet::default();
/// let error = Snapshots::new(&definitions).generate(&patient).err().ok_or("it should be refused")?;
/// assert_eq!(error.kind(), SnapshotErrorKind::NotStructureDefinition);
/// assert_eq!(error.to_string(), "expected a structure definition");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct SnapshotError(pub(super) SnapshotErrorKind);

impl SnapshotError {
    /// What was wrong.
    pub fn kind(&self) -> SnapshotErrorKind {
        self.0
    }
}

/// What was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum SnapshotErrorKind {
    /// The document is something else than a `StructureDefinition`.
    #[error("expected a structure definition")]
    NotStructureDefinition,
    /// Its `derivation` is not `constraint`: it defines a type and does not constrain one.
    #[error("expected a profile, which constrains another definition")]
    NotProfile,
    /// A profile without `differential`.
    #[error("the profile has no differential")]
    NoDifferential,
    /// No source has the definition that `baseDefinition` names.
    #[error("the base definition is not known")]
    BaseUnknown,
    /// No source has a definition.
    #[error("a definition is not known")]
    NotFound,
    /// A profile that is derived from itself.
    #[error("a profile is derived from itself")]
    Cycle,
    /// More profiles are derived from one another than [`SnapshotLimits::max_depth`](super::SnapshotLimits::max_depth) allows.
    #[error("too many profiles derived from one another")]
    TooDeep,
    /// The snapshot has more elements or text than [`SnapshotLimits`](super::SnapshotLimits) allow.
    #[error("the snapshot is too large")]
    TooLarge,
    /// The profile has something twice that may occur once.
    #[error("the profile has an element twice that may occur once")]
    Malformed,
}
