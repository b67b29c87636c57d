//! Fields, repetitions, components and subcomponents, and what they have in common: bytes, text, place.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use crate::charset::Reading;
use crate::edit::Level;
use crate::error::TextError;
use crate::leaves::Begins;
use crate::lines::lines;
use crate::location::{Id, Location};
use crate::message::Message;
use crate::segment::Segment;

/// A place of a message at any level, from a field to a subcomponent: a small `Copy` handle.
///
/// [`Message::find`] and [`Message::query`] give places; each of [`Field`], [`Repetition`], [`Component`] and
/// [`Subcomponent`] turns into one with `Place::from`.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::Message;
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||O\\T\\Doe^Ann\r")?;
/// let name = msg.find("PID-5")?.expect("a name");
/// assert_eq!(name.text(), "O&Doe");                  // the first part, unescaped
/// assert_eq!(name.raw(), b"O\\T\\Doe^Ann");          // all of it, as it was sent
/// assert_eq!(name.location().to_string(), "PID-5");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct Place<'m> {
    message: &'m Message<'m>,
    segment: u32,
    field: u32,
    repetition: u32,
    component: u32,
    subcomponent: u32,
    start: u32,
    end: u32,
    /// The numbers, in the index, of the first leaf and of the one after the last; the same when the place is its own
    /// only part.
    leaves: (u32, u32),
}

