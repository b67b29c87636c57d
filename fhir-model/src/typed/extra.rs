use alloc::boxed::Box;
use alloc::vec::Vec;

use super::fields::{Fields, Show, Slot, Visit};
use super::{FhirString, Items};
use crate::r4::Extension;
use crate::schema::TypeId;

/// What is rare in an element: its id and extensions, the ids and extensions of its primitives, and what the schema
/// does not have. Eight bytes, and nothing on the heap while it is empty.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::r4::{Extension, HumanName};
/// let mut name = HumanName { family: Some("van Hentenryck".into()), ..Default::default() };
/// assert!(name.extra.is_empty());
/// let own = Extension { url: Some("http://hl7.org/fhir/StructureDefinition/humanname-own-name".into()), ..Default::default() };
/// name.extra.primitive_mut("family", 0).extension_mut().push(own);
/// assert_eq!(name.extra.primitive("family", 0).map(|family| family.extension().len()), Some(1));
/// ```
///
/// Spec: <https://hl7.org/fhir/R4/element.html>, <https://hl7.org/fhir/R4/json.html#primitive>
#[derive(Clone, Default, PartialEq)]
pub struct Extra(pub(super) Option<Box<Inner>>);

#[derive(Clone, Default, PartialEq)]
pub(super) struct Inner {
    pub(super) id: Option<FhirString>,
    pub(super) extension: Items<Extension>,
    pub(super) modifier_extension: Items<Extension>,
    pub(super) primitives: Vec<Primitive>,
    pub(super) unknown: Vec<Unknown>,
}

/// As the lists do, it is dropped by what cannot unwind.
impl Drop for Extra {
    #[inline]
    fn drop(&mut self) {
        if let Some(inner) = self.0.take() {
            release(inner);
        }
    }
}

#[inline(never)]
extern "C" fn release(inner: Box<Inner>) {
    drop(inner);
}

/// The id and extensions of one primitive, by its JSON key and its place in the list: see [`Extra::primitives`].
#[derive(Clone, PartialEq)]
pub struct Primitive {
    pub(super) key: FhirString,
    pub(super) index: u32,
    /// In a list: there is no value.
    pub(super) is_hole: bool,
    pub(super) extra: Extra,
}

/// A property that the type does not have, or whose value does not fit the type, as it was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Unknown {
    pub(super) key: FhirString,
    pub(super) json: Box<str>,
}

impl Unknown {
    /// The key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The value as JSON.
    pub fn json(&self) -> &str {
        &self.json
    }
}

impl core::fmt::Debug for Unknown {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "unknown({})", self.json.len())
    }
}

/// As [`Extra`], for resources: their ids and extensions are fields.
#[derive(Clone, Default, PartialEq)]
pub struct ResourceExtra(pub(crate) Extra);

