//! The escapings of the transform `escape`.

use crate::program::Escaping;

/// Reads a text in one escaping and writes it in another; none if it is not well formed in the first.
pub(crate) fn convert(text: &str, from: Escaping, to: Escaping) -> Option<String> {
    let bytes = match from {
        Escaping::Text => text.as_bytes().to_vec(),
        Escaping::Html => html(text).into_bytes(),
        Escaping::Json => json(text)?.into_bytes(),
        Escaping::Uri => uri(text)?,
        Escaping::Base64 => base64(text)?,
        Escaping::Hex => hex(text)?,
    };
    let plain = || String::from_utf8(bytes.clone()).ok();
    Some(match to {
        Escaping::Text => plain()?,
        Escaping::Html => plain()?.chars().fold(String::new(), |mut out, c| {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                c => out.push(c),
            }
            out
        }),
        Escaping::Json => plain()?.chars().fold(String::new(), |mut out, c| {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
                c => out.push(c),
            }
            out
        }),
        Escaping::Uri => bytes.iter().fold(String::new(), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                out.push(char::from(*byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
            out
        }),
        Escaping::Base64 => to_base64(&bytes),
        Escaping::Hex => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

/// The five named entities and numbers; anything else with `&` stays.
fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        out.push_str(before);
        // The longest entity has ten bytes: looking further would make a text of ampersands slow.
        let end = entity.bytes().take(11).position(|byte| byte == b';');
        let name = end.and_then(|end| entity.get(1..end));
        let decoded = name.and_then(|name| match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            name => {
                let digits = name.strip_prefix('#')?;
                char::from_u32(match digits.strip_prefix(['x', 'X']) {
                    Some(digits) => number(digits, 16)?,
                    None => number(digits, 10)?,
                })
            }
        });
        let width = match (decoded, end) {
            (Some(c), Some(end)) => {
                out.push(c);
                end + 1
            }
            _ => {
                out.push('&');
                1
            }
        };
        rest = entity.get(width..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn json(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match chars.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => match unit(&mut chars)? {
                high @ 0xd800..=0xdbff => {
                    let low = match (chars.next()?, chars.next()?) {
                        ('\\', 'u') => unit(&mut chars)?.checked_sub(0xdc00).filter(|low| *low < 0x400)?,
                        _ => return None,
                    };
                    char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + low)?
                }
                unit => char::from_u32(unit)?,
            },
            c @ ('"' | '\\' | '/') => c,
            _ => return None,
        });
    }
    Some(out)
}

/// The four digits of a `\u`.
fn unit(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    let digits: String = chars.by_ref().take(4).collect();
    number(&digits, 16).filter(|_| digits.len() == 4)
}

/// Digits alone: the standard library takes a sign as well.
fn number(digits: &str, radix: u32) -> Option<u32> {
    u32::from_str_radix(digits, radix)
        .ok()
        .filter(|_| !digits.starts_with('+'))
}

fn uri(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => hex_digit(bytes.next()?)? << 4 | hex_digit(bytes.next()?)?,
            byte => byte,
        });
    }
    Some(out)
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(hex_digit)
        .collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs
        .map(|pair| Some(pair.first()? << 4 | pair.last()?))
        .collect()
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn to_base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * at)) as usize & 63];
            out.push(if at <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

fn base64(text: &str) -> Option<Vec<u8>> {
    let body: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let padding = body.iter().rev().take_while(|byte| **byte == b'=').count();
    let digits = body.get(..body.len() - padding)?;
    if padding > 2 || !body.len().is_multiple_of(4) {
        return None;
    }
    let mut out = Vec::with_capacity(digits.len() * 3 / 4);
    for chunk in digits.chunks(4) {
        let mut bits = 0_u32;
        for at in 0..4 {
            let digit = match chunk.get(at) {
                Some(byte) => ALPHABET.iter().position(|known| known == byte)? as u32,
                None => 0,
            };
            bits = bits << 6 | digit;
        }
        let bytes = bits.to_be_bytes();
        out.extend_from_slice(bytes.get(1..chunk.len())?);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let text = "a <b> & \"ö\" 100% \\ \n";
        for escaping in [
            Escaping::Text,
            Escaping::Html,
            Escaping::Json,
            Escaping::Uri,
            Escaping::Base64,
            Escaping::Hex,
        ] {
            let escaped = convert(text, Escaping::Text, escaping).unwrap();
            assert_eq!(
                convert(&escaped, escaping, Escaping::Text).as_deref(),
                Some(text),
                "{escaping:?}"
            );
        }
        assert_eq!(
            convert("Ma", Escaping::Text, Escaping::Base64).as_deref(),
            Some("TWE=")
        );
        assert_eq!(
            convert("&lt;&#65;&x;&", Escaping::Html, Escaping::Text).as_deref(),
            Some("<A&x;&")
        );
        assert_eq!(
            convert(r"\ud83d\ude00\u00e9", Escaping::Json, Escaping::Text).as_deref(),
            Some("\u{1f600}\u{e9}"),
            "what is beyond the first plane is a pair"
        );
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        assert_eq!(convert("abc", Escaping::Hex, Escaping::Text), None);
        assert_eq!(convert("%4", Escaping::Uri, Escaping::Text), None);
        assert_eq!(convert("TWE", Escaping::Base64, Escaping::Text), None);
        for text in [
            "\\x",
            r"\u+041",
            r"\u41",
            r"\ud83d",
            r"\ud83dx",
            r"\ud83d\u0041",
            r"\ude00",
        ] {
            assert_eq!(convert(text, Escaping::Json, Escaping::Text), None, "{text}");
        }
        assert_eq!(
            convert("&#+65;&#x+41;", Escaping::Html, Escaping::Text).as_deref(),
            Some("&#+65;&#x+41;")
        );
    }

    #[test]
    fn a_text_of_ampersands_is_read_in_one_pass() {
        let text = "&".repeat(1 << 20);
        assert_eq!(convert(&text, Escaping::Html, Escaping::Text), Some(text));
    }
}
