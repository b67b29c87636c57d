//! XML as a user of the crate meets it.
#![cfg(feature = "xml")]
#![allow(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::{Document, ErrorKind, Limits, Node, Read, XmlStyle};

fn read(members: &str) -> Read<'static> {
    Document::from_xml(patient(members).as_bytes()).expect("a document")
}

fn patient(members: &str) -> String {
    format!("<Patient xmlns=\"http://hl7.org/fhir\">{members}</Patient>")
}

fn codes(read: &Read<'_>) -> Vec<(&'static str, String)> {
    read.findings
        .iter()
        .map(|one| (one.code().code(), one.path().to_owned()))
        .collect()
}

/// Both ways between a Patient's XML and JSON members.
fn twin(xml: &str, json: &str) {
    let json = format!("{{\"resourceType\":\"Patient\",{json}}}");
    let from_xml = read(xml);
    assert_eq!(from_xml.findings, []);
    assert_eq!(from_xml.document.to_json(), json);
    assert!(from_xml.document.is_from_xml());
    let from_json = Document::from_json(json.as_bytes()).expect("a document");
    assert!(!from_json.document.is_from_xml());
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    assert_eq!(from_json.document.to_xml(), format!("{head}{}", patient(xml)));
    assert_eq!(from_xml.document.to_xml(), from_json.document.to_xml());
}

#[test]
fn xml_and_json_say_the_same() {
    twin(
        r#"<id value="a"/><active value="true"/>"#,
        r#""id":"a","active":true"#,
    );
    twin(
        r#"<name id="n"><family value="F"/><given value="A"/><given value="B"/></name><name><text value="t"/></name>"#,
        r#""name":[{"id":"n","family":"F","given":["A","B"]},{"text":"t"}]"#,
    );
    twin(
        r#"<extension url="u"><valueDecimal value="1.50"/></extension><birthDate id="b" value="1970"><extension url="v"><valueCode value="c"/></extension></birthDate>"#,
        r#""extension":[{"url":"u","valueDecimal":1.50}],"birthDate":"1970","_birthDate":{"id":"b","extension":[{"url":"v","valueCode":"c"}]}"#,
    );
    twin(
        r#"<name><given value="A"/><given id="g"/><given id="h" value="C"/></name>"#,
        r#""name":[{"given":["A",null,"C"],"_given":[null,{"id":"g"},{"id":"h"}]}]"#,
    );
    twin(
        r#"<contained><Organization><name value="o"/></Organization></contained><contained><Group/></contained>"#,
        r#""contained":[{"resourceType":"Organization","name":"o"},{"resourceType":"Group"}]"#,
    );
    twin(
        r#"<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">a<br/> &lt;b&gt; <b>c</b></div></text>"#,
        r#""text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a<br/> &lt;b&gt; <b>c</b></div>"}"#,
    );
    twin(
        r#"<name><text value="a &amp; b &lt; &quot;c&quot;&#10;&#13;&#9;&gt;é"/></name>"#,
        "\"name\":[{\"text\":\"a & b < \\\"c\\\"\\n\\r\\t>é\"}]",
    );
    twin(
        r#"<multipleBirthInteger value="2"/>"#,
        r#""multipleBirthInteger":2"#,
    );
}

#[test]
fn places_are_those_of_the_xml() {
    let read = read("\n  <name>\n    <family value=\"F\"/>\n  </name>");
    let family = read
        .document
        .root()
        .child("name")
        .and_then(|name| name.child("family"))
        .expect("a family");
    assert_eq!((family.line_column(), family.offset()), ((3, 5), 51));
    assert_eq!(family.path(), "Patient.name[0].family");
    assert_eq!(read.document.line_column(51), (3, 5));
}

