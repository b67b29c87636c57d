//! Runs each program as a user would, and converts every message of `data/`.
#![expect(clippy::expect_used, clippy::panic, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use carewire_hl7v2::batch;
use carewire_mapping::{Context, v2_to_fhir};
use carewire_validate::Validator;
use serde_json::Value;

/// The programs lie beside the folder of the tests: `cargo test` builds both.
fn run(program: &str, arguments: &[&str]) -> Output {
    let test = std::env::current_exe().expect("a test has a path");
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("it lies in target/PROFILE/deps");
    let program = folder
        .join("examples")
        .join(program)
        .with_extension(std::env::consts::EXE_EXTENSION);
    let output = Command::new(&program).args(arguments).output();
    output.unwrap_or_else(|error| panic!("{}: {error}; run `cargo build --examples`", program.display()))
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("the program prints JSON")
}

fn data(name: &str) -> String {
    format!("{}/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The resource types of a Bundle, in order.
fn types(bundle: &Value) -> Vec<&str> {
    let entries = bundle["entry"].as_array().expect("a Bundle has entries");
    entries
        .iter()
        .filter_map(|it| it["resource"]["resourceType"].as_str())
        .collect()
}

#[test]
fn convert_prints_the_bundle_of_the_message() {
    let output = run("convert", &[]);
    assert!(output.status.success());
    let bundle = json(&output.stdout);
    assert_eq!(bundle["identifier"]["value"], "LS000101");
    let types = types(&bundle);
    for (kind, count) in [
        ("Patient", 1),
        ("Encounter", 1),
        ("AllergyIntolerance", 2),
        ("Condition", 2),
        ("Coverage", 1),
    ] {
        assert_eq!(types.iter().filter(|it| **it == kind).count(), count, "{kind}");
    }
    assert!(String::from_utf8_lossy(&output.stderr).contains("no errors"));

    let other = run("convert", &[&data("oru-r01-chemistry.hl7")]);
    assert_eq!(json(&other.stdout)["identifier"]["value"], "LAB000877");
}

#[test]
fn convert_fails_for_what_is_no_message() {
    let output = run("convert", &[&data("README.md")]);
    assert!(!output.status.success() && output.stdout.is_empty() && !output.stderr.is_empty());
}

#[test]
fn batch_to_ndjson_prints_a_bundle_a_line() {
    let output = run("batch_to_ndjson", &[]);
    assert!(output.status.success());
    let lines: Vec<Value> = output
        .stdout
        .split(|it| *it == b'\n')
        .filter(|it| !it.is_empty())
        .map(json)
        .collect();
    let ids: Vec<_> = lines
        .iter()
        .filter_map(|it| it["identifier"]["value"].as_str())
        .collect();
    assert_eq!(ids, ["POC1", "POC2", "POC3"]);
    assert!(
        lines
            .iter()
            .all(|it| it["type"] == "transaction" && it["entry"][0]["request"]["method"] == "PUT")
    );
    assert!(String::from_utf8_lossy(&output.stderr).ends_with("3 messages converted, 0 failed\n"));
}

#[test]
fn batch_to_ndjson_goes_on_after_a_message_that_fails() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("broken.hl7");
    let mut batch = fs::read(data("oru-batch.hl7")).expect("the batch is there");
    batch.splice(0..0, *b"PID|1||7\r");
    fs::write(&path, batch).expect("the folder of tests is there to write in");
    let output = run("batch_to_ndjson", &[&path.to_string_lossy()]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout.iter().filter(|it| **it == b'\n').count(), 3);
    assert!(String::from_utf8_lossy(&output.stderr).contains("message 1: "));
}

#[test]
fn site_map_asks_the_program_for_the_ward() {
    let output = run("site_map", &[]);
    assert!(output.status.success());
    let bundle = json(&output.stdout);
    assert_eq!(types(&bundle), ["Encounter", "Location"]);
    assert_eq!(bundle["entry"][1]["resource"]["name"], "Intensive care");
    let place = &bundle["entry"][0]["resource"]["location"][0]["location"]["reference"];
    assert_eq!(*place, bundle["entry"][1]["fullUrl"]);

    let unknown = json(&run("site_map", &[&data("adt-a04-registration.hl7")]).stdout);
    assert_eq!(unknown["entry"][1]["resource"]["identifier"][0]["value"], "AMB");
    assert_eq!(
        unknown["entry"][1]["resource"].get("name"),
        None,
        "the site has no such ward"
    );
}

#[test]
fn every_message_of_the_data_gives_a_valid_bundle_with_its_patient() {
    let mut messages = 0;
    for file in fs::read_dir(data("")).expect("the data is there") {
        let path = file.expect("the folder can be read").path();
        if path.extension().is_none_or(|it| it != "hl7") {
            continue;
        }
        let bytes = fs::read(&path).expect("the file can be read");
        for message in batch::messages(&bytes) {
            let message = message
                .parse()
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(
                message.findings().is_empty(),
                "{}: {:?}",
                path.display(),
                message.findings()
            );
            let context = Context::at("2024-07-01T12:00:00Z".parse().expect("a time"));
            let out = v2_to_fhir()
                .run(&message, &context)
                .expect("the standard maps take it");
            let report = Validator::r4().validate(&out.bundle);
            assert!(report.is_valid(), "{}", report.to_text(&path.to_string_lossy()));
            assert!(
                types(&json(out.bundle.to_json().as_bytes())).contains(&"Patient"),
                "{}",
                path.display()
            );
            messages += 1;
        }
    }
    assert_eq!(messages, 13);
}

#[test]
fn mllp_client_has_its_message_accepted() {
    let output = run("mllp_client", &[]);
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "answered AA\n");
}

#[test]
fn mllp_server_answers_a_message_and_refuses_what_is_none() {
    let output = run("mllp_server", &[]);
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stdout);
    for line in [
        "server: no-msh: expected MSH at byte 0",
        "client: answered AA",
        "client: answered AR",
    ] {
        assert!(said.lines().any(|it| it == line), "{said}");
    }
}

#[test]
fn mllp_programs_fail_without_an_address_that_works() {
    assert!(!run("mllp_server", &["127.0.0.1:none"]).status.success());
    assert!(
        !run("mllp_client", &[&data("adt-a08-update.hl7"), "127.0.0.1:1"])
            .status
            .success()
    );
}

#[test]
fn two_messages_are_joined_in_one_typed_patient() {
    let output = run("two_messages", &[]);
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    assert!(text.starts_with(
        r#"{"resourceType":"Patient","active":true,"name":[{"family":"Doe","given":["Ann"]}],"birthDate":"1980-02-29"}"#
    ));
    assert!(
        text.contains("Patient.name[0].family from PID-5.1 of message 1\n"),
        "{text}"
    );
    assert!(
        text.contains("Patient.birthDate from PID-7 of message 2\n"),
        "{text}"
    );
}
