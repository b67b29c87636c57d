//! The suites `fhir-examples`: official and other examples, read and written; and `fhir-snapshots`: profiles, generated.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a conformance run reports to its caller"
)]

mod examples;
mod schemas;
mod snapshots;
mod value;

use std::path::Path;
use std::process::ExitCode;

use carewire_testkit::conformance::{Suite, main as run};

fn main() -> ExitCode {
    let list = |suite: &str| {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/conformance")
            .join(suite)
            .join("expected-failures.txt")
    };
    let (examples, snapshots) = (list("fhir-examples"), list("fhir-snapshots"));
    run(&[
        (
            Suite {
                name: "fhir-examples",
                pinned: 991,
                list: &examples,
            },
            examples::cases,
        ),
        (
            Suite {
                name: "fhir-snapshots",
                pinned: 4_563,
                list: &snapshots,
            },
            snapshots::cases,
        ),
    ])
}
