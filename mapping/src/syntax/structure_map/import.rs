//! From a StructureMap resource to the text of the language.

use std::fmt;

use carewire_fhir_model::{Document, Node, ValueKind};

use super::export::{batch_parts, rule_parts};
use super::{CONSTANT, EXPRESSION, EXTENSION, METADATA, Release, SHORT, STATEMENT, UNNAMED};
use crate::syntax::render::{name_text, quoted, render};
use crate::syntax::{Batch, ConceptMap, Statement};

/// Why JSON is no StructureMap. It holds no text of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StructureMapError {
    reason: &'static str,
    offset: Option<usize>,
}

impl StructureMapError {
    /// The byte at which it was noticed, where there is one.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.offset
    }
}

impl fmt::Display for StructureMapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason)
    }
}

impl std::error::Error for StructureMapError {}

/// Rules nested deeper than this are refused, as in a text.
const DEEPEST: usize = 64;

/// Reads a StructureMap resource, of R4 or R5, as JSON and gives it as text, in the layout of [`render`](super::super::render).
///
/// What was written by [`to_structure_map`](super::to_structure_map) comes back as it was. What the resource says wrongly, such as an expression that
/// is none, stands in the text and is found when that is parsed.
///
/// # Errors
///
/// [`StructureMapError`] if the bytes are no StructureMap, or its rules nest too deep.
pub fn from_structure_map(json: &[u8]) -> Result<String, StructureMapError> {
    let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let read = Document::from_json(json).map_err(|error| StructureMapError {
        reason: "the map is no JSON",
        offset: Some(error.offset()),
    })?;
    let root = read.document.root();
    let is_map = root
        .type_id()
        .is_some_and(|type_id| type_id.name() == "StructureMap");
    if !is_map {
        return Err(StructureMapError {
            reason: "the resource is no StructureMap",
            offset: None,
        });
    }
    let mut writer = Writer { out: String::new() };
    writer.map(root)?;
    let parsed = crate::syntax::parse("", &writer.out);
    if parsed.diagnostics.is_empty() {
        return Ok(render(&parsed.map));
    }
    Ok(writer.out)
}

struct Writer {
    out: String,
}

/// The text of a child.
fn text(node: Node<'_>, name: &str) -> Option<String> {
    node.child(name)?.text().map(|text| text.into_owned())
}

/// The values of one of our extensions.
fn extensions(node: Node<'_>, name: &str) -> Vec<String> {
    let url = format!("{EXTENSION}{name}");
    node.children_named("extension")
        .filter(|one| text(*one, "url").as_deref() == Some(&url))
        .filter_map(|one| Some(value_of(one)?.text()?.into_owned()))
        .collect()
}

fn single(text: &str) -> String {
    quoted(text, '\'')
}

fn double(text: &str) -> String {
    quoted(text, '"')
}

