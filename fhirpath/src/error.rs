//! The room's one error: what went wrong, of which kind, and where in the expression.

use std::fmt;

use crate::ast::Span;

/// What kind of fault an [`Error`] is: the words of the official test suite, and two of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text is not well formed.
    Syntax,
    /// The text is well formed and cannot mean anything: an unknown function, a wrong number of arguments.
    Semantic,
    /// The expression met values it cannot work on, such as two items where one is wanted.
    Execution,
    /// The expression asks for what nothing given to this evaluation can answer.
    Unsupported,
    /// A limit on text, depth, steps or output was reached.
    Limit,
}

impl ErrorKind {
    /// The kind as one word: `syntax`, `semantic`, `execution`, `unsupported` or `limit`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Semantic => "semantic",
            Self::Execution => "execution",
            Self::Unsupported => "unsupported",
            Self::Limit => "limit",
        }
    }
}

/// A fault in an expression, or one met while evaluating it.
///
/// It names a stable code, a place in the expression's text and what was expected there. It never holds a value that
/// was read from the tree the expression ran over, so it is safe to log.
///
/// # Examples
///
/// ```
/// # use carewire_fhirpath::{ErrorKind, parse};
/// let fault = parse("name.where(use = ").unwrap_err();
/// assert_eq!(fault.kind(), ErrorKind::Syntax);
/// assert_eq!((fault.offset(), fault.line(), fault.column()), (17, 1, 18));
/// assert_eq!(fault.to_string(), "expected an operand, found the end of the expression at 1:18");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    kind: ErrorKind,
    code: &'static str,
    message: String,
    span: Span,
    line: u32,
    column: u32,
}

impl Error {
    /// A fault at `span`; [`Error::locate`] adds line and column once the text is at hand.
    pub(crate) fn new(kind: ErrorKind, code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            code,
            message: message.into(),
            span,
            line: 0,
            column: 0,
        }))
    }

    /// Adds the line and the column of the place, counted in `text`.
    #[must_use]
    pub(crate) fn locate(mut self, text: &str) -> Self {
        if self.0.line == 0 {
            let before = text.get(..self.0.span.start as usize).unwrap_or(text);
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            self.0.line = u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX);
            let column = before.get(line_start..).unwrap_or("").chars().count() + 1;
            self.0.column = u32::try_from(column).unwrap_or(u32::MAX);
        }
        self
    }

    /// A fault raised by a host: a function, a terminology service, a resolver.
    ///
    /// `message` must hold no value of a patient: it is printed as it stands. The place is filled in by the evaluator.
    #[must_use]
    pub fn host(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Execution, code, Span::default(), message)
    }

    /// What this evaluation has no answer to; for hosts, as [`Error::host`].
    #[must_use]
    pub fn unsupported(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, code, Span::default(), message)
    }

    /// Moves a fault that has no place yet to `span`.
    #[must_use]
    pub(crate) fn at(mut self, span: Span) -> Self {
        if self.0.span == Span::default() && self.0.line == 0 {
            self.0.span = span;
        }
        self
    }

    /// The kind of fault.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The stable code of the fault, such as `expected-operand` or `not-singular`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What was expected and what was found, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The bytes of the expression that the fault is about.
    #[must_use]
    pub fn span(&self) -> Span {
        self.0.span
    }

    /// The byte offset of the fault in the expression, from 0.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.0.span.start as usize
    }

    /// The line of the fault in the expression, from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.0.line
    }

    /// The column of the fault in its line, in characters, from 1.
    #[must_use]
    pub fn column(&self) -> u32 {
        self.0.column
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if self.0.line > 0 {
            write!(f, " at {}:{}", self.0.line, self.0.column)
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]: {self}", self.0.kind.as_str(), self.0.code)
    }
}

impl std::error::Error for Error {}

/// Every fault found while compiling one expression; never empty, in the order of their places.
///
/// # Examples
///
/// ```
/// let faults = carewire_fhirpath::compile("nope() and first(1)").unwrap_err();
/// let codes: Vec<_> = faults.iter().map(|fault| fault.code()).collect();
/// assert_eq!(codes, ["unknown-function", "argument-count"]);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Errors(Vec<Error>);

impl Errors {
    /// All of `errors`, sorted by place; `None` if there is none.
    pub(crate) fn from_vec(mut errors: Vec<Error>, text: &str) -> Option<Self> {
        if errors.is_empty() {
            return None;
        }
        errors.sort_by_key(Error::offset);
        Some(Self(errors.into_iter().map(|error| error.locate(text)).collect()))
    }

    /// The faults in the order of their places.
    pub fn iter(&self) -> std::slice::Iter<'_, Error> {
        self.0.iter()
    }

    /// The first fault.
    #[must_use]
    pub fn first(&self) -> Option<&Error> {
        self.0.first()
    }
}

impl From<Error> for Errors {
    fn from(error: Error) -> Self {
        Self(vec![error])
    }
}

impl IntoIterator for Errors {
    type Item = Error;
    type IntoIter = std::vec::IntoIter<Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Errors {
    type Item = &'a Error;
    type IntoIter = std::slice::Iter<'a, Error>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// Writes errors one after the other.
pub(crate) fn joined(errors: &[impl fmt::Display], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, error) in errors.iter().enumerate() {
        if index > 0 {
            f.write_str("; ")?;
        }
        error.fmt(f)?;
    }
    Ok(())
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        joined(&self.0, f)
    }
}

impl fmt::Debug for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.0).finish()
    }
}

impl std::error::Error for Errors {}
