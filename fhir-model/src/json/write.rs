//! From the tape to JSON text.

use super::escape;
use super::number;
use super::sort::{sorted, sorted_by_key};
use crate::document::tape::{COMPANION, ESCAPED, ITEM, Kind, NESTED, RESOURCE_TYPE, Slot, Tape};
use crate::document::{Document, UnknownKey};
use alloc::vec::Vec;

/// In which order the properties of an object are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// As they were read.
    #[default]
    Input,
    /// `resourceType`, then as the definitions list them, each primitive's companion behind it, then what is
    /// unknown.
    Schema,
    /// By the alphabet: the keys of an object as they compare in UTF-16.
    Alphabet,
}

/// How texts and numbers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum Texts {
    /// As they are in the input.
    #[default]
    Input,
    /// Texts with no more escapes than JSON needs.
    Plain,
    /// And numbers so that equal ones are written alike.
    Values,
}

/// How JSON is written.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::{Document, JsonStyle, Order};
/// let document = Document::from_json(br#"{"active": true, "resourceType": "Patient"}"#)?.document;
/// let style = JsonStyle::compact().order(Order::Schema);
/// assert_eq!(document.to_json_in(&style), r#"{"resourceType":"Patient","active":true}"#);
/// # Ok::<(), carewire_fhir_model::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct JsonStyle {
    pretty: bool,
    order: Order,
    texts: Texts,
}

impl JsonStyle {
    /// On one line, without spaces, in the order of the input.
    pub const fn compact() -> Self {
        Self {
            pretty: false,
            order: Order::Input,
            texts: Texts::Input,
        }
    }

    /// Indented by two spaces, in the order of the input.
    pub const fn pretty() -> Self {
        Self {
            pretty: true,
            order: Order::Input,
            texts: Texts::Input,
        }
    }

    /// FHIR's canonical JSON, `http://hl7.org/fhir/canonicalization/json`.
    ///
    /// The clause has two rules. No white space but single spaces in the values of properties and in the narrative:
    /// between values there is none here, and texts stay as they are, since changing a sender's text is not
    /// for a writer. And properties in the order of the alphabet: keys are compared by their UTF-16, so that
    /// `_birthDate` stands behind `Zz` and before `active`, and `resourceType` among the others.
    ///
    /// Where the clause is silent: texts have no more escapes than JSON needs, as RFC 8785 has it; numbers keep their
    /// digits, since those of a decimal say how precise it is. The forms that leave out narrative, metadata or data
    /// (`#data`, `#static`, `#narrative`, `#document`) are for the caller to cut, with [`Edit`](crate::edit::Edit).
    ///
    /// Spec: FHIR R4, JSON, [Canonical JSON](https://hl7.org/fhir/R4/json.html#canonical).
    pub const fn canonical() -> Self {
        Self {
            pretty: false,
            order: Order::Alphabet,
            texts: Texts::Plain,
        }
    }

    /// The canonical form in which equal numbers are alike: what values are compared and hashed by.
    pub(crate) const fn values() -> Self {
        Self {
            pretty: false,
            order: Order::Alphabet,
            texts: Texts::Values,
        }
    }

    /// The same with another order.
    #[must_use]
    pub const fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }
}

/// Appends the node at `root` and all it holds to `out`.
pub(crate) fn write(document: &Document<'_>, root: u32, style: &JsonStyle, out: &mut Vec<u8>) {
    match style.order {
        Order::Input => Writer::new(&document.source, &document.tape, style, out).run(root),
        Order::Schema => {
            let tape = sorted(&document.tape, root);
            Writer::new(&document.source, &tape, style, out).run(0);
        }
        Order::Alphabet => {
            let tape = sorted_by_key(&document.source, &document.tape, root);
            Writer::new(&document.source, &tape, style, out).run(0);
        }
    }
}

/// Appends `length` bytes of `source`. Of a short text more is copied than is kept: a fixed number is four loads and stores
/// at most, where a copy of any length is a call.
#[inline]
fn copy(out: &mut Vec<u8>, source: &[u8], start: usize, length: usize) {
    const SHORT: usize = 32;
    let rest = source.get(start..).unwrap_or_default();
    match rest.first_chunk::<SHORT>() {
        Some(chunk) if length <= SHORT && out.capacity() - out.len() >= SHORT => {
            let end = out.len() + length;
            out.extend_from_slice(chunk);
            out.truncate(end);
        }
        _ => out.extend_from_slice(rest.get(..length).unwrap_or_default()),
    }
}

struct Writer<'a> {
    source: &'a str,
    tape: &'a Tape,
    pretty: bool,
    texts: Texts,
    level: usize,
    /// Containers that are open: slot and the slot after all they hold.
    open: Vec<(u32, u32)>,
    out: &'a mut Vec<u8>,
}

