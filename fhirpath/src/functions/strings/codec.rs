//! Encodings and escapes of text.
//!
//! ```text
//! 'test'.encode('base64')         => 'dGVzdA=='
//! 'a?_'.encode('urlbase64')       => 'YT9f'
//! 'test'.encode('hex')            => '74657374'
//! '74657374'.decode('hex')        => 'test'
//! 'dGVzdA=='.decode('base64')     => 'test'
//! 'x'.decode('base64')            => {}
//! '1<2'.escape('html')            => '1&lt;2'
//! '1&lt;2'.unescape('html')       => '1<2'
//! 'a"b'.escape('json')            => 'a\\"b'
//! 'a\\"b'.unescape('json')        => 'a"b'
//! 'a'.encode('rot13')             => {}
//! ```

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The text in an encoding; none for an encoding that is not known.
pub(super) fn encode(text: &str, encoding: &str) -> Option<String> {
    match encoding {
        "hex" => Some(text.bytes().map(|byte| format!("{byte:02x}")).collect()),
        "base64" => Some(to_base64(text.as_bytes(), STANDARD)),
        "urlbase64" => Some(to_base64(text.as_bytes(), URL)),
        _ => None,
    }
}

/// The text that was encoded; none for text that is no such encoding of UTF-8.
pub(super) fn decode(text: &str, encoding: &str) -> Option<String> {
    let bytes = match encoding {
        "hex" => from_hex(text)?,
        "base64" => from_base64(text, STANDARD)?,
        "urlbase64" => from_base64(text, URL)?,
        _ => return None,
    };
    String::from_utf8(bytes).ok()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let value = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
    };
    digits
        .chunks_exact(2)
        .map(|pair| Some(value(*pair.first()?)? * 16 + value(*pair.get(1)?)?))
        .collect()
}

fn to_base64(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for index in 0..4 {
            let digit = alphabet[(group >> (18 - 6 * index)) as usize & 63];
            text.push(if index <= chunk.len() {
                char::from(digit)
            } else {
                '='
            });
        }
    }
    text
}

fn from_base64(text: &str, alphabet: &[u8; 64]) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=').as_bytes();
    let padding = text.len() - digits.len();
    if digits.len() % 4 == 1 || padding > 2 || (padding > 0 && !text.len().is_multiple_of(4)) {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3 + 2);
    for chunk in digits.chunks(4) {
        let mut group = 0_u32;
        for index in 0..4 {
            let digit = match chunk.get(index) {
                Some(digit) => alphabet.iter().position(|known| known == digit)?,
                None => 0,
            };
            group = group << 6 | u32::try_from(digit).ok()?;
        }
        let [_, first, second, third] = group.to_be_bytes();
        bytes.extend([first, second, third].into_iter().take(chunk.len() - 1));
    }
    Some(bytes)
}

/// The text with what HTML or JSON gives a meaning escaped; none for another target.
pub(super) fn escape(text: &str, target: &str) -> Option<String> {
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match (target, c) {
            ("html", '<') => escaped.push_str("&lt;"),
            ("html", '>') => escaped.push_str("&gt;"),
            ("html", '&') => escaped.push_str("&amp;"),
            ("html", '"') => escaped.push_str("&quot;"),
            ("html", '\'') => escaped.push_str("&#39;"),
            ("json", '"') => escaped.push_str("\\\""),
            ("json", '\\') => escaped.push_str("\\\\"),
            ("json", '\n') => escaped.push_str("\\n"),
            ("json", '\r') => escaped.push_str("\\r"),
            ("json", '\t') => escaped.push_str("\\t"),
            ("json", c) if c.is_control() => escaped.push_str(&format!("\\u{:04x}", u32::from(c))),
            ("html" | "json", c) => escaped.push(c),
            _ => return None,
        }
    }
    Some(escaped)
}

/// The text with the escapes of HTML or JSON resolved; those that are none stay as they are.
pub(super) fn unescape(text: &str, target: &str) -> Option<String> {
    match target {
        "html" => Some(
            text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&apos;", "'")
                .replace("&amp;", "&"),
        ),
        "json" => Some(unescape_json(text)),
        _ => None,
    }
}

fn unescape_json(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        plain.push_str(before);
        let (decoded, length) = match escape.as_bytes().get(1) {
            Some(b'n') => ('\n', 2),
            Some(b'r') => ('\r', 2),
            Some(b't') => ('\t', 2),
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'"') => ('"', 2),
            Some(b'/') => ('/', 2),
            Some(b'u') => {
                let digits = escape
                    .get(2..6)
                    .and_then(|digits| u32::from_str_radix(digits, 16).ok());
                match digits.and_then(char::from_u32) {
                    Some(c) => (c, 6),
                    None => ('\\', 1),
                }
            }
            Some(b'\\') => ('\\', 2),
            _ => ('\\', 1),
        };
        plain.push(decoded);
        rest = escape.get(length..).unwrap_or("");
    }
    plain.push_str(rest);
    plain
}
