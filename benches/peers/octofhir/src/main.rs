//! FHIRPath beside `octofhir-fhirpath`: the same expressions over the same inputs, in turns.
//!
//! `cargo run --release --manifest-path benches/peers/octofhir/Cargo.toml`
#![allow(dead_code, reason = "the file it shares has the loops by hand as well")]

#[path = "../../../fhirpath/mod.rs"]
mod fhirpath;

use std::sync::Arc;

use carewire_fhirpath::{Context, compile};
use fhirpath::{CASES, Input, documents, in_turns, inputs, run, texts};
use octofhir_fhir_model::EmptyModelProvider;
use octofhir_fhirpath::{Collection, EvaluationContext, FhirPathEngine, FhirPathValue};

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

/// What the first items of a result are, and how many there are.
fn brief(texts: &[String]) -> String {
    match texts {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first, ..] => format!("{} items from {first} on", texts.len()),
    }
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let provider = Arc::new(EmptyModelProvider);
    let registry = Arc::new(octofhir_fhirpath::create_function_registry());
    let engine = runtime
        .block_on(FhirPathEngine::new(registry, provider.clone()))
        .expect("an engine");
    let with_theirs = CASES.iter().map(|case| (case, case.expression)).chain(
        IN_THEIR_WORDS
            .iter()
            .filter_map(|(name, theirs)| Some((CASES.iter().find(|case| case.name == *name)?, *theirs))),
    );
    for (case, expression) in with_theirs {
        let documents = documents(case.input);
        let program = compile(case.expression).expect("an expression");
        let context = Context::new();
        let plan = engine
            .compile_plan(expression)
            .expect("an expression of theirs");
        let contexts: Vec<_> = inputs(case.input)
            .iter()
            .map(|bytes| {
                let value = serde_json::from_slice(bytes).expect("a value");
                let focus = Collection::single(FhirPathValue::resource(value));
                EvaluationContext::new(focus, provider.clone(), None, None, None)
            })
            .collect();
        let theirs = |context| match runtime.block_on(engine.evaluate_plan(&plan, context)) {
            Ok(result) => result.value.len(),
            Err(_) => usize::MAX / 8,
        };
        let shown = |context| match runtime.block_on(engine.evaluate_plan(&plan, context)) {
            Ok(result) => result.value.iter().map(text_of).collect(),
            Err(_) => vec!["a fault".to_owned()],
        };
        let mut pairs = documents.iter().zip(&contexts);
        let differs = pairs.find_map(|(document, context)| {
            let own = texts(&program, document.root());
            let other = shown(context);
            (own != other).then(|| format!(" ({} there, {} here)", brief(&other), brief(&own)))
        });
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
            "fhirpath/{:<12} carewire {:>9.1} ns, octofhir-fhirpath {:>10.1} ns: {:.1} times{}{}",
            case.name,
            ours / documents.len() as f64,
            other / documents.len() as f64,
            other / ours,
            differs.unwrap_or_default(),
            if expression == case.expression { "" } else { " (in their words)" }
        );
    }
    for case in CASES {
        let [ours, other] = in_turns(
            100,
            20,
            [
                &mut || compile(case.expression).map_or(0, |it| it.text().len()),
                &mut || {
                    octofhir_fhirpath::parser::parse_ast(case.expression).map_or(0, |it| size_of_val(&it))
                },
            ],
        );
        println!(
            "compile/{:<13} carewire {ours:>9.1} ns, octofhir-fhirpath {other:>10.1} ns (parsing alone): {:.1} times",
            case.name,
            other / ours
        );
    }
}
