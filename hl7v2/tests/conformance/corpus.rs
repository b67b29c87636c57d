//! `hl7v2`: every file of the index that is not malformed reads, writes back and gives whole trees.

use std::fs;
use std::path::Path;

use carewire_hl7v2::tree::Node;
use carewire_hl7v2::{ErrorKind, Message, batch, render};
use carewire_testkit::conformance::{Case, Verdict};

use crate::{index, writing};

pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let rows = index::rows(corpora, false)?;
    Ok(rows
        .into_iter()
        .map(|row| Case::run(row.path.clone(), || verdict(corpora, &row)))
        .collect())
}

fn verdict(corpora: &Path, row: &index::Row) -> Verdict {
    match fs::read(corpora.join("hl7v2").join(&row.path)) {
        Ok(bytes) => match check(&bytes, row.msh_count) {
            Ok(()) => Verdict::Pass,
            Err(why) => Verdict::Fail(why),
        },
        Err(error) => Verdict::Fail(error.to_string()),
    }
}

fn check(bytes: &[u8], expected: usize) -> Result<(), String> {
    let mut read = 0;
    for raw in batch::messages(bytes) {
        let start = raw.offset() as usize;
        if bytes.get(start..start + raw.as_bytes().len()) != Some(raw.as_bytes()) {
            return Err(format!("message {} is not at its offset", raw.number()));
        }
        match raw.parse() {
            Ok(message) => {
                read += 1;
                check_message(&message).map_err(|why| format!("message {}: {why}", raw.number()))?;
            }
            // Lines outside every message are given as one that does not read.
            Err(error) if error.kind() == ErrorKind::NoMsh => {}
            Err(error) => return Err(format!("message {}: {error}", raw.number())),
        }
    }
    if read != expected {
        return Err(format!("{read} messages, the index has {expected}"));
    }
    // A whole file given as one message must not panic either.
    if let Ok(message) = Message::parse(bytes) {
        check_message(&message)?;
    }
    Ok(())
}

fn check_message(message: &Message<'_>) -> Result<(), String> {
    written_from_parts(message)?;
    writing::by_values(message)?;
    writing::undone(message)?;
    let tree = message.tree();
    let mut positions = Vec::new();
    gather(tree.root(), &mut positions);
    let all: Vec<_> = (1..=message.segments().count()).collect();
    if positions != all {
        return Err("the tree does not hold each segment once, in order".to_owned());
    }
    let (json, text) = (render::json(message), render::tree(message));
    let parsed: serde_json::Value = serde_json::from_str(&json).map_err(|error| format!("json: {error}"))?;
    let back: Message<'static> =
        serde_json::from_str(&json).map_err(|error| format!("from json: {error}"))?;
    if back.as_bytes() != message.as_bytes() {
        return Err("the message differs when it is read from its json".to_owned());
    }
    if parsed["children"].as_array().is_none_or(Vec::is_empty) || text.is_empty() {
        return Err("a rendering is empty".to_owned());
    }
    Ok(())
}

fn gather(node: Node<'_>, positions: &mut Vec<usize>) {
    positions.extend(node.segment().map(|segment| segment.position()));
    for child in node.children() {
        gather(child, positions);
    }
}

/// Every segment put together again from its subcomponents, and the message from its segments.
fn written_from_parts(message: &Message<'_>) -> Result<(), String> {
    let characters = message.encoding_characters();
    let separator = |byte: Option<u8>| byte.into_iter().collect::<Vec<u8>>();
    let mut end = None;
    for segment in message.segments() {
        let mut fields = Vec::new();
        for field in segment.fields() {
            let mut repetitions = Vec::new();
            for repetition in field.repetitions() {
                let mut components = Vec::new();
                for component in repetition.components() {
                    let parts: Vec<_> = component.subcomponents().map(|part| part.raw()).collect();
                    components.push(parts.join(&separator(characters.subcomponent())[..]));
                }
                repetitions.push(components.join(&separator(characters.component())[..]));
            }
            fields.push(repetitions.join(&separator(characters.repetition())[..]));
        }
        let raw = segment.raw();
        let header = matches!(segment.id(), "MSH" | "FHS" | "BHS") && raw.get(3) == Some(&characters.field());
        // In a header, field 1 is the separator.
        let own = if header { &fields[1..] } else { &fields[..] };
        let mut written = raw[..raw
            .iter()
            .position(|byte| *byte == characters.field())
            .unwrap_or(raw.len())]
            .to_vec();
        for field in own {
            written.push(characters.field());
            written.extend_from_slice(field);
        }
        if written != raw {
            return Err(format!(
                "segment {} differs when written from its parts",
                segment.position()
            ));
        }
        let range = segment.range();
        let between = end.map_or(&b""[..], |end| &message.as_bytes()[end..range.start]);
        if end.is_some() && (between.is_empty() || !between.iter().all(u8::is_ascii_whitespace)) {
            return Err(format!("bytes before segment {} are lost", segment.position()));
        }
        end = Some(range.end);
    }
    Ok(())
}
