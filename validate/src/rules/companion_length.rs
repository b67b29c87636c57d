//! `companion-length`: the array with the ids and extensions of a repeating primitive is as long as that of
//! its values.
//!
//! Why: the two are read side by side, and `null` fills the places that have nothing.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "name": [{"given": ["Ann", "Eve"], "_given": [null, {"id": "a"}]}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "name": [{"given": ["Ann", "Eve"], "_given": [{"id": "a"}]}]}
//! ```
//!
//! Spec: FHIR R4, 2.6.2 JSON Representation of primitive elements.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "companion-length",
    severity: Severity::Warning,
    code: IssueType::Structure,
    message: "the two arrays of a repeating primitive differ in length",
};
