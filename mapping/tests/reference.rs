//! `REFERENCE.md`: every transform, library function, name and item of the superset, with an example that is run here.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use carewire_hl7v2::Message;
use carewire_mapping::{Context, Input, Maps, Options};
use carewire_testkit::golden;

fn room() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(room().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// One entry of a list.
#[derive(Default)]
struct Entry {
    name: String,
    takes: String,
    does: String,
    target: Option<String>,
    rule: String,
}

/// The entries of a file, which are apart by empty lines.
fn entries(file: &str) -> Vec<Entry> {
    let text = read(&format!("tests/data/reference/{file}"));
    let one = |block: &str| {
        let mut entry = Entry::default();
        for line in block.lines() {
            let (key, value) = line.split_once(": ").unwrap_or_else(|| panic!("{file}: {line}"));
            let value = value.to_owned();
            match key {
                "name" => entry.name = value,
                "takes" => entry.takes = value,
                "does" => entry.does = value,
                "target" => entry.target = Some(value),
                "rule" => entry.rule = value,
                _ => panic!("{file}: {key}"),
            }
        }
        assert!(
            ![&entry.name, &entry.takes, &entry.does, &entry.rule]
                .iter()
                .any(|text| text.is_empty()),
            "{block}"
        );
        entry
    };
    text.split("\n\n").map(|block| one(block.trim_end())).collect()
}

/// What a rule makes of the message: its target, and the codes of its findings.
fn run(rule: &str, target: Option<&str>) -> String {
    let uses = match target {
        Some(target) => {
            format!("uses 'http://hl7.org/fhir/StructureDefinition/{target}' alias Out as target")
        }
        None => "uses 'http://example.org/Out' alias Out as target".to_owned(),
    };
    let map = format!(
        "/// url = 'http://example.org/reference'\n/// carewire = 'superset'\n{uses}\n\
        conceptmap 'sex' {{\n  prefix s = 'http://terminology.hl7.org/CodeSystem/v2-0001'\n  prefix t = 'http://hl7.org/fhir/administrative-gender'\n  s:F - t:female \"Female\"\n}}\n\
        group Example(source msg, target out : Out) {{\n  msg.PID as pid then {{\n{rule}\n  }};\n}}\n"
    );
    let maps = Maps::compile(&[("reference.map", &map)], &Options::default())
        .unwrap_or_else(|all| panic!("{}", all[0]));
    let bytes = fs::read(room().join("tests/data/reference/message.hl7")).unwrap();
    let msg = Message::parse(&bytes).unwrap();
    let context = Context::at("2024-02-01T10:00:00Z".parse().unwrap());
    let done = maps
        .transform("http://example.org/reference", &[Input::Message(&msg)], &context)
        .unwrap();
    let findings: Vec<&str> = done
        .findings
        .iter()
        .map(|finding| finding.code().as_str())
        .collect();
    assert!(findings.is_empty(), "{rule}: {findings:?}");
    String::from_utf8(done.targets[0].to_bytes()).unwrap()
}

/// The names between a line and the end of its table, each the first text of a line.
fn names(source: &str, start: &str, end: &str) -> BTreeSet<String> {
    let (_, table) = source.split_once(start).unwrap();
    let (table, _) = table.split_once(end).unwrap();
    table
        .lines()
        .filter_map(|line| line.split('"').nth(1))
        .map(str::to_owned)
        .collect()
}

fn section(out: &mut String, title: &str, text: &str, entries: &[Entry]) {
    write!(out, "\n## {title}\n\n{text}\n").unwrap();
    for entry in entries {
        let given = run(&entry.rule, entry.target.as_deref());
        write!(
            out,
            "\n### `{}`\n\n`{}`. {}\n\n```text\n{}\n=> {given}\n```\n",
            entry.name, entry.takes, entry.does, entry.rule
        )
        .unwrap();
    }
}

/// The heads of the files of the library: the text before the examples, the examples, and the clause.
fn library(out: &mut String) -> usize {
    let table = read("src/library/mod.rs");
    let (_, table) = table.split_once("functions! {\n").unwrap();
    let (table, _) = table.split_once("\n};").unwrap();
    let (mut count, mut file) = (0, String::new());
    for line in table.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [name, "{"] => {
                file = (*name).to_owned();
                let source = read(&format!("src/library/{file}.rs"));
                let head: Vec<&str> = source
                    .lines()
                    .map_while(|line| line.strip_prefix("//!"))
                    .map(str::trim)
                    .collect();
                let text: Vec<&str> = head
                    .iter()
                    .copied()
                    .skip(1)
                    .take_while(|line| *line != "```text")
                    .collect();
                let spec = head.iter().find(|line| line.starts_with("Spec: "));
                write!(
                    out,
                    "\n### {}\n\n{}\n",
                    head[0].trim_end_matches('.'),
                    text.join("\n").trim()
                )
                .unwrap();
                if let Some(spec) = spec {
                    write!(out, "\n{spec}\n").unwrap();
                }
                let signatures = head
                    .iter()
                    .skip_while(|line| **line != "```text")
                    .skip(1)
                    .take_while(|line| **line != "```");
                let signatures: Vec<String> = signatures
                    .filter(|line| !line.contains(" => "))
                    .map(|line| format!("`{line}`"))
                    .collect();
                writeln!(out, "\n{}", signatures.join(", ")).unwrap();
                out.push_str("\n| call | gives |\n| --- | --- |\n");
                for (call, wanted) in head.iter().filter_map(|line| line.split_once(" => ")) {
                    let given = run(&format!("pid -> out.v = ({call});"), None);
                    let text = wanted.replace('"', "\\\"");
                    assert_eq!(given, format!("{{\"v\":\"{text}\"}}"), "{call}");
                    writeln!(out, "| `{call}` | `{wanted}` |").unwrap();
                }
            }
            [name, arguments, _] => {
                count += 1;
                let name = name.trim_matches('"');
                let source = read(&format!("src/library/{file}.rs"));
                let example = source
                    .lines()
                    .any(|line| line.contains(&format!("//! {name}(")) && line.contains(" => "));
                assert!(example, "no example of {name}");
                let rest = if *arguments == "1..=1" { ")" } else { "[, " };
                let signature = format!("//! {name}(text{rest}");
                let is_signed = source
                    .lines()
                    .any(|line| line.starts_with(&signature) && !line.contains(" => "));
                assert!(is_signed, "no signature of {name}");
            }
            _ => {}
        }
    }
    count
}

