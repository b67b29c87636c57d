//! The messages of the repository as each kind of Bundle: valid, whole, and the same twice.
#![expect(clippy::expect_used, reason = "a test")]

mod references;

use std::path::{Path, PathBuf};

use carewire_hl7v2::batch;
use carewire_mapping::{BundleKind, Context, v2_to_fhir};
use carewire_validate::{Severity, Validator};

fn messages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for folder in ["examples/data", "mapping/tests/data/convert"] {
        for entry in std::fs::read_dir(root.join(folder)).expect("the folder is there") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|end| end == "hl7") {
                found.push(path);
            }
        }
    }
    assert!(
        found.len() > 10,
        "the messages of the repository are not where they were"
    );
    found
}

#[test]
fn every_kind_of_bundle_is_valid_and_whole() {
    let now = "2026-01-01T00:00:00Z".parse().expect("a time");
    for path in messages() {
        let bytes = std::fs::read(&path).expect("the message is there");
        for raw in batch::messages(&bytes) {
            let message = raw.parse().expect("the message parses");
            for kind in [
                BundleKind::Message,
                BundleKind::Transaction,
                BundleKind::Collection,
            ] {
                let context = Context::at(now).bundle(kind);
                let outcome = v2_to_fhir()
                    .run(&message, &context)
                    .expect("the message is converted");
                let json = outcome.bundle.to_json();
                let name = path.display();
                assert_eq!(references::loose(&json), 0, "{name} as {kind:?}");
                let report = Validator::r4().validate(&outcome.bundle);
                let worst = report
                    .issues()
                    .iter()
                    .find(|issue| issue.severity() >= Severity::Error);
                assert!(
                    worst.is_none(),
                    "{name} as {kind:?}: {:?}",
                    worst.map(|issue| (issue.rule(), issue.expression()))
                );
                let requests = json.matches("\"request\":{\"method\":\"PUT\",").count();
                let entries = json.matches("\"fullUrl\":").count();
                assert_eq!(
                    requests,
                    if kind == BundleKind::Transaction {
                        entries
                    } else {
                        0
                    },
                    "{name} as {kind:?}"
                );
                let again = v2_to_fhir()
                    .run(&message, &context)
                    .expect("the message is converted");
                assert_eq!(json, again.bundle.to_json(), "{name} as {kind:?}");
            }
        }
    }
}
