//! The group of a table in the mapping language.
//!
//! Rows of one field under one condition make one rule for each element at the top of their paths; what the paths have in common is made once.

mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::condition::{self, quoted};
use super::overlay::Overlay;
use super::place::{Place, Scope};
use super::row::{Fate, Row};
use super::schema::{Schema, is_primitive};
use super::table::identifier;
use super::target::{self, Step};

/// The tables of data types whose target is a primitive: each gives a value, not a group.
pub(super) type Values = BTreeMap<String, Vec<Row>>;

pub(super) struct Emitter<'e> {
    pub(super) schema: &'e Schema,
    pub(super) overlay: &'e Overlay,
    pub(super) values: &'e Values,
    /// Every table of a data type, by its name in small letters, since the tables do not agree about capitals.
    pub(super) data_types: &'e BTreeMap<String, String>,
    /// Every concept map, likewise; one without a code on both sides has the name ``.
    pub(super) concept_maps: &'e BTreeMap<String, String>,
    /// The groups that were asked for: name of the table, and whether the source is a component.
    pub(super) asked: BTreeSet<(String, bool)>,
}

/// What was made of a table.
pub(super) struct Made {
    pub(super) text: String,
    /// Rows that could not be generated, with what was in the way.
    pub(super) failed: Vec<(usize, String)>,
}

/// Rows of one place under one condition.
struct Cluster {
    place: Place,
    /// The source is the segment itself: the place is empty when the rule fires, or there is none.
    is_whole: bool,
    when: Option<String>,
    repeats: bool,
    top: Vec<Node>,
}

struct Node {
    step: Step,
    leaves: Vec<Leaf>,
    below: Vec<Node>,
}

struct Leaf {
    line: usize,
    value: Value,
}

#[derive(PartialEq)]
enum Value {
    /// The source as it stands.
    Source,
    /// A text of the table.
    Literal(String),
    /// FHIRPath.
    Expression(String),
    /// A data type table whose target is a primitive.
    Part(String),
    /// A data type table: a group.
    Call(String),
    /// A coded value through a concept map.
    Terms(String),
    /// A group that fills the parent of the element: `v` is the source, `t` the parent.
    Beside(String),
    /// A reference to another of the resources that the table numbers.
    Level(String),
}

/// How often each list and each resource is reached, by the keys on the way.
#[derive(Default)]
struct Uses {
    clusters: BTreeMap<String, BTreeSet<usize>>,
    has_value: BTreeSet<String>,
}

