//! Paths: what Terser paths find, and that what is printed reads the same.
#![cfg(feature = "versions")]
#![expect(clippy::unwrap_used, reason = "a test")]

use carewire_hl7v2::{Message, Path};
use proptest::prelude::*;

const ORU: &[u8] = b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1||7~8||Doe&Van^Ann\rNTE|1||patient\rORC|NW\rOBR|1\rNTE|2||order\r\
    OBX|1|NM|||1\rNTE|3||first\rNTE|4||second\rOBX|2|CE|||a^b&c~d^e\rZPI|1|local\rOBR|2\rOBX|1|ST|||last\r";

fn text(message: &Message<'_>, path: &str) -> Option<String> {
    let path = Path::terser(path).unwrap();
    message.query(&path).next().map(|place| place.text().into_owned())
}

#[test]
fn terser() {
    let message = Message::parse(ORU).unwrap();
    for (path, expected) in [
        // Straight down, groups by their names in the group or by pattern.
        ("/PATIENT_RESULT/PATIENT/PID-5", Some("Doe")),
        ("PATIENT_RESULT/PATIENT/PID-5-1-2", Some("Van")),
        ("/PATIENT_RESULT(0)/PATIENT(0)/PID(0)-3(1)", Some("8")),
        ("/*RESULT/P*/?ID-5-2", Some("Ann")),
        ("/MSH-9-2", Some("R01")),
        ("MSH-10", Some("1")),
        ("/PID-5", None),
        ("/PATIENT_RESULT(1)/PATIENT/PID-5", None),
        // Searched for, in first repetitions alone.
        ("/.PID-5", Some("Doe")),
        ("/.OBSERVATION(1)/OBX-5(1)-2", Some("e")),
        ("/.OBSERVATION(1)/OBX-5-2-2", Some("c")),
        ("/.ORU_R01_OBSERVATION(1)/OBX-5", Some("a")),
        ("/.ORDER_OBSERVATION(1)/.OBX-5", Some("last")),
        ("/.ORDER_OBSERVATION(2)/.OBX-5", None),
        ("/.OBX(1)-5", None),
        ("/.NTE-3", Some("patient")),
        ("/.ORDER_OBSERVATION/NTE-3", Some("order")),
        ("/.OBSERVATION/NTE(1)-3", Some("second")),
        ("/.OBSERVATION(1)/ZPI-2", Some("local")),
        ("/.ORC-1", Some("NW")),
        // Places of the structure that the message does not have are found, and hold nothing.
        ("/.PD1-1", None),
        ("/.SPM-1", None),
        ("/.XYZ-1", None),
    ] {
        assert_eq!(text(&message, path).as_deref(), expected, "{path}");
    }
}

#[test]
fn terser_paths_edit_what_they_find() {
    let mut message = Message::parse(ORU).unwrap();
    let path = Path::terser("/.OBSERVATION(1)/OBX-5(1)-2").unwrap();
    assert_eq!(message.set(&path, "f & g").unwrap().count(), 1);
    assert_eq!(
        text(&message, "/.OBSERVATION(1)/OBX-5(1)-2").as_deref(),
        Some("f & g")
    );
}

#[test]
fn terser_searches_the_structure() {
    // The first NTE of the structure is that of the patient, though only a result has one.
    let message =
        Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rPID|1\rOBR|1\rOBX|1\rNTE|1||result\r").unwrap();
    assert_eq!(text(&message, "/.NTE-3"), None);
    assert_eq!(text(&message, "/.OBSERVATION/NTE-3").as_deref(), Some("result"));
}

#[test]
fn terser_numbers_a_second_segment_of_one_name() {
    let message = Message::parse(
        b"MSH|^~\\&|||||||ADT^A01|1|T|2.5.1\rEVN|A01\rPID|1\rROL|1|a\rROL|2|b\rPV1|1\rROL|3|c\rPROCEDURE\rPR1|1\rROL|4|d\r",
    )
    .unwrap();
    assert_eq!(text(&message, "/ROL(1)-2").as_deref(), Some("b"));
    assert_eq!(text(&message, "/ROL2-2").as_deref(), Some("c"));
    assert_eq!(text(&message, "/ROL2(1)-2"), None);
    assert_eq!(text(&message, "/PROCEDURE/ROL-2").as_deref(), Some("d"));
}

#[test]
fn terser_in_a_message_without_structure() {
    let message =
        Message::parse(b"MSH|^~\\&|||||||ZZZ^Z01|1|T|2.5.1\rPID|1||7\rOBX|1|NM|||1\rOBX|2|NM|||2\r").unwrap();
    assert_eq!(text(&message, "PID-3").as_deref(), Some("7"));
    assert_eq!(text(&message, "/.OBX(1)-5").as_deref(), Some("2"));
}

