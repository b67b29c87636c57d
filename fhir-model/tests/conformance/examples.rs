//! Every example: JSON is read without a finding and written equal, in each style.

use std::fs;
use std::path::Path;

use carewire_fhir_model::{Document, JsonStyle, Order};
use carewire_testkit::conformance::{Case, Verdict};

use crate::value::Value;

/// The folders of `fhir/` that hold examples.
const FOLDERS: [&str; 3] = ["examples/json", "examples/fhir-test-cases-r4-json", "synthea"];

pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for folder in FOLDERS {
        for (name, bytes) in files(&corpora.join("fhir").join(folder), "json")? {
            let id = format!("{}/{name}", folder.trim_start_matches("examples/"));
            cases.push(Case::run(id, || json(&bytes)));
        }
    }
    Ok(cases)
}

/// Names and contents of a folder's files, in the order of the names.
fn files(folder: &Path, extension: &str) -> Result<Vec<(String, Vec<u8>)>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|one| one == extension) {
            paths.push(path);
        }
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        files.push((name, fs::read(&path).map_err(failed)?));
    }
    Ok(files)
}

fn json(bytes: &[u8]) -> Verdict {
    let read = match Document::from_json(bytes) {
        Ok(read) => read,
        Err(error) => return Verdict::Fail(format!("not read: {error}")),
    };
    let expected = Value::read(&String::from_utf8_lossy(bytes));
    if expected.is_none() {
        return Verdict::Fail("the oracle cannot read it".to_owned());
    }
    let by_schema = JsonStyle::compact().order(Order::Schema);
    for (style, name) in [
        (JsonStyle::compact(), "compact"),
        (JsonStyle::pretty(), "pretty"),
        (by_schema, "in the order of the schema"),
    ] {
        if Value::read(&read.document.to_json_in(&style)) != expected {
            return Verdict::Fail(format!("written {name} it is not equal"));
        }
    }
    match read.findings.first() {
        Some(finding) => Verdict::Fail(format!("{} findings, first {finding}", read.findings.len())),
        None => Verdict::Pass,
    }
}
