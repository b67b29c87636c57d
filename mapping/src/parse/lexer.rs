//! The words of the language. Text is read on demand from an offset, because FHIRPath has words of its own.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_until, take_while, take_while_m_n, take_while1};
use nom::character::complete::{anychar, char, digit1, one_of, satisfy};
use nom::combinator::{eof, map, not, opt, peek, recognize, value};
use nom::multi::many0_count;
use nom::sequence::{pair, preceded, terminated};
use nom::{IResult, Parser};

use crate::syntax::Word;

/// The kinds of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A word; keywords are words too, the grammar decides.
    Identifier,
    /// `` `word` ``
    Delimited,
    /// `'text'`
    String,
    /// `"text"`
    DoubleQuoted,
    /// `"""` lines `"""`
    TripleQuoted,
    /// `5`
    Integer,
    /// `5.0`
    Decimal,
    /// `5L`
    Long,
    /// `@2024`
    Date,
    /// `@2024-01-02T03`
    DateTime,
    /// `@T03:04`
    Time,
    /// `///` and a space
    Metadata,
    /// A mark such as `->`.
    Mark,
    /// A quote that never ends.
    Unterminated,
    /// The end of the text.
    End,
}

type Lexed<'a, T> = IResult<&'a str, T>;

/// What a byte may be in the words that maps are full of.
const SPACE: u8 = 1;
const WORD: u8 = 2;
/// A mark of one byte that begins no other word.
const MARK: u8 = 4;
/// A byte that neither ends an expression nor opens or closes anything in it.
const INNER: u8 = 8;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        classes[byte] = match byte as u8 {
            b' ' | b'\n' | b'\r' | b'\t' => SPACE | INNER,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => WORD | INNER,
            b':' | b'+' | b'*' | b'%' | b'|' | b'&' => MARK | INNER,
            b',' | b';' | b'(' | b')' | b'{' | b'}' | b'[' | b']' => MARK,
            b'.' | b'=' | b'<' | b'>' | b'!' | b'~' | b'$' | b'@' => INNER,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

/// Where the bytes of a class end that stand at `at`.
#[inline(always)]
fn skip(bytes: &[u8], at: usize, class: u8) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let ends = |byte: &u8| CLASSES[usize::from(*byte)] & class == 0;
    at + rest.iter().position(ends).unwrap_or(rest.len())
}

/// Where the white space of ASCII ends that stands at `at`.
#[inline(always)]
pub(crate) fn spaces(bytes: &[u8], at: usize) -> usize {
    skip(bytes, at, SPACE)
}

/// Where the bytes of an expression end that neither end it nor open or close anything in it.
#[inline]
pub(crate) fn inner(bytes: &[u8], at: usize) -> usize {
    skip(bytes, at, INNER)
}

/// Reads the word at the start of `text`: its kind and length.
pub(crate) fn token(text: &str) -> (Kind, usize) {
    plain(text.as_bytes(), 0).unwrap_or_else(|| any(text))
}

/// The words that maps are full of, told by their first byte: names, marks, quoted texts. The kind of the one at `at`, and where it ends; none for any other.
pub(crate) fn plain(bytes: &[u8], at: usize) -> Option<(Kind, usize)> {
    if let Some(short) = short(bytes, at) {
        return Some(short);
    }
    let kind = match *bytes.get(at)? {
        b'\'' => Kind::String,
        b'`' => Kind::Delimited,
        b'"' if bytes.get(at + 1) != Some(&b'"') => Kind::DoubleQuoted,
        _ => return None,
    };
    Some((kind, quote_end(bytes, at)? + 1))
}

/// As [`plain`], without quoted texts.
#[inline(always)]
pub(crate) fn short(bytes: &[u8], at: usize) -> Option<(Kind, usize)> {
    let first = *bytes.get(at)?;
    let second = || bytes.get(at + 1).copied().unwrap_or(0);
    let class = CLASSES[usize::from(first)];
    if class & WORD != 0 {
        // A number has a grammar of its own.
        return (!first.is_ascii_digit()).then(|| (Kind::Identifier, skip(bytes, at + 1, WORD)));
    }
    if class & MARK != 0 {
        return Some((Kind::Mark, at + 1));
    }
    Some(match first {
        b'.' if !second().is_ascii_digit() => (Kind::Mark, at + if second() == b'.' { 2 } else { 1 }),
        b'-' => (
            Kind::Mark,
            at + if matches!(second(), b'>' | b'-') { 2 } else { 1 },
        ),
        b'=' => (Kind::Mark, at + if second() == b'=' { 2 } else { 1 }),
        _ => return None,
    })
}

