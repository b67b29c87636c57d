//! Segments as a whole: inserting, removing, moving, numbering.

use alloc::vec::Vec;

use crate::build::SegmentBuilder;
use crate::edit::splice::{Change, Extent};
use crate::edit::target::Spot;
use crate::edit::{Edit, EditError, EditErrorKind, Encoder, Value};
use crate::message::Message;

impl<'a> Message<'a> {
    /// Inserts a segment, which then has the position, from 1; those from there on move.
    ///
    /// It ends as the segments of the message end. A position beyond the end is the end.
    ///
    /// # Errors
    ///
    /// [`EditErrorKind::Header`] for position 1, where MSH stands, and for a second MSH; else those of the values.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::{Message, SegmentBuilder};
    ///
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\nPID|1\nOBR|1\n")?;
    /// let after = msg.segment("PID").expect("a PID").position();
    /// msg.insert_segment(after + 1, SegmentBuilder::new("PV1").field(2, "O"))?;
    /// assert!(msg.as_bytes().ends_with(b"PID|1\nPV1||O\nOBR|1\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn insert_segment<'v>(
        &mut self,
        position: usize,
        segment: impl Into<SegmentBuilder<'v>>,
    ) -> Result<Edit, EditError> {
        let segment = segment.into();
        let index = position.saturating_sub(1).min(self.segments().len());
        let encoder = Encoder::of(self);
        let mut bytes = Vec::new();
        segment.write(&encoder, &mut bytes)?;
        self.change_segments(|change| insert(change, index, &bytes))
    }

    /// Adds a segment at the end; see [`insert_segment`](Self::insert_segment).
    ///
    /// # Errors
    ///
    /// As [`insert_segment`](Self::insert_segment).
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\r")?;
    /// msg.push_segment(("NTE", ["1", "", "all is well"]))?;
    /// assert!(msg.as_bytes().ends_with(b"PID|1\rNTE|1||all is well\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn push_segment<'v>(&mut self, segment: impl Into<SegmentBuilder<'v>>) -> Result<Edit, EditError> {
        self.insert_segment(usize::MAX, segment)
    }

    /// Moves the segment at one position to another, both from 1; its bytes stay as they are.
    ///
    /// # Errors
    ///
    /// [`EditErrorKind::Missing`] if there is no such position, [`EditErrorKind::Header`] for position 1.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPV1|1\rNTE|1\rPID|1")?;
    /// msg.move_segment(4, 2)?;
    /// assert!(msg.as_bytes().ends_with(b"2.5.1\rPID|1\rPV1|1\rNTE|1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn move_segment(&mut self, from: usize, to: usize) -> Result<Edit, EditError> {
        let count = self.segments().len();
        if from.min(to) == 1 {
            return Err(EditError::new(EditErrorKind::Header));
        }
        let segment = self.segment_at(from).filter(|_| to <= count && to > 0);
        let segment = segment.ok_or(EditError::new(EditErrorKind::Missing))?;
        let bytes = segment.raw().to_vec();
        self.change_segments(|change| {
            if from == to {
                return Ok(());
            }
            remove(change, from as u32 - 1)?;
            insert(change, to - 1, &bytes)
        })
    }

    /// Numbers the segments with an id in their first field, the set id: 1, 2, 3, and from 1 again after each segment
    /// whose id is in `restart`.
    ///
    /// # Errors
    ///
    /// [`EditErrorKind::Structure`] if a segment cannot be edited.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let mut msg = Message::parse(
    ///     b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBR|1\rOBX|1\rOBX|3\rNTE|1\rOBX|\rOBR|2\rOBX|4\r",
    /// )?;
    /// msg.renumber("OBX", &["OBR"])?;
    /// assert!(msg.as_bytes().ends_with(b"OBR|1\rOBX|1\rOBX|2\rNTE|1\rOBX|3\rOBR|2\rOBX|1\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2A, 2.A.64 SI - sequence ID.
    pub fn renumber(&mut self, id: &str, restart: &[&str]) -> Result<Edit, EditError> {
        let mut number = 0_u32;
        let mut numbers = Vec::new();
        for (index, segment) in self.segments().enumerate() {
            if restart.contains(&segment.id()) {
                number = 0;
            }
            if segment.id() == id {
                number += 1;
                numbers.push((index as u32, number));
            }
        }
        let first_field = |(segment, number): (u32, u32)| {
            let spot = Spot {
                field: 1,
                ..Spot::segment(segment)
            };
            (spot, Value::from(number))
        };
        let edits: Vec<_> = numbers.into_iter().map(first_field).collect();
        if let Some(edit) = self.set_several(edits.len(), &edits) {
            return Ok(edit);
        }
        let encoder = Encoder::of(self);
        self.change_segments(|change| {
            for (spot, value) in &edits {
                super::write(change, *spot, value, &encoder)?;
            }
            Ok(())
        })
    }

    pub(super) fn change_segments(
        &mut self,
        make: impl FnOnce(&mut Change<'_, 'a>) -> Result<(), EditError>,
    ) -> Result<Edit, EditError> {
        let mut change = Change::new(self);
        match make(&mut change) {
            Ok(()) => Ok(change.done()),
            Err(error) => Err(change.fail(error)),
        }
    }
}

/// How the segments of a message end: as MSH does, else in CR.
pub(crate) fn terminator(message: &Message<'_>) -> &'static [u8] {
    let end = message.segment_at(1).map_or(0, |msh| msh.range().end);
    match message.as_bytes().get(end..) {
        Some([b'\r', b'\n', ..]) => b"\r\n",
        Some([b'\n', ..]) => b"\n",
        _ => b"\r",
    }
}

/// The length of the terminator at a byte.
fn ending(message: &Message<'_>, at: usize) -> usize {
    match message.as_bytes().get(at..) {
        Some([b'\r', b'\n', ..]) => 2,
        Some([b'\r' | b'\n', ..]) => 1,
        _ => 0,
    }
}

/// Inserts the bytes of a segment behind the one before it, so that it has `index`, from 0.
pub(super) fn insert(change: &mut Change<'_, '_>, index: usize, bytes: &[u8]) -> Result<(), EditError> {
    let message = change.message();
    let Some(before) = message.segment_at(index) else {
        return Err(EditError::new(EditErrorKind::Header));
    };
    let at = before.range().end;
    let line = [terminator(message), bytes].concat();
    change.replace(at..at, &line, Extent::Insert(index as u32), !bytes.is_ascii())
}

/// Removes the segment with `index`, from 0, and one terminator.
pub(super) fn remove(change: &mut Change<'_, '_>, index: u32) -> Result<(), EditError> {
    let message = change.message();
    let position = index as usize + 1;
    let segment = message
        .segment_at(position)
        .ok_or(EditError::new(EditErrorKind::Missing))?;
    let before = message
        .segment_at(position - 1)
        .ok_or(EditError::new(EditErrorKind::Header))?;
    let range = if index == 1 {
        // How MSH ends says how all segments end: it keeps its terminator.
        let start = before.range().end + ending(message, before.range().end);
        start..segment.range().end + ending(message, segment.range().end)
    } else {
        before.range().end..segment.range().end
    };
    change.replace(range, b"", Extent::Remove(index), false)
}
