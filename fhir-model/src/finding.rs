use alloc::string::String;
use core::fmt;

/// Something a reader had to report about a document that it could still read.
///
/// It holds a place and a code, never text of the input. `Display` gives one line.
///
/// # Examples
///
/// ```
/// # use carewire_fhir_model::{Document, FindingCode};
/// let read = Document::from_json(br#"{"resourceType": "Patient", "name": {"family": "Doe"}}"#)?;
/// let finding = &read.findings[0];
/// assert_eq!((finding.code(), finding.path()), (FindingCode::SingleForList, "Patient.name[0]"));
/// assert_eq!(finding.code().code(), "single-for-list");
/// # Ok::<(), carewire_fhir_model::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub(crate) code: FindingCode,
    pub(crate) node: u32,
    pub(crate) offset: u32,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) path: String,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FindingCode {
    /// A key that the type does not have. The node is kept.
    UnknownElement,
    /// A key that occurred before in the same object. Both are kept.
    DuplicateKey,
    /// A single value where JSON has an array.
    SingleForList,
    /// An array for an element that occurs once.
    ListForSingle,
    /// An empty array.
    EmptyArray,
    /// An object without properties.
    EmptyObject,
    /// `null` where it does not stand in for a primitive's missing value.
    Null,
    /// An array inside an array.
    NestedArray,
    /// A bare value where an object is expected.
    PrimitiveForObject,
    /// An object where a primitive's value is expected.
    ObjectForPrimitive,
    /// A number or boolean in quotation marks, or a text without.
    WrongJsonType,
    /// A resource without `resourceType`.
    NoResourceType,
    /// A `resourceType` that R4 does not have.
    UnknownResourceType,
    /// The key with an underscore of an element that is no primitive.
    CompanionOfComplex,
    /// An array of ids and extensions that is not as long as that of the values.
    CompanionLength,
    /// Bytes that are not UTF-8; each is read as `?`.
    BadUtf8,
    /// An escape in a string that JSON does not have, or half of a surrogate pair.
    BadEscape,
    /// A control character in a string.
    ControlCharacter,
    /// A byte order mark at the start.
    ByteOrderMark,
    /// Text between the elements of XML, which FHIR does not have.
    XmlText,
    /// A root that is not in FHIR's namespace, or a narrative that is not in that of XHTML.
    WrongNamespace,
    /// An attribute of XML for what FHIR writes as an element, or an element for what it writes as an attribute.
    WrongXmlForm,
    /// A text or number that is none of its type, such as a date that is none. Typed reading alone reports it.
    InvalidValue,
    /// A second value of a choice. Typed reading alone reports it.
    SeveralOfChoice,
}

impl FindingCode {
    /// The stable code: `unknown-element` and so on.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownElement => "unknown-element",
            Self::DuplicateKey => "duplicate-key",
            Self::SingleForList => "single-for-list",
            Self::ListForSingle => "list-for-single",
            Self::EmptyArray => "empty-array",
            Self::EmptyObject => "empty-object",
            Self::Null => "null",
            Self::NestedArray => "nested-array",
            Self::PrimitiveForObject => "primitive-for-object",
            Self::ObjectForPrimitive => "object-for-primitive",
            Self::WrongJsonType => "wrong-json-type",
            Self::NoResourceType => "no-resource-type",
            Self::UnknownResourceType => "unknown-resource-type",
            Self::CompanionOfComplex => "companion-of-complex",
            Self::CompanionLength => "companion-length",
            Self::BadUtf8 => "bad-utf8",
            Self::BadEscape => "bad-escape",
            Self::ControlCharacter => "control-character",
            Self::ByteOrderMark => "byte-order-mark",
            Self::XmlText => "xml-text",
            Self::WrongNamespace => "wrong-namespace",
            Self::WrongXmlForm => "wrong-xml-form",
            Self::InvalidValue => "invalid-value",
            Self::SeveralOfChoice => "several-of-choice",
        }
    }

    /// What is wrong, in a few words.
    pub fn message(self) -> &'static str {
        match self {
            Self::UnknownElement => "the type has no such element",
            Self::DuplicateKey => "the key occurs twice",
            Self::SingleForList => "expected an array",
            Self::ListForSingle => "expected a single value, not an array",
            Self::EmptyArray => "an array must not be empty",
            Self::EmptyObject => "an object must not be empty",
            Self::Null => "null has no value or extension beside it",
            Self::NestedArray => "an array stands inside an array",
            Self::PrimitiveForObject => "expected an object",
            Self::ObjectForPrimitive => "expected a primitive value, not an object",
            Self::WrongJsonType => "the JSON type does not fit the primitive type",
            Self::NoResourceType => "the resource has no resourceType",
            Self::UnknownResourceType => "R4 has no such resource type",
            Self::CompanionOfComplex => "only a primitive has a key with an underscore",
            Self::CompanionLength => "the two arrays of a primitive differ in length",
            Self::BadUtf8 => "bytes that are not UTF-8",
            Self::BadEscape => "malformed escape in a string",
            Self::ControlCharacter => "control character in a string",
            Self::ByteOrderMark => "byte order mark",
            Self::XmlText => "text between elements",
            Self::WrongNamespace => "the XML namespace is missing or wrong",
            Self::WrongXmlForm => "an attribute stands for an element, or an element for an attribute",
            Self::InvalidValue => "the value is none of its type",
            Self::SeveralOfChoice => "a choice has one value",
        }
    }

    /// Whether it is about the bytes of the input and found before anything was read from them.
    pub(crate) fn is_of_bytes(self) -> bool {
        matches!(self, Self::BadUtf8 | Self::ByteOrderMark)
    }
}

impl Finding {
    /// What was found.
    pub fn code(&self) -> FindingCode {
        self.code
    }

    /// The byte offset of the value, from 0.
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

    /// The element as a FHIRPath, `Patient.name[0].given[1]`; for an unknown element that which holds it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The number of the node it is about: see [`Document::node`](crate::Document::node).
    pub fn node(&self) -> u32 {
        self.node
    }
}

impl core::error::Error for Finding {}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code,
            line,
            column,
            path,
            ..
        } = self;
        write!(
            f,
            "{}: {} at {path} (line {line}, column {column})",
            code.code(),
            code.message()
        )
    }
}
