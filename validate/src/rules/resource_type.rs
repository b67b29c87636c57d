//! `resource-type`: a resource names its type, and R4 has that type.
//!
//! Why: without it nothing that follows has a meaning.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient"}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Person2"}
//! ```
//!
//! ```json
//! {"active": true}
//! ```
//!
//! Spec: FHIR R4, 2.6.2 JSON Representation, `resourceType`.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "resource-type",
    severity: Severity::Error,
    code: IssueType::Structure,
    message: "the resource names no type of R4",
};
