//! The codec gives what the decoder gives, however a connection cuts its bytes.
#![cfg(feature = "tokio-util")]
#![expect(clippy::unwrap_used, reason = "a test")]

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::BytesMut;
use carewire_hl7v2::mllp::{Codec, Decoder, Event, FrameError};
use futures_core::Stream;
use proptest::prelude::*;
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::codec::{Decoder as _, Encoder as _, FramedRead};

/// A connection that gives its bytes in pieces of these sizes.
struct Wire {
    bytes: Vec<u8>,
    sizes: Vec<usize>,
    next: usize,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let size = self.sizes[self.next % self.sizes.len()]
            .min(self.bytes.len())
            .min(buffer.remaining());
        self.next += 1;
        let rest = self.bytes.split_off(size);
        buffer.put_slice(&std::mem::replace(&mut self.bytes, rest));
        Poll::Ready(Ok(()))
    }
}

fn framed(bytes: &[u8], sizes: &[usize]) -> Vec<Event> {
    let wire = Wire {
        bytes: bytes.to_vec(),
        sizes: sizes.to_vec(),
        next: 0,
    };
    let mut framed = FramedRead::new(wire, Codec::with_limit(64));
    let mut context = Context::from_waker(std::task::Waker::noop());
    let mut events = Vec::new();
    while let Poll::Ready(Some(event)) = Pin::new(&mut framed).poll_next(&mut context) {
        events.push(event.unwrap());
    }
    events
}

fn decoded(bytes: &[u8]) -> Vec<Event> {
    let mut decoder = Decoder::with_limit(64);
    decoder.push(bytes);
    decoder.finish();
    std::iter::from_fn(|| decoder.next_event()).collect()
}

proptest! {
    #[test]
    fn as_the_decoder(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "\x0B", "\x1C\r", "\x1C", "\r", "MSH|^~\\&|A\r", "0123456789012345678901234567890123456789", "x", "\n",
        ]), 0..16),
        sizes in prop::collection::vec(1..20_usize, 1..5),
    ) {
        let bytes = pieces.concat().into_bytes();
        prop_assert_eq!(framed(&bytes, &sizes), decoded(&bytes));
    }

    #[test]
    fn what_is_written_comes_back(messages in prop::collection::vec("[A-Z|^~\r]{0,60}", 0..5)) {
        let mut wire = BytesMut::new();
        for message in &messages {
            Codec::new().encode(message, &mut wire).unwrap();
        }
        let got: Vec<_> = framed(&wire, &[7]).into_iter().map(|event| match event {
            Event::Frame(frame) => String::from_utf8(frame.into_bytes()).unwrap(),
            event => format!("{event:?}"),
        }).collect();
        prop_assert_eq!(got, messages);
    }
}

#[test]
fn a_message_that_fits_in_no_frame_is_not_written() {
    let mut wire = BytesMut::new();
    let error = Codec::new().encode(b"MSH|\x1C\r", &mut wire).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<FrameError>());
    assert_eq!(inner.map(|inner| inner.offset()), Some(4));
    assert!(wire.is_empty());
}

#[test]
fn the_end_of_a_connection_is_told_once() {
    let mut codec = Codec::new();
    let mut bytes = BytesMut::from(&b"\x0BMSH|"[..]);
    assert!(codec.decode(&mut bytes).unwrap().is_none());
    assert!(matches!(
        codec.decode_eof(&mut bytes).unwrap(),
        Some(Event::Finding(_))
    ));
    assert!(
        matches!(codec.decode_eof(&mut bytes).unwrap(), Some(Event::Frame(frame)) if !frame.is_complete())
    );
    assert!(codec.decode_eof(&mut bytes).unwrap().is_none());
}
