//! A message as JSON.

mod segment;
mod value;

use alloc::string::String;

pub(crate) use segment::Shape;
use value::string;
pub(crate) use value::{Json, Object};

use crate::finding::Finding;
use crate::message::Message;
use crate::tree::Node;

/// The message as one line of JSON: groups, segments, fields with names and types, decoded values, findings.
///
/// ```text
/// message      = { "structure", "version", "charset", "terminator"?, "children": [ node ], "after"?, "findings": [ finding ] }
/// node         = { "group", "children": [ node ] }
///              | { "segment", "name"?, "position", "placement"?, "before"?, "sent"?, "count"?, "fields": [ field ] }
/// field        = { "field", "name"?, "type"?, "repetitions": [ value ] }
/// value        = { "text", "raw"? } | { "null": true } | { "error", "raw" } | { } when it is empty
///              | { "components": [ { "component", "name"?, "type"? } + value ], "count"? }
///              | { "subcomponents": [ { "subcomponent", "name"?, "type"? } + value ], "count"? }
/// finding      = { "code", "severity", "offset", "path"?, "subject"? }
/// ```
///
/// `field`, `component`, `subcomponent` and `position` are the numbers of the standard, from 1. Empty fields and
/// parts are left out; empty repetitions stay, so that those after them keep their place. `null` is the explicit
/// null `""`. `placement` is `misplaced`, `unknown` or `local` (a Z segment), and left out where the structure
/// has the segment. `error` is a code for text that cannot be decoded.
///
/// The JSON holds every byte of the message, and the feature `serde` reads it back (`Message` is `Deserialize`). What is not
/// as it would be written anew is told by keys that are rare: `count`, how many there are where the last one is empty;
/// `raw`, the bytes of a value that was escaped otherwise; `sent`, those of an id that was not sent in upper case;
/// `terminator`, how segments end where that is not CR; `before` and `after`, what stands around a segment beside that.
/// Their bytes are written as characters from U+0000 to U+00FF.
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
    let shape = Shape::new(message);
    let tree = message.tree();
    let mut out = String::with_capacity(message.as_bytes().len() * 8);
    out.push('{');
    for (key, value) in about(message, tree.structure().map(|structure| structure.name())) {
        string(&mut out, key);
        out.push(':');
        value.write(&mut out);
        out.push(',');
    }
    if let Some(terminator) = shape.terminator() {
        out.push_str("\"terminator\":");
        terminator.write(&mut out);
        out.push(',');
    }
    children(&mut out, &shape, tree.root());
    if let Some(after) = shape.after() {
        out.push_str(",\"after\":");
        after.write(&mut out);
    }
    out.push_str(",\"findings\":[");
    let findings = message.findings().iter().chain(tree.findings());
    separated(&mut out, findings, |out, found| finding(found).write(out));
    out.push_str("]}");
    out
}

/// What stands before the segments.
pub(crate) fn about<'m>(
    message: &'m Message<'_>,
    structure: Option<&'static str>,
) -> [(&'static str, Json<'m>); 3] {
    [
        ("structure", structure.map_or(Json::Null, Json::text)),
        (
            "version",
            message.header().version_text().map_or(Json::Null, Json::Text),
        ),
        (
            "charset",
            message.charset().as_str().map_or(Json::Null, Json::text),
        ),
    ]
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

fn children<'m>(out: &mut String, shape: &Shape<'m>, group: Node<'m>) {
    out.push_str("\"children\":[");
    separated(out, group.children(), |out, child| node(out, shape, child));
    out.push(']');
}

/// Groups nest no deeper than the structures of the standard.
fn node<'m>(out: &mut String, shape: &Shape<'m>, node: Node<'m>) {
    if let Some(segment) = node.segment() {
        shape.segment(node, segment).write(out);
        return;
    }
    out.push_str("{\"group\":");
    string(out, node.name());
    out.push(',');
    children(out, shape, node);
    out.push('}');
}

pub(crate) fn finding(finding: &Finding) -> Json<'static> {
    Object::default()
        .with("code", Json::text(finding.code().as_str()))
        .with("severity", Json::text(alloc::format!("{}", finding.severity())))
        .with("offset", Json::number(finding.offset()))
        .maybe(
            "path",
            finding.path().map(|path| Json::text(alloc::format!("{path}"))),
        )
        .maybe("subject", finding.subject().map(Json::text))
        .done()
}
