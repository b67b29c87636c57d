//! From the elements of XML to the JSON of the same resource, with the place of each value.

use alloc::string::String;
use alloc::vec::Vec;
use std::collections::HashMap;

use super::tree::{Attribute, Element, Fault, Tree};
use super::{FHIR, XHTML};
use crate::document::Origin;
use crate::finding::FindingCode;
use crate::json::escape::push_escaped;
use crate::json::{Notes, scan};
use crate::limits::Limits;
use crate::schema::{JsonForm, Property, Schema, TypeId, TypeKind};

/// The JSON and where its values came from. Notes are about offsets in the JSON; their slots are found later.
pub(crate) fn read(source: &str, limits: &Limits, notes: &mut Notes) -> Result<(String, Origin), Fault> {
    let tree = Tree::read(source, limits)?;
    let mut writer = Writer {
        tree: &tree,
        out: Vec::with_capacity(source.len()),
        origin: Origin::default(),
        notes,
    };
    writer.root();
    writer.origin.place(source);
    // Texts are whole, the rest is ASCII.
    Ok((String::from_utf8(writer.out).unwrap_or_default(), writer.origin))
}

struct Writer<'t, 'n> {
    tree: &'t Tree<'t>,
    out: Vec<u8>,
    origin: Origin,
    notes: &'n mut Notes,
}

/// Members that are looked through one by one; more have an index.
const FEW: usize = 16;

