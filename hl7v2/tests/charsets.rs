//! The character sets of MSH-18, over whole messages.
#![cfg(feature = "charsets")]

use carewire_hl7v2::{Charset, Code, EditErrorKind, Message};
use proptest::prelude::*;

fn message(sets: &str, name: &[u8]) -> Vec<u8> {
    let head = format!("MSH|^~\\&|A|B|||20240102||ADT^A08|1|T|2.5.1||||||{sets}\rPID|1||7||");
    [head.as_bytes(), name, b"^Ann~Next|after\rPV1|1|I\r"].concat()
}

/// The sets, each with text of its own that holds bytes equal to delimiters where it can.
const SETS: &[(&str, Charset, &str)] = &[
    ("8859/1", Charset::Iso8859_1, "Müller \u{85}"),
    ("8859/2", Charset::Iso8859_2, "Łukasz"),
    ("8859/3", Charset::Iso8859_3, "Ħal"),
    ("8859/4", Charset::Iso8859_4, "ĶĻ"),
    ("8859/5", Charset::Iso8859_5, "Жук"),
    ("8859/6", Charset::Iso8859_6, "علي"),
    ("8859/7", Charset::Iso8859_7, "Ωδη"),
    ("8859/8", Charset::Iso8859_8, "שלום"),
    ("8859/9", Charset::Iso8859_9, "Işık \u{85}"),
    ("8859/15", Charset::Iso8859_15, "cœur €"),
    ("ISO IR14", Charset::IsoIr14, "ﾔﾏﾀﾞ¥‾"),
    ("ISO IR87", Charset::IsoIr87, "山田 ゎ"),
    ("ISO IR159", Charset::IsoIr159, "丂 é"),
    ("GB 18030-2000", Charset::Gb18030, "张 𠀀 亅"),
    ("KS X 1001", Charset::KsX1001, "김철수"),
    ("BIG-5", Charset::Big5, "四成功許"),
    ("UNICODE UTF-8", Charset::Utf8, "山 Ω é"),
    ("~ISO IR87~ISO IR159~ISO IR14", Charset::Ascii, "太郎 丂 ﾀﾛｳ end"),
    ("ASCII~8859/7~8859/5", Charset::Ascii, "Ωδη and Жук"),
    ("8859/1~ISO IR87", Charset::Iso8859_1, "Zoë 太郎 Zoë"),
    ("~KS X 1001", Charset::Ascii, "김 Kim"),
];

#[test]
fn every_set_both_ways() {
    for &(sets, charset, text) in SETS {
        let empty = message(sets, b"");
        let written = Message::parse(&empty).unwrap().encode(text).unwrap();
        let bytes = message(sets, &written);
        let msg = Message::parse(&bytes).unwrap();
        assert_eq!(msg.charset(), charset, "{sets}");
        assert!(msg.findings().is_empty(), "{sets}: {:?}", msg.findings());
        assert_eq!(msg.find("PID-5.1").unwrap().unwrap().text(), text, "{sets}");
        assert_eq!(msg.find("PID-5.2").unwrap().unwrap().text(), "Ann", "{sets}");
        assert_eq!(msg.find("PID-5[2]").unwrap().unwrap().text(), "Next", "{sets}");
        assert_eq!(msg.find("PID-6").unwrap().unwrap().text(), "after", "{sets}");
        assert_eq!(msg.segments().count(), 3, "{sets}");
        assert_eq!(msg.as_bytes(), bytes);
    }
}

#[test]
fn a_byte_inside_a_character_separates_nothing() {
    for (sets, raw, text) in [
        ("BIG-5", &b"\xA5|\xA5^\xA6\x5C\xA5~"[..], "四只吒外"),
        (
            "GB 18030-2000",
            b"\x81|\x81^\x81~\x81\x30\x81\x30",
            "亅乛亊\u{80}",
        ),
        ("~ISO IR87", b"\x1b$B0|0^0~\x1b(B", "葦哀飴"),
        ("~ISO IR87", b"\\M2442\\0|0^0~\\C2842\\", "葦哀飴"),
    ] {
        let bytes = message(sets, raw);
        let msg = Message::parse(&bytes).unwrap();
        let name = msg.find("PID-5.1").unwrap().unwrap();
        assert_eq!(name.raw(), raw);
        assert_eq!(
            name.text().chars().count(),
            text.chars().count(),
            "{sets}: {}",
            name.text()
        );
        assert_eq!(msg.find("PID-6").unwrap().unwrap().text(), "after");
        assert!(msg.findings().is_empty());
    }
}

