//! `cargo xtask codegen [--check]`: `spec/` in, `src/generated/` out, offline and the same bytes everywhere.

mod fhir;
mod fhir_search;
mod hl7v2;
mod terminology;

use std::fs;
use std::path::{Path, PathBuf};

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

/// One line of a table of `spec/`, by column.
type Row = Vec<String>;

/// Reads a table of `spec/`: a line of heads, then rows of as many columns, separated by tabs.
fn table(folder: &Path, name: &str) -> Result<Vec<Row>, Box<dyn std::error::Error>> {
    let text = fs::read_to_string(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
    let width = text.lines().next().unwrap_or_default().split('\t').count();
    let mut rows = Vec::new();
    for (number, line) in text.lines().enumerate().skip(1) {
        let row: Row = line.split('\t').map(str::to_owned).collect();
        if row.len() != width {
            return Err(format!("{name}:{}: {} columns, expected {width}", number + 1, row.len()).into());
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Generates, or checks, every room's tables.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let rooms: &[fn() -> Files] = &[fhir::files, hl7v2::files];
    let mut output = Output {
        check: arguments.check,
        stale: Vec::new(),
    };
    for files in rooms {
        for (path, text) in files()? {
            output.put(&path, text.as_bytes())?;
        }
    }
    for (path, bytes) in terminology::files()? {
        output.put(&path, &bytes)?;
    }
    if arguments.check && output.stale.is_empty() {
        println!("generated files are up to date");
    }
    if !output.stale.is_empty() {
        let stale = output.stale.join(", ");
        return Err(format!("run `cargo xtask codegen`; it would change {stale}").into());
    }
    Ok(())
}

/// Where generated files go: to the disk, or into a list of those that would change.
struct Output {
    check: bool,
    stale: Vec<String>,
}

impl Output {
    fn put(&mut self, path: &Path, bytes: &[u8]) -> Outcome {
        if fs::read(path).is_ok_and(|old| old == bytes) {
            return Ok(());
        }
        if self.check {
            self.stale.push(path.display().to_string());
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(path, bytes)?)
    }
}
