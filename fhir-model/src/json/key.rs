//! Reading keys: the one that followed last time, one that is looked up, one that is no property.

use super::frame::Expect;
use super::read::{FOLLOWS, Fault, Reader, Step};
use super::{escape, scan};
use crate::document::tape::{COMPANION, DUPLICATE, NO_TYPE, RESOURCE_TYPE, UNKNOWN};
use crate::error::ErrorKind;
use crate::finding::FindingCode;
use crate::schema::key::{find, find_text, mask};
use crate::schema::rows::PROPERTIES;
use crate::schema::{Property, PropertyId, TypeKind};

impl Reader<'_, '_> {
    #[inline]
    pub(super) fn key(&mut self) -> Result<Step, Fault> {
        self.skip_space();
        if self.byte() != b'"' {
            return Err(self.fault(ErrorKind::ExpectedKey));
        }
        let start = self.at + 1;
        let head = self.head(start);
        let guess = usize::from(self.top.last) % FOLLOWS;
        let likely = self.follows[guess];
        if let Some(property) = PROPERTIES.get(usize::from(likely))
            && property.owner == self.top.owner
            && head & mask(usize::from(property.length) + 1) == property.head
            && (property.length < 16 || self.ends_as(start, property))
        {
            self.at = start + usize::from(property.length) + 1;
            self.known_key(likely, property);
        } else {
            self.looked_up_key(start, head, guess)?;
        }
        if self.byte() != b':' {
            self.skip_space();
            if self.byte() != b':' {
                return Err(self.fault(ErrorKind::ExpectedColon));
            }
        }
        self.at += 1;
        Ok(Step::Value)
    }

    /// Sixteen bytes from `start` on, zeros after the end.
    #[inline]
    fn head(&self, start: usize) -> u128 {
        if let Some(chunk) = self.bytes.get(start..).and_then(<[u8]>::first_chunk::<16>) {
            return u128::from_le_bytes(*chunk);
        }
        let mut chunk = [0; 16];
        for (to, from) in chunk.iter_mut().zip(self.bytes.get(start..).unwrap_or_default()) {
            *to = *from;
        }
        u128::from_le_bytes(chunk)
    }

    /// Whether the whole key of `property` and a quotation mark stand at `start`.
    fn ends_as(&self, start: usize, property: &Property) -> bool {
        let end = start + usize::from(property.length);
        self.bytes.get(start..end) == Some(property.key().as_bytes()) && self.bytes.get(end) == Some(&b'"')
    }

    #[inline]
    fn known_key(&mut self, id: u16, property: &Property) {
        let top = &mut self.top;
        top.last = id;
        top.expect_property(id, property);
        top.flags = 0;
        let place = id.wrapping_sub(top.first_property);
        let word = &mut top.seen[usize::from(place >> 6) & 3];
        let bit = 1 << (place & 63);
        if *word & bit != 0 {
            top.flags = DUPLICATE;
            self.notes
                .add(FindingCode::DuplicateKey, self.tape.slots.len(), self.at);
        }
        *word |= bit;
    }

    fn looked_up_key(&mut self, start: usize, head: u128, guess: usize) -> Result<(), Fault> {
        const LOW: u128 = u128::from_le_bytes([1; 16]);
        const HIGH: u128 = LOW << 7;
        let quote = head ^ (LOW * b'"' as u128);
        let found = quote.wrapping_sub(LOW) & !quote & HIGH;
        let end = if found == 0 {
            scan::string_end(self.bytes, start)
        } else {
            start + (found.trailing_zeros() / 8) as usize
        };
        let key = self.bytes.get(start..end).unwrap_or_default();
        if self.bytes.get(end) == Some(&b'"')
            && let Some(PropertyId(id)) = find(self.top.owner, head & mask(key.len() + 1), key)
        {
            self.follows[guess] = id;
            self.at = end + 1;
            self.known_key(id, PropertyId(id).property());
            return Ok(());
        }
        self.other_key(start)
    }

    /// A key that is no property as it stands: `resourceType`, one with an underscore or escapes, an unknown one.
    #[cold]
    fn other_key(&mut self, start: usize) -> Result<(), Fault> {
        let end = scan::skip_string(self.bytes, start);
        self.at = end;
        if end > self.bytes.len() || end <= start || self.bytes.get(end - 1) != Some(&b'"') {
            self.at = self.bytes.len();
            return Err(self.fault(ErrorKind::UnexpectedEnd));
        }
        let raw = self.text.get(start..end - 1).unwrap_or_default();
        let key = escape::unescape(raw);
        self.check_text(start, raw);
        self.top.key_offset = start as u32;
        self.top.key_length = raw.len() as u32;
        self.top.flags = 0;
        if let Some(PropertyId(id)) = find_text(self.top.owner, key.as_bytes()) {
            self.known_key(id, PropertyId(id).property());
            return Ok(());
        }
        let slot = self.tape.slots.len();
        if self.top.is_resource && key == "resourceType" && self.names_type(end) {
            if core::mem::replace(&mut self.top.has_type, true) {
                self.notes.add(FindingCode::DuplicateKey, slot, start);
            }
            self.top.expect_anything(RESOURCE_TYPE, Expect::ResourceType);
            return Ok(());
        }
        if let Some(name) = key.strip_prefix('_')
            && let Some(PropertyId(id)) = find_text(self.top.owner, name.as_bytes())
        {
            let property = PropertyId(id).property();
            if property.kind == TypeKind::Primitive {
                self.top.has_companions = true;
                self.top.expect_property(id, property);
                self.top.expect = Expect::Object;
                self.top.flags = COMPANION;
                return Ok(());
            }
            self.notes.add(FindingCode::CompanionOfComplex, slot, start);
        } else if self.top.owner != NO_TYPE {
            self.notes.add(FindingCode::UnknownElement, slot, start);
        }
        self.top.has_unknown = true;
        self.top.expect_anything(UNKNOWN, Expect::Anything);
        Ok(())
    }

    /// Whether the key that ends at `end` may be the type of its object: if the caller said what the root is, it
    /// must be that.
    fn names_type(&self, end: usize) -> bool {
        if !self.root_is_given() {
            return true;
        }
        let colon = scan::skip_space(self.bytes, end);
        let value = scan::skip_space(self.bytes, colon + 1);
        let named = self.text.get(value + 1..scan::string_end(self.bytes, value + 1));
        self.bytes.get(value) == Some(&b'"') && named == Some(self.top.owner.name())
    }
}
