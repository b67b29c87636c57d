//! The inside of an escape sequence, between two escape characters.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while};
use nom::character::complete::{char, u8 as number};
use nom::combinator::{all_consuming, map, opt, value};
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

/// What an escape sequence stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Escape<'a> {
    Field,
    Component,
    Subcomponent,
    Repetition,
    Character,
    Truncation,
    /// Pairs of hexadecimal digits.
    Hex(&'a [u8]),
    /// So many line ends.
    Lines(u8),
    /// So many spaces.
    Spaces(u8),
    /// Highlighting or layout that plain text does not show.
    Layout,
}

/// Reads the inside of an escape sequence; `None` when it is none that this version of the library knows.
pub(crate) fn escape(inside: &[u8]) -> Option<Escape<'_>> {
    // The delimiters are nearly all there is in practice.
    match inside {
        b"F" => return Some(Escape::Field),
        b"S" => return Some(Escape::Component),
        b"T" => return Some(Escape::Subcomponent),
        b"R" => return Some(Escape::Repetition),
        b"E" => return Some(Escape::Character),
        b"P" => return Some(Escape::Truncation),
        b"H" | b"N" => return Some(Escape::Layout),
        _ => {}
    }
    all_consuming(alt((hex, formatting)))
        .parse(inside)
        .ok()
        .map(|(_, escape)| escape)
}

fn hex(input: &[u8]) -> IResult<&[u8], Escape<'_>> {
    let (rest, digits) = preceded(char('X'), take_while(|byte: u8| byte.is_ascii_hexdigit())).parse(input)?;
    if digits.is_empty() || digits.len() % 2 != 0 {
        return Err(nom::Err::Error(nom::error::Error::new(
            input,
            nom::error::ErrorKind::HexDigit,
        )));
    }
    Ok((rest, Escape::Hex(digits)))
}

/// A command that begins with a full stop: `.br`, `.sp2`, `.in+4`.
fn formatting(input: &[u8]) -> IResult<&[u8], Escape<'_>> {
    let count = || opt(preceded(opt(char('+')), number));
    preceded(
        char('.'),
        alt((
            value(Escape::Lines(1), alt((tag("br"), tag("ce")))),
            map(preceded(tag("sp"), count()), |n| Escape::Lines(n.unwrap_or(1))),
            map(preceded(tag("sk"), count()), |n| Escape::Spaces(n.unwrap_or(1))),
            value(Escape::Layout, alt((tag("fi"), tag("nf")))),
            value(
                Escape::Layout,
                terminated(
                    alt((tag("in"), tag("ti"))),
                    (opt(alt((char('+'), char('-')))), opt(number)),
                ),
            ),
        )),
    )
    .parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known() {
        assert_eq!(escape(b"F"), Some(Escape::Field));
        assert_eq!(escape(b"X0D0A"), Some(Escape::Hex(b"0D0A")));
        assert_eq!(escape(b".br"), Some(Escape::Lines(1)));
        assert_eq!(escape(b".sp"), Some(Escape::Lines(1)));
        assert_eq!(escape(b".sp3"), Some(Escape::Lines(3)));
        assert_eq!(escape(b".sk+2"), Some(Escape::Spaces(2)));
        assert_eq!(escape(b".in-4"), Some(Escape::Layout));
        assert_eq!(escape(b"H"), Some(Escape::Layout));
    }

    #[test]
    fn unknown() {
        for inside in [
            &b""[..],
            b"X",
            b"X0",
            b"XZZ",
            b"Zfoo",
            b"C2842",
            b"M2442",
            b".xx",
            b".sp999",
            b"Q",
        ] {
            assert_eq!(escape(inside), None);
        }
    }
}
