//! Units.
//!
//! What laboratories and monitors write becomes a code of UCUM: by a table of usual spellings first (`MG/DL`, `mmHg`, `K/uL`), since some of them are codes of something else
//! (`ML` would be a megalitre), then as it stands if it is a code. Anything else comes back as it came, or as the second argument says.
//!
//! ```text
//! ucum(text[, otherwise])
//! ucum('MG/DL') => mg/dL
//! ucum('mmHg') => mm[Hg]
//! ucum('x10E3/uL') => 10*3/uL
//! ucum('mmol/L') => mmol/L
//! ucum('drops per day') => drops per day
//! ucum('drops per day', '1') => 1
//! ```
//!
//! Spec: UCUM 2.1.

use std::borrow::Cow;

use carewire_terminology::ucum;

pub(super) fn ucum<'t>(text: &'t str, unknown: Option<&str>) -> Cow<'t, str> {
    let trimmed = text.trim();
    if let Some(code) = usual(trimmed) {
        return Cow::Borrowed(code);
    }
    if ucum::is_valid(trimmed) {
        return Cow::Borrowed(trimmed);
    }
    unknown.map_or(Cow::Borrowed(text), |unknown| Cow::Owned(unknown.to_owned()))
}

/// The code of a usual spelling. A spelling in capitals stands for any case but one in which the text is a code of another meaning.
fn usual(text: &str) -> Option<&'static str> {
    if let Some((_, code)) = EXACT.iter().find(|(spelling, _)| *spelling == text) {
        return Some(code);
    }
    let same: String = text
        .chars()
        .filter(|c| *c != ' ')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let is_shouted = !text.contains(|c: char| c.is_lowercase());
    let is_other = !is_shouted && ucum::is_valid(text);
    ANY_CASE
        .iter()
        .find(|(spelling, _)| *spelling == same && !is_other)
        .map(|(_, code)| *code)
}

/// Spellings that mean this in this case alone.
const EXACT: &[(&str, &str)] = &[
    ("K/uL", "10*3/uL"),
    ("K/UL", "10*3/uL"),
    ("M/uL", "10*6/uL"),
    ("M/UL", "10*6/uL"),
    ("\u{b0}C", "Cel"),
    ("\u{b0}F", "[degF]"),
    ("\u{b5}g/L", "ug/L"),
];

