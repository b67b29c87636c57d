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

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// A word: an identifier, a keyword, an operator that is a word.
    Word(&'t str),
    /// An identifier in backticks, its escapes resolved.
    Delimited(String),
    /// `%name`, without the sign and the quotes.
    External(String),
    /// A number, as written.
    Number(&'t str),
    /// A string, a date or a time.
    Literal(Literal),
    /// `$this`, `$index` or `$total`, without the sign.
    Special(&'t str),
    /// A sign of punctuation or an operator.
    Symbol(&'static str),
    /// Nothing is left.
    End,
    /// What is no token; the fault says why.
    Unknown(Error),
}

impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(f, "`{word}`"),
            Self::Delimited(_) => f.write_str("a delimited identifier"),
            Self::External(_) => f.write_str("a variable"),
            Self::Number(_) => f.write_str("a number"),
            Self::Literal(Literal::String(_)) => f.write_str("a string"),
            Self::Literal(_) => f.write_str("a date or time"),
            Self::Special(word) => write!(f, "`${word}`"),
            Self::Symbol(symbol) => write!(f, "`{symbol}`"),
            Self::End => f.write_str("the end of the expression"),
            Self::Unknown(_) => f.write_str("no token"),
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

    pub(super) fn peek(&self) -> &Token<'t> {
        &self.next
    }

    pub(super) fn span(&self) -> Span {
        self.span
    }

    pub(super) fn consumed(&self) -> usize {
        self.consumed
    }

    /// Takes the token.
    pub(super) fn take(&mut self) -> (Token<'t>, Span) {
        let (token, span) = (std::mem::replace(&mut self.next, Token::End), self.span);
        self.consumed = span.end as usize;
        self.read(self.consumed);
        (token, span)
    }

    /// Takes the token if it is this symbol.
    pub(super) fn take_symbol(&mut self, symbol: &str) -> Option<Span> {
        let found = matches!(self.next, Token::Symbol(next) if next == symbol);
        found.then(|| self.take().1)
    }

    fn read(&mut self, from: usize) {
        let rest = self.text.get(from..).unwrap_or("");
        let after_trivia = after_trivia(rest);
        let start = self.text.len() - after_trivia.len();
        let outcome = if after_trivia.is_empty() {
            Ok(("", Token::End))
        } else {
            token(after_trivia).map_err(|code| Error::new(ErrorKind::Syntax, code.0, Span::default(), code.1))
        };
        let end = match &outcome {
            Ok((after, _)) => self.text.len() - after.len(),
            Err(_) => start,
        };
        // The text is at most 4 GiB long: the limits see to it.
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.span = Span {
            start: offset(start),
            end: offset(end),
        };
        self.next = match outcome {
            Ok((_, token)) => token,
            Err(error) => Token::Unknown(error.at(Span {
                start: offset(start),
                end: offset(start + 1),
            })),
        };
    }
}

/// Why what stands here is no token: a code and a message.
pub(super) type Fault = (&'static str, &'static str);

/// What stands after spaces and comments. An unfinished comment is left where it stands.
fn after_trivia(text: &str) -> &str {
    // Most tokens follow each other directly.
    match text.as_bytes().first() {
        Some(b'/' | b'\t' | b'\n' | b'\r' | b' ' | 0x80..) => trivia(text).map_or(text, |(after, _)| after),
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

fn token(text: &str) -> Result<(&str, Token<'_>), Fault> {
    if let Some((token, length)) = plain(text) {
        return Ok((text.get(length..).unwrap_or(""), token));
    }
    match text.as_bytes().first() {
        Some(b'\'') => {
            let (rest, text) = literal::quoted(text, '\'')?;
            Ok((rest, Token::Literal(Literal::String(text))))
        }
        Some(b'`') => {
            let (rest, name) = literal::quoted(text, '`')?;
            Ok((rest, Token::Delimited(name)))
        }
        Some(b'@') => {
            let (rest, literal) = literal::moment(text)?;
            Ok((rest, Token::Literal(literal)))
        }
        Some(b'%') => external(text),
        Some(b'/') if text.starts_with("/*") => {
            Err(("unfinished-comment", "expected `*/`, found the end of the text"))
        }
        _ => simple(text).map_err(|_| {
            (
                "bad-token",
                "expected a token, found a character that begins none",
            )
        }),
    }
}

/// The tokens that expressions are full of, told by their first bytes: words, whole numbers, symbols. None for any other.
fn plain(text: &str) -> Option<(Token<'_>, usize)> {
    let bytes = text.as_bytes();
    let length = |ends: fn(&u8) -> bool| bytes.iter().position(ends).unwrap_or(bytes.len());
    match *bytes.first()? {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
            let length = length(|byte| !is_word(*byte));
            Some((Token::Word(text.get(..length)?), length))
        }
        b'0'..=b'9' => {
            let length = length(|byte| !byte.is_ascii_digit());
            let is_whole = bytes.get(length) != Some(&b'.');
            is_whole.then_some((Token::Number(text.get(..length)?), length))
        }
        // It may begin a comment.
        b'/' => None,
        _ => symbol(text).map(|(_, symbol)| (Token::Symbol(symbol), symbol.len())),
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn external(text: &str) -> Result<(&str, Token<'_>), Fault> {
    let rest = text.get(1..).unwrap_or("");
    for quote in ['`', '\'', '"'] {
        if rest.starts_with(quote) {
            let (rest, name) = literal::quoted(rest, quote)?;
            return Ok((rest, Token::External(name)));
        }
    }
    match plain(rest) {
        Some((Token::Word(name), length)) => {
            Ok((rest.get(length..).unwrap_or(""), Token::External(name.to_owned())))
        }
        _ => Err(("expected-name", "expected a name after `%`")),
    }
}

fn simple(text: &str) -> IResult<&str, Token<'_>> {
    if let Some((rest, symbol)) = symbol(text) {
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

/// The sign at the start of a text, told by its first bytes, and what stands after it.
fn symbol(text: &str) -> Option<(&str, &'static str)> {
    let symbol = match text.as_bytes() {
        // It is no operator: it ends an expression that stands in a mapping.
        [b'-', b'>', ..] => "->",
        [b'<', b'=', ..] => "<=",
        [b'>', b'=', ..] => ">=",
        [b'!', b'=', ..] => "!=",
        [b'!', b'~', ..] => "!~",
        [first, ..] => match first {
            b'.' => ".",
            b'(' => "(",
            b')' => ")",
            b'[' => "[",
            b']' => "]",
            b'{' => "{",
            b'}' => "}",
            b',' => ",",
            b'+' => "+",
            b'-' => "-",
            b'*' => "*",
            b'/' => "/",
            b'&' => "&",
            b'|' => "|",
            b'<' => "<",
            b'>' => ">",
            b'=' => "=",
            b'~' => "~",
            _ => return None,
        },
        [] => return None,
    };
    Some((text.get(symbol.len()..)?, symbol))
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
                    if let Some((token, length)) = plain(&text) {
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
