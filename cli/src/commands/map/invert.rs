//! `carewire map invert`: the way back that a map's own rules tell.

use std::path::PathBuf;

use carewire_mapping::syntax;
use clap::Args;

use crate::commands::maps;
use crate::failure::Failure;
use crate::output::{Output, Status, note};

#[derive(Args)]
#[command(
    after_help = "What can be turned is printed as a map of its own; each rule and code that has no way back is named on standard error, with its line and the reason.\n\n\
    Example: carewire map invert visit.map > visit-inverse.map"
)]
pub(crate) struct Arguments {
    /// The map.
    #[arg(value_name = "MAP")]
    map: PathBuf,
}

/// Prints the inverse.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let (name, text) = maps::read(&arguments.map)?;
    let parsed = syntax::parse(&name, &text);
    if !parsed.diagnostics.is_empty() {
        for diagnostic in &parsed.diagnostics {
            note(&diagnostic.to_string());
        }
        return Ok(Status::Errors);
    }
    let inverted = syntax::invert(&parsed.map);
    for refused in &inverted.refused {
        let before = text.get(..refused.span().start as usize).unwrap_or_default();
        note(&format!(
            "{name}:{}: {}",
            before.matches('\n').count() + 1,
            refused.why()
        ));
    }
    let mut output = Output::standard();
    output.write(syntax::render(&inverted.map).as_bytes());
    output.finish()?;
    Ok(Status::Good)
}
