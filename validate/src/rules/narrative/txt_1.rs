//! `txt-1`: a narrative has only basic elements and attributes of HTML: no scripts, forms, frames or event
//! handlers.
//!
//! Why: it is shown beside the data of other senders.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a</p></div>"}}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>a</script></div>"}}
//! ```
//!
//! Spec: FHIR R4, invariant txt-1.

use carewire_fhir_model::Node;
use carewire_fhir_model::narrative::Findings;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "txt-1",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "the narrative has what is not allowed in one",
};

/// Looks at what was read from a narrative's `div`.
pub(crate) fn check(walk: &mut Walk<'_>, div: Node<'_>, findings: &Findings<'_>) -> Flow {
    match findings.forbidden {
        Some(fault) => walk.report_more(&RULE, div, || fault.into()),
        None => Flow::Continue(()),
    }
}
