//! `full-url-missing`: an entry with a resource has a `fullUrl`, unless the Bundle is a batch, a transaction
//! or the answer to one.
//!
//! Why: references inside the Bundle have nothing to be resolved against.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "http://example.org/fhir/Patient/a", "resource": {"resourceType": "Patient", "id": "a"}}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "Patient", "id": "a"}}]}
//! ```
//!
//! Spec: FHIR R4, 2.36.4 Bundle.entry.fullUrl.

use carewire_fhir_model::Node;
use carewire_fhir_model::schema::TypeId;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "full-url-missing",
    severity: Severity::Error,
    code: IssueType::Invalid,
    message: "an entry has no fullUrl",
};

/// Looks at an entry that has no `fullUrl`. What a server says beside what it found has no address.
pub(crate) fn check(walk: &mut Walk<'_>, entry: Node<'_>, kind: &str) -> Flow {
    let exempt = matches!(
        kind,
        "batch" | "transaction" | "batch-response" | "transaction-response"
    );
    let resource = entry.child("resource").and_then(Node::type_id);
    let addressed = resource.is_some_and(|ty| !matches!(ty, TypeId::OPERATION_OUTCOME | TypeId::PARAMETERS));
    if exempt || !addressed {
        Flow::Continue(())
    } else {
        walk.report(&RULE, entry)
    }
}
