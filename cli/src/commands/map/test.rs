//! `carewire map test`: the tests beside maps.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use carewire_mapping::{Context, Maps, Model, Output as Target, csv::Table};
use clap::Args;

use crate::clock;
use crate::commands::maps::{self, File, With};
use crate::commands::transform::{pretty, transformed};
use crate::failure::Failure;
use crate::output::{Output, Status, note};
use crate::record::{Format, Record, bad_table};

#[derive(Args)]
#[command(
    after_help = "Beside a map `visit.map` its tests stand in `tests/visit/`: an input `NAME.hl7`, `NAME.json`, `NAME.xml` or `NAME.csv`, and what is \
    expected of it, whole: `NAME.expected.json` (or `.hl7`), `NAME.expected.2.json` of a second target, and `NAME.expected.findings.txt` where the run has \
    findings. The time of a run is 2024-01-01T00:00:00Z. With --bless the expected files are written; look at what changed before you keep it.\n\n\
    Example: carewire map test maps"
)]
pub(crate) struct Arguments {
    /// Maps, or folders of them.
    #[arg(value_name = "MAP", required = true)]
    maps: Vec<PathBuf>,
    #[command(flatten)]
    with: With,
    /// Write what is expected instead of comparing.
    #[arg(long)]
    bless: bool,
    /// The time of the runs.
    #[arg(long, value_name = "TIME", default_value = "2024-01-01T00:00:00Z")]
    now: String,
    /// Fail if a map has no test.
    #[arg(long)]
    require: bool,
}

/// Runs the tests of every map.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let files = maps::files(&arguments.maps)?;
    let context = Context::at(clock::now(Some(&arguments.now))?);
    let mut output = Output::standard();
    let (mut passed, mut failed) = (0, 0);
    for file in &files {
        let cases = cases(Path::new(&file.0))?;
        if cases.is_empty() {
            if maps::parsed(&file.0, &file.1).is_none() {
                failed += 1;
                output.write(format!("FAIL {}: it is no map [bad-map]\n", file.0).as_bytes());
                continue;
            }
            if arguments.require {
                failed += 1;
                output.write(format!("FAIL {}: the map has no test\n", file.0).as_bytes());
            }
            continue;
        }
        // The maps that are tested see each other.
        let mut set: Vec<File> = vec![file.clone()];
        set.extend(files.iter().filter(|other| other.0 != file.0).cloned());
        set.extend(arguments.with.files()?);
        let url = maps::url(file)
            .ok_or_else(|| Failure::new("bad-map", format!("{}: the map has no url", file.0)))?;
        let mut options = arguments.with.options()?;
        for model in tables(file, &cases)? {
            options = options.model(model);
        }
        let compiled = maps::compile(&maps::needed(&set), &options)?;
        for case in &cases {
            let result = case
                .outcome(&compiled, &url, &context)
                .and_then(|outcome| case.judge(&outcome, arguments.bless));
            match result {
                Ok(()) => passed += 1,
                Err(failure) => {
                    failed += 1;
                    output.write(format!("FAIL {}: {failure}\n", case.input.display()).as_bytes());
                }
            }
        }
    }
    let verb = if arguments.bless { "written" } else { "passed" };
    output.write(format!("{} {verb}, {failed} failed\n", maps::counted(passed, "test")).as_bytes());
    output.finish()?;
    if passed + failed == 0 {
        note("no map has a test: those of `visit.map` stand beside it, in the folder `tests/visit`");
    }
    Ok(if failed == 0 { Status::Good } else { Status::Errors })
}

/// One input with what is expected of it.
struct Case {
    input: PathBuf,
    /// The path of the expected files, without their ends.
    stem: PathBuf,
}

/// The expected files of a run: the end of each name, and its text.
type Outcome = BTreeMap<String, Vec<u8>>;

/// The cases beside a map, by name.
fn cases(map: &Path) -> Result<Vec<Case>, Failure> {
    let (Some(folder), Some(stem)) = (map.parent(), map.file_stem()) else {
        return Ok(Vec::new());
    };
    let tests = folder.join("tests").join(stem);
    let Ok(entries) = std::fs::read_dir(&tests) else {
        return Ok(Vec::new());
    };
    let mut inputs = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| Failure::io("unreadable", &error))?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let is_input = matches!(
            path.extension().and_then(|end| end.to_str()),
            Some("hl7" | "json" | "xml" | "csv")
        );
        if is_input && !name.contains(".expected.") && !name.starts_with('.') {
            inputs.push(path);
        }
    }
    inputs.sort();
    Ok(inputs
        .into_iter()
        .map(|input| Case {
            stem: input.with_extension(""),
            input,
        })
        .collect())
}

