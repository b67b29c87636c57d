//! From a document to XML.

use crate::document::{Document, Node};
use crate::schema::{Element, TypeId, TypeKind};
use alloc::string::String;
use alloc::vec::Vec;

use super::{FHIR, XHTML};

/// How XML is written.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::{Document, XmlStyle};
/// let document = Document::from_json(br#"{"resourceType": "Patient", "active": true}"#)?.document;
/// assert!(document.to_xml_in(XmlStyle::pretty()).ends_with("\n  <active value=\"true\"/>\n</Patient>\n"));
/// # Ok::<(), carewire_fhir_model::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct XmlStyle {
    pretty: bool,
}

impl XmlStyle {
    /// Without spaces between elements.
    pub const fn compact() -> Self {
        Self { pretty: false }
    }

    /// Indented by two spaces; narratives stay as they are.
    pub const fn pretty() -> Self {
        Self { pretty: true }
    }
}

/// Appends the document. Elements are in the order of the schema, as FHIR's XML must have them.
pub(crate) fn write(document: &Document<'_>, style: XmlStyle, out: &mut String) {
    let mut writer = Writer {
        out,
        pretty: style.pretty,
        open: Vec::new(),
    };
    writer.out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    writer.element(document.root());
    while let Some(top) = writer.open.last_mut() {
        match top.children.next() {
            Some(child) => writer.element(child),
            None => writer.close(),
        }
    }
    if style.pretty {
        writer.out.push('\n');
    }
}

/// An element that is being written, with a wrapper's name if it is a resource inside another.
struct Open<'d> {
    name: &'d str,
    wrapper: Option<&'d str>,
    children: alloc::vec::IntoIter<Node<'d>>,
}

struct Writer<'d, 'o> {
    out: &'o mut String,
    pretty: bool,
    open: Vec<Open<'d>>,
}

/// Whether XML writes a node as an attribute of its parent.
fn is_attribute(node: &Node<'_>) -> bool {
    node.element().is_some_and(Element::is_attribute) && node.has_value() && node.children().next().is_none()
}

/// Whether a key of the input can be the name of an element.
fn is_name(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(letter))
}

/// The character, or a mark for one that XML 1.0 has no way to write.
fn legal(letter: char) -> char {
    match letter {
        '\t' | '\n' | '\r' => letter,
        '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        other => other,
    }
}

impl<'d> Writer<'d, '_> {
    fn line(&mut self, level: usize) {
        if self.pretty {
            self.out.push('\n');
            for _ in 0..level {
                self.out.push_str("  ");
            }
        }
    }

    fn level(&self) -> usize {
        self.open
            .iter()
            .map(|open| 1 + usize::from(open.wrapper.is_some()))
            .sum()
    }

    fn element(&mut self, node: Node<'d>) {
        let key = node.key();
        let is_root = self.open.is_empty();
        let level = self.level();
        self.line(level);
        if node.type_id() == Some(TypeId::XHTML) && node.has_value() {
            return self.narrative(node);
        }
        let resource = node.type_id().filter(|ty| ty.kind() == TypeKind::Resource);
        let is_resource_place = node
            .property()
            .is_some_and(|one| one.kind() == TypeKind::Resource);
        let (name, wrapper) = match resource {
            Some(ty) if is_root => (ty.name(), None),
            Some(ty) => (ty.name(), Some(key)),
            None if is_root => (node.type_id().map_or("Resource", TypeId::name), None),
            None if is_resource_place => ("Resource", Some(key)),
            None => (key, None),
        };
        if let Some(wrapper) = wrapper {
            self.tag(wrapper);
            self.out.push('>');
            self.line(level + 1);
        }
        self.tag(name);
        if is_root {
            self.attribute("xmlns", FHIR);
        }
        let mut children: Vec<Node<'d>> = node.children().collect();
        // One attribute of a name; what comes again is an element.
        let mut attributes: Vec<Node<'d>> = Vec::new();
        for child in children.iter().filter(|child| is_attribute(child)) {
            if attributes.iter().all(|one| one.name() != child.name()) {
                self.attribute(child.name(), &child.text().unwrap_or_default());
                attributes.push(*child);
            }
        }
        if let Some(text) = node.text() {
            self.attribute("value", &text);
        }
        children.retain(|child| !attributes.contains(child) && is_name(child.key()));
        // Stable: a list stays in its order, and what is unknown comes last.
        children.sort_by_key(|child| child.slot().field);
        if children.is_empty() {
            self.out.push_str("/>");
            if let Some(wrapper) = wrapper {
                self.line(level);
                self.end(wrapper);
            }
            return;
        }
        self.out.push('>');
        self.open.push(Open {
            name,
            wrapper,
            children: children.into_iter(),
        });
    }

    fn close(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let level = self.level();
        self.line(level + usize::from(open.wrapper.is_some()));
        self.end(open.name);
        if let Some(wrapper) = open.wrapper {
            self.line(level);
            self.end(wrapper);
        }
    }

    fn tag(&mut self, name: &str) {
        self.out.push('<');
        self.out.push_str(name);
    }

    fn end(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    fn attribute(&mut self, name: &str, value: &str) {
        if !is_name(name) {
            return;
        }
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        self.escaped(value);
        self.out.push('"');
    }

    fn escaped(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\n' => self.out.push_str("&#10;"),
                '\r' => self.out.push_str("&#13;"),
                '\t' => self.out.push_str("&#9;"),
                other => self.out.push(legal(other)),
            }
        }
    }

    /// A narrative goes out as it is if it is one well-formed `div`; otherwise as the text of one.
    fn narrative(&mut self, node: Node<'d>) {
        let text = node.text().unwrap_or_default();
        match super::tree::div(&text) {
            Some(true) => self.out.extend(text.chars().map(legal)),
            Some(false) => {
                // Without a namespace it would be an element of FHIR.
                let rest = text.trim_start().strip_prefix("<div").unwrap_or_default();
                self.tag("div");
                self.attribute("xmlns", XHTML);
                self.out.extend(rest.chars().map(legal));
            }
            None => {
                self.tag("div");
                self.attribute("xmlns", XHTML);
                self.out.push('>');
                self.escaped(&text);
                self.end("div");
            }
        }
    }
}
