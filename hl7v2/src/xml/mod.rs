//! Reading HL7's XML encoding; [`render::xml`](crate::render::xml) writes it.
//!
//! What comes out is ER7: the delimiters of MSH.1 and MSH.2, in the character set of MSH.18 (UTF-8 where it names none),
//! a CR after each segment. It then reads as every message does.
//!
//! | in the XML | in ER7 |
//! | --- | --- |
//! | the root, and elements of groups (`ORU_R01.PATIENT`) | nothing: the structure has them |
//! | `PID` | a segment |
//! | `PID.5`, again `PID.5` | field 5, its second repetition; in any order |
//! | `XPN.2`, `FN.1` in it | component 2, subcomponent 1; only the number counts |
//! | `<escape V=".br"/>` | `\.br\` |
//! | a delimiter or control character in text | an escape sequence |
//! | `""` | the explicit null |
//! | an element without text | an empty place |
//!
//! Text may stand in the innermost elements alone. White space between elements, comments, processing instructions and
//! attributes but `V` mean nothing. A document type and entities other than XML's own five are refused.
//!
//! # Examples
//!
//! ```
//! use carewire_hl7v2::{Message, render, xml};
//!
//! let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A01|1|T|2.5.1\rPID|||7~8||O\\T\\D^Ann\r")?;
//! let er7 = xml::read(render::xml(&msg)?.as_bytes())?;
//! assert_eq!(er7, msg.as_bytes());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Spec: HL7 Version 2: XML Encoding Syntax, Release 2.

mod error;
mod read;
mod segment;

use alloc::vec::Vec;

pub use error::{XmlReadError, XmlReadErrorKind};

use crate::limits::Limits;

/// The message in `xml`, as ER7; see [the module](self). [`ReadOptions`] reads within other limits.
///
/// # Errors
///
/// [`XmlReadError`] if it is no XML in UTF-8, has a document type or entities, or elements that ER7 has no place for.
/// It names an offset in `xml`.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::xml;
///
/// let er7 = xml::read(
///     br#"<ADT_A01 xmlns="urn:hl7-org:v2xml"><MSH><MSH.1>|</MSH.1><MSH.2>^~\&amp;</MSH.2></MSH>
///         <PID><PID.5><XPN.1><FN.1>Doe</FN.1></XPN.1><XPN.2>A<escape V=".br"/>B</XPN.2></PID.5></PID></ADT_A01>"#,
/// )?;
/// assert_eq!(er7, b"MSH|^~\\&\rPID|||||Doe^A\\.br\\B\r");
/// let error = xml::read(b"<!DOCTYPE x []><ADT_A01/>").unwrap_err();
/// assert_eq!(error.to_string(), "xml-document-type: a document type, which is refused at byte 0");
/// # Ok::<(), xml::XmlReadError>(())
/// ```
pub fn read(xml: &[u8]) -> Result<Vec<u8>, XmlReadError> {
    ReadOptions::default().read(xml)
}

/// How to read XML: the limits.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::xml::{ReadOptions, XmlReadErrorKind};
///
/// let error = ReadOptions::default().depth(2).read(b"<A_B><A_B.C><A_B.D/></A_B.C></A_B>").unwrap_err();
/// assert_eq!(error.kind(), XmlReadErrorKind::Depth);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ReadOptions {
    limits: Limits,
    depth: usize,
}

impl Default for ReadOptions {
    /// The default [`Limits`], for the XML and for the ER7; elements at most 32 deep.
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            depth: 32,
        }
    }
}

impl ReadOptions {
    /// Sets the limits on bytes and segments. The bytes are those of the XML, and those of the message.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::xml::ReadOptions;
    /// let xml = b"<ACK><MSH><MSH.3>A</MSH.3></MSH></ACK>";
    /// let limits = carewire_hl7v2::Limits::default().bytes(10);
    /// assert!(ReadOptions::default().limits(limits).read(xml).is_err());
    /// ```
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How deep elements may stand in one another, the root being 1.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::xml::ReadOptions;
    /// let xml = b"<ACK><MSH><MSH.3>A</MSH.3></MSH></ACK>";
    /// assert!(ReadOptions::default().depth(1).read(xml).is_err());
    /// ```
    #[must_use]
    pub fn depth(mut self, depth: usize) -> Self {
        self.depth = depth;
        self
    }

    /// The message in `xml`, as ER7.
    ///
    /// # Errors
    ///
    /// As [`read`], and if it exceeds the limits.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::xml::ReadOptions;
    /// let xml = b"<ACK><MSH><MSH.3>A</MSH.3></MSH></ACK>";
    /// assert_eq!(ReadOptions::default().read(xml)?, b"MSH|^~\\&|A\r");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read(&self, xml: &[u8]) -> Result<Vec<u8>, XmlReadError> {
        read::read(xml, self.limits, self.depth)
    }
}
