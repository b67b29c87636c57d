use alloc::vec::Vec;
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
    pub(crate) slot: u8,
    pub(crate) ty: TypeId,
    pub(crate) owner: TypeId,
    /// Its number among the properties of all types.
    pub(super) number: u16,
    pub(super) targets: u16,
    pub(crate) form: Option<JsonForm>,
    pub(crate) kind: TypeKind,
    pub(crate) is_list: bool,
    /// Which alternative of a choice it is, from 0.
    #[cfg_attr(
        not(feature = "typed"),
        expect(dead_code, reason = "asked for by typed values alone")
    )]
    pub(crate) variant: u8,
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
        number: 0,
        targets: 0,
        form: None,
        kind: TypeKind::Backbone,
        is_list: false,
        variant: 0,
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
        PropertyId(self.number)
    }

    /// The element it writes.
    #[inline]
    pub fn element(&self) -> &'static Element {
        let first = self.owner.row().first_element;
        ElementId(first + u16::from(self.slot)).element()
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

    /// Appends the key with its quotation marks and a colon. Part of each of its callers, for every key that is written
    /// passes here.
    #[inline(always)]
    pub(crate) fn push_key(&self, out: &mut Vec<u8>) {
        /// A colon behind a key of each length and its marks.
        static COLONS: [u128; 14] = {
            let mut colons = [0; 14];
            let mut length = 0;
            while length < colons.len() {
                colons[length] = (b':' as u128) << ((length + 2) * 8);
                length += 1;
            }
            colons
        };
        let length = usize::from(self.length);
        // With its marks it is in sixteen bytes: two stores, where a copy of any length is a call.
        if let Some(colon) = COLONS.get(length)
            && out.capacity() - out.len() >= 16
        {
            let end = out.len() + length + 3;
            out.extend_from_slice(&(self.head << 8 | u128::from(b'"') | colon).to_le_bytes());
            out.truncate(end);
            return;
        }
        self.push_long_key(out);
    }

    /// [`Property::push_key`] where sixteen bytes are too few, or more than there is room for.
    #[cold]
    fn push_long_key(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        out.extend_from_slice(self.key_and_mark());
        out.push(b':');
    }

    /// The key and the quotation mark that ends it.
    #[inline]
    pub(crate) fn key_and_mark(&self) -> &'static [u8] {
        key::name(self.name, self.length + 1).as_bytes()
    }

    /// Whether it is `Extension.url`, which by itself says nothing.
    #[inline]
    pub(crate) fn is_url_of_extension(&self) -> bool {
        /// The place of the element, after `id` and `extension`.
        const URL: u8 = 2;
        self.owner == TypeId::EXTENSION && self.slot == URL
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
