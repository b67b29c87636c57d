//! The character set of a message: what MSH-18 says, and what the bytes are read as.

use std::borrow::Cow;

/// The character set that the text of a message is read in.
///
/// MSH-18 names it. Without a name, or with ASCII, bytes outside ASCII are read as UTF-8 when the whole message
/// is valid UTF-8, else as 8859/1; a finding says which. In a set that is not read yet, ASCII text is given and
/// any other text is an error with a place: it is never guessed and never replaced.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Charset, Message};
///
/// let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||8859/1\rPID|||||M\xFCller\r")?;
/// assert_eq!(msg.charset(), Charset::Iso8859_1);
/// assert_eq!(msg.find("PID-5")?.map(|name| name.text()).as_deref(), Some("Müller"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: HL7 v2.5.1 chapter 2, 2.15.9.18 Character set; table 0211.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Charset {
    /// ASCII: no byte above 0x7F occurs.
    Ascii,
    /// `UNICODE UTF-8`.
    Utf8,
    /// `8859/1`, all 256 bytes of it.
    Iso8859_1,
    /// A set of table 0211 that extends ASCII byte by byte and is not read yet.
    UnsupportedSingleByte,
    /// A set of table 0211 with characters of several bytes, or a name that is not in the table; not read yet.
    UnsupportedMultiByte,
}

impl Charset {
    /// The set that a value of MSH-18 names, or `None` when it is empty. Usual misspellings (`UTF-8`,
    /// `ISO-8859-1`) are understood.
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        let mut plain = [0_u8; 16];
        let mut length = 0;
        for byte in name.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
            let Some(place) = plain.get_mut(length) else {
                return Some(Self::UnsupportedMultiByte);
            };
            *place = byte.to_ascii_uppercase();
            length += 1;
        }
        let plain = &plain[..length];
        let plain = plain
            .strip_prefix(b"UNICODE")
            .filter(|rest| !rest.is_empty())
            .unwrap_or(plain);
        let plain = plain.strip_prefix(b"ISO").unwrap_or(plain);
        Some(match plain {
            b"" => return None,
            b"ASCII" | b"USASCII" | b"IR6" => Self::Ascii,
            b"UTF8" => Self::Utf8,
            b"88591" | b"LATIN1" => Self::Iso8859_1,
            _ if plain.starts_with(b"8859") || plain == b"IR14" => Self::UnsupportedSingleByte,
            _ => Self::UnsupportedMultiByte,
        })
    }

    /// The name in table 0211, or `None` for a set that is not read.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(carewire_hl7v2::Charset::Utf8.as_str(), Some("UNICODE UTF-8"));
    /// ```
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Self::Ascii => Some("ASCII"),
            Self::Utf8 => Some("UNICODE UTF-8"),
            Self::Iso8859_1 => Some("8859/1"),
            Self::UnsupportedSingleByte | Self::UnsupportedMultiByte => None,
        }
    }

    /// True if text outside ASCII can be read.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(carewire_hl7v2::Charset::Iso8859_1.is_supported());
    /// ```
    pub fn is_supported(self) -> bool {
        self.as_str().is_some()
    }

    /// The bytes as text; an error says whether the set is unsupported.
    pub(crate) fn decode(self, bytes: Cow<'_, [u8]>) -> Result<Cow<'_, str>, bool> {
        if bytes.is_ascii() || matches!(self, Self::Ascii | Self::Utf8) {
            return match bytes {
                Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| false),
                Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|_| false),
            };
        }
        match self {
            Self::Iso8859_1 => Ok(Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect())),
            _ => Err(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let cases: &[(&[u8], Option<Charset>)] = &[
            (b"", None),
            (b"ASCII", Some(Charset::Ascii)),
            (b"UNICODE UTF-8", Some(Charset::Utf8)),
            (b"utf-8", Some(Charset::Utf8)),
            (b"8859/1", Some(Charset::Iso8859_1)),
            (b"ISO-8859-1", Some(Charset::Iso8859_1)),
            (b"8859/15", Some(Charset::UnsupportedSingleByte)),
            (b"8859/2", Some(Charset::UnsupportedSingleByte)),
            (b"ISO IR87", Some(Charset::UnsupportedMultiByte)),
            (b"UNICODE", Some(Charset::UnsupportedMultiByte)),
            (b"UNICODE UTF-16", Some(Charset::UnsupportedMultiByte)),
        ];
        for (name, set) in cases {
            assert_eq!(Charset::named(name), *set);
        }
    }

    #[test]
    fn never_replaces() {
        assert_eq!(Charset::Utf8.decode(Cow::Borrowed(b"\xFF")), Err(false));
        assert_eq!(
            Charset::UnsupportedSingleByte.decode(Cow::Borrowed(b"\xFF")),
            Err(true)
        );
        assert_eq!(
            Charset::Iso8859_1.decode(Cow::Borrowed(b"\x80")),
            Ok(Cow::Borrowed("\u{80}"))
        );
    }
}
