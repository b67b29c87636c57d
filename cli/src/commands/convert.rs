//! `carewire convert`: HL7 v2 messages through the maps to FHIR R4 Bundles, each judged, or Bundles to messages.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use carewire_fhirpath::DateTime;
use carewire_hl7v2::Message;
use carewire_mapping::{
    BundleKind, Context, Coverage, Maps, Namespace, Outcome, Output, Unread, Zone, fhir_to_v2, v2_to_fhir,
};
use carewire_validate::{Severity, Validator};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::clock;
use crate::commands::{document, hl7v2_failure, maps};
use crate::failure::Failure;
use crate::finding::Finding;
use crate::input::Kind;
use crate::output::{Status, note};
use crate::pipeline::{self, Answer, Faults, Reading};
use crate::record::Record;

#[derive(Args)]
#[command(
    after_help = "One message: its Bundle, indented; findings go to standard error. Several, and a batch counts as several: a line each, \
    {\"file\":..,\"message\":1,\"bundle\":{..},\"findings\":[..]}, or \"error\":{..} in place of the bundle.\n\
    A Bundle that has an error among its findings is printed all the same, and the exit status is 1.\n\
    With --to v2 Bundles become messages, by the event of their MessageHeader: one as it is sent, several a line each, \"v2\" in place of \"bundle\".\n\n\
    Example: carewire convert --errors failed --zone +01:00 inbox > bundles.jsonl"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    reading: Reading,
    /// A file of maps in the FHIR Mapping Language; may be repeated. It may import the maps that come with the program and takes
    /// the place of one with its url; if it says which messages it maps, only those are mapped. A CSV is a site's table of assigning authorities, facilities and local codes.
    #[arg(long = "map", value_name = "FILE")]
    maps: Vec<PathBuf>,
    /// What to make: FHIR of messages, or messages of FHIR.
    #[arg(long, value_enum, default_value_t = To::Fhir)]
    to: To,
    /// The kind of Bundle to make.
    #[arg(long, value_enum, default_value_t = Bundle::Message)]
    bundle: Bundle,
    /// Print the Bundles alone, one a line; what fails is told on standard error.
    #[arg(long, conflicts_with = "to")]
    bundles: bool,
    /// The zone of times without an offset where MSH-7 has none either: Z, +01:00 or -0500. Without it they are cut to the date.
    #[arg(long, value_name = "ZONE", value_parser = zone, allow_hyphen_values = true)]
    zone: Option<Zone>,
    /// The namespace of the ids that are made, a UUID. Equal keys in one namespace give equal ids.
    #[arg(long, value_name = "UUID", value_parser = namespace)]
    namespace: Option<Namespace>,
    /// The time of the conversion, such as 2024-01-02T03:04:05+01:00; else the clock's.
    #[arg(long, value_name = "TIME")]
    now: Option<String>,
    /// Also say of each element which rule made it, and of which bytes: `"lineage":[..]` on each line, for which there is a line for each message.
    #[arg(long, conflicts_with = "bundles")]
    lineage: bool,
    /// Say at the end, as JSON on standard error, how many of the values the maps read, which fields they left, and which required elements stayed empty.
    #[arg(long)]
    coverage: bool,
    /// Exit status 1 if fewer of a hundred values were read than this.
    #[arg(long, value_name = "PERCENT", requires = "coverage")]
    min_coverage: Option<f64>,
    /// Keep the bytes of each message that has an error in this folder, beside a JSON report.
    #[arg(long, value_name = "DIR")]
    errors: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    /// HL7 v2 messages become FHIR R4 Bundles.
    Fhir,
    /// FHIR R4 Bundles become HL7 v2 messages.
    V2,
}

#[derive(Clone, Copy, ValueEnum)]
enum Bundle {
    Message,
    Transaction,
    Collection,
}

pub(super) fn zone(text: &str) -> Result<Zone, &'static str> {
    Zone::parse(text).ok_or("a zone is Z or an offset such as +01:00")
}

fn namespace(text: &str) -> Result<Namespace, &'static str> {
    Namespace::parse(text).ok_or("a namespace is a UUID")
}

/// Converts every message.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let way = match arguments.to {
        To::Fhir => maps::Way::ToFhir,
        To::V2 => maps::Way::ToV2,
    };
    let own = if arguments.maps.is_empty() {
        None
    } else {
        Some(maps::standard(&maps::set(&arguments.maps)?, way)?)
    };
    let job = Job {
        maps: match (&own, arguments.to) {
            (Some(own), _) => own,
            (None, To::Fhir) => v2_to_fhir(),
            (None, To::V2) => fhir_to_v2(),
        },
        context: context(arguments, clock::now(arguments.now.as_deref())?),
        validator: Validator::r4(),
        bundles: arguments.bundles,
        lineage: arguments.lineage,
        coverage: arguments.coverage.then(Mutex::default),
    };
    let faults = Faults {
        folder: arguments.errors.as_deref(),
        // Who reads Bundles alone takes every line for one.
        are_printed: !arguments.bundles,
    };
    let status = match arguments.to {
        To::Fhir => pipeline::run(&arguments.reading, Kind::Hl7v2, faults, |record| {
            job.convert(record)
        })?,
        To::V2 => pipeline::run(&arguments.reading, Kind::Fhir, faults, |record| job.back(record))?,
    };
    let Some(coverage) = job.coverage else {
        return Ok(status);
    };
    let coverage = coverage.into_inner().unwrap_or_else(PoisonError::into_inner);
    note(&coverage.to_json());
    let is_enough = arguments
        .min_coverage
        .is_none_or(|least| coverage.percent() >= least);
    Ok(if is_enough { status } else { Status::Errors })
}

