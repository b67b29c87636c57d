//! `key-repeated`: no key stands twice in one object.
//!
//! Why: one reader keeps the first, another the last.
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
//! {"resourceType": "Patient", "active": true, "active": false}
//! ```
//!
//! Spec: RFC 8259, 4 Objects.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "key-repeated",
    severity: Severity::Error,
    code: IssueType::Invalid,
    message: "a key stands twice in one object",
};
