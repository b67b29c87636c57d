//! JSON's escapes, both ways.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

/// The text that an escaped one stands for. A malformed escape is kept as it is written.
pub(crate) fn unescape(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', raw.as_bytes()) else {
        return Cow::Borrowed(raw);
    };
    let mut text = String::with_capacity(raw.len());
    let (plain, mut rest) = raw.split_at(first);
    text.push_str(plain);
    while !rest.is_empty() {
        match escape(rest) {
            Some((letter, length)) => {
                text.push(letter);
                rest = rest.get(length..).unwrap_or_default();
            }
            None => {
                text.push('\\');
                rest = rest.get(1..).unwrap_or_default();
            }
        }
        let next = memchr::memchr(b'\\', rest.as_bytes()).unwrap_or(rest.len());
        let (plain, more) = rest.split_at(next);
        text.push_str(plain);
        rest = more;
    }
    Cow::Owned(text)
}

/// The character and the length of the escape that `text` starts with. `None`: malformed.
fn escape(text: &str) -> Option<(char, usize)> {
    let letter = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => {
            let first = hex(text, 2)?;
            if (0xD800..0xDC00).contains(&first) && text.get(6..8) == Some("\\u") {
                let second = hex(text, 8)?;
                if !(0xDC00..0xE000).contains(&second) {
                    return None;
                }
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return char::from_u32(code).map(|letter| (letter, 12));
            }
            return char::from_u32(first).map(|letter| (letter, 6));
        }
        _ => return None,
    };
    Some((letter, 2))
}

fn hex(text: &str, at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4)?;
    digits
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then(|| u32::from_str_radix(digits, 16).ok())?
}

/// The length of the escape that `text` starts with. `None`: malformed.
pub(crate) fn length(text: &str) -> Option<usize> {
    escape(text).map(|(_, length)| length)
}

/// The offset of the first malformed escape.
pub(crate) fn malformed(raw: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = raw.get(at..)?.find('\\') {
        at += found;
        match length(raw.get(at..)?) {
            Some(length) => at += length,
            None => return Some(at),
        }
    }
    None
}

/// Appends `text` as the inside of a JSON string.
pub(crate) fn push_escaped(out: &mut Vec<u8>, text: &str) {
    push_escaped_bytes(out, text.as_bytes());
}

/// As [`push_escaped`], of some bytes of a text: what is escaped is one byte.
pub(crate) fn push_escaped_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    let mut start = 0;
    loop {
        let end = super::scan::string_end(bytes, start);
        out.extend_from_slice(bytes.get(start..end).unwrap_or_default());
        let Some(&byte) = bytes.get(end) else { return };
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0C => out.extend_from_slice(b"\\f"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            other => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                let digits = [HEX[usize::from(other >> 4)], HEX[usize::from(other & 15)]];
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&digits);
            }
        }
        start = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_read() {
        for (raw, text) in [
            ("plain", "plain"),
            (r#"a\"\\\/\b\f\n\r\tz"#, "a\"\\/\u{8}\u{c}\n\r\tz"),
            (r"\u00e9\ud83d\ude00", "\u{e9}\u{1F600}"),
            (r"\q\ud800x\u12", r"\q\ud800x\u12"),
        ] {
            assert_eq!(unescape(raw), text);
        }
    }

    #[test]
    fn malformed_escapes_are_found() {
        assert_eq!(malformed(r"ok\n\u00e9"), None);
        assert_eq!(malformed(r"ok\n\q"), Some(4));
        assert_eq!(malformed(r"\ud800\u0041"), Some(0));
        assert_eq!(malformed("\\"), Some(0));
    }

    #[test]
    fn written_text_reads_the_same() {
        let text = "a\"b\\c\n\r\t\u{1}\u{1f}\u{7f}\u{e9}\u{1F600}";
        let mut out = Vec::new();
        push_escaped(&mut out, text);
        let raw = String::from_utf8(out).expect("UTF-8");
        assert_eq!(unescape(&raw), text);
        assert!(raw.bytes().all(|byte| byte >= 0x20));
    }
}
