//! `syntax`: the text is JSON as the reader knows it.
//!
//! Why: a receiver that guesses what a broken text means guesses about a patient.
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
//! {"resourceType": "Patient", "active": tru
//! ```
//!
//! Spec: FHIR R4, 2.6.2 JSON Representation; RFC 8259.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "syntax",
    severity: Severity::Fatal,
    code: IssueType::Invalid,
    message: "the text could not be read",
};
