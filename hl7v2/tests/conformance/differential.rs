//! `hl7v2-differential`: python-hl7 and hl7apy find the same segments, fields, repetitions, components and texts.
//!
//! The list is the first message of each file of the index that is not malformed, if it is read as ASCII or UTF-8: the
//! libraries know no other set of MSH-18. A case passes if each library gives
//! the same, apart from the behaviours below; each is tested for where it is claimed, none names a message.
//!
//! | library | behaviour | clause (HL7 v2.5.1 chapter 2) |
//! | --- | --- | --- |
//! | both | white space at the end of the message is taken off, by hl7apy at the end of each segment | 2.5.3: a value is what stands between separators |
//! | python-hl7 | `\.br\`, `\.sp\` and `\.ce\` are CR, where ours are LF | 2.7.6: a new line, whose character is not named |
//! | python-hl7 | `\H\` and `\N\` are `_`, `\.in\` and `\.ti\` four spaces | 2.7.3, 2.7.6: a rendering, no text |
//! | python-hl7 | a sequence that it does not know is left out, and what follows a lone escape character | 2.7.1: what is not known may be ignored; ours keeps it |
//! | hl7apy | escape sequences stay as they were sent, so that those are compared | 2.7: a receiver resolves them |
//! | hl7apy | a value of type NM or SI is a number: `007.50` is 7.50 | 2A.2.42: leading zeros mean nothing; ours is the text |
//! | hl7apy | MSH-2 must have four different characters, from 2.7 on perhaps a fifth; other messages are refused | 2.15.9.2 |
//! | hl7apy | versions and segments that its tables do not have are refused | 2.6.1 requires only the receiver's own |
//! | hl7apy | a place that its tables do not have has no number, and is compared in order | 2.6.1: a receiver ignores it |
//! | hl7apy | an empty place is left out, one of white space too | 2.5.3: it says nothing |

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use carewire_hl7v2::{Charset, Message, Place, Segment, batch, render};
use carewire_testkit::conformance::{Case, Verdict};
use serde_json::{Value, json};

use crate::index;

const PEERS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/conformance/hl7v2-differential/peers.py"
);

/// A python with both libraries: `cargo xtask conformance` makes one and says where it is.
const PYTHON: &str = "CAREWIRE_DIFFERENTIAL_PYTHON";

pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let python = std::env::var_os(PYTHON).ok_or(format!("{PYTHON} names no python with the libraries"))?;
    let messages = messages(corpora)?;
    let answers = ask(&PathBuf::from(python), &messages)?;
    let read = |answer: &&Value| answer["hl7"].is_array() && answer["hl7apy"].is_array();
    let both = answers.values().filter(read).count();
    if both < 500 {
        return Err(format!("both libraries read {both} messages, fewer than 500"));
    }
    println!("both libraries read {both} of {} messages", messages.len());
    let judge = |(id, bytes): &(String, Vec<u8>)| {
        Case::run(id.clone(), || match verdict(bytes, answers.get(id)) {
            Ok(()) => Verdict::Pass,
            Err(why) => Verdict::Fail(why),
        })
    };
    Ok(messages.iter().map(judge).collect())
}

/// The messages of the list, each segment ended by CR.
fn messages(corpora: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut messages = Vec::new();
    for row in index::rows(corpora, false)? {
        let bytes = fs::read(corpora.join("hl7v2").join(&row.path)).map_err(|error| error.to_string())?;
        let first = batch::messages(&bytes).find(|raw| raw.parse().is_ok());
        let Some(message) = first.as_ref().and_then(|raw| raw.parse().ok()) else {
            continue;
        };
        let written = render::er7(&message);
        let is_plain = matches!(message.charset(), Charset::Ascii | Charset::Utf8);
        if is_plain && std::str::from_utf8(&written).is_ok() {
            messages.push((row.path, written));
        }
    }
    Ok(messages)
}

