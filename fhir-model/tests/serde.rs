//! Documents and typed values through serde.
#![allow(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::Document;
use serde::de::value::MapDeserializer;
use serde::{Deserialize, Serialize};

fn document(json: &str) -> Document<'_> {
    Document::from_json(json.as_bytes()).expect("a document").document
}

/// Everything that JSON has, known and unknown, in an order of its own.
const JSON: &str = concat!(
    r#"{"active":true,"resourceType":"Patient","x":{"y":[1,[],[[-2]],{},null,"\u00e9\n"],"_z":false},"#,
    r#""name":[{"given":["A",null],"_given":[null,{"id":"g"}],"family":"D\u006fe"}],"telecom":[],"#,
    r#""contained":[{"resourceType":"Observation","valueQuantity":{"value":7,"unit":"cm"}}]}"#,
);

#[test]
fn a_document_is_written_in_the_order_of_its_input() {
    let document = document(JSON);
    let written = serde_json::to_string(&document).expect("no failure");
    // Texts are written by serde_json, with its own escapes.
    let expected = JSON.replace("\\u00e9", "\u{e9}").replace("\\u006f", "o");
    assert_eq!(written, expected);
    assert_eq!(
        serde_json::to_string_pretty(&document).expect("no failure"),
        document_of(&expected).to_json_pretty()
    );
    let name = document.root().child("name").expect("a name");
    assert_eq!(
        serde_json::to_string(&name).expect("no failure"),
        r#"{"given":["A",null],"_given":[null,{"id":"g"}],"family":"Doe"}"#
    );
}

fn document_of(json: &str) -> Document<'static> {
    Document::from_json_vec(json.as_bytes().to_vec())
        .expect("a document")
        .document
}

#[test]
fn a_document_is_read_from_text_and_from_a_stream() {
    let document = document(JSON);
    let read: Document<'static> = serde_json::from_str(JSON).expect("a document");
    assert!(read.is_equivalent(&document));
    let read: Document<'_> = serde_json::from_reader(JSON.as_bytes()).expect("a document");
    assert!(read.is_equivalent(&document));
    let value: serde_json::Value = serde_json::from_str(JSON).expect("a value");
    assert_eq!(serde_json::to_value(&document).expect("no failure"), value);
    let read: Document<'_> = serde_json::from_value(value).expect("a document");
    assert!(read.is_equivalent(&document));
}

#[derive(Serialize, Deserialize)]
struct Envelope {
    note: String,
    document: Document<'static>,
    more: Option<Vec<Document<'static>>>,
}

