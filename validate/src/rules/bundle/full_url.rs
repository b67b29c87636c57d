//! `full-url`: a `fullUrl` is an absolute URI.
//!
//! Why: references inside the Bundle are resolved against it; a relative one has no base.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "resource": {"resourceType": "Patient"}}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "Patient/a", "resource": {"resourceType": "Patient", "id": "a"}}]}
//! ```
//!
//! Spec: FHIR R4, 2.36.4 Bundle.entry.fullUrl.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "full-url",
    severity: Severity::Error,
    code: IssueType::Invalid,
    message: "a fullUrl is an absolute URI",
};

/// Looks at the `fullUrl` of an entry.
pub(crate) fn check(walk: &mut Walk<'_>, node: Node<'_>, url: &str) -> Flow {
    if is_absolute(url) {
        Flow::Continue(())
    } else {
        walk.report(&RULE, node)
    }
}

/// Whether a text starts with a scheme and a colon.
pub(crate) fn is_absolute(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    })
}

#[cfg(test)]
mod tests {
    use super::is_absolute;

    #[test]
    fn a_scheme_makes_a_uri_absolute() {
        assert!(is_absolute("urn:uuid:a") && is_absolute("http://example.org") && is_absolute("x-y+z.1:a"));
        assert!(
            !is_absolute("Patient/a") && !is_absolute(":a") && !is_absolute("1a:b") && !is_absolute("a/b:c")
        );
    }
}
