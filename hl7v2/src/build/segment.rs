//! A new segment.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::edit::{EditError, EditErrorKind, Encoder, Level, Value};
use crate::segment::Segment;
use crate::value::Place;

/// No field has a larger number.
const FIELDS: usize = 1 << 16;

/// A segment that is to be put into a message, whatever its delimiters and character set are.
///
/// [`Message::push_segment`](crate::Message::push_segment) and [`MessageBuilder::segment`](crate::MessageBuilder::segment)
/// take one, or a pair of its id and its fields from 1 on, or a [`Segment`] of any message, which is copied. Trailing
/// empty fields are left out. In FHS and BHS, fields 1 and 2 are the delimiters, and are written as such.
///
/// `Debug` shows the id and the numbers of the fields, never text.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, SegmentBuilder};
///
/// let obx = SegmentBuilder::new("OBX")
///     .field(1, 1)
///     .field(2, "NM")
///     .field(3, ["8867-4", "Pulse & rhythm", "LN"])
///     .field(5, "61")
///     .push(8, "N")
///     .push(8, "A");
/// let mut msg = Message::parse(b"MSH$%~?!$$$$$$$ORU%R01$1$T$2.5.1\r")?;
/// msg.push_segment(obx)?;
/// assert!(msg.as_bytes().ends_with(b"OBX$1$NM$8867-4%Pulse & rhythm%LN$$61$$$N~A\r"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SegmentBuilder<'v> {
    id: Cow<'v, str>,
    fields: BTreeMap<usize, Value<'v>>,
}

impl<'v> SegmentBuilder<'v> {
    /// A segment without fields; the id is a letter and two letters or digits, upper case.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::SegmentBuilder;
    /// assert_eq!(SegmentBuilder::new("ZAB").to_bytes()?, b"ZAB|");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(id: impl Into<Cow<'v, str>>) -> Self {
        Self {
            id: id.into(),
            fields: BTreeMap::new(),
        }
    }

    /// The segment id.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::SegmentBuilder;
    /// assert_eq!(SegmentBuilder::new("ZAB").id(), "ZAB");
    /// ```
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Sets field `n`, from 1, with all its repetitions.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::SegmentBuilder;
    /// assert_eq!(SegmentBuilder::new("PID").field(3, ["7", "", "", "A"]).to_bytes()?, b"PID|||7^^^A");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn field(mut self, n: usize, value: impl Into<Value<'v>>) -> Self {
        self.fields.insert(n, value.into());
        self
    }

    /// Adds a repetition to field `n`, from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::SegmentBuilder;
    /// assert_eq!(SegmentBuilder::new("PID").push(3, "7").push(3, "8").to_bytes()?, b"PID|||7~8");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn push(mut self, n: usize, value: impl Into<Value<'v>>) -> Self {
        self.fields.entry(n).or_default().push_repetition(value.into());
        self
    }

    /// The segment with the usual delimiters, in UTF-8, without terminator.
    ///
    /// # Errors
    ///
    /// [`EditErrorKind::SegmentId`] for an id that is none, [`EditErrorKind::Limit`] for a field beyond 65,536; and
    /// those of the values.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::SegmentBuilder;
    ///
    /// assert_eq!(SegmentBuilder::new("NTE").field(3, "50 | 60").to_bytes()?, br"NTE|||50 \F\ 60");
    /// # Ok::<(), carewire_hl7v2::EditError>(())
    /// ```
    pub fn to_bytes(&self) -> Result<Vec<u8>, EditError> {
        let mut bytes = Vec::new();
        self.write(&Encoder::usual(), &mut bytes)?;
        Ok(bytes)
    }

    /// Appends the segment, which is not MSH.
    pub(crate) fn write(&self, encoder: &Encoder, out: &mut Vec<u8>) -> Result<(), EditError> {
        if self.id == "MSH" {
            return Err(EditError::new(EditErrorKind::Header));
        }
        self.write_any(encoder, out)
    }

    /// Appends the segment, MSH or another.
    pub(crate) fn write_any(&self, encoder: &Encoder, out: &mut Vec<u8>) -> Result<(), EditError> {
        let shaped = matches!(self.id.as_bytes(), [a, b, c]
            if a.is_ascii_uppercase() && [b, c].iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()));
        if !shaped {
            return Err(EditError::new(EditErrorKind::SegmentId));
        }
        let characters = &encoder.characters;
        out.extend_from_slice(self.id.as_bytes());
        let mut last = 0;
        if matches!(&*self.id, "MSH" | "FHS" | "BHS") {
            out.push(characters.field());
            out.extend(characters.encoding());
            last = 2;
        }
        for (&n, value) in &self.fields {
            if n <= last && last == 2 {
                continue;
            }
            if n == 0 || n > FIELDS {
                return Err(EditError::new(EditErrorKind::Limit));
            }
            if value.is_empty() {
                continue;
            }
            out.resize(out.len() + (n - last), characters.field());
            encoder.write(value, Level::Field, false, out)?;
            last = n;
        }
        if last == 0 {
            // An id alone is a segment only where a separator follows it.
            out.push(characters.field());
        }
        Ok(())
    }
}

impl fmt::Debug for SegmentBuilder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SegmentBuilder")
            .field("id", &self.id)
            .field("fields", &self.fields)
            .finish()
    }
}

impl<'v> From<&'v str> for SegmentBuilder<'v> {
    fn from(id: &'v str) -> Self {
        Self::new(id)
    }
}

impl From<String> for SegmentBuilder<'_> {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}

impl<'v, V: Into<Value<'v>>, const N: usize> From<(&'v str, [V; N])> for SegmentBuilder<'v> {
    fn from((id, fields): (&'v str, [V; N])) -> Self {
        let mut segment = Self::new(id);
        let fields = fields.into_iter().map(Into::into).enumerate();
        segment.fields = fields.map(|(n, value)| (n + 1, value)).collect();
        segment
    }
}

impl<'m> From<Segment<'m>> for SegmentBuilder<'m> {
    /// The segment of any message, to be copied.
    fn from(segment: Segment<'m>) -> Self {
        let fields = segment.fields().filter(|field| !field.is_empty());
        Self {
            id: Cow::Borrowed(segment.id()),
            fields: fields
                .map(|field| (field.number(), Place::from(field).into()))
                .collect(),
        }
    }
}
