//! FHIR packages: a `.tgz` or the files of a folder, as bytes.
//!
//! A [`Package`] lists what it holds without reading it whole: of each resource it finds type, id, URL and version by a
//! pass over the keys of the outermost object. A resource is read when it is asked for. The `.index.json` of a package is
//! compared with what is there ([`Package::index_findings`]) and never believed.
//!
//! ```
//! use carewire_fhir_model::package::Package;
//!
//! let manifest = br#"{"name": "example.guide", "version": "1.2.0", "canonical": "http://example.org",
//!     "fhirVersions": ["4.0.1"], "dependencies": {"hl7.fhir.r4.core": "4.0.1"}}"#;
//! let profile = br#"{"resourceType": "StructureDefinition", "id": "a", "url": "http://example.org/a", "version": "1.2.0"}"#;
//! let package = Package::from_files([
//!     ("package/package.json", manifest.to_vec()),
//!     ("package/StructureDefinition-a.json", profile.to_vec()),
//! ])?;
//! assert_eq!(package.manifest().name(), Some("example.guide"));
//! assert_eq!(package.manifest().dependencies(), [("hl7.fhir.r4.core".to_owned(), "4.0.1".to_owned())]);
//! let found = package.resource("http://example.org/a|1.2.0").ok_or("not found")?;
//! assert_eq!((found.resource_type(), found.id()), ("StructureDefinition", Some("a")));
//! assert!(package.resource("http://example.org/a|1.3.0").is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing is unpacked to a disk. Names that would leave the folder, links and devices are left out with a
//! [`PackageFinding`], and [`PackageLimits`] hold for the whole.
//!
//! Spec: [FHIR Package Specification](https://hl7.org/fhir/packages.html) and
//! [npm package specification](https://confluence.hl7.org/display/FHIR/NPM+Package+Specification).

mod crc;
mod error;
mod finding;
mod gzip;
mod header;
mod index;
mod limits;
mod manifest;
mod name;
mod resource;
mod tar;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;
use std::sync::OnceLock;

pub use error::{PackageError, PackageErrorKind};
pub use finding::{PackageCode, PackageFinding};
pub use limits::PackageLimits;
pub use manifest::Manifest;
pub use resource::Resource;

use crate::document::Document;
use crate::snapshot::Definitions;
use header::Header;

/// A FHIR package in memory.
///
/// `Debug` shows how many files it has.
///
/// # Examples
///
/// See the [module](self).
pub struct Package {
    /// What a `.tgz` unpacks to.
    data: Vec<u8>,
    files: Vec<File>,
    manifest: Manifest,
    findings: Vec<PackageFinding>,
    limits: PackageLimits,
    /// The resources of the main folder by their URLs.
    by_url: OnceLock<BTreeMap<String, Vec<u32>>>,
}

struct File {
    /// Its path inside the folder `package`.
    name: String,
    content: Content,
    header: OnceLock<Header>,
    document: OnceLock<Option<Document<'static>>>,
}

enum Content {
    /// A part of [`Package::data`].
    Packed(Range<usize>),
    Own(Vec<u8>),
}

impl Package {
    /// Reads a package from the bytes of a `.tgz`, with the default [`PackageLimits`].
    ///
    /// # Errors
    ///
    /// [`PackageError`] if the bytes are no gzip, if they are damaged, if there is no tar archive inside, or if a limit is passed.
    pub fn from_tgz(bytes: &[u8]) -> Result<Self, PackageError> {
        Self::read_tgz(bytes, &PackageLimits::default())
    }

    /// As [`Package::from_tgz`], with limits.
    ///
    /// # Errors
    ///
    /// As [`Package::from_tgz`].
    pub fn read_tgz(bytes: &[u8], limits: &PackageLimits) -> Result<Self, PackageError> {
        let mut findings = Vec::new();
        let data = gzip::unpack(bytes, limits, &mut findings)?;
        let members = tar::members(&data, limits)?;
        let mut package = Self::empty(limits);
        package.findings = findings;
        for (number, member) in (0..).zip(members) {
            match member {
                tar::Member::File(name, range) => package.add(&name, Content::Packed(range), number),
                tar::Member::NotFile => package.note(PackageCode::NotFile, number),
                tar::Member::NameNotText => package.note(PackageCode::UnsafeName, number),
            }
        }
        package.data = data;
        package.finish();
        Ok(package)
    }

