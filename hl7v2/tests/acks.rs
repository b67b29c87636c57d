//! Acknowledgements, as they go over the wire.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::time::Duration;

use carewire_hl7v2::{Ack, AckCode, AckFault, Code, ErrorCode, Message, ParseOptions, Severity, reject};
use carewire_testkit::markers::{Markers, leak};

const NOW: &str = "20240102030405";

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn errors_as_each_version_has_them() {
    let build = |version: &str| {
        let bytes = format!("MSH|^~\\&|LAB||EHR||20240102||ORU^R01|42|P|{version}\rOBX|1\rOBX|2||a~b&c\r");
        let msg = Message::parse(bytes.as_bytes()).unwrap();
        let place = msg.find("OBX[2]-3[2].1.2").unwrap().unwrap().location();
        let ack =
            Ack::new(&msg, AckCode::AE).error(ErrorCode::TABLE_VALUE, Severity::Error, Some(place), "site-7");
        text(ack.now(NOW).control_id("a|b").to_bytes())
    };
    let head = "MSH|^~\\&|EHR||LAB||20240102030405||ACK^R01^ACK|a\\F\\b|P";
    for version in ["2.5", "2.5.1", "2.8.2", "2.7"] {
        assert_eq!(
            build(version),
            format!(
                "{head}|{version}\rMSA|AE|42\rERR||OBX^2^3^2^1^2|103^Table value not found^HL70357|E|site-7\r"
            )
        );
    }
    for version in ["2.1", "2.3.1", "2.4"] {
        assert_eq!(
            build(version),
            format!("{head}|{version}\rMSA|AE|42\rERR|OBX^2^3^103&Table value not found&HL70357\r")
        );
    }
}

#[test]
fn the_answer_follows_from_the_findings() {
    let bytes = b"MSH|^~\\&|LAB|||||||42|P|2.5.1\rPID|1\r";
    let msg = Message::parse(bytes).unwrap();
    let ack = text(Ack::of_findings(&msg).to_bytes());
    // Warnings do not refuse a message, but they are told.
    assert!(ack.contains("\rMSA|AA|42\r"), "{ack}");
    assert!(
        ack.ends_with("ERR||MSH^1^9|101^Required field missing^HL70357|W|no-msh-9\r"),
        "{ack}"
    );
    let answer = Message::parse(ack.as_bytes()).unwrap();
    assert!(answer.findings().is_empty());
    assert!(
        msg.check_ack(Some(&answer), Duration::ZERO, Duration::ZERO)
            .is_accepted()
    );
}

#[test]
fn other_delimiters_and_none() {
    let msg = Message::parse(b"MSH$%~?!$LAB$$$$$$ADT%A08$4?F?2$T$2.4\rPID$1\r").unwrap();
    let place = msg.find("PID-1").unwrap().map(|place| place.location());
    let ack = Ack::new(&msg, AckCode::AR).error(ErrorCode::INTERNAL, Severity::Error, place, "x");
    assert_eq!(
        text(ack.to_bytes()),
        "MSH$%~?!$$$LAB$$$$ACK%A08%ACK$A4?F?2$T$2.4\rMSA$AR$4?F?2\rERR$PID%1%1%207!Application internal error!HL70357\r"
    );
    let msg = Message::parse(b"MSH|^|LAB||||||ADT^A08|1|T|2.4\r").unwrap();
    let ack = Ack::new(&msg, AckCode::AE).error(ErrorCode::INTERNAL, Severity::Error, None, "x");
    assert!(text(ack.to_bytes()).ends_with("MSA|AE|1\rERR|^^^207\r"));
}

#[test]
fn refusals_of_what_is_no_message() {
    for (bytes, code, own) in [
        (&b""[..], 100, "empty"),
        (b"PID|1\r", 100, "no-msh"),
        (b"MSH", 101, "short-msh"),
        (b"MSHA", 101, "short-msh"),
    ] {
        let error = Message::parse(bytes).unwrap_err();
        let nak = reject(&error, NOW, "N|1\r");
        let msg = Message::parse(&nak).unwrap();
        assert!(msg.findings().is_empty());
        let at = |path: &str| msg.find(path).unwrap().unwrap().text();
        assert_eq!(
            (&*at("MSA-1"), &*at("ERR-3.1"), &*at("MSH-10")),
            ("AR", &*code.to_string(), "N1")
        );
        assert_eq!(at("ERR-5"), own);
    }
    let strict = ParseOptions::new().strict(true);
    let error = strict.parse(b"MSH|^~\\&|||||||ADT^A08||P|2.5.1\r").unwrap_err();
    assert!(
        text(reject(&error, NOW, "1"))
            .ends_with("ERR||MSH^1^10|101^Required field missing^HL70357|E|no-msh-10\r")
    );
}