/// The models of the tables among the inputs, under the url that the map names first as a source.
fn tables(map: &File, cases: &[Case]) -> Result<Vec<Model>, Failure> {
    let parsed = carewire_mapping::syntax::parse(&map.0, &map.1).map;
    let url = parsed
        .structures
        .iter()
        .find(|one| one.mode == carewire_mapping::syntax::ModelMode::Source)
        .map(|one| one.url.value.clone());
    let Some(url) = url.filter(|url| !url.starts_with("http://hl7.org/") && !url.starts_with("urn:hl7-org:"))
    else {
        return Ok(Vec::new());
    };
    let mut columns: Vec<String> = Vec::new();
    for case in cases.iter().filter(|case| case.end() == "csv") {
        let bytes = case.bytes()?;
        let table = Table::read(&bytes).map_err(bad_table)?;
        for column in table.columns() {
            if !columns.iter().any(|known| known == column) {
                columns.push(column.to_owned());
            }
        }
    }
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![Model::table(&url, columns.iter().map(String::as_str))])
}

impl Case {
    fn end(&self) -> &str {
        self.input
            .extension()
            .and_then(|end| end.to_str())
            .unwrap_or_default()
    }

    fn bytes(&self) -> Result<Vec<u8>, Failure> {
        std::fs::read(&self.input).map_err(|error| Failure::io("unreadable", &error))
    }

    /// What the run gives, as the expected files hold it.
    fn outcome(&self, maps: &Maps, url: &str, context: &Context<'_>) -> Result<Outcome, Failure> {
        let bytes = self.bytes()?;
        let format = match self.end() {
            "hl7" => Format::Hl7v2,
            "xml" => Format::Xml,
            _ => Format::Json,
        };
        let mut inputs = Vec::new();
        if self.end() == "csv" {
            let table = Table::read(&bytes).map_err(bad_table)?;
            for row in table.rows() {
                inputs.push(row.map_err(bad_table)?.to_json().into_bytes());
            }
        } else {
            inputs.push(bytes);
        }
        let mut outcome = Outcome::new();
        let mut findings = String::new();
        for bytes in inputs {
            let record = Record {
                format,
                ..Record::hl7v2("".into(), 1, bytes)
            };
            let done = transformed(maps, url, &record, context)?;
            for (at, target) in done.targets.iter().enumerate() {
                let number = if at == 0 {
                    String::new()
                } else {
                    format!("{}.", at + 1)
                };
                let (end, text) = match target {
                    Target::Message(message) => ("hl7", message.as_bytes().to_vec()),
                    other => ("json", format!("{}\n", pretty(&other.to_bytes())).into_bytes()),
                };
                // The rows of a table give one after the other.
                outcome
                    .entry(format!("expected.{number}{end}"))
                    .or_default()
                    .extend(text);
            }
            for finding in &done.findings {
                findings.push_str(&format!("{finding}\n"));
            }
        }
        if !findings.is_empty() {
            outcome.insert("expected.findings.txt".to_owned(), findings.into_bytes());
        }
        Ok(outcome)
    }

    fn path(&self, end: &str) -> PathBuf {
        let mut name = self.stem.clone().into_os_string();
        name.push(".");
        name.push(end);
        name.into()
    }

    /// The ends of the expected files that are there.
    fn expected(&self) -> Vec<String> {
        let Some(folder) = self.stem.parent() else {
            return Vec::new();
        };
        let stem = self
            .stem
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut ends: Vec<String> = entries
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let end = name.strip_prefix(stem)?.strip_prefix('.')?;
                end.starts_with("expected.").then(|| end.to_owned())
            })
            .collect();
        ends.sort();
        ends
    }

    /// Compares with what is expected, whole; or writes it.
    fn judge(&self, outcome: &Outcome, bless: bool) -> Result<(), Failure> {
        let unwritable = |error: std::io::Error| Failure::io("test-unwritable", &error);
        for end in self.expected() {
            if !outcome.contains_key(&end) {
                if !bless {
                    return Err(Failure::new(
                        "map-test",
                        format!("{end} is expected, and the run gives none"),
                    ));
                }
                std::fs::remove_file(self.path(&end)).map_err(unwritable)?;
            }
        }
        for (end, text) in outcome {
            if bless {
                std::fs::write(self.path(end), text).map_err(unwritable)?;
                continue;
            }
            let Ok(expected) = std::fs::read(self.path(end)) else {
                return Err(Failure::new(
                    "map-test",
                    format!("the run gives {end}, and none is expected"),
                ));
            };
            if expected != *text {
                let same = expected.split(|byte| matches!(byte, b'\n' | b'\r'));
                let line = same
                    .zip(text.split(|byte| matches!(byte, b'\n' | b'\r')))
                    .take_while(|(a, b)| a == b)
                    .count();
                return Err(Failure::new(
                    "map-test",
                    format!("{end} differs from line {}", line + 1),
                ));
            }
        }
        Ok(())
    }
}
