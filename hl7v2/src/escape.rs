//! From the bytes of a value to its text: escape sequences and the character set.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::charset::{Charset, Piece, Reading, pieces};
use crate::delimiters::EncodingCharacters;
use crate::parse::escape::{Escape, escape};

/// The bytes of `raw` with its escape sequences resolved once. What is none, or has no meaning here, stays as it is.
pub(crate) fn unescape<'a>(
    raw: &'a [u8],
    characters: &EncodingCharacters,
    charset: Charset,
) -> Cow<'a, [u8]> {
    let Some(mark) = characters.escape else {
        return Cow::Borrowed(raw);
    };
    let Some(first) = memchr::memchr(mark, raw) else {
        return Cow::Borrowed(raw);
    };
    let mut out = Vec::with_capacity(raw.len());
    out.extend_from_slice(&raw[..first]);
    let mut rest = &raw[first..];
    // Invariant: `rest` is empty or starts with the escape character.
    while let Some((_, inside)) = rest.split_first() {
        let Some(length) = memchr::memchr(mark, inside) else {
            out.extend_from_slice(rest);
            break;
        };
        let after = match escape(&inside[..length]) {
            Some(found) => {
                if !append(&mut out, found, characters, charset) {
                    out.extend_from_slice(&rest[..length + 2]);
                }
                &inside[length + 1..]
            }
            None => {
                // Its closing character may open the next one.
                out.extend_from_slice(&rest[..=length]);
                &inside[length..]
            }
        };
        let next = memchr::memchr(mark, after).unwrap_or(after.len());
        out.extend_from_slice(&after[..next]);
        rest = &after[next..];
    }
    Cow::Owned(out)
}

/// As [`unescape`], for a set in which the escape character may be part of another one; and decodes the text. An
/// error says whether the set is unsupported.
pub(crate) fn resolve(raw: &[u8], characters: &EncodingCharacters, reading: Reading) -> Result<String, bool> {
    let mut out = String::with_capacity(raw.len());
    pieces(raw, characters.escape, reading, false, |piece| match piece {
        Piece::Text(text) => out.push_str(&text),
        Piece::Sequence(inside) => {
            sequence(&mut out, inside, characters, reading);
        }
    })?;
    Ok(out)
}

/// Appends what a sequence stands for, and says true; one that has no meaning here stays as it was sent.
pub(crate) fn sequence(
    out: &mut String,
    inside: &[u8],
    characters: &EncodingCharacters,
    reading: Reading,
) -> bool {
    let mut bytes = Vec::new();
    let known = match escape(inside) {
        Some(Escape::Hex(digits)) => {
            bytes.extend(hex_bytes(digits));
            let start = out.len();
            if let [byte @ (0x0E | 0x0F)] = bytes[..] {
                // A shift with nothing behind it is the control character: text that holds one is written so.
                out.push(char::from(byte));
                return true;
            }
            let decoded = pieces(&bytes, None, reading, false, |piece| {
                if let Piece::Text(text) = piece {
                    out.push_str(&text);
                }
            });
            if decoded.is_err() {
                out.truncate(start);
            }
            bytes.clear();
            decoded.is_ok()
        }
        Some(found) => append(&mut bytes, found, characters, Charset::Ascii),
        None => false,
    };
    if known {
        out.extend(bytes.iter().map(|&byte| char::from(byte)));
    } else {
        let mark = characters.escape.map(char::from);
        out.extend(mark);
        out.extend(inside.iter().map(|&byte| char::from(byte)));
        out.extend(mark);
    }
    known
}

/// The bytes that pairs of hexadecimal digits name.
fn hex_bytes(digits: &[u8]) -> impl Iterator<Item = u8> {
    let nibble = |digit: u8| char::from(digit).to_digit(16).map_or(0, |value| value as u8);
    digits
        .chunks_exact(2)
        .map(move |pair| nibble(pair[0]) << 4 | nibble(pair[1]))
}

