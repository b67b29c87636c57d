//! `cargo xtask arrows`: which room may use which, checked against `cargo metadata`.
//!
//! Normal and build dependencies are arrows. A dev-dependency inside the workspace is the testkit alone, so that no room's tests
//! pull in another room; tests across rooms live in `cli/tests`.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::{Outcome, workspace};

/// Each package and the packages of the workspace that it may use; `None` is all of them.
const ARROWS: &[(&str, Option<&[&str]>)] = &[
    ("carewire-benches", None),
    ("carewire-cli", None),
    ("carewire-examples", None),
    ("carewire-fhir-model", Some(&[])),
    (
        "carewire-fhirpath",
        Some(&["carewire-fhir-model", "carewire-terminology"]),
    ),
    ("carewire-hl7v2", Some(&[])),
    (
        "carewire-mapping",
        Some(&[
            "carewire-fhir-model",
            "carewire-fhirpath",
            "carewire-hl7v2",
            "carewire-terminology",
        ]),
    ),
    ("carewire-terminology", Some(&[])),
    ("carewire-testkit", Some(&[])),
    (
        "carewire-validate",
        Some(&[
            "carewire-fhir-model",
            "carewire-fhirpath",
            "carewire-hl7v2",
            "carewire-terminology",
        ]),
    ),
    ("xtask", Some(&[])),
];

/// The one package that a dev-dependency inside the workspace may name.
const TESTKIT: &str = "carewire-testkit";

