//! Prints how large the programs beside it are: what every typed resource, read and written, adds to one that reads and writes
//! documents.
//!
//! `cargo run --profile one --manifest-path benches/peers/fhir-size/Cargo.toml` with one unit of code generation, `--release`
//! at Cargo's defaults; both are stripped. With `-- --check` it fails where it is 4 MB or more.

use std::error::Error;
use std::process::ExitCode;

/// What the typed layer may add with one unit of code generation, in bytes.
const LIMIT: u64 = 4_000_000;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let program = std::env::current_exe()?;
    let size = |name: &str| std::fs::metadata(program.with_file_name(name)).map(|file| file.len());
    let (documents, typed) = (size("documents")?, size("typed")?);
    let added = typed.saturating_sub(documents);
    println!("documents: {:.2} MB", documents as f64 / 1e6);
    println!("typed: {:.2} MB", typed as f64 / 1e6);
    println!("the typed layer adds {:.2} MB", added as f64 / 1e6);
    let check = std::env::args().any(|one| one == "--check");
    Ok(if check && added >= LIMIT {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
