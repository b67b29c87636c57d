//! From the tree to a document.

use alloc::string::String;

use super::error::SnapshotErrorKind;
use super::facts::{Discriminator, Fact};
use super::limits::SnapshotLimits;
use super::tree::{Branch, Tree};
use crate::build::{BuildError, BuildId, Builder};
use crate::document::{Document, Node};
use crate::schema::{Schema, TypeId};

const DEFINITION: TypeId = TypeId::ELEMENT_DEFINITION;

/// The profile with a snapshot that says what the tree says.
pub(super) fn document(
    profile: &Document<'_>,
    tree: &Tree<'_>,
    limits: &SnapshotLimits,
) -> Result<Document<'static>, SnapshotErrorKind> {
    let mut writer = Writer {
        builder: Builder::new(Schema::r4()),
        elements: limits.elements,
        bytes: limits.bytes,
    };
    let root = profile.root();
    let made = writer.builder.resource(TypeId::STRUCTURE_DEFINITION);
    for child in root.children() {
        let Some(property) = child.property() else {
            continue;
        };
        if property.element().name() == "snapshot" {
            continue;
        }
        writer.spend(child)?;
        let copied = writer.builder.copy(made, property.slot(), child);
        copied.map_err(|_| SnapshotErrorKind::Malformed)?;
    }
    let (slot, ty) = slot(TypeId::STRUCTURE_DEFINITION, "snapshot");
    let snapshot = writer.builder.add(made, slot, ty).map_err(malformed)?;
    writer.branch(snapshot, &tree.root, "", "", 0)?;
    Ok(writer.builder.finish(made))
}

fn malformed(_: BuildError) -> SnapshotErrorKind {
    SnapshotErrorKind::Malformed
}

/// The slot of an element and the first of its types.
fn slot(owner: TypeId, name: &str) -> (u8, TypeId) {
    owner
        .element(name)
        .and_then(|one| Some((one.slot(), one.types().next()?)))
        .unwrap_or((u8::MAX, TypeId::ELEMENT))
}

struct Writer {
    builder: Builder<'static>,
    elements: usize,
    bytes: usize,
}

impl Writer {
    /// Takes what a node holds off the limit.
    fn spend(&mut self, node: Node<'_>) -> Result<(), SnapshotErrorKind> {
        let bytes = node.weight();
        self.bytes = self.bytes.checked_sub(bytes).ok_or(SnapshotErrorKind::TooLarge)?;
        Ok(())
    }

    /// Writes a branch and all below it; a tree is no deeper than its paths may be long.
    fn branch(
        &mut self,
        snapshot: BuildId,
        branch: &Branch<'_>,
        path: &str,
        id: &str,
        depth: usize,
    ) -> Result<(), SnapshotErrorKind> {
        let path = step(path, &branch.name);
        let mut id = step(id, &branch.name);
        if let Some(slice) = &branch.slice {
            id.push(':');
            id.push_str(slice);
        }
        if depth > 2 * SnapshotLimits::STEPS || path.len().max(id.len()) > 2 * SnapshotLimits::PATH {
            return Err(SnapshotErrorKind::TooLarge);
        }
        if !branch.hidden {
            self.elements = self.elements.checked_sub(1).ok_or(SnapshotErrorKind::TooLarge)?;
            self.element(snapshot, branch, &path, &id)?;
        }
        for group in branch.groups.iter() {
            self.branch(snapshot, &group.entry, &path, &id, depth + 1)?;
            for slice in &group.slices {
                self.branch(snapshot, slice, &path, &id, depth + 1)?;
            }
        }
        Ok(())
    }

    fn element(
        &mut self,
        snapshot: BuildId,
        branch: &Branch<'_>,
        path: &str,
        id: &str,
    ) -> Result<(), SnapshotErrorKind> {
        let owner = self.builder.type_id(snapshot);
        let (slot_of_element, _) = slot(owner, "element");
        let element = self
            .builder
            .add(snapshot, slot_of_element, DEFINITION)
            .map_err(malformed)?;
        self.text(element, "id", id)?;
        self.text(element, "path", path)?;
        if let Some(slice) = &branch.slice {
            self.text(element, "sliceName", slice)?;
        }
        for (name, fact) in branch.facts.iter() {
            match fact {
                Fact::Given(node) => {
                    self.copy(element, name, *node)?;
                }
                Fact::Text(text) => self.text(element, name, text)?,
                Fact::Constraint(node, source) => {
                    if let Some(made) = self.copy(element, name, *node)? {
                        self.text(made, "source", source)?;
                    }
                }
                Fact::Slicing { by, closed } => {
                    let (slicing_slot, ty) = slot(DEFINITION, name);
                    let made = self.builder.add(element, slicing_slot, ty).map_err(malformed)?;
                    let (discriminator_slot, ty) = slot(ty, "discriminator");
                    let discriminator = self
                        .builder
                        .add(made, discriminator_slot, ty)
                        .map_err(malformed)?;
                    let (kind, path) = match by {
                        Discriminator::Type => ("type", "$this"),
                        Discriminator::Url => ("value", "url"),
                    };
                    self.text(discriminator, "type", kind)?;
                    self.text(discriminator, "path", path)?;
                    self.text(made, "ordered", "false")?;
                    self.text(made, "rules", if *closed { "closed" } else { "open" })?;
                }
                Fact::Base { path, min, max } => {
                    let (base_slot, ty) = slot(DEFINITION, name);
                    let made = self.builder.add(element, base_slot, ty).map_err(malformed)?;
                    self.text(made, "path", path)?;
                    for (name, node) in [("min", min), ("max", max)] {
                        if let Some(text) = node.and_then(Node::text) {
                            self.text(made, name, &text)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn text(&mut self, parent: BuildId, name: &str, text: &str) -> Result<(), SnapshotErrorKind> {
        self.bytes = self
            .bytes
            .checked_sub(text.len())
            .ok_or(SnapshotErrorKind::TooLarge)?;
        let (slot, ty) = slot(self.builder.type_id(parent), name);
        self.builder.set_text(parent, slot, ty, text).map_err(malformed)?;
        Ok(())
    }

    /// Copies a value; what it has twice that may occur once is left out.
    fn copy(
        &mut self,
        element: BuildId,
        name: &str,
        node: Node<'_>,
    ) -> Result<Option<BuildId>, SnapshotErrorKind> {
        self.spend(node)?;
        let (slot, _) = slot(DEFINITION, name);
        Ok(self.builder.copy(element, slot, node).ok())
    }
}

fn step(above: &str, name: &str) -> String {
    let mut path = String::with_capacity(above.len() + name.len() + 1);
    if !above.is_empty() {
        path.push_str(above);
        path.push('.');
    }
    path.push_str(name);
    path
}
