//! `cargo xtask ci`: what must hold before a change is sent.

use crate::{Outcome, arrows, codegen, no_std, package, ratchet, scan, workspace};

/// Runs every check in turn, the cheap ones first, and stops at the first that fails.
pub(crate) fn run() -> Outcome {
    cargo("formatting", &["fmt", "--all", "--check"])?;
    heading("arrows");
    arrows::run()?;
    heading("scan");
    scan::run()?;
    heading("ratchet");
    ratchet::run(&ratchet::Arguments::default())?;
    heading("generated files");
    codegen::run(&codegen::Arguments::to_check())?;
    cargo(
        "clippy",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ],
    )?;
    cargo("tests", &["test", "--locked"])?;
    cargo(
        "tests of hl7v2 with all features",
        &[
            "test",
            "--locked",
            "--package",
            "carewire-hl7v2",
            "--all-features",
        ],
    )?;
    heading("docs");
    workspace::call(
        workspace::cargo()
            .args(["doc", "--no-deps", "--locked"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    heading("no_std");
    no_std::run()?;
    heading("packages");
    package::run()
}

fn cargo(name: &str, arguments: &[&str]) -> Outcome {
    heading(name);
    workspace::call(workspace::cargo().args(arguments))
}

fn heading(name: &str) {
    println!("== {name}");
}
