//! `carewire parse`: a message by the groups of its structure, with names and decoded values.

use carewire_hl7v2::{Message, render};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::commands::{hl7v2_failure, xml_failure};
use crate::failure::Failure;
use crate::finding::Finding;
use crate::input::Kind;
use crate::output::Status;
use crate::pipeline::{self, Answer, Faults, Reading};
use crate::record::Record;

#[derive(Args)]
#[command(
    after_help = "Every segment is shown once, in the order of the message; one that its structure has elsewhere or not at all stays where it is.\n\n\
    Example: carewire parse --to tree adt.hl7"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    reading: Reading,
    /// What to print: JSON with names and decoded values, HL7's XML, or a tree for reading.
    #[arg(long, value_enum, default_value_t = Form::Tree)]
    to: Form,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Json,
    Xml,
    Tree,
}

/// Prints every message.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    pipeline::run(&arguments.reading, Kind::Hl7v2, Faults::default(), |record| {
        let message = Message::parse(&record.bytes).map_err(|error| hl7v2_failure(&error))?;
        let out = print(record, &message, arguments.to)?;
        let findings: Vec<Finding> = message.findings().iter().map(Finding::from).collect();
        let errors = findings.iter().filter(|finding| finding.is_error());
        let notes: Vec<String> = errors
            .map(|finding| format!("{}: {finding}", record.place()))
            .collect();
        let fault = (!notes.is_empty()).then(|| json!({ "findings": findings }));
        Ok(Answer { out, notes, fault })
    })
}

/// Among several, a text stands as a JSON string in its line.
fn print(record: &Record, message: &Message<'_>, form: Form) -> Result<Vec<u8>, Failure> {
    let (key, text) = match form {
        Form::Json => return Ok(record.frame("tree", render::json(message).as_bytes())),
        Form::Xml => ("xml", render::xml(message).map_err(|error| xml_failure(&error))?),
        Form::Tree => ("tree", render::tree(message)),
    };
    Ok(if record.alone {
        record.text(text)
    } else {
        record.line(key, json!(text).to_string().as_bytes())
    })
}
