//! Tokens. The pieces are nom parsers; the cursor looks one token ahead.

use std::fmt;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_till, take_until, take_while, take_while1};
use nom::character::complete::{char, multispace1, satisfy};
use nom::combinator::{opt, recognize};
use nom::multi::many0_count;
use nom::sequence::{delimited, pair, preceded};
use nom::{IResult, Parser as _};

use super::literal;
use crate::ast::{Literal, Span};
use crate::error::{Error, ErrorKind};
use crate::value::{Date, DateTime, Time};

/// One token. What is quoted stands as it is written: its escapes are good, and are resolved where it is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// A word: an identifier, a keyword, an operator that is a word.
    Word(&'t str),
    /// An identifier in backticks.
    Delimited(&'t str),
    /// `%name`, without the sign.
    External(&'t str),
    /// A number.
    Number(&'t str),
    /// A string in its quotes.
    Text(&'t str),
    /// A date or a time.
    Moment(Moment),
    /// `$this`, `$index` or `$total`, without the sign.
    Special(&'t str),
    /// A sign of punctuation or an operator.
    Symbol(Symbol),
    /// Nothing is left.
    End,
    /// What is no token; the fault says why.
    Unknown(Fault),
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(f, "`{word}`"),
            Self::Delimited(_) => f.write_str("a delimited identifier"),
            Self::External(_) => f.write_str("a variable"),
            Self::Number(_) => f.write_str("a number"),
            Self::Text(_) => f.write_str("a string"),
            Self::Moment(_) => f.write_str("a date or time"),
            Self::Special(word) => write!(f, "`${word}`"),
            Self::Symbol(symbol) => write!(f, "`{}`", symbol.as_str()),
            Self::End => f.write_str("the end of the expression"),
            Self::Unknown(_) => f.write_str("no token"),
        }
    }
}

/// A date or a time, as a literal has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Moment {
    Date(Date),
    DateTime(DateTime),
    Time(Time),
    TimeWithOffset(Time, i16),
}

impl From<Moment> for Literal {
    fn from(moment: Moment) -> Self {
        match moment {
            Moment::Date(date) => Self::Date(date),
            Moment::DateTime(date_time) => Self::DateTime(date_time),
            Moment::Time(time) => Self::Time(time),
            Moment::TimeWithOffset(time, offset) => Self::TimeWithOffset(time, offset),
        }
    }
}

/// The signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    /// It is no operator: it ends an expression that stands in a mapping.
    Arrow,
    LessOrEqual,
    GreaterOrEqual,
    NotEqual,
    NotEquivalent,
    Dot,
    OpenParenthesis,
    CloseParenthesis,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    Comma,
    Plus,
    Minus,
    Star,
    Slash,
    Ampersand,
    Bar,
    Less,
    Greater,
    Equal,
    Tilde,
}

impl Symbol {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Arrow => "->",
            Self::LessOrEqual => "<=",
            Self::GreaterOrEqual => ">=",
            Self::NotEqual => "!=",
            Self::NotEquivalent => "!~",
            Self::Dot => ".",
            Self::OpenParenthesis => "(",
            Self::CloseParenthesis => ")",
            Self::OpenBracket => "[",
            Self::CloseBracket => "]",
            Self::OpenBrace => "{",
            Self::CloseBrace => "}",
            Self::Comma => ",",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Star => "*",
            Self::Slash => "/",
            Self::Ampersand => "&",
            Self::Bar => "|",
            Self::Less => "<",
            Self::Greater => ">",
            Self::Equal => "=",
            Self::Tilde => "~",
        }
    }

    /// How many bytes it has.
    fn length(self) -> usize {
        match self {
            Self::Arrow | Self::LessOrEqual | Self::GreaterOrEqual | Self::NotEqual | Self::NotEquivalent => {
                2
            }
            _ => 1,
        }
    }
}

/// A cursor over the tokens of a text, one token ahead.
pub(super) struct Lexer<'t> {
    text: &'t str,
    next: Token<'t>,
    span: Span,
    /// The end of the last token that was taken.
    consumed: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut lexer = Self {
            text,
            next: Token::End,
            span: Span::default(),
            consumed: 0,
        };
        lexer.read(0);
        lexer
    }

    #[inline]
    pub(super) fn peek(&self) -> Token<'t> {
        self.next
    }

    pub(super) fn span(&self) -> Span {
        self.span
    }

    pub(super) fn consumed(&self) -> usize {
        self.consumed
    }

    /// Takes the token, and gives its place.
    pub(super) fn take(&mut self) -> Span {
        let span = self.span;
        self.consumed = span.end as usize;
        self.read(self.consumed);
        span
    }

    /// Takes the token if it is this symbol.
    #[inline]
    pub(super) fn take_symbol(&mut self, symbol: Symbol) -> Option<Span> {
        let found = matches!(self.next, Token::Symbol(next) if next == symbol);
        found.then(|| self.take())
    }

    /// The fault of what is no token.
    pub(super) fn fault(&self, (code, message): Fault) -> Error {
        let start = self.span.start;
        let span = Span {
            start,
            end: start.saturating_add(1),
        };
        Error::new(ErrorKind::Syntax, code, span, message)
    }

    fn read(&mut self, from: usize) {
        let text = self.text;
        let rest = after_trivia(text.get(from..).unwrap_or(""));
        let start = text.len() - rest.len();
        let (token, length) = match token(rest) {
            Ok(found) => found,
            Err(fault) => (Token::Unknown(fault), 0),
        };
        // The text is at most 4 GiB long: the limits see to it.
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.span = Span {
            start: offset(start),
            end: offset(start + length),
        };
        self.next = token;
    }
}

