//! `narrative-form`: a narrative is one well formed `div` element of XHTML.
//!
//! Why: it is shown to people as it is; a browser mends broken text as it likes.
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
//! {"resourceType": "Patient", "text": {"status": "generated", "div": "a"}}
//! ```
//!
//! ```json
//! {"resourceType": "Patient", "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a</div>"}}
//! ```
//!
//! Spec: FHIR R4, 2.4 Narrative.

use carewire_fhir_model::Node;
use carewire_fhir_model::narrative::Findings;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "narrative-form",
    severity: Severity::Error,
    code: IssueType::Invalid,
    message: "the narrative is not a well formed div of XHTML",
};

/// Looks at what was read from a narrative's `div`.
pub(crate) fn check(walk: &mut Walk<'_>, div: Node<'_>, findings: &Findings<'_>) -> Flow {
    match findings.form {
        Some(fault) => walk.report_more(&RULE, div, || fault.into()),
        None => Flow::Continue(()),
    }
}
