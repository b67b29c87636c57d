//! `bdl-7`: no two entries have one `fullUrl`, unless their versions differ or the Bundle is a history.
//!
//! Why: a reference inside the Bundle would have two ends.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "http://example.org/Patient/a", "resource": {"resourceType": "Patient", "id": "a"}}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Bundle", "type": "collection", "entry": [{"fullUrl": "http://example.org/Patient/a", "resource": {"resourceType": "Patient", "id": "a"}}, {"fullUrl": "http://example.org/Patient/a", "resource": {"resourceType": "Patient", "id": "a"}}]}
//! ```
//!
//! Spec: FHIR R4, invariant bdl-7.

use std::borrow::Cow;
use std::collections::HashSet;

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "bdl-7",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "two entries have one fullUrl",
};

/// The identities of the entries seen so far: `fullUrl` and version.
#[derive(Default)]
pub(crate) struct Seen<'a>(HashSet<(Cow<'a, str>, Option<Cow<'a, str>>)>);

/// Looks at an entry of a Bundle that is no history.
pub(crate) fn check<'a>(walk: &mut Walk<'a>, entry: Node<'a>, seen: &mut Seen<'a>) -> Flow {
    let Some((node, url)) = entry.child("fullUrl").and_then(|node| Some((node, node.text()?))) else {
        return Flow::Continue(());
    };
    let meta = entry
        .child("resource")
        .and_then(|resource| resource.child("meta"));
    let version = meta.and_then(|meta| meta.child("versionId")?.text());
    if seen.0.insert((url, version)) {
        Flow::Continue(())
    } else {
        walk.report(&RULE, node)
    }
}
