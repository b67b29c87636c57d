//! From the arena to JSON, and to the tape over that JSON.
//!
//! A comma stands behind each value; the bracket that ends an object or an array takes the place of the last.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::page::{Mark, Page, TEXT};
use super::{Builder, Made, NO_NODE};
use crate::document::tape::{
    COMPANION, ESCAPED, FIRST, HAS_COMPANION, ITEM, Kind, LONE, RESOURCE_TYPE, ROOT, Slot,
};
use crate::document::{Document, Tape};
use crate::json::escape::push_escaped;
use crate::json::scan;
use crate::schema::{JsonForm, Property, PropertyId, TypeId, TypeKind};

/// Writes a root whose children, and theirs, are in the order of the schema.
pub(super) fn json(builder: &Builder<'_>, root: u32, out: &mut Vec<u8>) {
    write(builder, root, Page::new(out));
}

/// As [`json`], but to what takes it piece by piece.
#[cfg(feature = "std")]
pub(super) fn json_to(builder: &Builder<'_>, root: u32, take: &mut dyn FnMut(&[u8])) {
    let mut out = Vec::with_capacity(super::page::PIECE + super::page::SIZE);
    write(builder, root, Page::through(&mut out, take));
}

fn write(builder: &Builder<'_>, root: u32, page: Page<'_>) {
    let mut emitter = Emitter::<false>::new(builder, root, page);
    emitter.run();
    emitter.page.finish();
}

