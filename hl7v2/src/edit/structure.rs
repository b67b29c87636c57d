//! Segments and groups put where the structure of the message has them.

use alloc::format;
use alloc::vec::Vec;

use crate::build::{SegmentBuilder, wanted_of};
use crate::edit::segments::insert;
use crate::edit::splice::Change;
use crate::edit::target::sealed::Sealed as _;
use crate::edit::{Edit, EditError, EditErrorKind, Encoder, Target, Value, write};
use crate::message::Message;
use crate::path::{Group, Path, Select, is_called};
use crate::schema::{Element, Elements};
use crate::tree::{Node, Placement, Tree};

impl<'a> Message<'a> {
    /// As [`set`](Self::set), and where the segment is not there, adds it first, where the structure has it.
    ///
    /// The segment is the one that the path names once it is there: `NTE[2]-3` needs a first NTE, and
    /// `/PATIENT_RESULT/ORDER_OBSERVATION[2]/NTE-3` a second ORDER_OBSERVATION or the place for one. A path
    /// without groups means the first place that the structure has for such a segment, in the last repetition of
    /// each group around it. Other segments are not made: what the structure requires beside is reported by
    /// [`tree`](Self::tree), as ever.
    ///
    /// # Errors
    ///
    /// As [`set`](Self::set); [`EditErrorKind::Missing`] for `*`, conditions, Terser paths and locations that name
    /// nothing; [`EditErrorKind::Place`] if the structure of the message is not known or has no such place.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBR|2\rOBX|1\r")?;
    /// msg.put("NTE-3", "of the patient")?;
    /// msg.put("/PATIENT_RESULT/ORDER_OBSERVATION[2]/NTE-3", "of the second order")?;
    /// let edit = msg.put("PV1-2", "I")?;
    /// assert!(msg.as_bytes().ends_with(
    ///     b"PID|1\rNTE|||of the patient\rPV1||I\rOBR|1\rOBX|1\rOBR|2\rNTE|||of the second order\rOBX|1\r"
    /// ));
    /// msg.undo(edit)?;
    /// assert!(msg.segment("PV1").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.12 Message structure definitions.
    pub fn put<'v>(&mut self, at: impl Target, value: impl Into<Value<'v>>) -> Result<Edit, EditError> {
        if !at.spots(self)?.is_empty() {
            return self.set(at, value);
        }
        let missing = EditError::new(EditErrorKind::Missing);
        let path = at.path().ok_or(missing)?;
        let named = [&path.index, &path.repetition];
        if path.field == 0
            || !path.terser.is_empty()
            || !named.iter().all(|it| matches!(it, Select::Number(_)))
        {
            return Err(missing);
        }
        let (value, encoder) = (value.into(), Encoder::of(self));
        let mut bytes = Vec::new();
        SegmentBuilder::new(path.segment()).write(&encoder, &mut bytes)?;
        let wanted = Wanted::of(&path);
        self.change_segments(|change| {
            let index = wanted.segment(change, &bytes)?;
            let spot = path.spots(change.message())?.first();
            let spot = spot
                .filter(|spot| spot.segment as usize == index)
                .ok_or(missing)?;
            write(change, spot, &value, &encoder).map_err(|error| error.at(spot.location(change.message())))
        })
    }

    /// Adds a segment to a group, where the structure has it: behind its like, else behind what comes before it.
    ///
    /// The group is a path such as `/PATIENT_RESULT/ORDER_OBSERVATION[2]`; `/` is the message itself. Then the
    /// structure must have the segment in that group itself. The empty text means the first place that the structure
    /// has, in the last repetition of each group around it. A Z segment is added at the end of the group.
    ///
    /// # Errors
    ///
    /// [`EditErrorKind::Place`] if the structure of the message is not known, or has no place for the segment there;
    /// [`EditErrorKind::Path`] for a path that is none; else those of the values. Nothing is changed then.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::{EditErrorKind, Message};
    ///
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rOBR|2\rOBX|1\r")?;
    /// msg.add_segment("/PATIENT_RESULT/ORDER_OBSERVATION[1]/OBSERVATION", ("NTE", ["1", "", "high"]))?;
    /// msg.add_segment("", ("PD1", ["", "", "Clinic"]))?;
    /// assert!(msg.as_bytes().ends_with(b"PID|1\rPD1|||Clinic\rOBR|1\rOBX|1\rNTE|1||high\rOBR|2\rOBX|1\r"));
    /// assert_eq!(msg.add_segment("/", "OBX").unwrap_err().kind(), EditErrorKind::Place);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.12 Message structure definitions.
    pub fn add_segment<'v>(
        &mut self,
        group: &str,
        segment: impl Into<SegmentBuilder<'v>>,
    ) -> Result<Edit, EditError> {
        let segment = segment.into();
        let groups = groups(group)?;
        let encoder = Encoder::of(self);
        let mut bytes = Vec::new();
        segment.write(&encoder, &mut bytes)?;
        let wanted = Wanted {
            groups: groups.as_deref().unwrap_or_default(),
            anywhere: groups.is_none(),
            id: segment.id(),
        };
        self.change_segments(|change| wanted.segment(change, &bytes).map(|_| ()))
    }

    /// Adds a repetition of a group behind those that are there, with the segments that the structure requires in it,
    /// and the optional groups and segments that `optional` names.
    ///
    /// The path names the group, such as `/PATIENT_RESULT/ORDER_OBSERVATION`; a number behind the last name is passed
    /// over. A group that requires nothing begins with its first segment. The segments have no fields yet: the new
    /// group is the last one of its name in its parent.
    ///
    /// # Errors
    ///
    /// As [`add_segment`](Self::add_segment).
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rDSC|next\r")?;
    /// msg.add_group("/PATIENT_RESULT/ORDER_OBSERVATION", &["OBSERVATION"])?;
    /// msg.set("/PATIENT_RESULT/ORDER_OBSERVATION[2]/OBSERVATION/OBX-5", 61)?;
    /// assert!(msg.as_bytes().ends_with(b"OBR|1\rOBX|1\rOBR|\rOBX|||||61\rDSC|next\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.12 Message structure definitions.
    pub fn add_group(&mut self, group: &str, optional: &[&str]) -> Result<Edit, EditError> {
        let groups = groups(group)?.unwrap_or_default();
        let (last, around) = groups.split_last().ok_or(EditError::new(EditErrorKind::Place))?;
        let encoder = Encoder::of(self);
        self.change_segments(|change| {
            let (index, element) = {
                let tree = change.message().tree();
                let mut place = Place::of(&tree)?;
                for step in around {
                    place.enter(step)?;
                }
                let element = place.element(|it| it.is_group() && is_called(it.name(), &last.name))?;
                (place.index(element), element)
            };
            let mut number = 0;
            for segment in wanted_of(element, optional) {
                let mut bytes = Vec::new();
                segment.write(&encoder, &mut bytes)?;
                insert(change, index + number, &bytes)?;
                number += 1;
            }
            if number == 0 {
                return Err(EditError::new(EditErrorKind::Place));
            }
            let tree = change.message().tree();
            let new = tree.node_of(index);
            let begun = new.and_then(|node| {
                let named = |node: &Node<'_>| node.is_group() && is_called(node.name(), &last.name);
                let group = core::iter::successors(node.parent(), Node::parent).find(named)?;
                let first = group.segments().next()?.position() == index + 1;
                let holds = group
                    .segments()
                    .take(number)
                    .filter(|it| it.position() <= index + number)
                    .count();
                (first && holds == number).then_some(group)
            });
            match begun.and_then(|group| group.parent()) {
                Some(parent) if walk(&tree, around).is_some_and(|it| it.index() == parent.index()) => Ok(()),
                _ => Err(EditError::new(EditErrorKind::Place)),
            }
        })
    }
}

