//! `carewire transform MAP`: any map over any source.

use std::path::PathBuf;
use std::sync::Mutex;

use carewire_hl7v2::Message;
use carewire_mapping::{Context, Host, HostError, HostValue, Input, Maps, Output, Place, Zone};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::clock;
use crate::commands::maps::{self, With};
use crate::commands::{document, hl7v2_failure};
use crate::failure::Failure;
use crate::finding::Finding;
use crate::input::Kind;
use crate::output::Status;
use crate::pipeline::{self, Answer, Faults, Reading};
use crate::record::{Format, Record};

#[derive(Args)]
#[command(
    after_help = "The first group of the map takes the source: a message, a FHIR resource, any other JSON object, or each row of a table. What \
    it makes is printed: FHIR and other structures as JSON, a message as it is sent. One source: its target alone, indented. Several, or several \
    targets: a line each, {\"file\":..,\"message\":1,\"targets\":[..],\"findings\":[..]}, a message as a string.\n\n\
    Example: carewire transform patients.map patients.csv"
)]
pub(crate) struct Arguments {
    /// The map: text, or a StructureMap as JSON.
    #[arg(value_name = "MAP")]
    map: PathBuf,
    #[command(flatten)]
    with: With,
    #[command(flatten)]
    reading: Reading,
    /// What the sources are; else their first bytes tell, and of a table its name: `.csv`.
    #[arg(long, value_enum, value_name = "TYPE")]
    source_type: Option<SourceType>,
    /// The zone of times without an offset where MSH-7 has none either.
    #[arg(long, value_name = "ZONE", value_parser = super::convert::zone, allow_hyphen_values = true)]
    zone: Option<Zone>,
    /// The time of the run, such as 2024-01-02T03:04:05+01:00; else the clock's.
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// Also print what `log` of the rules writes, on standard error: it holds values of the sources.
    #[arg(long)]
    log: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SourceType {
    /// HL7 v2 messages and batches.
    Hl7v2,
    /// FHIR resources: JSON, NDJSON or XML.
    Fhir,
    /// Any JSON objects, one or a line each.
    Json,
    /// Tables with a header line, cells separated by commas.
    Csv,
}

/// Transforms every source.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let own = maps::read(&arguments.map)?;
    if maps::parsed(&own.0, &own.1).is_none() {
        return Err(Failure::new("bad-map", "it is no map").of(&arguments.map));
    }
    let url =
        maps::url(&own).ok_or_else(|| Failure::new("bad-map", "the map has no url").of(&arguments.map))?;
    let mut files = vec![own];
    files.extend(arguments.with.files()?);
    let maps = maps::compile(&maps::needed(&files), &arguments.with.options()?)?;
    let context = Context::at(clock::now(arguments.now.as_deref())?);
    let context = arguments.zone.into_iter().fold(context, Context::zone);
    let kind = match arguments.source_type {
        Some(SourceType::Hl7v2) => Kind::Hl7v2,
        Some(SourceType::Fhir | SourceType::Json) => Kind::Fhir,
        Some(SourceType::Csv) => Kind::Table,
        None => Kind::AnyOrTable,
    };
    let is_logged = arguments.log;
    let job = Job {
        maps,
        url,
        context,
        is_logged,
    };
    pipeline::run(&arguments.reading, kind, Faults::default(), |record| {
        job.transform(record)
    })
}

struct Job {
    maps: Maps,
    url: String,
    context: Context<'static>,
    is_logged: bool,
}

/// Keeps what `log` of the rules writes, a line each.
#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Host for Log {
    fn call(&self, _: &str, _: &[Vec<HostValue>]) -> Result<Vec<HostValue>, HostError> {
        Err(HostError)
    }

    fn log(&self, rule: &Place, text: &str) {
        if let Ok(mut lines) = self.0.lock() {
            lines.push(format!("log {rule}: {text}"));
        }
    }
}

impl Job {
    fn transform(&self, record: &Record) -> Result<Answer, Failure> {
        let log = Log::default();
        let mut context = self.context.clone();
        if self.is_logged {
            context = context.host(&log);
        }
        let done = transformed(&self.maps, &self.url, record, &context)?;
        let findings: Vec<Finding> = done.findings.iter().map(Finding::from).collect();
        let fault = findings
            .iter()
            .any(Finding::is_error)
            .then(|| json!({ "findings": findings }));
        let place = record.place();
        let logged = log.0.into_inner().unwrap_or_default();
        let logged = logged.into_iter().map(|line| format!("{place}: {line}"));
        if let ([only], true) = (done.targets.as_slice(), record.alone) {
            let out = match only {
                Output::Document(document) => record.text(document.to_json_pretty()),
                Output::Message(message) => message.as_bytes().to_vec(),
                other => record.text(pretty(&other.to_bytes())),
            };
            let found = findings.iter().map(|finding| format!("{place}: {finding}"));
            let notes = logged.chain(found).collect();
            return Ok(Answer { out, notes, fault });
        }
        let targets: Vec<String> = done
            .targets
            .iter()
            .map(|target| {
                let bytes = target.to_bytes();
                match target {
                    Output::Message(_) => json!(String::from_utf8_lossy(&bytes)).to_string(),
                    _ => String::from_utf8_lossy(&bytes).into_owned(),
                }
            })
            .collect();
        let value = format!("[{}],\"findings\":{}", targets.join(","), json!(findings));
        Ok(Answer {
            out: record.line("targets", value.as_bytes()),
            notes: logged.collect(),
            fault,
        })
    }
}

/// Runs a map by its url over a record.
pub(crate) fn transformed(
    maps: &Maps,
    url: &str,
    record: &Record,
    context: &Context<'_>,
) -> Result<carewire_mapping::Transformed, Failure> {
    let failed = |error: carewire_mapping::MapError| Failure::new(error.kind().as_str(), error.to_string());
    if record.format == Format::Hl7v2 {
        let message = Message::parse(&record.bytes).map_err(|error| hl7v2_failure(&error))?;
        return maps
            .transform(url, &[Input::Message(&message)], context)
            .map_err(failed);
    }
    let read = document(record)?;
    maps.transform(url, &[Input::Node(read.document.root())], context)
        .map_err(failed)
}

/// JSON, indented.
pub(crate) fn pretty(json: &[u8]) -> String {
    match carewire_fhir_model::Document::from_json(json) {
        Ok(read) => read.document.to_json_pretty(),
        Err(_) => String::from_utf8_lossy(json).into_owned(),
    }
}