impl Emitter<'_> {
    /// The group of a table named `SOURCE[Target]`; `level` is `f`, `c` or `s`.
    pub(super) fn group(&mut self, table: &str, rows: &[(usize, Fate)], level: char) -> Result<Made, String> {
        let (of, _) = split(table);
        let variable = of.to_ascii_lowercase();
        let scope = Scope::new(of, level, &variable);
        let kind = kind_of(table).to_owned();
        let mut clusters: Vec<Cluster> = Vec::new();
        let mut written: Vec<(usize, String)> = Vec::new();
        let mut failed = Vec::new();
        let mut levels = Levels::read(self.overlay, table, &scope)?;
        for (line, fate) in rows {
            match fate {
                Fate::Generate(row) | Fate::Corrected(row) => {
                    let is_corrected = matches!(fate, Fate::Corrected(_));
                    let mut row = row.clone();
                    let (kind, clusters) = match levels.of(&mut row) {
                        Some(level) => level,
                        None => (kind.as_str(), &mut clusters),
                    };
                    match self.place_row(&row, is_corrected, kind, &scope, clusters) {
                        Ok(Some(rule)) => written.push((*line, rule)),
                        Ok(None) => {}
                        Err(reason) => failed.push((*line, reason)),
                    }
                }
                Fate::Rule(rule) => written.push((*line, rule.clone())),
                Fate::Done | Fate::Refused(_) => {}
            }
        }
        let mut rules = self.rules(&clusters, &scope, &variable, "r", 1);
        if let Some(text) = self.levels(&levels, &scope, &variable) {
            rules.push((0, text));
        }
        rules.extend(
            written
                .into_iter()
                .map(|(line, rule)| (line, format!("  {rule}\n"))),
        );
        rules.sort_by_key(|(line, _)| *line);
        for decision in self.overlay.table(table, "add") {
            rules.push((usize::MAX, format!("  {}\n", decision.argument)));
        }
        let mut text = String::new();
        let typed = if level == 'f' {
            format!("{variable} : {of}")
        } else {
            variable.clone()
        };
        let needs: String = self
            .overlay
            .table(table, "needs")
            .flat_map(|decision| decision.argument.split(' '))
            .map(|name| format!(", source {name}"))
            .collect();
        let name = group_name(table, level == 's');
        let _ = writeln!(
            text,
            "group {name}(source {typed}{needs}, target r, target out) {{"
        );
        for (_, rule) in rules {
            text.push_str(&rule);
        }
        text.push_str("}\n");
        Ok(Made { text, failed })
    }

    /// The rules of all clusters, each with its first row.
    fn rules(
        &mut self,
        clusters: &[Cluster],
        scope: &Scope<'_>,
        variable: &str,
        parent: &str,
        depth: usize,
    ) -> Vec<(usize, String)> {
        let mut uses = Uses::default();
        for (number, cluster) in clusters.iter().enumerate() {
            for node in &cluster.top {
                uses.count(node, "", number);
            }
        }
        let mut rules = Vec::new();
        for cluster in clusters {
            for node in &cluster.top {
                let mut writer = Writer {
                    uses: &uses,
                    scope,
                    variable,
                    names: 0,
                };
                let text = self.rule(cluster, node, &mut writer, parent, depth);
                rules.push((node.first_line(), text));
            }
        }
        rules
    }

    /// The resources that the table numbers, each an entry of its own under its id.
    fn levels(&mut self, levels: &Levels, scope: &Scope<'_>, variable: &str) -> Option<String> {
        let ids: Vec<String> = levels
            .all
            .iter()
            .map(|level| format!("({}) as level{}", level.id, level.number))
            .collect();
        if ids.is_empty() {
            return None;
        }
        let mut text = format!("  {variable} -> {} then {{\n", ids.join(",\n    "));
        for level in &levels.all {
            let (n, kind) = (&level.number, &levels.kind);
            let _ = writeln!(
                text,
                "    {variable} where (%level{n}.exists()) -> out.entry as e share (%level{n}), e.resource = create('{kind}') as q then Entry(level{n}, '{kind}', e) {{"
            );
            let mut rules = self.rules(&level.clusters, scope, variable, "q", 3);
            rules.sort_by_key(|(line, _)| *line);
            for (_, rule) in rules {
                text.push_str(&rule);
            }
            let _ = writeln!(text, "    }} \"level{n}\";");
        }
        text.push_str("  } \"levels\";\n");
        Some(text)
    }

    /// Puts a row into its cluster, or gives the rule that it is alone.
    fn place_row(
        &mut self,
        row: &Row,
        is_corrected: bool,
        kind: &str,
        scope: &Scope<'_>,
        clusters: &mut Vec<Cluster>,
    ) -> Result<Option<String>, String> {
        // Some conditions of the narrative's column are computable.
        let mut condition = row.condition.as_str();
        if condition.is_empty() && !row.narrative.is_empty() && !is_corrected {
            condition = row.narrative.as_str();
            if condition::fhirpath(condition, scope, &row.place, &row.place).is_err() {
                return Err("the condition is prose".to_owned());
            }
        }
        if let (Some(field), 'f') = (row.place.first, scope.level())
            && !self.schema.has_field(&row.place.of, field)
        {
            return Err("no version up to 2.8.2 has the field".to_owned());
        }
        let mut steps = target::resolve(self.schema, kind, &row.path)?;
        self.assigner(row, &mut steps);
        let is_whole = row.place.first.is_none() || condition::is_of_nothing(condition, &row.place);
        let own = if is_whole {
            Place::default()
        } else {
            row.place.clone()
        };
        let when = match (&row.when, condition) {
            (Some(when), _) if when.is_empty() => None,
            (Some(when), _) => Some(when.clone()),
            (None, "") => None,
            (None, text) => Some(condition::fhirpath(text, scope, &own, &row.place)?),
        };
        let when = match (when, self.present(row, scope, is_whole)) {
            (Some(when), Some(present)) => Some(format!("{when} and ({present})")),
            (when, present) => when.or(present),
        };
        let value = self.value(row, &steps, scope, kind)?;
        if let (Some(Step::Element { element, .. }), Value::Call(name)) = (steps.last(), &value) {
            // A reference whose resource the row does not name is to what the data type makes.
            if element.kind == "Reference" {
                steps.push(Step::Resource {
                    kind: kind_of(name).to_owned(),
                    index: None,
                });
            }
        }
        if steps.is_empty() {
            // `$this`: the group of the data type on the same target.
            let Value::Call(name) = value else {
                return Err("the row is about the target itself".to_owned());
            };
            let call = self.call(&name, "v", "r", scope.level() != 'f');
            let source = format!("{}.{} as v", scope_variable(row), scope.path(&row.place));
            let when = when.map_or_else(String::new, |when| format!(" where ({when})"));
            return Ok(Some(format!("{source}{when} then {call} \"r{}\";", row.line)));
        }
        let at = clusters.iter().position(|cluster| {
            cluster.place == row.place && cluster.is_whole == is_whole && cluster.when == when
        });
        let cluster = match at {
            Some(at) => &mut clusters[at],
            None => {
                clusters.push(Cluster {
                    place: row.place.clone(),
                    is_whole,
                    when,
                    repeats: row.repeats && !is_whole,
                    top: Vec::new(),
                });
                let last = clusters.len() - 1;
                &mut clusters[last]
            }
        };
        insert(
            &mut cluster.top,
            &steps,
            Leaf {
                line: row.line,
                value,
            },
        );
        Ok(None)
    }

    /// The assigner of an identifier is its system or an Organization, by what the HD says: one group makes both, for the rows of both.
    fn assigner(&self, row: &Row, steps: &mut Vec<Step>) {
        let is_organization = row.v2_type == "HD"
            && row.with.eq_ignore_ascii_case("HD[Organization]")
            && matches!(steps.as_slice(), [.., Step::Element { element, .. }, Step::Resource { .. }]
                if element.parent == "Identifier" && element.name == "assigner");
        if is_organization && let Some(system) = self.schema.element("Identifier", "system") {
            steps.truncate(steps.len().saturating_sub(2));
            steps.push(Step::Element {
                element: system,
                index: None,
            });
        }
    }

    /// What the field of a segment has to hold, so that the row says anything.
    fn present(&self, row: &Row, scope: &Scope<'_>, is_whole: bool) -> Option<String> {
        if scope.level() != 'f' || row.place.second.is_some() || is_whole || row.set == "-" {
            return None;
        }
        self.overlay.table("*", "present").find_map(|decision| {
            let (kind, condition) = decision.argument.split_once('=')?;
            (kind == row.v2_type).then(|| condition.to_owned())
        })
    }

    /// What a row writes beside its element, by a group that fills the element's parent.
    fn beside(row: &Row, steps: &[Step]) -> Option<String> {
        if let Some(call) = row.set.strip_prefix("call:") {
            return Some(call.trim().to_owned());
        }
        let Some(Step::Element { element, .. }) = steps.last() else {
            return None;
        };
        if element.name != "system" || !row.set.is_empty() {
            return None;
        }
        let is_coded = matches!(row.place.of.as_str(), "CE" | "CF" | "CNE" | "CWE") && row.v2_type == "ID";
        match element.parent.as_str() {
            "Coding" if is_coded && row.terms.is_empty() => Some("CodingSystem(v, t)".to_owned()),
            "Identifier" if row.v2_type == "HD" => Some("HDAssigner(v, t, out)".to_owned()),
            _ => None,
        }
    }

    /// What a row writes.
    fn value(&self, row: &Row, steps: &[Step], scope: &Scope<'_>, kind: &str) -> Result<Value, String> {
        let last = match steps.last() {
            Some(Step::Element { element, .. }) => element.kind.clone(),
            Some(Step::Resource { kind, .. }) => kind.clone(),
            None => kind.to_owned(),
        };
        if let Some(call) = Self::beside(row, steps) {
            return if is_primitive(&last) {
                Ok(Value::Beside(call))
            } else {
                Err(format!("a group beside a {last}"))
            };
        }
        if let Some(Step::Resource {
            index: Some(number), ..
        }) = steps.last()
            && row.with.is_empty()
            && row.set.is_empty()
        {
            return Ok(Value::Level(number.clone()));
        }
        let terms = match self
            .concept_maps
            .get(&row.terms.replace('/', "").to_ascii_lowercase())
        {
            _ if row.terms.is_empty() => None,
            Some(name) if name.is_empty() => None,
            Some(name) => Some(name.clone()),
            None => return Err(format!("the guide has no concept map {}", row.terms)),
        };
        if !row.set.is_empty() {
            return literal_or_expression(row, scope, &last);
        }
        if is_primitive(&last) {
            if let Some(terms) = terms {
                return Ok(Value::Terms(terms));
            }
            if row.with.is_empty() {
                return Ok(Value::Source);
            }
            let name = self.data_type(&row.with)?;
            return match self.values.get(&name) {
                Some(rows) if !rows.is_empty() => Ok(Value::Part(name)),
                _ => Err(format!("{name} makes no {last}")),
            };
        }
        if let (Some(terms), "CodeableConcept" | "Coding") = (&terms, last.as_str()) {
            return Ok(Value::Terms(terms.clone()));
        }
        let with = match (row.with.as_str(), last.as_str()) {
            ("", "Identifier") if row.v2_type == "EI" => "EI[Identifier-Extension]".to_owned(),
            ("", "CodeableConcept" | "Coding" | "Identifier" | "Quantity" | "Period") => {
                format!("{}[{last}]", row.v2_type)
            }
            ("", _) => return Err(format!("the row does not say how {} becomes {last}", row.v2_type)),
            (with, _) => with.to_owned(),
        };
        let name = self.data_type(&with)?;
        let is_resource = matches!(steps.last(), Some(Step::Resource { .. }));
        if !fits(kind_of(&name), &last) && (is_resource || !self.is_by_hand(&name)) {
            return Err(format!("{name} makes no {last}"));
        }
        Ok(Value::Call(name))
    }

    /// Whether the overlay has a group for a table, which takes the element that it is called with.
    fn is_by_hand(&self, name: &str) -> bool {
        ["by", "instead", "reference"]
            .iter()
            .any(|kind| self.overlay.table(name, kind).next().is_some())
    }

    /// The name of a data type table as the guide's file has it.
    fn data_type(&self, name: &str) -> Result<String, String> {
        self.data_types
            .get(&name.to_ascii_lowercase())
            .cloned()
            .ok_or_else(|| format!("the guide has no data type map {name}"))
    }

    /// A call of the group of a data type table.
    fn call(&mut self, name: &str, source: &str, target: &str, is_part: bool) -> String {
        let hand = self
            .overlay
            .table(name, "by")
            .chain(self.overlay.table(name, "instead"))
            .next();
        if let Some(by) = hand {
            let mut calls = by.argument.split(" | ");
            let whole = calls.next().unwrap_or_default();
            let part = calls.next().unwrap_or(whole);
            let call = if is_part { part } else { whole };
            return filled(call, source, target);
        }
        self.asked.insert((name.to_owned(), is_part));
        format!("{}({source}, {target}, out)", group_name(name, is_part))
    }
}

