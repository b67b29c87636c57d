//! Reading HL7's XML: what is refused, and that every message has the same values after it.
#![cfg(feature = "xml")]
#![expect(clippy::unwrap_used, reason = "a test")]

use carewire_hl7v2::xml::{self, ReadOptions, XmlReadErrorKind as Kind};
use carewire_hl7v2::{Limits, Message, render};
use carewire_testkit::markers::leak;
use proptest::prelude::*;

const MSH: &str = "<MSH><MSH.1>|</MSH.1><MSH.2>^~\\&amp;</MSH.2></MSH>";

fn read(inside: &str) -> Result<String, (Kind, usize)> {
    let xml = format!("<X>{inside}</X>");
    match xml::read(xml.as_bytes()) {
        Ok(er7) => Ok(String::from_utf8(er7).unwrap()),
        Err(error) => {
            assert!(leak(&format!("{error} {error:?}")).is_none());
            Err((error.kind(), error.offset()))
        }
    }
}

fn segment(inside: &str) -> Result<String, Kind> {
    let all = read(&format!("{MSH}{inside}")).map_err(|(kind, _)| kind)?;
    Ok(all.strip_prefix("MSH|^~\\&\r").unwrap().to_owned())
}

#[test]
fn places() {
    for (xml, er7) in [
        ("<PID/>", "PID\r"),
        ("<PID><PID.3/></PID>", "PID|||\r"),
        (
            "<PID><PID.3>a</PID.3><PID.1>b</PID.1><PID.3>c</PID.3></PID>",
            "PID|b||a~c\r",
        ),
        ("<PID><PID.3></PID.3><PID.3>c</PID.3></PID>", "PID|||~c\r"),
        (
            "<PID><PID.5><XPN.2>A</XPN.2><XPN.1><FN.3>B</FN.3></XPN.1></PID.5></PID>",
            "PID|||||&&B^A\r",
        ),
        (
            "<PID><PID.5>\n <XPN.1>\n  <FN.1> D </FN.1>\n </XPN.1>\n</PID.5></PID>",
            "PID||||| D \r",
        ),
        (
            "<X.G><X.H><PID/></X.H><OBX/></X.G><ZZ1><ZZ1.1>x</ZZ1.1></ZZ1>",
            "PID\rOBX\rZZ1|x\r",
        ),
        (
            "<v:PID xmlns:v='urn:hl7-org:v2xml' a='b'><v:PID.1>x</v:PID.1></v:PID>",
            "PID|x\r",
        ),
        (
            "<!-- c --><?p i?><PID><PID.1>a<!-- c -->b</PID.1></PID>",
            "PID|ab\r",
        ),
        ("<PID><PID.7>\"\"</PID.7></PID>", "PID|||||||\"\"\r"),
    ] {
        assert_eq!(segment(xml).as_deref(), Ok(er7), "{xml}");
    }
}

