//! The primitives of typed values by themselves: texts, dates and times as strings, decimals as numbers.

use alloc::borrow::Cow;

use ::serde::de::{Deserialize, Deserializer, Error};
use ::serde::ser::{Serialize, Serializer};

use super::text;
use super::write::number;
use crate::json::escape::unescape;
use crate::typed::{Date, DateTime, Decimal, FhirString, Instant, Time};

impl Serialize for FhirString {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for FhirString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = text::json(deserializer)?;
        string(&json)
            .map(Self::from)
            .ok_or_else(|| D::Error::custom("expected a text"))
    }
}

impl Serialize for Decimal {
    /// The number with its digits where the format can have them: see [`serde`](crate::serde).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        number(self.as_str(), serializer)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = text::json(deserializer)?;
        json.trim().parse().map_err(D::Error::custom)
    }
}

/// A string of JSON, without escapes.
fn string(json: &str) -> Option<Cow<'_, str>> {
    let text = json.trim().strip_prefix('"')?.strip_suffix('"')?;
    Some(unescape(text))
}

macro_rules! moments {
    ($($name:ident,)*) => { $(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let json = text::json(deserializer)?;
                let text = string(&json).ok_or_else(|| D::Error::custom("expected a text"))?;
                text.parse().map_err(D::Error::custom)
            }
        }
    )* };
}

moments! {
    Date,
    DateTime,
    Instant,
    Time,
}
