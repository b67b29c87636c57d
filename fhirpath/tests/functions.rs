//! The lists of functions in the sources: each example must give what it says.
#![allow(missing_docs, clippy::panic, clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::path::Path;

use carewire_fhirpath::{Compiler, Context, Item, NoNode, compile};
use carewire_testkit::golden;

/// The examples of a file, as expression and result.
fn examples(source: &str) -> Vec<(String, String)> {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    lines
        .skip_while(|line| line.trim() != "```text")
        .skip(1)
        .take_while(|line| line.trim() != "```")
        .filter_map(|line| line.split_once(" => "))
        .map(|(expression, result)| (expression.trim().to_owned(), result.trim().to_owned()))
        .collect()
}

fn shown(items: &[Item<'_, NoNode>]) -> Vec<(String, String)> {
    let one = |item: &Item<'_, NoNode>| {
        (
            item.type_name().to_string(),
            item.text().unwrap_or_default().into_owned(),
        )
    };
    items.iter().map(one).collect()
}

/// The functions of the table in `mod.rs`: chapter, name, least and most arguments.
fn table(source: &str) -> Vec<(String, String, String, String)> {
    let (_, table) = source.split_once("\nfunctions! {\n").unwrap();
    let (table, _) = table.split_once("\n}\n").unwrap();
    let mut chapter = String::new();
    let mut found = Vec::new();
    for line in table.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        match words.as_slice() {
            [name, "{"] => chapter = (*name).to_owned(),
            ["}"] => {}
            [_, name, arguments] => {
                let (least, most) = arguments.split_once("..=").unwrap();
                let name = name.trim_matches('"');
                found.push((
                    chapter.clone(),
                    name.to_owned(),
                    least.to_owned(),
                    most.to_owned(),
                ));
            }
            _ => panic!("{line}"),
        }
    }
    // Compiled to operations of their own.
    for (chapter, name, least, most) in [
        ("Filtering", "ofType", "1", "1"),
        ("Utility", "is", "1", "1"),
        ("Utility", "as", "1", "1"),
        ("Utility", "defineVariable", "1", "2"),
    ] {
        found.push((chapter.into(), name.into(), least.into(), most.into()));
    }
    found
}

/// `FUNCTIONS.md` is made of the table and of the lists in the sources; `BLESS=1` writes it anew.
#[test]
fn the_list_of_functions_is_that_of_the_table() {
    let room = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = room.join("src/functions");
    let read = |path: &str| fs::read_to_string(folder.join(path)).unwrap();
    let functions = table(&read("mod.rs"));
    assert!(functions.len() > 100, "{} functions", functions.len());
    let mut chapters: Vec<_> = functions.iter().map(|(chapter, ..)| chapter).collect();
    chapters.dedup();
    chapters.truncate(chapters.iter().take_while(|chapter| **chapter != "Fhir").count() + 1);
    let mut list = String::from(
        "# Functions\n\nEvery function that an expression may call, by the chapters of the specification. The examples run as tests;\n\
        `error` is an error, `{}` the empty collection. This file is made of the sources by `BLESS=1 cargo test -p\n\
        carewire-fhirpath --test functions`.\n",
    );
    for chapter in chapters {
        let file = chapter.to_lowercase();
        let source = read(&format!("{file}.rs"));
        let mut all = examples(&source);
        let mut specification = source.lines().find_map(|line| line.strip_prefix("//! Spec: "));
        if file == "strings" {
            all.extend(examples(&read("strings/codec.rs")));
        }
        let title = source
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("//! "))
            .unwrap();
        let specification = specification.take().unwrap_or_else(|| panic!("{file}: no Spec"));
        let specification = specification.trim_end_matches([',', ';', '.']);
        list.push_str(&format!("\n## {title}\n\nSpec: {specification}.\n\n"));
        list.push_str("| function | arguments | example | gives |\n| --- | --- | --- | --- |\n");
        for (_, name, least, most) in functions.iter().filter(|(of, ..)| of == chapter) {
            let call = format!("{name}(");
            let calls = |expression: &str| {
                expression
                    .match_indices(&call)
                    .any(|(at, _)| !expression[..at].ends_with(|before: char| before.is_alphanumeric()))
            };
            let (expression, result) = all
                .iter()
                .find(|(expression, _)| calls(expression))
                .unwrap_or_else(|| panic!("{file}: no example of `{name}`"));
            let arguments = if least == most {
                least.clone()
            } else {
                format!("{least} to {most}")
            };
            let cell = |text: &str| text.replace('|', "\\|");
            list.push_str(&format!(
                "| `{name}` | {arguments} | `{}` | `{}` |\n",
                cell(expression),
                cell(result)
            ));
        }
    }
    golden::check(&room.join("FUNCTIONS.md"), &list);
}

#[test]
fn every_example_of_a_function_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/functions");
    let mut count = 0;
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.push(folder.join("strings/codec.rs"));
    for file in files
        .iter()
        .filter(|file| file.is_file() && !file.ends_with("mod.rs"))
    {
        let found = examples(&fs::read_to_string(file).unwrap());
        assert!(!found.is_empty(), "{}", file.display());
        for (expression, result) in found {
            count += 1;
            let program = match compile(&expression) {
                Ok(program) => program,
                Err(errors) => panic!("{expression}: {errors}"),
            };
            let given = program.evaluate_without_node::<NoNode>(&Context::new());
            let apart = Compiler::new().separate(true).compile(&expression).unwrap();
            let computed = apart.evaluate_without_node::<NoNode>(&Context::new());
            assert_eq!(
                given.as_deref().map(shown),
                computed.as_deref().map(shown),
                "{expression} gives something else when it is computed before it runs"
            );
            if result == "error" {
                assert!(given.is_err(), "{expression} gives no error");
                continue;
            }
            let given = given.unwrap_or_else(|error| panic!("{expression}: {error}"));
            let wanted: Vec<_> = if result == "{}" {
                Vec::new()
            } else {
                result
                    .split(", ")
                    .flat_map(|part| {
                        let literal = compile(part).unwrap();
                        shown(&literal.evaluate_without_node::<NoNode>(&Context::new()).unwrap())
                    })
                    .collect()
            };
            let given = shown(&given);
            if given != wanted {
                // Numbers may differ in trailing zeros and in being decimals.
                let values = |list: &[(String, String)]| {
                    list.iter()
                        .map(|(_, text)| text.parse::<f64>().ok())
                        .collect::<Vec<_>>()
                };
                assert!(
                    values(&given) == values(&wanted) && values(&given).iter().all(Option::is_some),
                    "{expression} gives {given:?}, not {wanted:?}"
                );
            }
        }
    }
    assert!(count > 100, "{count} examples");
}
