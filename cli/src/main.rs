#![doc = include_str!("../README.md")]

mod clock;
mod commands;
mod failure;
mod finding;
mod input;
mod ordered;
mod output;
mod pipeline;
mod progress;
mod record;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::{convert, fhirpath, fmt, map, parse, query, term, transform, validate};

#[derive(Parser)]
#[command(
    name = "carewire",
    version,
    about = "Converts, reads, queries and judges HL7 v2 messages and FHIR R4 resources",
    after_help = "Inputs are files, folders (with all below them, in order of their names), --files-from LIST or - for standard input.\n\
        Exit status: 0 all good, 1 some input has errors, 2 wrong usage.\n\n\
        Example: carewire convert examples/data"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Converts HL7 v2 messages to FHIR R4 Bundles.
    Convert(convert::Arguments),
    /// Runs any map over messages, resources, JSON or tables.
    Transform(transform::Arguments),
    /// The tools of map authors: check, test, fmt, doc, diff, explain, invert.
    Map(map::Arguments),
    /// Prints an HL7 v2 message as a readable group tree, JSON or v2.xml.
    Parse(parse::Arguments),
    /// Prints the values at HL7 paths such as PID-3[.5='MR'].1.
    Query(query::Arguments),
    /// Judges FHIR R4 resources and HL7 v2 messages.
    Validate(validate::Arguments),
    /// Evaluates a FHIRPath expression over FHIR R4 resources.
    Fhirpath(fhirpath::Arguments),
    /// Rewrites the encoding as it stands and checks nothing.
    Fmt(fmt::Arguments),
    /// Answers questions about terminology: units.
    Term(term::Arguments),
}

fn main() -> ExitCode {
    // A panic's message may quote what it was working on; its place is enough to find it.
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        output::note(&format!(
            "internal error at {place}; the message concerned is reported as failed"
        ));
    }));
    let outcome = match Arguments::parse().command {
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Transform(arguments) => transform::run(&arguments),
        Command::Map(arguments) => map::run(&arguments),
        Command::Parse(arguments) => parse::run(&arguments),
        Command::Query(arguments) => query::run(&arguments),
        Command::Validate(arguments) => validate::run(&arguments),
        Command::Fhirpath(arguments) => fhirpath::run(&arguments),
        Command::Fmt(arguments) => fmt::run(&arguments),
        Command::Term(arguments) => term::run(&arguments),
    };
    match outcome {
        Ok(status) => status.into(),
        Err(failure) => {
            output::note(&format!("error: {failure}"));
            ExitCode::from(2)
        }
    }
}
