//! `carewire map fmt`: maps laid out, and as StructureMap resources.

use std::path::PathBuf;

use carewire_mapping::syntax::{self, Release};
use clap::{Args, ValueEnum};

use crate::commands::maps;
use crate::commands::transform::pretty;
use crate::failure::Failure;
use crate::output::{Output, Status, note};

#[derive(Args)]
#[command(
    after_help = "Without --write the result goes to standard output. With --check nothing is written, and the exit status is 1 if a file \
    is laid out otherwise. A StructureMap as JSON is read as a map; what it cannot say when it is written is told on standard error.\n\n\
    Example: carewire map fmt --to json --release r4 visit.map > StructureMap-visit.json"
)]
pub(crate) struct Arguments {
    /// Maps as text or as StructureMap resources, or folders of maps.
    #[arg(value_name = "MAP", required = true)]
    maps: Vec<PathBuf>,
    /// Write each file anew, in place.
    #[arg(long, conflicts_with_all = ["check", "to"])]
    write: bool,
    /// Only say which files are laid out otherwise.
    #[arg(long, conflicts_with = "to")]
    check: bool,
    /// The form of the output.
    #[arg(long, value_enum)]
    to: Option<Form>,
    /// The release of FHIR whose StructureMap is written.
    #[arg(long, value_enum, default_value_t = Of::R5)]
    release: Of,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// The text of the language.
    Fml,
    /// A StructureMap resource.
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Of {
    R4,
    R5,
}

/// Lays the maps out.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    if arguments.write
        && let Some(table) = arguments.maps.iter().find(|path| maps::is_table(path))
    {
        return Err(Failure::new("no-map", "a site's table is no map to lay out").of(table));
    }
    let mut output = Output::standard();
    let mut status = Status::Good;
    for (name, text) in maps::files(&arguments.maps)? {
        let Some(map) = maps::parsed(&name, &text) else {
            status = Status::Errors;
            continue;
        };
        if arguments.to == Some(Form::Json) {
            let release = match arguments.release {
                Of::R4 => Release::R4,
                Of::R5 => Release::R5,
            };
            let exported = syntax::to_structure_map(&map, release);
            for loss in &exported.losses {
                let line = text
                    .get(..loss.span().start as usize)
                    .map_or(0, |before| before.matches('\n').count())
                    + 1;
                note(&format!(
                    "{name}:{line}: another engine will not see {}",
                    loss.what()
                ));
            }
            output.write(format!("{}\n", pretty(exported.json.as_bytes())).as_bytes());
            continue;
        }
        let laid_out = syntax::render(&map);
        let is_json = name.ends_with(".json");
        if arguments.check {
            if laid_out != text && !is_json {
                output.write(format!("{name}\n").as_bytes());
                status = Status::Errors;
            }
        } else if arguments.write && !is_json {
            if laid_out != text {
                std::fs::write(&name, &laid_out).map_err(|error| Failure::io("map-unwritable", &error))?;
            }
        } else {
            output.write(laid_out.as_bytes());
        }
    }
    output.finish()?;
    Ok(status)
}
