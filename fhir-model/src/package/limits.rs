/// How much the package reader takes before it refuses. The defaults fit the package of FHIR itself, which unpacks to 100 MB.
///
/// ```
/// # use carewire_fhir_model::package::{Package, PackageErrorKind, PackageLimits};
/// let limits = PackageLimits::default().max_members(1);
/// let files = [("a.json", b"{}".to_vec()), ("b.json", b"{}".to_vec())];
/// let error = Package::read_files(files, &limits).err().ok_or("it should be refused")?;
/// assert_eq!(error.kind(), PackageErrorKind::TooManyMembers);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageLimits {
    pub(super) bytes: usize,
    pub(super) members: usize,
    pub(super) ratio: usize,
    pub(super) findings: usize,
}

impl PackageLimits {
    /// What may be unpacked whatever the ratio.
    pub(super) const FREE: usize = 1 << 20;
}

impl Default for PackageLimits {
    fn default() -> Self {
        Self {
            bytes: 1 << 30,
            members: 100_000,
            ratio: 100,
            findings: 1_000,
        }
    }
}

impl PackageLimits {
    /// Bytes of all files, unpacked: 1 GiB if not set.
    #[must_use]
    pub fn max_bytes(mut self, bytes: usize) -> Self {
        self.bytes = bytes;
        self
    }

    /// Files and folders: 100,000 if not set.
    #[must_use]
    pub fn max_members(mut self, members: usize) -> Self {
        self.members = members.min(u32::MAX as usize - 1);
        self
    }

    /// How many bytes one compressed byte may give, on the whole, once there is 1 MiB: 100 if not set.
    #[must_use]
    pub fn max_ratio(mut self, ratio: usize) -> Self {
        self.ratio = ratio;
        self
    }

    /// Findings kept: 1,000 if not set.
    #[must_use]
    pub fn max_findings(mut self, findings: usize) -> Self {
        self.findings = findings;
        self
    }
}
