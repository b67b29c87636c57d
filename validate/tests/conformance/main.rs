//! The suites of this room: `fhir-damage` and `fhir-validator`.
#![expect(clippy::expect_used, reason = "a test")]

mod damage;
mod official;

use std::path::Path;
use std::process::ExitCode;

use carewire_testkit::conformance::{Suite, main as run};

fn main() -> ExitCode {
    let lists = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance"));
    run(&[
        (
            Suite {
                name: "fhir-damage",
                pinned: damage::PINNED,
                list: &lists.join("fhir-damage/expected-failures.txt"),
            },
            damage::cases,
        ),
        (
            Suite {
                name: "fhir-validator",
                pinned: official::PINNED,
                list: &lists.join("fhir-validator/expected-failures.txt"),
            },
            official::cases,
        ),
    ])
}
