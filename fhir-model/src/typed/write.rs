//! From typed values to JSON, in one pass over the fields that are there.

use alloc::vec::Vec;

use super::date::Buffer;
use super::extra::Primitive;
use super::fields::{Fields, List, Value, Visit};
use super::leaf::Leaf;
use super::string::INLINE;
use super::{Extra, FhirString};
use crate::json::escape::push_escaped;
use crate::json::scan;
use crate::schema::key::mask;
use crate::schema::{Element, Property, TypeId};

/// Appends a value and all it holds to `out`.
pub(super) fn write(value: &dyn Fields, out: &mut Vec<u8>) {
    Writer {
        out,
        elements: &[],
        extra: None,
    }
    .object(value);
}

struct Writer<'a, 'o> {
    out: &'o mut Vec<u8>,
    /// Of the object that is being written.
    elements: &'static [Element],
    /// Of that object, if it is not empty.
    extra: Option<&'a Extra>,
}

impl<'a> Writer<'a, '_> {
    fn object(&mut self, value: &'a dyn Fields) {
        let ty = value.fhir_type();
        let outer = (self.elements, self.extra);
        let extra = value.extra();
        self.elements = ty.elements();
        self.extra = extra.0.is_some().then_some(extra);
        self.out.push(b'{');
        if ty.is_resource() {
            self.out.extend_from_slice(b"\"resourceType\":\"");
            self.out.extend_from_slice(ty.name().as_bytes());
            self.out.extend_from_slice(b"\",");
        }
        if self.extra.is_some() {
            self.rare(extra);
        }
        value.visit(self);
        if self.extra.is_some() {
            self.rest(value, ty, extra);
        }
        // Every property ends with a comma.
        match self.out.last_mut() {
            Some(comma @ b',') => *comma = b'}',
            _ => self.out.push(b'}'),
        }
        (self.elements, self.extra) = outer;
    }

    /// Id and extensions of the element itself.
    #[cold]
    fn rare(&mut self, extra: &'a Extra) {
        if let Some(id) = extra.id() {
            self.key("id");
            self.text(id);
            self.out.push(b',');
        }
        let modifiers = extra.modifier_extension();
        for (key, all) in [("extension", extra.extension()), ("modifierExtension", modifiers)] {
            if !all.is_empty() {
                self.key(key);
                self.out.push(b'[');
                for one in all {
                    self.object(one);
                    self.out.push(b',');
                }
                self.close();
            }
        }
    }

    /// Ids and extensions of primitives that have no value, and what the type does not have.
    #[cold]
    fn rest(&mut self, value: &'a dyn Fields, ty: TypeId, extra: &'a Extra) {
        let mut written: Vec<&str> = Vec::new();
        for one in extra.primitives() {
            let key = &*one.key;
            if written.contains(&key) {
                continue;
            }
            written.push(key);
            let property = ty.property(key);
            let shown = property.and_then(|property| {
                let (variant, value) = value.get(property.slot())?;
                let of = property.element().properties().get(usize::from(variant))?;
                (of.key() == key).then_some(value)
            });
            if shown.is_none() {
                let is_list = property.map_or(one.index > 0, |property| property.is_list());
                let mut entries = entries(extra, key);
                entries.retain(|one| !one.extra.is_empty());
                self.companions(key, &entries, is_list);
            }
        }
        for one in extra.unknown() {
            self.quote(one.key().as_bytes());
            self.out.push(b':');
            self.out.extend_from_slice(one.json().as_bytes());
            self.out.push(b',');
        }
    }

    fn key(&mut self, key: &str) {
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// Ends a list whose every item ends with a comma.
    fn close(&mut self) {
        match self.out.last_mut() {
            Some(comma @ b',') => *comma = b']',
            _ => self.out.push(b']'),
        }
        self.out.push(b',');
    }

    #[inline]
    fn text(&mut self, text: &FhirString) {
        match text.inline() {
            // As many bytes as there may be, and then those that are not there taken off: no call, and no loop.
            Some((bytes, length))
                if self.out.capacity() - self.out.len() > INLINE + 1
                    && scan::is_plain_start(bytes, length) =>
            {
                self.out.push(b'"');
                let end = self.out.len() + length;
                self.out.extend_from_slice(bytes);
                self.out.truncate(end);
                self.out.push(b'"');
            }
            _ => self.quote(text.as_bytes()),
        }
    }

    /// Writes a text that is with its marks and a comma in sixteen bytes, if this is one: a store, and then what is too much
    /// taken off. `text` is its start, zeros behind it.
    #[inline]
    fn short(&mut self, text: u128, length: usize) -> bool {
        /// What ends a text of each length behind its first mark.
        static ENDS: [u128; 14] = {
            let mut ends = [0; 14];
            let mut length = 0;
            while length < ends.len() {
                ends[length] = (b'"' as u128 | (b',' as u128) << 8) << ((length + 1) * 8);
                length += 1;
            }
            ends
        };
        let Some(end) = ENDS.get(length) else {
            return false;
        };
        if self.out.capacity() - self.out.len() < 16 || !scan::is_plain_chunk(text.to_le_bytes(), length) {
            return false;
        }
        let length = self.out.len() + length + 3;
        self.out
            .extend_from_slice(&(text << 8 | u128::from(b'"') | end).to_le_bytes());
        self.out.truncate(length);
        true
    }

    /// [`Writer::short`] for a text that stands in the value itself.
    #[inline]
    fn short_text(&mut self, text: &FhirString) -> bool {
        let Some((bytes, length)) = text.inline() else {
            return false;
        };
        let text = bytes.first_chunk().map_or(0, |start| u128::from_le_bytes(*start));
        length < 16 && self.short(text & mask(length), length)
    }

    fn quote(&mut self, text: &[u8]) {
        self.out.push(b'"');
        if scan::is_plain(text) {
            self.out.extend_from_slice(text);
        } else {
            // Bytes of a text, handed over as such.
            push_escaped(self.out, core::str::from_utf8(text).unwrap_or_default());
        }
        self.out.push(b'"');
    }

    fn value(&mut self, value: Value<'a>) {
        match value {
            Value::Leaf(leaf) => self.leaf(leaf),
            Value::Node(node) => self.object(node),
            Value::Resource(resource) => match resource.fields() {
                Some(fields) => self.object(fields),
                None => {
                    let json = resource.json().unwrap_or("{}");
                    self.out.extend_from_slice(json.as_bytes());
                }
            },
            Value::List(list) => self.items(list),
        }
    }

    fn items(&mut self, list: &'a dyn List) {
        self.out.push(b'[');
        for at in 0..list.len() {
            if at > 0 {
                self.out.push(b',');
            }
            match list.at(at) {
                Some(Value::Node(node)) => self.object(node),
                Some(Value::Leaf(Leaf::Text(text))) => self.text(text),
                Some(other) => self.value(other),
                None => {}
            }
        }
        self.out.push(b']');
    }

    #[inline]
    fn leaf(&mut self, leaf: Leaf<'_>) {
        match leaf {
            Leaf::Text(text) => self.text(text),
            Leaf::Code(code) => self.quote(code.as_bytes()),
            Leaf::Boolean(true) => self.out.extend_from_slice(b"true"),
            Leaf::Boolean(false) => self.out.extend_from_slice(b"false"),
            Leaf::Integer(number) => self.number(i64::from(number)),
            Leaf::Unsigned(number) => self.number(i64::from(number)),
            Leaf::Decimal(number) => self.out.extend_from_slice(number.as_bytes()),
            Leaf::Date(date) => self.quoted(|out| date.write(out)),
            Leaf::DateTime(date) => self.quoted(|out| date.write(out)),
            Leaf::Instant(instant) => self.quoted(|out| instant.write(out)),
            Leaf::Time(time) => self.quoted(|out| time.write(out)),
        }
    }

    #[inline]
    fn quoted(&mut self, write: impl FnOnce(&mut Buffer)) {
        let mut buffer = Buffer::new();
        write(&mut buffer);
        self.out.push(b'"');
        self.out.extend_from_slice(buffer.as_bytes());
        self.out.push(b'"');
    }

    fn number(&mut self, number: i64) {
        let mut digits = [0; 20];
        let mut rest = number.unsigned_abs();
        let mut length = 0;
        for to in digits.iter_mut().rev() {
            *to = b'0' + (rest % 10) as u8;
            rest /= 10;
            length += 1;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            self.out.push(b'-');
        }
        let start = digits.len() - length;
        self.out
            .extend_from_slice(digits.get(start..).unwrap_or_default());
    }

    /// The key of a field.
    #[inline]
    fn start(&mut self, element: u8, variant: u8) -> Option<&'static Property> {
        let property = self.elements.get(usize::from(element))?.alternative(variant)?;
        property.push_key(self.out);
        Some(property)
    }

    /// The values of a key with their ids and extensions.
    #[cold]
    fn with_companions(&mut self, key: &str, value: Value<'a>, extra: &'a Extra) {
        let mut entries = entries(extra, key);
        if entries.is_empty() {
            return self.value(value);
        }
        match value {
            Value::List(list) => self.list_with_holes(list, &entries),
            one => self.value(one),
        }
        let is_list = matches!(value, Value::List(_));
        entries.retain(|one| !one.extra.is_empty());
        if !entries.is_empty() {
            self.out.push(b',');
            self.companions(key, &entries, is_list);
            self.out.pop();
        }
    }

    fn list_with_holes(&mut self, list: &'a dyn List, entries: &[&Primitive]) {
        let mut holes = entries
            .iter()
            .filter(|one| one.is_hole)
            .map(|one| one.index as usize)
            .peekable();
        self.out.push(b'[');
        for at in 0..list.len() {
            let Some(one) = list.at(at) else { continue };
            if at > 0 {
                self.out.push(b',');
            }
            while holes.next_if(|hole| *hole < at).is_some() {}
            match one {
                Value::Leaf(leaf) if holes.peek() == Some(&at) && leaf.is_hole() => {
                    self.out.extend_from_slice(b"null");
                }
                one => self.value(one),
            }
        }
        self.out.push(b']');
    }

    /// The key with an underscore, and a comma. Where several were given for one value, all of them are written.
    fn companions(&mut self, key: &str, entries: &[&'a Primitive], is_list: bool) {
        if entries.is_empty() {
            return;
        }
        self.out.extend_from_slice(b"\"_");
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        if let ([one], false) = (entries, is_list)
            && one.index == 0
        {
            self.object(&one.extra);
            self.out.push(b',');
            return;
        }
        self.out.push(b'[');
        let mut next = 0;
        for one in entries {
            // A place far behind the values is the caller's mistake; it is not worth a null each.
            while next < one.index && next < MAX_PADDING {
                self.out.extend_from_slice(b"null,");
                next += 1;
            }
            self.object(&one.extra);
            self.out.push(b',');
            next = one.index + 1;
        }
        self.close();
    }
}

