//! Bundles: entries by type and by `fullUrl`, references resolved, transactions split and joined.
//!
//! ```
//! use carewire_fhir_model::Document;
//! use carewire_fhir_model::bundle::Bundle;
//! use carewire_fhir_model::schema::TypeId;
//!
//! let json = br##"{"resourceType": "Bundle", "type": "collection", "entry": [
//!     {"fullUrl": "http://example.org/fhir/Patient/1", "resource": {"resourceType": "Patient", "id": "1"}},
//!     {"fullUrl": "http://example.org/fhir/Observation/2", "resource": {"resourceType": "Observation",
//!         "contained": [{"resourceType": "Device", "id": "d"}],
//!         "subject": {"reference": "Patient/1"}, "device": {"reference": "#d"}}}]}"##;
//! let document = Document::from_json(json)?.document;
//! let bundle = Bundle::new(document.root()).ok_or("no Bundle")?;
//! let observation = bundle.entries_of(TypeId::OBSERVATION).next().and_then(|entry| entry.resource).ok_or("no entry")?;
//! let subject = observation.child("subject").ok_or("no subject")?;
//! assert_eq!(bundle.resolve(subject).node().and_then(|node| node.type_id()), Some(TypeId::PATIENT));
//! let device = observation.child("device").ok_or("no device")?;
//! assert_eq!(bundle.resolve(device).node().map(|node| node.path()).as_deref(), Some("Bundle.entry[1].resource.contained[0]"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Spec: <https://hl7.org/fhir/R4/bundle.html>

mod join;
mod split;
mod url;

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

pub use join::{JoinError, join};
pub use split::SplitError;

use crate::document::Node;
use crate::schema::TypeId;

/// A Bundle with an index of its entries: making it costs one pass, and a reference is then looked up, not searched.
///
/// Without a Bundle it resolves into contained resources: any resource can be given to [`Bundle::index`].
#[derive(Clone, Debug)]
pub struct Bundle<'d> {
    root: Node<'d>,
    entries: Vec<Entry<'d>>,
    by_url: BTreeMap<Cow<'d, str>, Vec<u32>>,
    by_version: BTreeMap<(Cow<'d, str>, Cow<'d, str>), Vec<u32>>,
    by_type: BTreeMap<TypeId, Vec<u32>>,
    containers: Vec<Container>,
    /// Contained resources by the number of their container and their id.
    contained: BTreeMap<(u32, Cow<'d, str>), Node<'d>>,
}

/// An entry of a Bundle. `Debug` shows places, no values.
#[derive(Clone)]
#[non_exhaustive]
pub struct Entry<'d> {
    /// The entry.
    pub node: Node<'d>,
    /// Its resource.
    pub resource: Option<Node<'d>>,
    /// Its `fullUrl`.
    pub full_url: Option<Cow<'d, str>>,
}

impl core::fmt::Debug for Entry<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Entry")
            .field("node", &self.node)
            .field("resource", &self.resource)
            .field("full_url", &self.full_url.is_some())
            .finish()
    }
}

/// What a reference points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resolution<'d> {
    /// One resource.
    Resource(Node<'d>),
    /// Several entries have the URL, and the reference names no version: it is not said which is meant.
    Ambiguous,
    /// Nothing here.
    NotFound,
}

impl<'d> Resolution<'d> {
    /// The resource if there is exactly one.
    pub fn node(self) -> Option<Node<'d>> {
        match self {
            Self::Resource(node) => Some(node),
            Self::Ambiguous | Self::NotFound => None,
        }
    }
}

/// A resource that is not contained: of an entry, or the root.
#[derive(Clone, Debug)]
struct Container {
    start: u32,
    end: u32,
    /// The number of the one around it.
    outer: Option<u32>,
    /// The number of its entry.
    entry: Option<u32>,
}

impl<'d> Bundle<'d> {
    /// The index of a Bundle. `None` if the node is no Bundle.
    pub fn new(bundle: Node<'d>) -> Option<Self> {
        (bundle.type_id() == Some(TypeId::BUNDLE)).then(|| Self::index(bundle))
    }

    /// The index of any resource: of one that is no Bundle its contained resources.
    pub fn index(root: Node<'d>) -> Self {
        let mut index = Self {
            root,
            entries: Vec::new(),
            by_url: BTreeMap::new(),
            by_version: BTreeMap::new(),
            by_type: BTreeMap::new(),
            containers: Vec::new(),
            contained: BTreeMap::new(),
        };
        index.container(root, None, None);
        if root.type_id() == Some(TypeId::BUNDLE) {
            for node in root.children_named("entry") {
                index.entry(node);
            }
        }
        index
    }

    fn entry(&mut self, node: Node<'d>) {
        let number = self.entries.len() as u32;
        let resource = node.child("resource");
        let full_url = node.child("fullUrl").and_then(Node::text);
        if let Some(resource) = resource {
            if let Some(ty) = resource.type_id() {
                self.by_type.entry(ty).or_default().push(number);
            }
            if let Some(url) = &full_url {
                self.by_url.entry(url.clone()).or_default().push(number);
                let version = resource.child("meta").and_then(|meta| meta.child("versionId"));
                if let Some(version) = version.and_then(Node::text) {
                    let of_version = self.by_version.entry((url.clone(), version)).or_default();
                    of_version.push(number);
                }
            }
            self.container(resource, Some(0), Some(number));
        }
        self.entries.push(Entry {
            node,
            resource,
            full_url,
        });
    }