#[test]
fn each_condition_of_the_enhanced_mode() {
    let wants = |fields: &str| {
        let bytes = format!("MSH|^~\\&|||||||ADT^A08|1|P|2.5.1|||{fields}\r");
        let msg = Message::parse(bytes.as_bytes()).unwrap();
        [
            AckCode::CA,
            AckCode::CE,
            AckCode::CR,
            AckCode::AA,
            AckCode::AE,
            AckCode::AR,
        ]
        .map(|code| msg.wants_ack(code))
    };
    let (yes, no) = (true, false);
    assert_eq!(wants(""), [no, no, no, yes, yes, yes]);
    assert_eq!(wants("AL|NE"), [yes, yes, yes, no, no, no]);
    assert_eq!(wants("ER|SU"), [no, yes, yes, yes, no, no]);
    assert_eq!(wants("SU|ER"), [yes, no, no, no, yes, yes]);
    assert_eq!(wants("|AL"), [no, no, no, yes, yes, yes]);
    assert_eq!(wants("NE|??"), [no; 6]);
}

#[test]
fn every_fault_of_an_answer() {
    let sent = Message::parse(b"MSH|^~\\&|||||||ADT^A08|42|P|2.5.1\r").unwrap();
    let check = |segment: &str, waited: u64| {
        let bytes = format!("MSH|^~\\&|||||||ACK|1|P|2.5.1\r{segment}\r");
        let answer = Message::parse(bytes.as_bytes()).unwrap();
        let check = sent.check_ack(Some(&answer), Duration::from_secs(waited), Duration::from_secs(5));
        (check.code(), check.faults().to_vec(), check.is_accepted())
    };
    assert_eq!(check("MSA|CA| 42 ", 5), (Some(AckCode::CA), vec![], true));
    assert_eq!(check("MSA|AE|42", 1), (Some(AckCode::AE), vec![], false));
    assert_eq!(
        check("MSA|AA|42", 6),
        (Some(AckCode::AA), vec![AckFault::Late], false)
    );
    assert_eq!(
        check("MSA|AA|", 1),
        (Some(AckCode::AA), vec![AckFault::ControlId], false)
    );
    assert_eq!(check("MSA|OK|42", 1), (None, vec![AckFault::Code], false));
    assert_eq!(
        check("ERR|", 9),
        (None, vec![AckFault::Late, AckFault::NoMsa], false)
    );
    assert!(
        !sent
            .check_ack(None, Duration::from_secs(5), Duration::from_secs(5))
            .is_accepted()
    );
}

#[test]
fn no_value_of_the_message_in_an_answer() {
    let template = "MSH|^~\\&|LAB|NORTH|EHR|SOUTH|20240102||ORU^R01|42|T|2.5.1||||||CNS 11643-1992\rPID|1||7^^^A&B&C^MR~8||Doe^Ann\r junk\rOBX|1|ST|4||Value\r";
    let keep = [
        "MSH-3", "MSH-4", "MSH-5", "MSH-6", "MSH-9", "MSH-10", "MSH-11", "MSH-12", "MSH-18",
    ];
    let mut bytes = Markers::default().plant_er7(template, &keep).into_bytes();
    bytes.extend_from_slice(b"NTE|1||\xFF\r");
    let msg = Message::parse(&bytes).unwrap();
    let codes: Vec<_> = msg.findings().iter().map(|finding| finding.code()).collect();
    assert!(codes.contains(&Code::CharsetUnsupported), "{codes:?}");
    let tree = msg.tree();
    let ack = Ack::of_findings(&msg).findings(tree.findings());
    assert!(text(ack.to_bytes()).contains("\rERR|"));
    for said in [
        text(ack.to_bytes()),
        format!("{ack:?}"),
        format!("{:?}", msg.check_ack(None, Duration::ZERO, Duration::ZERO)),
    ] {
        assert!(leak(&said).is_none(), "{said}");
    }
}
