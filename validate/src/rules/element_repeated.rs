//! `element-repeated`: an element is present at most as often as its maximum.
//!
//! Why: a receiver that keeps one value keeps either of two.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "gender": "female"}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "gender": ["female", "male"]}
//! ```
//!
//! Spec: FHIR R4, ElementDefinition.max.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "element-repeated",
    severity: Severity::Error,
    code: IssueType::Structure,
    message: "an element repeats more often than it may",
};
