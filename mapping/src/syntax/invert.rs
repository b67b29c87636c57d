//! The way back that a map's own rules tell.

use std::collections::BTreeMap;

use super::ast::Argument;
use super::ast::{
    ConceptMap, ConceptMapping, Expression, Group, Invocation, Literal, LiteralKind, Map, Metadata,
    ModelMode, Name, Parameter, ParameterMode, Path, Relation, Rule, Source, Statement, Target, TargetKind,
    Text, Transform,
};
use crate::diagnostic::Span;

/// A map the other way round, and what of it could not be turned.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Inverted {
    /// The map back; [`render`](super::render) writes it.
    pub map: Map,
    /// What has no inverse, in the order of the text.
    pub refused: Vec<Refused>,
}

/// A rule or a code that has no inverse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    why: &'static str,
    span: Span,
}

impl Refused {
    /// Why.
    #[must_use]
    pub fn why(&self) -> &'static str {
        self.why
    }

    /// Where it stands in the text of the map.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }
}

/// Derives the map from the targets back to the sources, as far as the rules tell it.
///
/// Turned are rules that copy an element or hand it to a group or to inner rules, batches, translations by a concept map of the file that is one to one, and casts
/// (the value is copied back). A constant that a rule writes becomes the condition under which its element is read. Everything else loses
/// something on the way there (conditions, joins, computed values) and is refused, each with its reason: what is refused an author adds by hand.
///
/// ```
/// use carewire_mapping::syntax;
///
/// let text = "/// url = 'http://example.org/there'\n/// name = 'There'\n\
///     group There(source src, target tgt) {\n  src.a as a -> tgt.b = a;\n  src.c where (d = 1) -> tgt.e;\n}\n";
/// let back = syntax::invert(&syntax::parse("there.map", text).map);
/// assert!(syntax::render(&back.map).contains("group There(source tgt, target src) {\n  tgt.b as a -> src.a = a;\n}"));
/// assert_eq!(back.refused[0].why(), "the condition of a source is not known on the way back");
/// ```
#[must_use]
pub fn invert(map: &Map) -> Inverted {
    let mut inverter = Inverter {
        concept_maps: BTreeMap::new(),
        refused: Vec::new(),
        made: 0,
    };
    let concept_maps = map
        .concept_maps
        .iter()
        .filter_map(|one| inverter.concept_map(one))
        .collect();
    let groups = map.groups.iter().map(|group| inverter.group(group)).collect();
    for constant in &map.constants {
        inverter.refuse(
            "a constant is kept as it is, and its uses are looked at",
            constant.span,
        );
    }
    let structures = map
        .structures
        .iter()
        .map(|structure| {
            let mut structure = structure.clone();
            structure.mode = match structure.mode {
                ModelMode::Source => ModelMode::Target,
                ModelMode::Target => ModelMode::Source,
                ModelMode::Queried => ModelMode::Produced,
                ModelMode::Produced => ModelMode::Queried,
            };
            structure
        })
        .collect();
    let inverse = Map {
        metadata: map.metadata.iter().filter_map(metadata).collect(),
        declaration: map.declaration.as_ref().map(|declared| {
            let mut declared = declared.clone();
            declared.url.value = format!("{}-inverse", declared.url.value).into();
            declared.name.value = format!("{}Inverse", declared.name.value).into();
            declared
        }),
        concept_maps,
        structures,
        imports: map.imports.clone(),
        constants: map.constants.clone(),
        groups,
        comments: Vec::new(),
    };
    inverter.refused.sort_by_key(|one| one.span.start);
    Inverted {
        map: inverse,
        refused: inverter.refused,
    }
}

/// A metadata line of the inverse: another url and name, and no entries, which are of the way there.
fn metadata(line: &Metadata) -> Option<Metadata> {
    let name = line.name();
    if name.starts_with("carewire.entry") || name.starts_with("carewire.overlay") {
        return None;
    }
    let mut line = line.clone();
    if let Some(value) = &mut line.value {
        match name.as_str() {
            "url" => value.value = format!("{}-inverse", value.value).into(),
            "name" => value.value = format!("{}Inverse", value.value).into(),
            _ => {}
        }
    }
    Some(line)
}

struct Inverter {
    /// The concept maps that have an inverse: the names there and back.
    concept_maps: BTreeMap<String, String>,
    refused: Vec<Refused>,
    /// How many variables were made up.
    made: usize,
}

