//! The character set of a message: what MSH-18 says, and what the bytes are read as.

mod encoding;
mod pieces;
mod shift;
mod wide;
mod write;

use alloc::borrow::Cow;
use alloc::string::String;

pub(crate) use pieces::{Piece, mask, pieces};
pub use wide::WideCharset;
pub(crate) use write::{encode, encode_into};

use crate::delimiters::EncodingCharacters;

/// The character set that the text of a message is read in.
///
/// MSH-18 names it. Without a name, or with ASCII, bytes outside ASCII are read as UTF-8 when the whole message
/// is valid UTF-8, else as 8859/1; a finding says which. In a set that is not read, ASCII text is given and
/// any other text is an error with a place: it is never guessed and never replaced.
///
/// In Big-5, GB 18030 and after a switch by ISO 2022 a byte inside a character may equal a delimiter; it is none.
/// [`Message::encode`](crate::Message::encode) writes text in the set of a message.
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
    /// `8859/2`, of central Europe.
    Iso8859_2,
    /// `8859/3`, of southern Europe.
    Iso8859_3,
    /// `8859/4`, of northern Europe.
    Iso8859_4,
    /// `8859/5`, Cyrillic.
    Iso8859_5,
    /// `8859/6`, Arabic.
    Iso8859_6,
    /// `8859/7`, Greek.
    Iso8859_7,
    /// `8859/8`, Hebrew.
    Iso8859_8,
    /// `8859/9`, Turkish, all 256 bytes of it.
    Iso8859_9,
    /// `8859/10`, Nordic; not in the table, but sent.
    Iso8859_10,
    /// `8859/11`, Thai; not in the table, but sent.
    Iso8859_11,
    /// `8859/13`, Baltic; not in the table, but sent.
    Iso8859_13,
    /// `8859/14`, Celtic; not in the table, but sent.
    Iso8859_14,
    /// `8859/15`, of western Europe with the euro sign.
    Iso8859_15,
    /// `ISO IR14`: JIS X 0201, Roman letters (the yen sign at 0x5C) and half-width katakana.
    IsoIr14,
    /// `ISO IR87`: ASCII, and JIS X 0208 by ISO 2022.
    IsoIr87,
    /// `ISO IR159`: ASCII, and JIS X 0212 by ISO 2022.
    IsoIr159,
    /// `GB 18030-2000`.
    Gb18030,
    /// `KS X 1001`.
    KsX1001,
    /// `BIG-5`.
    Big5,
    /// `CNS 11643-1992`; not read.
    Cns11643,
    /// `UNICODE UTF-16`; not read from bytes, as the delimiters are not single ones: see [`WideCharset`].
    Utf16,
    /// `UNICODE UTF-32`; not read from bytes, as the delimiters are not single ones: see [`WideCharset`].
    Utf32,
    /// A name that no table has; not read.
    Unknown,
}

