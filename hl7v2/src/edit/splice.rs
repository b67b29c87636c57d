//! Changing bytes and the index with them: only the segment that is touched is read again.

use alloc::vec::Vec;
use core::ops::Range;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::charset::{Charset, Reading, mask};
use crate::edit::{EditError, EditErrorKind};
use crate::index::{Findings, Index};
use crate::limits::Limits;
use crate::message::{Message, ParseOptions};
use crate::opening::may_trail;

/// What an edit changed, so that it can be undone: see [`Message::undo`].
///
/// `Debug` shows counts, never bytes.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7\r")?;
/// let edit = msg.set("PID-3", "8")?;
/// assert_eq!(edit.count(), 1);
/// msg.undo(edit)?;
/// assert!(msg.as_bytes().ends_with(b"PID|1||7\r"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Edit {
    first: Option<Splice>,
    rest: Vec<Splice>,
    /// The states of the message before it and after it.
    before: Revision,
    after: Revision,
}

impl Edit {
    /// How many places were written. A place that held the value already counts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1\rOBX|2\r")?;
    /// let edit = msg.set("OBX[*]-11", "F")?;
    /// assert_eq!(edit.count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn count(&self) -> usize {
        self.rest
            .iter()
            .chain(&self.first)
            .map(|splice| splice.places)
            .sum()
    }

    /// True if there was nothing to be done, as when what is removed is not there.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1\rOBX|2\r")?;
    /// let edit = msg.set("OBX[*]-11", "F")?;
    /// assert!(!edit.is_empty());
    /// assert!(msg.remove("PID")?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    fn push(&mut self, splice: Splice) {
        match self.first {
            None => self.first = Some(splice),
            Some(_) => self.rest.push(splice),
        }
    }
}

impl core::fmt::Debug for Edit {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Edit")
            .field("count", &self.count())
            .finish_non_exhaustive()
    }
}

/// Bytes that stand in for others.
#[derive(Clone, PartialEq, Eq)]
struct Splice {
    at: usize,
    removed: Vec<u8>,
    inserted: usize,
    extent: Extent,
    /// True if the whole message has to be read again.
    whole: bool,
    /// How text was read before.
    reading: Reading,
    /// How many places were written at once.
    places: usize,
}

/// How text is read, and the bytes of MSH-18 that go with it.
struct Settled {
    reading: Reading,
    declared: Vec<u8>,
}

/// What of the structure a change of bytes changes. Segments are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Nothing: a value without parts stands in for another.
    Leaf(u32),
    /// The fields of one segment, and what is in them.
    Segment(u32),
    /// A segment more: the one with this index.
    Insert(u32),
    /// A segment fewer: the one that had this index.
    Remove(u32),
    /// Values of several segments, none of which has far effects.
    Several,
    /// So many segments fewer, the first one not among them.
    RemoveSeveral(u32),
    /// So many segments more: those that were removed.
    InsertSeveral(u32),
}

impl Extent {
    fn undone(self) -> Self {
        match self {
            Self::Insert(segment) => Self::Remove(segment),
            Self::Remove(segment) => Self::Insert(segment),
            Self::RemoveSeveral(count) => Self::InsertSeveral(count),
            Self::InsertSeveral(count) => Self::RemoveSeveral(count),
            same => same,
        }
    }

    /// The one segment that changes.
    fn segment(self) -> Option<u32> {
        match self {
            Self::Leaf(segment) | Self::Segment(segment) | Self::Insert(segment) | Self::Remove(segment) => {
                Some(segment)
            }
            Self::Several | Self::RemoveSeveral(_) | Self::InsertSeveral(_) => None,
        }
    }
}

/// The state of a message among those that edits gave it: a number that no other state has, of whatever message, but that
/// of a copy; 0 before the first edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Revision(usize);

/// The number that was given last.
static LAST: AtomicUsize = AtomicUsize::new(0);

impl Revision {
    fn next() -> Self {
        Self(LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1))
    }
}

/// A row of changes that are made as one: all of them, or none.
pub(crate) struct Change<'e, 'a> {
    message: &'e mut Message<'a>,
    edit: Edit,
}

impl<'e, 'a> Change<'e, 'a> {
    pub(crate) fn new(message: &'e mut Message<'a>) -> Self {
        let before = message.revision;
        Self {
            message,
            edit: Edit {
                first: None,
                rest: Vec::new(),
                before,
                after: before,
            },
        }
    }