/// Appends what a sequence stands for; false when it is to be kept as it is.
fn append(out: &mut Vec<u8>, found: Escape<'_>, characters: &EncodingCharacters, charset: Charset) -> bool {
    let character = match found {
        Escape::Field => Some(characters.field),
        Escape::Component => characters.component,
        Escape::Subcomponent => characters.subcomponent,
        Escape::Repetition => characters.repetition,
        Escape::Character => characters.escape,
        Escape::Truncation => characters.truncation,
        Escape::Hex(digits) => return hex(out, digits, charset),
        Escape::Lines(count) => {
            out.resize(out.len() + usize::from(count), b'\n');
            return true;
        }
        Escape::Spaces(count) => {
            out.resize(out.len() + usize::from(count), b' ');
            return true;
        }
        Escape::Layout => return true,
        Escape::Kept => None,
    };
    out.extend(character);
    character.is_some()
}

/// Appends the bytes that the digits name, if they are text in the character set.
fn hex(out: &mut Vec<u8>, digits: &[u8], charset: Charset) -> bool {
    let start = out.len();
    out.extend(hex_bytes(digits));
    let fits = charset == Charset::Iso8859_1 || core::str::from_utf8(&out[start..]).is_ok();
    if !fits {
        out.truncate(start);
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(raw: &str) -> String {
        let bytes = unescape(raw.as_bytes(), &EncodingCharacters::default(), Charset::Utf8);
        String::from_utf8(bytes.into_owned()).unwrap()
    }

    #[test]
    fn delimiters_and_text_around_them() {
        assert_eq!(plain(r"\F\\S\\T\\R\\E\"), r"|^&~\");
        assert_eq!(plain(r"a\T\b"), "a&b");
        assert_eq!(plain("nothing"), "nothing");
    }

    #[test]
    fn resolves_once() {
        assert_eq!(plain(r"\E\X09\E\"), r"\X09\");
    }

    #[test]
    fn keeps_what_is_no_sequence() {
        for raw in [
            r"BSV 4\5 re.",
            r"a\Zfoo\b\Q\c",
            r"a\X0\b\XZZ\c",
            r"a\P\E\b",
            r"a\.xx\T",
            r"x\C2842\y",
            r"x\M2442\y",
            r"\",
            r"\\",
            r"caf\XE9\",
        ] {
            assert_eq!(plain(raw), raw);
        }
    }

    #[test]
    fn a_lone_mark_does_not_eat_the_next_sequence() {
        assert_eq!(plain(r"4\5 \T\ 6"), r"4\5 & 6");
    }

    #[test]
    fn a_sequence_without_a_meaning_has_its_end() {
        assert_eq!(plain(r"\Zab\F\"), r"\Zab\F\");
        assert_eq!(plain(r"\Zab\\F\"), r"\Zab\|");
        assert_eq!(plain(r"\P\T\P\T\"), r"\P\T\P\T\");
        assert_eq!(plain(r"\XE9\F\.zz+1\F\"), r"\XE9\F\.zz+1\F\");
        assert_eq!(plain(r"\Za b\F\"), r"\Za b|");
        assert_eq!(plain(r"\Q\F\"), r"\Q|");
    }

    #[test]
    fn hexadecimal_in_the_set_of_the_message() {
        assert_eq!(plain(r"caf\XC3A9\"), "café");
        assert_eq!(plain(r"a\X0D0A\b"), "a\r\nb");
        let latin = unescape(br"caf\XE9\", &EncodingCharacters::default(), Charset::Iso8859_1);
        assert_eq!(&latin[..], b"caf\xE9");
    }

    #[test]
    fn layout() {
        assert_eq!(
            plain(r"a\.br\b\.sp2\c\H\d\N\e\.in+2\f\.sk3\g"),
            "a\nb\n\ncdef   g"
        );
    }
}
