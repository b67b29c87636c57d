//! What holds of every input.

use std::io::{self, Read};

use carewire_hl7v2::{AckCode, Message, ParseOptions, Path, Place, Value, batch, render, tree};
use carewire_testkit::markers::{Markers, leak};
use proptest::prelude::*;

/// Bytes that look like HL7 v2 more often than not.
fn er7() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(b"|".to_vec()),
        2 => Just(b"^".to_vec()),
        1 => Just(b"~".to_vec()),
        1 => Just(b"&".to_vec()),
        1 => Just(b"\\".to_vec()),
        1 => Just(b"\\T\\".to_vec()),
        1 => Just(b"\\XE9\\".to_vec()),
        1 => Just(b"\"\"".to_vec()),
        2 => Just(b"\r".to_vec()),
        1 => Just(b"\n".to_vec()),
        1 => Just(b"\x0b".to_vec()),
        1 => Just(b"\x1c\r".to_vec()),
        2 => prop::sample::select(vec!["PID", "OBR", "OBX", "NTE", "ORC", "PV1", "AL1", "ZZZ", "MSH|^~\\&|", "BTS|1", "FHS|"])
            .prop_map(|id| format!("\r{id}|").into_bytes()),
        3 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    let head = prop::sample::select(vec![
        "MSH|^~\\&|A|B|||20240102||ORU^R01|1|T|2.5.1",
        "MSH|^~\\&|A|B|||20240102||ADT^A01|1|T|2.3||||||8859/1",
        "MSH|^~\\&|A|B|||20240102||VXU^V04|1|T|2.8||||||UNICODE UTF-8~ISO IR87",
        "MSH|^~\\\\&|A|B|||20240102||OML^O21|1|T|2.5||||||BIG-5",
        "MSH$%~?!$",
        "MSH",
        "",
    ]);
    (head, prop::collection::vec(piece, 0..60))
        .prop_map(|(head, pieces)| [head.as_bytes(), &pieces.concat()].concat())
}

/// Messages with a note, by their delimiters and character sets.
fn sets() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "MSH|^~\\&|A||||||ADT^A01|1|T|2.3||||||UNICODE UTF-8\rNTE|||x|end\r",
        "MSH|^~\\&#|A||||||ADT^A01|1|T|2.8||||||UNICODE UTF-8\rNTE|||x|end\r",
        "MSH|^~\\&|A||||||ADT^A01|1|T|2.3||||||8859/1\rNTE|||x|end\r",
        "MSH$%~?!#$A$$$$$$ADT%A01$1$T$2.8$$$$$$UNICODE UTF-8\rNTE$$$x$end\r",
        "MSH|^~\\&|A||||||ADT^A01|1|T|2.8||||||ASCII~ISO IR87~ISO IR159\rNTE|||x|end\r",
        "MSH|^~\\&|A||||||ADT^A01|1|T|2.8||||||ISO IR14\rNTE|||x|end\r",
        "MSH|^~\\&|A||||||ADT^A01|1|T|2.8||||||GB 18030-2000\rNTE|||x|end\r",
        "MSH|^~\\&|A||||||ADT^A01|1|T|2.8||||||BIG-5\rNTE|||x|end\r",
    ])
}

/// Text around escape sequences, whole ones and halves.
fn sequences() -> impl Strategy<Value = Vec<&'static str>> {
    let piece = prop::sample::select(vec![
        "\\",
        "\\",
        "\\",
        "F",
        "T",
        "Zab",
        "\\Zab\\",
        "\\Zab\\F\\",
        "\\P\\",
        "P",
        "E",
        "Q",
        ".br",
        ".zz",
        "C2842",
        "M2442",
        "X41",
        "X5C",
        "XE9",
        "X0",
        "H",
        " ",
        "x",
        "|",
        "^",
        "&",
        "#",
        "?",
        "~",
        "é",
        "山",
        "¥",
    ]);
    prop::collection::vec(piece, 0..14)
}

/// Everything that can be asked of a message without its text, as text.
fn said(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut say = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    for options in [ParseOptions::new(), ParseOptions::new().strict(true)] {
        match options.parse(bytes) {
            Err(error) => say(format!("{error} {error:?}")),
            Ok(message) => {
                say(format!("{message:?} {:?}", message.header()));
                let tree = message.tree();
                say(format!("{tree:?}"));
                for finding in message.findings().iter().chain(tree.findings()) {
                    say(format!("{finding} {finding:?}"));
                }
                for segment in message.segments() {
                    for field in segment.fields() {
                        say(format!("{field:?}"));
                        for repetition in field.repetitions() {
                            for component in repetition.components() {
                                say(format!("{repetition:?} {component:?}"));
                                for part in component.subcomponents() {
                                    if let Err(error) = part.try_text() {
                                        say(format!("{error} {error:?}"));
                                    }
                                }
                            }
                        }
                    }
                }
                #[cfg(feature = "xml")]
                if let Err(error) = render::xml(&message) {
                    say(format!("{error} {error:?}"));
                }
            }
        }
    }
    let mut messages = batch::messages(bytes);
    for raw in messages.by_ref() {
        say(format!("{raw:?}"));
    }
    say(format!("{messages:?} {:?}", messages.findings()));
    out
}

