//! A collection without doubles: `union`, `distinct`, `repeat`.

use std::ops::ControlFlow;

use super::run::{Out, Run, Step};
use crate::item::Item;
use crate::node::Node;
use crate::program::OpId;

/// How many items are compared one by one before a table is made.
const FEW: usize = 8;

/// How many children of a place its print looks at for a text.
const LOOKED_AT: usize = 3;

/// Items of which no two are equal.
///
/// Each has a print: items that are equal have the same, so that only those are compared.
pub(crate) struct Seen<'a, N> {
    items: Vec<(u64, Item<'a, N>)>,
    /// By print, the number of an item and one; 0 for none. As long as a power of two; empty for few items.
    table: Vec<u32>,
}

impl<N> Default for Seen<'_, N> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            table: Vec::new(),
        }
    }
}

impl<'a, N: Node<'a>> Seen<'a, N> {
    /// True if an equal item is in it.
    pub(crate) fn has(&self, run: &Run<'_, 'a, N>, op: OpId, item: &Item<'a, N>) -> Step<bool> {
        self.find(run, op, print(item), item)
            .map_continue(|place| place.is_none())
    }

    /// Takes an item in; false if an equal one is in it.
    pub(crate) fn insert(&mut self, run: &Run<'_, 'a, N>, op: OpId, item: &Item<'a, N>) -> Step<bool> {
        let print = print(item);
        let Some(slot) = self.find(run, op, print, item)? else {
            return ControlFlow::Continue(false);
        };
        run.room(self.items.len(), op)?;
        self.items.push((print, item.copied()));
        if self.items.len() > FEW {
            self.note(slot);
        }
        ControlFlow::Continue(true)
    }

    /// The item that was taken in after so many others.
    pub(crate) fn get(&self, number: usize) -> Option<&Item<'a, N>> {
        self.items.get(number).map(|(_, item)| item)
    }

    /// Pushes an item if none equal to it was pushed.
    pub(crate) fn push_new(
        &mut self,
        run: &Run<'_, 'a, N>,
        op: OpId,
        item: Item<'a, N>,
        out: Out<'_, 'a, N>,
    ) -> Step {
        if self.insert(run, op, &item)? {
            out(item)
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Where the table has room for an item; none if an equal one is there.
    fn find(&self, run: &Run<'_, 'a, N>, op: OpId, print: u64, item: &Item<'a, N>) -> Step<Option<usize>> {
        run.step(op)?;
        if self.table.is_empty() {
            for (other, one) in &self.items {
                if *other == print && run.equal(op, item, one)? == Some(true) {
                    return ControlFlow::Continue(None);
                }
            }
            return ControlFlow::Continue(Some(0));
        }
        let mut at = print;
        while let Some((other, one)) = self.at(at) {
            if *other == print && run.equal(op, item, one)? == Some(true) {
                return ControlFlow::Continue(None);
            }
            run.step(op)?;
            at = at.wrapping_add(1);
        }
        ControlFlow::Continue(Some(self.slot(at)))
    }

    fn slot(&self, at: u64) -> usize {
        // The length is a power of two, and the table is no longer than its numbers count.
        (at as usize) & (self.table.len() - 1)
    }

    /// The item that the table has at a place.
    #[inline]
    fn at(&self, at: u64) -> Option<&(u64, Item<'a, N>)> {
        let number = *self.table.get(self.slot(at))?;
        self.items.get((number as usize).checked_sub(1)?)
    }

    /// Writes the last item into the table, which is kept half empty, at the place that was found for it.
    fn note(&mut self, slot: usize) {
        if self.items.len() * 2 > self.table.len() {
            self.table = vec![0; (self.items.len() * 8).next_power_of_two()];
            for number in 0..self.items.len() {
                let mut at = self.items.get(number).map_or(0, |(print, _)| *print);
                while self.at(at).is_some() {
                    at = at.wrapping_add(1);
                }
                self.write(self.slot(at), number);
            }
        } else {
            self.write(slot, self.items.len() - 1);
        }
    }

    fn write(&mut self, slot: usize, number: usize) {
        if let (Some(place), Ok(number)) = (self.table.get_mut(slot), u32::try_from(number + 1)) {
            *place = number;
        }
    }
}

/// A number that equal items share. Text is told apart by its letters, other values not at all: a number may equal a
/// quantity, a date one of another offset.
fn print<'a, N: Node<'a>>(item: &Item<'a, N>) -> u64 {
    match item {
        Item::String(text) => mix(1, text),
        Item::Node(node) => match node.string() {
            Some(text) => mix(1, &text),
            None if node.has_value() || node.quantity().is_some() => 0,
            None => of_children(*node),
        },
        _ => 0,
    }
}

/// The print of a place without a value: places that are equal have equal children in the same order.
fn of_children<'a, N: Node<'a>>(node: N) -> u64 {
    let mut print = 2;
    let mut left = LOOKED_AT;
    let _: ControlFlow<()> = node.each(|child| {
        print += 1;
        if let Some(text) = child.string() {
            print = mix(print, &text);
            return ControlFlow::Break(());
        }
        left -= 1;
        if left == 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    print
}

/// Mixes the length of a text and its first, middle and last letters into a print.
#[inline]
fn mix(start: u64, text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut print = start ^ bytes.len() as u64;
    let mut add = |word: u64| {
        print = (print ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    };
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        add(u64::from_le_bytes(*first));
        if let Some(middle) = bytes.get(bytes.len() / 2..).and_then(<[u8]>::first_chunk) {
            add(u64::from_le_bytes(*middle));
        }
        add(u64::from_le_bytes(*last));
    } else if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        add(u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last)));
    } else {
        add(bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
    }
    print ^ (print >> 32)
}
