//! A collection without doubles: `union`, `distinct`, `repeat`.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::run::{Out, Run, Step};
use crate::item::Item;
use crate::node::Node;
use crate::program::OpId;

/// How many items are compared one by one before a table is made.
const FEW: usize = 8;

/// How many children of a place its print looks at for a text.
pub(crate) const LOOKED_AT: usize = 3;

/// The print of a place without children.
const NO_TEXT: u64 = 2;

/// Items of which no two are equal.
///
/// Each has a print: items that are equal have the same, so that only those are compared.
pub(crate) struct Seen<M> {
    /// The first items with their prints; they take no memory of their own.
    first: [(u32, Option<M>); FEW],
    /// Those after them.
    rest: Vec<M>,
    count: usize,
    /// The print and the number of an item and one, where its print says or behind that; zeros for none. As long as a power
    /// of two and no more than half full; empty for few items.
    table: Vec<(u32, u32)>,
}

/// What can be told apart from others of its kind: an item, or a place alone.
pub(crate) trait Member<'a, N> {
    /// A copy.
    fn copied(&self) -> Self;

    /// A number that members that are equal share.
    fn print(&self) -> u32;

    /// Whether two members are equal; none where that is not known.
    fn equals(&self, other: &Self, run: &Run<'_, 'a, N>, op: OpId) -> Step<Option<bool>>;
}

impl<'a, N: Node<'a>> Member<'a, N> for Item<'a, N> {
    #[inline]
    fn copied(&self) -> Self {
        Self::copied(self)
    }

    #[inline]
    fn print(&self) -> u32 {
        match self {
            Self::String(text) => folded(mix(1, text)),
            Self::Node(node) => print(*node),
            _ => 0,
        }
    }

    #[inline]
    fn equals(&self, other: &Self, run: &Run<'_, 'a, N>, op: OpId) -> Step<Option<bool>> {
        run.equal(op, self, other)
    }
}

/// A place by itself, where no computed value comes.
#[derive(Clone, Copy)]
pub(crate) struct At<N>(pub(crate) N);

impl<'a, N: Node<'a>> Member<'a, N> for At<N> {
    #[inline]
    fn copied(&self) -> Self {
        *self
    }

    #[inline]
    fn print(&self) -> u32 {
        print(self.0)
    }

    #[inline]
    fn equals(&self, other: &Self, run: &Run<'_, 'a, N>, op: OpId) -> Step<Option<bool>> {
        run.equal(op, &Item::Node(self.0), &Item::Node(other.0))
    }
}

impl<M> Default for Seen<M> {
    fn default() -> Self {
        Self {
            first: [const { (0, None) }; FEW],
            rest: Vec::new(),
            count: 0,
            table: Vec::new(),
        }
    }
}

impl<M> Seen<M> {
    /// True if an equal item is in it.
    pub(crate) fn has<'a, N: Node<'a>>(&self, run: &Run<'_, 'a, N>, op: OpId, item: &M) -> Step<bool>
    where
        M: Member<'a, N>,
    {
        self.find(run, op, item.print(), item)
            .map_continue(|place| place.is_none())
    }

    /// Takes an item in; false if an equal one is in it.
    pub(crate) fn insert<'a, N: Node<'a>>(&mut self, run: &Run<'_, 'a, N>, op: OpId, item: &M) -> Step<bool>
    where
        M: Member<'a, N>,
    {
        let print = item.print();
        let Some(slot) = self.find(run, op, print, item)? else {
            return ControlFlow::Continue(false);
        };
        run.room(self.count, op)?;
        let copy = item.copied();
        match self.first.get_mut(self.count) {
            Some(place) => *place = (print, Some(copy)),
            None => {
                self.rest.push(copy);
                self.note(slot, print);
            }
        }
        self.count += 1;
        ControlFlow::Continue(true)
    }

    /// The item that was taken in after so many others.
    #[inline]
    pub(crate) fn get(&self, number: usize) -> Option<&M> {
        match self.first.get(number) {
            Some((_, item)) => item.as_ref(),
            None => self.rest.get(number - FEW),
        }
    }

