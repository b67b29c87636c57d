#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use carewire_hl7v2::Message;
use carewire_mapping::{BundleKind, Context, Options, Severity, v2_to_fhir};

const ADMISSION: &[u8] = b"MSH|^~\\&|ADT|HOSP|RCV|RF|20240201103000+0100||ADT^A01^ADT_A01|17|T|2.5.1\r\
    EVN|A01|20240201103000\rPID|1||7^^^HOSP^MR||Doe^Ann^\"\"||19800229|F\rPV1|1|I|W^1^2^HOSP\r";

fn context() -> Context<'static> {
    Context::at("2024-02-01T10:00:00Z".parse().unwrap())
}

#[test]
fn the_standard_maps_compile() {
    let worst: Vec<String> = v2_to_fhir().warnings().iter().map(ToString::to_string).collect();
    assert!(!v2_to_fhir().entries().is_empty(), "{}", worst.join("\n"));
    assert!(worst.is_empty(), "{}", worst.join("\n"));
}

#[test]
fn the_same_message_gives_the_same_bytes() {
    let msg = Message::parse(ADMISSION).unwrap();
    let first = v2_to_fhir().run(&msg, &context()).unwrap();
    let again = v2_to_fhir().run(&msg, &context()).unwrap();
    assert_eq!(first.bundle.to_json(), again.bundle.to_json());
    let mut json = Vec::new();
    v2_to_fhir().run_json(&msg, &context(), &mut json).unwrap();
    assert_eq!(String::from_utf8(json).unwrap(), first.bundle.to_json());
    assert!(
        first
            .findings
            .iter()
            .all(|finding| finding.severity() != Severity::Error),
        "{:?}",
        first.findings
    );
    assert!(
        first
            .findings
            .iter()
            .any(|finding| finding.path() == Some("PID-5.3")),
        "{:?}",
        first.findings
    );
}

#[test]
fn the_kind_of_bundle_is_the_callers() {
    let msg = Message::parse(ADMISSION).unwrap();
    for kind in [
        BundleKind::Message,
        BundleKind::Transaction,
        BundleKind::Collection,
    ] {
        let out = v2_to_fhir().run(&msg, &context().bundle(kind)).unwrap();
        let found = out
            .bundle
            .root()
            .child("type")
            .and_then(|kind| kind.text().map(|text| text.into_owned()));
        assert_eq!(found.as_deref(), Some(kind.as_str()));
    }
}

#[test]
fn maps_are_shared_by_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<carewire_mapping::Maps>();
    shared::<carewire_mapping::Outcome>();
    shared::<Options>();
}
