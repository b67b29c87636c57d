//! What stands under one key, as it is on the tape.

use alloc::vec::Vec;

use super::JsonStyle;
use crate::document::Document;
use crate::document::tape::{COMPANION, ITEM};

/// Appends the key of a slot, with its quotation marks and a colon.
pub(crate) fn write_key(document: &Document<'_>, slot: u32, out: &mut Vec<u8>) {
    let Some(node) = document.node(slot) else { return };
    out.push(b'"');
    match node.property() {
        Some(property) => {
            if node.slot().has(COMPANION) {
                out.push(b'_');
            }
            out.extend_from_slice(property.key_and_mark());
        }
        None => {
            out.extend_from_slice(node.unknown_key().as_bytes());
            out.push(b'"');
        }
    }
    out.push(b':');
}

/// Appends the value of a key, or the array of its values, from its first slot on. `end` is the end of the object.
pub(crate) fn write_values(document: &Document<'_>, start: u32, end: u32, out: &mut Vec<u8>) {
    let Some(mut slot) = document.tape.slot(start) else {
        return;
    };
    if !slot.has(ITEM) {
        return super::write(document, start, &JsonStyle::compact(), out);
    }
    out.push(b'[');
    let mut at = start;
    loop {
        super::write(document, at, &JsonStyle::compact(), out);
        at = slot.next(at);
        match document.tape.slot(at) {
            Some(next) if at < end && next.continues() => slot = next,
            _ => break,
        }
        out.push(b',');
    }
    out.push(b']');
}
