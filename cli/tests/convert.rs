//! `carewire convert` as a user runs it.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test")]

mod support;

use serde_json::Value;
use support::{Folder, adt, oru};

const NOW: &str = "2024-01-02T03:04:06+01:00";

fn types(bundle: &Value) -> Vec<&str> {
    let entries = bundle["entry"].as_array().expect("entries");
    entries
        .iter()
        .filter_map(|entry| entry["resource"]["resourceType"].as_str())
        .collect()
}

fn id_of<'v>(bundle: &'v Value, name: &str) -> &'v str {
    let entries = bundle["entry"].as_array().expect("entries");
    let resource = entries
        .iter()
        .map(|entry| &entry["resource"])
        .find(|resource| resource["resourceType"] == name);
    resource
        .and_then(|resource| resource["id"].as_str())
        .expect("an id")
}

#[test]
fn one_message_gives_its_bundle_indented() {
    let folder = Folder::new();
    folder.file("a.hl7", adt("1", "7"));
    let run = folder.run(&["convert", "--now", NOW, "a.hl7"]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(
        run.stdout.starts_with("{\n  \"resourceType\": \"Bundle\""),
        "{}",
        run.stdout
    );
    assert!(run.stdout.ends_with("}\n"));
    let bundle = run.json();
    assert_eq!(bundle["type"], "message");
    let types = types(&bundle);
    assert_eq!(types.first(), Some(&"MessageHeader"));
    assert!(
        types.contains(&"Patient") && types.contains(&"Encounter"),
        "{types:?}"
    );
}

#[test]
fn several_messages_give_a_line_each_in_order() {
    let folder = Folder::new();
    folder.file("b/2.hl7", oru("2", "8"));
    folder.file("b/1.hl7", adt("1", "7"));
    folder.file("b/README.md", "# no message\n");
    let run = folder.run(&["convert", "--now", NOW, "b"]);
    assert_eq!(run.status, 0, "{run:?}");
    let lines = run.lines();
    assert_eq!(
        lines
            .iter()
            .map(|line| line["file"].as_str().unwrap())
            .collect::<Vec<_>>(),
        ["b/1.hl7", "b/2.hl7"]
    );
    for line in &lines {
        let keys: Vec<_> = line.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["bundle", "file", "findings", "message"]);
        assert_eq!(line["bundle"]["resourceType"], "Bundle");
        assert_eq!(line["message"], 1);
    }
    assert!(run.stderr.contains("skipped b/README.md"), "{}", run.stderr);
}

#[test]
fn a_batch_counts_as_several_and_bundles_prints_them_alone() {
    let folder = Folder::new();
    let batch = format!(
        "FHS|^~\\&|A\rBHS|^~\\&|A\r{}{}BTS|2\rFTS|1\r",
        adt("1", "7"),
        adt("2", "8")
    );
    folder.file("batch.hl7", &batch);
    let run = folder.run(&["convert", "--now", NOW, "batch.hl7"]);
    let numbers: Vec<_> = run
        .lines()
        .iter()
        .map(|line| line["message"].as_u64().unwrap())
        .collect();
    assert_eq!((run.status, numbers), (0, vec![1, 2]));

    let run = folder.run_with(&["convert", "--now", NOW, "--bundles", "-"], batch.as_bytes());
    assert_eq!(run.status, 0);
    assert!(run.lines().iter().all(|line| line["resourceType"] == "Bundle"));

    let one = format!("FHS|^~\\&|A\rBHS|^~\\&|A\r{}BTS|1\rFTS|1\r", adt("1", "7"));
    let run = folder.run_with(&["convert", "--now", NOW, "-"], one.as_bytes());
    assert_eq!(run.lines()[0]["file"], "-", "a batch of one is a batch");
}

#[test]
fn the_order_and_the_bytes_do_not_depend_on_jobs() {
    let folder = Folder::new();
    let batch: String = (0..200)
        .map(|n| {
            if n % 3 == 0 {
                oru(&n.to_string(), "7")
            } else {
                adt(&n.to_string(), "7")
            }
        })
        .collect();
    folder.file("batch.hl7", batch);
    let one = folder.run(&["convert", "--now", NOW, "--jobs", "1", "batch.hl7"]);
    let four = folder.run(&["convert", "--now", NOW, "--jobs", "4", "batch.hl7"]);
    assert_eq!(one.stdout.lines().count(), 200);
    assert_eq!(one.stdout, four.stdout);
}

