//! `bundle-reference`: in a document or a message, a `urn:uuid:` or `urn:oid:` reference and a relative one
//! name an entry.
//!
//! Why: such a Bundle is read without a server, so nothing else can answer them.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "message", "entry": [{"fullUrl": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "resource": {"resourceType": "MessageHeader", "id": "a", "eventUri": "http://example.org/e", "source": {"endpoint": "http://example.org"}, "focus": [{"reference": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"}]}}, {"fullUrl": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", "resource": {"resourceType": "Patient"}}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "message", "entry": [{"fullUrl": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "resource": {"resourceType": "MessageHeader", "id": "a", "eventUri": "http://example.org/e", "source": {"endpoint": "http://example.org"}, "focus": [{"reference": "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"}]}}]}
//! ```
//!
//! Spec: FHIR R4, 2.36.4.1 Resolving references in Bundles.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "bundle-reference",
    severity: Severity::Warning,
    code: IssueType::NotFound,
    message: "a reference names no entry of the Bundle",
};

/// Looks at a reference in a document or a message that no entry answers.
pub(crate) fn check(walk: &mut Walk<'_>, reference: Node<'_>) -> Flow {
    walk.report(&RULE, reference)
}
