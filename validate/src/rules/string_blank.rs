//! `string-blank`: a string has a character that is no white space.
//!
//! Why: a reader of the XML form may trim it to nothing.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "name": [{"text": " a"}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "name": [{"text": " "}]}
//! ```
//!
//! Spec: FHIR R4, 2.24.0.1 Primitive Types, `string`.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "string-blank",
    severity: Severity::Warning,
    code: IssueType::Value,
    message: "a string is only white space",
};

/// Looks at the text of a `string` or `markdown`.
pub(crate) fn check(walk: &mut Walk<'_>, node: Node<'_>, text: &str) -> Flow {
    if text.trim_ascii().is_empty() {
        walk.report(&RULE, node)
    } else {
        Flow::Continue(())
    }
}
