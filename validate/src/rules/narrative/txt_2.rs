//! `txt-2`: a narrative has a character that is no white space, or an image.
//!
//! Why: a person shown an empty text believes there is nothing to say.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"}}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"> </div>"}}
//! ```
//!
//! Spec: FHIR R4, invariant txt-2.

use carewire_fhir_model::Node;
use carewire_fhir_model::narrative::Findings;

use crate::sink::Flow;
use crate::walk::Walk;
use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "txt-2",
    severity: Severity::Error,
    code: IssueType::Invariant,
    message: "the narrative shows nothing",
};

/// Looks at what was read from a narrative's `div`.
pub(crate) fn check(walk: &mut Walk<'_>, div: Node<'_>, findings: &Findings<'_>) -> Flow {
    if findings.form.is_none() && findings.blank {
        walk.report(&RULE, div)
    } else {
        Flow::Continue(())
    }
}
