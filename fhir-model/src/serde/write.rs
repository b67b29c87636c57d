//! From the tape to any format.

use alloc::borrow::Cow;

use ::serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};

use super::{DEPTH, TOO_DEEP};
use crate::document::tape::{COMPANION, ITEM, Kind, NESTED, RESOURCE_TYPE, Slot};
use crate::document::{Document, Node};
use crate::json::escape::unescape;
use crate::schema::Property;

impl Serialize for Document<'_> {
    /// The resource as FHIR's JSON has it, in the order of the input. See [`serde`](crate::serde).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.root().serialize(serializer)
    }
}

impl Serialize for Node<'_> {
    /// The node as FHIR's JSON has it; a primitive is its bare value. See [`serde`](crate::serde).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Value {
            document: self.document(),
            at: self.index(),
            depth: 0,
        }
        .serialize(serializer)
    }
}

/// A typed value, by its document.
#[cfg(feature = "typed")]
pub(crate) fn typed<T: crate::FhirType, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let document = crate::to_document(value).map_err(S::Error::custom)?;
    document.serialize(serializer)
}

/// What stands at a slot.
#[derive(Clone, Copy)]
struct Value<'d> {
    document: &'d Document<'d>,
    at: u32,
    depth: usize,
}

impl<'d> Value<'d> {
    fn slot(self) -> Option<Slot> {
        self.document.tape.slot(self.at)
    }

    fn text(self) -> Cow<'d, str> {
        Node::new(self.document, self.at).text().unwrap_or_default()
    }

    /// What stands directly in it, with the slots.
    fn inside(self) -> impl Iterator<Item = (Self, Slot)> {
        let end = self.slot().map_or(0, |slot| slot.next(self.at));
        let mut at = self.at + 1;
        core::iter::from_fn(move || {
            let one = Self {
                at,
                depth: self.depth + 1,
                ..self
            };
            let slot = one.slot().filter(|_| at < end)?;
            at = slot.next(at);
            Some((one, slot))
        })
    }

    fn key(self, slot: Slot) -> Cow<'d, str> {
        match slot.property().map(Property::key) {
            Some(key) if slot.has(COMPANION) => Cow::Owned(format!("_{key}")),
            Some(key) => Cow::Borrowed(key),
            None if slot.field == RESOURCE_TYPE => Cow::Borrowed("resourceType"),
            None => unescape(Node::new(self.document, self.at).unknown_key()),
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.depth > DEPTH {
            return Err(S::Error::custom(TOO_DEEP));
        }
        match self.slot().map_or(Kind::Null, |slot| slot.kind) {
            Kind::String => serializer.serialize_str(&self.text()),
            Kind::Number => number(&self.text(), serializer),
            Kind::True => serializer.serialize_bool(true),
            Kind::False => serializer.serialize_bool(false),
            Kind::Null => serializer.serialize_unit(),
            Kind::Array => {
                let mut list = serializer.serialize_seq(Some(self.inside().count()))?;
                for (one, _) in self.inside() {
                    list.serialize_element(&one)?;
                }
                list.end()
            }
            Kind::Object => {
                // A key has one slot, or as many as its array has entries.
                let is_first = |slot: &Slot| !slot.continues() || slot.field == NESTED;
                let count = self.inside().filter(|(_, slot)| is_first(slot)).count();
                let mut map = serializer.serialize_map(Some(count))?;
                let mut members = self.inside().peekable();
                while let Some((first, slot)) = members.next() {
                    let mut more = 0;
                    while members.next_if(|(_, slot)| !is_first(slot)).is_some() {
                        more += 1;
                    }
                    let key = first.key(slot);
                    if slot.has(ITEM) {
                        let count = more + 1;
                        map.serialize_entry(&*key, &List { first, count })?;
                    } else {
                        map.serialize_entry(&*key, &first)?;
                    }
                }
                map.end()
            }
        }
    }
}

/// The array under a key.
struct List<'d> {
    first: Value<'d>,
    count: usize,
}

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.count))?;
        let mut one = self.first;
        for _ in 0..self.count {
            list.serialize_element(&one)?;
            one.at = one.slot().map_or(one.at, |slot| slot.next(one.at));
        }
        list.end()
    }
}

/// A number: in serde_json by its digits; else as the integer that it is, or as the nearest `f64`.
pub(super) fn number<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if let Ok(number) = text.parse::<u64>() {
        return serializer.serialize_u64(number);
    }
    if let Ok(number) = text.parse::<i64>()
        && number != 0
    {
        return serializer.serialize_i64(number);
    }
    #[cfg(feature = "serde_json")]
    if core::any::type_name::<S::Error>() == core::any::type_name::<::serde_json::Error>() {
        // Another serializer would write serde_json's own marks as if they were data.
        if let Ok(raw) = ::serde_json::from_str::<&::serde_json::value::RawValue>(text) {
            return raw.serialize(serializer);
        }
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => serializer.serialize_f64(number),
        _ => Err(S::Error::custom("a number beyond the range of the format")),
    }
}
