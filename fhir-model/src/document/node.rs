use alloc::borrow::Cow;
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::ControlFlow;

use super::tape::{
    COMPANION, ESCAPED, HAS_COMPANION, ITEM, Kind, LONE, NESTED, RESOURCE_TYPE, ROOT, Slot, UNKNOWN,
};
use super::{Document, ValueKind};
use crate::json::escape::unescape;
use crate::json::{self, JsonStyle};
use crate::schema::{Element, Property, TypeId, TypeKind};

/// A node of a document: a handle of two words that is copied freely.
///
/// An element that repeats is as many nodes. A primitive's id and extensions are its children, whatever keys they
/// came under. `Debug` shows the path, no value.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::Document;
/// let read = Document::from_json(br#"{"resourceType": "Patient", "deceasedBoolean": false, "name": [{"given": ["Ann"]}]}"#)?;
/// let root = read.document.root();
/// let deceased = root.child("deceased").ok_or("absent")?;
/// assert_eq!((deceased.key(), deceased.name(), deceased.text().as_deref()), ("deceasedBoolean", "deceased", Some("false")));
/// let given = root.child("name").and_then(|name| name.child("given")).ok_or("absent")?;
/// assert_eq!(given.path(), "Patient.name[0].given[0]");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document<'d>,
    index: u32,
}

impl<'d> Node<'d> {
    #[inline]
    pub(crate) fn new(document: &'d Document<'d>, index: u32) -> Self {
        Self { document, index }
    }

    /// A node is made for slots that are there.
    #[inline]
    pub(crate) fn slot(self) -> Slot {
        self.document.tape.slots[self.index as usize]
    }

    /// The document it is of.
    #[inline]
    pub fn document(self) -> &'d Document<'d> {
        self.document
    }

    /// Its number in the document; numbers grow in the order of the input.
    #[inline]
    pub fn index(self) -> u32 {
        self.index
    }

    /// Its type; for a resource what it says itself that it is. `None` if it is unknown.
    ///
    /// The type is what the schema says, whether or not the value fits.
    #[inline]
    pub fn type_id(self) -> Option<TypeId> {
        let slot = self.slot();
        match slot.property() {
            Some(property) if property.kind() != TypeKind::Resource => Some(property.type_id()),
            None if slot.field != ROOT => None,
            _ => self.document.tape.resource_at(self.index),
        }
    }

    /// Whether it is a resource of a known type.
    pub fn is_resource(self) -> bool {
        self.type_id().is_some_and(TypeId::is_resource)
    }