#[test]
fn one_visit_keeps_its_ids_and_assigners_are_not_mixed() {
    let folder = Folder::new();
    let admit = adt("1", "7");
    let update = admit.replace("ADT^A01^ADT_A01|1|", "ADT^A08^ADT_A01|2|");
    let other = adt("3", "7").replace("7^^^HOSP^MR", "7^^^CLINIC^MR");
    folder.file("all.hl7", [admit, update, other].concat());
    let lines = folder.run(&["convert", "--now", NOW, "all.hl7"]).lines();
    let patients: Vec<_> = lines
        .iter()
        .map(|line| id_of(&line["bundle"], "Patient"))
        .collect();
    assert_eq!(patients[0], patients[1]);
    assert_ne!(patients[0], patients[2]);
    assert_eq!(
        id_of(&lines[0]["bundle"], "Encounter"),
        id_of(&lines[1]["bundle"], "Encounter")
    );

    let namespace = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    let elsewhere = folder
        .run(&["convert", "--now", NOW, "--namespace", namespace, "all.hl7"])
        .lines();
    assert_ne!(id_of(&elsewhere[0]["bundle"], "Patient"), patients[0]);
}

#[test]
fn the_kind_of_bundle_and_the_zone_are_the_callers() {
    let folder = Folder::new();
    folder.file("a.hl7", adt("1", "7").replace("+0100", ""));
    for kind in ["message", "transaction", "collection"] {
        let run = folder.run(&["convert", "--now", NOW, "--bundle", kind, "a.hl7"]);
        assert_eq!(run.json()["type"], kind, "{run:?}");
    }
    let run = folder.run(&["convert", "--now", NOW, "a.hl7"]);
    assert!(run.stderr.contains("time-without-zone"), "{}", run.stderr);
    assert!(!run.stdout.contains("2024-01-02T03:00:00"), "no guessed offset");
    let run = folder.run(&["convert", "--now", NOW, "--zone", "-05:00", "a.hl7"]);
    assert!(run.stdout.contains("2024-01-02T03:00:00-05:00"), "{}", run.stdout);
    assert_eq!(folder.run(&["convert", "--zone", "noon", "a.hl7"]).status, 2);
}

#[test]
fn broken_input_is_reported_the_rest_goes_on_and_nothing_is_lost() {
    let folder = Folder::new();
    folder.file("in/1.hl7", adt("1", "7"));
    folder.file("in/2.hl7", b"PID|1||Zqxv1^^^HOSP^MR||Zqxv2^Ann\r");
    folder.file("in/3.hl7", b"");
    folder.file("in/4.hl7", oru("4", "8"));
    let run = folder.run(&["convert", "--now", NOW, "--errors", "failed", "in", "missing.hl7"]);
    assert_eq!(run.status, 1);
    let lines = run.lines();
    assert_eq!(lines.len(), 5);
    let has_bundle: Vec<_> = lines.iter().map(|line| line.get("bundle").is_some()).collect();
    assert_eq!(has_bundle, [true, false, false, true, false]);
    for line in lines.iter().filter(|line| line.get("bundle").is_none()) {
        assert!(
            line["error"]["code"].is_string() && line["error"]["message"].is_string(),
            "{line}"
        );
    }
    assert_eq!(lines[1]["error"]["code"], "no-msh");
    assert_eq!(lines[1]["error"]["offset"], 0);

    assert!(
        folder.names("failed").iter().any(|name| name == "in_2.hl7.1.hl7"),
        "{:?}",
        folder.names("failed")
    );
    let kept = std::fs::read(folder.path().join("failed/in_2.hl7.1.hl7")).unwrap();
    assert_eq!(kept, std::fs::read(folder.path().join("in/2.hl7")).unwrap());
    let report = std::fs::read_to_string(folder.path().join("failed/in_2.hl7.1.report.json")).unwrap();
    let report_json: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(
        (&report_json["file"], &report_json["message"]),
        (&"in/2.hl7".into(), &1.into())
    );
    assert_eq!(report_json["error"]["code"], "no-msh");
    for text in [&run.stdout, &run.stderr, &report] {
        carewire_testkit::markers::assert_none("a report", text);
    }
}

