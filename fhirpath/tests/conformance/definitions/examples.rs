//! Every invariant on every place of the official examples it is about.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use carewire_fhir_model::{Document, Node};
use carewire_fhirpath::{Compiler, Context, Program};
use carewire_testkit::conformance::{Case, Verdict};

use super::package::Invariant;

/// The folders of the examples; those that others made of them are left out.
const FOLDERS: [&str; 2] = ["json", "xml-official"];

/// What is advice, and holds for few examples: that every resource have a narrative.
const ADVICE: &str = "dom-6";

/// The invariants declared at each path.
type Rules<'i> = BTreeMap<&'i str, Vec<(&'i str, Program)>>;

pub(crate) fn cases(corpora: &Path, invariants: &[Invariant]) -> Result<Vec<Case>, String> {
    // As R4 has it, dom-3 takes `as` of several items for a filter.
    let compiler = Compiler::new().as_filters(true);
    let mut rules = Rules::new();
    for one in invariants {
        // What narrative may hold is a question to the host; see the rules txt-1 and txt-2 of the validator.
        if one.key == ADVICE || one.expression == "htmlChecks()" {
            continue;
        }
        let program = compiler
            .compile(&one.expression)
            .map_err(|errors| format!("{}: {errors}", one.key))?;
        rules.entry(&one.path).or_default().push((&one.key, program));
    }
    let mut cases = Vec::new();
    for folder in FOLDERS {
        let path = corpora.join("fhir/examples").join(folder);
        let entries = fs::read_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        for file in files {
            let name = file
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default();
            let read = match name.rsplit_once('.') {
                Some((_, "json")) => Document::from_json_vec,
                Some((_, "xml")) => |bytes: Vec<u8>| Document::from_xml(&bytes),
                _ => continue,
            };
            let bytes = fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
            cases.push(Case::run(format!("example/{folder}/{name}"), || {
                match read(bytes) {
                    Ok(read) => judge(&read.document, &rules),
                    Err(error) => Verdict::Fail(error.to_string()),
                }
            }));
        }
    }
    Ok(cases)
}

/// A place to judge, with the resource it is in and the one that contains that.
#[derive(Clone, Copy)]
struct Place<'d> {
    node: Node<'d>,
    resource: Node<'d>,
    root: Node<'d>,
}

fn judge(document: &Document<'_>, rules: &Rules<'_>) -> Verdict {
    let root = document.root();
    let mut waiting = vec![Place {
        node: root,
        resource: root,
        root,
    }];
    let mut faults = Vec::new();
    while let Some(place) = waiting.pop() {
        let own = place.node.type_id();
        let of_types = std::iter::successors(own, |ty| ty.base()).map(|ty| rules.get(ty.name()));
        let element = place.node.element().map(|element| element.path());
        let of_element = element.map(|path| rules.get(path.as_str()));
        let is_simple = place
            .node
            .element()
            .is_some_and(|element| element.is_simple_quantity());
        let of_profile = is_simple.then(|| rules.get("SimpleQuantity"));
        for (key, program) in of_types.chain(of_element).chain(of_profile).flatten().flatten() {
            let context = Context::new().resource(place.resource).root_resource(place.root);
            match program.truth(place.node, &context) {
                // R4 has invariants that come to nothing where they are not concerned, such as ref-1.
                Ok(Some(true) | None) => {}
                Ok(Some(false)) => faults.push(format!("{key} at {}", place.node.path())),
                Err(error) => faults.push(format!("{key}: {error}")),
            }
        }
        waiting.extend(place.node.children().map(|child| {
            if !child.is_resource() {
                return Place { node: child, ..place };
            }
            let root = if child.name() == "contained" {
                place.root
            } else {
                child
            };
            Place {
                node: child,
                resource: child,
                root,
            }
        }));
    }
    if faults.is_empty() {
        return Verdict::Pass;
    }
    faults.sort();
    faults.dedup();
    Verdict::Fail(faults.join("; "))
}
