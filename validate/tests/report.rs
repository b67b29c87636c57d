//! Reports as a user of the crate meets them: costs, limits, places, and the forms they are written in.
#![expect(clippy::expect_used, reason = "a test")]

use carewire_fhir_model::Document;
use carewire_fhir_model::build::Builder;
use carewire_fhir_model::schema::{Schema, TypeId};
use carewire_validate::{Limits, Severity, Validator, to_sarif};
use serde_json::{Value, json};

/// A Patient with two errors and one warning, on lines of their own.
const PATIENT: &[u8] = b"{\"resourceType\": \"Patient\",\n \"gender\": \"m\",\n \"birthDate\": \"1970-3\",\n \"name\": [{\"text\": \" \"}]}";

fn places(json: &[u8]) -> Vec<(Severity, &'static str, String, u32, u32)> {
    let report = Validator::r4().validate_json(json);
    let place = |issue: &carewire_validate::Issue| {
        let at = issue.position().expect("a place");
        (
            issue.severity(),
            issue.rule(),
            issue.expression().to_owned(),
            at.line(),
            at.column(),
        )
    };
    report.issues().iter().map(place).collect()
}

#[test]
fn issues_have_places_in_the_order_of_the_input() {
    let expected = [
        (
            Severity::Error,
            "binding-required",
            "Patient.gender".to_owned(),
            2,
            12,
        ),
        (
            Severity::Error,
            "date-format",
            "Patient.birthDate".to_owned(),
            3,
            15,
        ),
        (
            Severity::Warning,
            "string-blank",
            "Patient.name[0].text".to_owned(),
            4,
            20,
        ),
    ];
    assert_eq!(places(PATIENT), expected);
}

