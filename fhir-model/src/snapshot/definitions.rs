//! Where structure definitions come from.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::text_of;
use crate::document::Document;

/// Finds structure definitions by their canonical URLs.
///
/// A slice or vector of sources is a source itself: the first that has the definition gives it.
///
/// # Examples
///
/// ```
/// use carewire_fhir_model::Document;
/// use carewire_fhir_model::snapshot::{DefinitionSet, Definitions};
///
/// let text = br#"{"resourceType": "StructureDefinition", "url": "http://example.org/a", "version": "1.0"}"#;
/// let (first, second) = (DefinitionSet::default(), DefinitionSet::from_iter([Document::from_json(text)?.document]));
/// let both = [first, second];
/// assert!(both.structure_definition("http://example.org/a").is_some());
/// assert!(both.structure_definition("http://example.org/a|1.0").is_some());
/// assert!(both.structure_definition("http://example.org/a|2.0").is_none());
/// # Ok::<(), carewire_fhir_model::Error>(())
/// ```
///
/// Spec: FHIR R4, [canonical](https://hl7.org/fhir/R4/references.html#canonical).
pub trait Definitions {
    /// The definition with a canonical URL, `|version` included where it matters. A type of the standard is asked for as
    /// `http://hl7.org/fhir/StructureDefinition/Patient`.
    fn structure_definition(&self, canonical: &str) -> Option<&Document<'_>>;
}

impl<D: Definitions + ?Sized> Definitions for &D {
    fn structure_definition(&self, canonical: &str) -> Option<&Document<'_>> {
        (**self).structure_definition(canonical)
    }
}

impl<D: Definitions> Definitions for [D] {
    fn structure_definition(&self, canonical: &str) -> Option<&Document<'_>> {
        self.iter().find_map(|one| one.structure_definition(canonical))
    }
}

impl<D: Definitions, const N: usize> Definitions for [D; N] {
    fn structure_definition(&self, canonical: &str) -> Option<&Document<'_>> {
        self.as_slice().structure_definition(canonical)
    }
}

impl<D: Definitions> Definitions for Vec<D> {
    fn structure_definition(&self, canonical: &str) -> Option<&Document<'_>> {
        self.as_slice().structure_definition(canonical)
    }
}

/// Structure definitions in memory, found by their URLs. `Debug` shows how many there are.
///
/// # Examples
///
/// See [`Definitions`].
#[derive(Clone, Default)]
pub struct DefinitionSet<'a> {
    documents: Vec<Document<'a>>,
    by_url: BTreeMap<String, Vec<usize>>,
}

impl<'a> DefinitionSet<'a> {
    /// Adds a definition. Of two with one URL and version the first counts.
    pub fn add(&mut self, definition: Document<'a>) {
        let url = text_of(definition.root(), "url");
        self.by_url.entry(url).or_default().push(self.documents.len());
        self.documents.push(definition);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }
}

impl fmt::Debug for DefinitionSet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DefinitionSet")
            .field("documents", &self.len())
            .finish()
    }
}

impl<'a> FromIterator<Document<'a>> for DefinitionSet<'a> {
    fn from_iter<I: IntoIterator<Item = Document<'a>>>(definitions: I) -> Self {
        let mut set = Self::default();
        set.extend(definitions);
        set
    }
}

impl<'a> Extend<Document<'a>> for DefinitionSet<'a> {
    fn extend<I: IntoIterator<Item = Document<'a>>>(&mut self, definitions: I) {
        for definition in definitions {
            self.add(definition);
        }
    }
}

impl Definitions for DefinitionSet<'_> {
    fn structure_definition(&self, canonical: &str) -> Option<&Document<'_>> {
        let (url, version) = canonical
            .split_once('|')
            .map_or((canonical, None), |(url, version)| (url, Some(version)));
        self.by_url
            .get(url)?
            .iter()
            .filter_map(|place| self.documents.get(*place))
            .find(|one| version.is_none_or(|version| text_of(one.root(), "version") == version))
    }
}
