//! Why an input gave no result: a code, a place and a sentence, never a field's value.

use std::io;
use std::path::Path;

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
        Self::new(
            code,
            match error.kind() {
                io::ErrorKind::NotFound => "there is no such file".to_owned(),
                kind => kind.to_string(),
            },
        )
    }

    /// The same, with the name of the file.
    pub(crate) fn file(code: &str, file: &Path, error: &io::Error) -> Self {
        Self::io(code, error).of(file)
    }

    /// Says of which file it is.
    pub(crate) fn of(mut self, file: &Path) -> Self {
        self.message = format!("{}: {}", file.display(), self.message);
        self
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