/// What is read of `cargo metadata`.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    dependencies: Vec<Dependency>,
    /// `None`: to any registry; an empty list: to none.
    publish: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None` is a normal dependency.
    kind: Option<String>,
    /// Set for a dependency by path, that is one of the workspace.
    path: Option<String>,
}

/// Checks the arrows and prints, for each package that is published, how many packages come with it.
pub(crate) fn run() -> Outcome {
    let metadata = metadata()?;
    for name in metadata.published() {
        println!("{name}: {} packages from outside", tree_size(name)?);
    }
    let faults = metadata.faults();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("\n       ").into())
    }
}

/// Asks cargo what the workspace is made of.
pub(crate) fn metadata() -> Result<Metadata, Box<dyn std::error::Error>> {
    let text = workspace::output(workspace::cargo().args([
        "metadata",
        "--format-version",
        "1",
        "--no-deps",
        "--locked",
    ]))?;
    Ok(serde_json::from_str(&text)?)
}

impl Metadata {
    fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| self.workspace_members.contains(&package.id))
    }

    /// The names of the packages that may be published, sorted.
    pub(crate) fn published(&self) -> Vec<&str> {
        let mut names: Vec<_> = self
            .members()
            .filter(|package| {
                package
                    .publish
                    .as_ref()
                    .is_none_or(|registries| !registries.is_empty())
            })
            .map(|package| package.name.as_str())
            .collect();
        names.sort_unstable();
        names
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for package in self.members() {
            let name = &package.name;
            let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| known == name) else {
                faults.push(format!(
                    "{name} is not in the table of arrows (xtask/src/arrows.rs)"
                ));
                continue;
            };
            for dependency in package
                .dependencies
                .iter()
                .filter(|dependency| dependency.path.is_some())
            {
                let other = dependency.name.as_str();
                let dev = dependency.kind.as_deref() == Some("dev");
                if dev && other != TESTKIT {
                    faults.push(format!(
                        "{name} has the dev-dependency {other}; only {TESTKIT} is allowed"
                    ));
                } else if !dev && other == TESTKIT {
                    faults.push(format!("{name} uses {TESTKIT} outside its tests"));
                } else if !dev && allowed.is_some_and(|allowed| !allowed.contains(&other)) {
                    faults.push(format!("{name} must not know {other}"));
                }
            }
        }
        for (name, _) in ARROWS {
            if !self.members().any(|package| package.name == *name) {
                faults.push(format!(
                    "{name} is in the table of arrows and not in the workspace"
                ));
            }
        }
        faults.sort();
        faults
    }
}

/// How many packages from outside a package brings with it where it is built with its default features on this platform.
fn tree_size(package: &str) -> Result<usize, Box<dyn std::error::Error>> {
    let tree = workspace::output(workspace::cargo().args([
        "tree",
        "--locked",
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--no-dedupe",
        "--package",
        package,
    ]))?;
    Ok(count_outside(&tree))
}

/// Counts the lines of a tree once each, those of the workspace left out: they end with their folder.
fn count_outside(tree: &str) -> usize {
    tree.lines()
        .filter(|line| !line.is_empty() && !line.contains(" (/"))
        .collect::<BTreeSet<_>>()
        .len()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Metadata of the whole table, where `package` has one dependency more.
    fn with(package: &str, dependency: &str, kind: &str) -> Metadata {
        let packages: Vec<_> = ARROWS
            .iter()
            .map(|(name, _)| {
                let dependencies = if *name == package {
                    serde_json::json!([
                        {"name": "outside", "kind": null, "path": null},
                        {"name": dependency, "kind": (kind != "normal").then_some(kind), "path": "/here"},
                    ])
                } else {
                    serde_json::json!([])
                };
                serde_json::json!({"id": name, "name": name, "dependencies": dependencies, "publish": null})
            })
            .collect();
        let members: Vec<_> = ARROWS.iter().map(|(name, _)| name).collect();
        let metadata = serde_json::json!({
            "packages": packages,
            "workspace_members": members,
        });
        serde_json::from_value(metadata).unwrap()
    }

    #[test]
    fn an_arrow_of_the_table_is_allowed() {
        for (package, dependency, kind) in [
            ("carewire-mapping", "carewire-hl7v2", "normal"),
            ("carewire-cli", "carewire-mapping", "normal"),
            ("carewire-hl7v2", "carewire-testkit", "dev"),
        ] {
            assert_eq!(
                with(package, dependency, kind).faults(),
                [""; 0],
                "{package} -> {dependency}"
            );
        }
    }

    #[test]
    fn each_kind_of_wrong_arrow_is_named() {
        for (package, dependency, kind, fault) in [
            (
                "carewire-hl7v2",
                "carewire-fhir-model",
                "normal",
                "carewire-hl7v2 must not know carewire-fhir-model",
            ),
            (
                "carewire-hl7v2",
                "carewire-fhir-model",
                "build",
                "carewire-hl7v2 must not know carewire-fhir-model",
            ),
            (
                "carewire-mapping",
                "carewire-validate",
                "normal",
                "carewire-mapping must not know carewire-validate",
            ),
            (
                "carewire-mapping",
                "carewire-validate",
                "dev",
                "carewire-mapping has the dev-dependency carewire-validate",
            ),
            (
                "carewire-cli",
                "carewire-testkit",
                "normal",
                "carewire-cli uses carewire-testkit outside its tests",
            ),
            (
                "xtask",
                "carewire-hl7v2",
                "normal",
                "xtask must not know carewire-hl7v2",
            ),
        ] {
            let faults = with(package, dependency, kind).faults();
            assert!(faults.len() == 1 && faults[0].starts_with(fault), "{faults:?}");
        }
    }

    #[test]
    fn a_package_outside_the_table_is_named() {
        let mut metadata = with("xtask", "carewire-testkit", "dev");
        metadata.packages[0].name = "carewire-core".to_owned();
        assert_eq!(
            metadata.faults(),
            [
                "carewire-benches is in the table of arrows and not in the workspace",
                "carewire-core is not in the table of arrows (xtask/src/arrows.rs)",
            ]
        );
    }

    #[test]
    fn the_tree_counts_each_package_from_outside_once() {
        let tree = "carewire-hl7v2 v0.1.0 (/here/hl7v2)\nnom v8.0.0\nmemchr v2.8.3\nmemchr v2.8.3\n";
        assert_eq!(count_outside(tree), 2);
    }
}
