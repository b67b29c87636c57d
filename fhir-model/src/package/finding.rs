use core::fmt;

/// Something a package has that it should not have, or has not.
///
/// It holds a code and the number of a file, never its name.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::package::{Package, PackageCode};
/// let package = Package::from_files([("../../etc/cron.d/a.json", b"{}".to_vec())])?;
/// let codes: Vec<_> = package.findings().iter().map(|one| one.code()).collect();
/// assert_eq!(codes, [PackageCode::UnsafeName, PackageCode::ManifestMissing]);
/// assert_eq!(package.findings()[0].to_string(), "unsafe-name: the name of a file leaves the package (file 0)");
/// # Ok::<(), carewire_fhir_model::package::PackageError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackageFinding {
    code: PackageCode,
    member: Option<u32>,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PackageCode {
    /// A name that leaves the package, is absolute, or has letters that a name must not have. The file is left out.
    UnsafeName,
    /// A link, a device or the like. It is left out.
    NotFile,
    /// A name that an earlier file has. The file is left out.
    NameRepeated,
    /// Bytes behind the end of the archive.
    TrailingData,
    /// There is no `package.json`.
    ManifestMissing,
    /// The `package.json` is no JSON object.
    ManifestMalformed,
    /// The `.index.json` is no JSON object.
    IndexMalformed,
    /// The `.index.json` names a file that is no resource of the package.
    IndexFileMissing,
    /// The `.index.json` says another type, id, URL or version than the resource.
    IndexDiffers,
}

impl PackageCode {
    /// The stable code: `unsafe-name` and so on.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnsafeName => "unsafe-name",
            Self::NotFile => "not-file",
            Self::NameRepeated => "name-repeated",
            Self::TrailingData => "trailing-data",
            Self::ManifestMissing => "manifest-missing",
            Self::ManifestMalformed => "manifest-malformed",
            Self::IndexMalformed => "index-malformed",
            Self::IndexFileMissing => "index-file-missing",
            Self::IndexDiffers => "index-differs",
        }
    }

    /// What is wrong, in a few words.
    pub fn message(self) -> &'static str {
        match self {
            Self::UnsafeName => "the name of a file leaves the package",
            Self::NotFile => "a link or device instead of a file",
            Self::NameRepeated => "two files have one name",
            Self::TrailingData => "bytes behind the end of the archive",
            Self::ManifestMissing => "there is no package.json",
            Self::ManifestMalformed => "the package.json is malformed",
            Self::IndexMalformed => "the .index.json is malformed",
            Self::IndexFileMissing => "the .index.json names a file that is not there",
            Self::IndexDiffers => "the .index.json differs from the resource",
        }
    }
}

impl PackageFinding {
    pub(super) fn new(code: PackageCode, member: Option<u32>) -> Self {
        Self { code, member }
    }

    /// What was found.
    pub fn code(&self) -> PackageCode {
        self.code
    }

    /// The number of the file, from 0, in the order of the archive or of the folder as it was given; for the index the
    /// number of the entry.
    pub fn member(&self) -> Option<u32> {
        self.member
    }
}

impl fmt::Display for PackageFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.code(), self.code.message())?;
        match self.member {
            Some(member) => write!(f, " (file {member})"),
            None => Ok(()),
        }
    }
}
