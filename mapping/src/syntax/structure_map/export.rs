//! From a tree to a StructureMap resource.

use carewire_fhir_model::schema::Schema;

use super::metadata::{Meta, is_element};
use super::{
    CONSTANT, CONTAINED, EXPRESSION, METADATA, Release, SHORT, STATEMENT, UNNAMED, concept_map, extension,
    quoted,
};
use crate::diagnostic::Span;
use crate::json::Object;
use crate::syntax::render;
use crate::syntax::{
    Argument, Batch, Comment, Group, Invocation, Literal, LiteralKind, Map, Metadata, ModelMode, Name,
    ParameterMode, Path, Rule, Source, SourceDefault, Statement, Target, TargetKind, TargetListMode,
    Transform, TypeMode,
};

/// A map as a resource.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exported {
    /// The StructureMap, compact JSON.
    pub json: String,
    /// What another engine will not see: it stands in extensions, which [`from_structure_map`](super::from_structure_map) reads.
    pub losses: Vec<Loss>,
}

/// Something that the resource cannot say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    what: &'static str,
    span: Span,
}

impl Loss {
    /// What it is, in words of the language.
    #[must_use]
    pub fn what(&self) -> &'static str {
        self.what
    }

    /// Where it stands in the map's text.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }
}

/// Writes a map as a StructureMap resource.
///
/// Everything of the map comes back from it. What the resource has no place for, as the superset, stands in extensions beside what comes
/// nearest, and is named in [`Exported::losses`]. Comments become `documentation`. A map without `status` is a draft.
///
/// ```
/// use carewire_mapping::syntax::{self, Release};
///
/// let text = "/// url = 'http://example.org/m'\n/// name = 'M'\n\ngroup G(source src, target tgt) {\n  src.a as a -> tgt.b = a \"r\";\n}\n";
/// let exported = syntax::to_structure_map(&syntax::parse("m.fml", text).map, Release::R5);
/// assert!(exported.losses.is_empty());
/// assert!(exported.json.contains(r#""target":[{"context":"tgt","element":"b","transform":"copy","parameter":[{"valueId":"a"}]}]"#));
/// assert!(syntax::from_structure_map(exported.json.as_bytes())?.contains("src.a as a -> tgt.b = a \"r\";"));
/// # Ok::<(), syntax::StructureMapError>(())
/// ```
#[must_use]
pub fn to_structure_map(map: &Map, release: Release) -> Exported {
    let mut writer = Writer {
        release,
        losses: Vec::new(),
        comments: map.comments.iter().collect(),
        unnamed: 0,
    };
    writer.comments.reverse();
    let json = writer.map(map);
    Exported {
        json,
        losses: writer.losses,
    }
}

struct Writer<'a> {
    release: Release,
    losses: Vec<Loss>,
    /// The comments that are left, the next one last.
    comments: Vec<&'a Comment>,
    /// How many rules without a name were given one.
    unnamed: usize,
}

