//! Reading FHIR JSON into this room's own small shapes.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::{Error, ErrorKind, Limits};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kind {
    resource_type: Option<String>,
}

/// Reads a resource of a type; serde_json bounds the depth at 128.
pub(crate) fn read<T: DeserializeOwned>(
    json: &[u8],
    resource_type: &str,
    limits: &Limits,
) -> Result<T, Error> {
    if json.len() > limits.bytes {
        return Err(Error::new(ErrorKind::Limit));
    }
    let kind: Kind = serde_json::from_slice(json).map_err(|it| Error::json(&it))?;
    if kind.resource_type.as_deref() != Some(resource_type) {
        return Err(Error::new(ErrorKind::WrongResource));
    }
    serde_json::from_slice(json).map_err(|it| Error::json(&it))
}

/// An element that must be there and have text.
pub(crate) fn present(value: Option<String>, element: &'static str) -> Result<String, Error> {
    value
        .filter(|it| !it.is_empty())
        .ok_or(Error::at(ErrorKind::MissingElement, element))
}
