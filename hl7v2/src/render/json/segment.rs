//! A segment as JSON.

use alloc::vec::Vec;

use super::value::{Json, Object};
use crate::edit::{Encoder, terminator};
use crate::finding::Code;
use crate::message::Message;
use crate::render::names::{self, Named};
use crate::schema::{SegmentDefinition, Version};
use crate::segment::Segment;
use crate::tree::{Node, Placement};
use crate::value::{Component, Place, Repetition};

/// What the segments of a message are shown with.
pub(crate) struct Shape<'m> {
    message: &'m Message<'m>,
    version: Version,
    encoder: Encoder,
    terminator: &'static [u8],
}

impl<'m> Shape<'m> {
    pub(crate) fn new(message: &'m Message<'m>) -> Self {
        Self {
            message,
            version: message.header().version(),
            encoder: Encoder::of(message),
            terminator: terminator(message),
        }
    }

    /// How segments end, unless that is CR.
    pub(crate) fn terminator(&self) -> Option<Json<'m>> {
        (self.terminator != b"\r").then(|| Json::bytes(self.terminator))
    }

    /// The bytes behind the last segment, unless they are its terminator alone.
    pub(crate) fn after(&self) -> Option<Json<'m>> {
        let bytes = self.message.as_bytes();
        let end = self
            .message
            .segments()
            .next_back()
            .map_or(0, |segment| segment.range().end);
        let after = bytes.get(end..).unwrap_or(&[]);
        (after != self.terminator).then(|| Json::bytes(after))
    }

    /// The bytes before a segment, unless they are the terminator of the one before alone.
    fn before(&self, segment: Segment<'m>) -> Option<Json<'m>> {
        let previous = self.message.segment_at(segment.position() - 1);
        let start = previous.map_or(0, |previous| previous.range().end);
        let before = self.message.as_bytes().get(start..segment.range().start)?;
        let usual = if previous.is_some() { self.terminator } else { b"" };
        (before != usual).then(|| Json::bytes(before))
    }

    /// A node of the tree that is a segment.
    pub(crate) fn segment(&self, node: Node<'m>, segment: Segment<'m>) -> Json<'m> {
        let definition = SegmentDefinition::find(self.version, segment.id());
        let placement = match node.placement() {
            Placement::Expected => None,
            Placement::Misplaced => Some("misplaced"),
            Placement::Unknown => Some("unknown"),
            Placement::Local => Some("local"),
        };
        let raw = segment.raw();
        // A line without an id ends in what a character may hide: the index says where its fields begin.
        let first = segment.field(1).filter(|_| !segment.has_delimiters());
        let length = match first {
            Some(first) => (first.range().start - segment.range().start).saturating_sub(1),
            None if segment.has_delimiters() => 3,
            None => raw.len(),
        };
        let sent = raw.get(..length).unwrap_or(raw);
        let count = segment.field_count();
        let ends_empty = segment.field(count).is_some_and(|last| last.is_empty());
        let fields = segment.fields().filter(|field| !field.is_empty()).map(|field| {
            let named = names::field(self.version, segment, field.number());
            let repetitions: Vec<_> = if segment.has_delimiters() && field.number() <= 2 {
                alloc::vec![delimiters(field.raw())]
            } else {
                let parts = field.repetitions();
                parts.map(|part| self.repetition(named, part).done()).collect()
            };
            labels(
                Object::default().with("field", Json::number(field.number())),
                named,
            )
            .with("repetitions", Json::Array(repetitions))
            .done()
        });
        Object::default()
            .with("segment", Json::text(segment.id()))
            .maybe("name", definition.map(|definition| Json::text(definition.name())))
            .with("position", Json::number(segment.position()))
            .maybe("placement", placement.map(Json::text))
            .maybe("before", self.before(segment))
            .maybe(
                "sent",
                (sent != segment.id().as_bytes()).then(|| Json::bytes(sent)),
            )
            .maybe("count", ends_empty.then(|| Json::number(count)))
            .with("fields", Json::Array(fields.collect()))
            .done()
    }

    fn repetition(&self, named: Named, repetition: Repetition<'m>) -> Object<'m> {
        let single = repetition
            .component(1)
            .is_none_or(|component| component.subcomponent_count() == 1);
        if repetition.component_count() == 1 && single {
            return self.leaf(Object::default(), repetition.into());
        }
        let parts: Vec<_> = repetition.components().collect();
        let last = parts.last().is_some_and(|part| part.is_empty());
        let count = last.then(|| Json::number(parts.len()));
        let sent = parts.into_iter().enumerate().filter(|(_, part)| !part.is_empty());
        let components = sent.map(|(n, part)| {
            let named = named.part(n + 1);
            let object = labels(Object::default().with("component", Json::number(n + 1)), named);
            self.component(object, named, part).done()
        });
        let components = Json::Array(components.collect());
        Object::default()
            .with("components", components)
            .maybe("count", count)
    }

    fn component(&self, object: Object<'m>, named: Named, component: Component<'m>) -> Object<'m> {
        if component.subcomponent_count() == 1 {
            return self.leaf(object, component.into());
        }
        let parts: Vec<_> = component.subcomponents().collect();
        let last = parts.last().is_some_and(|part| part.is_empty());
        let count = last.then(|| Json::number(parts.len()));
        let sent = parts.into_iter().enumerate().filter(|(_, part)| !part.is_empty());
        let subcomponents = sent.map(|(n, part)| {
            let object = Object::default().with("subcomponent", Json::number(n + 1));
            self.leaf(labels(object, named.part(n + 1)), part.into()).done()
        });
        let subcomponents = Json::Array(subcomponents.collect());
        object.with("subcomponents", subcomponents).maybe("count", count)
    }

    fn leaf(&self, object: Object<'m>, place: Place<'m>) -> Object<'m> {
        if place.is_empty() {
            return object;
        }
        if place.is_null() {
            return object.with("null", Json::True);
        }
        let raw = || Json::bytes(place.raw());
        match place.try_text() {
            Ok(text) => {
                let mut written = Vec::new();
                let same = self.encoder.text(&text, &mut written).is_ok() && written == place.raw();
                let raw = (!same).then(raw);
                object.with("text", Json::Text(text)).maybe("raw", raw)
            }
            Err(error) => object.with("error", Json::text(error.code())).with("raw", raw()),
        }
    }
}

/// MSH-1 or MSH-2, which are not divided.
fn delimiters(raw: &[u8]) -> Json<'_> {
    let object = Object::default();
    match core::str::from_utf8(raw) {
        Ok(text) if text.is_ascii() => object.with("text", Json::text(text)).done(),
        _ => object
            .with("error", Json::text(Code::CharsetInvalid.as_str()))
            .with("raw", Json::bytes(raw))
            .done(),
    }
}

fn labels<'m>(object: Object<'m>, named: Named) -> Object<'m> {
    let label = |text: &'static str| (!text.is_empty()).then(|| Json::text(text));
    object
        .maybe("name", label(named.name))
        .maybe("type", label(named.datatype))
}
