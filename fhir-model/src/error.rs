use thiserror::Error;

use crate::finding::Finding;

/// Why no document could be read. It names a place and nothing of the input's text.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::{Document, ErrorKind};
/// let error = Document::from_json(b"{\"id\": tru}").err().ok_or("it should be refused")?;
/// assert_eq!((error.kind(), error.offset()), (ErrorKind::ExpectedValue, 7));
/// assert_eq!(error.to_string(), "expected a value at line 1, column 8");
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{kind} at line {line}, column {column}")]
pub struct Error {
    pub(crate) kind: ErrorKind,
    pub(crate) offset: u32,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// What was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input ends inside a value.
    #[error("unexpected end of input")]
    UnexpectedEnd,
    /// A value was expected.
    #[error("expected a value")]
    ExpectedValue,
    /// A key in quotation marks was expected.
    #[error("expected a key")]
    ExpectedKey,
    /// A colon was expected after a key.
    #[error("expected a colon")]
    ExpectedColon,
    /// A comma or the end of the object or array was expected.
    #[error("expected a comma or a closing bracket")]
    ExpectedEnd,
    /// A number that is not one of JSON.
    #[error("malformed number")]
    BadNumber,
    /// Something after the end of the document.
    #[error("text after the end of the document")]
    TrailingText,
    /// XML that is not well-formed, or an attribute twice.
    #[error("malformed XML")]
    MalformedXml,
    /// A document type declaration, which FHIR's XML must not have.
    #[error("a document type declaration is not allowed")]
    DocumentType,
    /// The document is no object.
    #[error("expected an object")]
    ExpectedObject,
    /// The input is UTF-16 or UTF-32.
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// The resource is of another type than was asked for.
    #[error("the resource is of another type")]
    WrongType,
    /// More objects inside one another than [`Limits::max_depth`](crate::Limits::max_depth) allows.
    #[error("objects nested too deep")]
    TooDeep,
    /// More bytes than [`Limits::max_bytes`](crate::Limits::max_bytes) allows.
    #[error("too many bytes")]
    TooLarge,
    /// More nodes than [`Limits::max_nodes`](crate::Limits::max_nodes) allows.
    #[error("too many nodes")]
    TooManyNodes,
}

impl Error {
    pub(crate) const fn at_start(kind: ErrorKind) -> Self {
        Self {
            kind,
            offset: 0,
            line: 1,
            column: 1,
        }
    }

    /// What was wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The byte offset, from 0.
    pub fn offset(&self) -> usize {
        self.offset as usize
    }

    /// Line, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Column in characters, from 1.
    pub fn column(&self) -> u32 {
        self.column
    }
}

/// Why a document was not taken in strict reading: it could not be read, or the first thing that was found in it.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::{Document, FindingCode, Limits, Refusal};
/// let json = br#"{"resourceType": "Patient", "shoeSize": 43, "photo": []}"#;
/// let Err(Refusal::Finding(finding)) = Document::read_json_strict(&json[..], &Limits::default()) else {
///     return Err("it should be refused");
/// };
/// assert_eq!((finding.code(), finding.path(), finding.column()), (FindingCode::UnknownElement, "Patient", 30));
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// It is no document at all, or passes a limit.
    #[error(transparent)]
    Error(#[from] Error),
    /// The first finding in the order of the input.
    #[error("{0}")]
    Finding(Finding),
}
