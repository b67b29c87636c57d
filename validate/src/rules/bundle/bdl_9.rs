//! `bdl-9`: a document has an identifier with a system and a value.
//!
//! Why: a document is signed and kept; it needs a name that no other has.
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
//! {"resourceType": "Bundle", "type": "document", "timestamp": "2024-01-02T03:04:05Z", "entry": [{"fullUrl": "http://example.org/Composition/a", "resource": {"resourceType": "Composition", "id": "a", "status": "final", "type": {"text": "a"}, "date": "2024", "author": [{"display": "a"}], "title": "a"}}]}
//! ```
//!
//! Spec: FHIR R4, invariant bdl-9.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "bdl-9",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "a document has an identifier with a system and a value",
};

/// Looks at a document.
pub(crate) fn check(walk: &mut Walk<'_>, bundle: Node<'_>) -> Flow {
    let named = bundle.child("identifier").is_some_and(|identifier| {
        identifier.child("system").is_some() && identifier.child("value").is_some()
    });
    if named {
        Flow::Continue(())
    } else {
        walk.report(&RULE, bundle)
    }
}
