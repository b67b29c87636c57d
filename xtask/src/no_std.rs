//! `cargo xtask no-std`: the parser of HL7 v2 links into a program without the standard library.

use crate::{Outcome, workspace};

/// Builds the program, and sees to it that the build fails once the standard library comes in.
pub(crate) fn run() -> Outcome {
    build(&[])?;
    println!("hl7v2: links without the standard library");
    match build(&["--features", "std"]) {
        Err(error) if error.to_string().contains("panic_impl") => {
            println!("hl7v2: the standard library would be noticed");
            Ok(())
        }
        Err(error) => Err(error),
        Ok(()) => Err("hl7v2/no-std builds with the standard library: it proves nothing".into()),
    }
}

fn build(more: &[&str]) -> Outcome {
    let folder = workspace::root().join("hl7v2/no-std");
    let mut command = workspace::cargo();
    command
        .args(["build", "--locked", "--target-dir"])
        .arg(workspace::root().join("target/no-std"))
        .args(more)
        .current_dir(folder);
    workspace::output(&mut command).map(drop)
}
