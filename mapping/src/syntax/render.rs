//! Writes a tree as text, one statement a line.

use super::ast::{
    Argument, ConceptMap, Expression, Group, Invocation, Literal, LiteralKind, Map, Metadata, ModelMode,
    Name, ParameterMode, Path, Rule, Source, SourceDefault, Statement, Target, TargetKind, TargetListMode,
    Text, Transform, TypeMode, UnmappedMode,
};
use crate::diagnostic::Span;
use crate::syntax::Comment;

/// Writes a map as text in the current form of the language.
///
/// Parsing the text again gives an equal tree. Comments stay at their statement.
#[must_use]
pub fn render(map: &Map) -> String {
    let mut writer = Writer {
        out: String::new(),
        indent: 0,
        comments: &map.comments,
        blank: false,
    };
    writer.map(map);
    writer.out
}

struct Writer<'a> {
    out: String,
    indent: usize,
    /// The comments not yet written.
    comments: &'a [Comment],
    /// Whether an empty line comes before the next.
    blank: bool,
}

impl Writer<'_> {
    fn alone() -> Self {
        Self {
            out: String::new(),
            indent: 0,
            comments: &[],
            blank: false,
        }
    }

    fn map(&mut self, map: &Map) {
        for metadata in &map.metadata {
            self.line(metadata.span, &format!("/// {}", self::metadata(metadata)));
        }
        self.blank = !map.metadata.is_empty();
        if let Some(declared) = &map.declaration {
            let plain = is_plain(&declared.name.value);
            let name = if plain {
                declared.name.value.clone().into()
            } else {
                double_quoted(&declared.name.value)
            };
            self.line(
                declared.span,
                &format!("map {} = {name}", double_quoted(&declared.url.value)),
            );
            self.blank = true;
        }
        for concept_map in &map.concept_maps {
            self.concept_map(concept_map);
            self.blank = true;
        }
        for structure in &map.structures {
            let alias = structure
                .alias
                .as_ref()
                .map_or(String::new(), |alias| format!(" alias {}", name(alias)));
            let mode = match structure.mode {
                ModelMode::Source => "source",
                ModelMode::Queried => "queried",
                ModelMode::Target => "target",
                ModelMode::Produced => "produced",
            };
            self.line(
                structure.span,
                &format!("uses {}{alias} as {mode}", double_quoted(&structure.url.value)),
            );
        }
        self.blank |= !map.structures.is_empty();
        for import in &map.imports {
            self.line(
                import.url.span,
                &format!("imports {}", double_quoted(&import.url.value)),
            );
        }
        self.blank |= !map.imports.is_empty();
        for constant in &map.constants {
            self.line(
                constant.span,
                &format!(
                    "let {} = {};",
                    name(&constant.name),
                    one_line(&constant.value.text)
                ),
            );
        }
        self.blank |= !map.constants.is_empty();
        for group in &map.groups {
            self.group(group);
            self.blank = true;
        }
        self.flush(u32::MAX);
    }

    fn concept_map(&mut self, map: &ConceptMap) {
        self.open(map.span, &format!("conceptmap {}", double_quoted(&map.url.value)));
        for prefix in &map.prefixes {
            self.line(
                prefix.span,
                &format!(
                    "prefix {} = {}",
                    name(&prefix.name),
                    double_quoted(&prefix.system.value)
                ),
            );
        }
        for unmapped in &map.unmapped {
            let mode = match &unmapped.mode {
                UnmappedMode::Provided => "provided".to_owned(),
                UnmappedMode::Fixed(code) => format!("fixed {}", double_quoted(&code.value)),
            };
            self.line(
                unmapped.span,
                &format!("unmapped for {} = {mode}", name(&unmapped.prefix)),
            );
        }
        for mapping in &map.mappings {
            let mut line = format!(
                "{}:{} {}",
                name(&mapping.source.prefix),
                double_quoted(&mapping.source.code.value),
                mapping.relation.mark()
            );
            if let Some(target) = &mapping.target {
                line.push_str(&format!(
                    " {}:{}",
                    name(&target.prefix),
                    double_quoted(&target.code.value)
                ));
            }
            if let Some(display) = &mapping.display {
                line.push_str(&format!(" {}", double_quoted(&display.value)));
            }
            self.line(mapping.span, &line);
        }
        self.close(map.span, "}");
    }

    fn group(&mut self, group: &Group) {
        let parameters: Vec<String> = group
            .parameters
            .iter()
            .map(|parameter| {
                let mode = match parameter.mode {
                    ParameterMode::Source => "source",
                    ParameterMode::Target => "target",
                };
                let type_name = parameter
                    .type_name
                    .as_ref()
                    .map_or(String::new(), |of| format!(" : {}", name(of)));
                format!("{mode} {}{type_name}", name(&parameter.name))
            })
            .collect();
        let extends = group
            .extends
            .as_ref()
            .map_or(String::new(), |base| format!(" extends {}", name(base)));
        let types = match group.type_mode {
            None => "",
            Some(TypeMode::Types) => " <<types>>",
            Some(TypeMode::TypePlus) => " <<type+>>",
        };
        self.open(
            group.span,
            &format!(
                "group {}({}){extends}{types}",
                name(&group.name),
                parameters.join(", ")
            ),
        );
        self.statements(&group.rules);
        self.close(group.span, "}");
    }

    fn statements(&mut self, statements: &[Statement]) {
        for statement in statements {
            match statement {
                Statement::Rule(rule) => self.rule(rule),
                Statement::Batch(batch) => {
                    let elements: Vec<String> = batch.elements.iter().map(name).collect();
                    let line = format!(
                        "{} -> {} : {}{};",
                        path(&batch.source),
                        path(&batch.target),
                        elements.join(", "),
                        rule_name(batch.name.as_ref())
                    );
                    self.line(batch.span, &line);
                }
                Statement::Ignore(ignore) => {
                    let paths: Vec<String> = ignore.paths.iter().map(path).collect();
                    self.line(
                        ignore.span,
                        &format!(
                            "ignore {} {};",
                            paths.join(", "),
                            double_quoted(&ignore.reason.value)
                        ),
                    );
                }
            }
        }
    }

    fn rule(&mut self, rule: &Rule) {
        let line = rule_head(rule);
        match &rule.rules {
            None => self.line(rule.span, &format!("{line}{};", rule_name(rule.name.as_ref()))),
            Some(rules) => {
                self.open(rule.span, &line);
                self.statements(rules);
                self.close(rule.span, &format!("}}{};", rule_name(rule.name.as_ref())));
            }
        }
    }

    fn open(&mut self, span: Span, text: &str) {
        self.line(span, &format!("{text} {{"));
        self.indent += 1;
    }

    fn close(&mut self, span: Span, text: &str) {
        self.flush(span.end.saturating_sub(1));
        self.indent -= 1;
        self.write(text);
    }

    fn line(&mut self, span: Span, text: &str) {
        self.flush(span.start);
        self.write(text);
    }

    /// Writes the comments before an offset: at the end of the line written last, or on lines of their own.
    fn flush(&mut self, before: u32) {
        while let Some((comment, rest)) = self.comments.split_first() {
            if comment.span.start >= before {
                break;
            }
            self.comments = rest;
            if comment.trailing && self.out.ends_with('\n') && !self.ends_with_comment() {
                self.out.pop();
                self.out.push_str(&format!(" {}\n", comment.text));
            } else {
                self.write(&comment.text);
            }
        }
    }

    /// Whether the line written last ends in a comment already.
    fn ends_with_comment(&self) -> bool {
        let last = self
            .out
            .trim_end_matches('\n')
            .rsplit('\n')
            .next()
            .unwrap_or_default();
        last.contains("//") || last.contains("*/")
    }

    fn write(&mut self, text: &str) {
        if self.blank && !self.out.is_empty() {
            self.out.push('\n');
        }
        self.blank = false;
        for _ in 0..self.indent {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }
}

