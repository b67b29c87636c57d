//! `binding-required`: a code with a required binding is one of its value set; of a CodeableConcept one
//! coding is.
//!
//! Why: such codes drive what a receiver does; an unknown one stops it.
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
//! {"resourceType": "Patient", "gender": "F"}
//! ```
//!
//! ```json
//! {"resourceType": "AllergyIntolerance", "clinicalStatus": {"coding": [{"system": "http://example.org", "code": "active"}]}, "patient": {"display": "a"}}
//! ```
//!
//! Spec: FHIR R4, 4.1.5 Binding Strengths, required.

use carewire_fhir_model::Node;
use carewire_fhir_model::schema::{Binding, BindingStrength, Property, TypeId};
use carewire_terminology::valuesets::{self, EmbeddedValueSet};

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "binding-required",
    severity: Severity::Error,
    code: IssueType::CodeInvalid,
    message: "no code of the value set that is required here",
};

/// Why a code was not judged.
const OPEN: &str = "the codes of the value set are not enumerated here";

/// Looks at the text of a primitive.
pub(crate) fn check_primitive(walk: &mut Walk<'_>, node: Node<'_>, text: &str, property: &Property) -> Flow {
    let Some(binding) = required(property) else {
        return Flow::Continue(());
    };
    match set(walk, binding) {
        Some(set) if !set.contains(None, text) => report(walk, node, binding),
        _ => Flow::Continue(()),
    }
}

/// Looks at a value of a data type that has a code: Coding, CodeableConcept, Quantity.
pub(crate) fn check(walk: &mut Walk<'_>, node: Node<'_>, ty: TypeId, property: &Property) -> Flow {
    let Some(binding) = required(property) else {
        return Flow::Continue(());
    };
    let good = if ty == TypeId::CODEABLE_CONCEPT {
        let mut codings = node.children_named("coding").peekable();
        // A concept in words alone, or in an extension such as data-absent-reason, is no code: that is said of a text.
        if codings.peek().is_none() && node.child("text").is_none() {
            return Flow::Continue(());
        }
        match set(walk, binding) {
            Some(set) => codings.any(|coding| is_coded(coding, set)),
            None => true,
        }
    } else if ty == TypeId::CODING || ty.is_a(TypeId::QUANTITY) {
        if node.child("code").is_none() && ty != TypeId::CODING {
            return Flow::Continue(());
        }
        set(walk, binding).is_none_or(|set| is_coded(node, set))
    } else {
        true
    };
    if good {
        Flow::Continue(())
    } else {
        report(walk, node, binding)
    }
}

/// The required binding of an element, if it has one.
pub(crate) fn required(property: &Property) -> Option<Binding> {
    property
        .element()
        .binding()
        .filter(|binding| binding.strength() == BindingStrength::Required)
}

/// The codes of a value set; where they are not enumerated that is counted.
fn set(walk: &mut Walk<'_>, binding: Binding) -> Option<EmbeddedValueSet> {
    let canonical = binding.value_set();
    // A few bindings name a version of their own of a value set that the core package has once.
    let url = canonical.split_once('|').map_or(canonical, |(url, _)| url);
    let set = valuesets::r4().get(url);
    if set.is_none() {
        walk.leave_open(canonical, OPEN);
    }
    set
}

fn is_coded(node: Node<'_>, set: EmbeddedValueSet) -> bool {
    let code = node.child("code").and_then(Node::text);
    let system = node.child("system").and_then(Node::text);
    code.is_some_and(|code| set.contains(system.as_deref(), &code))
}

fn report(walk: &mut Walk<'_>, node: Node<'_>, binding: Binding) -> Flow {
    walk.report_more(&RULE, node, || binding.value_set().into())
}
