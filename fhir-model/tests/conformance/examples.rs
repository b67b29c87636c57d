//! Every example: JSON is read without a finding and written equal, in each style, and as XML it reads back the
//! same. XML is read without a finding, is written and read equal, and equals its JSON twin.
//! All of that as a document and as typed values; of both also what the schema does not have is kept, in every
//! object. All XML that is written is valid by HL7's schemas. The differences of two examples of one type lead from the
//! one to the other and back.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use carewire_fhir_model::r4::Resource;
use carewire_fhir_model::schema::TypeId;
use carewire_fhir_model::{
    Document, Error, Finding, FindingCode, JsonStyle, Order, XmlStyle, from_json, from_xml, to_json, to_xml,
};
use carewire_testkit::conformance::{Case, Verdict};

use crate::schemas::Schemas;
use crate::value::Value;

/// The folders of `fhir/` that hold examples.
const FOLDERS: [&str; 5] = [
    "examples/json",
    "examples/fhir-test-cases-r4-json",
    "synthea",
    "profiles/hl7.fhir.us.core-4.0.0/example",
    "fhirpath/r4/input",
];

/// The folders that hold XML, and where the JSON of the same resources is: there each file has a twin.
const XML_FOLDERS: [(&str, Option<&str>); 4] = [
    ("examples/xml-derived", Some("examples/json")),
    ("examples/xml-official", None),
    ("examples/fhir-test-cases-r4-json", None),
    ("fhirpath/r4/input", Some("fhirpath/r4/input-json")),
];

pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let mut schemas = Schemas::new()?;
    if schemas.is_none() {
        const MISSING: &str = "no xmllint (Debian: libxml2-utils): no XML was checked against the schemas";
        if std::env::var_os("CI").is_some() {
            return Err(MISSING.to_owned());
        }
        println!("{MISSING}");
    }
    let mut cases = Vec::new();
    let mut add = |id: String, run: &dyn Fn(&mut Vec<String>) -> Verdict| {
        let mut written = Vec::new();
        cases.push(Case::run(id.as_str(), || run(&mut written)));
        written.dedup();
        match &mut schemas {
            Some(schemas) => written.iter().try_for_each(|xml| schemas.add(&id, xml)),
            None => Ok(()),
        }
    };
    // Of each type the example before, to be compared with.
    let mut before: BTreeMap<Option<TypeId>, Vec<u8>> = BTreeMap::new();
    for folder in FOLDERS {
        for (path, bytes) in files(&corpora.join("fhir").join(folder), "json")? {
            let ty = Document::from_json(&bytes).ok();
            let ty = ty.and_then(|read| read.document.root().type_id());
            let old = before.get(&ty).map(Vec::as_slice);
            add(id(folder, &path), &|written| json(&bytes, old, written))?;
            before.insert(ty, bytes);
        }
    }
    for (folder, twins) in XML_FOLDERS {
        for (path, bytes) in files(&corpora.join("fhir").join(folder), "xml")? {
            let id = id(folder, &path);
            let twin = match twins {
                Some(twins) => {
                    let twin = corpora
                        .join("fhir")
                        .join(twins)
                        .join(path.file_name().unwrap_or_default());
                    let twin = twin.with_extension("json");
                    Some(fs::read(&twin).map_err(|error| format!("the twin of {id}: {error}"))?)
                }
                None => None,
            };
            add(id.clone(), &|written| xml(&bytes, twin.as_deref(), written))?;
            if twin.is_none()
                && let Some(twin) = twin_elsewhere(&corpora.join("fhir"), folder, &path, &bytes)
            {
                add(format!("twin/{id}"), &|_| same_as_twin(&bytes, &twin))?;
            }
        }
    }
    if let Some(schemas) = schemas {
        blame(&mut cases, schemas.faults(corpora)?);
    }
    Ok(cases)
}

