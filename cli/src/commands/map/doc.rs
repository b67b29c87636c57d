//! `carewire map doc`: maps as a page for people.

use std::path::PathBuf;

use carewire_mapping::syntax::{ConceptMap, Group, Map, ParameterMode, Path, Rule, Statement};
use clap::Args;

use crate::commands::maps;
use crate::failure::Failure;
use crate::output::{Output, Status};

#[derive(Args)]
#[command(
    after_help = "The page is Markdown: for each map its metadata, what it reads and makes, its groups with a row a rule, and its concept maps. Comments before \
    a group or a rule stand beside it.\n\n\
    Example: carewire map doc maps > maps.md"
)]
pub(crate) struct Arguments {
    /// Maps, or folders of them.
    #[arg(value_name = "MAP", required = true)]
    maps: Vec<PathBuf>,
}

/// Writes the page.
pub(crate) fn run(arguments: &Arguments) -> Result<Status, Failure> {
    let mut output = Output::standard();
    let mut status = Status::Good;
    for (name, text) in maps::files(&arguments.maps)? {
        let Some(map) = maps::parsed(&name, &text) else {
            status = Status::Errors;
            continue;
        };
        output.write(page(&name, &map, &text).as_bytes());
    }
    output.finish()?;
    Ok(status)
}

fn page(file: &str, map: &Map, text: &str) -> String {
    let title = map
        .metadata_text("title")
        .or_else(|| map.metadata_text("name"))
        .or_else(|| {
            map.declaration
                .as_ref()
                .map(|declared| declared.name.value.as_str())
        })
        .unwrap_or(file);
    let mut out = format!("# {title}\n\n");
    if let Some(description) = map.metadata_text("description") {
        out.push_str(&format!("{description}\n\n"));
    }
    if let Some(url) = map.url() {
        out.push_str(&format!("- url: `{url}`\n"));
    }
    for line in &map.metadata {
        let name = line.name();
        if let Some(value) = line
            .value
            .as_ref()
            .filter(|_| !matches!(name.as_str(), "title" | "description" | "url"))
        {
            out.push_str(&format!("- {name}: {}\n", cell(&value.value)));
        }
    }
    for structure in &map.structures {
        let alias = structure
            .alias
            .as_ref()
            .map_or(String::new(), |alias| format!(" as `{}`", alias.text));
        let mode = format!("{:?}", structure.mode).to_lowercase();
        out.push_str(&format!("- {mode}: `{}`{alias}\n", structure.url.value));
    }
    for import in &map.imports {
        out.push_str(&format!("- imports: `{}`\n", import.url.value));
    }
    out.push('\n');
    for group in &map.groups {
        out.push_str(&group_text(map, group, text));
    }
    for concept_map in &map.concept_maps {
        out.push_str(&concept_map_text(concept_map));
    }
    out
}

fn group_text(map: &Map, group: &Group, text: &str) -> String {
    let parameters: Vec<String> = group
        .parameters
        .iter()
        .map(|parameter| {
            let mode = match parameter.mode {
                ParameterMode::Source => "source",
                ParameterMode::Target => "target",
            };
            let of = parameter
                .type_name
                .as_ref()
                .map_or(String::new(), |of| format!(" : {}", of.text));
            format!("{mode} {}{of}", parameter.name.text)
        })
        .collect();
    let mut out = format!("## {}\n\n`({})`", group.name.text, parameters.join(", "));
    if let Some(base) = &group.extends {
        out.push_str(&format!(", with the rules of `{}`", base.text));
    }
    out.push_str("\n\n");
    // What stands directly before the group.
    let before = documentation(map, group.span.start, text);
    if !before.is_empty() {
        out.push_str(&format!("{before}\n\n"));
    }
    out.push_str("| line | reads | makes | then | remark |\n| --- | --- | --- | --- | --- |\n");
    rows(map, &group.rules, text, 0, &mut out);
    out.push('\n');
    out
}

