//! Writing through serde.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::message::Message;
use crate::render::json::{Json, Shape, about, finding};
use crate::tree::Node;

impl Serialize for Message<'_> {
    /// The message in the shape of [`render::json`](crate::render::json).
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tree = self.tree();
        let shape = Shape::new(self);
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in about(self, tree.structure().map(|structure| structure.name())) {
            map.serialize_entry(key, &value)?;
        }
        if let Some(terminator) = shape.terminator() {
            map.serialize_entry("terminator", &terminator)?;
        }
        map.serialize_entry("children", &Children(&shape, tree.root()))?;
        if let Some(after) = shape.after() {
            map.serialize_entry("after", &after)?;
        }
        let findings: alloc::vec::Vec<_> = self
            .findings()
            .iter()
            .chain(tree.findings())
            .map(finding)
            .collect();
        map.serialize_entry("findings", &Json::Array(findings))?;
        map.end()
    }
}

/// The nodes in a group. Groups nest no deeper than the structures of the standard.
struct Children<'s, 'm>(&'s Shape<'m>, Node<'m>);

impl Serialize for Children<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.1.children().map(|child| Child(self.0, child)))
    }
}

struct Child<'s, 'm>(&'s Shape<'m>, Node<'m>);

impl Serialize for Child<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(shape, node) = self;
        if let Some(segment) = node.segment() {
            return shape.segment(*node, segment).serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("group", node.name())?;
        map.serialize_entry("children", &Children(shape, *node))?;
        map.end()
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Null => serializer.serialize_unit(),
            Json::True => serializer.serialize_bool(true),
            Json::Number(number) => serializer.serialize_u64(*number),
            Json::Text(text) => serializer.serialize_str(text),
            Json::Array(items) => serializer.collect_seq(items),
            Json::Object(members) => serializer.collect_map(members.iter().map(|(key, value)| (key, value))),
        }
    }
}