/// What the libraries make of the messages, by id; asked in two processes.
fn ask(python: &Path, messages: &[(String, Vec<u8>)]) -> Result<BTreeMap<String, Value>, String> {
    let mut running = Vec::new();
    for (n, part) in messages.chunks(messages.len().div_ceil(2).max(1)).enumerate() {
        let file =
            std::env::temp_dir().join(format!("carewire-differential-{}-{n}.jsonl", std::process::id()));
        let lines = part.iter().map(|(id, bytes)| {
            let text = String::from_utf8_lossy(bytes);
            format!("{}\n", json!({ "id": id, "text": text }))
        });
        fs::write(&file, lines.collect::<String>()).map_err(|error| error.to_string())?;
        let mut command = Command::new(python);
        command.arg("-B").arg(PEERS).arg(&file);
        running.push((file, std::thread::spawn(move || command.output())));
    }
    let mut answers = BTreeMap::new();
    for (file, running) in running {
        let output = running.join().map_err(|_| "a process was not waited for")?;
        let _ = fs::remove_file(&file);
        let output = output.map_err(|error| format!("{}: {error}", python.display()))?;
        if !output.status.success() {
            return Err(format!("the libraries did not run: {}", output.status));
        }
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let answer: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
            answers.insert(answer["id"].as_str().unwrap_or_default().to_owned(), answer);
        }
    }
    Ok(answers)
}

fn verdict(bytes: &[u8], answer: Option<&Value>) -> Result<(), String> {
    let answer = answer.ok_or("no answer")?;
    let message = Message::parse(bytes).map_err(|error| error.to_string())?;
    compare(&message, &answer["hl7"], Library::PythonHl7).map_err(|why| format!("python-hl7: {why}"))?;
    match answer["hl7apy_error"].as_str() {
        None => compare(&message, &answer["hl7apy"], Library::Hl7apy).map_err(|why| format!("hl7apy: {why}")),
        Some(error) if refuses(&message, error) => Ok(()),
        Some(error) => Err(format!("hl7apy: {error}")),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Library {
    PythonHl7,
    Hl7apy,
}

/// True if hl7apy refuses such a message by its own rules.
fn refuses(message: &Message<'_>, error: &str) -> bool {
    let version = message.header().version_text().unwrap_or_default();
    match error {
        "InvalidEncodingChars" => {
            let text = message
                .find("MSH-2")
                .ok()
                .flatten()
                .map(|place| place.raw().to_vec());
            let text = text.unwrap_or_default();
            let repeats = (1..text.len()).any(|n| text[..n].contains(&text[n]));
            repeats || (text.len() != 4 && !(text.len() == 5 && *version >= *"2.7"))
        }
        "UnsupportedVersion" => {
            let known = [
                "2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8", "2.8.1", "2.8.2",
            ];
            !known.contains(&&*version)
        }
        // A segment that is not of the version.
        "InvalidName" => {
            use carewire_hl7v2::schema::{SegmentDefinition, Version};
            let version = Version::parse(&version).unwrap_or(Version::V2_5);
            let unknown = |id: &str| !id.starts_with('Z') && SegmentDefinition::find(version, id).is_none();
            message.segments().any(|segment| unknown(segment.id()))
        }
        _ => false,
    }
}

/// A value: its place by numbers (field, repetition, component, subcomponent; 0 if not known) and its text.
struct Leaf<'m> {
    numbers: [u64; 4],
    text: String,
    own: Option<Place<'m>>,
}

fn compare(message: &Message<'_>, theirs: &Value, library: Library) -> Result<(), String> {
    let theirs = theirs.as_array().ok_or("no segments")?;
    if theirs.len() != message.segments().count() {
        return Err(format!("{} segments", theirs.len()));
    }
    for (segment, theirs) in message.segments().zip(theirs) {
        let at = segment.location();
        if theirs[0].as_str() != Some(&id(segment, library)) {
            return Err(format!("{at} is another segment"));
        }
        let (ours, theirs) = (own(segment, library), their(theirs, library));
        if ours.len() != theirs.len() {
            return Err(format!("{at} has {} values, ours {}", theirs.len(), ours.len()));
        }
        let last_segment = segment.position() == message.segments().count();
        let last = ours.len();
        for (n, (ours, theirs)) in (1..).zip(ours.iter().zip(&theirs)) {
            let at = ours.own.map_or(at, |place| place.location());
            let pairs = ours.numbers.iter().zip(&theirs.numbers);
            if !pairs.into_iter().all(|(own, other)| own == other || *other == 0) {
                return Err(format!("{at} is elsewhere: {:?}", theirs.numbers));
            }
            let is_end = n == last && (last_segment || library == Library::Hl7apy);
            if !(same(ours, &theirs.text, library) || is_end && ours.text.trim_end() == theirs.text) {
                return Err(format!("{at} has another text"));
            }
        }
    }
    Ok(())
}

/// What a library calls a segment: what stands before its first separator, or its first three characters.
fn id(segment: Segment<'_>, library: Library) -> String {
    let end = segment
        .fields()
        .next()
        .map(|field| field.range().start - segment.range().start);
    let header = matches!(segment.id(), "MSH" | "FHS" | "BHS");
    let raw = String::from_utf8_lossy(segment.raw()).into_owned();
    let first = match end {
        Some(end) if header => raw.get(..end),
        Some(end) => raw.get(..end - 1),
        None => Some(&raw[..]),
    };
    let first = first.unwrap_or_default();
    match library {
        Library::PythonHl7 => first.to_owned(),
        Library::Hl7apy => first.chars().take(3).collect::<String>().to_uppercase(),
    }
}

fn own<'m>(segment: Segment<'m>, library: Library) -> Vec<Leaf<'m>> {
    let repetitions = segment.fields().flat_map(|field| field.repetitions());
    let components = repetitions.flat_map(|repetition| repetition.components());
    let places = components
        .flat_map(|component| component.subcomponents())
        .map(Place::from);
    let leaves = places.map(|place| {
        let at = place.location();
        let numbers = [at.field(), at.repetition(), at.component(), at.subcomponent()];
        let text = match library {
            Library::PythonHl7 if place.is_null() => "\"\"".to_owned(),
            Library::PythonHl7 => place.text().into_owned(),
            Library::Hl7apy => String::from_utf8_lossy(place.raw()).into_owned(),
        };
        Leaf {
            numbers: numbers.map(|number| number as u64),
            text,
            own: Some(place),
        }
    });
    leaves.filter(|leaf| counts(&leaf.text, library)).collect()
}

