//! What is written into a place: text, null, nothing, bytes, parts, or a copy of another place.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use crate::value::Place;

/// A value to be written into a message, whatever its delimiters and character set are.
///
/// Text is escaped and encoded when it is written. An array or a vector makes the parts one level below:
/// components of a repetition, subcomponents of a component; trailing empty parts are left out. A [`Place`] of any
/// message is copied: byte for byte between messages of the same delimiters and character set, else anew, with its
/// formatting escapes kept. `None` and the empty text are the empty value, which says nothing;
/// [`NULL`](Self::NULL) orders a receiver to delete.
///
/// `Debug` shows kinds and lengths, never text.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, Value};
///
/// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\r")?;
/// msg.set("PID-3", ["7", "", "", "A&B"])?;
/// msg.set("PID-5", Value::parts([Value::parts(["Doe", "van"]), "Ann".into()]))?;
/// msg.set("PID-7", Value::NULL)?;
/// msg.set("PID-8", Value::raw(b"F^^x"))?;
/// msg.set("PID-10", 42)?;
/// assert_eq!(msg.segment("PID").map(|pid| pid.raw()), Some(&b"PID|1||7^^^A\\T\\B||Doe&van^Ann||\"\"|F^^x||42"[..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Value<'v>(pub(super) Kind<'v>);

#[derive(Clone)]
pub(super) enum Kind<'v> {
    Text(Cow<'v, str>),
    Null,
    Raw(Cow<'v, [u8]>),
    Parts(Vec<Value<'v>>),
    Repetitions(Vec<Value<'v>>),
    Copy(Place<'v>),
}

impl Value<'_> {
    /// About so many bytes it takes, which is not known before it is written.
    pub(super) fn length(&self) -> usize {
        match &self.0 {
            Kind::Text(text) => text.len() + 8,
            Kind::Raw(bytes) => bytes.len(),
            Kind::Null => 2,
            Kind::Parts(parts) | Kind::Repetitions(parts) => 16 * parts.len(),
            Kind::Copy(place) => place.raw().len() + 8,
        }
    }
}

impl<'v> Value<'v> {
    /// The empty value: it says nothing about what a receiver holds.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Value};
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7||Doe^Ann\r")?;
    /// msg.set("PID-5.1", Value::EMPTY)?;
    /// assert!(msg.as_bytes().ends_with(b"PID|1||7||^Ann\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const EMPTY: Self = Self(Kind::Text(Cow::Borrowed("")));

    /// The explicit null, `""`: a receiver is to delete what it holds.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{Message, Value};
    /// let mut msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1||7||Doe^Ann\r")?;
    /// msg.set("PID-5", Value::NULL)?;
    /// assert!(msg.as_bytes().ends_with(b"PID|1||7||\"\"\r"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Spec: HL7 v2.5.1 chapter 2, 2.5.3 Fields.
    pub const NULL: Self = Self(Kind::Null);

    /// Text, which is escaped and encoded when it is written.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{SegmentBuilder, Value};
    /// assert_eq!(SegmentBuilder::new("NTE").field(3, Value::text("a&b")).to_bytes()?, br"NTE|||a\T\b");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn text(text: impl Into<Cow<'v, str>>) -> Self {
        Self(Kind::Text(text.into()))
    }

    /// Bytes that are written as they stand: escaped already, in the character set of the message. They may hold
    /// the delimiters of the levels below their place, and no carriage return; a line feed only where it belongs to a
    /// field, in a message whose segments end in CR.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{SegmentBuilder, Value};
    /// assert_eq!(SegmentBuilder::new("NTE").field(3, Value::raw(br"a\.br\b^c".as_slice())).to_bytes()?, br"NTE|||a\.br\b^c");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn raw(bytes: impl Into<Cow<'v, [u8]>>) -> Self {
        Self(Kind::Raw(bytes.into()))
    }

    /// The parts one level below the place; see [`Value`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::{SegmentBuilder, Value};
    /// assert_eq!(SegmentBuilder::new("PID").field(5, Value::parts(["Doe", "Ann"])).to_bytes()?, b"PID|||||Doe^Ann");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parts<V: Into<Value<'v>>>(parts: impl IntoIterator<Item = V>) -> Self {
        Self(Kind::Parts(parts.into_iter().map(Into::into).collect()))
    }

    /// All repetitions of a field: for [`SegmentMut::field`](crate::SegmentMut::field) and
    /// [`SegmentBuilder::field`](crate::SegmentBuilder::field). A path names one repetition, not the field.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_hl7v2::{SegmentBuilder, Value};
    ///
    /// let pid = SegmentBuilder::new("PID").field(3, Value::repetitions([["7", "", "", "A"], ["8", "", "", "B"]]));
    /// assert_eq!(pid.to_bytes()?, b"PID|||7^^^A~8^^^B");
    /// # Ok::<(), carewire_hl7v2::EditError>(())
    /// ```
    pub fn repetitions<V: Into<Value<'v>>>(repetitions: impl IntoIterator<Item = V>) -> Self {
        Self(Kind::Repetitions(
            repetitions.into_iter().map(Into::into).collect(),
        ))
    }

    /// True if nothing would be written.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::Value;
    /// assert!(Value::text("").is_empty());
    /// assert!(!Value::NULL.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        match &self.0 {
            Kind::Text(text) => text.is_empty(),
            Kind::Null => false,
            Kind::Raw(bytes) => bytes.is_empty(),
            Kind::Parts(parts) | Kind::Repetitions(parts) => parts.iter().all(Self::is_empty),
            Kind::Copy(place) => place.is_empty(),
        }
    }

    /// Adds a repetition behind those there are.
    pub(crate) fn push_repetition(&mut self, value: Self) {
        if let Kind::Repetitions(all) = &mut self.0 {
            all.push(value);
            return;
        }
        let first = core::mem::replace(self, Self::EMPTY);
        let mut all = Vec::new();
        if !first.is_empty() {
            all.push(first);
        }
        all.push(value);
        self.0 = Kind::Repetitions(all);
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Kind::Null => f.write_str("Null"),
            Kind::Raw(bytes) => write!(f, "Raw({} bytes)", bytes.len()),
            Kind::Parts(parts) => f.debug_tuple("Parts").field(&parts.len()).finish(),
            Kind::Repetitions(parts) => f.debug_tuple("Repetitions").field(&parts.len()).finish(),
            Kind::Copy(place) => f.debug_tuple("Copy").field(place).finish(),
        }
    }
}