impl<'m> Place<'m> {
    /// The message that the place is in.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe^Ann\r")?;
    /// assert_eq!(msg.find("PID-5")?.map(|name| name.message().as_bytes()), Some(msg.as_bytes()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn message(&self) -> &'m Message<'m> {
        self.message
    }

    /// The bytes as they were sent: escaped, in the character set of the message.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||O\\T\\Doe^Ann\r")?;
    /// assert_eq!(msg.find("PID-5")?.map(|name| name.raw()), Some(&b"O\\T\\Doe^Ann"[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn raw(&self) -> &'m [u8] {
        self.message.slice(self.start, self.end)
    }

    /// The byte range of [`raw`](Self::raw) in the input.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A~8||Doe&van^Ann\r")?;
    /// let name = msg.find("PID-5.2")?.expect("a name");
    /// assert_eq!(&msg.as_bytes()[name.range()], b"Ann");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// True if nothing was sent here: the sender says nothing about the value.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7||\"\"\r")?;
    /// assert!(msg.find("PID-4")?.is_some_and(|place| place.is_empty()));
    /// assert!(msg.find("PID-5")?.is_some_and(|place| !place.is_empty()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// True if exactly `""` was sent here, the explicit null: the value is to be deleted.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7||\"\"\r")?;
    /// assert!(msg.find("PID-5")?.is_some_and(|place| place.is_null()));
    /// assert!(msg.find("PID-4")?.is_some_and(|place| !place.is_null()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn is_null(&self) -> bool {
        self.raw() == b"\"\""
    }

    /// The text, decoded and unescaped; of a place with parts, its first part.
    ///
    /// It borrows when nothing has to change. An empty place and an explicit null give the empty text: ask
    /// [`is_null`](Self::is_null) first where deleting matters. Text that cannot be decoded gives the empty text
    /// too; [`try_text`](Self::try_text) tells it apart.
    ///
    /// Two escape characters and what is between them are a sequence if that is `F S T R E P H N`, `X` and pairs of
    /// hexadecimal digits, a full stop and a command (`.br`, `.in+4`), `C` or `M` and two or three pairs of digits, or
    /// `Z` and what the site puts behind it, without blanks. One that means nothing here, as `\Zab\` or `\P\` where
    /// MSH-2 has no truncation character, stays as it was sent, with its end: `\Zab\F\` holds no `\F\`. What is no
    /// sequence is text, and its last escape character may open one: `4\5 \T\ 6` is `4\5 & 6`. Sequences that switch
    /// the character set do so where MSH-18 names several.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rNTE|1||one\\.br\\two \\T\\ three\r")?;
    /// assert_eq!(msg.find("NTE-3")?.map(|note| note.text()).as_deref(), Some("one\ntwo & three"));
    /// let msg = Message::parse(b"MSH|^~\\&|\rNTE|1||\\Zab\\F\\, 4\\5 \\T\\ 6\r")?;
    /// assert_eq!(msg.find("NTE-3")?.map(|note| note.text()).as_deref(), Some("\\Zab\\F\\, 4\\5 & 6"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.7 Use of escape sequences in text fields.
    #[inline]
    pub fn text(&self) -> Cow<'m, str> {
        match self.as_str() {
            Some(text) => Cow::Borrowed(text),
            None => self.decoded().unwrap_or(Cow::Borrowed("")),
        }
    }

    /// As [`text`](Self::text), and says when the bytes cannot be decoded.
    ///
    /// # Errors
    ///
    /// [`TextError`] if the text is not ASCII and MSH-18 names a set that is not read, or if the bytes do not
    /// fit the set. It names the place, not the bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||UNICODE UTF-8\rPID|||||M\xFCller^Ann\r")?;
    /// assert_eq!(msg.find("PID-5.2")?.expect("a name").try_text()?, "Ann");
    /// assert!(msg.find("PID-5.1")?.expect("a name").try_text().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn try_text(&self) -> Result<Cow<'m, str>, TextError> {
        match self.as_str() {
            Some(text) => Ok(Cow::Borrowed(text)),
            None => self.decoded(),
        }
    }

    /// The text, where it stands in the message as it is: nothing to decode, no escape character. That is so of
    /// nearly every value, and costs no more than its bytes.
    ///
    /// `None` says nothing about the value: ask [`text`](Self::text). An empty place and an explicit null give
    /// the empty text, as there.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe^O\\T\\Neil\r")?;
    /// assert_eq!(msg.find("PID-5.1")?.and_then(|name| name.as_str()), Some("Doe"));
    /// assert_eq!(msg.find("PID-5.2")?.and_then(|name| name.as_str()), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn as_str(&self) -> Option<&'m str> {
        let text = self.message.text_as_it_stands(self.start, self.text_end())?;
        Some(if text == "\"\"" { "" } else { text })
    }

    /// The text as plain lines, as a terminal or a list would show it: formatting commands are carried out, and
    /// line ends in the text end lines too.
    ///
    /// `\.br\`, `\.sp\` and `\.ce\` end a line (beyond 65,536 lines, `\.sp\` ends one, whatever its number); what would be centred is not, as no width is known. `\.in\` sets the left margin
    /// and `\.ti\` that of one line: with a sign relative to the margin in force, else as it stands. Wrapping is left to
    /// who knows a width. An empty place and an explicit null have no lines.
    ///
    /// # Errors
    ///
    /// As [`try_text`](Self::try_text).
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rNTE|1||Take:\\.in+2\\\\.br\\one\\.br\\two \\T\\ a half\r")?;
    /// assert_eq!(msg.find("NTE-3")?.expect("a note").lines()?, ["Take:", "  one", "  two & a half"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.7.6 Formatted text.
    pub fn lines(&self) -> Result<Vec<String>, TextError> {
        let leaf = self.first_leaf();
        if leaf.is_empty() || leaf.is_null() {
            return Ok(Vec::new());
        }
        let reading = self.message.reading();
        if !reading.is_plain() && leaf.is_in_a_refused_field(reading) {
            return Err(leaf.text_error(true));
        }
        let mut characters = self.message.encoding_characters();
        if leaf.is_literal() {
            characters.escape = None;
        }
        lines(leaf.raw(), &characters, reading).map_err(|unsupported| leaf.text_error(unsupported))
    }

    /// The text that does not stand in the message as it is.
    #[inline(never)]
    fn decoded(&self) -> Result<Cow<'m, str>, TextError> {
        let leaf = self.first_leaf();
        let raw = leaf.raw();
        if raw == b"\"\"" {
            return Ok(Cow::Borrowed(""));
        }
        let fail = |unsupported| leaf.text_error(unsupported);
        let reading = self.message.reading();
        if !reading.is_plain() && leaf.is_in_a_refused_field(reading) {
            return Err(fail(true));
        }
        let characters = self.message.encoding_characters();
        reading.text(raw, &characters, leaf.is_literal()).map_err(fail)
    }

    pub(crate) fn text_error(&self, unsupported: bool) -> TextError {
        TextError::new(unsupported, self.start as usize, self.location())
    }

    /// True for MSH-1 and MSH-2, which are the delimiters themselves.
    pub(crate) fn is_literal(&self) -> bool {
        self.field <= 2 && Segment::new(self.message, self.segment).has_delimiters()
    }

    /// In a set whose characters have ends that are not known, nothing of a field outside ASCII is given as text.
    #[cold]
    fn is_in_a_refused_field(&self, reading: Reading) -> bool {
        let field = Segment::new(self.message, self.segment).field(self.field as usize);
        reading.refuses(field.map_or(self.raw(), |field| field.raw()))
    }

    /// The path of the place. Counting the occurrence of its segment takes a walk over the segments.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A~8||Doe&van^Ann\r")?;
    /// let id = msg.find("PID-3[2]")?.expect("an id");
    /// assert_eq!(id.location().to_string(), "PID-3[2]");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn location(&self) -> Location {
        self.location_with(self.message.index.location(self.segment as usize).occurrence)
    }

    /// As [`location`](Self::location), when the occurrence of the segment is known.
    pub(crate) fn location_with(&self, occurrence: u32) -> Location {
        let id = self
            .message
            .index
            .segments
            .get(self.segment as usize)
            .map_or(Id::NONE, |entry| entry.id);
        Location {
            segment_position: self.segment + 1,
            id,
            occurrence,
            field: self.field,
            repetition: self.repetition,
            component: self.component,
            subcomponent: self.subcomponent,
        }
    }

    /// The segment that holds the place.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A~8||Doe&van^Ann\r")?;
    /// assert_eq!(msg.find("PID-5")?.map(|name| name.segment().id()), Some("PID"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn segment(&self) -> Segment<'m> {
        Segment::new(self.message, self.segment)
    }

    /// The number of the field in its segment, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A~8||Doe&van^Ann\r")?;
    /// assert_eq!(msg.find("PID-5.1")?.map(|name| name.field_number()), Some(5));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn field_number(&self) -> usize {
        self.field as usize
    }

    /// Component `n` of a data type that stands here, from 1: of a field that of its first repetition, of a
    /// component a subcomponent. A subcomponent is the first component of whatever it is.
    #[cfg(feature = "datatypes")]
    #[inline]
    pub(crate) fn component_of_type(&self, n: usize) -> Option<Self> {
        if self.repetition == 0 {
            self.child(1)?.child(n)
        } else if self.subcomponent > 0 {
            (n == 1).then_some(*self)
        } else {
            self.child(n)
        }
    }

    /// How deep the place is.
    pub(crate) fn level(&self) -> Level {
        match (self.repetition, self.component, self.subcomponent) {
            (0, ..) => Level::Field,
            (_, 0, _) => Level::Repetition,
            (_, _, 0) => Level::Component,
            _ => Level::Subcomponent,
        }
    }

    /// The places one level below, where a delimiter stands in between at this level or a lower one.
    pub(crate) fn parts(self) -> impl Iterator<Item = Place<'m>> {
        self.has_parts().then(|| Parts::new(self)).into_iter().flatten()
    }

    /// Where each leaf behind the first starts.
    #[inline]
    pub(crate) fn other_leaves(&self) -> &'m [u32] {
        let (first, end) = self.leaves;
        let others = first as usize + 1..end as usize;
        self.message.index.starts.get(others).unwrap_or_default()
    }

    /// The subcomponent that the text of the place comes from, under the numbers of the place.
    #[inline]
    pub(crate) fn first_leaf(&self) -> Self {
        Self {
            end: self.text_end(),
            leaves: (0, 0),
            ..*self
        }
    }

    /// True if a delimiter stands in the place.
    #[inline]
    pub(crate) fn has_parts(&self) -> bool {
        self.leaves.1.saturating_sub(self.leaves.0) > 1
    }

    /// Where the first subcomponent ends, which is what the text of the place comes from.
    #[inline]
    fn text_end(&self) -> u32 {
        let (first, end) = self.leaves;
        if first == end {
            return self.end;
        }
        self.end.min(self.message.index.end_before(first + 1))
    }

    /// What the parts one level below are: `None` if each leaf is one.
    #[inline]
    fn below(&self) -> Option<Begins> {
        match (self.repetition, self.component) {
            (0, _) => Some(Begins::Repetition),
            (_, 0) => Some(Begins::Component),
            _ => None,
        }
    }

    /// How many parts one level below begin in a run of leaves, the first of which begins one.
    #[inline]
    fn count(&self, leaves: (u32, u32)) -> usize {
        let (first, end) = leaves;
        if end.saturating_sub(first) <= 1 {
            return 1;
        }
        match self.below() {
            Some(begins) => self.message.separated(begins).count(first + 1..end) as usize + 1,
            None => (end - first) as usize,
        }
    }

    /// The leaf with which the `n`-th part (from 0) one level below begins, in a run of leaves the first of which begins
    /// one.
    #[inline]
    fn begin(&self, leaves: (u32, u32), n: u32) -> Option<u32> {
        let (first, end) = leaves;
        match self.below() {
            _ if n == 0 => Some(first),
            _ if n >= end.saturating_sub(first) => None,
            Some(begins) => self.message.separated(begins).nth(first + 1..end, n),
            None => Some(first + n),
        }
    }

    /// Part `number` one level below, which has these leaves.
    #[inline]
    fn part(&self, number: u32, leaves: (u32, u32)) -> Self {
        let index = &self.message.index;
        Self {
            start: index.start(leaves.0),
            end: self.end.min(index.end_before(leaves.1)),
            leaves,
            ..self.numbered(number)
        }
    }

    /// The place under a number of the level below.
    #[inline]
    fn numbered(mut self, number: u32) -> Self {
        match self.below() {
            Some(Begins::Repetition) => self.repetition = number,
            Some(Begins::Component) => self.component = number,
            None => self.subcomponent = number,
        }
        self
    }

    /// As [`part`](Self::part), of the one that the leaves are all of, which may be the place itself.
    #[inline]
    fn last_part(&self, number: u32, leaves: (u32, u32)) -> Self {
        if leaves.0 == leaves.1 {
            return self.numbered(number);
        }
        self.part(number, leaves)
    }

    /// Part `n` one level below, from 1.
    #[inline]
    fn child(&self, n: usize) -> Option<Self> {
        let number = u32::try_from(n).ok().filter(|number| *number > 0)?;
        let (first, end) = self.leaves;
        if end.saturating_sub(first) <= 1 {
            return (number == 1).then(|| self.numbered(1));
        }
        let from = self.begin(self.leaves, number - 1)?;
        let next = self.begin((from, end), 1).unwrap_or(end);
        Some(self.part(number, (from, next)))
    }
}

