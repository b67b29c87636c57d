//! What a resource says it is, from the keys of its outermost object.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use memchr::{memchr2, memchr3};

use crate::json::escape::unescape;

/// Type, id, URL and version of a resource; empty if it is no JSON object with a type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) resource_type: String,
    pub(super) id: Option<String>,
    pub(super) url: Option<String>,
    pub(super) version: Option<String>,
}

impl Header {
    /// Reads the keys until all four are there. Of a key that is there twice the first counts, as in a
    /// [`Document`](crate::Document).
    pub(super) fn read(bytes: &[u8]) -> Self {
        let mut header = Self::default();
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        // What comes before a fault counts; the document says what is wrong.
        let _ = header.fill(bytes);
        header
    }

    fn fill(&mut self, bytes: &[u8]) -> Option<()> {
        let mut at = space(bytes, 0);
        if bytes.get(at) != Some(&b'{') {
            return None;
        }
        loop {
            at = space(bytes, at + 1);
            let (key, end) = string(bytes, at)?;
            at = space(bytes, end);
            if bytes.get(at) != Some(&b':') {
                return None;
            }
            at = space(bytes, at + 1);
            if bytes.get(at) == Some(&b'"') {
                let (value, end) = string(bytes, at)?;
                at = end;
                let of = |place: &mut Option<String>| {
                    if place.is_none() {
                        *place = core::str::from_utf8(value)
                            .ok()
                            .map(|text| unescape(text).into_owned());
                    }
                };
                match key {
                    b"resourceType" if self.resource_type.is_empty() => {
                        self.resource_type = core::str::from_utf8(value).ok()?.to_owned();
                    }
                    b"id" => of(&mut self.id),
                    b"url" => of(&mut self.url),
                    b"version" => of(&mut self.version),
                    _ => {}
                }
            } else {
                at = skip(bytes, at)?;
            }
            let is_full = self.id.is_some() && self.url.is_some() && self.version.is_some();
            at = space(bytes, at);
            if (is_full && !self.resource_type.is_empty()) || bytes.get(at) != Some(&b',') {
                return Some(());
            }
        }
    }
}

fn space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The inside of a string that starts at a place, and the place behind it.
fn string(bytes: &[u8], start: usize) -> Option<(&[u8], usize)> {
    if bytes.get(start) != Some(&b'"') {
        return None;
    }
    let mut at = start + 1;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some((bytes.get(start + 1..at)?, at + 1));
        }
        at += 2;
    }
}

/// The place behind a value that is no string.
fn skip(bytes: &[u8], mut at: usize) -> Option<usize> {
    if !matches!(bytes.get(at)?, b'{' | b'[') {
        let rest = bytes.get(at..)?;
        return memchr3(b',', b'}', b'\n', rest).map(|length| at + length);
    }
    let mut depth = 0_usize;
    loop {
        match bytes.get(at)? {
            b'"' => at = string(bytes, at)?.1,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth -= 1;
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_keys_count() {
        let text = br#" {"meta": {"id": "no", "tag": [{"version": "]}\""}]}, "n": 12.5 , "resourceType" : "ValueSet",
            "b": true
            , "url":"http:\/\/example.org\/a", "url": "second", "id": "a"}"#;
        let header = Header::read(text);
        assert_eq!(header.resource_type, "ValueSet");
        assert_eq!(header.url.as_deref(), Some("http://example.org/a"));
        assert_eq!(
            (header.id.as_deref(), header.version.as_deref()),
            (Some("a"), None)
        );
    }

    #[test]
    fn what_is_broken_gives_what_came_before() {
        for text in [
            "",
            "{",
            "[]",
            "{\"id\"",
            "{\"id\": [",
            "{\"id\": \"",
            "{\"a\": ]",
            "\"a\"",
            "{\"a\":{]",
        ] {
            assert_eq!(Header::read(text.as_bytes()), Header::default(), "{text}");
        }
        let header = Header::read(br#"{"resourceType": "Basic", "id": "a", "x": [1"#);
        assert_eq!(
            (header.resource_type.as_str(), header.id.as_deref()),
            ("Basic", Some("a"))
        );
    }
}