impl Extra {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.as_deref().is_none_or(|inner| *inner == Inner::default())
    }

    /// Whether nothing was ever put there, told without looking; it may be empty where this is false.
    #[inline]
    pub fn is_blank(&self) -> bool {
        self.0.is_none()
    }

    /// The id of the element.
    pub fn id(&self) -> Option<&FhirString> {
        self.0.as_ref()?.id.as_ref()
    }

    /// The id of the element, to be changed.
    pub fn id_mut(&mut self) -> &mut Option<FhirString> {
        &mut self.inner().id
    }

    /// Its extensions.
    pub fn extension(&self) -> &[Extension] {
        self.0.as_ref().map_or(&[], |inner| &inner.extension)
    }

    /// Its extensions, to be changed.
    pub fn extension_mut(&mut self) -> &mut Items<Extension> {
        &mut self.inner().extension
    }

    /// Its extensions that may change its meaning. Backbone elements alone have them, and a few data types.
    pub fn modifier_extension(&self) -> &[Extension] {
        self.0.as_ref().map_or(&[], |inner| &inner.modifier_extension)
    }

    /// As [`Extra::modifier_extension`], to be changed.
    pub fn modifier_extension_mut(&mut self) -> &mut Items<Extension> {
        &mut self.inner().modifier_extension
    }

    /// Id and extensions of a primitive, by its JSON key and its place in the list; 0 where it is single.
    pub fn primitive(&self, key: &str, index: usize) -> Option<&Extra> {
        let mut all = self.primitives().iter();
        all.find(|one| one.is(key, index)).map(|one| &one.extra)
    }

    /// As [`Extra::primitive`], to be changed; made if it is not there.
    pub fn primitive_mut(&mut self, key: &str, index: usize) -> &mut Extra {
        &mut self.primitive_entry(key, index).extra
    }

    /// What the type does not have or cannot hold, as it was read. It is written again.
    pub fn unknown(&self) -> &[Unknown] {
        self.0.as_ref().map_or(&[], |inner| &inner.unknown)
    }

    /// As [`Extra::unknown`], to be removed from.
    pub fn unknown_mut(&mut self) -> &mut Vec<Unknown> {
        &mut self.inner().unknown
    }

    /// All that is known of primitives beside their values, in no order.
    pub fn primitives(&self) -> &[Primitive] {
        self.0.as_ref().map_or(&[], |inner| &inner.primitives)
    }

    pub(super) fn primitive_entry(&mut self, key: &str, index: usize) -> &mut Primitive {
        let primitives = &mut self.inner().primitives;
        let at = match primitives.iter().position(|one| one.is(key, index)) {
            Some(at) => at,
            None => {
                primitives.push(Primitive {
                    key: key.into(),
                    index: index as u32,
                    is_hole: false,
                    extra: Self::default(),
                });
                primitives.len() - 1
            }
        };
        &mut primitives[at]
    }

    pub(super) fn inner(&mut self) -> &mut Inner {
        self.0.get_or_insert_default()
    }

    pub(crate) fn all(&self) -> &Self {
        self
    }

    pub(crate) fn all_mut(&mut self) -> &mut Self {
        self
    }

    /// The elements that every type of `elements` has first: id, extension, modifierExtension.
    pub(crate) fn element_mut(&mut self, element: u8, elements: u8) -> Option<&mut dyn Slot> {
        Some(match element {
            _ if element >= elements => return None,
            0 => &mut self.inner().id,
            1 => &mut self.inner().extension,
            _ => &mut self.inner().modifier_extension,
        })
    }

    /// Shows what [`Extra::element_mut`] fills.
    pub(crate) fn show<'a>(&'a self, visit: &mut dyn Visit<'a>) {
        if let Some(inner) = self.0.as_deref() {
            inner.id.show(0, visit);
            inner.extension.show(1, visit);
            inner.modifier_extension.show(2, visit);
        }
    }
}

impl Primitive {
    /// The JSON key of the primitive.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Its place in the list, from 0; 0 where it is single.
    pub fn index(&self) -> usize {
        self.index as usize
    }

    /// Its id and extensions.
    pub fn extra(&self) -> &Extra {
        &self.extra
    }

    /// Whether there is no value at this place of a list: what stands there, [`Leaf`](super::Leaf), only keeps it.
    pub fn is_hole(&self, leaf: super::Leaf<'_>) -> bool {
        self.is_hole && leaf.is_hole()
    }

    pub(super) fn is(&self, key: &str, index: usize) -> bool {
        self.index as usize == index && self.key == *key
    }
}

/// Shows the key and the place, no value.
impl core::fmt::Debug for Primitive {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}[{}]", self.key(), self.index)
    }
}

/// The id and extensions of a primitive are filled as those of any element.
impl Fields for Extra {
    fn fhir_type(&self) -> TypeId {
        TypeId::ELEMENT
    }

    fn slot(&mut self, element: u8) -> Option<&mut dyn Slot> {
        self.element_mut(element, 2)
    }

    fn visit<'a>(&'a self, _: &mut dyn Visit<'a>) {}

    fn extra(&self) -> &Extra {
        self
    }

    fn extra_mut(&mut self) -> &mut Extra {
        self
    }
}

impl core::fmt::Debug for Extra {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        super::erased::debug(self, f)
    }
}

impl ResourceExtra {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As [`Extra::primitive`].
    pub fn primitive(&self, key: &str, index: usize) -> Option<&Extra> {
        self.0.primitive(key, index)
    }

    /// As [`Extra::primitive_mut`].
    pub fn primitive_mut(&mut self, key: &str, index: usize) -> &mut Extra {
        self.0.primitive_mut(key, index)
    }

    /// As [`Extra::unknown`].
    pub fn unknown(&self) -> &[Unknown] {
        self.0.unknown()
    }

    /// As [`Extra::unknown_mut`].
    pub fn unknown_mut(&mut self) -> &mut Vec<Unknown> {
        self.0.unknown_mut()
    }

    pub(crate) fn all(&self) -> &Extra {
        &self.0
    }

    pub(crate) fn all_mut(&mut self) -> &mut Extra {
        &mut self.0
    }

    pub(crate) fn element_mut(&mut self, _: u8, _: u8) -> Option<&mut dyn Slot> {
        None
    }
}
