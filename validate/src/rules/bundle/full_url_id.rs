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
use carewire_fhir_model::schema::Schema;

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

/// Looks at an entry with a resource, whose `fullUrl` is `url`. An address that does not end with a resource type and an
/// id is none of a server of FHIR.
pub(crate) fn check(walk: &mut Walk<'_>, node: Node<'_>, url: &str, resource: Node<'_>, kind: &str) -> Flow {
    if !(url.starts_with("http://") || url.starts_with("https://")) {
        return Flow::Continue(());
    }
    let mut parts = url.rsplit('/');
    let (last, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let named = Schema::r4().type_named(name).filter(|ty| ty.is_resource());
    let (Some(named), Some(ty)) = (named, resource.type_id()) else {
        return Flow::Continue(());
    };
    // What is sent to a server may have its id from it.
    let exempt = matches!(kind, "batch" | "transaction");
    let agrees = named == ty
        && resource
            .child("id")
            .and_then(Node::text)
            .map_or(exempt, |id| id == last);
    if agrees {
        Flow::Continue(())
    } else {
        walk.report(&RULE, node)
    }
}
