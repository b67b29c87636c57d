//! The codec of tokio-util over the decoder and encoder of this module.

use alloc::vec::Vec;
use std::io;

use bytes::BytesMut;

use super::{Decoder, Event, encode};

/// MLLP as a codec of tokio-util: for `Framed`, `FramedRead` and `FramedWrite` over any connection.
///
/// It gives the same [`Event`]s as a [`Decoder`], findings included, and the end of the connection is that of the
/// decoder: a frame that was cut off is given as not complete. What it writes is the frame of [`encode`]. The crate opens
/// no connection and starts no task.
///
/// # Errors
///
/// Reading fails only if the connection does: what is wrong in a frame is an event. A message that fits in no frame is
/// [`io::ErrorKind::InvalidData`], around a [`FrameError`](super::FrameError), and nothing is written.
///
/// # Examples
///
/// ```
/// use bytes::BytesMut;
/// use carewire_hl7v2::mllp::{Codec, Event};
/// use tokio_util::codec::{Decoder as _, Encoder as _};
///
/// let (mut codec, mut wire) = (Codec::new(), BytesMut::new());
/// codec.encode(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r", &mut wire)?;
/// let half = wire.split_to(9);
/// assert!(codec.decode(&mut half.clone())?.is_none());
/// let Some(Event::Frame(frame)) = codec.decode(&mut wire)? else { panic!("a frame") };
/// assert_eq!(frame.parse()?.header().control_id().as_deref(), Some("1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Spec: HL7 Transport Specification: MLLP, Release 1.
#[derive(Debug, Clone, Default)]
pub struct Codec {
    decoder: Decoder,
    has_ended: bool,
}

impl Codec {
    /// Messages of at most 16 MiB.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::mllp::Codec;
    /// let codec = Codec::new();
    /// # let _ = codec;
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Messages of at most `limit` bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_hl7v2::mllp::Codec;
    /// let codec = Codec::with_limit(1 << 20);
    /// # let _ = codec;
    /// ```
    pub fn with_limit(limit: usize) -> Self {
        Self {
            decoder: Decoder::with_limit(limit),
            has_ended: false,
        }
    }
}

impl tokio_util::codec::Decoder for Codec {
    type Item = Event;
    type Error = io::Error;

    fn decode(&mut self, source: &mut BytesMut) -> Result<Option<Event>, io::Error> {
        // What was taken from the bytes before comes first, so that no more is held than one read gives.
        if let Some(event) = self.decoder.next_event() {
            return Ok(Some(event));
        }
        self.decoder.push(source);
        source.clear();
        Ok(self.decoder.next_event())
    }

    fn decode_eof(&mut self, source: &mut BytesMut) -> Result<Option<Event>, io::Error> {
        if let Some(event) = self.decode(source)? {
            return Ok(Some(event));
        }
        if !core::mem::replace(&mut self.has_ended, true) {
            self.decoder.finish();
        }
        Ok(self.decoder.next_event())
    }
}

impl<T: AsRef<[u8]>> tokio_util::codec::Encoder<T> for Codec {
    type Error = io::Error;

    fn encode(&mut self, message: T, out: &mut BytesMut) -> Result<(), io::Error> {
        let mut frame = Vec::new();
        encode(message.as_ref(), &mut frame)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        out.extend_from_slice(&frame);
        Ok(())
    }
}
