//! Messages of our own beside the trees and JSON they give.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};

use carewire_hl7v2::{Message, render};
use carewire_testkit::golden;

fn inputs() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tree");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|e| e == "hl7"))
        .collect();
    paths.sort();
    assert!(paths.len() >= 12, "the inputs are there");
    paths
}

#[test]
fn trees() {
    for path in inputs() {
        let bytes = fs::read(&path).unwrap();
        let message = Message::parse(&bytes).unwrap();
        golden::check(&path.with_extension("expected.txt"), &render::tree(&message));
    }
}

#[test]
fn json() {
    for path in inputs() {
        let expected = path.with_extension("expected.json");
        if !expected.exists() {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let message = Message::parse(&bytes).unwrap();
        let value: serde_json::Value = serde_json::from_str(&render::json(&message)).unwrap();
        golden::check(&expected, &format!("{value:#}\n"));
    }
}
