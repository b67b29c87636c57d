//! From any format to JSON, and from that to a document.

use alloc::string::String;
use core::fmt;

use ::serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::text::{Key, Text};
use crate::document::Document;

/// By this name serde_json's deserializer, with its feature `raw_value`, gives a value as the text that it is: an object
/// of one member, whose key is this. Any other deserializer takes it for the name of a type and goes on.
const RAW: &str = "$serde_json::private::RawValue";

impl<'de> Deserialize<'de> for Document<'_> {
    /// Reads a resource, leniently; the document owns its text. See [`serde`](crate::serde).
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = json(deserializer)?;
        let read = Document::from_json_vec(json.into_bytes()).map_err(D::Error::custom)?;
        Ok(read.document)
    }
}

/// A typed value, leniently.
#[cfg(feature = "typed")]
pub(crate) fn typed<'de, T: crate::FhirType, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let read = crate::from_json::<T>(json(deserializer)?.as_bytes()).map_err(D::Error::custom)?;
    Ok(read.value)
}

/// The object that a deserializer gives, as JSON.
fn json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer.deserialize_newtype_struct(RAW, Root)
}

/// An object as JSON, or the text of one.
struct Root;

/// What serde says by itself quotes the value.
macro_rules! refuse {
    ($($method:ident($ty:ty)),* $(,)?) => {
        $(
            fn $method<E: Error>(self, _: $ty) -> Result<String, E> {
                Err(E::custom("expected an object"))
            }
        )*
    };
}

impl<'de> Visitor<'de> for Root {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    refuse! {
        visit_bool(bool), visit_i64(i64), visit_i128(i128), visit_u64(u64), visit_u128(u128), visit_f64(f64),
        visit_char(char), visit_str(&str), visit_bytes(&[u8]),
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        let mut json = String::new();
        let mut key = String::new();
        let is_there = map.next_key_seed(Key(&mut key))?.is_some();
        if is_there && key == RAW {
            return map.next_value();
        }
        let first = is_there.then_some(key.as_str());
        Text::new(&mut json).map(first, map)?;
        Ok(json)
    }
}

/// A value that is put into JSON by its text.
impl<'de> DeserializeSeed<'de> for Text<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}
