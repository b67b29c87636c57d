//! The R4 cases of the official validator suite, against the outcomes of the reference validator.
//!
//! A case passes if both hold:
//! 1. we report an error exactly when the expected outcome has one;
//! 2. the places of the errors agree: each error of theirs has one of ours at its place, and each of ours one of theirs.
//!
//! Two errors are at one place if their expressions are equal or one is the parent of the other: the reference reports a code at
//! the code or at the element that holds it, as it goes; the index of the last step may be left out, as the reference does
//! where an array is expected. Expressions are compared without what the reference adds to FHIRPath
//! (`/*Patient/1*/` and `.ofType(..)`), and its XPaths of the XML parser as FHIRPaths without indices.
//! Every error of the expected outcome counts, also those that need profiles, other packages, terminology, questionnaires
//! or measures that we do not have yet: such cases are in the list of expected failures, each with what it needs.
//!
//! What is compared is the outcome `java` of the case itself, which is the verdict by the base specification and by the
//! profiles that the instance claims; the verdict by a further profile (`profile.java`) is not looked at. A case whose
//! outcome is a bare count of errors is compared by rule 1; one whose outcome the folder lacks fails.

use std::fs;
use std::path::Path;

use carewire_testkit::conformance::{Case, Verdict};
use carewire_validate::Validator;
use serde_json::Value;

/// The cases of the manifest.
pub(crate) const PINNED: usize = 291;

/// Reads the manifest and judges every case.
pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let folder = corpora.join("fhir/validator");
    let manifest = json(&folder.join("manifest-r4.json"))?;
    let tests = manifest["test-cases"]
        .as_array()
        .ok_or("the manifest has no test cases")?;
    tests
        .iter()
        .map(|test| {
            let name = test["name"].as_str().ok_or("a test case has no name")?;
            Ok(Case::run(name, || judge(&folder, test)))
        })
        .collect()
}

fn json(path: &Path) -> Result<Value, String> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    serde_json::from_slice(bytes).map_err(|_| format!("{}: not JSON", path.display()))
}

fn judge(folder: &Path, test: &Value) -> Verdict {
    let Some(theirs) = expected(folder, &test["java"]) else {
        return Verdict::Fail("the folder has no expected outcome".into());
    };
    let ours = match errors(folder, test) {
        Ok(ours) => ours,
        Err(why) => return Verdict::Fail(why),
    };
    if (theirs.count > 0) != !ours.is_empty() {
        return Verdict::Fail(format!(
            "{} errors expected, {} found {ours:?}",
            theirs.count,
            ours.len()
        ));
    }
    let Some(theirs) = theirs.places else {
        return Verdict::Pass;
    };
    let missed: Vec<&String> = theirs
        .iter()
        .filter(|place| !ours.iter().any(|other| near(place, other)))
        .collect();
    let surplus: Vec<&String> = ours
        .iter()
        .filter(|place| !theirs.iter().any(|other| near(place, other)))
        .collect();
    if missed.is_empty() && surplus.is_empty() {
        return Verdict::Pass;
    }
    Verdict::Fail(format!("missed {missed:?}, surplus {surplus:?}"))
}

/// What the reference validator says of a case.
struct Expected {
    count: usize,
    /// The places of its errors, if the outcome names them.
    places: Option<Vec<String>>,
}

fn expected(folder: &Path, java: &Value) -> Option<Expected> {
    let outcome = match java {
        Value::String(file) => json(&folder.join("outcomes").join(file)).ok()?,
        Value::Object(_) => java.clone(),
        _ => return None,
    };
    if let Some(count) = outcome["errorCount"].as_u64() {
        return Some(Expected {
            count: usize::try_from(count).ok()?,
            places: None,
        });
    }
    let issues = outcome["issue"].as_array().map(Vec::as_slice).unwrap_or_default();
    let places: Vec<String> = issues
        .iter()
        .filter(|issue| matches!(issue["severity"].as_str(), Some("error" | "fatal")))
        .map(|issue| plain(issue["expression"][0].as_str().unwrap_or_default()))
        .collect();
    Some(Expected {
        count: places.len(),
        places: Some(places),
    })
}

/// The places of our errors.
fn errors(folder: &Path, test: &Value) -> Result<Vec<String>, String> {
    let file = test["file"].as_str().ok_or("the case names no file")?;
    let bytes = fs::read(folder.join(file)).map_err(|_| "the folder has no such file")?;
    let report = match file.rsplit('.').next() {
        Some("json") => Validator::r4().validate_json(&bytes),
        Some("xml") => Validator::r4().validate_xml(&bytes),
        _ => return Err("not implemented: NDJSON".into()),
    };
    Ok(report
        .issues()
        .iter()
        .filter(|issue| issue.severity().is_error())
        .map(|issue| plain(issue.expression()))
        .collect())
}

/// An expression without what the reference adds to FHIRPath; an XPath as the FHIRPath without indices, after a tilde.
fn plain(expression: &str) -> String {
    let mut plain = String::new();
    let mut rest = expression;
    while let Some((before, after)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    if let Some(path) = plain.strip_prefix("/f:") {
        plain = format!("~{}", path.replace("/f:", "."));
    }
    while let Some(at) = plain.find(".ofType(") {
        let end = plain[at..].find(')').map_or(plain.len(), |end| at + end + 1);
        plain.replace_range(at..end, "");
    }
    plain.trim_end_matches(['.', '/']).to_owned()
}

fn near(one: &str, other: &str) -> bool {
    if let Some(path) = one.strip_prefix('~') {
        return near(path, &without_indices(other));
    }
    if let Some(path) = other.strip_prefix('~') {
        return near(&without_indices(one), path);
    }
    let parent = |path: &str| path.rsplit_once('.').map(|(parent, _)| parent.to_owned());
    let bare = |path: &str| match path.rsplit_once('[') {
        Some((before, index)) if !index.contains('.') => before.to_owned(),
        _ => path.to_owned(),
    };
    one == other
        || bare(one) == other
        || bare(other) == one
        || parent(one).as_deref() == Some(other)
        || parent(other).as_deref() == Some(one)
}

fn without_indices(path: &str) -> String {
    let steps = path
        .split('.')
        .map(|step| step.split_once('[').map_or(step, |(name, _)| name));
    steps.collect::<Vec<_>>().join(".")
}
