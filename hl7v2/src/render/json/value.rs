//! JSON as a tree, of one segment at a time: what the text and serde are both written from.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

/// A JSON value.
#[derive(Clone)]
pub(crate) enum Json<'a> {
    Null,
    True,
    Number(u64),
    Text(Cow<'a, str>),
    Array(Vec<Json<'a>>),
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    pub(crate) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn number(number: usize) -> Self {
        Self::Number(number as u64)
    }

    /// Bytes as text, a character from U+0000 to U+00FF for each.
    pub(crate) fn bytes(bytes: &[u8]) -> Self {
        Self::Text(bytes.iter().map(|&byte| char::from(byte)).collect())
    }

    /// Appends the value as it is written in JSON, on one line.
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::True => out.push_str("true"),
            Self::Number(number) => {
                let _ = write!(out, "{number}");
            }
            Self::Text(text) => string(out, text),
            Self::Array(items) => {
                out.push('[');
                super::separated(out, items.iter(), |out, item| item.write(out));
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                super::separated(out, members.iter(), |out, (key, value)| {
                    string(out, key);
                    out.push(':');
                    value.write(out);
                });
                out.push('}');
            }
        }
    }
}

/// Builds an object, member by member.
#[derive(Default)]
pub(crate) struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

impl<'a> Object<'a> {
    pub(crate) fn with(mut self, key: &'static str, value: Json<'a>) -> Self {
        self.0.push((Cow::Borrowed(key), value));
        self
    }

    pub(crate) fn maybe(self, key: &'static str, value: Option<Json<'a>>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    pub(crate) fn done(self) -> Json<'a> {
        Json::Object(self.0)
    }
}

/// A JSON string.
pub(super) fn string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(&text[plain..at]);
        plain = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            0x08 => out.push_str("\\b"),
            0x0C => out.push_str("\\f"),
            other => {
                let _ = write!(out, "\\u{other:04x}");
            }
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings() {
        let mut out = String::new();
        string(&mut out, "a\"b\\c\n\u{1}é");
        assert_eq!(out, r#""a\"b\\c\n\u0001é""#);
    }
}
