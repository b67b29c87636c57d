//! A message as other text: normalised ER7, JSON and a readable tree with names and groups, HL7's XML.
//!
//! # Examples
//!
//! ```
//! use carewire_hl7v2::{Message, render};
//!
//! let msg = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\nPID|||||Doe^Ann\n")?;
//! assert!(render::er7(&msg).ends_with(b"|2.5.1\rPID|||||Doe^Ann\r"));
//! assert!(render::tree(&msg).contains("PID-5.2  Given Name: \"Ann\""));
//! assert!(render::json(&msg).starts_with('{'));
//! # Ok::<(), carewire_hl7v2::Error>(())
//! ```

#[cfg(feature = "versions")]
pub(crate) mod json;
#[cfg(feature = "versions")]
mod names;
#[cfg(feature = "versions")]
mod tree;
#[cfg(feature = "xml")]
mod xml;

use alloc::vec::Vec;

use crate::message::Message;

#[cfg(feature = "versions")]
pub use json::json;
#[cfg(feature = "versions")]
pub use tree::tree;
#[cfg(feature = "xml")]
pub use xml::{XmlError, xml};

/// The message with every segment ended by CR, and without indentation, blank lines or bytes around it.
///
/// The bytes of each segment stay as they were sent.
///
/// # Examples
///
/// ```
/// use carewire_hl7v2::{Message, render};
///
/// let msg = Message::parse(b"\r\nMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\n\n  PID|1")?;
/// assert_eq!(render::er7(&msg), b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\r");
/// # Ok::<(), carewire_hl7v2::Error>(())
/// ```
pub fn er7(message: &Message<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.as_bytes().len() + 1);
    for segment in message.segments() {
        out.extend_from_slice(segment.raw());
        out.push(b'\r');
    }
    out
}
