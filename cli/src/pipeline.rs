//! From inputs to printed results: records in order, worked on in parallel, one answer each.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use clap::Args;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::input::{Inputs, Kind};
use crate::ordered;
use crate::output::{Output, Status, note};
use crate::progress::Progress;
use crate::record::{self, Item, Record};

/// What every command that reads inputs takes.
#[derive(Args, Debug)]
pub(crate) struct Reading {
    #[command(flatten)]
    pub(crate) inputs: Inputs,
    /// How many messages are worked on at once; as many as there are cores by default. The order of results is that of the input.
    #[arg(long, value_name = "N", value_parser = jobs)]
    pub(crate) jobs: Option<NonZeroUsize>,
}

/// More workers than this are refused: each takes memory, and no machine has as many cores.
const MOST_JOBS: usize = 1024;

/// Reads the number of `--jobs`.
pub(crate) fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.parse().ok().and_then(NonZeroUsize::new);
    number
        .filter(|number| number.get() <= MOST_JOBS)
        .ok_or_else(|| format!("a number from 1 to {MOST_JOBS}"))
}

/// What becomes of a record that has a fault.
#[derive(Clone, Copy)]
pub(crate) struct Faults<'a> {
    /// The folder that keeps its bytes beside a JSON report.
    pub(crate) folder: Option<&'a Path>,
    /// Whether an error in place of a result is a line of the output; where it would not be of the kind of the results, people
    /// alone are told.
    pub(crate) are_printed: bool,
}

impl Default for Faults<'_> {
    fn default() -> Self {
        Self {
            folder: None,
            are_printed: true,
        }
    }
}

/// What a command makes of one record.
pub(crate) struct Answer {
    /// The bytes to print, line end included.
    pub(crate) out: Vec<u8>,
    /// Lines for people, on standard error.
    pub(crate) notes: Vec<String>,
    /// What is wrong with the record, as JSON; its presence makes the exit status 1.
    pub(crate) fault: Option<Value>,
}

impl Answer {
    /// Good output and nothing to say.
    pub(crate) fn good(out: Vec<u8>) -> Self {
        Self {
            out,
            notes: Vec::new(),
            fault: None,
        }
    }

    /// No result: `{"file":..,"message":..,"error":{..}}`.
    fn failed(record: &Record, failure: &Failure, is_printed: bool) -> Self {
        // A line also for the only record: nobody takes it for a result.
        let out = if is_printed {
            record.line("error", json!(failure).to_string().as_bytes())
        } else {
            Vec::new()
        };
        let notes = vec![format!("{}: {failure}", record.place())];
        Self {
            out,
            notes,
            fault: Some(json!({ "error": failure })),
        }
    }
}

/// Reads every record, answers each with `work` and prints the answers in order.
pub(crate) fn run(
    reading: &Reading,
    kind: Kind,
    faults: Faults<'_>,
    work: impl Fn(&Record) -> Result<Answer, Failure> + Sync,
) -> Result<Status, Failure> {
    let sources = reading.inputs.sources(kind)?;
    let keep = faults.folder.map(Keep::new).transpose()?;
    let jobs = reading
        .jobs
        .or_else(|| available_parallelism().ok())
        .unwrap_or(NonZeroUsize::MIN);
    for path in &sources.skipped {
        note(&format!(
            "skipped {}: another kind of file by its name and first bytes",
            path.display()
        ));
    }

    let progress = Progress::new(sources.total_bytes());
    let mut run = Run {
        output: Output::standard(),
        progress,
        keep,
        status: Status::Good,
        count: 0,
        stopped: None,
    };
    let internal = || {
        Failure::new(
            "internal",
            "a fault of this program; the message is left as it was",
        )
    };
    let failed = |record: &Record, failure: &Failure| Answer::failed(record, failure, faults.are_printed);
    ordered::run(
        jobs,
        |emit| record::each(sources, kind, emit),
        |item| match item {
            Item::Record(record) => {
                // The record is needed for the report even if the work on it panics.
                let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(&record)));
                let answer = answer.unwrap_or_else(|_| Err(internal()));
                let answer = answer.unwrap_or_else(|failure| failed(&record, &failure));
                Some((record, answer))
            }
            Item::Failed(record, failure) => {
                let answer = failed(&record, &failure);
                Some((record, answer))
            }
        },
        || None,
        |result| run.take(result),
    );
    run.finish()
}