/// The text of one metadata line, without the mark before it.
pub(super) fn metadata(line: &Metadata) -> String {
    let words: Vec<String> = line.path.iter().map(name).collect();
    let value = line
        .value
        .as_ref()
        .map_or(String::new(), |value| format!(" {}", literal(value)));
    format!("{} ={value}", words.join("."))
}

/// The text of one concept map.
pub(super) fn concept_map(map: &ConceptMap) -> String {
    let mut writer = Writer::alone();
    writer.concept_map(map);
    writer.out.trim_end().to_owned()
}

/// The text of one statement, with all that is inside.
pub(super) fn statement(statement: &Statement) -> String {
    let mut writer = Writer::alone();
    writer.statements(std::slice::from_ref(statement));
    writer.out.trim_end().to_owned()
}

/// The text of a rule up to what is inside, without its name; of another statement all of it.
pub(super) fn head(of: &Statement) -> String {
    match of {
        Statement::Rule(rule) if rule.rules.is_some() => format!("{} {{", rule_head(rule)),
        Statement::Rule(rule) => rule_head(rule),
        other => statement(other),
    }
}

/// The text of a rule before its block and its name.
fn rule_head(rule: &Rule) -> String {
    let sources: Vec<String> = rule.sources.iter().map(source).collect();
    let mut line = if rule.is_else {
        "else ".to_owned()
    } else {
        String::new()
    };
    line.push_str(&sources.join(", "));
    if !rule.targets.is_empty() {
        let targets: Vec<String> = rule.targets.iter().map(target).collect();
        line.push_str(" -> ");
        line.push_str(&targets.join(", "));
    }
    if !rule.invocations.is_empty() {
        let invocations: Vec<String> = rule.invocations.iter().map(invocation).collect();
        line.push_str(" then ");
        line.push_str(&invocations.join(", "));
    } else if rule.rules.is_some() {
        line.push_str(" then");
    }
    line
}

