//! `date-time-format`: a `dateTime` is a `date`, or a day with a time to the second and an offset.
//!
//! Why: a time without an offset names a different moment at each receiver; FHIR asks for one as soon as
//! there is a time.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Observation", "status": "final", "code": {"text": "a"}, "effectiveDateTime": "2024-01-02T03:04:05+01:00"}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Observation", "status": "final", "code": {"text": "a"}, "effectiveDateTime": "2024-01-02T03:04:05"}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `dateTime`.

use crate::{IssueType, Rule, Severity};

use super::date::day;
use super::instant::moment;

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "date-time-format",
    severity: Severity::Error,
    code: IssueType::Value,
    message: "not a dateTime",
};

/// What is wrong with the text of a `dateTime`, if anything.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    let text = text.as_bytes();
    match text.len() {
        4 | 7 | 10 => day(text).err(),
        0..=10 => Some("a dateTime is YYYY, YYYY-MM, YYYY-MM-DD or a day with a time and an offset"),
        _ => moment(text).err(),
    }
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn a_time_needs_an_offset() {
        for good in [
            "2024",
            "2024-01",
            "2024-01-02",
            "2024-01-02T03:04:05Z",
            "2024-01-02T03:04:05.678+01:00",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "",
            "202",
            "2024-01-02T",
            "2024-01-02T03:04:05",
            "2024-01-02T03:04+01:00",
            "2024-01T03:04:05Z",
            "20240102",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
