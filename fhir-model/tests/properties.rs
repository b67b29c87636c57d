//! What holds for every input: no panic, what is written reads the same, and no value in any message.
#![allow(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::build::Builder;
use carewire_fhir_model::schema::{Property, Schema, TypeId};
use carewire_fhir_model::{Document, JsonStyle, Limits, Node, Order, Read};
use carewire_testkit::markers::{Markers, assert_none};
use proptest::prelude::*;

/// JSON that often has the keys of a Patient or Bundle, and often the wrong values.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
        "[a-z\u{e9}\u{1F600} ]{0,20}".prop_map(|text| format!("\"{text}\"")),
        Just("\"a\\n\\u00e9\\ud83d\\ude00\\\"\"".to_owned()),
        Just("\"Patient\"".to_owned()),
    ];
    let key = prop_oneof![
        4 => proptest::sample::select(vec![
            "resourceType", "id", "_id", "name", "given", "_given", "family", "birthDate", "_birthDate", "extension",
            "url", "valueString", "valueQuantity", "contained", "entry", "resource", "text", "div", "modifierExtension",
        ])
        .prop_map(str::to_owned),
        1 => "[a-zA-Z_]{1,20}",
    ];
    let value = leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            object(key.clone(), inner),
        ]
    });
    ("(\"resourceType\":\"(Patient|Bundle|Nobody)\",)?", value).prop_map(|(head, value)| {
        let head = head.as_str();
        format!("{{{head}\"name\":{value},\"contained\":[{value}],\"x\":{value}}}")
    })
}

fn object(
    key: impl Strategy<Value = String> + 'static,
    value: impl Strategy<Value = String> + 'static,
) -> impl Strategy<Value = String> {
    proptest::collection::vec((key, value, "[ \n\t]{0,9}"), 0..6).prop_map(|members| {
        let members: Vec<String> = members
            .into_iter()
            .map(|(key, value, space)| format!("{space}\"{key}\"{space}:{space}{value}"))
            .collect();
        format!("{{{}}}", members.join(","))
    })
}

/// Goes everywhere and asks everything.
fn visit(document: &Document<'_>) -> usize {
    let mut seen = 0;
    let mut work = vec![document.root()];
    while let Some(node) = work.pop() {
        seen += 1;
        let _ = (
            node.text(),
            node.name(),
            node.key(),
            node.line_column(),
            node.property(),
            node.type_id(),
        );
        if seen < 40 {
            assert!(node.path().len() > 1 || !node.is_known());
            if let Some(parent) = node.parent() {
                assert!(parent.children().any(|child| child == node), "{node:?}");
            }
        }
        work.extend(node.children());
    }
    seen
}

/// What `to_json` must keep: names, texts, types, order.
fn facts(document: &Document<'_>) -> Vec<String> {
    let mut facts = Vec::new();
    let mut work = vec![document.root()];
    while let Some(node) = work.pop() {
        facts.push(format!(
            "{} {:?} {:?} {:?}",
            node.key(),
            node.type_id(),
            node.text(),
            node.value_kind()
        ));
        work.extend(node.children());
    }
    facts
}

fn messages(read: &Read<'_>) -> String {
    let nodes: Vec<Node<'_>> = (0..read.document.node_count() as u32)
        .filter_map(|at| read.document.node(at))
        .collect();
    let findings: String = read
        .findings
        .iter()
        .map(|one| format!("{one} {one:?}\n"))
        .collect();
    format!("{findings}{:?}{nodes:?}{:?}", read.document, read)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(read) = Document::from_json(&bytes) {
            visit(&read.document);
        }
    }

    #[test]
    fn any_text_with_brackets_is_an_answer(text in "[{}\\[\\]\":,a0 \\\\né-]{0,80}") {
        if let Ok(read) = Document::from_json(format!("{{\"a\":{text}").as_bytes()) {
            visit(&read.document);
        }
    }

    #[test]
    fn what_is_written_reads_the_same(text in json()) {
        let read = Document::from_json(text.as_bytes()).expect("a document");
        visit(&read.document);
        let written = read.document.to_json();
        let again = Document::from_json(written.as_bytes()).expect("a document");
        prop_assert_eq!(again.document.to_json(), written.clone());
        prop_assert_eq!(facts(&read.document), facts(&again.document));
        let pretty = read.document.to_json_pretty();
        let pretty = Document::from_json(pretty.as_bytes()).expect("a document");
        prop_assert_eq!(pretty.document.to_json(), written);
        let sorted = read.document.to_json_in(&JsonStyle::compact().order(Order::Schema));
        let sorted = Document::from_json(sorted.as_bytes()).expect("a document");
        prop_assert_eq!(facts(&sorted.document).len(), facts(&read.document).len());
    }

    #[test]
    fn cut_anywhere_it_is_an_error_at_the_cut_or_before(text in json(), part in 0.0..1.0_f64) {
        let mut cut = (text.len() as f64 * part) as usize;
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        let error = Document::from_json(&text.as_bytes()[..cut]).expect_err("an error");
        prop_assert!(error.offset() <= cut);
    }

    #[test]
    fn builders_make_what_readers_read(choices in proptest::collection::vec(any::<u16>(), 1..60)) {
        let mut builder = Builder::new(Schema::r4());
        let root = builder.resource(TypeId::PATIENT);
        let mut nodes = vec![root];
        for pair in choices.chunks(2) {
            let parent = nodes[usize::from(pair[0]) % nodes.len()];
            let properties = builder.type_id(parent).properties();
            let property = &properties[usize::from(*pair.last().unwrap_or(&0)) % properties.len()];
            if let Ok(id) = add(&mut builder, parent, property) {
                nodes.push(id);
            }
        }
        let document = builder.finish(root);
        let mut json = Vec::new();
        builder.write_json(root, &mut json);
        prop_assert!(document.to_json().as_bytes() == json.as_slice());
        let read = Document::from_json(&json).expect("a document");
        prop_assert_eq!(read.findings.len(), 0, "{:?}", read.findings);
        prop_assert_eq!(facts(&read.document), facts(&document));
        visit(&document);
    }
}

