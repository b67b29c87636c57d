//! `cargo xtask bench`: the criterion benchmarks, and how our times stand to those of the named peers.
//!
//! `--check` measures what has a limit: messages and FHIRPath with the package `benches`, FHIR JSON and FHIRPath beside their peers
//! with the packages of `benches/peers`, which are workspaces of their own because those take minutes to compile.
//!
//! Seconds say little on a shared machine; what counts is the ratio of two functions measured in the same run on the same bytes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use serde::Deserialize;

use crate::{Outcome, workspace};

/// The function names that stand for this workspace in a benchmark group; the first that a group has is what its peers are compared with.
const OURS: &[&str] = &["carewire", "carewire: bytes to json"];

/// The binaries beside the peers that check a limit, each with its folder under `benches/peers`.
const BESIDE_PEERS: &[(&str, &str)] = &[
    ("fhir-json", "carewire-benches-fhir-json"),
    ("fhir-json", "memory"),
    ("fhir-json", "xml"),
    ("octofhir", "carewire-benches-octofhir"),
    ("helios", "carewire-benches-helios"),
];

#[derive(Args)]
pub(crate) struct Arguments {
    /// Only benchmarks whose name contains this.
    filter: Option<String>,
    /// The folder of the corpora; else `CAREWIRE_CORPORA`, else `../shared/corpora`.
    #[arg(long, value_name = "DIR")]
    corpora: Option<PathBuf>,
    /// Measure nothing; print the ratios of the last run.
    #[arg(long)]
    last: bool,
    /// Only the ratios that have a limit, measured in turns; fail where one is over it.
    #[arg(long, conflicts_with_all = ["last", "filter"])]
    check: bool,
}

/// What criterion writes about one benchmark.
#[derive(Deserialize)]
struct Benchmark {
    group_id: String,
    function_id: Option<String>,
    value_str: Option<String>,
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

/// Median nanoseconds by group, input and function.
type Medians = BTreeMap<String, BTreeMap<String, BTreeMap<String, f64>>>;

/// Runs the benchmarks and prints the ratios.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if !arguments.last {
        let mut command = workspace::cargo();
        command.args(["bench", "--locked", "--package", "carewire-benches"]);
        if arguments.check {
            command.args(["--bench", "turns", "--bench", "fhirpath", "--", "--check"]);
        } else {
            command.arg("--").args(&arguments.filter);
        }
        if let Some(corpora) = &arguments.corpora {
            command.env("CAREWIRE_CORPORA", corpora.canonicalize()?);
        }
        workspace::call(&mut command)?;
    }
    if arguments.check {
        for (folder, binary) in BESIDE_PEERS {
            workspace::call(&mut beside_peers(folder, binary, arguments)?)?;
        }
        return Ok(());
    }
    let mut medians = Medians::new();
    collect(&workspace::root().join("target/criterion"), &mut medians)?;
    if medians.is_empty() {
        return Err("no benchmark has been run yet".into());
    }
    for line in ratios(&medians) {
        println!("{line}");
    }
    Ok(())
}

/// The call of a binary beside its peers, which fails where one is under its limit.
fn beside_peers(
    folder: &str,
    binary: &str,
    arguments: &Arguments,
) -> Result<Command, Box<dyn std::error::Error>> {
    let root = workspace::root();
    let mut command = workspace::cargo();
    command
        .args(["run", "--release", "--locked", "--manifest-path"])
        .arg(root.join("benches/peers").join(folder).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(root.join("target/peers"))
        .args(["--bin", binary, "--", "--check"]);
    if let Some(corpora) = &arguments.corpora {
        command.env("CAREWIRE_CORPORA", corpora.canonicalize()?);
    }
    Ok(command)
}

/// Reads every `new/benchmark.json` with its estimates under `folder`.
fn collect(folder: &Path, medians: &mut Medians) -> Outcome {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let path = entry?.path();
        if !path.is_dir() {
            continue;
        }
        if path.file_name().is_some_and(|name| name == "new") && path.join("benchmark.json").exists() {
            let benchmark: Benchmark = serde_json::from_slice(&std::fs::read(path.join("benchmark.json"))?)?;
            let estimates: Estimates = serde_json::from_slice(&std::fs::read(path.join("estimates.json"))?)?;
            // The input is criterion's parameter, or stands in the group's name as `parse/adt`.
            let (group, input) = match benchmark.group_id.split_once('/') {
                Some((group, input)) => (group.to_owned(), input.to_owned()),
                None => (benchmark.group_id, benchmark.value_str.unwrap_or_default()),
            };
            medians
                .entry(group)
                .or_default()
                .entry(input)
                .or_default()
                .insert(
                    benchmark.function_id.unwrap_or_default(),
                    estimates.median.point_estimate,
                );
        } else {
            collect(&path, medians)?;
        }
    }
    Ok(())
}

/// One line for each input of each group: our time, and each other's as a multiple of it.
fn ratios(medians: &Medians) -> Vec<String> {
    let mut lines = Vec::new();
    for (group, inputs) in medians {
        for (input, functions) in inputs {
            let name = if input.is_empty() {
                group.clone()
            } else {
                format!("{group}/{input}")
            };
            let Some((ours, time)) = OURS.iter().find_map(|ours| functions.get_key_value(*ours)) else {
                continue;
            };
            let others: Vec<_> = functions
                .iter()
                .filter(|(function, _)| *function != ours)
                .map(|(function, other)| format!("\n  {:>8.2} times  {function}", other / time))
                .collect();
            lines.push(format!(
                "{name}\n  {:>14}  {ours}{}",
                duration(*time),
                others.concat()
            ));
        }
    }
    lines
}

fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        time if time < 1e3 => format!("{time:.1} ns"),
        time if time < 1e6 => format!("{:.2} us", time / 1e3),
        time if time < 1e9 => format!("{:.2} ms", time / 1e6),
        time => format!("{:.2} s", time / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn medians(rows: &[(&str, &str, &str, f64)]) -> Medians {
        let mut medians = Medians::new();
        for &(group, input, function, time) in rows {
            medians
                .entry(group.to_owned())
                .or_default()
                .entry(input.to_owned())
                .or_default()
                .insert(function.to_owned(), time);
        }
        medians
    }

    #[test]
    fn others_are_multiples_of_our_time() {
        let medians = medians(&[
            ("parse", "adt", "carewire", 2000.0),
            ("parse", "adt", "hl7-parser", 5000.0),
        ]);
        assert_eq!(
            ratios(&medians),
            ["parse/adt\n         2.00 us  carewire\n      2.50 times  hl7-parser"]
        );
    }
}