#[test]
fn a_character_in_msh_may_hide_a_delimiter_before_msh_18() {
    let bytes = b"MSH|^~\\&|\xA5||\xA5||||20240102||ADT^A08|1|T|2.5.1||||||BIG-5\rPID|||||\xA5|^Ann\r";
    let msg = Message::parse(bytes).unwrap();
    assert_eq!(msg.charset(), Charset::Big5);
    assert_eq!(msg.header().control_id().as_deref(), Some("1"));
    assert_eq!(msg.find("PID-5.2").unwrap().unwrap().text(), "Ann");
    let bytes = b"MSH|^~\\&|\x1b$B0|\x1b(B||||20240102||ADT^A08|1|T|2.5.1||||||~ISO IR87\rPID|||||\x1b$B0|\x1b(B^Ann\r";
    let msg = Message::parse(bytes).unwrap();
    assert_eq!(msg.header().control_id().as_deref(), Some("1"));
    assert_eq!(msg.find("PID-5.2").unwrap().unwrap().text(), "Ann");
}

#[test]
fn what_does_not_fit_is_said_and_never_guessed() {
    for (sets, raw, code) in [
        ("8859/3", &b"\xA5"[..], Code::CharsetInvalid),
        ("BIG-5", b"\xFF", Code::CharsetInvalid),
        ("~ISO IR87", b"\x1b$B0\x1b(B", Code::CharsetInvalid),
        ("~ISO IR87", b"\x1b$(G!!\x1b(B", Code::CharsetUnsupported),
        ("CNS 11643-1992", b"\xC4\xE3", Code::CharsetUnsupported),
        ("UNICODE UTF-16", b"\xC4\xE3", Code::CharsetUnsupported),
        ("of a site", b"\xC4\xE3", Code::CharsetUnsupported),
    ] {
        let bytes = message(sets, raw);
        let msg = Message::parse(&bytes).unwrap();
        let codes: Vec<_> = msg.findings().iter().map(|finding| finding.code()).collect();
        assert_eq!(codes, [code], "{sets}");
        let error = msg.find("PID-5.1").unwrap().unwrap().try_text().unwrap_err();
        assert_eq!(error.code(), code.as_str());
        assert_eq!(msg.find("PV1-2").unwrap().unwrap().text(), "I");
    }
}