/// The groups of a path to a group; `None` for the empty text.
fn groups(path: &str) -> Result<Option<Vec<Group>>, EditError> {
    if path.is_empty() {
        return Ok(None);
    }
    let fault = |offset: usize| EditError::offset_in_value(EditErrorKind::Path, offset.min(path.len()));
    if !path.starts_with('/') {
        return Err(fault(0));
    }
    let whole = format!("{}/MSH", path.strip_suffix('/').unwrap_or(path));
    let read = Path::parse(&whole).map_err(|error| fault(error.offset()))?;
    let numbered = read
        .groups
        .iter()
        .all(|step| matches!(step.index, Select::Number(_)));
    // What `MSH` was added to must have been a path to a group.
    if read.segment() != "MSH" || read.field > 0 || !numbered {
        return Err(fault(path.len()));
    }
    Ok(Some(read.groups))
}

/// A segment that is to be added.
struct Wanted<'w> {
    groups: &'w [Group],
    /// True if the groups inside the one that is named may have it.
    anywhere: bool,
    id: &'w str,
}

impl<'w> Wanted<'w> {
    fn of(path: &'w Path) -> Self {
        Self {
            groups: &path.groups,
            anywhere: !path.absolute,
            id: path.segment(),
        }
    }

    /// Inserts the bytes of the segment where the structure has it; its number from 0.
    fn segment(&self, change: &mut Change<'_, '_>, bytes: &[u8]) -> Result<usize, EditError> {
        let fault = EditError::new(EditErrorKind::Place);
        let (index, inner) = {
            let tree = change.message().tree();
            let mut place = Place::of(&tree)?;
            for step in self.groups {
                place.enter(step)?;
            }
            if self.id.starts_with('Z') {
                (place.end(), Vec::new())
            } else {
                let mut inner = Vec::new();
                let chain = chain(place.elements.clone(), self.id, self.anywhere).ok_or(fault)?;
                let (element, around) = chain.split_last().ok_or(fault)?;
                for group in around {
                    place.descend(*group);
                    inner.push(group.name());
                }
                (place.index(*element), inner)
            }
        };
        insert(change, index, bytes)?;
        // The rule that reads the groups decides: the place must be the one that was meant.
        let tree = change.message().tree();
        let node = tree.node_of(index).ok_or(fault)?;
        if node.placement() == Placement::Local {
            return Ok(index);
        }
        let mut around = node.parent();
        for name in inner.iter().rev() {
            around = around
                .filter(|group| group.name() == *name)
                .and_then(|group| group.parent());
        }
        let meant = walk(&tree, self.groups).map(|group| group.index());
        if node.placement() == Placement::Expected
            && meant.is_some()
            && around.map(|group| group.index()) == meant
        {
            Ok(index)
        } else {
            Err(fault)
        }
    }
}