/// The comments whose lines stand directly before an offset.
fn documentation(map: &Map, before: u32, text: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    let mut at = before as usize;
    for comment in map
        .comments
        .iter()
        .rev()
        .filter(|comment| comment.span.start < before && !comment.trailing)
    {
        let between = text.get(comment.span.end as usize..at).unwrap_or("-");
        if !between.trim().is_empty() {
            break;
        }
        at = comment.span.start as usize;
        lines.push(comment.text.trim_start_matches('/').trim());
    }
    lines.reverse();
    lines.join(" ")
}

/// A row for each rule; those inside another follow it, indented.
fn rows(map: &Map, statements: &[Statement], text: &str, depth: usize, out: &mut String) {
    for statement in statements {
        let (span, row, inner) = match statement {
            Statement::Rule(rule) => (rule.span, rule_row(rule, text), rule.rules.as_deref()),
            Statement::Batch(batch) => {
                let names: Vec<&str> = batch.elements.iter().map(|name| name.text.as_str()).collect();
                let side = |path: &Path| format!("`{}`: {}", path.context.text, names.join(", "));
                (
                    batch.span,
                    [side(&batch.source), side(&batch.target), String::new()],
                    None,
                )
            }
            Statement::Ignore(ignore) => {
                let paths: Vec<String> = ignore
                    .paths
                    .iter()
                    .map(|path| code(slice(text, path.span)))
                    .collect();
                let left_out = format!("nothing: {}", cell(&ignore.reason.value));
                (ignore.span, [paths.join(", "), left_out, String::new()], None)
            }
        };
        let line = text
            .get(..span.start as usize)
            .map_or(0, |before| before.matches('\n').count())
            + 1;
        let indent = "&nbsp;&nbsp;".repeat(depth);
        let [reads, makes, then] = row;
        let remark = cell(&documentation(map, span.start, text));
        out.push_str(&format!(
            "| {line} | {indent}{reads} | {makes} | {then} | {remark} |\n"
        ));
        if let Some(inner) = inner {
            rows(map, inner, text, depth + 1, out);
        }
    }
}

fn rule_row(rule: &Rule, text: &str) -> [String; 3] {
    let mut reads: Vec<String> = rule
        .sources
        .iter()
        .map(|source| code(slice(text, source.span)))
        .collect();
    if rule.is_else
        && let Some(first) = reads.first_mut()
    {
        *first = format!("else {first}");
    }
    let makes: Vec<String> = rule
        .targets
        .iter()
        .map(|target| code(slice(text, target.span)))
        .collect();
    let then: Vec<String> = rule
        .invocations
        .iter()
        .map(|call| code(slice(text, call.span)))
        .collect();
    [reads.join(", "), makes.join("<br>"), then.join(", ")]
}

fn slice(text: &str, span: carewire_mapping::Span) -> &str {
    text.get(span.start as usize..span.end as usize)
        .unwrap_or_default()
}

/// Text of the map as code in a cell.
fn code(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("`{}`", one_line.replace('|', "\\|").replace('`', "'"))
}

/// Text in a cell.
fn cell(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}

fn concept_map_text(map: &ConceptMap) -> String {
    let mut out = format!("## Concept map `{}`\n\n", map.url.value);
    for prefix in &map.prefixes {
        out.push_str(&format!("- {}: `{}`\n", prefix.name.text, prefix.system.value));
    }
    out.push_str("\n| code | relation | becomes | display |\n| --- | --- | --- | --- |\n");
    for mapping in &map.mappings {
        let to = mapping.target.as_ref().map_or(String::new(), |target| {
            format!("{}:{}", target.prefix.text, target.code.value)
        });
        let display = mapping
            .display
            .as_ref()
            .map_or("", |display| display.value.as_str());
        out.push_str(&format!(
            "| {}:{} | `{}` | {} | {} |\n",
            mapping.source.prefix.text,
            cell(&mapping.source.code.value),
            mapping.relation.mark(),
            cell(&to),
            cell(display)
        ));
    }
    out.push('\n');
    out
}
