//! FHIR to HL7 v2: the messages that another converter made of Bundles, and messages that went through FHIR and came back.
//!
//! A Bundle of ReportStream goes through the standard maps with the site maps of `fhir2v2/site` over them, which read that converter's extensions. A message that it sent through
//! FHIR and back goes through our own maps both ways, with no site map. What counts is every value of the expected message, whatever its level: a text between separators that
//! is not empty, MSH-1 and MSH-2 left out. A case is a message and the id of a segment; it passes if all of its values are there. One more case is the share of all values,
//! which has to be 90 of a hundred.

mod values;

use std::collections::BTreeMap;
use std::path::Path;

use carewire_fhir_model::Document;
use carewire_hl7v2::Message;
use carewire_mapping::{
    Context, Maps, Options, Output, Transformed, fhir_to_v2, fhir_to_v2_files, v2_to_fhir,
};
use carewire_testkit::conformance::{Case, Verdict};

use self::values::{Tally, compare};

/// Of a hundred expected values so many have to be there.
const LEAST: f64 = 90.0;

/// What a row of the index asks for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// A Bundle of theirs to the message that they made of it for a receiver.
    Bundle,
    /// A Bundle that they made of a message, back to the same message.
    Back,
    /// A message through FHIR and back, by our own maps.
    Round,
}

struct Pair {
    way: Way,
    source: String,
    expected: String,
}

/// Runs every pair of the index.
pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let folder = corpora.join("v2fhir-pairs");
    let site = site_maps()?;
    let mut shares: BTreeMap<Way, Tally> = BTreeMap::new();
    let mut cases = Vec::new();
    let mut details = Vec::new();
    for pair in pairs(&folder)? {
        let read = |name: &str| std::fs::read(folder.join(name)).map_err(|error| format!("{name}: {error}"));
        let expected = read(&pair.expected)?;
        let expected = Message::parse(&expected).map_err(|error| format!("{}: {error}", pair.expected))?;
        let source = read(&pair.source)?;
        let made = match pair.way {
            Way::Bundle | Way::Back => back(&site, &source),
            Way::Round => round(&source),
        };
        let (made, fault) = match made {
            Ok(made) => (Some(made), None),
            Err(fault) => (None, Some(fault)),
        };
        for (segment, judged) in compare(&expected, made.as_ref()) {
            shares.entry(pair.way).or_default().add(judged.tally);
            details.extend(
                judged
                    .missing
                    .iter()
                    .map(|path| format!("{}\t{path}", pair.expected)),
            );
            let verdict = match (&fault, judged.tally.is_whole()) {
                (Some(fault), _) => Verdict::Fail(fault.clone()),
                (None, true) => Verdict::Pass,
                (None, false) => Verdict::Fail(format!("not as expected: {}", judged.missing.join(", "))),
            };
            cases.push(Case {
                id: format!("{}#{segment}", pair.expected),
                verdict,
            });
        }
    }
    // The places of what is missing, never a value, for whoever looks after the maps.
    if let Some(path) = std::env::var_os("FHIR2V2_MISSING") {
        std::fs::write(path, details.join("\n")).map_err(|error| error.to_string())?;
    }
    cases.push(share(&shares));
    Ok(cases)
}

/// Prints the shares and gives the case that all of them are.
fn share(shares: &BTreeMap<Way, Tally>) -> Case {
    let mut all = Tally::default();
    for (way, tally) in shares {
        let name = match way {
            Way::Bundle => "Bundles to messages",
            Way::Back => "messages of Bundles that were messages",
            Way::Round => "messages through our maps and back",
        };
        println!("{name}: {tally}");
        all.add(*tally);
    }
    println!("expected values: {all}");
    Case {
        id: "share-of-values".to_owned(),
        verdict: if all.percent() >= LEAST {
            Verdict::Pass
        } else {
            Verdict::Fail(format!("{:.1} of a hundred, {LEAST} are wanted", all.percent()))
        },
    }
}

/// The standard maps with the site's over them.
fn site_maps() -> Result<Maps, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/fhir2v2/site");
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<Result<_, _>>())
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    names.retain(|name| name.extension().is_some_and(|end| end == "map"));
    names.sort();
    let mut own = Vec::new();
    for name in names {
        let text = std::fs::read_to_string(&name).map_err(|error| format!("{}: {error}", name.display()))?;
        own.push((name.display().to_string(), text));
    }
    let own = own.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let files: Vec<(&str, &str)> = own.chain(fhir_to_v2_files().iter().copied()).collect();
    Maps::compile(&files, &Options::default()).map_err(|all| all[0].to_string())
}

fn context() -> Result<Context<'static>, String> {
    let now = "2026-01-01T00:00:00Z".parse().map_err(|_| "no time".to_owned())?;
    Ok(Context::at(now))
}

fn back(maps: &Maps, json: &[u8]) -> Result<Message<'static>, String> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let bundle = Document::from_json(json).map_err(|error| error.to_string())?;
    let done = maps.transform_bundle(bundle.document.root(), &context()?);
    message(done.map_err(|error| error.to_string())?)
}

fn round(message_bytes: &[u8]) -> Result<Message<'static>, String> {
    let source = Message::parse(message_bytes).map_err(|error| error.to_string())?;
    let there = v2_to_fhir()
        .run(&source, &context()?)
        .map_err(|error| error.to_string())?;
    let done = fhir_to_v2().transform_bundle(there.bundle.root(), &context()?);
    message(done.map_err(|error| error.to_string())?)
}

fn message(mut done: Transformed) -> Result<Message<'static>, String> {
    match done.targets.pop() {
        Some(Output::Message(message)) => Ok(*message),
        _ => Err("the target is no message".to_owned()),
    }
}

/// The rows of the index that end in a message.
fn pairs(folder: &Path) -> Result<Vec<Pair>, String> {
    let index =
        std::fs::read_to_string(folder.join("INDEX.tsv")).map_err(|error| format!("INDEX.tsv: {error}"))?;
    let mut lines = index.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name: &str| {
        let found = head.iter().position(|one| *one == name);
        found.ok_or_else(|| format!("INDEX.tsv has no column {name}"))
    };
    let (direction, message, expected, kind) = (
        column("direction")?,
        column("message")?,
        column("expected")?,
        column("expected_kind")?,
    );
    let mut pairs = Vec::new();
    for line in lines {
        let row: Vec<&str> = line.split('\t').collect();
        let cell = |at: usize| row.get(at).copied().unwrap_or_default().to_owned();
        let (left, right) = (cell(message), cell(expected));
        let pair = match (cell(direction).as_str(), cell(kind).as_str()) {
            ("FHIR->v2", "HL7") => Pair {
                way: Way::Bundle,
                source: left,
                expected: right,
            },
            ("v2->FHIR->v2", "HL7") => Pair {
                way: Way::Round,
                source: left,
                expected: right,
            },
            // The Bundle stands beside the message that it was made of, and that is to come back.
            ("v2->FHIR->v2", "bundle") => Pair {
                way: Way::Back,
                source: right,
                expected: left,
            },
            _ => continue,
        };
        pairs.push(pair);
    }
    Ok(pairs)
}
