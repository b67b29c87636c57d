//! From any format to JSON, and from that to a document.

use alloc::string::String;

use ::serde::de::{Deserialize, Deserializer, Error};

use super::text;
use crate::document::Document;

impl<'de> Deserialize<'de> for Document<'_> {
    /// Reads a resource, leniently; the document owns its text. See [`serde`](crate::serde).
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = object(deserializer)?;
        let read = Document::from_json_vec(json.into_bytes()).map_err(D::Error::custom)?;
        Ok(read.document)
    }
}

/// A typed value, leniently.
#[cfg(feature = "typed")]
pub(crate) fn typed<'de, T: crate::FhirType, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let read = crate::from_json::<T>(object(deserializer)?.as_bytes()).map_err(D::Error::custom)?;
    Ok(read.value)
}

fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let json = text::json(deserializer)?;
    if json.trim_start().starts_with('{') {
        Ok(json)
    } else {
        Err(D::Error::custom("expected an object"))
    }
}
