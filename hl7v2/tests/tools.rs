//! Tools over messages: differences and statistics.
#![cfg(feature = "versions")]
#![expect(clippy::unwrap_used, reason = "a test")]

use carewire_hl7v2::{ChangeKind, DiffOptions, Message, Path, Statistics};
use carewire_testkit::markers::{Markers, leak};
use proptest::prelude::*;

const HEAD: &str = "MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\r";

fn diff(left: &str, right: &str) -> Vec<String> {
    let (left, right) = (format!("{HEAD}{left}"), format!("{HEAD}{right}"));
    let (left, right) = (
        Message::parse(left.as_bytes()).unwrap(),
        Message::parse(right.as_bytes()).unwrap(),
    );
    left.diff(&right)
        .iter()
        .map(|change| change.to_string())
        .collect()
}

#[test]
fn values() {
    for (left, right, changes) in [
        ("PID|1||7", "PID|1||7", vec![]),
        ("PID|1||7", "PID|1||8", vec!["changed PID-3"]),
        (
            "PID|1||7^^a",
            "PID|1||7^^b&c",
            vec!["changed PID-3.3.1", "added PID-3.3.2"],
        ),
        ("PID|1||7", "PID|1||7^x", vec!["added PID-3.2"]),
        ("PID|1||7", "PID|1", vec!["removed PID-3"]),
        ("PID|1||\"\"", "PID|1||", vec!["removed PID-3"]),
        ("PID|1||\"\"", "PID|1||x", vec!["changed PID-3"]),
        // What says the same is the same.
        ("PID|1||7^^~||", "PID|1||7", vec![]),
        ("NTE|1||a\\T\\b", "NTE|1||a\\X26\\b", vec![]),
    ] {
        assert_eq!(diff(left, right), changes, "{left} {right}");
    }
}

#[test]
fn repetitions() {
    for (left, right, changes) in [
        ("PID|1||a~b", "PID|1||x~a~b", vec!["added PID-3"]),
        ("PID|1||a~b~c", "PID|1||a~c", vec!["removed PID-3[2]"]),
        ("PID|1||a~b", "PID|1||a~x", vec!["changed PID-3[2]"]),
        (
            "PID|1||a^1~b^2~c^3",
            "PID|1||a^1~x^9~b^2~c^4",
            vec!["added PID-3[2]", "changed PID-3[3].2 (now PID-3[4].2)"],
        ),
    ] {
        assert_eq!(diff(left, right), changes, "{left} {right}");
    }
}

#[test]
fn segments() {
    for (left, right, changes) in [
        ("OBX|1||a\rOBX|2||b", "OBX|1||a", vec!["removed OBX[2]"]),
        ("OBX|1||a||1\rOBX|2||b||2", "OBX|2||b||2", vec!["removed OBX"]),
        ("PID|1\rOBX|1||a", "PID|1\rNTE|1\rOBX|1||a", vec!["added NTE"]),
        ("PID|1\rPV1|1", "PV1|1\rPID|1", vec!["removed PID", "added PID"]),
        // One that has nothing in common is still the one.
        (
            "PID|||1||Doe",
            "PID|||2||Roe",
            vec!["changed PID-3", "changed PID-5"],
        ),
        ("a line", "another line", vec!["changed #2"]),
    ] {
        assert_eq!(diff(left, right), changes, "{left} {right}");
    }
}

#[test]
fn other_delimiters_and_sets_are_no_difference() {
    let left = Message::parse(
        "MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||UNICODE UTF-8\rPID|||a~b||M\u{FC}ller^A\r".as_bytes(),
    )
    .unwrap();
    let right =
        Message::parse(b"MSH#*!?$#######ADT*A08#1#T#2.5.1######8859/1\rPID###a!b##M\xFCller*A\r").unwrap();
    let changes: Vec<_> = left
        .diff(&right)
        .iter()
        .map(|change| change.to_string())
        .collect();
    assert_eq!(changes, ["changed MSH-1", "changed MSH-2", "changed MSH-18"]);
}

#[test]
fn what_is_ignored() {
    let left = Message::parse(b"MSH|^~\\&|||||1||ADT^A08|1|T|2.5.1\rOBX|1||a||x\rZZZ|1\r").unwrap();
    let right = Message::parse(b"MSH|^~\\&|||||2||ADT^A08|2|T|2.5.1\rOBX|1||a||y\r").unwrap();
    let path = |path: &str| Path::parse(path).unwrap();
    let options = DiffOptions::new()
        .ignore(path("MSH-7"))
        .ignore(path("MSH-10"))
        .ignore(path("ZZZ[*]"));
    let changes = options.diff(&left, &right);
    assert_eq!(changes.len(), 1);
    assert_eq!(
        (changes[0].kind(), changes[0].to_string()),
        (ChangeKind::Changed, "changed OBX-5".to_owned())
    );
    assert_eq!(changes[0].left().map(|place| place.range()), Some(44..45));
    assert!(options.ignore(path("OBX[*]-5")).diff(&left, &right).is_empty());
}

