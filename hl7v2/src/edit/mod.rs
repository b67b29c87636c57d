//! Editing a message in place.
//!
//! [`Message::set`], [`insert`](Message::insert), [`push`](Message::push) and [`remove`](Message::remove) take a
//! [`Target`] (a path, compiled or not, or a [`Location`](crate::Location)) and a [`Value`];
//! [`Message::segment_mut`] gives handles that go down by numbers. What is edited is read at once by everything
//! that reads: the index follows each edit, and only the segment that is touched is read again.
//!
//! # What changes
//!
//! - Only the bytes of the edited place, and the delimiters that it needs or leaves over. All else stays as it was
//!   sent: odd escapes, terminators, blank lines, indentation, trailing delimiters.
//! - A place that is not there is made: delimiters are added up to it. A segment that is not there is made by
//!   [`Message::put`], [`add_segment`](Message::add_segment) and [`add_group`](Message::add_group), where the structure
//!   of the message has it (feature `versions`); by [`set`](Message::set) it is refused.
//! - A place that is removed becomes empty, so that what comes after it keeps its number. Was it the last one of
//!   its parent, then the delimiters that would trail go too, level by level. A repetition among several, and a
//!   segment, are taken out of the row.
//! - Text is escaped for the delimiters and encoded in the character set of the message; a character that the
//!   set lacks is refused, and nothing is changed.
//! - [`Message::findings`] stay those of the bytes that were read first.
//! - Setting MSH-18 says what the bytes are; it does not encode them anew. A message that names no set keeps the
//!   one it was read in.
//!
//! [`Message::to_bytes_with`] writes an edited copy and leaves the message alone.
//!
//! Every edit gives an [`Edit`], and [`Message::undo`] takes it back, byte for byte.
//!
//! # Examples
//!
//! ```
//! use carewire_hl7v2::Message;
//!
//! let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7||Doe^Ann\r")?;
//! let edit = msg.set("PID-3[2]", ["8", "", "", "LAB & Co"])?;
//! msg.remove("PID-5.2")?;
//! assert!(msg.as_bytes().ends_with(b"PID|1||7~8^^^LAB \\T\\ Co||Doe\r"));
//! assert_eq!(msg.find("PID-3[2].4")?.map(|by| by.text()).as_deref(), Some("LAB & Co"));
//! assert!(msg.undo(edit).is_err()); // The last edit is undone first.
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod copy;
mod encoder;
mod error;
mod handle;
mod reindex;
mod segments;
mod several;
mod splice;
mod spot;
#[cfg(feature = "versions")]
mod structure;
mod target;
mod value;

use alloc::borrow::Cow;
use alloc::vec::Vec;

pub(crate) use encoder::{Encoder, Level};
pub use error::{EditError, EditErrorKind};
pub use handle::{PlaceMut, SegmentMut};
#[cfg(feature = "versions")]
pub(crate) use segments::terminator;
pub use splice::Edit;
pub(crate) use splice::Revision;
use splice::{Change, Extent};
pub use target::Target;
pub(crate) use target::{Spot, Spots};
pub use value::Value;

use crate::message::Message;

