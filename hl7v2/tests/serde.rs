//! Messages through serde: the JSON of `render::json`, and the same bytes back.
#![expect(clippy::unwrap_used, reason = "a test")]

use carewire_hl7v2::{Message, render};
use carewire_testkit::markers::{Markers, leak};
use proptest::prelude::*;

#[track_caller]
fn round_trip(bytes: &[u8]) -> String {
    let message = Message::parse(bytes).unwrap();
    let json = render::json(&message);
    let through = serde_json::to_string(&message).unwrap();
    assert_eq!(through, json, "one shape");
    let back: Message<'static> = serde_json::from_str(&json).unwrap();
    assert_eq!(
        back.as_bytes().escape_ascii().to_string(),
        bytes.escape_ascii().to_string(),
        "the bytes come back"
    );
    json
}

#[test]
fn what_is_usual_needs_no_extra_keys() {
    let json = round_trip(
        b"MSH|^~\\&|A|B|||20240102||ADT^A08^ADT_A01|1|T|2.5.1||||||8859/1\rEVN||20240102\rPID|1||7^^^A&1.2&ISO~8||M\xFCller\\T\\Co^Ann||\"\"\rPV1||I\rZAB|x\r",
    );
    for key in ["count", "raw", "sent", "before", "after", "terminator"] {
        assert!(!json.contains(&format!("\"{key}\"")), "{key} in {json}");
    }
}

#[test]
fn line_feeds_are_told_once() {
    let json = round_trip(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\nPID|1\n\nNTE|1\n");
    assert!(json.contains("\"terminator\":\"\\n\",\"children\""));
    assert_eq!(json.matches("\"before\"").count(), 1);
    assert!(!json.contains("\"after\""));
}

#[test]
fn what_is_odd_comes_back() {
    let head = "MSH|^~\\&|A|B|||20240102||ADT^A08|1|T|2.5.1";
    for tail in [
        "",
        "\r",
        "\n",
        "\r\nPID|1\r\n\r\n  NTE|1\r\n\x1c\r",
        "\rPID|1||7^^~8&&^~|||\r",
        "\rPID|||^|&|~|^&~\r",
        "\rpid|1\rfoo bar\r|x\rNTE\rZZZ|\r",
        "\rPID|a\\X41\\b|\\.br\\|\\Zq\\|\\|\ttab|a\nb\r",
        "\rPID|\"\"^\"\"&\"\"|\\X2222\\\rMSH|^~\\&|x\rFHS|^~\\&|y\rBHS\r",
        "||||||BIG-5\rPID|\r",
        "||||||~ISO IR87\rPID|\x1b$B;3\x1b(B^x\r",
        "||||||CNS 11643-1992\rPID|é\r",
        "||||||UNICODE UTF-8\rPID|é\u{85}\r",
        "\rPID|é\r",
    ] {
        round_trip(format!("{head}{tail}").as_bytes());
    }
    for bytes in [
        &b"\x0bMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r\x1c\r"[..],
        b"\xEF\xBB\xBFMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r",
        b"MSH$%~?!$$$$$$$ADT%A08$1$T$2.5.1\rPID$a?T?b%c!d~e\r",
        b"MSH|^~|||||||ADT^A08|1|T|2.5.1\rPID|a&b\\c\r",
        b"MSH|^~\\&#|||||||ADT^A08|1|T|2.8\rPID|a#|\\P\\\r",
        b"MSH|^~\\\\&|||||||ADT^A08|1|T|2.8\rPID|a^b\r",
        b"MSH|\r",
        b"MSH||x\r",
        b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||BIG-5\rPID|\xA5|^\xA6\x5C|\xA5\r",
        b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|\xFF\x80|\xC3\xA9\r",
        b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||UNICODE UTF-8\rPID|\xFF\x80|\xC3\xA9\r",
    ] {
        round_trip(bytes);
    }
}

#[test]
fn faults_are_named_by_their_place() {
    let read = |json: &str| {
        serde_json::from_str::<Message<'static>>(json)
            .unwrap_err()
            .to_string()
    };
    assert!(read("{}").contains("no segment"));
    assert!(read(r#"{"children":[{"segment":"PID"}]}"#).contains("not MSH"));
    assert!(read(r#"{"children":[{"segment":"MSH","fields":[]}]}"#).contains("MSH-1"));
    let msh = r#"{"segment":"MSH","fields":[{"field":1,"repetitions":[{"text":"|"}]},{"field":2,"repetitions":[{"text":"^~\\&"}]}]}"#;
    let with = |segment: &str| read(&format!(r#"{{"children":[{msh},{segment}]}}"#));
    assert!(
        with(r#"{"segment":"PID","fields":[{"field":3},{"field":2}]}"#)
            .contains("segment 2: field 2: not in the order")
    );
    assert!(with(r#"{"segment":"PID","fields":[{"field":99999999}]}"#).contains("too large"));
    assert!(with(r#"{"segment":"PID","count":99999999}"#).contains("too large"));
    assert!(
        with(r#"{"segment":"PID","fields":[{"field":3,"repetitions":[{"text":"Zoë"}]}]}"#)
            .contains("charset-unmappable")
    );
    assert!(
        with(r#"{"segment":"PID","fields":[{"field":3,"repetitions":[{"raw":"山"}]}]}"#).contains("U+00FF")
    );
    let deep = "[".repeat(100) + &"]".repeat(100);
    assert!(read(&format!(r#"{{"children":{deep}}}"#)).contains("nested too deeply"));
    assert_eq!(
        serde_json::from_str::<Message<'static>>("12")
            .unwrap_err()
            .to_string(),
        "no segment in the children of the message"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_message_comes_back(pieces in prop::collection::vec(prop_oneof![
        prop::sample::select(&["|", "^", "~", "&", "\\", "\r", "\n", "\\T\\", "\"\"", "PID|", "\rOBX|", "\rMSH|", "\r  NTE|", "é", "a"][..]).prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..4),
    ], 0..40), head in prop::sample::select(&["MSH|^~\\&|A|B|||20240102||ADT^A08|1|T|2.5.1", "MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||BIG-5", "MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||UNICODE UTF-8~ISO IR87", "MSH#", "MSH|^~"][..])) {
        let bytes = [head.as_bytes(), &pieces.concat()].concat();
        if Message::parse(&bytes).is_ok() {
            round_trip(&bytes);
        }
    }

    #[test]
    fn no_text_of_a_message_in_what_reading_says(damage in prop::collection::vec((0..4_000_usize, prop::sample::select(&b"{}[]\",:0ntx\\"[..])), 1..6)) {
        let template = "MSH|^~\\&|LAB|NORTH|EHR|SOUTH|20240102||ORU^R01|42|T|2.5.1\rPID|1||7^^^A&B&C^MR~8||Doe^Ann\rNTE|1||Note\r";
        let planted = Markers::default().plant_er7(template, &["MSH-9", "MSH-12", "MSH-18"]);
        let mut json = render::json(&Message::parse(planted.as_bytes()).unwrap()).into_bytes();
        for (at, byte) in damage {
            let length = json.len();
            json[at % length] = byte;
        }
        if let Err(error) = serde_json::from_slice::<Message<'static>>(&json) {
            let said = format!("{error} {error:?}");
            prop_assert!(leak(&said).is_none(), "{}", said.len());
        }
    }
}
