//! From the JSON of a message to its bytes.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _};

use super::any::Any;
use crate::charset::{Charset, Reading};
use crate::delimiters::EncodingCharacters;
use crate::edit::{Encoder, Level};
use crate::limits::Limits;
use crate::message::Message;
use crate::render::json::Json;

const TOO_LARGE: &str = "more bytes than a message may have";

/// No part has a larger number.
const PARTS: usize = 1 << 16;

impl<'de> Deserialize<'de> for Message<'static> {
    /// Reads the shape of [`render::json`](crate::render::json); see [`serde`](crate::serde).
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Any::TOP.deserialize(deserializer)?;
        let bytes = bytes(&json, Limits::default().bytes).map_err(D::Error::custom)?;
        let message = Message::parse(&bytes).map_err(D::Error::custom)?;
        Ok(message.into_owned())
    }
}

/// What is wrong with the JSON, and in which segment.
type Fault = String;

/// The bytes of a message.
fn bytes(json: &Json<'_>, limit: usize) -> Result<Vec<u8>, Fault> {
    let mut segments = Vec::new();
    gather(json, &mut segments);
    let first = segments
        .first()
        .ok_or("no segment in the children of the message")?;
    if member(first, "segment").and_then(text) != Some("MSH") {
        return Err("the first segment is not MSH".into());
    }
    let writer = Writer {
        encoder: encoder(json, first)?,
        limit,
    };
    let mut terminator = Vec::new();
    match member(json, "terminator") {
        Some(own) => latin(own, &mut terminator).ok_or("bytes beyond U+00FF in terminator")?,
        None => terminator.push(b'\r'),
    }
    let mut out = Vec::new();
    for (n, json) in segments.iter().enumerate() {
        match member(json, "before") {
            Some(before) => {
                latin(before, &mut out).ok_or_else(|| fault(n, "bytes beyond U+00FF in before"))?
            }
            None if n > 0 => out.extend_from_slice(&terminator),
            None => {}
        }
        if out.len() > limit {
            return Err(fault(n, TOO_LARGE));
        }
        writer.segment(json, &mut out).map_err(|why| fault(n, &why))?;
    }
    match member(json, "after") {
        Some(after) => latin(after, &mut out).ok_or("bytes beyond U+00FF in after")?,
        None => out.extend_from_slice(&terminator),
    }
    Ok(out)
}

fn fault(n: usize, why: &str) -> Fault {
    format!("segment {}: {why}", n + 1)
}

/// The segments in order, whatever groups they are in. The depth is bounded by reading.
fn gather<'j, 'a>(json: &'j Json<'a>, segments: &mut Vec<&'j Json<'a>>) {
    for child in member(json, "children").map(items).unwrap_or_default() {
        if member(child, "children").is_some() {
            gather(child, segments);
        } else {
            segments.push(child);
        }
    }
}

/// The delimiters and character sets that MSH declares.
fn encoder(json: &Json<'_>, msh: &Json<'_>) -> Result<Encoder, Fault> {
    let field = |n: usize| {
        let fields = member(msh, "fields").map(items).unwrap_or_default();
        fields.iter().find(|field| numbered(field, "field") == Some(n))
    };
    let literal = |n: usize| {
        let value = items(member(field(n)?, "repetitions")?).first()?;
        value_bytes(value)
    };
    let separator = match literal(1).as_deref() {
        Some(&[separator]) if EncodingCharacters::may_separate(separator) => separator,
        _ => return Err(fault(0, "MSH-1 is no field separator")),
    };
    let (characters, _) = EncodingCharacters::read(separator, &literal(2).unwrap_or_default());
    let declared = field(18)
        .and_then(|field| member(field, "repetitions"))
        .map(items);
    let names = declared.unwrap_or_default().iter().map(value_bytes);
    let sets: Vec<Option<Charset>> = names
        .map(|name| name.and_then(|name| Charset::named(&name)))
        .collect();
    let charset = member(json, "charset").and_then(text);
    let charset = charset.and_then(|name| Charset::named(name.as_bytes()));
    let charset = charset
        .or(sets.first().copied().flatten())
        .unwrap_or(Charset::Ascii);
    let reading = Reading::new(charset, sets.len() > 1);
    Ok(Encoder::new(
        characters,
        reading,
        sets.into_iter().flatten().collect(),
    ))
}

