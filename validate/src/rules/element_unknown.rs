//! `element-unknown`: every element is one that its type has.
//!
//! Why: a receiver drops what it does not know; a misspelt name loses the data under it.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "birthDate": "1970"}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "dateOfBirth": "1970"}
//! ```
//!
//! Spec: FHIR R4, 2.6.2 JSON Representation; 2.1.0 no other elements.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "element-unknown",
    severity: Severity::Error,
    code: IssueType::Structure,
    message: "the type has no such element",
};

/// Reports a child that the type of its parent does not have, at the parent: its own key comes from the input.
pub(crate) fn check(walk: &mut Walk<'_>, parent: Node<'_>, child: Node<'_>) -> Flow {
    walk.report_in(&RULE, parent, child)
}
