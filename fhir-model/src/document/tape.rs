//! The tape: twelve bytes a node, in the order of the input, a container before what it holds.

use crate::schema::{Property, PropertyId, TypeId};
use alloc::vec::Vec;

/// What the JSON value of a node is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Kind {
    Object,
    /// An array that is no list of a property: empty, or inside another array.
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

impl Kind {
    #[inline]
    pub(crate) fn is_container(self) -> bool {
        matches!(self, Self::Object | Self::Array)
    }
}

/// It stands in an array.
pub(crate) const ITEM: u8 = 1;
/// It is the first of its array.
pub(crate) const FIRST: u8 = 2;
/// Its text has escapes.
pub(crate) const ESCAPED: u8 = 4;
/// It came under the key with an underscore: id and extensions of a primitive.
pub(crate) const COMPANION: u8 = 8;
/// A companion without a value beside it: it is the primitive.
pub(crate) const LONE: u8 = 16;
/// A primitive with a companion; the document's list says where.
pub(crate) const HAS_COMPANION: u8 = 32;
/// Its key occurred before in the same object.
pub(crate) const DUPLICATE: u8 = 64;

/// What stands for a property where there is none.
pub(crate) const UNKNOWN: u16 = 0xFFFF;
pub(crate) const RESOURCE_TYPE: u16 = 0xFFFE;
pub(crate) const ROOT: u16 = 0xFFFD;
/// An item of an array that is a node.
pub(crate) const NESTED: u16 = 0xFFFC;

#[derive(Clone, Copy)]
pub(crate) struct Slot {
    /// Where the value starts: a string after its quotation mark.
    pub(crate) offset: u32,
    /// A leaf: the length of its text. A container: the number of the slot after all it holds.
    pub(crate) extent: u32,
    pub(crate) field: u16,
    pub(crate) kind: Kind,
    pub(crate) flags: u8,
}

impl Slot {
    #[inline]
    pub(crate) fn has(self, flags: u8) -> bool {
        self.flags & flags != 0
    }

    /// The slot after this one and all it holds.
    #[inline]
    pub(crate) fn next(self, index: u32) -> u32 {
        if self.kind.is_container() {
            self.extent
        } else {
            index + 1
        }
    }

    #[inline]
    pub(crate) fn property(self) -> Option<&'static Property> {
        (self.field < NESTED).then(|| PropertyId(self.field).property())
    }

    /// Whether a reader of FHIR sees it: not `resourceType`, not a companion of a value, not an empty array.
    #[inline]
    pub(crate) fn is_element(self) -> bool {
        self.flags & (COMPANION | LONE) != COMPANION
            && self.field != RESOURCE_TYPE
            && (self.kind != Kind::Array || self.has(ITEM))
    }

    /// Whether it goes on with the array that the slot before it is in.
    #[inline]
    pub(crate) fn continues(self) -> bool {
        self.flags & (ITEM | FIRST) == ITEM
    }
}

/// Where there is no type.
pub(crate) const NO_TYPE: TypeId = TypeId(u16::MAX);

const _: () = assert!(size_of::<Slot>() == 12);
const _: () = assert!(crate::generated::PROPERTY_COUNT < NESTED as usize);

/// A key that the schema does not have, as it is written, for the slot that has it.
#[derive(Clone, Copy)]
pub(crate) struct UnknownKey {
    pub(crate) slot: u32,
    pub(crate) offset: u32,
    pub(crate) length: u32,
}

/// The slots and what is rare enough to be beside them. Every list is in the order of the slots.
#[derive(Clone)]
pub(crate) struct Tape {
    pub(crate) slots: Vec<Slot>,
    /// The type of each resource.
    pub(crate) resources: Vec<(u32, TypeId)>,
    /// A primitive and the object with its id and extensions.
    pub(crate) companions: Vec<(u32, u32)>,
    pub(crate) unknown: Vec<UnknownKey>,
}

impl Tape {
    pub(crate) fn with_capacity(slots: usize) -> Self {
        Self {
            slots: Vec::with_capacity(slots),
            resources: Vec::new(),
            companions: Vec::new(),
            unknown: Vec::new(),
        }
    }

    pub(crate) fn slot(&self, index: u32) -> Option<Slot> {
        self.slots.get(index as usize).copied()
    }

    /// The type of the resource at a slot.
    pub(crate) fn resource_at(&self, index: u32) -> Option<TypeId> {
        let found = self.resources.binary_search_by_key(&index, |one| one.0).ok()?;
        self.resources.get(found).map(|one| one.1)
    }

    /// The companion of the primitive at a slot.
    pub(crate) fn companion_of(&self, index: u32) -> Option<u32> {
        let found = self.companions.binary_search_by_key(&index, |one| one.0).ok()?;
        self.companions.get(found).map(|one| one.1)
    }

    /// The primitive of the companion at a slot.
    pub(crate) fn partner_of(&self, index: u32) -> Option<u32> {
        // Companions stand near their primitives but not in the same order: few, and asked for in errors alone.
        self.companions.iter().find(|one| one.1 == index).map(|one| one.0)
    }

    pub(crate) fn unknown_key(&self, index: u32) -> Option<UnknownKey> {
        let found = self.unknown.binary_search_by_key(&index, |one| one.slot).ok()?;
        self.unknown.get(found).copied()
    }

    /// The unknown keys of the object at a slot, each with the slot of its first value.
    pub(crate) fn unknown_keys_of<'a>(
        &'a self,
        parent: u32,
        bytes: &'a [u8],
    ) -> impl Iterator<Item = (&'a [u8], u32)> {
        let end = self.slot(parent).map_or(0, |slot| slot.extent);
        let mut at = parent + 1;
        core::iter::from_fn(move || {
            while at < end {
                let (index, slot) = (at, self.slot(at)?);
                at = slot.next(at);
                if slot.field == UNKNOWN
                    && !slot.continues()
                    && let Some(key) = self.unknown_key(index)
                {
                    let start = key.offset as usize;
                    return bytes
                        .get(start..start + key.length as usize)
                        .map(|text| (text, index));
                }
            }
            None
        })
    }
}
