//! The maps that a command is given: files, models, and what comes with the program.

use std::path::{Path, PathBuf};

use carewire_mapping::{Diagnostic, Maps, Model, Options, syntax, v2_to_fhir_files};
use clap::Args;

use crate::failure::Failure;
use crate::output::note;

/// Maps of the caller's beside the one that a command is about.
#[derive(Args, Debug, Default)]
pub(crate) struct With {
    /// More maps, files or folders, that the map imports from; those that come with the program are there already.
    #[arg(long, value_name = "FILE")]
    with: Vec<PathBuf>,
    /// A StructureDefinition, JSON, of a structure that maps name and FHIR R4 does not have; may be repeated.
    #[arg(long = "model", value_name = "FILE")]
    models: Vec<PathBuf>,
}

/// A file of a map: its name and text.
pub(crate) type File = (String, String);

impl With {
    /// What maps are compiled with.
    pub(crate) fn options(&self) -> Result<Options, Failure> {
        let mut options = Options::default();
        for file in &self.models {
            let bytes = std::fs::read(file).map_err(|error| unreadable(file, &error))?;
            let model = Model::structure_definition(&bytes)
                .map_err(|error| Failure::new("bad-model", format!("{}: {error}", file.display())))?;
            options = options.model(model);
        }
        Ok(options)
    }

    /// The files beside those that a command is about.
    pub(crate) fn files(&self) -> Result<Vec<File>, Failure> {
        files(&self.with)
    }
}

/// The maps of files and folders, in order of their names; a StructureMap as JSON becomes its text.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut below = Vec::new();
            gather(path, &mut below)?;
            below.sort();
            for file in below {
                found.push(read(&file)?);
            }
        } else {
            found.push(read(path)?);
        }
    }
    Ok(found)
}

/// The map files below a folder; those of tests are beside them.
fn gather(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        let is_test = path.file_name().is_some_and(|name| name == "tests");
        // A link could lead back to where it lies.
        if path.is_dir() && !is_test && !path.is_symlink() {
            gather(&path, found)?;
        } else if path.extension().is_some_and(|end| end == "map" || end == "fml") {
            found.push(path);
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new("map-unreadable", format!("{}: {}", path.display(), error.kind()))
}

/// One file as text.
pub(crate) fn read(file: &Path) -> Result<File, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
    let name = file.display().to_string();
    if file.extension().is_some_and(|end| end == "json") {
        let text = syntax::from_structure_map(text.as_bytes())
            .map_err(|error| Failure::new("bad-map", format!("{name}: {error}")))?;
        return Ok((name, text));
    }
    Ok((name, text))
}

/// The url and whether messages start it, of a map's text.
fn says((name, text): (&str, &str)) -> (Option<String>, bool) {
    let map = syntax::parse(name, text).map;
    (
        map.url().map(str::to_owned),
        map.metadata_text("carewire.entry").is_some(),
    )
}

/// The url of a map's text.
pub(crate) fn url(file: &File) -> Option<String> {
    says((&file.0, &file.1)).0
}

/// The caller's maps together with those that come with the program: a file with the url of one of these takes its place. If the
/// caller's files say which messages they map (`carewire.entry`), those are the only ones that are mapped.
pub(crate) fn joined(own: &[File]) -> Vec<(&str, &str)> {
    let (urls, entries): (Vec<_>, Vec<_>) = own.iter().map(|(name, text)| says((name, text))).unzip();
    let has_entries = entries.contains(&true);
    let shipped = v2_to_fhir_files().iter().filter(|file| {
        let (url, starts) = says(**file);
        let is_replaced = url.is_some() && urls.contains(&url);
        let is_left_out = has_entries && starts;
        !is_replaced && !is_left_out
    });
    own.iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .chain(shipped.copied())
        .collect()
}

/// Compiles files; every fault is shown with its line.
pub(crate) fn compile(files: &[(&str, &str)], options: &Options) -> Result<Maps, Failure> {
    Maps::compile(files, options).map_err(|diagnostics| {
        for diagnostic in &diagnostics {
            note(&diagnostic.to_string());
        }
        Failure::new("bad-map", format!("the maps have {} faults", diagnostics.len()))
    })
}

/// Compiles the caller's files with what they need, and gives what is doubtful in them alone.
pub(crate) fn check(own: &[File], options: &Options) -> (Option<Maps>, Vec<Diagnostic>) {
    let texts = joined(own);
    let (maps, all) = match Maps::compile(&texts, options) {
        Ok(maps) => {
            let warnings = maps.warnings().to_vec();
            (Some(maps), warnings)
        }
        Err(all) => (None, all),
    };
    let mine = |one: &Diagnostic| own.iter().any(|(name, _)| name == one.file());
    (maps, all.into_iter().filter(mine).collect())
}