/// Nulls before an id or extension.
const MAX_PADDING: u32 = 1 << 24;

/// What is known of the primitives under one key, by their places.
fn entries<'a>(extra: &'a Extra, key: &str) -> Vec<&'a Primitive> {
    let mut found: Vec<&Primitive> = extra.primitives().iter().filter(|one| one.key == *key).collect();
    found.sort_by_key(|one| one.index);
    found
}

impl<'a> Visit<'a> for Writer<'a, '_> {
    fn field(&mut self, element: u8, variant: u8, value: Value<'a>) {
        let Some(property) = self.start(element, variant) else {
            return;
        };
        match self.extra {
            Some(extra) if !extra.primitives().is_empty() => {
                self.with_companions(property.key(), value, extra)
            }
            _ => self.value(value),
        }
        self.out.push(b',');
    }

    fn list(&mut self, element: u8, list: &'a dyn List) {
        if self.extra.is_some() {
            return self.field(element, 0, Value::List(list));
        }
        if self.start(element, 0).is_some() {
            self.items(list);
            self.out.push(b',');
        }
    }

    fn text(&mut self, element: u8, text: &'a FhirString) {
        if self.extra.is_some() {
            return self.field(element, 0, Value::Leaf(Leaf::Text(text)));
        }
        if self.start(element, 0).is_some() && !self.short_text(text) {
            Writer::text(self, text);
            self.out.push(b',');
        }
    }

    fn code(&mut self, element: u8, code: &'a str) {
        if self.extra.is_some() {
            return self.field(element, 0, Value::Leaf(Leaf::Code(code)));
        }
        let bytes = code.as_bytes();
        if self.start(element, 0).is_some() && !self.short(scan::start(bytes), bytes.len()) {
            self.quote(bytes);
            self.out.push(b',');
        }
    }

    fn node(&mut self, element: u8, node: &'a dyn Fields) {
        if self.start(element, 0).is_some() {
            self.object(node);
            self.out.push(b',');
        }
    }
}
