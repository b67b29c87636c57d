//! `text-form`: the text is UTF-8, and its strings have the escapes of JSON and no bare control character.
//!
//! Why: readers put different characters where they find none.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "name": [{"text": "a\u00e4"}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "name": [{"text": "a\x"}]}
//! ```
//!
//! Spec: RFC 8259, 7 Strings, 8.1 Character Encoding.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "text-form",
    severity: Severity::Error,
    code: IssueType::Invalid,
    message: "the text has what no text of its format has",
};
