//! Nodes of the tree.

use std::fmt;
use std::ops::Range;

use super::{Entry, GROUP, Name, Tree};
use crate::schema;
use crate::segment::Segment;

/// How a segment came to its place in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Placement {
    /// The structure has it here.
    Expected,
    /// The structure has it elsewhere.
    Misplaced,
    /// The structure does not have it.
    Unknown,
    /// A Z segment, which may stand anywhere.
    Local,
}

/// A segment or group in a [`Tree`]: a small `Copy` handle.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    tree: &'t Tree<'t>,
    index: u32,
}

impl<'t> Node<'t> {
    pub(super) fn new(tree: &'t Tree<'t>, index: u32) -> Self {
        Self { tree, index }
    }

    fn entry(&self) -> &'t Entry {
        // A handle is made only for an entry that exists.
        &self.tree.entries[self.index as usize]
    }

    /// The group name, the segment id, or for the root the name of the structure; empty when there is none.
    pub fn name(&self) -> &'t str {
        match self.entry().name {
            Name::Symbol(symbol) => schema::name(symbol),
            Name::Segment => match self.segment() {
                Some(segment) => segment.id(),
                None => self.tree.structure.map_or("", |structure| structure.name()),
            },
        }
    }

    /// True for a group, the root included.
    pub fn is_group(&self) -> bool {
        self.entry().segment == GROUP
    }

    /// The segment, unless this is a group.
    pub fn segment(&self) -> Option<Segment<'t>> {
        let number = self.entry().segment;
        (number != GROUP).then(|| Segment::new(self.tree.message, number))
    }

    /// How the segment came to its place; a group is always expected.
    pub fn placement(&self) -> Placement {
        self.entry().placement
    }

    /// The group around it; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        (self.index > 0).then(|| Self {
            tree: self.tree,
            index: self.entry().parent,
        })
    }

    /// The number of the node in the tree, from 0 for the root, in the order of the message.
    pub fn index(&self) -> usize {
        self.index as usize
    }

    /// The segments and groups in a group, in the order of the message.
    pub fn children(&self) -> Children<'t> {
        let end = if self.is_group() {
            self.entry().end
        } else {
            self.index + 1
        };
        Children {
            tree: self.tree,
            range: self.index + 1..end,
        }
    }

    /// The segments or groups in a group that have a name.
    pub fn children_named<'n>(&self, name: &'n str) -> impl Iterator<Item = Node<'t>> + use<'t, 'n> {
        self.children().filter(move |child| child.name() == name)
    }

    /// The first segment or group in a group that has a name.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A01|1|T|2.5.1\rEVN|A01\rPID|1\rPV1|1\r")?;
    /// let tree = msg.tree();
    /// let pid = tree.root().child("PID").and_then(|node| node.segment()).expect("a PID");
    /// assert_eq!(pid.position(), 3);
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn child(&self, name: &str) -> Option<Self> {
        self.children_named(name).next()
    }
}

impl fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_group() {
            return f.write_str(self.name());
        }
        write!(f, "{} ", self.name())?;
        f.debug_list().entries(self.children()).finish()
    }
}

/// The segments and groups in a group; made by [`Node::children`].
#[derive(Debug, Clone)]
pub struct Children<'t> {
    tree: &'t Tree<'t>,
    range: Range<u32>,
}

impl<'t> Iterator for Children<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.range.is_empty() {
            return None;
        }
        let node = Node::new(self.tree, self.range.start);
        self.range.start = node.entry().end;
        Some(node)
    }
}