impl Charset {
    /// The set that a value of MSH-18 names, or `None` when it is empty. Usual misspellings (`UTF-8`,
    /// `ISO-8859-1`) are understood.
    pub(crate) fn named(name: &[u8]) -> Option<Self> {
        match name {
            b"" => return None,
            b"UNICODE UTF-8" => return Some(Self::Utf8),
            _ => {}
        }
        let mut plain = [0_u8; 16];
        let mut length = 0;
        for byte in name.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
            let Some(place) = plain.get_mut(length) else {
                return Some(Self::Unknown);
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
            // Bytes that are no name at all, such as a set written in its own characters.
            b"" if name.iter().any(|byte| !byte.is_ascii()) => Self::Unknown,
            b"" => return None,
            b"ASCII" | b"USASCII" | b"IR6" => Self::Ascii,
            b"UTF8" => Self::Utf8,
            b"88591" | b"LATIN1" => Self::Iso8859_1,
            b"88592" => Self::Iso8859_2,
            b"88593" => Self::Iso8859_3,
            b"88594" => Self::Iso8859_4,
            b"88595" => Self::Iso8859_5,
            b"88596" => Self::Iso8859_6,
            b"88597" => Self::Iso8859_7,
            b"88598" => Self::Iso8859_8,
            b"88599" => Self::Iso8859_9,
            b"885910" => Self::Iso8859_10,
            b"885911" => Self::Iso8859_11,
            b"885913" => Self::Iso8859_13,
            b"885914" => Self::Iso8859_14,
            b"885915" => Self::Iso8859_15,
            b"IR14" => Self::IsoIr14,
            b"IR87" | b"JISX0202" | b"2022JP" => Self::IsoIr87,
            b"IR159" => Self::IsoIr159,
            b"GB18030" | b"GB180302000" => Self::Gb18030,
            b"KSX1001" => Self::KsX1001,
            b"BIG5" => Self::Big5,
            b"CNS11643" | b"CNS116431992" => Self::Cns11643,
            b"UTF16" => Self::Utf16,
            b"UTF32" => Self::Utf32,
            _ => Self::Unknown,
        })
    }

    /// The name as MSH-18 has it, or `None` for [`Charset::Unknown`].
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(carewire_hl7v2::Charset::Utf8.as_str(), Some("UNICODE UTF-8"));
    /// ```
    ///
    /// Spec: HL7 table 0211.
    pub fn as_str(self) -> Option<&'static str> {
        Some(match self {
            Self::Ascii => "ASCII",
            Self::Utf8 => "UNICODE UTF-8",
            Self::Iso8859_1 => "8859/1",
            Self::Iso8859_2 => "8859/2",
            Self::Iso8859_3 => "8859/3",
            Self::Iso8859_4 => "8859/4",
            Self::Iso8859_5 => "8859/5",
            Self::Iso8859_6 => "8859/6",
            Self::Iso8859_7 => "8859/7",
            Self::Iso8859_8 => "8859/8",
            Self::Iso8859_9 => "8859/9",
            Self::Iso8859_10 => "8859/10",
            Self::Iso8859_11 => "8859/11",
            Self::Iso8859_13 => "8859/13",
            Self::Iso8859_14 => "8859/14",
            Self::Iso8859_15 => "8859/15",
            Self::IsoIr14 => "ISO IR14",
            Self::IsoIr87 => "ISO IR87",
            Self::IsoIr159 => "ISO IR159",
            Self::Gb18030 => "GB 18030-2000",
            Self::KsX1001 => "KS X 1001",
            Self::Big5 => "BIG-5",
            Self::Cns11643 => "CNS 11643-1992",
            Self::Utf16 => "UNICODE UTF-16",
            Self::Utf32 => "UNICODE UTF-32",
            Self::Unknown => return None,
        })
    }

    /// True if text outside ASCII can be read: always for ASCII, UTF-8, 8859/1 and ISO IR14, never for
    /// CNS 11643, UTF-16, UTF-32 and unknown names, and for the others with the feature `charsets`.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(carewire_hl7v2::Charset::Iso8859_1.is_supported());
    /// assert!(!carewire_hl7v2::Charset::Cns11643.is_supported());
    /// ```
    pub fn is_supported(self) -> bool {
        match self {
            Self::Ascii | Self::Utf8 | Self::Iso8859_1 | Self::IsoIr14 => true,
            Self::Cns11643 | Self::Utf16 | Self::Utf32 | Self::Unknown => false,
            _ => cfg!(feature = "charsets"),
        }
    }

    /// True if where a character ends is not known, so that nothing around it can be trusted.
    pub(crate) fn is_opaque(self) -> bool {
        matches!(self, Self::Cns11643 | Self::Utf16 | Self::Utf32 | Self::Unknown)
    }
}

/// How the bytes of a message are read: the set of MSH-18, and whether ISO 2022 may switch to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) charset: Charset,
    pub(crate) shifts: bool,
}

impl Reading {
    pub(crate) const ASCII: Self = Self {
        charset: Charset::Ascii,
        shifts: false,
    };

    /// What MSH-18 declares by its repetitions: the set of the first, and whether there are others.
    pub(crate) fn new(charset: Charset, alternates: bool) -> Self {
        let shifts = alternates
            || matches!(
                charset,
                Charset::IsoIr14 | Charset::IsoIr87 | Charset::IsoIr159 | Charset::KsX1001
            );
        Self { charset, shifts }
    }

