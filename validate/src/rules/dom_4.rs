//! `dom-4`: a contained resource has no `meta.versionId` and no `meta.lastUpdated`.
//!
//! Why: it lives and changes with the resource around it, and has no version of its own.
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
//! {"resourceType": "Basic", "code": {"text": "a"}, "contained": [{"resourceType": "Patient", "id": "a", "meta": {"versionId": "1"}}], "subject": {"reference": "#a"}}
//! ```
//!
//! Spec: FHIR R4, invariant dom-4.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "dom-4",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "a contained resource has no version of its own",
};

/// Looks at a contained resource.
pub(crate) fn check(walk: &mut Walk<'_>, resource: Node<'_>) -> Flow {
    let Some(meta) = resource.child("meta") else {
        return Flow::Continue(());
    };
    match meta.child("versionId").or_else(|| meta.child("lastUpdated")) {
        Some(version) => walk.report(&RULE, version),
        None => Flow::Continue(()),
    }
}
