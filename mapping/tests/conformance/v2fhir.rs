//! Messages with the Bundles that other converters made of them: facts are compared, never bytes.
//!
//! `v2fhir/facts.tsv` says what a fact is, by FHIRPath applied to both Bundles. A fact that only one of them has counts against us, whichever one that is. It is left
//! out of the count only by a line of `v2fhir/left-out.txt` that names the guide's file and row which decides against it; such a line
//! names places of a message, never a value. A case is a message and a group of facts.

mod facts;
mod left_out;
mod pattern;

use std::collections::BTreeMap;
use std::path::Path;

use carewire_fhir_model::Document;
use carewire_hl7v2::Message;
use carewire_mapping::{Context, v2_to_fhir};
use carewire_testkit::conformance::{Case, Verdict};

use self::facts::{Fact, Table};
use self::left_out::{LeftOut, Place, Side};

/// A message of the index whose Bundle is to be compared.
struct Pair {
    source: String,
    message: String,
    bundle: String,
}

/// Facts that agree, and all that either Bundle has.
#[derive(Clone, Copy, Default)]
struct Share {
    agree: usize,
    all: usize,
}

impl Share {
    fn add(&mut self, other: Self) {
        self.agree += other.agree;
        self.all += other.all;
    }

    fn percent(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "some thousands at most")]
        let share = self.agree as f64 * 100.0 / self.all.max(1) as f64;
        share
    }
}

/// Runs every pair of the index; the share of facts is printed before and after leaving out.
pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let folder = corpora.join("v2fhir-pairs");
    let table = Table::read(include_str!("v2fhir/facts.tsv"))?;
    let left_out = LeftOut::read(include_str!("v2fhir/left-out.txt"), &corpora.join("v2-to-fhir"))?;
    let mut details = Details::default();
    let (mut before, mut after) = (Share::default(), Share::default());
    let mut cases = Vec::new();
    for pair in pairs(&folder)? {
        let expected =
            std::fs::read(folder.join(&pair.bundle)).map_err(|error| format!("{}: {error}", pair.bundle))?;
        let expected =
            facts_of_bundle(&table, &expected).map_err(|error| format!("{}: {error}", pair.bundle))?;
        let message = std::fs::read(folder.join(&pair.message))
            .map_err(|error| format!("{}: {error}", pair.message))?;
        let message = Message::parse(&message).map_err(|error| format!("{}: {error}", pair.message))?;
        let ours = convert(&message).and_then(|bundle| facts_of_bundle(&table, bundle.as_bytes()));
        let (ours, fault) = match ours {
            Ok(facts) => (facts, None),
            Err(fault) => (BTreeMap::new(), Some(fault)),
        };
        for group in table.groups() {
            let (theirs, ours) = (
                expected.get(group).map_or(&[][..], Vec::as_slice),
                ours.get(group).map_or(&[][..], Vec::as_slice),
            );
            if theirs.is_empty() && ours.is_empty() {
                continue;
            }
            let mut judged = Judged {
                pair: &pair,
                place: Place {
                    source: &pair.source,
                    message: &message,
                    group,
                    is_expected: !theirs.is_empty(),
                },
                left_out: &left_out,
                details: &mut details,
                before: Share::default(),
                after: Share::default(),
                faults: BTreeMap::new(),
            };
            judged.compare(theirs, ours);
            before.add(judged.before);
            after.add(judged.after);
            let verdict = match (&fault, judged.faults.is_empty()) {
                (Some(fault), _) => Verdict::Fail(fault.clone()),
                (None, true) => Verdict::Pass,
                (None, false) => Verdict::Fail(describe(&judged.faults)),
            };
            cases.push(Case {
                id: format!("{}#{group}", pair.message),
                verdict,
            });
        }
    }
    // Another folder than the pinned one need not have what a line leaves out.
    if !is_another_folder() {
        left_out.all_used()?;
    }
    details.write()?;
    println!(
        "facts: {} of {} agree ({:.1} %) before, {} of {} ({:.1} %) after leaving out",
        before.agree,
        before.all,
        before.percent(),
        after.agree,
        after.all,
        after.percent()
    );
    Ok(cases)
}

/// Whether the lists of the pinned corpora are to be left aside.
fn is_another_folder() -> bool {
    std::env::args().any(|argument| argument == "--no-list")
}

