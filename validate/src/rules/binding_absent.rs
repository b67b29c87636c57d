//! `binding-absent`: a code with a required binding is there, and not an extension in its place.
//!
//! Why: the extension says that the code is unknown; a receiver that acts on the code has nothing to act on.
//! The guide from HL7 v2 to FHIR writes such codes, and the reference validator refuses them: this is a
//! warning.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "gender": "unknown"}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "_gender": {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}}
//! ```
//!
//! Spec: FHIR R4, 4.1.5 Binding Strengths, required; HL7 v2-to-FHIR, XTN.3.

use carewire_fhir_model::Node;
use carewire_fhir_model::schema::{Property, TypeId};

use super::binding_required::required;
use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "binding-absent",
    severity: Severity::Warning,
    code: IssueType::CodeInvalid,
    message: "an extension stands for a code that is required",
};

/// Looks at a primitive that has no value.
pub(crate) fn check(walk: &mut Walk<'_>, node: Node<'_>, ty: TypeId, property: &Property) -> Flow {
    if ty == TypeId::CODE && required(property).is_some() {
        walk.report(&RULE, node)
    } else {
        Flow::Continue(())
    }
}
