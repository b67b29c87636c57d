use alloc::string::String;
use core::fmt;

use super::rows::{ELEMENTS, M, PROPERTIES};
use super::{Binding, Invariant, Property, TypeId, key};

/// An element of a type, as the definitions list it. `Debug` shows its path.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::schema::{Schema, TypeId};
/// let value = Schema::r4().element("Extension.value[x]").ok_or("no such element")?;
/// assert_eq!((value.path().as_str(), value.min(), value.max()), ("Extension.value[x]", 0, Some(1)));
/// assert_eq!(value.property_of(TypeId::CODE).map(|one| one.key()), Some("valueCode"));
/// # Ok::<(), &str>(())
/// ```
///
/// Spec: FHIR R4, [ElementDefinition](https://hl7.org/fhir/R4/elementdefinition.html).
pub struct Element {
    pub(super) name: u16,
    pub(super) name_length: u8,
    pub(super) slot: u8,
    pub(super) owner: u16,
    pub(super) property: u16,
    pub(super) properties: u8,
    pub(super) min: u8,
    pub(super) max: u8,
    pub(super) flags: u8,
    pub(super) binding: u16,
}

/// An element of all types, as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementId(pub(super) u16);

impl ElementId {
    /// The element itself.
    #[inline]
    pub fn element(self) -> &'static Element {
        &ELEMENTS[usize::from(self.0)]
    }
}

impl Element {
    const SUMMARY: u8 = 1;
    const MODIFIER: u8 = 2;
    const ATTRIBUTE: u8 = 4;
    const SIMPLE_QUANTITY: u8 = 8;
    pub(super) const CHOICE: u8 = 16;

    pub(super) const BLANK: Self = Self {
        name: 0,
        name_length: 0,
        slot: 0,
        owner: 0,
        property: 0,
        properties: 0,
        min: 0,
        max: 0,
        flags: 0,
        binding: 0,
    };

    /// Its name, without the `[x]` of a choice.
    #[inline]
    pub fn name(&self) -> &'static str {
        key::name(self.name, self.name_length)
    }

    /// Its place among the elements of its type, from 0.
    #[inline]
    pub fn slot(&self) -> u8 {
        self.slot
    }

    /// Its number among the elements of all types.
    #[inline]
    pub fn id(&self) -> ElementId {
        ElementId(super::rows::TYPES[self.owner().index()].first_element + u16::from(self.slot))
    }

    /// The type that has it: for an inherited element the type that was asked.
    #[inline]
    pub fn owner(&self) -> TypeId {
        TypeId::new(self.owner)
    }

    /// Its path: the owner's name, a full stop, its name, `[x]` if it is a choice.
    pub fn path(&self) -> String {
        let end = if self.is_choice() { "[x]" } else { "" };
        format!("{}.{}{end}", self.owner().name(), self.name())
    }

    /// How many there must be, at least.
    #[inline]
    pub fn min(&self) -> u32 {
        u32::from(self.min)
    }

    /// How many there may be; `None` is `*`.
    #[inline]
    pub fn max(&self) -> Option<u32> {
        (self.max != M).then_some(u32::from(self.max))
    }

    /// Whether there may be more than one, so that JSON has an array.
    #[inline]
    pub fn is_list(&self) -> bool {
        self.max == M
    }

    /// Whether it is a choice of types, `value[x]`.
    #[inline]
    pub fn is_choice(&self) -> bool {
        self.flags & Self::CHOICE != 0
    }

    /// Whether it is part of the summary of a resource.
    pub fn is_summary(&self) -> bool {
        self.flags & Self::SUMMARY != 0
    }

    /// Whether it changes the meaning of the elements beside it.
    pub fn is_modifier(&self) -> bool {
        self.flags & Self::MODIFIER != 0
    }

    /// Whether XML writes it as an attribute: ids of elements and `Extension.url`.
    pub fn is_attribute(&self) -> bool {
        self.flags & Self::ATTRIBUTE != 0
    }

    /// Whether it is a `Quantity` that must meet the profile `SimpleQuantity` (no comparator).
    pub fn is_simple_quantity(&self) -> bool {
        self.flags & Self::SIMPLE_QUANTITY != 0
    }

    /// Its JSON keys with their types: one, or one for each alternative of a choice.
    #[inline]
    pub fn properties(&self) -> &'static [Property] {
        let first = usize::from(self.property);
        PROPERTIES
            .get(first..first + usize::from(self.properties))
            .unwrap_or_default()
    }

    /// The property of an alternative of a choice; of any other element 0 is the one it has.
    #[cfg(feature = "typed")]
    #[inline]
    pub(crate) fn alternative(&self, variant: u8) -> Option<&'static Property> {
        PROPERTIES.get(usize::from(self.property) + usize::from(variant))
    }

    /// The numbers of its properties: the first, and how many.
    #[inline]
    pub(crate) fn field_numbers(&self) -> (u16, u16) {
        (self.property, u16::from(self.properties))
    }

    /// The types its value may have. A type declared inside another stands under its own path, also where the
    /// definitions refer to it from elsewhere.
    pub fn types(&self) -> impl ExactSizeIterator<Item = TypeId> + Clone {
        self.properties().iter().map(Property::type_id)
    }

    /// The property for one of its types: `valueQuantity` of `value[x]` and `Quantity`.
    #[inline]
    pub fn property_of(&self, variant: TypeId) -> Option<&'static Property> {
        self.properties().iter().find(|one| one.type_id() == variant)
    }

    /// The value set its codes are bound to.
    pub fn binding(&self) -> Option<Binding> {
        Binding::numbered(self.binding)
    }

    /// The invariants declared on the element itself; those of its type are at [`TypeId::invariants`].
    pub fn invariants(&self) -> impl ExactSizeIterator<Item = Invariant> {
        Invariant::at(&self.path())
    }
}

impl PartialEq for Element {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Element {}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}