/// Lets the cases fail whose XML is not valid. One that fails already, and may be on the list for that, gets a
/// second case.
fn blame(cases: &mut Vec<Case>, faults: BTreeMap<String, String>) {
    for (id, fault) in faults {
        let fault = Verdict::Fail(format!("its XML is not valid: {fault}"));
        match cases.iter_mut().find(|case| case.id == id) {
            Some(case) if case.verdict == Verdict::Pass => case.verdict = fault,
            _ => cases.push(Case {
                id: format!("schema/{id}"),
                verdict: fault,
            }),
        }
    }
}

/// The JSON of the same resource where no folder is said to hold it: by the name of the file, or by type and id.
fn twin_elsewhere(fhir: &Path, folder: &str, path: &Path, xml: &[u8]) -> Option<Vec<u8>> {
    let name = path.with_extension("json");
    let name = name.file_name()?;
    let read = Document::from_xml(xml).ok()?.document;
    let ty = read.root().type_id()?.name();
    let id = read
        .root()
        .child("id")
        .and_then(|id| id.text().map(|id| id.into_owned()));
    let by_id = format!("{ty}-{}.json", id.unwrap_or_default());
    let places = [
        fhir.join(folder).join(name),
        fhir.join("fhirpath/r4/input-json").join(name),
        fhir.join("examples/json").join(by_id),
    ];
    places.iter().find_map(|place| fs::read(place).ok())
}

/// Two files of one resource, in the one encoding and the other.
fn same_as_twin(xml: &[u8], json: &[u8]) -> Verdict {
    let read = match Document::from_xml(xml) {
        Ok(read) => read.document,
        Err(error) => return Verdict::Fail(format!("not read: {error}")),
    };
    let plain = |text: &str| Value::read(text).map(Value::with_plain_narratives);
    if plain(&read.to_json()) == plain(&String::from_utf8_lossy(json)) {
        Verdict::Pass
    } else {
        Verdict::Fail("it is not equal to its JSON twin".to_owned())
    }
}

fn id(folder: &str, path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!("{}/{name}", folder.trim_start_matches("examples/"))
}

/// Paths and contents of a folder's files, in the order of the names.
fn files(folder: &Path, extension: &str) -> Result<Vec<(PathBuf, Vec<u8>)>, String> {
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
    paths
        .into_iter()
        .map(|path| {
            let bytes = fs::read(&path).map_err(failed)?;
            Ok((path, bytes))
        })
        .collect()
}

fn json(bytes: &[u8], before: Option<&[u8]>, written: &mut Vec<String>) -> Verdict {
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
        (JsonStyle::canonical(), "canonical"),
        (by_schema, "in the order of the schema"),
    ] {
        if Value::read(&read.document.to_json_in(&style)) != expected {
            return Verdict::Fail(format!("written {name} it is not equal"));
        }
    }
    let xml = read.document.to_xml();
    let again = match Document::from_xml(xml.as_bytes()) {
        Ok(again) => again,
        Err(error) => return Verdict::Fail(format!("written as XML it is not read: {error}")),
    };
    written.push(xml);
    if Value::read(&again.document.to_json()) != expected {
        return Verdict::Fail("written as XML it is not equal".to_owned());
    }
    if let Some(old) = before.and_then(|old| Document::from_json(old).ok())
        && !differences_lead(&old.document, &read.document)
    {
        return Verdict::Fail("its differences to another one do not lead there and back".to_owned());
    }
    match typed_json(bytes, expected, written) {
        Ok(findings) if findings.is_empty() => without_findings(&read.findings),
        Ok(findings) => without_findings(&findings),
        Err(fault) => Verdict::Fail(format!("as a typed value: {fault}")),
    }
}

/// Whether the differences of two resources, done to the one, make the other of it, and back.
fn differences_lead(old: &Document<'_>, new: &Document<'_>) -> bool {
    let Ok(diff) = old.diff(new) else { return false };
    let made = |way: Result<Document<'_>, _>, wanted: &Document<'_>| {
        way.is_ok_and(|made| made.to_json_canonical() == wanted.to_json_canonical())
    };
    made(diff.apply(), new) && made(diff.inverse().apply(), old)
}