/// An element or a path of them: what is neither words with dots nor in backticks is put in backticks.
fn element_text(element: &str) -> String {
    if element.contains('`') {
        return element.to_owned();
    }
    let words: Vec<String> = element.split('.').map(name_text).collect();
    words.join(".")
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn documentation(&mut self, node: Node<'_>) {
        if let Some(text) = text(node, "documentation") {
            for line in text.lines() {
                self.line(&format!("// {}", line.trim()));
            }
        }
    }

    fn map(&mut self, root: Node<'_>) -> Result<(), StructureMapError> {
        for child in root.children() {
            let own = matches!(
                child.name(),
                "contained"
                    | "extension"
                    | "modifierExtension"
                    | "structure"
                    | "import"
                    | "const"
                    | "group"
                    | "text"
                    | "meta"
            );
            if !own {
                self.metadata(child);
            }
        }
        for line in extensions(root, METADATA) {
            self.line(&format!("/// {line}"));
        }
        for contained in root.children_named("contained") {
            if contained
                .type_id()
                .is_some_and(|type_id| type_id.name() == "ConceptMap")
            {
                self.concept_map(contained);
            }
        }
        for structure in root.children_named("structure") {
            self.documentation(structure);
            let alias = text(structure, "alias")
                .map_or(String::new(), |alias| format!(" alias {}", name_text(&alias)));
            let url = double(&text(structure, "url").unwrap_or_default());
            let mode = text(structure, "mode").unwrap_or_else(|| "source".to_owned());
            self.line(&format!("uses {url}{alias} as {mode}"));
        }
        for import in root.children_named("import") {
            let url = double(&import.text().unwrap_or_default());
            self.line(&format!("imports {url}"));
        }
        for constant in extensions(root, CONSTANT) {
            self.line(&format!("let {constant};"));
        }
        for constant in root.children_named("const") {
            let name = name_text(&text(constant, "name").unwrap_or_default());
            let value = text(constant, "value").unwrap_or_default();
            self.line(&format!("let {name} = {value};"));
        }
        root.children_named("group")
            .try_for_each(|group| self.group(group))
    }

    /// A metadata line, and those of what is below it.
    fn metadata(&mut self, node: Node<'_>) {
        let mut work = vec![(String::new(), node)];
        while let Some((above, node)) = work.pop() {
            let path = format!("{above}{}", name_text(node.key()));
            let value = match (node.text(), node.value_kind()) {
                (None, _) => String::new(),
                (Some(text), ValueKind::Number | ValueKind::Boolean) => format!(" {text}"),
                (Some(text), _)
                    if text.contains('\n') && !text.contains("\"\"\"") && !text.ends_with('"') =>
                {
                    format!(" \"\"\"\n{text}\n\"\"\"")
                }
                (Some(text), _) => format!(" {}", single(&text)),
            };
            self.line(&format!("/// {path} ={value}"));
            let mut below: Vec<_> = node.children().map(|child| (format!("{path}."), child)).collect();
            below.reverse();
            work.extend(below);
        }
    }

    fn concept_map(&mut self, node: Node<'_>) {
        if let Some(own) = extensions(node, STATEMENT).first() {
            let parsed = crate::syntax::parse("", own);
            if let ([only], true) = (parsed.map.concept_maps.as_slice(), parsed.diagnostics.is_empty())
                && is_same_map(only, node)
            {
                self.line(own);
                return;
            }
        }
        let url = text(node, "url").or_else(|| text(node, "id")).unwrap_or_default();
        self.line(&format!("conceptmap {} {{", double(&url)));
        let (mut prefixes, mut body) = (Vec::new(), String::new());
        let mut prefix = |system: Option<String>, letter: char| {
            let system = system.unwrap_or_default();
            let at = prefixes
                .iter()
                .position(|(known, _)| *known == (system.clone(), letter));
            let at = at.unwrap_or_else(|| {
                prefixes.push(((system, letter), prefixes.len()));
                prefixes.len() - 1
            });
            format!("{letter}{at}")
        };
        let mut unmapped = String::new();
        for group in node.children_named("group") {
            let source = prefix(text(group, "source"), 's');
            let to = prefix(text(group, "target"), 't');
            for element in group.children_named("element") {
                let code = double(&text(element, "code").unwrap_or_default());
                let targets: Vec<Node<'_>> = element.children_named("target").collect();
                for target in &targets {
                    let relation = text(*target, "equivalence").or_else(|| text(*target, "relationship"));
                    match (
                        text(*target, "code"),
                        mark(relation.as_deref().unwrap_or_default()),
                    ) {
                        (None, _) | (_, "--") => body.push_str(&format!("{source}:{code} --\n")),
                        (Some(target), mark) => {
                            body.push_str(&format!("{source}:{code} {mark} {to}:{}\n", double(&target)));
                        }
                    }
                }
                if targets.is_empty() {
                    body.push_str(&format!("{source}:{code} --\n"));
                }
            }
            if let Some(mode) = group.child("unmapped") {
                let line = match text(mode, "code") {
                    Some(code) => format!("fixed {}", double(&code)),
                    None => "provided".to_owned(),
                };
                unmapped.push_str(&format!("unmapped for {source} = {line}\n"));
            }
        }
        for ((system, letter), at) in prefixes {
            self.line(&format!("prefix {letter}{at} = {}", double(&system)));
        }
        self.line(&unmapped);
        self.line(&body);
        self.line("}");
    }

    fn group(&mut self, group: Node<'_>) -> Result<(), StructureMapError> {
        self.documentation(group);
        let inputs: Vec<String> = group
            .children_named("input")
            .map(|input| {
                let of = text(input, "type").map_or(String::new(), |of| format!(" : {}", name_text(&of)));
                let mode = text(input, "mode").unwrap_or_default();
                format!(
                    "{mode} {}{of}",
                    name_text(&text(input, "name").unwrap_or_default())
                )
            })
            .collect();
        let extends =
            text(group, "extends").map_or(String::new(), |base| format!(" extends {}", name_text(&base)));
        let mode = match text(group, "typeMode").as_deref() {
            Some("types") => " <<types>>",
            Some("type-and-types") => " <<type+>>",
            _ => "",
        };
        let name = name_text(&text(group, "name").unwrap_or_default());
        self.line(&format!("group {name}({}){extends}{mode} {{", inputs.join(", ")));
        self.rules(group, 1)?;
        self.line("}");
        Ok(())
    }

    fn rules(&mut self, parent: Node<'_>, depth: usize) -> Result<(), StructureMapError> {
        if depth > DEEPEST {
            return Err(StructureMapError {
                reason: "rules nest deeper than the limit",
                offset: Some(parent.offset()),
            });
        }
        let rules: Vec<Node<'_>> = parent.children_named("rule").collect();
        let mut at = 0;
        while let Some(rule) = rules.get(at) {
            self.documentation(*rule);
            let own = extensions(*rule, STATEMENT);
            let own = own
                .first()
                .and_then(|text| Some((text.as_str(), statement(text)?)));
            match own {
                Some((text, Statement::Batch(batch))) => {
                    let count = batch.elements.len();
                    let is_own = rules
                        .get(at..at + count)
                        .is_some_and(|rules| is_batch(rules, text, &batch));
                    if is_own {
                        self.line(text);
                        at += count;
                        continue;
                    }
                    self.rule(*rule, None, depth)?;
                }
                Some((text, Statement::Ignore(_))) if rule.child("target").is_none() => self.line(text),
                Some((text, Statement::Rule(parsed))) => {
                    let is_own = [Release::R4, Release::R5].into_iter().any(|release| {
                        let (sources, targets, dependents) = rule_parts(&parsed, release);
                        same(*rule, "source", &sources)
                            && same(*rule, "target", &targets)
                            && same(*rule, "dependent", &dependents)
                    });
                    self.rule(*rule, is_own.then_some(text), depth)?;
                }
                _ => self.rule(*rule, None, depth)?,
            }
            at += 1;
        }
        Ok(())
    }

    /// A rule, by its own text up to what is inside, else by its elements.
    fn rule(&mut self, rule: Node<'_>, head: Option<&str>, depth: usize) -> Result<(), StructureMapError> {
        let mut has_block = rule.child("rule").is_some();
        let head = match head {
            Some(head) => {
                has_block |= head.ends_with('{');
                head.to_owned()
            }
            None => rule_head(rule, has_block),
        };
        let name = text(rule, "name")
            .filter(|_| extensions(rule, UNNAMED).is_empty())
            .map_or(String::new(), |name| format!(" {}", double(&name)));
        if has_block {
            self.line(&head);
            self.rules(rule, depth + 1)?;
            self.line(&format!("}}{name};"));
        } else {
            self.line(&format!("{head}{name};"));
        }
        Ok(())
    }
}

