//! Segments.

use core::fmt;
use core::ops::Range;

use crate::location::Location;
use crate::message::Message;
use crate::value::Field;

/// A segment of a message: a small `Copy` handle.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7\r")?;
/// let pid = msg.segment_at(2).expect("a second segment");
/// assert_eq!((pid.id(), pid.position(), pid.raw()), ("PID", 2, &b"PID|1||7"[..]));
/// assert_eq!(pid.fields().count(), 3);
/// assert!(pid.field(4).is_none());
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.5.2 Segments.
#[derive(Clone, Copy)]
pub struct Segment<'m> {
    message: &'m Message<'m>,
    index: u32,
}

impl<'m> Segment<'m> {
    #[inline]
    pub(crate) fn new(message: &'m Message<'m>, index: u32) -> Self {
        Self { message, index }
    }

    /// The message that holds the segment.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\r")?;
    /// assert!(msg.segments().all(|segment| segment.message().as_bytes() == msg.as_bytes()));
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    #[inline]
    pub fn message(&self) -> &'m Message<'m> {
        self.message
    }

    #[inline]
    fn entry(&self) -> &'m crate::index::SegmentEntry {
        // A handle is made only for an entry that exists.
        &self.message.index.segments[self.index as usize]
    }

    /// The segment id, in upper case; empty for a line that begins with none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// assert_eq!(pid.id(), "PID");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn id(&self) -> &'m str {
        self.entry().id.as_str()
    }

    /// The number of the segment in the message, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// assert_eq!(pid.position(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn position(&self) -> usize {
        self.index as usize + 1
    }

    /// The number of the segment among those of the message that have its id, from 1. It is counted anew at
    /// each call.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// assert_eq!(pid.occurrence(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn occurrence(&self) -> usize {
        self.location().occurrence()
    }

    /// The bytes of the segment, without indentation and terminator.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// assert!(pid.raw().starts_with(b"PID|1||7"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn raw(&self) -> &'m [u8] {
        let entry = self.entry();
        self.message.slice(entry.start, entry.end)
    }

    /// The byte range of [`raw`](Self::raw) in the input.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// assert_eq!(&msg.as_bytes()[pid.range()], pid.raw());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn range(&self) -> Range<usize> {
        self.entry().start as usize..self.entry().end as usize
    }

    /// The path of the segment, `OBX[2]`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// assert_eq!(pid.location().to_string(), "PID");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn location(&self) -> Location {
        self.message.index.location(self.index as usize)
    }

    /// The number of fields, empty ones included. In MSH, FHS and BHS the separator counts as field 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// assert_eq!(pid.field_count(), 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn field_count(&self) -> usize {
        let entry = self.entry();
        entry.count as usize - 1 + usize::from(entry.header)
    }

    /// Field `n`, from 1; `None` beyond the last one that the sender wrote.
    ///
    /// In MSH, FHS and BHS, field 1 is the field separator itself and field 2 the encoding characters.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// assert_eq!(pid.field(3).map(|ids| ids.repetition_count()), Some(2));
    /// assert!(pid.field(6).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn field(&self, n: usize) -> Option<Field<'m>> {
        let entry = self.entry();
        if n == 0 {
            return None;
        }
        let number = u32::try_from(n).ok()?;
        if entry.header && n == 1 {
            let start = entry.start + 3;
            return Some(Field::new(
                self.message,
                self.index,
                number,
                start..start + 1,
                0..0,
            ));
        }
        let at = number - u32::from(entry.header);
        if at >= entry.count {
            return None;
        }
        let index = &self.message.index;
        let (first, end) = index.field(entry.fields + at)?;
        Some(Field::new(
            self.message,
            self.index,
            number,
            index.start(first)..entry.end.min(index.end_before(end)),
            first..end,
        ))
    }

    /// True for MSH, FHS and BHS, whose first two fields are delimiters.
    #[inline]
    pub(crate) fn has_delimiters(&self) -> bool {
        self.entry().header
    }

    /// The bytes of what holds something and no delimiter divides further, the subcomponents, in the order of the message. The first two fields
    /// of a header are delimiters, and have none.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A&B~8\r")?;
    /// let leaves = |id| {
    ///     let segments = msg.segment(id).into_iter();
    ///     segments.flat_map(|segment| segment.leaves()).map(|leaf| &msg.as_bytes()[leaf]).collect::<Vec<_>>()
    /// };
    /// assert_eq!(leaves("PID"), [&b"1"[..], b"7", b"A", b"B", b"8"]);
    /// assert_eq!(leaves("MSH")[..2], [&b"LAB"[..], b"ADT"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn leaves(&self) -> impl Iterator<Item = Range<usize>> + use<'m> {
        let (entry, index) = (self.entry(), &self.message.index);
        // The first field of the index is the segment id, and a header's second the other delimiters.
        let before = if entry.header { 2 } else { 1 };
        let leaf_of = |field: u32| index.fields.get(field as usize).map_or(0, |leaf| *leaf as usize);
        let own = leaf_of(entry.fields + before)..leaf_of(entry.fields + entry.count) + 1;
        let end = entry.end;
        let starts = index.starts.get(own).unwrap_or_default();
        let nexts = starts.get(1..).unwrap_or_default();
        starts.iter().zip(nexts).filter_map(move |(start, next)| {
            let end = end.min(next.saturating_sub(1));
            (*start < end).then_some(*start as usize..end as usize)
        })
    }

    /// Of each field that is not empty its number and its bytes, in order: the way with the least work to what a segment has.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A~8||\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// let filled: Vec<_> = pid.filled().map(|(number, bytes)| (number, &msg.as_bytes()[bytes])).collect();
    /// assert_eq!(filled, [(1, &b"1"[..]), (3, b"7^^^A~8")]);
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.5.3 Fields.
    #[inline]
    pub fn filled(&self) -> impl Iterator<Item = (usize, Range<usize>)> + use<'m> {
        let (entry, index) = (self.entry(), &self.message.index);
        // The first field of the index is the segment id, and a header's first field stands before its first.
        let separator = entry.start + 3..entry.start + 4;
        let first = entry.header.then_some((1, separator));
        let own = entry.fields as usize + 1..(entry.fields + entry.count) as usize + 1;
        let leaves = index.fields.get(own).unwrap_or_default();
        let nexts = leaves.get(1..).unwrap_or_default();
        let ranges = leaves.iter().zip(nexts).map(|(first, next)| {
            let end = index.end_before(*next).min(entry.end);
            index.start(*first)..end
        });
        let numbered = (1 + usize::from(entry.header)..).zip(ranges);
        let all = first.into_iter().chain(numbered);
        all.filter(|(_, range)| range.start < range.end)
            .map(|(number, range)| (number, range.start as usize..range.end as usize))
    }

    /// The field that a byte of the message is in; none for a byte of another segment, of the segment id or of a separator behind a field.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A&B~8\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// let numbers: Vec<_> = pid.leaves().filter_map(|leaf| pid.field_at(leaf.start)).map(|field| field.number()).collect();
    /// assert_eq!(numbers, [1, 3, 3, 3, 3]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn field_at(&self, offset: usize) -> Option<Field<'m>> {
        let (entry, index) = (self.entry(), &self.message.index);
        let offset = u32::try_from(offset).ok()?;
        let own = entry.fields as usize..(entry.fields + entry.count) as usize;
        let before = index
            .fields
            .get(own)?
            .partition_point(|leaf| index.start(*leaf) <= offset);
        let field = self.field(before.checked_sub(1)? + usize::from(entry.header))?;
        let bytes = field.range();
        (bytes.start..bytes.end)
            .contains(&(offset as usize))
            .then_some(field)
    }

    /// The fields, from 1 to the last one that the sender wrote.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|T|2.5.1\rPID|1||7^^^A~8||Doe&Van^Ann\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// assert_eq!(pid.fields().filter(|field| !field.is_empty()).count(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn fields(&self) -> Fields<'m> {
        Fields::new(*self)
    }
}

