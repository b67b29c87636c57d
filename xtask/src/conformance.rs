//! `cargo xtask conformance [SUITE]`: the official suites, each in the test target `conformance` of the room that it tests.

use std::path::PathBuf;

use clap::Args;

use crate::{Outcome, workspace};

/// Which package runs which suite. One line a suite, sorted by suite.
const SUITES: &[(&str, &str)] = &[
    ("fhir-examples", "carewire-fhir-model"),
    ("fhir-validator", "carewire-validate"),
    ("fhirpath", "carewire-fhirpath"),
    ("fml", "carewire-mapping"),
    ("hl7v2", "carewire-hl7v2"),
    ("hl7v2-edge", "carewire-hl7v2"),
    ("v2-corpus", "carewire-cli"),
    ("v2fhir", "carewire-mapping"),
];

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

    let mut failed = Vec::new();
    for &(suite, package) in &suites {
        let mut command = workspace::cargo();
        command
            .args([
                "test",
                "--quiet",
                "--package",
                package,
                "--test",
                "conformance",
                "--",
                suite,
                "--corpora",
            ])
            .arg(&corpora)
            .args(arguments.no_list.then_some("--no-list"));
        if workspace::call(&mut command).is_err() {
            failed.push(suite);
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("these suites do not hold: {}", failed.join(", ")).into())
    }
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

    #[test]
    fn a_suite_is_chosen_by_its_name() {
        assert_eq!(chosen(Some("fml")), Ok(vec![("fml", "carewire-mapping")]));
        assert_eq!(chosen(None).unwrap().len(), SUITES.len());
        assert!(chosen(Some("none")).unwrap_err().contains("fml, "));
    }
}
