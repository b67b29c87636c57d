//! A number for each slot of a tape, the same for values that are the same whatever the order of their keys.

use alloc::vec::Vec;
use core::hash::Hasher;

use crate::document::tape::{COMPANION, ITEM, Kind, Slot, UNKNOWN};
use crate::document::{Document, Node, SipHash};
use crate::json::escape::unescape;
use crate::json::{self, JsonStyle};

/// A document and the numbers of its slots.
pub(super) struct Hashed<'d> {
    pub(super) document: &'d Document<'d>,
    hashes: Vec<u64>,
}

impl<'d> Hashed<'d> {
    /// One pass from the last slot to the first: what a container holds stands behind it.
    pub(super) fn new(document: &'d Document<'d>) -> Self {
        let mut hashed = Self {
            document,
            hashes: vec![0; document.tape.slots.len()],
        };
        for (at, slot) in document.tape.slots.iter().enumerate().rev() {
            let at = at as u32;
            let hash = if slot.kind.is_container() {
                hashed.container(at, *slot)
            } else {
                hashed.leaf(at, *slot)
            };
            if let Some(to) = hashed.hashes.get_mut(at as usize) {
                *to = hash;
            }
        }
        hashed
    }

    fn leaf(&self, at: u32, slot: Slot) -> u64 {
        let mut hasher = SipHash::new();
        hasher.write_u8(slot.kind as u8);
        hasher.write(Node::new(self.document, at).text().unwrap_or_default().as_bytes());
        hasher.finish()
    }

    /// The keys of an object in any order, what stands under each in its order.
    fn container(&self, container: u32, slot: Slot) -> u64 {
        let mut sum = u64::from(slot.kind == Kind::Array);
        let mut run = SipHash::new();
        let mut at = container + 1;
        while at < slot.extent {
            let Some(one) = self.document.tape.slot(at) else {
                break;
            };
            if !one.continues() {
                sum = sum.wrapping_add(core::mem::replace(&mut run, SipHash::new()).finish());
                run.write_u16(one.field);
                run.write_u8(one.flags & (COMPANION | ITEM));
                if one.field == UNKNOWN {
                    let key = unescape(Node::new(self.document, at).unknown_key());
                    run.write(key.as_bytes());
                    run.write_u8(0);
                }
            }
            run.write_u64(self.hashes.get(at as usize).copied().unwrap_or_default());
            at = one.next(at);
        }
        let mut all = SipHash::new();
        all.write_u64(sum.wrapping_add(run.finish()));
        all.finish()
    }

    /// The number of a node, and that of the id and extensions of a primitive.
    pub(super) fn of(&self, node: Node<'_>) -> (u64, u64) {
        let at = |at: u32| self.hashes.get(at as usize).copied().unwrap_or_default();
        let companion = node.companion_index().filter(|one| *one != node.index());
        (at(node.index()), companion.map_or(0, at))
    }
}

/// Whether two nodes hold the same: keys in any order, numbers by their digits.
pub(super) fn is_same(old: (&Hashed<'_>, Node<'_>), new: (&Hashed<'_>, Node<'_>)) -> bool {
    // Different numbers are sure, equal ones likely.
    old.0.of(old.1) == new.0.of(new.1) && plain(old.1) == plain(new.1)
}

/// The bytes that stand for a node.
fn plain(node: Node<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    json::write(node.document(), node.index(), &JsonStyle::canonical(), &mut out);
    if let Some(at) = node.companion_index().filter(|at| *at != node.index()) {
        out.push(0);
        json::write(node.document(), at, &JsonStyle::canonical(), &mut out);
    }
    out
}

/// Whether two primitives have the same value, id and extensions, however JSON has them.
pub(super) fn is_same_primitive(old: Node<'_>, new: Node<'_>) -> bool {
    let companion = |node: Node<'_>| {
        let mut out = Vec::new();
        if let Some(at) = node.companion_index() {
            json::write(node.document(), at, &JsonStyle::canonical(), &mut out);
        }
        out
    };
    old.text() == new.text() && companion(old) == companion(new)
}
