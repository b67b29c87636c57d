//! The findings of every room in one shape: `{"source":..,"severity":..,"code":..,"path":..}`, without values.

use serde::Serialize;

/// One finding among the results of a message.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Finding {
    /// The room that speaks: `hl7v2`, `mapping` or `validate`.
    pub(crate) source: &'static str,
    /// `information`, `warning`, `error` or `fatal`.
    pub(crate) severity: &'static str,
    /// The stable code, or the rule's id.
    pub(crate) code: String,
    /// The HL7 path (from 1), or for `validate` the FHIRPath in the Bundle (from 0).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    /// What it is about: the segment that is missing, the rule of a map as `file:line:column`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) about: Option<String>,
    /// The byte of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offset: Option<usize>,
    /// How often, where one finding stands for several places.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<usize>,
    /// One line for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
}

impl Finding {
    /// A finding with a code alone.
    pub(crate) fn new(source: &'static str, severity: &'static str, code: impl Into<String>) -> Self {
        Self {
            source,
            severity,
            code: code.into(),
            path: None,
            about: None,
            offset: None,
            count: None,
            message: None,
        }
    }

    /// Whether the result that it belongs to is not good.
    pub(crate) fn is_error(&self) -> bool {
        matches!(self.severity, "error" | "fatal")
    }
}

impl From<&carewire_hl7v2::Finding> for Finding {
    fn from(finding: &carewire_hl7v2::Finding) -> Self {
        Self {
            path: finding.path().map(|path| path.to_string()),
            about: finding.subject().map(str::to_owned),
            offset: Some(finding.offset()),
            message: Some(finding.code().explanation().to_owned()),
            ..Self::new("hl7v2", finding.severity().as_str(), finding.code().as_str())
        }
    }
}

impl From<&carewire_mapping::Finding> for Finding {
    fn from(finding: &carewire_mapping::Finding) -> Self {
        let rule = finding
            .rule()
            .map(|rule| format!("{}:{}:{}", rule.file(), rule.line(), rule.column()));
        Self {
            path: finding.path().map(str::to_owned),
            about: rule,
            message: Some(finding.code().meaning().to_owned()),
            ..Self::new("mapping", finding.severity().as_str(), finding.code().as_str())
        }
    }
}

impl From<&carewire_validate::Issue> for Finding {
    fn from(issue: &carewire_validate::Issue) -> Self {
        Self {
            path: Some(issue.expression().to_owned()),
            message: Some(issue.message().to_owned()),
            ..Self::new("validate", issue.severity().code(), issue.rule())
        }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} [{}]", self.severity, self.code)?;
        if let Some(message) = &self.message {
            write!(f, " {message}")?;
        }
        if let Some(about) = &self.about {
            write!(f, " ({about})")?;
        }
        if let Some(count) = self.count {
            write!(f, " {count} times")?;
        }
        match (&self.path, self.offset) {
            (Some(path), _) => write!(f, " at {path}"),
            (None, Some(offset)) => write!(f, " at byte {offset}"),
            (None, None) => Ok(()),
        }
    }
}
