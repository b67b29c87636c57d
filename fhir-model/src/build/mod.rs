//! Making a document: a mutable arena of nodes, written in the order of the schema.
//!
//! ```
//! use carewire_fhir_model::build::Builder;
//! use carewire_fhir_model::schema::{Schema, TypeId};
//!
//! let slot = |ty: TypeId, name: &str| ty.element(name).map(|one| one.slot()).ok_or("no such element");
//! let mut builder = Builder::new(Schema::r4());
//! let patient = builder.resource(TypeId::PATIENT);
//! builder.set_text(patient, slot(TypeId::PATIENT, "birthDate")?, TypeId::DATE, "1970-03")?;
//! let name = builder.add(patient, slot(TypeId::PATIENT, "name")?, TypeId::HUMAN_NAME)?;
//! builder.set_text(name, slot(TypeId::HUMAN_NAME, "family")?, TypeId::STRING, "Chalmers")?;
//! let document = builder.finish(patient);
//! assert_eq!(
//!     document.to_json(),
//!     r#"{"resourceType":"Patient","name":[{"family":"Chalmers"}],"birthDate":"1970-03"}"#,
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod emit;
mod error;
mod page;
mod text;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use error::BuildError;

use crate::document::{Document, Node};
use crate::json::scan;
use crate::schema::{Element, Property, PropertyId, Schema, TypeId, TypeKind};

/// A node of a builder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BuildId(u32);

/// No node, where there is room for one.
const NO_NODE: u32 = u32::MAX;
/// In place of the length of a text: it is one of those that are borrowed. No length of a text that was copied is as much.
const BORROWED: u32 = u32::MAX - 1;
/// A text of at least so many bytes is borrowed where it may be; to look a shorter one up would cost more than its copy.
const LONG: usize = 4 << 10;
/// The field of a resource that no element holds.
const DETACHED: u16 = u16::MAX;
/// How far from the first child the place of a new one is looked for.
const NEAR: usize = 16;

#[derive(Clone, Copy)]
struct Made {
    parent: u32,
    next: u32,
    first_child: u32,
    last_child: u32,
    /// Where the text starts; of one that is borrowed its number.
    text: u32,
    /// The length of the text; [`NO_NODE`] for none, [`BORROWED`] for one that is borrowed.
    length: u32,
    /// The slots that have a child, a bit for each.
    present: u64,
    field: u16,
    ty: TypeId,
    /// Whether there is something to write: a text, a resource, or a child of which that is true.
    live: bool,
    /// Whether a child may stand behind one that the schema has later.
    is_disordered: bool,
}

impl Made {
    /// A node without a place, a text and children.
    #[inline]
    fn new(ty: TypeId) -> Self {
        Self {
            parent: NO_NODE,
            next: NO_NODE,
            first_child: NO_NODE,
            last_child: NO_NODE,
            text: 0,
            length: NO_NODE,
            present: 0,
            field: DETACHED,
            ty,
            live: false,
            is_disordered: false,
        }
    }

    /// Whether there is a child in a slot.
    #[inline]
    fn has(&self, slot: u8) -> bool {
        self.present & bit(slot) != 0
    }

    /// Takes a node as its last child, and gives the one that was the last until now.
    #[inline]
    fn link_last(&mut self, id: u32, slot: u8) -> u32 {
        self.present |= bit(slot);
        let last = core::mem::replace(&mut self.last_child, id);
        if last == NO_NODE {
            self.first_child = id;
        }
        last
    }

    /// As [`Made::link_last`], as its first child.
    fn link_first(&mut self, id: u32, slot: u8) -> u32 {
        self.present |= bit(slot);
        let first = core::mem::replace(&mut self.first_child, id);
        if first == NO_NODE {
            self.last_child = id;
        }
        first
    }
}

/// A text that lies elsewhere.
#[derive(Clone, Copy)]
struct Borrowed<'t> {
    text: &'t str,
    /// Whether it stands in JSON as it is.
    is_plain: bool,
}