#[test]
fn a_document_is_a_field_of_others() {
    let json = format!(r#"{{"note":"n","document":{JSON},"more":[{JSON},{{"resourceType":"Basic"}}]}}"#);
    let envelope: Envelope = serde_json::from_str(&json).expect("an envelope");
    assert_eq!(envelope.more.as_ref().map(Vec::len), Some(2));
    let written = serde_json::to_string(&envelope).expect("no failure");
    let again: Envelope = serde_json::from_str(&written).expect("an envelope");
    assert!(again.document.is_equivalent(&document(JSON)));
    assert_eq!(again.note, "n");
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Buffered {
    Resource(Document<'static>),
}

/// What serde buffered has numbers of 64 bits.
#[test]
fn a_document_is_read_from_what_serde_buffered() {
    let Buffered::Resource(read) = serde_json::from_str(JSON).expect("a document");
    assert!(read.is_equivalent(&document(JSON)));
}

#[test]
fn any_format_that_describes_itself_will_do() {
    let members = [("resourceType", "Patient"), ("birthDate", "1970\n\"")];
    let format = MapDeserializer::<_, serde::de::value::Error>::new(members.into_iter());
    let read = Document::deserialize(format).expect("a document");
    assert_eq!(
        read.to_json(),
        r#"{"resourceType":"Patient","birthDate":"1970\n\""}"#
    );
}

const DECIMALS: &str = r#"{"resourceType":"Observation","valueQuantity":{"value":1.50},"x":[1e-22,-0.0,123456789012345678901234567890,0.10000000000000000000000000000001,18446744073709551615,-9223372036854775808]}"#;

#[cfg(feature = "serde_json")]
#[test]
fn every_digit_of_a_number_is_kept() {
    let document = document(DECIMALS);
    assert_eq!(serde_json::to_string(&document).expect("no failure"), DECIMALS);
    let read: Document<'_> = serde_json::from_str(DECIMALS).expect("a document");
    assert_eq!(read.to_json(), DECIMALS);
    // What JSON says twice, too.
    let twice = r#"{"resourceType":"Patient","active":true,"active":false,"x":"\u0041"}"#;
    let read: Document<'_> = serde_json::from_str(twice).expect("a document");
    assert_eq!(read.to_json(), twice);
}

#[cfg(not(feature = "serde_json"))]
#[test]
fn numbers_are_the_nearest_ones_without_serde_json() {
    let written = serde_json::to_string(&document(DECIMALS)).expect("no failure");
    assert!(
        written
            .starts_with(r#"{"resourceType":"Observation","valueQuantity":{"value":1.5},"x":[1e-22,-0.0,"#)
    );
    assert!(
        written.ends_with(",18446744073709551615,-9223372036854775808]}"),
        "{written}"
    );
    let too_large = document(r#"{"resourceType":"Basic","x":1e999}"#);
    let error = serde_json::to_string(&too_large).expect_err("no such number");
    assert_eq!(error.to_string(), "a number beyond the range of the format");
}

/// The object by which serde_json gives a number's text, with its feature `arbitrary_precision`.
#[test]
fn the_text_of_a_number_is_taken_where_the_format_gives_it() {
    let json = r#"[{"resourceType":"Basic","x":{"$serde_json::private::Number":"1.50"}}]"#;
    let mut read: Vec<Buffered> = serde_json::from_str(json).expect("documents");
    let Some(Buffered::Resource(read)) = read.pop() else {
        return;
    };
    assert_eq!(read.to_json(), r#"{"resourceType":"Basic","x":1.50}"#);
    let json = json.replace("1.50", "1.50]");
    assert!(serde_json::from_str::<Vec<Buffered>>(&json).is_err());
}

#[test]
fn errors_have_no_value() {
    for json in [
        r#""MARKER""#,
        "[\"MARKER\"]",
        "424242",
        "true",
        "null",
        "-4.24242",
        "{\"MARKER\":424242",
    ] {
        let Err(error) = serde_json::from_str::<Document<'_>>(json) else {
            assert!(json.is_empty(), "{json} is read");
            continue;
        };
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("MARKER") && !shown.contains("424242"), "{shown}");
    }
    let value = serde_json::json!("MARKER");
    let error = serde_json::from_value::<Document<'_>>(value).expect_err("no object");
    assert!(!error.to_string().contains("MARKER"), "{error}");
}

#[test]
fn what_nests_too_deep_is_refused() {
    let deep = |depth: usize| {
        format!(
            r#"{{"resourceType":"Basic","x":{}1{}}}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    let format = |depth: usize| {
        let json = deep(depth);
        let mut reader = serde_json::Deserializer::from_str(&json);
        Document::deserialize(&mut reader).map(|read| read.node_count())
    };
    assert!(format(100).is_ok());
    assert!(format(5_000).is_err());
}

#[cfg(feature = "typed")]
mod typed {
    use carewire_fhir_model::r4::{HumanName, Patient, Resource};
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, Debug, PartialEq)]
    struct Job {
        patient: Patient,
        name: Option<HumanName>,
        any: Vec<Resource>,
    }

    #[test]
    fn typed_values_are_fields_of_others() {
        let json = concat!(
            r#"{"patient":{"resourceType":"Patient","active":true,"_active":{"id":"a"},"shoeSize":43},"#,
            r#""name":{"family":"Doe","given":["Ann"]},"#,
            r#""any":[{"resourceType":"Basic","id":"b"},{"resourceType":"Nobody","id":"n"}]}"#,
        );
        let job: Job = serde_json::from_str(json).expect("a job");
        assert_eq!(job.patient.active, Some(true));
        assert_eq!(
            job.name.as_ref().and_then(|name| name.family.as_deref()),
            Some("Doe")
        );
        assert_eq!(serde_json::to_string(&job).expect("no failure"), json);
        let value = serde_json::to_value(&job).expect("no failure");
        let again: Job = serde_json::from_value(value).expect("a job");
        // A resource without a type is kept as its JSON, whose keys a `serde_json::Value` sorts.
        assert_eq!((again.patient, again.name), (job.patient, job.name));
        assert_eq!(again.any.first(), job.any.first());
    }

    #[test]
    fn primitives_are_fields_of_others() {
        use carewire_fhir_model::typed::{Date, DateTime, Decimal, FhirString, Instant, Time};

        #[derive(Serialize, Deserialize, Debug, PartialEq)]
        struct Row {
            date: Date,
            from: DateTime,
            at: Instant,
            time: Time,
            text: FhirString,
            weights: Vec<Decimal>,
        }

        let json = concat!(
            r#"{"date":"1970-03","from":"2024","at":"2024-05-01T10:00:00.50Z","time":"10:30:00.0","#,
            r#""text":"a\"b","weights":[1.5,-70,1e-22]}"#,
        );
        let row: Row = serde_json::from_str(json).expect("a row");
        assert_eq!(row.text, "a\"b");
        assert_eq!(serde_json::to_string(&row).expect("no failure"), json);
        let digits = serde_json::from_str::<Decimal>("1.50").expect("a decimal");
        let kept = if cfg!(feature = "serde_json") {
            "1.50"
        } else {
            "1.5"
        };
        assert_eq!(serde_json::to_string(&digits).expect("no failure"), kept);
        for wrong in [r#""1970-13""#, "1970", "{}", "[]", "null"] {
            let error = serde_json::from_str::<Date>(wrong).expect_err("no date");
            assert!(!error.to_string().contains("1970"), "{error}");
        }
        assert!(serde_json::from_str::<Decimal>("\"1.5\"").is_err());
    }

    #[test]
    fn a_resource_of_another_type_is_refused() {
        let error = serde_json::from_str::<Patient>(r#"{"resourceType":"Basic","id":"MARKER"}"#)
            .expect_err("refused");
        assert!(
            error.to_string().starts_with("the resource is of another type"),
            "{error}"
        );
        assert!(!error.to_string().contains("MARKER"));
    }
}
