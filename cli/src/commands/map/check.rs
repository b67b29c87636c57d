//! `carewire map check`: everything that is wrong or doubtful in maps, before they run.

use std::path::PathBuf;

use carewire_mapping::{Diagnostic, Severity};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::commands::maps::{self, With};
use crate::failure::Failure;
use crate::output::{Output, Status};

#[derive(Args)]
#[command(
    after_help = "The maps are checked together, with those that come with the program, against FHIR R4, HL7 v2 and the models given. Exit status 1 \
    if one has an error, with --deny-warnings also for a warning.\n\n\
    Example: carewire map check --format json maps"
)]
pub(crate) struct Arguments {
    /// Maps, or folders of them.
    #[arg(value_name = "MAP", required = true)]
    maps: Vec<PathBuf>,
    #[command(flatten)]
    with: With,
    /// Refuse everything that is not of the standard language.
    #[arg(long)]
    strict: bool,
    /// Exit status 1 also for a warning.
    #[arg(long)]
    deny_warnings: bool,
    /// Also list the fields of segments that the maps read, which none of their rules reads, and what they leave out on purpose.
    #[arg(long)]
    coverage: bool,
    /// How findings are printed: with their line, or a JSON object a line.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Checks the maps.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let mut own = maps::files(&arguments.maps)?;
    let count = own.len();
    own.extend(arguments.with.files()?);
    let options = arguments.with.options()?.strict(arguments.strict);
    let (compiled, found) = maps::check(&own, &options);
    let mut output = Output::standard();
    for one in &found {
        let line = match arguments.format {
            Format::Text => format!("{one}\n\n"),
            Format::Json => format!("{}\n", line(one)),
        };
        output.write(line.as_bytes());
    }
    let is_bad = |one: &&Diagnostic| one.severity() == Severity::Error || arguments.deny_warnings;
    let bad = found.iter().filter(is_bad).count();
    if let (true, Some(compiled)) = (arguments.coverage, &compiled) {
        for unread in compiled.unread_fields() {
            let line = match arguments.format {
                Format::Text => format!("no rule reads {} {}\n", unread.path(), unread.name()),
                Format::Json => format!("{}\n", json!({"unread": unread.path(), "name": unread.name()})),
            };
            output.write(line.as_bytes());
        }
        for out in compiled.left_out() {
            let line = match arguments.format {
                Format::Text => format!("{} is left out: {} ({})\n", out.path(), out.reason(), out.rule()),
                Format::Json => format!(
                    "{}\n",
                    json!({"leftOut": out.path(), "reason": out.reason(), "rule": out.rule().to_string()})
                ),
            };
            output.write(line.as_bytes());
        }
    }
    if arguments.format == Format::Text {
        output.write(
            format!(
                "{} checked, {}\n",
                maps::counted(count, "map"),
                maps::counted(found.len(), "finding")
            )
            .as_bytes(),
        );
    }
    output.finish()?;
    Ok(if bad == 0 { Status::Good } else { Status::Errors })
}

fn line(one: &Diagnostic) -> serde_json::Value {
    json!({
        "file": one.file(),
        "line": one.line(),
        "column": one.column(),
        "severity": one.severity().as_str(),
        "code": one.code().as_str(),
        "message": one.message(),
        "help": one.help(),
    })
}
