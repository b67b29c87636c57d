//! `uuid-format`: a `uuid` is `urn:uuid:` and 32 lower case hexadecimal digits in groups of 8, 4, 4, 4 and
//! 12.
//!
//! Why: references inside a Bundle are compared as text; the same UUID in capitals is another text.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "extension": [{"url": "http://example.org/e", "valueUuid": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "extension": [{"url": "http://example.org/e", "valueUuid": "urn:uuid:C757873D-EC9A-4326-A141-556F43239520"}]}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `uuid`.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "uuid-format",
    severity: Severity::Error,
    code: IssueType::Value,
    message: "not a uuid",
};

/// What is wrong with the text of a `uuid`, if anything.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    const FORM: &str = "a uuid is urn:uuid: and lower case hexadecimal digits in groups of 8-4-4-4-12";
    let Some(digits) = text.strip_prefix("urn:uuid:") else {
        return Some(FORM);
    };
    let good = digits.len() == 36
        && digits.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        });
    (!good).then_some(FORM)
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn digits_are_lower_case() {
        assert_eq!(fault("urn:uuid:c757873d-ec9a-4326-a141-556f43239520"), None);
        for bad in [
            "",
            "c757873d-ec9a-4326-a141-556f43239520",
            "urn:uuid:C757873d-ec9a-4326-a141-556f43239520",
            "urn:uuid:c757873dec9a4326a141556f43239520",
            "urn:uuid:c757873d-ec9a-4326-a141-556f4323952",
            "urn:uuid:c757873d-ec9a-4326-a141-556f4323952g",
        ] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
