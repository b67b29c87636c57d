//! The bytes of a message, which are known to be text where they are.

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
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text),
            Err(_) => Self::Bytes(bytes),
        }
    }

    /// From here on, bytes only: their set is such that they have to be decoded.
    pub(crate) fn forget_text(&mut self) {
        if let Self::Text(text) = self {
            *self = Self::Bytes(text.as_bytes());
        }
    }

    pub(crate) fn into_owned(self) -> Source<'static> {
        match self {
            Self::Bytes(bytes) => Source::OwnBytes(bytes.into()),
            Self::Text(text) => Source::OwnText(text.into()),
            Self::OwnBytes(bytes) => Source::OwnBytes(bytes),
            Self::OwnText(text) => Source::OwnText(text),
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