/// Builds one or several resources. Elements may be added in any order; they are written in the order of the
/// schema, those of one list in the order they were added. Elements that stay empty are not written, nor is an extension of
/// which there is only the url: it says nothing, and would be invalid (`ext-1`).
///
/// Texts are copied, but for those that [`Builder::set_property_borrowed`] and [`Builder::replace_text_borrowed`] are given: long ones of these stay where they are,
/// for `'t`, until they are written.
///
/// `Debug` shows sizes.
///
/// Spec: FHIR R4, [JSON](https://hl7.org/fhir/R4/json.html).
#[derive(Clone)]
pub struct Builder<'t> {
    nodes: Vec<Made>,
    texts: String,
    borrowed: Vec<Borrowed<'t>>,
    /// How much there may be in all: see [`room`].
    room: u64,
    /// The parents that are disordered, each once.
    disordered: Vec<u32>,
    /// How many bytes of the texts were looked at for `is_plain`.
    seen: usize,
    /// Whether what was seen of the texts stands in JSON as it is.
    is_plain: bool,
    /// Whether something was removed, so that `live` may be wrong.
    stale: bool,
}

/// The bit of [`Made::present`] for a slot.
#[inline]
fn bit(slot: u8) -> u64 {
    const { assert!(TypeId::MOST_ELEMENTS <= 64, "there is a bit for each slot") };
    1 << (slot % 64)
}

/// What JSON of 4 GiB holds at its worst, in bytes of text each of which is escaped, with a short text more.
const ROOM: u64 = u32::MAX as u64 / ESCAPE - LONG as u64;
/// A byte of text as an escape.
const ESCAPE: u64 = 6;
/// A node with the longest key, its companion and `resourceType`, in bytes of text.
const NODE: u64 = 16;

/// The room that nodes and bytes of copied text take.
#[inline]
fn room(nodes: usize, texts: usize) -> u64 {
    nodes as u64 * NODE + texts as u64
}

/// Room for so many bytes of text is kept by [`Builder::clear`]: one document may hold many megabytes.
const TEXTS_KEPT: usize = 1 << 20;

impl<'t> Builder<'t> {
    /// An empty builder.
    pub fn new(_schema: &'static Schema) -> Self {
        Self {
            nodes: Vec::new(),
            texts: String::new(),
            borrowed: Vec::new(),
            room: ROOM,
            disordered: Vec::new(),
            seen: 0,
            is_plain: true,
            stale: false,
        }
    }

