//! What holds for every document: no panic, three costs that agree, outcomes that are valid, and no value in any text.

use carewire_fhir_model::Document;
use carewire_testkit::markers::{Markers, assert_none};
use carewire_validate::{Hl7Validator, Report, Validator, to_sarif};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Keys that lead deep into the rules, and some that lead nowhere.
const KEYS: &[&str] = &[
    "resourceType",
    "id",
    "meta",
    "text",
    "div",
    "status",
    "contained",
    "extension",
    "modifierExtension",
    "url",
    "name",
    "given",
    "_given",
    "family",
    "_family",
    "birthDate",
    "gender",
    "active",
    "reference",
    "subject",
    "entry",
    "fullUrl",
    "resource",
    "type",
    "request",
    "response",
    "link",
    "value",
    "valueQuantity",
    "valueString",
    "valueBoolean",
    "deceasedBoolean",
    "deceasedDateTime",
    "code",
    "coding",
    "system",
    "display",
    "identifier",
    "photo",
    "data",
    "size",
    "contentType",
    "unheardOf",
    "timestamp",
    "total",
    "parameter",
    "multipleBirthInteger",
    "component",
    "_birthDate",
    "generalPractitioner",
    "managingOrganization",
];

const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "Patient",
    "Bundle",
    "Observation",
    "Parameters",
    "Resource",
    "document",
    "message",
    "collection",
    "final",
    "male",
    "#",
    "#a",
    "Patient/a",
    "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
    "http://example.org/Patient/a",
    "2024-02-30",
    "2024",
    "SGk=",
    "<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>",
    "<div><",
    "&",
    "\u{0}",
    "\u{10ffff}",
    "true",
];

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => prop::sample::select(TEXTS).prop_map(|text| json!(text)),
        1 => any::<bool>().prop_map(|value| json!(value)),
        1 => any::<i64>().prop_map(|value| json!(value)),
        1 => any::<f64>().prop_map(|value| json!(value)),
        1 => Just(Value::Null),
        1 => any::<String>().prop_map(|text| json!(text)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(6, 80, 8, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            3 => prop::collection::vec((prop::sample::select(KEYS), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())),
        ]
    })
}

fn resource() -> impl Strategy<Value = Value> {
    let types =
        prop::sample::select(&["Patient", "Bundle", "Observation", "Parameters", "Questionnaire"][..]);
    (
        types,
        prop::collection::vec((prop::sample::select(KEYS), value()), 0..10),
    )
        .prop_map(|(name, members)| {
            let mut object: Map<String, Value> = members
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect();
            object.insert("resourceType".into(), json!(name));
            Value::Object(object)
        })
}

/// Every text that a report can make.
fn texts(report: &Report) -> String {
    let issues: String = report
        .issues()
        .iter()
        .map(|issue| format!("{issue}\n{issue:?}\n"))
        .collect();
    format!(
        "{issues}{report:?}{}{}{}",
        report.to_text("input"),
        report.to_json(),
        to_sarif([("input", report)])
    )
}

fn agree(bytes: &[u8]) -> Report {
    let validator = Validator::r4();
    let report = validator.validate_json(bytes);
    assert_eq!(validator.is_valid_json(bytes), report.is_valid());
    let first = validator.first_issue_json(bytes);
    assert_eq!(first.is_none(), report.is_valid());
    assert!(first.is_none_or(|first| first.severity().is_error() && report.issues().contains(&first)));
    let outcome = validator.validate(&report.to_operation_outcome());
    assert_eq!(outcome.issues(), [], "an OperationOutcome is valid");
    assert!(serde_json::from_str::<Value>(&to_sarif([("a", &report)])).is_ok());
    report
}

fn agree_on_xml(xml: &[u8]) -> Report {
    let validator = Validator::r4();
    let report = validator.validate_xml(xml);
    assert_eq!(validator.is_valid_xml(xml), report.is_valid());
    assert_eq!(validator.first_issue_xml(xml).is_none(), report.is_valid());
    report
}

/// Puts a marker into every string value and unknown key.
fn plant(value: &mut Value, markers: &mut Markers) {
    match value {
        Value::String(text) => *text = format!("{}{text}", markers.marker()),
        Value::Array(items) => items.iter_mut().for_each(|item| plant(item, markers)),
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                if !(key == "resourceType" || key == "type" && member == "message") {
                    plant(member, markers);
                }
            }
            if members.contains_key("unheardOf") {
                members.insert(markers.marker(), json!(1));
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn any_bytes_are_judged(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        agree(&bytes);
        let _ = Hl7Validator::new().validate_bytes(&bytes);
    }

    #[test]
    fn any_text_that_looks_like_json_is_judged(text in "[{}\\[\\],:\"a0\\\\ntrue]{0,60}") {
        agree(text.as_bytes());
    }

    #[test]
    fn any_text_that_looks_like_xml_is_judged(text in "[<>/a=\"& P]{0,60}") {
        let xml = format!("<Patient xmlns=\"http://hl7.org/fhir\">{text}</Patient>");
        agree_on_xml(xml.as_bytes());
    }

    #[test]
    fn the_xml_of_any_resource_is_judged(value in resource()) {
        let mut value = value;
        plant(&mut value, &mut Markers::default());
        let json = value.to_string();
        let read = Document::from_json(json.as_bytes()).expect("an object");
        let report = agree_on_xml(read.document.to_xml().as_bytes());
        assert_none("a report", &texts(&report));
    }

    #[test]
    fn any_resource_is_judged(value in resource()) {
        agree(value.to_string().as_bytes());
    }

    #[test]
    fn no_value_is_in_any_text(value in resource()) {
        let mut value = value;
        plant(&mut value, &mut Markers::default());
        let report = agree(value.to_string().as_bytes());
        assert_none("a report", &texts(&report));
    }

    #[test]
    fn no_value_of_a_message_is_in_any_text(fields in prop::collection::vec("[A-Za-z0-9^&~\\\\ ]{0,8}", 0..12)) {
        let message = format!("MSH|^~\\&|A|B|||20240102||ADT^A01|1|P|2.5\r PID|{}\rx\r", fields.join("|"));
        let planted = Markers::default().plant_er7(&message, &["MSH-9", "MSH-12"]);
        assert_none("a report", &texts(&Hl7Validator::new().validate_bytes(planted.as_bytes())));
    }
}

#[test]
fn public_values_cross_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Validator>();
    crosses::<Hl7Validator>();
    crosses::<Report>();
    crosses::<carewire_validate::Issue>();
    crosses::<carewire_validate::Limits>();
    crosses::<&'static carewire_validate::Rule>();
}