#[test]
fn what_failed_before_is_not_written_over() {
    let folder = Folder::new();
    let convert = |message: &[u8]| folder.run_with(&["convert", "--errors", "failed", "-"], message);
    convert(b"PID|1||7");
    convert(b"PID|1||7");
    assert_eq!(folder.names("failed"), ["stdin.1.hl7", "stdin.1.report.json"]);
    convert(b"PID|1||8");
    let kept = |name: &str| std::fs::read(folder.path().join("failed").join(name)).unwrap();
    assert_eq!(kept("stdin.1.hl7"), b"PID|1||7");
    assert_eq!(kept("stdin.1-2.hl7"), b"PID|1||8");
    assert!(
        folder
            .names("failed")
            .contains(&"stdin.1-2.report.json".to_owned())
    );
}

#[test]
fn bundles_alone_are_bundles_alone() {
    let folder = Folder::new();
    folder.file(
        "in.hl7",
        [adt("1", "7"), "MSH|^~\\&|A\r".to_owned(), oru("2", "7")].concat(),
    );
    let run = folder.run(&["convert", "--now", NOW, "--bundles", "in.hl7", "missing.hl7"]);
    assert_eq!(run.status, 1);
    let kinds: Vec<_> = run
        .lines()
        .iter()
        .map(|line| line["resourceType"].clone())
        .collect();
    assert_eq!(kinds, ["Bundle", "Bundle"]);
    assert!(
        run.stderr.contains("in.hl7, message 2: ") && run.stderr.contains("missing.hl7: "),
        "{}",
        run.stderr
    );
}

#[test]
fn a_folder_without_a_message_is_an_error_in_its_place() {
    let folder = Folder::new();
    folder.file("1.hl7", adt("1", "7"));
    folder.file("2/README.md", "# no message\n");
    folder.file("3.hl7", adt("3", "7"));
    let run = folder.run(&["convert", "--now", NOW, "1.hl7", "2", "3.hl7"]);
    assert_eq!(run.status, 1);
    let lines = run.lines();
    let files: Vec<_> = lines.iter().map(|line| line["file"].clone()).collect();
    assert_eq!(files, ["1.hl7", "2", "3.hl7"], "in the order of the input");
    assert_eq!(lines[1]["error"]["code"], "empty");
}

#[test]
fn one_broken_message_prints_its_error_and_no_bundle() {
    let folder = Folder::new();
    let run = folder.run_with(&["convert", "-"], b"no message at all");
    assert_eq!(run.status, 1);
    assert_eq!(run.lines().len(), 1);
    assert!(run.json().get("bundle").is_none() && run.json()["error"]["code"].is_string());
}

#[test]
fn no_finding_or_error_quotes_a_value() {
    let folder = Folder::new();
    let mut markers = carewire_testkit::markers::Markers::default();
    let mut batch = String::new();
    for message in [adt("1", "7"), oru("2", "8")] {
        batch.push_str(&markers.plant_er7(&message, &["MSH-9", "MSH-12", "OBX-2"]));
    }
    folder.file("planted.hl7", batch);
    let run = folder.run(&["convert", "--now", NOW, "--errors", "failed", "planted.hl7"]);
    for line in run.lines() {
        let mut line = line;
        line.as_object_mut().unwrap().remove("bundle");
        carewire_testkit::markers::assert_none("a result", &line.to_string());
    }
    carewire_testkit::markers::assert_none("standard error", &run.stderr);
}

