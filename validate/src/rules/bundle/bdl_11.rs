//! `bdl-11`: the first entry of a document is a Composition.
//!
//! Why: it is the table of contents by which the rest is read.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "document", "identifier": {"system": "urn:ietf:rfc:3986", "value": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}, "timestamp": "2024-01-02T03:04:05Z", "entry": [{"fullUrl": "http://example.org/Composition/a", "resource": {"resourceType": "Composition", "id": "a", "status": "final", "type": {"text": "a"}, "date": "2024", "author": [{"display": "a"}], "title": "a"}}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "document", "identifier": {"system": "urn:ietf:rfc:3986", "value": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}, "timestamp": "2024-01-02T03:04:05Z", "entry": [{"fullUrl": "http://example.org/Patient/a", "resource": {"resourceType": "Patient", "id": "a"}}]}
//! ```
//!
//! Spec: FHIR R4, invariant bdl-11.

use carewire_fhir_model::Node;
use carewire_fhir_model::schema::TypeId;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "bdl-11",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "the first entry of a document is a Composition",
};

/// Looks at a document.
pub(crate) fn check(walk: &mut Walk<'_>, bundle: Node<'_>) -> Flow {
    let first = bundle.child("entry").and_then(|entry| entry.child("resource"));
    if first.and_then(Node::type_id) == Some(TypeId::COMPOSITION) {
        Flow::Continue(())
    } else {
        walk.report(&RULE, bundle)
    }
}
