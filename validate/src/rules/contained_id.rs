//! `contained-id`: a contained resource has an id.
//!
//! Why: nothing can refer to it without.
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
//! {"resourceType": "Basic", "code": {"text": "a"}, "contained": [{"resourceType": "Patient"}]}
//! ```
//!
//! Spec: FHIR R4, 2.3.0.3 Contained Resources.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "contained-id",
    severity: Severity::Error,
    code: IssueType::Required,
    message: "a contained resource has an id",
};

/// Looks at a contained resource.
pub(crate) fn check(walk: &mut Walk<'_>, resource: Node<'_>) -> Flow {
    if resource.child("id").is_some() {
        Flow::Continue(())
    } else {
        walk.report(&RULE, resource)
    }
}
