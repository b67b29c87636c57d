//! `string-format`: a `string` or `markdown` has no control characters but tab, line feed and carriage
//! return; a `string` has at most 1,048,576 characters.
//!
//! Why: other control characters cannot be written in XML at all, so the resource could not be passed on.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "name": [{"text": "a\tb"}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "name": [{"text": "a\u0001b"}]}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `string`, `markdown`.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "string-format",
    severity: Severity::Error,
    code: IssueType::Value,
    message: "not a string",
};

/// The most characters of a `string`.
const MOST: usize = 1024 * 1024;

/// What is wrong with the text of a `string`, if anything.
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    if text.len() > MOST && text.chars().count() > MOST {
        return Some("a string has at most 1,048,576 characters");
    }
    markdown_fault(text)
}

/// What is wrong with the text of a `markdown`, if anything.
pub(crate) fn markdown_fault(text: &str) -> Option<&'static str> {
    let control = text
        .bytes()
        .any(|byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'));
    control.then_some("the only control characters are tab, line feed and carriage return")
}

#[cfg(test)]
mod tests {
    use super::{MOST, fault, markdown_fault};

    #[test]
    fn control_characters_and_length_are_bounded() {
        assert_eq!(fault("a\r\n\tb ä"), None);
        assert!(fault("a\0").is_some());
        assert!(fault("\u{b}").is_some());
        let long = "ä".repeat(MOST);
        assert_eq!(fault(&long), None);
        assert!(fault(&(long.clone() + "a")).is_some());
        assert_eq!(markdown_fault(&(long + "a")), None);
    }
}
