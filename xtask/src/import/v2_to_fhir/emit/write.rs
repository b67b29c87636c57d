//! From the elements of a rule to its text.

use std::fmt::Write as _;

use super::super::condition::{self, quoted};
use super::super::place::{Place, Scope};
use super::super::schema::{Element, is_primitive};
use super::super::target::Step;
use super::{Cluster, Emitter, Leaf, Node, Value, Writer, converted, filled, split, url_of};

impl Emitter<'_> {
    /// One rule: what a cluster's source makes of one element at the top.
    pub(super) fn rule(
        &mut self,
        cluster: &Cluster,
        node: &Node,
        writer: &mut Writer<'_>,
        parent: &str,
        depth: usize,
    ) -> String {
        let variable = writer.variable;
        let (mut source, v) = if cluster.is_whole {
            (variable.to_owned(), variable.to_owned())
        } else {
            let first = if cluster.repeats && !writer.uses.has_open_list(node, "") {
                " first"
            } else {
                ""
            };
            let path = writer.scope.path(&cluster.place);
            (format!("{variable}.{path}{first} as v"), "v".to_owned())
        };
        if let Some(when) = &cluster.when {
            let _ = write!(source, " where ({when})");
        }
        let is_part = match writer.scope.level() {
            'f' => cluster.place.second.is_some(),
            _ => true,
        };
        let mut text = String::new();
        self.write(&mut text, node, "", parent, &source, &v, is_part, depth, writer);
        text
    }

    #[expect(clippy::too_many_arguments, reason = "one place in a tree of rules")]
    fn write(
        &mut self,
        text: &mut String,
        node: &Node,
        above: &str,
        parent: &str,
        source: &str,
        v: &str,
        is_part: bool,
        depth: usize,
        writer: &mut Writer<'_>,
    ) {
        let indent = "  ".repeat(depth);
        let line = node.first_line();
        let path = format!("{above}/{}", node.step.key());
        match &node.step {
            Step::Element { element, .. } if is_primitive(&element.kind) => {
                for leaf in &node.leaves {
                    let statement = self.primitive(leaf, parent, element, source, v, is_part, writer);
                    let _ = writeln!(text, "{indent}{statement} \"r{}\";", leaf.line);
                }
                if !node.below.is_empty() {
                    let x = writer.name("x");
                    let _ = writeln!(
                        text,
                        "{indent}{source} -> {parent}.{} as {x} then {{",
                        element.name
                    );
                    self.below(text, node, &path, &x, v, is_part, depth, writer);
                    let _ = writeln!(text, "{indent}}} \"r{line}\";");
                }
            }
            Step::Element { element, .. } => {
                let x = writer.name("x");
                let mut targets = if element.is_choice {
                    format!("{parent}.{} = create('{}') as {x}", element.name, element.kind)
                } else {
                    format!("{parent}.{} as {x}", element.name)
                };
                if element.is_list && writer.uses.is_shared(&path) {
                    let _ = write!(targets, " share ({})", quoted(&node.step.key()));
                }
                if let ([leaf], true) = (node.leaves.as_slice(), node.below.is_empty()) {
                    let (more, call) = self.complex(leaf, &x, v, is_part, element.kind == "Coding", writer);
                    let _ = writeln!(
                        text,
                        "{indent}{source} -> {targets}{more}{call} \"r{}\";",
                        leaf.line
                    );
                    return;
                }
                let _ = writeln!(text, "{indent}{source} -> {targets} then {{");
                for leaf in &node.leaves {
                    let (more, call) = self.complex(leaf, &x, v, is_part, element.kind == "Coding", writer);
                    let more = more
                        .strip_prefix(", ")
                        .map_or(String::new(), |more| format!(" -> {more}"));
                    let _ = writeln!(text, "{indent}  {v}{more}{call} \"r{}\";", leaf.line);
                }
                self.below(text, node, &path, &x, v, is_part, depth, writer);
                let _ = writeln!(text, "{indent}}} \"r{line}\";");
            }
            Step::Resource { kind, .. } => {
                self.resource(text, node, kind, &path, parent, v, is_part, depth, writer);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one place in a tree of rules")]
    fn below(
        &mut self,
        text: &mut String,
        node: &Node,
        path: &str,
        x: &str,
        v: &str,
        is_part: bool,
        depth: usize,
        writer: &mut Writer<'_>,
    ) {
        for node in &node.below {
            self.write(text, node, path, x, v, v, is_part, depth + 1, writer);
        }
    }

    /// The resource that a reference refers to, and the reference.
    #[expect(clippy::too_many_arguments, reason = "one place in a tree of rules")]
    fn resource(
        &mut self,
        text: &mut String,
        node: &Node,
        kind: &str,
        path: &str,
        parent: &str,
        v: &str,
        is_part: bool,
        depth: usize,
        writer: &mut Writer<'_>,
    ) {
        let indent = "  ".repeat(depth);
        let line = node.first_line();
        if let [
            Leaf {
                value: Value::Level(number),
                line,
            },
        ] = node.leaves.as_slice()
        {
            let _ = writeln!(
                text,
                "{indent}{v} where (%level{number}.exists()) -> {parent}.reference = ('urn:uuid:' & %level{number}) \"r{line}\";"
            );
            return;
        }
        let is_shared = writer.uses.clusters.get(path).is_some_and(|all| all.len() > 1);
        if let ([leaf], true, false) = (node.leaves.as_slice(), node.below.is_empty(), is_shared)
            && let Value::Call(name) = &leaf.value
            && let Some(call) = self.overlay.table(name, "reference").next()
        {
            let mut calls = call.argument.split(" | ");
            let whole = calls.next().unwrap_or_default();
            let call = if is_part {
                calls.next().unwrap_or(whole)
            } else {
                whole
            };
            let _ = writeln!(
                text,
                "{indent}{v} then {} \"r{}\";",
                filled(call, v, parent),
                leaf.line
            );
            return;
        }
        let (id, e, made) = (writer.name("id"), writer.name("e"), writer.name("q"));
        let mut key = format!("'{kind}', %messageKey");
        if writer.scope.level() == 'f' {
            let _ = write!(key, ", %{}.position.toString()", writer.variable);
        }
        let _ = write!(key, ", {}", quoted(path.trim_start_matches('/')));
        if !is_shared {
            let _ = write!(key, ", %{v}.whole");
        }
        let _ = writeln!(
            text,
            "{indent}{v} -> (uuid({key})) as {id}, {parent}.reference = ('urn:uuid:' & %{id}), out.entry as {e} share (%{id}), \
             {e}.resource = create('{kind}') as {made} then Entry({id}, '{kind}', {e}) {{"
        );
        for leaf in &node.leaves {
            let (more, call) = self.complex(leaf, &made, v, is_part, false, writer);
            let more = more
                .strip_prefix(", ")
                .map_or(String::new(), |more| format!(" -> {more}"));
            let _ = writeln!(text, "{indent}  {v}{more}{call} \"r{}\";", leaf.line);
        }
        self.below(text, node, path, &made, v, is_part, depth, writer);
        let _ = writeln!(text, "{indent}}} \"r{line}\";");
    }

    /// Further targets and the call that fill a complex element.
    fn complex(
        &mut self,
        leaf: &Leaf,
        x: &str,
        v: &str,
        is_part: bool,
        is_coding: bool,
        writer: &mut Writer<'_>,
    ) -> (String, String) {
        match &leaf.value {
            Value::Call(name) => (String::new(), format!(" then {}", self.call(name, v, x, is_part))),
            Value::Terms(map) => {
                let (system, code, display) = (writer.name("s"), writer.name("k"), writer.name("d"));
                let url = url_of(map);
                let group = match (is_coding, is_part) {
                    (true, false) => "CWEMappedCoding",
                    (true, true) => "CWEMappedCodingPart",
                    (false, false) => "CWEMapped",
                    (false, true) => "CWEMappedPart",
                };
                (
                    format!(
                        ", translate({v}, '{url}', 'system', '') as {system}, translate({v}, '{url}', 'code', '') as {code}, \
                         translate({v}, '{url}', 'display', '') as {display}"
                    ),
                    format!(" then {group}({v}, {system}, {code}, {display}, {x})"),
                )
            }
            Value::Source
            | Value::Literal(_)
            | Value::Expression(_)
            | Value::Part(_)
            | Value::Beside(_)
            | Value::Level(_) => {
                // `value` refuses these for complex elements.
                (String::new(), String::new())
            }
        }
    }

    /// The statement that writes a primitive.
    #[expect(clippy::too_many_arguments, reason = "one place in a tree of rules")]
    fn primitive(
        &mut self,
        leaf: &Leaf,
        parent: &str,
        element: &Element,
        source: &str,
        v: &str,
        is_part: bool,
        writer: &mut Writer<'_>,
    ) -> String {
        let target = format!("{parent}.{}", element.name);
        match &leaf.value {
            Value::Literal(text) => {
                let value = match (element.kind.as_str(), element.is_choice) {
                    ("boolean" | "decimal" | "integer" | "positiveInt" | "unsignedInt", _) => {
                        format!("({text})")
                    }
                    (_, false) => quoted(text),
                    (kind, true) => format!("cast({}, '{kind}')", quoted(text)),
                };
                format!("{source} -> {target} = {value}")
            }
            Value::Expression(text) if element.is_choice => {
                let w = writer.name("w");
                format!(
                    "{source} -> ({text}) as {w}, {target} = cast({w}, '{}')",
                    element.kind
                )
            }
            Value::Expression(text) => format!("{source} -> {target} = ({text})"),
            Value::Source => match self.allowed(element) {
                Some(codes) if source.contains(" where ") => {
                    format!("{source} then {{ {v} where ($this in ({codes})) -> {target} = {v}; }}")
                }
                Some(codes) => format!("{source} where ($this in ({codes})) -> {target} = {v}"),
                None => format!("{source} -> {target} = {}", converted(v, element, is_part)),
            },
            Value::Beside(call) => format!("{source} then {}", filled(call, v, parent)),
            Value::Terms(map) => {
                let coded = if is_part { "s1" } else { "c1" };
                let w = writer.name("w");
                format!(
                    "{source} then {{ {v}.{coded} as {w} -> {target} = translate({w}, '{}', 'code'); }}",
                    url_of(map)
                )
            }
            Value::Part(table) => {
                let (of, _) = split(table);
                let level = if is_part { 's' } else { 'c' };
                let scope = Scope::new(of, level, v);
                let rows = self.values.get(table).map_or(&[][..], Vec::as_slice);
                let w = writer.name("w");
                if let [row] = rows
                    && row.condition.is_empty()
                {
                    let path = scope.path(&row.place);
                    let path = if path.is_empty() {
                        v.to_owned()
                    } else {
                        format!("{v}.{path}")
                    };
                    let value = converted(&w, element, true);
                    let allowed = match self.allowed(element) {
                        Some(codes) => format!(" where ($this in ({codes}))"),
                        None => String::new(),
                    };
                    return format!("{source} then {{ {path} as {w}{allowed} -> {target} = {value}; }}");
                }
                let mut parts = Vec::new();
                for row in rows {
                    let path = format!("%{v}.{}", scope.path(&row.place));
                    let whole = Place {
                        of: of.to_owned(),
                        ..Place::default()
                    };
                    match condition::fhirpath(&row.condition, &scope, &whole, &row.place) {
                        Ok(when) if !row.condition.is_empty() => parts.push(format!("{path}.where({when})")),
                        _ => parts.push(path),
                    }
                }
                let mut all = parts.into_iter();
                let mut text = all.next().unwrap_or_default();
                for part in all {
                    let _ = write!(text, ".combine({part})");
                }
                let value = converted(&w, element, true);
                format!("{source} -> ({text}.first()) as {w} then {{ {w} -> {target} = {value}; }}")
            }
            Value::Call(_) | Value::Level(_) => String::new(),
        }
    }

    /// The codes that a required binding allows, as a list of FHIRPath.
    fn allowed(&self, element: &Element) -> Option<String> {
        if element.kind != "code" {
            return None;
        }
        let codes = self.schema.codes(&element.parent, &element.name)?;
        let codes: Vec<String> = codes.iter().map(|code| quoted(code)).collect();
        Some(codes.join(" | "))
    }
}
