//! The one walk over a document, from which every rule is asked.
//!
//! The nodes are visited in the order of the input with a stack of our own, so the depth of a document costs no
//! call stack; the reader has bounded it.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::ControlFlow;

use carewire_fhir_model::schema::{Property, TypeId};
use carewire_fhir_model::{Children, Document, Node, ValueKind};

use crate::Rule;
use crate::entries::Entries;
use crate::invariants;
use crate::rules::{self, bundle, narrative};
use crate::sink::{Flow, Place, Sink};

/// A walk: what is known of the places around the node that is looked at.
pub(crate) struct Walk<'a> {
    sink: Sink,
    /// The resources that the node is in: the outermost first.
    resources: Vec<Frame<'a>>,
}

/// A resource around the node.
struct Frame<'a> {
    node: Node<'a>,
    /// Whether it is contained in the one before.
    is_contained: bool,
    id: Option<Cow<'a, str>>,
    /// Its contained resources with their ids.
    contained: Vec<(Node<'a>, Cow<'a, str>)>,
    contained_ids: HashSet<Cow<'a, str>>,
    /// The ids of its elements seen so far.
    ids: HashSet<Cow<'a, str>>,
    /// What the local references in it name; empty unless it contains resources.
    locals: HashSet<String>,
    /// What references inside it may name, if it is a Bundle.
    entries: Option<Entries<'a>>,
}

/// A node whose children are being visited.
struct Level<'a> {
    children: Children<'a>,
    ty: TypeId,
    /// The slot of the child before.
    last: Option<u8>,
}

impl<'a> Walk<'a> {
    /// Walks over a document as far as the sink asks.
    pub(crate) fn over(document: &'a Document<'a>, sink: Sink) -> Sink {
        let mut walk = Self {
            sink,
            resources: Vec::new(),
        };
        // Where the walk broke off, the sink knows why.
        let _ = walk.visit(document.root());
        walk.sink
    }

    fn visit(&mut self, root: Node<'a>) -> Flow {
        let Some(ty) = root.type_id().filter(|ty| ty.is_resource()) else {
            return self.report(&rules::resource_type::RULE, root);
        };
        self.enter_resource(root, ty, false)?;
        let mut levels = vec![Level {
            children: root.children(),
            ty,
            last: None,
        }];
        while let Some(level) = levels.last_mut() {
            let parent = level.ty;
            let Some(node) = level.children.next() else {
                levels.pop();
                if parent.is_resource() {
                    self.leave_resource()?;
                }
                continue;
            };
            let slot = node.property().map(Property::slot);
            let is_first = std::mem::replace(&mut level.last, slot) != slot;
            if let Some(ty) = self.enter(node, parent, is_first)? {
                levels.push(Level {
                    children: node.children(),
                    ty,
                    last: None,
                });
            }
        }
        Flow::Continue(())
    }

    /// Looks at a node; gives its type if its children are to be visited.
    fn enter(&mut self, node: Node<'a>, parent: TypeId, is_first: bool) -> ControlFlow<(), Option<TypeId>> {
        let Some(property) = node.property() else {
            // The object that holds it has said so.
            return ControlFlow::Continue(None);
        };
        // XML has no arrays: the reader made those that are there.
        if !node.document().is_from_xml() {
            rules::array_expected::check(self, node, property)?;
            rules::array_unexpected::check(self, node, property, is_first)?;
        }
        let Some(ty) = node.type_id() else {
            if node.children().next().is_none() {
                self.report(&rules::element_empty::RULE, node)?;
            }
            self.report(&rules::resource_type::RULE, node)?;
            return ControlFlow::Continue(None);
        };
        if ty.is_primitive() {
            rules::primitive::check(self, node, ty, property)?;
            // The elements of a differential have the ids of those of the snapshot: sdf-16 and sdf-17 look at them.
            if property.key() == "id" && !parent.is_resource() && parent != TypeId::ELEMENT_DEFINITION {
                rules::id_repeated::check_element(self, node)?;
            }
            return ControlFlow::Continue(Some(ty));
        }
        if !rules::element_type::is_object(self, node)? {
            return ControlFlow::Continue(None);
        }
        if ty.is_resource() {
            self.enter_resource(node, ty, property.key() == "contained")?;
            return ControlFlow::Continue(Some(ty));
        }
        rules::object(self, node, ty)?;
        rules::binding_required::check(self, node, ty, property)?;
        match ty {
            TypeId::EXTENSION => {
                rules::extension_url::check(self, node, parent == TypeId::EXTENSION)?;
                rules::ext_1::check(self, node)?;
            }
            TypeId::REFERENCE => rules::reference(self, node, property.targets())?,
            TypeId::ATTACHMENT => rules::attachment_size::check(self, node)?,
            TypeId::NARRATIVE => self.narrative(node)?,
            _ => {}
        }
        invariants::check(self, node, ty, Some(property.element()))?;
        ControlFlow::Continue(Some(ty))
    }

