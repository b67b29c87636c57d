//! UTF-16 and UTF-32, in which a delimiter is no single byte: such a message is turned into text before it is read.

use alloc::string::String;
use alloc::vec::Vec;

/// The forms of Unicode whose units are wider than a byte.
///
/// A message in one of them has no MSH that a reader of bytes could find. [`detect`](Self::detect) tells which one it
/// is, [`decode`](Self::decode) gives the text for [`Message::parse_str`](crate::Message::parse_str), and
/// [`encode`](Self::encode) the bytes to send back.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, WideCharset};
///
/// let sent = WideCharset::Utf16Le.encode("MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||UNICODE UTF-16\rPID|||||Łucja\r");
/// assert!(Message::parse(&sent).is_err());
/// let form = WideCharset::detect(&sent).expect("UTF-16");
/// let text = form.decode(&sent).expect("whole characters");
/// let msg = Message::parse_str(&text)?;
/// assert_eq!(msg.find("PID-5")?.map(|name| name.text()).as_deref(), Some("Łucja"));
/// assert_eq!(form.encode(&text), sent);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: HL7 table 0211, `UNICODE UTF-16` and `UNICODE UTF-32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WideCharset {
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// UTF-32, the low byte first.
    Utf32Le,
    /// UTF-32, the high byte first.
    Utf32Be,
}

impl WideCharset {
    /// The form that a byte order mark or `MSH` at the start is written in; `None` if it is none of these.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::WideCharset;
    /// assert_eq!(WideCharset::detect(b"M\0S\0H\0"), Some(WideCharset::Utf16Le));
    /// assert_eq!(WideCharset::detect(b"MSH|"), None);
    /// ```
    pub fn detect(bytes: &[u8]) -> Option<Self> {
        let all = [Self::Utf32Le, Self::Utf32Be, Self::Utf16Le, Self::Utf16Be];
        // That of UTF-32 begins as that of UTF-16 does.
        all.into_iter().find(|form| {
            bytes.starts_with(&form.encode("\u{FEFF}")) || bytes.starts_with(&form.encode("MSH"))
        })
    }

    /// The text, a byte order mark included; `None` if the bytes are not whole characters.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::WideCharset;
    /// assert_eq!(WideCharset::Utf16Be.decode(b"\x01\x41").as_deref(), Some("Ł"));
    /// assert_eq!(WideCharset::Utf16Be.decode(b"\xD8\x00"), None);
    /// ```
    pub fn decode(self, bytes: &[u8]) -> Option<String> {
        let units = bytes.chunks_exact(self.width());
        if !units.remainder().is_empty() {
            return None;
        }
        let value = |unit: &[u8]| match self {
            Self::Utf16Be | Self::Utf32Be => unit.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)),
            Self::Utf16Le | Self::Utf32Le => unit.iter().rfold(0, |sum, byte| sum << 8 | u32::from(*byte)),
        };
        match self {
            Self::Utf16Le | Self::Utf16Be => {
                let units = units.map(|unit| value(unit) as u16);
                char::decode_utf16(units).collect::<Result<_, _>>().ok()
            }
            Self::Utf32Le | Self::Utf32Be => units.map(|unit| char::from_u32(value(unit))).collect(),
        }
    }

    /// The bytes of a text; a byte order mark is written if the text begins with one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::WideCharset;
    /// assert_eq!(WideCharset::Utf16Be.encode("MSH"), b"\0M\0S\0H");
    /// ```
    pub fn encode(self, text: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len() * self.width());
        match self {
            Self::Utf16Le => text
                .encode_utf16()
                .for_each(|unit| out.extend(unit.to_le_bytes())),
            Self::Utf16Be => text
                .encode_utf16()
                .for_each(|unit| out.extend(unit.to_be_bytes())),
            Self::Utf32Le => text
                .chars()
                .for_each(|unit| out.extend(u32::from(unit).to_le_bytes())),
            Self::Utf32Be => text
                .chars()
                .for_each(|unit| out.extend(u32::from(unit).to_be_bytes())),
        }
        out
    }

    fn width(self) -> usize {
        match self {
            Self::Utf16Le | Self::Utf16Be => 2,
            Self::Utf32Le | Self::Utf32Be => 4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for form in [
            WideCharset::Utf16Le,
            WideCharset::Utf16Be,
            WideCharset::Utf32Le,
            WideCharset::Utf32Be,
        ] {
            for text in ["MSH|", "\u{FEFF}MSH|", "MSH|ŁŁ\u{1F600}"] {
                let bytes = form.encode(text);
                assert_eq!(form.decode(&bytes).as_deref(), Some(text));
                assert_eq!(WideCharset::detect(&bytes), Some(form), "{text}");
            }
            assert_eq!(form.decode(b"\0"), None);
        }
        assert_eq!(WideCharset::detect(b"MSH|^~\\&"), None);
        assert_eq!(WideCharset::detect(b""), None);
        assert_eq!(WideCharset::Utf32Le.decode(b"\0\xD8\0\0"), None);
    }
}