#[test]
fn a_map_that_does_not_compile_is_wrong_usage_with_its_place() {
    let folder = Folder::new();
    folder.file("a.hl7", adt("1", "7"));
    folder.file(
        "bad.map",
        "map \"http://example.org/bad\" = \"bad\"\n\ngroup G(source a, target b) {\n  a.x -> ;\n}\n",
    );
    let run = folder.run(&["convert", "--map", "bad.map", "a.hl7"]);
    assert_eq!(run.status, 2);
    assert!(run.stdout.is_empty());
    assert!(run.stderr.contains("bad.map:4:"), "{}", run.stderr);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let folder = Folder::new();
    let batch: String = (0..500).map(|n| adt(&n.to_string(), "7")).collect();
    folder.file("batch.hl7", batch);
    let ended = folder.run_unread(&["convert", "--now", NOW, "batch.hl7"]);
    assert_eq!(ended, (Some(0), String::new()));
}

#[test]
fn an_own_map_replaces_one_of_ours_or_says_itself_what_it_maps() {
    let folder = Folder::new();
    folder.file("a.hl7", adt("1", "7"));
    folder.file("o.hl7", oru("2", "7"));
    let own = "/// url = 'http://example.org/maps/names'\n/// carewire = 'superset'\n/// carewire.entry = 'ADT^*'\n\
        imports 'urn:carewire:maps:datatype:*'\n\
        uses 'urn:hl7-org:v2xml:ADT_A01' alias ADT_A01 as source\n\
        uses 'http://hl7.org/fhir/StructureDefinition/Bundle' alias Bundle as target\n\
        group Names(source msg : ADT_A01, target out : Bundle) {\n\
          msg -> out.type = 'collection' \"type\";\n\
        }\n";
    folder.file("names.map", own);
    let lines = folder
        .run(&["convert", "--now", NOW, "--map", "names.map", "a.hl7", "o.hl7"])
        .lines();
    assert_eq!(lines[0]["bundle"]["type"], "collection", "{}", lines[0]);
    assert_eq!(lines[1]["error"]["code"], "no-entry", "{}", lines[1]);
    assert!(lines[0]["bundle"].get("entry").is_none(), "{}", lines[0]);

    // The url of the old form counts as well.
    let entry = "/// carewire = 'superset'\nmap \"urn:carewire:maps:bundle:Entry\" = \"Entry\"\n\
        group Entry(source id, source type, target e) {\n  id -> e.fullUrl = ('urn:uuid:' & %id);\n}\n";
    folder.file("entry.map", entry);
    let run = folder.run(&["convert", "--now", NOW, "--map", "entry.map", "a.hl7"]);
    let resource = &run.json()["entry"][0]["resource"];
    assert_eq!(
        (resource["resourceType"].as_str(), resource.get("id")),
        (Some("MessageHeader"), None),
        "{run:?}"
    );
}

#[test]
fn bundles_become_messages() {
    let folder = Folder::new();
    folder.file("a.hl7", adt("1", "7"));
    folder.file("b.hl7", oru("2", "8"));
    let run = folder.run(&["convert", "--now", NOW, "--bundles", "a.hl7", "b.hl7"]);
    folder.file("all.ndjson", run.stdout);
    let run = folder.run(&["convert", "--to", "v2", "--now", NOW, "all.ndjson"]);
    assert_eq!(run.status, 0, "{run:?}");
    let lines = run.lines();
    let messages: Vec<&str> = lines.iter().filter_map(|line| line["v2"].as_str()).collect();
    assert!(
        messages[0].contains("|ADT^A01^ADT_A01|1|") && messages[1].contains("|ORU^R01^ORU_R01|2|"),
        "{messages:?}"
    );

    let bundle = run_of_one(&folder, "a.hl7");
    folder.file("a.json", bundle);
    let run = folder.run(&["convert", "--to", "v2", "--now", NOW, "a.json"]);
    assert!(
        run.stdout.starts_with("MSH|^~\\&|") && run.stdout.contains("\rPID|1||7"),
        "{run:?}"
    );
    let run = folder.run(&["convert", "--to", "v2", "--bundles", "a.json"]);
    assert_eq!(run.status, 2, "{run:?}");
}

fn run_of_one(folder: &Folder, name: &str) -> String {
    folder.run(&["convert", "--now", NOW, name]).stdout
}