    fn enter_resource(&mut self, node: Node<'a>, ty: TypeId, is_contained: bool) -> Flow {
        rules::object(self, node, ty)?;
        if is_contained {
            rules::contained_id::check(self, node)?;
            rules::dom_2::check(self, node)?;
            rules::dom_4::check(self, node)?;
            rules::dom_5::check(self, node)?;
        }
        let contained: Vec<_> = node
            .children_named("contained")
            .filter_map(|one| Some((one, one.child("id")?.text()?)))
            .collect();
        rules::id_repeated::check_contained(self, &contained)?;
        let entries = (ty == TypeId::BUNDLE).then(|| Entries::of(node));
        if let Some(entries) = &entries {
            bundle::check(self, node, entries.kind())?;
        }
        let id = node.child("id").and_then(Node::text);
        self.resources.push(Frame {
            node,
            is_contained,
            id,
            contained_ids: contained.iter().map(|(_, id)| id.clone()).collect(),
            contained,
            ids: HashSet::new(),
            locals: HashSet::new(),
            entries,
        });
        invariants::check(self, node, ty, None)
    }

    fn leave_resource(&mut self) -> Flow {
        match self.resources.pop() {
            Some(frame) if !frame.contained.is_empty() && !frame.is_contained => {
                rules::dom_3::check(self, &frame.contained, &frame.locals)
            }
            _ => Flow::Continue(()),
        }
    }

    fn narrative(&mut self, node: Node<'a>) -> Flow {
        let Some((div, text)) = node.child("div").and_then(|div| Some((div, div.text()?))) else {
            return Flow::Continue(());
        };
        if text.is_empty() {
            return Flow::Continue(());
        }
        let findings = carewire_fhir_model::narrative::check(&text);
        for id in &findings.locals {
            self.note_local(id);
        }
        narrative::form::check(self, div, &findings)?;
        narrative::txt_1::check(self, div, &findings)?;
        narrative::txt_2::check(self, div, &findings)
    }

    /// Reports an issue about a node.
    pub(crate) fn report(&mut self, rule: &'static Rule, node: Node<'_>) -> Flow {
        self.sink
            .take(rule, || (node.path(), place(node)), || Cow::Borrowed(""))
    }

    /// Reports an issue about a node and says more: grammar tokens and names of the specification alone.
    pub(crate) fn report_more(
        &mut self,
        rule: &'static Rule,
        node: Node<'_>,
        more: impl FnOnce() -> Cow<'static, str>,
    ) -> Flow {
        self.sink.take(rule, || (node.path(), place(node)), more)
    }

    /// Reports an issue about a node whose own name is not one of the specification: its expression is that of its parent.
    pub(crate) fn report_in(&mut self, rule: &'static Rule, parent: Node<'_>, node: Node<'_>) -> Flow {
        self.sink
            .take(rule, || (parent.path(), place(node)), || Cow::Borrowed(""))
    }

    /// Whether an issue of a rule could change what was asked.
    pub(crate) fn wants(&self, rule: &Rule) -> bool {
        self.sink.wants(rule)
    }

    /// The resource that the node is in, and the one around that if it is contained.
    pub(crate) fn resources(&self) -> Option<(Node<'a>, Node<'a>)> {
        let own = self.resources.last()?;
        let root = self.resources.iter().rev().find(|frame| !frame.is_contained)?;
        Some((own.node, root.node))
    }

    /// Counts a check that could not be made.
    pub(crate) fn leave_open(&mut self, subject: &'static str, reason: &'static str) {
        self.sink.leave_open(subject, reason);
    }

    /// Remembers the id of an element; `false` if its resource has it already.
    pub(crate) fn is_new_id(&mut self, id: Cow<'a, str>) -> bool {
        self.resources.last_mut().is_none_or(|frame| frame.ids.insert(id))
    }

    /// The resource that local references are resolved in: the nearest that is not contained.
    fn container(&mut self) -> Option<&mut Frame<'a>> {
        self.resources.iter_mut().rev().find(|frame| !frame.is_contained)
    }

    /// Whether a local reference names a contained resource.
    pub(crate) fn contains(&mut self, id: &str) -> bool {
        self.container()
            .is_some_and(|frame| frame.contained_ids.contains(id))
    }

    /// Remembers what a local reference names. `#` refers from a contained resource to the one around it, and so the two
    /// belong together.
    pub(crate) fn note_local(&mut self, id: &str) {
        let own = self
            .resources
            .last()
            .filter(|frame| frame.is_contained)
            .and_then(|frame| frame.id.clone());
        let Some(frame) = self.container().filter(|frame| !frame.contained.is_empty()) else {
            return;
        };
        match own {
            Some(own) if id.is_empty() => frame.locals.insert(own.into_owned()),
            _ => frame.locals.insert(id.to_owned()),
        };
    }

    /// What references may name in the nearest Bundle around the node.
    pub(crate) fn entries(&self) -> Option<&Entries<'a>> {
        self.resources
            .iter()
            .rev()
            .find_map(|frame| frame.entries.as_ref())
    }
}

/// Where the value of a node starts: in JSON a string at its quotation mark.
fn place(node: Node<'_>) -> Place {
    let (document, offset) = (node.document(), node.offset());
    if document.is_from_xml() {
        return Place {
            offset,
            known: Some(node.line_column()),
        };
    }
    let before = offset
        .checked_sub(1)
        .filter(|_| node.value_kind() == ValueKind::String);
    let quote = before.filter(|&at| document.source().as_bytes().get(at) == Some(&b'"'));
    Place::at(quote.unwrap_or(offset))
}
