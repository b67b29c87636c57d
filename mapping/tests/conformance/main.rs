//! The suites of this room: `cargo xtask conformance fml`, `fhir2v2` and `v2fhir`.
#![allow(
    missing_docs,
    clippy::print_stdout,
    reason = "a conformance run reports to its caller"
)]

mod fhir2v2;
mod fml;
mod instant;
mod v2fhir;

use std::path::Path;
use std::process::ExitCode;

use carewire_testkit::conformance::{self, Suite};

const FHIR2V2: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/conformance/fhir2v2/expected-failures.txt"
);

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
                name: "fhir2v2",
                pinned: 618,
                list: Path::new(FHIR2V2),
            },
            fhir2v2::cases,
        ),
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