/// The places one level below a place: at least one.
#[derive(Debug, Clone)]
struct Parts<'m> {
    parent: Place<'m>,
    /// The number of the next.
    number: u32,
    /// The leaves of those that are left, of which there is one at least, or the one that is the whole of its parent.
    leaves: (u32, u32),
    done: bool,
}

impl<'m> Parts<'m> {
    #[inline]
    fn new(parent: Place<'m>) -> Self {
        Self {
            parent,
            number: 1,
            leaves: parent.leaves,
            done: false,
        }
    }

    #[inline]
    fn left(&self) -> usize {
        if self.done {
            0
        } else {
            self.parent.count(self.leaves)
        }
    }
}

impl<'m> Iterator for Parts<'m> {
    type Item = Place<'m>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let (first, end) = self.leaves;
        let number = self.number;
        match self.parent.begin(self.leaves, 1) {
            Some(next) => {
                self.leaves.0 = next;
                self.number += 1;
                Some(self.parent.part(number, (first, next)))
            }
            None => {
                self.done = true;
                Some(self.parent.last_part(number, (first, end)))
            }
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.left();
        (count, Some(count))
    }
}

impl DoubleEndedIterator for Parts<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let (first, end) = self.leaves;
        let others = self.left() as u32 - 1;
        let number = self.number + others;
        let begin = self.parent.begin(self.leaves, others).unwrap_or(first);
        let part = self.parent.last_part(number, (begin, end));
        self.done = others == 0;
        self.leaves.1 = begin;
        Some(part)
    }
}

