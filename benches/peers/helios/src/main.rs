//! FHIRPath beside `helios-fhirpath`: the same expressions over the same inputs, in turns.
//!
//! `cargo run --release --manifest-path benches/peers/helios/Cargo.toml` prints the ratios; with `-- --check` it fails where one
//! is under what is asked for. Their expressions are parsed, and their resources read and made a context of, before the clock runs.
#![allow(dead_code, reason = "the file it shares has the loops by hand as well")]

#[path = "../../../fhirpath/mod.rs"]
mod fhirpath;

use std::hint::black_box;
use std::process::ExitCode;

use fhirpath::{CASES, Peer, documents, inputs};
use helios_fhir::FhirResource;
use helios_fhirpath::evaluator::evaluate;
use helios_fhirpath::{EvaluationContext, EvaluationError, EvaluationResult, parse_expression};

/// What they call themselves in the lines that are printed.
const HELIOS: Peer = Peer {
    name: "helios-fhirpath",
    compiling: "parsing alone",
};

/// The items of a result of theirs.
fn items(result: EvaluationResult) -> Vec<EvaluationResult> {
    match result {
        EvaluationResult::Empty => Vec::new(),
        EvaluationResult::Collection { items, .. } => items,
        one => vec![one],
    }
}

/// A result of theirs as texts.
fn shown(result: Result<EvaluationResult, EvaluationError>) -> Vec<String> {
    match result {
        Ok(result) => items(result).iter().map(EvaluationResult::to_string_value).collect(),
        Err(_) => vec!["a fault".to_owned()],
    }
}

/// A number that depends on how many items a result of theirs has.
fn count(result: Result<EvaluationResult, EvaluationError>) -> usize {
    black_box(result).map_or(usize::MAX / 8, |result| result.count())
}

fn main() -> ExitCode {
    let mut holds = true;
    for case in CASES {
        let parsed = parse_expression(case.expression).expect("an expression of theirs");
        let contexts: Vec<_> = inputs(case.input)
            .iter()
            .map(|bytes| {
                let resource = serde_json::from_slice(bytes).expect("a resource of theirs");
                EvaluationContext::new(vec![FhirResource::R4(Box::new(resource))])
            })
            .collect();
        let results: Vec<_> = contexts.iter().map(|it| shown(evaluate(&parsed, it, None))).collect();
        let evaluate = &mut || {
            let counts = contexts.iter().map(|it| count(evaluate(&parsed, it, None)));
            counts.fold(0, usize::wrapping_add)
        };
        holds &= HELIOS.evaluation(case, None, &documents(case.input), &results, evaluate);
    }
    for case in CASES {
        holds &= HELIOS.compiling(case, &mut || {
            black_box(parse_expression(case.expression)).map_or(0, |it| size_of_val(&it))
        });
    }
    fhirpath::exit(holds)
}
