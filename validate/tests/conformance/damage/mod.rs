//! Twelve kinds of damage, each done to 500 official examples at a place found by walking the example with the schema.
//!
//! The examples are the resources of `fhir/examples/json`, by name, and after them those of
//! `fhir/examples/fhir-test-cases-r4-json` up to 500. A case `NAME/undamaged` passes if `validate` reports no error. A case
//! `NAME/KIND` passes if it reports an error of the rule that the kind breaks, with the expression of the damaged place.
//! The place is one of those in the example where the kind can be done, chosen by a hash of the case's id; where there is
//! none there is no case. How many cases each kind has is asserted, so that a walk that finds fewer places fails.

mod kinds;
mod places;

use std::fs;
use std::path::Path;

use carewire_testkit::conformance::{Case, Verdict};
use carewire_validate::{Issue, Validator};
use serde_json::Value;

use kinds::{KINDS, Kind};
use places::{Place, places};

/// 500 undamaged examples and the cases of each kind.
pub(crate) const PINNED: usize = 500 + total();

const fn total() -> usize {
    let (mut sum, mut at) = (0, 0);
    while at < KINDS.len() {
        sum += KINDS[at].pinned;
        at += 1;
    }
    sum
}

/// Reads the examples and judges every case.
pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let examples = examples(&corpora.join("fhir/examples"))?;
    let mut cases = Vec::new();
    let mut counts = [0; KINDS.len()];
    for (name, bytes) in &examples {
        cases.push(Case::run(format!("{name}/undamaged"), || undamaged(bytes)));
        let value: Value = serde_json::from_slice(bytes).map_err(|_| format!("{name}: not JSON"))?;
        let places = places(&value);
        for (kind, count) in KINDS.iter().zip(&mut counts) {
            let id = format!("{name}/{}", kind.name);
            let fitting: Vec<&Place> = places
                .iter()
                .filter(|place| (kind.fits)(place, place.value(&value)))
                .collect();
            let Some(place) = choose(&fitting, &id) else {
                continue;
            };
            *count += 1;
            cases.push(Case::run(id, || damaged(&value, kind, place)));
        }
    }
    let pinned = KINDS.map(|kind| kind.pinned);
    if counts != pinned {
        return Err(format!("places per kind: {counts:?}, pinned are {pinned:?}"));
    }
    Ok(cases)
}

/// The first 500 files that hold a resource, by name within each folder.
fn examples(folder: &Path) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut found = Vec::new();
    for part in ["json", "fhir-test-cases-r4-json"] {
        let path = folder.join(part);
        let entries = fs::read_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
        files.sort();
        for file in files {
            let bytes = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).to_vec();
            let name = file
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let resource =
                serde_json::from_slice::<Value>(&bytes).is_ok_and(|value| value["resourceType"].is_string());
            if resource && found.len() < 500 {
                found.push((format!("{part}/{name}"), bytes));
            }
        }
    }
    match found.len() {
        500 => Ok(found),
        other => Err(format!("{other} examples, 500 are pinned")),
    }
}

fn choose<'a>(places: &[&'a Place], id: &str) -> Option<&'a Place> {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let count = u64::try_from(places.len()).ok().filter(|&count| count > 0)?;
    places.get(usize::try_from(hash % count).ok()?).copied()
}

fn errors(bytes: &[u8]) -> Vec<Issue> {
    let report = Validator::r4().validate_json(bytes);
    report
        .issues()
        .iter()
        .filter(|issue| issue.severity().is_error())
        .cloned()
        .collect()
}

fn undamaged(bytes: &[u8]) -> Verdict {
    match errors(bytes).as_slice() {
        [] => Verdict::Pass,
        [first, rest @ ..] => Verdict::Fail(format!("{first}, and {} more", rest.len())),
    }
}

fn damaged(value: &Value, kind: &Kind, place: &Place) -> Verdict {
    let mut value = value.clone();
    let expected = (kind.damage)(place, &mut value);
    let errors = errors(value.to_string().as_bytes());
    let found = errors.iter().any(|issue| {
        kind.rules.contains(&issue.rule())
            && same(issue.expression(), &expected)
            && issue.position().is_some()
    });
    if found {
        return Verdict::Pass;
    }
    let others: Vec<String> = errors.iter().take(3).map(ToString::to_string).collect();
    Verdict::Fail(format!(
        "no {:?} at {expected}; {} errors: {others:?}",
        kind.rules,
        errors.len()
    ))
}

/// Whether two expressions name one element; the index of the last step may be left out.
fn same(one: &str, other: &str) -> bool {
    let bare = |path: &str| match path.rsplit_once('[') {
        Some((before, index)) if index.ends_with(']') && !index.contains('.') => before.to_owned(),
        _ => path.to_owned(),
    };
    one == other || bare(one) == other || bare(other) == one
}
