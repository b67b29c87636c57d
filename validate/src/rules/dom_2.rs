//! `dom-2`: a contained resource contains no resource.
//!
//! Why: a local reference would have two places to look in.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "contained": [{"resourceType": "Patient", "id": "a"}], "subject": {"reference": "#a"}}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "contained": [{"resourceType": "Patient", "id": "a", "contained": [{"resourceType": "Patient", "id": "b"}]}], "subject": {"reference": "#a"}}
//! ```
//!
//! Spec: FHIR R4, invariant dom-2.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "dom-2",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "a contained resource contains no resource",
};

/// Looks at a contained resource.
pub(crate) fn check(walk: &mut Walk<'_>, resource: Node<'_>) -> Flow {
    match resource.child("contained") {
        Some(nested) => walk.report(&RULE, nested),
        None => Flow::Continue(()),
    }
}
