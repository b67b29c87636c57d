//! Many places in one edit: what one by one would give, in work that grows with the message and not with its square.
#![expect(clippy::unwrap_used, reason = "a test")]

use carewire_hl7v2::record::{Column, Mapping, Record};
use carewire_hl7v2::{EditErrorKind, Message, MessageBuilder, SegmentBuilder, Value, column};
use carewire_testkit::allocations::{Counting, counted};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const HEADER: &str = "MSH|^~\\&|||||||ORU^R01|1|T|2.5.1";

/// A message whose OBX differ in what they have.
fn report(count: usize) -> String {
    let kinds = [
        "OBX|1|NM|a||1~2~3|x",
        "OBX|2|NM|b",
        "OBX|3|ST|c^d||\"\"",
        "OBX|4|ST|c^d||a&b^c~~",
        "OBX|",
        "OBX|5||||~~",
        "OBX|6||||v|u|||||F",
    ];
    let lines = (0..count).map(|n| kinds[n % kinds.len()]);
    let body: Vec<&str> = lines.flat_map(|line| [line, "NTE|1||n"]).collect();
    format!("{HEADER}\rPID|1||7\r\r{}\r", body.join("\r"))
}

/// The index is that of the bytes, and undoing gives the first bytes.
fn check(mut message: Message<'_>, edit: carewire_hl7v2::Edit, before: &[u8]) -> Vec<u8> {
    let places = |message: &Message<'_>| format!("{:?}", message.segments().collect::<Vec<_>>());
    let after = message.as_bytes().to_vec();
    assert_eq!(places(&message), places(&Message::parse(&after).unwrap()));
    message.undo(edit).unwrap();
    assert_eq!(message.as_bytes(), before);
    assert_eq!(places(&message), places(&Message::parse(before).unwrap()));
    after
}

