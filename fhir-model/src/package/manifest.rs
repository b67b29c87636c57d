//! The manifest of a package.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::document::{Document, Node};

/// What the `package.json` of a package says.
///
/// # Examples
///
/// See the [module](super).
///
/// Spec: [FHIR Package Specification](https://hl7.org/fhir/packages.html).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    name: Option<String>,
    version: Option<String>,
    canonical: Option<String>,
    title: Option<String>,
    fhir_versions: Vec<String>,
    dependencies: Vec<(String, String)>,
}

impl Manifest {
    /// `None` if it is no JSON object.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let document = Document::from_json(bytes).ok()?.document;
        let root = document.root();
        let text = |name: &str| root.child(name).and_then(Node::text).map(Cow::into_owned);
        let versions = ["fhirVersions", "fhir-version-list"];
        let versions = versions.into_iter().flat_map(|name| root.children_named(name));
        let mut fhir_versions: Vec<String> = Vec::new();
        for version in versions.filter_map(Node::text) {
            if !fhir_versions.iter().any(|known| *known == version) && fhir_versions.len() < 100 {
                fhir_versions.push(version.into_owned());
            }
        }
        let dependencies = root.child("dependencies");
        let dependencies = dependencies.into_iter().flat_map(Node::children);
        Some(Self {
            name: text("name"),
            version: text("version"),
            canonical: text("canonical"),
            title: text("title"),
            fhir_versions,
            dependencies: dependencies
                .filter_map(|one| Some((one.key().into(), one.text()?.into_owned())))
                .collect(),
        })
    }

    /// The name of the package, `hl7.fhir.us.core`.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Its version, `4.0.0`.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// What the canonical URLs of its resources start with.
    pub fn canonical(&self) -> Option<&str> {
        self.canonical.as_deref()
    }

    /// A name for people.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The versions of FHIR that it is for, `4.0.1`.
    pub fn fhir_versions(&self) -> &[String] {
        &self.fhir_versions
    }

    /// The packages that it needs: names and versions, in the order of the manifest.
    pub fn dependencies(&self) -> &[(String, String)] {
        &self.dependencies
    }
}