    /// Forgets every node and keeps the memory, but of the texts not more than 1 MiB.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.texts.clear();
        self.texts.shrink_to(TEXTS_KEPT);
        self.borrowed.clear();
        self.room = ROOM;
        self.disordered.clear();
        self.seen = 0;
        self.is_plain = true;
        self.stale = false;
    }

    /// An empty builder in the memory of this one, as after [`Builder::clear`], for texts that live as long as they may.
    ///
    /// ```
    /// use carewire_fhir_model::build::Builder;
    /// use carewire_fhir_model::schema::{Schema, TypeId};
    ///
    /// let kept: Builder<'static> = {
    ///     let text = "no longer than this block".repeat(1000);
    ///     let family = TypeId::HUMAN_NAME.property("family").ok_or("no such property")?;
    ///     let mut builder = Builder::new(Schema::r4());
    ///     let name = builder.resource(TypeId::HUMAN_NAME);
    ///     builder.set_property_borrowed(name, family, &text)?;
    ///     builder.recycle()
    /// };
    /// assert_eq!(kept.node_count(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn recycle<'u>(mut self) -> Builder<'u> {
        self.clear();
        Builder {
            nodes: self.nodes,
            texts: self.texts,
            borrowed: Vec::new(),
            room: self.room,
            disordered: self.disordered,
            seen: self.seen,
            is_plain: self.is_plain,
            stale: self.stale,
        }
    }

    /// How many nodes were made, removed ones included.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    #[inline]
    fn made(&self, id: u32) -> Option<&Made> {
        self.nodes.get(id as usize)
    }

    /// Whether the JSON of all there is stays below 4 GiB with a text more, whatever its escapes, keys and commas.
    #[inline]
    fn check_room(&self, text: usize) -> Result<(), BuildError> {
        if room(self.nodes.len(), self.texts.len() + text) < self.room {
            Ok(())
        } else {
            Err(BuildError::TooLarge)
        }
    }

    /// As [`Builder::check_room`], for a text of less than [`LONG`] bytes.
    #[inline]
    fn has_room(&self) -> bool {
        room(self.nodes.len(), self.texts.len()) < self.room
    }

    /// A node of a type by itself, mostly a resource: a root, or to be attached later.
    pub fn resource(&mut self, ty: TypeId) -> BuildId {
        let id = self.nodes.len() as u32;
        self.nodes.push(Made {
            live: ty.is_resource(),
            ..Made::new(ty)
        });
        BuildId(id)
    }

    /// The element in a slot of a node's type, and its property for a type.
    #[inline]
    fn find(
        &self,
        parent: BuildId,
        slot: u8,
        variant: TypeId,
    ) -> Result<(&'static Element, PropertyId), BuildError> {
        let owner = self.type_id(parent);
        let element = owner
            .elements()
            .get(usize::from(slot))
            .ok_or(BuildError::NoSuchElement { owner, slot })?;
        let (first, _) = element.field_numbers();
        let matches = |one: &Property| match one.kind {
            TypeKind::Resource => variant.is_a(one.ty) && !variant.is_abstract(),
            _ => one.ty == variant,
        };
        match element.properties().iter().position(matches) {
            Some(place) => Ok((element, PropertyId(first + place as u16))),
            None => Err(BuildError::WrongType {
                element: element.id(),
                variant,
            }),
        }
    }

    /// As [`Builder::find`], if there is room for one more.
    fn find_free(&self, parent: BuildId, slot: u8, variant: TypeId) -> Result<PropertyId, BuildError> {
        let (element, property) = self.find(parent, slot, variant)?;
        if !element.is_list() && self.existing(parent, slot).is_some() {
            return Err(BuildError::AlreadyThere {
                element: element.id(),
            });
        }
        Ok(property)
    }

    /// Adds an element: to the end of a list, or as the single value.
    ///
    /// `slot` is the [`slot`](Element::slot) of an element of the parent's type, `variant` its type; for
    /// `contained` and other places of resources the type of the resource.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the parent's type has no such element, the element no such type, or if it occurs at most
    /// once and is there.
    pub fn add(&mut self, parent: BuildId, slot: u8, variant: TypeId) -> Result<BuildId, BuildError> {
        let property = self.find_free(parent, slot, variant)?;
        self.check_room(0)?;
        let id = self.resource(variant);
        self.link(parent, id, slot, property);
        Ok(id)
    }

    /// As [`Builder::add`], by the property of an element: its slot and its type are not looked up.
    ///
    /// ```
    /// use carewire_fhir_model::build::Builder;
    /// use carewire_fhir_model::schema::{Schema, TypeId};
    ///
    /// let family = TypeId::HUMAN_NAME.property("family").ok_or("no such property")?;
    /// let mut builder = Builder::new(Schema::r4());
    /// let name = builder.resource(TypeId::HUMAN_NAME);
    /// let id = builder.add_property(name, family)?;
    /// assert_eq!(builder.property(id).map(|one| one.key()), Some("family"));
    /// assert!(builder.add_property(id, family).is_err()); // a string has no family
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Builder::add`]; of a place for any resource the type is not known, so it is refused.
    #[inline(always)]
    pub fn add_property(
        &mut self,
        parent: BuildId,
        property: &'static Property,
    ) -> Result<BuildId, BuildError> {
        if property.kind == TypeKind::Resource {
            return Err(self.refusal(parent, property));
        }
        if !self.has_room() {
            return Err(BuildError::TooLarge);
        }
        self.append(parent, property, None)
    }

    /// As [`Builder::add`], by the property of a place for any resource, as `contained` and `Bundle.entry.resource` are.
    ///
    /// ```
    /// use carewire_fhir_model::build::Builder;
    /// use carewire_fhir_model::schema::{Schema, TypeId};
    ///
    /// let contained = TypeId::PATIENT.property("contained").ok_or("no such property")?;
    /// let mut builder = Builder::new(Schema::r4());
    /// let patient = builder.resource(TypeId::PATIENT);
    /// builder.add_resource(patient, contained, TypeId::ORGANIZATION)?;
    /// assert!(builder.add_resource(patient, contained, TypeId::HUMAN_NAME).is_err());
    /// let mut json = Vec::new();
    /// builder.write_json(patient, &mut json);
    /// assert_eq!(json, br#"{"resourceType":"Patient","contained":[{"resourceType":"Organization"}]}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Builder::add`].
    pub fn add_resource(
        &mut self,
        parent: BuildId,
        property: &'static Property,
        variant: TypeId,
    ) -> Result<BuildId, BuildError> {
        let is_one =
            property.kind == TypeKind::Resource && variant.is_a(property.ty) && !variant.is_abstract();
        if !is_one {
            let element = property.element().id();
            return Err(BuildError::WrongType { element, variant });
        }
        if !self.has_room() {
            return Err(BuildError::TooLarge);
        }
        let made = self.append(parent, property, None)?;
        if let Some(resource) = self.nodes.get_mut(made.0 as usize) {
            resource.ty = variant;
            resource.live = true;
        }
        self.enliven_above(parent.0);
        Ok(made)
    }

    /// A new node, which is no resource, behind the others of its parent, with a text in two parts if it has one; there is room for it.
    #[inline(always)]
    fn append(
        &mut self,
        parent: BuildId,
        property: &'static Property,
        text: Option<[&str; 2]>,
    ) -> Result<BuildId, BuildError> {
        match self.try_append(parent, property, text) {
            Some(id) => Ok(id),
            None => Err(self.refusal(parent, property)),
        }
    }

    /// As [`Builder::append`]; none where it is refused.
    #[inline(always)]
    fn try_append(
        &mut self,
        parent: BuildId,
        property: &'static Property,
        text: Option<[&str; 2]>,
    ) -> Option<BuildId> {
        let id = self.nodes.len() as u32;
        let field = property.id().0;
        let is_free =
            |above: &&mut Made| above.ty == property.owner && (property.is_list || !above.has(property.slot));
        let above = self.nodes.get_mut(parent.0 as usize).filter(is_free)?;
        let last = above.link_last(id, property.slot);
        if text.is_some() && !property.is_url_of_extension() && !core::mem::replace(&mut above.live, true) {
            let higher = above.parent;
            self.enliven_above(higher);
        }
        let is_late = self.link_behind(last, id, field);
        self.nodes.push(Made {
            parent: parent.0,
            field,
            text: self.texts.len() as u32,
            length: text.map_or(NO_NODE, |[text, more]| (text.len() + more.len()) as u32),
            live: text.is_some(),
            ..Made::new(property.ty)
        });
        if let Some([text, more]) = text {
            self.texts.push_str(text);
            self.texts.push_str(more);
        }
        if is_late {
            self.move_up(parent.0, last, id);
        }
        Some(BuildId(id))
    }

    /// Why a property cannot be added.
    #[cold]
    fn refusal(&self, parent: BuildId, property: &'static Property) -> BuildError {
        let (owner, element) = (self.type_id(parent), property.element().id());
        if property.owner != owner {
            let slot = property.slot;
            BuildError::NoSuchElement { owner, slot }
        } else if property.kind == TypeKind::Resource {
            let variant = property.ty;
            BuildError::WrongType { element, variant }
        } else {
            BuildError::AlreadyThere { element }
        }
    }

    /// Names a node as the next of what was the last child, and gives whether the schema has it before that.
    #[inline(always)]
    fn link_behind(&mut self, last: u32, id: u32, field: u16) -> bool {
        self.nodes.get_mut(last as usize).is_some_and(|before| {
            before.next = id;
            before.field > field
        })
    }

    /// Moves the last child, which stands behind `last` too late, to where the schema has it. Where that is far from the first it stays,
    /// to be sorted with the others: many that come late shall not each look at many.
    #[cold]
    fn move_up(&mut self, parent: u32, last: u32, id: u32) {
        let (Some(above), Some(late)) = (self.made(parent), self.made(id)) else {
            return;
        };
        if above.is_disordered {
            return;
        }
        let field = late.field;
        let (mut before, mut behind) = (NO_NODE, above.first_child);
        let mut steps = 0;
        while let Some(made) = self.made(behind).filter(|made| made.field <= field) {
            (before, behind) = (behind, made.next);
            steps += 1;
            if steps > NEAR {
                return self.disorder(parent);
            }
        }
        self.set_next(last, NO_NODE);
        self.set_next(id, behind);
        self.set_next(before, id);
        if let Some(above) = self.nodes.get_mut(parent as usize) {
            above.last_child = last;
            if before == NO_NODE {
                above.first_child = id;
            }
        }
    }

    #[inline]
    fn set_next(&mut self, id: u32, next: u32) {
        if let Some(made) = self.nodes.get_mut(id as usize) {
            made.next = next;
        }
    }

    /// Notes that the children of a node are to be sorted.
    fn disorder(&mut self, parent: u32) {
        if let Some(above) = self.nodes.get_mut(parent as usize)
            && !core::mem::replace(&mut above.is_disordered, true)
        {
            self.disordered.push(parent);
        }
    }

    /// As [`Builder::add`], but to the front of a list.
    ///
    /// # Errors
    ///
    /// As [`Builder::add`].
    pub fn add_first(&mut self, parent: BuildId, slot: u8, variant: TypeId) -> Result<BuildId, BuildError> {
        let property = self.find_free(parent, slot, variant)?;
        self.check_room(0)?;
        let id = self.resource(variant);
        self.place(parent, id, property);
        if let Some(above) = self.nodes.get_mut(parent.0 as usize) {
            let first = above.link_first(id.0, slot);
            self.set_next(id.0, first);
            self.disorder(parent.0);
        }
        Ok(id)
    }

    /// Puts a resource made by [`Builder::resource`] into an element, at the end of a list.
    ///
    /// # Errors
    ///
    /// As [`Builder::add`], and [`BuildError::NotDetached`].
    pub fn attach(&mut self, parent: BuildId, slot: u8, resource: BuildId) -> Result<(), BuildError> {
        let property = self.find_free(parent, slot, self.type_id(resource))?;
        let mut above = parent.0;
        while above != NO_NODE {
            if above == resource.0 {
                return Err(BuildError::NotDetached);
            }
            above = self.made(above).map_or(NO_NODE, |made| made.parent);
        }
        if self.made(resource.0).is_none_or(|made| made.parent != NO_NODE) {
            return Err(BuildError::NotDetached);
        }
        self.link(parent, resource, slot, property);
        Ok(())
    }

    /// Puts a node that has no parent behind the children of one.
    fn link(&mut self, parent: BuildId, id: BuildId, slot: u8, property: PropertyId) {
        self.place(parent, id, property);
        let above = self.nodes.get_mut(parent.0 as usize);
        let last = above.map_or(NO_NODE, |above| above.link_last(id.0, slot));
        if self.link_behind(last, id.0, property.0) {
            self.move_up(parent.0, last, id.0);
        }
    }

    /// Tells a node where it belongs, and what is above if there is something to write now.
    fn place(&mut self, parent: BuildId, id: BuildId, property: PropertyId) {
        let Some(made) = self.nodes.get_mut(id.0 as usize) else {
            return;
        };
        made.parent = parent.0;
        made.field = property.0;
        if made.live {
            self.enliven(parent.0);
        }
    }

    /// Marks a node and what holds it as something to write.
    fn enliven(&mut self, id: u32) {
        if self.is_url_of_extension(id) {
            if let Some(made) = self.nodes.get_mut(id as usize) {
                made.live = true;
            }
            return;
        }
        if let Some(made) = self.nodes.get_mut(id as usize) {
            made.live = true;
            let above = made.parent;
            self.enliven_above(above);
        }
    }

    /// Marks what holds a live node as something to write.
    #[inline]
    fn enliven_above(&mut self, mut above: u32) {
        // Above a live node all is live.
        while let Some(made) = self.nodes.get_mut(above as usize).filter(|made| !made.live) {
            made.live = true;
            above = made.parent;
        }
    }

    /// Whether a node only names the extension that holds it.
    fn is_url_of_extension(&self, id: u32) -> bool {
        self.property(BuildId(id))
            .is_some_and(Property::is_url_of_extension)
    }

    /// Takes a node out of its parent. It can be attached again if it is a resource.
    pub fn remove(&mut self, id: BuildId) {
        let Some(&made) = self.made(id.0) else { return };
        let Some(&parent) = self.made(made.parent) else {
            return;
        };
        let mut before = NO_NODE;
        let mut at = parent.first_child;
        while at != id.0 && at != NO_NODE {
            before = at;
            at = self.made(at).map_or(NO_NODE, |one| one.next);
        }
        if let Some(above) = self.nodes.get_mut(made.parent as usize) {
            if above.last_child == id.0 {
                above.last_child = before;
            }
            if before == NO_NODE {
                above.first_child = made.next;
            }
        }
        if let Some(before) = self.nodes.get_mut(before as usize) {
            before.next = made.next;
        }
        if let Some(removed) = self.nodes.get_mut(id.0 as usize) {
            removed.parent = NO_NODE;
            removed.next = NO_NODE;
            removed.field = DETACHED;
        }
        let mut present = 0;
        for child in self.children(BuildId(made.parent)) {
            present |= self.property(child).map_or(0, |one| bit(one.slot()));
        }
        if let Some(above) = self.nodes.get_mut(made.parent as usize) {
            above.present = present;
        }
        self.stale = true;
    }

    /// Works out what a writer has to know of all that came since the last.
    fn settle(&mut self) {
        self.refresh();
        self.sort();
        let unseen = self.texts.as_bytes().get(self.seen..).unwrap_or_default();
        self.is_plain = self.is_plain && scan::is_plain(unseen);
        self.seen = self.texts.len();
    }

    /// Works `live` out again, after something was removed.
    fn refresh(&mut self) {
        if !core::mem::take(&mut self.stale) {
            return;
        }
        for made in &mut self.nodes {
            made.live = false;
        }
        for id in 0..self.nodes.len() as u32 {
            let Some(&made) = self.made(id) else { continue };
            if made.length != NO_NODE || made.ty.is_resource() {
                self.enliven(id);
            }
        }
    }

    /// Puts the children of each node in the order of the schema; those of a list stay as they are.
    fn sort(&mut self) {
        let mut children: Vec<(u16, u32)> = Vec::new();
        while let Some(parent) = self.disordered.pop() {
            let Some(above) = self.nodes.get_mut(parent as usize) else {
                continue;
            };
            above.is_disordered = false;
            let mut at = above.first_child;
            while let Some(made) = self.made(at) {
                children.push((made.field, at));
                at = made.next;
            }
            children.sort_by_key(|(field, _)| *field);
            let mut next = NO_NODE;
            for (_, id) in children.iter().rev() {
                if let Some(made) = self.nodes.get_mut(*id as usize) {
                    made.next = core::mem::replace(&mut next, *id);
                }
            }
            let last = children.last().map_or(NO_NODE, |(_, id)| *id);
            if let Some(above) = self.nodes.get_mut(parent as usize) {
                above.first_child = next;
                above.last_child = last;
            }
            children.clear();
        }
    }

    /// The type of a node.
    #[inline]
    pub fn type_id(&self, id: BuildId) -> TypeId {
        self.made(id.0).map_or(TypeId::ELEMENT, |made| made.ty)
    }

    /// The property a node is the value of; `None` without a parent.
    pub fn property(&self, id: BuildId) -> Option<&'static Property> {
        self.made(id.0)
            .filter(|made| made.field != DETACHED)
            .map(|made| PropertyId(made.field).property())
    }

    /// The node that has it as a child.
    pub fn parent(&self, id: BuildId) -> Option<BuildId> {
        self.made(id.0)
            .map(|made| made.parent)
            .filter(|parent| *parent != NO_NODE)
            .map(BuildId)
    }

    /// The children: those of one element in the order they were added, once a root was written all in the order of the schema.
    pub fn children(&self, id: BuildId) -> impl Iterator<Item = BuildId> {
        let mut at = self.made(id.0).map_or(NO_NODE, |made| made.first_child);
        core::iter::from_fn(move || {
            let made = self.made(at)?;
            Some(BuildId(core::mem::replace(&mut at, made.next)))
        })
    }

    /// The children of one element, in the order they were added.
    pub fn children_of(&self, parent: BuildId, slot: u8) -> impl Iterator<Item = BuildId> {
        let element = self.type_id(parent).elements().get(usize::from(slot));
        let (first, count) = element.map_or((0, 0), Element::field_numbers);
        self.children(parent).filter(move |id| {
            self.made(id.0)
                .is_some_and(|made| made.field.wrapping_sub(first) < count)
        })
    }

    /// The first child of one element: for an element that occurs once the only one.
    #[inline]
    pub fn existing(&self, parent: BuildId, slot: u8) -> Option<BuildId> {
        if !self.made(parent.0)?.has(slot) {
            return None;
        }
        self.children_of(parent, slot).next()
    }

    /// Adds a copy of a document's node to an element, with all it holds that the schema knows.
    ///
    /// # Errors
    ///
    /// As [`Builder::add`]; what was copied until then stays.
    pub fn copy(&mut self, parent: BuildId, slot: u8, node: Node<'_>) -> Result<BuildId, BuildError> {
        let ty = node.type_id().unwrap_or(TypeId::ELEMENT);
        let top = self.add(parent, slot, ty)?;
        self.fill(top, node)?;
        Ok(top)
    }

    /// A copy of a document's resource, by itself.
    ///
    /// # Errors
    ///
    /// As [`Builder::add`], if the document has an element twice that may occur once.
    pub fn copy_resource(&mut self, node: Node<'_>) -> Result<BuildId, BuildError> {
        let top = self.resource(node.type_id().unwrap_or(TypeId::RESOURCE));
        self.fill(top, node)?;
        Ok(top)
    }

    fn fill(&mut self, top: BuildId, node: Node<'_>) -> Result<(), BuildError> {
        let mut work = vec![(top, node)];
        while let Some((id, node)) = work.pop() {
            if let Some(text) = node.text().filter(|_| self.type_id(id).is_primitive()) {
                self.replace_text(id, &text)?;
            }
            for child in node.children() {
                let (Some(property), Some(ty)) = (child.property(), child.type_id()) else {
                    continue;
                };
                work.push((self.add(id, property.slot(), ty)?, child));
            }
        }
        Ok(())
    }

    /// The document that `root` is, in the order of the schema.
    pub fn finish(&mut self, root: BuildId) -> Document<'static> {
        self.settle();
        emit::document(self, root.0)
    }

    /// Appends `root` as compact JSON, as [`Document::to_json`] of what [`Builder::finish`] gives, without making
    /// the document.
    pub fn write_json(&mut self, root: BuildId, out: &mut Vec<u8>) {
        self.settle();
        if !self.borrowed.is_empty() {
            // Large texts shall not make the vector grow by twice as much.
            out.reserve(self.texts.len() + self.borrowed_len() + self.nodes.len() * 8);
        }
        emit::json(self, root.0, out);
    }

    /// As [`Builder::write_json`], piece by piece to a writer: 64 KiB at a time, and borrowed texts from where they lie.
    ///
    /// ```
    /// use carewire_fhir_model::build::Builder;
    /// use carewire_fhir_model::schema::{Schema, TypeId};
    ///
    /// let report = "TWFu".repeat(1 << 20);
    /// let data = TypeId::ATTACHMENT.property("data").ok_or("no such property")?;
    /// let mut builder = Builder::new(Schema::r4());
    /// let attachment = builder.resource(TypeId::ATTACHMENT);
    /// builder.set_property_borrowed(attachment, data, &report)?;
    /// let mut out = Vec::new(); // or a file, or a connection
    /// builder.write_json_to(attachment, &mut out)?;
    /// assert_eq!(out.len(), report.len() + r#"{"data":""}"#.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What `out` fails with; part of the JSON may have been written then, and no more is.
    #[cfg(feature = "std")]
    pub fn write_json_to(&mut self, root: BuildId, out: &mut impl std::io::Write) -> std::io::Result<()> {
        self.settle();
        let mut done = Ok(());
        emit::json_to(self, root.0, &mut |piece| {
            if done.is_ok() {
                done = out.write_all(piece);
            }
        });
        done
    }
}