fn name(text: &str) -> Name {
    Name {
        text: text.into(),
        span: Span::default(),
    }
}

impl Inverter {
    fn refuse(&mut self, why: &'static str, span: Span) {
        self.refused.push(Refused { why, span });
    }

    fn variable(&mut self) -> Name {
        self.made += 1;
        name(&format!("back{}", self.made))
    }

    /// The concept map back: the first code that becomes another stands for it, and the others are named.
    fn concept_map(&mut self, map: &ConceptMap) -> Option<ConceptMap> {
        let mut mappings: Vec<ConceptMapping> = Vec::new();
        for mapping in &map.mappings {
            let Some(target) = &mapping.target else {
                self.refuse("a code without a translation has no way back", mapping.span);
                continue;
            };
            if mappings.iter().any(|known| known.source == *target) {
                self.refuse(
                    "another code becomes the same one, and is taken on the way back",
                    mapping.span,
                );
                continue;
            }
            mappings.push(ConceptMapping {
                source: target.clone(),
                relation: match mapping.relation {
                    Relation::Wider => Relation::Narrower,
                    Relation::Narrower => Relation::Wider,
                    Relation::Subsumes => Relation::Specializes,
                    Relation::Specializes => Relation::Subsumes,
                    same => same,
                },
                target: Some(mapping.source.clone()),
                display: None,
                span: mapping.span,
            });
        }
        for unmapped in &map.unmapped {
            self.refuse(
                "what becomes of codes without a translation has no way back",
                unmapped.span,
            );
        }
        if mappings.is_empty() {
            return None;
        }
        let there = map.url.value.trim_start_matches('#').to_owned();
        let back = format!("{there}-inverse");
        self.concept_maps.insert(there, back.clone());
        Some(ConceptMap {
            url: Text {
                value: back.into(),
                span: map.url.span,
            },
            prefixes: map.prefixes.clone(),
            unmapped: Vec::new(),
            mappings,
            span: map.span,
        })
    }

    fn group(&mut self, group: &Group) -> Group {
        let turned = |parameter: &Parameter| Parameter {
            mode: match parameter.mode {
                ParameterMode::Source => ParameterMode::Target,
                ParameterMode::Target => ParameterMode::Source,
            },
            ..parameter.clone()
        };
        // Sources come first, as in every group.
        let mut parameters: Vec<Parameter> = group.parameters.iter().map(turned).collect();
        parameters.sort_by_key(|parameter| parameter.mode == ParameterMode::Target);
        Group {
            parameters,
            rules: self.statements(&group.rules),
            ..group.clone()
        }
    }

    fn statements(&mut self, statements: &[Statement]) -> Vec<Statement> {
        let mut back = Vec::new();
        for statement in statements {
            match statement {
                Statement::Batch(batch) => {
                    let mut batch = batch.clone();
                    std::mem::swap(&mut batch.source, &mut batch.target);
                    back.push(Statement::Batch(batch));
                }
                Statement::Ignore(ignore) => self.refuse("what is left out has no way back", ignore.span),
                Statement::Rule(rule) => back.extend(self.rule(rule).map(Statement::Rule)),
            }
        }
        back
    }

    fn rule(&mut self, rule: &Rule) -> Option<Rule> {
        let why = match &*rule.sources {
            _ if rule.is_else => Some("an `else` depends on what did not happen"),
            [source] if source.condition.is_some() || source.check.is_some() => {
                Some("the condition of a source is not known on the way back")
            }
            [source] if source.key.is_some() => {
                Some("what `by` made one match of is not told apart on the way back")
            }
            [source] if source.type_name.is_some() => {
                Some("the type of a source is not known on the way back")
            }
            [source]
                if source.list_mode.is_some() || source.cardinality.is_some() || source.default.is_some() =>
            {
                Some("a list mode, a cardinality or a default loses what it does not take")
            }
            [_] => None,
            _ => Some("several sources are joined"),
        };
        if let Some(why) = why {
            self.refuse(why, rule.span);
            return None;
        }
        let source = rule.sources.first()?;
        if rule.targets.is_empty() {
            return self.only_read(rule, source);
        }
        let mut back = self.targets(rule, source)?;
        back.rules = rule
            .rules
            .as_ref()
            .map(|rules| self.statements(rules))
            .or(back.rules);
        back.invocations = self.calls(rule);
        back.name.clone_from(&rule.name);
        Some(back)
    }

