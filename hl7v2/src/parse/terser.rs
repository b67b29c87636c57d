//! The grammar of Terser paths.
//!
//! ```text
//! path    = [ "/" ] { step "/" } step [ "-" number [ rep ] [ "-" number [ "-" number ] ] ]
//! step    = [ "." ] pattern [ rep ]
//! pattern = 1*( letter | digit | "_" | "*" | "?" )
//! rep     = "(" number ")"                            ; from 0
//! ```

use alloc::vec::Vec;

use nom::bytes::complete::take_while1;
use nom::character::complete::{char, u32 as number};
use nom::combinator::{cut, opt, verify};
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

use super::path::{Expected, GROUPS, Parsed, expect, positive, read};
use crate::error::PathError;
use crate::location::Id;
use crate::path::{Path, Select, Step};

/// Reads a whole Terser path.
pub(crate) fn terser(text: &str) -> Result<Path, PathError> {
    read(text, whole)
}

fn whole(input: &str) -> Parsed<'_, Path> {
    let mut rest = input.strip_prefix('/').unwrap_or(input);
    let mut steps = Vec::new();
    loop {
        let (after, found) = step(rest)?;
        steps.push(found);
        rest = after;
        match rest.strip_prefix('/') {
            Some(after) if steps.len() <= GROUPS => rest = after,
            _ => break,
        }
    }
    let place = (
        positive("a field number"),
        opt(rep),
        opt(preceded(char('-'), cut(positive("a component number")))),
        opt(preceded(char('-'), cut(positive("a subcomponent number")))),
    );
    let (rest, place) = opt(preceded(char('-'), cut(place))).parse(rest)?;
    if !rest.is_empty() {
        let what = match place {
            Some(_) => "'-', '(' or the end",
            None => "'/', '-', '(' or the end",
        };
        let left = rest.len();
        return Err(nom::Err::Error(Expected { what, left }));
    }
    let plain = steps
        .last()
        .and_then(|last| last.pattern.as_bytes().as_array::<3>());
    let id = plain
        .filter(|id| {
            id.iter()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        })
        .map_or(Id::NONE, |id| Id(*id));
    let (field, repetition, component, subcomponent) = match place {
        Some((field, rep, component, subcomponent)) => (
            field,
            rep.unwrap_or(0) + 1,
            component.unwrap_or(1),
            subcomponent.unwrap_or(1),
        ),
        None => (0, 1, 0, 0),
    };
    let index = steps.last().map_or(1, |last| last.rep + 1);
    let path = Path {
        absolute: true,
        groups: Vec::new(),
        id,
        index: Select::Number(index),
        field,
        repetition: Select::Number(repetition),
        component,
        subcomponent,
        terser: steps,
    };
    Ok((rest, path))
}

fn step(input: &str) -> Parsed<'_, Step> {
    let (rest, searched) = opt(char('.')).parse(input)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '*' | '?');
    let (rest, pattern) = expect("the name of a segment or group", take_while1(allowed)).parse(rest)?;
    let (rest, rep) = opt(rep).parse(rest)?;
    let step = Step {
        searched: searched.is_some(),
        pattern: pattern.into(),
        rep: rep.unwrap_or(0),
    };
    Ok((rest, step))
}

fn rep(input: &str) -> IResult<&str, u32, Expected> {
    let inside = expect("a repetition, from 0", verify(number, |n| *n < u32::MAX));
    delimited(char('('), cut(inside), cut(expect("')'", char(')')))).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_left_out() {
        let path = terser("PID-5").unwrap();
        assert_eq!(path.to_string(), "/PID(0)-5(0)-1-1");
        assert_eq!(
            terser("/.*OBSERVATION(1)/OBX-5(2)-1-2").unwrap().to_string(),
            "/.*OBSERVATION(1)/OBX(0)-5(2)-1-2"
        );
        assert_eq!(
            (path.segment(), terser("/.P?D-3").unwrap().segment()),
            ("PID", "")
        );
    }

    #[test]
    fn errors_name_offsets() {
        for (text, offset) in [
            ("", 0),
            ("/", 1),
            ("/.", 2),
            ("//PID-5", 1),
            ("PID-", 4),
            ("PID-0", 4),
            ("PID-5(x)", 6),
            ("PID-5(0", 7),
            ("PID-5(4294967295)", 6),
            ("PID-5-0", 6),
            ("PID-5-1-1-1", 9),
            ("PID-5.1", 5),
            ("PID(-1)-5", 4),
            ("OBX[2]-5", 3),
        ] {
            let error = terser(text).unwrap_err();
            assert_eq!(error.offset(), offset, "{text}: {error}");
        }
    }
}
