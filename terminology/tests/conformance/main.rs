//! The official suites of this room: `cargo xtask conformance ucum`.
#![allow(missing_docs, reason = "a test")]

mod ucum;

use std::path::Path;
use std::process::ExitCode;

use carewire_testkit::conformance::{self, Suite};

const LIST: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/conformance/ucum/expected-failures.txt"
);

fn main() -> ExitCode {
    let suite = Suite {
        name: "ucum",
        pinned: 573,
        list: Path::new(LIST),
    };
    conformance::main(&[(suite, ucum::cases)])
}
