//! One difference.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use core::fmt;
use core::ops::Range;

use crate::location::Location;
use crate::segment::Segment;
use crate::value::Place;

/// What happened from the left message to the right one.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{ChangeKind, Message};
///
/// let left = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7\r")?;
/// let right = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1|9\r")?;
/// let kinds: Vec<_> = left.diff(&right).iter().map(|change| change.kind()).collect();
/// assert_eq!(kinds, [ChangeKind::Added, ChangeKind::Removed]);
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// The right message has it, the left one has not.
    Added,
    /// The left message has it, the right one has not.
    Removed,
    /// Both have it, with different values; the explicit null is a value.
    Changed,
}

impl ChangeKind {
    /// `added`, `removed` or `changed`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::ChangeKind;
    /// assert_eq!(ChangeKind::Added.as_str(), "added");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// A difference: a segment, a repetition or a value. `Display` and `Debug` show what happened where, no value.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{ChangeKind, Message};
///
/// let left = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7||Doe^Ann\r")?;
/// let right = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7||Doe^Anna\r")?;
/// let change = &left.diff(&right)[0];
/// assert_eq!((change.kind(), change.to_string()), (ChangeKind::Changed, "changed PID-5.2".to_owned()));
/// assert_eq!((change.left_text().as_deref(), change.right_text().as_deref()), (Some("Ann"), Some("Anna")));
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Change<'m> {
    pub(super) left: Option<Side<'m>>,
    pub(super) right: Option<Side<'m>>,
}

/// What stands on one side.
#[derive(Clone, Copy)]
pub(super) enum Side<'m> {
    Segment(Segment<'m>),
    Place(Place<'m>),
}

impl<'m> Side<'m> {
    pub(super) fn location(&self) -> Location {
        match self {
            Self::Segment(segment) => segment.location(),
            Self::Place(place) => place.location(),
        }
    }

    pub(super) fn range(&self) -> Range<usize> {
        match self {
            Self::Segment(segment) => segment.range(),
            Self::Place(place) => place.range(),
        }
    }

    fn place(self) -> Option<Place<'m>> {
        match self {
            Self::Segment(_) => None,
            Self::Place(place) => Some(place),
        }
    }

    fn segment(self) -> Segment<'m> {
        match self {
            Self::Segment(segment) => segment,
            Self::Place(place) => place.segment(),
        }
    }

    fn text(self) -> Cow<'m, str> {
        match self {
            Self::Segment(segment) => String::from_utf8_lossy(segment.raw()),
            Self::Place(place) => place.text(),
        }
    }
}

impl<'m> Change<'m> {
    /// What happened.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{ChangeKind, Message};
    /// let left = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7\r")?;
    /// let right = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||8\r")?;
    /// let changes = left.diff(&right);
    /// assert_eq!(changes[0].kind(), ChangeKind::Changed);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn kind(&self) -> ChangeKind {
        match (&self.left, &self.right) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        }
    }

    /// The place in the left message, or in the right one if it was added. A whole segment has field 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let left = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7\r")?;
    /// let right = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||8\r")?;
    /// let changes = left.diff(&right);
    /// assert_eq!(changes[0].location().segment(), "PID");
    /// assert_eq!(changes[0].location().field(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn location(&self) -> Location {
        let side = self.left.or(self.right);
        // A change has at least one side.
        side.map_or(Location::NOWHERE, |side| side.location())
    }

    /// The place in the left message; `None` if it was added, or for a whole segment.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let left = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7\r")?;
    /// let right = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||8\r")?;
    /// let changes = left.diff(&right);
    /// assert_eq!(changes[0].left().map(|place| place.raw()), Some(&b"7"[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn left(&self) -> Option<Place<'m>> {
        self.left?.place()
    }

    /// The place in the right message; `None` if it was removed, or for a whole segment.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let left = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7\r")?;
    /// let right = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||8\r")?;
    /// let changes = left.diff(&right);
    /// assert_eq!(changes[0].right().map(|place| place.raw()), Some(&b"8"[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn right(&self) -> Option<Place<'m>> {
        self.right?.place()
    }

    /// The segment of the left message that the change is in, or that was removed.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let left = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7\r")?;
    /// let right = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||8\r")?;
    /// let changes = left.diff(&right);
    /// assert_eq!(changes[0].left_segment().map(|segment| segment.id()), Some("PID"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn left_segment(&self) -> Option<Segment<'m>> {
        self.left.map(Side::segment)
    }

    /// The segment of the right message that the change is in, or that was added.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let left = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7\r")?;
    /// let right = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||8\r")?;
    /// let changes = left.diff(&right);
    /// assert_eq!(changes[0].right_segment().map(|segment| segment.id()), Some("PID"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn right_segment(&self) -> Option<Segment<'m>> {
        self.right.map(Side::segment)
    }

    /// The text on the left: **a value of the message**. Of a whole segment it is as it was sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let left = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7\r")?;
    /// let right = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||8\r")?;
    /// let changes = left.diff(&right);
    /// assert_eq!(changes[0].left_text().as_deref(), Some("7"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn left_text(&self) -> Option<Cow<'m, str>> {
        self.left.map(Side::text)
    }

    /// The text on the right: **a value of the message**. Of a whole segment it is as it was sent.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let left = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7\r")?;
    /// let right = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||8\r")?;
    /// let changes = left.diff(&right);
    /// assert_eq!(changes[0].right_text().as_deref(), Some("8"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn right_text(&self) -> Option<Cow<'m, str>> {
        self.right.map(Side::text)
    }
}

impl fmt::Display for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let here = self.location();
        write!(f, "{} {here}", self.kind().as_str())?;
        match self.right.map(|right| right.location()) {
            Some(there) if there.to_string() != here.to_string() => write!(f, " (now {there})"),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for Change<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