impl Writer<'_> {
    fn map(&mut self, map: &Map) -> String {
        let mut out = Object::default();
        out.text("resourceType", "StructureMap");
        let numbered = map.concept_maps.iter().zip(1..);
        let contained: Vec<String> = numbered
            .clone()
            .map(|(one, number)| concept_map::resource(one, number, self.release))
            .collect();
        out.array("contained", &contained);

        let known = |line: &&Metadata| is_element(&line.name());
        let mut extensions: Vec<String> = numbered
            .map(|(one, number)| {
                let reference = format!("#{}", concept_map::id(one, number));
                extension(CONTAINED, "valueUri", &quoted(&reference))
            })
            .collect();
        for line in map.metadata.iter().filter(|line| !known(line)) {
            let rendered = render::metadata(line);
            extensions.push(extension(METADATA, "valueString", &quoted(&rendered)));
        }
        if self.release == Release::R4 {
            for constant in &map.constants {
                self.lose("`let`", constant.span);
                let text = format!("{} = {}", constant.name.text, constant.value.text);
                extensions.push(extension(CONSTANT, "valueString", &quoted(&text)));
            }
        }
        out.array("extension", &extensions);

        let mut lines: Vec<&Metadata> = map.metadata.iter().filter(known).collect();
        let mut root = Meta::default();
        for line in lines.drain(..) {
            root.add(&line.path, line.value.as_ref());
        }
        if let Some(declared) = &map.declaration {
            for (key, value) in [("url", &declared.url.value), ("name", &declared.name.value)] {
                if root.child(key).is_none() {
                    root.children.push(Meta::text(key, value));
                }
            }
        }
        if root.child("status").is_none() {
            root.children.push(Meta::text("status", "draft"));
        }
        root.write(Schema::r4().type_named("StructureMap"), &mut out);

        let structures: Vec<String> = map
            .structures
            .iter()
            .enumerate()
            .map(|(at, structure)| {
                let next = map.structures.get(at + 1).map(|next| next.span.start);
                let next = next.unwrap_or(structure.span.end.saturating_add(1));
                let mut one = Object::default();
                let documentation = self.documentation(structure.span.start, next);
                one.text("url", &structure.url.value);
                one.text(
                    "mode",
                    match structure.mode {
                        ModelMode::Source => "source",
                        ModelMode::Queried => "queried",
                        ModelMode::Target => "target",
                        ModelMode::Produced => "produced",
                    },
                );
                if let Some(alias) = &structure.alias {
                    one.text("alias", &alias.text);
                }
                if let Some(text) = documentation {
                    one.text("documentation", &text);
                }
                one.finish()
            })
            .collect();
        out.array("structure", &structures);
        let imports: Vec<String> = map
            .imports
            .iter()
            .map(|import| quoted(&import.url.value))
            .collect();
        out.array("import", &imports);
        if self.release == Release::R5 {
            let constants: Vec<String> = map
                .constants
                .iter()
                .map(|constant| {
                    let mut one = Object::default();
                    one.text("name", &constant.name.text)
                        .text("value", &constant.value.text);
                    one.finish()
                })
                .collect();
            out.array("const", &constants);
        }
        let groups: Vec<String> = map.groups.iter().map(|group| self.group(group)).collect();
        out.array("group", &groups);
        out.finish()
    }

    fn lose(&mut self, what: &'static str, span: Span) {
        self.losses.push(Loss { what, span });
    }

    /// The comments before an offset as one text, and those that stand on the line of what ends there, up to where the next thing starts.
    fn documentation(&mut self, before: u32, next: u32) -> Option<String> {
        let mut lines = Vec::new();
        while let Some(comment) = self.comments.pop_if(|comment| {
            let at = comment.span.start;
            at < before || (at < next && comment.trailing)
        }) {
            lines.push(comment_text(&comment.text));
        }
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    fn group(&mut self, group: &Group) -> String {
        let mut out = Object::default();
        let documentation = self.documentation(group.span.start, 0);
        out.text("name", &group.name.text);
        if let Some(base) = &group.extends {
            out.text("extends", &base.text);
        }
        match (group.type_mode, self.release) {
            (Some(TypeMode::Types), _) => {
                out.text("typeMode", "types");
            }
            (Some(TypeMode::TypePlus), _) => {
                out.text("typeMode", "type-and-types");
            }
            (None, Release::R4) => {
                out.text("typeMode", "none");
            }
            (None, Release::R5) => {}
        }
        if let Some(text) = documentation {
            out.text("documentation", &text);
        }
        let inputs: Vec<String> = group
            .parameters
            .iter()
            .map(|parameter| {
                let mut one = Object::default();
                one.text("name", &parameter.name.text);
                if let Some(of) = &parameter.type_name {
                    one.text("type", &of.text);
                }
                one.text(
                    "mode",
                    match parameter.mode {
                        ParameterMode::Source => "source",
                        ParameterMode::Target => "target",
                    },
                );
                one.finish()
            })
            .collect();
        out.array("input", &inputs);
        let rules = self.statements(&group.rules, group.span.end);
        out.array("rule", &rules);
        out.finish()
    }

    fn statements(&mut self, statements: &[Statement], end: u32) -> Vec<String> {
        let mut rules = Vec::new();
        for (at, statement) in statements.iter().enumerate() {
            let next = statements.get(at + 1).map_or(end, Statement::start);
            match statement {
                Statement::Rule(rule) => rules.push(self.rule(rule, statement, next)),
                Statement::Batch(batch) => {
                    let documentation = self.documentation(batch.span.end, next);
                    let text = render::statement(statement);
                    let parts = batch_parts(batch, self.release);
                    for (at, (element, (source, target))) in batch.elements.iter().zip(parts).enumerate() {
                        let name = batch
                            .name
                            .as_ref()
                            .map(|name| format!("{}{}", name.value, element.text));
                        let mut rule = Object::default();
                        // The first rule of the batch says it; the others stand for themselves where other tools read them.
                        let mut extensions = vec![extension(STATEMENT, "valueString", &quoted(&text))];
                        if name.is_none() && self.release == Release::R4 {
                            extensions.push(extension(UNNAMED, "valueBoolean", "true"));
                        }
                        rule.array("extension", &extensions);
                        self.name(&mut rule, name.as_deref());
                        rule.array("source", &[source]).array("target", &[target]);
                        if let (0, Some(text)) = (at, &documentation) {
                            rule.text("documentation", text);
                        }
                        rules.push(rule.finish());
                    }
                }
                Statement::Ignore(ignore) => {
                    let documentation = self.documentation(ignore.span.end, next);
                    self.lose("`ignore`", ignore.span);
                    let mut rule = Object::default();
                    let text = render::statement(statement);
                    let mut extensions = vec![extension(STATEMENT, "valueString", &quoted(&text))];
                    if self.release == Release::R4 {
                        extensions.push(extension(UNNAMED, "valueBoolean", "true"));
                    }
                    rule.array("extension", &extensions);
                    self.name(&mut rule, None);
                    let mut source = Object::default();
                    source.text(
                        "context",
                        ignore
                            .paths
                            .first()
                            .map_or("src", |path| path.context.text.as_str()),
                    );
                    rule.array("source", &[source.finish()]);
                    if let Some(text) = documentation {
                        rule.text("documentation", &text);
                    }
                    rules.push(rule.finish());
                }
            }
        }
        rules
    }

    /// The name of a rule; R4 wants one of every rule.
    fn name(&mut self, rule: &mut Object, name: Option<&str>) {
        match (name, self.release) {
            (Some(name), _) => {
                rule.text("name", name);
            }
            (None, Release::R4) => {
                self.unnamed += 1;
                rule.text("name", &format!("rule-{}", self.unnamed));
            }
            (None, Release::R5) => {}
        }
    }

    fn rule(&mut self, rule: &Rule, statement: &Statement, next: u32) -> String {
        let mut out = Object::default();
        let documentation = match rule.rules {
            Some(_) => self.documentation(rule.span.start, 0),
            None => self.documentation(rule.span.end, next),
        };
        let before = self.losses.len();
        if rule.is_else {
            self.lose("`else`", rule.span);
        }
        let (sources, targets) = self.sides(rule);
        let dependents: Vec<String> = rule.invocations.iter().map(|call| self.dependent(call)).collect();
        let is_whole = self.losses.len() == before;
        let mut extensions = Vec::new();
        // What is inside has its own text: the text of the rule stands without it.
        if !is_whole || needs_text(rule) {
            extensions.push(extension(
                STATEMENT,
                "valueString",
                &quoted(&render::head(statement)),
            ));
        }
        if rule.name.is_none() && self.release == Release::R4 {
            extensions.push(extension(UNNAMED, "valueBoolean", "true"));
        }
        out.array("extension", &extensions);
        self.name(&mut out, rule.name.as_ref().map(|name| name.value.as_str()));
        out.array("source", &sources).array("target", &targets);
        if let Some(inner) = &rule.rules {
            let inner = self.statements(inner, rule.span.end);
            out.array("rule", &inner);
        }
        out.array("dependent", &dependents);
        if let Some(text) = documentation {
            out.text("documentation", &text);
        }
        out.finish()
    }

    /// The sources and targets of a rule.
    fn sides(&mut self, rule: &Rule) -> (Vec<String>, Vec<String>) {
        match (&*rule.sources, &*rule.targets) {
            (
                [source],
                [
                    Target {
                        kind: TargetKind::Element { path, .. },
                        ..
                    },
                ],
            ) if is_short(rule) => {
                let (source, target) = short(&source.path, path, self.release);
                (vec![source], vec![target])
            }
            (sources, targets) => (
                sources.iter().map(|source| self.source(source)).collect(),
                targets.iter().map(|target| self.target(target)).collect(),
            ),
        }
    }

    fn source(&mut self, source: &Source) -> String {
        let mut out = Object::default();
        out.text("context", &source.path.context.text);
        if let Some(cardinality) = source.cardinality {
            out.raw("min", &cardinality.min.to_string());
            let max = cardinality.max.map_or("*".to_owned(), |max| max.to_string());
            out.text("max", &max);
        }
        if let Some(of) = &source.type_name {
            out.text("type", &of.text);
        }
        match (&source.default, self.release) {
            (None, _) => {}
            (Some(SourceDefault::Expression(value)), Release::R5) => {
                out.text("defaultValue", &value.text);
            }
            // R4 has a constant there.
            (Some(SourceDefault::Expression(value)), Release::R4) => {
                self.lose("an expression as `default`", value.span);
                out.text("defaultValueString", &value.text);
            }
            (Some(SourceDefault::Text(value)), Release::R4) => {
                out.text("defaultValueString", &value.value);
            }
            (Some(SourceDefault::Text(value)), Release::R5) => {
                out.text("defaultValue", &render::quoted(&value.value, '\''));
            }
        }
        if !source.path.elements.is_empty() {
            out.text("element", &elements(&source.path));
        }
        if let Some(mode) = source.list_mode {
            out.text("listMode", mode.word());
        }
        if let Some(alias) = &source.alias {
            out.text("variable", &alias.text);
        }
        if let Some(key) = &source.key {
            self.lose("`by`", key.span);
        }
        for (key, value) in [
            ("condition", &source.condition),
            ("check", &source.check),
            ("logMessage", &source.log),
        ] {
            if let Some(value) = value {
                out.text(key, &value.text);
            }
        }
        out.finish()
    }

    fn target(&mut self, target: &Target) -> String {
        let mut out = Object::default();
        let (transform, parameters) = match &target.kind {
            TargetKind::Element { path, transform } => {
                out.text("context", &path.context.text);
                if self.release == Release::R4 {
                    out.text("contextType", "variable");
                }
                if !path.elements.is_empty() {
                    out.text("element", &elements(path));
                }
                match transform {
                    None => (None, Vec::new()),
                    Some(transform) => self.transform(transform, target.span),
                }
            }
            TargetKind::Expression(value) => (
                Some("evaluate".to_owned()),
                vec![parameter("valueString", &quoted(&value.text))],
            ),
            TargetKind::Invocation(invocation) => {
                if !is_transform(&invocation.name.text) {
                    self.lose("a group among the targets", invocation.span);
                }
                self.invocation(invocation)
            }
        };
        if let Some(alias) = &target.alias {
            out.text("variable", &alias.text);
        }
        let mode = match (&target.list_mode, self.release) {
            (None, _) => None,
            (Some(TargetListMode::First), _) => Some("first"),
            (Some(TargetListMode::Last), _) => Some("last"),
            (Some(TargetListMode::Single), Release::R5) => Some("single"),
            (Some(TargetListMode::Collate), Release::R4) => Some("collate"),
            (Some(TargetListMode::Single), Release::R4) => {
                self.lose("`single`", target.span);
                Some("collate")
            }
            (Some(TargetListMode::Collate), Release::R5) => {
                self.lose("`collate`", target.span);
                Some("single")
            }
            (Some(TargetListMode::Share(_)), _) => Some("share"),
            (Some(TargetListMode::ShareKey(key) | TargetListMode::OnceKey(key)), _) => {
                self.lose("a share by key", key.span);
                None
            }
        };
        out.array("listMode", &mode.map(quoted).into_iter().collect::<Vec<_>>());
        if let Some(TargetListMode::Share(id)) = &target.list_mode {
            out.text("listRuleId", &id.text);
        }
        if let Some(transform) = transform {
            out.text("transform", &transform);
        }
        out.array("parameter", &parameters);
        out.finish()
    }

    fn transform(&mut self, transform: &Transform, span: Span) -> (Option<String>, Vec<String>) {
        let of = |name: &str, parameters| (Some(name.to_owned()), parameters);
        match transform {
            Transform::Literal(literal) => {
                let value = self.literal(literal);
                of("copy", vec![value])
            }
            Transform::Copy(path) if path.elements.is_empty() => {
                of("copy", vec![parameter("valueId", &quoted(&path.context.text))])
            }
            Transform::Copy(path) => {
                self.lose("a path as a value, which is an expression", span);
                let text = format!("{}.{}", path.context.text, elements(path));
                of("evaluate", vec![parameter("valueString", &quoted(&text))])
            }
            Transform::Expression(value) => {
                of("evaluate", vec![parameter("valueString", &quoted(&value.text))])
            }
            Transform::Invocation(invocation) => self.invocation(invocation),
        }
    }

    /// A transform by its name; a function of the host as an expression that calls it.
    fn invocation(&mut self, invocation: &Invocation) -> (Option<String>, Vec<String>) {
        let name = invocation.name.text.as_str();
        let has_more = name == "uuid" && !invocation.arguments.is_empty();
        if !is_transform(name) || has_more {
            if is_transform(name) {
                self.lose("`uuid` with arguments", invocation.span);
            } else {
                self.lose("a function of the host", invocation.span);
            }
            let text = render::invocation(invocation);
            return (
                Some("evaluate".to_owned()),
                vec![parameter("valueString", &quoted(&text))],
            );
        }
        if name == "evaluate" && invocation.arguments.len() == 1 {
            self.lose("`evaluate` of one argument", invocation.span);
        }
        if name == "copy" {
            self.lose("`copy` by its name", invocation.span);
        }
        let parameters = invocation
            .arguments
            .iter()
            .enumerate()
            .map(|(at, argument)| match argument {
                // The expression of `evaluate` is one also where it is a constant.
                Argument::Literal(literal) if invocation.name.text == "evaluate" && at == 1 => {
                    parameter("valueString", &quoted(&render::literal(literal)))
                }
                Argument::Literal(literal) => self.literal(literal),
                Argument::Variable(name) => parameter("valueId", &quoted(&name.text)),
                Argument::Expression(value) if invocation.name.text == "evaluate" && at == 1 => {
                    parameter("valueString", &quoted(&value.text))
                }
                Argument::Expression(value) => expression(&value.text),
            })
            .collect();
        (Some(name.to_owned()), parameters)
    }

    fn literal(&self, literal: &Literal) -> String {
        let text = quoted(&literal.value);
        match (literal.kind, self.release) {
            (LiteralKind::String, _) => parameter("valueString", &text),
            (LiteralKind::Boolean, _) => parameter("valueBoolean", &literal.value),
            (LiteralKind::Integer, _)
                if literal.value.parse::<i32>().is_ok() && is_plain_number(&literal.value) =>
            {
                parameter("valueInteger", &literal.value)
            }
            (LiteralKind::Decimal, _) if crate::json::is_number(&literal.value) => {
                parameter("valueDecimal", &literal.value)
            }
            (LiteralKind::Date, Release::R5) => parameter("valueDate", &text),
            (LiteralKind::DateTime, Release::R5) => parameter("valueDateTime", &text),
            (LiteralKind::Time, Release::R5) => parameter("valueTime", &text),
            _ => expression(&render::literal(literal)),
        }
    }

    fn dependent(&mut self, call: &Invocation) -> String {
        let mut out = Object::default();
        out.text("name", &call.name.text);
        match self.release {
            Release::R4 => {
                let variables: Vec<String> = call
                    .arguments
                    .iter()
                    .map(|argument| match argument {
                        Argument::Variable(name) => quoted(&name.text),
                        other => {
                            self.losses.push(Loss {
                                what: "an argument that is no variable",
                                span: other.span(),
                            });
                            quoted(&render::argument(other))
                        }
                    })
                    .collect();
                out.array("variable", &variables);
            }
            Release::R5 => {
                let parameters: Vec<String> = call
                    .arguments
                    .iter()
                    .map(|argument| match argument {
                        Argument::Variable(name) => parameter("valueId", &quoted(&name.text)),
                        Argument::Literal(literal) => self.literal(literal),
                        Argument::Expression(value) => expression(&value.text),
                    })
                    .collect();
                out.array("parameter", &parameters);
            }
        }
        out.finish()
    }
}

