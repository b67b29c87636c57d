//! `choice-repeated`: of an element with a choice of types, one variant is present.
//!
//! Why: two readers that look for different variants first read different facts.
//!
//! Good:
//!
//! ```json
//! {"resourceType": "Patient", "deceasedBoolean": true}
//! ```
//!
//! Bad:
//!
//! ```json
//! {"resourceType": "Patient", "deceasedBoolean": false, "deceasedDateTime": "2024"}
//! ```
//!
//! Spec: FHIR R4, 2.1.0 Choice of Data Types.

use crate::{IssueType, Rule, Severity};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "choice-repeated",
    severity: Severity::Error,
    code: IssueType::Structure,
    message: "an element with a choice of types has two variants",
};
