//! `date-format`: a `date` is a year, a year and a month, or a day of the calendar.
//!
//! Why: a receiver that sorts or compares dates reads the digits by their place; `1970-3` and the 30th of
//! February have no place in any calendar.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "birthDate": "1970-03"}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "birthDate": "1970-02-30"}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `date`.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "date-format",
    severity: Severity::Error,
    code: IssueType::Value,
    message: "not a date",
};

/// What is wrong with the text of a `date`, if anything.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    let text = text.as_bytes();
    match text.len() {
        4 | 7 | 10 => day(text).err(),
        _ => Some(FORM),
    }
}

const FORM: &str = "a date is YYYY, YYYY-MM or YYYY-MM-DD";

/// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, the whole of `text`.
pub(super) fn day(text: &[u8]) -> Result<(), &'static str> {
    let year = number(text.get(..4).ok_or(FORM)?).ok_or(FORM)?;
    if year == 0 {
        return Err("there is no year 0000");
    }
    let Some(rest) = text.get(4..).filter(|rest| !rest.is_empty()) else {
        return Ok(());
    };
    let (month, rest) = part(rest)?;
    if !(1..=12).contains(&month) {
        return Err("a month is 01 to 12");
    }
    if rest.is_empty() {
        return Ok(());
    }
    let (day, rest) = part(rest)?;
    if !rest.is_empty() {
        return Err(FORM);
    }
    if day == 0 || day > days(year, month) {
        return Err("the month has no such day");
    }
    Ok(())
}

/// Reads `-NN` and gives the number and what follows.
fn part(text: &[u8]) -> Result<(u32, &[u8]), &'static str> {
    match text {
        [b'-', rest @ ..] if rest.len() >= 2 => {
            let (digits, rest) = rest.split_at(2);
            Ok((number(digits).ok_or(FORM)?, rest))
        }
        _ => Err(FORM),
    }
}

/// The value of a short run of ASCII digits; `None` for anything else.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |value, digit| {
        digit
            .is_ascii_digit()
            .then(|| value * 10 + u32::from(digit - b'0'))
    })
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn days_are_those_of_the_calendar() {
        for good in [
            "1970",
            "1970-12",
            "1970-12-31",
            "2000-02-29",
            "2024-02-29",
            "0001-01-01",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "",
            "70",
            "19700",
            "0000",
            "1970-",
            "1970-1",
            "1970-13",
            "1970-00",
            "1970-01-",
            "1970-01-1",
            "1970-01-00",
            "1970-01-32",
            "1970-04-31",
            "1900-02-29",
            "2023-02-29",
            "1970/01/01",
            "19700101",
            "1970-01-01T",
            "197é",
            "1970-01-01T00:00:00Z",
            " 1970",
            "+970",
            "1970-+1",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
