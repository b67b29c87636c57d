//! The judge of FHIR documents.

use carewire_fhir_model::{Document, Read};

use crate::sink::{Cost, Sink};
use crate::walk::Walk;
use crate::{Issue, Limits, Report, reading};

/// Judges FHIR documents against the base specification of R4.
///
/// It is small, `Copy`-cheap to clone and shared by threads; the tables behind it are static.
///
/// There are three costs, each over a document, over what a reader gave, and over text (with the feature `xml`, also
/// that of XML: [`validate_xml`](Self::validate_xml)):
///
/// | asked | document | reader's result | JSON |
/// | --- | --- | --- | --- |
/// | is it valid | [`is_valid`](Self::is_valid) | [`is_valid_read`](Self::is_valid_read) | [`is_valid_json`](Self::is_valid_json) |
/// | the first error | [`first_issue`](Self::first_issue) | [`first_issue_read`](Self::first_issue_read) | [`first_issue_json`](Self::first_issue_json) |
/// | all issues | [`validate`](Self::validate) | [`validate_read`](Self::validate_read) | [`validate_json`](Self::validate_json) |
///
/// A document that was built has no JSON form to be wrong. One that was read may: what only its text shows (a key twice, an
/// escape that JSON does not have) is in the findings of the reader, which the second and third forms report too.
///
/// # Examples
///
/// ```
/// use carewire_validate::Validator;
///
/// let validator = Validator::r4();
/// assert!(validator.is_valid_json(br#"{"resourceType": "Patient", "birthDate": "1970-03"}"#));
/// let issue = validator.first_issue_json(br#"{"resourceType": "Patient", "birthDate": "1970-3"}"#).expect("an issue");
/// assert_eq!(issue.rule(), "date-format");
/// ```
///
/// Spec: FHIR R4, [Validating Resources](https://hl7.org/fhir/R4/validation.html).
#[derive(Debug, Clone, Copy)]
pub struct Validator {
    limits: Limits,
}

impl Validator {
    /// The validator of FHIR R4 4.0.1.
    #[must_use]
    pub fn r4() -> Self {
        Self {
            limits: Limits::default(),
        }
    }

    /// Sets the limits.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Whether a document has no error; stops at the first.
    #[must_use]
    pub fn is_valid(&self, document: &Document<'_>) -> bool {
        !self.walk(document, Cost::Verdict).is_invalid()
    }

    /// The first error that the walk comes upon, which looks at an element before those in it.
    #[must_use]
    pub fn first_issue(&self, document: &Document<'_>) -> Option<Issue> {
        self.walk(document, Cost::First)
            .report(document.source())
            .issues
            .pop()
    }

    /// Every issue of a document.
    #[must_use]
    pub fn validate(&self, document: &Document<'_>) -> Report {
        self.walk(document, Cost::All).report(document.source())
    }

    /// Whether neither the document nor its reading has an error.
    #[must_use]
    pub fn is_valid_read(&self, read: &Read<'_>) -> bool {
        !reading::has_error(read) && self.is_valid(&read.document)
    }

    /// The first error that the walk over the document comes upon, else the first that reading it found.
    #[must_use]
    pub fn first_issue_read(&self, read: &Read<'_>) -> Option<Issue> {
        self.first_issue(&read.document).or_else(|| {
            let mut sink = self.sink(Cost::First);
            // It breaks at the first error, and that is what is asked.
            let _ = reading::report(read, &mut sink);
            sink.report(read.document.source()).issues.pop()
        })
    }

    /// Every issue of a document and of its reading.
    #[must_use]
    pub fn validate_read(&self, read: &Read<'_>) -> Report {
        let mut sink = self.sink(Cost::All);
        let report = if reading::report(read, &mut sink).is_continue() {
            Walk::over(&read.document, sink)
        } else {
            sink
        };
        report.report(read.document.source())
    }

    /// Whether JSON text is a resource without an error.
    #[must_use]
    pub fn is_valid_json(&self, json: &[u8]) -> bool {
        Document::from_json(json).is_ok_and(|read| self.is_valid_read(&read))
    }

    /// The first error of a resource in JSON.
    #[must_use]
    pub fn first_issue_json(&self, json: &[u8]) -> Option<Issue> {
        match Document::from_json(json) {
            Ok(read) => self.first_issue_read(&read),
            Err(error) => reading::unreadable(error).issues.pop(),
        }
    }

    /// Every issue of a resource in JSON; text that is no JSON object gives one fatal issue.
    #[must_use]
    pub fn validate_json(&self, json: &[u8]) -> Report {
        match Document::from_json(json) {
            Ok(read) => self.validate_read(&read),
            Err(error) => reading::unreadable(error),
        }
    }

    /// Whether XML text is a resource without an error.
    #[cfg(feature = "xml")]
    #[must_use]
    pub fn is_valid_xml(&self, xml: &[u8]) -> bool {
        Document::from_xml(xml).is_ok_and(|read| self.is_valid_read(&read))
    }

    /// The first error of a resource in XML.
    #[cfg(feature = "xml")]
    #[must_use]
    pub fn first_issue_xml(&self, xml: &[u8]) -> Option<Issue> {
        match Document::from_xml(xml) {
            Ok(read) => self.first_issue_read(&read),
            Err(error) => reading::unreadable(error).issues.pop(),
        }
    }

    /// Every issue of a resource in XML; text that is not well formed gives one fatal issue.
    ///
    /// # Examples
    ///
    /// ```
    /// use carewire_validate::Validator;
    ///
    /// let xml = br#"<Patient xmlns="http://hl7.org/fhir"><active value="yes"/></Patient>"#;
    /// let report = Validator::r4().validate_xml(xml);
    /// assert_eq!(report.issues()[0].rule(), "boolean-format");
    /// ```
    #[cfg(feature = "xml")]
    #[must_use]
    pub fn validate_xml(&self, xml: &[u8]) -> Report {
        match Document::from_xml(xml) {
            Ok(read) => self.validate_read(&read),
            Err(error) => reading::unreadable(error),
        }
    }

    fn sink(&self, cost: Cost) -> Sink {
        Sink::new(cost, self.limits)
    }

    fn walk(&self, document: &Document<'_>, cost: Cost) -> Sink {
        Walk::over(document, self.sink(cost))
    }
}