/// Why what stands here is no token: a code and a message.
pub(super) type Fault = (&'static str, &'static str);

/// What stands after spaces and comments. An unfinished comment is left where it stands.
fn after_trivia(text: &str) -> &str {
    match text.as_bytes() {
        // Most tokens follow each other directly, or behind one space.
        [b' ', b'!'..=b'.' | b'0'..=b'~', ..] => text.get(1..).unwrap_or(""),
        [b'/' | b'\t' | b'\n' | b'\r' | b' ' | 0x80.., ..] => trivia(text).map_or(text, |(after, _)| after),
        _ => text,
    }
}

fn trivia(text: &str) -> IResult<&str, usize> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let spaces = text.bytes().take_while(is_space).count();
    let rest = text.get(spaces..).unwrap_or("");
    // What is no comment and no space of another kind ends them.
    if rest
        .bytes()
        .next()
        .is_none_or(|byte| byte.is_ascii() && byte != b'/')
    {
        return Ok((rest, spaces));
    }
    let line = preceded(tag("//"), take_till(|c| c == '\n' || c == '\r'));
    let block = delimited(tag("/*"), take_until("*/"), tag("*/"));
    many0_count(alt((multispace1, line, block, tag("\u{feff}"), tag("\u{a0}")))).parse_complete(text)
}

/// The token at the start of a text, and its length.
#[inline]
fn token(text: &str) -> Result<(Token<'_>, usize), Fault> {
    match plain(text) {
        Some(found) => Ok(found),
        None if text.is_empty() => Ok((Token::End, 0)),
        None => any(text),
    }
}

/// Any token, by the grammar.
fn any(text: &str) -> Result<(Token<'_>, usize), Fault> {
    let until = |rest: &str| text.len() - rest.len();
    let quoted = |quote| {
        let (rest, _) = literal::quoted(text, quote)?;
        let length = until(rest);
        Ok((text.get(..length).unwrap_or(""), length))
    };
    match text.as_bytes().first() {
        Some(b'\'') => quoted('\'').map(|(text, length)| (Token::Text(text), length)),
        Some(b'`') => quoted('`').map(|(text, length)| (Token::Delimited(text), length)),
        Some(b'@') => {
            let (rest, moment) = literal::moment(text)?;
            Ok((Token::Moment(moment), until(rest)))
        }
        Some(b'%') => external(text),
        Some(b'/') if text.starts_with("/*") => {
            Err(("unfinished-comment", "expected `*/`, found the end of the text"))
        }
        _ => simple(text)
            .map(|(rest, token)| (token, until(rest)))
            .map_err(|_| {
                (
                    "bad-token",
                    "expected a token, found a character that begins none",
                )
            }),
    }
}

