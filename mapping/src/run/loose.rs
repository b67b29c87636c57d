//! Targets that are no FHIR R4: trees of names, written as JSON or as an HL7 v2 message.

use std::collections::HashMap;

use carewire_fhir_model::build::BuildId;
use carewire_fhir_model::schema::{Schema, TypeId};
use carewire_fhir_model::{Node, ValueKind};
use carewire_hl7v2::Message;
use carewire_hl7v2::schema::Elements;

use super::hash::Seeded;
use super::message::{message, newest, push_hl7_time};
use super::shared::By;
use super::step::Flow;
use super::transform::{Made, Part};
use super::value::Value;
use super::write::own_type;
use super::{Run, Stop};
use crate::finding::Code;
use crate::json;
use crate::program::{ElementTarget, Kind, LooseSlot, Mode, Occurs, Slotted, Transform};

/// The number of a node of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct LooseId(u32);

/// No node.
const NONE: u32 = u32::MAX;

/// The trees of a run.
#[derive(Default)]
pub(super) struct Trees<'m> {
    nodes: Vec<Tree<'m>>,
    /// The last child of each name.
    lasts: HashMap<(LooseId, &'m str), LooseId, Seeded>,
    shared: HashMap<(LooseId, &'m str, By<'m>), Value<'m>, Seeded>,
}

struct Tree<'m> {
    name: &'m str,
    /// The type that the map gave it; empty if none.
    type_name: &'m str,
    parent: u32,
    first: u32,
    last: u32,
    next: u32,
    /// Its number among those of its name, from 1, in the order in which they were added.
    number: u32,
    /// Whether it is one of a list, whatever the number of its siblings.
    is_list: bool,
    /// Whether it is a part of a message.
    is_v2: bool,
    /// What the message's structure has below it.
    elements: Option<Elements>,
    content: Content<'m>,
}

