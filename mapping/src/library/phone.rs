//! Telephone numbers.
//!
//! A number that is written internationally, or nationally by the plan of the country that the second argument names (any form that `countryCode` reads), becomes `+` and at most 15
//! digits; an extension follows as `;ext=`. Numbers of countries with a trunk prefix `0` need it: without it the area code may be missing. Lengths are checked by the plans, and the first
//! digits in North America. Anything else, such as a number without its area code or with text, comes back as it came.
//!
//! ```text
//! e164(text[, country])
//! e164('(555) 555-0123 x45', 'US') => +15555550123;ext=45
//! e164('030 555 0123', 'DE') => +49305550123
//! e164('+44 (0)20 5550 0123') => +442055500123
//! e164('555-0123', 'US') => 555-0123
//! ```
//!
//! Spec: ITU-T E.164; RFC 3966, 3 (`ext`).

use std::borrow::Cow;

use super::countries;

/// The plan of North America, whose numbers have a form of their own.
const NORTH_AMERICA: &str = "1";

pub(super) fn e164<'t>(text: &'t str, country: Option<&str>) -> Cow<'t, str> {
    international(text, country.unwrap_or_default()).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn international(text: &str, country: &str) -> Option<String> {
    let trimmed = text.trim();
    let (number, extension) = split_extension(trimmed.strip_prefix("tel:").unwrap_or(trimmed))?;
    let country = countries::find(country);
    let (calling, national) = if let Some(rest) = number.strip_prefix('+') {
        from_calling_code(&digits(&rest.replacen("(0)", "", 1))?)?
    } else {
        let digits = digits(number)?;
        let abroad = if country.is_some_and(|country| country.calling == NORTH_AMERICA) {
            "011"
        } else {
            "00"
        };
        match digits.strip_prefix(abroad) {
            Some(rest) => from_calling_code(rest)?,
            None => from_national(&digits, country?)?,
        }
    };
    let mut out = format!("+{calling}{national}");
    if !extension.is_empty() {
        out.push_str(";ext=");
        out.push_str(extension);
    }
    Some(out)
}

/// The digits of a number that is written with the usual marks between them; none with anything else in it.
fn digits(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' => out.push(c),
            ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}' => {}
            _ => return None,
        }
    }
    Some(out)
}

/// The number and the digits of its extension. None if the text ends as one with an extension does, without its digits.
fn split_extension(text: &str) -> Option<(&str, &str)> {
    let number = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let extension = text.get(number.len()..)?;
    let before = number.trim_end_matches([' ', '.', ':']);
    for mark in [";ext=", "extension", "ext", "x", "#"] {
        let start = before.len().saturating_sub(mark.len());
        if before
            .get(start..)
            .is_some_and(|end| end.eq_ignore_ascii_case(mark))
        {
            let number = before.get(..start)?.trim_end_matches([' ', ',', ';']);
            return (!extension.is_empty()).then_some((number, extension));
        }
    }
    Some((text, ""))
}

fn from_calling_code(digits: &str) -> Option<(&'static str, String)> {
    let calling = countries::by_number(digits)?;
    let national = digits.strip_prefix(calling)?;
    is_number(calling, national).then(|| (calling, national.to_owned()))
}

fn from_national(digits: &str, country: &countries::Country) -> Option<(&'static str, String)> {
    let (least, most) = country.digits;
    let fits =
        |national: &str| (least..=most).contains(&national.len()) && is_number(country.calling, national);
    let without = digits
        .strip_prefix(country.trunk)
        .filter(|_| !country.trunk.is_empty());
    let with = Some(digits).filter(|_| country.trunk != "0");
    let national = without
        .filter(|national| fits(national))
        .or(with.filter(|national| fits(national)))?;
    Some((country.calling, national.to_owned()))
}

/// Whether a national number is one of the plan of its calling code.
fn is_number(calling: &str, national: &str) -> bool {
    let starts_well = |at: usize| {
        national
            .as_bytes()
            .get(at)
            .is_some_and(|digit| (b'2'..=b'9').contains(digit))
    };
    let has_form = calling != NORTH_AMERICA || (starts_well(0) && starts_well(3));
    !calling.is_empty()
        && calling.len() + national.len() <= 15
        && countries::has_length(calling, national.len())
        && has_form
}
