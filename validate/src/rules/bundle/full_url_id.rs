//! `full-url-id`: a `fullUrl` that is the address of a resource on a server ends with its type and id.
//!
//! Why: the two are the identity of one resource; where they differ, references find one and reads the
//! other.
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
//! {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "http://example.org/fhir/Patient/b", "resource": {"resourceType": "Patient", "id": "a"}}]}
//! ```
//!
//! Spec: FHIR R4, 2.36.4 Bundle.entry.fullUrl.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "full-url-id",
    severity: Severity::Error,
    code: IssueType::Invalid,
    message: "a fullUrl disagrees with the type or id of its resource",
};

/// Looks at an entry with a resource, whose `fullUrl` is `url`.
pub(crate) fn check(walk: &mut Walk<'_>, node: Node<'_>, url: &str, resource: Node<'_>) -> Flow {
    if !(url.starts_with("http://") || url.starts_with("https://")) {
        return Flow::Continue(());
    }
    let (Some(ty), Some(id)) = (resource.type_id(), resource.child("id").and_then(|id| id.text())) else {
        return Flow::Continue(());
    };
    let address = url
        .strip_suffix(id.as_ref())
        .and_then(|url| url.strip_suffix('/'));
    let agrees = address
        .and_then(|url| url.strip_suffix(ty.name()))
        .is_some_and(|base| base.ends_with('/'));
    if agrees {
        Flow::Continue(())
    } else {
        walk.report(&RULE, node)
    }
}
