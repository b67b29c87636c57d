//! The variables in sight while a group is compiled.

use super::types::Type;
use crate::program::Slot;
use crate::syntax::Name;

/// A variable in sight.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) slot: Slot,
    pub(super) ty: Type,
    pub(super) is_target: bool,
}

/// The variables of one group, innermost last.
#[derive(Default)]
pub(super) struct Scope {
    variables: Vec<Variable>,
    next: Slot,
    highest: Slot,
}

impl Scope {
    /// A new slot; `u16::MAX` rules deep, slots would run out before memory does, and the last is then shared.
    pub(super) fn slot(&mut self) -> Slot {
        let slot = self.next;
        self.next = self.next.saturating_add(1);
        self.highest = self.highest.max(self.next);
        slot
    }

    pub(super) fn declare(&mut self, name: &Name, slot: Slot, ty: Type, is_target: bool) {
        self.variables.push(Variable {
            name: name.text.clone(),
            slot,
            ty,
            is_target,
        });
    }

    pub(super) fn find(&self, name: &str) -> Option<&Variable> {
        self.variables.iter().rev().find(|variable| variable.name == name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| variable.name.as_str())
    }

    /// What to give to [`Scope::leave`] at the end of a rule.
    pub(super) fn enter(&self) -> (usize, Slot) {
        (self.variables.len(), self.next)
    }

    pub(super) fn leave(&mut self, mark: (usize, Slot)) {
        self.variables.truncate(mark.0);
        self.next = mark.1;
    }

    /// How many slots a call needs.
    pub(super) fn frame(&self) -> Slot {
        self.highest
    }
}
