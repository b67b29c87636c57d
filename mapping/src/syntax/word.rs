//! A text of a tree.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// How many bytes stand in the value itself.
const INLINE: usize = 22;

/// A text of a map: a name, a code, an expression. 24 bytes; up to 22 bytes of text, nearly every name, need no allocation.
///
/// ```
/// use carewire_mapping::syntax::Word;
///
/// let word = Word::from("birthDate");
/// assert_eq!(word, "birthDate");
/// assert!(word.starts_with("birth"));
/// ```
#[derive(Clone)]
pub struct Word(Repr);

#[derive(Clone)]
enum Repr {
    Inline { length: u8, bytes: [u8; INLINE] },
    Heap(Box<str>),
}

impl Word {
    /// The text.
    #[inline]
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            // Whole texts alone are put there.
            Repr::Inline { length, bytes } => {
                let text = bytes.get(..usize::from(*length)).unwrap_or_default();
                std::str::from_utf8(text).unwrap_or_default()
            }
            Repr::Heap(text) => text,
        }
    }

    /// The bytes of the text.
    #[inline]
    fn bytes(&self) -> &[u8] {
        match &self.0 {
            Repr::Inline { length, bytes } => bytes.get(..usize::from(*length)).unwrap_or_default(),
            Repr::Heap(text) => text.as_bytes(),
        }
    }
}

impl Default for Word {
    fn default() -> Self {
        Self::from("")
    }
}

impl From<&str> for Word {
    #[inline]
    fn from(text: &str) -> Self {
        let mut bytes = [0; INLINE];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(to), Ok(length)) => {
                to.copy_from_slice(text.as_bytes());
                Self(Repr::Inline { length, bytes })
            }
            _ => Self(Repr::Heap(text.into())),
        }
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        if text.len() <= INLINE {
            Self::from(text.as_str())
        } else {
            Self(Repr::Heap(text.into_boxed_str()))
        }
    }
}

impl From<&String> for Word {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        match word.0 {
            Repr::Heap(text) => text.into_string(),
            Repr::Inline { .. } => word.as_str().to_owned(),
        }
    }
}

impl From<&Word> for Box<str> {
    fn from(word: &Word) -> Self {
        word.as_str().into()
    }
}

impl Deref for Word {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Word {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Word {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Word {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Word {}

impl PartialEq<str> for Word {
    #[inline]
    fn eq(&self, other: &str) -> bool {
        self.bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Word {
    #[inline]
    fn eq(&self, other: &&str) -> bool {
        self.bytes() == other.as_bytes()
    }
}

impl PartialEq<String> for Word {
    fn eq(&self, other: &String) -> bool {
        self.bytes() == other.as_bytes()
    }
}

impl PartialEq<Word> for String {
    fn eq(&self, other: &Word) -> bool {
        other == self
    }
}

impl PartialEq<Word> for &str {
    fn eq(&self, other: &Word) -> bool {
        other == self
    }
}

impl PartialOrd for Word {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Word {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes().cmp(other.bytes())
    }
}

/// As the hash of its `str`, so that tables can be asked for either.
impl Hash for Word {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_word_is_its_text_whatever_its_length() {
        for length in [0, 1, 21, 22, 23, 200] {
            for letter in ["a", "é", "語"] {
                let text = letter.repeat(length);
                let word = Word::from(text.as_str());
                assert_eq!(word.as_str(), text);
                assert_eq!(word, Word::from(text.clone()));
                assert_eq!(String::from(word.clone()), text);
                assert_eq!(format!("{word} {word:?}"), format!("{text} {text:?}"));
                assert!(HashSet::from([word]).contains(text.as_str()));
            }
        }
    }

    #[test]
    fn words_are_ordered_as_their_texts() {
        let texts = ["", "a", "a much longer text than a word has room for", "b", "é"];
        assert!(texts.map(Word::from).is_sorted());
        assert_ne!(Word::from("a"), Word::from("a\0"));
        assert_eq!(size_of::<Word>(), 24);
    }
}
