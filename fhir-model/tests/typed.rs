//! Typed values: sizes, round trips of what is rare, findings, and that nothing of a value is in `Debug`.
#![cfg(feature = "resources")]
#![allow(clippy::expect_used, clippy::panic, reason = "a test")]

use carewire_fhir_model::r4::*;
use carewire_fhir_model::schema::{Schema, TypeKind};
use carewire_fhir_model::{ErrorKind, Limits, from_document, from_json, read_json, to_json, to_json_pretty};

/// Reads `json`, asserts the codes of the findings, and that it is written as `expected`.
#[track_caller]
fn round<T: carewire_fhir_model::FhirType + Clone + PartialEq>(
    json: &str,
    codes: &[&str],
    expected: &str,
) -> T {
    let read = from_json::<T>(json.as_bytes()).expect("it is read");
    let found: Vec<&str> = read.findings.iter().map(|one| one.code().code()).collect();
    assert_eq!(found, codes);
    assert_eq!(to_json(&read.value), expected);
    let copy = read.value.clone();
    assert_eq!(to_json(&copy), expected);
    assert!(copy == read.value);
    read.value
}

#[test]
fn sizes_are_held() {
    assert!(size_of::<Observation>() <= 480, "{}", size_of::<Observation>());
    assert!(size_of::<Extension>() <= 80, "{}", size_of::<Extension>());
    assert!(size_of::<Coding>() <= 112, "{}", size_of::<Coding>());
    assert_eq!(size_of::<Option<FhirString>>(), 24);
    assert_eq!(size_of::<Option<Decimal>>(), 24);
    assert_eq!(size_of::<Option<ObservationStatus>>(), 24);
    assert_eq!(size_of::<Option<DateTime>>(), 16);
    assert_eq!(size_of::<Option<Resource>>(), 16);
    assert_eq!(size_of::<Items<Observation>>(), 16);
    assert_eq!(size_of::<Extra>(), 8);
}

#[test]
fn every_resource_of_the_schema_is_there() {
    let resources = Schema::r4()
        .types()
        .filter(|ty| ty.kind() == TypeKind::Resource && !ty.is_abstract());
    let mut count = 0;
    for ty in resources {
        let json = format!(
            r#"{{"resourceType":"{}","id":"a","_id":{{"id":"b"}}}}"#,
            ty.name()
        );
        let resource: Resource = round(&json, &[], &json);
        assert_eq!(resource.fhir_type(), Some(ty));
        assert_eq!(resource.id().map(|id| id.as_str()), Some("a"));
        count += 1;
    }
    assert_eq!(count, 146);
}

/// A value of every property of every type is read where it belongs and written again.
#[test]
fn every_property_is_read_and_written() {
    let mut count = 0;
    for owner in Schema::r4().types() {
        let root = owner.name().split('.').next().unwrap_or_default();
        let Some(root) = Schema::r4().type_named(root).filter(|ty| ty.is_resource()) else {
            continue;
        };
        if root.is_abstract() || owner.is_abstract() || owner != root {
            continue;
        }
        for property in owner.properties() {
            let Some(value) = sample(property.type_id()) else {
                continue;
            };
            let value = if property.is_list() {
                format!("[{value}]")
            } else {
                value
            };
            let json = format!(
                r#"{{"resourceType":"{}","{}":{value}}}"#,
                owner.name(),
                property.key()
            );
            let read = from_json::<Resource>(json.as_bytes()).expect("it is read");
            assert!(read.findings.is_empty(), "{json}: {:?}", read.findings);
            assert_eq!(to_json(&read.value), json);
            assert!(read.value.clone() == read.value, "{json}");
            let other = Resource::empty(owner).expect("a resource");
            assert!(read.value != other, "{json}");
            count += 1;
        }
    }
    assert!(count > 3_000, "{count}");
}

