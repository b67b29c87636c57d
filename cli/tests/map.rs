//! `transform`, `map` and what `convert` says of maps, as a user runs them.
#![allow(clippy::unwrap_used, reason = "a test")]

mod support;

use serde_json::{Value, json};
use support::{Folder, adt, oru};

const BACK: &str = "/// url = 'http://example.org/back'\n/// name = 'Back'\nuses 'urn:hl7-org:v2xml:ADT_A01' alias ADT as target\n\
    group back(source patient : Patient, target msg : ADT) {\n  patient -> msg.MSH as msh, msh.f9.c1 = 'ADT', msh.f9.c2 = 'A08';\n\
      patient.name as name -> msg.PID as pid single, pid.f5.c1 = (name.family);\n}\n";

const ROWS: &str = "/// url = 'http://example.org/rows'\nuses 'urn:example:row' alias Row as source\nuses 'http://example.org/Out' alias Out as target\n\
    group rows(source row : Row, target out : Out) {\n  row.mrn as v -> out.id = v;\n  row.n as v -> out.n = cast(v, 'integer');\n}\n";

/// The text of a file of a folder.
fn read(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path().join(name)).unwrap()
}

#[test]
fn a_message_in_xml_is_a_message() {
    let folder = Folder::new();
    folder.file(
        "a.hl7",
        "MSH|^~\\&|||||||ADT^A01^ADT_A01|1|T|2.5.1\rEVN|A01\rPID|||7||Doe\rPV1||I\r",
    );
    let xml = folder.run(&["fmt", "--to", "v2xml", "a.hl7"]).stdout;
    assert!(xml.contains("urn:hl7-org:v2xml"), "{xml}");
    folder.file("x/a.xml", xml);
    folder.file(
        "name.map",
        "/// url = 'http://example.org/name'\nuses 'urn:hl7-org:v2xml:ADT_A01' alias ADT as source\n\
         uses 'http://example.org/Out' alias Out as target\n\
         group name(source msg : ADT, target out : Out) {\n  msg.PID as pid then { pid.f5.c1 as v -> out.name = v; };\n}\n",
    );
    for input in ["a.hl7", "x/a.xml", "x"] {
        let run = folder.run(&["transform", "name.map", input]);
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (0, "{\n  \"name\": \"Doe\"\n}\n"),
            "{run:?}"
        );
    }
    let [er7, xml] = ["a.hl7", "x/a.xml"].map(|input| folder.run(&["validate", "--format", "text", input]));
    assert_eq!(xml.status, er7.status, "{xml:?}");
    assert_eq!(xml.stdout.replace("x/a.xml", "a.hl7"), er7.stdout);
}

