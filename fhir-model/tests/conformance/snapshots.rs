//! Every profile of the core package and of US Core: its snapshot, generated from its differential and those of the
//! profiles it is derived from, has the structure of the published one. Each profile is a case an aspect.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use carewire_fhir_model::package::Package;
use carewire_fhir_model::snapshot::{Definitions, SnapshotCode, Snapshots};
use carewire_fhir_model::{Document, Node};
use carewire_testkit::conformance::{Case, Verdict};

use crate::value::Value;

/// What is compared: a name, and what an element says about it.
type Aspect = (&'static str, fn(Node<'_>) -> String);

const ASPECTS: [Aspect; 7] = [
    ("cardinality", |element| {
        format!("{}..{}", text(element, "min"), text(element, "max"))
    }),
    ("types", |element| {
        let types = element.children_named("type").map(|one| {
            let parts = ["profile", "targetProfile", "aggregation", "versioning"];
            format!("{} {:?}", code(one), parts.map(|name| texts(one, name)))
        });
        // A reference to another element is its type. The publisher makes it absolute, and takes the id of a slice for that of
        // the element now and then.
        let reference = text(element, "contentReference");
        let target = reference.rsplit('#').next().unwrap_or_default();
        let target = target.split(':').next().unwrap_or_default();
        sorted(types).join(", ") + target
    }),
    ("bindings", |element| {
        let binding = element.child("binding");
        binding.map_or(String::new(), |one| {
            let max = one
                .children_named("extension")
                .filter(|one| text(*one, "url").ends_with("maxValueSet"));
            let max: Vec<String> = max.map(|one| text(one, "value")).collect();
            format!("{} {} {max:?}", text(one, "strength"), text(one, "valueSet"))
        })
    }),
    ("values", |element| {
        let values = ["fixed", "pattern", "minValue", "maxValue"].map(|name| {
            let value = element.child(name);
            value.map(|one| {
                (
                    one.key(),
                    one.text().map(|text| text.into_owned()),
                    Value::read(&one.to_json()),
                )
            })
        });
        format!("{values:?} {}", text(element, "maxLength"))
    }),
    ("constraints", |element| {
        let constraints = element.children_named("constraint").map(|one| {
            format!(
                "{} {} {}",
                text(one, "key"),
                text(one, "severity"),
                text(one, "expression")
            )
        });
        sorted(constraints).join("\n")
    }),
    ("slicing", |element| {
        element.child("slicing").map_or(String::new(), |one| {
            let by = one
                .children_named("discriminator")
                .map(|by| format!("{} {}", text(by, "type"), text(by, "path")));
            let ordered = text(one, "ordered") == "true";
            format!("{:?} {ordered} {}", sorted(by), text(one, "rules"))
        })
    }),
    ("flags", |element| {
        let base = element
            .child("base")
            .map(|one| ["path", "min", "max"].map(|name| text(one, name)));
        format!(
            "{base:?} {} {}",
            text(element, "mustSupport"),
            text(element, "isModifier") == "true"
        )
    }),
];

pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let fhir = corpora.join("fhir");
    let core = read(&fhir.join("definitions/hl7.fhir.r4.core-4.0.1.tgz"))?;
    let core = Package::from_tgz(&core).map_err(|error| error.to_string())?;
    let mut cases = Vec::new();
    profiles("hl7.fhir.r4.core-4.0.1", &core, &core, &mut cases);
    for folder in folders(&fhir.join("profiles"))? {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let guide = guide(&folder)?;
        profiles(&name, &guide, &core, &mut cases);
    }
    Ok(cases)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The folders of a folder, in the order of their names.
fn folders(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}

/// The package in a folder, with or without a folder `package` in it.
fn guide(folder: &Path) -> Result<Package, String> {
    let inner = folder.join("package");
    let folder = if inner.is_dir() {
        inner
    } else {
        folder.to_path_buf()
    };
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_file() {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            files.push((name, read(&path)?));
        }
    }
    Package::from_files(files).map_err(|error| error.to_string())
}

