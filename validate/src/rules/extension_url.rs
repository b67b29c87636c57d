//! `extension-url`: the url of an extension is absolute, unless the extension is inside another.
//!
//! Why: the url is the name of its definition; a relative one names nothing outside the system that wrote
//! it.
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
//! {"resourceType": "Basic", "code": {"text": "a"}, "extension": [{"url": "e", "valueCode": "a"}]}
//! ```
//!
//! Spec: FHIR R4, 2.4 Extensibility.

use carewire_fhir_model::Node;

use super::bundle::full_url::is_absolute;
use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "extension-url",
    severity: Severity::Error,
    code: IssueType::Extension,
    message: "the url of an extension is absolute",
};

/// Looks at an Extension; `nested` if it is inside another.
pub(crate) fn check(walk: &mut Walk<'_>, extension: Node<'_>, nested: bool) -> Flow {
    let Some(url) = extension.child("url").filter(|_| !nested) else {
        return Flow::Continue(());
    };
    match url.text() {
        Some(text) if !text.is_empty() && !is_absolute(&text) => walk.report(&RULE, url),
        _ => Flow::Continue(()),
    }
}
