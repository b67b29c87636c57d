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
fn a_table_in_a_folder_of_maps_belongs_to_them() {
    let folder = Folder::new();
    let map = "/// url = 'http://example.org/own'\ngroup own(source a, target b) {\n}\n";
    folder.file("old/own.map", map);
    folder.file("new/own.map", map);
    folder.file(
        "new/tables/site.csv",
        "table,local,system\nauthority,MAIN,http://hospital.example.org/mrn\n",
    );
    // A table of something else, as a map's source is, stays what it is.
    folder.file("new/patients.csv", "mrn,born\n7,1980\n");
    folder.file("a.hl7", MESSAGE);
    let diff = folder.run(&["map", "diff", "--show-values", "old", "new", "--corpus", "a.hl7"]);
    assert_eq!(diff.status, 1, "{diff:?}");
    assert!(
        diff.stdout
            .contains("\"after\":\"http://hospital.example.org/mrn\""),
        "{diff:?}"
    );
    let convert = folder.run(&["convert", "--map", "new", "a.hl7"]);
    assert!(
        convert.stdout.contains("http://hospital.example.org/mrn"),
        "{convert:?}"
    );
    // What lays maps out has nothing to do with tables.
    let fmt = folder.run(&["map", "fmt", "--check", "new"]);
    assert!(
        !fmt.stdout.contains("site/") && !fmt.stderr.contains("site/"),
        "{fmt:?}"
    );
    folder.file("site/README", "");
    let fmt = folder.run(&["map", "fmt", "--write", "new/tables/site.csv"]);
    assert_eq!(fmt.status, 2, "{fmt:?}");
    assert!(
        fmt.stderr
            .contains("new/tables/site.csv: a site's table is no map to lay out"),
        "{fmt:?}"
    );
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
    for (table, expected) in [
        (
            "table,local,system\nauthority,MAIN,urn:x:y,MARKER\n",
            "line 2, column 24: a cell beyond the columns of the header",
        ),
        (
            "table,local,system\nauthority,MAIN,\"urn:x:MARKER\n",
            "line 2, column 16: a quoted cell does not end",
        ),
        (
            "table,local,\"system\nauthority,MARKER,urn:x:y\n",
            "line 1, column 13: a quoted cell does not end",
        ),
    ] {
        folder.file("maps/site.csv", table);
        // In a folder, too, it is taken for a site's table.
        for map in ["maps/site.csv", "maps"] {
            let run = folder.run(&["convert", "--map", map, "a.hl7"]);
            assert_eq!(run.status, 2, "{run:?}");
            assert!(
                run.stderr.contains(expected) && !run.stderr.contains("MARKER"),
                "{run:?}"
            );
        }
    }
}
