//! A differential as a tree of changes.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::finding::{SnapshotCode, SnapshotFinding};
use super::{SnapshotLimits, text_of};
use crate::document::Node;

/// The changes of a differential; the first is that of the root.
#[derive(Default)]
pub(super) struct Changes<'d> {
    all: Vec<Change<'d>>,
}

struct Change<'d> {
    name: Arc<str>,
    slice: Option<Arc<str>>,
    /// What the differential says; several if it has the element several times, none if only something below is changed.
    nodes: Vec<Node<'d>>,
    /// The number of the element in the differential, or of the first below it.
    place: u32,
    children: Vec<usize>,
}

type Key = (usize, Arc<str>, Option<Arc<str>>);

/// The number of the parent that the root has not.
const NONE: usize = usize::MAX;

impl<'d> Changes<'d> {
    /// Reads a differential.
    ///
    /// Where an element belongs follows from its id, `Observation.component:systolic.code`, as far as that agrees with
    /// the path, and else from the elements before it.
    pub(super) fn read(differential: Node<'d>) -> (Self, Vec<SnapshotFinding>) {
        let mut changes = Self::default();
        let mut findings = Vec::new();
        let mut known: BTreeMap<Key, usize> = BTreeMap::new();
        // The elements that are open: the one before and what is above it.
        let mut open: Vec<usize> = Vec::new();
        for (place, node) in (0..).zip(differential.children_named("element")) {
            let (path, id) = (text_of(node, "path"), text_of(node, "id"));
            let steps: Vec<&str> = path.split('.').take(SnapshotLimits::STEPS + 1).collect();
            if path.len() > SnapshotLimits::PATH
                || steps.len() > SnapshotLimits::STEPS
                || steps.iter().any(|step| step.is_empty())
            {
                findings.push(SnapshotFinding::new(SnapshotCode::PathMalformed, place));
                continue;
            }
            let slices = slices(&id, &steps);
            let own = text_of(node, "sliceName");
            let mut line: Vec<usize> = Vec::new();
            for (depth, step) in steps.iter().enumerate() {
                let is_last = depth + 1 == steps.len();
                let parent = line.last().copied().unwrap_or(NONE);
                let before = open.get(depth).copied().filter(|at| changes.name(*at) == *step);
                let slice: Option<Arc<str>> = match (&slices, is_last) {
                    (_, true) => (!own.is_empty()).then(|| own.as_str().into()),
                    (Some(slices), false) => slices.get(depth).copied().flatten().map(Into::into),
                    // Without ids it is below the last that has the path.
                    (None, false) => before
                        .filter(|_| open.get(..depth) == Some(&*line))
                        .and_then(|at| changes.slice(at).cloned()),
                };
                let key = (parent, Arc::from(*step), slice);
                let at = match known.get(&key) {
                    Some(at) => *at,
                    None if parent == NONE && depth == 0 && !changes.all.is_empty() => break,
                    None => {
                        let at = changes.all.len();
                        changes.all.push(Change {
                            name: key.1.clone(),
                            slice: key.2.clone(),
                            nodes: Vec::new(),
                            place,
                            children: Vec::new(),
                        });
                        if let Some(parent) = changes.all.get_mut(parent) {
                            parent.children.push(at);
                        }
                        known.insert(key, at);
                        at
                    }
                };
                line.push(at);
            }
            let last = line.last().copied().filter(|_| line.len() == steps.len());
            let Some(change) = last.and_then(|at| changes.all.get_mut(at)) else {
                // Of another type than the first.
                findings.push(SnapshotFinding::new(SnapshotCode::PathUnknown, place));
                continue;
            };
            if change.nodes.is_empty() {
                change.place = place;
            } else {
                findings.push(SnapshotFinding::new(SnapshotCode::ElementRepeated, place));
            }
            change.nodes.push(node);
            open = line;
        }
        (changes, findings)
    }

