//! What every operation of an evaluation gave.

use std::cell::{Cell, RefCell};

use crate::item::Item;
use crate::node::Node;
use crate::program::OpId;

/// The notes of one evaluation.
pub(crate) struct Watch<'a, N> {
    /// By operation.
    seen: RefCell<Vec<Seen<'a, N>>>,
    count: Cell<usize>,
}

/// How often an operation was evaluated, and all it gave.
pub(crate) struct Seen<'a, N> {
    pub(crate) times: u64,
    pub(crate) items: Vec<Item<'a, N>>,
}

impl<'a, N: Node<'a>> Watch<'a, N> {
    pub(super) fn new(operations: usize) -> Self {
        let none = || Seen {
            times: 0,
            items: Vec::new(),
        };
        Self {
            seen: RefCell::new((0..operations).map(|_| none()).collect()),
            count: Cell::new(0),
        }
    }

    pub(super) fn begin(&self, id: OpId) {
        if let Some(seen) = self.seen.borrow_mut().get_mut(id.0 as usize) {
            seen.times += 1;
        }
    }

    /// Notes an item; false if there are more than `most`.
    pub(super) fn note(&self, id: OpId, item: &Item<'a, N>, most: usize) -> bool {
        self.count.set(self.count.get() + 1);
        if let Some(seen) = self.seen.borrow_mut().get_mut(id.0 as usize) {
            seen.items.push(item.clone());
        }
        self.count.get() <= most
    }

    pub(crate) fn into_seen(self) -> Vec<Seen<'a, N>> {
        self.seen.into_inner()
    }
}