    fn container(&mut self, resource: Node<'d>, outer: Option<u32>, entry: Option<u32>) {
        let number = self.containers.len() as u32;
        self.containers.push(Container {
            start: resource.index(),
            end: resource.slot().next(resource.index()),
            outer,
            entry,
        });
        for contained in resource.children_named("contained") {
            if let Some(id) = contained.child("id").and_then(Node::text) {
                // The first of two with one id.
                self.contained.entry((number, id)).or_insert(contained);
            }
        }
    }

    /// The Bundle, or what was indexed.
    pub fn root(&self) -> Node<'d> {
        self.root
    }

    /// Its entries in their order.
    pub fn entries(&self) -> &[Entry<'d>] {
        &self.entries
    }

    /// The entries whose resource is of a type, in their order.
    pub fn entries_of(&self, ty: TypeId) -> impl Iterator<Item = &Entry<'d>> {
        let numbers = self.by_type.get(&ty).map_or(&[][..], Vec::as_slice);
        numbers
            .iter()
            .filter_map(|number| self.entries.get(*number as usize))
    }

    /// The entries with a `fullUrl` and a resource: several in a history.
    pub fn entries_at(&self, full_url: &str) -> impl Iterator<Item = &Entry<'d>> {
        let numbers = self.by_url.get(full_url).map_or(&[][..], Vec::as_slice);
        numbers
            .iter()
            .filter_map(|number| self.entries.get(*number as usize))
    }

    /// What a node points to: a Reference by its `reference`, or a primitive such as a `uri` by its text.
    ///
    /// See [`Bundle::resolve_from`].
    pub fn resolve(&self, reference: Node<'d>) -> Resolution<'d> {
        let text = match reference.type_id() {
            Some(TypeId::REFERENCE) => reference.child("reference").and_then(Node::text),
            _ => reference.text(),
        };
        text.map_or(Resolution::NotFound, |text| self.resolve_from(reference, &text))
    }

    /// What a reference that stands at a node points to.
    ///
    /// `#id` is a resource contained in the one that holds the node, `#` that resource itself. A relative reference
    /// is put behind the base of the `fullUrl` of its entry if that is a RESTful URL; where it is none, as with
    /// `urn:uuid:`, there is nothing it could be relative to. An absolute one is compared with every `fullUrl`. A
    /// version, `/_history/3`, is compared with `meta.versionId`.
    ///
    /// Spec: <https://hl7.org/fhir/R4/bundle.html#references>
    pub fn resolve_from(&self, node: Node<'_>, reference: &str) -> Resolution<'d> {
        let container = self.container_of(node.index());
        if let Some(id) = reference.strip_prefix('#') {
            let found = container.and_then(|number| {
                if id.is_empty() {
                    let start = self.containers.get(number as usize)?.start;
                    return self.root.document().node(start);
                }
                self.contained.get(&(number, Cow::Borrowed(id))).copied()
            });
            return found.map_or(Resolution::NotFound, Resolution::Resource);
        }
        let (reference, version) = url::without_version(reference);
        let absolute = if url::is_absolute(reference) {
            Cow::Borrowed(reference)
        } else {
            let entry = container.and_then(|number| self.containers.get(number as usize)?.entry);
            let entry = entry.and_then(|entry| self.entries.get(entry as usize));
            let base = entry.and_then(|entry| url::base(entry.full_url.as_deref()?));
            match base.filter(|_| url::is_relative(reference)) {
                Some(base) => Cow::Owned([base, reference].concat()),
                None => return Resolution::NotFound,
            }
        };
        let numbers = match version {
            Some(version) => self.by_version.get(&(absolute, Cow::Borrowed(version))),
            None => self.by_url.get(&absolute),
        };
        match numbers.map_or(&[][..], Vec::as_slice) {
            [] => Resolution::NotFound,
            [number] => {
                let resource = self
                    .entries
                    .get(*number as usize)
                    .and_then(|entry| entry.resource);
                resource.map_or(Resolution::NotFound, Resolution::Resource)
            }
            [_, ..] => Resolution::Ambiguous,
        }
    }

    /// The number of the innermost container that holds a node.
    fn container_of(&self, index: u32) -> Option<u32> {
        let after = self.containers.partition_point(|one| one.start <= index);
        let mut number = u32::try_from(after.checked_sub(1)?).ok();
        while let Some(container) = number.and_then(|number| self.containers.get(number as usize)) {
            if index < container.end {
                return number;
            }
            number = container.outer;
        }
        None
    }

    /// The number of the entry that holds a node.
    fn entry_of(&self, index: u32) -> Option<u32> {
        let container = self.container_of(index)?;
        self.containers.get(container as usize)?.entry
    }
}