fn count(node: tree::Node<'_>, positions: &mut Vec<usize>) {
    positions.extend(node.segment().map(|segment| segment.position()));
    node.children().for_each(|child| count(child, positions));
}

/// Gives its bytes in pieces of the sizes listed, over and over.
struct Chunks<'a> {
    bytes: &'a [u8],
    sizes: Vec<usize>,
    next: usize,
}

impl Read for Chunks<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.next % self.sizes.len()]
            .min(buffer.len())
            .min(self.bytes.len());
        self.next += 1;
        buffer[..size].copy_from_slice(&self.bytes[..size]);
        self.bytes = &self.bytes[size..];
        Ok(size)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn reading_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        said(&bytes);
    }

    #[test]
    fn what_is_read_is_written_back(bytes in er7()) {
        let Ok(message) = Message::parse(&bytes) else { return Ok(()) };
        prop_assert_eq!(message.as_bytes(), &bytes[..]);
        // Normalised once is normalised for good.
        let once = render::er7(&message);
        if let Ok(again) = Message::parse(&once) {
            prop_assert_eq!(render::er7(&again), once);
        }
        let json: Result<serde_json::Value, _> = serde_json::from_str(&render::json(&message));
        prop_assert!(json.is_ok());
        render::tree(&message);
        prop_assert!(message.ack(AckCode::AA, "20240102").starts_with(b"MSH"));
    }

    #[test]
    fn every_place_is_found_by_its_path(bytes in er7()) {
        let Ok(message) = Message::parse(&bytes) else { return Ok(()) };
        for segment in message.segments().filter(|segment| !segment.id().is_empty()) {
            for part in segment.fields().flat_map(|field| field.repetitions()).flat_map(|r| r.components()) {
                let location = part.location();
                let path = format!(
                    "{}[{}]-{}[{}].{}",
                    location.segment(), location.occurrence(), location.field(), location.repetition(), location.component(),
                );
                let found = message.find(&path).unwrap().unwrap();
                prop_assert_eq!((found.range(), found.text()), (part.range(), part.text()));
            }
        }
    }

    #[test]
    fn a_tree_holds_each_segment_once_in_order(bytes in er7()) {
        let Ok(message) = Message::parse(&bytes) else { return Ok(()) };
        let mut positions = Vec::new();
        count(message.tree().root(), &mut positions);
        prop_assert_eq!(positions, (1..=message.segments().count()).collect::<Vec<_>>());
    }

    #[test]
    fn however_a_stream_is_cut(bytes in prop::collection::vec(er7(), 0..4), sizes in prop::collection::vec(1..40_usize, 1..6)) {
        let bytes = bytes.join(&b"\r"[..]);
        let mut whole = batch::messages(&bytes);
        let expected: Vec<_> = whole.by_ref().map(|raw| (raw.offset(), raw.number(), raw.into_bytes().into_owned())).collect();
        let mut reader = batch::Reader::new(Chunks { bytes: &bytes, sizes, next: 0 });
        let found: Vec<_> = reader.by_ref().map(|raw| {
            let raw = raw.unwrap();
            (raw.offset(), raw.number(), raw.into_bytes().into_owned())
        }).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(reader.findings(), whole.findings());
    }

    #[test]
    fn a_limit_holds_and_the_rest_goes_on(long in 200..3_000_usize, sizes in prop::collection::vec(1..40_usize, 1..6)) {
        let good = "MSH|^~\\&|A||||||ADT^A08|1|T|2.3\r";
        let bad = format!("MSH|^~\\&|A||||||ADT^A08|2|T|2.3\rOBX|1|TX|||{}\rNTE|1\r", "x".repeat(long));
        let bytes = format!("{good}{bad}{good}");
        let reader = batch::Reader::with_limit(Chunks { bytes: bytes.as_bytes(), sizes, next: 0 }, 100);
        let found: Vec<_> = reader.map(|raw| raw.is_ok()).collect();
        prop_assert_eq!(found, [true, false, true]);
    }

    #[test]
    fn no_text_of_a_message_in_what_is_said(cut in 0..400_usize, damage in prop::collection::vec((0..400_usize, prop::sample::select(&b"|^~\\&\r\n \x00\xFF\x1B\"a"[..])), 0..6)) {
        let template = "MSH|^~\\&|LAB|NORTH|EHR|SOUTH|20240102||ORU^R01|42|T|2.5.1||||||BIG-5\rPID|1||7^^^A&B&C^MR~8||Doe^Ann\rPV1|1|I\rOBR|1||2|3^Text\rOBX|1|ST|4^Name||Value|g\rNTE|1||Note of several words\rZAB|Local\rAL1|1|5\r";
        let planted = Markers::default().plant_er7(template, &["MSH-9", "MSH-12", "MSH-18"]);
        let mut bytes = planted.into_bytes();
        for (at, byte) in damage {
            let length = bytes.len();
            bytes[at % length] = byte;
        }
        bytes.truncate(bytes.len() - cut % bytes.len());
        let said = said(&bytes);
        prop_assert!(leak(&said).is_none(), "{}", said.len());
    }

    #[test]
    fn text_is_read_as_it_was_written(head in sets(), pieces in sequences()) {
        let Ok(mut message) = Message::parse(head.as_bytes()) else { return Ok(()) };
        let text = pieces.concat();
        if message.set("NTE-3", &text[..]).is_ok() {
            prop_assert_eq!(message.find("NTE-3").unwrap().unwrap().text(), &text[..], "{}", message.as_bytes().escape_ascii());
            prop_assert_eq!(message.find("NTE-4").unwrap().unwrap().text(), "end");
        }
    }

    #[test]
    fn what_text_gives_is_written_and_read_again(head in sets(), pieces in sequences(), other in sets()) {
        let mut message = Message::parse(head.as_bytes()).unwrap();
        if message.set("NTE-3", Value::raw(pieces.concat().as_bytes())).is_err() {
            return Ok(());
        }
        let mut copied = Message::parse(other.as_bytes()).unwrap();
        let field = message.segment_at(2).and_then(|note| note.field(3));
        let repetitions = field.iter().flat_map(|field| field.repetitions());
        for part in repetitions.flat_map(|it| it.components()).flat_map(|it| it.subcomponents()) {
            let part: Place<'_> = part.into();
            let text = part.text();
            let mut again = Message::parse(head.as_bytes()).unwrap();
            if again.set("NTE-3", &*text).is_ok() {
                prop_assert_eq!(again.find("NTE-3").unwrap().unwrap().text(), text.clone());
            }
            // A copy keeps the sequences of the site, with the escape character of its message.
            if copied.set("NTE-3", part).is_ok() {
                let marks = [&message, &copied].map(|it| it.encoding_characters().escape().map(char::from));
                let [Some(from), Some(to)] = marks else { continue };
                let plain = |mark: char, text: &str| text.replace(mark, "\u{0}");
                if from == to {
                    prop_assert_eq!(copied.find("NTE-3").unwrap().unwrap().text(), text);
                } else if !text.contains(to) {
                    let copy = copied.find("NTE-3").unwrap().unwrap().text();
                    prop_assert_eq!(plain(to, &plain(from, &copy)), plain(to, &plain(from, &text)));
                }
            }
        }
    }

    #[test]
    fn paths_never_panic(path in "[/A-Z0-9a-z\\[\\].*'=!_-]{0,24}") {
        if let Err(error) = Path::parse(&path) {
            prop_assert!(error.offset() <= path.len());
        }
    }
}