/// Whether the children of a name are what was written there.
fn same(node: Node<'_>, name: &str, written: &[String]) -> bool {
    let there: Vec<Node<'_>> = node.children_named(name).collect();
    there.len() == written.len()
        && there.iter().zip(written).all(|(there, written)| {
            Document::from_json(written.as_bytes()).is_ok_and(|read| {
                Document::from_json(there.to_json().as_bytes())
                    .is_ok_and(|own| own.document.root().is_equivalent(read.document.root()))
            })
        })
}

fn is_same_map(map: &ConceptMap, node: Node<'_>) -> bool {
    [Release::R4, Release::R5]
        .into_iter()
        .any(|release| same(node, "group", &super::concept_map::groups(map, release)))
}

/// The statement that an extension holds: of a rule its text up to what is inside.
fn statement(text: &str) -> Option<Statement> {
    let end = match text.trim_end().chars().last()? {
        '{' => "};",
        ';' => "",
        _ => ";",
    };
    let whole = format!("group g(source a, target b) {{ src -> tgt; {text}\n{end} }}");
    let mut parsed = crate::syntax::parse("", &whole);
    if !parsed.diagnostics.is_empty() {
        return None;
    }
    let mut rules = parsed.map.groups.pop()?.rules;
    let last = rules.pop()?;
    (rules.len() == 1).then_some(last)
}

