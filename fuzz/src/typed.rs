//! Typed values of FHIR. A file of its own: `fhir-model/tests/fuzz_replay.rs` includes it, for there alone every type is built.

use carewire_fhir_model::r4::Resource;
use carewire_fhir_model::{
    Document, Finding, Read, Typed, from_document, from_json, from_xml, to_json, to_xml,
};

/// Reads a resource, of JSON or XML, straight into its type and over a document: values and findings are the same. What is
/// written reads back as the same value.
pub fn fhir_typed(data: &[u8]) {
    let is_xml = data.trim_ascii_start().first() == Some(&b'<');
    let (read, typed) = if is_xml {
        (Document::from_xml(data), from_xml::<Resource>(data))
    } else {
        (Document::from_json(data), from_json::<Resource>(data))
    };
    let typed = match (read, typed) {
        (Ok(read), typed) => match (from_document::<Resource>(&read.document), typed) {
            (Ok(over), Ok(typed)) => alike(&read, &over, typed),
            (Err(over), Err(typed)) => return assert_eq!(over.kind(), typed.kind()),
            (over, typed) => return assert_eq!(over.is_ok(), typed.is_ok(), "both ways read it"),
        },
        (Err(read), typed) => return assert_eq!(typed.err(), Some(read)),
    };
    let written = to_json(&typed.value);
    let again = from_json::<Resource>(written.as_bytes()).map(|it| it.value);
    assert!(
        again.is_ok_and(|again| again == typed.value),
        "what is written is the value"
    );
    if typed.findings.is_empty() {
        let again = to_xml(&typed.value).and_then(|xml| from_xml::<Resource>(xml.as_bytes()));
        assert!(
            again.is_ok(),
            "what has no findings is written as XML that reads back"
        );
    }
}

/// Asserts that both ways gave the same value and findings, and gives one.
fn alike(read: &Read<'_>, over: &Typed<Resource>, typed: Typed<Resource>) -> Typed<Resource> {
    assert!(typed.value == over.value, "the value is that of the document");
    assert_eq!(to_json(&typed.value), to_json(&over.value));
    let total = |kept: &[Finding], dropped| kept.len() + dropped;
    assert_eq!(
        total(&typed.findings, typed.findings_dropped),
        total(&read.findings, read.findings_dropped) + total(&over.findings, over.findings_dropped),
        "the findings are those of the document and of the types"
    );
    typed
}