    /// Makes a package of the files of a folder: names relative to the package, with or without a first `package/`.
    ///
    /// # Errors
    ///
    /// [`PackageError`] if a limit is passed.
    pub fn from_files<N, B>(files: impl IntoIterator<Item = (N, B)>) -> Result<Self, PackageError>
    where
        N: AsRef<str>,
        B: Into<Vec<u8>>,
    {
        Self::read_files(files, &PackageLimits::default())
    }

    /// As [`Package::from_files`], with limits.
    ///
    /// # Errors
    ///
    /// As [`Package::from_files`].
    pub fn read_files<N, B>(
        files: impl IntoIterator<Item = (N, B)>,
        limits: &PackageLimits,
    ) -> Result<Self, PackageError>
    where
        N: AsRef<str>,
        B: Into<Vec<u8>>,
    {
        let mut package = Self::empty(limits);
        let mut left = limits.bytes;
        for (number, (name, bytes)) in (0..).zip(files) {
            if number as usize >= limits.members {
                return Err(PackageError::new(PackageErrorKind::TooManyMembers, 0));
            }
            let bytes = bytes.into();
            left = left
                .checked_sub(bytes.len())
                .ok_or(PackageError::new(PackageErrorKind::TooLarge, 0))?;
            package.add(name.as_ref(), Content::Own(bytes), number);
        }
        package.finish();
        Ok(package)
    }

    fn empty(limits: &PackageLimits) -> Self {
        Self {
            data: Vec::new(),
            files: Vec::new(),
            manifest: Manifest::default(),
            findings: Vec::new(),
            limits: limits.clone(),
            by_url: OnceLock::new(),
        }
    }

    fn note(&mut self, code: PackageCode, member: u32) {
        if self.findings.len() < self.limits.findings {
            self.findings.push(PackageFinding::new(code, Some(member)));
        }
    }

    fn add(&mut self, path: &str, content: Content, number: u32) {
        let Some(name) = name::inside(path) else {
            return self.note(PackageCode::UnsafeName, number);
        };
        self.files.push(File {
            name,
            content,
            header: OnceLock::new(),
            document: OnceLock::new(),
        });
    }

    /// Sorts the files by name, leaves repeated ones out, and reads the manifest.
    fn finish(&mut self) {
        self.files.sort_by(|a, b| a.name.cmp(&b.name));
        let before = self.files.len();
        self.files.dedup_by(|later, first| later.name == first.name);
        for _ in self.files.len()..before {
            if self.findings.len() < self.limits.findings {
                self.findings
                    .push(PackageFinding::new(PackageCode::NameRepeated, None));
            }
        }
        let read = self.file("package.json").map(Manifest::read);
        let missing = match read {
            Some(Some(manifest)) => {
                self.manifest = manifest;
                return;
            }
            Some(None) => PackageCode::ManifestMalformed,
            None => PackageCode::ManifestMissing,
        };
        self.findings.push(PackageFinding::new(missing, None));
    }

    /// What `package.json` says; everything in it is absent if there is none.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What was left out or is missing.
    pub fn findings(&self) -> &[PackageFinding] {
        &self.findings
    }

