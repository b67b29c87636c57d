//! Redaction: the parts stay, no value does.
#![cfg(feature = "versions")]
#![expect(clippy::unwrap_used, reason = "a test")]

use carewire_hl7v2::{Message, Path, Place, Redaction};
use carewire_testkit::markers::{Markers, leak};
use proptest::prelude::*;

fn redacted(message: &str) -> String {
    String::from_utf8(Message::parse(message.as_bytes()).unwrap().redact()).unwrap()
}

#[test]
fn shapes() {
    let head = "MSH|^~\\&|||||||ADT^A08^ADT_A01|||2.5.1\r";
    for (sent, kept) in [
        ("PID|2||A1b2|", "PID|2||X1x1|"),
        ("PID|12345||12:30+0100", "PID|11111||11:11+1111"),
        ("PID|||a~\"\"~^^b&c", "PID|||x~\"\"~^^x&x"),
        ("PID|||XXX^111^x-1", "PID|||YYY^222^y-2"),
        ("PID|||...^---^. .^--", "PID|||xxx^xxx^xxx^--"),
        (
            "NTE|1||a\\.br\\b\\T\\c\\X0D0A\\d\\XC3A9\\e",
            "NTE|1||x\\.br\\x\\T\\x\\X0D0A\\x\\X5858\\x",
        ),
        ("NTE|1||BSV 4\\5 re", "NTE|1||XXX 1\\1 xx"),
        ("NTE|1||a\\Zsecret\\b", "NTE|1||x\\Zxxxxxx\\x"),
        ("OBX|1|CWE|a|1", "OBX|1|CWE|x|1"),
        ("OBX|1|Name|a|1", "OBX|1|Xxxx|x|1"),
        ("ZZZ|1234", "ZZZ|1111"),
        ("a secret line|b", "1 111111 1111|x"),
    ] {
        assert_eq!(
            redacted(&format!("{head}{sent}\r")),
            format!("{head}{kept}\r"),
            "{sent}"
        );
    }
}

#[test]
fn headers_keep_what_says_how_to_read() {
    assert_eq!(
        redacted(
            "MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240102||ADT^A08^ADT_A01|42|P|2.5.1|||AL|NE|USA|UNICODE UTF-8~ISO IR87\r"
        ),
        "MSH|^~\\&|XXX|XXXX|XXX|XXXXXX|11111111||ADT^A08^ADT_A01|11|P|2.5.1|||XX|XX|XXX|UNICODE UTF-8~ISO IR87\r",
    );
    assert_eq!(
        redacted("MSH|^~\\&|||||||Doe^Ann^Secret_Name|42|Prod|9.9.9||||||My Set\r"),
        "MSH|^~\\&|||||||Xxx^Xxx^Xxxxxx_Xxxx|11|Xxxx|1.1.1||||||Xx Xxx\r"
    );
}

#[test]
fn other_letters() {
    let wide = "MSH|^~\\&|||||||ADT^A08|||2.5.1||||||UNICODE UTF-8\rPID|||||Ünal^山田^ x^\u{1F600}\r";
    assert!(redacted(wide).ends_with("PID|||||éxxx^山山^ x^x\r"));
    let narrow = Message::parse(b"MSH|^~\\&|||||||ADT^A08|||2.5.1||||||8859/1\rPID|||||M\xFCller\r")
        .unwrap()
        .redact();
    assert!(narrow.ends_with(b"PID|||||X\xE9xxxx\r"));
    let broken =
        Message::parse(b"MSH|^~\\&|||||||ADT^A08|||2.5.1||||||UNICODE UTF-8\rPID|||||M\xFCller^\xFF\xFFx\r")
            .unwrap();
    assert!(broken.redact().ends_with(b"PID|||||X\xFFxxxx^\xFE\xFEy\r"));
    assert_eq!(
        Message::parse(&broken.redact()).unwrap().findings(),
        broken.findings()
    );
}

#[test]
fn what_the_caller_keeps() {
    let message = Message::parse(b"MSH|^~\\&|LAB\rOBX|1|CE|8867-4^Pulse~a^b||Secret\rZAB|keep\r").unwrap();
    let path = |path: &str| Path::parse(path).unwrap();
    let redaction = Redaction::new()
        .keep(path("OBX-3[1].1"))
        .keep(path("ZAB"))
        .keep(path("MSH-3"));
    assert_eq!(
        redaction.redact(&message),
        b"MSH|^~\\&|LAB\rOBX|1|CE|8867-4^Xxxxx~x^x||Xxxxxx\rZAB|keep\r"
    );
    assert_eq!(
        Redaction::new().lengths(false).redact(&message),
        b"MSH|^~\\&|x\rOBX|1|CE|x-x^x~x^x||x\rZAB|x\r"
    );
}

#[test]
fn no_marker_is_left() {
    let template = "MSH|^~\\&|LAB|NORTH|EHR|SOUTH|20240102||ORU^R01|42|T|2.5.1||||||UNICODE UTF-8\rPID|1||7^^^A&B&C^MR~8||Doe^Ann\r junk\rOBX|1|ST|4||Value|g\rNTE|1||a\\T\\b\rZAB|Local\r";
    let planted = Markers::default().plant_er7(template, &[]);
    for lengths in [true, false] {
        let message = Message::parse(planted.as_bytes()).unwrap();
        let out = Redaction::new().lengths(lengths).redact(&message);
        let text = String::from_utf8(out).unwrap();
        assert!(leak(&text).is_none(), "{text}");
    }
}