fn without_findings(findings: &[Finding]) -> Verdict {
    match findings.first() {
        Some(finding) => Verdict::Fail(format!("{} findings, first {finding}", findings.len())),
        None => Verdict::Pass,
    }
}

/// JSON to a typed value and back, by JSON and by XML; the copy is equal; what is unknown is kept.
fn typed_json(
    bytes: &[u8],
    expected: Option<Value>,
    written: &mut Vec<String>,
) -> Result<Vec<Finding>, String> {
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
    written.push(xml);
    if Value::read(&to_json(&again.value)) != expected {
        return Err("written as XML it is not equal".to_owned());
    }
    unknown(expected)?;
    Ok(read.findings)
}

/// An element that no type has, in every object, is kept by documents and by typed values, and each is told.
fn unknown(value: Option<Value>) -> Result<(), String> {
    let mut value = value.ok_or("the oracle cannot read it")?;
    let count = value.plant("notOfR4", r#"{"a": [1.50, null, "\u00e9"]}"#);
    let json = value.to_json();
    let failed = |error: Error| format!("with unknown elements it is not read: {error}");
    let document = Document::from_json(json.as_bytes()).map_err(failed)?;
    let typed = from_json::<Resource>(json.as_bytes()).map_err(failed)?;
    let of_document = (&document.findings, document.findings_dropped);
    let of_typed = (&typed.findings, typed.findings_dropped);
    for (who, (findings, dropped), kept) in [
        ("a document", of_document, document.document.to_json()),
        ("a typed value", of_typed, to_json(&typed.value)),
    ] {
        if Value::read(&kept).as_ref() != Some(&value) {
            return Err(format!("{who} does not keep unknown elements"));
        }
        let is_of_it = |finding: &Finding| finding.code() == FindingCode::UnknownElement;
        if findings.len() + dropped != count || !findings.iter().all(is_of_it) {
            return Err(format!("{who} does not tell of each unknown element"));
        }
    }
    Ok(())
}

fn xml(bytes: &[u8], twin: Option<&[u8]>, written: &mut Vec<String>) -> Verdict {
    let read = match Document::from_xml(bytes) {
        Ok(read) => read,
        Err(error) => return Verdict::Fail(format!("not read: {error}")),
    };
    let json = Value::read(&read.document.to_json());
    let xml = read.document.to_xml_in(XmlStyle::pretty());
    let again = match Document::from_xml(xml.as_bytes()) {
        Ok(again) => again,
        Err(error) => return Verdict::Fail(format!("written it is not read: {error}")),
    };
    written.push(xml);
    if Value::read(&again.document.to_json()) != json {
        return Verdict::Fail("written it is not equal".to_owned());
    }
    let plain = |value: Option<Value>| value.map(Value::with_plain_narratives);
    if let Some(twin) = twin
        && plain(Value::read(&String::from_utf8_lossy(twin))) != plain(json)
    {
        return Verdict::Fail("it is not equal to its JSON twin".to_owned());
    }
    match typed_xml(bytes, &read.document.to_json(), written) {
        Ok(findings) if findings.is_empty() => without_findings(&read.findings),
        Ok(findings) => without_findings(&findings),
        Err(fault) => Verdict::Fail(format!("as a typed value: {fault}")),
    }
}

/// XML to a typed value and back: it is what the document is.
fn typed_xml(bytes: &[u8], document: &str, written: &mut Vec<String>) -> Result<Vec<Finding>, String> {
    let expected = Value::read(document);
    let read = from_xml::<Resource>(bytes).map_err(|error| format!("not read: {error}"))?;
    if Value::read(&to_json(&read.value)) != expected {
        return Err("written as JSON it is not equal".to_owned());
    }
    let xml = to_xml(&read.value).map_err(|error| format!("not written: {error}"))?;
    let again =
        Document::from_xml(xml.as_bytes()).map_err(|error| format!("written it is not read: {error}"))?;
    written.push(xml);
    if Value::read(&again.document.to_json()) != expected {
        return Err("written it is not equal".to_owned());
    }
    Ok(read.findings)
}
