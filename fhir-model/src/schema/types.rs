use core::fmt;

use super::rows::{ELEMENTS, TYPE_COUNT, TYPES};
use super::{Binding, Element, Invariant, JsonForm, Primitive, Property, PropertyId, key};

/// A type of FHIR R4: two bytes, compared and copied freely. `Debug` shows its name.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::schema::{TypeId, TypeKind};
/// assert_eq!((TypeId::PATIENT.name(), TypeId::PATIENT.kind()), ("Patient", TypeKind::Resource));
/// assert!(TypeId::PATIENT.is_a(TypeId::DOMAIN_RESOURCE) && TypeId::RESOURCE.is_abstract());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub(crate) u16);

/// What sort of type it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TypeKind {
    /// `string`, `dateTime` and the others that hold one value. `xhtml` is one.
    Primitive,
    /// `HumanName`, `Quantity`, also the abstract `Element` and `BackboneElement`.
    DataType,
    /// `Patient`, also the abstract `Resource` and `DomainResource`.
    Resource,
    /// A type that is declared inside another and is named by its path: `Patient.contact`, `Timing.repeat`.
    Backbone,
}

#[derive(Clone, Copy)]
pub(crate) struct TypeInfo {
    pub(crate) name: &'static str,
    pub(crate) kind: TypeKind,
    pub(crate) is_abstract: bool,
    pub(crate) form: Option<JsonForm>,
    pub(crate) base: u16,
    pub(crate) first_element: u16,
    pub(crate) first_property: u16,
    pub(crate) elements: u8,
    pub(crate) binding: u16,
}

const BITS: u32 = 12;
const SLOTS: usize = 1 << BITS;
const FREE: u16 = u16::MAX;

/// Where a name is looked for first.
const fn place(name: &[u8]) -> usize {
    let (mut mixed, mut at) = (name.len() as u64, 0);
    while at < name.len() {
        mixed = (mixed ^ name[at] as u64)
            .wrapping_mul(0x9E37_79B9_7F4A_7C15)
            .rotate_left(29);
        at += 1;
    }
    (mixed >> (64 - BITS)) as usize
}

/// Open addressing, a sixth full.
static INDEX: [u16; SLOTS] = {
    let mut table = [FREE; SLOTS];
    let mut at = 0;
    while at < TYPE_COUNT {
        let mut slot = place(TYPES[at].name.as_bytes());
        while table[slot] != FREE {
            slot = (slot + 1) % SLOTS;
        }
        table[slot] = at as u16;
        at += 1;
    }
    table
};

/// What is longer is no type.
const LONGEST: usize = {
    let (mut longest, mut at) = (0, 0);
    while at < TYPE_COUNT {
        if TYPES[at].name.len() > longest {
            longest = TYPES[at].name.len();
        }
        at += 1;
    }
    longest
};

pub(super) fn named(name: &str) -> Option<TypeId> {
    if name.len() > LONGEST {
        return None;
    }
    let mut slot = place(name.as_bytes());
    loop {
        let at = INDEX[slot % SLOTS];
        // A free slot holds a number that no type has.
        if TYPES.get(usize::from(at))?.name == name {
            return Some(TypeId(at));
        }
        slot += 1;
    }
}

impl TypeId {
    pub(crate) const fn new(number: u16) -> Self {
        Self(number)
    }

    /// How many elements there are in the type that has the most.
    pub(crate) const MOST_ELEMENTS: u8 = {
        let (mut most, mut at) = (0, 0);
        while at < TYPE_COUNT {
            if TYPES[at].elements > most {
                most = TYPES[at].elements;
            }
            at += 1;
        }
        most
    };

