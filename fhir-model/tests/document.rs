//! Documents as a user of the crate meets them.
#![allow(clippy::expect_used, reason = "a test")]

use std::ops::ControlFlow;

use carewire_fhir_model::schema::{Schema, TypeId};
use carewire_fhir_model::{
    Document, ErrorKind, FindingCode, JsonStyle, Limits, Node, Order, Read, ValueKind,
};

fn read(text: &str) -> Read<'_> {
    Document::from_json(text.as_bytes()).expect("a document")
}

fn codes(text: &str) -> Vec<(&'static str, String)> {
    read(text)
        .findings
        .iter()
        .map(|one| (one.code().code(), one.path().to_owned()))
        .collect()
}

fn texts<'d>(nodes: impl Iterator<Item = Node<'d>>) -> Vec<String> {
    nodes
        .map(|node| node.text().unwrap_or_default().into_owned())
        .collect()
}

/// Compact JSON without findings is written as it was read.
fn same(text: &str) {
    let read = read(text);
    assert_eq!(read.document.to_json(), text);
    assert_eq!(read.findings, []);
}

#[test]
fn elements_know_their_types() {
    let read = read(
        r#"{"resourceType":"Bundle","type":"message","entry":[{"fullUrl":"urn:x:1","resource":{"resourceType":"Observation",
        "contained":[{"resourceType":"Patient","id":"p"}],"status":"final","code":{"text":"t"},
        "valueQuantity":{"value":1.50,"unit":"kg"}}}]}"#,
    );
    assert_eq!(read.findings, []);
    let root = read.document.root();
    assert_eq!(root.type_id(), Some(TypeId::BUNDLE));
    let observation = root
        .child("entry")
        .and_then(|entry| entry.child("resource"))
        .expect("a resource");
    assert_eq!(observation.type_id(), Some(TypeId::OBSERVATION));
    let value = observation.child("value").expect("a value");
    assert_eq!(
        (value.type_id(), value.name(), value.key()),
        (Some(TypeId::QUANTITY), "value", "valueQuantity")
    );
    let number = value.child("value").expect("a number");
    assert_eq!(number.text().as_deref(), Some("1.50"));
    assert_eq!(number.value_kind(), ValueKind::Number);
    assert_eq!(number.path(), "Bundle.entry[0].resource.value.value");
    assert_eq!(number.line_column(), (3, 34));
    let types: Vec<_> = read.document.resources().filter_map(Node::type_id).collect();
    assert_eq!(types, [TypeId::BUNDLE, TypeId::OBSERVATION, TypeId::PATIENT]);
    assert_eq!(number.parent(), Some(value));
    assert_eq!(value.parent(), Some(observation));
    assert_eq!(root.parent(), None);
}

#[test]
fn repeats_are_children_each() {
    let text = r#"{"resourceType":"Patient","name":[{"given":["A","B"]},{"given":["C"]}]}"#;
    same(text);
    let read = read(text);
    let names: Vec<_> = read.document.root().children_named("name").collect();
    assert_eq!(texts(names[0].children_named("given")), ["A", "B"]);
    let second = names[0].children().nth(1).expect("a second name");
    assert_eq!(second.path(), "Patient.name[0].given[1]");
    assert_eq!(
        names[1].child("given").map(Node::path).as_deref(),
        Some("Patient.name[1].given[0]")
    );
}

#[test]
fn a_visit_of_the_children_of_an_element_sees_what_the_iterator_gives() {
    let text = r#"{"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,{"id":"g2"}]}],"gender":"male",
        "name":[{"family":"Doe"}],"birthDate":["1970","1971"],"deceasedBoolean":true,"deceasedDateTime":"2020","active":true,
        "_active":{"id":"a"},"active":false,"contact":[],"_language":{"id":"l"}}"#;
    let read = Document::from_json(text.as_bytes()).expect("a document");
    let mut open = vec![read.document.root()];
    let mut visited = 0;
    while let Some(node) = open.pop() {
        for element in node.type_id().map(TypeId::elements).into_iter().flatten() {
            let mut found = Vec::new();
            let _: ControlFlow<()> = node.visit_children_of(element, |child| {
                found.push(child);
                ControlFlow::Continue(())
            });
            let mut all: Vec<_> = node.children_of(element).collect();
            // What comes once is not looked for again.
            if element.name() == "active" {
                assert_eq!(all.len(), 2);
                all.truncate(1);
            }
            assert_eq!(found, all, "{}", element.name());
            visited += found.len();
        }
        open.extend(node.children());
    }
    assert!(visited > 10, "{visited}");
    let stopped = read
        .document
        .root()
        .visit_children_of(TypeId::PATIENT.element("name").expect("an element"), |name| {
            ControlFlow::Break(name.path())
        });
    assert_eq!(stopped, ControlFlow::Break("Patient.name[0]".to_owned()));
}