    pub(crate) fn message(&self) -> &Message<'a> {
        self.message
    }

    /// Puts bytes in place of a range; refused, and nothing changed, where more than `extent` would change.
    pub(crate) fn replace(
        &mut self,
        range: Range<usize>,
        with: &[u8],
        extent: Extent,
        foreign: bool,
    ) -> Result<(), EditError> {
        self.replace_places(range, with, extent, foreign, 1)
    }

    /// As [`replace`](Self::replace), for so many places.
    pub(super) fn replace_places(
        &mut self,
        range: Range<usize>,
        with: &[u8],
        extent: Extent,
        foreign: bool,
        places: usize,
    ) -> Result<(), EditError> {
        let message = &mut *self.message;
        // Places are 32 bits wide.
        if (message.as_bytes().len() - range.len()).saturating_add(with.len()) > u32::MAX as usize - 16 {
            return Err(EditError::new(EditErrorKind::Limit));
        }
        let whole = message.has_far_effects(&range, with, extent, foreign);
        let rest = message.delimiters_after(range.end, extent);
        let end = message.end_after(&range, with, extent);
        let reading = message.reading();
        let settled = if whole { message.settled() } else { None };
        let segments = message.index.segments.len();
        let expected = match extent {
            Extent::Insert(_) => segments + 1,
            Extent::Remove(_) => segments - 1,
            Extent::RemoveSeveral(count) => segments.saturating_sub(count as usize),
            Extent::InsertSeveral(count) => segments + count as usize,
            Extent::Leaf(_) | Extent::Segment(_) | Extent::Several => segments,
        };
        let splice = Splice {
            at: range.start,
            removed: message.exchange(range, with),
            inserted: with.len(),
            extent,
            whole,
            reading,
            places,
        };
        let followed = message.follow(&splice, settled).is_ok();
        if !followed && !whole {
            // The index is that of before.
            message.exchange(splice.at..splice.at + splice.inserted, &splice.removed);
            return Err(EditError::new(EditErrorKind::Structure));
        }
        let holds = followed
            && message.index.segments.len() == expected
            && message.end_after(&(0..0), b"", extent) == end
            && message.ends_with(&splice)
            && message.ends_whole()
            && message.are_delimiters(&splice, with, &rest);
        if holds {
            self.edit.push(splice);
            return Ok(());
        }
        message.revert(splice);
        Err(EditError::new(EditErrorKind::Structure))
    }

    /// The edit that was made.
    pub(crate) fn done(self) -> Edit {
        let mut edit = self.edit;
        if !edit.is_empty() {
            self.message.revision = Revision::next();
            edit.after = self.message.revision;
        }
        edit
    }

    /// Takes back what was changed so far.
    pub(crate) fn fail(self, error: EditError) -> EditError {
        for splice in self.edit.rest.into_iter().rev().chain(self.edit.first) {
            self.message.revert(splice);
        }
        error
    }
}

