//! Development tasks of the workspace: `cargo xtask --help` lists them.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool")]

mod arrows;
mod bench;
mod ci;
mod codegen;
mod conformance;
mod import;
mod no_std;
mod package;
mod python;
mod ratchet;
mod scan;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Development tasks of the workspace")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Writes a room's `spec/` from an official package or a folder of the corpora.
    Import(import::Arguments),
    /// Turns every `spec/` into `src/generated/`, offline.
    Codegen(codegen::Arguments),
    /// Checks which room uses which, and prints how many packages come with each.
    Arrows,
    /// Refuses lines added to the lists of expected failures since the base commit.
    Ratchet(ratchet::Arguments),
    /// Refuses shapes of real identifiers, corpus files and paths of the machine in the repository.
    Scan,
    /// Lists what each published package would hold.
    Package,
    /// Links the parser of HL7 v2 into a program without the standard library.
    NoStd,
    /// Runs every check that a change must pass before it is sent.
    Ci,
    /// Runs the benchmarks and prints the ratios to the named peers.
    Bench(bench::Arguments),
    /// Runs the official suites from the corpora against the lists of expected failures.
    Conformance(conformance::Arguments),
}

/// What a task answers: a sentence for people when it fails.
type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Import(arguments) => import::run(&arguments),
        Task::Codegen(arguments) => codegen::run(&arguments),
        Task::Arrows => arrows::run(),
        Task::Ratchet(arguments) => ratchet::run(&arguments),
        Task::Scan => scan::run(),
        Task::Package => package::run(),
        Task::NoStd => no_std::run(),
        Task::Ci => ci::run(),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Conformance(arguments) => conformance::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
