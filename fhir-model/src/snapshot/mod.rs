//! Snapshots of profiles: from the differential of a profile and the snapshot of what it is derived from.
//!
//! The generator works over documents. It asks [`Definitions`] for the structure definitions that it needs: the base
//! of the profile, the types that the differential goes into, and the profiles that it names. Where one of those has no snapshot, it is
//! generated as well. What does not apply is a [`SnapshotFinding`] and is left out; the rest of the differential applies.
//!
//! ```
//! use carewire_fhir_model::Document;
//! use carewire_fhir_model::snapshot::{DefinitionSet, Snapshots};
//!
//! let base = br#"{"resourceType": "StructureDefinition", "url": "http://hl7.org/fhir/StructureDefinition/Basic", "type": "Basic",
//!     "snapshot": {"element": [{"path": "Basic", "min": 0, "max": "*"}, {"path": "Basic.code", "min": 1, "max": "1",
//!     "type": [{"code": "CodeableConcept"}]}, {"path": "Basic.subject", "min": 0, "max": "1", "type": [{"code": "Reference"}]}]}}"#;
//! let profile = br#"{"resourceType": "StructureDefinition", "url": "http://example.org/about", "type": "Basic", "derivation": "constraint",
//!     "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Basic", "differential": {"element": [
//!     {"path": "Basic.subject", "min": 1}, {"path": "Basic.subjekt", "min": 1}]}}"#;
//! let definitions = DefinitionSet::from_iter([Document::from_json(base)?.document]);
//! let profile = Document::from_json(profile)?.document;
//! let made = Snapshots::new(&definitions).generate(&profile)?;
//!
//! let snapshot = made.document.root().child("snapshot").ok_or("absent")?;
//! let subject = snapshot.children_named("element").nth(2).ok_or("absent")?;
//! assert_eq!(subject.child("path").and_then(|path| path.text()).as_deref(), Some("Basic.subject"));
//! assert_eq!(subject.child("min").and_then(|min| min.text()).as_deref(), Some("1"));
//! assert_eq!(
//!     made.findings[0].to_string(),
//!     "path-unknown: the base has no such element at StructureDefinition.differential.element[1]",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Spec: FHIR R4, [Profiling](https://hl7.org/fhir/R4/profiling.html).

mod apply;
mod change;
mod definitions;
mod error;
mod facts;
mod finding;
mod limits;
mod merge;
mod tree;
mod types;
mod unfold;
mod write;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

pub use definitions::{DefinitionSet, Definitions};
pub use error::{SnapshotError, SnapshotErrorKind};
pub use finding::{SnapshotCode, SnapshotFinding};
pub use limits::SnapshotLimits;

use crate::document::{Document, Node};
use crate::schema::TypeId;
use apply::Work;
use change::Changes;
use tree::Tree;

/// Generates snapshots. It keeps what it worked out for one profile for the next. `Debug` shows how many definitions it knows.
///
/// # Examples
///
/// See the [module](self).
#[derive(Clone)]
pub struct Snapshots<'d, D: ?Sized> {
    definitions: &'d D,
    limits: SnapshotLimits,
    regenerate: bool,
    known: BTreeMap<String, Known<'d>>,
    /// How many definitions are being generated, one for the sake of another.
    depth: usize,
}

/// What is known about a definition that was asked for.
#[derive(Clone)]
enum Known<'d> {
    InProgress,
    Made(Arc<Tree<'d>>),
    Failed(SnapshotErrorKind),
}

/// A profile with its snapshot, and what was found on the way.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Snapshot {
    /// The profile, whose snapshot is the one that was generated.
    pub document: Document<'static>,
    /// What of the differential does not apply, in its order. The findings about other profiles on the way are theirs.
    pub findings: Vec<SnapshotFinding>,
}

impl<'d, D: Definitions + ?Sized> Snapshots<'d, D> {
    /// A generator over definitions.
    pub fn new(definitions: &'d D) -> Self {
        Self {
            definitions,
            limits: SnapshotLimits::default(),
            regenerate: false,
            known: BTreeMap::new(),
            depth: 0,
        }
    }

