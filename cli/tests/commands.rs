//! `parse`, `query`, `validate`, `fhirpath`, `fmt` and `term` as a user runs them.

mod support;

use carewire_testkit::markers::{Markers, assert_none};
use serde_json::{Value, json};
use support::{Folder, adt, oru};

const PATIENT: &str = r#"{"resourceType":"Patient","active":true,"name":[{"use":"official","given":["Ann"]}],"birthDate":"1980-02-03"}"#;

#[test]
fn query_prints_a_line_a_path_and_tells_null_from_absent() {
    let folder = Folder::new();
    folder.file(
        "a.hl7",
        adt("1", "7").replace("|F|||1 Sample", "|\"\"|||1 Sample"),
    );
    let run = folder.run(&["query", "PID-5.1", "PID-3[.5='MR'].1", "PID-8", "PID-30", "a.hl7"]);
    assert_eq!(run.status, 0, "{run:?}");
    assert_eq!(
        run.stdout,
        "{\"file\":\"a.hl7\",\"path\":\"PID-5.1\",\"values\":[\"Example\"]}\n\
         {\"file\":\"a.hl7\",\"path\":\"PID-3[.5='MR'].1\",\"values\":[\"7\"]}\n\
         {\"file\":\"a.hl7\",\"path\":\"PID-8\",\"values\":[null]}\n\
         {\"file\":\"a.hl7\",\"path\":\"PID-30\",\"values\":[]}\n"
    );
}

#[test]
fn query_over_several_messages_numbers_them() {
    let folder = Folder::new();
    folder.file("b.hl7", adt("1", "7") + &oru("2", "8"));
    folder.file("list.txt", "b.hl7\n\nmissing.hl7\n");
    let run = folder.run(&["query", "MSH-10", "--files-from", "list.txt"]);
    assert_eq!(run.status, 1);
    let lines = run.lines();
    assert_eq!(
        lines[0],
        json!({"file": "b.hl7", "message": 1, "path": "MSH-10", "values": ["1"]})
    );
    assert_eq!(lines[1]["values"], json!(["2"]));
    assert_eq!(
        (&lines[2]["file"], &lines[2]["error"]["code"]),
        (&"missing.hl7".into(), &"unreadable".into())
    );
}

#[test]
fn parse_shows_groups_names_and_decoded_values() {
    let folder = Folder::new();
    folder.file("o.hl7", oru("1", "7").replace("Example^Ann", "Ex\\T\\ample^Ann"));
    let tree = folder.run(&["parse", "o.hl7"]);
    assert_eq!(tree.status, 0, "{tree:?}");
    assert!(
        tree.stdout.contains("ORDER_OBSERVATION") && tree.stdout.contains("Ex&ample"),
        "{}",
        tree.stdout
    );

    let json = folder.run(&["parse", "--to", "json", "o.hl7"]).json();
    assert_eq!(json["structure"], "ORU_R01");
    assert_eq!(json["children"][1]["group"], "PATIENT_RESULT");

    let xml = folder.run(&["parse", "--to", "xml", "o.hl7"]).stdout;
    assert!(
        xml.contains("<ORU_R01.PATIENT_RESULT>") && xml.contains("Ex&amp;ample"),
        "{xml}"
    );
}

#[test]
fn parse_of_several_keeps_a_line_each() {
    let folder = Folder::new();
    folder.file("b.hl7", adt("1", "7") + &oru("2", "8"));
    for (form, key) in [("tree", "tree"), ("json", "tree"), ("xml", "xml")] {
        let lines = folder.run(&["parse", "--to", form, "b.hl7"]).lines();
        assert_eq!(lines.len(), 2);
        assert!(
            lines
                .iter()
                .all(|line| line["file"] == "b.hl7" && line.get(key).is_some()),
            "{form}"
        );
    }
}

