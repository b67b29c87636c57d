//! Where the values of a document came from that was not read from its own text.

use alloc::vec::Vec;
/// Places in the JSON of the document with their places in what was read, in the order of the JSON.
#[derive(Clone, Default)]
pub(crate) struct Origin {
    places: Vec<Place>,
}

#[derive(Clone, Copy)]
pub(crate) struct Place {
    json: u32,
    pub(crate) offset: u32,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Origin {
    /// From `json` on it comes from `offset`.
    #[cfg(feature = "xml")]
    pub(crate) fn add(&mut self, json: usize, offset: usize) {
        self.places.push(Place {
            json: json as u32,
            offset: offset as u32,
            line: 1,
            column: 1,
        });
    }

    /// Works out lines and columns.
    #[cfg(feature = "xml")]
    pub(crate) fn place(&mut self, source: &str) {
        let mut order: Vec<&mut Place> = self.places.iter_mut().collect();
        order.sort_by_key(|place| place.offset);
        let mut lines = super::place::Lines::new(source);
        for place in order {
            (place.line, place.column) = lines.at(place.offset as usize);
        }
    }

    pub(crate) fn line_column(&self, offset: u32) -> (u32, u32) {
        let before = self.places.iter().filter(|place| place.offset <= offset);
        before
            .max_by_key(|place| place.offset)
            .map_or((1, 1), |place| (place.line, place.column))
    }

    pub(crate) fn at(&self, json: u32) -> Place {
        let after = self.places.partition_point(|place| place.json <= json);
        let found = after.checked_sub(1).and_then(|at| self.places.get(at)).copied();
        found.unwrap_or(Place {
            json,
            offset: 0,
            line: 1,
            column: 1,
        })
    }
}
