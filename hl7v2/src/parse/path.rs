//! The grammar of paths.
//!
//! ```text
//! path      = { "/" group } [ "/" ] segment [ "-" field [ "." component [ "." subcomponent ] ] ]
//! group     = name [ index ]                          ; only in a path that begins with "/"
//! segment   = id [ index ]        field = number [ index ]
//! index     = "[" ( number | "*" | condition ) "]"
//! condition = place ( "=" | "!=" ) quoted
//! place     = number [ "." number [ "." number ] ]    ; field, component, subcomponent: after a segment
//!           | "." number [ "." number ]               ; component, subcomponent: after a field
//! quoted    = "'" { character | "''" } "'"
//! ```

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while_m_n};
use nom::character::complete::{char, u32 as number};
use nom::combinator::{cut, map, opt, value, verify};
use nom::error::{ErrorKind, FromExternalError, ParseError};
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

use crate::error::PathError;
use crate::location::Id;
use crate::path::{Condition, Group, Path, Select};

/// Groups nest no deeper than this in a path; the deepest structure of the standard has seven levels.
pub(super) const GROUPS: usize = 16;

/// What was expected, and how much of the input was left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected {
    pub(super) what: &'static str,
    pub(super) left: usize,
}

impl ParseError<&str> for Expected {
    fn from_error_kind(input: &str, _: ErrorKind) -> Self {
        Self {
            what: "the end",
            left: input.len(),
        }
    }

    fn append(_: &str, _: ErrorKind, other: Self) -> Self {
        other
    }
}

impl<E> FromExternalError<&str, E> for Expected {
    fn from_external_error(input: &str, kind: ErrorKind, _: E) -> Self {
        Self::from_error_kind(input, kind)
    }
}

pub(super) type Parsed<'a, T> = IResult<&'a str, T, Expected>;

/// Names what `parser` expects where it fails at its start.
pub(super) fn expect<'a, T>(
    what: &'static str,
    mut parser: impl Parser<&'a str, Output = T, Error = Expected>,
) -> impl FnMut(&'a str) -> Parsed<'a, T> {
    move |input| {
        parser.parse(input).map_err(|error| match error {
            nom::Err::Error(_) => nom::Err::Error(Expected {
                what,
                left: input.len(),
            }),
            other => other,
        })
    }
}

/// Reads a whole path.
pub(crate) fn path(text: &str) -> Result<Path, PathError> {
    read(text, whole)
}

/// Reads the whole of `text` by a grammar that consumes it all.
pub(super) fn read(text: &str, grammar: fn(&str) -> Parsed<'_, Path>) -> Result<Path, PathError> {
    match grammar(text) {
        Ok((_, path)) => Ok(path),
        Err(nom::Err::Error(error) | nom::Err::Failure(error)) => {
            Err(PathError::new(text.len() - error.left, error.what))
        }
        Err(nom::Err::Incomplete(_)) => Err(PathError::new(text.len(), "more")),
    }
}

fn whole(input: &str) -> Parsed<'_, Path> {
    let mut rest = input;
    let mut groups = Vec::new();
    if let Some(after) = rest.strip_prefix('/') {
        rest = after;
        while groups.len() < GROUPS
            && let Ok((after, step)) = group(rest)
            && let Some(after) = after.strip_prefix('/')
        {
            groups.push(step);
            rest = after;
        }
    }
    let absolute = rest.len() != input.len();
    let (rest, id) = segment_id(rest)?;
    let (rest, index) = opt(index(true)).parse(rest)?;
    let (rest, field) = opt(preceded(char('-'), cut(field))).parse(rest)?;
    if !rest.is_empty() {
        let what = if field.is_some() {
            "'.', '[' or the end"
        } else {
            "'-', '[' or the end"
        };
        return Err(nom::Err::Error(Expected {
            what,
            left: rest.len(),
        }));
    }
    let (field, repetition, component, subcomponent) = field.unwrap_or((0, Select::Number(1), 0, 0));
    let index = index.unwrap_or(Select::Number(1));
    Ok((
        rest,
        Path {
            absolute,
            groups,
            id,
            index,
            field,
            repetition,
            component,
            subcomponent,
            terser: Vec::new(),
        },
    ))
}

