//! Where the benchmarks find their inputs.
#![expect(clippy::panic, reason = "a benchmark without its input cannot go on")]

use std::path::PathBuf;

/// An input of the corpora: of the folder that `CAREWIRE_CORPORA` names, else of those beside the checkout.
///
/// # Panics
///
/// If it cannot be read.
pub fn input(name: &str) -> Vec<u8> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpora");
    let corpora = std::env::var_os("CAREWIRE_CORPORA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let path = corpora.join("bench").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
