//! Typed values as sources and targets: what documents give.
#![expect(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::r4::{Bundle, Organization, Patient, Person};
use carewire_fhir_model::{Document, from_json, to_json};
use carewire_hl7v2::Message;
use carewire_mapping::{Context, Input, MapErrorKind, Maps, Options, fhir_to_v2, v2_to_fhir};

fn context() -> Context<'static> {
    Context::at("2024-02-01T10:00:00Z".parse().expect("a time"))
}

const MAP: &str = "/// url = 'http://example.org/m'\n\
    uses 'http://hl7.org/fhir/StructureDefinition/Patient' alias Patient as source\n\
    uses 'http://hl7.org/fhir/StructureDefinition/Person' alias Person as target\n\
    uses 'http://example.org/log' alias Log as target\n\
    group m(source src : Patient, target tgt : Person, target log : Log) {\n\
      src.name -> tgt.name;\n  src.birthDate as d -> tgt.birthDate = d, log.born = d;\n  src.gender -> tgt.gender;\n}";

const PATIENT: &[u8] = br#"{"resourceType":"Patient","name":[{"family":"Doe","given":["Ann","B"],"_given":[null,{"id":"g"}]}],"gender":"female","birthDate":"1980-02"}"#;

#[test]
fn a_typed_value_is_mapped_as_its_document() {
    let maps = Maps::compile(&[("m.map", MAP)], &Options::default()).expect("the map is compiled");
    let patient: Patient = from_json(PATIENT).expect("a patient").value;
    let typed = maps
        .transform_typed("http://example.org/m", &patient, &context())
        .expect("the value is mapped");
    let document = Document::from_json(PATIENT).expect("a document").document;
    let plain = maps
        .transform(
            "http://example.org/m",
            &[Input::Node(document.root())],
            &context(),
        )
        .expect("the document is mapped");
    assert_eq!(typed.targets, plain.targets);

    let first = typed.targets.first().expect("a person");
    let person: Person = first.typed().expect("a person").value;
    assert_eq!(to_json(&person).as_bytes(), first.to_bytes());
    let other = first
        .typed::<Organization>()
        .map(|_| ())
        .expect_err("a person is no organization");
    assert_eq!(other.kind(), MapErrorKind::Typed);
    let log = typed.targets.get(1).expect("a log");
    let none = log.typed::<Person>().map(|_| ()).expect_err("a log is no FHIR");
    assert_eq!(none.kind(), MapErrorKind::NoDocument);
}

#[test]
fn a_message_becomes_a_typed_bundle_and_a_typed_bundle_a_message() {
    let message = Message::parse(
        b"MSH|^~\\&|LAB|HOSP|||20240201101500+0000||ADT^A08^ADT_A01|1|P|2.5.1\rEVN||20240201101500+0000\rPID|1||7^^^HOSP^MR||Doe^Ann\r",
    )
    .expect("a message");
    let outcome = v2_to_fhir()
        .run(&message, &context())
        .expect("the message is mapped");
    let bundle: Bundle = outcome.typed().expect("a Bundle").value;
    let back = fhir_to_v2()
        .transform_typed("urn:carewire:maps:back:message:ADT", &bundle, &context())
        .expect("the Bundle is mapped");
    assert_eq!(
        back.targets.first().map(|target| target.to_bytes()),
        Some(message.as_bytes().to_vec())
    );
}
