//! Writing a frame.

use alloc::vec::Vec;

use super::{START, STOP};

/// Why a message fits in no frame: it holds bytes that end or start one. It names their offset, not the message.
///
/// # Examples
///
/// ```
/// let error = carewire_hl7v2::mllp::encode(b"MSH|\x1C\r", &mut Vec::new()).unwrap_err();
/// assert_eq!(error.offset(), 4);
/// assert_eq!(error.to_string(), "frame-content: a byte that would end or start a frame at byte 4");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}: a byte that would end or start a frame at byte {offset}", self.code())]
pub struct FrameError {
    offset: usize,
}

impl FrameError {
    /// The stable code, `frame-content`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::mllp;
    /// let error = mllp::encode(b"MSH\x1C\r", &mut Vec::new()).unwrap_err();
    /// assert_eq!(error.code(), "frame-content");
    /// ```
    pub fn code(&self) -> &'static str {
        "frame-content"
    }

    /// The byte of the message, counted from 0.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::mllp;
    /// let error = mllp::encode(b"MSH\x1C\r", &mut Vec::new()).unwrap_err();
    /// assert_eq!(error.offset(), 3);
    /// ```
    pub fn offset(&self) -> usize {
        self.offset
    }
}

/// Appends a frame with `message` to `out`.
///
/// # Errors
///
/// [`FrameError`] if a [`Decoder`](super::Decoder) could not give the message back; nothing is appended then. Such
/// bytes have to be escaped in the message (`\X1C\`), as [`Message::encode`](crate::Message::encode) does.
///
/// # Examples
///
/// ```
/// let mut wire = Vec::new();
/// carewire_hl7v2::mllp::encode(b"MSH|^~\\&\r", &mut wire)?;
/// assert_eq!(wire, b"\x0BMSH|^~\\&\r\x1C\r");
/// # Ok::<(), carewire_hl7v2::mllp::FrameError>(())
/// ```
///
/// Spec: HL7 Transport Specification: MLLP, Release 1.
pub fn encode(message: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
    let ends_line = |byte: &u8| matches!(byte, b'\r' | b'\n');
    for offset in memchr::memchr2_iter(START, STOP, message) {
        let starts = message.get(offset) == Some(&START);
        let before = offset.checked_sub(1).and_then(|at| message.get(at));
        let after = message.get(offset + 1);
        let reserved = if starts {
            before.is_none_or(ends_line)
        } else {
            after.is_none_or(|byte| ends_line(byte) || *byte == START)
        };
        if reserved {
            return Err(FrameError { offset });
        }
    }
    out.reserve(message.len() + 3);
    out.push(START);
    out.extend_from_slice(message);
    out.extend_from_slice(&[STOP, b'\r']);
    Ok(())
}
