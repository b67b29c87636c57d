//! `id-format`: an `id` is 1 to 64 letters, digits, hyphens and dots.
//!
//! Why: it becomes a segment of a URL; anything else would have to be escaped, and systems escape
//! differently.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "id": "f-001.a"}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "id": "f_001"}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `id`.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "id-format",
    severity: Severity::Error,
    code: IssueType::Value,
    message: "not an id",
};

/// What is wrong with the text of an `id`, if anything.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
    {
        return Some("an id has letters, digits, hyphens and dots only");
    }
    (!(1..=64).contains(&text.len())).then_some("an id has 1 to 64 characters")
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn an_id_fits_into_a_url() {
        assert_eq!(fault("a"), None);
        assert_eq!(fault(&"a-1.".repeat(16)), None);
        for bad in ["", "a b", "a_b", "a/b", "ä", "#a", &"a".repeat(65)] {
            assert!(fault(bad).is_some(), "{bad}");
        }
    }
}
