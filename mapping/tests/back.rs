//! Messages through the standard maps to FHIR and back, compared as a whole.
#![expect(clippy::expect_used, reason = "a test")]

use std::fmt::Write as _;
use std::path::Path;

use carewire_fhir_model::Document;
use carewire_hl7v2::Message;
use carewire_mapping::{
    Context, Input, MapErrorKind, Maps, Options, Output, fhir_to_v2, fhir_to_v2_files, v2_to_fhir,
};
use carewire_testkit::golden;

fn data(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(path)
}

fn context() -> Context<'static> {
    Context::at("2026-01-01T00:00:00Z".parse().expect("a time"))
}

fn forward(message: &Message<'_>) -> Document<'static> {
    let out = v2_to_fhir().run(message, &context());
    out.expect("the message is converted").bundle
}

/// The message of a Bundle, and what was found, without the lines of the maps.
fn back(bundle: &Document<'_>) -> (Message<'static>, String) {
    let mut out = fhir_to_v2()
        .transform_bundle(bundle.root(), &context())
        .expect("the Bundle is converted");
    let mut findings = String::new();
    for finding in &out.findings {
        let text = finding.to_string();
        let text = text.rsplit_once(" (").map_or(text.as_str(), |(before, _)| before);
        writeln!(findings, "{text}").expect("a string takes all");
    }
    let message = match out.targets.pop() {
        Some(Output::Message(message)) => Some(*message),
        _ => None,
    };
    (message.expect("the target is a message"), findings)
}

fn shown(message: &Message<'_>, findings: &str) -> String {
    String::from_utf8_lossy(message.as_bytes()).replace('\r', "\n") + findings
}

fn check(name: &str) {
    let bytes = std::fs::read(data(&format!("convert/{name}.hl7"))).expect("the message is there");
    let message = Message::parse(&bytes).expect("the message parses");
    let (once, findings) = back(&forward(&message));
    golden::check(
        &data(&format!("back/{name}.expected.hl7")),
        &shown(&once, &findings),
    );
    // What has gone there and back stays as it is from then on: displays and defaults are filled in once.
    let (twice, _) = back(&forward(&once));
    let (thrice, _) = back(&forward(&twice));
    assert_eq!(shown(&thrice, ""), shown(&twice, ""), "{name}");
}

macro_rules! there_and_back {
    ($($test:ident: $name:literal;)*) => {$(
        #[test]
        fn $test() {
            check($name);
        }
    )*};
}

there_and_back! {
    german_admission: "adt-a01-de";
    discharge: "adt-a03-28";
    update: "adt-a08-us-nulls";
    no_visit: "adt-a31-no-visit";
    chemistry: "oru-251-chemistry";
    names: "adt-a08-names";
    public_health: "oru-251-public-health";
    documents: "oru-28-documents";
    narrative: "oru-23-narrative";
    value_types: "oru-types";
    order: "orm-o01";
    laboratory_order: "oml-o21";
    appointment: "siu-s12";
    vaccines: "vxu-v04";
}

/// A Bundle that none of our maps made, with references by id, a contact without a related person and what HL7 must escape.
#[test]
fn a_bundle_of_somebody_else() {
    let bytes = std::fs::read(data("back/bundle.json")).expect("the Bundle is there");
    let bundle = Document::from_json(&bytes).expect("the Bundle is read").document;
    let (message, findings) = back(&bundle);
    golden::check(&data("back/bundle.expected.hl7"), &shown(&message, &findings));
    let read = Message::parse(message.as_bytes()).expect("the message parses");
    let text = read.find("NTE-3").expect("a path").expect("a note");
    assert_eq!(text.text(), "5|6^7~8\\9&0");
}

#[test]
fn a_bundle_without_an_event_needs_the_url_of_a_map() {
    let json = br#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"1","gender":"male"}}]}"#;
    let bundle = Document::from_json(json).expect("the Bundle is read").document;
    let refused = fhir_to_v2().transform_bundle(bundle.root(), &context());
    assert_eq!(
        refused
            .map(|_| ())
            .map_err(|error| (error.kind(), error.to_string())),
        Err((
            MapErrorKind::NoEntry,
            "there is no MessageHeader whose event could choose a map".to_owned()
        ))
    );
    let out = fhir_to_v2().transform(
        "urn:carewire:maps:back:message:ADT",
        &[Input::Node(bundle.root())],
        &context(),
    );
    let bytes = out
        .expect("the Bundle is converted")
        .targets
        .first()
        .map(Output::to_bytes);
    let text = String::from_utf8(bytes.expect("a message")).expect("text");
    assert!(
        text.contains("|ADT^A08^ADT_A01|") && text.ends_with("PID|1|||||||M\r"),
        "{text}"
    );
}

/// A site lays its own group over a standard one, as it does for the way to FHIR.
#[test]
fn a_site_lays_its_map_over_the_way_back() {
    let own = "/// url = 'http://example.org/maps/units'\n/// carewire = 'superset'\n\
        /// carewire.overlay = 'urn:carewire:maps:back:datatype:CWE'\n\
        group UnitCWE(source q : Quantity, target cwe) {\n  q.unit as v -> cwe.c2 = v;\n}\n";
    let mut files = vec![("units.map", own)];
    files.extend(fhir_to_v2_files());
    let maps = Maps::compile(&files, &Options::default()).expect("the maps are compiled");
    let bytes = std::fs::read(data("back/bundle.json")).expect("the Bundle is there");
    let bundle = Document::from_json(&bytes).expect("the Bundle is read").document;
    let out = maps
        .transform_bundle(bundle.root(), &context())
        .expect("the Bundle is converted");
    let text = String::from_utf8(out.targets.first().expect("a message").to_bytes()).expect("text");
    assert!(text.contains("|^millimole per litre|"), "{text}");
}
