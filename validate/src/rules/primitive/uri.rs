//! `uri-format`: a `uri`, `url` or `canonical` has no white space.
//!
//! Why: a blank ends a URI in every other place it is written; receivers cut there.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "implicitRules": "http://example.org/rules"}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "implicitRules": "http://example.org/the rules"}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `uri`, `url`, `canonical`.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "uri-format",
    severity: Severity::Error,
    code: IssueType::Value,
    message: "not a uri",
};

/// What is wrong with the text of a `uri`, `url` or `canonical`, if anything.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    let space = text
        .bytes()
        .any(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c));
    space.then_some("a uri has no white space")
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn white_space_ends_a_uri() {
        for good in [
            "a",
            "urn:oid:1.2",
            "http://example.org/a%20b#c",
            "http://example.org/ä",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [" ", "a b", "a ", "\ta"] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