fn source(source: &Source) -> String {
    let mut out = path(&source.path);
    if let Some(of) = &source.type_name {
        out.push_str(&format!(" : {}", name(of)));
    }
    if let Some(cardinality) = source.cardinality {
        let max = cardinality.max.map_or("*".to_owned(), |max| max.to_string());
        out.push_str(&format!(" {}..{max}", cardinality.min));
    }
    match &source.default {
        None => {}
        Some(SourceDefault::Expression(value)) => out.push_str(&clause("default", value)),
        Some(SourceDefault::Text(value)) => {
            out.push_str(&format!(" default {}", double_quoted(&value.value)))
        }
    }
    if let Some(mode) = source.list_mode {
        out.push_str(&format!(" {}", mode.word()));
    }
    if let Some(alias) = &source.alias {
        out.push_str(&format!(" as {}", name(alias)));
    }
    for (word, expression) in [
        ("where", &source.condition),
        ("by", &source.key),
        ("check", &source.check),
        ("log", &source.log),
    ] {
        if let Some(expression) = expression {
            out.push_str(&clause(word, expression));
        }
    }
    out
}

fn clause(word: &str, expression: &Expression) -> String {
    format!(" {word} ({})", one_line(&expression.text))
}

/// An expression whose last line is a comment must not swallow what stands after it.
fn one_line(text: &str) -> String {
    let last = text.rsplit('\n').next().unwrap_or_default();
    if last.contains("//") {
        format!("{text}\n")
    } else {
        text.to_owned()
    }
}

fn target(target: &Target) -> String {
    let mut out = match &target.kind {
        TargetKind::Expression(expression) => format!("({})", one_line(&expression.text)),
        TargetKind::Invocation(invoked) => invocation(invoked),
        TargetKind::Element {
            path: to,
            transform: None,
        } => path(to),
        TargetKind::Element {
            path: to,
            transform: Some(value),
        } => format!("{} = {}", path(to), transform(value)),
    };
    if let Some(alias) = &target.alias {
        out.push_str(&format!(" as {}", name(alias)));
    }
    match &target.list_mode {
        None => {}
        Some(TargetListMode::First) => out.push_str(" first"),
        Some(TargetListMode::Last) => out.push_str(" last"),
        Some(TargetListMode::Single) => out.push_str(" single"),
        Some(TargetListMode::Collate) => out.push_str(" collate"),
        Some(TargetListMode::Share(id)) => out.push_str(&format!(" share {}", name(id))),
        Some(TargetListMode::ShareKey(key)) => out.push_str(&clause("share", key)),
        Some(TargetListMode::OnceKey(key)) => out.push_str(&clause("once", key)),
    }
    out
}

fn transform(transform: &Transform) -> String {
    match transform {
        Transform::Literal(value) => literal(value),
        Transform::Copy(from) => path(from),
        Transform::Invocation(invoked) => invocation(invoked),
        Transform::Expression(expression) => format!("({})", one_line(&expression.text)),
    }
}

pub(super) fn argument(argument: &Argument) -> String {
    match argument {
        Argument::Literal(value) => literal(value),
        Argument::Variable(variable) => name(variable),
        Argument::Expression(expression) => one_line(&expression.text),
    }
}

pub(super) fn invocation(invocation: &Invocation) -> String {
    let arguments: Vec<String> = invocation.arguments.iter().map(argument).collect();
    format!("{}({})", name(&invocation.name), arguments.join(", "))
}

pub(super) fn literal(literal: &Literal) -> String {
    let value = &literal.value;
    match literal.kind {
        LiteralKind::Null => "{}".to_owned(),
        LiteralKind::Boolean | LiteralKind::Integer | LiteralKind::Decimal => value.to_string(),
        LiteralKind::Long => format!("{value}L"),
        LiteralKind::Date | LiteralKind::DateTime => format!("@{value}"),
        LiteralKind::Time => format!("@T{value}"),
        LiteralKind::Quantity => format!("{value} {}", quoted(literal.unit.as_deref().unwrap_or("1"), '\'')),
        LiteralKind::CalendarQuantity => format!("{value} {}", literal.unit.as_deref().unwrap_or("days")),
        LiteralKind::String => quoted(value, '\''),
        LiteralKind::Markdown => format!("\"\"\"\n{value}\n\"\"\""),
    }
}

fn rule_name(name: Option<&Text>) -> String {
    name.map_or(String::new(), |name| format!(" {}", double_quoted(&name.value)))
}

fn path(path: &Path) -> String {
    let mut out = name(&path.context);
    for element in &path.elements {
        out.push('.');
        out.push_str(&name(element));
    }
    out
}

/// A word as it is, anything else in backticks.
pub(super) fn name(name: &Name) -> String {
    name_text(&name.text)
}

pub(super) fn name_text(name: &str) -> String {
    if is_plain(name) {
        name.to_owned()
    } else {
        quoted(name, '`')
    }
}

fn is_plain(word: &str) -> bool {
    let mut letters = word.chars();
    letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn double_quoted(text: &str) -> String {
    quoted(text, '"')
}

pub(super) fn quoted(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{c}' => out.push_str("\\f"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}