#[test]
fn every_byte_has_a_path_that_leads_back() {
    let message = Message::parse(ORU).unwrap();
    for segment in message.segments() {
        for offset in segment.range().start..=segment.range().end {
            let location = message.locate(offset).unwrap();
            let paths = [message.path_at(offset), message.group_path_at(offset)];
            for path in paths {
                let path = path.unwrap();
                assert_eq!(Path::parse(&path.to_string()).as_ref(), Ok(&path));
                let found = message.query(&path);
                let at = found.clone().segments().next().map(|found| found.position());
                assert_eq!(at, Some(segment.position()), "{path}");
                if location.field() > 0 {
                    let place = found.clone().next().unwrap();
                    assert!(
                        place.range().start <= offset && offset <= place.range().end,
                        "{path}"
                    );
                }
            }
        }
    }
    assert_eq!(message.path_at(ORU.len() + 9), None);
}

#[test]
fn a_group_whose_name_has_a_slash() {
    let bytes = b"MSH|^~\\&|||||||OSM^R26^OSM_R26|1|T|2.8\rSHP|1\rPRT|1\rPAC|1\rSPM|1\rPID|1||7\r";
    let message = Message::parse(bytes).unwrap();
    let path = message.group_path_at(bytes.len() - 2).unwrap();
    assert_eq!(
        path.to_string(),
        "/SHIPMENT/PACKAGE/SPECIMEN/SUBJECT_PERSON_ANIMAL_IDENTIFICATION/PID-3"
    );
    assert_eq!(message.query(&path).next().unwrap().text(), "7");
}

fn select(condition: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just(String::new()),
        1 => (1..40_u32).prop_map(|n| format!("[{n}]")),
        1 => Just("[*]".to_owned()),
        1 => (condition, "!?='([a-z&| ]|''){0,5}'").prop_map(|(place, test)| format!("[{place}{test}]")),
    ]
}

fn path() -> impl Strategy<Value = String> {
    let groups = prop_oneof![
        2 => Just(String::new()),
        1 => "(/[A-Z][A-Z0-9_]{1,9}(\\[([1-9]|\\*)\\])?){0,4}/",
    ];
    let place = (select("\\.[1-9](\\.[1-9])?"), "(\\.[1-9](\\.[1-9])?)?", 1..90_u32)
        .prop_map(|(repetition, parts, field)| format!("-{field}{repetition}{parts}"));
    (
        groups,
        "[A-Z][A-Z0-9]{2}",
        select("[1-9](\\.[1-9](\\.[1-9])?)?"),
        prop::option::of(place),
    )
        .prop_map(|(groups, id, index, place)| format!("{groups}{id}{index}{}", place.unwrap_or_default()))
}

proptest! {
    #[test]
    fn what_is_printed_reads_the_same(path in path()) {
        let compiled = Path::parse(&path).unwrap();
        let printed = compiled.to_string();
        prop_assert!(printed.len() <= path.len());
        prop_assert_eq!(Path::parse(&printed), Ok(compiled));
    }

    #[test]
    fn what_is_printed_of_terser_reads_the_same(
        path in "/?(\\.?[A-Z*?][A-Z0-9_*]{1,9}(\\([0-9]\\))?/){0,3}\\.?[A-Z?*]{1,4}(\\([0-9]\\))?(-[1-9](\\([0-9]\\))?(-[1-9](-[1-9])?)?)?",
    ) {
        let compiled = Path::terser(&path).unwrap();
        let printed = compiled.to_string();
        prop_assert!(Path::parse(&printed).is_err());
        prop_assert_eq!(Path::terser(&printed), Ok(compiled));
    }

    #[test]
    fn terser_paths_never_panic(path in "[/.A-Z0-9a-z()*?_-]{0,24}") {
        match Path::terser(&path) {
            Ok(path) => drop(Message::parse(ORU).unwrap().query(&path).next()),
            Err(error) => prop_assert!(error.offset() <= path.len()),
        }
    }
}

#[cfg(feature = "versions")]
#[test]
fn a_group_name_with_a_hyphen() {
    let message = Message::parse(b"MSH|^~\\&|||||||SDR^S31|1|T|2.8.2\rSCD|7\r").unwrap();
    let path = message.group_path_at(message.as_bytes().len() - 2).unwrap();
    assert_eq!(path.to_string(), "/ANTI-MICROBIAL_DEVICE_DATA/SCD-1");
    assert_eq!(Path::parse(&path.to_string()).unwrap(), path);
    assert_eq!(message.query(&path).count(), 1);
    assert_eq!(Path::parse("/PID-3/OBX").unwrap_err().offset(), 6);
}
