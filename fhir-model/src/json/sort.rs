//! The same tape with the properties of every object in another order.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::escape::unescape;
use crate::document::tape::{COMPANION, NESTED, RESOURCE_TYPE, Slot, Tape};

/// Where a property goes: `resourceType`, the properties by number with the companion after the value, the rest.
fn rank(field: u16, flags: u8) -> u32 {
    match field {
        RESOURCE_TYPE => 0,
        known if known < NESTED => 2 * u32::from(known) + 2 + u32::from(flags & COMPANION != 0),
        _ => u32::MAX,
    }
}

/// The key of a slot: whether it has an underscore, and the rest of it without escapes.
fn key<'t>(source: &'t str, tape: &Tape, at: u32, slot: Slot) -> (bool, Cow<'t, str>) {
    match slot.property() {
        Some(property) => (slot.flags & COMPANION != 0, Cow::Borrowed(property.key())),
        None if slot.field == RESOURCE_TYPE => (false, Cow::Borrowed("resourceType")),
        None => {
            let key = tape.unknown_key(at);
            let text = key.and_then(|key| {
                let start = key.offset as usize;
                source.get(start..start + key.length as usize)
            });
            (false, unescape(text.unwrap_or_default()))
        }
    }
}

/// The order of two keys by their UTF-16, as RFC 8785 has it.
fn alphabetical(one: &(bool, Cow<'_, str>), other: &(bool, Cow<'_, str>)) -> Ordering {
    fn units<'k>((companion, key): &'k (bool, Cow<'_, str>)) -> impl Iterator<Item = u16> + 'k {
        companion
            .then_some(u16::from(b'_'))
            .into_iter()
            .chain(key.encode_utf16())
    }
    units(one).cmp(units(other))
}

/// The part of `tape` that `root` holds, in the order of the schema. Only what a writer needs is kept.
pub(super) fn sorted(tape: &Tape, root: u32) -> Tape {
    copied(tape, root, |children: &mut Vec<u32>| {
        // Stable: what has one rank stays in the order of the input, so that arrays stay whole.
        children.sort_by_key(|at| tape.slot(*at).map_or(0, |slot| rank(slot.field, slot.flags)));
    })
}

/// The part of `tape` that `root` holds, keys in the order of the alphabet.
pub(super) fn sorted_by_key(source: &str, tape: &Tape, root: u32) -> Tape {
    let mut runs: Vec<((bool, Cow<'_, str>), u32, u32)> = Vec::new();
    let mut whole: Vec<u32> = Vec::new();
    copied(tape, root, |children: &mut Vec<u32>| {
        runs.clear();
        let mut start = 0_u32;
        for (place, &at) in (0_u32..).zip(children.iter()) {
            let Some(slot) = tape.slot(at) else { continue };
            if slot.field == NESTED {
                return;
            }
            if !slot.continues() {
                if let Some(last) = runs.last_mut() {
                    last.2 = place - last.1;
                }
                start = place;
                runs.push((key(source, tape, at, slot), place, 1));
            }
            if let Some(last) = runs.last_mut() {
                last.2 = place + 1 - start;
            }
        }
        if runs.is_sorted_by(|one, other| alphabetical(&one.0, &other.0).is_le()) {
            return;
        }
        runs.sort_by(|one, other| alphabetical(&one.0, &other.0));
        whole.clear();
        for &(_, start, count) in &runs {
            let start = start as usize;
            whole.extend(children.get(start..start + count as usize).unwrap_or_default());
        }
        core::mem::swap(children, &mut whole);
    })
}

/// The part of `tape` that `root` holds, the children of each container arranged.
fn copied(tape: &Tape, root: u32, mut arrange: impl FnMut(&mut Vec<u32>)) -> Tape {
    let mut to = Tape::with_capacity(tape.slots.len());
    // What is still to be copied, the next one last; and containers that end before the next one is copied.
    enum Work {
        Copy(u32),
        End(u32),
    }
    let mut work = vec![Work::Copy(root)];
    let mut children: Vec<u32> = Vec::new();
    while let Some(next) = work.pop() {
        let at = match next {
            Work::End(copied) => {
                let end = to.slots.len() as u32;
                if let Some(slot) = to.slots.get_mut(copied as usize) {
                    slot.extent = end;
                }
                continue;
            }
            Work::Copy(at) => at,
        };
        let Some(slot) = tape.slot(at) else { continue };
        let copied = to.slots.len() as u32;
        to.slots.push(slot);
        if let Some(mut key) = tape.unknown_key(at) {
            key.slot = copied;
            to.unknown.push(key);
        }
        if !slot.kind.is_container() {
            continue;
        }
        work.push(Work::End(copied));
        children.clear();
        let mut child = at + 1;
        while child < slot.extent {
            let Some(one) = tape.slot(child) else { break };
            children.push(child);
            child = one.next(child);
        }
        arrange(&mut children);
        work.extend(children.iter().rev().map(|at| Work::Copy(*at)));
    }
    to
}
