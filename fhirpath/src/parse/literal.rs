//! Strings with their escapes, dates and times.

use super::lexer::{Fault, Moment};
use crate::value::{Date, DateTime, Time};

/// Reads a quoted text with escapes.
///
/// A backslash before a character that is no escape is dropped, as the specification says.
///
/// Spec: FHIRPath 2.0.0, 4.1.2 String.
pub(super) fn quoted(text: &str, quote: char) -> Result<(&str, String), Fault> {
    const UNFINISHED: Fault = (
        "unfinished-string",
        "expected the closing quote, found the end of the text",
    );
    const BAD_ESCAPE: Fault = (
        "bad-escape",
        "expected four hexadecimal digits that are a character after `\\u`",
    );
    // Most texts have no escape.
    if let Some(inner) = text.strip_prefix(quote)
        && let Some((value, rest)) = inner.split_once([quote, '\\'])
        && inner.get(value.len()..).is_some_and(|end| end.starts_with(quote))
    {
        return Ok((rest, value.to_owned()));
    }
    let mut value = String::new();
    let mut chars = text.char_indices();
    if chars.next().is_none_or(|(_, first)| first != quote) {
        return Err(UNFINISHED);
    }
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return Ok((text.get(at + c.len_utf8()..).unwrap_or(""), value));
        }
        if c != '\\' {
            value.push(c);
            continue;
        }
        let (at, escaped) = chars.next().ok_or(UNFINISHED)?;
        match escaped {
            'f' => value.push('\u{c}'),
            'n' => value.push('\n'),
            'r' => value.push('\r'),
            't' => value.push('\t'),
            'u' => {
                let (decoded, units) = unicode(text.get(at + 1..).unwrap_or("")).ok_or(BAD_ESCAPE)?;
                value.push(decoded);
                // Four digits, or four digits, a backslash, a `u` and four digits.
                for _ in 0..(units * 6 - 2) {
                    chars.next();
                }
            }
            other => value.push(other),
        }
    }
    Err(UNFINISHED)
}

/// Reads the digits after `\u`, and those of a second escape if the first is half of a pair.
fn unicode(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| {
        let digits = text
            .get(at..at + 4)
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
        u16::from_str_radix(digits, 16).ok()
    };
    let first = unit(0)?;
    if let Some(single) = char::from_u32(u32::from(first)) {
        return Some((single, 1));
    }
    if text.get(4..6)? != "\\u" {
        return None;
    }
    let decoded = char::decode_utf16([first, unit(6)?]).next()?.ok()?;
    Some((decoded, 2))
}

/// Reads a date, a date and time, or a time after `@`.
///
/// A date with a bare `T` is a date and time: `@2024T`. An offset after a time of day is read, for the fault to have
/// a place.
///
/// Spec: FHIRPath 2.0.0, 4.1.5 Date to 4.1.7 DateTime.
pub(super) fn moment(text: &str) -> Result<(&str, Moment), Fault> {
    const FAULT: Fault = ("bad-date", "expected a date or time after `@`");
    let body = text.get(1..).ok_or(FAULT)?;
    if let Some(rest) = body.strip_prefix('T') {
        let (time, rest) = Time::read(rest).ok_or(FAULT)?;
        return Ok(match DateTime::read_offset(rest) {
            Some((offset, rest)) => (rest, Moment::TimeWithOffset(time, offset)),
            None => (rest, Moment::Time(time)),
        });
    }
    let (date, after) = Date::read(body).ok_or(FAULT)?;
    let Some(time) = after.strip_prefix('T') else {
        return Ok((after, Moment::Date(date)));
    };
    if !time.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok((time, Moment::DateTime(DateTime::from(date))));
    }
    let (value, rest) = DateTime::read(body)
        .filter(|(value, _)| value.time().is_some())
        .ok_or(FAULT)?;
    Ok((rest, Moment::DateTime(value)))
}