impl fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.location(), self.raw().len())
    }
}

macro_rules! level {
    ($(#[$doc:meta])* $name:ident $find:literal $path:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name<'m>(Place<'m>);

        impl<'m> $name<'m> {
            /// The bytes as they were sent; see [`Place::raw`].
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::Message;
            /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||A\\T\\B\r")?;
            #[doc = concat!("let part = msg.segment(\"PID\").and_then(|pid| ", $find, ").expect(\"a part\");")]
            /// assert_eq!(part.raw(), b"A\\T\\B");
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[inline]
            pub fn raw(&self) -> &'m [u8] {
                self.0.raw()
            }

            /// The byte range of [`raw`](Self::raw) in the input.
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::Message;
            /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||A\\T\\B\r")?;
            #[doc = concat!("let part = msg.segment(\"PID\").and_then(|pid| ", $find, ").expect(\"a part\");")]
            /// assert_eq!(&msg.as_bytes()[part.range()], part.raw());
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[inline]
            pub fn range(&self) -> Range<usize> {
                self.0.range()
            }

            /// The text, decoded and unescaped, of the first part where there are parts; see [`Place::text`].
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::Message;
            /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||A\\T\\B\r")?;
            #[doc = concat!("let part = msg.segment(\"PID\").and_then(|pid| ", $find, ").expect(\"a part\");")]
            /// assert_eq!(part.text(), "A&B");
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[inline]
            pub fn text(&self) -> Cow<'m, str> {
                self.0.text()
            }

            /// As [`text`](Self::text), and says when the bytes cannot be decoded.
            ///
            /// # Errors
            ///
            /// As [`Place::try_text`].
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::Message;
            /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||A\\T\\B\r")?;
            #[doc = concat!("let part = msg.segment(\"PID\").and_then(|pid| ", $find, ").expect(\"a part\");")]
            /// assert_eq!(part.try_text()?, "A&B");
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[inline]
            pub fn try_text(&self) -> Result<Cow<'m, str>, TextError> {
                self.0.try_text()
            }

            /// The text, where it stands in the message as it is; see [`Place::as_str`].
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::Message;
            /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7\r")?;
            #[doc = concat!("let part = msg.segment(\"PID\").and_then(|pid| ", $find, ").expect(\"a part\");")]
            /// assert_eq!(part.as_str(), Some("7"));
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[inline]
            pub fn as_str(&self) -> Option<&'m str> {
                self.0.as_str()
            }

            /// True if nothing was sent here.
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::Message;
            /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||\r")?;
            #[doc = concat!("let part = msg.segment(\"PID\").and_then(|pid| ", $find, ").expect(\"a part\");")]
            /// assert!(part.is_empty());
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[inline]
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }

            /// True if exactly `""` was sent here, the explicit null.
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::Message;
            /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||\"\"\r")?;
            #[doc = concat!("let part = msg.segment(\"PID\").and_then(|pid| ", $find, ").expect(\"a part\");")]
            /// assert!(part.is_null() && !part.is_empty());
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            #[inline]
            pub fn is_null(&self) -> bool {
                self.0.is_null()
            }

            /// The path of the place.
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::Message;
            /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7\r")?;
            #[doc = concat!("let part = msg.segment(\"PID\").and_then(|pid| ", $find, ").expect(\"a part\");")]
            #[doc = concat!("assert_eq!(part.location().to_string(), \"", $path, "\");")]
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn location(&self) -> Location {
                self.0.location()
            }
        }

        impl<'m> From<$name<'m>> for Place<'m> {
            #[inline]
            fn from(part: $name<'m>) -> Self {
                part.0
            }
        }

        impl fmt::Debug for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