    /// Where the table has room for an item; none if an equal one is there.
    #[inline]
    fn find<'a, N: Node<'a>>(
        &self,
        run: &Run<'_, 'a, N>,
        op: OpId,
        print: u32,
        item: &M,
    ) -> Step<Option<usize>>
    where
        M: Member<'a, N>,
    {
        run.step(op)?;
        if self.table.is_empty() {
            for (other, one) in self.first.iter().take(self.count) {
                if *other == print
                    && let Some(one) = one
                    && item.equals(one, run, op)? == Some(true)
                {
                    return ControlFlow::Continue(None);
                }
            }
            return ControlFlow::Continue(Some(0));
        }
        let mut slot = self.slot(print);
        while let Some((other, number @ 1..)) = self.table.get(slot).copied() {
            if other == print
                && let Some(one) = self.get(number as usize - 1)
                && item.equals(one, run, op)? == Some(true)
            {
                return ControlFlow::Continue(None);
            }
            run.step(op)?;
            slot = (slot + 1) & (self.table.len() - 1);
        }
        ControlFlow::Continue(Some(slot))
    }

    /// Where the table has what is of this print, or one of the next places. Its length is a power of two.
    #[inline]
    fn slot(&self, print: u32) -> usize {
        print as usize & (self.table.len() - 1)
    }

    /// Notes the print of a further item at the place that was found for it.
    #[inline]
    fn note(&mut self, slot: usize, print: u32) {
        let number = self.count + 1;
        if number * 2 > self.table.len() {
            self.grow(number);
            self.write(print, number);
        } else {
            self.place(slot, print, number);
        }
    }

    /// Makes a larger table of what is in the table, or of the first items.
    #[cold]
    fn grow(&mut self, count: usize) {
        let larger = vec![(0, 0); (count * 8).next_power_of_two()];
        // As many as the table takes before it grows again.
        self.rest
            .reserve((larger.len() / 2).saturating_sub(FEW + self.rest.len()));
        let old = std::mem::replace(&mut self.table, larger);
        if old.is_empty() {
            for number in 0..FEW {
                let print = self.first.get(number).map_or(0, |(print, _)| *print);
                self.write(print, number + 1);
            }
        }
        for (print, number) in old.into_iter().filter(|(_, number)| *number > 0) {
            self.write(print, number as usize);
        }
    }

    /// Writes an entry at the first free place for it.
    fn write(&mut self, print: u32, number: usize) {
        let mut slot = self.slot(print);
        while matches!(self.table.get(slot), Some((_, 1..))) {
            slot = (slot + 1) & (self.table.len() - 1);
        }
        self.place(slot, print, number);
    }

    #[inline]
    fn place(&mut self, slot: usize, print: u32, number: usize) {
        if let (Some(place), Ok(number)) = (self.table.get_mut(slot), u32::try_from(number)) {
            *place = (print, number);
        }
    }
}

impl<'a, N: Node<'a>> Seen<Item<'a, N>> {
    /// Pushes an item if none equal to it was pushed.
    #[inline]
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
}

/// A number that places that are equal share. Text is told apart by its letters, other values not at all: a number may equal
/// a quantity, a date one of another offset.
#[inline(always)]
fn print<'a, N: Node<'a>>(node: N) -> u32 {
    folded(match node.string() {
        Some(text) => mix(1, &text),
        None => node.fingerprint(),
    })
}

/// Both halves of a print in one.
#[inline]
fn folded(print: u64) -> u32 {
    (print ^ (print >> 32)) as u32
}

/// The print of a place without a value, of its first children's texts: places that are equal have equal children in the
/// same order. `next` gives the text of one child after the other; an inner none for one that has no text.
#[inline]
pub(crate) fn fingerprint_of<'a>(mut next: impl FnMut() -> Option<Option<Cow<'a, str>>>) -> u64 {
    let mut print = NO_TEXT;
    while let Some(child) = next() {
        print += 1;
        if let Some(text) = child {
            return mix(print, &text);
        }
    }
    print
}

/// The print of a place whose first child has a text.
#[inline]
pub(crate) fn fingerprint_of_text(text: &str) -> u64 {
    mix(NO_TEXT + 1, text)
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
    print
}
