//! `element-type`: a value has the JSON type of its element: an object, a string, a number or a boolean.
//!
//! Why: a number in quotes is text to every typed reader and is refused.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "active": true, "multipleBirthInteger": 2}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "active": "true"}
//! ```
//!
//! ```json
//! {"resourceType": "Patient", "name": ["Doe"]}
//! ```
//!
//! ```json
//! {"resourceType": "Patient", "birthDate": 1970}
//! ```
//!
//! Spec: FHIR R4, 2.6.2 JSON Representation of primitive elements.

use std::ops::ControlFlow;

use carewire_fhir_model::schema::JsonForm;
use carewire_fhir_model::{Node, ValueKind};

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "element-type",
    severity: Severity::Error,
    code: IssueType::Invalid,
    message: "the value has another JSON type than its element",
};

/// Looks at a value that should be an object, and says whether it is one.
pub(crate) fn is_object(walk: &mut Walk<'_>, node: Node<'_>) -> ControlFlow<(), bool> {
    match node.value_kind() {
        ValueKind::Object => return ControlFlow::Continue(true),
        ValueKind::Null => super::null_value::check(walk, node)?,
        kind => report(walk, node, "an object", kind)?,
    }
    ControlFlow::Continue(false)
}

/// Looks at the value of a primitive, which is there, and says whether its JSON type is that of its FHIR type.
pub(crate) fn is_primitive(walk: &mut Walk<'_>, node: Node<'_>, form: JsonForm) -> ControlFlow<(), bool> {
    let kind = node.value_kind();
    let (fits, expected) = match form {
        JsonForm::String => (kind == ValueKind::String, "a string"),
        JsonForm::Number => (kind == ValueKind::Number, "a number"),
        JsonForm::Boolean => (kind == ValueKind::Boolean, "a boolean"),
    };
    if !fits {
        report(walk, node, expected, kind)?;
    }
    ControlFlow::Continue(fits)
}

/// Reports a value of another JSON type than expected.
pub(crate) fn report(walk: &mut Walk<'_>, node: Node<'_>, expected: &'static str, found: ValueKind) -> Flow {
    walk.report_more(&RULE, node, || {
        let found = match found {
            ValueKind::Object => "an object",
            ValueKind::String => "a string",
            ValueKind::Number => "a number",
            ValueKind::Boolean => "a boolean",
            ValueKind::Null => "null",
            ValueKind::Array => "an array",
        };
        format!("expected {expected}, found {found}").into()
    })
}
