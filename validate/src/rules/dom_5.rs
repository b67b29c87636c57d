//! `dom-5`: a contained resource has no `meta.security`.
//!
//! Why: the labels of the resource around it hold for all of it; a second set would be overlooked.
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
//! {"resourceType": "Basic", "code": {"text": "a"}, "contained": [{"resourceType": "Patient", "id": "a", "meta": {"security": [{"code": "R"}]}}], "subject": {"reference": "#a"}}
//! ```
//!
//! Spec: FHIR R4, invariant dom-5.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "dom-5",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "a contained resource has no security label of its own",
};

/// Looks at a contained resource.
pub(crate) fn check(walk: &mut Walk<'_>, resource: Node<'_>) -> Flow {
    match resource.child("meta").and_then(|meta| meta.child("security")) {
        Some(security) => walk.report(&RULE, security),
        None => Flow::Continue(()),
    }
}
