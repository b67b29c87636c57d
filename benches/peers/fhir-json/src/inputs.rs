//! What is measured: files of the corpora, by a short name.

use std::path::PathBuf;

/// An input. A resource on its own is small: it has limits of its own, or none.
pub struct Input {
    pub name: String,
    pub bytes: Vec<u8>,
}

#[allow(dead_code, reason = "each binary asks for some of it")]
impl Input {
    pub fn is_small(&self) -> bool {
        self.bytes.len() < 10_000
    }

    pub fn is_large(&self) -> bool {
        self.bytes.len() > 4_000_000
    }

    pub fn is_bench(&self) -> bool {
        !self.name.starts_with("synthea")
    }
}

/// The files of `bench`, and the Bundles of Synthea in the order of their names.
pub fn inputs() -> Vec<Input> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../../shared/corpora");
    let corpora = std::env::var_os("CAREWIRE_CORPORA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    let read =
        |path: &PathBuf| std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut inputs = Vec::new();
    for name in ["observation", "patient", "bundle_60kb", "bundle_5mb"] {
        let path = corpora.join("bench").join(name).with_extension("json");
        inputs.push(Input {
            name: name.to_owned(),
            bytes: read(&path),
        });
    }
    let folder = corpora.join("fhir/synthea");
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == "json"));
    paths.sort();
    for (number, path) in paths.iter().enumerate() {
        inputs.push(Input {
            name: format!("synthea_{}", number + 1),
            bytes: read(path),
        });
    }
    inputs
}