#[test]
fn companions_are_children_of_their_primitives() {
    let text = r#"{"resourceType":"Patient","name":[{"given":["A",null],"_given":[null,{"id":"g2"}]}],"_birthDate":{"extension":[{"url":"u","valueCode":"c"}]},"_active":{"id":"a"},"active":true}"#;
    same(text);
    let read = read(text);
    let root = read.document.root();
    let given: Vec<_> = root.child("name").expect("a name").children().collect();
    assert_eq!(given.len(), 2);
    assert_eq!(
        (
            given[1].has_value(),
            given[1].child("id").and_then(Node::text).as_deref()
        ),
        (false, Some("g2"))
    );
    let birth_date = root.child("birthDate").expect("a birth date");
    assert_eq!(
        (birth_date.type_id(), birth_date.has_value()),
        (Some(TypeId::DATE), false)
    );
    let code = birth_date
        .child("extension")
        .and_then(|one| one.child("value"))
        .expect("a value");
    assert_eq!(code.path(), "Patient.birthDate.extension[0].value");
    let active = root.child("active").expect("active");
    assert_eq!(active.text().as_deref(), Some("true"));
    let id = active.child("id").expect("an id");
    assert_eq!(
        (id.path().as_str(), id.parent()),
        ("Patient.active.id", Some(active))
    );
    assert_eq!(root.children().count(), 3);
}

#[test]
fn companions_alone_are_elements() {
    let text = r#"{"resourceType":"Patient","name":[{"_given":[{"id":"1"},null,{"id":"3"}]}]}"#;
    let read = read(text);
    assert_eq!(read.document.to_json(), text);
    let name = read.document.root().child("name").expect("a name");
    let ids: Vec<_> = name
        .children_named("given")
        .filter_map(|one| one.child("id"))
        .collect();
    assert_eq!(texts(ids.into_iter()), ["1", "3"]);
}

#[test]
fn the_type_may_come_late() {
    let text = r#"{"id":"x","contained":[{"id":"}\"","resourceType":"Organization","name":"n"}],"active":true,"resourceType":"Patient"}"#;
    same(text);
    let read = read(text);
    assert_eq!(read.document.root().type_id(), Some(TypeId::PATIENT));
    let contained = read.document.root().child("contained").expect("a resource");
    assert_eq!(contained.type_id(), Some(TypeId::ORGANIZATION));
    assert_eq!(
        contained.child("name").and_then(Node::type_id),
        Some(TypeId::STRING)
    );
}

#[test]
fn what_the_schema_does_not_have_is_kept() {
    let text =
        r#"{"resourceType":"Patient","favourite":{"a":[1,[2,{"b":null}]],"c\n":[]},"_name":1,"active":true}"#;
    let read = read(text);
    assert_eq!(read.document.to_json(), text);
    let root = read.document.root();
    let unknown = root.child("favourite").expect("an unknown child");
    assert_eq!(
        (unknown.is_known(), unknown.type_id(), unknown.key()),
        (false, None, "favourite")
    );
    assert_eq!(texts(unknown.children_named("a")), ["1", ""]);
    assert_eq!(
        unknown.children().nth(1).map(Node::value_kind),
        Some(ValueKind::Array)
    );
    let codes = codes(text);
    assert_eq!(
        codes,
        [
            ("unknown-element", "Patient".to_owned()),
            ("companion-of-complex", "Patient".to_owned()),
        ]
    );
}

