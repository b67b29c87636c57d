//! `cargo xtask ratchet`: the lists of expected failures only shrink.
//!
//! A line that the base commit does not have is refused, unless the suite is new or its pin moved in the same change. The pin is the number
//! that the suite's declaration gives as `pinned` in `tests/conformance/*.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use clap::Args;

use crate::{Outcome, workspace};

const LIST: &str = "expected-failures.txt";

#[derive(Args, Default)]
pub(crate) struct Arguments {
    /// The commit to compare with; else the merge base with the upstream branch, else the first parent.
    #[arg(long, value_name = "COMMIT")]
    base: Option<String>,
}

/// The lists and pins of one state of the tree, by the suite's name.
#[derive(Debug, Default, PartialEq, Eq)]
struct State {
    lists: BTreeMap<String, BTreeSet<String>>,
    pins: BTreeMap<String, String>,
}

/// The conformance files of one state, by path.
type Files = BTreeMap<String, String>;

/// Compares the working tree with the base commit.
pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let base = match &arguments.base {
        Some(name) => Some(
            git(&["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")])
                .map_err(|_| format!("no commit {name} here"))?,
        ),
        None => default_base(),
    };
    let Some(base) = base else {
        println!("ratchet: no base commit here, so nothing to compare with");
        return Ok(());
    };
    let before = at_commit(&base)?;
    let now = in_tree()?;
    let short = base.get(..12).unwrap_or(&base);
    println!("ratchet: {} lists against {short}", now.lists.len());
    let faults = faults(&before, &now);
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("\n       ").into())
    }
}

fn git(arguments: &[&str]) -> Result<String, Box<dyn std::error::Error>> {
    let text = workspace::output(Command::new("git").current_dir(workspace::root()).args(arguments))?;
    Ok(text.trim_end().to_owned())
}

/// The merge base with the upstream branch, where that is behind us; else the first parent; `None` in a repository of one commit or
/// a clone that holds no more.
fn default_base() -> Option<String> {
    let head = git(&["rev-parse", "HEAD"]).ok()?;
    ["@{upstream}", "origin/HEAD", "origin/main", "main"]
        .iter()
        .filter_map(|name| git(&["merge-base", "HEAD", name]).ok())
        .find(|base| *base != head)
        .or_else(|| git(&["rev-parse", "--verify", "--quiet", "HEAD^1"]).ok())
}

fn at_commit(commit: &str) -> Result<State, Box<dyn std::error::Error>> {
    let names = git(&["ls-tree", "-r", "--name-only", commit])?;
    let mut files = Files::new();
    for path in names.lines().filter(|path| is_relevant(path)) {
        files.insert(path.to_owned(), git(&["show", &format!("{commit}:{path}")])?);
    }
    Ok(State::of(&files))
}

fn in_tree() -> Result<State, Box<dyn std::error::Error>> {
    let names = git(&["ls-files", "--cached", "--others", "--exclude-standard"])?;
    let mut files = Files::new();
    for path in names.lines().filter(|path| is_relevant(path)) {
        // A file that is deleted and not yet committed is still named.
        if let Ok(text) = std::fs::read_to_string(workspace::root().join(path)) {
            files.insert(path.to_owned(), text);
        }
    }
    Ok(State::of(&files))
}

fn is_relevant(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or(path);
    path.contains("/tests/conformance/") && (file == LIST || file.ends_with(".rs"))
}

impl State {
    fn of(files: &Files) -> Self {
        let mut state = Self::default();
        for (path, text) in files {
            if let Some(folder) = path.strip_suffix(LIST) {
                let suite = folder
                    .trim_end_matches('/')
                    .rsplit('/')
                    .next()
                    .unwrap_or_default();
                let ids = text
                    .lines()
                    .map(|line| line.split(" | ").next().unwrap_or(line).trim().to_owned());
                state
                    .lists
                    .entry(suite.to_owned())
                    .or_default()
                    .extend(ids.filter(|id| !id.is_empty()));
            } else {
                state.pins.extend(pins(files, path, text));
            }
        }
        state
    }
}

