//! One thing a validator has to say, and the two code systems it says it with.

use std::borrow::Cow;
use std::fmt;

/// How much an issue matters: FHIR's `IssueSeverity`.
///
/// The order is that of weight, so that `max()` over issues gives the worst.
///
/// # Examples
///
/// ```
/// use carewire_validate::Severity;
/// assert!(Severity::Error > Severity::Warning);
/// assert_eq!(Severity::Information.code(), "information");
/// ```
///
/// Spec: FHIR R4, `http://hl7.org/fhir/issue-severity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Nothing is wrong; something is worth knowing, such as a check that could not be made.
    Information,
    /// Allowed, and likely not what the sender meant.
    Warning,
    /// The specification forbids it.
    Error,
    /// Nothing after this could be judged.
    Fatal,
}

impl Severity {
    /// The code of the FHIR code system.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }

    /// Whether an issue of this severity makes its subject invalid.
    #[must_use]
    pub const fn is_error(self) -> bool {
        matches!(self, Self::Error | Self::Fatal)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// What kind of thing an issue is: the codes of FHIR's `IssueType` that a validator uses.
///
/// Spec: FHIR R4, `http://hl7.org/fhir/issue-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IssueType {
    /// The content does not have the form the specification asks for: `invalid`.
    Invalid,
    /// An element is unknown, or where it may not be: `structure`.
    Structure,
    /// A required element is missing: `required`.
    Required,
    /// The value of an element is not of its type: `value`.
    Value,
    /// A content validation rule failed: `invariant`.
    Invariant,
    /// Something is there twice that may be there once: `duplicate`.
    Duplicate,
    /// A reference leads nowhere: `not-found`.
    NotFound,
    /// A code is not in its value set: `code-invalid`.
    CodeInvalid,
    /// An extension is not as it must be: `extension`.
    Extension,
    /// A check could not be made: `not-supported`.
    NotSupported,
    /// The input is larger than the limits allow: `too-long`.
    TooLong,
    /// A fact, not a fault: `informational`.
    Informational,
    /// The text could not be processed at all: `processing`.
    Processing,
}

impl IssueType {
    /// The code of the FHIR code system.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Structure => "structure",
            Self::Required => "required",
            Self::Value => "value",
            Self::Invariant => "invariant",
            Self::Duplicate => "duplicate",
            Self::NotFound => "not-found",
            Self::CodeInvalid => "code-invalid",
            Self::Extension => "extension",
            Self::NotSupported => "not-supported",
            Self::TooLong => "too-long",
            Self::Informational => "informational",
            Self::Processing => "processing",
        }
    }
}

impl fmt::Display for IssueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A place in the bytes that were validated.
///
/// The offset counts bytes from 0; line and column count from 1. A column counts characters, and bytes in an HL7 v2 message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Position {
    pub(crate) offset: usize,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

impl Position {
    /// Bytes before the place.
    #[must_use]
    pub const fn offset(self) -> usize {
        self.offset
    }

    /// The line, from 1.
    #[must_use]
    pub const fn line(self) -> u32 {
        self.line
    }

    /// The place in the line, from 1.
    #[must_use]
    pub const fn column(self) -> u32 {
        self.column
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// One thing a validator has to say.
///
/// No part of it holds a value of the input: the message is made of grammar tokens, element names of the
/// specification, lengths and counts.
///
/// # Examples
///
/// ```
/// use carewire_validate::{IssueType, Severity, Validator};
///
/// let report = Validator::r4().validate_json(br#"{"resourceType": "Patient", "gender": "m"}"#);
/// let issue = &report.issues()[0];
/// assert_eq!((issue.severity(), issue.code()), (Severity::Error, IssueType::CodeInvalid));
/// assert_eq!((issue.rule(), issue.expression()), ("binding-required", "Patient.gender"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    pub(crate) severity: Severity,
    pub(crate) code: IssueType,
    pub(crate) rule: &'static str,
    pub(crate) expression: String,
    pub(crate) position: Option<Position>,
    pub(crate) message: Cow<'static, str>,
    /// Whether `expression` is an HL7 path and no FHIRPath.
    pub(crate) hl7: bool,
}

impl Issue {
    /// How much it matters.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// What kind of thing it is.
    #[must_use]
    pub const fn code(&self) -> IssueType {
        self.code
    }

    /// The stable id of the rule that speaks, such as `element-missing`; [`crate::Rule::all`] lists them.
    ///
    /// An issue about an HL7 v2 message has the code of the finding of `carewire-hl7v2`.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        self.rule
    }

    /// The element: a FHIRPath such as `Patient.name[0].given[1]`, whose indices count from 0.
    ///
    /// In a report about an HL7 v2 message this is an HL7 path such as `PID-5.1`, whose numbers count from 1, and empty
    /// when the finding is about the whole message.
    #[must_use]
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// The place in the bytes; of a document that was built, that in its JSON without white space.
    #[must_use]
    pub const fn position(&self) -> Option<Position> {
        self.position
    }

    /// Whether [`Issue::expression`] is an HL7 path such as `PID-5.1` and no FHIRPath.
    #[must_use]
    pub const fn is_hl7_path(&self) -> bool {
        self.hl7
    }

    /// What is wrong: lower case, one line, without a value of the input.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {}", self.severity, self.rule, self.message)?;
        if !self.expression.is_empty() {
            write!(f, " at {}", self.expression)?;
        }
        if let Some(position) = self.position {
            write!(f, " ({position})")?;
        }
        Ok(())
    }
}
