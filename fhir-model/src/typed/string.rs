use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::string::String;
use core::borrow::Borrow;
use core::fmt;
use core::hash::{Hash, Hasher};
use core::mem::{self, ManuallyDrop};
use core::ops::Deref;

/// A text of FHIR: `string` and every primitive that is written as one. 24 bytes; up to 22 bytes of text need no
/// allocation.
///
/// `Debug` shows the length, no text; `Display` and the dereferenced `str` are the text.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::r4::FhirString;
/// let family = FhirString::from("Chalmers");
/// assert_eq!(family, "Chalmers");
/// assert_eq!(Some(family).as_deref(), Some("Chalmers"));
/// ```
///
/// Spec: <https://hl7.org/fhir/R4/datatypes.html#string>
#[derive(Clone)]
pub struct FhirString(ManuallyDrop<Repr>);

/// How many bytes stand in the value itself.
pub(crate) const INLINE: usize = 22;

#[derive(Clone)]
enum Repr {
    Inline { length: u8, bytes: [u8; INLINE] },
    Heap(Box<str>),
}

impl Repr {
    const NOTHING: Self = Self::Inline {
        length: 0,
        bytes: [0; INLINE],
    };
}

impl FhirString {
    /// The empty text.
    pub const fn new() -> Self {
        Self::of(Repr::NOTHING)
    }

    const fn of(repr: Repr) -> Self {
        Self(ManuallyDrop::new(repr))
    }

    /// The text of `length` bytes at `start` of `source`.
    #[inline]
    pub(crate) fn part_of(source: &str, start: usize, length: usize) -> Self {
        let rest = source.as_bytes().get(start..).unwrap_or_default();
        match rest.first_chunk::<INLINE>() {
            // As many bytes as there may be, for a copy of any length is a call. Nothing looks at those behind the text.
            Some(bytes) if length <= INLINE => Self::of(Repr::Inline {
                length: length as u8,
                bytes: *bytes,
            }),
            _ => Self::from(source.get(start..start + length).unwrap_or_default()),
        }
    }

    /// The text.
    #[inline]
    pub fn as_str(&self) -> &str {
        match &*self.0 {
            // Whole texts alone are put there.
            Repr::Inline { .. } => core::str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Repr::Heap(text) => text,
        }
    }

    #[inline]
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &*self.0 {
            Repr::Inline { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Repr::Heap(text) => text.as_bytes(),
        }
    }

    /// The bytes and the length of a text that stands in the value itself.
    #[inline]
    pub(crate) fn inline(&self) -> Option<(&[u8; INLINE], usize)> {
        match &*self.0 {
            Repr::Inline { length, bytes } => Some((bytes, usize::from(*length).min(INLINE))),
            Repr::Heap(_) => None,
        }
    }

    /// Bytes of the text on the heap.
    #[cfg(test)]
    fn allocated(&self) -> usize {
        match &*self.0 {
            Repr::Inline { .. } => 0,
            Repr::Heap(text) => text.len(),
        }
    }
}

impl From<&str> for FhirString {
    #[inline]
    fn from(text: &str) -> Self {
        let mut bytes = [0; INLINE];
        match bytes.get_mut(..text.len()) {
            Some(to) => {
                to.copy_from_slice(text.as_bytes());
                Self::of(Repr::Inline {
                    length: text.len() as u8,
                    bytes,
                })
            }
            None => Self::of(Repr::Heap(text.into())),
        }
    }
}

impl From<String> for FhirString {
    fn from(text: String) -> Self {
        if text.len() <= INLINE {
            Self::from(text.as_str())
        } else {
            Self::of(Repr::Heap(text.into_boxed_str()))
        }
    }
}

impl From<&String> for FhirString {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Cow<'_, str>> for FhirString {
    fn from(text: Cow<'_, str>) -> Self {
        match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl From<FhirString> for String {
    fn from(mut text: FhirString) -> Self {
        match mem::replace(&mut *text.0, Repr::NOTHING) {
            Repr::Heap(text) => text.into(),
            inline => FhirString::of(inline).as_str().to_owned(),
        }
    }
}

/// As the lists do, it is dropped in one call of what cannot unwind.
impl Drop for FhirString {
    #[inline]
    fn drop(&mut self) {
        release(self);
    }
}

#[inline(never)]
extern "C" fn release(text: &mut FhirString) {
    if let Repr::Heap(_) = *text.0 {
        drop(mem::replace(&mut *text.0, Repr::NOTHING));
    }
}

impl Default for FhirString {
    fn default() -> Self {
        Self::new()
    }
}

impl Deref for FhirString {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for FhirString {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for FhirString {
    fn borrow(&self) -> &str {
        self
    }
}

impl PartialEq for FhirString {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for FhirString {}

impl PartialEq<str> for FhirString {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for FhirString {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialOrd for FhirString {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for FhirString {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for FhirString {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for FhirString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for FhirString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "string({})", self.as_bytes().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_inline_and_long_ones_are_not() {
        for length in 0..60 {
            let text = "x".repeat(length);
            let kept = FhirString::from(text.as_str());
            assert_eq!(kept.as_str(), text);
            assert_eq!(kept, FhirString::from(text.clone()));
            assert_eq!(kept.allocated(), if length > 22 { length } else { 0 });
            assert_eq!(String::from(kept), text);
        }
        assert_eq!(
            FhirString::from("\u{1F600}".repeat(5).as_str()).chars().count(),
            5
        );
    }

    #[test]
    fn debug_has_no_text() {
        assert_eq!(std::format!("{:?}", FhirString::from("Chalmers")), "string(8)");
    }
}
