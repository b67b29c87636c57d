//! `carewire map diff`: what another state of the maps changes in the output.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use carewire_fhir_model::{Document, Node, Visit};
use carewire_hl7v2::Message;
use carewire_mapping::{Context, Maps, Output as Target};
use clap::Args;
use serde_json::json;

use crate::clock;
use crate::commands::{hl7v2_failure, maps};
use crate::failure::Failure;
use crate::finding::Finding;
use crate::input::{Inputs, Kind};
use crate::output::{Status, note};
use crate::pipeline::{self, Answer, Faults, Reading};
use crate::record::Record;

#[derive(Args)]
#[command(
    after_help = "OLD and NEW are a map or a folder of maps each, with a site's tables (CSV) among them. Every message of the corpus goes through both; a line is printed for each whose output differs: \
    {\"file\":..,\"message\":1,\"changes\":[{\"path\":..,\"change\":\"added\"}]}, with a change of findings as well. Paths are FHIRPaths, counted from 0; values are shown with --show-values alone. \
    Messages that neither side maps are counted on standard error. \
    Exit status 1 if anything differs.\n\n\
    Example: carewire map diff maps-before maps --corpus inbox"
)]
pub(crate) struct Arguments {
    /// The maps as they were.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The maps as they are.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Messages, or folders of them.
    #[arg(long, value_name = "DIR", required = true)]
    corpus: Vec<PathBuf>,
    /// Also print the values before and after.
    #[arg(long)]
    show_values: bool,
    /// The time of the runs.
    #[arg(long, value_name = "TIME", default_value = "2024-01-01T00:00:00Z")]
    now: String,
    /// How many messages are worked on at once.
    #[arg(long, value_name = "N", value_parser = pipeline::jobs)]
    jobs: Option<std::num::NonZeroUsize>,
}

/// Compares the outputs.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let compile = |path: &Path| {
        let files = maps::set(&[path.to_owned()])?;
        maps::standard(&files, maps::Way::ToFhir)
    };
    let (old, new) = (compile(&arguments.old)?, compile(&arguments.new)?);
    let context = Context::at(clock::now(Some(&arguments.now))?);
    let reading = Reading {
        inputs: Inputs::new(arguments.corpus.clone(), None),
        jobs: arguments.jobs,
    };
    let unmapped = Mutex::new(Unmapped::default());
    let status = pipeline::run(&reading, Kind::Hl7v2, Faults::default(), |record| {
        let before = Shown::of(&old, record, &context)?;
        let after = Shown::of(&new, record, &context)?;
        if let (Some(code), Some(_), Ok(mut unmapped)) = (before.error, after.error, unmapped.lock()) {
            unmapped.add(code, record);
        }
        let changes = before.changes(&after, arguments.show_values);
        if changes.is_empty() {
            return Ok(Answer::good(Vec::new()));
        }
        Ok(Answer {
            out: record.line("changes", json!(changes).to_string().as_bytes()),
            notes: Vec::new(),
            fault: Some(json!({ "changes": changes.len() })),
        })
    });
    if let Ok(unmapped) = unmapped.into_inner() {
        unmapped.say();
    }
    status
}

/// The messages that neither side maps: for each code how many, and the place of the first.
#[derive(Default)]
struct Unmapped(BTreeMap<&'static str, (usize, usize, String)>);

impl Unmapped {
    fn add(&mut self, code: &'static str, record: &Record) {
        let (count, first, place) = self.0.entry(code).or_insert((0, usize::MAX, String::new()));
        *count += 1;
        // Messages are worked on in any order.
        if record.sequence < *first {
            (*first, *place) = (record.sequence, record.place());
        }
    }

    fn say(&self) {
        for (code, (count, _, place)) in &self.0 {
            let (messages, first) = match count {
                1 => ("message is", ""),
                _ => ("messages are", "the first "),
            };
            note(&format!(
                "{count} {messages} mapped by neither side [{code}]: {first}{place}"
            ));
        }
    }
}

/// An output as its places and what stands there.
#[derive(Default)]
struct Shown {
    values: BTreeMap<String, String>,
    findings: BTreeMap<String, usize>,
    /// Why the message is not mapped.
    error: Option<&'static str>,
}

impl Shown {
    fn of(maps: &Maps, record: &Record, context: &Context<'_>) -> Result<Self, Failure> {
        let message = Message::parse(&record.bytes).map_err(|error| hl7v2_failure(&error))?;
        let mut shown = Self::default();
        let done = match maps.transform_message(&message, context) {
            Ok(done) => done,
            // A message that one of the two does not map has nothing there.
            Err(error) => {
                let code = error.kind().as_str();
                shown.error = Some(code);
                shown.findings.insert(code.to_owned(), 1);
                return Ok(shown);
            }
        };
        for (at, target) in done.targets.iter().enumerate() {
            let number = if at == 0 { String::new() } else { format!("{at}: ") };
            match target {
                Target::Document(document) => shown.document(&number, document),
                Target::Message(message) => {
                    let text = String::from_utf8_lossy(message.as_bytes()).into_owned();
                    for (line, segment) in text.split('\r').enumerate() {
                        shown
                            .values
                            .insert(format!("{number}segment {}", line + 1), segment.to_owned());
                    }
                }
                other => {
                    if let Ok(read) = Document::from_json(&other.to_bytes()) {
                        shown.document(&number, &read.document);
                    }
                }
            }
        }
        for finding in done.findings.iter().map(Finding::from) {
            let at = finding.path.map_or(String::new(), |path| format!(" at {path}"));
            *shown.findings.entry(format!("{}{at}", finding.code)).or_default() += 1;
        }
        Ok(shown)
    }

    fn document(&mut self, number: &str, document: &Document<'_>) {
        let _ = document.visit(|node: Node<'_>, path| {
            if let Some(text) = node.text() {
                self.values.insert(format!("{number}{path}"), text.into_owned());
            }
            Visit::Into
        });
    }

    fn changes(&self, after: &Self, show_values: bool) -> Vec<serde_json::Value> {
        let mut changes = Vec::new();
        let mut push = |path: &str, change: &str, before: Option<&String>, now: Option<&String>| {
            let mut one = json!({"path": path, "change": change});
            if let (true, Some(object)) = (show_values, one.as_object_mut()) {
                object.extend(before.map(|text| ("before".to_owned(), json!(text))));
                object.extend(now.map(|text| ("after".to_owned(), json!(text))));
            }
            changes.push(one);
        };
        for (path, before) in &self.values {
            match after.values.get(path) {
                None => push(path, "removed", Some(before), None),
                Some(now) if now != before => push(path, "changed", Some(before), Some(now)),
                Some(_) => {}
            }
        }
        for (path, now) in &after.values {
            if !self.values.contains_key(path) {
                push(path, "added", None, Some(now));
            }
        }
        for (finding, count) in &self.findings {
            if after.findings.get(finding) != Some(count) {
                changes.push(json!({"finding": finding, "before": count, "after": after.findings.get(finding).copied().unwrap_or(0)}));
            }
        }
        for (finding, count) in &after.findings {
            if !self.findings.contains_key(finding) {
                changes.push(json!({"finding": finding, "before": 0, "after": count}));
            }
        }
        changes
    }
}
