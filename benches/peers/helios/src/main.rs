//! FHIRPath beside `helios-fhirpath`: the same expressions over the same inputs, in turns.
//!
//! `cargo run --release --manifest-path benches/peers/helios/Cargo.toml`
#![allow(dead_code, reason = "the file it shares has the loops by hand as well")]

#[path = "../../../fhirpath/mod.rs"]
mod fhirpath;

use carewire_fhirpath::{Context, compile};
use chumsky::Parser;
use fhirpath::{CASES, Input, documents, in_turns, inputs, run};
use helios_fhir::FhirResource;
use helios_fhirpath::evaluator::evaluate;
use helios_fhirpath::parser::parser;
use helios_fhirpath::{EvaluationContext, EvaluationResult};

fn main() {
    for case in CASES {
        let documents = documents(case.input);
        let program = compile(case.expression).expect("an expression");
        let context = Context::new();
        let tree = parser()
            .parse(case.expression)
            .into_result()
            .expect("an expression of theirs");
        let contexts: Vec<_> = inputs(case.input)
            .iter()
            .map(|bytes| {
                let resource: helios_fhir::r4::Resource = serde_json::from_slice(bytes).expect("a resource");
                EvaluationContext::new(vec![FhirResource::R4(Box::new(resource))])
            })
            .collect();
        let theirs = |context| match evaluate(&tree, context, None) {
            Ok(EvaluationResult::Collection { items, .. }) => items.len(),
            Ok(_) => 1,
            Err(_) => usize::MAX / 8,
        };
        let failed = contexts.iter().any(|context| theirs(context) >= usize::MAX / 8);
        let calls = if case.input == Input::Patient { 50 } else { 2 };
        let [ours, other] = in_turns(
            40,
            calls,
            [
                &mut || {
                    documents
                        .iter()
                        .map(|it| run(&program, it.root(), &context))
                        .sum()
                },
                &mut || contexts.iter().map(&theirs).fold(0, usize::wrapping_add),
            ],
        );
        println!(
            "fhirpath/{:<12} carewire {:>9.1} ns, helios-fhirpath {:>10.1} ns: {:.1} times{}",
            case.name,
            ours / documents.len() as f64,
            other / documents.len() as f64,
            other / ours,
            if failed { " (fails there)" } else { "" }
        );
    }
    for case in CASES {
        let [ours, other] = in_turns(
            100,
            20,
            [
                &mut || compile(case.expression).map_or(0, |it| it.text().len()),
                &mut || {
                    parser()
                        .parse(case.expression)
                        .into_result()
                        .map_or(0, |it| size_of_val(&it))
                },
            ],
        );
        println!(
            "compile/{:<13} carewire {ours:>9.1} ns, helios-fhirpath {other:>10.1} ns (parsing alone): {:.1} times",
            case.name,
            other / ours
        );
    }
}
