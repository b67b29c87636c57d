//! Where the benchmarks find their inputs.
#![expect(clippy::panic, reason = "a benchmark without its input cannot go on")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// An input of the corpora: of the folder that `CAREWIRE_CORPORA` names, else of those beside the checkout.
///
/// The large ones are not kept there: the folder's own generator, which takes `python3`, makes them under `target/`.
///
/// # Panics
///
/// If it cannot be read.
pub fn input(name: &str) -> Vec<u8> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpora");
    let corpora = std::env::var_os("CAREWIRE_CORPORA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let folder = corpora.join("bench");
    let kept = folder.join(name);
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench-inputs");
    let path = if kept.exists() { kept } else { made.join(name) };
    if !path.exists() {
        generate(&folder.join("gen.py"), &made);
    }
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn generate(program: &Path, folder: &Path) {
    std::fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let status = Command::new("python3").arg(program).arg(folder).status();
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => panic!("{}: {status}", program.display()),
        Err(error) => panic!("python3: {error}"),
    }
}
