//! Every example: JSON is read without a finding and written equal, in each style, and as XML it reads back the
//! same. XML is read without a finding, is written and read equal, and equals its JSON twin where there is one.

use std::fs;
use std::path::Path;

use carewire_fhir_model::{Document, JsonStyle, Order, Read, XmlStyle};
use carewire_testkit::conformance::{Case, Verdict};

use crate::value::Value;

/// The folders of `fhir/` that hold examples.
const FOLDERS: [&str; 3] = ["examples/json", "examples/fhir-test-cases-r4-json", "synthea"];

/// The folders that hold XML, and where the JSON of the same resources is.
const XML_FOLDERS: [(&str, Option<&str>); 4] = [
    ("examples/xml-derived", Some("examples/json")),
    ("examples/xml-official", None),
    ("examples/fhir-test-cases-r4-json", None),
    ("fhirpath/r4/input", Some("fhirpath/r4/input-json")),
];

pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    for folder in FOLDERS {
        for (name, bytes) in files(&corpora.join("fhir").join(folder), "json")? {
            let id = format!("{}/{name}", folder.trim_start_matches("examples/"));
            cases.push(Case::run(id, || json(&bytes)));
        }
    }
    for (folder, twins) in XML_FOLDERS {
        let folder_path = corpora.join("fhir").join(folder);
        for (name, bytes) in files(&folder_path, "xml")? {
            let id = format!("{}/{name}", folder.trim_start_matches("examples/"));
            let twin = twins.map(|twins| {
                corpora
                    .join("fhir")
                    .join(twins)
                    .join(&name)
                    .with_extension("json")
            });
            let twin = twin.filter(|path| path.exists());
            let twin = twin
                .map(|path| fs::read(&path).map_err(|error| format!("{id}: {error}")))
                .transpose()?;
            cases.push(Case::run(id, || xml(&bytes, twin.as_deref())));
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
    let from_xml = match Document::from_xml(read.document.to_xml().as_bytes()) {
        Ok(from_xml) => from_xml,
        Err(error) => return Verdict::Fail(format!("written as XML it is not read: {error}")),
    };
    if Value::read(&from_xml.document.to_json()) != expected {
        return Verdict::Fail("written as XML it is not equal".to_owned());
    }
    without_findings(&read)
}

fn without_findings(read: &Read<'_>) -> Verdict {
    match read.findings.first() {
        Some(finding) => Verdict::Fail(format!("{} findings, first {finding}", read.findings.len())),
        None => Verdict::Pass,
    }
}

fn xml(bytes: &[u8], twin: Option<&[u8]>) -> Verdict {
    let read = match Document::from_xml(bytes) {
        Ok(read) => read,
        Err(error) => return Verdict::Fail(format!("not read: {error}")),
    };
    let json = Value::read(&read.document.to_json());
    let again = match Document::from_xml(read.document.to_xml_in(XmlStyle::pretty()).as_bytes()) {
        Ok(again) => again,
        Err(error) => return Verdict::Fail(format!("written it is not read: {error}")),
    };
    if Value::read(&again.document.to_json()) != json {
        return Verdict::Fail("written it is not equal".to_owned());
    }
    let plain = |value: Option<Value>| value.map(Value::with_plain_narratives);
    if let Some(twin) = twin
        && plain(Value::read(&String::from_utf8_lossy(twin))) != plain(json)
    {
        return Verdict::Fail("it is not equal to its JSON twin".to_owned());
    }
    without_findings(&read)
}
