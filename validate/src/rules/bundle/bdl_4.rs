//! `bdl-4`: an entry has a `response` in the answer to a batch or a transaction and in a history, and
//! nowhere else.
//!
//! Why: a client reads from it what became of each entry it sent.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "batch-response", "entry": [{"response": {"status": "200"}}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": "Patient/a"}, "response": {"status": "200"}}]}
//! ```
//!
//! Spec: FHIR R4, invariant bdl-4.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "bdl-4",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "an entry has a response in a batch-response, a transaction-response and a history, and only there",
};

/// Looks at an entry of a Bundle.
pub(crate) fn check(walk: &mut Walk<'_>, entry: Node<'_>, kind: &str) -> Flow {
    let due = matches!(kind, "batch-response" | "transaction-response" | "history");
    if entry.child("response").is_some() == due {
        Flow::Continue(())
    } else {
        walk.report(&RULE, entry)
    }
}
