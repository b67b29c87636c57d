//! `bdl-2`: an entry has `search` only in the answer to a search.
//!
//! Why: it says why an entry was found.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "searchset", "entry": [{"fullUrl": "http://example.org/Patient/a", "search": {"mode": "match"}, "resource": {"resourceType": "Patient", "id": "a"}}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "http://example.org/Patient/a", "search": {"mode": "match"}, "resource": {"resourceType": "Patient", "id": "a"}}]}
//! ```
//!
//! Spec: FHIR R4, invariant bdl-2.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "bdl-2",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "an entry has search only in a searchset",
};

/// Looks at an entry of a Bundle.
pub(crate) fn check(walk: &mut Walk<'_>, entry: Node<'_>, kind: &str) -> Flow {
    match entry.child("search") {
        Some(search) if kind != "searchset" => walk.report(&RULE, search),
        _ => Flow::Continue(()),
    }
}
