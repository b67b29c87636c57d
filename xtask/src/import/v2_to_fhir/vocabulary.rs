//! The guide's concept maps as files of the mapping language.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use super::Failure;
use super::emit::url_of;
use super::overlay::Overlay;
use super::report::Counts;
use super::table::{Table, identifier};
use crate::workspace;

/// One line of a concept map.
struct Line {
    source_system: String,
    source: String,
    system: String,
    target: String,
    display: String,
}

/// The text of the map of `table`, or nothing where no row has a code on both sides.
pub(super) fn map(
    table: &Table,
    overlay: &Overlay,
    tables: &Codes,
    counts: &mut Counts,
) -> Result<Option<String>, String> {
    let mut lines = Vec::new();
    let mut seen = BTreeSet::new();
    for (line, record) in &table.records {
        let cell = |at: usize| Table::cell(record, at);
        let (code, target) = (cell(0), cell(6));
        if code.is_empty() || target.is_empty() {
            counts.without += 1;
            continue;
        }
        let mut by_default = None;
        let mut made = Line {
            source_system: system_of(cell(2)),
            source: code.to_owned(),
            system: cell(9).to_owned(),
            target: target.to_owned(),
            // Some tables have the display in the column before.
            display: [cell(8), cell(7)]
                .into_iter()
                .find(|display| !display.is_empty())
                .map(|display| display.split_whitespace().collect::<Vec<_>>().join(" "))
                .unwrap_or_default(),
        };
        if made.system.is_empty()
            && let Some(decision) = overlay.table(&table.name, "system").next()
        {
            made.system.clone_from(&decision.argument);
            by_default = Some(decision);
        }
        // What the guide writes with a slash at the end is the same system.
        made.system = made.system.trim_end_matches('/').to_owned();
        match overlay
            .row(&table.name, *line)
            .map(|decision| (decision.kind.as_str(), decision))
        {
            Some(("none", decision)) => {
                counts.decided(*line, &decision.kind, "", &decision.reason);
                continue;
            }
            Some(("refuse", decision)) => {
                counts.refused(*line, &decision.reason);
                continue;
            }
            Some((kind, _)) => return Err(format!("no code can be decided by {kind}")),
            None => {}
        }
        if made.system.is_empty() {
            counts.refused(*line, "the row names no system of the target");
            continue;
        }
        if !seen.insert(made.source.clone()) {
            counts.refused(*line, "the code has a target in a row before");
            continue;
        }
        match by_default {
            Some(decision) => counts.decided(*line, &decision.kind, &decision.argument, &decision.reason),
            None => counts.generated += 1,
        }
        lines.push(made);
    }
    for decision in overlay.table(&table.name, "code") {
        let line =
            ours(&decision.argument, &lines).ok_or_else(|| format!("`{}` is no code", decision.argument))?;
        counts.added += 1;
        lines.retain(|one| one.source != line.source);
        lines.push(line);
    }
    if lines.is_empty() {
        return Ok(None);
    }
    counts.gaps = gaps(&lines, tables);
    Ok(Some(text(&table.name, &lines)))
}

/// The codes of the HL7 tables of the sources that no line translates, as `0085 O`.
fn gaps(lines: &[Line], tables: &Codes) -> Vec<String> {
    let systems: BTreeSet<&str> = lines.iter().map(|line| line.source_system.as_str()).collect();
    let known: BTreeSet<&str> = lines.iter().map(|line| line.source.as_str()).collect();
    let numbers = systems
        .into_iter()
        .filter_map(|system| system.rsplit_once("/v2-"));
    numbers
        .flat_map(|(_, number)| {
            tables
                .get(number)
                .into_iter()
                .flatten()
                .map(move |code| (number, code))
        })
        .filter(|(_, code)| !known.contains(code.as_str()))
        .map(|(number, code)| format!("{number} {code}"))
        .collect()
}

/// The codes of each HL7 table, by its number.
pub(super) type Codes = BTreeMap<String, BTreeSet<String>>;

