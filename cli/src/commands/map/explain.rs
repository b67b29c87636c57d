//! `carewire map explain`: which rule made an element, and of what.

use std::path::{Path, PathBuf};

use carewire_hl7v2::Message;
use carewire_mapping::{Context, Traced, v2_to_fhir};
use clap::Args;
use serde_json::json;

use crate::clock;
use crate::commands::{hl7v2_failure, maps};
use crate::failure::Failure;
use crate::output::{Output, Status, note};

#[derive(Args)]
#[command(
    after_help = "PATH is a FHIRPath of the output, from the root or from a resource, with or without indexes from 0 (`Patient.name.family`), or an HL7 path of the \
    message, from 1 (`PID-5`): then what it went to is shown. Values are shown with --show-values alone.\n\n\
    Example: carewire map explain admission.hl7 Patient.name.family\n\
    prints Bundle.entry[1].resource.name[0].family by datatype/XPN.map:30:3 from PID-5.1.1 (bytes 71 to 74)"
)]
pub(crate) struct Arguments {
    /// An HL7 v2 message.
    #[arg(value_name = "MESSAGE")]
    message: PathBuf,
    /// What is to be explained.
    #[arg(value_name = "PATH")]
    path: String,
    /// A file of maps; may be repeated. Else those that come with the program.
    #[arg(long = "map", value_name = "FILE")]
    maps: Vec<PathBuf>,
    /// Print a JSON object a line.
    #[arg(long)]
    json: bool,
    /// Also print what stands at the places of the source.
    #[arg(long)]
    show_values: bool,
    /// The time of the conversion; else the clock's.
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
}

/// Explains.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let own = if arguments.maps.is_empty() {
        None
    } else {
        let files = maps::set(&arguments.maps)?;
        Some(maps::standard(&files, maps::Way::ToFhir)?)
    };
    let compiled = own.as_ref().unwrap_or_else(|| v2_to_fhir());
    let bytes = std::fs::read(&arguments.message)
        .map_err(|error| Failure::file("unreadable", &arguments.message, &error))?;
    let context = Context::at(clock::now(arguments.now.as_deref())?).lineage(true);
    // The message is at fault, not how the command was used.
    let bad = |failure: Failure| {
        note(&format!("error: {}", failure.of(&arguments.message)));
        Ok(Status::Errors)
    };
    let message = match Message::parse(&bytes) {
        Ok(message) => message,
        Err(error) => return bad(hl7v2_failure(&error)),
    };
    let done = match compiled.transform_message(&message, &context) {
        Ok(done) => done,
        Err(error) => return bad(Failure::new(error.kind().as_str(), error.to_string())),
    };
    let lineage = done.lineage.unwrap_or_default();
    let found: Vec<&Traced> = if is_hl7(&arguments.path) {
        lineage.from_source(&arguments.path).collect()
    } else {
        lineage.explain(&arguments.path).collect()
    };
    let mut output = Output::standard();
    if found.is_empty() {
        let file = Path::new(&arguments.message).display();
        note(&format!("{file}: no rule made anything at this path, or of it"));
        return Ok(Status::Errors);
    }
    for one in found {
        let values: Vec<String> = one
            .sources()
            .iter()
            .filter_map(|source| source.bytes().and_then(|range| message.as_bytes().get(range)))
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
            .collect();
        let line = if arguments.json {
            let sources: Vec<serde_json::Value> = one
                .sources()
                .iter()
                .map(|source| {
                    let bytes = source.bytes();
                    json!({
                        "path": source.path(),
                        "start": bytes.as_ref().map(|bytes| bytes.start),
                        "end": bytes.as_ref().map(|bytes| bytes.end),
                    })
                })
                .collect();
            let mut line = json!({
                "path": one.path(),
                "rule": {"file": one.rule().file(), "line": one.rule().line(), "column": one.rule().column()},
                "sources": sources,
            });
            if let (true, Some(line)) = (arguments.show_values, line.as_object_mut()) {
                line.insert("values".to_owned(), json!(values));
            }
            line.to_string()
        } else if arguments.show_values {
            format!("{one}: {}", values.join(", "))
        } else {
            one.to_string()
        };
        output.write(format!("{line}\n").as_bytes());
    }
    output.finish()?;
    Ok(Status::Good)
}

/// Whether a path begins as one of HL7 does: `PID-5`, `PID[2]`, `PID`.
fn is_hl7(path: &str) -> bool {
    let id = path.as_bytes().get(..3).unwrap_or_default();
    let is_id = id
        .iter()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    id.len() == 3 && is_id && matches!(path.as_bytes().get(3), None | Some(b'-' | b'['))
}

#[cfg(test)]
mod tests {
    use super::is_hl7;

    #[test]
    fn paths_of_hl7_are_told_from_those_of_fhir() {
        assert!(is_hl7("PID-5.1") && is_hl7("OBX[2]-5") && is_hl7("ZXT"));
        assert!(!is_hl7("Patient.name") && !is_hl7("Bundle.entry[0]") && !is_hl7("PI"));
    }
}