#[derive(Clone, Copy)]
enum Content<'m> {
    /// Its children, if it has any.
    Parts,
    Text(Kind, &'m str),
    /// A node of the source as it is.
    Node(Node<'m>),
    /// An element of a FHIR R4 type.
    Made(BuildId),
}

/// A tree as it leaves the run.
pub(crate) enum Written {
    Json(String),
    Message(Box<Message<'static>>),
    /// It cannot be written as a message.
    Refused,
}

impl<'m> Trees<'m> {
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    fn push(&mut self, node: Tree<'m>) -> LooseId {
        self.nodes.push(node);
        LooseId(u32::try_from(self.nodes.len() - 1).unwrap_or(NONE))
    }

    /// A tree by itself.
    pub(super) fn root(&mut self, name: &'m str, type_name: &'m str) -> LooseId {
        self.push(Tree {
            name,
            type_name,
            parent: NONE,
            first: NONE,
            last: NONE,
            next: NONE,
            number: 1,
            is_list: false,
            is_v2: false,
            elements: None,
            content: Content::Parts,
        })
    }

    /// A message of a structure, in the newest version that has it.
    pub(super) fn message(&mut self, structure: Option<&'m str>) -> LooseId {
        let found = structure.and_then(newest);
        let id = self.root("", "");
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            node.is_v2 = true;
            node.elements = found.map(|structure| structure.elements());
        }
        id
    }

    fn number(&self, id: LooseId) -> u32 {
        self.node(id).map_or(1, |node| node.number)
    }

    /// The number of a segment or group that is made, among those of its name below the same group.
    pub(super) fn position(&self, id: LooseId) -> Option<u32> {
        self.node(id).filter(|node| node.is_v2).map(|node| node.number)
    }

    /// What the structure of a message has below a node.
    pub(super) fn elements(&self, id: LooseId) -> Option<Elements> {
        self.node(id)?.elements.clone()
    }

    /// The FHIR element that a node is.
    pub(super) fn made(&self, id: LooseId) -> Option<BuildId> {
        match self.node(id)?.content {
            Content::Made(made) => Some(made),
            _ => None,
        }
    }

    fn node(&self, id: LooseId) -> Option<&Tree<'m>> {
        self.nodes.get(id.0 as usize)
    }

    pub(super) fn name(&self, id: LooseId) -> &'m str {
        self.node(id).map_or("", |node| node.name)
    }

    pub(super) fn type_name(&self, id: LooseId) -> Option<&'m str> {
        self.node(id)
            .map(|node| node.type_name)
            .filter(|name| !name.is_empty())
    }

    pub(super) fn text(&self, id: LooseId) -> Option<(Kind, &'m str)> {
        match self.node(id)?.content {
            Content::Text(kind, text) => Some((kind, text)),
            _ => None,
        }
    }

    pub(super) fn children(&self, id: LooseId) -> impl Iterator<Item = LooseId> {
        let mut at = self.node(id).map_or(NONE, |node| node.first);
        std::iter::from_fn(move || {
            let node = self.nodes.get(at as usize)?;
            Some(LooseId(std::mem::replace(&mut at, node.next)))
        })
    }

    /// The last child of a name.
    fn last_named(&self, id: LooseId, name: &'m str) -> Option<LooseId> {
        self.lasts.get(&(id, name)).copied()
    }

    /// Adds a child behind the others, or before those of its name.
    fn add(&mut self, parent: LooseId, name: &'m str, is_first: bool) -> LooseId {
        let above = self.node(parent);
        let is_v2 = above.is_some_and(|node| node.is_v2);
        let elements = above
            .and_then(|node| node.elements.clone())
            .and_then(|mut elements| elements.find(|element| element.name() == name))
            .filter(|element| element.is_group())
            .map(|element| element.elements());
        let id = self.root(name, "");
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            node.is_v2 = is_v2;
            node.elements = elements;
        }
        self.link(parent, id, is_first);
        id
    }

    fn link(&mut self, parent: LooseId, id: LooseId, is_first: bool) {
        let name = self.name(id);
        let last = self.lasts.get(&(parent, name)).copied();
        let number = last.map_or(1, |last| self.number(last).saturating_add(1));
        if !is_first || last.is_none() {
            self.lasts.insert((parent, name), id);
        }
        let before = if is_first {
            let mut before = None;
            for child in self.children(parent) {
                if self.name(child) == name {
                    break;
                }
                before = Some(child.0);
            }
            before.unwrap_or(NONE)
        } else {
            self.node(parent).map_or(NONE, |node| node.last)
        };
        let next = match self.nodes.get_mut(before as usize) {
            Some(before) => std::mem::replace(&mut before.next, id.0),
            None => match self.nodes.get_mut(parent.0 as usize) {
                Some(parent) => std::mem::replace(&mut parent.first, id.0),
                None => NONE,
            },
        };
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            node.parent = parent.0;
            node.next = next;
            node.number = number;
        }
        if next == NONE
            && let Some(parent) = self.nodes.get_mut(parent.0 as usize)
        {
            parent.last = id.0;
        }
    }

    fn set(&mut self, id: LooseId, content: Content<'m>) {
        if let Some(node) = self.nodes.get_mut(id.0 as usize) {
            node.content = content;
        }
    }

    /// How often an element of this name occurs below a part of a message, by its structure.
    fn occurs(&self, parent: LooseId, name: &str) -> Occurs {
        let elements = self.node(parent).and_then(|node| node.elements.clone());
        match elements.and_then(|mut elements| elements.find(|element| element.name() == name)) {
            Some(element) if element.repeats() => Occurs::List,
            Some(_) => Occurs::Once,
            None => Occurs::Unknown,
        }
    }
}

/// What a target says of an element.
struct SlotOf<'m> {
    name: &'m str,
    occurs: Occurs,
    primitive: Option<TypeId>,
    is_choice: bool,
}