#[test]
fn no_value_is_said() {
    let template = "MSH|^~\\&|LAB|NORTH|EHR|SOUTH|20240102||ORU^R01|42|T|2.5.1\rPID|1||7^^^A&B&C^MR~8||Doe^Ann\r junk\rZAB|Local\r";
    let keep = ["MSH-9", "MSH-12"];
    let (one, two) = (
        Markers::default().plant_er7(template, &keep),
        Markers::default().plant_er7(&template.replace("PID", "\rPV1|9|9\rPID|0"), &keep),
    );
    let (left, right) = (
        Message::parse(one.as_bytes()).unwrap(),
        Message::parse(two.as_bytes()).unwrap(),
    );
    let changes = left.diff(&right);
    assert!(!changes.is_empty());
    let said = changes
        .iter()
        .map(|change| format!("{change} {change:?}\n"))
        .collect::<String>();
    assert!(leak(&said).is_none(), "{said}");
    let mut statistics = Statistics::new();
    statistics.add(&left);
    let said = format!("{statistics} {statistics:?}");
    assert!(leak(&said).is_none(), "{said}");
}

#[test]
fn statistics_of_places() {
    let mut statistics = Statistics::new();
    for bytes in ["PID|1||7^^^A&B~8\rOBX|1\rOBX|2\r", "PID|1||\"\"\rnone|x\r"] {
        statistics.add(&Message::parse(format!("{HEAD}{bytes}").as_bytes()).unwrap());
    }
    let table = statistics.to_string();
    let line = |place: &str| {
        let start = format!("{place}\t");
        table
            .lines()
            .find(|line| line.starts_with(&start))
            .map(|line| line[start.len()..].replace('\t', " "))
    };
    assert_eq!(line("messages").as_deref(), Some("2"));
    assert_eq!(line("ORU_R01").as_deref(), Some("2"));
    assert_eq!(line("OBX").as_deref(), Some("1 2 0 2 5 5"));
    assert_eq!(line("PID-3").as_deref(), Some("2 2 1 2 1 7"));
    assert_eq!(line("PID-3.1").as_deref(), Some("1 1 0 1 1 1"));
    assert_eq!(line("PID-3.4.2").as_deref(), Some("1 1 0 1 1 1"));
    assert_eq!(line("-").as_deref(), Some("1 1 0 1 6 6"));
    assert_eq!(line("PID-2"), None);
}

/// Messages of few different values, so that some are the same.
fn message() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        "", "", "a", "b", "a^b", "a~b", "b^^a&b", "\"\"", "~a", "a\\T\\b",
    ]);
    let segment = (
        prop::sample::select(vec!["PID", "OBX", "OBX", "NTE"]),
        prop::collection::vec(value, 0..5),
    )
        .prop_map(|(id, values)| format!("{id}|{}\r", values.join("|")));
    prop::collection::vec(segment, 0..8).prop_map(|segments| format!("{HEAD}{}", segments.concat()))
}

proptest! {
    #[test]
    fn a_message_does_not_differ_from_itself(text in message()) {
        let one = Message::parse(text.as_bytes()).unwrap();
        prop_assert!(one.diff(&one).is_empty());
    }

    #[test]
    fn there_and_back_are_as_many(left in message(), right in message()) {
        let (left, right) = (Message::parse(left.as_bytes()).unwrap(), Message::parse(right.as_bytes()).unwrap());
        let changes = left.diff(&right);
        // None of them only if the values are the same.
        let values = |message: &Message<'_>| message.segments()
            .map(|segment| {
                let places = segment.fields().flat_map(|field| field.repetitions()).flat_map(|part| part.components());
                let sent = places.filter(|part| !part.is_empty());
                (segment.id().to_owned(), sent.map(|part| (part.location().field(), part.text().into_owned(), part.is_null())).collect::<Vec<_>>())
            })
            .collect::<Vec<_>>();
        if values(&left) != values(&right) {
            prop_assert!(!changes.is_empty());
        }
        for change in &changes {
            prop_assert!(change.left_text() != change.right_text() || change.left().map(|p| p.is_null()) != change.right().map(|p| p.is_null()) );
        }
    }

    #[test]
    fn parts_merge_to_the_whole(texts in prop::collection::vec(message(), 0..6), cut in 0..6_usize, order: bool) {
        let mut whole = Statistics::new();
        let (mut one, mut two) = (Statistics::new(), Statistics::new());
        for (n, text) in texts.iter().enumerate() {
            let message = Message::parse(text.as_bytes()).unwrap();
            whole.add(&message);
            if n < cut { one.add(&message) } else { two.add(&message) }
        }
        let merged = if order { one.merge(&two); one } else { two.merge(&one); two };
        prop_assert_eq!(merged.to_string(), whole.to_string());
        prop_assert_eq!(merged, whole);
    }
}
