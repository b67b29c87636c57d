//! The inside of an escape sequence, between two escape characters.
//!
//! Two escape characters make a sequence if what stands between them is one by the grammar of this file, whether it means
//! something here or not; the second then belongs to the sequence. Where they make none, the first is text, and the
//! second may open a sequence: `4\5 \T\ 6` is a backslash, some text and an ampersand.
//!
//! | inside | |
//! | --- | --- |
//! | `F S T R E P H N` | delimiters, highlighting |
//! | `X`, pairs of hexadecimal digits | bytes |
//! | `.`, two small letters, a sign, digits | formatting, also commands that nobody knows |
//! | `C` and two pairs of digits, `M` and two or three | a switch of character sets |
//! | `Z`, any graphic characters of ASCII | a sequence of the site |

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
    /// Stays as it was sent: a sequence of the site, an unknown command, a switch where nothing is switched.
    Kept,
}

/// Reads the inside of an escape sequence; `None` when it is none.
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
    if let Ok((_, escape)) = all_consuming(alt((hex, formatting))).parse(inside) {
        return Some(escape);
    }
    is_kept(inside).then_some(Escape::Kept)
}

/// True for what is a sequence and stands for nothing that is known here.
fn is_kept(inside: &[u8]) -> bool {
    match inside {
        [b'Z', rest @ ..] => rest.iter().all(u8::is_ascii_graphic),
        [b'C', digits @ ..] => digits.len() == 4 && digits.iter().all(u8::is_ascii_hexdigit),
        [b'M', digits @ ..] => matches!(digits.len(), 4 | 6) && digits.iter().all(u8::is_ascii_hexdigit),
        [b'.', b'a'..=b'z', b'a'..=b'z', rest @ ..] => {
            let digits = rest
                .strip_prefix(b"+")
                .or(rest.strip_prefix(b"-"))
                .unwrap_or(rest);
            digits.iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
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
    fn kept() {
        for inside in [
            &b"Z"[..],
            b"Zfoo",
            b"Z#1,2",
            b"C2842",
            b"M2442",
            b"M24284a",
            b".xx",
            b".xx-3",
            b".sp999",
            b".br2",
        ] {
            assert_eq!(escape(inside), Some(Escape::Kept), "{inside:?}");
        }
    }

    #[test]
    fn none() {
        for inside in [
            &b""[..],
            b"X",
            b"X0",
            b"XZZ",
            b"Za b",
            b"Z\x80",
            b"C28",
            b"C284G",
            b"M24421",
            b".x",
            b".xx 3",
            b".XX",
            b"Q",
            b"f",
            b"5 re",
        ] {
            assert_eq!(escape(inside), None, "{inside:?}");
        }
    }
}
