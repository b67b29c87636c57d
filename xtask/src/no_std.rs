//! `cargo xtask no-std`: the parser of HL7 v2 and the documents of FHIR link into programs without the standard library.

use crate::{Outcome, workspace};

/// The rooms that need no standard library; each has a program in its folder `no-std`.
const ROOMS: [&str; 2] = ["fhir-model", "hl7v2"];

/// Builds the programs, and sees to it that each build fails once the standard library comes in.
pub(crate) fn run() -> Outcome {
    for room in ROOMS {
        build(room, &[])?;
        println!("{room}: links without the standard library");
        match build(room, &["--features", "std"]) {
            Err(error) if error.to_string().contains("panic_impl") => {
                println!("{room}: the standard library would be noticed");
            }
            Err(error) => return Err(error),
            Ok(()) => {
                return Err(
                    format!("{room}/no-std builds with the standard library: it proves nothing").into(),
                );
            }
        }
    }
    Ok(())
}

fn build(room: &str, more: &[&str]) -> Outcome {
    let mut command = workspace::cargo();
    command
        .args(["build", "--locked", "--target-dir"])
        .arg(workspace::root().join("target/no-std"))
        .args(more)
        .current_dir(workspace::root().join(room).join("no-std"));
    workspace::output(&mut command).map(drop)
}
