//! Going into the type of an element, or into the element it refers to.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::apply::Work;
use super::facts::Fact;
use super::finding::SnapshotCode;
use super::tree::{Branch, Tree};
use super::{Definitions, SnapshotErrorKind, types};

impl<'d: 'p, 'p, D: Definitions + ?Sized> Work<'_, 'd, 'p, D> {
    /// Gives a branch that ends the elements below it. Whether there are any now.
    pub(super) fn unfold(&mut self, branch: &mut Branch<'p>, at: usize) -> bool {
        if let Some(reference) = branch.facts.text("contentReference").map(|one| one.into_owned())
            && !self.follow(branch, &reference, at)
        {
            return false;
        }
        if !branch.groups.is_empty() {
            return true;
        }
        let nodes: Vec<_> = branch.facts.nodes("type").take(types::MOST).collect();
        let codes: BTreeSet<String> = nodes.iter().map(|ty| types::code_of(*ty)).collect();
        let code = match codes.first() {
            Some(code) if codes.len() == 1 => code.as_str(),
            // Every element has an id and extensions, whatever it is.
            Some(_) if self.goes_only_into_element(at) => "Element",
            Some(_) => return self.refuse(SnapshotCode::TypeAmbiguous, at),
            None => return self.refuse(SnapshotCode::TypeUnknown, at),
        };
        let profile = match nodes.as_slice() {
            [ty] => types::profile_of(*ty),
            _ => None,
        };
        let tree = profile.and_then(|profile| self.profile(&profile, at));
        let tree = tree.or_else(|| self.snapshots.tree(code).ok());
        match tree {
            Some(tree) if !tree.root.groups.is_empty() => {
                branch.groups = tree.root.groups.clone();
                true
            }
            _ => self.refuse(SnapshotCode::TypeUnknown, at),
        }
    }

    fn refuse(&mut self, code: SnapshotCode, at: usize) -> bool {
        self.note(code, at);
        false
    }

    fn goes_only_into_element(&self, at: usize) -> bool {
        self.changes
            .children(at)
            .iter()
            .all(|child| matches!(self.changes.name(*child), "id" | "extension"))
    }

    /// The tree of a profile of a type; it is noted if there is none.
    pub(super) fn profile(&mut self, canonical: &str, at: usize) -> Option<Arc<Tree<'d>>> {
        match self.snapshots.tree(canonical) {
            Ok(tree) => Some(tree),
            Err(SnapshotErrorKind::Cycle | SnapshotErrorKind::TooDeep) => {
                self.note(SnapshotCode::ProfileCycle, at);
                None
            }
            Err(_) => {
                self.note(SnapshotCode::ProfileUnknown, at);
                None
            }
        }
    }

    /// Puts what an element refers to in the place of the reference: `#Observation.referenceRange`.
    fn follow(&mut self, branch: &mut Branch<'p>, reference: &str, at: usize) -> bool {
        let (definition, path) = reference.split_once('#').unwrap_or(("", reference));
        let mut steps = path.split('.');
        let first = steps.next().unwrap_or_default();
        // A reference without a definition is to the type that declares the element, which is the base unless the
        // differential has gone into another.
        let own = if *self.base.root.name == *first {
            Some(self.base.clone())
        } else {
            None
        };
        let tree = match own {
            Some(tree) => Some(tree),
            None if definition.is_empty() => self.snapshots.tree(first).ok(),
            None => self.snapshots.tree(definition).ok(),
        };
        let Some(tree) = tree else {
            return self.refuse(SnapshotCode::ReferenceUnknown, at);
        };
        let mut target = &tree.root;
        for step in steps {
            let name = step.split(':').next().unwrap_or(step);
            let Some(group) = target.groups.iter().find(|group| *group.entry.name == *name) else {
                return self.refuse(SnapshotCode::ReferenceUnknown, at);
            };
            target = &group.entry;
        }
        branch.groups = target.groups.clone();
        branch.facts.remove("contentReference");
        let types: Vec<Fact<'p>> = target.facts.all("type").cloned().collect();
        branch.facts.set("type", types);
        true
    }
}