/// The resources that a table numbers: `[4].mode` is about the fourth.
struct Levels {
    kind: String,
    all: Vec<Level>,
}

struct Level {
    number: String,
    /// FHIRPath; empty where the message has nothing for it.
    id: String,
    clusters: Vec<Cluster>,
}

impl Levels {
    /// `Location: 6=..; 5=..`; in an id `{4.2}` is a place of the table's data type.
    fn read(overlay: &Overlay, table: &str, scope: &Scope<'_>) -> Result<Self, String> {
        let mut levels = Self {
            kind: String::new(),
            all: Vec::new(),
        };
        let Some(decision) = overlay.table(table, "levels").next() else {
            return Ok(levels);
        };
        let (kind, ids) = decision
            .argument
            .split_once(": ")
            .ok_or("levels without a type")?;
        kind.clone_into(&mut levels.kind);
        for part in ids.split("; ") {
            let (number, id) = part.split_once('=').ok_or("a level without an id")?;
            levels.all.push(Level {
                number: number.trim().to_owned(),
                id: with_places(id.trim(), table, scope),
                clusters: Vec::new(),
            });
        }
        Ok(levels)
    }

    /// The type and the clusters of the resource that a row is about; its path is then one of that resource.
    fn of(&mut self, row: &mut Row) -> Option<(&str, &mut Vec<Cluster>)> {
        let (number, path) = target::numbered(&row.path)?;
        let level = self.all.iter_mut().find(|level| level.number == number)?;
        row.path = path.to_owned();
        Some((&self.kind, &mut level.clusters))
    }
}

