//! What the references in a tree lead to.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::document::reference_key;
use crate::node::Node;

/// What the references in a tree lead to, listed once: each is then found without walking the tree again.
///
/// An evaluation makes one of its own where it needs it. Who evaluates many expressions over one tree keeps one, and answers
/// [`Node::resolve`] from it.
///
/// # Examples
///
/// ```
/// use carewire_fhir_model::Document;
/// use carewire_fhirpath::Targets;
///
/// let json = br#"{"resourceType":"Bundle","entry":[{"fullUrl":"urn:x:1","resource":{"resourceType":"Patient","id":"7"}}]}"#;
/// let bundle = Document::from_json(json)?.document;
/// let targets = Targets::of(bundle.root());
/// assert!(targets.find("urn:x:1").is_some() && targets.find("Patient/7/_history/2").is_some());
/// assert!(targets.find("Patient/8").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: FHIR R4, Bundle, 2.36.4.1 Resolving references in Bundles.
pub struct Targets<'a, N>(HashMap<Cow<'a, str>, N>);

impl<'a, N: Node<'a>> Targets<'a, N> {
    /// Lists what the references in the tree of a node can lead to.
    pub fn of(node: N) -> Self {
        let mut found = HashMap::new();
        node.each_target(&mut |key, target| {
            found.entry(key).or_insert(target);
        });
        Self(found)
    }

    /// How many references lead anywhere.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no reference leads anywhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The place that a reference leads to, whatever version it names. References inside a resource (`#id`) are not among them.
    #[must_use]
    pub fn find(&self, reference: &str) -> Option<N> {
        self.0.get(reference_key(reference)).copied()
    }
}