/// The cases of all profiles of a package.
fn profiles(name: &str, package: &Package, core: &Package, cases: &mut Vec<Case>) {
    let sources: [&dyn Definitions; 2] = [package, core];
    let mut snapshots = Snapshots::new(&sources[..]).regenerate();
    for resource in package.resources() {
        if resource.resource_type() != "StructureDefinition" {
            continue;
        }
        let id = format!("{name}/{}", resource.id().unwrap_or_default());
        let Some(profile) = resource.document() else {
            cases.push(Case::run(id, || Verdict::Fail("not read".to_owned())));
            continue;
        };
        let root = profile.root();
        // Two of the core package are published without a snapshot.
        if text(root, "derivation") != "constraint" || root.child("snapshot").is_none() {
            continue;
        }
        let made = snapshots.generate(profile);
        let made = made.as_ref().map_err(ToString::to_string);
        cases.push(Case::run(format!("{id} findings"), || match &made {
            Ok(made) => {
                let mut losses = made.findings.iter().filter(|one| is_loss(one.code()));
                losses
                    .next()
                    .map_or(Verdict::Pass, |one| Verdict::Fail(one.to_string()))
            }
            Err(why) => Verdict::Fail(why.clone()),
        }));
        let made = made.ok().map(|made| elements(&made.document));
        let (made, published) = (made.unwrap_or_default(), elements(profile));
        cases.push(Case::run(format!("{id} paths"), || paths(&made, &published)));
        let known: BTreeMap<&str, Node<'_>> =
            published.iter().map(|(id, node)| (id.as_str(), *node)).collect();
        for (aspect, of) in ASPECTS {
            cases.push(Case::run(format!("{id} {aspect}"), || {
                let differs = made
                    .iter()
                    .find(|(id, node)| known.get(id.as_str()).is_some_and(|one| of(*one) != of(*node)));
                match differs {
                    Some((id, node)) => {
                        let expected = known.get(id.as_str()).map(|one| of(*one)).unwrap_or_default();
                        Verdict::Fail(format!("{id}: expected {expected}, made {}", of(*node)))
                    }
                    None if made.is_empty() => Verdict::Fail("no snapshot".to_owned()),
                    None => Verdict::Pass,
                }
            }));
        }
    }
}

/// Whether a finding says that something of a published profile was lost. Bindings of types without codes are left out by the
/// publisher as well, the others do not keep the differential from being applied.
fn is_loss(code: SnapshotCode) -> bool {
    !matches!(
        code,
        SnapshotCode::BindingWithoutCodes
            | SnapshotCode::BindingWeakened
            | SnapshotCode::MustSupportDropped
            | SnapshotCode::SlicingMissing
    )
}

/// The elements of a snapshot by their ids.
fn elements<'d>(document: &'d Document<'d>) -> Vec<(String, Node<'d>)> {
    let snapshot = document.root().child("snapshot");
    let elements = snapshot.into_iter().flat_map(|one| one.children_named("element"));
    elements.map(|one| (text(one, "id"), one)).collect()
}

/// The same elements in the same order, with the same slices.
fn paths(made: &[(String, Node<'_>)], published: &[(String, Node<'_>)]) -> Verdict {
    for place in 0..made.len().max(published.len()) {
        let line = |elements: &[(String, Node<'_>)]| {
            elements
                .get(place)
                .map(|(id, node)| [id.clone(), text(*node, "path"), text(*node, "sliceName")])
        };
        let (made, published) = (line(made), line(published));
        if made != published {
            return Verdict::Fail(format!("element {place}: expected {published:?}, made {made:?}"));
        }
    }
    Verdict::Pass
}

fn text(node: Node<'_>, name: &str) -> String {
    node.child(name)
        .and_then(|one| one.text().map(|text| text.into_owned()))
        .unwrap_or_default()
}

fn texts(node: Node<'_>, name: &str) -> Vec<String> {
    sorted(
        node.children_named(name)
            .filter_map(|one| one.text().map(|text| text.into_owned())),
    )
}

fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<String> = texts.collect();
    texts.sort();
    texts
}

/// The code of a type; FHIRPath's types have that of FHIR in an extension.
fn code(ty: Node<'_>) -> String {
    let fhir_type = ty
        .children_named("extension")
        .find(|one| text(*one, "url").ends_with("structuredefinition-fhir-type"));
    match fhir_type {
        Some(one) => text(one, "value"),
        None => text(ty, "code"),
    }
}