/// `{4.2}` as the place of the table's data type in the scope.
fn with_places(text: &str, table: &str, scope: &Scope<'_>) -> String {
    let (of, _) = split(table);
    let mut made = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        made.push_str(before);
        let place = after
            .split_once('}')
            .and_then(|(inner, after)| Some((Place::parse(&format!("{of}.{inner}"))?, after)));
        match place {
            Some((place, after)) => {
                let _ = write!(made, "%{}.{}", of.to_ascii_lowercase(), scope.path(&place));
                rest = after;
            }
            None => {
                made.push('{');
                rest = after;
            }
        }
    }
    made.push_str(rest);
    made
}

struct Writer<'w> {
    uses: &'w Uses,
    scope: &'w Scope<'w>,
    variable: &'w str,
    names: usize,
}

impl Writer<'_> {
    fn name(&mut self, start: &str) -> String {
        self.names += 1;
        format!("{start}{}", self.names)
    }
}

impl Uses {
    fn count(&mut self, node: &Node, above: &str, cluster: usize) {
        let path = format!("{above}/{}", node.step.key());
        self.clusters.entry(path.clone()).or_default().insert(cluster);
        if !node.leaves.is_empty() {
            self.has_value.insert(path.clone());
        }
        for node in &node.below {
            self.count(node, &path, cluster);
        }
    }

