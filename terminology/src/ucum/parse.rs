//! The grammar of units.
//!
//! Spec: UCUM, 2.1 Grammar of units and unit terms, table 1. An annotation may also follow a number, as in `1{c}`,
//! because the official tests have it so.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{char, one_of};
use nom::combinator::{map, opt, peek, recognize};
use nom::error::ParseError;
use nom::multi::many0_count;
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser as _};

use super::atom;
use super::error::{UcumError, UcumErrorKind};
use super::unit::{Component, Operator, Simple, Term};

const MAX_LENGTH: usize = 512;
const MAX_DEPTH: u32 = 32;
const MAX_DIGITS: usize = 18;
pub(super) const MAX_EXPONENT: i32 = 999;
const MIN_EXPONENT: i32 = -MAX_EXPONENT;

/// A fault, and the text from its place on.
struct Fault<'t> {
    rest: &'t str,
    length: usize,
    kind: UcumErrorKind,
}

type Parsed<'t, T> = IResult<&'t str, T, Fault<'t>>;

impl<'t> ParseError<&'t str> for Fault<'t> {
    fn from_error_kind(rest: &'t str, _: nom::error::ErrorKind) -> Self {
        Self {
            rest,
            length: 0,
            kind: UcumErrorKind::UnexpectedCharacter,
        }
    }

    fn append(_: &'t str, _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

/// A fault that no other reading can mend.
fn fault<'t, T>(rest: &'t str, length: usize, kind: UcumErrorKind) -> Parsed<'t, T> {
    Err(nom::Err::Failure(Fault { rest, length, kind }))
}

/// Reads a whole text.
pub(super) fn term(text: &str, case_sensitive: bool) -> Result<Term, UcumError> {
    if text.len() > MAX_LENGTH {
        return Err(UcumErrorKind::Limit.at(MAX_LENGTH, text.len() - MAX_LENGTH));
    }
    let grammar = Grammar { case_sensitive };
    let (rest, kind, length) = match grammar.main_term(text) {
        Ok(("", term)) => return Ok(term),
        Ok((rest, _)) => (rest, unexpected(rest), first_length(rest)),
        Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => (fault.rest, fault.kind, fault.length),
        Err(nom::Err::Incomplete(_)) => ("", UcumErrorKind::MissingUnit, 0),
    };
    Err(kind.at(text.len() - rest.len(), length))
}

fn unexpected(rest: &str) -> UcumErrorKind {
    if rest.starts_with([')', '}']) {
        UcumErrorKind::Unbalanced
    } else {
        UcumErrorKind::UnexpectedCharacter
    }
}

fn first_length(rest: &str) -> usize {
    rest.chars().next().map_or(0, char::len_utf8)
}

struct Grammar {
    case_sensitive: bool,
}

impl Grammar {
    fn main_term<'t>(&self, text: &'t str) -> Parsed<'t, Term> {
        let (rest, slash) = opt(char('/')).parse(text)?;
        let (rest, mut term) = self.term(rest, 0)?;
        term.inverse = slash.is_some();
        Ok((rest, term))
    }

    fn term<'t>(&self, text: &'t str, depth: u32) -> Parsed<'t, Term> {
        let (mut rest, first) = self.component(text, depth)?;
        let mut others = Vec::new();
        while let Ok((after, operator)) = operator(rest) {
            let (after, component) = self.component(after, depth)?;
            others.push((operator, component));
            rest = after;
        }
        let term = Term {
            inverse: false,
            first,
            rest: others,
        };
        Ok((rest, term))
    }

    fn component<'t>(&self, text: &'t str, depth: u32) -> Parsed<'t, Component> {
        match text.bytes().next() {
            None | Some(b'.' | b'/' | b')') => fault(text, 0, UcumErrorKind::MissingUnit),
            Some(b'{') => map(annotation, Component::Annotation).parse(text),
            Some(b'(') if depth >= MAX_DEPTH => fault(text, 1, UcumErrorKind::Limit),
            Some(b'(') => {
                let (rest, _) = char('(').parse(text)?;
                let (rest, term) = self.term(rest, depth + 1)?;
                match char::<&str, Fault<'t>>(')').parse(rest) {
                    Ok((rest, _)) => Ok((rest, Component::Group(Box::new(term)))),
                    Err(_) if rest.is_empty() => fault(text, 1, UcumErrorKind::Unbalanced),
                    Err(_) => fault(rest, first_length(rest), unexpected(rest)),
                }
            }
            Some(byte) if byte.is_ascii_digit() && ten(text).is_err() => factor(text),
            Some(_) => {
                let (rest, simple) = self.simple(text)?;
                let (rest, annotation) = opt_annotation(rest)?;
                Ok((rest, Component::Simple(Simple { annotation, ..simple })))
            }
        }
    }

    /// A unit's code with its prefix and exponent.
    fn simple<'t>(&self, text: &'t str) -> Parsed<'t, Simple> {
        let (rest, symbol) = symbol(text)?;
        let (code, exponent) = split_exponent(symbol);
        let exponent = match exponent {
            "" => None,
            digits => match digits.parse() {
                Ok(value @ MIN_EXPONENT..=MAX_EXPONENT) => Some(value),
                _ => {
                    let place = text.get(code.len()..).unwrap_or_default();
                    return fault(place, digits.len(), UcumErrorKind::Limit);
                }
            },
        };
        match self.resolve(code) {
            Ok((prefix, atom)) => {
                let simple = Simple {
                    prefix,
                    atom,
                    exponent,
                    annotation: None,
                };
                Ok((rest, simple))
            }
            Err(kind) => fault(text, symbol.len(), kind),
        }
    }

    /// The prefix and the atom of a code.
    fn resolve(&self, code: &str) -> Result<(Option<u8>, u16), UcumErrorKind> {
        if let Some(atom) = atom::find_atom(code, self.case_sensitive) {
            return Ok((None, atom));
        }
        let mut kind = UcumErrorKind::UnknownUnit;
        for length in 1..=3 {
            let Some((prefix, code)) = code.split_at_checked(length) else {
                continue;
            };
            let prefix = atom::find_prefix(prefix, self.case_sensitive);
            let atom = atom::find_atom(code, self.case_sensitive);
            if let (Some(prefix), Some(number)) = (prefix, atom) {
                if atom::atom(number).is_some_and(atom::Atom::is_metric) {
                    return Ok((Some(prefix), number));
                }
                kind = UcumErrorKind::PrefixOnNonMetric;
            }
        }
        Err(kind)
    }
}

