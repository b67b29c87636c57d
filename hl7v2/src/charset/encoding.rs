//! The tables of the single sets: one run of bytes to text, one character to bytes. Those that this crate does
//! not hold itself are `encoding_rs`'s, behind the feature `charsets`.

use alloc::string::String;
use alloc::vec::Vec;

use super::Charset;

/// A set of ISO 2022 with two bytes of seven bits a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Double {
    Jis0208,
    Jis0212,
    Ks1001,
    Gb2312,
    /// Known by its announcement only: characters end where they should, but have no text.
    Other,
}

/// Appends the text of `bytes`, in a set that stands for itself; an error says whether the set is unsupported.
pub(super) fn decode(charset: Charset, bytes: &[u8], out: &mut String) -> Result<(), bool> {
    if bytes.is_ascii() || matches!(charset, Charset::Ascii | Charset::Utf8) {
        out.push_str(core::str::from_utf8(bytes).map_err(|_| false)?);
        return Ok(());
    }
    if charset == Charset::Iso8859_1 {
        out.extend(bytes.iter().map(|&byte| char::from(byte)));
        return Ok(());
    }
    tables::decode(charset, bytes, out)
}

/// Appends the bytes of a character; false when the set does not have it.
pub(super) fn encode(charset: Charset, character: char, out: &mut Vec<u8>) -> bool {
    match (charset, u32::from(character)) {
        (_, code @ 0..0x80) => out.push(code as u8),
        (Charset::Utf8, _) => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        (Charset::Iso8859_1, code @ 0x80..=0xFF) => out.push(code as u8),
        (Charset::Ascii | Charset::Iso8859_1, _) => return false,
        _ => return tables::encode(charset, character, out),
    }
    true
}

pub(super) use tables::{decode_double, encode_double};

/// Half-width katakana, by their code of seven bits.
pub(super) fn katakana(code: u8) -> Option<char> {
    matches!(code, 0x21..=0x5F).then(|| char::from_u32(0xFF40 + u32::from(code)))?
}

#[cfg(feature = "charsets")]
mod tables {
    use alloc::string::String;
    use alloc::vec::Vec;
    use std::sync::OnceLock;

    use encoding_rs::Encoding;

    use super::{Charset, Double};

