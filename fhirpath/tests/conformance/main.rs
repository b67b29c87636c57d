//! The official suite of this room: `cargo xtask conformance fhirpath`.
#![allow(missing_docs, reason = "a test")]

mod fhirpath;

use std::path::Path;
use std::process::ExitCode;

use carewire_testkit::conformance::{self, Suite};

const LIST: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/conformance/fhirpath/expected-failures.txt"
);

fn main() -> ExitCode {
    let suite = Suite {
        name: "fhirpath",
        pinned: 935,
        list: Path::new(LIST),
    };
    conformance::main(&[(suite, fhirpath::cases)])
}