#[test]
fn what_a_set_lacks_is_not_written() {
    for (sets, text, offset) in [
        ("", "é", 0),
        ("8859/1", "a Ł", 2),
        ("8859/9", "€", 0),
        ("BIG-5", "x\u{10FFFF}", 1),
        ("~ISO IR87", "山김", 3),
        ("ISO IR14", "[\\]~", 4),
    ] {
        let bytes = message(sets, b"");
        let result = Message::parse(&bytes).unwrap().encode(text);
        match result {
            Err(error) => assert_eq!(error.offset(), offset, "{sets}"),
            // In ISO IR14 the two delimiters have escapes of their own.
            Ok(written) => assert_eq!((sets, &written[..]), ("ISO IR14", &b"[\\E\\]\\R\\"[..])),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(
        set in prop::sample::select(SETS),
        parts in prop::collection::vec(prop_oneof![
            Just(None),
            "[ -~]{1,5}".prop_map(Some),
            "[\t\r\n\u{1}]".prop_map(Some),
        ], 0..8),
    ) {
        let (sets, _, own) = set;
        let text: String = parts.iter().map(|part| part.as_deref().unwrap_or(own)).collect();
        prop_assume!(text != "\"\"");
        let empty = message(sets, b"");
        let written = Message::parse(&empty).unwrap().encode(&text).unwrap();
        let bytes = message(sets, &written);
        let msg = Message::parse(&bytes).unwrap();
        prop_assert_eq!(msg.find("PID-5.1").unwrap().unwrap().try_text().unwrap(), text);
        prop_assert_eq!(msg.find("PID-6").unwrap().unwrap().text(), "after");
    }

    #[test]
    fn no_bytes_panic(
        set in prop::sample::select(SETS),
        pieces in prop::collection::vec(prop_oneof![
            prop::collection::vec(any::<u8>(), 0..4),
            prop::sample::select(vec!["\x1b$B", "\x1b(B", "\x1b(I", "\x1b$)C", "\x0e", "\x0f", "\x1b-F", "\\M2442\\", "\\C2842\\", "\\XA4A4\\", "|", "^", "\r"])
                .prop_map(|piece| piece.as_bytes().to_vec()),
        ], 0..20),
    ) {
        let bytes = message(set.0, &pieces.concat());
        let msg = Message::parse(&bytes).unwrap();
        for leaf in msg.segments().flat_map(|s| s.fields()).flat_map(|f| f.repetitions()).flat_map(|r| r.components()) {
            let _ = leaf.try_text();
        }
        prop_assert_eq!(msg.as_bytes(), &bytes[..]);
    }
}

/// Every code of table 0211, of every version: its text is read, or refused by name, and never guessed.
#[cfg(feature = "tables")]
#[test]
fn every_code_of_table_0211() {
    use carewire_hl7v2::schema::{Table, Version};

    let unread = [
        ("CNS 11643-1992", Charset::Cns11643),
        // Names that do not say which form of ISO 10646, or which set, is sent.
        ("UNICODE", Charset::Unknown),
        ("JAS2020", Charset::Unknown),
    ];
    let number = carewire_hl7v2::schema::TableNumber::new(211).unwrap();
    let wide = ["UNICODE UTF-16", "UNICODE UTF-32"];
    let mut seen = std::collections::BTreeSet::new();
    for version in Version::ALL {
        let Some(table) = Table::find(version, number) else {
            continue;
        };
        for code in table.codes() {
            seen.insert(code.code().to_owned());
        }
    }
    assert!(seen.len() >= 25, "{}", seen.len());
    for code in &seen {
        let plain = message(code, b"Doe");
        let plain = Message::parse(&plain).unwrap();
        assert_eq!(plain.find("PID-5.1").unwrap().unwrap().text(), "Doe", "{code}");
        let bytes = message(code, b"\xA4\xA4");
        let msg = Message::parse(&bytes).unwrap();
        let text = msg.find("PID-5.1").unwrap().unwrap().try_text();
        let unread = unread.iter().find(|(name, _)| name == code);
        if unread.is_none() && !wide.contains(&&**code) {
            assert!(msg.charset().is_supported(), "{code}");
            assert_ne!(
                text.map_err(|error| error.code()),
                Err("charset-unsupported"),
                "{code}"
            );
            continue;
        }
        if let Some((_, charset)) = unread {
            assert_eq!(msg.charset(), *charset, "{code}");
        }
        assert!(!msg.charset().is_supported(), "{code}");
        assert_eq!(text.unwrap_err().code(), "charset-unsupported", "{code}");
        let found = msg
            .findings()
            .iter()
            .any(|finding| finding.code() == Code::CharsetUnsupported);
        assert!(found, "{code}");
    }
}

#[test]
fn a_set_that_was_fallen_back_to_is_not_switched_from() {
    // MSH-18 names no first set; 0xE9 makes it 8859/1, which an escape sequence in the bytes would undo.
    let bytes = b"MSH|^~\\&|||||||ORU^R01|1|T|2.5||||||~ISO IR87\rNTE|1||caf\xE9\rNTE|2||x\r";
    let mut message = Message::parse(bytes).unwrap();
    assert_eq!(message.charset(), Charset::Iso8859_1);
    assert!(message.encode("\u{5C71}").is_err());
    let refused = message.set("NTE[2]-3", "\u{5C71}").unwrap_err();
    assert_eq!(refused.kind(), EditErrorKind::Unmappable);
    assert_eq!(message.as_bytes(), bytes);
    message.set("NTE[2]-3", "th\u{E9}").unwrap();
    let again = Message::parse(message.as_bytes()).unwrap();
    assert_eq!(again.find("NTE-3").unwrap().unwrap().text(), "caf\u{E9}");
}

#[test]
fn a_set_that_is_not_read_is_not_switched_from() {
    let bytes =
        b"MSH|^~\\&|||||||ORU^R01|1|T|2.5||||||CNS 11643-1992~ISO IR87\rNTE|1||\\M2442\\;3\\C2842\\&x\r";
    let mut message = Message::parse(bytes).unwrap();
    let mountain = message.find("NTE-3.1.1").unwrap().unwrap().text().into_owned();
    assert_eq!(mountain, "\u{5C71}");
    assert!(message.set("NTE-3.1.1", &*mountain).is_err());
    assert_eq!(message.as_bytes(), bytes);
    message.set("NTE-3.1.1", "plain").unwrap();
    assert_eq!(message.find("NTE-3.1.2").unwrap().unwrap().text(), "x");
}
