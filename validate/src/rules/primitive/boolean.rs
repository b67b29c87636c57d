//! `boolean-format`: a `boolean` is `true` or `false`.
//!
//! Why: text in XML and text in JSON both reach this rule; `1`, `yes` and `True` are read as either value by
//! different receivers.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "active": true}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "active": "yes"}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `boolean`.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "boolean-format",
    severity: Severity::Error,
    code: IssueType::Value,
    message: "not a boolean",
};

/// What is wrong with the text of a `boolean`, if anything.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    (!matches!(text, "true" | "false")).then_some("a boolean is true or false")
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn there_are_two_booleans() {
        assert_eq!((fault("true"), fault("false")), (None, None));
        for bad in ["", "True", "1", "yes", "true "] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
