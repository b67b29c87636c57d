//! MLLP: however the bytes of a connection are cut, the same events come of them.

use carewire_hl7v2::mllp::{Decoder, Event, encode};
use proptest::prelude::*;

const LIMIT: usize = 40;

/// The events of a connection that gives its bytes in these pieces.
fn events<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Event> {
    let mut decoder = Decoder::with_limit(LIMIT);
    let mut events = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        events.extend(std::iter::from_fn(|| decoder.next_event()));
    }
    decoder.finish();
    events.extend(std::iter::from_fn(|| decoder.next_event()));
    events
}

/// Bytes that look like MLLP more often than not.
fn wire() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(b"\x0B".to_vec()),
        4 => Just(b"\x1C\r".to_vec()),
        1 => Just(b"\x1C".to_vec()),
        1 => Just(b"\x1C\n".to_vec()),
        2 => Just(b"\r".to_vec()),
        3 => Just(b"MSH|^~\\&|A\r".to_vec()),
        1 => Just(vec![b'x'; LIMIT]),
        2 => prop::collection::vec(any::<u8>(), 0..5),
    ];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn cut_at_every_byte(bytes in wire()) {
        let whole = events([&bytes[..]]);
        prop_assert_eq!(&events(bytes.chunks(1)), &whole);
        for cut in 0..=bytes.len() {
            let (before, after) = bytes.split_at(cut);
            prop_assert_eq!(&events([before, after]), &whole);
        }
    }

    #[test]
    fn frames_lie_where_they_say(bytes in wire()) {
        for event in events([&bytes[..]]) {
            if let Event::Frame(frame) = event {
                let start = frame.offset() as usize;
                prop_assert_eq!(frame.as_bytes(), &bytes[start..start + frame.as_bytes().len()]);
                prop_assert_eq!(bytes[start - 1], 0x0B);
                prop_assert!(frame.as_bytes().len() <= LIMIT);
            }
        }
    }

    #[test]
    fn what_is_framed_comes_back(
        messages in prop::collection::vec(
            prop::collection::vec(prop_oneof![4 => any::<u8>(), 1 => prop::sample::select(&b"\x0B\x1C\r\n"[..])], 0..LIMIT),
            1..4,
        ),
    ) {
        let mut wire = Vec::new();
        let mut sent = Vec::new();
        for message in messages {
            let before = wire.len();
            match encode(&message, &mut wire) {
                Ok(()) => sent.push(message),
                Err(error) => {
                    prop_assert!(matches!(message[error.offset()], 0x0B | 0x1C));
                    prop_assert_eq!(wire.len(), before);
                }
            }
        }
        let got: Vec<_> = events([&wire[..]])
            .into_iter()
            .map(|event| match event {
                Event::Frame(frame) if frame.is_complete() => frame.into_bytes(),
                event => panic!("{event:?}"),
            })
            .collect();
        prop_assert_eq!(got, sent);
    }
}

#[test]
fn what_is_said_holds_no_byte_of_a_message() {
    let bytes = b"\x0BSECRETNAME\x1C\r";
    let mut decoder = Decoder::new();
    decoder.push(&bytes[..8]);
    let half = format!("{decoder:?}");
    decoder.push(&bytes[8..]);
    let event = decoder.next_event();
    for text in [
        half,
        format!("{event:?}"),
        format!("{:?}", encode(b"SECRET\x1C", &mut Vec::new())),
    ] {
        assert!(!text.contains("SECRET") && !text.contains("83"), "{text}");
    }
}
