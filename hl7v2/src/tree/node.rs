//! Nodes of the tree.

use core::fmt;
use core::ops::Range;

use super::{Entry, GROUP, GroupName, Name, Tree};
use crate::message::Message;
use crate::schema;
use crate::segment::Segment;

/// How a segment came to its place in the tree.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
/// use carewire_hl7v2::tree::Placement;
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rAIS|1\rZZZ|1\r")?;
/// let tree = msg.tree();
/// let order = tree.groups("ORDER_OBSERVATION").next().expect("an order");
/// let unknown = tree.groups("OBSERVATION").last().and_then(|group| group.child("AIS"));
/// assert_eq!(unknown.map(|node| node.placement()), Some(Placement::Unknown));
/// assert_eq!(order.child("OBR").map(|node| node.placement()), Some(Placement::Expected));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
/// let tree = msg.tree();
/// let order = tree.groups("ORDER_OBSERVATION").next().expect("an order");
/// assert_eq!(order.parent().map(|parent| parent.name()), Some("PATIENT_RESULT"));
/// assert_eq!(order.children().next().map(|node| node.name()), Some("OBR"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Node<'t> {
    tree: &'t Tree<'t>,
    index: u32,
}

impl<'t> Node<'t> {
    pub(super) fn new(tree: &'t Tree<'t>, index: u32) -> Self {
        Self { tree, index }
    }

    /// The message that the tree is of.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\r")?;
    /// assert_eq!(msg.tree().root().message().as_bytes(), msg.as_bytes());
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    #[inline]
    pub fn message(&self) -> &'t Message<'t> {
        self.tree.message()
    }

    fn entry(&self) -> &'t Entry {
        // A handle is made only for an entry that exists.
        &self.tree.entries[self.index as usize]
    }

    /// The group name, the segment id, or for the root the name of the structure; empty when there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
    /// let tree = msg.tree();
    /// let order = tree.groups("ORDER_OBSERVATION").next().expect("an order");
    /// assert_eq!(order.name(), "ORDER_OBSERVATION");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
    /// let tree = msg.tree();
    /// let order = tree.groups("ORDER_OBSERVATION").next().expect("an order");
    /// assert!(order.is_group() && !order.child("OBR").expect("an OBR").is_group());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_group(&self) -> bool {
        self.entry().segment == GROUP
    }

    /// The segment, unless this is a group.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
    /// let tree = msg.tree();
    /// let order = tree.groups("ORDER_OBSERVATION").next().expect("an order");
    /// assert!(order.segment().is_none());
    /// assert_eq!(order.child("OBR").and_then(|obr| obr.segment()).map(|obr| obr.position()), Some(3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn segment(&self) -> Option<Segment<'t>> {
        let number = self.entry().segment;
        (number != GROUP).then(|| Segment::new(self.tree.message, number))
    }

    /// How the segment came to its place; a group is always expected.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
    /// let tree = msg.tree();
    /// let order = tree.groups("ORDER_OBSERVATION").next().expect("an order");
    /// use carewire_hl7v2::tree::Placement;
    ///
    /// let last = tree.groups("OBSERVATION").last().and_then(|group| group.child("ZZZ"));
    /// assert_eq!(last.map(|node| node.placement()), Some(Placement::Local));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn placement(&self) -> Placement {
        self.entry().placement
    }

    /// The group around it; `None` for the root.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
    /// let tree = msg.tree();
    /// let order = tree.groups("ORDER_OBSERVATION").next().expect("an order");
    /// assert_eq!(order.parent().map(|group| group.name()), Some("PATIENT_RESULT"));
    /// assert!(tree.root().parent().is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parent(&self) -> Option<Self> {
        (self.index > 0).then(|| Self {
            tree: self.tree,
            index: self.entry().parent,
        })
    }

    /// The number of the node in the tree, from 0 for the root, in the order of the message.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
    /// let tree = msg.tree();
    /// let order = tree.groups("ORDER_OBSERVATION").next().expect("an order");
    /// assert_eq!((tree.root().index(), tree.root().child("MSH").map(|msh| msh.index())), (0, Some(1)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn index(&self) -> usize {
        self.index as usize
    }

    /// The segments and groups in a group, in the order of the message.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
    /// let tree = msg.tree();
    /// let order = tree.groups("ORDER_OBSERVATION").next().expect("an order");
    /// let names: Vec<_> = order.children().map(|child| child.name()).collect();
    /// assert_eq!(names, ["OBR", "OBSERVATION", "OBSERVATION"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
    /// let tree = msg.tree();
    /// let order = tree.groups("ORDER_OBSERVATION").next().expect("an order");
    /// assert_eq!(order.children_named("OBSERVATION").count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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