    /// The property it is the value of. `None` for the root and for what the schema does not have.
    #[inline]
    pub fn property(self) -> Option<&'static Property> {
        self.slot().property()
    }

    /// The element it is one of. `None` for the root and for what the schema does not have.
    #[inline]
    pub fn element(self) -> Option<&'static Element> {
        self.property().map(Property::element)
    }

    /// Whether the schema has it: the root and every element of its parent's type.
    #[inline]
    pub fn is_known(self) -> bool {
        !matches!(self.slot().field, UNKNOWN | NESTED | RESOURCE_TYPE)
    }

    /// The name of its element, `value` for `valueQuantity`; of an unknown one its key; of the root nothing.
    pub fn name(self) -> &'d str {
        match self.property() {
            Some(property) => property.element().name(),
            None => self.unknown_key(),
        }
    }

    /// The JSON key it came under, without the underscore; of the root nothing.
    pub fn key(self) -> &'d str {
        match self.property() {
            Some(property) => property.key(),
            None => self.unknown_key(),
        }
    }

    /// As it is written, escapes included.
    pub(crate) fn unknown_key(self) -> &'d str {
        match self.document.tape.unknown_key(self.index) {
            Some(key) => self.text_at(key.offset, key.length),
            None if self.slot().field == RESOURCE_TYPE => "resourceType",
            None => "",
        }
    }

    #[inline]
    fn text_at(self, offset: u32, length: u32) -> &'d str {
        let start = offset as usize;
        self.document
            .source
            .get(start..start + length as usize)
            .unwrap_or_default()
    }

    /// What its value is in the JSON.
    #[inline]
    pub fn value_kind(self) -> ValueKind {
        match self.slot().kind {
            Kind::Object => ValueKind::Object,
            Kind::Array => ValueKind::Array,
            Kind::String => ValueKind::String,
            Kind::Number => ValueKind::Number,
            Kind::True | Kind::False => ValueKind::Boolean,
            Kind::Null => ValueKind::Null,
        }
    }

    /// Whether it has a value of its own, as a primitive with more than id and extensions has.
    #[inline]
    pub fn has_value(self) -> bool {
        !matches!(self.slot().kind, Kind::Object | Kind::Array | Kind::Null)
    }

    /// The text of its value, unescaped; a number as it is written, a boolean as `true` or `false`.
    /// `None` if it has no value of its own.
    #[inline]
    pub fn text(self) -> Option<Cow<'d, str>> {
        let slot = self.slot();
        let raw = self.raw_value()?;
        Some(if slot.has(ESCAPED) {
            unescape(raw)
        } else {
            Cow::Borrowed(raw)
        })
    }

    /// Whether its value is a text, or written so; false if it has no value of its own. It makes no text to compare.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::Document;
    /// let read = Document::from_json(br#"{"resourceType": "Patient", "id": "a\u0062c"}"#)?;
    /// let root = read.document.root();
    /// assert!(root.child("id").is_some_and(|id| id.has_text("abc")));
    /// assert!(!root.has_text("abc"));
    /// # Ok::<(), carewire_fhir_model::Error>(())
    /// ```
    #[inline]
    pub fn has_text(self, text: &str) -> bool {
        let slot = self.slot();
        if slot.has(ESCAPED) {
            return self.text().is_some_and(|own| own == text);
        }
        let (start, length) = (slot.offset as usize, slot.extent as usize);
        let bytes = self.document.source.as_bytes();
        self.has_value() && bytes.get(start..start + length) == Some(text.as_bytes())
    }

    /// The text of its value as it is written, a string's escapes included, without quotation marks.
    #[inline]
    pub fn raw_value(self) -> Option<&'d str> {
        let slot = self.slot();
        self.has_value().then(|| self.text_at(slot.offset, slot.extent))
    }

    /// Whether it is in an array of the JSON.
    pub fn in_array(self) -> bool {
        self.slot().has(ITEM)
    }

    /// The byte offset of its value in the input, from 0: in JSON a string's first character after the quotation
    /// mark, in XML the start of its tag.
    #[inline]
    pub fn offset(self) -> usize {
        let offset = self.slot().offset;
        self.document
            .origin
            .as_ref()
            .map_or(offset, |origin| origin.at(offset).offset) as usize
    }

    /// Line and column of its value, both from 1; the column counts characters.
    pub fn line_column(self) -> (u32, u32) {
        match &self.document.origin {
            None => self.document.line_column(self.offset()),
            Some(origin) => {
                let place = origin.at(self.slot().offset);
                (place.line, place.column)
            }
        }
    }

    /// The slot whose children are its children: of a primitive its companion.
    #[inline]
    fn container(self) -> Option<(u32, Slot)> {
        let slot = self.slot();
        if slot.kind.is_container() {
            return Some((self.index, slot));
        }
        if slot.has(HAS_COMPANION) {
            let at = self.document.tape.companion_of(self.index)?;
            let companion = self.document.tape.slot(at)?;
            return companion.kind.is_container().then_some((at, companion));
        }
        None
    }

    /// The slot of the object with the id and extensions of a primitive.
    pub(crate) fn companion_index(self) -> Option<u32> {
        let slot = self.slot();
        if slot.has(LONE) {
            return Some(self.index);
        }
        slot.has(HAS_COMPANION)
            .then(|| self.document.tape.companion_of(self.index))?
    }

    /// Its children in the order of the input, unknown ones included.
    ///
    /// Not among them: `resourceType`, empty arrays, and the keys with an underscore, which are part of their
    /// primitives.
    #[inline]
    pub fn children(self) -> Children<'d> {
        let (at, end) = self
            .container()
            .map_or((0, 0), |(index, slot)| (index + 1, slot.extent));
        Children {
            document: self.document,
            at,
            end,
        }
    }

    /// The first child with the name of an element: `name`, or `value` for any of `value[x]`.
    pub fn child(self, name: &str) -> Option<Self> {
        self.children_named(name).next()
    }

    /// The children with the name of an element: `name`, or `value` for any of `value[x]`; `valueQuantity` is a key
    /// and no name. An unknown child is found by its key.
    pub fn children_named<'n>(self, name: &'n str) -> Named<'d, 'n> {
        let element = self.type_id().and_then(|ty| ty.element(name));
        Named {
            children: self.children(),
            fields: element.map(fields),
            name: if element.is_none() { name } else { "" },
        }
    }

    /// The children that are of one element of this node's type.
    #[inline]
    pub fn children_of(self, element: &Element) -> Named<'d, 'static> {
        Named {
            children: self.children(),
            fields: Some(fields(element)),
            name: "",
        }
    }

    /// Visits the children that are of one element of this node's type, in order, until the visitor breaks.
    ///
    /// It is [`Node::children_of`] in one loop. What comes once by the schema, and is in no array, is not looked for behind its
    /// value.
    ///
    /// # Errors
    ///
    /// Passes on the visitor's break.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::ops::ControlFlow;
    /// # use carewire_fhir_model::{Document, schema::TypeId};
    /// let read = Document::from_json(br#"{"resourceType": "Patient", "name": [{"family": "Doe"}, {"family": "Roe"}]}"#)?;
    /// let names = TypeId::PATIENT.element("name").ok_or("no element of R4")?;
    /// let mut count = 0;
    /// let _: ControlFlow<()> = read.document.root().visit_children_of(names, |_| {
    ///     count += 1;
    ///     ControlFlow::Continue(())
    /// });
    /// assert_eq!(count, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn visit_children_of<B>(
        self,
        element: &Element,
        mut visit: impl FnMut(Self) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let Some((index, container)) = self.container() else {
            return ControlFlow::Continue(());
        };
        let fields = fields(element);
        let comes_once = !element.is_list() && !element.is_choice();
        let slots = self
            .document
            .tape
            .slots
            .get(..container.extent as usize)
            .unwrap_or_default();
        let mut next = index + 1;
        while let Some(slot) = slots.get(next as usize) {
            let index = next;
            next = slot.next(index);
            if contains(fields, slot.field) && slot.is_element() {
                visit(Self::new(self.document, index))?;
                if comes_once && !slot.has(ITEM) {
                    break;
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// The node and all it holds as JSON on one line, in the order of the input; a primitive is its bare value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::Document;
    /// let read = Document::from_json(br#"{"resourceType": "Patient", "name": [{"family": "Doe"}], "active": true}"#)?;
    /// let root = read.document.root();
    /// assert_eq!(root.child("name").map(|name| name.to_json()).as_deref(), Some(r#"{"family":"Doe"}"#));
    /// assert_eq!(root.child("active").map(|active| active.to_json()).as_deref(), Some("true"));
    /// # Ok::<(), carewire_fhir_model::Error>(())
    /// ```
    pub fn to_json(self) -> String {
        let mut out = Vec::new();
        json::write(self.document, self.index, &JsonStyle::compact(), &mut out);
        // Only whole texts of the source and ASCII are written.
        String::from_utf8(out).unwrap_or_default()
    }

    /// How many bytes the texts of its values take, and a few for each node: what a copy of it costs.
    pub(crate) fn weight(self) -> usize {
        let tape = &self.document.tape;
        let mut bytes = 0;
        // A primitive's companion stands elsewhere on the tape.
        for start in [Some(self.index), self.container().map(|(index, _)| index)]
            .into_iter()
            .flatten()
        {
            let end = tape.slot(start).map_or(start, |slot| slot.next(start));
            for slot in (start..end).filter_map(|at| tape.slot(at)) {
                bytes += 8;
                if !slot.kind.is_container() {
                    bytes += slot.extent as usize;
                }
            }
        }
        bytes
    }

    /// The node that has it as a child; `None` for the root. It walks from the root, beside no more nodes than
    /// there are siblings on the way.
    pub fn parent(self) -> Option<Self> {
        self.ancestors().pop()
    }

    /// Its ancestors, the root first.
    pub fn ancestors(self) -> Vec<Self> {
        let mut found = Vec::new();
        let tape = &self.document.tape;
        let mut at = 0;
        while at < self.index {
            let Some(slot) = tape.slot(at) else { break };
            // A companion that is part of a primitive stands for the primitive.
            let seen = if slot.flags & (COMPANION | LONE) == COMPANION {
                tape.partner_of(at)
            } else {
                None
            };
            found.push(Self::new(self.document, seen.unwrap_or(at)));
            at += 1;
            while let Some(next) = tape.slot(at).map(|slot| slot.next(at)) {
                if next > self.index {
                    break;
                }
                at = next;
            }
        }
        found
    }

    /// Its place as a FHIRPath: `Patient.name[0].given[1]`, counted from 0, with an index where the schema or
    /// the JSON has a list. A choice has the name of its element, `Observation.value`.
    ///
    /// An unknown element has its key, which comes from the input.
    pub fn path(self) -> String {
        self.path_to(true)
    }

    /// The path; without keys of the input, so that an unknown node has the path of what holds it.
    pub(crate) fn known_path(self) -> String {
        self.path_to(false)
    }

    fn path_to(self, keys: bool) -> String {
        let mut line = self.ancestors();
        line.push(self);
        let mut path = match line.first().and_then(|root| root.type_id()) {
            Some(ty) => ty.name().to_owned(),
            None => "Resource".to_owned(),
        };
        for pair in line.windows(2) {
            let [parent, node] = pair else { continue };
            if !node.is_known() && !keys {
                break;
            }
            let slot = node.slot();
            path.push('.');
            if node.slot().field != NESTED {
                path.push_str(node.name());
            }
            if slot.has(ITEM) || slot.property().is_some_and(Property::is_list) {
                let place = parent.place_of(*node);
                path.push_str(&format!("[{place}]"));
            }
        }
        path
    }

    /// Its place among the children of the same element, from 0.
    fn place_of(self, child: Self) -> usize {
        let before = self.children().take_while(|one| one.index < child.index);
        match child.element() {
            Some(element) => {
                let fields = fields(element);
                before.filter(|one| contains(fields, one.slot().field)).count()
            }
            None => before
                .filter(|one| !one.is_known() && one.unknown_key() == child.unknown_key())
                .count(),
        }
    }
}

/// The numbers of an element's properties: the first and how many.
#[inline]
fn fields(element: &Element) -> (u16, u16) {
    element.field_numbers()
}

#[inline]
fn contains((first, count): (u16, u16), field: u16) -> bool {
    field.wrapping_sub(first) < count
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.known_path())
    }
}

