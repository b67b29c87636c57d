//! Why XML is no message.

/// Why XML cannot be read as a message. It holds an offset, no text of the message.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::xml::{self, XmlReadErrorKind};
///
/// let error = xml::read(b"<ADT_A01><PID/></ADT_A01>").unwrap_err();
/// assert_eq!((error.kind(), error.code(), error.offset()), (XmlReadErrorKind::NoMsh, "xml-no-msh", 9));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}: {} at byte {offset}", self.code(), self.kind.explanation())]
pub struct XmlReadError {
    kind: XmlReadErrorKind,
    offset: usize,
}

/// The kinds of [`XmlReadError`].
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::xml::{self, XmlReadErrorKind};
///
/// let kind = |text: &str| xml::read(text.as_bytes()).map_err(|error| error.kind());
/// assert_eq!(kind("<A>"), Err(XmlReadErrorKind::Malformed));
/// assert_eq!(kind("<A><MSH>&x;</MSH></A>"), Err(XmlReadErrorKind::Entity));
/// assert_eq!(kind("<A><MSH><PID.1/></MSH></A>"), Err(XmlReadErrorKind::Name));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum XmlReadErrorKind {
    /// The bytes are not UTF-8, or the declaration names another encoding.
    Encoding,
    /// It is not well-formed XML.
    Malformed,
    /// It has a document type, which could define entities.
    DocumentType,
    /// It refers to an entity that is none of XML's own five.
    Entity,
    /// Elements stand in one another deeper than allowed.
    Depth,
    /// The XML, the message or a number in a name is larger than the limits allow.
    Limit,
    /// The first segment is not MSH.
    NoMsh,
    /// MSH.1 is no character that can separate fields, or MSH.2 holds such a character.
    Delimiters,
    /// An element has a name that has no place here.
    Name,
    /// A component or subcomponent is there twice.
    Repeated,
    /// Text stands beside elements.
    Text,
    /// A character is not in the character set of MSH.18, or needs an escape character that MSH.2 does not have.
    Character,
}

impl XmlReadErrorKind {
    fn explanation(self) -> &'static str {
        match self {
            Self::Encoding => "expected utf-8",
            Self::Malformed => "xml that is not well-formed",
            Self::DocumentType => "a document type, which is refused",
            Self::Entity => "a reference to an entity, which is refused",
            Self::Depth => "elements deeper than the limit",
            Self::Limit => "more than the limits allow",
            Self::NoMsh => "expected MSH",
            Self::Delimiters => "expected delimiters in MSH.1 and MSH.2",
            Self::Name => "an element that has no place here",
            Self::Repeated => "a part that is there twice",
            Self::Text => "text beside elements",
            Self::Character => "a character that the message cannot hold",
        }
    }
}

impl XmlReadError {
    pub(super) fn new(kind: XmlReadErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// The kind of fault.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::xml::{self, XmlReadErrorKind};
    /// let error = xml::read(b"<ACK><MSA/></ACK>").unwrap_err();
    /// assert_eq!(error.kind(), XmlReadErrorKind::NoMsh);
    /// ```
    pub fn kind(&self) -> XmlReadErrorKind {
        self.kind
    }

    /// The stable code, such as `xml-entity`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::xml;
    /// let error = xml::read(b"<ACK><MSA/></ACK>").unwrap_err();
    /// assert_eq!(error.code(), "xml-no-msh");
    /// ```
    pub fn code(&self) -> &'static str {
        match self.kind {
            XmlReadErrorKind::Encoding => "xml-encoding",
            XmlReadErrorKind::Malformed => "xml-malformed",
            XmlReadErrorKind::DocumentType => "xml-document-type",
            XmlReadErrorKind::Entity => "xml-entity",
            XmlReadErrorKind::Depth => "xml-depth",
            XmlReadErrorKind::Limit => "xml-limit",
            XmlReadErrorKind::NoMsh => "xml-no-msh",
            XmlReadErrorKind::Delimiters => "xml-delimiters",
            XmlReadErrorKind::Name => "xml-name",
            XmlReadErrorKind::Repeated => "xml-repeated",
            XmlReadErrorKind::Text => "xml-text",
            XmlReadErrorKind::Character => "xml-character",
        }
    }

    /// The byte of the XML, counted from 0, at which the fault was seen.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::xml;
    /// let error = xml::read(b"<ACK><MSA/></ACK>").unwrap_err();
    /// assert!(error.offset() <= 17);
    /// ```
    pub fn offset(&self) -> usize {
        self.offset
    }
}