fn context(arguments: &Arguments, now: DateTime) -> Context<'static> {
    let context = Context::at(now).bundle(match arguments.bundle {
        Bundle::Message => BundleKind::Message,
        Bundle::Transaction => BundleKind::Transaction,
        Bundle::Collection => BundleKind::Collection,
    });
    let context = context.lineage(arguments.lineage);
    let context = arguments.zone.into_iter().fold(context, Context::zone);
    arguments.namespace.into_iter().fold(context, Context::namespace)
}

/// What one message is converted with.
struct Job<'m> {
    maps: &'m Maps,
    context: Context<'static>,
    validator: Validator,
    bundles: bool,
    lineage: bool,
    coverage: Option<Mutex<Coverage>>,
}

impl Job<'_> {
    fn convert(&self, record: &Record) -> Result<Answer, Failure> {
        let message = Message::parse(&record.bytes).map_err(|error| hl7v2_failure(&error))?;
        let outcome = self
            .maps
            .run(&message, &self.context)
            .map_err(|error| Failure::new(error.kind().as_str(), error.to_string()))?;
        let findings = self.findings(&message, &outcome);
        let fault = findings
            .iter()
            .any(Finding::is_error)
            .then(|| json!({ "findings": findings }));

        if let Some(coverage) = &self.coverage {
            // A worker that panicked left counts that are whole.
            let mut coverage = coverage.lock().unwrap_or_else(PoisonError::into_inner);
            coverage.add(&outcome.unread, Some(&outcome.bundle));
        }
        let alone = record.alone && !self.bundles && !self.lineage;
        let out = if alone {
            record.text(outcome.bundle.to_json_pretty())
        } else if self.bundles {
            record.text(outcome.bundle.to_json())
        } else {
            let mut value = [outcome.bundle.to_json(), json!(findings).to_string()].join(",\"findings\":");
            if let Some(lineage) = &outcome.lineage {
                value.push_str(",\"lineage\":");
                value.push_str(&lineage.to_json());
            }
            record.line("bundle", value.as_bytes())
        };
        // Where there is no place for the findings in the output, people still see them.
        let notes = if alone || self.bundles {
            lines(record, &findings, &outcome.unread)
        } else {
            Vec::new()
        };
        Ok(Answer { out, notes, fault })
    }

    /// A Bundle as a message.
    fn back(&self, record: &Record) -> Result<Answer, Failure> {
        let read = document(record)?;
        let done = self
            .maps
            .transform_bundle(read.document.root(), &self.context)
            .map_err(|error| Failure::new(error.kind().as_str(), error.to_string()))?;
        let findings: Vec<Finding> = done.findings.iter().map(Finding::from).collect();
        let fault = findings
            .iter()
            .any(Finding::is_error)
            .then(|| json!({ "findings": findings }));
        let message = done.targets.first().map(Output::to_bytes).unwrap_or_default();
        if record.alone && !self.lineage {
            let place = record.place();
            let notes = findings.iter().map(|finding| format!("{place}: {finding}"));
            return Ok(Answer {
                out: message,
                notes: notes.collect(),
                fault,
            });
        }
        let text = json!(String::from_utf8_lossy(&message)).to_string();
        let mut value = [text, json!(findings).to_string()].join(",\"findings\":");
        if let Some(lineage) = &done.lineage {
            value.push_str(",\"lineage\":");
            value.push_str(&lineage.to_json());
        }
        Ok(Answer {
            out: record.line("v2", value.as_bytes()),
            notes: Vec::new(),
            fault,
        })
    }

    /// What reading, mapping and judging found, in this order, and last what no map read.
    fn findings(&self, message: &Message<'_>, outcome: &Outcome) -> Vec<Finding> {
        let report = self.validator.validate(&outcome.bundle);
        let mut findings: Vec<Finding> = message.findings().iter().map(Finding::from).collect();
        findings.extend(outcome.findings.iter().map(Finding::from));
        if outcome.findings_dropped > 0 {
            let dropped = Finding::new("mapping", "warning", "findings-dropped");
            findings.push(Finding {
                count: Some(outcome.findings_dropped),
                ..dropped
            });
        }
        findings.extend(
            report
                .issues()
                .iter()
                .filter(|issue| issue.severity() > Severity::Information)
                .map(Finding::from),
        );
        if report.is_valid() {
            findings.push(Finding::new("validate", "information", "valid"));
        }
        findings.extend(outcome.unread.fields().map(|(path, count)| Finding {
            path: Some(path.to_owned()),
            count: Some(count),
            ..Finding::new("mapping", "information", "unread")
        }));
        findings
    }
}

/// The findings as lines for people: those that matter, and in one line the fields that no map reads.
fn lines(record: &Record, findings: &[Finding], unread: &Unread) -> Vec<String> {
    let place = record.place();
    let matter = findings
        .iter()
        .filter(|finding| finding.severity != "information");
    let mut lines: Vec<String> = matter.map(|finding| format!("{place}: {finding}")).collect();
    if unread.count() > 0 {
        let fields: Vec<_> = unread.fields().map(|(path, _)| path).collect();
        lines.push(format!(
            "{place}: no map reads {} values: {}",
            unread.count(),
            fields.join(", ")
        ));
    }
    lines
}
