//! Addresses, of the United States and in general.
//!
//! `addressLine` brings lines, cities and districts into capitals and small letters as `personName` does for names; words with digits and the directions of streets stay capitals, and
//! nothing is abbreviated. `postalCode` writes the codes of the United States, Canada, the United Kingdom and the Netherlands as their posts do; the country is any form that `countryCode` reads.
//!
//! ```text
//! addressLine(text)
//! usState(text)
//! postalCode(text[, country])
//! countryCode(text)
//! addressLine('12B NW  MAIN ST') => 12B NW Main St
//! usState('new york') => NY
//! usState('ny') => NY
//! postalCode('606110123', 'US') => 60611-0123
//! postalCode('sw1a1aa', 'GBR') => SW1A 1AA
//! countryCode('us') => USA
//! countryCode('Germany') => DEU
//! countryCode('Atlantis') => Atlantis
//! ```
//!
//! Spec: ISO 3166-1; HL7 tables 0399 and 0347; FHIR R4, 2.24.0.5 Address.

use std::borrow::Cow;

use super::{countries, is_of_one_case, push_capitalised, single_spaced};

pub(super) fn address_line<'t>(text: &'t str, _: Option<&str>) -> Cow<'t, str> {
    let spaced = single_spaced(text).map_or(Cow::Borrowed(text), Cow::Owned);
    if !is_of_one_case(&spaced) {
        return spaced;
    }
    let mut out = String::with_capacity(spaced.len());
    for word in spaced.split_inclusive([' ', '-', '.']) {
        push_word(word, &mut out);
    }
    Cow::Owned(out)
}

fn push_word(word: &str, out: &mut String) {
    let bare = word.trim_end_matches([' ', '.', ',', '-']).to_ascii_uppercase();
    let is_direction = matches!(
        bare.as_str(),
        "N" | "E" | "S" | "W" | "NE" | "NW" | "SE" | "SW" | "PO"
    );
    let is_ordinal = bare.starts_with(|c: char| c.is_ascii_digit())
        && ["ST", "ND", "RD", "TH"].iter().any(|end| bare.ends_with(end));
    let has_digit = bare.contains(|c: char| c.is_ascii_digit());
    if is_ordinal {
        out.push_str(&word.to_ascii_lowercase());
    } else if is_direction || has_digit {
        out.push_str(&word.to_ascii_uppercase());
    } else {
        push_capitalised(word, out);
    }
}

pub(super) fn us_state<'t>(text: &'t str, _: Option<&str>) -> Cow<'t, str> {
    let wanted = text.trim();
    let same = |known: &str| known.eq_ignore_ascii_case(wanted);
    let found = STATES.iter().find(|(code, name)| same(code) || same(name));
    Cow::Borrowed(found.map_or(text, |(code, _)| code))
}

pub(super) fn country_code<'t>(text: &'t str, _: Option<&str>) -> Cow<'t, str> {
    Cow::Borrowed(countries::find(text).map_or(text, |country| country.alpha3))
}

pub(super) fn postal_code<'t>(text: &'t str, country: Option<&str>) -> Cow<'t, str> {
    let pattern = match country.and_then(countries::find).map(|country| country.alpha3) {
        Some("USA") => &["99999", "99999-9999"][..],
        Some("CAN") => &["A9A 9A9"][..],
        Some("GBR") => &["A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA"][..],
        Some("NLD") => &["9999 AA"][..],
        _ => &[][..],
    };
    let bare: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let found = pattern.iter().find_map(|pattern| written(&bare, pattern));
    found.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The code as the pattern writes it: `9` stands for a digit and `A` for a letter.
fn written(bare: &str, pattern: &str) -> Option<String> {
    let mut left = bare.chars();
    let mut out = String::with_capacity(pattern.len());
    for mark in pattern.chars() {
        match mark {
            '9' => out.push(left.next().filter(char::is_ascii_digit)?),
            'A' => out.push(left.next().filter(char::is_ascii_uppercase)?),
            between => out.push(between),
        }
    }
    left.next().is_none().then_some(out)
}

/// States, territories and the places of the armed forces.
#[rustfmt::skip]
const STATES: &[(&str, &str)] = &[
    ("AL", "Alabama"), ("AK", "Alaska"), ("AZ", "Arizona"), ("AR", "Arkansas"), ("CA", "California"), ("CO", "Colorado"), ("CT", "Connecticut"),
    ("DE", "Delaware"), ("DC", "District of Columbia"), ("FL", "Florida"), ("GA", "Georgia"), ("HI", "Hawaii"), ("ID", "Idaho"), ("IL", "Illinois"),
    ("IN", "Indiana"), ("IA", "Iowa"), ("KS", "Kansas"), ("KY", "Kentucky"), ("LA", "Louisiana"), ("ME", "Maine"), ("MD", "Maryland"),
    ("MA", "Massachusetts"), ("MI", "Michigan"), ("MN", "Minnesota"), ("MS", "Mississippi"), ("MO", "Missouri"), ("MT", "Montana"), ("NE", "Nebraska"),
    ("NV", "Nevada"), ("NH", "New Hampshire"), ("NJ", "New Jersey"), ("NM", "New Mexico"), ("NY", "New York"), ("NC", "North Carolina"),
    ("ND", "North Dakota"), ("OH", "Ohio"), ("OK", "Oklahoma"), ("OR", "Oregon"), ("PA", "Pennsylvania"), ("RI", "Rhode Island"),
    ("SC", "South Carolina"), ("SD", "South Dakota"), ("TN", "Tennessee"), ("TX", "Texas"), ("UT", "Utah"), ("VT", "Vermont"), ("VA", "Virginia"),
    ("WA", "Washington"), ("WV", "West Virginia"), ("WI", "Wisconsin"), ("WY", "Wyoming"), ("AS", "American Samoa"), ("GU", "Guam"),
    ("MP", "Northern Mariana Islands"), ("PR", "Puerto Rico"), ("VI", "Virgin Islands"), ("AA", "Armed Forces Americas"),
    ("AE", "Armed Forces Europe"), ("AP", "Armed Forces Pacific"),
];