/// The bytes of a value as it stands: its `raw`, else its text.
fn value_bytes(value: &Json<'_>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    match member(value, "raw") {
        Some(raw) => latin(raw, &mut bytes)?,
        None => bytes.extend_from_slice(member(value, "text").and_then(text)?.as_bytes()),
    }
    Some(bytes)
}

/// What writes segments.
struct Writer {
    encoder: Encoder,
    /// The largest message, in bytes: a few characters of JSON may ask for very many.
    limit: usize,
}

impl Writer {
    fn segment(&self, json: &Json<'_>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let id = member(json, "segment").and_then(text).unwrap_or("");
        match member(json, "sent") {
            Some(sent) => latin(sent, out).ok_or("bytes beyond U+00FF in sent")?,
            None => out.extend_from_slice(id.as_bytes()),
        }
        let separator = self.encoder.characters.field();
        let has_delimiters = matches!(id, "MSH" | "FHS" | "BHS");
        let mut last = 0;
        for field in member(json, "fields").map(items).unwrap_or_default() {
            let n = numbered(field, "field").ok_or("a field without number")?;
            // MSH-1 is the separator before MSH-2.
            if has_delimiters && (last, n) == (0, 1) {
                last = 1;
                continue;
            }
            self.reach(n, &mut last, separator, out)
                .map_err(|why| format!("field {n}: {why}"))?;
            let repetitions = member(field, "repetitions").map(items).unwrap_or_default();
            if has_delimiters && n == 2 {
                let encoding = repetitions.first().and_then(value_bytes);
                out.extend(encoding.ok_or("field 2: no delimiters")?);
                continue;
            }
            for (r, json) in repetitions.iter().enumerate() {
                if r > 0 {
                    out.push(self.delimiter(Level::Repetition)?);
                }
                self.value(json, Level::Repetition, out)
                    .map_err(|why| format!("field {n}: {why}"))?;
            }
        }
        match numbered(json, "count") {
            Some(count) if count > last => self.reach(count, &mut last, separator, out),
            _ => Ok(()),
        }
    }

    /// Appends the delimiters from part number `last` to part `n`.
    fn reach(&self, n: usize, last: &mut usize, delimiter: u8, out: &mut Vec<u8>) -> Result<(), Fault> {
        if n <= *last {
            return Err("not in the order of the numbers".into());
        }
        if n > PARTS {
            return Err("too large a number".into());
        }
        let length = out.len() + (n - *last);
        if length > self.limit {
            return Err(TOO_LARGE.into());
        }
        out.resize(length, delimiter);
        *last = n;
        Ok(())
    }

    /// Appends a repetition, component or subcomponent.
    fn value(&self, json: &Json<'_>, level: Level, out: &mut Vec<u8>) -> Result<(), Fault> {
        if let Some(raw) = member(json, "raw") {
            return latin(raw, out).ok_or("bytes beyond U+00FF in raw".into());
        }
        if matches!(member(json, "null"), Some(Json::True)) {
            out.extend_from_slice(b"\"\"");
            return Ok(());
        }
        if let Some(text) = member(json, "text") {
            let text = self::text(text).ok_or("a text that is none")?;
            return self.encoder.text(text, out).map_err(|error| format!("{error}"));
        }
        if member(json, "error").is_some() {
            return Err("an error without the raw bytes".into());
        }
        let below = match level {
            Level::Repetition => ("components", "component", Level::Component),
            Level::Component => ("subcomponents", "subcomponent", Level::Subcomponent),
            Level::Field | Level::Subcomponent => return Ok(()),
        };
        let (all, number, level) = below;
        let Some(parts) = member(json, all).map(items) else {
            return Ok(());
        };
        // The first part has no delimiter before it.
        let mut last = 1;
        for (at, json) in parts.iter().enumerate() {
            let n = numbered(json, number).ok_or_else(|| format!("a {number} without number"))?;
            if at > 0 || n > 1 {
                self.reach(n, &mut last, self.delimiter(level)?, out)?;
            }
            self.value(json, level, out)?;
        }
        match numbered(json, "count") {
            Some(count) if count > last => self.reach(count, &mut last, self.delimiter(level)?, out),
            _ => Ok(()),
        }
    }