impl fmt::Debug for Segment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({} fields, {} bytes)",
            self.location(),
            self.field_count(),
            self.raw().len()
        )
    }
}

/// The segments of a message; made by [`Message::segments`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBR|1\rOBX|1\rOBX|2\r")?;
/// let mut segments = msg.segments();
/// assert_eq!((segments.len(), segments.next_back().map(|last| last.position())), (4, Some(4)));
/// assert_eq!(segments.filter(|segment| segment.id() == "OBX").count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Segments<'m> {
    message: &'m Message<'m>,
    range: Range<u32>,
}

impl<'m> Segments<'m> {
    #[inline]
    pub(crate) fn new(message: &'m Message<'m>) -> Self {
        Self {
            message,
            range: 0..message.index.segments.len() as u32,
        }
    }
}

impl<'m> Iterator for Segments<'m> {
    type Item = Segment<'m>;
    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.range.next().map(|index| Segment::new(self.message, index))
    }

    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        self.range.nth(n).map(|index| Segment::new(self.message, index))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl DoubleEndedIterator for Segments<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.range
            .next_back()
            .map(|index| Segment::new(self.message, index))
    }
}

impl ExactSizeIterator for Segments<'_> {}

/// The fields of a segment; made by [`Segment::fields`].
#[derive(Debug, Clone)]
pub struct Fields<'m> {
    segment: Segment<'m>,
    range: Range<usize>,
}

impl<'m> Fields<'m> {
    #[inline]
    pub(crate) fn new(segment: Segment<'m>) -> Self {
        Self {
            segment,
            range: 1..segment.field_count() + 1,
        }
    }
}

impl<'m> Iterator for Fields<'m> {
    type Item = Field<'m>;
    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.range.next().and_then(|n| self.segment.field(n))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

impl DoubleEndedIterator for Fields<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.range.next_back().and_then(|n| self.segment.field(n))
    }
}

impl ExactSizeIterator for Fields<'_> {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn leaves_are_the_subcomponents_that_hold_something() {
        for bytes in [
            &b"MSH|^~\\&|A^B&C~D|\"\"||\rPID|||1^^2&&3~~4||\rZ\r|lost|1\rNK1\rPV1|\r"[..],
            b"MSH|^|A^B~D&E\rPID|a^b~c&d",
            b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r\nBHS|^~\\&|X^1||Y\r\nOBX|1|TX|||line\nline^2\r\n",
        ] {
            let msg = Message::parse(bytes).unwrap();
            for segment in msg.segments() {
                let fields = segment
                    .fields()
                    .skip(if segment.has_delimiters() { 2 } else { 0 });
                let expected: Vec<_> = fields
                    .flat_map(|field| {
                        field
                            .repetitions()
                            .flat_map(move |it| it.components())
                            .map(move |it| (field.number(), it))
                    })
                    .flat_map(|(number, component)| {
                        component.subcomponents().map(move |it| (number, it.range()))
                    })
                    .filter(|(_, range)| !range.is_empty())
                    .collect();
                let leaves: Vec<_> = segment.leaves().collect();
                let ranges: Vec<_> = expected.iter().map(|(_, range)| range.clone()).collect();
                assert_eq!(leaves, ranges, "{segment:?}");
                for (number, range) in expected {
                    let found = segment.field_at(range.start).map(|field| field.number());
                    assert_eq!(found, Some(number), "{segment:?}");
                }
                assert!(segment.field_at(segment.range().end).is_none(), "{segment:?}");
            }
        }
    }
}
