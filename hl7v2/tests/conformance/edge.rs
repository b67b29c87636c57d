//! `hl7v2-edge`: what `_synthetic_edge/EXPECTED.json` says of each file.

use std::fs;
use std::path::Path;

use carewire_hl7v2::{Code, ErrorKind, Message, Place, batch};
use carewire_testkit::conformance::{Case, Verdict};
use serde_json::Value;

use crate::writing;

pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let folder = corpora.join("hl7v2/_synthetic_edge");
    let text = fs::read_to_string(folder.join("EXPECTED.json")).map_err(|error| error.to_string())?;
    let expected: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let files = expected.as_object().ok_or("EXPECTED.json is no object")?;
    Ok(files
        .iter()
        .map(|(name, entry)| Case::run(name, || verdict(&folder.join(name), entry)))
        .collect())
}

fn verdict(file: &Path, entry: &Value) -> Verdict {
    let outcome = fs::read(file)
        .map_err(|error| error.to_string())
        .and_then(|bytes| {
            let expectations = entry["expect"].as_object().filter(|map| !map.is_empty());
            let expectations = expectations.ok_or("nothing is expected")?;
            expectations.iter().try_for_each(|(key, value)| {
                check(&bytes, key, value).map_err(|why| format!("{key}: {why}"))
            })?;
            note(&bytes, entry["note"].as_str().unwrap_or_default())?;
            writing::checked(&bytes)
        });
    match outcome {
        Ok(()) => Verdict::Pass,
        Err(why) => Verdict::Fail(why),
    }
}

fn holds(condition: bool, why: &str) -> Result<(), String> {
    if condition { Ok(()) } else { Err(why.to_owned()) }
}

fn check(bytes: &[u8], key: &str, value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    let number = value.as_u64().map(|n| n as usize);
    let mut messages = batch::messages(bytes);
    match key {
        "error" => {
            let error = Message::parse(bytes).err().ok_or("it was read")?;
            return holds(
                error.kind() == ErrorKind::ShortMsh && text == "truncated MSH",
                "another error",
            );
        }
        "messages" => return holds(Some(messages.count()) == number, "another number"),
        "batches" => {
            messages.by_ref().for_each(drop);
            return holds(
                Some(messages.batches()) == number && messages.findings().is_empty(),
                "another number",
            );
        }
        "warning" => {
            messages.by_ref().for_each(drop);
            let codes: Vec<_> = messages.findings().iter().map(|finding| finding.code()).collect();
            let both = codes.contains(&Code::BatchTrailer) && codes.contains(&Code::FileTrailer);
            return holds(both && text == "missing BTS/FTS", "no such finding");
        }
        "frames" => {
            let expected = number.or_else(|| text.split(' ').next()?.parse().ok());
            return holds(Some(messages.count()) == expected, "another number");
        }
        _ => {}
    }
    let raw = messages.next().ok_or("no message")?;
    let message = raw.parse().map_err(|error| error.to_string())?;
    let has = |code: Code| message.findings().iter().any(|finding| finding.code() == code);
    match key {
        "segments" | "strict CR segments" => {
            holds(Some(message.segments().count()) == number, "another number")
        }
        "lenient" => {
            let second = message.segment_at(2).ok_or("no second segment")?;
            holds(second.id() == text, "another id")?;
            holds(has(Code::SegmentId) || has(Code::IndentedSegment), "no finding")
        }
        "error/lenient" => holds(
            has(Code::SegmentId) && message.segments().count() == 2,
            "no finding",
        ),
        "structure" => {
            let tree = message.tree();
            let codes: Vec<_> = tree
                .findings()
                .iter()
                .map(|finding| (finding.code(), finding.subject()))
                .collect();
            holds(codes.contains(&(Code::SegmentMissing, Some("OBR"))), "no finding")
        }
        _ => value_at(&message, key, value),
    }
}

/// What the key says of a place: `PID-5.1`, `NTE-3.raw`, `PID-3 reps`.
fn value_at(message: &Message<'_>, key: &str, value: &Value) -> Result<(), String> {
    if let Some(path) = key.strip_suffix(" reps") {
        let path = format!("{path}[*]");
        let path = carewire_hl7v2::Path::parse(&path).map_err(|error| error.to_string())?;
        return holds(
            Some(message.query(&path).count() as u64) == value.as_u64(),
            "another number",
        );
    }
    let (path, what) = match key.rsplit_once('.') {
        Some((path, what)) if what.starts_with(|c: char| c.is_ascii_lowercase()) => (path, what),
        _ => (key, "text"),
    };
    let place = message
        .find(path)
        .map_err(|error| error.to_string())?
        .ok_or("no such place")?;
    let expected = value.as_str().unwrap_or_default();
    match what {
        "raw" => holds(place.raw() == expected.as_bytes(), "other bytes"),
        "raw_kept" => holds(
            place.text().as_bytes() == place.raw() && value.as_bool() == Some(true),
            "other text",
        ),
        "decoded_bytes" => holds(place.text().as_bytes() == decoded(expected), "other bytes"),
        _ => match_text(place, expected),
    }
}

fn match_text(place: Place<'_>, expected: &str) -> Result<(), String> {
    match expected {
        "NULL" => holds(place.is_null(), "no null"),
        "EMPTY" => holds(place.is_empty() && !place.is_null(), "not empty"),
        _ => match place.try_text() {
            Ok(text) => holds(text == expected, "another text"),
            Err(error) => Err(error.code().to_owned()),
        },
    }
}

/// `a 0D b`: single letters are themselves, the rest is hexadecimal.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in text.split(' ') {
        match part.len() {
            1 => bytes.extend_from_slice(part.as_bytes()),
            _ => bytes.extend(
                (0..part.len() / 2).filter_map(|n| u8::from_str_radix(&part[n * 2..n * 2 + 2], 16).ok()),
            ),
        }
    }
    bytes
}

/// What the notes of the folder ask for beside the values.
fn note(bytes: &[u8], note: &str) -> Result<(), String> {
    if note.contains("lenient fallback latin1 with a warning") {
        let message = Message::parse(bytes).map_err(|error| error.to_string())?;
        let codes: Vec<_> = message.findings().iter().map(|finding| finding.code()).collect();
        holds(codes.contains(&Code::CharsetFallback), "no warning")?;
        let strict = carewire_hl7v2::ParseOptions::new().strict(true).parse(bytes);
        return holds(strict.is_err(), "strict reading has no error");
    }
    Ok(())
}