/// Spellings without spaces and in capitals.
#[rustfmt::skip]
const ANY_CASE: &[(&str, &str)] = &[
    ("%", "%"), ("G/DL", "g/dL"), ("GM/DL", "g/dL"), ("G/L", "g/L"), ("MG/DL", "mg/dL"), ("MG/L", "mg/L"), ("MG/ML", "mg/mL"), ("UG/DL", "ug/dL"), ("MCG/DL", "ug/dL"),
    ("UG/L", "ug/L"), ("MCG/L", "ug/L"), ("UG/ML", "ug/mL"), ("MCG/ML", "ug/mL"), ("NG/DL", "ng/dL"), ("NG/ML", "ng/mL"), ("NG/L", "ng/L"), ("PG/ML", "pg/mL"), ("PG", "pg"),
    ("MMOL/L", "mmol/L"), ("UMOL/L", "umol/L"), ("MCMOL/L", "umol/L"), ("NMOL/L", "nmol/L"), ("PMOL/L", "pmol/L"), ("MEQ/L", "meq/L"), ("MOSM/KG", "mosm/kg"),
    ("U/L", "U/L"), ("UNITS/L", "U/L"), ("IU/L", "[IU]/L"), ("IU/ML", "[IU]/mL"), ("MIU/ML", "m[IU]/mL"), ("MIU/L", "m[IU]/L"), ("UIU/ML", "u[IU]/mL"), ("U/ML", "U/mL"),
    ("X10E3/UL", "10*3/uL"), ("10E3/UL", "10*3/uL"), ("X10*3/UL", "10*3/uL"), ("10^3/UL", "10*3/uL"), ("X10^3/UL", "10*3/uL"), ("THOU/UL", "10*3/uL"), ("THOUSAND/UL", "10*3/uL"),
    ("K/MM3", "10*3/mm3"), ("X10E6/UL", "10*6/uL"), ("10E6/UL", "10*6/uL"), ("X10*6/UL", "10*6/uL"), ("10^6/UL", "10*6/uL"), ("X10^6/UL", "10*6/uL"), ("MILL/UL", "10*6/uL"), ("MILLION/UL", "10*6/uL"),
    ("10^9/L", "10*9/L"), ("X10^9/L", "10*9/L"), ("X10E9/L", "10*9/L"), ("10E9/L", "10*9/L"), ("10^12/L", "10*12/L"), ("X10^12/L", "10*12/L"), ("X10E12/L", "10*12/L"), ("10E12/L", "10*12/L"),
    ("CELLS/UL", "{cells}/uL"), ("/HPF", "/[HPF]"), ("/LPF", "/[LPF]"), ("FL", "fL"), ("RATIO", "{ratio}"),
    ("MMHG", "mm[Hg]"), ("CMH2O", "cm[H2O]"), ("BPM", "{beats}/min"), ("BEATS/MIN", "{beats}/min"), ("BREATHS/MIN", "{breaths}/min"), ("/MIN", "/min"), ("L/MIN", "L/min"), ("ML/MIN", "mL/min"), ("ML/HR", "mL/h"),
    ("ML/MIN/1.73M2", "mL/min/{1.73_m2}"), ("ML/MIN/1.73", "mL/min/{1.73_m2}"), ("MM/HR", "mm/h"), ("MM/H", "mm/h"), ("DEGC", "Cel"), ("CEL", "Cel"), ("DEGF", "[degF]"),
    ("KG", "kg"), ("KGS", "kg"), ("G", "g"), ("GM", "g"), ("GRAM", "g"), ("GRAMS", "g"), ("MG", "mg"), ("MCG", "ug"), ("UG", "ug"), ("NG", "ng"), ("LB", "[lb_av]"), ("LBS", "[lb_av]"), ("OZ", "[oz_av]"),
    ("L", "L"), ("DL", "dL"), ("ML", "mL"), ("CC", "mL"), ("UL", "uL"), ("CM", "cm"), ("MM", "mm"), ("INCH", "[in_i]"), ("INCHES", "[in_i]"), ("FEET", "[ft_i]"), ("FT", "[ft_i]"), ("KG/M2", "kg/m2"), ("M2", "m2"),
    ("SEC", "s"), ("SECS", "s"), ("SECOND", "s"), ("SECONDS", "s"), ("MINS", "min"), ("MINUTE", "min"), ("MINUTES", "min"), ("HR", "h"), ("HRS", "h"), ("HOUR", "h"), ("HOURS", "h"),
    ("DAY", "d"), ("DAYS", "d"), ("WEEK", "wk"), ("WEEKS", "wk"), ("MONTH", "mo"), ("MONTHS", "mo"), ("YEAR", "a"), ("YEARS", "a"), ("YRS", "a"),
    ("IU", "[IU]"), ("UNIT", "U"), ("UNITS", "U"), ("MG/KG", "mg/kg"), ("MCG/KG/MIN", "ug/kg/min"), ("MG/24HR", "mg/(24.h)"), ("MG/G", "mg/g"), ("MG/GCREAT", "mg/g{creat}"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_gives_a_code_that_stays() {
        for (spelling, code) in EXACT.iter().chain(ANY_CASE) {
            assert!(ucum::is_valid(code), "{code}");
            assert_eq!(ucum(spelling, None), *code, "{spelling}");
            assert_eq!(ucum(code, None), *code, "{spelling}");
        }
    }

    #[test]
    fn a_code_of_another_meaning_is_left_alone_where_its_case_tells() {
        assert_eq!(
            (ucum("ML", None), ucum("mL", None), ucum("Ml", None)),
            ("mL".into(), "mL".into(), "Ml".into())
        );
        assert_eq!(
            (ucum("Pg", None), ucum("MG", None), ucum("Mg", None)),
            ("Pg".into(), "mg".into(), "Mg".into())
        );
    }
}
