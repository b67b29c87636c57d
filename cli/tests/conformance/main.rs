//! Suites that need several rooms: `cargo xtask conformance v2-corpus`.
#![allow(
    missing_docs,
    clippy::print_stdout,
    reason = "a conformance run reports to its caller"
)]

mod v2_corpus;

use std::path::Path;
use std::process::ExitCode;

use carewire_testkit::conformance::{self, Suite};

fn main() -> ExitCode {
    let list = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/conformance/v2-corpus/expected-failures.txt"
    ));
    conformance::main(&[(
        Suite {
            name: "v2-corpus",
            pinned: v2_corpus::PINNED,
            list,
        },
        v2_corpus::cases,
    )])
}
