//! Patches: what each operation makes of a resource, and how each fault is told.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test")]

use carewire_fhir_model::Document;
use carewire_fhirpath::{Limits, Patch, PatchError};
use proptest::prelude::*;
use serde_json::{Value, json};

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p1","identifier":[{"value":"a"},{"value":"b"},{"value":"c"},{"value":"d"}],"active":true,"name":[{"use":"official","family":"Doe","given":["Ann","Lee"],"_given":[null,{"id":"g2"}]},{"use":"usual","given":["Annie"]}],"shoeSize":43.0,"deceasedBoolean":false}"#;

/// Parameters of operations in short: `{"type": .., "path": .., "name": .., "index": .., "value": {"valueDate": ..}}`.
fn parameters(operations: &Value) -> String {
    let operation = |operation: &Value| {
        let parts: Vec<Value> = operation
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, given)| match name.as_str() {
                "type" => json!({"name": "type", "valueCode": given}),
                "index" | "source" | "destination" => json!({"name": name, "valueInteger": given}),
                "value" => {
                    let mut part = json!({"name": "value"});
                    part.as_object_mut()
                        .unwrap()
                        .extend(given.as_object().unwrap().clone());
                    part
                }
                _ => json!({"name": name, "valueString": given}),
            })
            .collect();
        json!({"name": "operation", "part": parts})
    };
    let all: Vec<Value> = operations.as_array().unwrap().iter().map(operation).collect();
    json!({"resourceType": "Parameters", "parameter": all}).to_string()
}

fn compiled(operations: &Value) -> Patch {
    let text = parameters(operations);
    Patch::compile(&Document::from_json(text.as_bytes()).unwrap().document).unwrap()
}

fn applied(operations: &Value, resource: &str) -> Result<String, PatchError> {
    let document = Document::from_json(resource.as_bytes()).unwrap().document;
    let patched = compiled(operations).apply(&document)?;
    // Done or refused, the document stays as it is.
    assert_eq!(document.to_json(), resource);
    Ok(patched.to_json())
}

/// The patient with some of its text replaced.
fn patient(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(PATIENT.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text.replace(from, to)
    })
}

