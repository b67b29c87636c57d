//! The room's one error type.

use std::fmt;

/// Why a terminology question could not be answered, or a resource could not be read.
///
/// A code that is not in a code system or value set is an *answer* of `$validate-code`, not an error.
/// The error holds a code, an element of the standard and a place; it never holds a code, a display or any
/// other text of the request or of the resource.
///
/// # Examples
///
/// ```
/// use carewire_terminology::{ConceptMap, ErrorKind};
/// let error = ConceptMap::from_json(br#"{"resourceType":"Patient"}"#).unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::WrongResource);
/// assert_eq!(error.code(), "wrong-resource");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    element: &'static str,
    line: usize,
    column: usize,
}

/// What went wrong; see [`Error::kind`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bytes are no JSON, or an element has another type than the resource gives it.
    InvalidJson,
    /// The resource has another `resourceType` than the one asked for.
    WrongResource,
    /// An element that the resource needs is absent.
    MissingElement,
    /// An element has a value that it may not have there: a code that the standard does not list, a code that comes
    /// twice, a parent that is not there.
    InvalidElement,
    /// A limit of [`Limits`](crate::Limits) was reached.
    Limit,
    /// No code system is registered under the canonical URL and version.
    UnknownCodeSystem,
    /// No value set is registered under the canonical URL and version.
    UnknownValueSet,
    /// No concept map is registered under the canonical URL and version.
    UnknownConceptMap,
    /// The code system has no such code.
    UnknownCode,
    /// A code came without its system, and the value set has no single system for it.
    AmbiguousSystem,
    /// The request or resource uses something this room does not do.
    NotSupported,
    /// Value sets or concept maps refer to each other in a circle.
    Circular,
}

impl ErrorKind {
    const fn parts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::InvalidJson => ("invalid-json", "structure", "invalid json"),
            Self::WrongResource => ("wrong-resource", "invalid", "expected another resource type"),
            Self::MissingElement => ("missing-element", "required", "a required element is absent"),
            Self::InvalidElement => (
                "invalid-element",
                "value",
                "an element has a value it may not have",
            ),
            Self::Limit => ("limit", "too-costly", "a limit was reached"),
            Self::UnknownCodeSystem => (
                "unknown-code-system",
                "not-found",
                "code system is not registered",
            ),
            Self::UnknownValueSet => ("unknown-value-set", "not-found", "value set is not registered"),
            Self::UnknownConceptMap => (
                "unknown-concept-map",
                "not-found",
                "concept map is not registered",
            ),
            Self::UnknownCode => ("unknown-code", "not-found", "code is not in the code system"),
            Self::AmbiguousSystem => (
                "ambiguous-system",
                "invalid",
                "code has no system and none can be inferred",
            ),
            Self::NotSupported => ("not-supported", "not-supported", "not supported"),
            Self::Circular => ("circular", "processing", "canonical references form a circle"),
        }
    }
}

impl Error {
    pub(crate) const fn new(kind: ErrorKind) -> Self {
        Self::at(kind, "")
    }

    /// An error about an element, such as `ConceptMap.group.element.code`.
    pub(crate) const fn at(kind: ErrorKind, element: &'static str) -> Self {
        Self {
            kind,
            element,
            line: 0,
            column: 0,
        }
    }

    /// Keeps the place of a JSON error and drops its text, which quotes the input.
    pub(crate) fn json(error: &serde_json::Error) -> Self {
        Self {
            kind: ErrorKind::InvalidJson,
            element: "",
            line: error.line(),
            column: error.column(),
        }
    }

    /// An error of a source of the caller's own, for implementing the traits.
    ///
    /// `element` is a name of the standard, such as `ValueSet.compose.include.filter`, or empty.
    #[must_use]
    pub const fn from_kind(kind: ErrorKind, element: &'static str) -> Self {
        Self::at(kind, element)
    }

    /// What went wrong.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The stable code of the error, such as `unknown-code-system`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.kind.parts().0
    }

    /// The code of FHIR's IssueType for an OperationOutcome, such as `not-found`.
    ///
    /// Spec: FHIR R4, ValueSet `http://hl7.org/fhir/ValueSet/issue-type`.
    #[must_use]
    pub const fn issue_type(&self) -> &'static str {
        self.kind.parts().1
    }

    /// The element of the resource or request, such as `ConceptMap.group.element.code`; empty if none is named.
    #[must_use]
    pub const fn element(&self) -> &'static str {
        self.element
    }

    /// Line and column in the JSON text, both counted from 1, for [`ErrorKind::InvalidJson`].
    #[must_use]
    pub const fn position(&self) -> Option<(usize, usize)> {
        if self.line == 0 {
            None
        } else {
            Some((self.line, self.column))
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.parts().2)?;
        if !self.element.is_empty() {
            write!(f, ": {}", self.element)?;
        }
        if let Some((line, column)) = self.position() {
            write!(f, " at line {line} column {column}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({}: {self})", self.code())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_the_element_and_the_place() {
        let error = Error::at(ErrorKind::MissingElement, "ConceptMap.group.element.code");
        assert_eq!(
            error.to_string(),
            "a required element is absent: ConceptMap.group.element.code"
        );
        let json = serde_json::from_str::<u8>("\n\"MARKER\"").unwrap_err();
        let error = Error::json(&json);
        assert_eq!(error.position(), Some((2, 8)));
        assert_eq!(
            format!("{error:?}"),
            "Error(invalid-json: invalid json at line 2 column 8)"
        );
    }
}