fn sample(ty: carewire_fhir_model::schema::TypeId) -> Option<String> {
    Some(match (ty.name(), ty.kind()) {
        ("boolean", _) => "true".into(),
        ("decimal", _) => "1.50".into(),
        ("integer", _) => "-7".into(),
        ("positiveInt" | "unsignedInt", _) => "7".into(),
        ("date" | "dateTime", _) => r#""2024-02""#.into(),
        ("instant", _) => r#""2024-02-29T10:20:30.120+01:00""#.into(),
        ("time", _) => r#""10:20:30""#.into(),
        (_, TypeKind::Primitive) => r#""some-text""#.into(),
        (_, TypeKind::Resource) => r#"{"resourceType":"Basic","id":"b"}"#.into(),
        _ => r#"{"id":"e1","extension":[{"url":"http://example.org/x","valueCode":"c"}]}"#.into(),
    })
}

#[test]
fn what_is_rare_is_kept() {
    let json = concat!(
        r#"{"resourceType":"Patient","id":"p","name":[{"id":"n1","extension":[{"url":"http://example.org/a","#,
        r#""valueDecimal":1.50}],"family":"Doe","_family":{"extension":[{"url":"http://example.org/b","valueBoolean":true}]},"#,
        r#""given":[null,"Ann",null],"_given":[{"id":"g1"},null,{"extension":[{"url":"http://example.org/c"}]}]}],"#,
        r#""contact":[{"id":"c1","modifierExtension":[{"url":"http://example.org/m"}],"gender":"female"}],"#,
        r#""_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}}"#,
    );
    let patient: Patient = round(json, &[], json);
    let name = &patient.name[0];
    assert_eq!(name.extra.id().map(|id| id.as_str()), Some("n1"));
    assert_eq!(name.extra.extension().len(), 1);
    assert_eq!(
        name.extra.primitive("family", 0).map(|one| one.extension().len()),
        Some(1)
    );
    assert_eq!(name.given.len(), 3);
    assert_eq!(
        name.extra
            .primitive("given", 0)
            .and_then(|one| one.id())
            .map(|id| id.as_str()),
        Some("g1")
    );
    assert!(name.extra.primitive("given", 1).is_none());
    assert_eq!(patient.contact[0].extra.modifier_extension().len(), 1);
    assert_eq!(patient.birth_date, None);
    assert!(patient.extra.primitive("birthDate", 0).is_some());
}