#[test]
fn validate_judges_json_ndjson_and_messages() {
    let folder = Folder::new();
    folder.file("good.json", PATIENT);
    let good = folder.run(&["validate", "good.json"]);
    assert_eq!(
        (good.status, &good.json()["resourceType"]),
        (0, &"OperationOutcome".into()),
        "{good:?}"
    );

    folder.file("bad.json", PATIENT.replace("1980-02-03", "1980-02-30"));
    let bad = folder.run(&["validate", "bad.json"]);
    let issue = &bad.json()["issue"][0];
    assert_eq!((bad.status, &issue["severity"]), (1, &"error".into()), "{bad:?}");
    assert_eq!(issue["expression"], json!(["Patient.birthDate"]));

    folder.file(
        "all.ndjson",
        [PATIENT, "\n\n", PATIENT, "\n{\"resourceType\":\"Nonsense\"}\n"].concat(),
    );
    let run = folder.run(&["validate", "all.ndjson"]);
    let numbers: Vec<_> = run.lines().iter().map(|line| line["message"].clone()).collect();
    assert_eq!((run.status, numbers), (1, vec![json!(1), json!(2), json!(3)]));

    folder.file("a.hl7", adt("1", "7"));
    assert_eq!(folder.run(&["validate", "a.hl7"]).status, 0);
    let both = folder.run(&["validate", "a.hl7", "bad.json"]);
    assert_eq!(
        both.lines()
            .iter()
            .map(|line| line["file"].clone())
            .collect::<Vec<_>>(),
        ["a.hl7", "bad.json"]
    );
}

#[test]
fn validate_writes_text_and_one_sarif_log() {
    let folder = Folder::new();
    folder.file("a.json", "{\"resourceType\":\"Patient\",\n \"gender\":\"Zqxv1\"}");
    folder.file("b.json", "{\"resourceType\":\"Patient\",\"Zqxv2\":1}");
    let text = folder.run(&["validate", "--format", "text", "a.json", "b.json"]);
    assert_eq!(text.status, 1);
    assert!(text.stdout.contains(":2:"), "{}", text.stdout);
    let sarif = folder
        .run(&["validate", "--format", "sarif", "--jobs", "3", "a.json", "b.json"])
        .json();
    assert_eq!(sarif["version"], "2.1.0");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let uri = |result: &Value| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].clone();
    let (first, last) = (results.first().map(uri), results.last().map(uri));
    assert_eq!((first, last), (Some("a.json".into()), Some("b.json".into())));
    assert_none("text", &text.stdout);
    assert_none("sarif", &sarif.to_string());
}

#[test]
fn an_error_is_no_part_of_a_sarif_log_or_a_text() {
    let folder = Folder::new();
    folder.file("a.json", PATIENT);
    let sarif = folder.run(&["validate", "--format", "sarif", "a.json", "missing.json"]);
    assert_eq!((sarif.status, &sarif.json()["version"]), (1, &"2.1.0".into()));
    assert!(sarif.stderr.contains("missing.json: "), "{sarif:?}");
    let text = folder.run(&["validate", "--format", "text", "missing.json"]);
    assert_eq!((text.status, text.stdout.as_str()), (1, ""));
    assert!(text.stderr.contains("missing.json: "), "{text:?}");
}

#[test]
fn text_in_a_set_that_is_not_read_is_an_error_and_no_empty_value() {
    let folder = Folder::new();
    let message = adt("1", "7")
        .replace("|P|2.5.1", "|P|2.5.1||||||UNICODE UTF-16")
        .replace("Ann", "\u{c4}nn");
    folder.file("a.hl7", message);
    let run = folder.run(&["query", "PID-5.2", "a.hl7"]);
    let line = run.json();
    assert_eq!((run.status, line.get("values")), (1, None), "{line}");
    assert_eq!(
        (&line["error"]["code"], &line["error"]["path"]),
        (&"charset-unsupported".into(), &"PID-5.2".into())
    );
    let tree = folder.run(&["parse", "a.hl7"]);
    assert_eq!(tree.status, 1);
    assert!(tree.stderr.contains("charset-unsupported"), "{}", tree.stderr);
}