/// The tokens that expressions are full of, told by their first bytes: words, whole numbers, symbols, strings without escapes, variables. None for any other.
fn plain(text: &str) -> Option<(Token<'_>, usize)> {
    let bytes = text.as_bytes();
    match *bytes.first()? {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
            let length = word_length(bytes);
            Some((Token::Word(text.get(..length)?), length))
        }
        b'0'..=b'9' => {
            let ends = |byte: &u8| !byte.is_ascii_digit();
            let length = bytes.iter().position(ends).unwrap_or(bytes.len());
            let is_whole = bytes.get(length) != Some(&b'.');
            is_whole.then_some((Token::Number(text.get(..length)?), length))
        }
        b'\'' => {
            let inner = bytes.get(1..)?;
            let length = inner.iter().position(|byte| matches!(byte, b'\'' | b'\\'))?;
            let is_end = inner.get(length) == Some(&b'\'');
            is_end.then_some((Token::Text(text.get(..length + 2)?), length + 2))
        }
        b'%' if bytes
            .get(1)
            .is_some_and(|byte| is_word(*byte) && !byte.is_ascii_digit()) =>
        {
            let length = 1 + word_length(bytes.get(1..)?);
            Some((Token::External(text.get(1..length)?), length))
        }
        // It may begin a comment.
        b'/' => None,
        _ => symbol(bytes).map(|symbol| (Token::Symbol(symbol), symbol.length())),
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn word_length(bytes: &[u8]) -> usize {
    const WORDS: [bool; 256] = {
        let mut words = [false; 256];
        let mut byte = 0;
        while byte < 128 {
            words[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
            byte += 1;
        }
        words
    };
    let ends = |byte: &u8| !WORDS[usize::from(*byte)];
    bytes.iter().position(ends).unwrap_or(bytes.len())
}

/// `` %`name` `` and the like; `%name` is plain.
fn external(text: &str) -> Result<(Token<'_>, usize), Fault> {
    let rest = text.get(1..).unwrap_or("");
    for quote in ['`', '\'', '"'] {
        if rest.starts_with(quote) {
            let (after, _) = literal::quoted(rest, quote)?;
            let length = rest.len() - after.len();
            return Ok((Token::External(rest.get(..length).unwrap_or("")), length + 1));
        }
    }
    Err(("expected-name", "expected a name after `%`"))
}

fn simple(text: &str) -> IResult<&str, Token<'_>> {
    if let Some(symbol) = symbol(text.as_bytes()) {
        let rest = text.get(symbol.length()..).unwrap_or("");
        return Ok((rest, Token::Symbol(symbol)));
    }
    alt((
        word.map(Token::Word),
        number.map(Token::Number),
        preceded(char('$'), alt((tag("this"), tag("index"), tag("total")))).map(Token::Special),
    ))
    .parse_complete(text)
}

fn word(text: &str) -> IResult<&str, &str> {
    recognize(pair(
        satisfy(|c| c.is_ascii_alphabetic() || c == '_'),
        take_while(|c: char| c.is_ascii_alphanumeric() || c == '_'),
    ))
    .parse_complete(text)
}

fn number(text: &str) -> IResult<&str, &str> {
    let digits = |text| take_while1::<_, &str, nom::error::Error<&str>>(|c: char| c.is_ascii_digit())(text);
    recognize(pair(digits, opt(preceded(char('.'), digits)))).parse_complete(text)
}

/// The sign at the start of a text, told by its first bytes.
fn symbol(bytes: &[u8]) -> Option<Symbol> {
    Some(match bytes {
        [b'-', b'>', ..] => Symbol::Arrow,
        [b'<', b'=', ..] => Symbol::LessOrEqual,
        [b'>', b'=', ..] => Symbol::GreaterOrEqual,
        [b'!', b'=', ..] => Symbol::NotEqual,
        [b'!', b'~', ..] => Symbol::NotEquivalent,
        [first, ..] => match first {
            b'.' => Symbol::Dot,
            b'(' => Symbol::OpenParenthesis,
            b')' => Symbol::CloseParenthesis,
            b'[' => Symbol::OpenBracket,
            b']' => Symbol::CloseBracket,
            b'{' => Symbol::OpenBrace,
            b'}' => Symbol::CloseBrace,
            b',' => Symbol::Comma,
            b'+' => Symbol::Plus,
            b'-' => Symbol::Minus,
            b'*' => Symbol::Star,
            b'/' => Symbol::Slash,
            b'&' => Symbol::Ampersand,
            b'|' => Symbol::Bar,
            b'<' => Symbol::Less,
            b'>' => Symbol::Greater,
            b'=' => Symbol::Equal,
            b'~' => Symbol::Tilde,
            _ => return None,
        },
        [] => return None,
    })
}

/// True for a name that needs no backticks, reserved words apart.
pub(crate) fn is_plain_identifier(name: &str) -> bool {
    word(name).is_ok_and(|(rest, _)| rest.is_empty())
}

/// True for a word that cannot be an identifier where an operand is expected.
pub(crate) fn is_reserved(word: &str) -> bool {
    matches!(
        word,
        "and" | "or" | "xor" | "implies" | "div" | "mod" | "true" | "false"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_told_by_their_first_bytes_are_those_of_the_grammar() {
        let parts = [
            "a", "_b1", "é", " ", "\n", "\u{a0}", "\u{feff}", "1", "15", "1.5", ".", "..", "-", "->", "<",
            "<=", "=", ">", ">=", "!", "!=", "~", "!~", "(", ")", "[", "]", "{", "}", ",", "+", "*", "/",
            "//", "/*", "&", "|", "'", "`", "@", "%", "$this", "\"", "is", "?",
        ];
        for first in parts {
            for second in parts {
                for third in ["", "x", "1", "="] {
                    let text = [first, second, third].concat();
                    if let Some((token, length)) = plain(&text)
                        && !matches!(token, Token::Text(_) | Token::External(_))
                    {
                        assert_eq!(simple(&text), Ok((&text[length..], token)), "{text:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn spaces_and_comments() {
        for (text, rest) in [
            ("  \t\r\n a", "a"),
            (" // x\n a", "a"),
            (" /* x */\u{a0}a", "a"),
            (" / a", "/ a"),
            (" /* a", "/* a"),
            ("\u{feff} a", "a"),
            (" \u{a0} // a", ""),
            ("é", "é"),
            ("", ""),
        ] {
            assert_eq!(trivia(text).map(|(rest, _)| rest), Ok(rest), "{text:?}");
        }
    }
}
