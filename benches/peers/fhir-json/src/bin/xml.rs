//! JSON to XML and back beside npm's `fhir`, for scale: two programs, each on its own.
//!
//! `cargo run --release --manifest-path benches/peers/fhir-json/Cargo.toml --bin xml` installs the package with `npm` in a folder
//! of the target directory and prints how many times as long it takes; with `-- --check` it fails where that is under the limit.
//! A machine without `node` is told so.

#[path = "../inputs.rs"]
mod inputs;
#[path = "../turns.rs"]
#[allow(dead_code, reason = "the other side takes its turns in a program of its own")]
mod turns;

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use carewire_fhir_model::Document;
use inputs::{Input, inputs};
use turns::{Report, in_turns, medians};

/// What npm's `fhir` takes, as a multiple of our time.
const XML: f64 = 5.0;

fn there_and_back(bytes: &[u8]) -> usize {
    let xml = Document::from_json(bytes).expect("a document").document.to_xml();
    let read = Document::from_xml(xml.as_bytes()).expect("the same document");
    read.document.to_json().len()
}

/// A folder with the package that the lock file pins. `None` if this machine has no `node` or no `npm`.
fn installed(pins: &Path) -> Result<Option<PathBuf>, Box<dyn Error>> {
    let runs = |name| {
        Command::new(name)
            .arg("--version")
            .output()
            .is_ok_and(|it| it.status.success())
    };
    if !runs("node") || !runs("npm") {
        return Ok(None);
    }
    let program = std::env::current_exe()?;
    let folder = program
        .parent()
        .ok_or("the program has a folder")?
        .join("npm-fhir");
    fs::create_dir_all(&folder)?;
    for file in ["main.js", "package.json", "package-lock.json"] {
        fs::copy(pins.join(file), folder.join(file))?;
    }
    if !folder.join("node_modules/fhir").exists() {
        let status = Command::new("npm")
            .args(["ci", "--silent"])
            .current_dir(&folder)
            .status()?;
        if !status.success() {
            return Err("npm does not install the package".into());
        }
    }
    Ok(Some(folder))
}

/// Nanoseconds that npm's `fhir` takes for a file.
fn theirs(folder: &Path, file: &Path, calls: usize) -> Result<f64, Box<dyn Error>> {
    let mut node = Command::new("node");
    let output = node
        .arg("main.js")
        .arg(file)
        .arg(calls.to_string())
        .current_dir(folder)
        .output()?;
    if !output.status.success() {
        return Err("node fails".into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse::<f64>()? * 1e3)
}

fn measure(input: &Input, folder: &Path, report: &mut Report) -> Result<(), Box<dyn Error>> {
    let file = folder.join("input.json");
    fs::write(&file, &input.bytes)?;
    let calls = (2_000_000 / input.bytes.len()).clamp(3, 200);
    let mut failed = None;
    let [ratio] = medians(|| {
        let [ours] = in_turns(
            input.bytes.len(),
            [&mut || {
                black_box(there_and_back(black_box(&input.bytes)));
            }],
        );
        let theirs = theirs(folder, &file, calls).unwrap_or_else(|error| {
            failed = Some(error);
            f64::NAN
        });
        [theirs / ours]
    });
    if let Some(error) = failed {
        return Err(error);
    }
    report.at_least(
        &format!("xml/{}: JSON to XML and back, npm fhir", input.name),
        ratio,
        Some(XML),
    );
    Ok(())
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let pins = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../npm-fhir"));
    let Some(folder) = installed(pins)? else {
        println!("xml: not measured, for this machine has no node or no npm");
        return Ok(ExitCode::SUCCESS);
    };
    let mut report = Report { holds: true };
    for input in inputs().iter().filter(|input| input.is_bench()) {
        measure(input, &folder, &mut report)?;
    }
    let check = std::env::args().any(|one| one == "--check");
    Ok(if check && !report.holds {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