struct Run<'a> {
    output: Output,
    progress: Progress,
    keep: Option<Keep<'a>>,
    status: Status,
    count: usize,
    stopped: Option<Failure>,
}

impl Run<'_> {
    /// Prints one answer; `false` ends the run.
    fn take(&mut self, result: Option<(Record, Answer)>) -> bool {
        let Some((record, answer)) = result else {
            self.stopped = Some(Failure::new("internal", "a fault of this program"));
            return false;
        };
        self.count += 1;
        if let Some(fault) = &answer.fault {
            self.status = Status::Errors;
            if let Some(keep) = &mut self.keep
                && let Err(failure) = keep.keep(&record, fault)
            {
                self.stopped = Some(failure);
                return false;
            }
        }
        for line in &answer.notes {
            note(line);
        }
        self.progress.done(record.bytes.len(), self.count);
        self.output.write(&answer.out)
    }

    fn finish(self) -> Result<Status, Failure> {
        drop(self.progress);
        let written = self.output.finish();
        if let Some(failure) = self.stopped.or_else(|| written.err()) {
            note(&format!("error: {failure}"));
            return Ok(Status::Errors);
        }
        Ok(self.status)
    }
}

/// The folder that keeps what failed.
struct Keep<'a> {
    folder: &'a Path,
    names: BTreeSet<String>,
}

impl<'a> Keep<'a> {
    fn new(folder: &'a Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(folder).map_err(|error| Failure::io("errors-unwritable", &error))?;
        Ok(Self {
            folder,
            names: BTreeSet::new(),
        })
    }

    /// Writes the record's bytes and, beside them, the report.
    fn keep(&mut self, record: &Record, fault: &Value) -> Result<(), Failure> {
        let write = |path: PathBuf, bytes: &[u8]| {
            std::fs::write(path, bytes).map_err(|error| Failure::io("errors-unwritable", &error))
        };
        let name = self.name(record);
        let mut report = json!({
            "file": record.file.as_ref(),
            "message": record.number,
            "offset": record.offset,
            "length": record.bytes.len(),
        });
        if let (Some(report), Some(fault)) = (report.as_object_mut(), fault.as_object()) {
            report.extend(fault.clone());
        }
        let end = record.extension();
        write(self.folder.join(format!("{name}.{end}")), &record.bytes)?;
        write(
            self.folder.join(format!("{name}.report.json")),
            format!("{report:#}\n").as_bytes(),
        )
    }

    /// Whether the folder has other bytes under this name.
    fn holds_other(&self, name: &str, record: &Record) -> bool {
        let path = self.folder.join(format!("{name}.{}", record.extension()));
        std::fs::read(path).is_ok_and(|kept| kept != record.bytes)
    }

    /// `ward_a.hl7.3` for the third message of `ward/a.hl7`; what is not plain in a file name becomes `_`, and a name that is taken, also by
    /// other bytes of an earlier run, gets a number.
    fn name(&mut self, record: &Record) -> String {
        let plain: String = record
            .file
            .trim_start_matches(['.', '/'])
            .chars()
            .map(|char| {
                if char.is_ascii_alphanumeric() || matches!(char, '.' | '-' | '_') {
                    char
                } else {
                    '_'
                }
            })
            .collect();
        // File systems end at 255 bytes; the end of a path tells more than its start.
        let tail = plain.get(plain.len().saturating_sub(180)..).unwrap_or_default();
        let stem = if record.file.as_ref() == "-" {
            "stdin"
        } else {
            tail
        };
        let first = format!("{stem}.{}", record.number);
        let mut name = first.clone();
        let mut number = 2;
        while !self.names.insert(name.clone()) || self.holds_other(&name, record) {
            name = format!("{first}-{number}");
            number += 1;
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_kept_files_are_plain_and_different() {
        let mut keep = Keep {
            folder: Path::new("."),
            names: BTreeSet::new(),
        };
        let mut name = |file: &str, number| keep.name(&Record::hl7v2(file.into(), number, Vec::new()));
        assert_eq!(name("ward/a b.hl7", 3), "ward_a_b.hl7.3");
        assert_eq!(name("ward_a b.hl7", 3), "ward_a_b.hl7.3-2");
        assert_eq!(name("../x.hl7", 1), "x.hl7.1");
        assert_eq!(name("-", 1), "stdin.1");
        assert!(name(&"é/".repeat(400), 1).len() < 200);
    }
}
