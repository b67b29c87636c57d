//! A site's table, as a user gives it to the commands.
#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use serde_json::json;
use support::Folder;

const MESSAGE: &str =
    "MSH|^~\\&|ADT|MAIN|||20240201||ADT^A08^ADT_A01|1|T|2.5.1\rPID|1||7^^^MAIN^MR||Doe^Ann\rPV1|1|O\r";

#[test]
fn a_table_is_a_map_for_every_command() {
    let folder = Folder::new();
    folder.file("a.hl7", MESSAGE);
    folder.file("site.csv", "table,local,system,code,display\nauthority,MAIN,http://hospital.example.org/mrn,,\nfacility,MAIN,,,Main Hospital\n");
    let run = folder.run(&[
        "convert",
        "--now",
        "2024-02-01T10:00:00Z",
        "--map",
        "site.csv",
        "a.hl7",
    ]);
    assert_eq!(run.status, 0, "{run:?}");
    let bundle = run.json();
    let resources = || {
        bundle["entry"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| &entry["resource"])
    };
    let patient = resources().find(|one| one["resourceType"] == "Patient").unwrap();
    assert_eq!(
        patient["identifier"][0]["system"],
        "http://hospital.example.org/mrn"
    );
    assert!(
        resources().any(|one| one["name"] == json!("Main Hospital")),
        "{bundle}"
    );

    let run = folder.run(&[
        "map",
        "explain",
        "--map",
        "site.csv",
        "a.hl7",
        "Patient.identifier.system",
    ]);
    assert!(run.stdout.contains("by site/HD.map:"), "{run:?}");
}

#[test]
fn a_table_with_a_fault_is_wrong_usage() {
    let folder = Folder::new();
    folder.file("a.hl7", MESSAGE);
    folder.file("site.csv", "table,local,system\nauthority,MARKER,\n");
    let run = folder.run(&["convert", "--map", "site.csv", "a.hl7"]);
    assert_eq!(run.status, 2, "{run:?}");
    assert!(
        run.stderr
            .contains("site.csv: line 2: an authority needs a system")
            && !run.stderr.contains("MARKER"),
        "{run:?}"
    );
}