/// Two handles are equal if they are of the same node of the same document.
impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        core::ptr::eq(self.document, other.document) && self.index == other.index
    }
}

impl Eq for Node<'_> {}

/// The children of a node.
#[derive(Clone, Debug)]
pub struct Children<'d> {
    document: &'d Document<'d>,
    at: u32,
    end: u32,
}

impl<'d> Iterator for Children<'d> {
    type Item = Node<'d>;

    #[inline]
    fn next(&mut self) -> Option<Node<'d>> {
        while self.at < self.end {
            let index = self.at;
            let slot = self.document.tape.slots[index as usize];
            self.at = slot.next(index);
            if slot.is_element() {
                return Some(Node::new(self.document, index));
            }
        }
        None
    }
}

/// The children of a node that have one name.
#[derive(Clone, Debug)]
pub struct Named<'d, 'n> {
    children: Children<'d>,
    fields: Option<(u16, u16)>,
    name: &'n str,
}

impl<'d> Iterator for Named<'d, '_> {
    type Item = Node<'d>;

    #[inline]
    fn next(&mut self) -> Option<Node<'d>> {
        match self.fields {
            Some(fields) => {
                let children = &mut self.children;
                let slots = children.document.tape.slots.get(..children.end as usize)?;
                while let Some(slot) = slots.get(children.at as usize) {
                    let index = children.at;
                    children.at = slot.next(index);
                    // Most slots are of another element: that is seen first.
                    if contains(fields, slot.field) && slot.is_element() {
                        return Some(Node::new(children.document, index));
                    }
                }
                None
            }
            None => self
                .children
                .find(|one| !one.is_known() && one.unknown_key() == self.name),
        }
    }
}
