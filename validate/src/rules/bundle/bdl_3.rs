//! `bdl-3`: an entry has a `request` in a batch, a transaction and a history, and nowhere else.
//!
//! Why: it is the order what to do with the entry; without it a server cannot act, and elsewhere nobody acts
//! on it.
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
//! {"resourceType": "Bundle", "type": "transaction", "entry": [{"fullUrl": "http://example.org/Patient/a", "resource": {"resourceType": "Patient", "id": "a"}}]}
//! ```
//!
//! ```json
//! {"resourceType": "Bundle", "type": "collection", "entry": [{"request": {"method": "GET", "url": "Patient/a"}}]}
//! ```
//!
//! Spec: FHIR R4, invariant bdl-3.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "bdl-3",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "an entry has a request in a batch, a transaction and a history, and only there",
};

/// Looks at an entry of a Bundle.
pub(crate) fn check(walk: &mut Walk<'_>, entry: Node<'_>, kind: &str) -> Flow {
    let due = matches!(kind, "batch" | "transaction" | "history");
    if entry.child("request").is_some() == due {
        Flow::Continue(())
    } else {
        walk.report(&RULE, entry)
    }
}
