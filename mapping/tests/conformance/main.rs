//! The official suites of this room: `cargo xtask conformance fml`.
#![allow(missing_docs, reason = "a test")]

mod fml;

use std::path::Path;
use std::process::ExitCode;

use carewire_testkit::conformance::{self, Suite};

const FML: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/conformance/fml/expected-failures.txt"
);

fn main() -> ExitCode {
    conformance::main(&[(
        Suite {
            name: "fml",
            pinned: 426,
            list: Path::new(FML),
        },
        fml::cases,
    )])
}