#[test]
fn text() {
    for (xml, er7) in [
        ("a|b^c&amp;d~e\\f", r"a\F\b\S\c\T\d\R\e\E\f"),
        ("<![CDATA[<&>]]>", r"<\T\>"),
        ("&#65;&#x42;&lt;&gt;&apos;&quot;", "AB<>'\""),
        (
            "a<escape V='.br'/>b<escape V=\"X0D0A\"></escape>",
            r"a\.br\b\X0D0A\",
        ),
        ("<escape V='Zab'/>F\\<escape V='.zz'/>", r"\Zab\F\E\\.zz\"),
        ("<escape V='Q'/>F<escape V='X0'/>", r"\E\Q\E\F\E\X0\E\"),
        ("a\tb\r\nc", r"a\X09\b\X0A\c"),
        ("Müller 山", "Müller 山"),
    ] {
        let read = segment(&format!("<NTE><NTE.3>{xml}</NTE.3></NTE>"));
        assert_eq!(read.as_deref(), Ok(&*format!("NTE|||{er7}\r")), "{xml}");
    }
}

#[test]
fn refused() {
    for (xml, kind) in [
        ("<PID><PID.5>a<XPN.1>b</XPN.1></PID.5></PID>", Kind::Text),
        ("<PID><PID.5><XPN.1>b</XPN.1>a</PID.5></PID>", Kind::Text),
        (
            "<PID><PID.5><XPN.1>b</XPN.1><escape V='H'/></PID.5></PID>",
            Kind::Text,
        ),
        ("<PID>a</PID>", Kind::Text),
        ("a<PID/>", Kind::Text),
        (
            "<PID><PID.5><XPN.1/><XPN.1>a</XPN.1><XPN.1>b</XPN.1></PID.5></PID>",
            Kind::Repeated,
        ),
        (
            "<PID><PID.5><XPN.1><FN.1>a</FN.1></XPN.1><XPN.1><FN.2>b</FN.2></XPN.1></PID.5></PID>",
            Kind::Repeated,
        ),
        ("<PID><PV1.1/></PID>", Kind::Name),
        ("<PID><PID.8.1/></PID>", Kind::Name),
        ("<PID><PID/></PID>", Kind::Name),
        ("<PID><PID.0/></PID>", Kind::Name),
        ("<PID><PID.x/></PID>", Kind::Name),
        ("<PID><PID.1><b>x</b></PID.1></PID>", Kind::Name),
        (
            "<PID><PID.1><A.1><B.1><C.1/></B.1></A.1></PID.1></PID>",
            Kind::Name,
        ),
        ("<PID><PID.1><escape/></PID.1></PID>", Kind::Name),
        ("<PID><PID.1><escape V='a\\b'/></PID.1></PID>", Kind::Character),
        ("<PID><PID.1><escape V='a|b'/></PID.1></PID>", Kind::Character),
        ("<PID><PID.10001/></PID>", Kind::Limit),
        ("<PID><PID.99999999999/></PID>", Kind::Limit),
        ("<PID><PID.1>&secret;</PID.1></PID>", Kind::Entity),
        ("<PID><PID.1><escape V='&secret;'/></PID.1></PID>", Kind::Entity),
        ("<PID><PID.1>a & b</PID.1></PID>", Kind::Malformed),
        ("<PID><PID.1></PID>", Kind::Malformed),
    ] {
        assert_eq!(segment(xml), Err(kind), "{xml}");
    }
}

#[test]
fn refused_documents() {
    for (xml, kind) in [
        ("", Kind::Malformed),
        ("  ", Kind::Malformed),
        ("x", Kind::Text),
        ("<X>", Kind::Malformed),
        ("<X/>", Kind::NoMsh),
        ("<X><PID/></X>", Kind::NoMsh),
        ("<X/><X/>", Kind::Malformed),
        ("<?xml version='1.0' encoding='ISO-8859-1'?><X/>", Kind::Encoding),
        ("<!DOCTYPE X [<!ENTITY a 'b'>]><X/>", Kind::DocumentType),
        ("<X><MSH><MSH.1>a</MSH.1></MSH></X>", Kind::Delimiters),
        ("<X><MSH><MSH.1>||</MSH.1></MSH></X>", Kind::Delimiters),
        (
            "<X><MSH><MSH.1>|</MSH.1><MSH.2>^|</MSH.2></MSH></X>",
            Kind::Delimiters,
        ),
        (
            "<X><MSH><MSH.1>|</MSH.1><MSH.2>^</MSH.2><MSH.3>a</MSH.3><MSH.3>b</MSH.3></MSH></X>",
            Kind::Delimiters,
        ),
        (
            "<X><MSH><MSH.1>|</MSH.1><MSH.2>^~\\</MSH.2><MSH.3>山</MSH.3><MSH.18>8859/1</MSH.18></MSH></X>",
            Kind::Character,
        ),
        (
            "<X><MSH><MSH.1>|</MSH.1><MSH.2>^</MSH.2><MSH.3>|</MSH.3></MSH></X>",
            Kind::Character,
        ),
    ] {
        assert_eq!(
            xml::read(xml.as_bytes()).map_err(|error| error.kind()),
            Err(kind),
            "{xml}"
        );
    }
    assert_eq!(
        xml::read(b"<X>\xFF</X>").map_err(|error| (error.kind(), error.offset())),
        Err((Kind::Encoding, 3))
    );
    let deep = format!("{}{}", "<A_B>".repeat(40), "</A_B>".repeat(40));
    assert_eq!(
        xml::read(deep.as_bytes()).map_err(|error| (error.kind(), error.offset())),
        Err((Kind::Depth, 160))
    );
}

#[test]
fn limits() {
    let xml = format!("<X>{MSH}<PID><PID.9999>a</PID.9999></PID><PID/></X>");
    let kind = |limits| {
        ReadOptions::default()
            .limits(limits)
            .read(xml.as_bytes())
            .map_err(|error| error.kind())
    };
    assert!(kind(Limits::default()).is_ok());
    assert_eq!(kind(Limits::default().bytes(50)), Err(Kind::Limit));
    assert_eq!(kind(Limits::default().bytes(5_000)), Err(Kind::Limit));
    assert_eq!(kind(Limits::default().segments(2)), Err(Kind::Limit));
}

#[test]
fn delimiters_and_sets_of_the_message() {
    let xml = "<ACK><MSH><MSH.1>$</MSH.1><MSH.2>%~?!#</MSH.2><MSH.3>a%b$^</MSH.3><MSH.18>8859/1</MSH.18></MSH>\
        <MSA><MSA.3>M\u{FC}ller</MSA.3></MSA></ACK>";
    assert_eq!(
        xml::read(xml.as_bytes()).unwrap(),
        b"MSH$%~?!#$a?S?b?F?^$$$$$$$$$$$$$$$8859/1\rMSA$$$M\xFCller\r"
    );
    let usual = xml::read(b"<ACK><MSH><MSH.3>a</MSH.3></MSH></ACK>").unwrap();
    assert_eq!(usual, b"MSH|^~\\&|a\r");
}

/// Places that have a value: their path, whether they are null, and their text.
fn values(message: &Message<'_>) -> Vec<(String, bool, String)> {
    let named = message.segments().filter(|segment| !segment.id().is_empty());
    let repetitions = named
        .flat_map(|segment| segment.fields())
        .flat_map(|field| field.repetitions());
    let parts = repetitions
        .flat_map(|part| part.components())
        .flat_map(|part| part.subcomponents());
    parts
        .filter(|part| !part.is_empty())
        .map(|part| {
            (
                part.location().to_string(),
                part.is_null(),
                part.text().into_owned(),
            )
        })
        .collect()
}

fn er7() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "|",
        "|",
        "|",
        "^",
        "^",
        "~",
        "&",
        "\\",
        "\\",
        "\\T\\",
        "\\XE9\\",
        "\\XC3A9\\",
        "\\X01\\",
        "\\.br\\",
        "\\H\\",
        "\\Zab\\",
        "\\P\\",
        "\\Q\\",
        "\\.zz1\\",
        "\\C2842\\",
        "\\M2442\\",
        "\"\"",
        "\r",
        "\n",
        "\rPID|",
        "\rOBX|1|CE|",
        "\rNTE|",
        "\rORC|",
        "\rZZZ|",
        "\t",
        "\u{1}",
        "\u{7F}",
        "T",
        ".br",
        " ",
        "x",
        "é",
        "山",
        "\u{FFFE}",
        "\u{85}",
        "]]>",
        "<&>",
        "'",
        "#",
    ]);
    let head = prop::sample::select(vec![
        "MSH|^~\\&|A|B|||20240102||ORU^R01|1|T|2.5.1",
        "MSH|^~\\&|A|B|||20240102||ADT^A01|1|T|2.3||||||UNICODE UTF-8|",
        "MSH|^~\\&#|A|B|||20240102||ADT^A01|1|T|2.8||||||UNICODE UTF-8|",
        "MSH|^~\\&|A|B|||20240102||ZZZ^Z01|1|T|2.5||||||8859/1|",
        "MSH$%~?!$A$B",
        "MSH|^~\\",
    ]);
    (head, prop::collection::vec(piece, 0..50), any::<bool>()).prop_map(|(head, pieces, latin)| {
        let text = format!("{head}{}", pieces.concat());
        if latin || head.contains("8859/1") {
            let narrow = |c: char| u8::try_from(u32::from(c)).ok();
            text.chars().filter_map(narrow).collect()
        } else {
            text.into_bytes()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, ..ProptestConfig::default() })]

    #[test]
    fn there_and_back(bytes in er7()) {
        let Ok(message) = Message::parse(&bytes) else { return Ok(()) };
        let Ok(written) = render::xml(&message) else { return Ok(()) };
        // The name of a set has no escape sequences; one that has is another name once it is escaped.
        let set = message.find("MSH-18").unwrap();
        prop_assume!(set.is_none_or(|set| !set.raw().contains(&b'\\')));
        let read = match xml::read(written.as_bytes()) {
            Ok(read) => read,
            // A control character in a message without an escape character.
            Err(error) => {
                prop_assert!(error.kind() == Kind::Character && message.encoding_characters().escape().is_none(), "{error} {written}");
                return Ok(());
            }
        };
        let back = Message::parse(&read).unwrap();
        prop_assert_eq!(values(&back), values(&message));
    }

    #[test]
    fn reading_never_panics(parts in prop::collection::vec(prop::sample::select(vec![
        "<X>", "</X>", MSH, "<PID>", "</PID>", "<PID.3>", "</PID.3>", "<CX.1>", "</CX.1>", "<HD.2>", "</HD.2>",
        "<escape V='.br'/>", "&amp;", "&x;", "&#0;", "a|b", "<!--", "<![CDATA[", "]]>", "<!DOCTYPE", "<?xml ?>", ">", "\u{1}",
    ]), 0..20)) {
        if let Err(error) = xml::read(parts.concat().as_bytes()) {
            prop_assert!(error.offset() <= parts.concat().len());
        }
    }
}
