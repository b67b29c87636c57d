//! `instant-format`: an `instant` is a day, a time to the second and an offset.
//!
//! Why: it stamps what systems did; without an offset two systems order the same two events differently.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "meta": {"lastUpdated": "2024-01-02T03:04:05.678+01:00"}}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "meta": {"lastUpdated": "2024-01-02"}}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `instant`.

use crate::{IssueType, Rule, Severity};

use super::date::{day, number};
use super::time::clock;

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "instant-format",
    severity: Severity::Error,
    code: IssueType::Value,
    message: "not an instant",
};

/// What is wrong with the text of an `instant`, if anything.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    moment(text.as_bytes()).err()
}

const FORM: &str = "an instant is YYYY-MM-DDThh:mm:ss with an optional fraction and an offset";
const ZONE: &str = "an offset is Z, +hh:mm or -hh:mm, at most 14:00";

/// Reads a day, a time and an offset, the whole of `text`.
pub(super) fn moment(text: &[u8]) -> Result<(), &'static str> {
    let (date, rest) = text.split_at_checked(10).ok_or(FORM)?;
    day(date)?;
    let [b'T', rest @ ..] = rest else {
        return Err(FORM);
    };
    match clock(rest)? {
        [b'Z'] => Ok(()),
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            let hours = number(&[*h1, *h2]).ok_or(ZONE)?;
            let minutes = number(&[*m1, *m2]).ok_or(ZONE)?;
            if minutes < 60 && hours * 60 + minutes <= 14 * 60 {
                Ok(())
            } else {
                Err(ZONE)
            }
        }
        [] => Err("a time has an offset"),
        _ => Err(ZONE),
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn an_offset_is_part_of_an_instant() {
        for good in [
            "2024-01-02T03:04:05Z",
            "2024-01-02T03:04:05.1-14:00",
            "2016-12-31T23:59:60+00:00",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "",
            "2024",
            "2024-01-02",
            "2024-01-02T03:04Z",
            "2024-01-02T03:04:05",
            "2024-01-02 03:04:05Z",
            "2024-01-02t03:04:05z",
            "2024-01-02T03:04:05+0100",
            "2024-01-02T03:04:05+14:01",
            "2024-01-02T03:04:05+01:60",
            "2024-02-30T03:04:05Z",
            "2024-01T03:04:05Z",
            "2024-01-02T03:04:05ZZ",
            "2024-01-0é03:04:05Z",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
