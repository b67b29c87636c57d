//! `carewire map`: the tools of map authors.

mod check;
mod diff;
mod doc;
mod explain;
mod fmt;
mod invert;
mod test;

use clap::{Args, Subcommand};

use crate::failure::Failure;
use crate::output::Status;

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Says everything that is wrong or doubtful in maps.
    Check(check::Arguments),
    /// Runs the tests beside maps, and writes what they expect.
    Test(test::Arguments),
    /// Lays maps out, and turns them into StructureMap resources and back.
    Fmt(fmt::Arguments),
    /// Writes maps as a page for people.
    Doc(doc::Arguments),
    /// Says what another state of the maps changes in the output over a corpus.
    Diff(diff::Arguments),
    /// Says which rule made an element of the output, and of what.
    Explain(explain::Arguments),
    /// Derives the map back, and names what has no way back.
    Invert(invert::Arguments),
}

/// Runs the tool.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    match &arguments.command {
        Command::Check(arguments) => check::run(arguments),
        Command::Test(arguments) => test::run(arguments),
        Command::Fmt(arguments) => fmt::run(arguments),
        Command::Doc(arguments) => doc::run(arguments),
        Command::Diff(arguments) => diff::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Invert(arguments) => invert::run(arguments),
    }
}