impl fmt::Debug for Builder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("nodes", &self.nodes.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_text_leaves_no_room_behind() {
        let mut builder = Builder::new(Schema::r4());
        let family = TypeId::HUMAN_NAME.element("family").unwrap().slot();
        for length in [10, 4 * TEXTS_KEPT, 10] {
            let name = builder.resource(TypeId::HUMAN_NAME);
            builder
                .set_text(name, family, TypeId::STRING, &"x".repeat(length))
                .unwrap();
            builder.clear();
            assert!(builder.texts.capacity() <= TEXTS_KEPT);
        }
    }

    #[test]
    fn borrowed_texts_take_the_room_that_their_json_takes() {
        let data = TypeId::ATTACHMENT.property("data").unwrap();
        let (plain, other) = ("TWFu".repeat(1500), "\"".repeat(6000));
        let left = |text: &'static str| {
            let mut builder = Builder::new(Schema::r4());
            let attachment = builder.resource(TypeId::ATTACHMENT);
            let id = builder.set_property_borrowed(attachment, data, text).unwrap();
            let left = builder.room;
            builder.room = 1000;
            assert_eq!(builder.replace_text_borrowed(id, text), Err(BuildError::TooLarge));
            assert_eq!(builder.text(id), Some(text));
            builder.clear();
            assert_eq!((builder.room, builder.borrowed_len()), (ROOM, 0));
            left
        };
        assert_eq!(left(plain.leak()), ROOM - 1000);
        assert_eq!(left(other.leak()), ROOM - 6000);
    }

    #[test]
    fn what_json_of_4_gib_could_not_hold_is_refused() {
        let fits = |nodes, texts| room(nodes, texts) < ROOM;
        assert!(fits(1_000_000, 600_000_000) && fits(44_000_000, 0));
        assert!(!fits(45_000_000, 0) && !fits(0, 716_000_000) && !fits(0, u32::MAX as usize));
    }
}
