/// How much the snapshot generator makes before it refuses. The defaults fit any guide that was published.
///
/// ```
/// # use carewire_fhir_model::Document;
/// # use carewire_fhir_model::snapshot::{DefinitionSet, SnapshotErrorKind, SnapshotLimits, Snapshots};
/// let base = br#"{"resourceType": "StructureDefinition", "url": "http://example.org/base", "snapshot": {"element": [
///     {"path": "Basic"}, {"path": "Basic.code"}]}}"#;
/// let profile = br#"{"resourceType": "StructureDefinition", "url": "http://example.org/a", "derivation": "constraint",
///     "baseDefinition": "http://example.org/base", "differential": {"element": [{"path": "Basic"}]}}"#;
/// let definitions = DefinitionSet::from_iter([Document::from_json(base)?.document]);
/// let profile = Document::from_json(profile)?.document;
/// let mut snapshots = Snapshots::new(&definitions).limits(SnapshotLimits::default().max_elements(1));
/// assert_eq!(snapshots.generate(&profile).map_err(|error| error.kind()).err(), Some(SnapshotErrorKind::TooLarge));
/// # Ok::<(), carewire_fhir_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotLimits {
    pub(super) elements: usize,
    pub(super) bytes: usize,
    pub(super) depth: usize,
    pub(super) findings: usize,
}

impl SnapshotLimits {
    /// How many steps a path may have.
    pub(super) const STEPS: usize = 48;
    /// How long a path or an id may be.
    pub(super) const PATH: usize = 1_024;
}

impl Default for SnapshotLimits {
    fn default() -> Self {
        Self {
            elements: 50_000,
            bytes: 1 << 28,
            depth: 24,
            findings: 1_000,
        }
    }
}

impl SnapshotLimits {
    /// Elements of a snapshot: 50,000 if not set.
    #[must_use]
    pub fn max_elements(mut self, elements: usize) -> Self {
        self.elements = elements;
        self
    }

    /// Bytes of text in a snapshot: 256 MiB if not set, and never over 1 GiB.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes.min(1 << 30);
        self
    }

    /// Profiles that are generated for the sake of one another: 24 if not set, and never over 64.
    #[must_use]
    pub fn max_depth(mut self, depth: usize) -> Self {
        self.depth = depth.min(64);
        self
    }

    /// Findings kept for a profile: 1,000 if not set.
    #[must_use]
    pub fn max_findings(mut self, findings: usize) -> Self {
        self.findings = findings;
        self
    }
}
