//! Equality and hashes of documents and nodes.

use alloc::vec::Vec;
use core::hash::Hasher;

use super::siphash::SipHash;
use super::tape::{ESCAPED, Kind, Slot, UNKNOWN};
use super::{Document, Node};
use crate::json::escape::unescape;
use crate::json::{self, JsonStyle};

/// The flags that say what a node is, not how its text is written.
const KEPT: u8 = !ESCAPED;

impl<'d> Node<'d> {
    /// Whether two nodes hold the same in the same order: keys, texts without escapes, digits of numbers. Where they
    /// stand in their documents does not matter, nor does white space between values.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::Document;
    /// let read = |json: &'static str| Document::from_json(json.as_bytes()).map(|read| read.document);
    /// let one = read(r#"{"resourceType": "Basic", "id": "a", "language": "de"}"#)?;
    /// let escaped = read(r#"{"resourceType":"Basic","id":"\u0061","language":"de"}"#)?;
    /// let reordered = read(r#"{"resourceType":"Basic","language":"de","id":"a"}"#)?;
    /// assert!(one.root().is_same(escaped.root()) && !one.root().is_same(reordered.root()));
    /// assert!(one.root().is_equivalent(reordered.root()));
    /// # Ok::<(), carewire_fhir_model::Error>(())
    /// ```
    pub fn is_same(self, other: Node<'_>) -> bool {
        let (one, two) = (self.slots(), other.slots());
        if one.len() != two.len() {
            return false;
        }
        one.iter().zip(two).zip(0_u32..).all(|((a, b), place)| {
            let (at, of) = (self.index() + place, other.index() + place);
            let end = |slot: &Slot, base: u32| slot.extent.wrapping_sub(base);
            if a.kind != b.kind {
                return false;
            }
            if place > 0 && (a.field != b.field || (a.flags ^ b.flags) & KEPT != 0) {
                return false;
            }
            let same = if a.kind.is_container() {
                end(a, self.index()) == end(b, other.index())
            } else {
                self.text_of(*a) == other.text_of(*b)
            };
            same && (place == 0 || a.field != UNKNOWN || self.key_of(at) == other.key_of(of))
        })
    }

    /// Whether two nodes hold the same values: the order of the keys does not matter, and numbers are compared by
    /// value, so that `1.0` is `1.00`. All else does: the order of lists, white space in texts and narratives.
    pub fn is_equivalent(self, other: Node<'_>) -> bool {
        self.values() == other.values()
    }

    /// A hash of the values it holds: the same for nodes of which [`Node::is_equivalent`] is true, on every machine
    /// and in every version. It is SipHash-2-4 with a key of zeros, so it guards against accidents, not against a
    /// sender who wants two documents to collide; for that hash [`JsonStyle::canonical`] with what suits you.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::Document;
    /// let read = |json: &'static str| Document::from_json(json.as_bytes()).map(|read| read.document);
    /// let one = read(r#"{"resourceType": "Group", "quantity": 10, "active": true}"#)?;
    /// let other = read(r#"{"resourceType":"Group","active":true,"quantity":1.0e1}"#)?;
    /// assert_eq!(one.root().content_hash(), other.root().content_hash());
    /// assert_eq!(one.root().content_hash(), 0x466B_7A19_BD97_8133);
    /// # Ok::<(), carewire_fhir_model::Error>(())
    /// ```
    pub fn content_hash(self) -> u64 {
        let mut hasher = SipHash::new();
        hasher.write(&self.values());
        hasher.finish()
    }

    /// The bytes that stand for its values.
    fn values(self) -> Vec<u8> {
        let mut out = Vec::new();
        json::write(self.document(), self.index(), &JsonStyle::values(), &mut out);
        out
    }

    fn slots(self) -> &'d [Slot] {
        let start = self.index() as usize;
        let slots = self.document().tape.slots.get(start..).unwrap_or_default();
        let length = self.slot().next(self.index()).saturating_sub(self.index()) as usize;
        slots.get(..length).unwrap_or_default()
    }

    /// The text of a leaf; a boolean or null is told by its kind.
    fn text_of(self, slot: Slot) -> alloc::borrow::Cow<'d, str> {
        let start = slot.offset as usize;
        let raw = self
            .document()
            .source
            .get(start..start + slot.extent as usize)
            .unwrap_or_default();
        match slot.kind {
            Kind::String if slot.has(ESCAPED) => unescape(raw),
            _ => raw.into(),
        }
    }

    fn key_of(self, at: u32) -> alloc::borrow::Cow<'d, str> {
        let node = self.document().node(at);
        unescape(node.map_or("", |node| node.unknown_key()))
    }
}

impl Document<'_> {
    /// Whether two documents hold the same in the same order: see [`Node::is_same`].
    pub fn is_same(&self, other: &Document<'_>) -> bool {
        self.root().is_same(other.root())
    }

    /// Whether two documents hold the same values: see [`Node::is_equivalent`].
    pub fn is_equivalent(&self, other: &Document<'_>) -> bool {
        self.root().is_equivalent(other.root())
    }

    /// A hash of the values it holds: see [`Node::content_hash`].
    pub fn content_hash(&self) -> u64 {
        self.root().content_hash()
    }
}
