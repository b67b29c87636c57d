//! New messages from a structure of the standard.

use alloc::vec::Vec;

use crate::build::{MessageBuilder, SegmentBuilder};
use crate::schema::{Element, Elements, Structure, Version};

impl MessageBuilder<'static> {
    /// A message with each segment that a structure requires, in order: those of required groups too, once each.
    ///
    /// MSH-9 has the code and event of the structure's name, and MSH-12 the version. The segments have no fields
    /// yet: [build](Self::build) the message and [set](crate::Message::set) them. Of a choice the first is taken.
    /// `None` if the version has no such structure; [`Structure::of_event`] names that of an event.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::{MessageBuilder, schema::Version};
    ///
    /// let template = MessageBuilder::template(Version::V2_5_1, "ORU_R01").expect("ORU_R01");
    /// let mut msg = template.control_id("42").build()?;
    /// assert_eq!(msg.as_bytes(), b"MSH|^~\\&|||||||ORU^R01^ORU_R01|42||2.5.1\rOBR|\r");
    /// msg.set("OBR-4", ["8867-4", "Pulse", "LN"])?;
    /// # Ok::<(), carewire_hl7v2::EditError>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.13 Chapter formats for defining HL7 messages.
    pub fn template(version: Version, structure: &str) -> Option<Self> {
        Self::template_with(version, structure, &[])
    }

    /// As [`template`](Self::template), with the optional groups and segments that `optional` names, wherever they are in
    /// a group that is there.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::{MessageBuilder, schema::Version};
    ///
    /// let wanted = ["PATIENT", "PV1", "VISIT", "OBSERVATION"];
    /// let template = MessageBuilder::template_with(Version::V2_5_1, "ORU_R01", &wanted).expect("ORU_R01");
    /// let msg = template.build()?;
    /// let ids: Vec<_> = msg.segments().map(|segment| segment.id()).collect();
    /// assert_eq!(ids, ["MSH", "PID", "PV1", "OBR", "OBX"]);
    /// # Ok::<(), carewire_hl7v2::EditError>(())
    /// ```
    pub fn template_with(version: Version, structure: &str, optional: &[&str]) -> Option<Self> {
        let structure = Structure::find(version, structure)?;
        let name = structure.name();
        let (code, trigger) = name.split_once('_').unwrap_or((name, ""));
        let mut builder = Self::new(version.as_str()).message_type(code, trigger, name);
        builder.segments = wanted(structure.elements(), optional);
        Some(builder)
    }
}

/// The segments of a new repetition of a group: what it requires, what is asked for, or the first of it.
pub(crate) fn wanted_of(group: Element, optional: &[&str]) -> Vec<SegmentBuilder<'static>> {
    let mut found = wanted(members(group), optional);
    let mut first = group.elements().next();
    while let (true, Some(element)) = (found.is_empty(), first) {
        if element.is_group() {
            first = element.elements().next();
        } else {
            first = None;
            if is_segment(element) {
                found.push(SegmentBuilder::new(element.name()));
            }
        }
    }
    found
}

/// The segments that a row of elements requires, and those that are asked for, without MSH.
fn wanted(elements: Elements, optional: &[&str]) -> Vec<SegmentBuilder<'static>> {
    let mut found = Vec::new();
    // Groups nest no deeper than the structures of the standard: at most seven levels.
    let mut open: Vec<Elements> = alloc::vec![elements];
    while let Some(elements) = open.last_mut() {
        let Some(element) = elements.next() else {
            open.pop();
            continue;
        };
        let left_out = element.is_optional() && !optional.contains(&element.name());
        if left_out || element.name() == "MSH" {
            continue;
        }
        if element.is_group() {
            open.push(members(element));
        } else if is_segment(element) {
            found.push(SegmentBuilder::new(element.name()));
        }
    }
    found
}

/// The elements of a group of which each is to be there.
fn members(group: Element) -> Elements {
    let elements = group.elements();
    if group.is_choice() {
        let end = elements
            .clone()
            .next()
            .map_or(elements.start(), |first| first.end());
        elements.until(end)
    } else {
        elements
    }
}

/// False where the structure leaves open which segment stands there (`Hxx`).
fn is_segment(element: Element) -> bool {
    let name = element.name().as_bytes();
    name.len() == 3 && !name.iter().any(u8::is_ascii_lowercase)
}
