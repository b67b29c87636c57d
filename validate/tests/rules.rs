//! Every rule's file opens with what it checks, why, an example of each kind and where the specification says so:
//! the examples run here, and `RULES.md` is made of the headers (`BLESS=1` rewrites it).
#![expect(clippy::expect_used, clippy::panic, reason = "a test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use carewire_testkit::golden;
use carewire_validate::{Report, Rule, Validator};

/// The header of one rule's file.
struct Header {
    id: String,
    lines: Vec<String>,
    good: Vec<String>,
    bad: Vec<String>,
}

fn room() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder)
        .expect("the folder of the rules")
        .map(|entry| entry.expect("an entry").path())
    {
        if entry.is_dir() {
            files(&entry, found);
        } else if entry.file_name().is_some_and(|name| name != "mod.rs") {
            found.push(entry);
        }
    }
}

fn header(file: &Path) -> Header {
    let text = fs::read_to_string(file).expect("a rule's file");
    let lines: Vec<String> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned())
        .collect();
    let name = file.display();
    let id = lines
        .first()
        .and_then(|line| line.strip_prefix('`')?.split_once("`: "));
    let id = id
        .unwrap_or_else(|| panic!("{name}: the first line is `id`: what it checks"))
        .0
        .to_owned();
    for part in ["Why: ", "Good:", "Bad:", "Spec: "] {
        assert!(
            lines.iter().any(|line| line.starts_with(part)),
            "{name}: no line starts with {part:?}"
        );
    }
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    let (mut into, mut open): (Option<&mut Vec<String>>, Option<String>) = (None, None);
    for line in &lines {
        match (line.as_str(), &mut open) {
            ("Good:", _) => into = Some(&mut good),
            ("Bad:", _) => into = Some(&mut bad),
            ("```json" | "```xml", None) => open = Some(String::new()),
            ("```", Some(example)) => {
                let example = std::mem::take(example);
                into.as_mut().expect("an example is good or bad").push(example);
                open = None;
            }
            (line, Some(example)) => {
                example.push_str(line);
                example.push('\n');
            }
            _ => {}
        }
    }
    assert!(
        !good.is_empty() && !bad.is_empty(),
        "{name}: an example of each kind"
    );
    Header { id, lines, good, bad }
}

fn headers() -> BTreeMap<String, Header> {
    let mut found = Vec::new();
    files(&room().join("src/rules"), &mut found);
    found
        .iter()
        .map(|file| header(file))
        .map(|header| (header.id.clone(), header))
        .collect()
}

fn judge(example: &str) -> Report {
    Validator::r4().validate_json(example.as_bytes())
}

#[test]
fn every_rule_has_a_file_and_every_file_a_rule() {
    let registered: Vec<&str> = Rule::all().iter().map(|rule| rule.id()).collect();
    assert!(registered.is_sorted(), "the register is sorted by id");
    let described: Vec<String> = headers().into_keys().collect();
    assert_eq!(registered, described);
}

#[test]
fn good_examples_are_valid_and_bad_ones_break_their_rule() {
    for (id, header) in headers() {
        let rule = Rule::named(&id).expect("it is in the register");
        for example in &header.good {
            let report = judge(example);
            assert!(
                report.issues().iter().all(|issue| issue.rule() != id),
                "{id}: {example}{report:?}"
            );
            assert!(report.is_valid(), "{id}: {example}{report:?}");
        }
        for example in &header.bad {
            let report = judge(example);
            let spoke = report.issues().iter().find(|issue| issue.rule() == id);
            let spoke = spoke.unwrap_or_else(|| panic!("{id}: {example}{report:?}"));
            assert_eq!(
                (spoke.severity(), spoke.code()),
                (rule.severity(), rule.code()),
                "{id}"
            );
        }
    }
}

#[test]
fn rules_md_is_made_of_the_headers() {
    let mut page = String::from(
        "# The rules\n\nMade from the headers of `src/rules` by `BLESS=1 cargo test -p carewire-validate --test rules`; do not edit.\n",
    );
    for (id, header) in headers() {
        let rule = Rule::named(&id).expect("it is in the register");
        page.push_str(&format!(
            "\n## {id}\n\n`{}`, `{}`\n\n",
            rule.severity(),
            rule.code()
        ));
        for line in &header.lines {
            page.push_str(line);
            page.push('\n');
        }
    }
    golden::check(&room().join("RULES.md"), &page);
}
