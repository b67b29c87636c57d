//! Elements that are made once and found again.

use std::hash::{BuildHasher, Hash, Hasher};

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

/// What is known of a key.
struct Entry<'m> {
    key: Key<'m>,
    hash: u64,
    element: Option<BuildId>,
}

/// The elements by their keys. A key is looked up once: what is made for it is kept at its place.
#[derive(Default)]
pub(super) struct Shared<'m> {
    seed: Seeded,
    /// A power of two of places, by the hash of a key and behind; less than half hold the number of an entry, counted from 1.
    places: Vec<u32>,
    entries: Vec<Entry<'m>>,
}

impl<'m> Shared<'m> {
    /// With room for so many.
    pub(super) fn with_capacity(count: usize) -> Self {
        Self {
            seed: Seeded::default(),
            places: vec![0; (2 * count + 2).next_power_of_two()],
            entries: Vec::with_capacity(count),
        }
    }

    /// The place of a key, whether something is there or not.
    #[inline(always)]
    pub(super) fn place(&mut self, parent: BuildId, slot: u8, by: By<'m>) -> usize {
        let key = Key { parent, slot, by };
        let hash = self.seed.hash_one(&key);
        let mask = self.places.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        while let Some(number) = self.places.get(at).filter(|number| **number != 0) {
            let number = *number as usize - 1;
            let known = self.entries.get(number);
            if known.is_some_and(|known| known.hash == hash && known.key == key) {
                return number;
            }
            at = (at + 1) & mask;
        }
        let number = self.entries.len();
        self.entries.push(Entry {
            key,
            hash,
            element: None,
        });
        if let Some(place) = self.places.get_mut(at) {
            *place = number as u32 + 1;
        }
        if 2 * self.entries.len() >= self.places.len() {
            self.grow();
        }
        number
    }

    #[cold]
    fn grow(&mut self) {
        let mask = (4 * self.entries.len() + 2).next_power_of_two() - 1;
        self.places = vec![0; mask + 1];
        for (number, entry) in (1..).zip(&self.entries) {
            let mut at = entry.hash as usize & mask;
            while self.places.get(at).is_some_and(|known| *known != 0) {
                at = (at + 1) & mask;
            }
            if let Some(place) = self.places.get_mut(at) {
                *place = number;
            }
        }
    }

    /// The element at a place.
    #[inline]
    pub(super) fn find(&self, place: usize) -> Option<BuildId> {
        self.entries.get(place)?.element
    }

    /// Keeps an element at a place.
    #[inline]
    pub(super) fn keep(&mut self, place: usize, element: BuildId) {
        if let Some(at) = self.entries.get_mut(place) {
            at.element = Some(element);
        }
    }
}

#[cfg(test)]
mod tests {
    use carewire_fhir_model::build::Builder;
    use carewire_fhir_model::schema::{Schema, TypeId};

    use super::*;

    #[test]
    fn each_key_has_a_place_of_its_own_however_many_there_are() {
        let mut builder = Builder::new(Schema::r4());
        let parents = [(); 3].map(|()| builder.resource(TypeId::BUNDLE));
        let texts: Vec<String> = (0..500).map(|number| format!("key {number}")).collect();
        for mut shared in [Shared::default(), Shared::with_capacity(100)] {
            let mut places = Vec::new();
            for _ in 0..2 {
                let mut seen = Vec::new();
                for parent in parents {
                    for slot in [0, 7] {
                        let all = texts.iter().map(|text| By::Key(text)).chain((0..50).map(By::Id));
                        seen.extend(all.map(|by| shared.place(parent, slot, by)));
                    }
                }
                if places.is_empty() {
                    places = seen;
                    assert_eq!(places, (0..places.len()).collect::<Vec<_>>());
                } else {
                    assert_eq!(places, seen);
                }
            }
            assert_eq!(shared.find(7), None);
            shared.keep(7, parents[1]);
            assert_eq!((shared.find(7), shared.find(8)), (Some(parents[1]), None));
        }
    }
}
