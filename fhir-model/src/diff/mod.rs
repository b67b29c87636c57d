//! The differences of two documents: a list of changes that makes one of the other, and the one of the other again.
//!
//! [`Document::diff`] compares the elements of two resources of one type. A [`Change`] has its kind, where it stands
//! in the old document and in the new one, and the nodes there. [`Diff::apply`] makes the new document of the old one
//! through an [`Edit`], so that what no change names keeps its text; [`Diff::inverse`] is the way back.
//!
//! # What is a change
//!
//! - Elements are compared, not text: the order of keys, white space and escapes do not matter, nor whether JSON has an
//!   element in an array that should not be. Numbers are compared by their digits: `1.0` and `1.00` say different things.
//! - A primitive is one value with its id and extensions, and is replaced whole. So is a choice whose type is another
//!   one, a resource of another type, and an element whose JSON is so far from FHIR that no edit can change it in part:
//!   a key twice in one object, an array in an array.
//! - What stands under a key that the schema does not have is one value, list or not.
//!
//! # Which entries of a list belong together
//!
//! 1. Equal ones at the start of both lists, and at the end.
//! 2. Of the rest, equal ones wherever they stand; of several the first with the first.
//! 3. Of the rest, those of the same name: what they have as `id` (of a resource with its type), else as `linkId`,
//!    `fullUrl` or `url`.
//! 4. What belongs together by now and keeps its order stays: the longest such row of entries. The others are moves.
//! 5. Of the rest, entries without a name that stand between the same two that stay, the first with the first.
//!
//! Entries that belong together are compared in turn; the rest is deleted and added. Every step is linear in the
//! size of the documents but for sorting: there is no table of all pairs.
//!
//! ```
//! use carewire_fhir_model::Document;
//! use carewire_fhir_model::diff::ChangeKind;
//!
//! let read = |json: &'static str| Document::from_json(json.as_bytes()).map(|read| read.document);
//! let old = read(r#"{"resourceType": "Patient", "name": [{"family": "Doe", "given": ["Ann", "Eve"]}], "active": true}"#)?;
//! let new = read(r#"{"resourceType": "Patient", "name": [{"family": "Roe", "given": ["Eve", "Ann", "Zoe"]}]}"#)?;
//!
//! let diff = old.diff(&new)?;
//! let changes: Vec<_> = diff.changes().iter().map(|change| (change.kind(), change.path())).collect();
//! assert_eq!(
//!     changes,
//!     [
//!         (ChangeKind::Delete, "Patient.active"),
//!         (ChangeKind::Move, "Patient.name[0].given[1]"),
//!         (ChangeKind::Add, "Patient.name[0].given[2]"),
//!         (ChangeKind::Replace, "Patient.name[0].family"),
//!     ],
//! );
//! let family = &diff.changes()[3];
//! assert_eq!(family.old_node().and_then(|node| node.text()).as_deref(), Some("Doe"));
//! assert_eq!(family.new_node().and_then(|node| node.text()).as_deref(), Some("Roe"));
//!
//! assert!(diff.apply()?.is_equivalent(&new));
//! assert!(diff.inverse().apply()?.is_equivalent(&old));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod apply;
mod hash;
mod list;
mod object;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use thiserror::Error;

use crate::document::{Document, Node};
#[cfg(doc)]
use crate::edit::Edit;

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// Something new: there is no old node.
    Add,
    /// Something is gone: there is no new node.
    Delete,
    /// Something else stands in its place.
    Replace,
    /// An entry of a list stands at another place among those that stay. What changed inside of it is told apart.
    Move,
}

/// Where a change stands in one of the documents.
#[derive(Clone)]
struct Side<'d> {
    node: Node<'d>,
    /// The entry before it in its list.
    before: Option<Node<'d>>,
    /// Its place in the list.
    index: usize,
    path: String,
}

/// One change: see [the module](self). `Debug` shows kind and paths without keys of the input, no value.
#[derive(Clone)]
pub struct Change<'o, 'n> {
    kind: ChangeKind,
    old: Option<Side<'o>>,
    new: Option<Side<'n>>,
    /// The objects that it is in.
    parents: (Node<'o>, Node<'n>),
    /// Whether it is all that stands under an unknown key.
    is_unknown: bool,
    /// Changes of one pair of objects or lists have one number; they are done one after the other.
    block: u32,
}