#[test]
fn as_one_by_one() {
    type Change = fn(&mut Message<'_>, &str) -> Result<carewire_hl7v2::Edit, carewire_hl7v2::EditError>;
    let changes: [Change; 6] = [
        |message, path| message.set(path, "new & newer"),
        |message, path| message.set(path, ""),
        |message, path| message.set(path, ["a", "b"]),
        |message, path| message.push(path, "more"),
        |message, path| message.remove(path),
        |message, path| message.insert(path, "first"),
    ];
    let paths = [
        "OBX[N]-5",
        "OBX[N]-5[*]",
        "OBX[N]-5[2].1",
        "OBX[N]-3.2",
        "OBX[N]-6",
        "OBX[N]-20",
        "OBX[N]",
    ];
    let text = report(21);
    for path in paths {
        for (at, change) in changes.iter().enumerate() {
            let mut together = Message::parse(text.as_bytes()).unwrap();
            let edit = change(&mut together, &path.replace('N', "*"));
            let mut apart = Message::parse(text.as_bytes()).unwrap();
            let mut refused = None;
            for n in (1..=21).rev() {
                match change(&mut apart, &path.replace('N', &n.to_string())) {
                    Ok(_) => {}
                    // In this one there is no such place.
                    Err(error) if error.kind() == EditErrorKind::Missing => {}
                    Err(error) => refused = Some(error.kind()),
                }
            }
            match edit {
                Ok(edit) => {
                    assert_eq!(refused, None, "{path} {at}");
                    let after = check(together, edit, text.as_bytes());
                    assert_eq!(after, apart.as_bytes(), "{path} {at}");
                }
                Err(error) => {
                    assert_eq!(Some(error.kind()), refused, "{path} {at}");
                    assert_eq!(together.as_bytes(), text.as_bytes(), "{path} {at}");
                }
            }
        }
    }
}

#[test]
fn segments_behind_the_first() {
    for end in ["", "\r", "\r\r", "\rZZZ|1\r"] {
        let text = format!("{HEADER}\r\r{}{end}", vec!["OBX|1"; 20].join("\r"));
        let mut message = Message::parse(text.as_bytes()).unwrap();
        let edit = message.remove("OBX[*]").unwrap();
        assert_eq!(edit.count(), 20);
        assert_eq!(message.segments().len(), 1 + usize::from(end.contains('Z')));
        check(message, edit, text.as_bytes());
    }
    let text = format!("{HEADER}\r{}", "OBX|1\r".repeat(20));
    let mut message = Message::parse(text.as_bytes()).unwrap();
    message.remove("OBX[*]").unwrap();
    assert_eq!(message.as_bytes(), format!("{HEADER}\r").as_bytes());
    let edit = message.push_segment("OBX").unwrap();
    message.undo(edit).unwrap();
}

#[test]
fn the_message_is_not_copied_for_each() {
    let text = report(700);
    type Change = fn(&mut Message<'_>);
    let changes: [Change; 6] = [
        |message| assert_eq!(message.set("OBX[*]-11", "F").unwrap().count(), 700),
        |message| drop(message.set("OBX[*]-5[*].2", "x").unwrap()),
        |message| assert_eq!(message.remove("OBX[*]").unwrap().count(), 700),
        |message| assert_eq!(message.remove("OBX[*]-1").unwrap().count(), 700),
        |message| drop(message.push("OBX[*]-6", "x").unwrap()),
        |message| assert_eq!(message.renumber("OBX", &[]).unwrap().count(), 700),
    ];
    for (at, change) in changes.iter().enumerate() {
        let mut message = Message::parse(text.as_bytes()).unwrap();
        let most = if at == 5 { 800 } else { 120 };
        let made = counted(|| change(&mut message));
        assert!(made < most, "{at}: {made}");
    }
    let repetitions = format!("{HEADER}\rPID|||{}\r", vec!["7"; 700].join("~"));
    let mut message = Message::parse(repetitions.as_bytes()).unwrap();
    let made = counted(|| assert_eq!(message.remove("PID-3[*]").unwrap().count(), 700));
    assert!(made < 120, "{made}");
    assert!(message.as_bytes().ends_with(b"\rPID|\r"));
}

#[test]
fn the_last_repetitions() {
    for (sent, left) in [
        ("a~b", "a~b"),
        ("a~~b~~", "a~~b"),
        ("~~", ""),
        ("", ""),
        ("\"\"", "\"\""),
    ] {
        for behind in ["", "|F", "|"] {
            let many = ["x"; 12].join("~");
            let text = format!("{HEADER}\rPID|||{sent}~{many}{behind}\r");
            let first = sent.split('~').count() + 1;
            let mut apart = Message::parse(text.as_bytes()).unwrap();
            for n in (first..first + 12).rev() {
                apart.remove(&*format!("PID-3[{n}]")).unwrap();
            }
            let mut together = Message::parse(text.as_bytes()).unwrap();
            let edit = together.remove("PID-3[.1='x']").unwrap();
            assert_eq!(together.as_bytes(), apart.as_bytes(), "{text}");
            assert_eq!(edit.count(), 12);
            let field = together.segment("PID").and_then(|pid| pid.field(3));
            let kept = if behind.is_empty() {
                left
            } else {
                sent.trim_end_matches('~')
            };
            assert_eq!(
                field.map_or(&b""[..], |field| field.raw()),
                kept.as_bytes(),
                "{text}"
            );
            check(together, edit, text.as_bytes());
        }
    }
}

#[test]
fn an_edit_of_another_message() {
    let bytes = [format!("{HEADER}\rPID|1||7\r"), format!("{HEADER}\rPID|1||8\r")];
    let [mut one, mut other] = bytes
        .each_ref()
        .map(|bytes| Message::parse(bytes.as_bytes()).unwrap());
    let (own, foreign) = (one.set("PID-3", "9").unwrap(), other.set("PID-3", "9").unwrap());
    assert_eq!(
        one.undo(foreign.clone()).unwrap_err().kind(),
        EditErrorKind::Stale
    );
    let mut copy = one.clone();
    copy.undo(own.clone()).unwrap();
    one.undo(own).unwrap();
    other.undo(foreign).unwrap();
    for (message, bytes) in [(one, &bytes[0]), (copy, &bytes[0]), (other, &bytes[1])] {
        assert_eq!(message.as_bytes(), bytes.as_bytes());
    }
}

#[test]
fn a_line_feed_in_a_segment_that_is_moved() {
    let text = format!("{HEADER}\rNTE|1||a\nb\rPID|1\r");
    let mut message = Message::parse(text.as_bytes()).unwrap();
    message.move_segment(2, 3).unwrap();
    let edit = message.set("NTE-4", "x").unwrap();
    assert!(message.as_bytes().ends_with(b"PID|1\rNTE|1||a\nb|x\r"));
    message.undo(edit).unwrap();
}

#[test]
fn a_line_feed_that_would_end_a_new_segment() {
    let text = format!("{HEADER}\rPID|1\r");
    for (note, next) in [("a\n", None), ("a\nPID", Some("x"))] {
        let mut segment = SegmentBuilder::new("NTE").field(3, Value::raw(note.as_bytes()));
        if let Some(next) = next {
            segment = segment.field(4, next);
        }
        let mut message = Message::parse(text.as_bytes()).unwrap();
        let error = message.push_segment(segment.clone()).unwrap_err();
        assert_eq!(error.kind(), EditErrorKind::Structure);
        assert_eq!(message.as_bytes(), text.as_bytes());
        let built = MessageBuilder::new("2.5.1").segment(segment).build();
        assert_eq!(built.unwrap_err().kind(), EditErrorKind::Structure);
    }
    let inner = SegmentBuilder::new("NTE").field(3, Value::raw(b"a\nb".as_slice()));
    let built = MessageBuilder::new("2.5.1").segment(inner).build().unwrap();
    assert_eq!(built.segment_at(2).unwrap().raw(), b"NTE|||a\nb");
}

#[derive(Debug, Default)]
struct Phones {
    numbers: Vec<String>,
}

impl Record for Phones {
    const COLUMNS: &'static [Column<Self>] = &[column!(numbers: "PID-13[*]")];
}

#[test]
fn a_record_with_fewer_repetitions() {
    let text = format!("{HEADER}\rPID|1||||||||||||{}|EN\r", vec!["555"; 700].join("~"));
    let mapping = Mapping::<Phones>::new().unwrap();
    let mut message = Message::parse(text.as_bytes()).unwrap();
    let mut phones = mapping.read(&message).unwrap();
    phones.numbers = vec!["1".to_owned(), "2".to_owned()];
    let made = counted(|| mapping.write(&mut message, &phones).unwrap());
    assert!(made < 120, "{made}");
    assert!(message.as_bytes().ends_with(b"|1~2|EN\r"));
}