/// A number that JSON would write the same way.
fn is_plain_number(text: &str) -> bool {
    crate::json::is_number(text)
}

fn parameter(key: &str, value: &str) -> String {
    let mut out = Object::default();
    out.raw(key, value);
    out.finish()
}

/// A parameter that is an expression.
fn expression(text: &str) -> String {
    let mut out = Object::default();
    out.array("extension", &[extension(EXPRESSION, "valueBoolean", "true")]);
    out.text("valueString", text);
    out.finish()
}

/// The elements of a path, with dots; a name that is no word in backticks.
fn elements(path: &Path) -> String {
    let names: Vec<String> = path.elements.iter().map(render::name).collect();
    names.join(".")
}

/// The source and the target of a rule of the short form.
fn short(from: &Path, to: &Path, release: Release) -> (String, String) {
    let (mut source, mut target) = (Object::default(), Object::default());
    source
        .text("context", &from.context.text)
        .text("element", &elements(from))
        .text("variable", SHORT);
    target.text("context", &to.context.text);
    if release == Release::R4 {
        target.text("contextType", "variable");
    }
    target
        .text("element", &elements(to))
        .text("variable", SHORT)
        .text("transform", "create");
    (source.finish(), target.finish())
}

/// Whether a rule says nothing but an element of a source and one of a target.
fn is_short(rule: &Rule) -> bool {
    let ([source], [target]) = (&*rule.sources, &*rule.targets) else {
        return false;
    };
    let plain = Source {
        path: source.path.clone(),
        ..Source::default()
    };
    let TargetKind::Element {
        path,
        transform: None,
    } = &target.kind
    else {
        return false;
    };
    *source == plain
        && !source.path.elements.is_empty()
        && !path.elements.is_empty()
        && target.alias.is_none()
        && target.list_mode.is_none()
        && rule.invocations.is_empty()
        && rule.rules.is_none()
}

