//! The transform cases: those of the manifests, by whole output, and those that the reference implementation's own test asserts in parts.

use std::path::{Path, PathBuf};

use carewire_fhir_model::{Document, Node};
use carewire_fhirpath as fhirpath;
use carewire_mapping::{Context, Input, Maps, Options, Output, syntax};
use carewire_testkit::conformance::{Case, Verdict};

/// The cases of every manifest, then those of the test in Java.
pub(crate) fn cases(root: &Path) -> Result<Vec<Case>, String> {
    let mut cases = Vec::new();
    let folder = root.join("fhir-test-cases");
    for release in ["r4b", "r5"] {
        let folder = folder.join(release).join("structure-mapping");
        let manifest = read(&folder.join("manifest.xml"))?;
        for test in manifest.split("<test ").skip(1) {
            let attribute = |name: &str| {
                let rest = test.split(&format!("{name}=\"")).nth(1)?;
                Some(rest.split('"').next()?.to_owned())
            };
            let name = attribute("name").ok_or("a test has no name")?;
            let last = name.rsplit('/').next().unwrap_or_default().to_owned();
            let file = |name: &str| attribute(name).map(|file| folder.join(file));
            let (source, map, output) = (file("source"), file("map"), file("output"));
            let (Some(source), Some(map), Some(output)) = (source, map, output) else {
                return Err(format!("the test {name} lacks a file"));
            };
            cases.push(Case::run(format!("transform/{release}/{last}"), || {
                verdict(whole(&source, &map, &output))
            }));
        }
    }
    let java = read(&folder.join("HAPI-StructureMapUtilitiesTest.java"))?;
    let corpora = root.parent().unwrap_or(root);
    for method in java.split("@Test").skip(1) {
        let Some(asserted) = Asserted::read(method, &folder, corpora) else {
            continue;
        };
        cases.push(Case::run(format!("transform/{}", asserted.name), || {
            verdict(asserted.check())
        }));
    }
    Ok(cases)
}