macro_rules! parts {
    ($parent:ident, $child:ident, $one:ident, $all:ident, $count:ident, $iterator:ident, $word:literal, $find:literal, $second:literal) => {
        impl<'m> $parent<'m> {
            #[doc = concat!("The ", $word, " with number `n`, from 1; `None` beyond the last one sent.")]
            #[doc = ""]
            #[doc = concat!("Where no separator was sent, ", $word, " 1 is the whole of it.")]
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::Message;
            /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe&van^Ann~Roe\r")?;
            #[doc = concat!("let whole = msg.segment(\"PID\").and_then(|pid| ", $find, ").expect(\"a part\");")]
            #[doc = concat!("assert_eq!(whole.", stringify!($one), "(2).map(|part| part.text()).as_deref(), Some(\"", $second, "\"));")]
            #[doc = concat!("assert!(whole.", stringify!($one), "(3).is_none());")]
            /// # Ok::<(), carewire_hl7v2::Error>(())
            /// ```
            #[inline]
            pub fn $one(&self, n: usize) -> Option<$child<'m>> {
                self.0.child(n).map($child)
            }

            #[doc = concat!("Every ", $word, ", empty ones included: at least one.")]
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::Message;
            /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe&van^Ann~Roe\r")?;
            #[doc = concat!("let whole = msg.segment(\"PID\").and_then(|pid| ", $find, ").expect(\"a part\");")]
            #[doc = concat!("let texts: Vec<_> = whole.", stringify!($all), "().map(|part| part.text()).collect();")]
            #[doc = concat!("assert_eq!(texts, [\"Doe\", \"", $second, "\"]);")]
            /// # Ok::<(), carewire_hl7v2::Error>(())
            /// ```
            #[inline]
            pub fn $all(&self) -> $iterator<'m> {
                $iterator(Parts::new(self.0))
            }

            #[doc = concat!("How many a ", $word, " iterator gives: one more than there are separators.")]
            ///
            /// # Examples
            ///
            /// ```
            /// # use carewire_hl7v2::Message;
            /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||||Doe&van^Ann~Roe\r")?;
            #[doc = concat!("let whole = msg.segment(\"PID\").and_then(|pid| ", $find, ").expect(\"a part\");")]
            #[doc = concat!("assert_eq!(whole.", stringify!($count), "(), 2);")]
            /// # Ok::<(), carewire_hl7v2::Error>(())
            /// ```
            #[inline]
            pub fn $count(&self) -> usize {
                self.0.count(self.0.leaves)
            }
        }

        #[doc = concat!("Iterator over each ", $word, " of its parent.")]
        #[derive(Debug, Clone)]
        pub struct $iterator<'m>(Parts<'m>);

        impl<'m> Iterator for $iterator<'m> {
            type Item = $child<'m>;
            #[inline]
            fn next(&mut self) -> Option<Self::Item> {
                self.0.next().map($child)
            }

            #[inline]
            fn size_hint(&self) -> (usize, Option<usize>) {
                self.0.size_hint()
            }
        }

        impl DoubleEndedIterator for $iterator<'_> {
            fn next_back(&mut self) -> Option<Self::Item> {
                self.0.next_back().map($child)
            }
        }

        impl ExactSizeIterator for $iterator<'_> {}
    };
}

