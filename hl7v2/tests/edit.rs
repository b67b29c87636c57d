//! Editing: what changes, what stays, and what is refused.
#![expect(clippy::unwrap_used, reason = "a test")]

use carewire_hl7v2::{
    Charset, EditErrorKind, EncodingCharacters, Message, MessageBuilder, Path, SegmentBuilder, Value,
};

const HEADER: &str = "MSH|^~\\&|||||||ADT^A08|1|T|2.5.1";

/// A message of one segment after MSH, edited; that segment.
fn edited(segment: &str, edit: impl FnOnce(&mut Message<'_>)) -> String {
    let bytes = format!("{HEADER}\r{segment}\r").into_bytes();
    let mut message = Message::parse(&bytes).unwrap();
    edit(&mut message);
    let again = Message::parse(message.as_bytes()).unwrap();
    assert_eq!(
        format!("{:?}", message.segments().collect::<Vec<_>>()),
        format!("{:?}", again.segments().collect::<Vec<_>>()),
    );
    String::from_utf8(message.segment_at(2).unwrap().raw().to_vec()).unwrap()
}

fn kind(
    segment: &str,
    edit: impl FnOnce(&mut Message<'_>) -> Result<carewire_hl7v2::Edit, carewire_hl7v2::EditError>,
) -> EditErrorKind {
    let mut kind = None;
    let after = edited(segment, |message| {
        kind = edit(message).err().map(|error| error.kind())
    });
    assert_eq!(after, segment, "what fails changes nothing");
    kind.unwrap()
}

#[test]
fn sets_what_is_there() {
    for (segment, path, value, expected) in [
        ("PID|1||7~8", "PID-3[2]", "9", "PID|1||7~9"),
        ("PID|1||7^A~8^B", "PID-3", "9", "PID|1||9~8^B"),
        ("PID|1||7^A&x~8^B", "PID-3.2", "C", "PID|1||7^C~8^B"),
        ("PID|1||7^A&x~8^B", "PID-3.2.2", "y", "PID|1||7^A&y~8^B"),
        ("PID|1||7^A&x~8^B|", "PID-3[*].2", "Z", "PID|1||7^Z~8^Z|"),
        ("PID|1||7^A&x~8^B|", "PID-3[.2='B'].1", "9", "PID|1||7^A&x~9^B|"),
        (
            "PID|\\Zodd\\||7|||",
            "PID-3",
            "a|b^c\\d~e&f",
            "PID|\\Zodd\\||a\\F\\b\\S\\c\\E\\d\\R\\e\\T\\f|||",
        ),
        ("PID|1||7", "PID-3", "", "PID|1||"),
        ("PID|1||7", "PID-3", "\"\"", "PID|1||\\X22\\\\X22\\"),
        ("PID|1||7", "PID-3", "a\r\nb", "PID|1||a\\X0D\\\\X0A\\b"),
    ] {
        assert_eq!(
            edited(segment, |m| {
                m.set(path, value).unwrap();
            }),
            expected,
            "{path}"
        );
    }
}

#[test]
fn makes_what_is_missing() {
    for (segment, path, expected) in [
        ("PID", "PID-1", "PID|x"),
        ("PID|1", "PID-3", "PID|1||x"),
        ("PID|1", "PID-3.2", "PID|1||^x"),
        ("PID|1", "PID-3[2].1.2", "PID|1||~&x"),
        ("PID|1||7", "PID-3[3].2", "PID|1||7~~^x"),
        ("PID|1||7|8", "PID-3.1.2", "PID|1||7&x|8"),
        ("PID|1||7^^A~8|8", "PID-3.4.2", "PID|1||7^^A^&x~8|8"),
        ("PID|1||\"\"|8", "PID-3.2", "PID|1||\"\"^x|8"),
        ("PID|1||7~8^A|8", "PID-3[*].2", "PID|1||7^x~8^x|8"),
        ("PID|1||7~8^A|8", "PID-3[.2='A'].3", "PID|1||7~8^A^x|8"),
    ] {
        assert_eq!(
            edited(segment, |m| {
                m.set(path, "x").unwrap();
            }),
            expected,
            "{path}"
        );
    }
}

#[test]
fn removes_with_what_would_trail() {
    for (segment, path, expected) in [
        ("PID|1||7|8", "PID-3", "PID|1|||8"),
        ("PID|1||7", "PID-3", "PID|1"),
        ("PID|||7", "PID-3", "PID|"),
        ("PID|1||7|||", "PID-3", "PID|1|||||"),
        ("PID|1||7~8~9|x", "PID-3[2]", "PID|1||7~9|x"),
        ("PID|1||7~~9|x", "PID-3[3]", "PID|1||7|x"),
        ("PID|1||7~8|x", "PID-3[*]", "PID|1|||x"),
        ("PID|1||~8", "PID-3[2]", "PID|1"),
        ("PID|1||a^b^c|x", "PID-3.2", "PID|1||a^^c|x"),
        ("PID|1||a^^c|x", "PID-3.3", "PID|1||a|x"),
        ("PID|1||a^^b&&c|x", "PID-3.3.3", "PID|1||a^^b|x"),
        ("PID|1||a^^&&c|x", "PID-3.3.3", "PID|1||a|x"),
        ("PID|1||^^&&c", "PID-3.3.3", "PID|1"),
        ("PID|1||^c~8", "PID-3.2", "PID|1||~8"),
        ("PID|1||7", "PID-3.2", "PID|1||7"),
        ("PID|1||7", "PID-9", "PID|1||7"),
    ] {
        assert_eq!(
            edited(segment, |m| {
                m.remove(path).unwrap();
            }),
            expected,
            "{segment} {path}"
        );
    }
    let whole = edited("PID|1||7~8", |m| {
        let field = m.segment("PID").unwrap().field(3).unwrap().location();
        m.remove(field).unwrap();
    });
    assert_eq!(whole, "PID|1");
}

#[test]
fn repetitions() {
    assert_eq!(
        edited("PID|||7~8", |m| {
            m.insert("PID-3", "9").unwrap();
        }),
        "PID|||9~7~8"
    );
    assert_eq!(
        edited("PID|||7", |m| {
            m.insert("PID-3[4]", "9").unwrap();
        }),
        "PID|||7~~~9"
    );
    assert_eq!(
        edited("PID|||", |m| {
            m.insert("PID-3", "9").unwrap();
        }),
        "PID|||9"
    );
    assert_eq!(
        edited("PID|||7", |m| {
            m.push("PID-3", Value::NULL).unwrap();
        }),
        "PID|||7~\"\""
    );
    assert_eq!(
        edited("PID|||\"\"|x", |m| {
            m.push("PID-3", "9").unwrap();
        }),
        "PID|||9|x"
    );
    assert_eq!(
        edited("PID", |m| {
            m.push("PID-3", ["9", "8"]).unwrap();
        }),
        "PID|||9^8"
    );
    let all = Value::repetitions([["1", "2"], ["3", "4"]]);
    assert_eq!(
        edited("PID|||7~8|x", |m| {
            m.segment_mut("PID").unwrap().field(3).set(all).unwrap();
        }),
        "PID|||1^2~3^4|x"
    );
}

#[test]
fn refusals() {
    use EditErrorKind as Kind;
    let pid = "PID|1||7^A~8";
    assert_eq!(kind(pid, |m| m.set("PID-0", "x")), Kind::Path);
    assert_eq!(kind(pid, |m| m.set("PV1-2", "x")), Kind::Missing);
    assert_eq!(kind(pid, |m| m.set("PID-3[.1='x'].2", "x")), Kind::Missing);
    assert_eq!(kind(pid, |m| m.set("MSH-1", "x")), Kind::Delimiters);
    assert_eq!(kind(pid, |m| m.remove("MSH-2")), Kind::Delimiters);
    assert_eq!(kind(pid, |m| m.remove("MSH")), Kind::Header);
    assert_eq!(kind(pid, |m| m.set("PID", "x")), Kind::Level);
    assert_eq!(kind(pid, |m| m.push("PID-3.1", "x")), Kind::Level);
    assert_eq!(kind(pid, |m| m.set("PID-3.1.1", ["x", "y"])), Kind::Level);
    assert_eq!(
        kind(pid, |m| m.set("PID-3", Value::repetitions(["x"]))),
        Kind::Level
    );
    assert_eq!(kind(pid, |m| m.set("PID-5", "Zoë")), Kind::Unmappable);
    assert_eq!(kind(pid, |m| m.set("PID-3", Value::raw(&b"a~b"[..]))), Kind::Raw);
    assert_eq!(
        kind(pid, |m| m.set("PID-3.1", Value::raw(&b"a^b"[..]))),
        Kind::Raw
    );
    assert_eq!(
        kind(pid, |m| m.set("PID-3.1.1", Value::raw(&b"a&b"[..]))),
        Kind::Raw
    );
    assert_eq!(kind(pid, |m| m.set("PID-3", Value::raw(&b"a\rb"[..]))), Kind::Raw);
    assert_eq!(kind(pid, |m| m.set("PID-4000000000", "x")), Kind::Limit);
    assert_eq!(kind(pid, |m| m.set("PID-3[*].70000", "x")), Kind::Limit);
    assert_eq!(kind(pid, |m| m.push_segment("pid")), Kind::SegmentId);
    assert_eq!(kind(pid, |m| m.push_segment("MSH")), Kind::Header);
    assert_eq!(kind(pid, |m| m.insert_segment(1, "NTE")), Kind::Header);
    assert_eq!(kind(pid, |m| m.move_segment(2, 3)), Kind::Missing);
    assert_eq!(
        kind(pid, |m| m.segment_mut("PID").unwrap().field(0).set("x")),
        Kind::Limit
    );
}

#[test]
fn a_message_without_all_delimiters() {
    let mut message = Message::parse(b"MSH|^~|||||||ADT^A08|1|T|2.5.1\rPID|1\r").unwrap();
    message.set("PID-3.2", "a\\b&c").unwrap();
    assert_eq!(message.find("PID-3.2").unwrap().unwrap().text(), "a\\b&c");
    assert_eq!(
        message.set("PID-3.2.2", "x").unwrap_err().kind(),
        EditErrorKind::NoDelimiter
    );
    assert_eq!(
        message.set("PID-3.2", "a^b").unwrap_err().kind(),
        EditErrorKind::NoDelimiter
    );
    assert_eq!(
        message.set("PID-3", "\"\"").unwrap_err().kind(),
        EditErrorKind::NoDelimiter
    );
}

#[test]
fn terminators_and_blank_lines_stay() {
    let bytes = b"\x0bMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r\n\r\n  PID|1\r\nNTE|1\r\n\x1c\r";
    let mut message = Message::parse(bytes).unwrap();
    message.insert_segment(3, ("PV1", ["1"])).unwrap();
    message.push_segment(("NTE", ["2"])).unwrap();
    assert_eq!(
        message.as_bytes(),
        b"\x0bMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r\n\r\n  PID|1\r\nPV1|1\r\nNTE|1\r\nNTE|2\r\n\x1c\r"
    );
    message.remove("NTE[1]").unwrap();
    message.remove("PID").unwrap();
    message.remove("NTE").unwrap();
    assert_eq!(
        message.as_bytes(),
        b"\x0bMSH|^~\\&|||||||ADT^A08|1|T|2.5.1\r\nPV1|1\r\n\x1c\r"
    );
}

#[test]
fn a_line_feed_inside_a_field_makes_no_segment() {
    let bytes = b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|TX|||one\nPID^two|F\r";
    let mut message = Message::parse(bytes).unwrap();
    assert_eq!(message.segments().count(), 2);
    let error = message.remove("OBX-5.2").unwrap_err();
    assert_eq!(error.kind(), EditErrorKind::Structure);
    assert_eq!(message.as_bytes(), bytes);
    message.set("OBX-5", "three").unwrap();
    assert!(message.as_bytes().ends_with(b"OBX|1|TX|||three|F\r"));
}

#[test]
fn character_sets_are_written_back() {
    for (set, text, raw) in [
        ("8859/1", "M\u{FC}ller", &b"M\xFCller"[..]),
        ("UNICODE UTF-8", "M\u{FC}ller", b"M\xC3\xBCller"),
        ("BIG-5", "四 | 吒", b"\xA5\x7C \\F\\ \xA6\x5C"),
        ("GB 18030-2000", "山", b"\xC9\xBD"),
        ("~ISO IR87", "山 x", b"\x1b$B;3\x1b(B x"),
    ] {
        let bytes = [
            format!("{HEADER}||||||{set}\rPID|1||7||").into_bytes(),
            raw.to_vec(),
            b"^A|x\rNTE|1\r".to_vec(),
        ]
        .concat();
        let mut message = Message::parse(&bytes).unwrap();
        assert_eq!(message.find("PID-5").unwrap().unwrap().text(), text);
        message.set("PID-5.1", "x").unwrap();
        message.set("NTE-3", ["a", text, "b"]).unwrap();
        message.set("PID-5.1", text).unwrap();
        let expected = [&bytes[..bytes.len() - 1], b"||a^", raw, b"^b\r"].concat();
        assert_eq!(message.as_bytes(), expected, "{set}");
        assert_eq!(message.find("NTE-3.3").unwrap().unwrap().text(), "b");
        let cut = Value::raw(&b"\xA5"[..]);
        if set == "BIG-5" {
            assert_eq!(message.set("PID-5", cut).unwrap_err().kind(), EditErrorKind::Raw);
        }
    }
}

#[test]
fn a_value_does_not_decide_how_others_are_read() {
    let texts = |message: &Message<'_>| -> Vec<Option<String>> {
        message
            .segments()
            .skip(1)
            .map(|it| it.field(3).and_then(|it| Some(it.try_text().ok()?.into_owned())))
            .collect()
    };
    // MSH-18, what it makes of the values, and values of which the first one had a say in that.
    let cases: [(&str, Charset, [&[u8]; 2]); 4] = [
        ("~ISO IR", Charset::Ascii, [b"a\x1b", b"\xFF"]),
        ("~ISO IR87", Charset::Iso8859_1, [b"\xE9", b"\xC3\xA9"]),
        ("", Charset::Iso8859_1, [b"\xE9", b"\xC3\xA9"]),
        ("ASCII", Charset::Utf8, [b"\xC3\xA9", b"\xC3\xA9"]),
    ];
    for (sets, charset, [first, second]) in cases {
        let head = format!("{HEADER}||||||{sets}\rNTE|1||");
        let bytes = [head.as_bytes(), first, b"\rNTE|2||", second, b"\r"].concat();
        let mut message = Message::parse(&bytes).unwrap();
        assert_eq!(message.charset(), charset, "{sets}");
        let before = texts(&message);
        let edit = message.set("NTE[1]-3", "x").unwrap();
        // An edit behind MSH-18 reads all bytes again.
        let again = message.set("MSH-21", "y").unwrap();
        assert_eq!(message.charset(), charset, "{sets}");
        assert_eq!(
            texts(&message),
            [Some("x".to_owned()), before[1].clone()],
            "{sets}"
        );
        message.undo(again).unwrap();
        message.undo(edit).unwrap();
        assert_eq!(texts(&message), before, "{sets}");
        // What MSH-18 says does.
        message.set("MSH-18", "8859/1").unwrap();
        assert_eq!(message.charset(), Charset::Iso8859_1);
    }
    // Nor does what is taken back.
    let bytes = format!("{HEADER}\rNTE|1||a\r").into_bytes();
    let mut message = Message::parse(&bytes).unwrap();
    let edit = message.set("NTE-3", Value::raw(&b"\xC3\xA9"[..])).unwrap();
    assert_eq!(message.charset(), Charset::Utf8);
    message.undo(edit).unwrap();
    assert_eq!(message.charset(), Charset::Ascii);
    message.set("NTE-3", Value::raw(&b"\xE9"[..])).unwrap();
    assert_eq!(message.charset(), Charset::Iso8859_1);
}

#[test]
fn declaring_a_character_set() {
    let bytes = format!("{HEADER}\rPID|1\r").into_bytes();
    let mut message = Message::parse(&bytes).unwrap();
    assert!(message.set("PID-5", "Zoë").is_err());
    let declared = message.set("MSH-18", "UNICODE UTF-8").unwrap();
    assert_eq!(message.charset(), Charset::Utf8);
    let name = message.set("PID-5", "Zoë").unwrap();
    assert_eq!(message.find("PID-5").unwrap().unwrap().text(), "Zoë");
    message.undo(name).unwrap();
    message.undo(declared).unwrap();
    assert_eq!(message.as_bytes(), bytes);
    assert_eq!(message.charset(), Charset::Ascii);
}

#[test]
fn copies_between_messages() {
    let from = b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||8859/1\rPID|1||7^^^A&B~8||M\xFCller\\T\\Co^x\\.br\\y\\XE9\\$\\Zloc\\||\"\"\r";
    let from = Message::parse(from).unwrap();
    let characters = EncodingCharacters::new(b'$', b"%~?!").unwrap();
    let builder = MessageBuilder::new("2.5.1").charset(Charset::Utf8);
    let mut other = builder.clone().delimiters(characters).build().unwrap();
    other.push_segment(from.segment("PID").unwrap()).unwrap();
    assert_eq!(
        other.segment("PID").unwrap().raw(),
        "PID$1$$7%%%A!B~8$$Müller&Co%x?.br?yé?F??Zloc?$$\"\"".as_bytes()
    );
    let same = b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1||||||8859/1\r";
    let mut same = Message::parse(same).unwrap();
    same.push_segment(from.segment("PID").unwrap()).unwrap();
    assert_eq!(
        same.segment("PID").unwrap().raw(),
        from.segment("PID").unwrap().raw()
    );
    same.set("PID-9", from.find("PID-3").unwrap().unwrap()).unwrap();
    assert_eq!(same.find("PID-9").unwrap().unwrap().raw(), b"7^^^A&B");
    same.set("PID-9.2", from.find("PID-3.4").unwrap().unwrap())
        .unwrap();
    assert_eq!(same.find("PID-9").unwrap().unwrap().raw(), b"7^A&B^^A&B");
}

#[test]
fn edits_by_handles_and_compiled_paths() {
    let path = Path::parse("OBX[*]-5").unwrap();
    let mut message = Message::parse(b"MSH|^~\\&|||||||ORU^R01|1|T|2.5.1\rOBX|1|NM|||5\rOBX|2|NM\r").unwrap();
    assert_eq!(message.set(&path, 7).unwrap().count(), 2);
    let mut obx = message.segment_mut("OBX[2]").unwrap();
    obx.field(6).component(3).set("UCUM").unwrap();
    obx.insert_before("NTE").unwrap();
    assert_eq!(obx.position(), 4);
    obx.field(5).remove().unwrap();
    assert_eq!(
        &message.as_bytes()[33..],
        b"OBX|1|NM|||7\rNTE|\rOBX|2|NM||||^^UCUM\r"
    );
    assert!(message.segment_mut("ZZZ").is_none());
}

#[test]
fn undoing_in_order_only() {
    let mut message = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rPID|1\r").unwrap();
    let first = message.set("PID-3", "7").unwrap();
    let second = message.set("PID-3", "8").unwrap();
    assert_eq!(
        message.undo(first.clone()).unwrap_err().kind(),
        EditErrorKind::Stale
    );
    message.undo(second.clone()).unwrap();
    let third = message.set("PID-4", "9").unwrap();
    assert_eq!(message.undo(second).unwrap_err().kind(), EditErrorKind::Stale);
    message.undo(third).unwrap();
    message.undo(first).unwrap();
    assert!(message.as_bytes().ends_with(b"PID|1\r"));
}

#[test]
fn builders() {
    assert_eq!(
        SegmentBuilder::new("FHS")
            .field(3, "A")
            .field(1, "x")
            .to_bytes()
            .unwrap(),
        b"FHS|^~\\&|A"
    );
    assert_eq!(SegmentBuilder::new("ZZ1").to_bytes().unwrap(), b"ZZ1|");
    assert!(SegmentBuilder::new("PID").field(0, "x").to_bytes().is_err());
    let message = MessageBuilder::new("2.7")
        .charset(Charset::Ascii)
        .charset(Charset::IsoIr87)
        .segments([SegmentBuilder::new("PID")
            .push(3, "1")
            .push(3, ["2", "A"])
            .field(5, "山")])
        .build()
        .unwrap();
    assert_eq!(
        message.as_bytes(),
        b"MSH|^~\\&||||||||||2.7||||||ASCII~ISO IR87\rPID|||1~2^A||\x1b$B;3\x1b(B\r"
    );
}

#[test]
fn a_copy_whose_edits_depend_on_each_other() {
    let message = Message::parse(b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rOBX|1|x\r").unwrap();
    let copy = message
        .to_bytes_with([("OBX-1", "2"), ("OBX[1='2']-2", "y")])
        .unwrap();
    assert!(copy.ends_with(b"OBX|2|y\r"));
    let gone = message
        .to_bytes_with([("OBX-1", "2"), ("OBX[1='1']-2", "y")])
        .unwrap_err();
    assert_eq!(gone.kind(), EditErrorKind::Missing);
}

#[test]
fn what_a_message_would_lose_at_its_end_is_refused() {
    let bytes = b"MSH|^~\\&|||||||ADT^A08|1|T|2.5.1\rNTE|1||a\x00\rZZ9|1\r";
    let mut message = Message::parse(bytes).unwrap();
    let path = Path::parse("ZZ9-1").unwrap();
    let raw = || Value::raw(b"b\x1C");
    for refused in [
        message.move_segment(3, 2),
        message.set(&path, raw()),
        message.remove("ZZ9"),
    ] {
        assert_eq!(refused.unwrap_err().kind(), EditErrorKind::Structure);
    }
    assert!(message.to_bytes_with([(&path, raw())]).is_err());
    assert_eq!(message.as_bytes(), bytes);
    message.set("NTE-3", raw()).unwrap();
    assert!(message.as_bytes().ends_with(b"NTE|1||b\x1C\rZZ9|1\r"));
}
