//! The bytes of a message, which are known to be text where they are.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;

/// What a message was read from, borrowed or its own. All four hold a pointer and a length at the same place, so
/// that asking for the bytes asks nothing first.
#[derive(Clone)]
pub(crate) enum Source<'a> {
    Bytes(&'a [u8]),
    /// Valid UTF-8, whose values are text as they stand.
    Text(&'a str),
    OwnBytes(Box<[u8]>),
    OwnText(Box<str>),
}

impl<'a> Source<'a> {
    /// Looks once, so that no value has to be looked at again.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        match simdutf8::basic::from_utf8(bytes) {
            Ok(text) => Self::Text(text),
            Err(_) => Self::Bytes(bytes),
        }
    }

    /// From here on, bytes only: their set is such that they have to be decoded.
    pub(crate) fn forget_text(&mut self) {
        let known = core::mem::replace(self, Self::Bytes(&[]));
        *self = match known {
            Self::Text(text) => Self::Bytes(text.as_bytes()),
            Self::OwnText(text) => Self::OwnBytes(text.into_boxed_bytes()),
            bytes => bytes,
        };
    }

    /// Looks again whether the bytes are text.
    pub(crate) fn look(&mut self) {
        let known = core::mem::replace(self, Self::Bytes(&[]));
        *self = match known {
            Self::Bytes(bytes) => Self::of(bytes),
            Self::OwnBytes(bytes) => match alloc::string::String::from_utf8(bytes.into_vec()) {
                Ok(text) => Self::OwnText(text.into_boxed_str()),
                Err(error) => Self::OwnBytes(error.into_bytes().into_boxed_slice()),
            },
            text => text,
        };
    }

    /// Puts bytes in place of a range, and gives those. What was text stays text if the bytes are, and are to be.
    pub(crate) fn replace(&mut self, range: Range<usize>, with: &[u8], is_text: bool) -> Vec<u8> {
        let bytes = self.bytes();
        let (before, after) = (bytes.get(..range.start), bytes.get(range.end..));
        let removed = bytes.get(range.clone()).unwrap_or(&[]).to_vec();
        let text = self.text().filter(|_| is_text).and_then(|text| {
            let with = core::str::from_utf8(with).ok()?;
            Some([text.get(..range.start)?, with, text.get(range.end..)?].concat())
        });
        *self = match text {
            Some(text) => Self::OwnText(text.into_boxed_str()),
            None => Self::OwnBytes(
                [before.unwrap_or(&[]), with, after.unwrap_or(&[])]
                    .concat()
                    .into_boxed_slice(),
            ),
        };
        removed
    }

    pub(crate) fn into_owned(self) -> Source<'static> {
        match self {
            Self::Bytes(bytes) => Source::OwnBytes(bytes.into()),
            Self::Text(text) => Source::OwnText(text.into()),
            Self::OwnBytes(bytes) => Source::OwnBytes(bytes),
            Self::OwnText(text) => Source::OwnText(text),
        }
    }

    pub(crate) fn into_bytes(self) -> Cow<'a, [u8]> {
        match self {
            Self::Bytes(bytes) => Cow::Borrowed(bytes),
            Self::Text(text) => Cow::Borrowed(text.as_bytes()),
            Self::OwnBytes(bytes) => Cow::Owned(bytes.into_vec()),
            Self::OwnText(text) => Cow::Owned(text.into_boxed_bytes().into_vec()),
        }
    }

    #[inline]
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text(text) => text.as_bytes(),
            Self::OwnBytes(bytes) => bytes,
            Self::OwnText(text) => text.as_bytes(),
        }
    }

    /// The bytes as text, where that is what they are.
    #[inline]
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::OwnText(text) => Some(text),
            Self::Bytes(_) | Self::OwnBytes(_) => None,
        }
    }
}
