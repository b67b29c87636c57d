//! `time-format`: a `time` is hours, minutes and seconds of a day, without a zone.
//!
//! Why: minutes alone leave open whether the seconds are zero or unknown, and 24:00 is two moments at once.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "HealthcareService", "availableTime": [{"availableStartTime": "08:30:00"}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "HealthcareService", "availableTime": [{"availableStartTime": "08:30"}]}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `time`.

use crate::{IssueType, Rule, Severity};

use super::date::number;

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "time-format",
    severity: Severity::Error,
    code: IssueType::Value,
    message: "not a time",
};

/// What is wrong with the text of a `time`, if anything.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    match clock(text.as_bytes()) {
        Ok([]) => None,
        Ok(_) => Some(FORM),
        Err(fault) => Some(fault),
    }
}

const FORM: &str = "a time is hh:mm:ss with an optional fraction";

/// Reads `hh:mm:ss` and a fraction at the start of `text` and gives what follows.
pub(super) fn clock(text: &[u8]) -> Result<&[u8], &'static str> {
    let ([h1, h2, b':', m1, m2, b':', s1, s2], rest) = text.split_first_chunk::<8>().ok_or(FORM)? else {
        return Err(FORM);
    };
    let hour = number(&[*h1, *h2]).ok_or(FORM)?;
    let minute = number(&[*m1, *m2]).ok_or(FORM)?;
    let second = number(&[*s1, *s2]).ok_or(FORM)?;
    if hour > 23 {
        return Err("an hour is 00 to 23");
    }
    if minute > 59 {
        return Err("a minute is 00 to 59");
    }
    if second > 60 {
        return Err("a second is 00 to 60");
    }
    let [b'.', fraction @ ..] = rest else {
        return Ok(rest);
    };
    match fraction.iter().take_while(|byte| byte.is_ascii_digit()).count() {
        0 => Err("a fraction has digits"),
        digits => Ok(fraction.get(digits..).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn seconds_are_part_of_a_time() {
        for good in ["00:00:00", "23:59:60", "08:30:00.5", "08:30:00.000000001"] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "",
            "08",
            "08:30",
            "8:30:00",
            "24:00:00",
            "08:60:00",
            "08:30:61",
            "08:30:00.",
            "08:30:00Z",
            "08:30:00+01:00",
            "083000",
            "08:30:0x",
            " 08:30:00",
            "é8:30:00",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