fn group(input: &str) -> Parsed<'_, Group> {
    let name = take_while(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | '-'));
    // `ANTI-MICROBIAL_DEVICE_DATA` is one; what a digit follows is a field.
    let hyphens = |name: &str| {
        name.split('-')
            .all(|part| part.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    let (rest, name) = verify(name, |name: &str| {
        name.len() > 1 && (!name.contains('-') || hyphens(name))
    })
    .parse(input)?;
    let plain = verify(index(false), |select| !matches!(select, Select::Where(_)));
    let (rest, index) = opt(plain).parse(rest)?;
    Ok((
        rest,
        Group {
            name: name.into(),
            index: index.unwrap_or(Select::Number(1)),
        },
    ))
}

fn segment_id(input: &str) -> Parsed<'_, Id> {
    let name = take_while_m_n(3, 3, |c: char| c.is_ascii_uppercase() || c.is_ascii_digit());
    let (rest, name) = expect("a segment id", name).parse(input)?;
    let id = name
        .as_bytes()
        .first_chunk::<3>()
        .map_or(Id::NONE, |name| Id(*name));
    Ok((rest, id))
}

pub(super) fn positive(what: &'static str) -> impl FnMut(&str) -> Parsed<'_, u32> {
    move |input| expect(what, verify(number, |n| *n > 0)).parse(input)
}

fn field(input: &str) -> Parsed<'_, (u32, Select, u32, u32)> {
    let (rest, field) = positive("a field number").parse(input)?;
    let (rest, index) = opt(index(false)).parse(rest)?;
    let (rest, component) = opt(preceded(char('.'), cut(positive("a component number")))).parse(rest)?;
    let (rest, subcomponent) = match component {
        Some(_) => opt(preceded(char('.'), cut(positive("a subcomponent number")))).parse(rest)?,
        None => (rest, None),
    };
    let index = index.unwrap_or(Select::Number(1));
    Ok((
        rest,
        (field, index, component.unwrap_or(0), subcomponent.unwrap_or(0)),
    ))
}

fn index<'a>(of_segment: bool) -> impl FnMut(&'a str) -> Parsed<'a, Select> {
    move |input| {
        let what = if of_segment {
            "a number, '*' or a condition such as 3.1='x'"
        } else {
            "a number, '*' or a condition such as .5='x'"
        };
        let condition = |input: &'a str| condition(input, of_segment);
        let plain = map(verify(number, |n| *n > 0), Select::Number);
        let all = value(Select::All, char('*'));
        let closed = |input: &'a str| value((), nom::combinator::peek(char(']'))).parse(input);
        let inside = alt((
            nom::sequence::terminated(plain, closed),
            all,
            map(condition, |condition| Select::Where(Box::new(condition))),
        ));
        delimited(
            char('['),
            cut(expect(what, inside)),
            cut(expect("']'", char(']'))),
        )
        .parse(input)
    }
}

fn condition(input: &str, of_segment: bool) -> Parsed<'_, Condition> {
    let step = |input| preceded(char('.'), verify(number, |n| *n > 0)).parse(input);
    let (rest, field, component) = if of_segment {
        let (rest, field) = verify(number, |n| *n > 0).parse(input)?;
        let (rest, component) = opt(step).parse(rest)?;
        (rest, field, component.unwrap_or(0))
    } else {
        let (rest, component) = step(input)?;
        (rest, 0, component)
    };
    let (rest, subcomponent) = if component > 0 {
        opt(step).parse(rest)?
    } else {
        (rest, None)
    };
    let equal = alt((value(true, tag("=")), value(false, tag("!="))));
    let (rest, equal) = cut(expect("'=' or '!='", equal)).parse(rest)?;
    let (rest, text) = cut(expect("a text in single quotes", quoted)).parse(rest)?;
    let subcomponent = subcomponent.unwrap_or(0);
    Ok((
        rest,
        Condition {
            field,
            component,
            subcomponent,
            equal,
            text,
        },
    ))
}

fn quoted(input: &str) -> Parsed<'_, Box<str>> {
    let (mut rest, _) = char('\'').parse(input)?;
    let mut text = String::new();
    loop {
        let (after, part) = take_while(|c| c != '\'').parse(rest)?;
        let (after, _) = char('\'').parse(after)?;
        text.push_str(part);
        match after.strip_prefix('\'') {
            Some(after) => {
                text.push('\'');
                rest = after;
            }
            None => return Ok((after, text.into())),
        }
    }
}