impl<'m> Run<'m, '_> {
    /// Visits the children of a name; a copied node of the source is looked into.
    pub(super) fn named_loose(
        &self,
        id: LooseId,
        name: &str,
        visit: &mut dyn FnMut(Value<'m>) -> Flow,
    ) -> Flow {
        if name == "position"
            && let Some(number) = self.trees.position(id)
        {
            return visit(Value::Integer(i64::from(number)));
        }
        match self.trees.node(id).map(|node| node.content) {
            Some(Content::Node(node)) => self.named(&Value::Fhir(node), name, visit),
            Some(Content::Made(made)) => self.named(&Value::Made(made), name, visit),
            Some(Content::Text(..)) if name == "value" => visit(Value::Loose(id)),
            _ => self
                .trees
                .children(id)
                .filter(|child| self.trees.name(*child) == name)
                .try_for_each(|child| visit(Value::Loose(child))),
        }
    }

    /// The element on the way to a target: the last one there, else a new one.
    pub(super) fn loose_way(&mut self, parent: LooseId, step: &'m Slotted) -> Value<'m> {
        let slot = self.loose_slot(step);
        self.expand(parent);
        let id = self
            .trees
            .last_named(parent, slot.name)
            .unwrap_or_else(|| self.add_loose(parent, &slot, &Mode::Append));
        match self.trees.node(id).map(|node| node.content) {
            Some(Content::Made(made)) => Value::Made(made),
            _ => Value::Loose(id),
        }
    }

    fn loose_slot(&self, slotted: &'m Slotted) -> SlotOf<'m> {
        let occurs = |is_list| if is_list { Occurs::List } else { Occurs::Once };
        match slotted {
            Slotted::Known(property) => SlotOf {
                name: property.key(),
                occurs: occurs(property.is_list()),
                primitive: Some(property.type_id()).filter(|ty| ty.is_primitive()),
                is_choice: false,
            },
            Slotted::Choice(element) => SlotOf {
                name: element.name(),
                occurs: occurs(element.is_list()),
                primitive: None,
                is_choice: true,
            },
            Slotted::Named(name) => SlotOf {
                name,
                occurs: Occurs::Unknown,
                primitive: None,
                is_choice: false,
            },
            Slotted::Loose(slot) => {
                let LooseSlot {
                    name,
                    occurs,
                    primitive,
                    is_choice,
                } = &**slot;
                SlotOf {
                    name,
                    occurs: *occurs,
                    primitive: *primitive,
                    is_choice: *is_choice,
                }
            }
        }
    }

    /// Turns a copied node of the source into a tree of its children, so that others may stand beside them.
    fn expand(&mut self, id: LooseId) {
        let Some(Content::Node(node)) = self.trees.node(id).map(|node| node.content) else {
            return;
        };
        self.trees.set(id, Content::Parts);
        for child in node.children() {
            let key = child.key();
            let copy = self.trees.add(id, key, false);
            self.trees.set(copy, content_of(child, self));
            if let Some(copy) = self.trees.nodes.get_mut(copy.0 as usize) {
                copy.is_list = child.in_array();
            }
        }
    }

    /// Fills an element of a tree, as a target of a rule says. False stops the rule: `once` found its element made already.
    pub(super) fn loose_element(
        &mut self,
        parent: LooseId,
        target: &'m ElementTarget,
        focus: &Value<'m>,
    ) -> Result<bool, Stop> {
        let mut slot = self.loose_slot(&target.element);
        if slot.occurs == Occurs::Unknown {
            slot.occurs = self.trees.occurs(parent, slot.name);
        }
        self.expand(parent);
        let (shared, once) = match &target.mode {
            Mode::Share(id) => (Some(By::Id(*id)), false),
            Mode::Key { key, once } => {
                let key = self.key_text(key, focus);
                (key.filter(|key| !key.is_empty()).map(By::Key), *once)
            }
            _ => (None, false),
        };
        let by = shared.map(|by| (parent, slot.name, by));
        if let Some(found) = by.and_then(|by| self.trees.shared.get(&by).copied()) {
            if let Some(slot) = target.slot {
                self.set(slot, found);
            }
            return Ok(!once);
        }
        let value = match &target.value {
            None => Value::Loose(self.loose_part(parent, &slot, &target.mode)),
            Some(value) => self.loose_value(parent, &slot, value, &target.mode, focus)?,
        };
        if let (Some(by), false) = (by, value.is_empty()) {
            self.trees.shared.insert(by, value);
        }
        self.name_value(target, value);
        Ok(true)
    }

    fn name_value(&mut self, target: &ElementTarget, value: Value<'m>) {
        self.trace_made(&value);
        if let Some(slot) = target.slot {
            self.set(slot, value);
        }
    }

    /// Writes what a transform makes.
    fn loose_value(
        &mut self,
        parent: LooseId,
        slot: &SlotOf<'m>,
        value: &'m Transform,
        mode: &Mode,
        focus: &Value<'m>,
    ) -> Result<Value<'m>, Stop> {
        Ok(match self.make(value, focus)? {
            Made::Nothing => Value::Empty,
            Made::New(type_id) => {
                let id = self.loose_part(parent, slot, mode);
                self.type_choice(id, slot, type_id.name());
                let made = self.builder.resource(type_id);
                self.trees.set(id, Content::Made(made));
                Value::Made(made)
            }
            Made::Loose(name) => {
                let id = self.loose_part(parent, slot, mode);
                self.type_choice(id, slot, name);
                if let Some(node) = self.trees.nodes.get_mut(id.0 as usize) {
                    node.type_name = name;
                }
                Value::Loose(id)
            }
            Made::Parts(type_id, parts) => {
                let id = self.loose_part(parent, slot, mode);
                self.type_choice(id, slot, type_id.name());
                self.fill_loose(id, type_id, &parts);
                Value::Loose(id)
            }
            Made::Group(group, _, value) => {
                let id = self.loose_part(parent, slot, mode);
                self.call_group(group, &[value, Value::Loose(id)])?;
                Value::Loose(id)
            }
            Made::Value(value) => self.put_loose(parent, slot, &value, mode),
            Made::Several(values) => {
                let mut last = Value::Empty;
                for value in &values {
                    last = self.put_loose(parent, slot, value, mode);
                }
                last
            }
        })
    }

    /// The key of a choice has its type behind the name.
    fn type_choice(&mut self, id: LooseId, slot: &SlotOf<'m>, type_name: &str) {
        if !slot.is_choice {
            return;
        }
        let mut letters = type_name.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        let name = self.arena_text(&[slot.name, &first, letters.as_str()].concat());
        if let Some(node) = self.trees.nodes.get_mut(id.0 as usize) {
            node.name = name;
        }
    }

    /// A new element, or the one that is there where only one can be.
    fn loose_part(&mut self, parent: LooseId, slot: &SlotOf<'m>, mode: &Mode) -> LooseId {
        if slot.occurs == Occurs::Once || matches!(mode, Mode::Single) {
            let there = self.trees.last_named(parent, slot.name);
            if let Some(there) = there {
                self.expand(there);
                return there;
            }
        }
        self.add_loose(parent, slot, mode)
    }

    fn add_loose(&mut self, parent: LooseId, slot: &SlotOf<'m>, mode: &Mode) -> LooseId {
        let id = self.trees.add(parent, slot.name, matches!(mode, Mode::First));
        if let Some(node) = self.trees.nodes.get_mut(id.0 as usize) {
            node.is_list = slot.occurs == Occurs::List;
        }
        id
    }

    /// Writes a value into an element.
    fn put_loose(&mut self, parent: LooseId, slot: &SlotOf<'m>, value: &Value<'m>, mode: &Mode) -> Value<'m> {
        if let Value::Loose(id) = value
            && self.trees.text(*id).is_none()
        {
            // A tree that stands nowhere yet is put here; another is copied.
            let is_free =
                self.trees.node(*id).is_some_and(|node| node.parent == NONE) && !self.is_above(*id, parent);
            let id = if is_free {
                if let Some(node) = self.trees.nodes.get_mut(id.0 as usize) {
                    node.name = slot.name;
                    node.is_list = slot.occurs == Occurs::List;
                }
                self.trees.link(parent, *id, matches!(mode, Mode::First));
                *id
            } else {
                let to = self.add_loose(parent, slot, mode);
                self.copy_loose(*id, to);
                to
            };
            return Value::Loose(id);
        }
        let content = match self.loose_content(parent, slot, value) {
            Some(content) => content,
            None => return Value::Empty,
        };
        if let Content::Text(_, text) = content
            && (slot.occurs == Occurs::Once || matches!(mode, Mode::Single))
            && let Some(there) = self.trees.last_named(parent, slot.name)
        {
            match self.trees.text(there) {
                Some((_, known)) if known == text => {}
                Some(_) => self.find(Code::AlreadySet, value.path()),
                None => self.trees.set(there, content),
            }
            return Value::Loose(there);
        }
        let id = self.loose_part(parent, slot, mode);
        if let Some(own) = own_type(value, &self.builder) {
            self.type_choice(id, slot, own.name());
        }
        self.trees.set(id, content);
        match content {
            Content::Made(made) => Value::Made(made),
            _ => Value::Loose(id),
        }
    }

    /// Whether a node is the other or stands above it.
    fn is_above(&self, id: LooseId, below: LooseId) -> bool {
        let mut at = below.0;
        while let Some(node) = self.trees.nodes.get(at as usize) {
            if at == id.0 {
                return true;
            }
            at = node.parent;
        }
        false
    }

    fn copy_loose(&mut self, from: LooseId, to: LooseId) {
        // What is copied is gathered before: a copy into a tree below itself has an end.
        let mut work = vec![(from, to)];
        let last = self.trees.len();
        while let Some((from, to)) = work.pop() {
            let Some(node) = self.trees.node(from) else {
                continue;
            };
            let (content, type_name) = (node.content, node.type_name);
            self.trees.set(to, content);
            if let Some(copy) = self.trees.nodes.get_mut(to.0 as usize) {
                copy.type_name = type_name;
            }
            let children: Vec<LooseId> = self
                .trees
                .children(from)
                .filter(|child| (child.0 as usize) < last && *child != to)
                .collect();
            for child in children {
                let (name, is_list) = self
                    .trees
                    .node(child)
                    .map_or(("", false), |node| (node.name, node.is_list));
                let copy = self.trees.add(to, name, false);
                if let Some(node) = self.trees.nodes.get_mut(copy.0 as usize) {
                    node.is_list = is_list;
                }
                work.push((child, copy));
            }
        }
    }

    /// What an element holds of a value.
    fn loose_content(&self, parent: LooseId, slot: &SlotOf<'m>, value: &Value<'m>) -> Option<Content<'m>> {
        if let Some(type_id) = slot.primitive {
            let kind = Kind::of_type(type_id);
            return self
                .primitive(value, type_id)
                .map(|text| Content::Text(kind, text));
        }
        if self.trees.node(parent).is_some_and(|node| node.is_v2) {
            let text = self.text_of(value).filter(|text| !text.is_empty())?;
            let text = match own_type(value, &self.builder) {
                Some(TypeId::DATE | TypeId::DATE_TIME | TypeId::INSTANT | TypeId::TIME) => {
                    self.spell(|out| push_hl7_time(text, out))
                }
                _ => text,
            };
            return Some(Content::Text(Kind::String, text));
        }
        match value {
            Value::Fhir(node) => {
                self.trace_node(*node);
                Some(content_of(*node, self))
            }
            Value::Made(id) if self.builder.text(*id).is_none() => Some(Content::Made(*id)),
            Value::Loose(id) => self.trees.text(*id).map(|(kind, text)| Content::Text(kind, text)),
            value => {
                let kind = own_type(value, &self.builder).map_or(Kind::String, Kind::of_type);
                let text = self.text_of(value).filter(|text| !text.is_empty())?;
                Some(Content::Text(kind, text))
            }
        }
    }

    /// Gives an element that was handed to a group its content.
    pub(super) fn assign_loose(&mut self, id: LooseId, value: &Value<'m>) {
        let slot = SlotOf {
            name: self.trees.name(id),
            occurs: Occurs::Once,
            primitive: None,
            is_choice: false,
        };
        if let Value::Loose(from) = value
            && self.trees.text(*from).is_none()
        {
            if *from != id {
                self.copy_loose(*from, id);
            }
            return;
        }
        let Some(content) = self.loose_content(id, &slot, value) else {
            return;
        };
        match (self.trees.text(id), content) {
            (Some((_, known)), Content::Text(_, text)) if known == text => {}
            (Some(_), _) => self.find(Code::AlreadySet, value.path()),
            _ => self.trees.set(id, content),
        }
    }

    /// Fills a new element with its parts, which are those of a FHIR type.
    pub(super) fn fill_loose(&mut self, id: LooseId, type_id: TypeId, parts: &[Part<'m>]) {
        for part in parts {
            let (mut at, mut ty) = (id, Some(type_id));
            let mut names = part.path.split('.').peekable();
            while let Some(name) = names.next() {
                let property = ty.and_then(|ty| ty.property(name));
                let below = match self.trees.last_named(at, name) {
                    Some(there) => there,
                    None => {
                        let made = self.trees.add(at, name, false);
                        if let Some(node) = self.trees.nodes.get_mut(made.0 as usize) {
                            node.is_list = property.is_some_and(|property| property.is_list());
                        }
                        made
                    }
                };
                ty = property.map(|property| property.type_id());
                if names.peek().is_none() {
                    let kind = ty.map_or(Kind::String, Kind::of_type);
                    self.trees.set(below, Content::Text(kind, part.text));
                }
                at = below;
            }
        }
    }

    /// Writes a tree: a message as a message, any other as JSON.
    pub(super) fn write_loose(&mut self, root: LooseId) -> Written {
        if self.trees.node(root).is_some_and(|node| node.is_v2) {
            return match message(&self.trees, root) {
                Some(message) => Written::Message(Box::new(message)),
                None => Written::Refused,
            };
        }
        Written::Json(self.loose_json(root))
    }

    fn loose_json(&mut self, root: LooseId) -> String {
        // What FHIR elements among the nodes say, and which nodes say anything.
        let mut texts: HashMap<u32, String, Seeded> = HashMap::default();
        let mut live = vec![false; self.trees.len()];
        for at in 0..self.trees.len() {
            let Some(node) = self.trees.nodes.get(at) else {
                break;
            };
            let text = match node.content {
                Content::Parts => continue,
                Content::Text(..) => None,
                Content::Node(node) => Some(node.to_json()),
                Content::Made(id) => {
                    let mut bytes = Vec::new();
                    self.builder.write_json(id, &mut bytes);
                    Some(String::from_utf8(bytes).unwrap_or_default())
                }
            };
            if text
                .as_deref()
                .is_some_and(|text| matches!(text, "" | "{}" | "null"))
            {
                continue;
            }
            let number = u32::try_from(at).unwrap_or(NONE);
            texts.extend(text.map(|text| (number, text)));
            let mut up = number;
            while let Some(flag) = live.get_mut(up as usize).filter(|flag| !**flag) {
                *flag = true;
                up = self.trees.nodes.get(up as usize).map_or(NONE, |node| node.parent);
            }
        }
        let mut out = String::new();
        let mut work = vec![Job::Node(root)];
        while let Some(job) = work.pop() {
            match job {
                Job::Raw(text) => out.push_str(text),
                Job::Key(key) => {
                    json::push_string(key, &mut out);
                    out.push(':');
                }
                Job::Node(id) => {
                    let Some(node) = self.trees.node(id) else { continue };
                    match (node.content, texts.get(&id.0)) {
                        (Content::Text(kind, text), _) => push_value(kind, text, &mut out),
                        (_, Some(text)) => out.push_str(text),
                        _ => open(&self.trees, id, &live, &mut work),
                    }
                }
            }
        }
        out
    }
}

