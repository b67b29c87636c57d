//! `bdl-5`: an entry has a resource, a request or a response.
//!
//! Why: it would say nothing.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": "Patient/a"}}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "http://example.org/Patient/a"}]}
//! ```
//!
//! Spec: FHIR R4, invariant bdl-5.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "bdl-5",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "an entry has a resource, a request or a response",
};

/// Looks at an entry of a Bundle.
pub(crate) fn check(walk: &mut Walk<'_>, entry: Node<'_>) -> Flow {
    let some = ["resource", "request", "response"]
        .iter()
        .any(|name| entry.child(name).is_some());
    if some {
        Flow::Continue(())
    } else {
        walk.report(&RULE, entry)
    }
}
