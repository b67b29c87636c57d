//! What was read of the messages: one bit for each byte, of which most of a large message need no memory.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;

use super::hash::Seeded;

/// The bits of so many bytes lie side by side; those of what is behind, only where one is set.
const NEAR: usize = 1 << 20;
/// So many bits behind lie side by side.
const PAGE: usize = 1 << 15;

/// The words of a page.
type Page = [u64; PAGE / 64];

pub(super) struct Read {
    near: Box<[Cell<u64>]>,
    far: RefCell<HashMap<usize, Box<Page>, Seeded>>,
}

impl Read {
    /// Nothing was read of so many bytes.
    pub(super) fn none_of(bytes: usize) -> Self {
        Self {
            near: vec![Cell::new(0); bytes.min(NEAR) / 64 + 1].into(),
            far: RefCell::default(),
        }
    }

    #[inline]
    pub(super) fn mark(&self, at: usize) {
        match self.near.get(at / 64) {
            Some(word) => word.set(word.get() | 1 << (at % 64)),
            None => self.mark_far(at),
        }
    }

    #[cold]
    fn mark_far(&self, at: usize) {
        let mut far = self.far.borrow_mut();
        let page = far.entry(at / PAGE).or_insert_with(|| Box::new([0; PAGE / 64]));
        if let Some(word) = page.get_mut(at % PAGE / 64) {
            *word |= 1 << (at % 64);
        }
    }

    pub(super) fn mark_range(&self, range: Range<usize>) {
        range.for_each(|at| self.mark(at));
    }

    pub(super) fn has(&self, at: usize) -> bool {
        let word = match self.near.get(at / 64) {
            Some(word) => word.get(),
            None => {
                let far = self.far.borrow();
                let word = far.get(&(at / PAGE)).and_then(|page| page.get(at % PAGE / 64));
                word.copied().unwrap_or_default()
            }
        };
        word >> (at % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_was_read_however_far_it_is() {
        let read = Read::none_of(1 << 40);
        let marked = [
            0,
            63,
            64,
            NEAR - 1,
            NEAR,
            NEAR + 63,
            NEAR + 64,
            5 * NEAR + PAGE,
            1 << 39,
        ];
        marked.iter().for_each(|at| read.mark(*at));
        read.mark_range(3 * NEAR - 2..3 * NEAR + 2);
        for at in marked.into_iter().chain(3 * NEAR - 2..3 * NEAR + 2) {
            assert!(read.has(at), "{at}");
        }
        for at in [
            1,
            62,
            65,
            NEAR - 2,
            NEAR + 1,
            NEAR + 65,
            3 * NEAR - 3,
            3 * NEAR + 2,
            5 * NEAR,
            1 << 38,
        ] {
            assert!(!read.has(at), "{at}");
        }
        assert!(read.far.borrow().len() <= 6);
        assert!(!Read::none_of(10).has(1000));
    }
}
