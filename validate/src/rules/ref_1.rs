//! `ref-1`: a reference that starts with `#` names a resource contained in this one.
//!
//! Why: it can lead nowhere else.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "contained": [{"resourceType": "Patient", "id": "a"}], "subject": {"reference": "#a"}}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "subject": {"reference": "#a"}}
//! ```
//!
//! Spec: FHIR R4, invariant ref-1.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "ref-1",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "a local reference names no contained resource",
};

/// Looks at a reference that starts with `#`; `id` is what follows.
///
/// `#` alone is the resource around the contained one.
pub(crate) fn check(walk: &mut Walk<'_>, reference: Node<'_>, id: &str) -> Flow {
    if id.is_empty() || walk.contains(id) {
        Flow::Continue(())
    } else {
        walk.report(&RULE, reference)
    }
}
