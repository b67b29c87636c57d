//! The suite `fhir-examples`: official and other examples, read and written.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a conformance run reports to its caller"
)]

mod examples;
mod value;

use std::path::Path;
use std::process::ExitCode;

use carewire_testkit::conformance::{Suite, main as run};

fn main() -> ExitCode {
    let list = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/conformance/fhir-examples/expected-failures.txt"
    ));
    run(&[(
        Suite {
            name: "fhir-examples",
            pinned: 892,
            list,
        },
        examples::cases,
    )])
}
