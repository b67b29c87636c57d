//! Replays the corpus of the fuzz target of typed values with the function that fuzzing calls; `fuzz/README.md` says how to fuzz.
#![cfg(all(feature = "resources", feature = "xml"))]

use std::fs;
use std::path::Path;

#[path = "../../fuzz/src/typed.rs"]
#[expect(unreachable_pub, reason = "there it is part of a crate")]
mod typed;

/// An input may end anywhere.
#[test]
fn typed_values_take_their_corpus_and_cuts_of_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/fhir_typed");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        println!("{}", file.display());
        let bytes = fs::read(&file).unwrap();
        for end in 0..=bytes.len() {
            typed::fhir_typed(&bytes[..end]);
        }
    }
}
