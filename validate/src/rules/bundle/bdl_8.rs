//! `bdl-8`: a `fullUrl` names no version.
//!
//! Why: it is the identity of the resource, the same for all its versions.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "http://example.org/Patient/a", "resource": {"resourceType": "Patient", "id": "a"}}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "http://example.org/Patient/a/_history/1", "resource": {"resourceType": "Patient", "id": "a"}}]}
//! ```
//!
//! Spec: FHIR R4, invariant bdl-8.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "bdl-8",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "a fullUrl names a version",
};

/// Looks at the `fullUrl` of an entry.
pub(crate) fn check(walk: &mut Walk<'_>, node: Node<'_>, url: &str) -> Flow {
    if url.contains("/_history/") {
        walk.report(&RULE, node)
    } else {
        Flow::Continue(())
    }
}