/// Whether a rule has a form that its elements do not tell: a `then` without rules, an old default.
fn needs_text(rule: &Rule) -> bool {
    rule.rules.as_ref().is_some_and(Vec::is_empty)
        || rule
            .sources
            .iter()
            .any(|source| matches!(source.default, Some(SourceDefault::Text(_))))
        || rule
            .sources
            .iter()
            .any(|source| source.alias.as_ref().is_some_and(|alias| alias.text == SHORT))
}

fn is_transform(name: &str) -> bool {
    crate::compile::is_transform_name(name)
}

/// A comment without its marks.
fn comment_text(comment: &str) -> String {
    let inner = match comment.strip_prefix("/*") {
        Some(rest) => rest.strip_suffix("*/").unwrap_or(rest),
        None => comment.trim_start_matches('/'),
    };
    inner.trim().to_owned()
}

/// The sources, targets and dependent groups of a rule, as they are written.
pub(super) fn rule_parts(rule: &Rule, release: Release) -> (Vec<String>, Vec<String>, Vec<String>) {
    let mut writer = Writer {
        release,
        losses: Vec::new(),
        comments: Vec::new(),
        unnamed: 0,
    };
    let (sources, targets) = writer.sides(rule);
    let dependents = rule
        .invocations
        .iter()
        .map(|call| writer.dependent(call))
        .collect();
    (sources, targets, dependents)
}

/// The source and the target of each rule that a batch is.
pub(super) fn batch_parts(batch: &Batch, release: Release) -> Vec<(String, String)> {
    let below = |path: &Path, element: &Name| {
        let mut path = path.clone();
        path.elements.push(element.clone());
        path
    };
    let elements = batch.elements.iter();
    elements
        .map(|element| {
            short(
                &below(&batch.source, element),
                &below(&batch.target, element),
                release,
            )
        })
        .collect()
}
