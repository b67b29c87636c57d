//! A report in the forms others read: OperationOutcome, text, SARIF.

pub(crate) mod json;
pub(crate) mod outcome;
pub(crate) mod sarif;
pub(crate) mod text;
