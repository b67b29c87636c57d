#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]
//! Whole outputs of small maps, and whole reports of broken ones.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use carewire_fhir_model::Document;
use carewire_hl7v2::Message;
use carewire_mapping::{Context, Host, HostError, HostValue, Maps, Options, Outcome, Zone};
use carewire_testkit::golden;

fn data(area: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(area);
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    entries
}

/// A host with two functions.
struct Site;

impl Host for Site {
    fn call(&self, function: &str, arguments: &[Vec<HostValue>]) -> Result<Vec<HostValue>, HostError> {
        match (function, arguments) {
            ("reversed", [text]) => Ok(text
                .iter()
                .map(|text| HostValue::Text(text.text().chars().rev().collect()))
                .collect()),
            _ => Err(HostError),
        }
    }
}

fn shown(outcome: &Outcome) -> String {
    let mut out = format!("{}\n\n", outcome.bundle.to_json_pretty());
    for finding in &outcome.findings {
        writeln!(out, "{finding}").unwrap();
    }
    let unread: Vec<String> = outcome
        .unread
        .fields()
        .map(|(path, count)| format!("{path}: {count}"))
        .collect();
    writeln!(out, "unread: {}", unread.join(", ")).unwrap();
    out
}

#[test]
fn maps_give_what_is_expected() {
    let options = Options::default()
        .function("reversed", 1, 1)
        .function("broken", 0, 1);
    let mut count = 0;
    for case in data("run") {
        let text = fs::read_to_string(case.join("map.map")).unwrap();
        let maps = Maps::compile(&[("map.map", &text)], &options)
            .unwrap_or_else(|all| panic!("{}:\n{}", case.display(), all[0]));
        let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap()).host(&Site);
        let outcome = match fs::read(case.join("input.hl7")) {
            Ok(bytes) => {
                let msg = Message::parse(&bytes).unwrap();
                let context = if text.contains("with-zone") {
                    context.zone(Zone::parse("+02:00").unwrap())
                } else {
                    context
                };
                maps.run(&msg, &context)
            }
            Err(_) => {
                let json = fs::read(case.join("input.json")).unwrap();
                let source = Document::from_json(&json).unwrap().document;
                maps.run_document("http://example.org/maps/case", source.root(), &context)
            }
        };
        golden::check(&case.join("expected.txt"), &shown(&outcome.unwrap()));
        count += 1;
    }
    assert!(count >= 8, "the cases are there");
}

#[test]
fn broken_maps_say_what_is_wrong() {
    let mut count = 0;
    for case in data("invalid")
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "map"))
    {
        let text = fs::read_to_string(&case).unwrap();
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let all = Maps::compile(&[(&name, &text)], &Options::default()).expect_err(&name);
        let shown: Vec<String> = all.iter().map(ToString::to_string).collect();
        golden::check(&case.with_extension("expected.txt"), &(shown.join("\n\n") + "\n"));
        count += 1;
    }
    assert!(count >= 4, "the cases are there");
}
