//! Development tasks of the workspace: `cargo xtask --help` lists them.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool")]

mod codegen;
mod conformance;
mod import;
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
    /// Runs the official suites from the corpora against the lists of expected failures.
    Conformance(conformance::Arguments),
}

/// What a task answers: a sentence for people when it fails.
type Outcome = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Import(arguments) => import::run(&arguments),
        Task::Codegen(arguments) => codegen::run(&arguments),
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
