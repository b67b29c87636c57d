//! A message as JSON.

use alloc::string::String;
use core::fmt::Write as _;

use super::names::{self, Named};
use crate::finding::Finding;
use crate::message::Message;
use crate::schema::{SegmentDefinition, Version};
use crate::segment::Segment;
use crate::tree::{Node, Placement};
use crate::value::{Component, Place, Repetition};

/// The message as one line of JSON: groups, segments, fields with names and types, decoded values, findings.
///
/// ```text
/// message      = { "structure", "version", "charset", "children": [ node ], "findings": [ finding ] }
/// node         = { "group", "children": [ node ] }
///              | { "segment", "name"?, "position", "placement"?, "fields": [ field ] }
/// field        = { "field", "name"?, "type"?, "repetitions": [ value ] }
/// value        = { "text" } | { "null": true } | { "error" } | { } when it is empty
///              | { "components": [ { "component", "name"?, "type"? } + value ] }
///              | { "subcomponents": [ { "subcomponent", "name"?, "type"? } + value ] }
/// finding      = { "code", "severity", "offset", "path"?, "subject"? }
/// ```
///
/// `field`, `component`, `subcomponent` and `position` are the numbers of the standard, from 1. Empty fields and
/// parts are left out; empty repetitions stay, so that those after them keep their place. `null` is the explicit
/// null `""`. `placement` is `misplaced`, `unknown` or `local` (a Z segment), and left out where the structure
/// has the segment. `error` is a code for text that cannot be decoded.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, render};
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rEVN|A08\rPID|||7||Doe^Ann||\"\"\rPV1||I\r")?;
/// let json = render::json(&msg);
/// assert!(json.contains(r#"{"field":7,"name":"Date/Time of Birth","type":"TS","repetitions":[{"null":true}]}"#));
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
pub fn json(message: &Message<'_>) -> String {
    let tree = message.tree();
    let version = message.header().version();
    let mut out = String::with_capacity(message.as_bytes().len() * 8);
    out.push_str("{\"structure\":");
    match tree.structure() {
        Some(structure) => string(&mut out, structure.name()),
        None => out.push_str("null"),
    }
    out.push_str(",\"version\":");
    match message.header().version_text() {
        Some(text) => string(&mut out, &text),
        None => out.push_str("null"),
    }
    out.push_str(",\"charset\":");
    match message.charset().as_str() {
        Some(name) => string(&mut out, name),
        None => out.push_str("null"),
    }
    out.push(',');
    children(&mut out, version, tree.root());
    out.push_str(",\"findings\":[");
    let findings = message.findings().iter().chain(tree.findings());
    separated(&mut out, findings, finding);
    out.push_str("]}");
    out
}

/// Writes each item with a comma between.
fn separated<T>(out: &mut String, items: impl Iterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
    for (n, item) in items.enumerate() {
        if n > 0 {
            out.push(',');
        }
        write(out, item);
    }
}

fn children(out: &mut String, version: Version, group: Node<'_>) {
    out.push_str("\"children\":[");
    separated(out, group.children(), |out, child| node(out, version, child));
    out.push(']');
}

/// Groups nest no deeper than the structures of the standard.
fn node(out: &mut String, version: Version, node: Node<'_>) {
    let Some(found) = node.segment() else {
        out.push_str("{\"group\":");
        string(out, node.name());
        out.push(',');
        children(out, version, node);
        out.push('}');
        return;
    };
    out.push_str("{\"segment\":");
    string(out, found.id());
    if let Some(definition) = SegmentDefinition::find(version, found.id()) {
        out.push_str(",\"name\":");
        string(out, definition.name());
    }
    let _ = write!(out, ",\"position\":{}", found.position());
    match node.placement() {
        Placement::Expected => {}
        Placement::Misplaced => out.push_str(",\"placement\":\"misplaced\""),
        Placement::Unknown => out.push_str(",\"placement\":\"unknown\""),
        Placement::Local => out.push_str(",\"placement\":\"local\""),
    }
    fields(out, version, found);
    out.push('}');
}

fn fields(out: &mut String, version: Version, segment: Segment<'_>) {
    out.push_str(",\"fields\":[");
    let sent = segment.fields().filter(|field| !field.is_empty());
    separated(out, sent, |out, field| {
        let named = names::field(version, segment, field.number());
        let _ = write!(out, "{{\"field\":{}", field.number());
        labels(out, named);
        out.push_str(",\"repetitions\":[");
        separated(out, field.repetitions(), |out, part| {
            out.push('{');
            repetition(out, named, part);
            out.push('}');
        });
        out.push_str("]}");
    });
    out.push(']');
}

fn labels(out: &mut String, named: Named) {
    for (key, text) in [("name", named.name), ("type", named.datatype)] {
        if !text.is_empty() {
            let _ = write!(out, ",\"{key}\":");
            string(out, text);
        }
    }
}

fn repetition(out: &mut String, named: Named, repetition: Repetition<'_>) {
    if repetition.component_count() == 1
        && repetition
            .component(1)
            .is_none_or(|component| component.subcomponent_count() == 1)
    {
        leaf(out, repetition.into());
        return;
    }
    out.push_str("\"components\":[");
    let sent = repetition
        .components()
        .enumerate()
        .filter(|(_, part)| !part.is_empty());
    separated(out, sent, |out, (n, part)| {
        let named = named.part(n + 1);
        let _ = write!(out, "{{\"component\":{}", n + 1);
        labels(out, named);
        out.push(',');
        component(out, named, part);
        out.push('}');
    });
    out.push(']');
}

fn component(out: &mut String, named: Named, component: Component<'_>) {
    if component.subcomponent_count() == 1 {
        leaf(out, component.into());
        return;
    }
    out.push_str("\"subcomponents\":[");
    let sent = component
        .subcomponents()
        .enumerate()
        .filter(|(_, part)| !part.is_empty());
    separated(out, sent, |out, (n, part)| {
        let _ = write!(out, "{{\"subcomponent\":{}", n + 1);
        labels(out, named.part(n + 1));
        out.push(',');
        leaf(out, part.into());
        out.push('}');
    });
    out.push(']');
}

fn leaf(out: &mut String, place: Place<'_>) {
    if place.is_empty() {
        return;
    }
    if place.is_null() {
        out.push_str("\"null\":true");
        return;
    }
    match place.try_text() {
        Ok(text) => {
            out.push_str("\"text\":");
            string(out, &text);
        }
        Err(error) => {
            out.push_str("\"error\":");
            string(out, error.code());
        }
    }
}

fn finding(out: &mut String, finding: &Finding) {
    let (code, severity, offset) = (finding.code(), finding.severity(), finding.offset());
    let _ = write!(
        out,
        "{{\"code\":\"{code}\",\"severity\":\"{severity}\",\"offset\":{offset}"
    );
    if let Some(path) = finding.path() {
        let _ = write!(out, ",\"path\":\"{path}\"");
    }
    if let Some(subject) = finding.subject() {
        let _ = write!(out, ",\"subject\":\"{subject}\"");
    }
    out.push('}');
}

/// A JSON string.
fn string(out: &mut String, text: &str) {
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