/// The messages of the index that have a Bundle and a type that the shipped maps name.
fn pairs(folder: &Path) -> Result<Vec<Pair>, String> {
    let index =
        std::fs::read_to_string(folder.join("INDEX.tsv")).map_err(|error| format!("INDEX.tsv: {error}"))?;
    let mut lines = index.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| {
        head.iter()
            .position(|one| *one == name)
            .ok_or_else(|| format!("INDEX.tsv has no column {name}"))
    };
    let (source, direction, message, expected, kind) = (
        column("source")?,
        column("direction")?,
        column("message")?,
        column("expected")?,
        column("expected_kind")?,
    );
    let mut pairs = Vec::new();
    for line in lines {
        let row: Vec<&str> = line.split('\t').collect();
        let cell = |at: usize| row.get(at).copied().unwrap_or_default();
        if !cell(direction).starts_with("v2->FHIR") || !matches!(cell(kind), "bundle" | "FHIR") {
            continue;
        }
        let bytes = std::fs::read(folder.join(cell(message)))
            .map_err(|error| format!("{}: {error}", cell(message)))?;
        let Ok(parsed) = Message::parse(&bytes) else {
            continue;
        };
        // Other types have no map, which `carewire convert` says.
        if !is_converted(&parsed) {
            continue;
        }
        // A message may have a second Bundle, with what the converter's site adds: the first is of the message alone.
        if pairs.iter().any(|pair: &Pair| pair.message == cell(message)) {
            continue;
        }
        pairs.push(Pair {
            source: cell(source).to_owned(),
            message: cell(message).to_owned(),
            bundle: cell(expected).to_owned(),
        });
    }
    Ok(pairs)
}

/// Whether the shipped maps name the type of the message.
fn is_converted(message: &Message<'_>) -> bool {
    let code = message.find("MSH-9.1").ok().flatten();
    code.is_some_and(|code| {
        let any = format!("{}^*", code.text());
        v2_to_fhir().entries().contains(&any.as_str())
    })
}

fn convert(message: &Message<'_>) -> Result<String, String> {
    let now = NOW.parse().map_err(|_| "no time".to_owned())?;
    let outcome = v2_to_fhir()
        .run(message, &Context::at(now))
        .map_err(|error| error.to_string())?;
    Ok(outcome.bundle.to_json())
}

/// The time of the conversion; no fact depends on it.
const NOW: &str = "2026-01-01T00:00:00Z";

fn facts_of_bundle(table: &Table, json: &[u8]) -> Result<BTreeMap<String, Vec<Fact>>, String> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let read = Document::from_json(json).map_err(|error| error.to_string())?;
    table.facts(&read.document)
}

/// `name: n missing, m surplus`, by name: no value.
fn describe(faults: &BTreeMap<String, (usize, usize)>) -> String {
    let parts: Vec<String> = faults
        .iter()
        .map(|(fact, (missing, surplus))| format!("{fact}: {missing} missing, {surplus} surplus"))
        .collect();
    parts.join("; ")
}

/// One case while it is compared.
struct Judged<'a> {
    pair: &'a Pair,
    place: Place<'a>,
    left_out: &'a LeftOut,
    details: &'a mut Details,
    before: Share,
    after: Share,
    faults: BTreeMap<String, (usize, usize)>,
}

impl Judged<'_> {
    fn compare(&mut self, theirs: &[Fact], ours: &[Fact]) {
        let mut taken = vec![false; ours.len()];
        for fact in theirs {
            match ours
                .iter()
                .zip(&taken)
                .position(|(one, taken)| !*taken && one.is_the_same_as(fact))
            {
                Some(at) => {
                    if let Some(flag) = taken.get_mut(at) {
                        *flag = true;
                    }
                    self.before.add(Share { agree: 1, all: 1 });
                    self.after.add(Share { agree: 1, all: 1 });
                }
                None => self.alone(Side::Missing, fact),
            }
        }
        for (fact, _) in ours.iter().zip(&taken).filter(|(_, taken)| !**taken) {
            self.alone(Side::Surplus, fact);
        }
    }

    /// A fact that one of the Bundles lacks.
    fn alone(&mut self, side: Side, fact: &Fact) {
        self.before.add(Share { agree: 0, all: 1 });
        let is_left_out = self.left_out.covers(self.place, side, fact);
        self.details
            .add(self.pair, side, self.place.group, fact, is_left_out);
        if is_left_out {
            return;
        }
        self.after.add(Share { agree: 0, all: 1 });
        let count = self.faults.entry(fact.name.clone()).or_default();
        match side {
            Side::Missing => count.0 += 1,
            Side::Surplus => count.1 += 1,
        }
    }
}

/// Every fact that does not agree, for whoever looks after the maps: written to the file that `V2FHIR_FACTS` names, nowhere else.
#[derive(Default)]
struct Details(Vec<String>);

impl Details {
    fn add(&mut self, pair: &Pair, side: Side, group: &str, fact: &Fact, is_left_out: bool) {
        let mark = if is_left_out { "left-out" } else { "counts" };
        self.0.push(format!(
            "{mark}\t{}\t{side}\t{group}\t{}\t{}\t{}",
            pair.source,
            fact.name,
            fact.shown(),
            pair.message
        ));
    }

    fn write(&self) -> Result<(), String> {
        match std::env::var_os("V2FHIR_FACTS") {
            Some(path) => std::fs::write(&path, self.0.join("\n")).map_err(|error| error.to_string()),
            None => Ok(()),
        }
    }
}
