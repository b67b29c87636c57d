//! `reference-target`: a reference leads to a type that its element allows.
//!
//! Why: a receiver that follows it reads another kind of record than it asked for.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "managingOrganization": {"reference": "Organization/a"}}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "managingOrganization": {"reference": "Patient/a"}}
//! ```
//!
//! Spec: FHIR R4, 2.3.0 Resource References; ElementDefinition.type.targetProfile.

use carewire_fhir_model::Node;
use carewire_fhir_model::schema::TypeId;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "reference-target",
    severity: Severity::Error,
    code: IssueType::Structure,
    message: "a reference leads to a type that its element does not allow",
};

/// Looks at a reference that leads to a resource of type `ty`, in an element that allows `targets`.
pub(crate) fn check(walk: &mut Walk<'_>, reference: Node<'_>, ty: TypeId, targets: &[TypeId]) -> Flow {
    let allowed = targets.is_empty() || targets.iter().any(|&target| ty.is_a(target));
    if allowed {
        Flow::Continue(())
    } else {
        walk.report(&RULE, reference)
    }
}