#[test]
fn each_operation_does_what_it_says() {
    let text = |text: &str| json!({ "valueString": text });
    let identifiers = r#"[{"value":"a"},{"value":"b"},{"value":"c"},{"value":"d"}]"#;
    let end = r#""deceasedBoolean":false}"#;
    let cases = [
        // add
        (
            json!([{"type": "add", "path": "Patient", "name": "birthDate", "value": {"valueDate": "1970-03-01"}}]),
            patient(&[(end, r#""deceasedBoolean":false,"birthDate":"1970-03-01"}"#)]),
        ),
        (
            json!([{"type": "add", "path": "Patient.name[1]", "name": "given", "value": text("Zoe")}]),
            patient(&[(r#"["Annie"]"#, r#"["Annie","Zoe"]"#)]),
        ),
        (
            json!([{"type": "add", "path": "%resource.name.where(use = 'usual')", "name": "period",
                "value": {"valuePeriod": {"start": "2024"}}}]),
            patient(&[(r#"["Annie"]"#, r#"["Annie"],"period":{"start":"2024"}"#)]),
        ),
        (
            json!([{"type": "add", "path": "Patient", "name": "contact", "value": {"part": [
                {"name": "relationship", "valueCodeableConcept": {"text": "x"}},
                {"name": "name", "valueHumanName": {"text": "Roe"}},
                {"name": "relationship", "valueCodeableConcept": {"text": "y"}}]}}]),
            patient(&[(
                end,
                r#""deceasedBoolean":false,"contact":[{"relationship":[{"text":"x"},{"text":"y"}],"name":{"text":"Roe"}}]}"#,
            )]),
        ),
        (
            json!([{"type": "add", "path": "Patient", "name": "extension", "value": {"part": [
                {"name": "url", "valueUri": "http://example.org/x"},
                {"name": "value", "valueDecimal": 1}]}}]),
            patient(&[(
                end,
                r#""deceasedBoolean":false,"extension":[{"url":"http://example.org/x","valueDecimal":1}]}"#,
            )]),
        ),
        (
            json!([{"type": "add", "path": "Patient", "name": "contained",
                "value": {"resource": {"resourceType": "Basic", "id": "b"}}}]),
            patient(&[(
                end,
                r#""deceasedBoolean":false,"contained":[{"id":"b","resourceType":"Basic"}]}"#,
            )]),
        ),
        // An id and extensions go along; a code may stand where a string is, and the other way round.
        (
            json!([{"type": "add", "path": "Patient", "name": "gender",
                "value": {"valueString": "other", "_valueString": {"id": "x"}}}]),
            patient(&[(
                end,
                r#""deceasedBoolean":false,"gender":"other","_gender":{"id":"x"}}"#,
            )]),
        ),
        // insert
        (
            json!([{"type": "insert", "path": "Patient.identifier", "index": 1, "value": {"valueIdentifier": {"value": "x"}}}]),
            patient(&[(r#"{"value":"b"}"#, r#"{"value":"x"},{"value":"b"}"#)]),
        ),
        (
            json!([{"type": "insert", "path": "identifier", "index": 4, "value": {"valueIdentifier": {"value": "x"}}}]),
            patient(&[(r#"{"value":"d"}"#, r#"{"value":"d"},{"value":"x"}"#)]),
        ),
        (
            json!([{"type": "insert", "path": "Patient.name[0].given", "index": 1, "value": text("Zoe")}]),
            patient(&[(
                r#"["Ann","Lee"],"_given":[null,{"id":"g2"}]"#,
                r#"["Ann","Zoe","Lee"],"_given":[null,null,{"id":"g2"}]"#,
            )]),
        ),
        // Into a list that is not there yet.
        (
            json!([{"type": "insert", "path": "Patient.telecom", "index": 0, "value": {"valueContactPoint": {"value": "x"}}}]),
            patient(&[(end, r#""deceasedBoolean":false,"telecom":[{"value":"x"}]}"#)]),
        ),
        // delete
        (
            json!([{"type": "delete", "path": "Patient.name.where(use = 'official').given[1]"}]),
            patient(&[(r#"["Ann","Lee"],"_given":[null,{"id":"g2"}]"#, r#"["Ann"]"#)]),
        ),
        (
            json!([{"type": "delete", "path": "Patient.birthDate"}]),
            PATIENT.to_owned(),
        ),
        (
            json!([{"type": "delete", "path": "Patient.shoeSize"}]),
            patient(&[(r#""shoeSize":43.0,"#, "")]),
        ),
        // replace
        (
            json!([{"type": "replace", "path": "Patient.deceased", "value": {"valueDateTime": "2024-02"}}]),
            patient(&[(r#""deceasedBoolean":false"#, r#""deceasedDateTime":"2024-02""#)]),
        ),
        (
            json!([{"type": "replace", "path": "Patient.name[0].given[1]", "value": text("Eve")}]),
            patient(&[(r#"["Ann","Lee"],"_given":[null,{"id":"g2"}]"#, r#"["Ann","Eve"]"#)]),
        ),
        (
            json!([{"type": "replace", "path": "Patient.identifier[2]", "value": {"part": [{"name": "system", "valueUri": "urn:x"}]}}]),
            patient(&[(r#"{"value":"c"}"#, r#"{"system":"urn:x"}"#)]),
        ),
        // move
        (
            json!([{"type": "move", "path": "Patient.identifier", "source": 3, "destination": 1}]),
            patient(&[(
                identifiers,
                r#"[{"value":"a"},{"value":"d"},{"value":"b"},{"value":"c"}]"#,
            )]),
        ),
        (
            json!([{"type": "move", "path": "Patient.identifier", "source": 0, "destination": 3}]),
            patient(&[(
                identifiers,
                r#"[{"value":"b"},{"value":"c"},{"value":"d"},{"value":"a"}]"#,
            )]),
        ),
        (
            json!([{"type": "move", "path": "Patient.name[0].given", "source": 1, "destination": 0}]),
            patient(&[(
                r#"["Ann","Lee"],"_given":[null,{"id":"g2"}]"#,
                r#"["Lee","Ann"],"_given":[{"id":"g2"},null]"#,
            )]),
        ),
        // Each meets what those before it left.
        (
            json!([
                {"type": "add", "path": "Patient", "name": "photo", "value": {"valueAttachment": {"title": "x"}}},
                {"type": "replace", "path": "Patient.photo.title", "value": text("y")},
                {"type": "delete", "path": "Patient.identifier[0]"},
                {"type": "delete", "path": "Patient.identifier[0]"},
                {"type": "delete", "path": "Patient.name[1].given"},
                {"type": "delete", "path": "Patient.name[1].use"},
            ]),
            patient(&[
                (identifiers, r#"[{"value":"c"},{"value":"d"}]"#),
                (r#",{"use":"usual","given":["Annie"]}"#, ""),
                (end, r#""deceasedBoolean":false,"photo":[{"title":"y"}]}"#),
            ]),
        ),
        (json!([]), PATIENT.to_owned()),
    ];
    for (operations, wanted) in cases {
        let given = applied(&operations, PATIENT);
        assert_eq!(given.as_deref(), Ok(wanted.as_str()), "{operations}");
    }
}

#[test]
fn each_fault_has_its_code_and_its_place() {
    let text = json!({"valueString": "x"});
    let date = json!({"valueDate": "1970-03-01"});
    let identifier = json!({"valueIdentifier": {"value": "x"}});
    // Parts are in the order of their names here.
    let cases = [
        (
            json!({"path": "Patient.name", "type": "add", "name": "text", "value": text}),
            "several-places",
            ".part[1]",
        ),
        (
            json!({"path": "Patient.contact", "type": "add", "name": "gender", "value": text}),
            "no-place",
            ".part[1]",
        ),
        (
            json!({"path": "Patient.name.count()", "type": "delete"}),
            "not-a-place",
            ".part[0]",
        ),
        (
            json!({"path": "Patient.name", "type": "delete"}),
            "several-places",
            ".part[0]",
        ),
        (json!({"path": "Patient", "type": "delete"}), "root", ".part[0]"),
        (
            json!({"path": "Patient.birthDate", "type": "replace", "value": date}),
            "no-place",
            ".part[0]",
        ),
        (
            json!({"path": "Patient", "type": "add", "name": "nope", "value": text}),
            "no-such-element",
            ".part[0]",
        ),
        (
            json!({"path": "Patient", "type": "add", "name": "active", "value": {"valueBoolean": true}}),
            "already-there",
            ".part[0]",
        ),
        (
            json!({"path": "Patient", "type": "add", "name": "deceased", "value": {"valueBoolean": true}}),
            "already-there",
            ".part[0]",
        ),
        (
            json!({"path": "Patient", "type": "add", "name": "birthDate", "value": {"valueBoolean": true}}),
            "wrong-type",
            ".part[3]",
        ),
        (
            json!({"path": "Patient", "type": "add", "name": "birthDate", "value": text}),
            "wrong-type",
            ".part[3]",
        ),
        (
            json!({"path": "Patient", "type": "add", "name": "birthDate", "value": {"valueDate": "soon"}}),
            "invalid-value",
            ".part[3]",
        ),
        (
            json!({"path": "Patient", "type": "add", "name": "deceased", "value": text}),
            "wrong-type",
            ".part[3]",
        ),
        (
            json!({"path": "Patient", "type": "add", "name": "maritalStatus", "value": identifier}),
            "wrong-type",
            ".part[3]",
        ),
        (
            json!({"path": "Patient", "type": "add", "name": "contact", "value": {"part": [
                {"name": "name", "valueHumanName": {"text": "x"}}, {"name": "nope", "valueString": "x"}]}}),
            "no-such-element",
            ".part[3].part[1]",
        ),
        (
            json!({"path": "Patient", "type": "add", "name": "contact", "value": {}}),
            "missing-part",
            ".part[3]",
        ),
        (
            json!({"path": "Patient.identifier", "type": "insert", "index": 5, "value": identifier}),
            "out-of-range",
            ".part[0]",
        ),
        (
            json!({"path": "Patient.active", "type": "insert", "index": 0, "value": {"valueBoolean": true}}),
            "already-there",
            ".part[1]",
        ),
        (
            json!({"path": "Patient.identifier", "type": "move", "source": 4, "destination": 0}),
            "out-of-range",
            ".part[2]",
        ),
        (
            json!({"path": "Patient.identifier", "type": "move", "source": 0, "destination": 4}),
            "out-of-range",
            ".part[0]",
        ),
        (
            json!({"path": "Patient.name.single()", "type": "delete"}),
            "bad-path",
            ".part[0]",
        ),
        (
            json!({"path": "Patient.name", "type": "replace", "value": text}),
            "several-places",
            ".part[0]",
        ),
        (
            json!({"path": "Patient", "type": "replace", "value": text}),
            "root",
            ".part[0]",
        ),
        (
            json!({"path": "Patient.active", "type": "replace", "value": identifier}),
            "wrong-type",
            ".part[2]",
        ),
        (
            json!({"path": "Patient.deceased", "type": "replace", "value": identifier}),
            "wrong-type",
            ".part[2]",
        ),
        (
            json!({"path": "Patient.identifier", "type": "insert", "index": 0, "value": text}),
            "wrong-type",
            ".part[3]",
        ),
        (
            json!({"path": "Patient.nope", "type": "insert", "index": 0, "value": text}),
            "no-such-element",
            ".part[1]",
        ),
        (
            json!({"path": "Patient.name.given", "type": "insert", "index": 0, "value": text}),
            "several-places",
            ".part[1]",
        ),
        (
            json!({"path": "Patient.telecom", "type": "move", "source": 0, "destination": 0}),
            "out-of-range",
            ".part[2]",
        ),
        (
            json!({"path": "Patient.name.given", "type": "move", "source": 0, "destination": 1}),
            "several-places",
            ".part[1]",
        ),
    ];
    for (operation, code, place) in cases {
        // The operation before it is not done either.
        let first = json!({"type": "delete", "path": "Patient.shoeSize"});
        let error = applied(&json!([first, operation]), PATIENT)
            .err()
            .unwrap_or_else(|| panic!("{operation}: no fault"));
        assert_eq!(
            (error.code(), error.operation(), error.place()),
            (code, Some(1), format!("Parameters.parameter[1]{place}").as_str()),
            "{operation}"
        );
    }
}

#[test]
fn faults_of_the_parameters_come_all_at_once() {
    let compile = |text: &str| {
        let errors = Patch::compile(&Document::from_json(text.as_bytes()).unwrap().document)
            .err()
            .unwrap();
        let shown = |error: &PatchError| {
            let place = error.place().replace("Parameters.parameter", "");
            (error.code(), error.operation(), place)
        };
        errors.iter().map(shown).collect::<Vec<_>>()
    };
    assert_eq!(
        compile(r#"{"resourceType": "Patient"}"#),
        [("bad-parameters", None, "Patient".to_owned())]
    );
    let text = parameters(&json!([
        {"type": "add", "path": "Patient"},
        {"type": "put", "path": "Patient"},
        {"path": "Patient"},
        {"type": "delete", "path": "Patient.name[", "index": 1},
        {"type": "move", "path": "Patient.name[0]", "source": -1, "destination": 0},
        {"type": "insert", "path": "Patient.name.where(nope())", "index": 0, "value": {"valueString": "x"}},
        {"type": "delete", "path": "nope()"},
    ]));
    let at = |operation: usize, part: &str| (Some(operation), format!("[{operation}]{part}"));
    let wanted = [
        ("missing-part", at(0, "")),
        ("missing-part", at(0, "")),
        ("unknown-type", at(1, ".part[1]")),
        ("missing-part", at(2, "")),
        ("unknown-part", at(3, ".part[0]")),
        ("bad-path", at(3, ".part[1]")),
        ("not-a-list", at(4, ".part[1]")),
        ("invalid-value", at(4, ".part[2]")),
        ("not-a-list", at(5, ".part[1]")),
        ("bad-path", at(6, ".part[0]")),
    ];
    let wanted: Vec<_> = wanted
        .into_iter()
        .map(|(code, (operation, place))| (code, operation, place))
        .collect();
    assert_eq!(compile(&text), wanted);
    let text = r#"{"resourceType": "Parameters", "parameter": [{"name": "else"}, {"name": "operation", "part": [
        {"name": "type", "valueCode": "delete"}, {"name": "type", "valueCode": "delete"}, {"name": "nope"},
        {"name": "path", "valueHumanName": {}}]}]}"#;
    assert_eq!(
        compile(text),
        [
            ("bad-parameters", Some(0), "[0]".to_owned()),
            ("repeated-part", Some(1), "[1].part[1]".to_owned()),
            ("unknown-part", Some(1), "[1].part[2]".to_owned()),
            ("invalid-value", Some(1), "[1].part[3]".to_owned()),
        ]
    );
}

#[test]
fn limits_bite() {
    let document = Document::from_json(PATIENT.as_bytes()).unwrap().document;
    let replace = json!({"type": "replace", "path": "Patient.active", "value": {"valueBoolean": false}});
    let operations = Value::Array(vec![replace; 100]);
    let patch = compiled(&operations);
    assert!(patch.apply(&document).is_ok());
    let error = compiled(&operations)
        .limits(Limits::default().steps(1_000))
        .apply(&document)
        .err()
        .unwrap();
    assert_eq!(error.code(), "limit");
    let mut value = json!({"name": "extension", "valueString": "x"});
    for _ in 0..80 {
        value = json!({"name": "extension", "part": [value]});
    }
    let deep = json!([{"type": "add", "path": "Patient", "name": "extension", "value": {"part": [value]}}]);
    assert_eq!(
        applied(&deep, PATIENT).err().map(|error| error.code()),
        Some("limit")
    );
}

/// Operations with paths and values that fit and that do not.
fn operations() -> impl Strategy<Value = Value> {
    let path = prop::sample::select(vec![
        "Patient",
        "Patient.name",
        "Patient.name[0]",
        "Patient.name[1].given",
        "Patient.identifier",
        "Patient.identifier[9]",
        "Patient.identifier.where(value = 'MARKER')",
        "Patient.deceased",
        "Patient.shoeSize",
        "'MARKER'",
        "Patient.MARKER",
        "MARKER(",
    ]);
    let name = prop::sample::select(vec![
        "name",
        "given",
        "identifier",
        "deceased",
        "MARKER",
        "birthDate",
    ]);
    let value = prop::sample::select(vec![
        json!({"valueString": "MARKER"}),
        json!({"valueBoolean": true}),
        json!({"valueDate": "MARKER"}),
        json!({"valueHumanName": {"family": "MARKER"}}),
        json!({"valueIdentifier": {"MARKER": "MARKER"}}),
        json!({"part": [{"name": "MARKER", "valueString": "MARKER"}]}),
        json!({"part": [{"name": "family", "valueString": "MARKER"}]}),
    ]);
    let number = -1..5_i32;
    let kind = prop::sample::select(vec!["add", "insert", "delete", "replace", "move", "MARKER"]);
    (kind, path, name, value, number.clone(), number).prop_map(|(kind, path, name, value, one, other)| {
        match kind {
            "add" => json!({"type": kind, "path": path, "name": name, "value": value}),
            "insert" => json!({"type": kind, "path": path, "index": one, "value": value}),
            "replace" => json!({"type": kind, "path": path, "value": value}),
            "move" => json!({"type": kind, "path": path, "source": one, "destination": other}),
            _ => json!({"type": kind, "path": path}),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_patch_is_done_or_refused_without_a_value(operations in prop::collection::vec(operations(), 1..4)) {
        let text = parameters(&Value::Array(operations));
        let parameters = Document::from_json(text.as_bytes()).unwrap().document;
        let resource = PATIENT.replace("\"Doe\"", "\"MARKER\"");
        let document = Document::from_json(resource.as_bytes()).unwrap().document;
        let said = match Patch::compile(&parameters) {
            Err(errors) => format!("{errors} {errors:?}"),
            Ok(patch) => match patch.apply(&document) {
                Err(error) => format!("{error} {error:?} {patch:?}"),
                Ok(patched) => {
                    let again = Document::from_json_vec(patched.to_json().into_bytes()).unwrap().document;
                    prop_assert!(again.is_same(&patched));
                    String::new()
                }
            },
        };
        prop_assert!(!said.contains("MARKER"), "{}", said);
    }

    /// What is added at the end and deleted again leaves the resource as it was; moves there and back do.
    #[test]
    fn what_is_undone_leaves_no_trace(from in 0..4_usize, to in 0..4_usize, at in 0..5_usize) {
        let back = json!([
            {"type": "move", "path": "Patient.identifier", "source": from, "destination": to},
            {"type": "move", "path": "Patient.identifier", "source": to, "destination": from},
            {"type": "insert", "path": "Patient.identifier", "index": at, "value": {"valueIdentifier": {"value": "x"}}},
            {"type": "delete", "path": format!("Patient.identifier[{at}]")},
            {"type": "add", "path": "Patient", "name": "birthDate", "value": {"valueDate": "1970"}},
            {"type": "delete", "path": "Patient.birthDate"},
        ]);
        let given = applied(&back, PATIENT);
        prop_assert_eq!(given.as_deref(), Ok(PATIENT));
    }
}
