//! Changing a document: add, insert, delete, replace and move by node, and a new document in one pass.
//!
//! A [`Document`] does not change. An [`Edit`] takes operations on its nodes, each of which is checked at once and
//! either done or refused as a whole; [`Edit::finish`] gives the new document. What no operation touched keeps its
//! text: numbers, escapes, the order of the keys, what the schema does not know.
//!
//! - An operation names a node by a [`Node`] of the document, or by the [`Spot`] of what an operation before it put
//!   there. Nodes stay valid while others come and go: no place has to be counted anew.
//! - Elements that an operation leaves without anything in them are not written: FHIR has no empty objects.
//! - A primitive is one node with its id and extensions: deleting, replacing and moving takes them along;
//!   [`Edit::set_text`] changes the value alone.
//! - An operation costs about as much as the objects above its node have keys and the list it is in has items when
//!   they are first touched, and a constant after that; `finish` costs as much as writing and reading the document.
//!
//! ```
//! use carewire_fhir_model::Document;
//! use carewire_fhir_model::edit::{Edit, Value};
//!
//! let json = br#"{"resourceType":"Patient","name":[{"family":"Doe","given":["Ann","Eve"]}],"shoeSize":1.50}"#;
//! let patient = Document::from_json(json)?.document;
//! let name = patient.get("Patient.name[0]")?.ok_or("no name")?;
//! let ann = patient.get("Patient.name[0].given[0]")?.ok_or("no given name")?;
//!
//! let mut edit = Edit::new(&patient);
//! edit.move_to(ann, 1)?;
//! edit.add(name, "use", Value::text("official"))?;
//! let eve = edit.insert(name, "given", 0, Value::text("Zoe"))?;
//! let extension = edit.add(eve, "extension", Value::object())?;
//! edit.add(extension, "url", Value::text("http://example.org/called"))?;
//! edit.add(extension, "value", Value::json("true").of(carewire_fhir_model::schema::TypeId::BOOLEAN))?;
//! let changed = edit.finish()?;
//! assert_eq!(
//!     changed.to_json(),
//!     concat!(
//!         r#"{"resourceType":"Patient","name":[{"family":"Doe","given":["Zoe","Eve","Ann"],"#,
//!         r#""_given":[{"extension":[{"url":"http://example.org/called","valueBoolean":true}]},null,null],"#,
//!         r#""use":"official"}],"shoeSize":1.50}"#,
//!     ),
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod content;
mod emit;
mod error;
mod overlay;
mod set;
mod unknown;
mod value;

use core::fmt;

pub use error::EditError;
pub use value::Value;

use crate::document::tape::NESTED;
use crate::document::{Document, Node};
use crate::json;
use crate::limits::Limits;
use crate::schema::{Element, Property, PropertyId, TypeId};
use overlay::{NO, Overlay, Part};

/// A node of an edit: one of the document, or one that an operation put there. `Node` turns into it by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    place: Place,
    /// The address of the document, so that a node of another one is noticed.
    document: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A slot of the tape.
    Slot(u32),
    /// An item that was put there.
    Item(u32),
}

impl From<Node<'_>> for Spot {
    fn from(node: Node<'_>) -> Self {
        Self {
            place: Place::Slot(node.index()),
            document: core::ptr::from_ref(node.document()).addr(),
        }
    }
}

/// Operations on the nodes of one document, and the document that they make: see [the module](self).
///
/// `Debug` shows sizes, no values.
#[derive(Debug)]
pub struct Edit<'d> {
    overlay: Overlay<'d>,
    limits: Limits,
}

impl<'d> Edit<'d> {
    /// An edit of a document, without operations yet.
    pub fn new(document: &'d Document<'d>) -> Self {
        Self {
            overlay: Overlay::new(document),
            limits: Limits::default(),
        }
    }

    /// Other limits for the result: those that the document was read with, if they were not the default.
    #[must_use]
    pub fn limits(mut self, limits: &Limits) -> Self {
        self.limits = limits.clone();
        self
    }

    /// The document that is edited, as it was.
    pub fn document(&self) -> &'d Document<'d> {
        self.overlay.document
    }

    fn spot(&self, item: u32) -> Spot {
        Spot {
            place: Place::Item(item),
            document: core::ptr::from_ref(self.overlay.document).addr(),
        }
    }