/// Where the quote stands that closes the one at `at`; none if none does.
pub(crate) fn quote_end(bytes: &[u8], at: usize) -> Option<usize> {
    let quote = *bytes.get(at)?;
    let mut at = at + 1;
    loop {
        // A byte of a longer character is neither a quote nor a backslash.
        at = find_either(bytes, at, quote, b'\\')?;
        if *bytes.get(at)? == quote {
            return Some(at);
        }
        at += 2;
    }
}

/// Where one of two bytes stands next, at `at` or behind it.
pub(crate) fn find_either(bytes: &[u8], mut at: usize, one: u8, other: u8) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGHS: u64 = u64::from_le_bytes([0x80; 8]);
    // The lowest of the high bits that are set is that of the first byte which is zero.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    while let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*word);
        let found = zeros(word ^ (ONES * u64::from(one))) | zeros(word ^ (ONES * u64::from(other)));
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let rest = bytes.get(at..)?;
    let length = rest.iter().position(|byte| *byte == one || *byte == other)?;
    Some(at + length)
}

/// Any word, by the grammar.
fn any(text: &str) -> (Kind, usize) {
    let result: Lexed<'_, Kind> = alt((
        value(Kind::End, eof),
        value(Kind::Metadata, terminated(tag("///"), peek(one_of(" \t")))),
        value(Kind::Identifier, identifier),
        number,
        alt((
            value(Kind::TripleQuoted, triple_quoted),
            value(Kind::String, |input| quoted(input, '\'')),
            value(Kind::DoubleQuoted, |input| quoted(input, '"')),
            value(Kind::Delimited, |input| quoted(input, '`')),
            value(
                Kind::Unterminated,
                preceded(one_of("'\"`"), take_while(|c| c != '\n')),
            ),
        )),
        time,
        map(mark, |_| Kind::Mark),
    ))
    .parse(text);
    match result {
        Ok((after, kind)) => (kind, text.len() - after.len()),
        Err(_) => (Kind::End, text.len()),
    }
}

/// The length of white space at the start, and whether a comment follows it: its length.
pub(crate) fn white_space(text: &str) -> usize {
    let bytes = text.as_bytes();
    let plain = spaces(bytes, 0);
    if bytes.get(plain).is_none_or(u8::is_ascii_graphic) {
        return plain;
    }
    let result: Lexed<'_, &str> = take_while(|c: char| c.is_whitespace() || c == '\u{feff}').parse(text);
    result.map_or(0, |(_, space)| space.len())
}

/// The length of the comment at the start, if one is there. One that never ends reaches to the end.
pub(crate) fn comment(text: &str) -> Option<usize> {
    match text.as_bytes() {
        // A line of metadata.
        [b'/', b'/', b'/', b' ' | b'\t', ..] => None,
        [b'/', b'/', ..] => Some(find_either(text.as_bytes(), 2, b'\n', b'\r').unwrap_or(text.len())),
        [b'/', b'*', ..] => {
            let end = text.get(2..)?.find("*/");
            Some(end.map_or(text.len(), |at| at + 4))
        }
        _ => None,
    }
}

fn identifier(input: &str) -> Lexed<'_, &str> {
    recognize(pair(
        satisfy(|c| c.is_ascii_alphabetic() || c == '_'),
        take_while(|c: char| c.is_ascii_alphanumeric() || c == '_'),
    ))
    .parse(input)
}

/// `5`, `5L`, `5.0`; `1..2` is a number and two dots.
fn number(input: &str) -> Lexed<'_, Kind> {
    alt((
        value(Kind::Decimal, (opt(digit1), char('.'), digit1)),
        value(
            Kind::Long,
            (digit1, char('L'), not(satisfy(|c| c.is_ascii_alphanumeric()))),
        ),
        value(Kind::Integer, digit1),
    ))
    .parse(input)
}

fn quoted(input: &str, quote: char) -> Lexed<'_, &str> {
    let plain = take_while1(move |c| c != quote && c != '\\');
    let escaped = recognize(pair(char('\\'), anychar));
    recognize((char(quote), many0_count(alt((plain, escaped))), char(quote))).parse(input)
}

fn triple_quoted(input: &str) -> Lexed<'_, &str> {
    recognize((tag("\"\"\""), take_until("\"\"\""), tag("\"\"\""))).parse(input)
}

fn two_digits(input: &str) -> Lexed<'_, &str> {
    take_while_m_n(2, 2, |c: char| c.is_ascii_digit()).parse(input)
}

fn clock(input: &str) -> Lexed<'_, &str> {
    let fraction = opt(pair(char('.'), digit1));
    let seconds = opt((char(':'), two_digits, fraction));
    recognize((two_digits, opt((char(':'), two_digits, seconds)))).parse(input)
}

