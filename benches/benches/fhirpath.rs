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
use fhirpath::{CASES, Case, Input, documents, in_turns, run};

/// How many times as long as the loop by hand an expression may take.
const LIMIT: f64 = 2.5;

/// How often all expressions are measured, one after the other: what else the machine does for a while meets no expression alone.
const ROUNDS: usize = 8;

fn main() -> ExitCode {
    for case in CASES {
        let program = compile(case.expression).expect("an expression");
        for document in documents(case.input) {
            let ours = run(&program, document.root(), &Context::new());
            assert_eq!(ours, (case.by_hand)(document.root()), "{}", case.name);
        }
    }
    let mut best = vec![[f64::INFINITY; 2]; CASES.len()];
    for _ in 0..ROUNDS {
        for (case, best) in CASES.iter().zip(&mut best) {
            let times = measure(case);
            *best = [best[0].min(times[0]), best[1].min(times[1])];
        }
    }
    let mut holds = true;
    for (case, [ours, by_hand]) in CASES.iter().zip(best) {
        let ratio = ours / by_hand;
        println!(
            "fhirpath/{:<12} {ours:>9.1} ns, by hand {by_hand:>9.1} ns: {ratio:.2} times (limit {LIMIT})",
            case.name
        );
        holds &= ratio <= LIMIT;
    }
    fhirpath::exit(holds)
}

/// The nanoseconds that the expression takes for a document, and those of the loop by hand.
fn measure(case: &Case) -> [f64; 2] {
    let documents = documents(case.input);
    let program = compile(case.expression).expect("an expression");
    let context = Context::new();
    let calls = if case.input == Input::Patient { 200 } else { 10 };
    let ours = &mut || {
        let each = documents.iter().map(|it| run(&program, it.root(), &context));
        each.sum()
    };
    let by_hand = &mut || documents.iter().map(|it| (case.by_hand)(it.root())).sum();
    in_turns(100, calls, [ours, by_hand]).map(|time| time / documents.len() as f64)
}
