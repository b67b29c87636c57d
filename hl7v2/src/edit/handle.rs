//! Handles that go down to a place by numbers, and edit it.

use core::fmt;

use crate::build::SegmentBuilder;
use crate::edit::target::Spot;
use crate::edit::{Edit, EditError, Target, Value};
use crate::location::Location;
use crate::message::Message;
use crate::segment::Segment;

/// A segment that can be edited; made by [`Message::segment_mut`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
/// let mut pid = msg.segment_mut("PID").expect("a PID");
/// pid.field(5).component(1).set("Doe")?;
/// pid.field(3).repetition(2).component(4).subcomponent(2).set("1.2.3")?;
/// pid.field(3).push("9")?;
/// pid.insert_after(("PV1", ["1", "O"]))?;
/// assert!(msg.as_bytes().ends_with(b"PID|1||7~8^^^&1.2.3~9||Doe\rPV1|1|O\r"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SegmentMut<'s, 'a> {
    message: &'s mut Message<'a>,
    index: u32,
}

impl<'a> Message<'a> {
    /// The first segment at a target, for editing: an id such as `PID`, a path such as `OBX[2]` or
    /// `OBX[3.1='8867-4']`, or a location.
    ///
    /// `None` if there is no such segment, or the path is none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|NM|A||7\rOBX|2|NM|B||8\r")?;
    /// msg.segment_mut("OBX[3='B']").expect("an OBX").field(5).set(9)?;
    /// assert!(msg.as_bytes().ends_with(b"OBX|2|NM|B||9\r"));
    /// assert!(msg.segment_mut("PV1").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn segment_mut(&mut self, at: impl Target) -> Option<SegmentMut<'_, 'a>> {
        let index = at.spots(self).ok()?.first()?.segment;
        Some(SegmentMut { message: self, index })
    }
}

impl<'s, 'a> SegmentMut<'s, 'a> {
    /// The segment, for reading.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
    /// let mut pid = msg.segment_mut("PID").expect("a PID");
    /// assert_eq!(pid.get().map(|pid| pid.field_count()), Some(3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn get(&self) -> Option<Segment<'_>> {
        self.message.segment_at(self.position())
    }

    /// The number of the segment in the message, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
    /// let mut pid = msg.segment_mut("PID").expect("a PID");
    /// assert_eq!(pid.position(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn position(&self) -> usize {
        self.index as usize + 1
    }

    /// Field `n`, from 1, with all its repetitions; it need not be there yet.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
    /// let mut pid = msg.segment_mut("PID").expect("a PID");
    /// pid.field(8).set("F")?;
    /// assert!(msg.as_bytes().ends_with(b"PID|1||7~8|||||F\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn field(&mut self, n: usize) -> PlaceMut<'_, 'a> {
        PlaceMut {
            spot: Spot {
                field: number(n),
                ..Spot::segment(self.index)
            },
            message: self.message,
        }
    }

    /// Inserts a segment before this one, which then has the next position.
    ///
    /// # Errors
    ///
    /// As [`Message::insert_segment`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
    /// let mut pid = msg.segment_mut("PID").expect("a PID");
    /// pid.insert_before(("EVN", ["A08"]))?;
    /// assert_eq!(pid.position(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn insert_before<'v>(&mut self, segment: impl Into<SegmentBuilder<'v>>) -> Result<Edit, EditError> {
        let edit = self.message.insert_segment(self.position(), segment)?;
        self.index += 1;
        Ok(edit)
    }

    /// Inserts a segment behind this one.
    ///
    /// # Errors
    ///
    /// As [`Message::insert_segment`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
    /// let mut pid = msg.segment_mut("PID").expect("a PID");
    /// pid.insert_after(("PV1", ["1", "O"]))?;
    /// assert!(msg.as_bytes().ends_with(b"7~8\rPV1|1|O\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn insert_after<'v>(&mut self, segment: impl Into<SegmentBuilder<'v>>) -> Result<Edit, EditError> {
        self.message.insert_segment(self.position() + 1, segment)
    }

    /// Removes the segment.
    ///
    /// # Errors
    ///
    /// As [`Message::remove`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
    /// let mut pid = msg.segment_mut("PID").expect("a PID");
    /// pid.remove()?;
    /// assert_eq!(msg.segments().count(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn remove(self) -> Result<Edit, EditError> {
        self.message.remove(Spot::segment(self.index))
    }
}

impl fmt::Debug for SegmentMut<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SegmentMut").field(&self.get()).finish()
    }
}