fn verdict(result: Result<(), String>) -> Verdict {
    match result {
        Ok(()) => Verdict::Pass,
        Err(why) => Verdict::Fail(why),
    }
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The text of a map, which a file may hold as a resource.
fn map_text(path: &Path) -> Result<String, String> {
    let text = read(path)?;
    if path.extension().is_some_and(|end| end == "json") {
        return syntax::from_structure_map(text.as_bytes()).map_err(|error| error.to_string());
    }
    Ok(text)
}

fn run(map: &str, source: &[u8]) -> Result<String, String> {
    let maps = Maps::compile(&[("case.map", map)], &Options::default())
        .map_err(|all| all.first().map(ToString::to_string).unwrap_or_default())?;
    let source = Document::from_json(source)
        .map_err(|error| error.to_string())?
        .document;
    let now = "2024-02-01T10:00:00Z".parse().map_err(|_| "no time")?;
    let url = maps
        .urls()
        .first()
        .map(|url| (*url).to_owned())
        .unwrap_or_default();
    let done = maps
        .transform(&url, &[Input::Node(source.root())], &Context::at(now))
        .map_err(|error| error.to_string())?;
    match done.targets.as_slice() {
        [Output::Json(text)] => Ok(text.clone()),
        [Output::Document(document)] => Ok(document.to_json()),
        _ => Err("another number of targets".to_owned()),
    }
}

fn whole(source: &Path, map: &Path, expected: &Path) -> Result<(), String> {
    let got = run(&map_text(map)?, read(source)?.as_bytes())?;
    let expected_text = read(expected)?;
    let expected = if expected.extension().is_some_and(|end| end == "xml") {
        untyped(&expected_text)?
    } else {
        expected_text
    };
    let read = |text: &str| {
        Document::from_json(text.as_bytes())
            .map(|read| read.document.to_json_canonical())
            .map_err(|error| error.to_string())
    };
    if read(&got)? == read(&expected)? {
        Ok(())
    } else {
        Err("another output".to_owned())
    }
}

/// XML of a model that the corpora do not have, as a map sees it without the model: attributes and elements are children, the text of an
/// element is its `data`. What the model alone tells, the type in `xsi:type`, stays a child of its name.
fn untyped(xml: &str) -> Result<String, String> {
    let start = xml.find("<ClinicalDocument").ok_or("no document")?;
    let mut rest = xml.get(start..).unwrap_or_default();
    let mut open: Vec<(String, Vec<String>, String)> = Vec::new();
    loop {
        let tag = rest.strip_prefix('<').ok_or("no tag")?;
        let end = tag.find('>').ok_or("a tag has no end")?;
        let (inside, behind) = (
            tag.get(..end).unwrap_or_default(),
            tag.get(end + 1..).unwrap_or_default(),
        );
        let is_closed = inside.ends_with('/');
        if !inside.starts_with('/') {
            let mut words = inside.trim_end_matches('/').split_whitespace();
            let name = words.next().unwrap_or_default().to_owned();
            let attributes = words
                .filter(|word| !word.starts_with("xmlns"))
                .filter_map(|word| {
                    let (key, value) = word.split_once('=')?;
                    Some(format!("\"{key}\":{value}"))
                });
            open.push((name, attributes.collect(), String::new()));
        }
        let next = behind.find('<').unwrap_or(behind.len());
        if is_closed || inside.starts_with('/') {
            let (name, mut members, text) = open.pop().ok_or("a tag too many")?;
            if !text.trim().is_empty() {
                members.push(format!("\"data\":\"{}\"", text.trim()));
            }
            let object = format!("{{{}}}", members.join(","));
            match open.last_mut() {
                Some((_, members, _)) => members.push(format!("\"{name}\":{object}")),
                None => return Ok(object),
            }
        } else if let Some((_, _, text)) = open.last_mut() {
            text.push_str(behind.get(..next).unwrap_or_default());
        }
        rest = behind.get(next..).unwrap_or_default();
    }
}

/// A test in Java that runs a map and asserts what expressions give over its output.
struct Asserted {
    name: String,
    map: PathBuf,
    source: PathBuf,
    expected: Vec<(String, String)>,
}

impl Asserted {
    fn read(method: &str, folder: &Path, corpora: &Path) -> Option<Self> {
        let name = method.split("void ").nth(1)?.split('(').next()?.to_owned();
        let resource = |call: &str| {
            let rest = method.split(&format!("{call}(")).nth(1)?;
            let words: Vec<&str> = rest.split(')').next()?.split('"').skip(1).step_by(2).collect();
            let [release, area, file] = words.as_slice() else {
                return None;
            };
            // The examples of the specification stand elsewhere in the corpora.
            let own = folder.join(release).join(area).join(file);
            Some(if own.exists() {
                own
            } else {
                find(&corpora.join("fhir"), file)?
            })
        };
        let map = resource("loadTestResource")?;
        let source = resource("loadTestResourceStream")?;
        let expected: Vec<(String, String)> = method
            .split("assertEquals(\"")
            .skip(1)
            .filter_map(|rest| {
                let (value, rest) = rest.split_once('"')?;
                let expression = rest
                    .split("evaluateToString(target, \"")
                    .nth(1)?
                    .split("\")")
                    .next()?;
                Some((value.to_owned(), expression.to_owned()))
            })
            .collect();
        (!expected.is_empty()).then_some(Self {
            name,
            map,
            source,
            expected,
        })
    }

    fn check(&self) -> Result<(), String> {
        let got = run(&map_text(&self.map)?, read(&self.source)?.as_bytes())?;
        let target = Document::from_json(got.as_bytes())
            .map_err(|error| error.to_string())?
            .document;
        for (value, expression) in &self.expected {
            let found = evaluate(target.root(), expression)?;
            if found != *value {
                return Err(format!("`{expression}` gives another value"));
            }
        }
        Ok(())
    }
}

fn evaluate(root: Node<'_>, expression: &str) -> Result<String, String> {
    let program = fhirpath::compile(expression).map_err(|errors| errors.to_string())?;
    let now = "2024-02-01T10:00:00Z".parse().map_err(|_| "no time")?;
    let items = program
        .evaluate(root, &fhirpath::Context::at(now))
        .map_err(|error| error.to_string())?;
    let texts: Vec<String> = items
        .iter()
        .filter_map(|item| item.text().map(|text| text.into_owned()))
        .collect();
    Ok(texts.join(","))
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).ok()?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_name().is_some_and(|own| own == name) {
                return Some(path);
            }
        }
    }
    None
}
