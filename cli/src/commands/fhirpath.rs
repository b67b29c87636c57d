//! `carewire fhirpath EXPR`: an expression, compiled once, over every resource.

use carewire_fhir_model::Node;
use carewire_fhirpath::{Compiler, Context, DateTime, Item, Part, Program};
use clap::Args;
use serde_json::json;

use crate::clock;
use crate::commands::document;
use crate::failure::Failure;
use crate::input::Kind;
use crate::output::Status;
use crate::pipeline::{self, Answer, Faults, Reading};
use crate::record::Record;

#[derive(Args)]
#[command(
    after_help = "Items count from 0. A computed value has a System type and its value as text; a place of the resource has \
    its FHIR type, and its value is its JSON.\n\n\
    Example: carewire fhirpath \"Patient.name.where(use = 'official').given\" patient.json\n\
    prints {\"file\":\"patient.json\",\"result\":[{\"type\":\"FHIR.string\",\"value\":\"..\"}]}"
)]
pub(crate) struct Arguments {
    /// The expression.
    #[arg(value_name = "EXPR")]
    expression: String,
    #[command(flatten)]
    reading: Reading,
    /// The time that now() and today() give, such as 2024-01-02T03:04:05+01:00; else the clock's.
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// Adds what each part of the expression gave, in the order of its text: `"parts":[{"text":..,"at":..,"times":..,"result":[..]}]`.
    #[arg(long)]
    explain: bool,
}

/// Prints what the expression gives for every resource.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let program = Compiler::new()
        .separate(arguments.explain)
        .compile(&arguments.expression)
        .map_err(|errors| Failure::new("bad-expression", format!("`{}`: {errors}", arguments.expression)))?;
    let now = clock::now(arguments.now.as_deref())?;
    pipeline::run(&arguments.reading, Kind::Fhir, Faults::default(), |record| {
        evaluate(record, &program, &now, arguments.explain)
    })
}

fn evaluate(record: &Record, program: &Program, now: &DateTime, explain: bool) -> Result<Answer, Failure> {
    let read = document(record)?;
    let root = read.document.root();
    let context = Context::at(*now).resource(root).root_resource(root);
    let (parts, outcome) = if explain {
        let explanation = program.explain(root, &context);
        let shown: Vec<String> = explanation.parts.iter().map(show_part).collect();
        (format!(",\"parts\":[{}]", shown.join(",")), explanation.result)
    } else {
        (String::new(), program.evaluate(root, &context))
    };
    let items = outcome.map_err(|error| Failure::new("evaluation", error.to_string()))?;
    let file = json!(record.file.as_ref());
    let number = if record.alone {
        String::new()
    } else {
        format!("\"message\":{},", record.number)
    };
    Ok(Answer::good(
        format!(
            "{{\"file\":{file},{number}\"result\":[{}]{parts}}}\n",
            show_all(&items)
        )
        .into_bytes(),
    ))
}

fn show_part(part: &Part<'_, Node<'_>>) -> String {
    format!(
        "{{\"text\":{},\"at\":{},\"times\":{},\"result\":[{}]}}",
        json!(part.text),
        part.span.start,
        part.times,
        show_all(&part.items)
    )
}

fn show_all(items: &[Item<'_, Node<'_>>]) -> String {
    let shown: Vec<String> = items.iter().map(show).collect();
    shown.join(",")
}

fn show(item: &Item<'_, Node<'_>>) -> String {
    let value = match item {
        Item::Node(node) => node.to_json(),
        Item::Boolean(value) => value.to_string(),
        Item::Integer(value) => value.to_string(),
        Item::Decimal(value) => value.to_string(),
        other => json!(other.text()).to_string(),
    };
    format!(
        "{{\"type\":{},\"value\":{value}}}",
        json!(item.type_name().to_string())
    )
}
