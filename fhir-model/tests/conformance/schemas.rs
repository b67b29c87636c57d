//! The XML that was written, checked against HL7's schemas by `xmllint` of Debian's package libxml2-utils.
//!
//! The schemas of the corpora are of 4.0.0: the one value of `fhirVersion` that came with 4.0.1 is no fault.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Reading the schemas takes a second, and a command line has an end.
const FILES_A_RUN: usize = 500;

/// XML on disk that waits to be checked.
pub(crate) struct Schemas {
    folder: PathBuf,
    /// The names of the cases, by the number of the file.
    names: Vec<String>,
}

impl Schemas {
    /// `None` if this machine has no `xmllint`.
    pub(crate) fn new() -> Result<Option<Self>, String> {
        let mut version = Command::new("xmllint");
        version
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if !version.status().is_ok_and(|status| status.success()) {
            return Ok(None);
        }
        let folder = std::env::temp_dir().join(format!("carewire-fhir-examples-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Some(Self {
            folder,
            names: Vec::new(),
        }))
    }

    /// Keeps the XML that the case `name` wrote.
    pub(crate) fn add(&mut self, name: &str, xml: &str) -> Result<(), String> {
        let path = self.file(self.names.len());
        fs::write(&path, xml).map_err(|error| format!("{}: {error}", path.display()))?;
        self.names.push(name.to_owned());
        Ok(())
    }

    fn file(&self, number: usize) -> PathBuf {
        self.folder.join(format!("{number}.xml"))
    }

    /// The first fault of each case whose XML is not valid.
    pub(crate) fn faults(&self, corpora: &Path) -> Result<BTreeMap<String, String>, String> {
        let schema = corpora.join("fhir/definitions/xsd-r4/fhir-single.xsd");
        let mut faults = BTreeMap::new();
        let all: Vec<usize> = (0..self.names.len()).collect();
        for numbers in all.chunks(FILES_A_RUN) {
            let mut command = Command::new("xmllint");
            command.args(["--noout", "--nonet", "--huge", "--schema"]);
            command
                .arg(&schema)
                .args(numbers.iter().map(|number| self.file(*number)));
            let output = command
                .stdin(Stdio::null())
                .output()
                .map_err(|error| format!("xmllint: {error}"))?;
            let report = String::from_utf8_lossy(&output.stderr);
            // The tool names every file once more when it is done with it: none may be missing.
            let mut judged = 0;
            let mut explained = BTreeSet::new();
            for line in report.lines() {
                let number = |path: &str| -> Option<usize> {
                    let path = Path::new(path).strip_prefix(&self.folder).ok()?;
                    path.to_str()?.strip_suffix(".xml")?.parse().ok()
                };
                let mut blame = |file: usize, fault: &str| {
                    if let Some(name) = self.names.get(file) {
                        faults
                            .entry(name.clone())
                            .or_insert_with(|| without_values(fault));
                    }
                };
                if line.strip_suffix(" validates").and_then(number).is_some() {
                    judged += 1;
                    continue;
                }
                if let Some(file) = line.strip_suffix(" fails to validate").and_then(number) {
                    judged += 1;
                    if !explained.contains(&file) {
                        blame(file, "xmllint does not say why");
                    }
                    continue;
                }
                let mut parts = line.splitn(3, ':');
                let (file, _line) = (parts.next().and_then(number), parts.next());
                if let (Some(file), Some(fault)) = (file, parts.next()) {
                    explained.insert(file);
                    if !is_version(fault) {
                        blame(file, fault);
                    }
                }
            }
            if judged != numbers.len() {
                return Err(format!(
                    "xmllint judged {judged} of {} files, with {}",
                    numbers.len(),
                    output.status
                ));
            }
        }
        Ok(faults)
    }
}

impl Drop for Schemas {
    fn drop(&mut self) {
        // What stays behind is in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Whether a fault is that the schemas do not know the version 4.0.1. It comes as two lines.
fn is_version(fault: &str) -> bool {
    fault.contains("element fhirVersion: ")
        && (fault.contains("The value '4.0.1' is not an element of the set")
            || fault.contains("'4.0.1' is not a valid value of the atomic type"))
}

/// What was found and where, without what stands there.
fn without_values(fault: &str) -> String {
    let plain = fault.trim().replace("{http://hl7.org/fhir}", "");
    let mut text = String::new();
    let mut quoted = false;
    for (place, piece) in plain.split('\'').enumerate() {
        let is_name = piece
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-@".contains(letter));
        if place > 0 {
            quoted = !quoted;
        }
        text.push_str(if quoted && !is_name { "(a value)" } else { piece });
    }
    text.chars().take(200).collect()
}
