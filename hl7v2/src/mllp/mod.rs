//! MLLP: messages on a connection, each in a frame, without any input or output of its own.
//!
//! A frame is a start byte 0x0B, the message, and the end of block 0x1C 0x0D. The [`Decoder`] is given bytes as they
//! arrive, cut anywhere, and gives the same [`Event`]s however they were cut. [`encode`] writes a frame.
//!
//! | what arrives | what it gives |
//! | --- | --- |
//! | 0x1C in a frame, not before CR, LF, or a start byte | part of the message |
//! | 0x1C before LF or a start byte | the end of the frame, and `frame-end` |
//! | a start byte in a frame, at the start of a line | the frame so far, not complete, `frame-end`, and a new frame |
//! | an end of block outside a frame | `frame-end` |
//! | line ends between frames | nothing |
//! | other bytes between frames | `frame-junk`, once a run; the bytes are dropped |
//! | a message over the limit | `frame-limit`; the message is dropped, the next frame is read |
//! | the end of the input in a frame | the frame so far, and `frame-end`; complete only if 0x1C was its last byte |
//!
//! # Examples
//!
//! ```
//! use carewire_hl7v2::mllp::{self, Decoder, Event};
//!
//! let mut wire = Vec::new();
//! mllp::encode(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r", &mut wire)?;
//! let mut decoder = Decoder::new();
//! for piece in wire.chunks(5) {
//!     decoder.push(piece);
//!     while let Some(event) = decoder.next_event() {
//!         let Event::Frame(frame) = event else { continue };
//!         assert!(frame.is_complete());
//!         assert_eq!(frame.parse()?.header().control_id().as_deref(), Some("1"));
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Spec: HL7 Transport Specification: MLLP, Release 1.

#[cfg(feature = "tokio-util")]
mod codec;
mod decoder;
mod encode;

#[cfg(feature = "tokio-util")]
pub use codec::Codec;
pub use decoder::{Decoder, Event, Frame};
pub use encode::{FrameError, encode};

/// The start byte of a frame.
const START: u8 = 0x0B;
/// The first byte of an end of block; CR is the second.
const STOP: u8 = 0x1C;
