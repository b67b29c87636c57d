//! `bdl-12`: the first entry of a message is a MessageHeader.
//!
//! Why: a receiver decides by it what to do with the rest.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "message", "entry": [{"fullUrl": "http://example.org/MessageHeader/a", "resource": {"resourceType": "MessageHeader", "id": "a", "eventUri": "http://example.org/e", "source": {"endpoint": "http://example.org"}}}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "message", "entry": [{"fullUrl": "http://example.org/Patient/a", "resource": {"resourceType": "Patient", "id": "a"}}]}
//! ```
//!
//! Spec: FHIR R4, invariant bdl-12.

use carewire_fhir_model::Node;
use carewire_fhir_model::schema::TypeId;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "bdl-12",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "the first entry of a message is a MessageHeader",
};

/// Looks at a message.
pub(crate) fn check(walk: &mut Walk<'_>, bundle: Node<'_>) -> Flow {
    let first = bundle.child("entry").and_then(|entry| entry.child("resource"));
    if first.and_then(Node::type_id) == Some(TypeId::MESSAGE_HEADER) {
        Flow::Continue(())
    } else {
        walk.report(&RULE, bundle)
    }
}
