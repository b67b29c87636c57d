//! `cargo xtask import WHAT PATH`: official package in, small sorted text tables out.

mod fhir;
mod fhir_search;
mod hl7v2;
mod terminology;
mod v2_to_fhir;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::Outcome;

#[derive(Args)]
pub(crate) struct Arguments {
    /// What to import.
    what: Source,
    /// The package or folder that holds it.
    path: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Source {
    /// `hl7.fhir.r4.core` 4.0.1 into `fhir-model/spec`.
    Fhir,
    /// The HL7 v2 structure tables into `hl7v2/spec`.
    Hl7v2,
    /// Code systems and value sets into `terminology/spec`.
    Terminology,
    /// The tables of the HL7 v2-to-FHIR guide, with the overlay of decisions, into `mapping/maps/guide`.
    V2ToFhir,
}

/// Runs the importer that `arguments` name.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    match arguments.what {
        Source::Fhir => fhir::run(&arguments.path),
        Source::Hl7v2 => hl7v2::run(&arguments.path),
        Source::Terminology => terminology::run(&arguments.path),
        Source::V2ToFhir => v2_to_fhir::run(&arguments.path),
    }
}
