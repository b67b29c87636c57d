//! A resource of a package.

use core::fmt;

use super::header::Header;
use super::{File, Package};
use crate::document::{Document, Read};
use crate::error::Error;

/// A resource of a package: a handle that is copied freely. Nothing of it was read yet but what it says it is.
///
/// `Debug` shows its type.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::package::Package;
/// let text = br#"{"resourceType": "ValueSet", "id": "b", "url": "http://example.org/b", "title": "B"}"#;
/// let package = Package::from_files([("ValueSet-b.json", text.to_vec())])?;
/// let resource = package.resource("http://example.org/b").ok_or("not found")?;
/// assert_eq!((resource.resource_type(), resource.file_name()), ("ValueSet", "ValueSet-b.json"));
/// let title = resource.document().and_then(|one| one.root().child("title"));
/// assert_eq!(title.and_then(|title| title.text()).as_deref(), Some("B"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Resource<'p> {
    package: &'p Package,
    place: u32,
    file: &'p File,
    header: &'p Header,
}

impl<'p> Resource<'p> {
    pub(super) fn new(package: &'p Package, place: u32, file: &'p File, header: &'p Header) -> Self {
        Self {
            package,
            place,
            file,
            header,
        }
    }

    pub(super) fn place(self) -> u32 {
        self.place
    }

    /// The name of its file, relative to the folder `package`.
    pub fn file_name(self) -> &'p str {
        &self.file.name
    }

    /// Its `resourceType`, as it is written.
    pub fn resource_type(self) -> &'p str {
        &self.header.resource_type
    }

    /// Its id.
    pub fn id(self) -> Option<&'p str> {
        self.header.id.as_deref()
    }

    /// Its canonical URL.
    pub fn url(self) -> Option<&'p str> {
        self.header.url.as_deref()
    }

    /// Its own version, not that of the package.
    pub fn version(self) -> Option<&'p str> {
        self.header.version.as_deref()
    }

    /// Its JSON.
    pub fn bytes(self) -> &'p [u8] {
        self.package.bytes(self.file)
    }

    /// Reads it, with all findings.
    ///
    /// # Errors
    ///
    /// As [`Document::from_json`].
    pub fn read(self) -> Result<Read<'p>, Error> {
        Document::from_json(self.bytes())
    }

    /// The document, which is read once and kept as long as the package; `None` if it cannot be read. It has a
    /// text of its own.
    pub fn document(self) -> Option<&'p Document<'p>> {
        let document = self.file.document.get_or_init(|| {
            let read = Document::from_json_vec(self.bytes().to_vec());
            read.ok().map(|read| read.document)
        });
        document.as_ref()
    }
}

impl fmt::Debug for Resource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("type", &self.header.resource_type)
            .finish_non_exhaustive()
    }
}