    /// A list that several rules fill together: one element of it, unless each repetition is one by itself.
    fn is_shared(&self, path: &str) -> bool {
        self.clusters.get(path).is_some_and(|all| all.len() > 1) && !self.has_value.contains(path)
    }

    /// Whether each repetition of the source has an element of its own on every way down.
    fn has_open_list(&self, node: &Node, above: &str) -> bool {
        let path = format!("{above}/{}", node.step.key());
        if node.step.is_list() && !self.is_shared(&path) {
            return true;
        }
        !node.below.is_empty()
            && node.leaves.is_empty()
            && node.below.iter().all(|node| self.has_open_list(node, &path))
    }
}

impl Node {
    fn first_line(&self) -> usize {
        let own = self.leaves.iter().map(|leaf| leaf.line);
        let below = self.below.iter().map(Self::first_line);
        own.chain(below).min().unwrap_or_default()
    }
}

fn insert(nodes: &mut Vec<Node>, steps: &[Step], leaf: Leaf) {
    let Some((step, rest)) = steps.split_first() else {
        return;
    };
    let key = step.key();
    let at = match nodes.iter().position(|node| node.step.key() == key) {
        Some(at) => at,
        None => {
            nodes.push(Node {
                step: step.clone(),
                leaves: Vec::new(),
                below: Vec::new(),
            });
            nodes.len() - 1
        }
    };
    if let Some(node) = nodes.get_mut(at) {
        if rest.is_empty() {
            // Rows that one group fills together.
            let is_there = matches!(leaf.value, Value::Beside(_))
                && node.leaves.iter().any(|other| other.value == leaf.value);
            if !is_there {
                node.leaves.push(leaf);
            }
        } else {
            insert(&mut node.below, rest, leaf);
        }
    }
}