#[test]
fn what_does_not_fit_is_kept_as_it_was() {
    let patient: Patient = round(
        r#"{"resourceType":"Patient","shoe":{"size":[43,"x"]},"_shoe":null,"birthDate":"1974-13","active":"true","gender":"male"}"#,
        &[
            "unknown-element",
            "unknown-element",
            "null",
            "invalid-value",
            "wrong-json-type",
        ],
        r#"{"resourceType":"Patient","gender":"male","shoe":{"size":[43,"x"]},"_shoe":null,"birthDate":"1974-13","active":"true"}"#,
    );
    assert_eq!((patient.active, patient.birth_date), (None, None));
    let keys: Vec<&str> = patient.extra.unknown().iter().map(|one| one.key()).collect();
    assert_eq!(keys, ["shoe", "_shoe", "birthDate", "active"]);
    // A list is kept or not kept as a whole.
    round::<HumanName>(
        r#"{"given":["Ann",5],"family":["Doe"],"prefix":[]}"#,
        &["wrong-json-type", "list-for-single", "empty-array"],
        r#"{"given":["Ann",5],"family":["Doe"],"prefix":[]}"#,
    );
    // The second value of a choice, and a key that occurs twice.
    let value: Observation = round(
        r#"{"resourceType":"Observation","valueString":"a","valueInteger":1,"status":"final","status":"x"}"#,
        &["several-of-choice", "duplicate-key"],
        r#"{"resourceType":"Observation","status":"final","valueString":"a","valueInteger":1,"status":"x"}"#,
    );
    assert_eq!(value.value, Some(ObservationValue::String("a".into())));
    // One that does not fit takes nothing away from the one that does, before it or after it.
    for (other, code) in [
        ("[1]", "list-for-single"),
        ("null", "null"),
        ("{\"id\":\"x\"}", "object-for-primitive"),
        ("\"1\"", "wrong-json-type"),
    ] {
        let written = format!(
            r#"{{"resourceType":"Observation","valueString":"a","_valueString":{{"id":"s"}},"valueInteger":{other}}}"#
        );
        let first = format!(
            r#"{{"resourceType":"Observation","valueInteger":{other},"valueString":"a","_valueString":{{"id":"s"}}}}"#
        );
        for json in [&written, &first] {
            let read = from_json::<Observation>(json.as_bytes()).expect("it is read");
            assert!(
                read.findings.iter().any(|one| one.code().code() == code),
                "{json}"
            );
            assert_eq!(to_json(&read.value), written);
            assert_eq!(read.value.value, Some(ObservationValue::String("a".into())));
        }
    }
    // An empty object beside a value says nothing: what is written is the same value.
    let beside = r#"{"resourceType":"Patient","birthDate":"1974","_birthDate":{}}"#;
    let read = from_json::<Patient>(beside.as_bytes()).expect("it is read");
    assert_eq!(read.findings.len(), 1);
    let again = from_json::<Patient>(to_json(&read.value).as_bytes()).expect("it is read");
    assert!(again.findings.is_empty() && again.value == read.value);
    // Several ids and extensions of one value, with and without the value.
    for value in ["", r#""birthDate":"1974","#] {
        for several in [
            r#"[{"id":"a"},{"id":"b"}]"#,
            r#"[null,{"id":"b"}]"#,
            r#"[{"id":"a"},null,{"id":"c"}]"#,
        ] {
            let json = format!(r#"{{"resourceType":"Patient",{value}"_birthDate":{several}}}"#);
            let read = from_json::<Patient>(json.as_bytes()).expect("it is read");
            assert!(!read.findings.is_empty(), "{json}");
            assert_eq!(to_json(&read.value), json);
        }
    }
    for number in ["1e2", "-0", "3000000000", "1.0"] {
        let json = format!(r#"{{"resourceType":"Patient","multipleBirthInteger":{number}}}"#);
        round::<Patient>(&json, &["invalid-value"], &json);
    }
    for text in ["2024-02-30T10:00:00", "2024-01-01T10:00Z", "yesterday"] {
        let json = format!(r#"{{"start":"{text}"}}"#);
        round::<Period>(&json, &["invalid-value"], &json);
    }
}

#[test]
fn findings_have_their_places() {
    let json = "{\"resourceType\": \"Bundle\", \"type\": \"batch\",\n \"entry\": [{}, {\"resource\":\n  {\"resourceType\": \"Patient\", \"birthDate\": \"1.1.1974\"}}]}";
    let read = from_json::<Bundle>(json.as_bytes()).expect("a bundle");
    let found: Vec<String> = read.findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "empty-object: an object must not be empty at Bundle.entry[0] (line 2, column 12)",
            "invalid-value: the value is none of its type at Bundle.entry[1].resource.birthDate (line 3, column 45)",
        ]
    );
    assert_eq!(
        read.strict().err().map(|one| one.code().code()),
        Some("empty-object")
    );
    let limits = Limits::default().max_findings(1);
    let read = read_json::<Bundle>(json.as_bytes(), &limits).expect("a bundle");
    assert_eq!((read.findings.len(), read.findings_dropped), (1, 1));
}

#[test]
fn codes_that_are_not_listed_are_kept() {
    let observation: Observation = round(
        r#"{"resourceType":"Observation","status":"half-done"}"#,
        &[],
        r#"{"resourceType":"Observation","status":"half-done"}"#,
    );
    assert_eq!(
        observation.status,
        Some(ObservationStatus::Unlisted("half-done".into()))
    );
    assert_eq!(
        ObservationStatus::from("entered-in-error"),
        ObservationStatus::EnteredInError
    );
    assert_eq!(QuantityComparator::LessOrEqual.as_str(), "<=");
}

#[test]
fn resources_without_a_type_are_kept() {
    let json = r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Spaceship","id":"s"}},{"resource":{"id":"x"}}]}"#;
    let bundle: Bundle = round(json, &["unknown-resource-type", "no-resource-type"], json);
    let Some(Resource::Other(other)) = &bundle.entry[0].resource else {
        panic!("it is of no type")
    };
    assert_eq!(other.json(), r#"{"resourceType":"Spaceship","id":"s"}"#);
    let error = from_json::<Patient>(br#"{"resourceType":"Group"}"#).err();
    assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::WrongType));
    assert!(from_json::<Patient>(b"{}").is_err() && from_json::<HumanName>(b"[]").is_err());
}

#[test]
fn constructors_ask_for_what_is_required() {
    let mut observation = Observation::new(
        ObservationStatus::Final,
        CodeableConcept {
            coding: Coding {
                code: Some("8302-2".into()),
                ..Default::default()
            }
            .into(),
            ..Default::default()
        },
    );
    observation.value = Some(ObservationValue::Quantity(Box::new(Quantity {
        value: "170.0".parse().ok(),
        ..Default::default()
    })));
    observation.issued = "2024-02-29T10:20:30Z".parse().ok();
    assert_eq!(
        to_json(&observation),
        r#"{"resourceType":"Observation","status":"final","code":{"coding":[{"code":"8302-2"}]},"issued":"2024-02-29T10:20:30Z","valueQuantity":{"value":170.0}}"#
    );
    assert_eq!(
        to_json(&Extension::new("http://example.org")),
        r#"{"url":"http://example.org"}"#
    );
    let bundle = Bundle {
        entry: BundleEntry {
            resource: Some(observation.into()),
            ..Default::default()
        }
        .into(),
        ..Bundle::new(BundleType::Batch)
    };
    assert!(
        to_json_pretty(&bundle)
            .starts_with("{\n  \"resourceType\": \"Bundle\",\n  \"type\": \"batch\",\n  \"entry\": [")
    );
}

#[test]
fn extras_of_primitives_can_be_set_in_any_order() {
    let mut name = HumanName {
        given: ["Ann".into(), "Eve".into()].into(),
        ..Default::default()
    };
    *name.extra.primitive_mut("given", 3).id_mut() = Some("g3".into());
    *name.extra.primitive_mut("given", 1).id_mut() = Some("g1".into());
    *name.extra.primitive_mut("text", 0).id_mut() = Some("t".into());
    let json = r#"{"given":["Ann","Eve"],"_given":[null,{"id":"g1"},null,{"id":"g3"}],"_text":{"id":"t"}}"#;
    assert_eq!(to_json(&name), json);
    let read = from_json::<HumanName>(json.as_bytes()).expect("a name");
    assert_eq!(to_json(&read.value), json);
}

#[test]
fn debug_shows_structure_alone() {
    let json = concat!(
        r#"{"resourceType":"Patient","id":"MARK","language":"MARK","text":{"status":"MARK","div":"<div>MARK</div>"},"#,
        r#""identifier":[{"system":"http://MARK","value":"MARK"}],"name":[{"family":"MARK","given":["MARK"],"_family":{"id":"MARK"}}],"#,
        r#""gender":"MARK","birthDate":"1974-12-25","deceasedDateTime":"2024-12-25T10:11:12Z","multipleBirthInteger":74123,"#,
        r#""MARK":"MARK","contained":[{"resourceType":"MARK","MARK":1}],"extension":[{"url":"http://MARK","valueDecimal":74123.5}]}"#
    );
    let read = from_json::<Patient>(json.as_bytes()).expect("a patient");
    let shown = format!("{:?} {:?}", read, Resource::from(read.value.clone()));
    assert!(shown.contains("Patient { id: string(4)"), "{shown}");
    assert!(shown.contains("family: string(4)"), "{shown}");
    for value in ["MARK", "1974", "2024", "74123"] {
        assert!(!shown.contains(value), "{shown}");
    }
}

#[test]
fn depth_is_limited() {
    let deep = |depth: usize| {
        let mut json = String::from("{\"resourceType\":\"Basic\"");
        for _ in 0..depth {
            json.push_str(",\"extension\":[{\"url\":\"u\"");
        }
        json.push_str(&"}]".repeat(depth));
        json + "}"
    };
    let limits = Limits::default().max_depth(1_000_000);
    let read = read_json::<Basic>(deep(250).as_bytes(), &limits).expect("it is read");
    // Extensions are written before the URL.
    assert_eq!(to_json(&read.value).len(), deep(250).len());
    let error = read_json::<Basic>(deep(100_000).as_bytes(), &limits).err();
    assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::TooDeep));
}

