//! `bdl-10`: a document has a timestamp.
//!
//! Why: it says when the document was put together.
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
//! {"resourceType": "Bundle", "type": "document", "identifier": {"system": "urn:ietf:rfc:3986", "value": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}, "entry": [{"fullUrl": "http://example.org/Composition/a", "resource": {"resourceType": "Composition", "id": "a", "status": "final", "type": {"text": "a"}, "date": "2024", "author": [{"display": "a"}], "title": "a"}}]}
//! ```
//!
//! Spec: FHIR R4, invariant bdl-10.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "bdl-10",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "a document has a timestamp",
};

/// Looks at a document.
pub(crate) fn check(walk: &mut Walk<'_>, bundle: Node<'_>) -> Flow {
    let dated = bundle
        .child("timestamp")
        .is_some_and(|timestamp| timestamp.text().is_some());
    if dated {
        Flow::Continue(())
    } else {
        walk.report(&RULE, bundle)
    }
}
