//! `element-empty`: no string, object or array is empty, and no complex element has an id alone.
//!
//! Why: absent and empty would be two ways to say one thing; FHIR knows only the first.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "name": [{"family": "Doe"}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "name": []}
//! ```
//!
//! ```json
//! {"resourceType": "Patient", "name": [{}]}
//! ```
//!
//! ```json
//! {"resourceType": "Patient", "name": [{"family": ""}]}
//! ```
//!
//! Spec: FHIR R4, 2.6.2 JSON Representation; invariant ele-1.

use carewire_fhir_model::Node;
use carewire_fhir_model::schema::TypeId;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "element-empty",
    severity: Severity::Error,
    code: IssueType::Invalid,
    message: "an element is empty",
};

/// Looks at an object: a resource may be empty, any other needs something beside an id.
pub(crate) fn check_object(walk: &mut Walk<'_>, node: Node<'_>, ty: TypeId) -> Flow {
    let bare = !ty.is_resource()
        && node
            .children()
            .all(|child| child.property().is_some_and(|property| property.key() == "id"));
    if bare {
        walk.report(&RULE, node)
    } else {
        Flow::Continue(())
    }
}

/// Looks at the text of a primitive, and says whether it is empty.
pub(crate) fn check_text(walk: &mut Walk<'_>, node: Node<'_>) -> Flow {
    walk.report(&RULE, node)
}
