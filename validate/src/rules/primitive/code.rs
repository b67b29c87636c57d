//! `code-format`: a `code` has no white space at its ends and single spaces inside.
//!
//! Why: codes are compared as text; a blank more makes another code.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"coding": [{"code": "a b"}]}}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"coding": [{"code": "a "}]}}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `code`.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "code-format",
    severity: Severity::Error,
    code: IssueType::Value,
    message: "not a code",
};

/// What is wrong with the text of a `code`, if anything.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    let mut after_space = true;
    for byte in text.bytes() {
        let space = matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c);
        if space && after_space {
            return Some("a code has single spaces between other characters");
        }
        after_space = space;
    }
    after_space.then_some("a code does not end with white space")
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn spaces_are_single_and_inside() {
        for good in ["a", "a b", "a\tb", "ä", "<="] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in ["", " ", " a", "a ", "a  b", "a\n"] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
