//! From the arena to JSON, and to the tape over that JSON.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Builder, Made, NO_NODE};
use crate::document::tape::{
    COMPANION, ESCAPED, FIRST, HAS_COMPANION, ITEM, Kind, LONE, RESOURCE_TYPE, ROOT, Slot,
};
use crate::document::{Document, Tape};
use crate::json::escape::push_escaped;
use crate::json::scan;
use crate::schema::{JsonForm, PropertyId, TypeId};

pub(super) fn json(builder: &Builder, root: u32, out: &mut Vec<u8>) {
    Emitter::<false>::new(builder, out).run(root);
}

pub(super) fn document(builder: &Builder, root: u32) -> Document<'static> {
    let mut out = Vec::with_capacity(builder.texts.len() * 2 + builder.nodes.len() * 8);
    let mut emitter = Emitter::<true>::new(builder, &mut out);
    emitter.run(root);
    let mut tape = emitter.tape;
    tape.companions.sort_unstable();
    // Texts and keys are whole, the rest is ASCII.
    let source = String::from_utf8(out).unwrap_or_default();
    Document {
        source: Cow::Owned(source),
        tape,
        origin: None,
    }
}

/// What is still to be written of an object.
#[derive(Clone, Copy)]
struct Open {
    /// Its slot on the tape.
    slot: u32,
    /// Its children that are left: a range of `Emitter::order`.
    at: usize,
    end: usize,
    first: bool,
    run: Run,
}

/// Where in the values of one property the writer is.
#[derive(Clone, Copy)]
enum Run {
    /// Before a property.
    None,
    /// In the array of a list of objects, which ends at this place of `order`.
    Objects { end: usize },
    /// In the array of companions of a list of primitives; the slot is that of the value beside the next one.
    Companions { end: usize, partner: Option<u32> },
}

/// Writes JSON, and slots if `TAPE`.
struct Emitter<'b, 'o, const TAPE: bool> {
    builder: &'b Builder,
    out: &'o mut Vec<u8>,
    tape: Tape,
    /// The children of the open objects, sorted.
    order: Vec<u32>,
    open: Vec<Open>,
}

impl<'b, 'o, const TAPE: bool> Emitter<'b, 'o, TAPE> {
    fn new(builder: &'b Builder, out: &'o mut Vec<u8>) -> Self {
        let slots = if TAPE {
            builder.nodes.len() + builder.nodes.len() / 8
        } else {
            0
        };
        Self {
            builder,
            out,
            tape: Tape::with_capacity(slots),
            order: Vec::new(),
            open: Vec::new(),
        }
    }

