//! From text to tree: a lexer made with nom, and precedence climbing over its tokens.

mod grammar;
mod lexer;
mod literal;
mod signature;

use crate::ast::Expression;
use crate::error::{Error, ErrorKind};

pub(crate) use lexer::{is_plain_identifier, is_reserved};
pub(crate) use signature::parse_signature;

/// How large an expression's text and how deep its tree may be.
///
/// # Examples
///
/// ```
/// # use carewire_fhirpath::{ErrorKind, ParseLimits, parse_with};
/// let limits = ParseLimits::default().depth(3);
/// assert_eq!(parse_with("((((1))))", limits).unwrap_err().kind(), ErrorKind::Limit);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseLimits {
    pub(crate) bytes: usize,
    pub(crate) depth: u32,
}

impl Default for ParseLimits {
    /// 1 MiB of text and 200 levels.
    fn default() -> Self {
        Self {
            bytes: 1 << 20,
            depth: 200,
        }
    }
}

impl ParseLimits {
    /// Sets the largest number of bytes an expression may take; at most 4 GiB are ever read.
    #[must_use]
    pub fn bytes(self, bytes: usize) -> Self {
        Self {
            bytes: bytes.min(u32::MAX as usize),
            ..self
        }
    }

    /// Sets how deep the tree may be: parentheses, arguments, operators and indexes in a row are a level each, a dot is
    /// two. The parser and the evaluator use the thread's stack in proportion, so that no more than 1,000 is taken.
    #[must_use]
    pub fn depth(self, depth: u32) -> Self {
        Self {
            depth: depth.min(1_000),
            ..self
        }
    }
}

/// Parses a whole text as one expression.
///
/// # Errors
///
/// An [`Error`] of kind syntax or limit, with the place and what was expected there.
///
/// # Examples
///
/// ```
/// let path = carewire_fhirpath::parse("name.where(use = 'official').given[0]")?;
/// assert_eq!(path.to_string(), "name.where(use = 'official').given[0]");
/// # Ok::<(), carewire_fhirpath::Error>(())
/// ```
///
/// Spec: FHIRPath 2.0.0, 12.1 Formal Syntax.
pub fn parse(text: &str) -> Result<Expression, Error> {
    parse_with(text, ParseLimits::default())
}

/// Parses a whole text as one expression, under limits of the caller's.
///
/// # Errors
///
/// As [`parse`].
pub fn parse_with(text: &str, limits: ParseLimits) -> Result<Expression, Error> {
    let (parsed, rest) = run(text, limits).map_err(|error| error.locate(text))?;
    match rest {
        None => Ok(parsed),
        Some(error) => Err(error.locate(text)),
    }
}

/// An expression read from the start of a text, and where it ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Prefix {
    /// The expression.
    pub expression: Expression,
    /// The offset after the expression's last token; spaces and comments after it are not taken.
    pub end: usize,
}

/// Parses an expression at the start of a text, for languages that embed FHIRPath.
///
/// It stops at the first token that cannot continue the expression, such as `)`, `,`, `;`, `{`, `->`, a word that is
/// no operator, or what is no token at all.
///
/// # Errors
///
/// As [`parse`], when the text does not begin with an expression or an operator lacks its operand.
///
/// # Examples
///
/// ```
/// let rule = "src.value > 3 and use = 'official' -> tgt.value = 1";
/// let prefix = carewire_fhirpath::parse_prefix(rule)?;
/// assert_eq!(&rule[..prefix.end], "src.value > 3 and use = 'official'");
/// # Ok::<(), carewire_fhirpath::Error>(())
/// ```
///
/// Spec: FHIR Mapping Language, grammar, the rule `fhirPath`.
pub fn parse_prefix(text: &str) -> Result<Prefix, Error> {
    parse_prefix_with(text, ParseLimits::default())
}

/// Parses an expression at the start of a text, under limits of the caller's. Only the expression counts, not what
/// follows it.
///
/// # Errors
///
/// As [`parse_prefix`].
pub fn parse_prefix_with(text: &str, limits: ParseLimits) -> Result<Prefix, Error> {
    let mut end = text.len().min(limits.bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end).unwrap_or("");
    let mut parser = grammar::Parser::new(text, limits.depth);
    let expression = parser.expression().map_err(|error| error.locate(text))?;
    Ok(Prefix {
        expression,
        end: parser.consumed(),
    })
}

/// Parses an expression and says what stands after it, if anything does.
fn run(text: &str, limits: ParseLimits) -> Result<(Expression, Option<Error>), Error> {
    if text.len() > limits.bytes {
        let message = format!("the expression is longer than {} bytes", limits.bytes);
        return Err(Error::new(
            ErrorKind::Limit,
            "text-limit",
            Default::default(),
            message,
        ));
    }
    let mut parser = grammar::Parser::new(text, limits.depth);
    let expression = parser.expression()?;
    Ok((expression, parser.unexpected()))
}
