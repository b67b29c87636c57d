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

/// Reads the word at the start of `text`: its kind and length.
pub(crate) fn token(text: &str) -> (Kind, usize) {
    plain(text.as_bytes()).unwrap_or_else(|| any(text))
}

/// The words that maps are full of, told by their first byte: names, marks, quoted texts. None for any other.
fn plain(bytes: &[u8]) -> Option<(Kind, usize)> {
    let (first, second) = (*bytes.first()?, bytes.get(1).copied().unwrap_or(0));
    Some(match first {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
            let ends = |byte: &u8| !byte.is_ascii_alphanumeric() && *byte != b'_';
            (
                Kind::Identifier,
                bytes.iter().position(ends).unwrap_or(bytes.len()),
            )
        }
        b',' | b';' | b'(' | b')' | b'{' | b'}' | b'[' | b']' | b':' | b'+' | b'*' | b'%' | b'|' | b'&' => {
            (Kind::Mark, 1)
        }
        b'.' if !second.is_ascii_digit() => (Kind::Mark, if second == b'.' { 2 } else { 1 }),
        b'-' => (Kind::Mark, if matches!(second, b'>' | b'-') { 2 } else { 1 }),
        b'=' => (Kind::Mark, if second == b'=' { 2 } else { 1 }),
        b'\'' => (Kind::String, quote_length(bytes)?),
        b'`' => (Kind::Delimited, quote_length(bytes)?),
        b'"' if second != b'"' => (Kind::DoubleQuoted, quote_length(bytes)?),
        _ => return None,
    })
}

/// The length of a quoted text with its quotes; none if it never ends.
fn quote_length(bytes: &[u8]) -> Option<usize> {
    let quote = *bytes.first()?;
    let mut at = 1;
    loop {
        match *bytes.get(at)? {
            // A byte of a longer character is neither a quote nor a backslash.
            b'\\' => at += 2,
            byte if byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
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
    let plain = bytes
        .iter()
        .position(|byte| !matches!(byte, b' ' | b'\n' | b'\r' | b'\t'))
        .unwrap_or(bytes.len());
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
        [b'/', b'/', ..] => Some(
            text.bytes()
                .position(|byte| matches!(byte, b'\n' | b'\r'))
                .unwrap_or(text.len()),
        ),
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
    if !inner.as_bytes().contains(&b'\\') {
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
                    if let Some(quick) = plain(text.as_bytes()) {
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
