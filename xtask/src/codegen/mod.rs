//! `cargo xtask codegen [--check]`: `spec/` in, `src/generated/` out, offline and the same bytes everywhere.

mod fhir;

use std::fs;
use std::path::PathBuf;

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

/// The files a room generates: path and content.
type Files = Result<Vec<(PathBuf, String)>, Box<dyn std::error::Error>>;

/// Generates, or checks, every room's tables.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let rooms: [fn() -> Files; 1] = [fhir::files];
    let mut stale = Vec::new();
    for files in rooms {
        for (path, text) in files()? {
            if fs::read_to_string(&path).is_ok_and(|old| old == text) {
                continue;
            }
            if arguments.check {
                stale.push(path.display().to_string());
                continue;
            }
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(&path, text)?;
        }
    }
    if !stale.is_empty() {
        return Err(format!("run `cargo xtask codegen`; it would change {}", stale.join(", ")).into());
    }
    Ok(())
}