    /// Its place among [`Schema::types`](super::Schema::types), from 0.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// An id is made by this module alone, so the row is there.
    #[inline]
    pub(crate) fn row(self) -> &'static TypeInfo {
        &TYPES[self.index()]
    }

    /// Its name: `Patient`, `dateTime`; for a backbone element its path, `Patient.contact`.
    #[inline]
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What sort of type it is.
    #[inline]
    pub fn kind(self) -> TypeKind {
        self.row().kind
    }

    /// Whether it is a resource, abstract ones included.
    #[inline]
    pub fn is_resource(self) -> bool {
        self.row().kind == TypeKind::Resource
    }

    /// Whether it holds one value.
    #[inline]
    pub fn is_primitive(self) -> bool {
        self.row().kind == TypeKind::Primitive
    }

    /// Whether nothing is of this type itself, only of types derived from it.
    pub fn is_abstract(self) -> bool {
        self.row().is_abstract
    }

    /// The type it is derived from. `None` for `Element` and `Resource`.
    ///
    /// ```
    /// # use carewire_fhir_model::schema::TypeId;
    /// assert_eq!(TypeId::AGE.base(), Some(TypeId::QUANTITY));
    /// ```
    pub fn base(self) -> Option<Self> {
        let base = self.row().base;
        (base != super::rows::NONE).then_some(Self(base))
    }

    /// Whether it is `other` or derived from it.
    pub fn is_a(self, other: Self) -> bool {
        let mut at = Some(self);
        while let Some(ty) = at {
            if ty == other {
                return true;
            }
            at = ty.base();
        }
        false
    }

    /// Its elements in the order of the definitions, inherited ones included.
    ///
    /// A primitive has `id` and `extension`; its value is not an element here.
    #[inline]
    pub fn elements(self) -> &'static [Element] {
        let row = self.row();
        let first = usize::from(row.first_element);
        ELEMENTS
            .get(first..first + usize::from(row.elements))
            .unwrap_or_default()
    }

    /// Finds an element by its name; a choice is found as `value` and as `value[x]`.
    ///
    /// `valueQuantity` is no name of an element but a JSON key: see [`TypeId::property`].
    ///
    /// ```
    /// # use carewire_fhir_model::schema::TypeId;
    /// assert_eq!(TypeId::OBSERVATION.element("value[x]"), TypeId::OBSERVATION.element("value"));
    /// assert_eq!(TypeId::OBSERVATION.element("valueQuantity"), None);
    /// ```
    pub fn element(self, name: &str) -> Option<&'static Element> {
        let name = name.strip_suffix("[x]").unwrap_or(name);
        if let Some(found) = key::find_text(self, name.as_bytes()).map(PropertyId::element)
            && found.name() == name
        {
            return Some(found);
        }
        self.elements()
            .iter()
            .find(|one| one.is_choice() && one.name() == name)
    }

    /// Finds an element by its JSON key, with the type that the key stands for.
    ///
    /// ```
    /// # use carewire_fhir_model::schema::TypeId;
    /// let (element, variant) = TypeId::PATIENT.element_by_key("deceasedBoolean").ok_or("no such key")?;
    /// assert_eq!((element.name(), variant.name()), ("deceased", "boolean"));
    /// # Ok::<(), &str>(())
    /// ```
    pub fn element_by_key(self, key: &str) -> Option<(&'static Element, Self)> {
        self.property(key).map(|found| (found.element(), found.type_id()))
    }

    /// Finds a property by its JSON key, as [`TypeId::element_by_key`] does.
    pub fn property(self, key: &str) -> Option<&'static Property> {
        key::find_text(self, key.as_bytes()).map(PropertyId::property)
    }

    /// Its properties, in the order of the elements; those of one choice stand together.
    pub fn properties(self) -> &'static [Property] {
        match self.elements() {
            [first, .., last] => Property::between(first, last),
            [only] => only.properties(),
            [] => &[],
        }
    }

    /// What a primitive's value looks like. `None` for other types.
    pub fn primitive(self) -> Option<Primitive> {
        Primitive::of(self)
    }

    /// How JSON writes its value: bare or quoted. `None` if it is not a primitive.
    #[inline]
    pub fn json_form(self) -> Option<JsonForm> {
        self.row().form
    }

    /// The binding that the definition of the type itself has, as `Age` has.
    pub fn binding(self) -> Option<Binding> {
        Binding::numbered(self.row().binding)
    }

    /// The invariants declared on the type itself, without those of its base.
    pub fn invariants(self) -> impl ExactSizeIterator<Item = Invariant> {
        Invariant::at(self.name())
    }
}

impl fmt::Debug for TypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for TypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