/// `@2024-01`, `@2024-01-02T03:04Z`, `@T03:04`.
fn time(input: &str) -> Lexed<'_, Kind> {
    let offset = alt((
        recognize(char('Z')),
        recognize((one_of("+-"), two_digits, char(':'), two_digits)),
    ));
    let year = take_while_m_n(4, 4, |c: char| c.is_ascii_digit());
    let date = (year, opt((char('-'), two_digits, opt((char('-'), two_digits)))));
    preceded(
        char('@'),
        alt((
            value(Kind::Time, (char('T'), clock)),
            map(
                (date, opt((char('T'), opt((clock, opt(offset)))))),
                |(_, time)| {
                    if time.is_some() {
                        Kind::DateTime
                    } else {
                        Kind::Date
                    }
                },
            ),
        )),
    )
    .parse(input)
}

/// The longest mark; a character of no meaning is a mark of its own, so that the grammar can name it.
fn mark(input: &str) -> Lexed<'_, &str> {
    alt((
        tag("->"),
        tag("<<"),
        tag(">>"),
        tag(".."),
        tag("--"),
        tag("=="),
        tag("!="),
        tag("<="),
        tag("<-"),
        tag(">="),
        tag(">-"),
        recognize(anychar),
    ))
    .parse(input)
}

/// The text between quotes, unescaped. An escape the grammar does not have stands for its character.
pub(crate) fn unescape(inner: &str) -> Word {
    if find_either(inner.as_bytes(), 0, b'\\', b'\\').is_none() {
        return inner.into();
    }
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('f') => out.push('\u{c}'),
            Some('u') => {
                let digits: String = rest.clone().take(4).collect();
                match u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32) {
                    Some(decoded) if digits.len() == 4 => {
                        out.push(decoded);
                        rest.nth(3);
                    }
                    _ => out.push('u'),
                }
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_kinds_and_lengths() {
        for (text, kind, length) in [
            ("src.x", Kind::Identifier, 3),
            ("not_first as", Kind::Identifier, 9),
            ("1..2", Kind::Integer, 1),
            ("1.5)", Kind::Decimal, 3),
            ("7L;", Kind::Long, 2),
            ("->", Kind::Mark, 2),
            ("'it\\'s' x", Kind::String, 7),
            ("'open", Kind::Unterminated, 5),
            ("\"\"\"\nx\n\"\"\"\n", Kind::TripleQuoted, 9),
            ("\"\" x", Kind::DoubleQuoted, 2),
            ("@2024-12.toString", Kind::Date, 8),
            ("@2024-12-01T10:00Z", Kind::DateTime, 18),
            ("@T10:00", Kind::Time, 7),
            ("/// url", Kind::Metadata, 3),
            ("é", Kind::Mark, 2),
            ("", Kind::End, 0),
        ] {
            assert_eq!(token(text), (kind, length), "{text}");
        }
    }

    #[test]
    fn words_told_by_their_first_byte_are_those_of_the_grammar() {
        let parts = [
            "a", "_b1", "é", " ", "\n", "\u{a0}", "1", "1.5", ".5", ".", "..", "-", "->", "--", "=", "==",
            "'", "''", "'a\\'b'", "'\\é'", "\"", "\"\"", "\"\"\"", "\"x\"", "`", "`a`", "\\", "(", "%",
            "@2024", "<<", "!=", "/", "//", "///", "|", "&", "$",
        ];
        for first in parts {
            for second in parts {
                for third in ["", "x", "'", "\""] {
                    let text = [first, second, third].concat();
                    if let Some(quick) = plain(text.as_bytes(), 0) {
                        assert_eq!(quick, any(&text), "{text:?}");
                    }
                    let spaces = |text: &str| {
                        text.chars()
                            .take_while(|c| c.is_whitespace())
                            .map(char::len_utf8)
                            .sum::<usize>()
                    };
                    assert_eq!(white_space(&text), spaces(&text), "{text:?}");
                }
            }
        }
    }

    #[test]
    fn comments_end_with_the_line() {
        assert_eq!(comment("// a\nb"), Some(4));
        assert_eq!(comment("/// url = 'x'"), None);
        assert_eq!(comment("////"), Some(4));
        assert_eq!(comment("/* a */ b"), Some(7));
        assert_eq!(comment("/* a"), Some(4));
        assert_eq!(comment("/ a"), None);
    }

    #[test]
    fn escapes() {
        assert_eq!(unescape(r"a\'b\\c\u0041\n"), "a'b\\cA\n");
        assert_eq!(unescape(r"\u00"), "u00");
        assert_eq!(unescape("\\"), "");
    }
}