/// `"urn:oid:"+HD.2` as FHIRPath, `"active"` and a bare word as a text.
fn literal_or_expression(row: &Row, scope: &Scope<'_>, kind: &str) -> Result<Value, String> {
    let set = row.set.as_str();
    if !is_primitive(kind) {
        return Err(format!("a text is set where a {kind} belongs"));
    }
    if let Some(expression) = set.strip_prefix("fhirpath:") {
        return Ok(Value::Expression(expression.trim().to_owned()));
    }
    if set.starts_with(['/', '#']) {
        return Err("what to set is prose".to_owned());
    }
    let mut parts = Vec::new();
    let mut rest = set;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('"') {
            // A quotation mark at the very end closes nothing.
            if inner.is_empty() {
                break;
            }
            let (text, after) = inner.split_once('"').ok_or("a quoted text does not end")?;
            parts.push(quoted(if parts.is_empty() { text.trim_start() } else { text }));
            rest = after;
        } else {
            let end = rest.find(['+', '"']).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if let Some(place) = Place::parse(word.trim()) {
                // Of a field that repeats the parts are those of the repetition at hand.
                let own = if scope.level() == 'f' && row.place.second.is_none() {
                    row.place.clone()
                } else {
                    Place::default()
                };
                parts.push(scope.fhirpath(&place, &own)?);
            } else if parts.is_empty() && after.is_empty() && !word.trim().contains(' ') {
                return Ok(Value::Literal(word.trim().to_owned()));
            } else if !word.trim().is_empty() {
                return Err("what to set is not understood".to_owned());
            }
            rest = after;
        }
        rest = rest.trim_start();
        rest = rest.strip_prefix('+').unwrap_or(rest).trim_start();
    }
    match parts.as_slice() {
        [one] if one.starts_with('\'') => Ok(Value::Literal(set.trim().trim_matches('"').trim().to_owned())),
        _ => Ok(Value::Expression(parts.join(" & "))),
    }
}

/// A source as the value of a primitive element.
fn converted(v: &str, element: &super::schema::Element, is_part: bool) -> String {
    match element.kind.as_str() {
        "date" => format!("toDate({v})"),
        "dateTime" => format!("toDateTime({v})"),
        "time" => format!("toTime({v})"),
        // Senders leave delimiters unescaped in texts: a text is the whole place.
        "string" | "markdown" if !element.is_choice && is_part => format!("(%{v}.whole)"),
        kind if element.is_choice => format!("cast({v}, '{kind}')"),
        _ => v.to_owned(),
    }
}

fn scope_variable(row: &Row) -> String {
    row.place.of.to_ascii_lowercase()
}

/// A call of the overlay: `v` and `t` are its source and target.
fn filled(call: &str, source: &str, target: &str) -> String {
    let Some((name, arguments)) = call.split_once('(') else {
        return format!("{call}({source}, {target}, out)");
    };
    let arguments: Vec<&str> = arguments
        .trim_end_matches(')')
        .split(',')
        .map(|argument| match argument.trim() {
            "v" => source,
            "t" => target,
            other => other,
        })
        .collect();
    format!("{name}({})", arguments.join(", "))
}

/// `AL1[AllergyIntolerance]` as `AL1` and `AllergyIntolerance`.
pub(super) fn split(table: &str) -> (&str, &str) {
    let (of, target) = table.split_once('[').unwrap_or((table, ""));
    (of, target.trim_end_matches(']'))
}

/// The type that the groups of a table fill: `MessageHeader.source` for `HD[MessageHeader.source-name]`.
/// Whether what a table makes is the type of the element. The types that restrict Quantity have its elements.
fn fits(made: &str, kind: &str) -> bool {
    made == kind || made == "Quantity" && matches!(kind, "Age" | "Count" | "Distance" | "Duration")
}