/// The values of a message: place, whether it is empty or null, bytes.
fn leaves<'m>(message: &'m Message<'m>) -> Vec<(usize, Place<'m>)> {
    let mut leaves = Vec::new();
    for segment in message.segments() {
        let repetitions = segment.fields().flat_map(|field| field.repetitions());
        let parts = repetitions
            .flat_map(|part| part.components())
            .flat_map(|part| part.subcomponents());
        leaves.extend(parts.map(|part| (segment.position(), part.into())));
    }
    leaves
}

/// Places of which [`Redaction`] says that they may be kept.
fn may_be_kept(place: Place<'_>) -> bool {
    let (id, field) = (place.segment().id(), place.field_number());
    let header = matches!(id, "MSH" | "FHS" | "BHS") && field <= 2;
    let read_by = matches!((id, field), ("MSH", 9 | 11 | 12 | 18) | ("OBX", 2) | ("MFE", 5));
    header || read_by || (place.raw().len() <= 4 && place.raw().iter().all(u8::is_ascii_digit))
}

fn er7() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "|", "|", "^", "~", "&", "\\", "\\T\\", "\\XE9\\", "\\X41\\", "\\.br\\", "\\Zab\\", "\"\"", "\r", "\n",
            "\rPID|", "\rOBX|1|CE|", "\rNTE|", "\rZZZ|", "\rnone", "\n \rMSH|^~\\&|", "\rFHS|^~\\&|",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        2 => "[A-Za-z0-9 .,'-]{1,8}".prop_map(String::into_bytes),
        1 => "[À-ž山田]{1,4}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..5),
    ];
    let head = prop::sample::select(vec![
        "MSH|^~\\&|Ab|B|||20240102||ORU^R01|1|T|2.5.1|",
        "\u{FEFF}MSH|^~\\&#|A|B|||20240102||ADT^A01|1|T|2.8||||||UNICODE UTF-8|",
        "\r\nMSH|^~\\&|A|B|||20240102||ADT^A01|1|T|2.5||||||8859/1|",
        "MSH|^~\\&|A|B|||20240102||ADT^A01|1|T|2.5||||||BIG-5|",
        "MSH|^~\\&|A|B|||20240102||ADT^A01|1|T|2.5||||||ASCII~ISO IR87|",
        "MSH$%~?!$A$B",
        "MSH|^~\\",
    ]);
    (head, prop::collection::vec(piece, 0..40))
        .prop_map(|(head, pieces)| [head.as_bytes(), &pieces.concat()].concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn parts_stay_and_values_do_not(bytes in er7(), lengths: bool) {
        let Ok(message) = Message::parse(&bytes) else { return Ok(()) };
        let out = Redaction::new().lengths(lengths).redact(&message);
        let back = Message::parse(&out).unwrap();
        let ids = |message: &Message<'_>| message.segments().map(|one| (one.id().to_owned(), one.field_count())).collect::<Vec<_>>();
        prop_assert_eq!(ids(&back), ids(&message));
        let (before, after) = (leaves(&message), leaves(&back));
        prop_assert_eq!(before.len(), after.len());
        for ((segment, before), (other, after)) in before.iter().zip(&after) {
            prop_assert_eq!((segment, before.is_empty(), before.is_null()), (other, after.is_empty(), after.is_null()));
            prop_assert_eq!(before.location().to_string(), after.location().to_string());
            let value = before.raw();
            if value.len() >= 3 && !may_be_kept(*before) && !before.raw().contains(&b'\\') {
                prop_assert_ne!(value, after.raw());
                // Nor does it stand anywhere else, but where a shape happens to look like it.
                let shape = value.iter().all(|byte| b"XxYy12".contains(byte) || !byte.is_ascii_alphanumeric());
                prop_assert!(shape || !leaves(&back).iter().any(|(_, part)| !may_be_kept(*part) && part.raw() == value));
            }
        }
    }

    #[test]
    fn no_letter_or_digit_of_a_value_is_left(words in prop::collection::vec("[B-WZb-wz03-9]{3,9}", 6)) {
        let [a, b, c, d, e, f] = &words[..] else { return Ok(()) };
        let bytes = format!(
            "MSH|^~\\&|{a}|||||{a}|{b}^{c}|{d}|{e}|{f}||||||{b}\rPID|1||{a}^{b}&{c}~{d}\\X41\\{e}||\\Z{f}\\\r{a} {b}|{c}\rOBX|1|{d}|{e}|1|{f}"
        );
        let message = Message::parse(bytes.as_bytes()).unwrap();
        let out = String::from_utf8(message.redact()).unwrap();
        for word in &words {
            // Three capital letters in a row may be a code of MSH-9 or OBX-2.
            let code = word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            prop_assert!(code || !out.contains(&word[..]), "{out}");
        }
    }
}
