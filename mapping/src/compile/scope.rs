//! The variables in sight while a group is compiled.

use std::cell::Cell;

use super::codes::Bound;
use super::types::Type;
use crate::diagnostic::Span;
use crate::program::Slot;
use crate::syntax::{Name, Word};

/// A variable in sight.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) name: Word,
    /// Where it was declared.
    span: Span,
    is_used: Cell<bool>,
    /// What its element holds codes of.
    pub(super) bound: Option<Bound>,
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
            span: name.span,
            is_used: Cell::new(false),
            bound: None,
            slot,
            ty,
            is_target,
        });
    }

    pub(super) fn find(&self, name: &str) -> Option<&Variable> {
        let found = self
            .variables
            .iter()
            .rev()
            .find(|variable| variable.name == name)?;
        found.is_used.set(true);
        Some(found)
    }

    /// Says of the variable declared last that it is the element of a source, and what that holds codes of. The language wants a
    /// variable of every such element, whether it is used or not.
    pub(super) fn is_element(&mut self, bound: Option<Bound>) {
        if let Some(last) = self.variables.last_mut() {
            last.bound = bound;
            last.is_used.set(true);
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| variable.name.as_str())
    }

    /// What to give to [`Scope::leave`] at the end of a rule.
    pub(super) fn enter(&self) -> (usize, Slot) {
        (self.variables.len(), self.next)
    }

    /// Gives the variables that end here and were never used.
    pub(super) fn leave(&mut self, mark: (usize, Slot)) -> Vec<(Word, Span)> {
        self.next = mark.1;
        let ended = self.variables.drain(mark.0.min(self.variables.len())..);
        ended
            .filter(|variable| !variable.is_used.get() && !variable.name.starts_with('_'))
            .map(|variable| (variable.name, variable.span))
            .collect()
    }

    /// How many slots a call needs.
    pub(super) fn frame(&self) -> Slot {
        self.highest
    }
}
