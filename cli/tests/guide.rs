//! The tutorial for map authors: its files are written, its commands run, and what they print is what it shows. `BLESS=1` writes their outputs anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod support;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use support::Folder;

/// Runs a line of a console block and gives what it prints: `carewire`, and what a reader needs of a shell.
fn console(folder: &Folder, line: &str) -> String {
    let words: Vec<String> = words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["carewire", arguments @ ..] => {
            let (arguments, files) = redirected(arguments);
            let run = folder.run(&arguments);
            let mut out = String::new();
            for (file, text) in files.iter().zip([run.stdout, run.stderr]) {
                match file {
                    Some(file) => drop(folder.file(file, text)),
                    None => out.push_str(&text),
                }
            }
            if run.status != 0 {
                if !out.is_empty() && !out.ends_with('\n') {
                    out.push('\n');
                }
                writeln!(out, "(exit status {})", run.status).unwrap();
            }
            out
        }
        ["mkdir", "-p", path] => {
            fs::create_dir_all(folder.path().join(path)).unwrap();
            String::new()
        }
        ["cp", from, to] => {
            let (from, mut to) = (folder.path().join(from), folder.path().join(to));
            if to.is_dir() {
                to = to.join(from.file_name().unwrap());
            }
            fs::copy(from, to).unwrap();
            String::new()
        }
        ["ls", path] => folder.names(path).join("\n") + "\n",
        ["cat", path] => fs::read_to_string(folder.path().join(path)).unwrap(),
        _ => panic!("{line}: no command of the guide"),
    }
}

/// What stands before `>` and `2>`, and the files that these name.
fn redirected<'w>(words: &[&'w str]) -> (Vec<&'w str>, [Option<&'w str>; 2]) {
    let (mut arguments, mut files) = (Vec::new(), [None; 2]);
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        match word {
            ">" => files[0] = words.next(),
            "2>" => files[1] = words.next(),
            word => arguments.push(word),
        }
    }
    (arguments, files)
}

/// The words of a line; single quotes hold one together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, part) in line.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// The text with what each command really prints.
fn replayed(text: &str) -> String {
    let folder = Folder::new();
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        writeln!(out, "{line}").unwrap();
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else {
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if let Some((language, name)) = info.split_once(" file=") {
            // Segments end with a carriage return; a page cannot show it.
            let end = if language == "hl7" { "\r" } else { "\n" };
            let text: String = block.iter().flat_map(|line| [line, end]).collect();
            folder.file(name, text);
        }
        if info == "console" {
            for command in block.iter().filter_map(|line| line.strip_prefix("$ ")) {
                writeln!(out, "$ {command}").unwrap();
                let printed = console(&folder, command).replace('\r', "\n");
                out.push_str(&printed);
                if !printed.is_empty() && !printed.ends_with('\n') {
                    out.push('\n');
                }
            }
        } else {
            for line in &block {
                writeln!(out, "{line}").unwrap();
            }
        }
        out.push_str("```\n");
    }
    out
}

#[test]
fn every_command_of_the_tutorial_prints_what_it_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mapping/GUIDE.md");
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.matches("\n$ carewire map ").count() > 8,
        "the guide runs the tools"
    );
    carewire_testkit::golden::check(&path, &replayed(&text));
}
