//! What reading a resource and answering a question may cost.

/// Bounds on reading resources and on answering; every default suits a server that reads what strangers send.
///
/// # Examples
///
/// ```
/// use carewire_terminology::Limits;
/// let limits = Limits::default().max_bytes(1 << 20).max_concepts(10_000);
/// assert_eq!(limits, Limits::default().max_bytes(1 << 20).max_concepts(10_000));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) bytes: usize,
    pub(crate) concepts: usize,
    pub(crate) depth: usize,
}

impl Limits {
    /// The defaults as a constant: 64 MiB of JSON, 1,000,000 concepts, 16 references deep.
    pub const DEFAULT: Self = Self {
        bytes: 64 << 20,
        concepts: 1_000_000,
        depth: 16,
    };

    /// The longest JSON text that is read, in bytes; 64 MiB unless set.
    #[must_use]
    pub const fn max_bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// The most concepts that a resource may hold, and the most codes and imports that one answer may look at;
    /// 1,000,000 unless set.
    #[must_use]
    pub const fn max_concepts(mut self, concepts: usize) -> Self {
        self.concepts = concepts;
        self
    }

    /// How deep value sets may import value sets, concept maps may refer to other maps, and concepts may nest in a
    /// code system or expansion; 16 unless set. JSON that nests deeper than 127 arrays and objects is refused anyway.
    #[must_use]
    pub const fn max_depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
