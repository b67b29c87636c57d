//! `null-value`: `null` stands only in an array of primitives, where the array beside it has the extension.
//!
//! Why: FHIR has no null; in such arrays it keeps the two in step.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "name": [{"given": [null, "Ann"], "_given": [{"extension": [{"url": "http://example.org/e", "valueCode": "a"}]}, null]}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "gender": null}
//! ```
//!
//! ```json
//! {"resourceType": "Patient", "name": [{"given": [null, "Ann"]}]}
//! ```
//!
//! Spec: FHIR R4, 2.6.2 JSON Representation of primitive elements.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "null-value",
    severity: Severity::Error,
    code: IssueType::Invalid,
    message: "null stands for no value",
};

/// Looks at a `null`.
pub(crate) fn check(walk: &mut Walk<'_>, node: Node<'_>) -> Flow {
    if node.children().next().is_some() {
        Flow::Continue(())
    } else {
        walk.report(&RULE, node)
    }
}
