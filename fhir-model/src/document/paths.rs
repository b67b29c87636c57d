//! The paths of many nodes, each without a walk from the root.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::tape::{COMPANION, ITEM, LONE};
use super::{Document, Node};
use crate::schema::Property;

/// Where each node of a document stands, worked out in one pass over the tape.
pub(super) struct Paths<'d> {
    document: &'d Document<'d>,
    places: Vec<Place>,
    /// A companion and its primitive, in the order of the companions.
    partners: Vec<(u32, u32)>,
}

#[derive(Clone, Copy)]
struct Place {
    /// The slot of the container it is in; of the root its own.
    parent: u32,
    /// How many nodes of the same element stand before it there.
    index: u32,
}

/// A container that is open: its slot, the slot after it, and how many nodes of each element it has had.
struct Open {
    slot: u32,
    end: u32,
    counts: Vec<(u16, u32)>,
}

impl<'d> Paths<'d> {
    pub(super) fn of(document: &'d Document<'d>) -> Self {
        let mut places = Vec::with_capacity(document.tape.slots.len());
        let mut open: Vec<Open> = Vec::new();
        for (at, slot) in (0_u32..).zip(&document.tape.slots) {
            while open.last().is_some_and(|one| one.end <= at) {
                open.pop();
            }
            let mut place = Place { parent: at, index: 0 };
            if let Some(parent) = open.last_mut() {
                place.parent = parent.slot;
                if let Some(property) = slot.property() {
                    place.index = parent.count(property.element().field_numbers().0, slot.is_element());
                }
            }
            places.push(place);
            if slot.kind.is_container() {
                open.push(Open {
                    slot: at,
                    end: slot.extent,
                    counts: Vec::new(),
                });
            }
        }
        let mut partners: Vec<_> = document
            .tape
            .companions
            .iter()
            .map(|one| (one.1, one.0))
            .collect();
        partners.sort_unstable();
        Self {
            document,
            places,
            partners,
        }
    }

    /// As [`Node::known_path`].
    pub(super) fn path(&self, index: u32) -> String {
        let mut line = Vec::new();
        let mut at = index;
        while let Some(place) = self.places.get(at as usize) {
            line.push((at, place.index));
            if place.parent == at {
                break;
            }
            at = self.stands_for(place.parent);
        }
        let root = Node::new(self.document, 0);
        let mut path = root.type_id().map_or("Resource", |ty| ty.name()).to_owned();
        for &(at, index) in line.iter().rev().skip(1) {
            let node = Node::new(self.document, at);
            if !node.is_known() {
                break;
            }
            path.push('.');
            path.push_str(node.name());
            if node.slot().has(ITEM) || node.property().is_some_and(Property::is_list) {
                path.push_str(&format!("[{index}]"));
            }
        }
        path
    }

    /// The primitive that a companion is part of; any other slot is itself.
    fn stands_for(&self, at: u32) -> u32 {
        let is_part = self
            .document
            .tape
            .slot(at)
            .is_some_and(|slot| slot.flags & (COMPANION | LONE) == COMPANION);
        let found = self.partners.binary_search_by_key(&at, |one| one.0);
        match found.ok().and_then(|found| self.partners.get(found)) {
            Some(partner) if is_part => partner.1,
            _ => at,
        }
    }
}

impl Open {
    /// How many nodes of an element, told by its first property, there were; counts one more if it is one. A type has some
    /// dozens of elements.
    fn count(&mut self, element: u16, is_element: bool) -> u32 {
        let found = self.counts.iter().rposition(|one| one.0 == element);
        let at = found.unwrap_or(self.counts.len());
        if found.is_none() {
            self.counts.push((element, 0));
        }
        let Some(count) = self.counts.get_mut(at) else {
            return 0;
        };
        let before = count.1;
        count.1 += u32::from(is_element);
        before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    /// Findings of every place that a path has a word for: lists, choices, companions, what is contained or unknown.
    const PATIENT: &str = r#"{"resourceType": "Patient",
        "name": [{"given": ["Ann", null, 7], "_given": [null, {"id": "g", "odd": 1}, {"extension": [{"url": 5}]}]},
            {"family": {}, "family": "Doe", "given": []}, [[1], {"text": 2}]],
        "_birthDate": {"extension": [{"url": "u", "valueString": 1, "valueCode": "c"}]}, "birthDate": "1970",
        "deceasedBoolean": "no", "deceasedDateTime": "1999", "odd": [{"a": [1, {}]}, 2], "active": [true],
        "contained": [{"resourceType": "Observation", "code": {"coding": {"system": 1}}, "component": [{}, {"code": 1}]}],
        "name": [{"use": 3}], "_name": {"id": "x"}, "link": [{"other": {"reference": []}}]}"#;

    #[test]
    fn the_path_of_every_node_is_that_of_a_walk_from_the_root() {
        let document = Document::from_json(PATIENT.as_bytes())
            .expect("a document")
            .document;
        let paths = Paths::of(&document);
        assert!(document.node_count() > 40);
        for index in 0..document.node_count() as u32 {
            assert_eq!(
                paths.path(index),
                document.node(index).expect("a node").known_path(),
                "{index}"
            );
        }
    }

    #[test]
    fn many_findings_have_their_paths() {
        const MANY: usize = 60_000;
        let names = r#"{"odd": 1},"#.repeat(MANY);
        let json = std::format!(r#"{{"resourceType": "Patient", "name": [{names}{{"text": "x"}}]}}"#);
        let limits = Limits::default().max_findings(usize::MAX);
        let read = Document::read_json(json.as_bytes(), &limits).expect("a document");
        assert_eq!(read.findings.len(), MANY);
        assert_eq!(
            read.findings[MANY - 1].path(),
            std::format!("Patient.name[{}]", MANY - 1)
        );
    }
}
