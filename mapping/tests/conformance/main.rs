//! The suites of this room: `cargo xtask conformance fml`, `cargo xtask conformance v2fhir`.
#![allow(
    missing_docs,
    clippy::print_stdout,
    reason = "a conformance run reports to its caller"
)]

mod fml;
mod v2fhir;

use std::path::Path;
use std::process::ExitCode;

use carewire_testkit::conformance::{self, Suite};

const FML: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/conformance/fml/expected-failures.txt"
);

const V2FHIR: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/conformance/v2fhir/expected-failures.txt"
);

fn main() -> ExitCode {
    conformance::main(&[
        (
            Suite {
                name: "fml",
                pinned: 789,
                list: Path::new(FML),
            },
            fml::cases,
        ),
        (
            Suite {
                name: "v2fhir",
                pinned: 788,
                list: Path::new(V2FHIR),
            },
            v2fhir::cases,
        ),
    ])
}