    /// A rule without targets: the element is made, so that what is inside can fill it.
    fn only_read(&mut self, rule: &Rule, source: &Source) -> Option<Rule> {
        if rule.rules.is_none() && rule.invocations.is_empty() {
            return None;
        }
        let Some(alias) = source.alias.clone() else {
            self.refuse(
                "a context without a variable is not told apart on the way back",
                rule.span,
            );
            return None;
        };
        let _ = alias;
        self.refuse(
            "a source is read without a target, and which target it belongs to is not said",
            rule.span,
        );
        None
    }

    /// The targets as sources: the one that is copied or made first, the constants as its condition.
    fn targets(&mut self, rule: &Rule, source: &Source) -> Option<Rule> {
        let mut reads: Vec<Source> = Vec::new();
        let mut conditions: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut value = None;
        for target in &rule.targets {
            let TargetKind::Element { path, transform } = &target.kind else {
                self.refuse("a computed value has no way back", target.span);
                return None;
            };
            let mut read = Source {
                path: path.clone(),
                alias: target.alias.clone(),
                span: target.span,
                ..Source::default()
            };
            match transform {
                None => reads.push(read),
                Some(Transform::Literal(literal)) => {
                    let element: Vec<&str> = path.elements.iter().map(|name| name.text.as_str()).collect();
                    let condition = format!("{} = {}", element.join("."), super::render::literal(literal));
                    conditions
                        .entry(path.context.text.clone().into())
                        .or_default()
                        .push(condition);
                }
                Some(transform) => {
                    let alias = source.alias.as_ref().map(|alias| alias.text.as_str());
                    let Some(back) = self.value(transform, alias) else {
                        self.refuse("a computed value has no way back", target.span);
                        return None;
                    };
                    if value.is_some() {
                        self.refuse(
                            "a value that is written twice is read from its first place",
                            target.span,
                        );
                        continue;
                    }
                    let variable = target.alias.clone().or_else(|| source.alias.clone());
                    let variable = variable.unwrap_or_else(|| self.variable());
                    read.alias = Some(variable.clone());
                    value = Some(match back {
                        None => Transform::Copy(Path {
                            context: variable,
                            ..Path::default()
                        }),
                        Some(concept_map) => translate(&variable, &concept_map),
                    });
                    reads.push(read);
                }
            }
        }
        self.conditions(&mut reads, conditions, rule)?;
        if reads.is_empty() {
            self.refuse("only constants are written", rule.span);
            return None;
        }
        let is_short =
            value.is_none() && rule.rules.is_none() && rule.invocations.is_empty() && source.alias.is_none();
        let kind = TargetKind::Element {
            path: source.path.clone(),
            transform: value,
        };
        let target = Target {
            kind,
            // A value has no parts to fill; an element that was handed on is handed on again.
            alias: if is_short || rule.rules.is_none() && rule.invocations.is_empty() {
                None
            } else {
                source.alias.clone()
            },
            list_mode: None,
            span: source.span,
        };
        Some(Rule {
            is_else: false,
            sources: reads,
            targets: vec![target],
            invocations: Vec::new(),
            rules: None,
            name: None,
            span: rule.span,
        })
    }

    /// Puts the constants as conditions on the element that they were written into.
    fn conditions(
        &mut self,
        reads: &mut [Source],
        conditions: BTreeMap<String, Vec<String>>,
        rule: &Rule,
    ) -> Option<()> {
        for (context, all) in conditions {
            let at = reads
                .iter_mut()
                .find(|read| read.alias.as_ref().is_some_and(|alias| alias.text == context));
            let Some(read) = at else {
                self.refuse("a constant is written to what is not made here", rule.span);
                return None;
            };
            read.condition = Some(Expression {
                text: all.join(" and ").into(),
                span: Span::default(),
            });
        }
        Some(())
    }

