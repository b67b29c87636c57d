use thiserror::Error;

/// Why no package could be read. It names a place in the bytes and nothing of what they hold.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::package::{Package, PackageErrorKind};
/// let error = Package::from_tgz(b"PK\x03\x04").err().ok_or("it should be refused")?;
/// assert_eq!(error.kind(), PackageErrorKind::NotGzip);
/// assert_eq!(error.to_string(), "expected gzip at offset 0");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{kind} at offset {offset}")]
pub struct PackageError {
    kind: PackageErrorKind,
    offset: usize,
}

/// What was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum PackageErrorKind {
    /// The bytes are not gzip.
    #[error("expected gzip")]
    NotGzip,
    /// The compressed data are damaged.
    #[error("damaged compressed data")]
    Damaged,
    /// The bytes end inside something.
    #[error("unexpected end")]
    UnexpectedEnd,
    /// The checksum is not that of the data.
    #[error("wrong checksum")]
    WrongChecksum,
    /// There is no tar archive inside, or it is damaged.
    #[error("malformed tar archive")]
    MalformedTar,
    /// More bytes than [`PackageLimits::max_bytes`](super::PackageLimits::max_bytes) allows.
    #[error("too many bytes")]
    TooLarge,
    /// The bytes unpack to more than [`PackageLimits::max_ratio`](super::PackageLimits::max_ratio) allows.
    #[error("too high a compression")]
    TooCompressed,
    /// More files than [`PackageLimits::max_members`](super::PackageLimits::max_members) allows.
    #[error("too many files")]
    TooManyMembers,
}

impl PackageError {
    pub(super) fn new(kind: PackageErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// What was wrong.
    pub fn kind(&self) -> PackageErrorKind {
        self.kind
    }

    /// The byte offset, from 0: of the archive for what is wrong there, else of the input.
    pub fn offset(&self) -> usize {
        self.offset
    }
}
