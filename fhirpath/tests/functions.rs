//! The lists of functions in the sources: each example must give what it says.
#![allow(missing_docs, reason = "a test")]

use std::fs;
use std::path::Path;

use carewire_fhirpath::{Context, Item, NoNode, compile};

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
