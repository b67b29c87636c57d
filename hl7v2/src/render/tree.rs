//! A message as a readable tree.

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt::Write as _;

use super::names::{self, Named};
use crate::location::Id;
use crate::message::Message;
use crate::schema::{SegmentDefinition, Version};
use crate::segment::Segment;
use crate::tree::{Node, Placement};
use crate::value::Place;

/// The message as an indented tree of groups, segments and values, with the names of the standard; after it, the
/// findings.
///
/// It is for people: one line a value that was sent, `PATH  NAME: "TEXT"`. For programs there is
/// [`json`](super::json).
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, render};
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A01|1|T|2.5.1\rEVN|A01\rPID|||||Doe^Ann\rPV1||I\r")?;
/// let text = render::tree(&msg);
/// assert!(text.starts_with("ADT_A01 (version 2.5.1)\n  MSH  Message Header\n"));
/// assert!(text.contains("    PID-5.2  Given Name: \"Ann\"\n"));
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
pub fn tree(message: &Message<'_>) -> String {
    let tree = message.tree();
    let version = message.header().version();
    let mut out = String::with_capacity(message.as_bytes().len() * 8);
    let name = tree
        .structure()
        .map_or("(structure not known)", |structure| structure.name());
    let _ = writeln!(out, "{name} (version {version})");
    let mut writer = Writer {
        out,
        version,
        seen: BTreeMap::new(),
    };
    for child in tree.root().children() {
        writer.node(child, 1);
    }
    let mut out = writer.out;
    for finding in message.findings().iter().chain(tree.findings()) {
        let _ = writeln!(out, "{finding}");
    }
    out
}

struct Writer {
    out: String,
    version: Version,
    /// How often each segment id was met so far.
    seen: BTreeMap<Id, u32>,
}

impl Writer {
    /// Groups nest no deeper than the structures of the standard.
    fn node(&mut self, node: Node<'_>, depth: usize) {
        let indent = depth * 2;
        let Some(found) = node.segment() else {
            let _ = writeln!(self.out, "{:indent$}{}", "", node.name());
            for child in node.children() {
                self.node(child, depth + 1);
            }
            return;
        };
        let definition = SegmentDefinition::find(self.version, found.id());
        let name = definition.map_or("", |definition| definition.name());
        let id = if found.id().is_empty() {
            "(no segment id)"
        } else {
            found.id()
        };
        let _ = write!(self.out, "{:indent$}{id}", "");
        if !name.is_empty() {
            let _ = write!(self.out, "  {name}");
        }
        self.out.push_str(match node.placement() {
            Placement::Expected | Placement::Local => "\n",
            Placement::Misplaced => "  (misplaced)\n",
            Placement::Unknown => "  (unknown)\n",
        });
        self.values(found, indent + 2);
    }

    fn values(&mut self, segment: Segment<'_>, indent: usize) {
        let occurrence = self.occurrence(segment.id());
        for field in segment.fields().filter(|field| !field.is_empty()) {
            let named = names::field(self.version, segment, field.number());
            for repetition in field.repetitions() {
                let simple = repetition.component_count() == 1;
                for (c, component) in repetition.components().enumerate() {
                    let of_component = if simple { named } else { named.part(c + 1) };
                    if component.subcomponent_count() > 1 {
                        for (s, part) in component.subcomponents().enumerate() {
                            self.value(indent, occurrence, [named, of_component.part(s + 1)], part.into());
                        }
                    } else if simple {
                        self.value(indent, occurrence, [named, named], repetition.into());
                    } else {
                        self.value(indent, occurrence, [named, of_component], component.into());
                    }
                }
            }
        }
    }

    /// The number of this segment among those with its id, which come in the order of the message.
    fn occurrence(&mut self, id: &str) -> u32 {
        let id = id.as_bytes().first_chunk::<3>().map_or(Id::NONE, |id| Id(*id));
        let count = self.seen.entry(id).or_default();
        *count += 1;
        *count
    }

    fn value(&mut self, indent: usize, occurrence: u32, [field, own]: [Named; 2], place: Place<'_>) {
        if place.is_empty() {
            return;
        }
        let name = if own.name.is_empty() { field.name } else { own.name };
        let _ = write!(self.out, "{:indent$}{}", "", place.location_with(occurrence));
        if !name.is_empty() {
            let _ = write!(self.out, "  {name}");
        }
        let _ = match place.try_text() {
            _ if place.is_null() => writeln!(self.out, ": null"),
            Ok(text) => writeln!(self.out, ": {text:?}"),
            Err(error) => writeln!(self.out, ": ({})", error.code()),
        };
    }
}
