//! A snapshot as a tree: elements by their names, slices beside the element that they slice.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::facts::{Fact, Facts};
use super::{SnapshotLimits, text_of};
use crate::document::{Document, Node};

/// The snapshot of a definition.
#[derive(Clone)]
pub(super) struct Tree<'d> {
    pub(super) root: Branch<'d>,
}

/// An element or a slice, with what is below it. A clone shares it until one of the two is changed.
#[derive(Clone)]
pub(super) struct Branch<'d> {
    /// The last step of its path.
    pub(super) name: Arc<str>,
    /// The name of the slice that it is.
    pub(super) slice: Option<Arc<str>>,
    pub(super) facts: Facts<'d>,
    pub(super) groups: Arc<Vec<Group<'d>>>,
    /// Whether the definition has slices of it and not the element itself.
    pub(super) hidden: bool,
}

/// The elements with one path below one element.
#[derive(Clone)]
pub(super) struct Group<'d> {
    pub(super) entry: Branch<'d>,
    pub(super) slices: Vec<Branch<'d>>,
}

impl<'d> Tree<'d> {
    /// Reads the snapshot of a definition; `None` if it has none.
    ///
    /// What has no place in the tree is left out: elements whose parent is not above them, or that nest too deep.
    pub(super) fn read(definition: &'d Document<'d>) -> Option<Self> {
        let root = definition.root();
        let snapshot = root.child("snapshot")?;
        let url: Arc<str> = text_of(root, "url").into();
        let elements: Vec<(String, Node<'d>)> = snapshot
            .children_named("element")
            .map(|node| (text_of(node, "path"), node))
            .collect();
        let (path, top) = elements.first()?;
        let mut reader = Reader {
            elements: &elements,
            url: &url,
            at: 1,
        };
        let mut root = reader.branch(path, *top);
        root.slice = None;
        reader.fill(&mut root, path, 1);
        Some(Self { root })
    }
}

struct Reader<'d, 'r> {
    elements: &'r [(String, Node<'d>)],
    url: &'r Arc<str>,
    at: usize,
}

impl<'d, 'r> Reader<'d, 'r> {
    /// One element, without what is below it.
    fn branch(&self, path: &str, node: Node<'d>) -> Branch<'d> {
        let slice = text_of(node, "sliceName");
        Branch {
            name: path.rsplit('.').next().unwrap_or(path).into(),
            slice: (!slice.is_empty()).then(|| slice.into()),
            facts: facts_of(path, node, self.url),
            groups: Arc::default(),
            hidden: false,
        }
    }

    /// Reads the elements below the one whose path is `above`.
    fn fill(&mut self, parent: &mut Branch<'d>, above: &str, depth: usize) {
        let mut groups: Vec<Group<'d>> = Vec::new();
        while let Some((path, node)) = self.elements.get(self.at) {
            let Some(name) = path.strip_prefix(above).and_then(|rest| rest.strip_prefix('.')) else {
                break;
            };
            self.at += 1;
            if name.is_empty() || name.contains('.') || depth >= SnapshotLimits::STEPS {
                continue;
            }
            let mut branch = self.branch(path, *node);
            self.fill(&mut branch, path, depth + 1);
            let known = groups.last_mut().filter(|group| *group.entry.name == *name);
            match (known, &branch.slice) {
                (Some(group), Some(_)) => group.slices.push(branch),
                (Some(_), None) => {}
                (None, None) => groups.push(Group {
                    entry: branch,
                    slices: Vec::new(),
                }),
                (None, Some(_)) => {
                    let mut entry = branch.clone();
                    entry.slice = None;
                    entry.hidden = true;
                    groups.push(Group {
                        entry,
                        slices: [branch].into(),
                    });
                }
            }
        }
        parent.groups = Arc::new(groups);
    }
}

/// What an element of a snapshot says; path and id follow from its place in the tree.
fn facts_of<'d>(path: &str, node: Node<'d>, url: &Arc<str>) -> Facts<'d> {
    let mut facts = Facts::default();
    for child in node.children() {
        let Some(name) = child.element().map(crate::schema::Element::name) else {
            continue;
        };
        let fact = match name {
            "path" | "id" | "sliceName" => continue,
            "constraint" => constraint(child, url),
            _ => Fact::Given(child),
        };
        facts.push(name, fact);
    }
    if !facts.has("base") {
        let base = Fact::Base {
            path: path.into(),
            min: node.child("min"),
            max: node.child("max"),
        };
        facts.push("base", base);
    }
    facts
}

/// A constraint that says where it is declared.
pub(super) fn constraint<'d>(node: Node<'d>, url: &Arc<str>) -> Fact<'d> {
    if node.child("source").is_some() || url.is_empty() {
        Fact::Given(node)
    } else {
        Fact::Constraint(node, url.clone())
    }
}