/// What is still to be written.
enum Job<'m> {
    Raw(&'static str),
    Key(&'m str),
    Node(LooseId),
}

/// Puts the parts of an object on the work that is left: its members in the order in which they were first made.
fn open<'m>(trees: &Trees<'m>, id: LooseId, live: &[bool], work: &mut Vec<Job<'m>>) {
    let mut members: Vec<(&'m str, Vec<LooseId>)> = Vec::new();
    let mut places: HashMap<&'m str, usize, Seeded> = HashMap::default();
    for child in trees.children(id) {
        if !live.get(child.0 as usize).is_some_and(|live| *live) {
            continue;
        }
        let name = trees.name(child);
        let at = *places.entry(name).or_insert_with(|| {
            members.push((name, Vec::new()));
            members.len() - 1
        });
        if let Some((_, all)) = members.get_mut(at) {
            all.push(child);
        }
    }
    let start = work.len();
    let mut between = "{";
    let resource = trees.type_name(id).filter(|name| {
        Schema::r4()
            .type_named(name)
            .is_some_and(|type_id| type_id.is_resource())
    });
    if let Some(name) = resource {
        work.extend([
            Job::Raw("{\"resourceType\":\""),
            Job::Raw(resource_name(name)),
            Job::Raw("\""),
        ]);
        between = ",";
    }
    for (name, all) in members {
        work.extend([Job::Raw(between), Job::Key(name)]);
        between = ",";
        let is_list = all.len() > 1
            || all
                .iter()
                .any(|id| trees.node(*id).is_some_and(|node| node.is_list));
        if is_list {
            work.push(Job::Raw("["));
        }
        for (at, id) in all.iter().enumerate() {
            if at > 0 {
                work.push(Job::Raw(","));
            }
            work.push(Job::Node(*id));
        }
        if is_list {
            work.push(Job::Raw("]"));
        }
    }
    if between == "{" {
        work.push(Job::Raw("{"));
    }
    work.push(Job::Raw("}"));
    if let Some(new) = work.get_mut(start..) {
        new.reverse();
    }
}

/// The name of a resource type as the schema has it.
fn resource_name(name: &str) -> &'static str {
    Schema::r4().type_named(name).map_or("", TypeId::name)
}

fn push_value(kind: Kind, text: &str, out: &mut String) {
    let is_literal = match kind {
        Kind::Boolean => matches!(text, "true" | "false"),
        Kind::Integer | Kind::Decimal => json::is_number(text),
        _ => false,
    };
    if is_literal {
        out.push_str(text);
    } else {
        json::push_string(text, out);
    }
}

/// A primitive of a source by its text, anything else as it is.
fn content_of<'m>(node: Node<'m>, run: &Run<'m, '_>) -> Content<'m> {
    let Some(text) = node.text().filter(|_| node.children().next().is_none()) else {
        return Content::Node(node);
    };
    let kind = match node.value_kind() {
        ValueKind::Number => Kind::Decimal,
        ValueKind::Boolean => Kind::Boolean,
        _ => Kind::String,
    };
    Content::Text(kind, run.kept(text))
}