#[test]
fn fhirpath_follows_types_where_it_is_asked_to() {
    let folder = Folder::new();
    folder.file(
        "a.json",
        r#"{"resourceType": "Patient", "birthDate": "1970-01-31"}"#,
    );
    folder.file("b.json", r#"{"resourceType": "Observation", "status": "final"}"#);
    let arguments =
        |strict: &'static [&'static str]| [&["fhirpath"], strict, &["birthDat", "a.json", "b.json"]].concat();
    let lenient = folder.run(&arguments(&[]));
    assert_eq!(lenient.status, 0, "{lenient:?}");
    assert!(
        lenient
            .lines()
            .iter()
            .all(|one| one["result"] == serde_json::json!([]))
    );

    let strict = folder.run(&arguments(&["--strict"]));
    assert_eq!(strict.status, 1, "{strict:?}");
    let messages: Vec<_> = strict
        .lines()
        .iter()
        .map(|one| one["error"]["message"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        messages,
        [
            "`birthDat`: Patient has no element `birthDat`, did you mean `birthDate`? at 1:1",
            "`birthDat`: Observation has no element `birthDat` at 1:1",
        ]
    );
    let right = folder.run(&["fhirpath", "--strict", "birthDate.exists()", "a.json"]);
    assert_eq!(right.json()["result"][0]["value"], true, "{right:?}");
}

#[test]
fn fhirpath_explains_what_each_part_gave() {
    let folder = Folder::new();
    folder.file(
        "p.json",
        r#"{"resourceType": "Patient", "name": [{"given": ["Ann"]}, {"family": "Doe"}]}"#,
    );
    let parts = folder
        .run(&[
            "fhirpath",
            "--explain",
            "name.where(given.exists()).given",
            "p.json",
        ])
        .json()["parts"]
        .clone();
    let shown: Vec<_> = parts
        .as_array()
        .unwrap()
        .iter()
        .map(|part| {
            let results = part["result"].as_array().unwrap().len();
            format!("{} {} {} {results}", part["at"], part["text"], part["times"])
        })
        .collect();
    assert_eq!(
        shown,
        [
            r#"0 "name.where(given.exists()).given" 1 1"#,
            r#"0 "name.where(given.exists())" 1 1"#,
            r#"0 "name" 1 2"#,
            r#"11 "given.exists()" 2 2"#,
            r#"11 "given" 2 1"#,
        ]
    );
}

#[test]
fn fhirpath_applies_a_patch_or_says_where_it_does_not_fit() {
    let folder = Folder::new();
    folder.file("p.json", PATIENT);
    folder.file("q.json", r#"{"resourceType":"Patient"}"#);
    let patch = |path: &str| {
        format!(
            r#"{{"resourceType":"Parameters","parameter":[{{"name":"operation","part":[{{"name":"type","valueCode":"replace"}},{{"name":"path","valueString":"{path}"}},{{"name":"value","valueString":"Zoe"}}]}}]}}"#
        )
    };
    folder.file("patch/a.json", patch("Patient.name[0].given[0]"));
    folder.file("patch/bad.json", patch("Patient.name["));
    let one = folder.run(&["fhirpath", "--patch", "patch/a.json", "p.json"]);
    assert_eq!(one.status, 0, "{one:?}");
    assert_eq!(one.json()["name"][0]["given"], json!(["Zoe"]));
    let two = folder.run(&["fhirpath", "--patch", "patch/a.json", "p.json", "q.json"]);
    assert_eq!(two.status, 1, "{two:?}");
    assert!(
        two.stdout.contains(r#""resource":{"resourceType":"Patient""#),
        "{two:?}"
    );
    assert!(
        two.stdout.contains("no-place") && two.stdout.contains("Parameters.parameter[0].part[1]"),
        "{two:?}"
    );
    let bad = folder.run(&["fhirpath", "--patch", "patch/bad.json", "p.json"]);
    assert_eq!(bad.status, 2, "{bad:?}");
    assert!(bad.stderr.contains("Parameters.parameter[0].part[1]"), "{bad:?}");
}

#[test]
fn fhirpath_prints_types_and_values() {
    let folder = Folder::new();
    folder.file("p.json", PATIENT);
    let run = folder.run(&["fhirpath", "Patient.name.given | name.count() + 1.50", "p.json"]);
    assert_eq!(run.status, 0, "{run:?}");
    assert_eq!(
        run.json(),
        json!({"file": "p.json", "result": [{"type": "FHIR.string", "value": "Ann"}, {"type": "System.Decimal", "value": 2.5}]})
    );
    assert!(run.stdout.contains("2.50"), "a decimal keeps its text");
    let name = folder.run(&["fhirpath", "name", "p.json"]).json();
    assert_eq!(
        name["result"][0]["value"],
        json!({"use": "official", "given": ["Ann"]})
    );
    let now = folder
        .run(&[
            "fhirpath",
            "today()",
            "--now",
            "2024-01-02T03:04:05+01:00",
            "p.json",
        ])
        .json();
    assert_eq!(now["result"][0]["value"], "2024-01-02");
}

#[test]
fn the_xml_of_hl7_comes_back_as_er7() {
    let folder = Folder::new();
    folder.file("a.hl7", adt("1", "7"));
    let er7 = folder.run(&["fmt", "--to", "er7", "a.hl7"]).stdout;
    let xml = folder.run(&["fmt", "--to", "v2xml", "a.hl7"]);
    folder.file("a.xml", xml.stdout);
    assert_eq!(folder.run(&["fmt", "--to", "er7", "a.xml"]).stdout, er7);
    let query = folder.run(&["query", "PID-5.1", "a.xml"]);
    assert_eq!(query.lines()[0]["values"], json!(["Example"]));
    folder.file(
        "b.xml",
        "<!DOCTYPE A [<!ENTITY secret \"x\">]><A xmlns=\"urn:hl7-org:v2xml\"/>",
    );
    let refused = folder.run(&["parse", "b.xml"]);
    assert_eq!(refused.status, 1);
    assert!(
        refused.stderr.contains("xml-document-type") || refused.stdout.contains("xml-document-type"),
        "{refused:?}"
    );
}

#[test]
fn fmt_keeps_the_content() {
    let folder = Folder::new();
    folder.file("p.json", PATIENT.replace(",\"", ", \""));
    assert_eq!(
        folder.run(&["fmt", "--to", "json", "p.json"]).stdout,
        format!("{PATIENT}\n")
    );
    let pretty = folder.run(&["fmt", "--to", "json", "--pretty", "p.json"]).stdout;
    assert!(
        pretty.starts_with("{\n  \"resourceType\": \"Patient\",\n"),
        "{pretty}"
    );

    let xml = folder.run(&["fmt", "--to", "xml", "p.json"]).stdout;
    assert!(xml.contains("<birthDate value=\"1980-02-03\"/>"), "{xml}");
    folder.file("p.xml", xml.as_bytes());
    assert_eq!(
        folder.run(&["fmt", "--to", "json", "p.xml"]).stdout,
        format!("{PATIENT}\n")
    );
    assert_eq!(folder.run(&["validate", "p.xml"]).status, 0);
    assert_eq!(
        folder.run(&["fhirpath", "name.given", "p.xml"]).json()["result"][0]["value"],
        "Ann"
    );
    let broken = folder.run_with(&["fmt", "--to", "json", "-"], b"<Patient");
    assert_eq!(
        (broken.status, &broken.json()["error"]["code"]),
        (1, &"bad-xml".into())
    );

    folder.file("a.hl7", adt("1", "7").replace('\r', "\r\n"));
    assert_eq!(folder.run(&["fmt", "--to", "er7", "a.hl7"]).stdout, adt("1", "7"));
    assert_eq!(
        folder.run(&["fmt", "--to", "er7", "--pretty", "a.hl7"]).stdout,
        adt("1", "7").replace('\r', "\n")
    );
    assert!(
        folder
            .run(&["fmt", "--to", "v2xml", "a.hl7"])
            .stdout
            .contains("<ADT_A01 xmlns")
    );
}

#[test]
fn wrong_usage_is_two_and_an_unreadable_input_is_one() {
    let folder = Folder::new();
    folder.file("p.json", PATIENT);
    for arguments in [
        &["nonsense"][..],
        &["validate"],
        &["query", "p.json"],
        &["query", "nosuch.hl7", "p.json"],
        &["fhirpath", "name.(", "p.json"],
        &["fhirpath", "now()", "--now", "2024", "p.json"],
        &["fmt", "--to", "rtf", "p.json"],
        &["validate", "--jobs", "0", "p.json"],
        &["validate", "--jobs", "18446744073709551615", "p.json"],
        &["query", "PID-5", "--jobs", "1025", "p.json"],
        &["validate", "--files-from", "missing.txt"],
    ] {
        let run = folder.run(arguments);
        assert_eq!(
            (run.status, run.stdout.as_str()),
            (2, ""),
            "{arguments:?}: {run:?}"
        );
    }
    let run = folder.run(&["validate", "missing.json"]);
    assert_eq!(
        (run.status, &run.json()["error"]["code"]),
        (1, &"unreadable".into())
    );
    let run = folder.run_with(&["validate", "-"], b"");
    assert_eq!((run.status, &run.json()["error"]["code"]), (1, &"empty".into()));
    let run = folder.run_with(&["fmt", "--to", "json", "-"], b"{\"a\":");
    assert_eq!(
        (run.status, &run.json()["error"]["code"]),
        (1, &"bad-json".into())
    );
}

#[test]
fn term_ucum_names_and_converts_units() {
    let folder = Folder::new();
    let run = folder.run(&["term", "ucum", "mg/dL", "--value", "90", "--to", "g/L"]);
    let line = "{\"unit\":\"mg/dL\",\"name\":\"(milligram) / (deciliter)\",\
        \"canonical\":{\"value\":\"900\",\"unit\":\"g.m-3\"},\"result\":{\"value\":\"0.9\",\"unit\":\"g/L\"}}\n";
    assert_eq!((run.status, run.stdout.as_str()), (0, line));
    let help = folder.run(&["term", "ucum", "--help"]);
    assert!(help.stdout.contains("Example: carewire term ucum ") && help.stdout.contains(line.trim_end()));

    let run = folder.run_with(
        &["term", "ucum", "--to", "h", "--digits", "3", "-"],
        b"min\nmg/12h\nCel\n",
    );
    let lines = run.lines();
    assert_eq!((run.status, &lines[0]["result"]["value"]), (1, &"0.0167".into()));
    assert_eq!(
        (&lines[1]["error"]["code"], &lines[1]["error"]["offset"]),
        (&"number-before-unit".into(), &3.into())
    );
    assert_eq!(lines[2]["error"]["code"], "not-commensurable");

    let run = folder.run(&["term", "ucum", "--case-insensitive", "KPAL"]);
    assert_eq!((run.status, &run.json()["unit"]), (0, &"kPa".into()));
    for wrong in [
        &["term", "ucum"][..],
        &["term", "ucum", "m", "--value", "much"],
        &["term", "ucum", "m", "--to", "metre"],
    ] {
        assert_eq!(folder.run(wrong).status, 2, "{wrong:?}");
    }
}

#[test]
fn every_command_shows_an_example() {
    let folder = Folder::new();
    for command in ["convert", "parse", "query", "validate", "fhirpath", "fmt"] {
        let help = folder.run(&[command, "--help"]);
        assert_eq!(help.status, 0);
        assert!(
            help.stdout.contains(&format!("Example: carewire {command} ")),
            "{}",
            help.stdout
        );
    }
}

#[test]
fn no_error_quotes_its_input() {
    let folder = Folder::new();
    let mut markers = Markers::default();
    folder.file(
        "broken.json",
        markers.plant("{\"resourceType\":\"Patient\",\"@\":\"@\",\"birthDate\":@}", "@"),
    );
    folder.file("unread.hl7", markers.plant("@|^~\\&|@|@\rPID|@\r", "@"));
    folder.file(
        "p.json",
        markers.plant(
            "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"@\"},{\"family\":\"@\"}]}",
            "@",
        ),
    );
    for arguments in [
        &["validate", "broken.json", "unread.hl7", "p.json"][..],
        &[
            "validate",
            "--format",
            "text",
            "broken.json",
            "unread.hl7",
            "p.json",
        ],
        &["parse", "unread.hl7"],
        &["query", "PID-5", "unread.hl7"],
        &["fmt", "--to", "json", "broken.json"],
        &["fhirpath", "name.family.single()", "p.json"],
        &["fhirpath", "(name.family.first() + 1)", "p.json"],
    ] {
        let run = folder.run(arguments);
        assert_none(&format!("{arguments:?}"), &(run.stdout + &run.stderr));
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::new();
    folder.file("all.ndjson", format!("{PATIENT}\n").repeat(5000));
    let ended = folder.run_unread(&["fmt", "--to", "json", "all.ndjson"]);
    assert_eq!(ended, (Some(0), String::new()));
}

#[test]
fn results_are_lines_of_the_same_shape_whatever_the_jobs() {
    let folder = Folder::new();
    folder.file(
        "all.hl7",
        (0..300).map(|n| adt(&n.to_string(), "7")).collect::<String>(),
    );
    let one = folder.run(&["query", "MSH-10", "--jobs", "1", "all.hl7"]);
    let many = folder.run(&["query", "MSH-10", "--jobs", "7", "all.hl7"]);
    assert_eq!(one.stdout, many.stdout);
    let ids: Vec<Value> = many
        .lines()
        .into_iter()
        .map(|line| line["values"][0].clone())
        .collect();
    assert_eq!(ids, (0..300).map(|n| json!(n.to_string())).collect::<Vec<_>>());
}
