//! The same tape with the properties of every object in the order of the schema.

use crate::document::tape::{COMPANION, NESTED, RESOURCE_TYPE, Tape};
use alloc::vec::Vec;

/// Where a property goes: `resourceType`, the properties by number with the companion after the value, the rest.
fn rank(field: u16, flags: u8) -> u32 {
    match field {
        RESOURCE_TYPE => 0,
        known if known < NESTED => 2 * u32::from(known) + 2 + u32::from(flags & COMPANION != 0),
        _ => u32::MAX,
    }
}

/// The part of `tape` that `root` holds, sorted. Only what a writer needs is kept.
pub(super) fn sorted(tape: &Tape, root: u32) -> Tape {
    let mut to = Tape::with_capacity(tape.slots.len());
    // What is still to be copied, the next one last; and containers that end before the next one is copied.
    enum Work {
        Copy(u32),
        End(u32),
    }
    let mut work = vec![Work::Copy(root)];
    let mut children: Vec<(u32, u32)> = Vec::new();
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
            children.push((rank(one.field, one.flags), child));
            child = one.next(child);
        }
        // Stable: what has one rank stays in the order of the input, so that arrays stay whole.
        children.sort_by_key(|one| one.0);
        work.extend(children.iter().rev().map(|one| Work::Copy(one.1)));
    }
    to
}