    /// The change of the root, if there is any.
    pub(super) fn root(&self) -> Option<usize> {
        (!self.all.is_empty()).then_some(0)
    }

    pub(super) fn name(&self, at: usize) -> &str {
        self.all.get(at).map_or("", |one| &one.name)
    }

    pub(super) fn slice(&self, at: usize) -> Option<&Arc<str>> {
        self.all.get(at)?.slice.as_ref()
    }

    pub(super) fn nodes(&self, at: usize) -> &[Node<'d>] {
        self.all.get(at).map_or(&[], |one| &one.nodes)
    }

    /// The number of the element in the differential.
    pub(super) fn place(&self, at: usize) -> u32 {
        self.all.get(at).map_or(0, |one| one.place)
    }

    pub(super) fn children(&self, at: usize) -> &[usize] {
        self.all.get(at).map_or(&[], |one| &one.children)
    }

    /// Whether an element says something of its own.
    pub(super) fn says(&self, at: usize, name: &str) -> bool {
        self.nodes(at).iter().any(|node| node.child(name).is_some())
    }
}

/// The slice at each step of an id; `None` if the id is not that of the path.
fn slices<'i>(id: &'i str, steps: &[&str]) -> Option<Vec<Option<&'i str>>> {
    let mut slices = Vec::new();
    let mut parts = id.split('.');
    for step in steps {
        let part = parts.next()?;
        let (name, slice) = part
            .split_once(':')
            .map_or((part, None), |(name, slice)| (name, Some(slice)));
        if name != *step {
            return None;
        }
        slices.push(slice);
    }
    parts.next().is_none().then_some(slices)
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;
    use crate::document::Document;

    fn outline(elements: &str) -> (Vec<String>, usize) {
        let text = alloc::format!(
            r#"{{"resourceType":"StructureDefinition","differential":{{"element":[{elements}]}}}}"#
        );
        let document = Document::from_json(text.as_bytes()).unwrap().document;
        let differential = document.root().child("differential").unwrap();
        let (changes, findings) = Changes::read(differential);
        let mut lines = Vec::new();
        let mut work = Vec::from([(0, 0)]);
        while let Some((at, depth)) = work.pop() {
            let slice = changes
                .slice(at)
                .map_or(String::new(), |slice| alloc::format!(":{slice}"));
            lines.push(alloc::format!("{depth}{}{slice}", changes.name(at)));
            work.extend(changes.children(at).iter().rev().map(|child| (*child, depth + 1)));
        }
        (lines, findings.len())
    }

    #[test]
    fn without_ids_what_follows_a_slice_is_below_it() {
        let (lines, findings) = outline(
            r#"{"path":"A"},{"path":"A.b"},{"path":"A.b","sliceName":"x"},{"path":"A.b.c"},{"path":"A.d.e"}"#,
        );
        assert_eq!(lines, ["0A", "1b", "1b:x", "2c", "1d", "2e"]);
        assert_eq!(findings, 0);
    }

    #[test]
    fn ids_say_below_which_slice_an_element_is() {
        let (lines, _) = outline(
            r#"{"path":"A"},{"path":"A.b","sliceName":"x","id":"A.b:x"},{"path":"A.b","sliceName":"y","id":"A.b:y"},
               {"path":"A.b.c","id":"A.b:x.c"},{"path":"A.b.c","id":"A.b.c"},{"path":"A.b.c","id":"A.b:z.c"}"#,
        );
        assert_eq!(lines, ["0A", "1b:x", "2c", "1b:y", "1b", "2c", "1b:z", "2c"]);
    }

    #[test]
    fn what_has_no_place_is_reported() {
        let (lines, findings) =
            outline(r#"{"path":"A"},{"path":"B"},{"path":"A..b"},{"min":1},{"path":"A.b"},{"path":"A.b"}"#);
        assert_eq!((lines.len(), findings), (2, 4));
    }
}
