//! Going through a document.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use super::tape::{ITEM, NESTED};
use super::{Children, Document, Node};
use crate::schema::Property;

/// How a visit goes on: see [`Node::visit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Visit {
    /// Into the children of the node.
    Into,
    /// Over them, to what comes next.
    Over,
    /// Not at all.
    Stop,
}

/// The children of a node that are still to come, and how many of each element there were.
struct Level<'d> {
    children: Children<'d>,
    known: BTreeMap<u16, u32>,
    unknown: BTreeMap<&'d str, u32>,
    /// The length of the path of the node.
    length: usize,
}

impl<'d> Level<'d> {
    fn of(node: Node<'d>, length: usize) -> Self {
        Self {
            children: node.children(),
            known: BTreeMap::new(),
            unknown: BTreeMap::new(),
            length,
        }
    }

    /// The next child, with its place among those of its element.
    fn next(&mut self) -> Option<(Node<'d>, u32)> {
        let node = self.children.next()?;
        let is_list = node.slot().has(ITEM) || node.property().is_some_and(Property::is_list);
        if !is_list {
            return Some((node, 0));
        }
        let seen = match node.element() {
            Some(element) => self.known.entry(element.field_numbers().0).or_default(),
            None => self.unknown.entry(node.unknown_key()).or_default(),
        };
        let place = *seen;
        *seen += 1;
        Some((node, place))
    }
}

impl<'d> Node<'d> {
    /// Goes through the node and all it holds, depth first in the order of the input, and gives each with its path,
    /// as [`Node::path`] but without looking for it anew. True if it came to the end.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_fhir_model::{Document, Visit};
    ///
    /// let json = br#"{"resourceType": "Patient", "name": [{"family": "Doe"}, {"family": "Roe"}], "active": true}"#;
    /// let patient = Document::from_json(json)?.document;
    /// let mut paths = Vec::new();
    /// let all = patient.root().visit(|node, path| {
    ///     if node.name() == "family" {
    ///         paths.push(path.to_owned());
    ///     }
    ///     if paths.len() == 2 { Visit::Stop } else { Visit::Into }
    /// });
    /// assert_eq!((paths.as_slice(), all), (&["Patient.name[0].family".to_owned(), "Patient.name[1].family".to_owned()][..], false));
    /// # Ok::<(), carewire_fhir_model::Error>(())
    /// ```
    pub fn visit(self, mut visitor: impl FnMut(Node<'d>, &str) -> Visit) -> bool {
        let mut path = self.path();
        let mut levels: Vec<Level<'d>> = Vec::new();
        match visitor(self, &path) {
            Visit::Into => levels.push(Level::of(self, path.len())),
            Visit::Over => {}
            Visit::Stop => return false,
        }
        while let Some(level) = levels.last_mut() {
            path.truncate(level.length);
            let Some((node, place)) = level.next() else {
                levels.pop();
                continue;
            };
            push_step(&mut path, node, place);
            match visitor(node, &path) {
                Visit::Into => levels.push(Level::of(node, path.len())),
                Visit::Over => {}
                Visit::Stop => return false,
            }
        }
        true
    }

    /// All that it holds, depth first in the order of the input, without itself.
    pub fn descendants(self) -> Descendants<'d> {
        Descendants {
            levels: alloc::vec![self.children()],
        }
    }
}

fn push_step(path: &mut String, node: Node<'_>, place: u32) {
    let slot = node.slot();
    path.push('.');
    if slot.field != NESTED {
        path.push_str(node.name());
    }
    if slot.has(ITEM) || slot.property().is_some_and(Property::is_list) {
        // A string takes whatever is written.
        let _ = write!(path, "[{place}]");
    }
}

/// What a node holds: see [`Node::descendants`].
#[derive(Clone, Debug)]
pub struct Descendants<'d> {
    levels: Vec<Children<'d>>,
}

impl<'d> Iterator for Descendants<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        loop {
            match self.levels.last_mut()?.next() {
                Some(node) => {
                    self.levels.push(node.children());
                    return Some(node);
                }
                None => {
                    self.levels.pop();
                }
            }
        }
    }
}

impl Document<'_> {
    /// Goes through the whole document: see [`Node::visit`].
    pub fn visit<'d>(&'d self, visitor: impl FnMut(Node<'d>, &str) -> Visit) -> bool {
        self.root().visit(visitor)
    }
}
