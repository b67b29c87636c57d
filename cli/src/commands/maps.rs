//! The maps that a command is given: files, models, and what comes with the program.

use std::path::{Path, PathBuf};

use carewire_mapping::{
    Diagnostic, Maps, Model, Options, SiteTable, csv::Table, fhir_to_v2_files, fhir_to_v2_with, syntax,
    v2_to_fhir_files, v2_to_fhir_with,
};
use clap::Args;

use crate::failure::Failure;
use crate::output::note;

/// Maps of the caller's beside the one that a command is about.
#[derive(Args, Debug, Default)]
pub(crate) struct With {
    /// More maps, files or folders, that the map imports from, or a site's table as CSV; those that come with the program are there already.
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
        set(&self.with)
    }
}

/// The maps of files and folders, in order of their names; a StructureMap as JSON becomes its text, and a site's table (CSV) the maps that it stands for.
pub(crate) fn files(paths: &[PathBuf]) -> Result<Vec<File>, Failure> {
    found(paths, is_map)
}

/// As [`files`], with the site's tables that folders hold: what is compiled together.
pub(crate) fn set(paths: &[PathBuf]) -> Result<Vec<File>, Failure> {
    found(paths, |path| is_map(path) || is_site_table(path))
}

fn found(paths: &[PathBuf], is_wanted: fn(&Path) -> bool) -> Result<Vec<File>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut below = Vec::new();
            gather(path, is_wanted, &mut below)?;
            below.sort();
            if below.is_empty() {
                return Err(Failure::new("no-map", "the folder holds no map").of(path));
            }
            for file in below {
                found.extend(maps_of(&file)?);
            }
        } else {
            found.extend(maps_of(path)?);
        }
    }
    Ok(found)
}

fn has_end(path: &Path, ends: &[&str]) -> bool {
    path.extension()
        .is_some_and(|end| ends.iter().any(|one| end == *one))
}

fn is_map(path: &Path) -> bool {
    has_end(path, &["map", "fml"])
}

pub(crate) fn is_table(path: &Path) -> bool {
    has_end(path, &["csv"])
}

/// Whether a file has the header of a site's table: other tables are sources of maps.
fn is_site_table(path: &Path) -> bool {
    let is_site = |columns: &[&str]| ["table", "local"].iter().all(|column| columns.contains(column));
    let has_header = |bytes: Vec<u8>| match Table::read(&bytes) {
        Ok(table) => is_site(&table.columns()),
        // What is wrong with a site's table is told, not passed over.
        Err(_) => {
            let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next();
            let line = String::from_utf8_lossy(line.unwrap_or_default());
            let cells = line.trim_start_matches('\u{feff}').split(',');
            is_site(&cells.map(|cell| cell.trim_matches('"')).collect::<Vec<_>>())
        }
    };
    is_table(path) && std::fs::read(path).is_ok_and(has_header)
}

fn maps_of(file: &Path) -> Result<Vec<File>, Failure> {
    if !is_table(file) {
        return Ok(vec![read(file)?]);
    }
    let bytes = std::fs::read(file).map_err(|error| unreadable(file, &error))?;
    let table = SiteTable::read(&bytes)
        .map_err(|error| Failure::new("bad-table", format!("{}: {error}", file.display())))?;
    Ok(table.maps())
}

/// The files below a folder; those of tests are beside them.
fn gather(folder: &Path, is_wanted: fn(&Path) -> bool, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        let is_test = path.file_name().is_some_and(|name| name == "tests");
        // A link could lead back to where it lies.
        if path.is_dir() && !is_test && !path.is_symlink() {
            gather(&path, is_wanted, found)?;
        } else if is_wanted(&path) {
            found.push(path);
        }
    }
    Ok(())
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::file("map-unreadable", path, error)
}

/// One file as text.
pub(crate) fn read(file: &Path) -> Result<File, Failure> {
    if file.is_dir() {
        return Err(Failure::new("map-unreadable", "a folder, where one map is wanted").of(file));
    }
    let bytes = std::fs::read(file).map_err(|error| unreadable(file, &error))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(error.as_bytes().get(..offset).unwrap_or_default());
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|one| *one != '\n').count() + 1;
        Failure::new(
            "map-unreadable",
            format!("not UTF-8 at line {line}, column {column}"),
        )
        .of(file)
        .at(Some(offset))
    })?;
    let name = file.display().to_string();
    if file.extension().is_some_and(|end| end == "json") {
        let text = syntax::from_structure_map(text.as_bytes())
            .map_err(|error| Failure::new("bad-map", format!("{name}: {error}")))?;
        return Ok((name, text));
    }
    Ok((name, text))
}

/// What a map says of itself before its groups.
#[derive(Default)]
struct Head {
    url: Option<String>,
    /// Whether messages start it.
    starts: bool,
    imports: Vec<String>,
    /// The map that it lies over.
    overlay: Option<String>,
}

/// The head of a map's text.
fn head((name, text): (&str, &str)) -> Head {
    let map = syntax::parse(name, text).map;
    Head {
        url: map.url().map(str::to_owned),
        starts: map.metadata_text("carewire.entry").is_some(),
        imports: map
            .imports
            .iter()
            .map(|import| import.url.value.to_string())
            .collect(),
        overlay: map.metadata_text("carewire.overlay").map(str::to_owned),
    }
}