/// hl7apy leaves out what is empty or white space.
fn counts(text: &str, library: Library) -> bool {
    library == Library::PythonHl7 || !text.trim().is_empty()
}

fn their(segment: &Value, library: Library) -> Vec<Leaf<'static>> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut leaves = Vec::new();
    for field in list(&segment[1]) {
        let number = field[0].as_u64().unwrap_or_default();
        for (n, repetition) in (1..).zip(list(&field[1])) {
            for component in list(&repetition) {
                for part in list(&component[1]) {
                    let text = part[1].as_str().unwrap_or_default().to_owned();
                    let numbers = [
                        number,
                        if number > 0 { n } else { 0 },
                        component[0].as_u64().unwrap_or_default(),
                        part[0].as_u64().unwrap_or_default(),
                    ];
                    if counts(&text, library) {
                        leaves.push(Leaf {
                            numbers,
                            text,
                            own: None,
                        });
                    }
                }
            }
        }
    }
    leaves
}

/// True if the texts are the same, but for what the table above says of python-hl7.
fn same(ours: &Leaf<'_>, theirs: &str, library: Library) -> bool {
    if ours.text == theirs {
        return true;
    }
    if library == Library::Hl7apy {
        return number(&ours.text).is_some_and(|ours| number(theirs) == Some(ours));
    }
    let Some(place) = ours.own else { return false };
    let raw = String::from_utf8_lossy(place.raw());
    let (mut ours, mut theirs) = (ours.text.clone(), theirs.to_owned());
    if [".br", ".sp", ".ce"].iter().any(|command| raw.contains(command)) {
        ours = ours.replace('\n', "\r");
    }
    if raw.contains("\\H\\") || raw.contains("\\N\\") {
        (ours, theirs) = (ours.replace('_', ""), theirs.replace('_', ""));
    }
    if raw.contains("\\.in") || raw.contains("\\.ti") {
        (ours, theirs) = (ours.replace("    ", ""), theirs.replace("    ", ""));
    }
    ours == theirs || is_left_out(&ours, &theirs)
}

/// A decimal number without what its value does not depend on: its sign, and the digits before and after the point.
fn number(text: &str) -> Option<(bool, &str, &str)> {
    let digits = text.trim_start_matches(['+', '-']);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all = [whole, part]
        .iter()
        .all(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let is_number = all && !(whole.is_empty() && part.is_empty()) && text.len() - digits.len() < 2;
    is_number.then(|| {
        (
            text.starts_with('-'),
            whole.trim_start_matches('0'),
            part.trim_end_matches('0'),
        )
    })
}

/// True if `less` is `text` without one or more sequences that stay as they were sent, or without the end from a lone
/// escape character on.
fn is_left_out(text: &str, less: &str) -> bool {
    let mut rest = text;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once('\\') {
        kept.push_str(before);
        rest = after.split_once('\\').map_or("", |(_, next)| next);
    }
    kept.push_str(rest);
    text.contains('\\') && kept == less
}