/// The group at the end of a path through the tree.
fn walk<'t>(tree: &'t Tree<'t>, groups: &[Group]) -> Option<Node<'t>> {
    groups.iter().try_fold(tree.root(), |around, step| {
        let named = around
            .children()
            .filter(|child| child.is_group() && is_called(child.name(), &step.name));
        number(step).and_then(|n| named.clone().nth(n - 1))
    })
}

fn number(step: &Group) -> Option<usize> {
    match step.index {
        Select::Number(n) => Some(n.max(1) as usize),
        _ => None,
    }
}

/// The elements from a row down to the first with an id: groups, then the segment.
fn chain(elements: Elements, id: &str, anywhere: bool) -> Option<Vec<Element>> {
    let mut open = alloc::vec![elements];
    let mut groups: Vec<Element> = Vec::new();
    // Groups nest no deeper than the structures of the standard: at most seven levels.
    while let Some(elements) = open.last_mut() {
        let Some(element) = elements.next() else {
            open.pop();
            groups.pop();
            continue;
        };
        if element.is_group() {
            if anywhere || element.name().is_empty() {
                open.push(element.elements());
                groups.push(element);
            }
        } else if element.name() == id {
            groups.push(element);
            // A choice that has no name is no group of the tree.
            groups.retain(|element| !element.name().is_empty());
            return Some(groups);
        }
    }
    None
}

/// A row of elements, with what is chosen in place of choices without a name.
fn flat(elements: Elements) -> impl Iterator<Item = Element> {
    elements.flat_map(|element| {
        let chosen = element.name().is_empty();
        let own = (!chosen).then_some(element);
        own.into_iter()
            .chain(chosen.then(|| element.elements()).into_iter().flatten())
    })
}

/// A group of the message, there or to be made, with the elements that it may have.
struct Place<'t> {
    group: Option<Node<'t>>,
    elements: Elements,
    /// Where a group that is to be made begins.
    at: usize,
}

impl<'t> Place<'t> {
    fn of(tree: &'t Tree<'t>) -> Result<Self, EditError> {
        let structure = tree.structure().ok_or(EditError::new(EditErrorKind::Place))?;
        Ok(Self {
            group: Some(tree.root()),
            elements: structure.elements(),
            at: 0,
        })
    }

    fn element(&self, is: impl Fn(&Element) -> bool) -> Result<Element, EditError> {
        let found = flat(self.elements.clone()).find(is);
        found.ok_or(EditError::new(EditErrorKind::Place))
    }

    /// Goes into the repetition of a group that a step names, or that which comes next.
    fn enter(&mut self, step: &Group) -> Result<(), EditError> {
        let fault = EditError::new(EditErrorKind::Place);
        let element = self.element(|it| it.is_group() && is_called(it.name(), &step.name))?;
        let number = number(step).ok_or(fault)?;
        let there = self.repetitions(element).count();
        if number > there + 1 {
            return Err(fault);
        }
        let group = self.repetitions(element).nth(number - 1);
        self.go(element, group);
        Ok(())
    }

    /// Goes into the last repetition of a group.
    fn descend(&mut self, element: Element) {
        let group = self.repetitions(element).last();
        self.go(element, group);
    }

    fn go(&mut self, element: Element, group: Option<Node<'t>>) {
        if group.is_none() {
            self.at = self.index(element);
        }
        self.group = group;
        self.elements = element.elements();
    }

    fn repetitions(&self, element: Element) -> impl Iterator<Item = Node<'t>> + use<'t> {
        let children = self.group.into_iter().flat_map(|group| group.children());
        children.filter(move |child| child.is_group() && child.name() == element.name())
    }

    /// Where a segment or group of an element is added: its number from 0.
    fn index(&self, element: Element) -> usize {
        let Some(group) = self.group else { return self.at };
        let mut reached = self.elements.start();
        let mut index = None;
        for child in group.children() {
            let named = |it: &Element| it.name() == child.name() && it.is_group() == child.is_group();
            let own = flat(self.elements.after(reached))
                .find(named)
                .or_else(|| flat(self.elements.clone()).find(named));
            if let Some(own) = own {
                reached = own.index();
                if own.index() <= element.index() {
                    index = Some(end(child));
                }
            }
        }
        index.unwrap_or_else(|| start(group))
    }

    fn end(&self) -> usize {
        self.group.map_or(self.at, end)
    }
}

/// The number from 0 of the segment behind a node.
fn end(node: Node<'_>) -> usize {
    node.segments().last().map_or(0, |segment| segment.position())
}

/// The number from 0 of the first segment of a node.
fn start(node: Node<'_>) -> usize {
    node.segments().next().map_or(0, |segment| segment.position() - 1)
}