/// `BLESS=1` writes the file anew.
#[test]
fn the_reference_is_that_of_the_sources() {
    let transforms = entries("transforms.txt");
    let listed: BTreeSet<String> = transforms.iter().map(|entry| entry.name.clone()).collect();
    let known = names(
        &read("src/compile/transform.rs"),
        "const TRANSFORMS: &[(&str, usize, usize)] = &[\n",
        "\n];",
    );
    assert_eq!(listed, known);

    let mut out = String::from(
        "# Reference\n\nWhat a map may say beyond the grammar: transforms, library functions, names, and the superset of the language. [DESIGN.md](DESIGN.md) has the rules that hold for all of it. Every example\n\
        runs as a test, inside `msg.PID as pid then { .. };` over `tests/data/reference/message.hl7`, with what it makes behind `=>`. This file is made of the sources by\n\
        `BLESS=1 cargo test -p carewire-mapping --test reference`.\n",
    );
    section(
        &mut out,
        "Transforms",
        "The value of a target: `target.element = transform(..)`. An argument is a constant, a variable, or `(expression)` in FHIRPath.",
        &transforms,
    );
    out.push_str(
        "\n## Library functions\n\nThey bring what feeds send into one form; maps call them as transforms and in expressions. Each is total (any text gives a text), idempotent (its result gives itself) and loses\n\
        nothing: what it does not understand comes back as it came. Several values give several results. The groups of `urn:carewire:maps:library:Normal` ([Normal.map](maps/library/Normal.map)) write what a\n\
        function gives and keep the text as it was sent beside it, where the two differ. A site's own function of the same name takes the place of one of these.\n",
    );
    assert!(library(&mut out) >= 10);
    section(
        &mut out,
        "Names in sources and expressions",
        "Expressions are FHIRPath ([its functions](../fhirpath/FUNCTIONS.md)); a map adds these names. A site's own functions are called as those of the library are.",
        &entries("names.txt"),
    );
    section(
        &mut out,
        "The superset",
        "Ours, and of no other engine: a file that uses it says `/// carewire = 'superset'`, and `strict` refuses it. Overlays are in [DESIGN.md](DESIGN.md).",
        &entries("superset.txt"),
    );
    golden::check(&room().join("REFERENCE.md"), &out);
}

/// The superset's table in DESIGN.md and the list here name the same items.
#[test]
fn every_item_of_the_superset_is_listed() {
    let design = read("DESIGN.md");
    let (_, table) = design
        .split_once("| item | example | meaning |\n| --- | --- | --- |\n")
        .unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let listed: Vec<String> = entries("superset.txt")
        .into_iter()
        .map(|entry| entry.name)
        .collect();
    let count = table.lines().count();
    assert_eq!(listed.len(), count, "{listed:?}");
    assert!(Path::new(&room().join("REFERENCE.md")).is_file());
}