    fn delimiter(&self, level: Level) -> Result<u8, Fault> {
        self.encoder.separator(level).map_err(|error| format!("{error}"))
    }
}

/// Appends the bytes that characters up to U+00FF stand for.
fn latin(json: &Json<'_>, out: &mut Vec<u8>) -> Option<()> {
    for character in text(json)?.chars() {
        out.push(u8::try_from(u32::from(character)).ok()?);
    }
    Some(())
}

/// The last member with a key, as JSON has it.
fn member<'j, 'a>(json: &'j Json<'a>, key: &str) -> Option<&'j Json<'a>> {
    let Json::Object(members) = json else {
        return None;
    };
    let found = members.iter().rev().find(|(own, _)| own == key);
    found.map(|(_, value)| value)
}

fn items<'j, 'a>(json: &'j Json<'a>) -> &'j [Json<'a>] {
    match json {
        Json::Array(items) => items,
        _ => &[],
    }
}

fn text<'j>(json: &'j Json<'_>) -> Option<&'j str> {
    match json {
        Json::Text(text) => Some(text),
        _ => None,
    }
}

fn numbered(json: &Json<'_>, key: &str) -> Option<usize> {
    match member(json, key)? {
        Json::Number(number) => usize::try_from(*number).ok().filter(|n| *n > 0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use alloc::borrow::Cow;

    use super::*;

    fn object<'a>(members: Vec<(&'a str, Json<'a>)>) -> Json<'a> {
        let members = members
            .into_iter()
            .map(|(key, value)| (Cow::Borrowed(key), value));
        Json::Object(members.collect())
    }

    fn text(text: &str) -> Json<'_> {
        Json::Text(Cow::Borrowed(text))
    }

    fn message<'a>(terminator: &'a str, segments: Vec<Json<'a>>) -> Json<'a> {
        let literal = |n: u64, own: &'static str| {
            let value = object(vec![("text", text(own))]);
            object(vec![
                ("field", Json::Number(n)),
                ("repetitions", Json::Array(vec![value])),
            ])
        };
        let msh = object(vec![
            ("segment", text("MSH")),
            ("fields", Json::Array(vec![literal(1, "|"), literal(2, "^~\\&")])),
        ]);
        let mut children = vec![msh];
        children.extend(segments);
        object(vec![
            ("terminator", text(terminator)),
            ("children", Json::Array(children)),
        ])
    }

    #[test]
    fn little_json_makes_no_large_message() {
        let nte = || object(vec![("segment", text("NTE")), ("count", Json::Number(60_000))]);
        assert_eq!(bytes(&message("\r", vec![nte()]), 100_000).unwrap().len(), 60_013);
        let fault = bytes(&message("\r", vec![nte(), nte()]), 100_000).unwrap_err();
        assert_eq!(fault, "segment 3: more bytes than a message may have");
        let blank = "\n".repeat(30_000);
        let segments = (0..5).map(|_| object(vec![("segment", text("NTE"))])).collect();
        let fault = bytes(&message(&blank, segments), 100_000).unwrap_err();
        assert_eq!(fault, "segment 5: more bytes than a message may have");
    }
}