/// The head of a map that comes with the program, whose lines are laid out: nothing is parsed.
fn shipped_head(text: &str) -> Head {
    let mut head = Head::default();
    for line in text.lines() {
        let quoted = || line.split(['\'', '"']).nth(1).map(str::to_owned);
        if line.starts_with("/// url =") {
            head.url = quoted();
        } else if line.starts_with("/// carewire.entry") {
            head.starts = true;
        } else if line.starts_with("imports ") {
            head.imports.extend(quoted());
        } else if line.starts_with("group ") {
            break;
        }
    }
    head
}

/// Whether an import's url, whose `*` stand for any text, names a map.
fn imports(pattern: &str, url: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == url,
        Some((start, rest)) => url.strip_prefix(start).is_some_and(|url| {
            rest.is_empty() || (0..=url.len()).any(|at| url.get(at..).is_some_and(|url| imports(rest, url)))
        }),
    }
}

/// The url of a map's text.
pub(crate) fn url(file: &File) -> Option<String> {
    head((&file.0, &file.1)).url
}

fn texts(own: &[File]) -> impl Iterator<Item = (&str, &str)> {
    own.iter().map(|(name, text)| (name.as_str(), text.as_str()))
}

/// The caller's maps, and of those that come with the program what they import or lie over, and what that imports: a map that is run by its url
/// needs no other.
pub(crate) fn needed(own: &[File]) -> Vec<(&str, &str)> {
    let mut heads: Vec<Head> = own.iter().map(|(name, text)| head((name, text))).collect();
    let has_entries = heads.iter().any(|head| head.starts);
    let mut left: Vec<(Head, (&str, &str))> = fhir_to_v2_files()
        .iter()
        .chain(v2_to_fhir_files())
        .map(|file| (shipped_head(file.1), *file))
        .filter(|(head, _)| {
            let is_replaced = heads.iter().any(|own| own.url == head.url);
            let is_left_out = has_entries && head.starts;
            !is_replaced && !is_left_out
        })
        .collect();
    let mut found: Vec<(&str, &str)> = texts(own).collect();
    let mut at = 0;
    while let Some(head) = heads.get(at) {
        let wanted = |url: &str| {
            head.overlay.as_deref() == Some(url) || head.imports.iter().any(|pattern| imports(pattern, url))
        };
        let (taken, rest) = left
            .into_iter()
            .partition(|(head, _)| head.url.as_deref().is_some_and(wanted));
        left = rest;
        let taken: Vec<(Head, (&str, &str))> = taken;
        for (head, file) in taken {
            heads.push(head);
            found.push(file);
        }
        at += 1;
    }
    found
}

/// Compiles files; every fault is shown with its line.
pub(crate) fn compile(files: &[(&str, &str)], options: &Options) -> Result<Maps, Failure> {
    Maps::compile(files, options).map_err(|diagnostics| failure(&diagnostics))
}

/// The standard maps of one way, with the caller's files.
pub(crate) fn standard(own: &[File], way: Way) -> Result<Maps, Failure> {
    let texts: Vec<(&str, &str)> = texts(own).collect();
    let maps = match way {
        Way::ToFhir => v2_to_fhir_with(&texts, &Options::default()),
        Way::ToV2 => fhir_to_v2_with(&texts, &Options::default()),
    };
    maps.map_err(|diagnostics| failure(&diagnostics))
}

/// From where to where the standard maps lead.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    ToFhir,
    ToV2,
}

fn failure(diagnostics: &[Diagnostic]) -> Failure {
    for diagnostic in diagnostics {
        note(&diagnostic.to_string());
    }
    Failure::new(
        "bad-map",
        format!("the maps have {}", counted(diagnostics.len(), "fault")),
    )
}

/// Compiles the caller's files with what they need, and gives what is doubtful in them alone.
pub(crate) fn check(own: &[File], options: &Options) -> (Option<Maps>, Vec<Diagnostic>) {
    let texts = needed(own);
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

/// A number of things, by the word for one of them.
pub(crate) fn counted(count: usize, what: &str) -> String {
    let end = if count == 1 { "" } else { "s" };
    format!("{count} {what}{end}")
}

/// A map as a tree; `None` once what is wrong with it has been told.
pub(crate) fn parsed(name: &str, text: &str) -> Option<syntax::Map> {
    let parsed = syntax::parse(name, text);
    for diagnostic in &parsed.diagnostics {
        note(&diagnostic.to_string());
    }
    parsed.diagnostics.is_empty().then_some(parsed.map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_maps_that_come_with_the_program_what_is_imported_is_taken_with_what_that_needs() {
        let own = |text: &str| {
            vec![(
                "own.map".to_owned(),
                format!("/// url = 'http://example.org/own'\n{text}group g(source a, target b) {{}}\n"),
            )]
        };
        assert_eq!(needed(&own("")).len(), 1);
        let with = needed(&own("imports \"urn:carewire:maps:datatype:XPN\"\n")).len();
        assert!(with > 1 && with < v2_to_fhir_files().len(), "{with}");
        assert!(
            imports("a*c*", "abcd") && imports("*", "") && !imports("a*c", "abcd") && !imports("a", "ab")
        );
    }

    #[test]
    fn the_head_of_every_map_that_comes_with_the_program_is_read_without_parsing() {
        for (name, text) in fhir_to_v2_files().iter().chain(v2_to_fhir_files()) {
            let (quick, parsed) = (shipped_head(text), head((name, text)));
            assert_eq!(
                (quick.url, quick.starts, quick.imports),
                (parsed.url, parsed.starts, parsed.imports),
                "{name}"
            );
        }
    }
}