    /// True if the bytes can be cut at every delimiter and decoded run by run.
    #[inline]
    pub(crate) fn is_plain(self) -> bool {
        !self.shifts && matches!(self.charset, Charset::Ascii | Charset::Utf8 | Charset::Iso8859_1)
    }

    /// True if a value of a message of `bytes` that holds no escape character is text as it stands, once the bytes are
    /// valid UTF-8.
    pub(crate) fn stands(self, bytes: &[u8], ascii: bool) -> bool {
        match self.charset {
            Charset::IsoIr14 => false,
            _ if !self.is_plain() => ascii && memchr::memchr2(0x1B, 0x0E, bytes).is_none(),
            Charset::Iso8859_1 => ascii,
            _ => true,
        }
    }

    /// True if a byte of `bytes` that equals a delimiter may be part of a character.
    pub(crate) fn hides_delimiters(self, bytes: &[u8], escape: Option<u8>) -> bool {
        match self.charset {
            Charset::Big5 | Charset::Gb18030 if !bytes.is_ascii() => true,
            _ => self.shifts && shift::occurs(bytes, escape),
        }
    }

    /// True if the whole field that holds `raw` has to be refused: a set whose characters have unknown ends.
    pub(crate) fn refuses(self, raw: &[u8]) -> bool {
        self.charset.is_opaque() && (!raw.is_ascii() || memchr::memchr(0x1B, raw).is_some())
    }

    /// The bytes of a value as text, its escape sequences resolved once unless it is literal; an error says
    /// whether the set is unsupported.
    pub(crate) fn text<'a>(
        self,
        raw: &'a [u8],
        characters: &EncodingCharacters,
        literal: bool,
    ) -> Result<Cow<'a, str>, bool> {
        if self.is_plain() {
            let bytes = if literal {
                Cow::Borrowed(raw)
            } else {
                crate::escape::unescape(raw, characters, self.charset)
            };
            return self.charset.decode_plain(bytes);
        }
        let special = |byte: &u8| match byte {
            0x0E | 0x1B | 0x80.. => true,
            b'\\' | b'~' if self.charset == Charset::IsoIr14 => true,
            _ => Some(*byte) == characters.escape && !literal,
        };
        if !raw.iter().any(special) {
            return self.charset.decode_plain(Cow::Borrowed(raw));
        }
        if literal {
            return Charset::Ascii.decode_plain(Cow::Borrowed(raw));
        }
        crate::escape::resolve(raw, characters, self).map(Cow::Owned)
    }
}

impl Charset {
    /// Decodes bytes that are ASCII, or in a set that [`Reading::is_plain`] names.
    fn decode_plain(self, bytes: Cow<'_, [u8]>) -> Result<Cow<'_, str>, bool> {
        if self == Self::Iso8859_1 && !bytes.is_ascii() {
            return Ok(Cow::Owned(bytes.iter().map(|&byte| char::from(byte)).collect()));
        }
        match bytes {
            Cow::Borrowed(bytes) => core::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| false),
            Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|_| false),
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
            (b"8859/15", Some(Charset::Iso8859_15)),
            (b"8859/12", Some(Charset::Unknown)),
            (b"ISO IR87", Some(Charset::IsoIr87)),
            (b"GB 18030-2000", Some(Charset::Gb18030)),
            (b"CNS 11643-1992", Some(Charset::Cns11643)),
            (b"UNICODE", Some(Charset::Unknown)),
            (b"UNICODE UTF-16", Some(Charset::Utf16)),
            (b"\xB1\xE8", Some(Charset::Unknown)),
        ];
        for (name, set) in cases {
            assert_eq!(Charset::named(name), *set);
            if let Some(name) = set.and_then(Charset::as_str) {
                assert_eq!(Charset::named(name.as_bytes()), *set);
            }
        }
    }

    #[test]
    fn never_replaces() {
        let read =
            |charset, raw| Reading::new(charset, false).text(raw, &EncodingCharacters::default(), false);
        assert_eq!(read(Charset::Utf8, b"\xFF"), Err(false));
        assert_eq!(read(Charset::Cns11643, b"\xFF"), Err(true));
        assert_eq!(read(Charset::Iso8859_1, b"\x80"), Ok(Cow::Borrowed("\u{80}")));
    }
}
