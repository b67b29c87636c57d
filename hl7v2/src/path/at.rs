//! From a byte of a message to the path of what stands there.

use alloc::vec::Vec;

use super::{Path, Select};
use crate::location::{Id, Location};
use crate::message::Message;

impl Path {
    /// The path of a location; `None` for one in a line without a segment id, which no path names.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::{Message, Path};
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~8\r")?;
    /// let second = msg.find("PID-3[2]")?.expect("a second");
    /// assert_eq!(Path::of(second.location()), Some(Path::parse("PID-3[2]")?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(location: Location) -> Option<Self> {
        (location.id != Id::NONE).then(|| Self {
            absolute: false,
            groups: Vec::new(),
            id: location.id,
            index: Select::Number(location.occurrence),
            field: location.field,
            repetition: Select::Number(location.repetition.max(1)),
            component: location.component,
            subcomponent: location.subcomponent,
            terser: Vec::new(),
        })
    }
}

impl Message<'_> {
    /// The path of the byte at `offset`, counted from 0, as deep as it goes: for an editor's cursor, or for a program
    /// that goes on with [`query`](Self::query).
    ///
    /// A byte between two parts belongs to the one before. `None` outside every segment, and in a line without a
    /// segment id; [`locate`](Self::locate) has a place for that too.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7||Doe^Ann\r")?;
    /// let path = msg.path_at(48).expect("a path");
    /// assert_eq!(path.to_string(), "PID-5.2");
    /// assert_eq!(msg.query(&path).next().map(|given| given.text()).as_deref(), Some("Ann"));
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    pub fn path_at(&self, offset: usize) -> Option<Path> {
        self.locate(offset).and_then(Path::of)
    }

    /// As [`path_at`](Self::path_at), through the groups of the tree, each number counted within the group before.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBX|2|NM\r")?;
    /// let path = msg.group_path_at(57).expect("a path");
    /// assert_eq!(path.to_string(), "/PATIENT_RESULT/ORDER_OBSERVATION/OBSERVATION[2]/OBX-2");
    /// assert_eq!(msg.query(&path).next().map(|kind| kind.text()).as_deref(), Some("NM"));
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    #[cfg(feature = "versions")]
    pub fn group_path_at(&self, offset: usize) -> Option<Path> {
        use super::Group;

        let location = self.locate(offset)?;
        let path = Path::of(location)?;
        let tree = self.tree();
        let mut groups = Vec::new();
        let mut around = tree.root();
        // Groups nest no deeper than the structures of the standard.
        loop {
            let holds = |child: &crate::tree::Node<'_>| first(*child) <= location.segment_position();
            let child = around.children().take_while(holds).last()?;
            let alike = |other: &crate::tree::Node<'_>| {
                other.name() == child.name() && other.is_group() == child.is_group()
            };
            let before = around
                .children()
                .take_while(|other| other.index() < child.index());
            let number = before.filter(alike).count() + 1;
            let index = Select::Number(u32::try_from(number).unwrap_or(u32::MAX));
            if child.segment().is_some() {
                return Some(Path {
                    absolute: true,
                    groups,
                    index,
                    ..path
                });
            }
            groups.push(Group {
                name: child.name().replace('/', "_").into(),
                index,
            });
            around = child;
        }
    }
}

/// The position of the first segment in a node; a group holds at least the segment that opened it.
#[cfg(feature = "versions")]
fn first(node: crate::tree::Node<'_>) -> usize {
    let mut node = node;
    loop {
        if let Some(segment) = node.segment() {
            return segment.position();
        }
        match node.children().next() {
            Some(child) => node = child,
            None => return usize::MAX,
        }
    }
}
