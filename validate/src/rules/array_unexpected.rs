//! `array-unexpected`: an element that may not repeat is no array.
//!
//! Why: readers that expect one value fail on the list, even when it has one.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "gender": "female"}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "gender": ["female"]}
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
    id: "array-unexpected",
    severity: Severity::Error,
    code: IssueType::Invalid,
    message: "an element that may not repeat is no array",
};

/// Looks at any value; of several in one array at the first.
pub(crate) fn check(walk: &mut Walk<'_>, node: Node<'_>, property: &Property, is_first: bool) -> Flow {
    if is_first && !property.is_list() && node.in_array() {
        walk.report(&RULE, node)
    } else {
        Flow::Continue(())
    }
}