impl<'a> Message<'a> {
    /// Sets a place to a value, whatever was there; makes the place if it is not there.
    ///
    /// A path with `*` or a condition sets every place that fits. A value stands in for the whole place, with all
    /// its parts: after `set("PID-5", "Doe")` there is no PID-5.2.
    ///
    /// # Errors
    ///
    /// [`EditError`], and the message is as it was. [`EditErrorKind::Missing`] if no segment, or no repetition with
    /// that condition, is there: segments are not made; [`put`](Self::put) makes them.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::{EditErrorKind, Message, Value};
    ///
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A^PI~8^^^B^MR||D\\X6F\\e^Ann\r")?;
    /// msg.set("PID-5.2", "Ann & Mary")?;
    /// msg.set("PID-3[.5='MR'].1", "9")?;
    /// msg.set("PID-7", Value::NULL)?;
    /// msg.set("PID-11.3", "Springfield")?;
    /// assert_eq!(
    ///     msg.segment("PID").map(|pid| pid.raw()),
    ///     Some(&b"PID|1||7^^^A^PI~9^^^B^MR||D\\X6F\\e^Ann \\T\\ Mary||\"\"||||^^Springfield"[..]),
    /// );
    /// assert_eq!(msg.set("PV1-2", "I").unwrap_err().kind(), EditErrorKind::Missing);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.7 Use of escape sequences in text fields.
    pub fn set<'v>(&mut self, at: impl Target, value: impl Into<Value<'v>>) -> Result<Edit, EditError> {
        let edit = [(at.spots(self)?, value.into())];
        if let Some(edit) = self.set_several(edit[0].0.len(), &edit) {
            return Ok(edit);
        }
        let [(spots, value)] = edit;
        self.edit(spots, |change, spot, encoder| {
            write(change, spot, &value, encoder)
        })
    }

    /// Inserts a repetition before the one that is named; those from there on move.
    ///
    /// Beyond the last repetition it is [`set`](Self::set). The target is a field or repetition.
    ///
    /// # Errors
    ///
    /// As [`set`](Self::set); [`EditErrorKind::Level`] for a path to a component.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7~8\r")?;
    /// msg.insert("PID-3[2]", ["9", "", "", "A"])?;
    /// assert!(msg.as_bytes().ends_with(b"PID|||7~9^^^A~8\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn insert<'v>(&mut self, at: impl Target, value: impl Into<Value<'v>>) -> Result<Edit, EditError> {
        let (spots, value) = (at.spots(self)?, value.into());
        self.edit(spots, |change, spot, encoder| {
            insert(change, spot, &value, encoder)
        })
    }

    /// Adds a repetition behind the last one of a field; the first one, if the field is empty or null.
    ///
    /// The target is the field, or any of its repetitions.
    ///
    /// # Errors
    ///
    /// As [`insert`](Self::insert).
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7\r")?;
    /// msg.push("PID-3", "8")?;
    /// msg.push("PID-13", "555-0100")?;
    /// assert!(msg.as_bytes().ends_with(b"PID|||7~8||||||||||555-0100\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn push<'v>(&mut self, at: impl Target, value: impl Into<Value<'v>>) -> Result<Edit, EditError> {
        let (spots, value) = (at.spots(self)?, value.into());
        if let Some(next) = self.next_of_several(&spots)
            && let Some(edit) = self.set_several(next.len(), &[(next, value.clone())])
        {
            return Ok(edit);
        }
        self.edit(spots, |change, spot, encoder| {
            let spot = spot::next(change.message(), &spot)?;
            write(change, spot, &value, encoder)
        })
    }

    /// Removes places: segments, repetitions, fields or parts. What is not there is removed already.
    ///
    /// A part becomes empty and the others keep their numbers; was it the last one, the delimiters before it that
    /// would trail go with it. A repetition among several and a segment are taken out of the row. A path to a field
    /// names its first repetition: `PID-3[*]` removes all.
    ///
    /// # Errors
    ///
    /// [`EditErrorKind::Header`] for the first segment, [`EditErrorKind::Delimiters`] for MSH-1 and MSH-2; and those
    /// of the path.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7^^^A~8||Doe^Ann|||F\rNTE|1\rNTE|2\r")?;
    /// msg.remove("PID-3[1].4")?;
    /// msg.remove("PID-3[2]")?;
    /// msg.remove("PID-5.1")?;
    /// msg.remove("PID-8")?;
    /// msg.remove("NTE[*]")?;
    /// assert!(msg.remove("PV1-2")?.is_empty());
    /// assert!(msg.as_bytes().ends_with(b"2.5.1\rPID|||7||^Ann\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn remove(&mut self, at: impl Target) -> Result<Edit, EditError> {
        let spots = at.spots(self)?;
        if spots.is_empty() {
            return Ok(Change::new(self).done());
        }
        if let Some(edit) = self.remove_several(&spots) {
            return Ok(edit);
        }
        self.edit(spots, |change, spot, _| {
            if spot.field == 0 {
                return segments::remove(change, spot.segment);
            }
            match spot::doomed(change.message(), &spot)? {
                None => Ok(()),
                Some(range) => change.replace(range, b"", Extent::Segment(spot.segment), false),
            }
        })
    }

    /// The bytes of the message, edits included, for it to be sent or kept; borrowed if it was never edited.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\r")?;
    /// msg.set("PID-8", "F")?;
    /// assert_eq!(msg.into_bytes(), b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1|||||||F\r".as_slice());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn into_bytes(self) -> Cow<'a, [u8]> {
        self.source.into_bytes()
    }

    /// Makes one change of every place, from the last to the first.
    fn edit(
        &mut self,
        spots: Spots,
        each: impl Fn(&mut Change<'_, 'a>, Spot, &Encoder) -> Result<(), EditError>,
    ) -> Result<Edit, EditError> {
        if spots.is_empty() {
            return Err(EditError::new(EditErrorKind::Missing));
        }
        let encoder = Encoder::of(self);
        let mut change = Change::new(self);
        for spot in spots.backwards() {
            if let Err(error) = each(&mut change, spot, &encoder) {
                let location = spot.location(change.message());
                return Err(change.fail(error.at(location)));
            }
        }
        Ok(change.done())
    }
}

/// Writes a value where a place is or is to be.
fn write(
    change: &mut Change<'_, '_>,
    spot: Spot,
    value: &Value<'_>,
    encoder: &Encoder,
) -> Result<(), EditError> {
    let mut bytes = Vec::with_capacity(32);
    let room = spot::room(change.message(), &spot, encoder, &mut bytes)?;
    let last = room.range.end == spot::segment(change.message(), &spot)?.range().end;
    let written = encoder.write(value, spot.level(), last, &mut bytes)?;
    let extent = room.extent(&spot, &written);
    change.replace(room.range, &bytes, extent, written.foreign)
}

/// Writes a repetition before one that is there, else where it is to be.
fn insert(
    change: &mut Change<'_, '_>,
    spot: Spot,
    value: &Value<'_>,
    encoder: &Encoder,
) -> Result<(), EditError> {
    if spot.component > 0 {
        return Err(EditError::new(EditErrorKind::Level));
    }
    let spot = Spot {
        repetition: spot.repetition.max(1),
        ..spot
    };
    let field = spot::segment(change.message(), &spot)?.field(spot.field as usize);
    let next = field
        .filter(|field| !field.is_empty())
        .and_then(|field| field.repetition(spot.repetition as usize))
        .map(|repetition| repetition.range().start);
    let Some(at) = next else {
        return write(change, spot, value, encoder);
    };
    let mut bytes = Vec::new();
    let written = encoder.write(value, Level::Repetition, false, &mut bytes)?;
    bytes.push(encoder.separator(Level::Repetition)?);
    change.replace(at..at, &bytes, Extent::Segment(spot.segment), written.foreign)
}