/// The text of a rule from its elements, up to what is inside.
fn rule_head(rule: Node<'_>, has_block: bool) -> String {
    let sources: Vec<Node<'_>> = rule.children_named("source").collect();
    let targets: Vec<Node<'_>> = rule.children_named("target").collect();
    let mut out = match (&*sources, &*targets) {
        ([source], [target])
            if is_short(*source, *target) && rule.child("dependent").is_none() && !has_block =>
        {
            return format!("{} -> {}", path(*source), path(*target));
        }
        _ => sources
            .iter()
            .map(|source| source_text(*source))
            .collect::<Vec<_>>()
            .join(", "),
    };
    if !targets.is_empty() {
        let targets: Vec<String> = targets.iter().map(|target| target_text(*target)).collect();
        out.push_str(" -> ");
        out.push_str(&targets.join(", "));
    }
    let dependents: Vec<String> = rule
        .children_named("dependent")
        .map(|dependent| {
            let arguments: Vec<String> = dependent
                .children_named("parameter")
                .map(parameter_text)
                .chain(
                    dependent
                        .children_named("variable")
                        .filter_map(|variable| variable.text().map(|text| text.into_owned())),
                )
                .collect();
            format!(
                "{}({})",
                name_text(&text(dependent, "name").unwrap_or_default()),
                arguments.join(", ")
            )
        })
        .collect();
    if !dependents.is_empty() || has_block {
        out.push_str(" then ");
        out.push_str(&dependents.join(", "));
    }
    if has_block {
        out.push_str(" {");
    }
    out
}

/// Whether these rules are those that a batch of this text was written as.
fn is_batch(rules: &[Node<'_>], text: &str, batch: &Batch) -> bool {
    [Release::R4, Release::R5].into_iter().any(|release| {
        rules
            .iter()
            .zip(&batch_parts(batch, release))
            .all(|(rule, (source, target))| {
                extensions(*rule, STATEMENT)
                    .first()
                    .is_some_and(|own| own == text)
                    && same(*rule, "source", std::slice::from_ref(source))
                    && same(*rule, "target", std::slice::from_ref(target))
            })
    })
}

/// Whether a source and a target are those of the short form, as it is written by the reference implementation.
fn is_short(source: Node<'_>, target: Node<'_>) -> bool {
    let variable = |node| text(node, "variable").as_deref() == Some(SHORT);
    let is_plain = |node: Node<'_>, others: &[&str]| {
        node.children().all(|child| {
            matches!(child.key(), "context" | "contextType" | "element" | "variable")
                || others.contains(&child.key())
        })
    };
    variable(source)
        && variable(target)
        && is_plain(source, &[])
        && is_plain(target, &["transform"])
        && text(target, "transform").as_deref() == Some("create")
}

fn path(node: Node<'_>) -> String {
    let context = name_text(&text(node, "context").unwrap_or_default());
    match text(node, "element") {
        Some(element) => format!("{context}.{}", element_text(&element)),
        None => context,
    }
}

