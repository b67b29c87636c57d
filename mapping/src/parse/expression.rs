//! Embedded FHIRPath: how far it reaches in the map's text.
//!
//! The end is found by its delimiter, brackets and quotes respected, so that an expression with a fault does not swallow the
//! rule after it.

use std::borrow::Cow;
use std::rc::Rc;

use super::lexer::quote_end;
use super::{Parse, Parser, lexer};
use crate::diagnostic::Span;
use crate::finding::Code;
use crate::syntax::{Expression, Word};

/// What ends an expression, outside brackets and quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// `)`
    Parenthesis,
    /// `)` or `,`
    Argument,
    /// `;`
    Semicolon,
    /// What may follow a condition without parentheses.
    Clause,
}

impl Until {
    fn describe(self) -> &'static str {
        match self {
            Self::Parenthesis => "`)`",
            Self::Argument => "`,` or `)`",
            Self::Semicolon => "`;`",
            Self::Clause => "`->`, `then` or `;`",
        }
    }
}

impl Parser<'_> {
    /// `( expression )`, without the parentheses.
    pub(super) fn parenthesised(&mut self) -> Parse<Expression> {
        self.expect_mark("(")?;
        let expression = self.expression_until(Until::Parenthesis)?;
        self.expect_mark(")")?;
        Ok(expression)
    }

    /// An expression from the next word on; the word that ends it is next afterwards.
    pub(super) fn expression_until(&mut self, until: Until) -> Parse<Expression> {
        let start = self.token.span.start as usize;
        let Some(end) = expression_end(self.source.text, start, until) else {
            let span = self.token.span;
            let message = format!("the expression is not ended by {}", until.describe());
            return self.fail(Code::Syntax, span, message, None);
        };
        let text = self.source.text.get(start..end).unwrap_or_default().trim_end();
        let span = Span::new(start, start + text.len());
        if text.is_empty() {
            return self.expected("an expression");
        }
        if let Some((known, _)) = self.trees.get_key_value(text) {
            let text = known.clone();
            self.jump(end);
            return Ok(Expression { text, span });
        }
        let word = Word::from(text);
        if self.checks {
            match carewire_fhirpath::parse(&single_quoted(text)) {
                Ok(tree) => drop(self.trees.insert(word.clone(), Rc::new(tree))),
                Err(error) => {
                    let at = start + error.offset();
                    let message = error.message().to_owned();
                    self.report(Code::FhirPath, Span::new(at, at + 1), message, None);
                }
            }
        }
        self.jump(end);
        Ok(Expression { text: word, span })
    }

    /// Whether the parenthesis that opens here closes where a clause may end, or is a part of an old condition without parentheses.
    pub(super) fn parenthesis_ends_clause(&mut self) -> bool {
        let open = self.token.span.start as usize;
        let Some(close) = expression_end(self.source.text, open + 1, Until::Parenthesis) else {
            return true;
        };
        let next = self.any_word_at(close + 1, false);
        let word = self.slice(next.span);
        matches!(word, "->" | "," | ";" | "{" | "}" | "") || ends_clause(word) || word.starts_with('"')
    }
}

fn ends_clause(word: &str) -> bool {
    matches!(
        word,
        "as" | "default"
            | "where"
            | "by"
            | "check"
            | "log"
            | "then"
            | "first"
            | "not_first"
            | "last"
            | "not_last"
            | "only_one"
    )
}

/// The offset where an expression that starts at `start` ends. None if it never does.
fn expression_end(text: &str, start: usize, until: Until) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = start;
    loop {
        // Only what ends a clause may be a word.
        if until != Until::Clause {
            at = lexer::inner(bytes, at);
        }
        let byte = *bytes.get(at)?;
        match byte {
            b'\'' | b'"' | b'`' => at = quote_end(bytes, at)?,
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                at = bytes
                    .get(at..)?
                    .iter()
                    .position(|b| *b == b'\n')
                    .map_or(bytes.len(), |length| at + length);
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at += text.get(at..)?.find("*/").map(|length| length + 1)?
            }
            b')' if depth == 0 => return (until != Until::Semicolon && until != Until::Clause).then_some(at),
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.checked_sub(1)?,
            b';' => return (depth == 0 && matches!(until, Until::Semicolon | Until::Clause)).then_some(at),
            b',' if depth == 0 && matches!(until, Until::Argument | Until::Clause) => return Some(at),
            b'-' if depth == 0 && until == Until::Clause && bytes.get(at + 1) == Some(&b'>') => {
                return Some(at);
            }
            b if b.is_ascii_alphabetic() && until == Until::Clause => {
                let length = bytes
                    .get(at..)?
                    .iter()
                    .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
                    .count();
                let called =
                    bytes.get(at + length) == Some(&b'(') || bytes.get(at.wrapping_sub(1)) == Some(&b'.');
                let word = text.get(at..at + length)?;
                if depth == 0 && !called && word != "as" && ends_clause(word) {
                    return Some(at);
                }
                at += length;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
}

/// The expression with its strings in single quotes. The language also allows double ones, which FHIRPath does not have.
pub(crate) fn single_quoted(text: &str) -> Cow<'_, str> {
    if !text.contains('"') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let (mut out, mut copied, mut at) = (String::with_capacity(text.len()), 0, 0);
    while let Some(&byte) = bytes.get(at) {
        if matches!(byte, b'\'' | b'"' | b'`') {
            let Some(close) = quote_end(bytes, at) else { break };
            if byte == b'"' {
                out.push_str(text.get(copied..at).unwrap_or_default());
                out.push('\'');
                out.push_str(&text.get(at + 1..close).unwrap_or_default().replace('\'', "\\'"));
                out.push('\'');
                copied = close + 1;
            }
            at = close;
        }
        at += 1;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(out)
}
