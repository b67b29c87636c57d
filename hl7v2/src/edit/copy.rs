//! An edited copy in one pass: for messages that are only to be written, not to be read again.

use alloc::vec::Vec;
use core::ops::Range;

use crate::edit::{EditError, Encoder, Target, Value, spot};
use crate::message::Message;

/// Bytes that stand in for a range of the message.
pub(super) struct Patch {
    pub(super) range: Range<usize>,
    /// Where they are among the bytes of all patches.
    with: Range<usize>,
}

impl Patch {
    /// Nothing in place of a range.
    pub(super) fn removal(range: Range<usize>) -> Self {
        Self { range, with: 0..0 }
    }
}

impl Message<'_> {
    /// The bytes of the message with places set, as [`set`](Self::set) after `set` on a copy would leave them.
    ///
    /// The message stays as it is: so one message is written for several receivers. It is also the fastest way to write
    /// an edited message that is not read again, for nothing but the bytes is made anew.
    ///
    /// # Errors
    ///
    /// As [`set`](Self::set), for the first edit that cannot be made.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::{Message, Path};
    ///
    /// let (application, facility) = (Path::parse("MSH-5")?, Path::parse("MSH-6")?);
    /// let msg = Message::parse(b"MSH|^~\\&|LAB||||||ADT^A08|1|T|2.5.1\rPID|1\r")?;
    /// for (receiver, written) in [("EHR", &b"MSH|^~\\&|LAB||EHR|WARD"[..]), ("PACS", b"MSH|^~\\&|LAB||PACS|WARD")] {
    ///     let bytes = msg.to_bytes_with([(&application, receiver), (&facility, "WARD")])?;
    ///     assert!(bytes.starts_with(written));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_bytes_with<'v, T, V>(
        &self,
        edits: impl IntoIterator<Item = (T, V)>,
    ) -> Result<Vec<u8>, EditError>
    where
        T: Target,
        V: Into<Value<'v>>,
    {
        let mut edits = edits.into_iter().map(|(at, value)| (at, value.into()));
        let (first, second) = (edits.next(), edits.next());
        if let (Some((at, value)), None) = (&first, &second)
            && let Some(bytes) = self.with_one(at, value)
        {
            return Ok(bytes);
        }
        let edits: Vec<_> = first.into_iter().chain(second).chain(edits).collect();
        if let Some((patches, bytes)) = self.patches(&edits) {
            return Ok(self.patched(&patches, &bytes));
        }
        // One after the other, with all that this can come to.
        let mut copy = self.clone();
        for (at, value) in edits {
            copy.set(at, value)?;
        }
        Ok(copy.into_bytes().into_owned())
    }

    /// The bytes with one place set; `None` where more goes with it, or where it is refused.
    fn with_one(&self, at: &impl Target, value: &Value<'_>) -> Option<Vec<u8>> {
        if !self.reading().is_plain() {
            return None;
        }
        let spot = at.spots(self).ok()?.only()?;
        let encoder = Encoder::of(self);
        let mut padding = Vec::new();
        let room = spot::room(self, &spot, &encoder, &mut padding).ok()?;
        let source = self.as_bytes();
        let stays = source.len() - room.range.len().min(source.len());
        let mut out = Vec::with_capacity(stays + padding.len() + value.length());
        out.extend_from_slice(source.get(..room.range.start)?);
        out.extend_from_slice(&padding);
        let written = encoder.write(value, spot.level(), false, &mut out).ok()?;
        let extent = room.extent(&spot, &written);
        if self.has_far_effects(&room.range, out.get(room.range.start..)?, extent, written.foreign) {
            return None;
        }
        out.extend_from_slice(source.get(room.range.end..)?);
        Some(out)
    }

    /// What each edit comes to, in the order of the message; `None` where one may depend on another, or is refused.
    pub(super) fn patches(&self, edits: &[(impl Target, Value<'_>)]) -> Option<(Vec<Patch>, Vec<u8>)> {
        let later = edits.iter().skip(1);
        if !self.reading().is_plain() || later.clone().any(|(at, _)| at.depends()) {
            return None;
        }
        let encoder = Encoder::of(self);
        let mut bytes = Vec::with_capacity(64 * edits.len());
        let mut patches: Vec<Patch> = Vec::with_capacity(edits.len());
        for (at, value) in edits {
            let spots = at.spots(self).ok().filter(|spots| !spots.is_empty())?;
            for spot in spots.backwards() {
                let start = bytes.len();
                let room = spot::room(self, &spot, &encoder, &mut bytes).ok()?;
                let written = encoder.write(value, spot.level(), false, &mut bytes).ok()?;
                let extent = room.extent(&spot, &written);
                if self.has_far_effects(&room.range, &bytes[start..], extent, written.foreign) {
                    return None;
                }
                patches.push(Patch {
                    range: room.range,
                    with: start..bytes.len(),
                });
            }
        }
        patches.sort_by_key(|patch| patch.range.start);
        let apart = patches.windows(2).all(|pair| match pair {
            [one, next] => one.range.end < next.range.start,
            _ => true,
        });
        apart.then_some((patches, bytes))
    }

    pub(super) fn patched(&self, patches: &[Patch], bytes: &[u8]) -> Vec<u8> {
        let source = self.as_bytes();
        let mut out = Vec::with_capacity(source.len() + bytes.len());
        let mut done = 0;
        for patch in patches {
            out.extend_from_slice(source.get(done..patch.range.start).unwrap_or(&[]));
            out.extend_from_slice(bytes.get(patch.with.clone()).unwrap_or(&[]));
            done = patch.range.end;
        }
        out.extend_from_slice(source.get(done..).unwrap_or(&[]));
        out
    }
}