#[test]
fn several_missing_elements_of_one_object_are_all_said() {
    let report = Validator::r4().validate_json(br#"{"resourceType": "Observation"}"#);
    let messages: Vec<_> = report
        .issues()
        .iter()
        .map(carewire_validate::Issue::message)
        .collect();
    assert_eq!(
        messages,
        [
            "a required element is missing: status",
            "a required element is missing: code"
        ]
    );
}

#[test]
fn the_first_issue_is_an_error_and_warnings_leave_a_resource_valid() {
    let validator = Validator::r4();
    let first = validator.first_issue_json(PATIENT).expect("an error");
    assert_eq!(first.rule(), "binding-required");
    let blank = br#"{"resourceType": "Patient", "name": [{"text": " "}]}"#;
    assert_eq!(validator.first_issue_json(blank), None);
    assert!(validator.is_valid_json(blank));
    assert_eq!(validator.validate_json(blank).count(Severity::Warning), 1);
}

#[test]
fn limits_hold_for_errors_and_for_warnings_apart() {
    let one = Validator::r4().limits(Limits::default().issues(1));
    let report = one.validate_json(PATIENT);
    assert!(report.is_truncated());
    assert_eq!(report.issues().len(), 1);
    // Behind the warnings that are left out an error is still found.
    let names: Vec<Value> = (0..5).map(|_| json!({"text": " "})).collect();
    let late = json!({"resourceType": "Patient", "name": names, "photo": [{"size": -1}]}).to_string();
    let report = one.validate_json(late.as_bytes());
    assert!(report.is_truncated() && !report.is_valid());
    assert_eq!(
        (report.count(Severity::Error), report.count(Severity::Warning)),
        (1, 1)
    );
    assert!(
        report
            .to_text("a")
            .ends_with("1 error and 1 warning, and there may be more\n")
    );
}

#[test]
fn what_the_reader_left_out_is_said() {
    let limits = carewire_fhir_model::Limits::default().max_findings(1);
    let json = &br#"{"resourceType": "Patient", "name": [{"given": ["a"], "_given": [null, {"id": "b"}]}], "active": true, "active": true}"#[..];
    let read = Document::read_json(json, &limits).expect("a document");
    assert_eq!(read.findings_dropped, 1);
    assert!(Validator::r4().validate_read(&read).is_truncated());
    let read = Document::from_json(json).expect("a document");
    assert!(!Validator::r4().validate_read(&read).is_truncated());
}

#[test]
fn a_carriage_return_ends_a_line_for_all_issues() {
    let json = b"{\"resourceType\": \"Patient\",\r \"gender\": \"m\",\r \"name\": [],\r \"active\": true, \"active\": true}";
    let lines: Vec<_> = places(json).iter().map(|place| (place.1, place.3)).collect();
    assert_eq!(
        lines,
        [
            ("binding-required", 2),
            ("element-empty", 3),
            ("key-repeated", 4),
            ("element-repeated", 4)
        ]
    );
}

#[test]
fn many_contained_resources_do_not_make_judging_quadratic() {
    let contained: Vec<Value> = (0..20_000)
        .map(|it| json!({"resourceType": "Patient", "id": format!("p{it}")}))
        .collect();
    let links: Vec<Value> = (0..20_000)
        .map(|it| json!({"reference": format!("#p{it}")}))
        .collect();
    let list = json!({"resourceType": "Basic", "code": {"text": "a"}, "contained": contained,
        "extension": [{"url": "http://example.org/e", "extension": links.into_iter()
            .map(|link| json!({"url": "a", "valueReference": link})).collect::<Vec<_>>()}]});
    let report = Validator::r4().validate_json(list.to_string().as_bytes());
    assert_eq!(report.issues(), []);
}

#[test]
fn codes_that_cannot_be_judged_are_counted() {
    let json = br#"{"resourceType": "Patient", "photo": [{"contentType": "a/b"}, {"contentType": "c/d"}]}"#;
    let report = Validator::r4().validate_json(json);
    assert!(report.is_valid());
    let open = report.not_evaluated();
    assert_eq!(open.len(), 1);
    assert_eq!(
        (open[0].subject(), open[0].times()),
        ("http://hl7.org/fhir/ValueSet/mimetypes|4.0.1", 2)
    );
    assert!(
        report
            .to_text("a")
            .contains("note: not evaluated, 2 times: http://hl7.org/fhir/ValueSet/mimetypes|4.0.1")
    );
}

#[test]
fn an_invariant_that_the_values_leave_open_is_no_error() {
    let period = |start: &str, end: &str| {
        let resource = json!({"resourceType": "Patient", "name": [{"period": {"start": start, "end": end}}]});
        Validator::r4().validate_json(resource.to_string().as_bytes())
    };
    assert_eq!(period("2024-02", "2024-03-01").not_evaluated(), []);
    let open = period("2024-03-01", "2024-03");
    assert!(open.is_valid());
    assert_eq!(open.not_evaluated()[0].subject(), "per-1");
    let wrong = period("2024-03-01", "2024-02");
    assert_eq!(
        (wrong.issues()[0].rule(), wrong.issues()[0].expression()),
        ("per-1", "Patient.name[0].period")
    );
}

#[test]
fn an_operation_outcome_has_expression_line_and_column() {
    let report = Validator::r4().validate_json(PATIENT);
    let outcome: Value = serde_json::from_str(&report.to_json()).expect("JSON");
    let url = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-";
    assert_eq!(
        outcome["issue"][1],
        json!({
            "extension": [
                {"url": format!("{url}line"), "valueInteger": 3},
                {"url": format!("{url}col"), "valueInteger": 15},
            ],
            "severity": "error",
            "code": "value",
            "details": {
                "coding": [{"system": "https://example.org/carewire/rules", "code": "date-format"}],
                "text": "not a date: a date is YYYY, YYYY-MM or YYYY-MM-DD",
            },
            "diagnostics": "line 3, column 15, offset 58",
            "expression": ["Patient.birthDate"],
        })
    );
    let good = Validator::r4()
        .validate_json(br#"{"resourceType": "Patient"}"#)
        .to_operation_outcome();
    assert_eq!(good.root().children_named("issue").count(), 1);
    assert!(Validator::r4().is_valid(&good));
}

#[test]
fn a_sarif_log_describes_each_rule_once() {
    let report = Validator::r4().validate_json(PATIENT);
    let log: Value =
        serde_json::from_str(&to_sarif([("a.json", &report), ("b.json", &report)])).expect("JSON");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["rules"].as_array().map(Vec::len), Some(3));
    assert_eq!(run["results"].as_array().map(Vec::len), Some(6));
    let location = &run["results"][4]["locations"][0];
    assert_eq!(location["physicalLocation"]["artifactLocation"]["uri"], "b.json");
    assert_eq!(
        location["physicalLocation"]["region"],
        json!({"startLine": 3, "startColumn": 15, "byteOffset": 58})
    );
    assert_eq!(
        location["logicalLocations"][0]["fullyQualifiedName"],
        "Patient.birthDate"
    );
}

#[test]
fn text_that_is_no_json_is_fatal() {
    for bad in [&b""[..], b"[]", b"{", b"\xff\xfe{}", b"{} x"] {
        let report = Validator::r4().validate_json(bad);
        assert_eq!(
            (report.issues().len(), report.issues()[0].severity()),
            (1, Severity::Fatal)
        );
    }
}

#[test]
fn a_document_that_was_built_is_judged_by_its_nodes() {
    let mut builder = Builder::new(Schema::r4());
    let patient = builder.resource(TypeId::PATIENT);
    let slot = TypeId::PATIENT.element("birthDate").expect("an element").slot();
    builder
        .set_text(patient, slot, TypeId::DATE, "1970-3")
        .expect("a place");
    let document = builder.finish(patient);
    let report = Validator::r4().validate(&document);
    let issue = &report.issues()[0];
    assert_eq!(
        (issue.rule(), issue.expression()),
        ("date-format", "Patient.birthDate")
    );
    assert_eq!(
        issue.position().map(|at| at.offset()),
        document.to_json().find("\"1970-3\"")
    );
}

#[test]
fn places_in_xml_are_those_of_the_xml() {
    let xml = b"<Patient xmlns=\"http://hl7.org/fhir\">\n <gender value=\"m\"/>\n <gender value=\"male\"/>\n</Patient>";
    let report = Validator::r4().validate_xml(xml);
    let found: Vec<_> = report
        .issues()
        .iter()
        .map(|issue| (issue.rule(), issue.position().map(|at| at.line())))
        .collect();
    assert_eq!(
        found,
        [("binding-required", Some(2)), ("element-repeated", Some(3))]
    );
    let read = Document::from_xml(xml).expect("a document");
    assert_eq!(Validator::r4().validate_read(&read), report);
}