impl Default for Value<'_> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<'v> From<&'v str> for Value<'v> {
    fn from(text: &'v str) -> Self {
        Self::text(text)
    }
}

impl<'v> From<&'v String> for Value<'v> {
    fn from(text: &'v String) -> Self {
        Self::text(text.as_str())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl<'v> From<Cow<'v, str>> for Value<'v> {
    fn from(text: Cow<'v, str>) -> Self {
        Self::text(text)
    }
}

impl<'v> From<Place<'v>> for Value<'v> {
    fn from(place: Place<'v>) -> Self {
        Self(Kind::Copy(place))
    }
}

impl<'v, V: Into<Value<'v>>, const N: usize> From<[V; N]> for Value<'v> {
    fn from(parts: [V; N]) -> Self {
        Self::parts(parts)
    }
}

impl<'v, V: Into<Value<'v>>> From<Vec<V>> for Value<'v> {
    fn from(parts: Vec<V>) -> Self {
        Self::parts(parts)
    }
}

impl<'v, V: Into<Value<'v>>> From<Option<V>> for Value<'v> {
    fn from(value: Option<V>) -> Self {
        value.map_or(Self::EMPTY, Into::into)
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {
        $(
            impl From<$number> for Value<'_> {
                fn from(number: $number) -> Self {
                    Self::text(number.to_string())
                }
            }
        )*
    };
}

numbers!(i8, i16, i32, i64, u8, u16, u32, u64, usize);
