//! Joins a primitive and what came under its key with an underscore, when their object ends.

use crate::document::tape::{COMPANION, DUPLICATE, HAS_COMPANION, ITEM, Kind, LONE, NESTED, Slot};
use crate::finding::FindingCode;
use alloc::vec::Vec;

/// Pairs inside the object at `parent`, which is complete. Reports codes with the slot they are about.
pub(super) fn pair(
    slots: &mut [Slot],
    parent: u32,
    companions: &mut Vec<(u32, u32)>,
    report: &mut impl FnMut(FindingCode, u32),
) {
    let Some(&object) = slots.get(parent as usize) else {
        return;
    };
    let (mut values, mut others) = (Vec::new(), Vec::new());
    let mut at = parent + 1;
    while at < object.extent {
        let Some(&slot) = slots.get(at as usize) else {
            break;
        };
        if slot.field < NESTED && !slot.has(DUPLICATE) && (slot.kind != Kind::Array || slot.has(ITEM)) {
            if slot.has(COMPANION) {
                others.push((slot.field, at))
            } else {
                values.push((slot.field, at))
            }
        }
        at = slot.next(at);
    }
    // By field; in the order of the input within one.
    values.sort_unstable();
    others.sort_unstable();
    let mut value = values.iter().copied().peekable();
    let mut start = 0;
    while let Some(run) = others.get(start..).filter(|rest| !rest.is_empty()) {
        let field = run.first().map_or(0, |first| first.0);
        let all = run.iter().take_while(|one| one.0 == field).count();
        // The key may stand there twice: only what came under the first goes with the values.
        let begins = |one: &(u16, u32)| slots.get(one.1 as usize).is_some_and(|slot| !slot.continues());
        let again = run.iter().take(all).skip(1).position(begins);
        let length = again.map_or(all, |place| place + 1);
        for &(_, other) in run.iter().take(all).skip(length) {
            if let Some(slot) = slots.get_mut(other as usize) {
                if !slot.continues() {
                    report(FindingCode::DuplicateKey, other);
                }
                if slot.kind != Kind::Null {
                    slot.flags |= LONE;
                }
            }
        }
        while value.next_if(|one| one.0 < field).is_some() {}
        let mut values = 0;
        let mut first_value = None;
        for &(_, other) in run.iter().take(length) {
            let partner = value.next_if(|one| one.0 == field).map(|one| one.1);
            values += usize::from(partner.is_some());
            first_value = first_value.or(partner);
            let is_null = slots
                .get(other as usize)
                .is_some_and(|slot| slot.kind == Kind::Null);
            match partner {
                Some(partner) if !is_null => {
                    if let Some(slot) = slots.get_mut(partner as usize) {
                        slot.flags |= HAS_COMPANION;
                    }
                    companions.push((partner, other));
                }
                Some(_) => {}
                None if !is_null => {
                    if let Some(slot) = slots.get_mut(other as usize) {
                        slot.flags |= LONE;
                    }
                }
                None => {}
            }
        }
        let mut more = 0;
        while value.next_if(|one| one.0 == field).is_some() {
            more += 1;
        }
        if values > 0 && values + more != length {
            report(FindingCode::CompanionLength, first_value.unwrap_or(parent));
        }
        start += all;
    }
}

/// Reports each `null` of the object at `parent` that stands for nothing.
pub(super) fn nulls(slots: &[Slot], parent: u32, report: &mut impl FnMut(FindingCode, u32)) {
    let Some(&object) = slots.get(parent as usize) else {
        return;
    };
    let mut at = parent + 1;
    while at < object.extent {
        let Some(&slot) = slots.get(at as usize) else {
            break;
        };
        // Within an array of companions a null pads.
        let pads = slot.has(COMPANION) && slot.has(ITEM);
        if slot.kind == Kind::Null && !slot.has(HAS_COMPANION) && !pads {
            report(FindingCode::Null, at);
        }
        at = slot.next(at);
    }
}
