use crate::error::{Error, ErrorKind};

/// How much a reader takes before it refuses. The defaults fit any document a person or a system would send.
///
/// ```
/// # use carewire_fhir_model::{Document, Limits, ErrorKind};
/// let limits = Limits::default().max_depth(2);
/// let deep = br#"{"resourceType":"Patient","name":[{"period":{"start":"2024"}}]}"#;
/// let error = Document::read_json(&deep[..], &limits).err().ok_or("it should be refused")?;
/// assert_eq!(error.kind(), ErrorKind::TooDeep);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) depth: usize,
    pub(crate) bytes: usize,
    pub(crate) nodes: usize,
    pub(crate) findings: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 128,
            bytes: 1 << 30,
            nodes: 1 << 26,
            findings: 1_000,
        }
    }
}

impl Limits {
    pub(crate) fn check_bytes(&self, bytes: usize) -> Result<(), Error> {
        if bytes > self.bytes.min(u32::MAX as usize - 1) {
            return Err(Error::at_start(ErrorKind::TooLarge));
        }
        Ok(())
    }

    /// Objects inside one another: 128 if not set. XML may have twice as many elements, and never over 300.
    #[must_use]
    pub fn max_depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self
    }

    /// Bytes of input: 1 GiB if not set, and never 4 GiB or more.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes.min(u32::MAX as usize - 1);
        self
    }

    /// Nodes of the document: 67,108,864 if not set, of twelve bytes each, or twenty-four where the schema does not know
    /// the key. XML may have a quarter as many elements and as many attributes, of sixty bytes together, and 256
    /// attributes on one element.
    #[must_use]
    pub fn max_nodes(mut self, nodes: usize) -> Self {
        self.nodes = nodes.min(u32::MAX as usize / 2);
        self
    }

    /// Findings kept: 1,000 if not set. What is over is counted and not kept.
    #[must_use]
    pub fn max_findings(mut self, findings: usize) -> Self {
        self.findings = findings;
        self
    }
}