pub(super) fn kind_of(table: &str) -> &str {
    let (_, target) = split(table);
    target.split('-').next().unwrap_or(target)
}

pub(super) fn group_name(table: &str, is_part: bool) -> String {
    let (of, target) = split(table);
    let mut name = format!("{of}_{}", identifier(target));
    if is_part {
        name.push_str("Part");
    }
    name
}

pub(super) fn url_of(map: &str) -> String {
    format!("urn:carewire:conceptmap:{}", identifier(map))
}

#[cfg(test)]
mod tests {
    use super::super::place::Place;
    use super::*;

    fn row(line: usize, place: &str, path: &str, set: &str) -> (usize, Fate) {
        let row = Row {
            line,
            place: Place::parse(place).unwrap_or_default(),
            v2_type: "ST".to_owned(),
            path: path.to_owned(),
            set: set.to_owned(),
            ..Row::default()
        };
        (line, Fate::Generate(row))
    }

    #[test]
    fn rows_of_one_field_make_one_rule() {
        let schema = Schema::read().unwrap_or_else(|error| panic!("{error}"));
        let (overlay, none) = (Overlay::default(), BTreeMap::new());
        let mut emitter = Emitter {
            schema: &schema,
            overlay: &overlay,
            values: &Values::new(),
            data_types: &none,
            concept_maps: &none,
            asked: BTreeSet::new(),
        };
        let rows = [
            row(3, "RXA-15", "lotNumber", ""),
            row(4, "RXA-2", "identifier[1].value", ""),
            row(5, "RXA-2", "identifier[1].type.text", "\"dose\""),
            row(6, "RXA-9", "nothing", ""),
        ];
        let made = emitter
            .group("RXA[Immunization]", &rows, 'f')
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            made.failed,
            [(6, "Immunization has no element nothing".to_owned())]
        );
        assert_eq!(
            made.text,
            "group RXA_Immunization(source rxa : RXA, target r, target out) {\n\
             \x20 rxa.f15 as v -> r.lotNumber = v \"r3\";\n\
             \x20 rxa.f2 as v -> r.identifier as x1 then {\n\
             \x20   v -> x1.value = v \"r4\";\n\
             \x20   v -> x1.type as x2 then {\n\
             \x20     v -> x2.text = 'dose' \"r5\";\n\
             \x20   } \"r5\";\n\
             \x20 } \"r4\";\n}\n"
        );
    }

    /// The group of a table under an overlay, and the rows that failed.
    fn made(table: &str, overlay: &str, rows: Vec<Row>) -> Made {
        let schema = Schema::read().unwrap_or_else(|error| panic!("{error}"));
        let overlay = Overlay::parse(overlay).unwrap_or_else(|error| panic!("{error}"));
        let none = BTreeMap::new();
        let names = ["HD[uri]", "CQ[Quantity]", "XCN[Practitioner]"];
        let names = BTreeMap::from(names.map(|name| (name.to_ascii_lowercase(), name.to_owned())));
        let mut emitter = Emitter {
            schema: &schema,
            overlay: &overlay,
            values: &Values::new(),
            data_types: &names,
            concept_maps: &none,
            asked: BTreeSet::new(),
        };
        let rows: Vec<(usize, Fate)> = rows
            .into_iter()
            .map(|row| (row.line, Fate::Generate(row)))
            .collect();
        let level = if split(table).0.len() == 3 && table.starts_with("RX") {
            'f'
        } else {
            'c'
        };
        emitter
            .group(table, &rows, level)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    fn cell(line: usize, place: &str, v2_type: &str, path: &str) -> Row {
        Row {
            line,
            place: Place::parse(place).unwrap_or_default(),
            v2_type: v2_type.to_owned(),
            path: path.to_owned(),
            ..Row::default()
        }
    }

    #[test]
    fn a_table_of_another_type_than_the_elements_is_refused() {
        let row = |line, path: &str, with: &str| Row {
            with: with.to_owned(),
            ..cell(line, "TQ1-8", "CQ", path)
        };
        let made = made(
            "TQ1[ServiceRequest]",
            "",
            vec![
                row(1, "quantityQuantity", "CQ[Quantity]"),
                row(2, "code", "CQ[Quantity]"),
                row(3, "occurrenceTiming.repeat.boundsDuration", "CQ[Quantity]"),
                row(4, "subject", "XCN[Practitioner]"),
            ],
        );
        let failed: Vec<(usize, &str)> = made
            .failed
            .iter()
            .map(|(line, why)| (*line, why.as_str()))
            .collect();
        assert_eq!(
            failed,
            [
                (2, "CQ[Quantity] makes no CodeableConcept"),
                (4, "XCN[Practitioner] makes no Reference"),
            ]
        );
    }

    #[test]
    fn systems_are_written_by_groups() {
        let made = made(
            "CWE[CodeableConcept]",
            "",
            vec![cell(5, "CWE.3", "ID", "coding[1].system")],
        );
        assert_eq!(
            made.text,
            "group CWE_CodeableConcept(source cwe, target r, target out) {\n\
             \x20 cwe.c3 as v -> r.coding as x1 then {\n\
             \x20   v then CodingSystem(v, x1) \"r5\";\n\
             \x20 } \"r5\";\n}\n"
        );
    }

    #[test]
    fn system_and_assigner_of_an_identifier_are_one_call() {
        let mut system = cell(9, "XON.6", "HD", "identifier[1].system");
        "HD[uri]".clone_into(&mut system.with);
        let mut assigner = cell(10, "XON.6", "HD", "identifier[1].assigner(Organization)");
        "HD[Organization]".clone_into(&mut assigner.with);
        let made = made("XON[Organization]", "", vec![system, assigner]);
        assert!(made.failed.is_empty(), "{:?}", made.failed);
        assert_eq!(
            made.text.matches("HDAssigner(v, x1, out)").count(),
            1,
            "{}",
            made.text
        );
        assert!(!made.text.contains("x1.assigner"), "{}", made.text);
    }

    #[test]
    fn a_code_of_a_required_binding_is_asked_for() {
        let made = made("SN[Quantity]", "", vec![cell(5, "SN.1", "ST", "comparator")]);
        assert!(
            made.text.contains(
                "sn.c1 as v where ($this in ('<' | '<=' | '>=' | '>')) -> r.comparator = v \"r5\";"
            ),
            "{}",
            made.text
        );
    }

    #[test]
    fn a_field_without_what_it_needs_makes_nothing() {
        let made = made(
            "RXA[Immunization]",
            "*\t*\tpresent\tXCN=c1.exists() or c2.exists()\ta person",
            vec![cell(12, "RXA-10", "XCN", "lotNumber")],
        );
        assert!(
            made.text
                .contains("rxa.f10 as v where (c1.exists() or c2.exists()) -> r.lotNumber"),
            "{}",
            made.text
        );
    }

    #[test]
    fn numbered_resources_are_entries() {
        let mut mode = cell(5, "PL.1", "HD", "[4].mode");
        "\"instance\"".clone_into(&mut mode.set);
        let made = made(
            "PL[Location]",
            "PL[Location]\t-\tlevels\tLocation: 6=uuid('Location', {4.2}); 4=uuid('Location', {1})\tids",
            vec![mode, cell(8, "PL.1", "HD", "[4].partOf.reference(Location[6])")],
        );
        assert!(made.failed.is_empty(), "{:?}", made.failed);
        for part in [
            "(uuid('Location', %pl.c4.s2)) as level6",
            "(uuid('Location', %pl.c1)) as level4",
            "pl where (%level4.exists()) -> out.entry as e share (%level4), e.resource = create('Location') as q",
            "pl.c1 as v -> q.mode = 'instance' \"r5\";",
            "v where (%level6.exists()) -> x1.reference = ('urn:uuid:' & %level6) \"r8\";",
        ] {
            assert!(made.text.contains(part), "{part}\n{}", made.text);
        }
    }
}
