//! Verdicts on HL7 v2 messages: what reading them noticed, as a report.

use std::borrow::Cow;

use carewire_hl7v2::{Code, Error, Finding, Location, Message, ParseOptions, Severity as Hl7Severity};

use crate::position::{Lines, Unit};
use crate::sink::{Cost, Place, Sink};
use crate::{Issue, IssueType, Limits, Report, Severity};

/// Judges HL7 v2 messages.
///
/// It says what reading the message noticed and where its segments depart from the structure of its type and version.
/// The rules are those of `carewire-hl7v2`: an issue has the code of its finding as rule id, and its expression is an HL7 path,
/// whose numbers count from 1. A line is a segment; a carriage return ends one.
///
/// # Examples
///
/// ```
/// use carewire_validate::{Hl7Validator, Severity};
///
/// let report = Hl7Validator::new().validate_bytes(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r  PID|1\r");
/// assert!(report.is_valid());
/// let issue = &report.issues()[0];
/// assert_eq!((issue.severity(), issue.rule(), issue.expression()), (Severity::Warning, "indented-segment", "PID"));
/// assert_eq!(issue.position().map(|at| at.line()), Some(2));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Hl7Validator {
    limits: Limits,
}

impl Hl7Validator {
    /// A validator with the default limits.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether the bytes are a message without an error.
    #[must_use]
    pub fn is_valid(&self, bytes: &[u8]) -> bool {
        self.validate_bytes(bytes).is_valid()
    }

    /// The first error, or `None` if there is none.
    #[must_use]
    pub fn first_issue(&self, bytes: &[u8]) -> Option<Issue> {
        self.validate_bytes(bytes)
            .issues
            .into_iter()
            .find(|issue| issue.severity.is_error())
    }

    /// Reads bytes and judges them; bytes that are no message give a report with one fatal issue.
    #[must_use]
    pub fn validate_bytes(&self, bytes: &[u8]) -> Report {
        match ParseOptions::new().parse(bytes) {
            Ok(message) => self.validate(&message),
            Err(error) => unreadable(bytes, &error),
        }
    }

    /// Judges a message: how it was read, and how its segments fit the structure of its type and version.
    #[must_use]
    pub fn validate(&self, message: &Message<'_>) -> Report {
        let mut sink = Sink::new(Cost::All, self.limits);
        let tree = message.tree();
        for finding in message.findings().iter().chain(tree.findings()) {
            if sink
                .take_issue(Place::at(finding.offset()), issue(finding))
                .is_break()
            {
                break;
            }
        }
        sink.report_in(Lines::new(message.as_bytes(), Unit::Bytes))
    }
}

fn issue(finding: &Finding) -> Issue {
    let code = finding.code();
    let message = match finding.subject() {
        Some(subject) => Cow::Owned(format!("{}: {subject}", code.explanation())),
        None => Cow::Borrowed(code.explanation()),
    };
    Issue {
        severity: match finding.severity() {
            Hl7Severity::Information => Severity::Information,
            Hl7Severity::Warning => Severity::Warning,
            // A severity that is not known here is none to pass over.
            _ => Severity::Error,
        },
        code: issue_type(code),
        rule: code.as_str(),
        expression: finding
            .path()
            .as_ref()
            .map(Location::to_string)
            .unwrap_or_default(),
        position: None,
        message,
        hl7: true,
    }
}

fn issue_type(code: Code) -> IssueType {
    match code {
        Code::MessageType
        | Code::VersionMissing
        | Code::ControlId
        | Code::SegmentMissing
        | Code::GroupMissing => IssueType::Required,
        Code::VersionUnknown | Code::CharsetUnsupported | Code::StructureUnknown => IssueType::NotSupported,
        Code::CharsetInvalid | Code::CharsetUndeclared | Code::CharsetFallback => IssueType::Value,
        _ => IssueType::Structure,
    }
}

fn unreadable(bytes: &[u8], error: &Error) -> Report {
    let mut report = Report::default();
    let text = error.to_string();
    // The text of the error is `code: what was expected at byte n`; the code and the place have places of their own here.
    let message = text
        .split_once(": ")
        .map_or(text.as_str(), |(_, message)| message);
    report.issues.push(Issue {
        severity: Severity::Fatal,
        code: IssueType::Structure,
        rule: error.code(),
        expression: error
            .location()
            .as_ref()
            .map(Location::to_string)
            .unwrap_or_default(),
        position: Some(Lines::new(bytes, Unit::Bytes).at(error.offset())),
        message: Cow::Owned(message.to_owned()),
        hl7: true,
    });
    report
}

#[cfg(test)]
mod tests {
    use super::Hl7Validator;
    use crate::Severity;

    #[test]
    fn what_is_no_message_is_fatal() {
        let report = Hl7Validator::new().validate_bytes(b"PID|1||7\r");
        let issue = &report.issues()[0];
        assert_eq!((issue.severity(), issue.rule()), (Severity::Fatal, "no-msh"));
        assert!(!report.is_valid());
        assert!(Hl7Validator::new().first_issue(b"").is_some());
    }

    #[test]
    fn segments_are_compared_with_the_structure() {
        let bytes = b"MSH|^~\\&|A||||20240102||ADT^A08|1|T|2.5.1\rEVN|A08|20240102\rPID|1||7\rOBR|1\r";
        let report = Hl7Validator::new().validate_bytes(bytes);
        let found: Vec<_> = report
            .issues()
            .iter()
            .map(|issue| (issue.rule(), issue.message()))
            .collect();
        assert_eq!(
            found,
            [
                ("segment-unknown", "a segment that the structure does not have"),
                (
                    "segment-missing",
                    "a required segment that is missing before this place: PV1"
                ),
            ]
        );
        assert!(report.to_json().contains("\"location\":[\"OBR\"]"));
    }

    #[test]
    fn an_ordinary_message_has_no_issue() {
        let bytes = b"MSH|^~\\&|A||||20240102||ADT^A08|1|T|2.5.1\rEVN|A08|20240102\rPID|1||7||Doe\rPV1|1|O\r";
        assert!(Hl7Validator::new().is_valid(bytes));
        assert_eq!(Hl7Validator::new().validate_bytes(bytes).issues(), []);
    }
}