level! {
    /// A field, with all its repetitions.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7^^^A~8^^^B&1.2&ISO\r")?;
    /// let ids = msg.segment("PID").and_then(|pid| pid.field(3)).expect("PID-3");
    /// let texts: Vec<_> = ids.repetitions().map(|id| id.text()).collect();
    /// assert_eq!(texts, ["7", "8"]);
    /// let oid = ids.repetition(2).and_then(|id| id.component(4)).and_then(|by| by.subcomponent(2));
    /// assert_eq!(oid.map(|oid| oid.location().to_string()).as_deref(), Some("PID-3[2].4.2"));
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    Field "pid.field(3)" "PID-3"
}

level! {
    /// One repetition of a field.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A~8||Doe&van^Ann\r")?;
    /// let ids = msg.segment("PID").and_then(|pid| pid.field(3)).expect("PID-3");
    /// let first = ids.repetition(1).expect("an id");
    /// assert_eq!((first.text().as_ref(), first.component_count()), ("7", 4));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Repetition "pid.field(3)?.repetition(1)" "PID-3"
}

level! {
    /// A component of a repetition.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A~8||Doe&van^Ann\r")?;
    /// let family = msg.segment("PID").and_then(|pid| pid.field(5)?.component(1)).expect("PID-5.1");
    /// assert_eq!((family.raw(), family.text().as_ref()), (&b"Doe&van"[..], "Doe"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Component "pid.field(3)?.component(1)" "PID-3.1"
}