    /// The names of all files, sorted: relative to the folder `package`.
    pub fn file_names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.files.iter().map(|file| file.name.as_str())
    }

    /// The bytes of a file, by its name.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        let place = self
            .files
            .binary_search_by(|file| file.name.as_str().cmp(name))
            .ok()?;
        self.files.get(place).map(|file| self.bytes(file))
    }

    fn bytes<'p>(&'p self, file: &'p File) -> &'p [u8] {
        match &file.content {
            Content::Packed(range) => self.data.get(range.clone()).unwrap_or_default(),
            Content::Own(bytes) => bytes,
        }
    }

    /// Type, id and so on of a file that is a resource.
    fn header(&self, place: u32) -> Option<&Header> {
        let file = self.files.get(place as usize)?;
        let is_resource = file.name.ends_with(".json")
            && file.name != "package.json"
            && !file.name.ends_with(".index.json");
        if !is_resource {
            return None;
        }
        let header = file.header.get_or_init(|| Header::read(self.bytes(file)));
        (!header.resource_type.is_empty()).then_some(header)
    }

    /// The resources of the package itself, in the order of the files' names. Those in folders below it, such as
    /// `example`, are in [`Package::resources_in`].
    ///
    /// ```
    /// # use carewire_fhir_model::package::Package;
    /// let package = Package::from_files([
    ///     ("ValueSet-b.json", br#"{"resourceType": "ValueSet", "url": "http://example.org/b"}"#.to_vec()),
    ///     ("example/Patient-c.json", br#"{"resourceType": "Patient", "id": "c"}"#.to_vec()),
    /// ])?;
    /// let urls: Vec<_> = package.resources().filter_map(|one| one.url()).collect();
    /// assert_eq!(urls, ["http://example.org/b"]);
    /// assert_eq!(package.resources_in("example").next().and_then(|one| one.id()), Some("c"));
    /// # Ok::<(), carewire_fhir_model::package::PackageError>(())
    /// ```
    pub fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        self.resources_in("")
    }

    /// The resources of a folder below the package, such as `example`; not those of folders below that.
    pub fn resources_in(&self, folder: &str) -> impl Iterator<Item = Resource<'_>> {
        let files = (0..).zip(&self.files);
        files.filter_map(move |(place, file)| {
            let above = file.name.rsplit_once('/').map_or("", |(above, _)| above);
            if above != folder {
                return None;
            }
            self.header(place)
                .map(|header| Resource::new(self, place, file, header))
        })
    }

    /// The resource with a canonical URL, `|version` included where it matters. Without a version the latest: the
    /// greatest by the numbers between the full stops.
    pub fn resource(&self, canonical: &str) -> Option<Resource<'_>> {
        let (url, version) = canonical
            .split_once('|')
            .map_or((canonical, None), |(url, version)| (url, Some(version)));
        let by_url = self.by_url.get_or_init(|| self.index_by_url());
        let found = by_url.get(url)?.iter().filter_map(|place| {
            let file = self.files.get(*place as usize)?;
            Some(Resource::new(self, *place, file, self.header(*place)?))
        });
        let fits = |one: &Resource<'_>| version.is_none_or(|version| one.version() == Some(version));
        found.filter(fits).reduce(|best, one| {
            if name::is_later(one.version(), best.version()) {
                one
            } else {
                best
            }
        })
    }

    fn index_by_url(&self) -> BTreeMap<String, Vec<u32>> {
        let mut by_url: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for resource in self.resources() {
            if let Some(url) = resource.url() {
                by_url.entry(url.into()).or_default().push(resource.place());
            }
        }
        by_url
    }

    /// What the package's `.index.json` says that is not so: files that are not there, other types, ids, URLs and versions. Empty
    /// if there is no index.
    pub fn index_findings(&self) -> Vec<PackageFinding> {
        self.file(".index.json")
            .map(|bytes| index::compare(self, bytes))
            .unwrap_or_default()
    }
}

impl fmt::Debug for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Package")
            .field("files", &self.files.len())
            .field("findings", &self.findings.len())
            .finish()
    }
}

/// The structure definitions of a package, each read once.
impl Definitions for Package {
    fn structure_definition(&self, canonical: &str) -> Option<&Document<'_>> {
        self.resource(canonical)
            .filter(|one| one.resource_type() == "StructureDefinition")
            .and_then(Resource::document)
    }
}
