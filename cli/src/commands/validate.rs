//! `carewire validate`: a verdict on each resource or message.

use std::sync::Mutex;

use carewire_fhir_model::JsonStyle;
use carewire_validate::{Hl7Validator, Report, Validator, to_sarif};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::failure::Failure;
use crate::input::Kind;
use crate::output::{Output, Status};
use crate::pipeline::{self, Answer, Faults, Reading};
use crate::record::{Format, Record};

#[derive(Args)]
#[command(
    after_help = "JSON, NDJSON, XML and HL7 v2 are told apart by their first bytes.\n\n\
    Example: carewire validate --format text bundle.json"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    reading: Reading,
    /// How the verdict is printed: an OperationOutcome an input, text for people, or one SARIF log of all.
    #[arg(long, value_enum, default_value_t = As::Outcome)]
    format: As,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum As {
    Outcome,
    Text,
    Sarif,
}

/// Reports by their place in the input, for the one format that is a single document.
type Collected = Mutex<Vec<(usize, String, Report)>>;

/// Judges every input.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let collected = Collected::default();
    // An error is no text for people to read between verdicts, nor a part of the one SARIF log.
    let faults = Faults {
        folder: None,
        are_printed: arguments.format == As::Outcome,
    };
    let status = pipeline::run(&arguments.reading, Kind::Any, faults, |record| {
        let report = judge(record);
        let fault = (!report.is_valid()).then(|| json!({}));
        let out = match arguments.format {
            As::Outcome => outcome(record, &report),
            As::Text => report.to_text(&record.place()).into_bytes(),
            As::Sarif => {
                let mut collected = collected
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                collected.push((record.sequence, record.file.to_string(), report));
                Vec::new()
            }
        };
        Ok(Answer {
            out,
            notes: Vec::new(),
            fault,
        })
    })?;
    if arguments.format == As::Sarif {
        let mut reports = collected
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        reports.sort_by_key(|(sequence, ..)| *sequence);
        let mut output = Output::standard();
        output.write(to_sarif(reports.iter().map(|(_, name, report)| (name.as_str(), report))).as_bytes());
        output.write(b"\n");
        output.finish()?;
    }
    Ok(status)
}

fn judge(record: &Record) -> Report {
    match record.format {
        Format::Json => Validator::r4().validate_json(&record.bytes),
        Format::Xml => Validator::r4().validate_xml(&record.bytes),
        Format::Hl7v2 => Hl7Validator::new().validate_bytes(&record.bytes),
    }
}

/// Alone: the OperationOutcome, indented. Among several: a line with the file.
fn outcome(record: &Record, report: &Report) -> Vec<u8> {
    let outcome = report.to_operation_outcome();
    let style = if record.alone {
        JsonStyle::pretty()
    } else {
        JsonStyle::compact()
    };
    record.frame("outcome", outcome.to_json_in(&style).as_bytes())
}
