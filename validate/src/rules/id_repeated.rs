//! `id-repeated`: no two elements of a resource have one id, and no two contained resources.
//!
//! Why: a reference to it has two ends.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "name": [{"id": "a", "family": "Doe"}, {"id": "b", "family": "Roe"}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "name": [{"id": "a", "family": "Doe"}, {"id": "a", "family": "Roe"}]}
//! ```
//!
//! Spec: FHIR R4, 2.26 Element, `id`.

use std::borrow::Cow;
use std::collections::HashSet;

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "id-repeated",
    severity: Severity::Error,
    code: IssueType::Duplicate,
    message: "an id is there twice in one resource",
};

/// Looks at the id of an element.
pub(crate) fn check_element<'a>(walk: &mut Walk<'a>, node: Node<'a>) -> Flow {
    if node.text().is_none_or(|id| walk.is_new_id(id)) {
        Flow::Continue(())
    } else {
        walk.report(&RULE, node)
    }
}

/// Looks at the contained resources of a resource, each with its id.
pub(crate) fn check_contained(walk: &mut Walk<'_>, contained: &[(Node<'_>, Cow<'_, str>)]) -> Flow {
    let mut seen = HashSet::with_capacity(contained.len());
    for (node, id) in contained {
        if !seen.insert(id) {
            walk.report(&RULE, *node)?;
        }
    }
    Flow::Continue(())
}
