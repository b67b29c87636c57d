//! Replays the corpus of the fuzz targets with the functions that fuzzing calls; `fuzz/README.md` says how to fuzz.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "../../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "there it is a crate")]
mod fuzz;

/// The inputs of a target, by file name.
fn corpus(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(target);
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn every_target_takes_its_corpus() {
    for (name, target) in fuzz::TARGETS {
        let files = corpus(name);
        assert!(!files.is_empty(), "{name} has no corpus");
        for file in files {
            println!("{}", file.display());
            target(&fs::read(&file).unwrap());
        }
    }
}

/// What one target takes, no other expects, and an input may end anywhere.
#[test]
fn every_target_takes_every_corpus_and_cuts_of_its_own() {
    for (owner, own) in fuzz::TARGETS {
        for file in corpus(owner) {
            let bytes = fs::read(&file).unwrap();
            for (_, target) in fuzz::TARGETS {
                target(&bytes);
            }
            for end in (0..bytes.len()).step_by(5.max(bytes.len() / 40)) {
                own(&bytes[..end]);
            }
        }
    }
}

#[test]
fn the_targets_of_cargo_fuzz_are_these() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/fuzz_targets");
    let files = fs::read_dir(folder).unwrap();
    let files: BTreeSet<String> = files
        .map(|it| {
            it.unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    // `fhir-model/tests/fuzz_replay.rs` replays that of typed values, for the program is built without them.
    let targets = fuzz::TARGETS.iter().map(|it| it.0).chain(["fhir_typed"]);
    let targets: BTreeSet<String> = targets.map(str::to_owned).collect();
    assert_eq!(files, targets);
}
