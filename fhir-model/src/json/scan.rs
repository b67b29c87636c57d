//! Finding the ends of strings and numbers.

use wide::u8x16;

/// Where a string's closing quotation mark, its next escape, or a control character is, from `at` on.
/// The length of `bytes` if there is none.
#[inline]
pub(crate) fn string_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<16>) {
        let found = marks(*chunk);
        if found != 0 {
            return at + found.trailing_zeros() as usize;
        }
        at += 16;
    }
    while let Some(&byte) = bytes.get(at) {
        if byte == b'"' || byte == b'\\' || byte < 0x20 {
            return at;
        }
        at += 1;
    }
    at
}

/// Whether a text stands in JSON as it is.
#[inline]
pub(crate) fn is_plain(text: &[u8]) -> bool {
    let (blocks, rest) = text.as_chunks::<64>();
    if !blocks.iter().all(is_plain_block) {
        return false;
    }
    match text.last_chunk::<16>() {
        // The last chunk may overlap the one before.
        Some(last) => marks(*last) == 0 && rest.as_chunks::<16>().0.iter().all(|chunk| marks(*chunk) == 0),
        None => text
            .iter()
            .all(|byte| *byte != b'"' && *byte != b'\\' && *byte >= 0x20),
    }
}

/// As [`is_plain`], for the first `length` of at most 22 bytes.
#[cfg(feature = "typed")]
#[inline]
pub(crate) fn is_plain_start(text: &[u8; 22], length: usize) -> bool {
    let (Some(first), Some(last)) = (text.first_chunk::<16>(), text.last_chunk::<16>()) else {
        return false;
    };
    (marks(*first) | marks(*last) << 6) & ((1 << length) - 1) == 0
}

/// Whether the first `length` bytes are plain text.
#[cfg(feature = "typed")]
#[inline]
pub(crate) fn is_plain_chunk(text: [u8; 16], length: usize) -> bool {
    marks(text) & ((1 << length) - 1) == 0
}

/// The first bytes of a text, at most sixteen, zeros behind them.
#[inline]
pub(crate) fn start(text: &[u8]) -> u128 {
    let text = text.get(..16).unwrap_or(text);
    let last = |size: usize| text.len().saturating_sub(size) * 8;
    if let (Some(first), Some(end)) = (text.first_chunk(), text.last_chunk()) {
        u128::from(u64::from_le_bytes(*first)) | u128::from(u64::from_le_bytes(*end)) << last(8)
    } else if let (Some(first), Some(end)) = (text.first_chunk(), text.last_chunk()) {
        u128::from(u32::from_le_bytes(*first)) | u128::from(u32::from_le_bytes(*end)) << last(4)
    } else {
        let bytes = text.iter().zip([0, 8, 16]);
        bytes.fold(0, |start, (byte, shift)| start | u128::from(*byte) << shift)
    }
}

/// Four chunks are asked at once.
#[inline]
fn is_plain_block(block: &[u8; 64]) -> bool {
    let chunks = block.as_chunks::<16>().0.iter();
    let marks = chunks.fold(u8x16::ZERO, |marks, chunk| marks | marked(*chunk));
    marks.to_bitmask() == 0
}

/// A bit for each byte that ends a run of plain text in a string.
#[inline]
fn marks(chunk: [u8; 16]) -> u32 {
    marked(chunk).to_bitmask()
}

/// All bits of each byte that ends a run of plain text in a string.
#[inline]
fn marked(chunk: [u8; 16]) -> u8x16 {
    const SPACE: u8x16 = u8x16::new([b' '; 16]);
    const BACKSLASH: u8x16 = u8x16::new([b'\\'; 16]);
    let chunk = u8x16::new(chunk);
    // With this bit turned the quotation mark is where the space was, next to the controls, which stay among themselves.
    let turned = chunk ^ u8x16::new([b'"' ^ b' '; 16]);
    turned.simd_eq(turned.min(SPACE)) | chunk.simd_eq(BACKSLASH)
}

/// The length of the JSON number at the start of `bytes`; `None` if there is none.
#[inline]
pub(crate) fn number(bytes: &[u8]) -> Option<usize> {
    let digits = |mut at: usize| {
        let start = at;
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        (at > start).then_some(at)
    };
    let first = usize::from(bytes.first() == Some(&b'-'));
    let mut at = if bytes.get(first) == Some(&b'0') {
        first + 1
    } else {
        digits(first)?
    };
    if bytes.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        if matches!(bytes.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        at = digits(at)?;
    }
    Some(at)
}

/// The place after the value that starts at `at`, nesting and strings respected, nothing else checked.
pub(crate) fn skip_value(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = skip_string(bytes, at + 1),
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                if depth <= 1 {
                    return if depth == 0 { at } else { at + 1 };
                }
                depth -= 1;
                at += 1;
            }
            b',' if depth == 0 => return at,
            _ => at += 1,
        }
        if depth == 0 && byte == b'"' {
            return at;
        }
    }
    at
}

/// The place after the closing quotation mark of the string whose text starts at `at`.
pub(crate) fn skip_string(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at = string_end(bytes, at);
        match bytes.get(at) {
            None => return at,
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

/// The first place from `at` on that is no JSON white space.
#[inline]
pub(crate) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    const SPACES: [u8; 8] = *b"        ";
    loop {
        match bytes.get(at) {
            Some(b' ' | b'\n' | b'\r' | b'\t') => at += 1,
            _ => return at,
        }
        while bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) == Some(&SPACES) {
            at += 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_ends_at_a_mark_an_escape_or_a_control() {
        for length in 0..40 {
            for (end, more) in [("\"", 0), ("\\n\"", 0), ("\u{1}", 0), ("", 0)] {
                let text = format!("{}{end}{}", "\u{e9}x".repeat(length), "y".repeat(more + 9));
                let expected = if end.is_empty() { text.len() } else { length * 3 };
                assert_eq!(string_end(text.as_bytes(), 0), expected);
            }
        }
    }

    #[cfg(feature = "typed")]
    #[test]
    fn a_short_text_is_a_number_with_its_bytes_in_order() {
        let text: Vec<u8> = (b'a'..=b'z').collect();
        for length in 0..20 {
            let text = &text[..length];
            let mut bytes = [0; 16];
            bytes[..length.min(16)].copy_from_slice(&text[..length.min(16)]);
            assert_eq!(start(text), u128::from_le_bytes(bytes), "{length}");
        }
        for place in 0..16 {
            for byte in [b'"', b'\\', 0, 0x1F] {
                let mut chunk = [b'x'; 16];
                chunk[place] = byte;
                assert!(is_plain_chunk(chunk, place) && !is_plain_chunk(chunk, place + 1));
            }
        }
    }

    #[test]
    fn numbers_are_those_of_json() {
        for (text, length) in [("0", 1), ("-0.50e+10,", 9), ("12]", 2), ("1E5", 3), ("01", 1)] {
            assert_eq!(number(text.as_bytes()), Some(length), "{text}");
        }
        for text in ["", "-", ".5", "1.", "1e", "+1"] {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn values_are_skipped_whole() {
        for (text, rest) in [
            ("{\"a\":[1,{\"]\":\"\\\"}\"}]},x", ",x"),
            ("\"a,\\\"b\" ,", " ,"),
            ("12,", ","),
            ("true}", "}"),
        ] {
            assert_eq!(&text[skip_value(text.as_bytes(), 0)..], rest);
        }
    }
}
