//! `bdl-1`: a Bundle has a `total` only as the answer to a search or as a history.
//!
//! Why: elsewhere the entries are all there is, and another number could only be wrong.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "searchset", "total": 0}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "collection", "total": 0}
//! ```
//!
//! Spec: FHIR R4, invariant bdl-1.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "bdl-1",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "a total is only in a searchset or a history",
};

/// Looks at a Bundle.
pub(crate) fn check(walk: &mut Walk<'_>, bundle: Node<'_>, kind: &str) -> Flow {
    match bundle.child("total") {
        Some(total) if !matches!(kind, "searchset" | "history") => walk.report(&RULE, total),
        _ => Flow::Continue(()),
    }
}
