use core::fmt;

use super::rows::{PROPERTIES, TYPES};
use super::{Element, ElementId, JsonForm, TypeId, TypeKind, key};

/// A JSON key of a type: the element it writes and the type its value has. `Debug` shows the key.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::schema::TypeId;
/// let subject = TypeId::PATIENT.property("managingOrganization").ok_or("no such key")?;
/// assert_eq!((subject.type_id(), subject.targets()), (TypeId::REFERENCE, &[TypeId::ORGANIZATION][..]));
/// # Ok::<(), &str>(())
/// ```
pub struct Property {
    /// The key and a quotation mark, cut to sixteen bytes, the rest zero.
    pub(crate) head: u128,
    pub(super) name: u16,
    pub(crate) length: u8,
    pub(super) slot: u8,
    pub(crate) ty: TypeId,
    pub(crate) owner: TypeId,
    pub(super) element: u16,
    pub(super) targets: u16,
    pub(crate) form: Option<JsonForm>,
    pub(crate) kind: TypeKind,
    pub(crate) is_list: bool,
}

/// A property of all types, as a number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PropertyId(pub(crate) u16);

impl PropertyId {
    /// The property itself.
    #[inline]
    pub fn property(self) -> &'static Property {
        &PROPERTIES[usize::from(self.0)]
    }

    /// The element it writes.
    #[inline]
    pub fn element(self) -> &'static Element {
        self.property().element()
    }
}

impl fmt::Debug for PropertyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.property().fmt(f)
    }
}

impl Property {
    pub(super) const BLANK: Self = Self {
        head: 0,
        name: 0,
        length: 0,
        slot: 0,
        ty: TypeId::new(0),
        owner: TypeId::new(0),
        element: 0,
        targets: 0,
        form: None,
        kind: TypeKind::Backbone,
        is_list: false,
    };

    /// Those of a run of elements of one type.
    pub(super) fn between(first: &Element, last: &Element) -> &'static [Self] {
        let end = usize::from(last.property) + usize::from(last.properties);
        PROPERTIES
            .get(usize::from(first.property)..end)
            .unwrap_or_default()
    }

    /// The key as JSON writes it: `birthDate`, `valueQuantity`.
    #[inline]
    pub fn key(&self) -> &'static str {
        key::name(self.name, self.length)
    }

    /// Its number among the properties of all types.
    #[inline]
    pub fn id(&self) -> PropertyId {
        let element = self.element();
        let place = element
            .properties()
            .iter()
            .position(|one| one.ty == self.ty)
            .unwrap_or(0);
        PropertyId(element.property + place as u16)
    }

    /// The element it writes.
    #[inline]
    pub fn element(&self) -> &'static Element {
        ElementId(self.element).element()
    }

    /// The place of its element among those of the owner, from 0.
    #[inline]
    pub fn slot(&self) -> u8 {
        self.slot
    }

    /// The type of the value.
    #[inline]
    pub fn type_id(&self) -> TypeId {
        self.ty
    }

    /// What sort of type the value has.
    #[inline]
    pub fn kind(&self) -> TypeKind {
        self.kind
    }

    /// How JSON writes the value of a primitive; `None` for other types.
    #[inline]
    pub fn json_form(&self) -> Option<JsonForm> {
        self.form
    }

    /// Whether JSON has an array.
    #[inline]
    pub fn is_list(&self) -> bool {
        self.is_list
    }

    /// The type that has the property.
    #[inline]
    pub fn owner(&self) -> TypeId {
        self.owner
    }

    /// For a `Reference` or `canonical` the types it may point to; `Resource` is any. Empty if nothing is said.
    pub fn targets(&self) -> &'static [TypeId] {
        let number = usize::from(self.targets);
        number
            .checked_sub(1)
            .and_then(|at| crate::generated::targets::ROWS.get(at))
            .copied()
            .unwrap_or_default()
    }

    /// The number of the first property of its element.
    #[cfg(feature = "typed")]
    #[inline]
    pub(crate) fn first_of_element(&self) -> u16 {
        self.element().property
    }

    /// The key and the quotation mark that ends it.
    #[inline]
    pub(crate) fn key_and_mark(&self) -> &'static [u8] {
        key::name(self.name, self.length + 1).as_bytes()
    }

    /// Whether `key`, which has the same head, is this key to its end.
    #[inline]
    pub(crate) fn name_matches(&self, key: &[u8]) -> bool {
        key.len() == usize::from(self.length) && (key.len() < 16 || key == self.key().as_bytes())
    }
}

impl fmt::Debug for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", TYPES[self.owner.index()].name, self.key())
    }
}
