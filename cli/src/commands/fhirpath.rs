//! `carewire fhirpath EXPR`: an expression, compiled once, over every resource; or a patch, applied to each.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use carewire_fhir_model::schema::TypeId;
use carewire_fhir_model::{Document, Node};
use carewire_fhirpath::{Compiler, Context, DateTime, Item, Part, Patch, Program};
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
    prints {\"file\":\"patient.json\",\"result\":[{\"type\":\"FHIR.string\",\"value\":\"..\"}]}\n\n\
    Example: carewire fhirpath --patch patch.json patient.json\n\
    prints the patient with every operation of the patch done, or a fault with its place in the patch"
)]
pub(crate) struct Arguments {
    /// The expression; with --patch the file of the patch.
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
    /// Follows the types of FHIR R4 from the type of each resource: an element that it cannot have is an error, with its place
    /// and the name that was perhaps meant, where else the result is empty.
    #[arg(long, conflicts_with = "patch")]
    strict: bool,
    /// Takes EXPR for a file with a FHIRPath Patch, a Parameters resource in JSON or XML, and prints every resource with it
    /// applied, as JSON.
    #[arg(long, conflicts_with = "explain")]
    patch: bool,
}

/// Prints what the expression gives for every resource.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let now = clock::now(arguments.now.as_deref())?;
    if arguments.patch {
        let patch = read_patch(Path::new(&arguments.expression))?.at(now);
        return pipeline::run(&arguments.reading, Kind::Fhir, Faults::default(), |record| {
            let read = document(record)?;
            let patched = patch.apply(&read.document).map_err(|error| {
                Failure::new(error.code(), error.message()).on(Some(error.place().to_owned()))
            })?;
            Ok(Answer::good(
                record.frame("resource", patched.to_json().as_bytes()),
            ))
        });
    }
    let programs = Programs::new(arguments)?;
    pipeline::run(&arguments.reading, Kind::Fhir, Faults::default(), |record| {
        evaluate(record, &programs, &now, arguments.explain)
    })
}

/// The expression, compiled once, or for strict mode once for each type of resource that comes.
struct Programs<'a> {
    arguments: &'a Arguments,
    plain: Arc<Program>,
    strict: Mutex<HashMap<TypeId, Result<Arc<Program>, Failure>>>,
}

impl<'a> Programs<'a> {
    fn new(arguments: &'a Arguments) -> Result<Self, Failure> {
        Ok(Self {
            arguments,
            plain: compile(arguments, Compiler::new())?,
            strict: Mutex::default(),
        })
    }

    /// The program for a resource.
    fn of(&self, root: Node<'_>) -> Result<Arc<Program>, Failure> {
        let Some(own) = root.type_id().filter(|_| self.arguments.strict) else {
            return Ok(Arc::clone(&self.plain));
        };
        let mut strict = self.strict.lock().unwrap_or_else(PoisonError::into_inner);
        let compiled = || compile(self.arguments, Compiler::new().focus(own).strict(true));
        strict.entry(own).or_insert_with(compiled).clone()
    }
}

fn compile(arguments: &Arguments, compiler: Compiler) -> Result<Arc<Program>, Failure> {
    let text = &arguments.expression;
    let program = compiler.separate(arguments.explain).compile(text);
    program
        .map(Arc::new)
        .map_err(|errors| Failure::new("bad-expression", format!("`{text}`: {errors}")))
}

fn read_patch(path: &Path) -> Result<Patch, Failure> {
    let shown = path.display();
    let bytes =
        std::fs::read(path).map_err(|error| Failure::new("unreadable", format!("{shown}: {error}")))?;
    let is_xml = bytes.trim_ascii_start().starts_with(b"<");
    let read = if is_xml {
        Document::from_xml(&bytes)
    } else {
        Document::from_json(&bytes)
    };
    let read = read.map_err(|error| Failure::new("bad-patch", format!("{shown}: {error}")))?;
    Patch::compile(&read.document).map_err(|errors| Failure::new("bad-patch", format!("{shown}: {errors}")))
}

fn evaluate(
    record: &Record,
    programs: &Programs<'_>,
    now: &DateTime,
    explain: bool,
) -> Result<Answer, Failure> {
    let read = document(record)?;
    let root = read.document.root();
    let program = programs.of(root)?;
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
