//! FHIRPath beside `octofhir-fhirpath`: the same expressions over the same inputs, in turns.
//!
//! `cargo run --release --manifest-path benches/peers/octofhir/Cargo.toml` prints the ratios; with `-- --check` it fails where one
//! is under what is asked for. Their expressions are made plans of, and their values read, before the clock runs.
#![allow(dead_code, reason = "the file it shares has the loops by hand as well")]

#[path = "../../../fhirpath/mod.rs"]
mod fhirpath;

use std::process::ExitCode;
use std::sync::Arc;

use fhirpath::{CASES, Peer, documents, inputs};
use octofhir_fhir_model::EmptyModelProvider;
use octofhir_fhirpath::{Collection, EvaluationContext, FhirPathEngine, FhirPathValue};

const OCTOFHIR: Peer = Peer {
    name: "octofhir-fhirpath",
    compiling: "parsing alone",
};

/// What gives the same result there: without a schema their dates are texts, and no place has a type.
const IN_THEIR_WORDS: [(&str, &str); 2] = [
    ("date", "birthDate.toDate() + 18 years < @1960-06-15"),
    (
        "loinc",
        "entry.resource.where(resourceType = 'Observation')\
            .where(code.coding.exists(system = 'http://loinc.org' and code = '8867-4')).valueQuantity.value",
    ),
];

/// A value of theirs as text.
fn text_of(value: &FhirPathValue) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(value) => value.to_string(),
        Err(_) => String::new(),
    }
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let provider = Arc::new(EmptyModelProvider);
    let registry = Arc::new(octofhir_fhirpath::create_function_registry());
    let engine = runtime
        .block_on(FhirPathEngine::new(registry, provider.clone()))
        .expect("an engine");
    let as_they_are = CASES.iter().map(|case| (case, None));
    let in_their_words = IN_THEIR_WORDS
        .iter()
        .filter_map(|(name, theirs)| Some((CASES.iter().find(|case| case.name == *name)?, Some(*theirs))));
    let mut holds = true;
    for (case, words) in as_they_are.chain(in_their_words) {
        let plan = engine
            .compile_plan(words.unwrap_or(case.expression))
            .expect("an expression of theirs");
        let contexts: Vec<_> = inputs(case.input)
            .iter()
            .map(|bytes| {
                let value = serde_json::from_slice(bytes).expect("a value");
                let focus = Collection::single(FhirPathValue::resource(value));
                EvaluationContext::new(focus, provider.clone(), None, None, None)
            })
            .collect();
        let shown = |context| match runtime.block_on(engine.evaluate_plan(&plan, context)) {
            Ok(result) => result.value.iter().map(text_of).collect(),
            Err(_) => vec!["a fault".to_owned()],
        };
        let results: Vec<_> = contexts.iter().map(shown).collect();
        let theirs = |context| match runtime.block_on(engine.evaluate_plan(&plan, context)) {
            Ok(result) => result.value.len(),
            Err(_) => usize::MAX / 8,
        };
        let evaluate = &mut || contexts.iter().map(&theirs).fold(0, usize::wrapping_add);
        holds &= OCTOFHIR.evaluation(case, words, &documents(case.input), &results, evaluate);
    }
    for case in CASES {
        holds &= OCTOFHIR.compiling(case, &mut || {
            octofhir_fhirpath::parser::parse_ast(case.expression).map_or(0, |it| size_of_val(&it))
        });
    }
    fhirpath::exit(holds)
}