#[test]
fn path_errors_name_offsets() {
    for (path, offset) in [
        ("", 0),
        ("P", 0),
        ("PID-", 4),
        ("PID-0", 4),
        ("PID[0]-5", 4),
        ("PID-5.", 6),
        ("PID-5.1.1.1", 9),
        ("PID-3[.5=MR]", 9),
        ("PID-3[.5='MR", 9),
        ("PID 5", 3),
        ("pid-5", 0),
        ("OBX[*-5", 5),
    ] {
        let error = Path::parse(path).unwrap_err();
        assert_eq!(error.offset(), offset, "{path}: {error}");
    }
}

#[test]
fn paths_through_groups() {
    let bytes = b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1||a||1\rOBX|2||b||2\rOBR|2\rOBX|1||c||3\rOBX|2||d||4\r";
    let message = Message::parse(bytes).unwrap();
    let values = |path: &str| {
        let path = Path::parse(path).unwrap();
        message
            .query(&path)
            .map(|value| value.text().into_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        values("/PATIENT_RESULT/ORDER_OBSERVATION[2]/OBSERVATION[2]/OBX-5"),
        ["4"]
    );
    assert_eq!(
        values("/PATIENT_RESULT/ORDER_OBSERVATION[*]/OBSERVATION/OBX-5"),
        ["1", "3"]
    );
    assert_eq!(
        values("/PATIENT_RESULT/ORDER_OBSERVATION[*]/OBSERVATION[*]/OBX[3!='b']-5"),
        ["1", "3", "4"]
    );
    assert_eq!(values("/MSH-9.2"), ["R01"]);
    assert_eq!(values("/OBX-5"), Vec::<String>::new());
    assert_eq!(values("OBX[*]-5"), ["1", "2", "3", "4"]);
}
