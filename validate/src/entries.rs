//! What references inside a Bundle may name.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use carewire_fhir_model::Node;
use carewire_fhir_model::schema::TypeId;

/// The entries of a Bundle by what a reference may call them.
pub(crate) struct Entries<'a> {
    kind: Cow<'a, str>,
    /// The type of each resource by its `fullUrl`.
    types: HashMap<Cow<'a, str>, TypeId>,
    /// `Type/id` of each resource, and the end of each `fullUrl` that reads so.
    ids: HashSet<String>,
}

impl<'a> Entries<'a> {
    /// Reads the entries of a Bundle.
    pub(crate) fn of(bundle: Node<'a>) -> Self {
        let kind = bundle.child("type").and_then(Node::text).unwrap_or_default();
        let mut entries = Self {
            kind,
            types: HashMap::new(),
            ids: HashSet::new(),
        };
        for entry in bundle.children_named("entry") {
            let resource = entry.child("resource");
            let Some((resource, ty)) = resource.and_then(|resource| Some((resource, resource.type_id()?)))
            else {
                continue;
            };
            if let Some(url) = entry.child("fullUrl").and_then(Node::text) {
                if entries.is_closed()
                    && let Some(id) = url.rsplit('/').next()
                {
                    entries.ids.insert(format!("{ty}/{id}"));
                }
                entries.types.insert(url, ty);
            }
            if entries.is_closed()
                && let Some(id) = resource.child("id").and_then(Node::text)
            {
                entries.ids.insert(format!("{ty}/{id}"));
            }
        }
        entries
    }

    /// The `type` of the Bundle.
    pub(crate) fn kind(&self) -> &str {
        &self.kind
    }

    /// Whether references must lead to an entry: in a document and a message.
    pub(crate) fn is_closed(&self) -> bool {
        matches!(self.kind.as_ref(), "document" | "message")
    }

    /// The type of the resource with this `fullUrl`; a version and a fragment of a reference are left aside.
    pub(crate) fn type_at(&self, url: &str) -> Option<TypeId> {
        let url = url.split_once('#').map_or(url, |(url, _)| url);
        let url = url.split_once("/_history/").map_or(url, |(url, _)| url);
        self.types.get(url).copied()
    }

    /// Whether a relative reference, `Type/id`, names an entry.
    pub(crate) fn has_id(&self, reference: &str) -> bool {
        self.ids.contains(reference)
    }
}