#[test]
fn transform_runs_any_map_over_any_source() {
    let folder = Folder::new();
    folder.file("back.map", BACK);
    folder.file(
        "p.json",
        r#"{"resourceType":"Patient","name":[{"family":"Doe"}]}"#,
    );
    let run = folder.run(&["transform", "back.map", "p.json"]);
    assert_eq!(
        (run.status, run.stdout.as_str()),
        (0, "MSH|^~\\&|||||||ADT^A08|||2.5.1\rPID|||||Doe\r"),
        "{run:?}"
    );

    folder.file("rows.map", ROWS);
    folder.file("t.csv", "mrn,n\n7,12\n8,x\n");
    let run = folder.run(&["transform", "--source-type", "csv", "rows.map", "t.csv"]);
    let lines = run.lines();
    assert_eq!(
        lines[0],
        json!({"file": "t.csv", "message": 1, "line": 2, "targets": [{"id": "7", "n": 12}], "findings": []})
    );
    assert_eq!(lines[1]["line"], 3);
    assert_eq!(
        (&lines[1]["targets"], &lines[1]["findings"][0]["code"]),
        (&json!([{"id": "8"}]), &json!("bad-value"))
    );

    folder.file("one.csv", "mrn,n\n\n8,x\n");
    let run = folder.run(&["transform", "--source-type", "csv", "rows.map", "one.csv"]);
    assert!(
        run.stderr.starts_with("one.csv, line 3: warning [bad-value]"),
        "{run:?}"
    );

    // A row that does not fit the header is told, and the next one is mapped.
    folder.file("t.csv", "mrn,n\n7,MARKER,12\n8,1\n9,\"MARKER\n");
    let run = folder.run(&["transform", "--source-type", "csv", "rows.map", "t.csv"]);
    let lines = run.lines();
    assert_eq!((run.status, lines.len()), (1, 3), "{run:?}");
    assert_eq!(
        lines[0],
        json!({"file": "t.csv", "message": 1, "line": 2, "error": {"code": "bad-table", "message": "column 10: a cell beyond the columns of the header"}})
    );
    assert_eq!(
        (&lines[1]["line"], &lines[1]["targets"]),
        (&json!(3), &json!([{"id": "8", "n": 1}]))
    );
    assert_eq!(
        (&lines[2]["line"], &lines[2]["error"]),
        (
            &json!(4),
            &json!({"code": "bad-table", "message": "column 3: a quoted cell does not end"})
        )
    );
    assert!(
        run.stderr
            .contains("t.csv, line 4: column 3: a quoted cell does not end [bad-table]"),
        "{run:?}"
    );
    // The name of a table says what it is.
    let unnamed = folder.run(&["transform", "rows.map", "t.csv"]);
    assert_eq!((unnamed.status, &unnamed.stdout), (run.status, &run.stdout));
    folder.file("rows/t.csv", "mrn,n\n7,12\n8,1\n");
    let found = folder.run(&["transform", "rows.map", "rows"]);
    assert_eq!((found.status, found.lines().len()), (0, 2), "{found:?}");
    assert!(!format!("{run:?}").contains("MARKER"), "{run:?}");

    folder.file(
        "bad.map",
        "/// url = 'u'\ngroup g(source a, target b) {\n  a.x -> c.y;\n}\n",
    );
    let run = folder.run(&["transform", "bad.map", "p.json"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("error[unknown-variable]"), "{}", run.stderr);
}

/// What `log` writes holds values of the source: it is shown where it is asked for, and nowhere else.
#[test]
fn transform_shows_what_rules_log() {
    let folder = Folder::new();
    folder.file(
        "log.map",
        "/// url = 'http://example.org/log'\n/// name = 'Log'\ngroup g(source src : Patient, target tgt : Person) {\n  \
         src.name as n log ('family ' & family) -> tgt.active = true;\n}\n",
    );
    folder.file(
        "p.json",
        r#"{"resourceType":"Patient","name":[{"family":"Doe"},{"family":"Roe"}]}"#,
    );
    let run = folder.run(&["transform", "--log", "log.map", "p.json"]);
    assert_eq!(
        run.stderr,
        "p.json, message 1: log log.map:4:3: family Doe\np.json, message 1: log log.map:4:3: family Roe\n"
    );
    let run = folder.run(&["transform", "log.map", "p.json"]);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
}

/// The short form and a batch too are StructureMaps that the invariants of R4 allow.
#[test]
fn a_map_as_a_resource_of_r4_is_valid() {
    let folder = Folder::new();
    folder.file(
        "m.map",
        "/// url = 'http://example.org/m'\n/// name = 'M'\n/// status = 'draft'\nconceptmap 'x' {\n  prefix s = 'urn:s'\n  prefix t = 'urn:t'\n  s:a - t:b\n}\nconceptmap 'http://example.org/y' {\n  prefix s = 'urn:s'\n  prefix t = 'urn:t'\n  s:a - t:b\n}\ngroup m(source src : Patient, target tgt : Person) {\n  src -> tgt : active, gender \"batch\";\n  \
         src.telecom -> tgt.telecom;\n  src.name as n -> tgt.name as m, m.family = (n.family) \"name\";\n}\n",
    );
    let run = folder.run(&["map", "fmt", "--to", "json", "--release", "r4", "m.map"]);
    folder.file("m.json", &run.stdout);
    let verdict = folder.run(&["validate", "m.json"]);
    assert_eq!(verdict.status, 0, "{}", verdict.stdout);
    let back = folder.run(&["map", "fmt", "--to", "fml", "m.json"]);
    assert!(
        back.stdout.contains("src -> tgt : active, gender"),
        "{}",
        back.stdout
    );
    assert!(
        back.stdout.contains("src.telecom -> tgt.telecom;"),
        "{}",
        back.stdout
    );
}

#[test]
fn a_map_and_its_structure_map_are_turned_into_each_other() {
    let folder = Folder::new();
    folder.file("back.map", BACK);
    let json = folder.run(&["map", "fmt", "--to", "json", "back.map"]);
    assert_eq!(json.json()["resourceType"], "StructureMap", "{json:?}");
    folder.file("back.json", &json.stdout);
    let text = folder.run(&["map", "fmt", "back.json"]);
    assert!(
        text.stdout
            .contains("patient.name as name -> msg.PID as pid single, pid.f5.c1 = (name.family);"),
        "{text:?}"
    );
    // What it says as a resource, it does as a map.
    folder.file(
        "p.json",
        r#"{"resourceType":"Patient","name":[{"family":"Doe"}]}"#,
    );
    assert!(
        folder
            .run(&["transform", "back.json", "p.json"])
            .stdout
            .ends_with("PID|||||Doe\r")
    );

    let check = folder.run(&["map", "fmt", "--check", "back.map"]);
    assert_eq!((check.status, check.stdout.as_str()), (1, "back.map\n"));
    assert_eq!(folder.run(&["map", "fmt", "--write", "back.map"]).status, 0);
    assert_eq!(folder.run(&["map", "fmt", "--check", "back.map"]).status, 0);
    folder.file("broken.map", "group {\n");
    assert_eq!(folder.run(&["map", "fmt", "broken.map"]).status, 1);
}

#[test]
fn map_check_says_what_is_wrong_of_the_maps_that_are_given() {
    let folder = Folder::new();
    folder.file("good.map", BACK);
    let run = folder.run(&["map", "check", "good.map"]);
    assert_eq!(
        (run.status, run.stdout.as_str()),
        (0, "1 map checked, 0 findings\n"),
        "{run:?}"
    );
    folder.file("bad.map", "/// url = 'http://example.org/bad'\n/// name = 'Bad'\ngroup g(source p : Patient, target q : Person) {\n  p.nam -> q.name;\n}\n");
    let run = folder.run(&["map", "check", "--format", "json", "."]);
    assert_eq!(run.status, 1);
    let found = &run.lines()[0];
    assert_eq!(
        (&found["file"], &found["line"], &found["code"]),
        (&json!("./bad.map"), &json!(4), &json!("unknown-element"))
    );
    assert_eq!(found["help"], "did you mean `name`?");
    assert_eq!(folder.run(&["map", "check"]).status, 2);
}

#[test]
fn tests_beside_a_map_are_blessed_and_compared_whole() {
    let folder = Folder::new();
    folder.file("maps/rows.map", ROWS);
    folder.file("maps/tests/rows/one.csv", "mrn,n\n7,12\n8,x\n");
    folder.file("maps/back.map", BACK);
    folder.file(
        "maps/tests/back/p.json",
        r#"{"resourceType":"Patient","name":[{"family":"Doe"}]}"#,
    );
    let run = folder.run(&["map", "test", "maps"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains("none is expected") && run.stdout.ends_with("0 tests passed, 2 failed\n"),
        "{}",
        run.stdout
    );
    let run = folder.run(&["map", "test", "--bless", "maps"]);
    assert_eq!(
        (run.status, run.stdout.as_str()),
        (0, "2 tests written, 0 failed\n"),
        "{run:?}"
    );
    assert_eq!(
        read(&folder, "maps/tests/back/p.expected.hl7"),
        "MSH|^~\\&|||||||ADT^A08|||2.5.1\rPID|||||Doe\r"
    );
    assert!(read(&folder, "maps/tests/rows/one.expected.json").contains("\"n\": 12"));
    assert!(read(&folder, "maps/tests/rows/one.expected.findings.txt").contains("bad-value"));
    assert_eq!(folder.run(&["map", "test", "--require", "maps"]).status, 0);

    folder.file(
        "maps/tests/back/p.expected.hl7",
        "MSH|^~\\&|||||||ADT^A08|||2.5.1\rPID|||||Roe\r",
    );
    folder.file("maps/tests/rows/one.expected.2.json", "{}\n");
    let run = folder.run(&["map", "test", "maps"]);
    assert_eq!(run.status, 1);
    assert!(
        run.stdout.contains("expected.hl7 differs from line 2")
            && run
                .stdout
                .contains("expected.2.json is expected, and the run gives none"),
        "{}",
        run.stdout
    );
    assert_eq!(folder.run(&["map", "test", "--bless", "maps"]).status, 0);
    assert_eq!(folder.run(&["map", "test", "maps"]).status, 0);
    folder.file("maps/more.map", BACK.replace("/back'", "/more'"));
    let run = folder.run(&["map", "test", "--require", "maps"]);
    assert!(
        run.status == 1 && run.stdout.contains("the map has no test"),
        "{}",
        run.stdout
    );
}

#[test]
fn explain_names_the_rule_and_the_bytes() {
    let folder = Folder::new();
    folder.file("a.hl7", adt("1", "7"));
    let run = folder.run(&["map", "explain", "a.hl7", "Patient.name.family"]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(
        run.stdout.contains("datatype/XPN.map") && run.stdout.contains("from PID-5.1.1 (bytes"),
        "{}",
        run.stdout
    );
    assert!(!run.stdout.contains("Example"));
    let shown = folder.run(&["map", "explain", "--show-values", "a.hl7", "Patient.name.family"]);
    assert!(shown.stdout.trim_end().ends_with(": Example"), "{}", shown.stdout);
    let back = folder.run(&["map", "explain", "--json", "a.hl7", "PID-5"]);
    assert!(back.lines().iter().any(|one| {
        one["path"]
            .as_str()
            .is_some_and(|path| path.ends_with("name[0].family"))
    }));
    assert_eq!(
        folder.run(&["map", "explain", "a.hl7", "Patient.photo"]).status,
        1
    );
}

#[test]
fn diff_shows_what_another_state_of_the_maps_changes() {
    let folder = Folder::new();
    let map = |family: &str| {
        format!(
            "/// url = 'http://example.org/d'\n/// carewire.entry = 'ADT^*'\nuses 'http://hl7.org/fhir/StructureDefinition/Patient' as target\ngroup d(source msg, target p : Patient) {{\n  msg.PID as pid -> p.name as n, n.{family} = (pid.f5.c1), p.active = true;\n}}\n"
        )
    };
    folder.file("old/d.map", map("family"));
    folder.file("new/d.map", map("text"));
    folder.file("corpus/a.hl7", adt("1", "7"));
    let same = folder.run(&["map", "diff", "old", "old", "--corpus", "corpus"]);
    assert_eq!((same.status, same.stdout.as_str()), (0, ""), "{same:?}");
    let run = folder.run(&["map", "diff", "old", "new", "--corpus", "corpus"]);
    assert_eq!(run.status, 1);
    assert_eq!(
        run.lines()[0]["changes"],
        json!([{"path": "Patient.name[0].family", "change": "removed"}, {"path": "Patient.name[0].text", "change": "added"}])
    );
    // What neither side maps is counted; it does not differ.
    assert_eq!(same.stderr, "", "{same:?}");
    folder.file("orders/a.hl7", adt("1", "7") + &oru("2", "7"));
    folder.file("orders/b.hl7", oru("3", "7"));
    let none = folder.run(&["map", "diff", "old", "old", "--corpus", "orders"]);
    assert_eq!(
        (none.status, none.stdout.as_str(), none.stderr.as_str()),
        (
            0,
            "",
            "2 messages are mapped by neither side [no-entry]: the first orders/a.hl7, message 2\n"
        )
    );
    let run = folder.run(&["map", "diff", "--show-values", "old", "new", "--corpus", "corpus"]);
    assert_eq!(run.lines()[0]["changes"][0]["before"], "Example");
}

#[test]
fn doc_has_a_row_for_each_rule() {
    let folder = Folder::new();
    folder.file(
        "back.map",
        BACK.replace("  patient -> msg", "  // the header | first\n  patient -> msg"),
    );
    let page = folder.run(&["map", "doc", "back.map"]).stdout;
    assert!(
        page.contains("## back\n\n`(source patient : Patient, target msg : ADT)`"),
        "{page}"
    );
    assert!(page.contains("| 6 | `patient` | `msg.MSH as msh`<br>`msh.f9.c1 = 'ADT'`<br>`msh.f9.c2 = 'A08'` |  | the header \\| first |"), "{page}");
}

#[test]
fn invert_prints_what_can_be_turned_and_names_the_rest() {
    let folder = Folder::new();
    folder.file("m.map", "/// url = 'http://example.org/m'\ngroup m(source a, target b) {\n  a.x as v -> b.y = v;\n  a.z where (w = 1) -> b.z;\n}\n");
    let run = folder.run(&["map", "invert", "m.map"]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(
        run.stdout
            .contains("group m(source b, target a) {\n  b.y as v -> a.x = v;\n}"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.contains("m.map:4: the condition of a source"),
        "{}",
        run.stderr
    );
}

#[test]
fn convert_gives_lineage_and_coverage_where_they_are_asked_for() {
    let folder = Folder::new();
    folder.file("a.hl7", adt("1", "7") + "ZZZ|local\r");
    let run = folder.run(&["convert", "--lineage", "--coverage", "a.hl7"]);
    let line = &run.lines()[0];
    let lineage = line["lineage"].as_array().unwrap();
    assert!(
        lineage.iter().any(|one| one["sources"][0]["path"] == "PID-5.1.1"),
        "{line}"
    );
    let coverage: Value = run
        .stderr
        .lines()
        .find_map(|line| serde_json::from_str(line).ok())
        .unwrap();
    assert_eq!(coverage["messages"], 1);
    assert!(
        coverage["fields"]
            .as_array()
            .unwrap()
            .iter()
            .any(|field| field["path"] == "ZZZ-1")
    );
    assert_eq!(
        folder
            .run(&["convert", "--coverage", "--min-coverage", "100", "a.hl7"])
            .status,
        1
    );
    let enough = folder.run(&["convert", "--coverage", "--min-coverage", "10", "a.hl7"]);
    assert_eq!(enough.status, folder.run(&["convert", "a.hl7"]).status);
    assert_eq!(
        folder.run(&["convert", "--min-coverage", "10", "a.hl7"]).status,
        2
    );
}

#[test]
fn a_provenance_of_the_output_is_valid() {
    let sent = adt("1", "7");
    let msg = carewire_hl7v2::Message::parse(sent.as_bytes()).unwrap();
    let now = "2024-02-01T10:00:00Z".parse().unwrap();
    let context = carewire_mapping::Context::at("2024-02-01T10:00:00Z".parse().unwrap()).lineage(true);
    let out = carewire_mapping::v2_to_fhir().run(&msg, &context).unwrap();
    let provenance = out.lineage.unwrap().to_provenance(&out.bundle, &now).unwrap();
    let folder = Folder::new();
    folder.file("provenance.json", &provenance);
    let run = folder.run(&["validate", "provenance.json"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
}

#[test]
fn what_cannot_be_read_is_named_and_a_folder_without_maps_is_wrong_usage() {
    let folder = Folder::new();
    folder.file("good.map", BACK);
    folder.file("bad.map", "not a map");
    folder.file("empty/notes.txt", "nothing");
    folder.file("no.hl7", "hello");
    let said = |arguments: &[&str]| {
        let run = folder.run(arguments);
        assert_eq!(run.status, 2, "{run:?}");
        run.stderr
    };
    assert_eq!(
        said(&["map", "check", "none.map"]),
        "error: none.map: there is no such file [map-unreadable]\n"
    );
    assert_eq!(
        said(&["map", "explain", "none.hl7", "PID-5"]),
        "error: none.hl7: there is no such file [unreadable]\n"
    );
    let explained = folder.run(&["map", "explain", "no.hl7", "PID-5"]);
    assert_eq!(
        (explained.status, &*explained.stderr),
        (1, "error: no.hl7: expected MSH [no-msh] (byte 0)\n")
    );
    folder.file("binary.map", b"/// url = 'u'\n// \xc3\xa9\xff");
    assert_eq!(
        said(&["map", "check", "binary.map"]),
        "error: binary.map: not UTF-8 at line 2, column 5 [map-unreadable] (byte 19)\n"
    );
    for arguments in [&["map", "invert", "empty"][..], &["transform", "empty", "no.hl7"]] {
        assert_eq!(
            said(arguments),
            "error: empty: a folder, where one map is wanted [map-unreadable]\n"
        );
    }
    for command in ["check", "test", "fmt", "doc"] {
        assert_eq!(
            said(&["map", command, "empty"]),
            "error: empty: the folder holds no map [no-map]\n"
        );
    }
    // A map with a fault has no url either: the fault is what helps.
    let run = said(&["transform", "bad.map", "no.hl7"]);
    assert!(
        run.contains("error[syntax]") && run.contains("bad.map:1:1"),
        "{run}"
    );

    // A map that does not read fails also where it has no test.
    let run = folder.run(&["map", "test", "bad.map"]);
    assert_eq!(
        (run.status, run.stdout.as_str()),
        (
            1,
            "FAIL bad.map: it is no map [bad-map]\n0 tests passed, 1 failed\n"
        ),
        "{run:?}"
    );
    assert!(run.stderr.contains("error[syntax]"), "{run:?}");

    folder.file("open.map", "/// url = 'u'\n/// name = 'Open\nuses 'http://example.org/a' as source\ngroup g(source a, target b) {}\n");
    let run = folder.run(&["map", "check", "open.map"]);
    assert!(
        run.stdout
            .contains("help: the quoted text before it begins in line 2: is its quote closed there?"),
        "{run:?}"
    );

    let run = folder.run(&["map", "test", "good.map"]);
    assert_eq!(
        (run.status, run.stdout.as_str()),
        (0, "0 tests passed, 0 failed\n")
    );
    assert!(run.stderr.contains("no map has a test"), "{run:?}");
}