#[test]
fn documents_are_taken_and_given() {
    let json = r#"{"resourceType":"Patient","active":true,"birthDate":"x"}"#;
    let document = carewire_fhir_model::Document::from_json(json.as_bytes())
        .expect("a document")
        .document;
    let read = from_document::<Patient>(&document).expect("a patient");
    assert_eq!(read.findings.len(), 1);
    let again = carewire_fhir_model::to_document(&read.value).expect("a document");
    assert_eq!(again.to_json(), json);
    assert!(from_document::<Observation>(&document).is_err());
}

#[cfg(feature = "xml")]
#[test]
fn xml_out_of_order_keeps_every_item() {
    let xml = r#"<Patient xmlns="http://hl7.org/fhir"><name><given id="a" value="Ann"/><family value="Doe"/><given id="b" value="Eve"/></name></Patient>"#;
    let read = carewire_fhir_model::from_xml::<Patient>(xml.as_bytes()).expect("it is read");
    let written = to_json(&read.value);
    for text in ["Ann", "Doe", "Eve", r#"{"id":"a"}"#, r#"{"id":"b"}"#] {
        assert!(written.contains(text), "{written}");
    }
}

#[cfg(feature = "xml")]
#[test]
fn xml_is_read_and_written() {
    let xml = concat!(
        r#"<Patient xmlns="http://hl7.org/fhir"><id value="p"/><name><family value="Doe"/><given id="g1" value="Ann"/></name>"#,
        r#"<birthDate value="1974-12"><extension url="http://example.org/a"><valueDecimal value="1.50"/></extension></birthDate></Patient>"#,
    );
    let patient: Patient = carewire_fhir_model::from_xml(xml.as_bytes())
        .expect("it is read")
        .strict()
        .expect("no finding");
    assert_eq!(
        patient.birth_date.map(|date| date.to_string()).as_deref(),
        Some("1974-12")
    );
    let written = carewire_fhir_model::to_xml(&patient).expect("it is written");
    assert!(written.ends_with(xml), "{written}");
}

#[test]
fn texts_and_codes_of_every_length_are_written_with_what_must_be_escaped() {
    const CODE: &str = r#"{"resourceType":"Patient","name":[{"text":@}],"gender":@}"#;
    for length in 1..=30 {
        let plain = "abcdefghijklmnopqrstuvwxyz_1234"[..length].to_owned();
        let mut texts: Vec<String> = vec![plain.clone()];
        for mark in ['"', '\\', '\n', '\u{1}', 'é'] {
            texts.extend((0..length).map(|at| format!("{}{mark}{}", &plain[..at], &plain[at + 1..])));
        }
        for text in texts {
            let quoted = serde_json::to_string(&text).expect("a text");
            let json = CODE.replace('@', &quoted);
            let patient = from_json::<Patient>(json.as_bytes()).expect("a patient").value;
            assert_eq!(to_json(&patient), json);
            // Also where the text and its marks just fit, and where they do not.
            for room in 0..24 {
                let mut out = Vec::with_capacity(json.len() - room.min(json.len()));
                carewire_fhir_model::write_json(&patient, &mut out);
                assert_eq!(out, json.as_bytes());
            }
        }
    }
}
