//! `dom-3`: a contained resource is referred to from the resource around it, or refers to it.
//!
//! Why: nothing else can refer to it; alone it says nothing.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "contained": [{"resourceType": "Patient", "id": "a"}], "subject": {"reference": "#a"}}
//! ```
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "contained": [{"resourceType": "Provenance", "id": "a", "target": [{"reference": "#"}], "recorded": "2024-01-02T03:04:05Z", "agent": [{"who": {"display": "a"}}]}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "contained": [{"resourceType": "Patient", "id": "a"}]}
//! ```
//!
//! Spec: FHIR R4, invariant dom-3.

use std::borrow::Cow;
use std::collections::HashSet;

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "dom-3",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "a contained resource is not referred to",
};

/// Looks at the contained resources of a resource, each with its id, when all of it was seen; `locals` are the local references in it.
pub(crate) fn check(
    walk: &mut Walk<'_>,
    contained: &[(Node<'_>, Cow<'_, str>)],
    locals: &HashSet<String>,
) -> Flow {
    for (node, id) in contained {
        if !locals.contains(id.as_ref()) {
            walk.report(&RULE, *node)?;
        }
    }
    Flow::Continue(())
}
