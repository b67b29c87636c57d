//! Every example: JSON is read without a finding and written equal, in each style, and as XML it reads back the
//! same. XML is read without a finding, is written and read equal, and equals its JSON twin where there is one.
//! All of that as a document and as typed values; of typed values also what the schema does not have is kept.

use std::fs;
use std::path::Path;

use carewire_fhir_model::r4::Resource;
use carewire_fhir_model::{
    Document, Finding, JsonStyle, Order, XmlStyle, from_json, from_xml, to_json, to_xml,
};
use carewire_testkit::conformance::{Case, Verdict};

use crate::value::Value;

/// The folders of `fhir/` that hold examples.
const FOLDERS: [&str; 4] = [
    "examples/json",
    "examples/fhir-test-cases-r4-json",
    "synthea",
    "profiles/hl7.fhir.us.core-4.0.0/example",
];

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
        // A package's index of its files is none of its examples.
        let is_hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !is_hidden && path.extension().is_some_and(|one| one == extension) {
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
    let again = match Document::from_xml(read.document.to_xml().as_bytes()) {
        Ok(again) => again,
        Err(error) => return Verdict::Fail(format!("written as XML it is not read: {error}")),
    };
    if Value::read(&again.document.to_json()) != expected {
        return Verdict::Fail("written as XML it is not equal".to_owned());
    }
    match typed_json(bytes, expected) {
        Ok(findings) if findings.is_empty() => without_findings(&read.findings),
        Ok(findings) => without_findings(&findings),
        Err(fault) => Verdict::Fail(format!("as a typed value: {fault}")),
    }
}

fn without_findings(findings: &[Finding]) -> Verdict {
    match findings.first() {
        Some(finding) => Verdict::Fail(format!("{} findings, first {finding}", findings.len())),
        None => Verdict::Pass,
    }
}

/// JSON to a typed value and back, by JSON and by XML; the copy is equal; what is unknown is kept.
fn typed_json(bytes: &[u8], expected: Option<Value>) -> Result<Vec<Finding>, String> {
    let read = from_json::<Resource>(bytes).map_err(|error| format!("not read: {error}"))?;
    if read.value.fields().is_none() {
        return Err("it has no type".to_owned());
    }
    if Value::read(&to_json(&read.value)) != expected {
        return Err("written it is not equal".to_owned());
    }
    let copy = read.value.clone();
    if copy != read.value || Value::read(&to_json(&copy)) != expected {
        return Err("its copy is not equal".to_owned());
    }
    let xml = to_xml(&read.value).map_err(|error| format!("not written as XML: {error}"))?;
    let again =
        from_xml::<Resource>(xml.as_bytes()).map_err(|error| format!("its XML is not read: {error}"))?;
    if Value::read(&to_json(&again.value)) != expected {
        return Err("written as XML it is not equal".to_owned());
    }
    let (unknown, expected) = with_unknown(bytes, expected);
    let more = from_json::<Resource>(unknown.as_bytes()).map_err(|error| format!("not read: {error}"))?;
    if more.findings.is_empty() || Value::read(&to_json(&more.value)) != expected {
        return Err("an unknown element is not kept".to_owned());
    }
    Ok(read.findings)
}

/// The same with an element that no type has.
fn with_unknown(bytes: &[u8], expected: Option<Value>) -> (String, Option<Value>) {
    const UNKNOWN: &str = r#""notOfR4": {"a": [1.50, null, "\u00e9"]}"#;
    let end = bytes.iter().rposition(|byte| *byte == b'}').unwrap_or(0);
    let text = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default());
    let mut expected = expected;
    if let Some(Value::Object(members)) = &mut expected
        && let Some(Value::Object(more)) = Value::read(&format!("{{{UNKNOWN}}}"))
    {
        members.extend(more);
    }
    (format!("{text}, {UNKNOWN}}}"), expected)
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
    match typed_xml(bytes, &read.document.to_json()) {
        Ok(findings) if findings.is_empty() => without_findings(&read.findings),
        Ok(findings) => without_findings(&findings),
        Err(fault) => Verdict::Fail(format!("as a typed value: {fault}")),
    }
}

/// XML to a typed value and back: it is what the document is.
fn typed_xml(bytes: &[u8], document: &str) -> Result<Vec<Finding>, String> {
    let expected = Value::read(document);
    let read = from_xml::<Resource>(bytes).map_err(|error| format!("not read: {error}"))?;
    if Value::read(&to_json(&read.value)) != expected {
        return Err("written as JSON it is not equal".to_owned());
    }
    let xml = to_xml(&read.value).map_err(|error| format!("not written: {error}"))?;
    let again =
        Document::from_xml(xml.as_bytes()).map_err(|error| format!("written it is not read: {error}"))?;
    if Value::read(&again.document.to_json()) != expected {
        return Err("written it is not equal".to_owned());
    }
    Ok(read.findings)
}