/// Reads the tables of `hl7v2/spec`: what any version has that is a code; `...` and other words for `what the site says` are none.
pub(super) fn codes() -> Result<Codes, Failure> {
    let text = fs::read_to_string(workspace::root().join("hl7v2/spec/codes.tsv"))?;
    let mut codes = Codes::new();
    for line in text.lines().skip(1) {
        let mut cells = line.split('\t');
        if let (Some(table), Some(code)) = (cells.next(), cells.next())
            && code.chars().any(char::is_alphanumeric)
            && !code.contains(char::is_whitespace)
        {
            codes.entry(table.to_owned()).or_default().insert(code.to_owned());
        }
    }
    Ok(codes)
}

/// `CP=phone "Phone"`: the systems are those of the table's other lines; `CP=phone@SYSTEM "Phone"` names another.
fn ours(argument: &str, lines: &[Line]) -> Option<Line> {
    let (source, rest) = argument.split_once('=')?;
    let (target, display) = match rest.split_once(" \"") {
        Some((target, display)) => (target, display.strip_suffix('"')?),
        None => (rest, ""),
    };
    let first = lines.first();
    let (target, system) = match target.split_once('@') {
        Some((target, system)) => (target, system.to_owned()),
        None => (target, first?.system.clone()),
    };
    Some(Line {
        source_system: first.map_or_else(String::new, |line| line.source_system.clone()),
        source: source.to_owned(),
        system,
        target: target.to_owned(),
        display: display.to_owned(),
    })
}

/// `HL70001` is the table `v2-0001`.
fn system_of(cell: &str) -> String {
    match cell.strip_prefix("HL7") {
        Some(number) if number.len() == 4 => format!("http://terminology.hl7.org/CodeSystem/v2-{number}"),
        _ => cell.to_owned(),
    }
}

fn text(table: &str, lines: &[Line]) -> String {
    let mut text = super::head(
        "vocabulary",
        &identifier(table),
        &format!("Concept map {table} of the guide"),
        true,
    );
    let _ = writeln!(text, "conceptmap \"{}\" {{", url_of(table));
    let sources = prefixes(lines.iter().map(|line| line.source_system.as_str()), 's');
    let targets = prefixes(lines.iter().map(|line| line.system.as_str()), 't');
    for (system, prefix) in sources.iter().chain(&targets) {
        let _ = writeln!(text, "  prefix {prefix} = {}", double(system));
    }
    for line in lines {
        let source = sources
            .get(line.source_system.as_str())
            .map_or("s", String::as_str);
        let target = targets.get(line.system.as_str()).map_or("t", String::as_str);
        let _ = write!(
            text,
            "  {source}:{} - {target}:{}",
            double(&line.source),
            double(&line.target)
        );
        if !line.display.is_empty() {
            let _ = write!(text, " {}", double(&line.display));
        }
        text.push('\n');
    }
    text.push_str("}\n");
    text
}

/// A prefix for each system, in the order of the systems.
fn prefixes<'l>(systems: impl Iterator<Item = &'l str>, letter: char) -> BTreeMap<&'l str, String> {
    let systems: BTreeSet<&str> = systems.collect();
    systems
        .into_iter()
        .enumerate()
        .map(|(at, system)| match at {
            0 => (system, letter.to_string()),
            _ => (system, format!("{letter}{}", at + 1)),
        })
        .collect()
}

fn double(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_no_line_translates_are_told() {
        let line = |source: &str| Line {
            source_system: "http://terminology.hl7.org/CodeSystem/v2-0085".to_owned(),
            source: source.to_owned(),
            system: String::new(),
            target: String::new(),
            display: String::new(),
        };
        let codes = ["C", "F", "O"].map(str::to_owned);
        let tables = Codes::from([("0085".to_owned(), BTreeSet::from(codes))]);
        assert_eq!(gaps(&[line("F"), line("C")], &tables), ["0085 O"]);
        assert!(gaps(&[line("F"), line("C"), line("O")], &tables).is_empty());
    }

    #[test]
    fn the_tables_have_codes() {
        let codes = codes().unwrap_or_else(|error| panic!("{error}"));
        assert!(codes.get("0085").is_some_and(|codes| codes.contains("F")));
    }
}
