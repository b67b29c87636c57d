//! `ext-1`: an extension has a value or extensions, and not both.
//!
//! Why: a reader takes the value and never looks for what is beside it.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "extension": [{"url": "http://example.org/e", "valueCode": "a"}]}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "extension": [{"url": "http://example.org/e"}]}
//! ```
//!
//! ```json
//! {"resourceType": "Basic", "code": {"text": "a"}, "extension": [{"url": "http://example.org/e", "valueCode": "a", "extension": [{"url": "b", "valueCode": "c"}]}]}
//! ```
//!
//! Spec: FHIR R4, invariant ext-1.

use carewire_fhir_model::Node;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "ext-1",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "an extension has a value or extensions, not both",
};

/// Looks at an Extension.
pub(crate) fn check(walk: &mut Walk<'_>, extension: Node<'_>) -> Flow {
    let (nested, value) = (
        extension.child("extension").is_some(),
        extension.child("value").is_some(),
    );
    if nested == value {
        walk.report(&RULE, extension)
    } else {
        Flow::Continue(())
    }
}
