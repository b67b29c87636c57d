//! Every message of the corpus outside of `_malformed` whose type the shipped maps name: it becomes a Bundle with its Patient and an Observation for each OBX that says something, and
//! the Bundle passes the validator. A case is a message.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use carewire_hl7v2::{Message, batch};
use carewire_mapping::{Context, Outcome, v2_to_fhir};
use carewire_testkit::conformance::{Case, Verdict};
use carewire_validate::{Severity, Validator};

#[path = "../references/mod.rs"]
mod references;

/// The messages of the pinned corpus.
pub(crate) const PINNED: usize = 2054;

/// The time of the conversion.
const NOW: &str = "2026-01-01T00:00:00Z";

/// Converts and judges every message; the counts of messages and files that became a Bundle are printed.
pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let folder = corpora.join("hl7v2");
    let index =
        std::fs::read_to_string(folder.join("INDEX.tsv")).map_err(|error| format!("INDEX.tsv: {error}"))?;
    let mut tally = Tally::default();
    let mut cases = Vec::new();
    for path in index.lines().skip(1).filter_map(|line| line.split('\t').next()) {
        if path.split('/').any(|part| part == "_malformed") {
            continue;
        }
        let bytes = std::fs::read(folder.join(path)).map_err(|error| format!("{path}: {error}"))?;
        let whole: Vec<_> = batch::messages(&bytes).collect();
        for raw in &whole {
            let read = raw.parse();
            if !read
                .as_ref()
                .map_or_else(|_| looks_wanted(raw.as_bytes()), is_wanted)
            {
                continue;
            }
            let id = if whole.len() > 1 {
                format!("{path}#{}", raw.number())
            } else {
                path.to_owned()
            };
            let mut converted = false;
            cases.push(Case::run(id, || match read {
                Err(error) => Verdict::Fail(format!("does not parse: {error}")),
                Ok(message) => judge(&message, &mut converted, &mut tally),
            }));
            tally.count(path, converted);
        }
    }
    tally.print();
    Ok(cases)
}

/// The types of messages that carry a patient, as the entries of the shipped maps name them; of ORU those with R01 or without an event.
const TYPES: [&str; 27] = [
    "ADT", "BAR", "DFT", "MDM", "OMD", "OMG", "OMI", "OML", "OMN", "OMP", "OMS", "ORG", "ORL", "ORM", "ORR",
    "ORU", "OUL", "PGL", "PPR", "RAS", "RDE", "RDS", "REF", "RGV", "RSP", "SIU", "VXU",
];

fn is_wanted(message: &Message<'_>) -> bool {
    let text = |path: &str| {
        message
            .find(path)
            .ok()
            .flatten()
            .map(|place| place.text().into_owned())
            .unwrap_or_default()
    };
    match text("MSH-9.1").as_str() {
        "ORU" => matches!(text("MSH-9.2").as_str(), "R01" | ""),
        code => TYPES.contains(&code),
    }
}

/// The same of a message that cannot be read, as far as its bytes say.
fn looks_wanted(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(200)).unwrap_or_default()).into_owned();
    TYPES.iter().any(|code| head.contains(&format!("|{code}")))
}

fn judge(message: &Message<'_>, converted: &mut bool, tally: &mut Tally) -> Verdict {
    let Ok(now) = NOW.parse() else {
        return Verdict::Fail("no time".to_owned());
    };
    let outcome = match v2_to_fhir().run(message, &Context::at(now)) {
        Ok(outcome) => outcome,
        Err(error) => return Verdict::Fail(format!("no Bundle: {error}")),
    };
    *converted = true;
    tally.findings(&outcome);
    let mut faults = Vec::new();
    let count = |kind: &str| {
        outcome
            .bundle
            .resources()
            .filter(|one| one.type_id().is_some_and(|found| found.name() == kind))
            .count()
    };
    if count("Patient") == 0 {
        faults.push("no Patient".to_owned());
    }
    // The lines and files of a document are its content.
    let is_document = message
        .find("MSH-9.1")
        .ok()
        .flatten()
        .is_some_and(|code| code.text() == "MDM");
    // OBX of one number (OBX-21), code and sub-id are one observation, however often it is sent.
    let mut own = BTreeSet::new();
    let observed = message
        .segments()
        .filter(|segment| segment.id() == "OBX" && says_something(segment) && !is_document)
        .filter(|segment| {
            let text = |field: usize| segment.field(field).map(|field| field.raw().to_vec());
            match text(21).filter(|number| !number.is_empty()) {
                Some(number) => own.insert((number, text(3), text(4))),
                None => true,
            }
        })
        .count();
    let made = count("Observation");
    // A living will (PD1-7) is an Observation without an OBX.
    if made < observed {
        faults.push(format!("{observed} OBX, {made} Observations"));
    }
    let loose = references::loose(&outcome.bundle.to_json());
    if loose > 0 {
        faults.push(format!("{loose} references lead nowhere or ids are there twice"));
    }
    let report = Validator::r4().validate(&outcome.bundle);
    let mut rules: BTreeMap<String, usize> = BTreeMap::new();
    for issue in report
        .issues()
        .iter()
        .filter(|issue| issue.severity() >= Severity::Error)
    {
        *rules
            .entry(format!("{} at {}", issue.rule(), generalised(issue.expression())))
            .or_default() += 1;
    }
    faults.extend(
        rules
            .into_iter()
            .map(|(rule, times)| format!("{times} of {rule}")),
    );
    if faults.is_empty() {
        Verdict::Pass
    } else {
        Verdict::Fail(faults.join("; "))
    }
}

/// Whether an OBX has an identifier or a value: one without is no observation.
fn says_something(segment: &carewire_hl7v2::Segment<'_>) -> bool {
    [3, 5].into_iter().any(|field| {
        segment.field(field).is_some_and(|field| {
            field.repetitions().any(|one| {
                let raw = one.raw();
                raw != b"\"\"" && raw.iter().any(|byte| !matches!(byte, b'^' | b'&' | b'~'))
            })
        })
    })
}

/// A path without its indices.
fn generalised(path: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for one in path.chars() {
        match one {
            '[' => inside = true,
            ']' => inside = false,
            _ if !inside => out.push(one),
            _ => {}
        }
    }
    out
}

/// What became of the messages and files.
#[derive(Default)]
struct Tally {
    messages: usize,
    converted: usize,
    files: BTreeSet<String>,
    refused: BTreeSet<String>,
    codes: BTreeMap<String, usize>,
}

impl Tally {
    fn count(&mut self, path: &str, converted: bool) {
        self.messages += 1;
        self.files.insert(path.to_owned());
        if converted {
            self.converted += 1;
        } else {
            self.refused.insert(path.to_owned());
        }
    }

    fn findings(&mut self, outcome: &Outcome) {
        for finding in &outcome.findings {
            *self.codes.entry(finding.code().as_str().to_owned()).or_default() += 1;
        }
    }

    fn print(&self) {
        println!(
            "bundles: {} of {} messages, {} of {} files",
            self.converted,
            self.messages,
            self.files.len() - self.refused.len(),
            self.files.len()
        );
        let codes: Vec<String> = self
            .codes
            .iter()
            .map(|(code, times)| format!("{code} {times}"))
            .collect();
        println!("findings: {}", codes.join(", "));
    }
}
