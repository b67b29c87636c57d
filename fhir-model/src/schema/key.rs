//! From the text of a JSON key to the property of a type, by one multiply-hash of its first sixteen bytes.

use super::rows::PROPERTIES;
use super::{PropertyId, TypeId};
use crate::generated::{PROPERTY_COUNT, names::NAMES};
use crate::json::scan;

const BITS: u32 = 15;
const SLOTS: usize = 1 << BITS;
const FREE: u16 = u16::MAX;

/// The lowest `length` bytes of sixteen, all of them for more.
#[inline(always)]
pub(crate) const fn mask(length: usize) -> u128 {
    /// A load is less than the five instructions of a shift by so many bits.
    static MASKS: [u128; 17] = {
        let mut masks = [u128::MAX; 17];
        let mut length = 0;
        while length < 16 {
            masks[length] = (1 << (length * 8)) - 1;
            length += 1;
        }
        masks
    };
    MASKS[if length < 16 { length } else { 16 }]
}

/// Where a key of `owner` is looked for first. `head` is the key with its closing quotation mark, cut to sixteen
/// bytes, the rest zero.
const fn place(owner: TypeId, head: u128) -> usize {
    let (low, high) = (head as u64, (head >> 64) as u64);
    let mixed = (low ^ high.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_add((owner.0 as u64) << 40 | owner.0 as u64);
    (mixed.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> (64 - BITS)) as usize
}

/// Open addressing, a quarter full.
static INDEX: [u16; SLOTS] = index();

const fn index() -> [u16; SLOTS] {
    let mut table = [FREE; SLOTS];
    let mut at = 0;
    while at < PROPERTY_COUNT {
        let property = &PROPERTIES[at];
        let mut slot = place(property.owner, property.head);
        while table[slot] != FREE {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = at as u16;
        at += 1;
    }
    table
}

/// The property of `owner` whose key starts with `head` (see [`place`]) and is `key`.
#[inline(always)]
pub(crate) fn find(owner: TypeId, head: u128, key: &[u8]) -> Option<PropertyId> {
    let mut slot = place(owner, head);
    loop {
        let at = INDEX[slot % SLOTS];
        // A free slot holds a number that no property has.
        let property = PROPERTIES.get(usize::from(at))?;
        if property.head == head && property.owner == owner && property.name_matches(key) {
            return Some(PropertyId(at));
        }
        slot += 1;
    }
}

/// As [`find`], from the key alone.
pub(crate) fn find_text(owner: TypeId, key: &[u8]) -> Option<PropertyId> {
    let mut head = scan::start(key);
    if key.len() < 16 {
        head |= u128::from(b'"') << (8 * key.len());
    }
    find(owner, head, key)
}

/// The text at a place of the pool of names.
pub(crate) fn name(place: u16, length: u8) -> &'static str {
    let start = usize::from(place);
    NAMES.get(start..start + usize::from(length)).unwrap_or_default()
}