impl<'o, 'n> Change<'o, 'n> {
    /// What it does.
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// The node in the old document; of an unknown key with a list its first one. `None` if it is an addition.
    pub fn old_node(&self) -> Option<Node<'o>> {
        self.old.as_ref().map(|side| side.node)
    }

    /// The node in the new document, as [`Change::old_node`]. `None` if it is a deletion.
    pub fn new_node(&self) -> Option<Node<'n>> {
        self.new.as_ref().map(|side| side.node)
    }

    /// Where it stands, as a FHIRPath counted from 0: in the old document, and of an addition in the new one.
    ///
    /// An unknown element has its key, which comes from the input.
    pub fn path(&self) -> &str {
        self.old_path().or(self.new_path()).unwrap_or_default()
    }

    /// Where it stands in the old document.
    pub fn old_path(&self) -> Option<&str> {
        self.old.as_ref().map(|side| side.path.as_str())
    }

    /// Where it stands in the new document.
    pub fn new_path(&self) -> Option<&str> {
        self.new.as_ref().map(|side| side.path.as_str())
    }

    /// Its place in the order in which the changes of one block are done: what goes, then what comes, from the start
    /// of the list on.
    fn order(&self) -> (u32, bool, usize) {
        let comes = matches!(self.kind, ChangeKind::Add | ChangeKind::Move);
        let place = if comes {
            self.new.as_ref().map(|side| side.index)
        } else {
            self.old.as_ref().map(|side| side.index)
        };
        (self.block, comes, place.unwrap_or_default())
    }

    fn inverse(&self) -> Change<'n, 'o> {
        Change {
            kind: match self.kind {
                ChangeKind::Add => ChangeKind::Delete,
                ChangeKind::Delete => ChangeKind::Add,
                ChangeKind::Replace => ChangeKind::Replace,
                ChangeKind::Move => ChangeKind::Move,
            },
            old: self.new.clone(),
            new: self.old.clone(),
            parents: (self.parents.1, self.parents.0),
            is_unknown: self.is_unknown,
            block: self.block,
        }
    }
}

impl fmt::Debug for Change<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change")
            .field("kind", &self.kind)
            .field("old", &self.old_node())
            .field("new", &self.new_node())
            .finish()
    }
}

/// The changes between two documents: see [the module](self).
#[derive(Clone)]
pub struct Diff<'o, 'n> {
    old: &'o Document<'o>,
    new: &'n Document<'n>,
    changes: Vec<Change<'o, 'n>>,
    /// Entries of changed lists that belong together: by the new node the old one.
    pairs: BTreeMap<u32, u32>,
}

impl<'o, 'n> Diff<'o, 'n> {
    /// The changes in the order in which they are done: those of an object before those inside of its elements, and
    /// in a list what goes before what comes.
    pub fn changes(&self) -> &[Change<'o, 'n>] {
        &self.changes
    }

    /// Whether there is no change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The changes that make the old document of the new one.
    #[must_use]
    pub fn inverse(&self) -> Diff<'n, 'o> {
        let mut changes: Vec<_> = self.changes.iter().map(Change::inverse).collect();
        changes.sort_by_key(Change::order);
        Diff {
            old: self.new,
            new: self.old,
            changes,
            pairs: self.pairs.iter().map(|(new, old)| (*old, *new)).collect(),
        }
    }
}

impl fmt::Debug for Diff<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.changes).finish()
    }
}

/// Why two documents have no list of changes: the resource itself would have to be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DiffError {
    /// One is another resource than the other.
    #[error("the documents are resources of different types")]
    OtherType,
    /// They differ directly in the resource in something that no edit can change: a key that is there twice, an array
    /// inside an array, a value of another sort than the element's, several values where there may be one.
    #[error("the documents differ in what is no FHIR: a key twice, or a value of the wrong sort")]
    Malformed,
}

impl Document<'_> {
    /// The changes that make `new` of this document: see [`diff`](self).
    ///
    /// Two typed values are compared by the documents that `to_document` makes of them.
    ///
    /// # Errors
    ///
    /// [`DiffError`] if the resource itself would have to be replaced. Documents that were read without a finding and
    /// are of one type always have a difference.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(feature = "typed")] {
    /// use carewire_fhir_model::r4::Patient;
    /// use carewire_fhir_model::to_document;
    ///
    /// let before = Patient { active: Some(true), ..Patient::default() };
    /// let after = Patient { active: Some(false), ..before.clone() };
    /// let (before, after) = (to_document(&before).expect("small"), to_document(&after).expect("small"));
    /// let diff = before.diff(&after).expect("both are patients");
    /// assert_eq!(diff.changes()[0].path(), "Patient.active");
    /// # }
    /// ```
    pub fn diff<'o, 'n>(&'o self, new: &'n Document<'_>) -> Result<Diff<'o, 'n>, DiffError> {
        object::diff(self, new)
    }
}