/// As [`json`], and the tape over it.
pub(super) fn document(builder: &Builder<'_>, root: u32) -> Document<'static> {
    let texts = builder.texts.len() * 2 + builder.borrowed_len();
    let mut out = Vec::with_capacity(texts + builder.nodes.len() * 8);
    let mut emitter = Emitter::<true>::new(builder, root, Page::new(&mut out));
    emitter.run();
    let mut tape = emitter.tape;
    emitter.page.finish();
    tape.companions.sort_unstable();
    // Texts and keys are whole, the rest is ASCII.
    let source = String::from_utf8(out).unwrap_or_default();
    Document {
        source: Cow::Owned(source),
        tape,
        origin: None,
    }
}

/// What the tape has of an object that is open.
#[derive(Clone, Copy)]
struct Open {
    /// Its slot.
    slot: u32,
    /// For a companion the slot of the value beside it.
    partner: Option<u32>,
}

/// Writes JSON, and slots if `TAPE`.
struct Emitter<'b, 'o, const TAPE: bool> {
    builder: &'b Builder<'b>,
    page: Page<'o>,
    root: u32,
    /// The node of the innermost open object.
    object: u32,
    tape: Tape,
    /// The open objects, if there is a tape.
    open: Vec<Open>,
}

impl<'b, 'o, const TAPE: bool> Emitter<'b, 'o, TAPE> {
    fn new(builder: &'b Builder<'b>, root: u32, page: Page<'o>) -> Self {
        let slots = if TAPE {
            builder.nodes.len() + builder.nodes.len() / 8
        } else {
            0
        };
        Self {
            builder,
            page,
            root,
            object: root,
            tape: Tape::with_capacity(slots),
            open: Vec::new(),
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

    /// The number of the next slot.
    #[inline]
    fn slot(&self) -> u32 {
        self.tape.slots.len() as u32
    }

    fn run(&mut self) {
        let Some(made) = self.builder.made(self.root) else {
            return;
        };
        self.page.mark(const { Mark::new(b"{") });
        let mut next = self.enter(self.root, made, ROOT, 0, None);
        if made.ty.is_resource() {
            self.resource_type(made.ty);
        } else if TAPE {
            self.tape.resources.push((0, made.ty));
        }
        loop {
            while let Some((id, made)) = self.live(next) {
                let property = PropertyId(made.field).property();
                next = match property.form {
                    None => self.member(id, made, property),
                    Some(form) if property.is_list => self.primitives(id, made, property, form),
                    Some(form) => self.primitive(id, made, property, form),
                };
            }
            match self.close() {
                Some(behind) => next = behind,
                None => break,
            }
        }
        if made.ty.is_resource() || self.has_children(made) {
            self.page.mark_over(const { Mark::new(b"},") });
        } else {
            self.page.mark(const { Mark::new(b"},") });
        }
    }

    /// The first node that has something to write, from one on among its siblings.
    #[inline(always)]
    fn live(&self, mut at: u32) -> Option<(u32, &'b Made)> {
        loop {
            let made = self.builder.made(at)?;
            if made.live {
                return Some((at, made));
            }
            at = made.next;
        }
    }

    /// As [`Emitter::live`], where it goes on with the values of a property.
    #[inline]
    fn live_of(&self, field: u16, at: u32) -> Option<(u32, &'b Made)> {
        self.live(at).filter(|(_, made)| made.field == field)
    }

    #[inline]
    fn has_children(&self, made: &Made) -> bool {
        self.live(made.first_child).is_some()
    }

    /// Takes an object as open whose bracket was written, and gives its first child.
    #[inline]
    fn enter(&mut self, id: u32, made: &Made, field: u16, flags: u8, partner: Option<u32>) -> u32 {
        if TAPE {
            self.open.push(Open {
                slot: self.slot(),
                partner,
            });
            self.push(Kind::Object, field, flags, self.page.len() - 1, 0);
        }
        self.object = id;
        made.first_child
    }

    /// Opens the object that a property has, or the first of its list.
    #[inline]
    fn member(&mut self, id: u32, made: &Made, property: &Property) -> u32 {
        let (opening, flags) = if property.is_list {
            (const { Mark::new(b"[{") }, ITEM | FIRST)
        } else {
            (const { Mark::new(b"{") }, 0)
        };
        self.page.key(property, opening);
        self.enter_value(id, made, property, flags)
    }

    /// As [`Emitter::enter`], for an object that is no companion.
    #[inline]
    fn enter_value(&mut self, id: u32, made: &Made, property: &Property, flags: u8) -> u32 {
        let first = self.enter(id, made, made.field, flags, None);
        if property.kind == TypeKind::Resource {
            self.resource_type(made.ty);
        }
        first
    }

    fn resource_type(&mut self, ty: TypeId) {
        if TAPE {
            // The object is the slot before.
            self.tape.resources.push((self.slot() - 1, ty));
        }
        self.page.extend(b"\"resourceType\":\"");
        self.push(Kind::String, RESOURCE_TYPE, 0, self.page.len(), ty.name().len());
        self.page.extend(ty.name().as_bytes());
        self.page.mark(const { Mark::new(b"\",") });
    }

    /// Ends the open object, and goes on with its list or behind it. `None` at the end of the root.
    #[inline]
    fn close(&mut self) -> Option<u32> {
        let open = if TAPE { self.close_slot() } else { None };
        if self.object == self.root {
            return None;
        }
        let made = self.builder.made(self.object)?;
        self.object = made.parent;
        let property = PropertyId(made.field).property();
        if !property.is_list {
            self.page.mark_over(const { Mark::new(b"},") });
            return Some(made.next);
        }
        if property.form.is_some() {
            self.page.mark_over(const { Mark::new(b"},") });
            let partner = open.and_then(|open| open.partner);
            return Some(self.companions(made.field, made.next, partner.map(|slot| slot + 1), ITEM));
        }
        let Some((id, item)) = self.live_of(made.field, made.next) else {
            self.page.mark_over(const { Mark::new(b"}],") });
            return Some(made.next);
        };
        self.page.mark_over(const { Mark::new(b"},{") });
        Some(self.enter_value(id, item, property, ITEM))
    }

    /// Notes the end of the open object on the tape.
    fn close_slot(&mut self) -> Option<Open> {
        let end = self.slot();
        let open = self.open.pop()?;
        if let Some(slot) = self.tape.slots.get_mut(open.slot as usize) {
            slot.extent = end;
        }
        Some(open)
    }

    /// Writes a primitive that is no item of a list, and opens its companion if it has one.
    #[inline]
    fn primitive(&mut self, id: u32, made: &Made, property: &Property, form: JsonForm) -> u32 {
        if self.has_children(made) {
            return self.with_companion(id, made, property, form);
        }
        self.value(made, form, Some(property), 0);
        made.next
    }

    /// As [`Emitter::primitive`], for one that has children and maybe a text.
    #[inline(never)]
    fn with_companion(&mut self, id: u32, made: &Made, property: &Property, form: JsonForm) -> u32 {
        let partner = (made.length != NO_NODE).then(|| self.slot());
        if partner.is_some() {
            self.value(made, form, Some(property), HAS_COMPANION);
        }
        self.companion_key(property, const { Mark::new(b"{") });
        self.enter_companion(id, made, partner, 0)
    }

    /// Writes the values of a list of primitives, and goes on behind it or with their companions, if there are any.
    fn primitives(&mut self, id: u32, first: &'b Made, property: &Property, form: JsonForm) -> u32 {
        let (mut values, mut companions) = (false, false);
        let mut behind = id;
        while let Some((_, made)) = self.live_of(first.field, behind) {
            values |= made.length != NO_NODE;
            companions |= self.has_children(made);
            behind = made.next;
        }
        let partner = values.then_some(self.slot());
        if values {
            self.page.key(property, const { Mark::new(b"[") });
            self.values(first, form);
        }
        if !companions {
            return behind;
        }
        self.companion_key(property, const { Mark::new(b"[") });
        self.companions(first.field, id, partner, ITEM | FIRST)
    }

    /// The values of a list and its end.
    fn values(&mut self, first: &'b Made, form: JsonForm) {
        let mut flags = ITEM | FIRST;
        let mut next = Some(first);
        while let Some(made) = next {
            let with = if self.has_children(made) { HAS_COMPANION } else { 0 };
            if made.length == NO_NODE {
                self.null(made.field, flags | with);
            } else {
                self.value(made, form, None, flags | with);
            }
            flags = ITEM;
            next = self.live_of(first.field, made.next).map(|(_, made)| made);
        }
        self.page.mark_over(const { Mark::new(b"],") });
    }

    /// Goes on with an array of companions: `null` for those that pad, up to one that is an object; else its end.
    fn companions(&mut self, field: u16, mut at: u32, mut partner: Option<u32>, mut flags: u8) -> u32 {
        while let Some((id, made)) = self.live_of(field, at) {
            if self.has_children(made) {
                self.page.mark(const { Mark::new(b"{") });
                return self.enter_companion(id, made, partner, flags);
            }
            self.null(field, flags | COMPANION);
            partner = partner.map(|slot| slot + 1);
            flags = ITEM;
            at = made.next;
        }
        self.page.mark_over(const { Mark::new(b"],") });
        at
    }

    fn companion_key(&mut self, property: &Property, opening: Mark) {
        self.page.extend(b"\"_");
        self.page.extend(property.key_and_mark());
        self.page.extend(b":");
        self.page.mark(opening);
    }

    fn enter_companion(&mut self, id: u32, made: &Made, partner: Option<u32>, flags: u8) -> u32 {
        let lone = match partner {
            Some(partner) => {
                if TAPE {
                    self.tape.companions.push((partner, self.slot()));
                }
                0
            }
            None => LONE,
        };
        self.enter(id, made, made.field, flags | COMPANION | lone, partner)
    }

    fn null(&mut self, field: u16, flags: u8) {
        self.push(Kind::Null, field, flags, self.page.len(), 4);
        self.page.extend(b"null,");
    }

    /// The text of a primitive, behind its key if it has one of its own.
    #[inline(always)]
    fn value(&mut self, made: &Made, form: JsonForm, key: Option<&Property>, flags: u8) {
        match form {
            JsonForm::String => self.write(made, key, Kind::String, flags),
            _ => self.write_bare(made, form, key, flags),
        }
    }

    /// Writes a number or boolean, which JSON has bare if it can.
    #[inline(never)]
    fn write_bare(&mut self, made: &Made, form: JsonForm, key: Option<&Property>, flags: u8) {
        let text = self.builder.text_of(made);
        let kind = match form {
            JsonForm::Number if scan::number(text.as_bytes()) == Some(text.len()) => Kind::Number,
            JsonForm::Boolean if text == "true" => Kind::True,
            JsonForm::Boolean if text == "false" => Kind::False,
            _ => Kind::String,
        };
        self.write(made, key, kind, flags);
    }

    /// Writes a text, a string in quotation marks.
    #[inline(always)]
    fn write(&mut self, made: &Made, key: Option<&Property>, kind: Kind, flags: u8) {
        let (opening, ending) = match kind {
            Kind::String => (const { Mark::new(b"\"") }, const { Mark::new(b"\",") }),
            _ => (Mark::NONE, const { Mark::new(b",") }),
        };
        let length = made.length as usize;
        let extent = match self.chunk(made) {
            Some(chunk) if self.page.short(key, opening, (chunk, length), ending) => length,
            _ => self.long(made, key, opening, ending),
        };
        if TAPE {
            let length = self.builder.length_of(made);
            let offset = self.page.len() - ending.len() - extent;
            let escaped = if extent == length { 0 } else { ESCAPED };
            self.push(kind, made.field, flags | escaped, offset, extent);
        }
    }

    /// The start of a text that stands in JSON as it is, with what is behind it; none near the end of all texts.
    #[inline(always)]
    fn chunk(&self, made: &Made) -> Option<&'b [u8; TEXT]> {
        if !self.builder.is_plain && !scan::is_plain(self.builder.text_of(made).as_bytes()) {
            return None;
        }
        let texts = self.builder.texts.as_bytes();
        texts.get(made.text as usize..)?.first_chunk()
    }

    /// As [`Page::short`], for any text. Gives how many bytes were written for it.
    #[inline(never)]
    fn long(&mut self, made: &Made, key: Option<&Property>, opening: Mark, ending: Mark) -> usize {
        match key {
            Some(property) => self.page.key(property, opening),
            None => self.page.mark(opening),
        }
        let Some(text) = self.builder.copied(made) else {
            return self.borrowed(made, ending);
        };
        let extent = if self.builder.is_plain || scan::is_plain(text.as_bytes()) {
            self.page.extend(text.as_bytes());
            text.len()
        } else {
            let out = self.page.out();
            let start = out.len();
            push_escaped(out, text);
            out.len() - start
        };
        self.page.mark(ending);
        extent
    }

    /// The end of [`Emitter::long`] for a text that was not copied.
    #[cold]
    fn borrowed(&mut self, made: &Made, ending: Mark) -> usize {
        let borrowed = self.builder.borrowed_of(made);
        let extent = borrowed.map_or(0, |it| self.page.borrowed(it.text, it.is_plain));
        self.page.mark(ending);
        extent
    }
}