    fn encoding(charset: Charset) -> Option<&'static Encoding> {
        Some(match charset {
            Charset::Iso8859_2 => encoding_rs::ISO_8859_2,
            Charset::Iso8859_3 => encoding_rs::ISO_8859_3,
            Charset::Iso8859_4 => encoding_rs::ISO_8859_4,
            Charset::Iso8859_5 => encoding_rs::ISO_8859_5,
            Charset::Iso8859_6 => encoding_rs::ISO_8859_6,
            Charset::Iso8859_7 => encoding_rs::ISO_8859_7,
            Charset::Iso8859_8 => encoding_rs::ISO_8859_8,
            Charset::Iso8859_9 => encoding_rs::WINDOWS_1254,
            Charset::Iso8859_10 => encoding_rs::ISO_8859_10,
            Charset::Iso8859_11 => encoding_rs::WINDOWS_874,
            Charset::Iso8859_13 => encoding_rs::ISO_8859_13,
            Charset::Iso8859_14 => encoding_rs::ISO_8859_14,
            Charset::Iso8859_15 => encoding_rs::ISO_8859_15,
            Charset::Gb18030 => encoding_rs::GB18030,
            Charset::KsX1001 => encoding_rs::EUC_KR,
            Charset::Big5 => encoding_rs::BIG5,
            _ => return None,
        })
    }

    /// True for the sets whose table is a windows set, which has letters where ISO 8859 has control characters.
    fn is_windows(charset: Charset) -> bool {
        matches!(charset, Charset::Iso8859_9 | Charset::Iso8859_11)
    }

    pub(in super::super) fn decode(charset: Charset, bytes: &[u8], out: &mut String) -> Result<(), bool> {
        let encoding = encoding(charset).ok_or(true)?;
        let mut rest = bytes;
        while !rest.is_empty() {
            let control = |byte: &u8| is_windows(charset) && matches!(byte, 0x80..=0x9F);
            let length = rest.iter().position(control).unwrap_or(rest.len());
            let text = encoding.decode_without_bom_handling_and_without_replacement(&rest[..length]);
            out.push_str(&text.ok_or(false)?);
            if let Some(&byte) = rest.get(length) {
                out.push(char::from(byte));
            }
            rest = rest.get(length + 1..).unwrap_or(&[]);
        }
        Ok(())
    }

    pub(in super::super) fn encode(charset: Charset, character: char, out: &mut Vec<u8>) -> bool {
        let Some(encoding) = encoding(charset) else {
            return false;
        };
        if is_windows(charset) && matches!(character, '\u{80}'..='\u{9F}') {
            out.push(u32::from(character) as u8);
            return true;
        }
        let mut text = [0; 4];
        let (bytes, _, unmappable) = encoding.encode(character.encode_utf8(&mut text));
        let beyond = match charset {
            _ if is_windows(charset) => bytes.iter().any(|byte| matches!(byte, 0x80..=0x9F)),
            // The table is that of windows-949, which has more than KS X 1001.
            Charset::KsX1001 => bytes.iter().any(|&byte| byte < 0xA1),
            _ => false,
        };
        // What encodes to one byte of ASCII here would not be read back as itself.
        if unmappable || beyond || bytes.is_ascii() {
            return false;
        }
        out.extend_from_slice(&bytes);
        true
    }

    pub(in super::super) fn decode_double(set: Double, codes: [u8; 2]) -> Result<char, bool> {
        let [a, b] = codes.map(|code| code | 0x80);
        let (encoding, bytes): (_, &[u8]) = match set {
            Double::Jis0208 => (encoding_rs::EUC_JP, &[a, b]),
            Double::Jis0212 => (encoding_rs::EUC_JP, &[0x8F, a, b]),
            Double::Ks1001 => (encoding_rs::EUC_KR, &[a, b]),
            Double::Gb2312 => (encoding_rs::GBK, &[a, b]),
            Double::Other => return Err(true),
        };
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
        text.and_then(|text| text.chars().next()).ok_or(false)
    }

    pub(in super::super) fn encode_double(set: Double, character: char) -> Option<[u8; 2]> {
        let encoding = match set {
            Double::Jis0208 => encoding_rs::EUC_JP,
            Double::Ks1001 => encoding_rs::EUC_KR,
            Double::Gb2312 => encoding_rs::GBK,
            Double::Jis0212 => return jis0212(character),
            Double::Other => return None,
        };
        let mut text = [0; 4];
        let (bytes, _, unmappable) = encoding.encode(character.encode_utf8(&mut text));
        match &*bytes {
            &[a @ 0xA1..=0xFE, b @ 0xA1..=0xFE] if !unmappable => Some([a & 0x7F, b & 0x7F]),
            _ => None,
        }
    }

    /// `encoding_rs` reads JIS X 0212 but does not write it: its table is turned around once.
    fn jis0212(character: char) -> Option<[u8; 2]> {
        static REVERSE: OnceLock<Vec<(char, [u8; 2])>> = OnceLock::new();
        let reverse = REVERSE.get_or_init(|| {
            let codes = (0x21..=0x7E_u8).flat_map(|a| (0x21..=0x7E_u8).map(move |b| [a, b]));
            let mut all: Vec<_> = codes
                .filter_map(|codes| Some((decode_double(Double::Jis0212, codes).ok()?, codes)))
                .collect();
            all.sort_unstable();
            all
        });
        let found = reverse.binary_search_by_key(&character, |&(of, _)| of).ok()?;
        reverse.get(found).map(|&(_, codes)| codes)
    }
}

#[cfg(not(feature = "charsets"))]
mod tables {
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::{Charset, Double};

    pub(in super::super) fn decode(_: Charset, _: &[u8], _: &mut String) -> Result<(), bool> {
        Err(true)
    }

    pub(in super::super) fn encode(_: Charset, _: char, _: &mut Vec<u8>) -> bool {
        false
    }

    pub(in super::super) fn decode_double(_: Double, _: [u8; 2]) -> Result<char, bool> {
        Err(true)
    }

    pub(in super::super) fn encode_double(_: Double, _: char) -> Option<[u8; 2]> {
        None
    }
}

#[cfg(all(test, feature = "charsets"))]
mod tests {
    use super::*;

    #[test]
    fn the_control_characters_of_8859() {
        for charset in [Charset::Iso8859_1, Charset::Iso8859_9, Charset::Iso8859_11] {
            let mut text = String::new();
            decode(charset, b"a\x80\x9F\xA0", &mut text).unwrap();
            assert_eq!(text, "a\u{80}\u{9F}\u{A0}");
            let mut bytes = Vec::new();
            assert!(encode(charset, '\u{85}', &mut bytes));
            assert_eq!(bytes, b"\x85");
        }
        assert!(!encode(Charset::Iso8859_9, '€', &mut Vec::new()));
        assert!(encode(Charset::Iso8859_15, '€', &mut Vec::new()));
    }

    #[test]
    fn both_ways() {
        for (set, character, codes) in [
            (Double::Jis0208, '山', [0x3B, 0x33]),
            (Double::Jis0212, '丂', [0x30, 0x21]),
            (Double::Ks1001, '김', [0x31, 0x68]),
            (Double::Gb2312, '中', [0x56, 0x50]),
        ] {
            assert_eq!(decode_double(set, codes), Ok(character));
            assert_eq!(encode_double(set, character), Some(codes));
        }
        assert_eq!(decode_double(Double::Other, [0x21, 0x21]), Err(true));
    }
}
