//! Reading keys: the one that followed last time, one that is looked up, one that is no property.

use super::frame::Expect;
use super::guess::{GUESSES, Guesses};
use super::read::{Fault, Reader, Step};
use super::{escape, scan};
use crate::document::tape::{COMPANION, DUPLICATE, Kind, NO_TYPE, RESOURCE_TYPE, Slot, UNKNOWN};
use crate::error::ErrorKind;
use crate::finding::FindingCode;
use crate::schema::key::{find, find_text, mask};
use crate::schema::rows::PROPERTIES;
use crate::schema::{JsonForm, Property, PropertyId, TypeId, TypeKind};

/// The property of `owner` whose key stands at `start`, without escapes: the one that came after `last` the time before,
/// or one that is looked up and becomes the next guess. Part of each of its callers, for nearly every key passes here.
#[inline(always)]
pub(crate) fn property_at(
    bytes: &[u8],
    follows: &mut Guesses,
    owner: TypeId,
    last: u16,
    start: usize,
) -> Option<(u16, &'static Property)> {
    let head = head(bytes, start);
    let guess = &mut follows[usize::from(last) % GUESSES];
    if let Some(property) = PROPERTIES.get(usize::from(*guess))
        && property.owner == owner
        && head & mask(usize::from(property.length) + 1) == property.head
        && (property.length < 16 || ends_as(bytes, start, property))
    {
        return Some((*guess, property));
    }
    looked_up(bytes, guess, owner, head, start)
}

/// Sixteen bytes from `start` on, zeros after the end.
#[inline(always)]
fn head(bytes: &[u8], start: usize) -> u128 {
    if let Some(chunk) = bytes.get(start..).and_then(<[u8]>::first_chunk::<16>) {
        return u128::from_le_bytes(*chunk);
    }
    let mut chunk = [0; 16];
    for (to, from) in chunk.iter_mut().zip(bytes.get(start..).unwrap_or_default()) {
        *to = *from;
    }
    u128::from_le_bytes(chunk)
}

/// Whether the whole key of `property` and a quotation mark stand at `start`.
fn ends_as(bytes: &[u8], start: usize, property: &Property) -> bool {
    let end = start + usize::from(property.length);
    bytes.get(start..end) == Some(property.key().as_bytes()) && bytes.get(end) == Some(&b'"')
}

fn looked_up(
    bytes: &[u8],
    guess: &mut u16,
    owner: TypeId,
    head: u128,
    start: usize,
) -> Option<(u16, &'static Property)> {
    let end = scan::string_end(bytes, start);
    let key = bytes.get(start..end).unwrap_or_default();
    if bytes.get(end) != Some(&b'"') {
        return None;
    }
    let PropertyId(id) = find(owner, head & mask(key.len() + 1), key)?;
    *guess = id;
    Some((id, PropertyId(id).property()))
}

impl Reader<'_, '_> {
    /// A key, and its value too where it is a plain string that stands in no list: most of what there is.
    #[inline]
    pub(super) fn key(&mut self, at: usize) -> Result<Step, Fault> {
        let at = self.skip_space(at);
        if self.byte(at) != b'"' {
            return Err(self.fault(ErrorKind::ExpectedKey, at));
        }
        let start = at + 1;
        let (owner, last) = (self.top.owner, self.top.last);
        let Some((id, property)) = property_at(self.bytes, self.follows, owner, last, start) else {
            let end = self.other_key(start)?;
            return self.colon(end);
        };
        let end = start + usize::from(property.length) + 1;
        self.top.last = id;
        let flags = self.mark(id, end);
        if property.form == Some(JsonForm::String)
            && !property.is_list
            && self.bytes.get(end..end + 2) == Some(b":\"")
        {
            let start = end + 2;
            let end = scan::string_end(self.bytes, start);
            if self.bytes.get(end) == Some(&b'"') {
                self.push_slot(Slot {
                    offset: start as u32,
                    extent: (end - start) as u32,
                    field: id,
                    kind: Kind::String,
                    flags,
                })?;
                let at = end + 1;
                return Ok(if self.byte(at) == b',' {
                    Step::Key(at + 1)
                } else {
                    Step::After(at)
                });
            }
        }
        self.top.expect_property(id, property);
        self.top.flags = flags;
        self.colon(end)
    }

    #[inline]
    fn colon(&self, at: usize) -> Result<Step, Fault> {
        let at = self.skip_space(at);
        if self.byte(at) != b':' {
            return Err(self.fault(ErrorKind::ExpectedColon, at));
        }
        Ok(Step::Value(at + 1))
    }

    /// Notes that a key is there; the flag of its values if it was before.
    #[inline]
    fn mark(&mut self, id: u16, at: usize) -> u8 {
        let place = id.wrapping_sub(self.top.first_property);
        let word = &mut self.top.seen[usize::from(place >> 6) & 3];
        let bit = 1 << (place & 63);
        let is_again = *word & bit != 0;
        *word |= bit;
        if is_again {
            self.notes
                .add(FindingCode::DuplicateKey, self.tape.slots.len(), at);
            return DUPLICATE;
        }
        0
    }

    /// A key that is no property as it stands: `resourceType`, one with an underscore or escapes, an unknown one. Gives
    /// the place behind it.
    #[cold]
    fn other_key(&mut self, start: usize) -> Result<usize, Fault> {
        let end = scan::skip_string(self.bytes, start);
        if end > self.bytes.len() || end <= start || self.bytes.get(end - 1) != Some(&b'"') {
            return Err((ErrorKind::UnexpectedEnd, self.bytes.len()));
        }
        let raw = self.text.get(start..end - 1).unwrap_or_default();
        let key = escape::unescape(raw);
        self.check_text(start, raw);
        self.top.key_offset = start as u32;
        self.top.key_length = raw.len() as u32;
        self.top.flags = 0;
        if let Some(PropertyId(id)) = find_text(self.top.owner, key.as_bytes()) {
            self.top.last = id;
            self.top.expect_property(id, PropertyId(id).property());
            self.top.flags = self.mark(id, end);
            return Ok(end);
        }
        let slot = self.tape.slots.len();
        if self.top.is_resource && key == "resourceType" && self.names_type(end) {
            if core::mem::replace(&mut self.top.has_type, true) {
                self.notes.add(FindingCode::DuplicateKey, slot, start);
            }
            self.top.expect_anything(RESOURCE_TYPE, Expect::ResourceType);
            return Ok(end);
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
                return Ok(end);
            }
            self.notes.add(FindingCode::CompanionOfComplex, slot, start);
        } else if self.top.owner != NO_TYPE {
            self.notes.add(FindingCode::UnknownElement, slot, start);
        }
        self.top.has_unknown = true;
        self.top.expect_anything(UNKNOWN, Expect::Anything);
        Ok(end)
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