/// The pins that a source file declares: after `name: "SUITE"` the next `pinned: N`, where N may be a constant of the file
/// or, as `module::NAME`, of another in the same folder.
fn pins(files: &Files, path: &str, source: &str) -> Vec<(String, String)> {
    let mut pins = Vec::new();
    for declaration in source.split("name: \"").skip(1) {
        let Some((name, rest)) = declaration.split_once('"') else {
            continue;
        };
        let Some((_, after)) = rest.split_once("pinned") else {
            continue;
        };
        let value: String = after
            .trim_start_matches([':', ' '])
            .chars()
            .take_while(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | ':'))
            .collect();
        let number = match value.rsplit_once("::") {
            _ if value.starts_with(|char: char| char.is_ascii_digit()) => Some(value.replace('_', "")),
            None if value.is_empty() => constant(source, "pinned"),
            None => constant(source, &value),
            Some((module, constant_name)) => {
                let module = module.rsplit("::").next().unwrap_or(module);
                let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let homes = [
                    format!("{folder}/{module}.rs"),
                    format!("{folder}/{module}/mod.rs"),
                ];
                homes
                    .iter()
                    .filter_map(|home| files.get(home))
                    .find_map(|text| constant(text, constant_name))
            }
        };
        pins.extend(number.map(|number| (name.to_owned(), number)));
    }
    pins
}

fn constant(source: &str, name: &str) -> Option<String> {
    let (_, after) = source.split_once(&format!("const {name}: usize = "))?;
    let (number, _) = after.split_once(';')?;
    Some(number.trim().replace('_', ""))
}

fn faults(before: &State, now: &State) -> Vec<String> {
    let empty = BTreeSet::new();
    let mut faults = Vec::new();
    for (suite, ids) in &now.lists {
        if !now.pins.contains_key(suite) {
            faults.push(format!("{suite}: no pin was found beside its list"));
        }
        let known_before = before.lists.contains_key(suite) || before.pins.contains_key(suite);
        let pin_moved = before.pins.get(suite) != now.pins.get(suite);
        if !known_before || pin_moved {
            continue;
        }
        let added: Vec<_> = ids
            .difference(before.lists.get(suite).unwrap_or(&empty))
            .collect();
        faults.extend(
            added
                .iter()
                .map(|id| format!("{suite}: {id} was added to the expected failures")),
        );
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "room/tests/conformance/fml/expected-failures.txt";
    const MAIN: &str = "room/tests/conformance/main.rs";

    fn state(list: Option<&str>, pin: Option<usize>) -> State {
        let mut files = Files::new();
        if let Some(list) = list {
            files.insert(PATH.to_owned(), list.to_owned());
        }
        if let Some(pin) = pin {
            let source = format!("Suite {{ name: \"fml\", pinned: {pin}, list: LIST }}");
            files.insert(MAIN.to_owned(), source);
        }
        State::of(&files)
    }

    #[test]
    fn a_line_added_is_refused() {
        let before = state(Some("a | x\n"), Some(5));
        let now = state(Some("a | x\nb | y\n"), Some(5));
        assert_eq!(
            faults(&before, &now),
            ["fml: b was added to the expected failures"]
        );
        assert!(faults(&now, &before).is_empty(), "a list may shrink");
    }

    #[test]
    fn another_reason_for_a_line_is_not_a_new_line() {
        assert!(faults(&state(Some("a | x\n"), Some(5)), &state(Some("a | y\n"), Some(5))).is_empty());
    }

    #[test]
    fn a_moved_pin_or_a_new_suite_may_bring_lines() {
        assert!(faults(&state(Some("a | x\n"), Some(5)), &state(Some("b | y\n"), Some(6))).is_empty());
        assert!(faults(&State::default(), &state(Some("b | y\n"), Some(6))).is_empty());
    }

    #[test]
    fn a_suite_that_had_no_list_had_an_empty_one() {
        assert_eq!(
            faults(&state(None, Some(5)), &state(Some("b | y\n"), Some(5))).len(),
            1
        );
    }

    #[test]
    fn pins_are_numbers_constants_or_the_short_form() {
        let source = "const CASES: usize = 1_086;\nconst pinned: usize = 7;
            Suite { name: \"one\", pinned: 12_000, list }
            Suite { name: \"two\", list, pinned: CASES }
            Suite { name: \"three\", pinned, list }
            Suite { name: \"four\", pinned: official::PINNED, list }";
        let official = "pub(crate) const PINNED: usize = 291;".to_owned();
        let files = Files::from([("room/tests/conformance/official/mod.rs".to_owned(), official)]);
        let expected = [("one", "12000"), ("two", "1086"), ("three", "7"), ("four", "291")];
        assert_eq!(
            pins(&files, MAIN, source),
            expected.map(|(name, pin)| (name.to_owned(), pin.to_owned()))
        );
    }

    #[test]
    fn a_list_without_a_pin_is_refused() {
        assert_eq!(
            faults(&State::default(), &state(Some("a | x\n"), None)),
            ["fml: no pin was found beside its list"]
        );
    }

    #[test]
    fn only_the_conformance_folders_count() {
        assert!(is_relevant(PATH) && is_relevant(MAIN));
        assert!(!is_relevant("room/src/main.rs"));
        assert!(!is_relevant("room/tests/data/expected-failures.txt"));
    }
}
