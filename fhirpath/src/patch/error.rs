//! Why a patch was refused.

use std::fmt;

use carewire_fhir_model::edit::EditError;

use crate::error::{Error, Errors, joined};

/// Why a patch was refused: a stable code, the operation, and the place in the Parameters.
///
/// It holds no value, neither of the Parameters nor of the resource; of a path's fault it holds the code and the place.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::Document;
/// # use carewire_fhirpath::Patch;
/// let parameters = br#"{"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [
///     {"name": "type", "valueCode": "replace"}, {"name": "path", "valueString": "Patient.birthDate"},
///     {"name": "value", "valueBoolean": true}]}]}"#;
/// let patch = Patch::compile(&Document::from_json(parameters)?.document)?;
/// let patient = Document::from_json(br#"{"resourceType": "Patient", "birthDate": "1970-03-01"}"#)?.document;
/// let error = patch.apply(&patient).err().ok_or("it should be refused")?;
/// assert_eq!((error.code(), error.operation()), ("wrong-type", Some(0)));
/// assert_eq!(error.place(), "Parameters.parameter[0].part[2]");
/// assert_eq!(
///     error.to_string(),
///     "the value does not fit Patient.birthDate at Parameters.parameter[0].part[2]"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PatchError {
    code: &'static str,
    message: String,
    operation: Option<usize>,
    place: String,
}

impl PatchError {
    pub(super) fn new(code: &'static str, message: impl Into<String>, place: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            operation: None,
            place: place.into(),
        }
    }

    /// The fault of a path, by its code and its place in the path.
    pub(super) fn of_path(error: &Error, place: &str) -> Self {
        let message = format!(
            "the path has a fault of kind {}, `{}`, at {}:{}",
            error.kind().as_str(),
            error.code(),
            error.line(),
            error.column()
        );
        Self::new("bad-path", message, place)
    }

    pub(super) fn of_edit(error: &EditError, place: &str) -> Self {
        let code = match error {
            EditError::NoSuchElement { .. } => "no-such-element",
            EditError::WrongType { .. } | EditError::NotPrimitive => "wrong-type",
            EditError::AlreadyThere { .. } => "already-there",
            EditError::OutOfRange { .. } => "out-of-range",
            EditError::Root => "root",
            EditError::Result(_) => "limit",
            _ => "refused",
        };
        Self::new(code, error.to_string(), place)
    }

    pub(super) fn in_operation(mut self, operation: usize) -> Self {
        self.operation = Some(operation);
        self
    }

    /// The stable code: `bad-parameters`, `unknown-part`, `repeated-part`, `missing-part`, `unknown-type`, `bad-path`,
    /// `not-a-list`, `no-place`, `several-places`, `not-a-place`, `no-such-element`, `wrong-type`, `invalid-value`,
    /// `already-there`, `out-of-range`, `root`, `refused` or `limit`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What was expected, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Which of the operations, from 0.
    #[must_use]
    pub fn operation(&self) -> Option<usize> {
        self.operation
    }

    /// The place in the Parameters, such as `Parameters.parameter[0].part[2]`.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.message, self.place)
    }
}

impl fmt::Debug for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]: {self}", self.code)
    }
}

impl std::error::Error for PatchError {}

/// Every fault of the Parameters of a patch; never empty, in their order.
#[derive(Clone, PartialEq, Eq)]
pub struct PatchErrors(Vec<PatchError>);

impl PatchErrors {
    pub(super) fn from_vec(errors: Vec<PatchError>) -> Result<(), Self> {
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Self(errors))
        }
    }

    /// The faults in the order of their places.
    pub fn iter(&self) -> std::slice::Iter<'_, PatchError> {
        self.0.iter()
    }

    /// The first fault.
    #[must_use]
    pub fn first(&self) -> Option<&PatchError> {
        self.0.first()
    }
}

impl<'e> IntoIterator for &'e PatchErrors {
    type Item = &'e PatchError;
    type IntoIter = std::slice::Iter<'e, PatchError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl fmt::Display for PatchErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        joined(&self.0, f)
    }
}

impl fmt::Debug for PatchErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

impl std::error::Error for PatchErrors {}

/// The first fault of each, with its place in the path.
pub(super) fn of_path(errors: &Errors, place: &str) -> PatchError {
    match errors.first() {
        Some(first) => PatchError::of_path(first, place),
        None => PatchError::new("bad-path", "the path has a fault", place),
    }
}
