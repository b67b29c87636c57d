//! `array-expected`: an element that may repeat is an array, even with one value.
//!
//! Why: readers that expect a list fail on the bare value, though there is only one.
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
//! {"resourceType": "Patient", "name": {"family": "Doe"}}
//! ```
//!
//! Spec: FHIR R4, 2.6.2 JSON Representation, repeating elements.

use carewire_fhir_model::Node;
use carewire_fhir_model::schema::Property;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "array-expected",
    severity: Severity::Error,
    code: IssueType::Invalid,
    message: "an element that may repeat is an array",
};

/// Looks at any value.
pub(crate) fn check(walk: &mut Walk<'_>, node: Node<'_>, property: &Property) -> Flow {
    if property.is_list() && !node.in_array() {
        walk.report(&RULE, node)
    } else {
        Flow::Continue(())
    }
}