#[test]
fn findings_have_code_and_place() {
    for (members, code, path) in [
        (r#""name":{"family":"F"}"#, "single-for-list", "Patient.name[0]"),
        (r#""gender":["male"]"#, "list-for-single", "Patient.gender[0]"),
        (r#""name":[]"#, "empty-array", "Patient"),
        (r#""maritalStatus":{}"#, "empty-object", "Patient.maritalStatus"),
        (r#""active":null"#, "null", "Patient.active"),
        (
            r#""name":[{"given":["a",null]}]"#,
            "null",
            "Patient.name[0].given[1]",
        ),
        (r#""name":[[{"family":"F"}]]"#, "nested-array", "Patient.name[0]"),
        (
            r#""maritalStatus":"M""#,
            "primitive-for-object",
            "Patient.maritalStatus",
        ),
        (r#""gender":{"a":1}"#, "object-for-primitive", "Patient.gender"),
        (r#""active":"true""#, "wrong-json-type", "Patient.active"),
        (r#""birthDate":1970"#, "wrong-json-type", "Patient.birthDate"),
        (
            r#""multipleBirthInteger":"1""#,
            "wrong-json-type",
            "Patient.multipleBirth",
        ),
        (
            r#""active":true,"active":false"#,
            "duplicate-key",
            "Patient.active",
        ),
        (
            r#""contained":[{"id":"1"}]"#,
            "no-resource-type",
            "Patient.contained[0]",
        ),
        (
            r#""contained":[{"resourceType":"Nobody"}]"#,
            "unknown-resource-type",
            "Patient.contained[0]",
        ),
        (
            r#""contained":[{"resourceType":"HumanName"}]"#,
            "unknown-resource-type",
            "Patient.contained[0]",
        ),
        (
            r#""name":[{"given":["a","b"],"_given":[{"id":"1"}]}]"#,
            "companion-length",
            "Patient.name[0].given[0]",
        ),
        (
            r#""name":[{"family":"\q"}]"#,
            "bad-escape",
            "Patient.name[0].family",
        ),
        (
            r#""name":[{"family":"\ud83d"}]"#,
            "bad-escape",
            "Patient.name[0].family",
        ),
        (
            "\"name\":[{\"family\":\"a\tb\"}]",
            "control-character",
            "Patient.name[0].family",
        ),
        (r#""resourceType":"Group""#, "duplicate-key", "Patient"),
        (
            r#""_birthDate":{"id":"a"},"_birthDate":{"id":"b"}"#,
            "duplicate-key",
            "Patient.birthDate",
        ),
        (
            r#""birthDate":"1970","_birthDate":{"id":"a"},"_birthDate":{"id":"b"}"#,
            "duplicate-key",
            "Patient.birthDate",
        ),
        (
            r#""name":[{"given":["a"],"_given":[{"id":"1"}],"_given":[{"id":"2"},{"id":"3"}]}]"#,
            "duplicate-key",
            "Patient.name[0].given",
        ),
    ] {
        let text = format!("{{\"resourceType\":\"Patient\",{members}}}");
        let found = codes(&text);
        assert!(
            found.iter().any(|one| one.0 == code && one.1.starts_with(path)),
            "{members}: {found:?}"
        );
        assert_eq!(found.len(), 1, "{members}: {found:?}");
    }
}

#[test]
fn a_key_that_is_there_twice_is_kept_twice() {
    let text =
        r#"{"resourceType":"Patient","birthDate":"1970","_birthDate":{"id":"a"},"_birthDate":{"id":"b"}}"#;
    let read = read(text);
    assert_eq!(read.document.to_json(), text);
    let ids = read.document.root().children_named("birthDate");
    assert_eq!(texts(ids.filter_map(|one| one.child("id"))), ["a", "b"]);
    let late = r#"{"id":"a","resourceType":"Patient","resourceType":"Patient"}"#;
    assert_eq!(codes(late), [("duplicate-key", "Patient".to_owned())]);
}

#[test]
fn keys_may_have_escapes() {
    let read = read(r#"{"\u0072esourceType":"Patient","bir\u0074hDate":"1970"}"#);
    assert_eq!(read.findings, []);
    assert_eq!(
        read.document.to_json(),
        r#"{"resourceType":"Patient","birthDate":"1970"}"#
    );
}

#[test]
fn what_is_no_json_is_an_error_with_its_place() {
    for (text, kind, line, column) in [
        ("", ErrorKind::UnexpectedEnd, 1, 1),
        ("[1]", ErrorKind::ExpectedObject, 1, 1),
        ("{\"a\"", ErrorKind::UnexpectedEnd, 1, 5),
        ("{\n a", ErrorKind::ExpectedKey, 2, 2),
        ("{\"a\" 1}", ErrorKind::ExpectedColon, 1, 6),
        ("{\"a\":}", ErrorKind::ExpectedValue, 1, 6),
        ("{\"a\":tru}", ErrorKind::ExpectedValue, 1, 6),
        ("{\"a\":truer}", ErrorKind::ExpectedValue, 1, 6),
        ("{\"a\":01}", ErrorKind::BadNumber, 1, 6),
        ("{\"a\":1.}", ErrorKind::BadNumber, 1, 6),
        ("{\"a\":1 2}", ErrorKind::ExpectedEnd, 1, 8),
        ("{\"a\":[1}", ErrorKind::ExpectedEnd, 1, 8),
        ("{\"a\":1]", ErrorKind::ExpectedEnd, 1, 7),
        ("{\"a\":1,}", ErrorKind::ExpectedKey, 1, 8),
        ("{\"a\":[1,]}", ErrorKind::ExpectedValue, 1, 9),
        ("{\"a\":\"b", ErrorKind::UnexpectedEnd, 1, 8),
        ("{\"a\":\"b\\\"", ErrorKind::UnexpectedEnd, 1, 10),
        ("{} {}", ErrorKind::TrailingText, 1, 4),
        ("\u{0}{\u{0}}\u{0}", ErrorKind::NotUtf8, 1, 1),
    ] {
        let error = Document::from_json(text.as_bytes()).expect_err("an error");
        assert_eq!(
            (error.kind(), error.line(), error.column()),
            (kind, line, column),
            "{text}"
        );
    }
}

#[test]
fn limits_are_kept() {
    let deep = |levels: usize| {
        let mut text = String::from(r#"{"resourceType":"Questionnaire""#);
        for _ in 0..levels {
            text.push_str(r#","item":[{"linkId":"1""#);
        }
        text + &"}]".repeat(levels) + "}"
    };
    let kind = |text: &str, limits: Limits| {
        Document::read_json(text.as_bytes(), &limits)
            .map_err(|error| error.kind())
            .map(drop)
    };
    assert_eq!(kind(&deep(127), Limits::default()), Ok(()));
    assert_eq!(kind(&deep(128), Limits::default()), Err(ErrorKind::TooDeep));
    assert_eq!(
        kind(&"{\"a\":".repeat(100_000), Limits::default()),
        Err(ErrorKind::TooDeep)
    );
    assert_eq!(
        kind(&format!("{{\"a\":{}", "[".repeat(100_000)), Limits::default()),
        Err(ErrorKind::TooDeep)
    );
    assert_eq!(
        kind(&deep(3), Limits::default().max_bytes(10)),
        Err(ErrorKind::TooLarge)
    );
    assert_eq!(
        kind(&deep(3), Limits::default().max_nodes(4)),
        Err(ErrorKind::TooManyNodes)
    );
    let text = format!("{{\"resourceType\":\"Patient\"{}}}", ",\"x\":1".repeat(50));
    let read = Document::read_json(text.as_bytes(), &Limits::default().max_findings(7)).expect("a document");
    assert_eq!((read.findings.len(), read.findings_dropped), (7, 92));
}

#[test]
fn late_types_do_not_make_reading_quadratic() {
    let mut text = String::new();
    for _ in 0..100 {
        text.push_str("{\"entry\":[{\"resource\":");
    }
    text.push_str("{}");
    for _ in 0..100 {
        text.push_str("}],\"resourceType\":\"Bundle\"}");
    }
    let limits = Limits::default().max_depth(1_000);
    let read = Document::read_json(text.as_bytes(), &limits).expect("a document");
    assert_eq!(read.document.root().type_id(), Some(TypeId::BUNDLE));
    assert!(
        read.findings
            .iter()
            .any(|one| one.code() == FindingCode::NoResourceType)
    );
}

#[test]
fn a_mark_and_bad_bytes_are_findings_at_their_places() {
    let read = Document::from_json(b"\xEF\xBB\xBF{\"resourceType\":\"Patient\",\"id\":\"a\xFFb\"}")
        .expect("a document");
    let found: Vec<_> = read
        .findings
        .iter()
        .map(|one| (one.code(), one.offset()))
        .collect();
    assert_eq!(
        found,
        [(FindingCode::ByteOrderMark, 0), (FindingCode::BadUtf8, 36)]
    );
    assert_eq!(
        read.document.root().child("id").and_then(Node::text).as_deref(),
        Some("a?b")
    );
}

#[test]
fn a_data_type_is_read_by_itself() {
    let limits = Limits::default();
    let read =
        Document::read_json_as(&br#"{"given":["A"]}"#[..], TypeId::HUMAN_NAME, &limits).expect("a name");
    assert_eq!(read.findings, []);
    let given = read.document.root().child("given").expect("a given name");
    assert_eq!(
        (given.path().as_str(), given.text().as_deref()),
        ("HumanName.given[0]", Some("A"))
    );
}

#[test]
fn a_resource_that_the_caller_knows_may_say_what_it_is() {
    let read = |text: &'static str| {
        let read = Document::read_json_as(text.as_bytes(), TypeId::PATIENT, &Limits::default());
        read.expect("a document")
    };
    let patient = read(r#"{"active":true,"resourceType" : "Patient"}"#);
    assert_eq!(patient.findings, []);
    assert_eq!(patient.document.root().children().count(), 1);
    let other = read(r#"{"resourceType":"Group","active":true}"#);
    assert_eq!(other.document.root().type_id(), Some(TypeId::PATIENT));
    let found: Vec<_> = other.findings.iter().map(|one| one.code()).collect();
    assert_eq!(found, [FindingCode::UnknownElement]);
}

#[test]
fn json_is_written_in_three_styles() {
    let text = r#"{"z":1,"name":[{"given":["A","B"],"family":"F"}],"_active":{"id":"a"},"active":true,"resourceType":"Patient","e":[]}"#;
    let document = read(text).document;
    assert_eq!(document.to_json(), text);
    let sorted = document.to_json_in(&JsonStyle::compact().order(Order::Schema));
    assert_eq!(
        sorted,
        r#"{"resourceType":"Patient","active":true,"_active":{"id":"a"},"name":[{"family":"F","given":["A","B"]}],"z":1,"e":[]}"#
    );
    let pretty = read(r#"{"resourceType":"Patient","name":[{"given":["A","B"]}],"z":{"y":[[1,[]],{}]}}"#);
    let expected = "{\n  \"resourceType\": \"Patient\",\n  \"name\": [\n    {\n      \"given\": [\n        \"A\",\n        \"B\"\n      ]\n    }\n  ],\n  \"z\": {\n    \"y\": [\n      [\n        1,\n        []\n      ],\n      {}\n    ]\n  }\n}";
    assert_eq!(pretty.document.to_json_pretty(), expected);
}

#[test]
fn text_that_is_no_json_is_mended_when_written() {
    let document = read("{\"resourceType\":\"Patient\",\"id\":\"a\tb\\qc\"}").document;
    assert_eq!(
        document.to_json(),
        r#"{"resourceType":"Patient","id":"a\tb\\qc"}"#
    );
}

#[test]
fn a_document_outlives_its_input() {
    let owned: Document<'static> = {
        let text = String::from(r#"{"resourceType":"Patient","id":"a"}"#);
        read(&text).document.into_owned()
    };
    let taken = Document::from_json_vec(owned.to_json().into_bytes())
        .expect("a document")
        .document;
    assert_eq!(
        taken.root().child("id").and_then(Node::text).as_deref(),
        Some("a")
    );
    assert!(!format!("{owned:?} {:?}", owned.root()).contains("\"a\""));
}

#[test]
fn values_cross_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<(Document<'static>, Node<'static>, Read<'static>, Limits, Schema)>();
}
