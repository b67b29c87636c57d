//! From the arena to JSON, and to the tape over that JSON.
//!
//! A comma stands behind each value; the bracket that ends an object or an array takes the place of the last.

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
use crate::schema::key::mask;
use crate::schema::{JsonForm, Property, PropertyId, TypeId};

/// Writes a root whose children, and theirs, are in the order of the schema.
pub(super) fn json(builder: &Builder, root: u32, out: &mut Vec<u8>) {
    Emitter::<false>::new(builder, out).run(root);
}

/// As [`json`], and the tape over it.
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
    /// Its next child.
    next: u32,
    run: Run,
}

/// Where in the values of one property the writer is.
#[derive(Clone, Copy)]
enum Run {
    /// Before a property.
    None,
    /// In the array of a list of objects.
    Objects { field: u16 },
    /// In the array of companions of a list of primitives; the slot is that of the value beside the next one.
    Companions { field: u16, partner: Option<u32> },
}

/// Writes JSON, and slots if `TAPE`.
struct Emitter<'b, 'o, const TAPE: bool> {
    builder: &'b Builder,
    out: &'o mut Vec<u8>,
    tape: Tape,
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
            open: Vec::with_capacity(16),
        }
    }

    #[inline]
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
        let Some(made) = self.builder.made(root) else {
            return;
        };
        self.open_object(made, ROOT, 0);
        if TAPE && !made.ty.is_resource() {
            self.tape.resources.insert(0, (0, made.ty));
        }
        while let Some(top) = self.open.last().copied() {
            match (top.run, self.live(top.next)) {
                (Run::None, _) => self.properties(top),
                // A run goes on with its next value, or ends.
                (Run::Objects { field }, Some(made)) if made.field == field => {
                    self.leave(made.next, top.run);
                    self.open_object(made, made.field, ITEM);
                }
                (Run::Companions { field, partner }, Some(made)) if made.field == field => {
                    self.companion_item(made, partner, ITEM);
                }
                _ => {
                    self.end(b']');
                    self.leave(top.next, Run::None);
                }
            }
        }
        self.out.pop();
    }

    /// The first node that has something to write, from one on among its siblings.
    #[inline]
    fn live(&self, mut at: u32) -> Option<&'b Made> {
        loop {
            let made = self.builder.made(at)?;
            if made.live {
                return Some(made);
            }
            at = made.next;
        }
    }

    /// Notes where in an object to go on.
    fn leave(&mut self, next: u32, run: Run) {
        if let Some(top) = self.open.last_mut() {
            top.next = next;
            top.run = run;
        }
    }

    /// Writes the properties of an object, up to one that opens another object; the rest comes behind that.
    fn properties(&mut self, top: Open) {
        let mut next = top.next;
        while let Some(made) = self.live(next) {
            let property = PropertyId(made.field).property();
            let Some(form) = property.form else {
                return self.objects(made, property);
            };
            if property.is_list {
                match self.primitives(made, property, form) {
                    Some(behind) => next = behind,
                    None => return,
                }
                continue;
            }
            next = made.next;
            let has_children = self.has_children(made);
            let mut partner = None;
            if made.length != NO_NODE {
                property.push_key(self.out);
                partner = Some(self.tape.slots.len() as u32);
                self.value(made, form, if has_children { HAS_COMPANION } else { 0 });
            }
            if has_children {
                self.companion_key(property);
                self.leave(next, Run::None);
                return self.companion(made, partner, 0);
            }
        }
        self.close(top);
    }

    /// Opens the value of a property, or the first of its list.
    fn objects(&mut self, made: &Made, property: &Property) {
        property.push_key(self.out);
        if property.is_list {
            self.out.push(b'[');
            self.leave(made.next, Run::Objects { field: made.field });
            self.open_object(made, made.field, ITEM | FIRST);
        } else {
            self.leave(made.next, Run::None);
            self.open_object(made, made.field, 0);
        }
    }

    /// Writes the values of a list of primitives, and gives what stands behind it; starts their companions if there are any: then none.
    fn primitives(&mut self, first: &'b Made, property: &Property, form: JsonForm) -> Option<u32> {
        let field = first.field;
        let (mut values, mut companions) = (false, false);
        let (mut last, mut at) = (first, Some(first));
        while let Some(made) = at.filter(|made| made.field == field) {
            values |= made.length != NO_NODE;
            companions |= self.has_children(made);
            last = made;
            at = self.live(made.next);
        }
        let partner = values.then_some(self.tape.slots.len() as u32);
        if values {
            property.push_key(self.out);
            self.out.push(b'[');
            let mut flags = ITEM | FIRST;
            let mut at = Some(first);
            while let Some(made) = at.filter(|made| made.field == field) {
                let with = if self.has_children(made) { HAS_COMPANION } else { 0 };
                if made.length == NO_NODE {
                    self.null(field, flags | with);
                } else {
                    self.value(made, form, flags | with);
                }
                flags = ITEM;
                at = self.live(made.next);
            }
            self.end(b']');
        }
        if !companions {
            return Some(last.next);
        }
        self.companion_key(property);
        self.out.push(b'[');
        self.companion_item(first, partner, ITEM | FIRST);
        None
    }

    /// The next item of an array of companions: an object, or a `null` that pads.
    fn companion_item(&mut self, made: &Made, partner: Option<u32>, flags: u8) {
        let run = Run::Companions {
            field: made.field,
            partner: partner.map(|slot| slot + 1),
        };
        self.leave(made.next, run);
        if self.has_children(made) {
            self.companion(made, partner, flags);
        } else {
            self.null(made.field, flags | COMPANION);
        }
    }

    fn companion(&mut self, made: &Made, partner: Option<u32>, flags: u8) {
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
        self.open_object(made, made.field, flags | COMPANION | lone);
    }

    #[inline]
    fn has_children(&self, made: &Made) -> bool {
        self.live(made.first_child).is_some()
    }

    fn open_object(&mut self, made: &Made, field: u16, flags: u8) {
        let slot = self.tape.slots.len() as u32;
        self.push(Kind::Object, field, flags, self.out.len(), 0);
        self.out.push(b'{');
        if made.ty.is_resource() {
            self.resource_type(slot, made.ty);
        }
        self.open.push(Open {
            slot,
            next: made.first_child,
            run: Run::None,
        });
    }

    fn resource_type(&mut self, slot: u32, ty: TypeId) {
        if TAPE {
            self.tape.resources.push((slot, ty));
        }
        self.out.extend_from_slice(b"\"resourceType\":\"");
        self.push(Kind::String, RESOURCE_TYPE, 0, self.out.len(), ty.name().len());
        self.out.extend_from_slice(ty.name().as_bytes());
        self.out.extend_from_slice(b"\",");
    }

    fn close(&mut self, top: Open) {
        self.end(b'}');
        let end = self.tape.slots.len() as u32;
        if TAPE && let Some(slot) = self.tape.slots.get_mut(top.slot as usize) {
            slot.extent = end;
        }
        self.open.pop();
    }

    /// Ends an object or an array that may be empty.
    #[inline]
    fn end(&mut self, bracket: u8) {
        match self.out.last_mut() {
            Some(last @ b',') => *last = bracket,
            _ => self.out.push(bracket),
        }
        self.out.push(b',');
    }

    fn companion_key(&mut self, property: &Property) {
        self.out.extend_from_slice(b"\"_");
        self.out.extend_from_slice(property.key_and_mark());
        self.out.push(b':');
    }

    fn null(&mut self, field: u16, flags: u8) {
        self.push(Kind::Null, field, flags, self.out.len(), 4);
        self.out.extend_from_slice(b"null,");
    }

    /// The text of a primitive, in quotation marks unless JSON has it bare.
    #[inline]
    fn value(&mut self, made: &Made, form: JsonForm, flags: u8) {
        let start = made.text as usize;
        let end = start + made.length as usize;
        if form != JsonForm::String {
            let text = self.builder.texts.get(start..end).unwrap_or_default();
            let bare = match form {
                JsonForm::Number if scan::number(text.as_bytes()) == Some(text.len()) => Some(Kind::Number),
                JsonForm::Boolean if text == "true" => Some(Kind::True),
                JsonForm::Boolean if text == "false" => Some(Kind::False),
                _ => None,
            };
            if let Some(kind) = bare {
                self.push(kind, made.field, flags, self.out.len(), text.len());
                self.out.extend_from_slice(text.as_bytes());
                return self.out.push(b',');
            }
        }
        let offset = self.out.len() + 1;
        self.string(start, end);
        let length = self.out.len() - 2 - offset;
        let escaped = if length == end - start { 0 } else { ESCAPED };
        self.push(Kind::String, made.field, flags | escaped, offset, length);
    }

    /// Writes a text with its quotation marks and a comma. Short ones, which most are, fit with them into one store of sixteen bytes.
    #[inline]
    fn string(&mut self, start: usize, end: usize) {
        const QUOTE: u128 = b'"' as u128;
        const CLOSING: u128 = u16::from_le_bytes(*b"\",") as u128;
        let texts = self.builder.texts.as_bytes();
        let length = end - start;
        if length <= 13
            && let Some(chunk) = texts.get(start..).and_then(<[u8]>::first_chunk::<16>)
            && scan::is_plain_chunk(*chunk, length)
        {
            let word = u128::from_le_bytes(*chunk) & mask(length);
            let word = word << 8 | QUOTE | CLOSING << (8 * (length + 1));
            let end = self.out.len() + length + 3;
            self.out.extend_from_slice(&word.to_le_bytes());
            return self.out.truncate(end);
        }
        self.out.push(b'"');
        let text = texts.get(start..end).unwrap_or_default();
        if scan::is_plain(text) {
            self.out.extend_from_slice(text);
        } else {
            push_escaped(self.out, self.builder.texts.get(start..end).unwrap_or_default());
        }
        self.out.extend_from_slice(b"\",");
    }
}
