//! Why an input gave no result: a code, a place and a sentence, never a field's value.

use std::io;

use serde::Serialize;

/// What stands under `error` in a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Failure {
    /// A stable code.
    pub(crate) code: String,
    /// One line for people.
    pub(crate) message: String,
    /// The byte of the message at which reading stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offset: Option<usize>,
    /// The place in the standard's own words, such as `PID[1]-5`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
}

impl Failure {
    /// A failure without a place.
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            offset: None,
            path: None,
        }
    }

    /// The system's answer about a file; its own text names no content.
    pub(crate) fn io(code: &str, error: &io::Error) -> Self {
        Self::new(code, error.kind().to_string())
    }

    /// Adds the byte at which it happened.
    pub(crate) fn at(mut self, offset: Option<usize>) -> Self {
        self.offset = offset;
        self
    }

    /// Adds the place in the standard's words.
    pub(crate) fn on(mut self, path: Option<String>) -> Self {
        self.path = path;
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} [{}]", self.message, self.code)?;
        if let Some(path) = &self.path {
            write!(f, " at {path}")?;
        }
        if let Some(offset) = self.offset {
            write!(f, " (byte {offset})")?;
        }
        Ok(())
    }
}
