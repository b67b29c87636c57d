//! Elements that are made once and found again.

use std::collections::HashMap;
use std::hash::{Hash, Hasher};

use carewire_fhir_model::build::BuildId;

use super::hash::Seeded;

/// What an element is shared by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum By<'m> {
    Id(u32),
    Key(&'m str),
}

/// The element around it, the slot there, and what it is shared by.
#[derive(PartialEq, Eq)]
struct Key<'m> {
    parent: BuildId,
    slot: u8,
    by: By<'m>,
}

impl Hash for Key<'_> {
    /// In as few steps as tell keys apart.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parent.hash(state);
        let slot = u64::from(self.slot);
        match self.by {
            By::Id(id) => state.write_u64(u64::from(id) << 8 | slot),
            By::Key(key) => {
                state.write_u64(slot);
                state.write(key.as_bytes());
            }
        }
    }
}

/// The elements by their keys. A key is looked up once: what is made for it is kept at its place.
#[derive(Default)]
pub(super) struct Shared<'m> {
    places: HashMap<Key<'m>, usize, Seeded>,
    elements: Vec<Option<BuildId>>,
}

impl<'m> Shared<'m> {
    /// With room for so many.
    pub(super) fn with_capacity(count: usize) -> Self {
        Self {
            places: HashMap::with_capacity_and_hasher(count, Seeded::default()),
            elements: Vec::with_capacity(count),
        }
    }

    /// The place of a key, whether something is there or not.
    #[inline]
    pub(super) fn place(&mut self, parent: BuildId, slot: u8, by: By<'m>) -> usize {
        let key = Key { parent, slot, by };
        *self.places.entry(key).or_insert_with(|| {
            self.elements.push(None);
            self.elements.len() - 1
        })
    }

    /// The element at a place.
    #[inline]
    pub(super) fn find(&self, place: usize) -> Option<BuildId> {
        self.elements.get(place).copied().flatten()
    }

    /// Keeps an element at a place.
    #[inline]
    pub(super) fn keep(&mut self, place: usize, element: BuildId) {
        if let Some(at) = self.elements.get_mut(place) {
            *at = Some(element);
        }
    }
}
