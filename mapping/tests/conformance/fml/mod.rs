//! Every map text of the corpora: it parses, what is rendered from it parses to the same tree, and it comes back from a StructureMap resource.
//! The guide's failing examples must not parse. The transform cases run, and the maps between R4 and R5 compile as the two sets that they are.

mod sets;
mod transform;

use std::path::{Path, PathBuf};

use carewire_mapping::syntax;
use carewire_testkit::conformance::{Case, Verdict};

/// Finds the map texts by the ends of their names.
pub(crate) fn cases(corpora: &Path) -> Result<Vec<Case>, String> {
    let root = corpora.join("fml");
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let id = file
            .strip_prefix(&root)
            .unwrap_or(&file)
            .to_string_lossy()
            .replace('\\', "/");
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{id}: {error}"))?;
        let must_fail = id.contains("failing-examples/");
        cases.push(Case::run(id.clone(), || {
            if must_fail {
                refused(&id, &text)
            } else {
                round_trip(&id, &text)
            }
        }));
    }
    cases.extend(transform::cases(&root)?);
    cases.extend(sets::cases(&root)?);
    Ok(cases)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|end| end == "fml" || end == "map") {
            files.push(path);
        }
    }
    Ok(())
}

fn refused(id: &str, text: &str) -> Verdict {
    if syntax::parse(id, text).diagnostics.is_empty() {
        Verdict::Fail("parses, and must not".to_owned())
    } else {
        Verdict::Pass
    }
}

fn round_trip(id: &str, text: &str) -> Verdict {
    let first = syntax::parse(id, text);
    if let Some(diagnostic) = first.diagnostics.first() {
        let (line, column) = (diagnostic.line(), diagnostic.column());
        return Verdict::Fail(format!(
            "{} at {line}:{column}: {}",
            diagnostic.code(),
            diagnostic.message()
        ));
    }
    let rendered = syntax::render(&first.map);
    let second = syntax::parse(id, &rendered);
    if let Some(diagnostic) = second.diagnostics.first() {
        return Verdict::Fail(format!(
            "what is rendered does not parse: {}",
            diagnostic.message()
        ));
    }
    if first.map != second.map {
        return Verdict::Fail("what is rendered parses to another tree".to_owned());
    }
    let comments = |map: &syntax::Map| {
        map.comments
            .iter()
            .map(|comment| comment.text.clone())
            .collect::<Vec<_>>()
    };
    if comments(&first.map).len() != comments(&second.map).len() {
        return Verdict::Fail("comments are lost".to_owned());
    }
    if syntax::render(&second.map) != rendered {
        return Verdict::Fail("rendering twice gives another text".to_owned());
    }
    for release in [syntax::Release::R4, syntax::Release::R5] {
        if let Err(why) = by_resource(&first.map, release) {
            return Verdict::Fail(format!("{release:?}: {why}"));
        }
    }
    Verdict::Pass
}

/// As a resource and back: the rules are the same, and a second time nothing changes.
fn by_resource(map: &syntax::Map, release: syntax::Release) -> Result<(), String> {
    let back = |map: &syntax::Map| {
        let json = syntax::to_structure_map(map, release).json;
        let text = syntax::from_structure_map(json.as_bytes()).map_err(|error| error.to_string())?;
        let parsed = syntax::parse("resource", &text);
        match parsed.diagnostics.first() {
            Some(diagnostic) => Err(format!(
                "what the resource says does not parse: {}",
                diagnostic.message()
            )),
            None => Ok((json, parsed.map)),
        }
    };
    let (first_json, first) = back(map)?;
    let same = map.groups == first.groups
        && map.concept_maps == first.concept_maps
        && map.structures == first.structures
        && map.imports == first.imports
        && map.constants == first.constants
        && map.url() == first.url();
    if !same {
        return Err("the resource gives another tree".to_owned());
    }
    let (second_json, second) = back(&first)?;
    if first != second || first_json != second_json {
        return Err("a second resource differs from the first".to_owned());
    }
    Ok(())
}