    /// The same with other limits.
    #[must_use]
    pub fn limits(mut self, limits: SnapshotLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The same, but the snapshots that other profiles come with are not used: those are generated as well. The
    /// snapshots of the types themselves are always used.
    #[must_use]
    pub fn regenerate(mut self) -> Self {
        self.regenerate = true;
        self.known.clear();
        self
    }

    /// Generates the snapshot of a profile. One that it has already is replaced, and not looked at.
    ///
    /// What the schema does not know of the profile (see [`FindingCode::UnknownElement`](crate::FindingCode)) is not copied.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] if `profile` is no structure definition that constrains another, if it has no differential, if its base is
    /// not known, is derived from itself or has no snapshot and no differential, or if a limit is passed.
    pub fn generate<'p>(&mut self, profile: &'p Document<'p>) -> Result<Snapshot, SnapshotError>
    where
        'd: 'p,
    {
        let own = text_of(profile.root(), "url");
        let held = self.known.insert(own.clone(), Known::InProgress);
        let made = self.tree_of_profile(profile);
        match held {
            Some(held) => self.known.insert(own, held),
            None => self.known.remove(&own),
        };
        let (tree, findings) = made.map_err(SnapshotError)?;
        let document = write::document(profile, &tree, &self.limits).map_err(SnapshotError)?;
        Ok(Snapshot { document, findings })
    }

    /// The tree of a profile, from its differential.
    fn tree_of_profile<'p>(
        &mut self,
        profile: &'p Document<'p>,
    ) -> Result<(Tree<'p>, Vec<SnapshotFinding>), SnapshotErrorKind>
    where
        'd: 'p,
    {
        let root = profile.root();
        if root.type_id() != Some(TypeId::STRUCTURE_DEFINITION) {
            return Err(SnapshotErrorKind::NotStructureDefinition);
        }
        if text_of(root, "derivation") != "constraint" {
            return Err(SnapshotErrorKind::NotProfile);
        }
        let differential = root
            .child("differential")
            .ok_or(SnapshotErrorKind::NoDifferential)?;
        let base = self
            .tree(&text_of(root, "baseDefinition"))
            .map_err(|why| match why {
                SnapshotErrorKind::NotFound => SnapshotErrorKind::BaseUnknown,
                other => other,
            })?;
        let url: Arc<str> = text_of(root, "url").into();
        if differential.children_named("element").count() > self.limits.elements {
            return Err(SnapshotErrorKind::TooLarge);
        }
        let (changes, mut findings) = Changes::read(differential);
        let mut tree = Tree {
            root: base.root.clone(),
        };
        if let Some(top) = changes.root() {
            if changes.name(top) == &*tree.root.name {
                let mut work = Work {
                    snapshots: self,
                    changes: &changes,
                    base: &base,
                    url,
                    findings: Vec::new(),
                };
                work.apply(&mut tree.root, top, apply::Where::default());
                findings.append(&mut work.findings);
            } else {
                findings.push(SnapshotFinding::new(
                    SnapshotCode::PathUnknown,
                    changes.place(top),
                ));
            }
        }
        findings.sort_by_key(SnapshotFinding::element);
        findings.truncate(self.limits.findings);
        Ok((tree, findings))
    }

    /// The tree of a definition that is named by its canonical URL or as a type.
    fn tree(&mut self, canonical: &str) -> Result<Arc<Tree<'d>>, SnapshotErrorKind> {
        let url = types::url_of(canonical);
        let definition = match self.known.get(url.as_ref()) {
            Some(Known::Made(tree)) => return Ok(tree.clone()),
            Some(Known::Failed(why)) => return Err(*why),
            Some(Known::InProgress) => {
                // One that comes with a snapshot is no cycle.
                let definition = self.definitions.structure_definition(&url);
                return definition
                    .and_then(Tree::read)
                    .map(Arc::new)
                    .ok_or(SnapshotErrorKind::Cycle);
            }
            None => self.definitions.structure_definition(&url),
        };
        let Some(definition) = definition else {
            return Err(SnapshotErrorKind::NotFound);
        };
        let is_profile = text_of(definition.root(), "derivation") == "constraint";
        if !(self.regenerate && is_profile)
            && let Some(tree) = Tree::read(definition)
        {
            let tree = Arc::new(tree);
            self.known.insert(url.into_owned(), Known::Made(tree.clone()));
            return Ok(tree);
        }
        if self.depth >= self.limits.depth {
            return Err(SnapshotErrorKind::TooDeep);
        }
        let url = url.into_owned();
        self.known.insert(url.clone(), Known::InProgress);
        self.depth += 1;
        let made = self.tree_of_profile(definition);
        self.depth -= 1;
        let made = made.map(|(tree, _)| Arc::new(tree));
        let known = match &made {
            Ok(tree) => Known::Made(tree.clone()),
            Err(why) => Known::Failed(*why),
        };
        self.known.insert(url, known);
        made
    }
}

impl<D: ?Sized> fmt::Debug for Snapshots<'_, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshots")
            .field("known", &self.known.len())
            .finish_non_exhaustive()
    }
}

/// The text of a child, empty if there is none.
fn text_of(node: Node<'_>, name: &str) -> String {
    node.child(name)
        .and_then(Node::text)
        .map(alloc::borrow::Cow::into_owned)
        .unwrap_or_default()
}
