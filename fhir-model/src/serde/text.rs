//! Whatever describes itself, as JSON.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

use ::serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{DEPTH, TOO_DEEP};
use crate::json::{escape, scan};

/// By this key serde_json, with its feature `arbitrary_precision`, gives the text of a number as the one member of an
/// object.
const NUMBER: &str = "$serde_json::private::Number";

/// By this name serde_json's deserializer, with its feature `raw_value`, gives a value as the text that it is: an object
/// of one member, whose key is this. Any other deserializer takes it for the name of a type and goes on.
const RAW: &str = "$serde_json::private::RawValue";

/// The value that a deserializer gives, as JSON.
pub(super) fn json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let mut out = String::new();
    let top = Text {
        out: &mut out,
        depth: 0,
        may_be_raw: true,
    };
    deserializer.deserialize_newtype_struct(RAW, top)?;
    Ok(out)
}

/// Appends one value to JSON.
struct Text<'o> {
    out: &'o mut String,
    depth: usize,
    /// Whether the deserializer was asked for the text, and nothing of the value was seen yet.
    may_be_raw: bool,
}

impl Text<'_> {
    /// A value inside this one.
    fn inside(&mut self) -> Text<'_> {
        Text {
            out: self.out,
            depth: self.depth + 1,
            may_be_raw: false,
        }
    }

    fn check<E: Error>(&self) -> Result<(), E> {
        if self.depth > DEPTH {
            return Err(E::custom(TOO_DEEP));
        }
        Ok(())
    }

    fn write<E: Error>(self, value: impl fmt::Display) -> Result<(), E> {
        write!(self.out, "{value}").map_err(E::custom)
    }

    fn float<E: Error>(self, value: impl fmt::Debug, is_finite: bool) -> Result<(), E> {
        if !is_finite {
            return Err(E::custom("a number that JSON does not have"));
        }
        // As short as it can be, and with an exponent where that is shorter.
        write!(self.out, "{value:?}").map_err(E::custom)
    }

    /// The text of a value in place of the object that stands for it.
    fn instead<'de, A: MapAccess<'de>>(self, mut map: A, is_number: bool) -> Result<(), A::Error> {
        let text: String = map.next_value()?;
        if is_number && scan::number(text.as_bytes()) != Some(text.len()) {
            return Err(A::Error::custom("a number that JSON does not have"));
        }
        self.out.push_str(&text);
        Ok(())
    }
}

fn push_text(out: &mut String, text: &str) {
    let mut escaped = Vec::with_capacity(text.len() + 2);
    escaped.push(b'"');
    escape::push_escaped(&mut escaped, text);
    escaped.push(b'"');
    // A text, escaped.
    out.push_str(core::str::from_utf8(&escaped).unwrap_or_default());
}

impl<'de> Visitor<'de> for Text<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON has")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.write(value)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.write(value)
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<(), E> {
        self.write(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.write(value)
    }

    fn visit_u128<E: Error>(self, value: u128) -> Result<(), E> {
        self.write(value)
    }

    fn visit_f32<E: Error>(self, value: f32) -> Result<(), E> {
        self.float(value, value.is_finite())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.float(value, value.is_finite())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        push_text(self.out, value);
        Ok(())
    }

    fn visit_bytes<E: Error>(self, _: &[u8]) -> Result<(), E> {
        Err(E::custom("bytes are no value that JSON has"))
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.write("null")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.write("null")
    }

    fn visit_some<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<(), D::Error> {
        self.check()?;
        self.inside().deserialize(deserializer)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<(), D::Error> {
        self.check()?;
        self.inside().deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        self.check()?;
        self.out.push('[');
        let mut is_first = true;
        loop {
            let length = self.out.len();
            if !is_first {
                self.out.push(',');
            }
            is_first = false;
            if seq.next_element_seed(self.inside())?.is_none() {
                self.out.truncate(length);
                break;
            }
        }
        self.out.push(']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.check()?;
        let mut key = String::new();
        let mut is_there = map.next_key_seed(Key(&mut key))?.is_some();
        if is_there && (key == NUMBER || self.may_be_raw && key == RAW) {
            return self.instead(map, key == NUMBER);
        }
        self.out.push('{');
        while is_there {
            push_text(self.out, &key);
            self.out.push(':');
            map.next_value_seed(self.inside())?;
            key.clear();
            is_there = map.next_key_seed(Key(&mut key))?.is_some();
            if is_there {
                self.out.push(',');
            }
        }
        self.out.push('}');
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Text<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// A key, put into a text.
struct Key<'k>(&'k mut String);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

/// What serde says by itself quotes the value.
macro_rules! refuse {
    ($($method:ident($ty:ty)),* $(,)?) => {
        $(
            fn $method<E: Error>(self, _: $ty) -> Result<(), E> {
                Err(E::custom("a key that is no text"))
            }
        )*
    };
}

impl<'de> Visitor<'de> for Key<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<(), E> {
        self.0.push_str(key);
        Ok(())
    }

    refuse! {
        visit_bool(bool), visit_i64(i64), visit_i128(i128), visit_u64(u64), visit_u128(u128), visit_f64(f64),
        visit_bytes(&[u8]),
    }
}