level! {
    /// A subcomponent: the deepest level.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::Message;
    ///
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A~8||Doe&van^Ann\r")?;
    /// let family = msg.segment("PID").and_then(|pid| pid.field(5)?.component(1)).expect("PID-5.1");
    /// let prefix = family.subcomponent(2).expect("PID-5.1.2");
    /// assert_eq!((prefix.text().as_ref(), prefix.location().to_string().as_str()), ("van", "PID-5.1.2"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Subcomponent "pid.field(3)?.component(1)?.subcomponent(1)" "PID-3.1.1"
}

parts!(
    Field,
    Repetition,
    repetition,
    repetitions,
    repetition_count,
    Repetitions,
    "repetition",
    "pid.field(5)",
    "Roe"
);
parts!(
    Repetition,
    Component,
    component,
    components,
    component_count,
    Components,
    "component",
    "pid.field(5)?.repetition(1)",
    "Ann"
);
parts!(
    Component,
    Subcomponent,
    subcomponent,
    subcomponents,
    subcomponent_count,
    Subcomponents,
    "subcomponent",
    "pid.field(5)?.component(1)",
    "van"
);

impl<'m> Field<'m> {
    #[inline]
    pub(crate) fn new(
        message: &'m Message<'m>,
        segment: u32,
        field: u32,
        bytes: Range<u32>,
        leaves: Range<u32>,
    ) -> Self {
        Self(Place {
            message,
            segment,
            field,
            repetition: 0,
            component: 0,
            subcomponent: 0,
            start: bytes.start,
            end: bytes.end,
            leaves: (leaves.start, leaves.end),
        })
    }

    /// The number of the field in its segment, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A~8||Doe&van^Ann\r")?;
    /// let numbers: Vec<_> = msg.segment("PID").into_iter().flat_map(|pid| pid.fields())
    ///     .filter(|field| !field.is_empty())
    ///     .map(|field| field.number())
    ///     .collect();
    /// assert_eq!(numbers, [1, 3, 5]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn number(&self) -> usize {
        self.0.field_number()
    }

    /// The repetition, of a field that has one: none was sent behind a separator.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|||7^^^A~8||Doe^Ann\r")?;
    /// let pid = msg.segment("PID").expect("a PID");
    /// assert!(pid.field(5).and_then(|name| name.only_repetition()).is_some());
    /// assert!(pid.field(3).and_then(|ids| ids.only_repetition()).is_none());
    /// # Ok::<(), carewire_hl7v2::Error>(())
    /// ```
    #[inline]
    pub fn only_repetition(&self) -> Option<Repetition<'m>> {
        let is_only = self.0.begin(self.0.leaves, 1).is_none();
        is_only.then(|| Repetition(self.0.last_part(1, self.0.leaves)))
    }

    /// Component `n` of the first repetition, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Message;
    /// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7^^^A~8||Doe&van^Ann\r")?;
    /// let name = msg.segment("PID").and_then(|pid| pid.field(5)).expect("PID-5");
    /// assert_eq!(name.component(2).map(|given| given.text()).as_deref(), Some("Ann"));
    /// assert!(name.component(3).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn component(&self, n: usize) -> Option<Component<'m>> {
        self.repetition(1)?.component(n)
    }
}