    fn made(&self, id: u32) -> Option<&'b Made> {
        self.builder.made(id)
    }

    fn push(&mut self, kind: Kind, field: u16, flags: u8, offset: usize, extent: usize) {
        if TAPE {
            self.tape.slots.push(Slot {
                offset: offset as u32,
                extent: extent as u32,
                field,
                kind,
                flags,
            });
        }
    }

    fn run(&mut self, root: u32) {
        let Some(made) = self.made(root) else { return };
        self.open_object(root, made.ty, ROOT, 0);
        if TAPE && !made.ty.is_resource() {
            self.tape.resources.insert(0, (0, made.ty));
        }
        while let Some(mut top) = self.open.pop() {
            // A run goes on with its next object, or ends.
            match top.run {
                Run::None => {}
                Run::Objects { end } => {
                    if let Some(&id) = self.order.get(top.at..end).and_then(<[u32]>::first) {
                        top.at += 1;
                        self.out.push(b',');
                        self.open.push(top);
                        self.object(id, ITEM);
                        continue;
                    }
                    self.out.push(b']');
                    top.run = Run::None;
                }
                Run::Companions { end, partner } => {
                    if top.at < end {
                        self.out.push(b',');
                        self.companion_item(top, end, partner, ITEM);
                        continue;
                    }
                    self.out.push(b']');
                    top.run = Run::None;
                }
            }
            self.properties(top);
        }
    }

    /// Writes the properties of an object, up to one that opens another object; the rest comes behind that.
    fn properties(&mut self, mut top: Open) {
        while let Some(&id) = self.order.get(top.at..top.end).and_then(<[u32]>::first) {
            if !self.property(&mut top, id) {
                return;
            }
        }
        self.close(&top);
    }

    /// Writes the next property of an object, or starts it; false if it opens another object.
    fn property(&mut self, top: &mut Open, id: u32) -> bool {
        let Some(made) = self.made(id) else { return false };
        let property = PropertyId(made.field).property();
        let primitive = property.form.is_some();
        if !property.is_list {
            top.at += 1;
            if !primitive {
                self.key(made.field, false, &mut top.first);
                self.open.push(*top);
                self.object(id, 0);
                return false;
            }
            let has_children = self.has_children(made);
            let mut partner = None;
            if made.length != NO_NODE {
                self.key(made.field, false, &mut top.first);
                partner = Some(self.tape.slots.len() as u32);
                self.value(made, if has_children { HAS_COMPANION } else { 0 });
            }
            if has_children {
                self.key(made.field, true, &mut top.first);
                self.open.push(*top);
                self.companion(id, made, partner, 0);
            }
            return !has_children;
        }
        let mut end = top.at + 1;
        while end < top.end && self.at(end).is_some_and(|other| other.field == made.field) {
            end += 1;
        }
        if primitive {
            return self.primitives(top, end, made.field);
        }
        self.key(made.field, false, &mut top.first);
        self.out.push(b'[');
        top.at += 1;
        top.run = Run::Objects { end };
        self.open.push(*top);
        self.object(id, ITEM | FIRST);
        false
    }

    /// The node at a place of `order`.
    fn at(&self, place: usize) -> Option<&'b Made> {
        self.order.get(place).and_then(|id| self.made(*id))
    }

    /// Writes the values of a list of primitives and starts their companions, if there are any: then false.
    fn primitives(&mut self, top: &mut Open, end: usize, field: u16) -> bool {
        let (mut values, mut companions) = (false, false);
        for made in (top.at..end).filter_map(|place| self.at(place)) {
            values |= made.length != NO_NODE;
            companions |= self.has_children(made);
        }
        let partner = values.then_some(self.tape.slots.len() as u32);
        if values {
            self.key(field, false, &mut top.first);
            self.out.push(b'[');
            let mut flags = ITEM | FIRST;
            for place in top.at..end {
                let Some(made) = self.at(place) else { continue };
                if flags == ITEM {
                    self.out.push(b',');
                }
                let with = if self.has_children(made) { HAS_COMPANION } else { 0 };
                if made.length == NO_NODE {
                    self.push(Kind::Null, field, flags | with, self.out.len(), 4);
                    self.out.extend_from_slice(b"null");
                } else {
                    self.value(made, flags | with);
                }
                flags = ITEM;
            }
            self.out.push(b']');
        }
        if companions {
            self.key(field, true, &mut top.first);
            self.out.push(b'[');
            self.companion_item(*top, end, partner, ITEM | FIRST);
        } else {
            top.at = end;
        }
        !companions
    }

    /// The next item of an array of companions: an object, or a `null` that pads.
    fn companion_item(&mut self, mut top: Open, end: usize, partner: Option<u32>, flags: u8) {
        let id = self.order.get(top.at).copied();
        top.at += 1;
        top.run = Run::Companions {
            end,
            partner: partner.map(|slot| slot + 1),
        };
        self.open.push(top);
        let Some((id, made)) = id.and_then(|id| self.made(id).map(|made| (id, made))) else {
            return;
        };
        if self.has_children(made) {
            self.companion(id, made, partner, flags);
        } else {
            self.push(Kind::Null, made.field, flags | COMPANION, self.out.len(), 4);
            self.out.extend_from_slice(b"null");
        }
    }

    fn companion(&mut self, id: u32, made: &Made, partner: Option<u32>, flags: u8) {
        let slot = self.tape.slots.len() as u32;
        let lone = match partner {
            Some(partner) => {
                if TAPE {
                    self.tape.companions.push((partner, slot));
                }
                0
            }
            None => LONE,
        };
        self.open_object(id, made.ty, made.field, flags | COMPANION | lone);
    }

    fn object(&mut self, id: u32, flags: u8) {
        let Some(made) = self.made(id) else { return };
        self.open_object(id, made.ty, made.field, flags);
    }

    fn has_children(&self, made: &Made) -> bool {
        let mut at = made.first_child;
        while let Some(child) = self.builder.made(at) {
            if child.live {
                return true;
            }
            at = child.next;
        }
        false
    }

    fn open_object(&mut self, id: u32, ty: TypeId, field: u16, flags: u8) {
        let slot = self.tape.slots.len() as u32;
        self.push(Kind::Object, field, flags, self.out.len(), 0);
        self.out.push(b'{');
        let mut first = true;
        if ty.is_resource() {
            if TAPE {
                self.tape.resources.push((slot, ty));
            }
            self.out.extend_from_slice(b"\"resourceType\":\"");
            self.push(Kind::String, RESOURCE_TYPE, 0, self.out.len(), ty.name().len());
            self.out.extend_from_slice(ty.name().as_bytes());
            self.out.push(b'"');
            first = false;
        }
        let at = self.order.len();
        let mut child = self.made(id).map_or(NO_NODE, |made| made.first_child);
        let mut sorted = true;
        let mut last = 0;
        while let Some(made) = self.made(child) {
            if made.live {
                sorted &= last <= made.field;
                last = made.field;
                self.order.push(child);
            }
            child = made.next;
        }
        if !sorted {
            let builder = self.builder;
            let children = self.order.get_mut(at..).unwrap_or_default();
            // Stable: a list stays in the order it was added.
            children.sort_by_key(|id| builder.made(*id).map_or(0, |made| made.field));
        }
        self.open.push(Open {
            slot,
            at,
            end: self.order.len(),
            first,
            run: Run::None,
        });
    }

    fn close(&mut self, top: &Open) {
        self.out.push(b'}');
        let end = self.tape.slots.len() as u32;
        if TAPE && let Some(slot) = self.tape.slots.get_mut(top.slot as usize) {
            slot.extent = end;
        }
        let start = self.open.last().map_or(0, |above| above.end);
        self.order.truncate(start);
    }

    fn key(&mut self, field: u16, companion: bool, first: &mut bool) {
        let property = PropertyId(field).property();
        let length = usize::from(property.length);
        let is_first = core::mem::replace(first, false);
        // Most keys fit, with what stands around them, into one store of sixteen bytes.
        if length <= 12 && !companion {
            const OPENING: u128 = u16::from_le_bytes(*b",\"") as u128;
            let colon = u128::from(b':') << (8 * (length + 3));
            let word = property.head << 16 | OPENING | colon;
            let drop = usize::from(is_first);
            let end = self.out.len() + length + 4 - drop;
            self.out.extend_from_slice(&(word >> (8 * drop)).to_le_bytes());
            self.out.truncate(end);
            return;
        }
        self.out.extend_from_slice(if is_first { b"\"" } else { b",\"" });
        if companion {
            self.out.push(b'_');
        }
        self.out.extend_from_slice(property.key_and_mark());
        self.out.push(b':');
    }

    /// The text of a primitive, in quotation marks unless JSON has it bare.
    fn value(&mut self, made: &Made, flags: u8) {
        let start = made.text as usize;
        let text = self
            .builder
            .texts
            .get(start..start + made.length as usize)
            .unwrap_or_default();
        let bare = match made.ty.json_form() {
            Some(JsonForm::Number) if scan::number(text.as_bytes()) == Some(text.len()) => Some(Kind::Number),
            Some(JsonForm::Boolean) if text == "true" => Some(Kind::True),
            Some(JsonForm::Boolean) if text == "false" => Some(Kind::False),
            _ => None,
        };
        if let Some(kind) = bare {
            self.push(kind, made.field, flags, self.out.len(), text.len());
            self.out.extend_from_slice(text.as_bytes());
            return;
        }
        let start = self.out.len() + 1;
        self.string(text);
        let length = self.out.len() - 1 - start;
        let escaped = if length == text.len() { 0 } else { ESCAPED };
        self.push(Kind::String, made.field, flags | escaped, start, length);
    }

    /// Writes a text with its quotation marks. Short ones, which most are, fit with them into one store of sixteen bytes.
    fn string(&mut self, text: &str) {
        const QUOTE: u128 = b'"' as u128;
        let length = text.len();
        if length <= 14 {
            let word = scan::start(text.as_bytes());
            if scan::is_plain_chunk(word.to_le_bytes(), length) {
                let end = self.out.len() + length + 2;
                let word = word << 8 | QUOTE | QUOTE << (8 * (length + 1));
                self.out.extend_from_slice(&word.to_le_bytes());
                self.out.truncate(end);
                return;
            }
        }
        self.out.push(b'"');
        if scan::is_plain(text.as_bytes()) {
            self.out.extend_from_slice(text.as_bytes());
        } else {
            push_escaped(self.out, text);
        }
        self.out.push(b'"');
    }
}
