//! Messages read into the groups of their structure.
//!
//! A structure such as `ORU_R01` is an ambiguous grammar, and senders depart from it. One rule decides where a
//! segment goes; it looks at the groups that are open, the innermost first:
//!
//! 1. the nearest open position after the last segment in this group: an element with that id, or a group that
//!    can begin with it, with no required element between; then a new repetition of the group, if the group
//!    repeats and can begin with the segment, or its last repetition did begin with such a one (RXA without ORC, again
//!    and again); then the same in the group around it. A group that can begin with
//!    the segment only without its own first elements gives way to a new repetition of an open group that did
//!    begin with such a segment: the second ORC of an OML_O21 begins an ORDER, not a PRIOR_RESULT;
//! 2. if no group has such a place: the nearest position further on, past required elements that are missing;
//! 3. if there is none either, or the segment comes too early for it: a position inside a group that is not open,
//!    past that group's first segments;
//! 4. if there is none either, the segment is misplaced (the structure has it elsewhere) or unknown. It is kept
//!    where it stands: in the nearest open group that has such an element, else in the innermost open group. No
//!    position changes, so what follows is placed as if it were not there.
//!
//! In 2 and 3 elements count as missing only if they do not follow within the same repetition and the next 256
//! segments; if they do, the segment comes too early and is misplaced.
//!
//! A Z segment stays where it stands, in the innermost open group. What is missing, misplaced or unknown is
//! reported. Every segment of the message is in the tree exactly once, in the order of the message.
//!
//! Groups are walked by [name](Tree::groups), a text or, so that the compiler finds a slip of the pen, a constant of
//! [`group`].
//!
//! # Examples
//!
//! ```
//! use carewire_hl7v2::{Message, tree::group};
//!
//! let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBR|2\rOBX|1\rOBX|2\r")?;
//! let tree = msg.tree();
//! let orders = tree.groups(group::ORDER_OBSERVATION);
//! let results: Vec<_> = orders.map(|order| order.groups(group::OBSERVATION).count()).collect();
//! assert_eq!(results, [1, 2]);
//! # Ok::<(), carewire_hl7v2::Error>(())
//! ```

pub mod group;
mod node;
mod place;

use alloc::vec::Vec;
use core::fmt;

use crate::finding::{Code, Finding};
use crate::message::Message;
use crate::schema::Structure;

pub use group::GroupName;
pub(crate) use group::groups;
pub use node::{Children, Groups, Node, Placement};
use place::Placer;

/// The segments of a message in the groups of its structure; made by [`Message::tree`].
///
/// [The module](self) says how segments are placed.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let msg = Message::parse(
///     b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rNTE|1\rOBX|2\rOBR|2\rOBX|1\r",
/// )?;
/// let tree = msg.tree();
/// let result = tree.root().child("PATIENT_RESULT").expect("a result");
/// let orders: Vec<_> = result.children_named("ORDER_OBSERVATION").collect();
/// let results: Vec<_> = orders.iter().map(|order| order.children_named("OBSERVATION").count()).collect();
/// assert_eq!(results, [2, 1]);
/// assert!(tree.findings().is_empty());
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.12 Message structure definitions.
#[derive(Clone)]
pub struct Tree<'m> {
    message: &'m Message<'m>,
    structure: Option<Structure>,
    entries: Vec<Entry>,
    findings: Vec<Finding>,
}

/// A node: what is in it follows it, up to `end`.
#[derive(Debug, Clone, Copy)]
struct Entry {
    name: Name,
    /// The number of the segment in the message from 0, or `GROUP`.
    segment: u32,
    end: u32,
    parent: u32,
    placement: Placement,
}

/// How a node is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    /// A name of the tables, by number.
    Symbol(u16),
    /// As the segment is.
    Segment,
}

const GROUP: u32 = u32::MAX;

impl<'m> Tree<'m> {
    pub(crate) fn new(message: &'m Message<'m>, structure: Option<Structure>) -> Self {
        let count = message.index.segments.len();
        let mut tree = Self {
            message,
            structure,
            entries: Vec::with_capacity(count + count / 2 + 4),
            findings: Vec::new(),
        };
        tree.entries.push(Entry {
            name: Name::Segment,
            segment: GROUP,
            end: 0,
            parent: 0,
            placement: Placement::Expected,
        });
        match structure {
            Some(structure) => Placer::new(&mut tree, structure).run(),
            None => tree.flat(),
        }
        tree
    }

    /// Every segment under the root, as no structure is known.
    fn flat(&mut self) {
        let location = crate::Location {
            field: 9,
            ..self.message.index.location(0)
        };
        self.findings
            .push(Finding::new(Code::StructureUnknown, 0, Some(location)));
        for segment in 0..self.message.index.segments.len() as u32 {
            let end = self.entries.len() as u32 + 1;
            self.entries.push(Entry {
                name: Name::Segment,
                segment,
                end,
                parent: 0,
                placement: Placement::Expected,
            });
        }
        self.entries[0].end = self.entries.len() as u32;
    }

    /// The structure by which the segments were placed; `None` if none is known, and the tree is flat.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
    /// let tree = msg.tree();
    /// assert_eq!(tree.structure().map(|structure| structure.name()), Some("ORU_R01"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn structure(&self) -> Option<Structure> {
        self.structure
    }

    /// The message itself, the group around everything.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
    /// let tree = msg.tree();
    /// assert_eq!(tree.root().name(), "ORU_R01");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn root(&self) -> Node<'_> {
        Node::new(self, 0)
    }

    /// The node of a segment, by its number from 0.
    pub(crate) fn node_of(&self, segment: usize) -> Option<Node<'_>> {
        let is_it = |entry: &Entry| entry.segment != GROUP && entry.segment as usize == segment;
        let index = self.entries.iter().position(is_it)?;
        Some(Node::new(self, index as u32))
    }

    /// The groups with a name, wherever they are, in the order of the message; each of several repetitions is one.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    /// use carewire_hl7v2::tree::group;
    ///
    /// let msg = Message::parse(
    ///     b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1|||A\rOBX|1\rOBX|2\rPID|2\rOBR|1|||B\rOBX|1\r",
    /// )?;
    /// let tree = msg.tree();
    /// let mut results = Vec::new();
    /// for order in tree.groups(group::ORDER_OBSERVATION) {
    ///     let code = order.segment_named("OBR").and_then(|obr| obr.field(4)).map(|code| code.text());
    ///     results.push((code.unwrap_or_default(), order.groups(group::OBSERVATION).count()));
    /// }
    /// assert_eq!(results, [("A".into(), 2), ("B".into(), 1)]);
    /// assert_eq!(tree.groups("PATIENT_RESULT").count(), 2);
    /// assert_eq!(tree.groups("NO_SUCH_GROUP").count(), 0);
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn groups(&self, name: impl Into<GroupName>) -> Groups<'_> {
        self.root().groups(name)
    }

    /// What is missing, misplaced or unknown, in the order of the message.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
    /// let tree = msg.tree();
    /// assert!(tree.findings().is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The message.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// # let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2\rZZZ|1\r")?;
    /// let tree = msg.tree();
    /// assert_eq!(tree.message().as_bytes(), msg.as_bytes());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn message(&self) -> &'m Message<'m> {
        self.message
    }
}

impl fmt::Debug for Tree<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tree")
            .field("root", &self.root())
            .field("findings", &self.findings.len())
            .finish_non_exhaustive()
    }
}
