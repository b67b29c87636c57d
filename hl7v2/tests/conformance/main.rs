//! The suites `hl7v2`, `hl7v2-differential`, `hl7v2-edge`, `hl7v2-malformed` and `hl7v2-xml` over the folder `hl7v2` of the corpora.

mod corpus;
mod differential;
mod edge;
mod index;
mod malformed;
mod writing;
mod xml;

use std::path::Path;
use std::process::ExitCode;

use carewire_testkit::conformance::{Suite, main as run};

const LISTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance");

fn main() -> ExitCode {
    let list = |name: &str| Path::new(LISTS).join(name).join("expected-failures.txt");
    let (corpus, edge, malformed) = (list("hl7v2"), list("hl7v2-edge"), list("hl7v2-malformed"));
    let (differential, xml) = (list("hl7v2-differential"), list("hl7v2-xml"));
    run(&[
        (
            Suite {
                name: "hl7v2",
                pinned: 1_004,
                list: &corpus,
            },
            corpus::cases,
        ),
        (
            Suite {
                name: "hl7v2-differential",
                pinned: 994,
                list: &differential,
            },
            differential::cases,
        ),
        (
            Suite {
                name: "hl7v2-edge",
                pinned: 40,
                list: &edge,
            },
            edge::cases,
        ),
        (
            Suite {
                name: "hl7v2-malformed",
                pinned: 82,
                list: &malformed,
            },
            malformed::cases,
        ),
        (
            Suite {
                name: "hl7v2-xml",
                pinned: 1_086,
                list: &xml,
            },
            xml::cases,
        ),
    ])
}
