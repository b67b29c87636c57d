//! `element-missing`: an element whose minimum is 1 is present.
//!
//! Why: the specification asks for few elements and only for those without which the rest cannot be
//! understood.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Observation", "status": "final", "code": {"text": "a"}}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Observation", "code": {"text": "a"}}
//! ```
//!
//! Spec: FHIR R4, ElementDefinition.min.

use carewire_fhir_model::Node;
use carewire_fhir_model::schema::Element;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "element-missing",
    severity: Severity::Error,
    code: IssueType::Required,
    message: "a required element is missing",
};

/// Reports an element that an object lacks.
pub(crate) fn check(walk: &mut Walk<'_>, node: Node<'_>, element: &'static Element) -> Flow {
    walk.report_more(&RULE, node, || match element.is_choice() {
        true => format!("{}[x]", element.name()).into(),
        false => element.name().into(),
    })
}
