//! The suites of this room: `cargo xtask conformance fhirpath` and `fhirpath-definitions`.
#![allow(missing_docs, reason = "a test")]

mod definitions;
mod fhirpath;

use std::path::Path;
use std::process::ExitCode;

use carewire_testkit::conformance::{self, Suite};

const LISTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance");

fn main() -> ExitCode {
    let lists = Path::new(LISTS);
    let official = Suite {
        name: "fhirpath",
        pinned: 935,
        list: &lists.join("fhirpath/expected-failures.txt"),
    };
    let expressions = Suite {
        name: "fhirpath-definitions",
        pinned: 2114,
        list: &lists.join("fhirpath-definitions/expected-failures.txt"),
    };
    conformance::main(&[(official, fhirpath::cases), (expressions, definitions::cases)])
}