fn operator(text: &str) -> Parsed<'_, Operator> {
    map(one_of("./"), |it| match it {
        '/' => Operator::Divide,
        _ => Operator::Multiply,
    })
    .parse(text)
}

/// The start of `10*` or `10^`, the two units that begin with digits.
fn ten(text: &str) -> Parsed<'_, char> {
    peek(preceded(tag("10"), one_of("*^"))).parse(text)
}

fn factor(text: &str) -> Parsed<'_, Component> {
    let (rest, digits) = take_while1(|it: char| it.is_ascii_digit()).parse(text)?;
    if digits.len() > MAX_DIGITS {
        return fault(text, digits.len(), UcumErrorKind::Limit);
    }
    let number = digits.parse().unwrap_or(0_u64);
    if number == 0 {
        return fault(text, digits.len(), UcumErrorKind::ZeroFactor);
    }
    if rest.starts_with(|it: char| it.is_ascii_graphic() && !matches!(it, '.' | '/' | '(' | ')' | '{' | '}'))
    {
        return fault(text, digits.len(), UcumErrorKind::NumberBeforeUnit);
    }
    let (rest, annotation) = opt_annotation(rest)?;
    Ok((rest, Component::Factor(number, annotation)))
}

/// The text of an annotation, without its braces.
fn annotation(text: &str) -> Parsed<'_, Box<str>> {
    let (inner, _) = char('{').parse(text)?;
    let inside = |it: char| it.is_ascii_graphic() && !matches!(it, '{' | '}');
    match terminated(take_while(inside), char::<&str, Fault<'_>>('}')).parse(inner) {
        Ok((rest, inside)) => Ok((rest, inside.into())),
        Err(_) => {
            let rest = inner.trim_start_matches(inside);
            match rest.chars().next() {
                None => fault(text, 1, UcumErrorKind::Unbalanced),
                Some(_) => fault(rest, first_length(rest), UcumErrorKind::UnexpectedCharacter),
            }
        }
    }
}

fn opt_annotation(text: &str) -> Parsed<'_, Option<Box<str>>> {
    if text.starts_with('{') {
        map(annotation, Some).parse(text)
    } else {
        Ok((text, None))
    }
}

/// The longest text that may be a code with an exponent. Between square brackets every printable character may stand.
fn symbol(text: &str) -> Parsed<'_, &str> {
    let plain = |it: char| it.is_ascii_graphic() && !matches!(it, '.' | '/' | '(' | ')' | '{' | '}');
    let bracketed = delimited(
        char('['),
        take_while(|it: char| it.is_ascii_graphic() && it != ']'),
        char(']'),
    );
    let piece = alt((
        recognize(bracketed),
        take_while1(move |it| plain(it) && it != '['),
        tag("["),
    ));
    let (rest, symbol) = recognize(many0_count(piece)).parse(text)?;
    if symbol.is_empty() {
        fault(text, first_length(text), unexpected(text))
    } else {
        Ok((rest, symbol))
    }
}

/// Splits the digits at the end, with a sign before them, from a code.
fn split_exponent(symbol: &str) -> (&str, &str) {
    let code = symbol.trim_end_matches(|it: char| it.is_ascii_digit());
    let signed = code.strip_suffix(['-', '+']).unwrap_or(code);
    let code = if code.len() == symbol.len() { code } else { signed };
    symbol.split_at(code.len())
}