fn source_text(source: Node<'_>) -> String {
    let mut out = path(source);
    if let Some(of) = text(source, "type") {
        out.push_str(&format!(" : {}", name_text(&of)));
    }
    let (min, max) = (text(source, "min"), text(source, "max"));
    if min.is_some() || max.is_some() {
        let (min, max) = (min.unwrap_or("0".to_owned()), max.unwrap_or("*".to_owned()));
        out.push_str(&format!(" {min}..{max}"));
    }
    if let Some(default) = source
        .children()
        .find(|child| child.key().starts_with("defaultValue"))
    {
        let value = default.text().unwrap_or_default();
        // R5 has an expression there, R4 a constant of some type.
        let value = match (default.key(), default.value_kind()) {
            ("defaultValue", _) | (_, ValueKind::Number | ValueKind::Boolean) => value.into_owned(),
            ("defaultValueDate" | "defaultValueDateTime" | "defaultValueInstant", _) => format!("@{value}"),
            ("defaultValueTime", _) => format!("@T{value}"),
            _ => single(&value),
        };
        out.push_str(&format!(" default ({value})"));
    }
    if let Some(mode) = text(source, "listMode") {
        out.push_str(&format!(" {mode}"));
    }
    if let Some(variable) = text(source, "variable") {
        out.push_str(&format!(" as {}", name_text(&variable)));
    }
    for (key, word) in [("condition", "where"), ("check", "check"), ("logMessage", "log")] {
        if let Some(value) = text(source, key) {
            out.push_str(&format!(" {word} ({value})"));
        }
    }
    out
}

fn target_text(target: Node<'_>) -> String {
    let name = text(target, "transform");
    let parameters: Vec<Node<'_>> = target.children_named("parameter").collect();
    let call = |name: &str| {
        let last = parameters.len().saturating_sub(1);
        let arguments: Vec<String> = parameters
            .iter()
            .enumerate()
            .map(|(at, one)| {
                // The second parameter of `evaluate` is an expression in a string.
                if name == "evaluate" && at == last {
                    value_of(*one)
                        .and_then(|value| value.text())
                        .unwrap_or_default()
                        .into_owned()
                } else {
                    parameter_text(*one)
                }
            })
            .collect();
        match (name, arguments.as_slice()) {
            ("evaluate", [only]) => format!("({only})"),
            ("copy", [only]) => only.clone(),
            _ => format!("{}({})", name_text(name), arguments.join(", ")),
        }
    };
    let value = name.as_deref().map(call);
    let mut out = match (target.child("context").is_some(), value) {
        (true, Some(value)) => format!("{} = {value}", path(target)),
        (true, None) => path(target),
        (false, Some(value)) => value,
        (false, None) => String::new(),
    };
    if let Some(variable) = text(target, "variable") {
        out.push_str(&format!(" as {}", name_text(&variable)));
    }
    if let Some(mode) = target
        .children_named("listMode")
        .next()
        .and_then(|mode| mode.text())
    {
        out.push_str(&format!(" {mode}"));
        if mode == "share" {
            out.push_str(&format!(
                " {}",
                name_text(&text(target, "listRuleId").unwrap_or_default())
            ));
        }
    }
    out
}

fn value_of(parameter: Node<'_>) -> Option<Node<'_>> {
    parameter
        .children()
        .find(|child| child.name() == "value" || child.key().starts_with("value"))
}

fn parameter_text(parameter: Node<'_>) -> String {
    let Some(value) = value_of(parameter) else {
        return "{}".to_owned();
    };
    let text = value.text().unwrap_or_default();
    match value.key() {
        "valueId" => name_text(&text),
        "valueDate" | "valueDateTime" => format!("@{text}"),
        "valueTime" => format!("@T{text}"),
        "valueString" if extensions(parameter, EXPRESSION).is_empty() => single(&text),
        _ => text.into_owned(),
    }
}

/// The mark of a relation, of R4's words or R5's.
fn mark(relation: &str) -> &'static str {
    match relation {
        "equivalent" => "=",
        "equal" => "==",
        "wider" | "source-is-narrower-than-target" => "<=",
        "subsumes" => "<-",
        "narrower" | "source-is-broader-than-target" => ">=",
        "specializes" => ">-",
        "inexact" => "~",
        "disjoint" | "not-related-to" => "!=",
        "unmatched" => "--",
        _ => "-",
    }
}
