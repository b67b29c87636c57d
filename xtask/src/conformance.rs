//! `cargo xtask conformance [SUITE]`: the official suites, each in the test target `conformance` of the room that it tests.

use std::path::PathBuf;
use std::process::Command;

use clap::Args;
use serde::Deserialize;

use crate::{Outcome, python, workspace};

/// Which package runs which suite. One line a suite, sorted by suite.
const SUITES: &[(&str, &str)] = &[
    ("fhir-damage", "carewire-validate"),
    ("fhir-examples", "carewire-fhir-model"),
    ("fhir-snapshots", "carewire-fhir-model"),
    ("fhir-validator", "carewire-validate"),
    ("fhir2v2", "carewire-mapping"),
    ("fhirpath", "carewire-fhirpath"),
    ("fhirpath-definitions", "carewire-fhirpath"),
    ("fml", "carewire-mapping"),
    ("hl7v2", "carewire-hl7v2"),
    ("hl7v2-differential", "carewire-hl7v2"),
    ("hl7v2-edge", "carewire-hl7v2"),
    ("hl7v2-malformed", "carewire-hl7v2"),
    ("hl7v2-xml", "carewire-hl7v2"),
    ("ucum", "carewire-terminology"),
    ("v2-corpus", "carewire-cli"),
    ("v2fhir", "carewire-mapping"),
];

/// The suite that compares us with libraries of Python.
const DIFFERENTIAL: &str = "hl7v2-differential";

#[derive(Args)]
pub(crate) struct Arguments {
    /// The suite to run; all of them by default.
    suite: Option<String>,
    /// The folder of the corpora; else `CAREWIRE_CORPORA`, else `../shared/corpora`.
    #[arg(long, value_name = "DIR")]
    corpora: Option<PathBuf>,
    /// Leave the lists of expected failures and the pinned sizes aside and print every failing id.
    #[arg(long)]
    no_list: bool,
}

/// Runs the suites that `arguments` name.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let suites = chosen(arguments.suite.as_deref())?;
    let corpora = arguments
        .corpora
        .clone()
        .or_else(|| {
            std::env::var_os("CAREWIRE_CORPORA")
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        })
        .unwrap_or_else(|| workspace::root().join("../shared/corpora"));
    let Ok(corpora) = corpora.canonicalize() else {
        let missing = format!("no corpora at {}: no suite was run", corpora.display());
        if std::env::var_os("CI").is_some() {
            return Err(missing.into());
        }
        println!("{missing}");
        return Ok(());
    };

    let one = arguments
        .suite
        .as_ref()
        .and(suites.first())
        .map(|(_, package)| *package);
    let targets = build(one)?;
    let mut failed = Vec::new();
    for &(suite, package) in &suites {
        let Some(target) = targets.iter().find(|target| target.package == package) else {
            failed.push(format!("{suite} ({package} has no test target `conformance`)"));
            continue;
        };
        let mut command = Command::new(&target.executable);
        command
            .current_dir(&target.folder)
            .args([suite, "--corpora"])
            .arg(&corpora)
            .args(arguments.no_list.then_some("--no-list"));
        if suite == DIFFERENTIAL {
            let requirements =
                workspace::root().join("hl7v2/tests/conformance/hl7v2-differential/requirements.txt");
            match python::with(&requirements)? {
                Some(python) => {
                    command.env("CAREWIRE_DIFFERENTIAL_PYTHON", python);
                }
                None if std::env::var_os("CI").is_some() => {
                    failed.push(format!("{suite} (no python3)"));
                    continue;
                }
                None => {
                    println!("no python3: the suite {suite} was not run");
                    continue;
                }
            }
        }
        if workspace::call(&mut command).is_err() {
            failed.push(suite.to_owned());
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("these suites do not hold: {}", failed.join(", ")).into())
    }
}

/// A test target that was built.
struct Target {
    package: String,
    folder: PathBuf,
    executable: PathBuf,
}

/// What cargo says about one artifact.
#[derive(Deserialize)]
struct Artifact {
    package_id: String,
    manifest_path: PathBuf,
    target: ArtifactTarget,
    executable: PathBuf,
}

#[derive(Deserialize)]
struct ArtifactTarget {
    name: String,
}

/// Builds the targets `conformance`: of one package alone and with all its features, or of all at once and with the features that
/// `cargo test` uses, so that nothing is built a second time.
fn build(package: Option<&str>) -> Result<Vec<Target>, Box<dyn std::error::Error>> {
    let mut command = workspace::cargo();
    command.args([
        "test",
        "--no-run",
        "--test",
        "conformance",
        "--message-format",
        "json-render-diagnostics",
    ]);
    if let Some(package) = package {
        command.args(["--package", package, "--all-features"]);
    }
    let messages = workspace::output(command.stderr(std::process::Stdio::inherit()))?;
    // Other messages (build scripts, libraries) have no executable and do not fit.
    let artifacts = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Artifact>(line).ok());
    let targets = artifacts
        .filter(|artifact| artifact.target.name == "conformance")
        .filter_map(|artifact| {
            let folder = artifact.manifest_path.parent()?.to_path_buf();
            Some(Target {
                package: package_name(&artifact.package_id),
                folder,
                executable: artifact.executable,
            })
        });
    Ok(targets.collect())
}

/// The name in a package id such as `path+file:///here/hl7v2#carewire-hl7v2@0.1.0`.
fn package_name(id: &str) -> String {
    let name = id.rsplit('#').next().unwrap_or(id);
    name.split('@').next().unwrap_or(name).to_owned()
}

fn chosen(name: Option<&str>) -> Result<Vec<(&'static str, &'static str)>, String> {
    let suites: Vec<_> = SUITES
        .iter()
        .copied()
        .filter(|(suite, _)| name.is_none_or(|name| name == *suite))
        .collect();
    if suites.is_empty() {
        let names: Vec<_> = SUITES.iter().map(|(suite, _)| *suite).collect();
        return Err(format!("no such suite; there are: {}", names.join(", ")));
    }
    Ok(suites)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_names_each_suite_once() {
        assert!(SUITES.is_sorted_by(|left, right| left.0 < right.0));
    }

    /// A suite that a room declares and the table does not would never run.
    #[test]
    fn every_declared_suite_is_in_the_table() {
        let mut declared = Vec::new();
        for room in std::fs::read_dir(workspace::root()).unwrap() {
            let main = room.unwrap().path().join("tests/conformance/main.rs");
            let source = std::fs::read_to_string(main).unwrap_or_default();
            let names = source
                .split("name: \"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next());
            declared.extend(names.map(str::to_owned));
        }
        assert!(!declared.is_empty());
        for suite in declared {
            assert!(
                SUITES.iter().any(|(known, _)| *known == suite),
                "{suite} is not in the table"
            );
        }
    }

    #[test]
    fn a_package_id_gives_its_name() {
        assert_eq!(
            package_name("path+file:///here/hl7v2#carewire-hl7v2@0.1.0"),
            "carewire-hl7v2"
        );
        assert_eq!(package_name("path+file:///here/xtask#0.1.0"), "0.1.0");
    }

    #[test]
    fn a_suite_is_chosen_by_its_name() {
        assert_eq!(chosen(Some("fml")), Ok(vec![("fml", "carewire-mapping")]));
        assert_eq!(chosen(None).unwrap().len(), SUITES.len());
        assert!(chosen(Some("none")).unwrap_err().contains("fml, "));
    }
}
