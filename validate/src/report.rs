//! The verdict: every issue, in the order of the input, and what could not be judged.

use carewire_fhir_model::Document;

use crate::{Issue, Severity, render};

/// A verdict on one resource or message.
///
/// A report never holds a value of what it judged; it may be logged as it is.
///
/// # Examples
///
/// ```
/// use carewire_validate::Validator;
///
/// let report = Validator::r4().validate_json(br#"{"resourceType": "Patient", "birthDate": "2024-02-30"}"#);
/// assert!(!report.is_valid());
/// let issue = &report.issues()[0];
/// assert_eq!((issue.rule(), issue.expression()), ("date-format", "Patient.birthDate"));
/// assert_eq!(issue.position().map(|at| (at.line(), at.column())), Some((1, 42)));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub(crate) issues: Vec<Issue>,
    pub(crate) truncated: bool,
    pub(crate) not_evaluated: Vec<NotEvaluated>,
}

/// A check that was called for and could not be made, and how often.
///
/// # Examples
///
/// ```
/// use carewire_validate::Validator;
///
/// let json = br#"{"resourceType": "Binary", "contentType": "text/plain"}"#;
/// let open = Validator::r4().validate_json(json).not_evaluated().to_vec();
/// assert_eq!((open[0].subject(), open[0].times()), ("http://hl7.org/fhir/ValueSet/mimetypes|4.0.1", 1));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotEvaluated {
    pub(crate) subject: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) times: usize,
}

impl NotEvaluated {
    /// What was to be checked against: the canonical URL of a value set, or the key of an invariant.
    #[must_use]
    pub const fn subject(&self) -> &'static str {
        self.subject
    }

    /// Why it could not be: lower case, one line.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        self.reason
    }

    /// How many values of the input it concerned.
    #[must_use]
    pub const fn times(&self) -> usize {
        self.times
    }
}

impl Report {
    /// Whether no issue is an error. Warnings and information leave a subject valid.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        !self.issues.iter().any(|issue| issue.severity.is_error())
    }

    /// All issues, in the order of the input.
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }

    /// How many issues have this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.issues
            .iter()
            .filter(|issue| issue.severity == severity)
            .count()
    }

    /// Whether [`Limits::issues`](crate::Limits::issues) was reached, or the reader's own limit on findings, so that
    /// there may be more issues.
    #[must_use]
    pub const fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// The checks that could not be made, each once with its count.
    #[must_use]
    pub fn not_evaluated(&self) -> &[NotEvaluated] {
        &self.not_evaluated
    }

    /// The report as the JSON of an OperationOutcome; [`Report::to_operation_outcome`] gives it as a document.
    ///
    /// Each issue has `severity`, `code`, `details` with the rule's id as a coding, `diagnostics` with the offset,
    /// `expression`, and the extensions `operationoutcome-issue-line` and `-col` that the reference validator writes.
    /// Checks that could not be made follow as issues of severity `information`. A report without an issue says so in
    /// one, since an OperationOutcome has at least one.
    #[must_use]
    pub fn to_json(&self) -> String {
        render::outcome::json(self)
    }

    /// The report as an OperationOutcome; see [`Report::to_json`].
    #[must_use]
    #[expect(clippy::expect_used, reason = "the text is our own, and an object of JSON")]
    pub fn to_operation_outcome(&self) -> Document<'static> {
        Document::from_json_vec(self.to_json().into_bytes())
            .expect("an OperationOutcome is JSON")
            .document
    }

    /// The report as text for people: two lines an issue, in the manner of a compiler.
    ///
    /// `name` is what the input is called, such as its file name.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_validate::Validator;
    ///
    /// let text = Validator::r4().validate_json(br#"{"resourceType": "Patient", "gender": "m"}"#).to_text("patient.json");
    /// assert!(text.starts_with("error[binding-required]: "));
    /// assert!(text.contains("\n  --> patient.json:1:39 Patient.gender\n"));
    /// ```
    #[must_use]
    pub fn to_text(&self, name: &str) -> String {
        render::text::text(self, name)
    }

    pub(crate) fn leave_open(&mut self, subject: &'static str, reason: &'static str) {
        let known = self
            .not_evaluated
            .iter_mut()
            .find(|known| known.subject == subject && known.reason == reason);
        match known {
            Some(known) => known.times += 1,
            None => self.not_evaluated.push(NotEvaluated {
                subject,
                reason,
                times: 1,
            }),
        }
    }
}