    fn item(&mut self, spot: Spot) -> Result<u32, EditError> {
        if spot.document != core::ptr::from_ref(self.overlay.document).addr() {
            return Err(EditError::OtherDocument);
        }
        match spot.place {
            Place::Slot(slot) => self.overlay.item_of_slot(slot),
            Place::Item(item) if self.overlay.is_there(item) => Ok(item),
            Place::Item(_) => Err(EditError::Gone),
        }
    }

    /// The object that holds the children of a spot.
    fn object(&mut self, spot: Spot) -> Result<u32, EditError> {
        let root = Spot::from(self.overlay.document.root());
        if spot == root {
            return Ok(0);
        }
        let item = self.item(spot)?;
        self.overlay.object_of(item)
    }

    fn owner(&self, object: u32) -> Option<TypeId> {
        self.overlay
            .objects
            .get(object as usize)
            .and_then(|one| one.owner)
    }

    /// The element of a name, or of a key.
    fn element(&self, object: u32, name: &str) -> Result<&'static Element, EditError> {
        let owner = self.owner(object);
        let found = owner.and_then(|ty| {
            let named = ty.element(name);
            named.or_else(|| ty.property(name).map(Property::element))
        });
        found.ok_or(EditError::NoSuchElement { owner })
    }

    /// The property that a value goes to: of a choice the one of its type, or that of the key.
    fn property(&self, object: u32, name: &str, value: &Value<'_>) -> Result<&'static Property, EditError> {
        let element = self.element(object, name)?;
        let keyed = self
            .owner(object)
            .and_then(|ty| ty.property(name))
            .filter(|one| one.element() == element);
        let property = match (keyed, value.known_type()) {
            (Some(property), _) => Some(property),
            (None, Some(ty)) => element.property_of(ty),
            (None, None) => None,
        };
        property.ok_or(EditError::WrongType {
            element: element.id(),
        })
    }

    /// Adds a value to the end of a list, or as the single value of an element that is not there.
    ///
    /// `name` is that of the element, `value` or `value[x]` for a choice, or a key such as `valueQuantity`. The new
    /// key comes last in its object.
    ///
    /// # Errors
    ///
    /// [`EditError`] if the parent has no such element, the element no such type, or if it occurs at most once and
    /// is there. Then nothing is changed.
    pub fn add<'v>(
        &mut self,
        parent: impl Into<Spot>,
        name: &str,
        value: impl Into<Value<'v>>,
    ) -> Result<Spot, EditError> {
        let value = value.into();
        let object = self.object(parent.into())?;
        let property = self.property(object, name, &value)?;
        let element = property.element();
        let group = self.overlay.group_for(object, element);
        let count = self.count(group);
        if !element.is_list() && count > 0 {
            return Err(EditError::AlreadyThere {
                element: element.id(),
            });
        }
        let last = group
            .and_then(|group| self.overlay.groups.get(group as usize))
            .map_or(NO, |one| one.last);
        self.put(object, group, last, property, &value)
    }

    /// Inserts a value into a list so that it stands at a place, from 0; what stood there and behind moves on.
    ///
    /// # Errors
    ///
    /// As [`Edit::add`], and [`EditError::OutOfRange`].
    pub fn insert<'v>(
        &mut self,
        parent: impl Into<Spot>,
        name: &str,
        index: usize,
        value: impl Into<Value<'v>>,
    ) -> Result<Spot, EditError> {
        let value = value.into();
        let object = self.object(parent.into())?;
        let property = self.property(object, name, &value)?;
        let element = property.element();
        let group = self.overlay.group_for(object, element);
        let count = self.count(group);
        if !element.is_list() && count > 0 {
            return Err(EditError::AlreadyThere {
                element: element.id(),
            });
        }
        if index > count {
            return Err(EditError::OutOfRange { index, count });
        }
        let before = index.checked_sub(1).zip(group);
        let before = before.and_then(|(index, group)| self.overlay.item_at(group, index));
        self.put(object, group, before.unwrap_or(NO), property, &value)
    }

    /// Inserts a value into the list of a node, before it.
    ///
    /// # Errors
    ///
    /// As [`Edit::add`].
    pub fn insert_before<'v>(
        &mut self,
        node: impl Into<Spot>,
        value: impl Into<Value<'v>>,
    ) -> Result<Spot, EditError> {
        self.insert_beside(node.into(), &value.into(), false)
    }

    /// Inserts a value into the list of a node, behind it.
    ///
    /// # Errors
    ///
    /// As [`Edit::add`].
    pub fn insert_after<'v>(
        &mut self,
        node: impl Into<Spot>,
        value: impl Into<Value<'v>>,
    ) -> Result<Spot, EditError> {
        self.insert_beside(node.into(), &value.into(), true)
    }

    fn insert_beside(&mut self, node: Spot, value: &Value<'_>, after: bool) -> Result<Spot, EditError> {
        let item = self.item(node)?;
        let Some(group) = self.overlay.group_of(item) else {
            return Err(EditError::Gone);
        };
        let (object, field) = (group.object, group.field);
        if field >= NESTED {
            return Err(EditError::NoSuchElement {
                owner: self.owner(object),
            });
        }
        let property = PropertyId(field).property();
        if !property.is_list() {
            return Err(EditError::AlreadyThere {
                element: property.element().id(),
            });
        }
        let Some(&one) = self.overlay.item(item) else {
            return Err(EditError::Gone);
        };
        let before = if after { item } else { one.prev };
        self.put(object, Some(one.group), before, property, value)
    }

    /// Deletes a node with all it holds.
    ///
    /// # Errors
    ///
    /// [`EditError::Root`], and [`EditError::Gone`] if it was deleted before.
    pub fn delete(&mut self, node: impl Into<Spot>) -> Result<(), EditError> {
        let item = self.item(node.into())?;
        self.overlay.unlink(item);
        if let Some(one) = self.overlay.items.get_mut(item as usize) {
            one.gone = true;
        }
        Ok(())
    }

    /// Puts a value in the place of a node, whose id and extensions go with it; of a choice the type may be another.
    ///
    /// # Errors
    ///
    /// As [`Edit::add`], and as [`Edit::delete`].
    pub fn replace<'v>(
        &mut self,
        node: impl Into<Spot>,
        value: impl Into<Value<'v>>,
    ) -> Result<Spot, EditError> {
        let value = value.into();
        let item = self.item(node.into())?;
        let Some(group) = self.overlay.group_of(item) else {
            return Err(EditError::Gone);
        };
        let old = (group.field < NESTED).then(|| PropertyId(group.field).property());
        let property = match old {
            None => None,
            Some(old) if old.element().is_choice() => {
                let ty = value.known_type().unwrap_or(old.type_id());
                Some(old.element().property_of(ty).ok_or(EditError::WrongType {
                    element: old.element().id(),
                })?)
            }
            Some(old) => Some(old),
        };
        let (value, companion) = self.parts(property, &value)?;
        let group = self.overlay.item(item).map_or(NO, |one| one.group);
        let before = self.overlay.item(item).map_or(NO, |one| one.prev);
        self.overlay.unlink(item);
        if let Some(one) = self.overlay.items.get_mut(item as usize) {
            one.gone = true;
        }
        if let (Some(property), Some(group)) = (property, self.overlay.groups.get_mut(group as usize)) {
            group.field = property.id().0;
        }
        Ok(self.link(group, before, value, companion))
    }

    /// Moves a node within its list so that it stands at a place, from 0.
    ///
    /// # Errors
    ///
    /// [`EditError::OutOfRange`] if the list is not as long, and as [`Edit::delete`].
    pub fn move_to(&mut self, node: impl Into<Spot>, index: usize) -> Result<(), EditError> {
        let item = self.item(node.into())?;
        let count = self.overlay.group_of(item).map_or(0, |group| group.count);
        if index >= count {
            return Err(EditError::OutOfRange { index, count });
        }
        let group = self.overlay.item(item).map_or(NO, |one| one.group);
        self.overlay.unlink(item);
        let before = index
            .checked_sub(1)
            .and_then(|index| self.overlay.item_at(group, index));
        self.overlay.relink(item, before.unwrap_or(NO));
        Ok(())
    }

    /// Moves a node within its list so that it stands behind another one of it.
    ///
    /// # Errors
    ///
    /// [`EditError::OtherList`] if the other one is not in the list, and as [`Edit::delete`].
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_fhir_model::Document;
    /// use carewire_fhir_model::edit::Edit;
    ///
    /// let json = br#"{"resourceType": "Patient", "name": [{"given": ["A", "B", "C"]}]}"#;
    /// let patient = Document::from_json(json)?.document;
    /// let given: Vec<_> = patient.get("Patient.name[0]")?.ok_or("absent")?.children().collect();
    /// let mut edit = Edit::new(&patient);
    /// edit.move_after(given[0], given[2])?;
    /// assert!(edit.finish()?.to_json().contains(r#"["B","C","A"]"#));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn move_after(&mut self, node: impl Into<Spot>, other: impl Into<Spot>) -> Result<(), EditError> {
        let item = self.item(node.into())?;
        let before = self.item(other.into())?;
        let group = |item| self.overlay.item(item).map(|one| one.group);
        if item == before || group(item) != group(before) {
            return Err(EditError::OtherList);
        }
        self.overlay.unlink(item);
        self.overlay.relink(item, before);
        Ok(())
    }

    /// Gives a primitive another value and keeps its id and extensions.
    ///
    /// # Errors
    ///
    /// [`EditError::NotPrimitive`], and as [`Edit::delete`].
    pub fn set_text(&mut self, node: impl Into<Spot>, text: &str) -> Result<(), EditError> {
        let item = self.item(node.into())?;
        let field = self.overlay.group_of(item).map_or(NESTED, |group| group.field);
        if field >= NESTED || !PropertyId(field).property().type_id().is_primitive() {
            return Err(EditError::NotPrimitive);
        }
        let part = self.text(PropertyId(field).property().json_form(), text);
        if let Some(one) = self.overlay.items.get_mut(item as usize) {
            one.value = part;
        }
        self.overlay.change(item);
        Ok(())
    }

    /// How many values an element has, as the edit stands.
    ///
    /// # Errors
    ///
    /// As [`Edit::add`].
    pub fn len(&mut self, parent: impl Into<Spot>, name: &str) -> Result<usize, EditError> {
        let object = self.object(parent.into())?;
        let element = self.element(object, name)?;
        let group = self.overlay.group_for(object, element);
        Ok(self.count(group))
    }

    /// The value of an element at a place, from 0, as the edit stands.
    ///
    /// # Errors
    ///
    /// As [`Edit::add`].
    pub fn child(
        &mut self,
        parent: impl Into<Spot>,
        name: &str,
        index: usize,
    ) -> Result<Option<Spot>, EditError> {
        let object = self.object(parent.into())?;
        let element = self.element(object, name)?;
        let group = self.overlay.group_for(object, element);
        let item = group.and_then(|group| self.overlay.item_at(group, index));
        Ok(item.map(|item| self.spot(item)))
    }

    /// The new document. It is over JSON without white space between the values; offsets are those of this JSON.
    ///
    /// # Errors
    ///
    /// [`EditError::Result`] if it passes a limit.
    pub fn finish(self) -> Result<Document<'static>, EditError> {
        let document = self.overlay.document;
        let root = document.root().type_id().filter(|ty| !ty.is_resource());
        let text = emit::json(&self.overlay);
        drop(self.overlay);
        json::document_over(text, root.unwrap_or(TypeId::RESOURCE), &self.limits).map_err(EditError::Result)
    }

    fn count(&self, group: Option<u32>) -> usize {
        let group = group.and_then(|group| self.overlay.groups.get(group as usize));
        group.map_or(0, |group| group.count)
    }

    /// Puts a checked value behind an item of a group.
    fn put(
        &mut self,
        object: u32,
        group: Option<u32>,
        before: u32,
        property: &'static Property,
        value: &Value<'_>,
    ) -> Result<Spot, EditError> {
        let (value, companion) = self.parts(Some(property), value)?;
        let group = group.unwrap_or_else(|| self.overlay.add_group(object, property.id().0));
        if let Some(group) = self.overlay.groups.get_mut(group as usize) {
            group.field = property.id().0;
            group.is_array.0 |= property.is_list();
        }
        let above = self
            .overlay
            .objects
            .get(object as usize)
            .map_or(NO, |one| one.item);
        self.overlay.change(above);
        Ok(self.link(group, before, value, companion))
    }

    fn link(&mut self, group: u32, before: u32, value: Part, companion: Part) -> Spot {
        let item = self.overlay.link(group, before, value, companion);
        self.spot(item)
    }
}

impl fmt::Debug for Overlay<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overlay")
            .field("document", self.document)
            .field("objects", &self.objects.len())
            .field("items", &self.items.len())
            .finish()
    }
}