impl<'a> Writer<'a> {
    fn new(source: &'a str, tape: &'a Tape, style: &JsonStyle, out: &'a mut Vec<u8>) -> Self {
        Self {
            source,
            tape,
            pretty: style.pretty,
            texts: style.texts,
            level: 0,
            open: Vec::new(),
            out,
        }
    }

    fn run(&mut self, root: u32) {
        let mut at = root;
        let mut first = true;
        while let Some(slot) = self.tape.slot(at) {
            if at != root {
                self.before(at, slot, first);
            }
            if slot.kind.is_container() && slot.extent > at + 1 {
                self.out.push(if slot.kind == Kind::Object { b'{' } else { b'[' });
                self.level += 1;
                self.open.push((at, slot.extent));
                at += 1;
                first = true;
                continue;
            }
            self.leaf(slot);
            at += 1;
            first = false;
            if at == root + 1 || self.after(slot, at) {
                return;
            }
        }
    }

    /// Separator, key and the start of an array.
    #[inline]
    fn before(&mut self, at: u32, slot: Slot, first: bool) {
        if !first {
            self.out.push(b',');
        }
        if self.pretty {
            self.line();
        }
        if slot.continues() || slot.field == NESTED {
            return;
        }
        match slot.property() {
            Some(property) if slot.has(COMPANION) => {
                self.out.extend_from_slice(b"\"_");
                self.out.extend_from_slice(property.key_and_mark());
                self.out.push(b':');
            }
            Some(property) => property.push_key(self.out),
            None if slot.field == RESOURCE_TYPE => self.out.extend_from_slice(b"\"resourceType\":"),
            None => {
                self.out.push(b'"');
                if let Some(UnknownKey { offset, length, .. }) = self.tape.unknown_key(at) {
                    self.raw(offset, length, true);
                }
                self.out.extend_from_slice(b"\":");
            }
        }
        if self.pretty {
            self.out.push(b' ');
        }
        if slot.has(ITEM) {
            self.out.push(b'[');
            self.level += 1;
            if self.pretty {
                self.line();
            }
        }
    }

    #[inline]
    fn leaf(&mut self, slot: Slot) {
        match slot.kind {
            // With the quotation marks that it has in the source.
            Kind::String if !slot.has(ESCAPED) => copy(
                self.out,
                self.source.as_bytes(),
                (slot.offset as usize).saturating_sub(1),
                slot.extent as usize + 2,
            ),
            Kind::String => {
                self.out.push(b'"');
                self.raw(slot.offset, slot.extent, slot.has(ESCAPED));
                self.out.push(b'"');
            }
            Kind::Object => self.out.extend_from_slice(b"{}"),
            Kind::Array => self.out.extend_from_slice(b"[]"),
            Kind::Number if self.texts == Texts::Values => {
                number::push_value(self.out, self.text(slot.offset, slot.extent));
            }
            Kind::Number | Kind::True | Kind::False | Kind::Null => self.raw(slot.offset, slot.extent, false),
        }
    }

    /// The value of `slot` is written and `next` is the slot after it: ends what ends here. True at the end.
    #[inline]
    fn after(&mut self, mut slot: Slot, next: u32) -> bool {
        loop {
            let Some(&(container, end)) = self.open.last() else {
                return true;
            };
            if slot.has(ITEM) && slot.field != NESTED {
                let goes_on = next < end && self.tape.slot(next).is_some_and(Slot::continues);
                if !goes_on {
                    self.level -= 1;
                    if self.pretty {
                        self.line();
                    }
                    self.out.push(b']');
                }
            }
            if next < end {
                return false;
            }
            self.open.pop();
            self.level -= 1;
            if self.pretty {
                self.line();
            }
            let Some(closed) = self.tape.slot(container) else {
                return true;
            };
            self.out
                .push(if closed.kind == Kind::Object { b'}' } else { b']' });
            slot = closed;
        }
    }

    /// Text of the source as it is; what JSON does not allow in a string is mended.
    #[inline]
    fn raw(&mut self, offset: u32, length: u32, escaped: bool) {
        let text = self.text(offset, length);
        let mends = escaped && self.texts != Texts::Input;
        if mends || escaped && (escape::malformed(text).is_some() || text.bytes().any(|byte| byte < 0x20)) {
            escape::push_escaped(self.out, &escape::unescape(text));
        } else {
            self.out.extend_from_slice(text.as_bytes());
        }
    }

    #[inline]
    fn text(&self, offset: u32, length: u32) -> &'a str {
        let start = offset as usize;
        let end = start + length as usize;
        self.source.get(start..end).unwrap_or_default()
    }

    fn line(&mut self) {
        self.out.push(b'\n');
        for _ in 0..self.level {
            self.out.extend_from_slice(b"  ");
        }
    }
}