fn add(
    builder: &mut Builder<'_>,
    parent: carewire_fhir_model::build::BuildId,
    property: &'static Property,
) -> Result<carewire_fhir_model::build::BuildId, carewire_fhir_model::build::BuildError> {
    let ty = if property.type_id() == TypeId::RESOURCE {
        TypeId::GROUP
    } else {
        property.type_id()
    };
    match property.json_form() {
        Some(carewire_fhir_model::schema::JsonForm::String) => {
            builder.set_text(parent, property.slot(), ty, "a\"b")
        }
        Some(carewire_fhir_model::schema::JsonForm::Number) => {
            builder.set_text(parent, property.slot(), ty, "1.50")
        }
        Some(carewire_fhir_model::schema::JsonForm::Boolean) => {
            builder.set_text(parent, property.slot(), ty, "true")
        }
        None => builder.add(parent, property.slot(), ty),
    }
}

#[cfg(feature = "xml")]
proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_xml_like_text_is_an_answer(text in "[<>/=\"'&;a! \\[\\]?-]{0,80}") {
        for text in [text.clone(), format!("<Patient xmlns=\"http://hl7.org/fhir\">{text}</Patient>")] {
            if let Ok(read) = Document::from_xml(text.as_bytes()) {
                visit(&read.document);
                let again = Document::from_xml(read.document.to_xml().as_bytes()).expect("a document");
                prop_assert_eq!(again.document.to_xml(), read.document.to_xml());
            }
        }
    }

    #[test]
    fn any_json_is_written_as_xml_that_reads(text in json()) {
        let read = Document::from_json(text.as_bytes()).expect("a document");
        let xml = read.document.to_xml();
        let again = Document::from_xml(xml.as_bytes()).expect("a document");
        prop_assert_eq!(again.document.to_xml(), Document::from_xml(again.document.to_xml().as_bytes()).expect("a document").document.to_xml());
    }
}

/// Everything that can be wrong, with a marker wherever the input has text of its own.
const WRONG: [&str; 16] = [
    r#"{"resourceType":"Patient","@":"@","name":[{"family":"@","@":{"@":["@"]}}],"gender":["@"]}"#,
    r#"{"resourceType":"Patient","name":"@","birthDate":{"@":"@"},"active":"@","multipleBirthInteger":"@"}"#,
    r#"{"resourceType":"@","name":"@"}"#,
    r#"{"resourceType":"Patient","contained":[{"resourceType":"@","id":"@"}],"_name":"@","_@":"@"}"#,
    r#"{"resourceType":"Patient","id":"@\q","language":"@","id":"@","@":1,"@":2}"#,
    r#"{"resourceType":"Patient","name":[{"given":["@","@"],"_given":[{"id":"@"}]}]}"#,
    r#"{"resourceType":"Patient","name":[["@"]],"id":"@"#,
    r#"{"resourceType":"Patient","id":@}"#,
    r#"{"resourceType":"Patient","id":"@" "@"}"#,
    r#"{"resourceType":"Patient","@"}"#,
    r#"{"@":"@","resourceType":["@"]} @"#,
    r#"<Patient xmlns="http://hl7.org/fhir"><id value="@">@</id><x value="@"/><y z="@">@</y></Patient>"#,
    r#"<Patient xmlns="http://hl7.org/fhir"><id value="@"></Patient>"#,
    r#"<Patient xmlns="@"><id value="&@;"/><contained><x/></contained></Patient>"#,
    r#"<Patient a="@" a="@"/>"#,
    r#"<!DOCTYPE @><Patient/>"#,
];

#[test]
fn no_message_holds_text_of_the_input() {
    let mut markers = Markers::default();
    for template in WRONG {
        let text = markers.plant(template, "@");
        let json = Document::read_json(text.as_bytes(), &Limits::default());
        match json {
            Ok(read) => assert_none(template, &messages(&read)),
            Err(error) => assert_none(template, &format!("{error} {error:?}")),
        }
        #[cfg(feature = "xml")]
        match Document::from_xml(text.as_bytes()) {
            Ok(read) => assert_none(template, &messages(&read)),
            Err(error) => assert_none(template, &format!("{error} {error:?}")),
        }
    }
}

#[test]
fn no_message_of_a_builder_holds_a_text() {
    let mut markers = Markers::default();
    let mut builder = Builder::new(Schema::r4());
    let patient = builder.resource(TypeId::PATIENT);
    let gender = TypeId::PATIENT.element("gender").expect("an element").slot();
    for variant in [TypeId::CODE, TypeId::CODE, TypeId::STRING, TypeId::HUMAN_NAME] {
        if let Err(error) = builder.set_text(patient, gender, variant, &markers.marker()) {
            assert_none("set_text", &format!("{error} {error:?}"));
        }
    }
    assert_none("builder", &format!("{builder:?} {:?}", builder.finish(patient)));
}
