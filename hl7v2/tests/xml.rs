//! Messages of our own beside the XML they give.

use std::fs;
use std::path::Path;

use carewire_hl7v2::{Message, render};
use carewire_testkit::golden;

#[test]
fn xml() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tree");
    for name in ["oru_r01_28", "oru_r01_without_orc", "line_ends"] {
        let bytes = fs::read(folder.join(name).with_extension("hl7")).unwrap();
        let xml = render::xml(&Message::parse(&bytes).unwrap()).unwrap();
        golden::check(
            &folder.join(name).with_extension("expected.xml"),
            &xml.replace("><", ">\n<"),
        );
    }
}

#[test]
fn sequences_are_elements_and_delimiters_text() {
    let bytes =
        b"MSH|^~\\&|||||||ADT^A01|1|T|2.5.1\rNTE|1||a\\T\\b \\H\\c\\N\\ <d>\\.br\\e\\XE9\\\x01|\"\"\r";
    let xml = render::xml(&Message::parse(bytes).unwrap()).unwrap();
    let expected = "<NTE.3>a&amp;b <escape V=\"H\"/>c<escape V=\"N\"/> &lt;d&gt;<escape V=\".br\"/>e<escape V=\"XE9\"/><escape V=\"X01\"/></NTE.3>";
    assert!(xml.contains(expected), "{xml}");
    assert!(xml.contains("<MSH.2>^~\\&amp;</MSH.2>"));
}

#[test]
fn text_that_cannot_be_decoded_is_an_error_with_a_place() {
    let bytes = b"MSH|^~\\&|||||||ADT^A01|1|T|2.5.1||||||CNS 11643-1992\rPID|||||\xA4\xA4\r";
    let error = render::xml(&Message::parse(bytes).unwrap()).unwrap_err();
    assert!(error.to_string().ends_with("at PID-5.1.1"), "{error}");
}
