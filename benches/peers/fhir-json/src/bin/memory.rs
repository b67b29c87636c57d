//! What a document and a typed value hold on the heap, beside what fhir-sdk's does: no time is measured here, for the allocator
//! counts.
//!
//! `cargo run --release --manifest-path benches/peers/fhir-json/Cargo.toml --bin memory`; with `-- --check` it fails where one
//! is over its limit.

#[path = "../inputs.rs"]
mod inputs;
#[path = "../turns.rs"]
#[allow(dead_code, reason = "nothing is timed")]
mod turns;

use std::process::ExitCode;

use carewire_benches_fhir_sdk as sdk;
use carewire_fhir_model::{Document, from_json, r4};
use carewire_testkit::allocations::{Counting, retained};
use inputs::inputs;
use turns::Report;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What a document holds besides its input, as a part of the input.
const DOCUMENT: f64 = 0.75;
/// What a typed Bundle of 5 MB holds, as a part of what fhir-sdk's does.
const TYPED: f64 = 0.4;

fn main() -> ExitCode {
    let mut report = Report { holds: true };
    for input in inputs() {
        let bytes = &input.bytes[..];
        let name = &input.name;
        let length = bytes.len() as f64;
        let owned = bytes.to_vec();
        let (_borrowed, held) = retained(|| Document::from_json(bytes).expect("a document").document);
        report.at_most(
            &format!("document/{name}: heap by input"),
            held as f64 / length,
            DOCUMENT,
        );
        // The input was allocated before and is held by the document: what it holds besides.
        let (_owned, held) = retained(|| Document::from_json_vec(owned).expect("a document").document);
        report.at_most(
            &format!("document/{name}: heap by input, owned"),
            held as f64 / length,
            DOCUMENT,
        );
        if input.is_small() {
            continue;
        }
        let (_ours, ours) = retained(|| from_json::<r4::Bundle>(bytes).expect("a Bundle").value);
        let (theirs, other) = retained(|| sdk::read("Bundle", bytes));
        if theirs.is_some() {
            let ratio = ours as f64 / other as f64;
            println!(
                "typed/{name}: {:.1} MB, fhir-sdk {:.1} MB",
                ours as f64 / 1e6,
                other as f64 / 1e6
            );
            if input.is_large() {
                report.at_most(&format!("typed/{name}: heap by fhir-sdk's"), ratio, TYPED);
            } else {
                println!("typed/{name}: heap by fhir-sdk's: {ratio:.2}");
            }
        }
    }
    if std::env::args().any(|one| one == "--check") && !report.holds {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