#[test]
fn what_is_wrong_is_kept_and_found() {
    for (xml, code, path, json) in [
        (
            r#"<hobby value="x"/>"#,
            "unknown-element",
            "Patient",
            r#""hobby":"x""#,
        ),
        (
            r#"<hobby><a value="1"/><a value="2"/></hobby>"#,
            "unknown-element",
            "Patient",
            r#""hobby":{"a":["1","2"]}"#,
        ),
        (
            r#"<gender value="male"/><gender value="x"/>"#,
            "list-for-single",
            "Patient.gender[0]",
            r#""gender":["male","x"]"#,
        ),
        (
            r#"<maritalStatus/>"#,
            "empty-object",
            "Patient.maritalStatus",
            r#""maritalStatus":{}"#,
        ),
        (r#"<active/>"#, "null", "Patient.active", r#""active":null"#),
        (
            r#"<name>text</name>"#,
            "xml-text",
            "Patient.name[0]",
            r#""name":[{}]"#,
        ),
        (
            r#"<gender value="&male;"/>"#,
            "bad-escape",
            "Patient.gender",
            r#""gender":"&male;""#,
        ),
        (
            r#"<gender value="m" other="x"/>"#,
            "unknown-element",
            "Patient.gender",
            r#""gender":"m","_gender":{"other":"x"}"#,
        ),
        (
            r#"<contained><Nobody/></contained>"#,
            "unknown-resource-type",
            "Patient.contained[0]",
            r#""contained":[{"resourceType":"Nobody"}]"#,
        ),
        (
            r#"<contained/>"#,
            "no-resource-type",
            "Patient.contained[0]",
            r#""contained":[{}]"#,
        ),
        (
            r#"<text><div>a</div></text>"#,
            "wrong-namespace",
            "Patient.text",
            r#""text":{"div":"<div>a</div>"}"#,
        ),
        (
            r#"<name family="Doe"/>"#,
            "wrong-xml-form",
            "Patient.name[0].family",
            r#""name":[{"family":"Doe"}]"#,
        ),
        (
            r#"<name><id value="a"/><text value="t"/></name>"#,
            "wrong-xml-form",
            "Patient.name[0].id",
            r#""name":[{"id":"a","text":"t"}]"#,
        ),
        (
            r#"<extension><url value="u"/><valueQuantity value="1"/></extension>"#,
            "wrong-xml-form",
            "Patient.extension[0].url",
            r#""extension":[{"url":"u","valueQuantity":{"value":"1"}}]"#,
        ),
    ] {
        let read = read(xml);
        let found = codes(&read);
        assert!(
            found.iter().any(|one| one.0 == code && one.1.starts_with(path)),
            "{xml}: {found:?}"
        );
        assert_eq!(
            read.document.to_json(),
            format!("{{\"resourceType\":\"Patient\",{json}}}")
        );
    }
    let bare = Document::from_xml(b"<Patient/>").expect("a document");
    assert_eq!(codes(&bare), [("wrong-namespace", "Patient".to_owned())]);
    // Validators judge values; the reader does not say that XML has a wrong JSON type.
    assert_eq!(read(r#"<active value="yes"/>"#).findings, []);
}

#[test]
fn findings_are_in_the_order_of_the_xml() {
    let xml = patient(
        "<name a=\"1\"/>\n<active value=\"\u{1}\" b=\"1\"/>\n<name c=\"1\"/>\n<gender value=\"?\" d=\"1\"/>",
    );
    let bytes: Vec<u8> = xml
        .bytes()
        .map(|byte| if byte == b'?' { 0xFF } else { byte })
        .collect();
    let read = Document::from_xml(&bytes).expect("a document");
    let found: Vec<_> = read
        .findings
        .iter()
        .map(|one| (one.code().code(), one.line(), one.column()))
        .collect();
    let unknown = "unknown-element";
    assert_eq!(
        found,
        [
            (unknown, 1, 38),
            (unknown, 2, 1),
            (unknown, 3, 1),
            (unknown, 4, 1),
            ("bad-utf8", 4, 16)
        ]
    );
}

#[test]
fn many_names_do_not_make_reading_quadratic() {
    let names: String = (0..40_000).map(|it| format!("<a{it}/>")).collect();
    let twice = format!("{names}<a7 value=\"x\"/>");
    let read = read(&twice);
    assert_eq!(read.document.root().children().count(), 40_001);
    assert_eq!(read.document.root().children_named("a7").count(), 2);
}

#[test]
fn prefixes_and_markup_are_read_over() {
    let xml = br#"<?xml version="1.0"?><!-- c --><f:Patient xmlns:f="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"><?pi x?><f:active value="true"/></f:Patient>"#;
    let read = Document::from_xml(xml).expect("a document");
    assert_eq!(read.findings, []);
    assert_eq!(
        read.document.to_json(),
        r#"{"resourceType":"Patient","active":true}"#
    );
}

#[test]
fn what_is_no_xml_is_an_error_with_its_place() {
    let deep = format!("{}x", "<a>".repeat(100_000));
    for (xml, kind) in [
        ("", ErrorKind::UnexpectedEnd),
        ("text", ErrorKind::ExpectedObject),
        ("<Patient>", ErrorKind::UnexpectedEnd),
        ("<Patient></Group>", ErrorKind::MalformedXml),
        ("<Patient><a b=\"1\" b=\"2\"/></Patient>", ErrorKind::MalformedXml),
        ("<Patient/><Patient/>", ErrorKind::TrailingText),
        ("<Patient/>x", ErrorKind::TrailingText),
        (
            "<!DOCTYPE a [<!ENTITY b \"c\">]><Patient/>",
            ErrorKind::DocumentType,
        ),
        (&deep, ErrorKind::TooDeep),
    ] {
        let error = Document::from_xml(xml.as_bytes()).expect_err("an error");
        assert_eq!(error.kind(), kind, "{}", xml.get(..30).unwrap_or(xml));
    }
    let text = patient("\n<active value=\"true\"></x>");
    let error = Document::from_xml(text.as_bytes()).expect_err("an error");
    assert_eq!((error.line(), error.column()), (2, 22));
    let small = Limits::default().max_nodes(2);
    let text = patient("<a/><a/>");
    let error = Document::read_xml(text.as_bytes(), &small).expect_err("an error");
    assert_eq!(error.kind(), ErrorKind::TooManyNodes);
}

#[test]
fn as_deep_as_may_be() {
    let levels = 140;
    let open = "<extension url=\"u\">".repeat(levels);
    let text = patient(&format!("{open}{}", "</extension>".repeat(levels)));
    let limits = Limits::default().max_depth(10_000);
    let read = Document::read_xml(text.as_bytes(), &limits).expect("a document");
    assert_eq!(read.document.to_xml().matches("<extension").count(), levels);
}

#[test]
fn xml_is_indented() {
    let json = r#"{"name":[{"given":["A"]}],"contained":[{"resourceType":"Group","id":"g"}],"resourceType":"Patient","odd key":1,"odd":{"a":[1]}}"#;
    let document = Document::from_json(json.as_bytes()).expect("a document").document;
    let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<Patient xmlns="http://hl7.org/fhir">
  <contained>
    <Group>
      <id value="g"/>
    </Group>
  </contained>
  <name>
    <given value="A"/>
  </name>
  <odd>
    <a value="1"/>
  </odd>
</Patient>
"#;
    assert_eq!(document.to_xml_in(XmlStyle::pretty()), expected);
}

#[test]
fn a_key_that_is_no_name_leaves_no_trace() {
    let read = read("<a;/>");
    assert_eq!(codes(&read)[0].0, "unknown-element");
    assert!(
        read.document
            .to_xml()
            .ends_with("<Patient xmlns=\"http://hl7.org/fhir\"/>")
    );
}

#[test]
fn an_attribute_is_written_once() {
    let json = r#"{"resourceType":"Patient","name":[{"id":["a","b"]},{"id":"c","_id":{"extension":[{"url":"u"}]}}]}"#;
    let document = Document::from_json(json.as_bytes()).expect("a document").document;
    let xml = document.to_xml();
    assert!(xml.contains(
        r#"<name id="a"><id value="b"/></name><name><id value="c"><extension url="u"/></id></name>"#
    ));
    assert!(Document::from_xml(xml.as_bytes()).is_ok());
}

#[test]
fn a_narrative_cannot_break_out() {
    for (div, written) in [
        (
            "<div>a</div>",
            "<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>",
        ),
        ("<div/>", "<div xmlns=\"http://www.w3.org/1999/xhtml\"/>"),
        (
            "</div><x/>",
            "<div xmlns=\"http://www.w3.org/1999/xhtml\">&lt;/div&gt;&lt;x/&gt;</div>",
        ),
        (
            "<div></div><x/>",
            "<div xmlns=\"http://www.w3.org/1999/xhtml\">&lt;div&gt;&lt;/div&gt;&lt;x/&gt;</div>",
        ),
        ("plain", "<div xmlns=\"http://www.w3.org/1999/xhtml\">plain</div>"),
        (
            "<div>a&nbsp;b</div>",
            "<div xmlns=\"http://www.w3.org/1999/xhtml\">&lt;div&gt;a&amp;nbsp;b&lt;/div&gt;</div>",
        ),
        (
            "<div title='&nbsp;'/>",
            "<div xmlns=\"http://www.w3.org/1999/xhtml\">&lt;div title='&amp;nbsp;'/&gt;</div>",
        ),
        (
            "<div>a\\u0001&#160;&amp;b</div>",
            "<div xmlns=\"http://www.w3.org/1999/xhtml\">a\u{fffd}&#160;&amp;b</div>",
        ),
    ] {
        let json = format!("{{\"resourceType\":\"Patient\",\"text\":{{\"div\":\"{div}\"}}}}");
        let document = Document::from_json(json.as_bytes()).expect("a document").document;
        let xml = document.to_xml();
        assert!(xml.contains(written), "{xml}");
        let again = Document::from_xml(xml.as_bytes()).expect("a document").document;
        assert_eq!(
            again.root().children().map(Node::name).collect::<Vec<_>>(),
            ["text"]
        );
    }
}