/// What one JSON key is made from.
enum Member<'t> {
    /// Attributes that are elements: `id`, `url`; or that are unknown.
    Attribute(Attribute<'t>),
    /// Elements of one name.
    Elements(Vec<Element<'t>>),
}

/// The attribute that is a primitive's value.
fn value_of(element: Element<'_>) -> Option<Attribute<'_>> {
    element.attributes().find(|one| one.name == "value")
}

/// Whether an attribute says something about the XML and not about the resource.
fn is_markup(attribute: Attribute<'_>) -> bool {
    attribute.name == "xmlns" || attribute.name.contains(':')
}

impl<'t> Writer<'t, '_> {
    fn root(&mut self) {
        let tree = self.tree;
        let Some(root) = tree.root() else { return };
        let namespace = root.attributes().any(|one| is_markup(one) && one.value == FHIR);
        if !namespace {
            self.note(FindingCode::WrongNamespace, root.start());
        }
        self.resource(root);
    }

    fn note(&mut self, code: FindingCode, at: usize) {
        self.origin.add(self.out.len(), at);
        self.notes.add(code, usize::MAX, self.out.len());
    }

    /// A resource stands in an element of its type's name.
    fn resource(&mut self, element: Element<'t>) {
        self.origin.add(self.out.len(), element.start());
        self.out.extend_from_slice(b"{\"resourceType\":\"");
        push_escaped(&mut self.out, element.name());
        self.out.push(b'"');
        let ty = Schema::r4()
            .type_named(element.name())
            .filter(|ty| ty.is_resource());
        self.members(element, ty, false, false);
        self.out.push(b'}');
    }

    /// The members of an object, without its braces. A primitive's value is left out.
    fn members(&mut self, element: Element<'t>, ty: Option<TypeId>, mut first: bool, primitive: bool) {
        if let Some(at) = element.text() {
            self.note(FindingCode::XmlText, at);
        }
        let mut members: Vec<(&str, Member<'t>)> = Vec::new();
        for attribute in element.attributes() {
            let is_value = primitive && attribute.name == "value";
            if !is_value && !is_markup(attribute) {
                members.push((attribute.name, Member::Attribute(attribute)));
            }
        }
        let attributes = members.len();
        let mut index: HashMap<&str, usize> = HashMap::new();
        for child in element.children() {
            let elements = members.get(attributes..).unwrap_or_default();
            let same = if elements.len() < FEW {
                elements.iter().position(|(name, _)| *name == child.name())
            } else {
                if index.is_empty() {
                    index.extend(elements.iter().zip(0..).map(|((name, _), at)| (*name, at)));
                }
                index.get(child.name()).copied()
            };
            match same.and_then(|at| members.get_mut(attributes + at)) {
                Some((_, Member::Elements(elements))) => elements.push(child),
                _ => {
                    if !index.is_empty() {
                        index.insert(child.name(), members.len() - attributes);
                    }
                    members.push((child.name(), Member::Elements(vec![child])));
                }
            }
        }
        for (name, member) in &members {
            let property = ty.and_then(|ty| ty.property(name));
            match (member, property) {
                (Member::Attribute(attribute), property) => {
                    self.key(name, "", element.start(), &mut first);
                    if property.is_some_and(|one| !one.element().is_attribute()) {
                        self.note(FindingCode::WrongXmlForm, element.start());
                    }
                    self.text(*attribute, JsonForm::String, element.start());
                }
                (Member::Elements(elements), Some(property)) => self.known(property, elements, &mut first),
                (Member::Elements(elements), None) => {
                    let at = elements.first().map_or(element.start(), |one| one.start());
                    self.key(name, "", at, &mut first);
                    self.list(elements.len() > 1, elements, |writer, element| {
                        writer.unknown(element)
                    });
                }
            }
        }
    }

    fn key(&mut self, name: &str, prefix: &str, at: usize, first: &mut bool) {
        if !core::mem::replace(first, false) {
            self.out.push(b',');
        }
        self.origin.add(self.out.len(), at);
        self.out.push(b'"');
        self.out.extend_from_slice(prefix.as_bytes());
        push_escaped(&mut self.out, name);
        self.out.extend_from_slice(b"\":");
    }

    /// An array if `array`, else the only one.
    fn list(&mut self, array: bool, elements: &[Element<'t>], mut write: impl FnMut(&mut Self, Element<'t>)) {
        if array {
            self.out.push(b'[');
        }
        for (place, element) in elements.iter().copied().enumerate() {
            if place > 0 {
                self.out.push(b',');
            }
            write(self, element);
        }
        if array {
            self.out.push(b']');
        }
    }

    fn known(&mut self, property: &'static Property, elements: &[Element<'t>], first: &mut bool) {
        let array = property.is_list() || elements.len() > 1;
        let at = elements.first().map_or(0, |one| one.start());
        let ty = property.type_id();
        match property.kind() {
            TypeKind::Primitive if ty == TypeId::XHTML => {
                self.key(property.key(), "", at, first);
                self.list(array, elements, |writer, element| writer.narrative(element));
            }
            TypeKind::Primitive => self.primitives(property, elements, array, first),
            TypeKind::Resource => {
                self.key(property.key(), "", at, first);
                self.list(array, elements, |writer, wrapper| writer.wrapped(wrapper));
            }
            TypeKind::DataType | TypeKind::Backbone => {
                self.key(property.key(), "", at, first);
                self.list(array, elements, |writer, element| {
                    writer.object(element, Some(ty))
                });
            }
        }
    }

    fn object(&mut self, element: Element<'t>, ty: Option<TypeId>) {
        self.origin.add(self.out.len(), element.start());
        self.out.push(b'{');
        self.members(element, ty, true, false);
        self.out.push(b'}');
    }

    /// The resource inside `contained` and the like.
    fn wrapped(&mut self, wrapper: Element<'t>) {
        let mut inside = wrapper.children();
        match (inside.next(), inside.next()) {
            (Some(resource), None) => {
                if let Some(at) = wrapper.text() {
                    self.note(FindingCode::XmlText, at);
                }
                self.resource(resource);
            }
            _ => self.object(wrapper, None),
        }
    }

    fn primitives(
        &mut self,
        property: &'static Property,
        elements: &[Element<'t>],
        array: bool,
        first: &mut bool,
    ) {
        let ty = property.type_id();
        let form = property.json_form().unwrap_or(JsonForm::String);
        let at = elements.first().map_or(0, |one| one.start());
        let has_companion = |element: Element<'_>| {
            element.children().next().is_some()
                || element.text().is_some()
                || element
                    .attributes()
                    .any(|one| one.name != "value" && !is_markup(one))
        };
        let companions = elements.iter().any(|one| has_companion(*one));
        let is_attribute = property.element().is_attribute();
        if !companions || elements.iter().any(|one| value_of(*one).is_some()) {
            self.key(property.key(), "", at, first);
            self.list(array, elements, |writer, element| match value_of(element) {
                Some(value) => {
                    if is_attribute {
                        writer.note(FindingCode::WrongXmlForm, element.start());
                    }
                    writer.text(value, form, element.start());
                }
                None => writer.null(element),
            });
        }
        if companions {
            self.key(property.key(), "_", at, first);
            self.list(array, elements, |writer, element| {
                if !has_companion(element) {
                    return writer.null(element);
                }
                writer.origin.add(writer.out.len(), element.start());
                writer.out.push(b'{');
                writer.members(element, Some(ty), true, true);
                writer.out.push(b'}');
            });
        }
    }

    fn null(&mut self, element: Element<'_>) {
        self.origin.add(self.out.len(), element.start());
        self.out.extend_from_slice(b"null");
    }

    /// The value of an attribute, bare if its type is and it can be.
    fn text(&mut self, attribute: Attribute<'_>, form: JsonForm, at: usize) {
        if attribute.malformed {
            self.note(FindingCode::BadEscape, at);
        }
        let text = attribute.value;
        let bare = match form {
            JsonForm::String => false,
            JsonForm::Number => scan::number(text.as_bytes()) == Some(text.len()),
            JsonForm::Boolean => matches!(text, "true" | "false"),
        };
        self.origin.add(self.out.len(), at);
        if bare {
            self.out.extend_from_slice(text.as_bytes());
        } else {
            self.string(text);
        }
    }

    fn string(&mut self, text: &str) {
        self.out.push(b'"');
        push_escaped(&mut self.out, text);
        self.out.push(b'"');
    }

    /// A narrative is kept as it is written.
    fn narrative(&mut self, element: Element<'_>) {
        self.origin.add(self.out.len(), element.start());
        let text = self
            .tree
            .source
            .get(element.start()..element.end())
            .unwrap_or_default();
        let namespace = element
            .attributes()
            .any(|one| is_markup(one) && one.value == XHTML);
        if !namespace {
            self.note(FindingCode::WrongNamespace, element.start());
        }
        self.string(text);
    }

    /// An element that the schema does not have: a text if it looks like a primitive, else an object.
    fn unknown(&mut self, element: Element<'t>) {
        let mut attributes = element.attributes();
        match (attributes.next(), attributes.next(), element.children().next()) {
            (Some(value), None, None) if value.name == "value" => {
                self.text(value, JsonForm::String, element.start());
            }
            _ => self.object(element, None),
        }
    }
}