/// A place that can be edited, there or not yet there; made by [`SegmentMut::field`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
/// let mut pid = msg.segment_mut("PID").expect("a PID");
/// pid.field(3).repetition(2).component(4).set("LAB")?;
/// pid.field(5).set(["Doe", "Ann"])?;
/// assert!(msg.as_bytes().ends_with(b"PID|1||7~8^^^LAB||Doe^Ann\r"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "it does nothing until it is edited"]
pub struct PlaceMut<'s, 'a> {
    message: &'s mut Message<'a>,
    spot: Spot,
}

impl<'s, 'a> PlaceMut<'s, 'a> {
    /// Repetition `n` of the field, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
    /// let mut pid = msg.segment_mut("PID").expect("a PID");
    /// pid.field(3).repetition(2).set("9")?;
    /// assert!(msg.as_bytes().ends_with(b"PID|1||7~9\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn repetition(self, n: usize) -> Self {
        let spot = Spot {
            repetition: number(n),
            component: 0,
            subcomponent: 0,
            ..self.spot
        };
        Self { spot, ..self }
    }

    /// Component `n`, from 1, of the repetition; of the first one, if none was named.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
    /// let mut pid = msg.segment_mut("PID").expect("a PID");
    /// pid.field(3).component(4).set("A")?;
    /// assert!(msg.as_bytes().ends_with(b"PID|1||7^^^A~8\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn component(self, n: usize) -> Self {
        let spot = Spot {
            repetition: self.spot.repetition.max(1),
            component: number(n),
            subcomponent: 0,
            ..self.spot
        };
        Self { spot, ..self }
    }

    /// Subcomponent `n`, from 1, of the component; of the first one, if none was named.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
    /// let mut pid = msg.segment_mut("PID").expect("a PID");
    /// pid.field(3).component(4).subcomponent(2).set("1.2")?;
    /// assert!(msg.as_bytes().ends_with(b"PID|1||7^^^&1.2~8\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn subcomponent(self, n: usize) -> Self {
        let spot = Spot {
            repetition: self.spot.repetition.max(1),
            component: self.spot.component.max(1),
            subcomponent: number(n),
            ..self.spot
        };
        Self { spot, ..self }
    }

    /// The path of the place.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
    /// let mut pid = msg.segment_mut("PID").expect("a PID");
    /// assert_eq!(pid.field(5).component(1).location().to_string(), "PID-5.1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn location(&self) -> Location {
        self.spot.location(self.message)
    }

    /// Sets the place to a value; see [`Message::set`].
    ///
    /// # Errors
    ///
    /// As [`Message::set`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
    /// let mut pid = msg.segment_mut("PID").expect("a PID");
    /// pid.field(3).set("9")?;
    /// assert!(msg.as_bytes().ends_with(b"PID|1||9\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set<'v>(self, value: impl Into<Value<'v>>) -> Result<Edit, EditError> {
        self.message.set(self.spot, value)
    }

    /// Inserts a repetition before this one; see [`Message::insert`].
    ///
    /// # Errors
    ///
    /// As [`Message::insert`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
    /// let mut pid = msg.segment_mut("PID").expect("a PID");
    /// pid.field(3).repetition(2).insert("9")?;
    /// assert!(msg.as_bytes().ends_with(b"PID|1||7~9~8\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn insert<'v>(self, value: impl Into<Value<'v>>) -> Result<Edit, EditError> {
        self.message.insert(self.spot, value)
    }

    /// Adds a repetition behind the last one of the field; see [`Message::push`].
    ///
    /// # Errors
    ///
    /// As [`Message::push`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
    /// let mut pid = msg.segment_mut("PID").expect("a PID");
    /// pid.field(3).push("9")?;
    /// assert!(msg.as_bytes().ends_with(b"PID|1||7~8~9\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn push<'v>(self, value: impl Into<Value<'v>>) -> Result<Edit, EditError> {
        self.message.push(self.spot, value)
    }

    /// Removes the place; see [`Message::remove`]. A field goes with all its repetitions.
    ///
    /// # Errors
    ///
    /// As [`Message::remove`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7~8\r")?;
    /// let mut pid = msg.segment_mut("PID").expect("a PID");
    /// pid.field(3).repetition(1).remove()?;
    /// assert!(msg.as_bytes().ends_with(b"PID|1||8\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn remove(self) -> Result<Edit, EditError> {
        self.message.remove(self.spot)
    }
}

impl fmt::Debug for PlaceMut<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PlaceMut").field(&self.location()).finish()
    }
}

/// A number from 1; one that cannot be one lies beyond every place that is made.
fn number(n: usize) -> u32 {
    u32::try_from(n).ok().filter(|n| *n > 0).unwrap_or(u32::MAX)
}
