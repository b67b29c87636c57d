//! FHIRPath against the same by hand over the document, in turns on the same inputs.
//!
//! `cargo bench -p carewire-benches --bench fhirpath` prints the ratios; with `-- --check` it fails where one is over its limit.
//! The packages under `peers/` measure the same expressions beside other crates.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub,
    reason = "a benchmark prints, and stops at the first error"
)]

#[path = "../fhirpath/mod.rs"]
mod fhirpath;

use std::process::ExitCode;

use carewire_fhirpath::{Context, compile};
use fhirpath::{CASES, Input, documents, in_turns, run};

/// How many times as long as the loop by hand an expression may take.
const LIMIT: f64 = 2.5;

fn main() -> ExitCode {
    let mut holds = true;
    for case in CASES {
        let documents = documents(case.input);
        let program = compile(case.expression).expect("an expression");
        let context = Context::new();
        for document in &documents {
            assert_eq!(
                run(&program, document.root(), &context),
                (case.by_hand)(document.root()),
                "{}",
                case.name
            );
        }
        let calls = if case.input == Input::Patient { 200 } else { 10 };
        let all = documents.len() as f64;
        let [ours, by_hand] = in_turns(
            400,
            calls,
            [
                &mut || {
                    documents
                        .iter()
                        .map(|it| run(&program, it.root(), &context))
                        .sum()
                },
                &mut || documents.iter().map(|it| (case.by_hand)(it.root())).sum(),
            ],
        );
        let ratio = ours / by_hand;
        println!(
            "fhirpath/{:<12} {:>9.1} ns, by hand {:>9.1} ns: {ratio:.2} times (limit {LIMIT})",
            case.name,
            ours / all,
            by_hand / all
        );
        holds &= ratio <= LIMIT;
    }
    fhirpath::exit(holds)
}