    /// What a value is on the way back: the value itself, or a translation by a concept map.
    fn value(&self, transform: &Transform, alias: Option<&str>) -> Option<Option<String>> {
        let is_alias = |argument: &Argument| matches!(argument, Argument::Variable(name) if Some(name.text.as_str()) == alias);
        match transform {
            Transform::Copy(path)
                if path.elements.is_empty() && Some(path.context.text.as_str()) == alias =>
            {
                Some(None)
            }
            Transform::Invocation(call) => match (call.name.text.as_str(), &*call.arguments) {
                ("copy", [value]) if is_alias(value) => Some(None),
                ("cast", [value, ..]) if is_alias(value) => Some(None),
                ("translate", [value, Argument::Literal(map), Argument::Literal(output)])
                    if is_alias(value) && output.value == "code" =>
                {
                    let local = map.value.strip_prefix('#')?;
                    self.concept_maps.get(local).cloned().map(Some)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The groups that a rule calls, with what is handed to them in the order of the inverse group.
    fn calls(&mut self, rule: &Rule) -> Vec<Invocation> {
        let targets: Vec<&str> = rule
            .targets
            .iter()
            .filter_map(|target| target.alias.as_ref())
            .map(|alias| alias.text.as_str())
            .collect();
        let mut calls = Vec::new();
        for call in &rule.invocations {
            let is_plain = call
                .arguments
                .iter()
                .all(|argument| matches!(argument, Argument::Variable(_)));
            if !is_plain {
                self.refuse("a group is given a computed value", call.span);
                continue;
            }
            let mut call = call.clone();
            // Sources first: the variables of the targets are those of the way back.
            call.arguments.sort_by_key(|argument| {
                !matches!(argument, Argument::Variable(name) if targets.contains(&name.text.as_str()))
            });
            calls.push(call);
        }
        calls
    }
}

fn translate(variable: &Name, concept_map: &str) -> Transform {
    let text = |value: &str| {
        Argument::Literal(Literal {
            kind: LiteralKind::String,
            value: value.into(),
            unit: None,
            span: Span::default(),
        })
    };
    Transform::Invocation(Invocation {
        name: name("translate"),
        arguments: vec![
            Argument::Variable(variable.clone()),
            text(&format!("#{concept_map}")),
            text("code"),
        ],
        span: Span::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{parse, render};

    #[test]
    fn what_can_be_turned_is_and_the_rest_is_named() {
        let text = r#"/// url = 'http://example.org/there'
/// name = 'There'
/// carewire.entry = 'ADT^*'
conceptmap "sex" {
  prefix s = "urn:s"
  prefix t = "urn:t"
  s:M - t:male
  s:X - t:male
  s:F - t:female
}
uses "urn:a" alias A as source
uses "urn:b" alias B as target
group There(source src : A, target tgt : B) {
  src.a -> tgt.b;
  src -> tgt : c, d "both";
  src.e as e -> tgt.f = e "copied";
  src.g as g -> tgt.h = translate(g, '#sex', 'code');
  src.i as i -> tgt.j as j, j.system = 'urn:x', j.use = 'usual' then Inner(i, j);
  src.k as k -> tgt.l as l then {
    k.m as m -> l.n = m;
    k.o as o -> l.p = (o & 'x');
  };
  src.q where (r = 1) -> tgt.s;
  src.t as t -> tgt.u = cast(t, 'string');
}
group Inner(source i, target j) {
  i.v -> j.w;
}
"#;
        let parsed = parse("m.map", text);
        assert!(parsed.diagnostics.is_empty());
        let back = invert(&parsed.map);
        let shown = render(&back.map);
        let expected = r#"/// url = 'http://example.org/there-inverse'
/// name = 'ThereInverse'

conceptmap "sex-inverse" {
  prefix s = "urn:s"
  prefix t = "urn:t"
  t:"male" - s:"M"
  t:"female" - s:"F"
}

uses "urn:a" alias A as target
uses "urn:b" alias B as source

group There(source tgt : B, target src : A) {
  tgt.b -> src.a;
  tgt -> src : c, d "both";
  tgt.f as e -> src.e = e "copied";
  tgt.h as g -> src.g = translate(g, '#sex-inverse', 'code');
  tgt.j as j where (system = 'urn:x' and use = 'usual') -> src.i as i then Inner(j, i);
  tgt.l as l -> src.k as k then {
    l.n as m -> k.m = m;
  };
  tgt.u as t -> src.t = t;
}

group Inner(source j, target i) {
  j.w -> i.v;
}
"#;
        assert_eq!(shown, expected);
        assert!(parse("back.map", &shown).diagnostics.is_empty());
        let refused: Vec<&str> = back.refused.iter().map(Refused::why).collect();
        assert_eq!(
            refused,
            [
                "another code becomes the same one, and is taken on the way back",
                "a computed value has no way back",
                "the condition of a source is not known on the way back",
            ]
        );
        // There and back again, as far as it went.
        let again = invert(&back.map);
        assert!(
            again.refused.iter().all(|one| one.why().contains("condition")),
            "{:?}",
            again.refused
        );
    }
}