/// What stands in a group.
impl<'t> Node<'t> {
    /// The groups with a name, at any depth inside this one, in the order of the message; see
    /// [`Tree::groups`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
    /// let tree = msg.tree();
    /// let order = tree.groups("ORDER_OBSERVATION").next().expect("an order");
    /// assert_eq!(order.groups("OBSERVATION").count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn groups(&self, name: impl Into<GroupName>) -> Groups<'t> {
        let end = if self.is_group() { self.entry().end } else { 0 };
        Groups {
            tree: self.tree,
            range: self.index + 1..end,
            name: name.into(),
        }
    }

    /// The first segment with an id that stands in this group itself, not in a group inside it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|7\rOBX|1\rNTE|1\r")?;
    /// let tree = msg.tree();
    /// let order = tree.groups("ORDER_OBSERVATION").next().expect("an order");
    /// assert_eq!(order.segment_named("OBR").map(|obr| obr.position()), Some(3));
    /// assert!(order.segment_named("OBX").is_none());
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn segment_named(&self, id: &str) -> Option<Segment<'t>> {
        self.segments_named(id).next()
    }

    /// The segments with an id that stand in this group itself, not in a group inside it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
    /// let tree = msg.tree();
    /// let order = tree.groups("ORDER_OBSERVATION").next().expect("an order");
    /// assert_eq!(order.segments_named("OBR").count(), 1);
    /// assert_eq!(order.segments_named("OBX").count(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn segments_named<'n>(&self, id: &'n str) -> impl Iterator<Item = Segment<'t>> + use<'t, 'n> {
        self.children()
            .filter_map(|child| child.segment())
            .filter(move |segment| segment.id() == id)
    }

    /// Every segment of this group and of those inside it, in the order of the message; of a segment itself.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|7\rOBX|1\rNTE|1\r")?;
    /// let tree = msg.tree();
    /// let order = tree.groups("ORDER_OBSERVATION").next().expect("an order");
    /// let ids: Vec<_> = order.segments().map(|segment| segment.id()).collect();
    /// assert_eq!(ids, ["OBR", "OBX", "NTE"]);
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn segments(&self) -> impl Iterator<Item = Segment<'t>> + use<'t> {
        let tree = self.tree;
        let end = self.entry().end.max(self.index + 1);
        (self.index..end).filter_map(move |index| Node::new(tree, index).segment())
    }
}

/// The groups with a name; made by [`Tree::groups`] and [`Node::groups`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
/// let tree = msg.tree();
/// let last: Vec<_> = tree.groups("OBSERVATION").filter(|group| group.child("ZZZ").is_some()).collect();
/// assert_eq!((tree.groups("OBSERVATION").count(), last.len()), (2, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Groups<'t> {
    tree: &'t Tree<'t>,
    range: Range<u32>,
    name: GroupName,
}

impl<'t> Iterator for Groups<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        let tree = self.tree;
        let name = Name::Symbol(self.name.0);
        let is_one = |entry: &Entry| entry.segment == GROUP && entry.name == name;
        let index = self
            .range
            .find(|index| tree.entries.get(*index as usize).is_some_and(is_one))?;
        Some(Node::new(tree, index))
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
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
/// let tree = msg.tree();
/// let names: Vec<_> = tree.root().children().map(|node| node.name()).collect();
/// assert_eq!(names, ["MSH", "PATIENT_RESULT"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
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