impl<'a> Message<'a> {
    /// Takes an edit back: the bytes are again those from before it, to the last one.
    ///
    /// Edits are undone from the last to the first.
    ///
    /// # Errors
    ///
    /// [`EditErrorKind::Stale`] if the message has been edited since and that has not been undone, or if the edit is
    /// one of another message.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let bytes = b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7\r";
    /// let mut msg = Message::parse(bytes)?;
    /// let name = msg.set("PID-5.2", "Ann")?;
    /// let note = msg.push_segment(("NTE", ["1", "", "seen"]))?;
    /// assert!(msg.undo(name.clone()).is_err());
    /// msg.undo(note)?;
    /// msg.undo(name)?;
    /// assert_eq!(msg.as_bytes(), bytes);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn undo(&mut self, edit: Edit) -> Result<(), EditError> {
        if edit.is_empty() {
            return Ok(());
        }
        if edit.after != self.revision {
            return Err(EditError::new(EditErrorKind::Stale));
        }
        let before = edit.before;
        for splice in edit.rest.into_iter().rev().chain(edit.first) {
            self.revert(splice);
        }
        self.revision = before;
        Ok(())
    }

    /// Takes one change of bytes back.
    fn revert(&mut self, splice: Splice) {
        let undone = Splice {
            at: splice.at,
            inserted: splice.removed.len(),
            removed: self.exchange(splice.at..splice.at + splice.inserted, &splice.removed),
            extent: splice.extent.undone(),
            whole: splice.whole,
            reading: splice.reading,
            places: splice.places,
        };
        // Bytes that have been read once are read again, and as they were.
        let _ = self.follow(&undone, None);
        if splice.whole {
            self.read_as(splice.reading);
        }
    }

    /// True if what is changed may mean something outside its segment, or other than what it says.
    pub(super) fn has_far_effects(
        &self,
        range: &Range<usize>,
        with: &[u8],
        extent: Extent,
        foreign: bool,
    ) -> bool {
        if with.last().copied().is_some_and(may_trail) {
            // At the end of the message it would be left out.
            return true;
        }
        if foreign && self.charset() == Charset::Ascii {
            // What the message is read in may follow from these bytes.
            return true;
        }
        let Some(number) = extent.segment() else {
            return false;
        };
        let Some(segment) = self.segment_at(number as usize + 1) else {
            return false;
        };
        if let Extent::Insert(_) = extent {
            return false;
        }
        // A line feed inside a field ends the segment if what follows it looks like one.
        if with.contains(&b'\n') || self.index.line_feeds && segment.raw().contains(&b'\n') {
            return true;
        }
        if number > 0 {
            return false;
        }
        // MSH: the character set may change.
        let charset = segment.field(18).map_or(range.end, |field| field.range().start);
        !matches!(extent, Extent::Leaf(_)) || !self.reading().is_plain() || range.end >= charset
    }

    /// Where the segment ends once bytes stand in place of a range of it; 0 for a segment that comes or goes.
    fn end_after(&self, range: &Range<usize>, with: &[u8], extent: Extent) -> usize {
        let (Extent::Leaf(segment) | Extent::Segment(segment)) = extent else {
            return 0;
        };
        let segment = self.segment_at(segment as usize + 1);
        segment.map_or(0, |segment| {
            (segment.range().end + with.len()).saturating_sub(range.len())
        })
    }

    /// True unless a segment that was inserted ends before its bytes do, as one does whose last byte is a line feed.
    fn ends_with(&self, splice: &Splice) -> bool {
        let Extent::Insert(segment) = splice.extent else {
            return true;
        };
        let end = self
            .segment_at(segment as usize + 1)
            .map(|segment| segment.range().end);
        end == Some(splice.at + splice.inserted)
    }

    /// True unless the last segment has come to end in bytes that are left out behind a message.
    fn ends_whole(&self) -> bool {
        let last = self.segments().next_back();
        !last.is_some_and(|last| last.raw().last().copied().is_some_and(may_trail))
    }

    /// The delimiters of a segment from a byte on, in a set where characters may hide delimiters: what follows a value
    /// that is cut off inside a character belongs to that character.
    fn delimiters_after(&self, at: usize, extent: Extent) -> Vec<u8> {
        let (Extent::Leaf(segment) | Extent::Segment(segment)) = extent else {
            return Vec::new();
        };
        let line = self
            .segment_at(segment as usize + 1)
            .map(|segment| segment.range());
        match line {
            Some(line) if !self.reading().is_plain() => self.delimiters(line.clone(), at - line.start),
            _ => Vec::new(),
        }
    }

    /// The delimiters in a line, from a place in it on; other bytes are zero.
    fn delimiters(&self, line: Range<usize>, from: usize) -> Vec<u8> {
        let characters = self.encoding_characters();
        let line = self.as_bytes().get(line).unwrap_or(&[]);
        let mut masked = mask(line, &characters, self.reading());
        masked.drain(..from.min(masked.len()));
        for byte in &mut masked {
            if *byte != characters.field && !characters.encoding().any(|of| of == *byte) {
                *byte = 0;
            }
        }
        masked
    }

    /// True if what was written, and what follows it, is read as the delimiters that it was meant to be.
    fn are_delimiters(&self, splice: &Splice, with: &[u8], rest: &[u8]) -> bool {
        let (Extent::Leaf(segment) | Extent::Segment(segment)) = splice.extent else {
            return true;
        };
        if self.reading().is_plain() {
            return true;
        }
        let Some(line) = self
            .segment_at(segment as usize + 1)
            .map(|segment| segment.range())
        else {
            return false;
        };
        let range = splice.at..splice.at + splice.inserted;
        let (own, from) = (self.delimiters(range, 0), splice.at - line.start);
        let found = self.delimiters(line, from);
        // Where MSH-18 was changed, the rest is read as the new set has it.
        found.get(..with.len()) == Some(&own[..])
            && (rest.is_empty() || found.get(with.len()..) == Some(rest))
    }

    /// Puts bytes in place of a range, which it gives.
    fn exchange(&mut self, range: Range<usize>, with: &[u8]) -> Vec<u8> {
        self.escapes_follow(&range, with);
        let stands = self.reading().stands(with, with.is_ascii());
        self.source.replace(range, with, stands)
    }

    /// Brings the index up to date after a change of bytes; `settled` is what [`Message::settled`] said before it.
    fn follow(&mut self, splice: &Splice, settled: Option<Settled>) -> Result<(), EditError> {
        if splice.whole {
            return self.read_again(settled);
        }
        let grown = (splice.inserted as u32).wrapping_sub(splice.removed.len() as u32);
        match splice.extent {
            Extent::Leaf(segment) => self.index.shift(segment as usize, splice.at as u32, grown),
            Extent::Segment(segment) => {
                let at = segment as usize;
                let Some(entry) = self.index.segments.get(at).copied() else {
                    return Err(EditError::new(EditErrorKind::Structure));
                };
                let line = entry.start as usize..entry.end.wrapping_add(grown) as usize;
                let fresh = self.lines(line.clone())?;
                self.index.replace(at..at + 1, &fresh, line.start as u32, grown);
            }
            Extent::Insert(segment) => {
                let at = segment as usize;
                let line = splice.at..splice.at + splice.inserted;
                let fresh = self.lines(line.clone())?;
                self.index.replace(at..at, &fresh, line.start as u32, grown);
            }
            Extent::Remove(segment) => {
                let at = segment as usize;
                self.index.replace(at..at + 1, &Index::default(), 0, grown);
            }
            Extent::Several | Extent::RemoveSeveral(_) | Extent::InsertSeveral(_) => {
                self.index = self.read_anew()?.index.clone();
                return Ok(());
            }
        }
        if !matches!(splice.extent, Extent::Leaf(_)) {
            self.mark_again();
        }
        Ok(())
    }

    /// Makes the marks for large fields anew, where there are or have to be some.
    fn mark_again(&mut self) {
        let characters = self.encoding_characters();
        self.index.marks.clear();
        if self.index.wants_marks(0) {
            self.index.mark(self.source.bytes(), &characters);
        }
    }

    /// The index of a run of bytes that holds one segment.
    fn lines(&self, range: Range<usize>) -> Result<Index, EditError> {
        let line = self.as_bytes().get(range).unwrap_or(&[]);
        let characters = self.encoding_characters();
        let masked;
        let line = if self.reading().is_plain() {
            line
        } else {
            masked = mask(line, &characters, self.reading());
            &masked
        };
        let mut index = Index::default();
        let limits = Limits::default();
        index
            .scan(line, 0, &characters, &limits, &mut Findings::default())
            .map_err(|_| EditError::new(EditErrorKind::Structure))?;
        if index.segments.len() == 1 {
            Ok(index)
        } else {
            Err(EditError::new(EditErrorKind::Structure))
        }
    }

    /// The message that the bytes are now.
    fn read_anew(&self) -> Result<Message<'_>, EditError> {
        let limits = Limits::default()
            .bytes(usize::MAX)
            .segments(usize::MAX)
            .findings(0);
        let options = ParseOptions::new().limits(limits);
        let read = match self.source.text() {
            Some(text) if self.decoded => options.parse_str(text),
            _ => options.parse(self.as_bytes()),
        };
        read.map_err(|_| EditError::new(EditErrorKind::Structure))
    }

    /// How text is read, where bytes outside ASCII had a say in it.
    fn settled(&self) -> Option<Settled> {
        if self.charset() == Charset::Ascii && self.as_bytes().is_ascii() {
            return None;
        }
        Some(Settled {
            reading: self.reading(),
            declared: self.declaration().to_vec(),
        })
    }

    /// MSH-18 as it stands in the message.
    fn declaration(&self) -> &[u8] {
        let field = self.segment_at(1).and_then(|msh| msh.field(18));
        field.map_or(&[], |field| field.raw())
    }

    /// Reads all bytes again. What reading noticed first stays as it was; so does the set in which text is read while
    /// MSH-18 is the same, or the bytes of one value would change what another one says.
    fn read_again(&mut self, settled: Option<Settled>) -> Result<(), EditError> {
        let fresh = self.read_anew()?;
        let stays = settled.filter(|it| it.declared == fresh.declaration());
        let reading = stays.map_or_else(|| fresh.reading(), |it| it.reading);
        self.index = fresh.index.clone();
        self.read_as(reading);
        Ok(())
    }

    /// Reads text in this way from now on.
    fn read_as(&mut self, reading: Reading) {
        self.source.look();
        let bytes = self.as_bytes();
        let stands = reading.stands(bytes, bytes.is_ascii());
        self.set_reading(reading, stands);
    }
}
