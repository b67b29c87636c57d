//! Rules and their sources.

use carewire_fhir_model::schema::BindingStrength;

use super::codes::Bound;
use super::expression::Focus;
use super::group::Body;
use super::target::Aim;
use super::types::Level;
use super::{Compiler, Type, nearest, types, v2};
use crate::finding::Code;
use crate::model::{Below, Models};
use crate::operation::Ignored;
use crate::program::{Call, Expr, Kind, Literal, RulePlace, Source, Start, Step, TypeFilter};
use crate::syntax::{
    self, Argument, Batch, Few, Invocation, LiteralKind, Name, ParameterMode, SourceDefault, Statement,
    Target, TargetKind, Word,
};

/// A rule, compiled as it stands.
pub(super) struct Rule {
    pub(super) place: RulePlace,
    pub(super) kind: RuleKind,
}

#[expect(clippy::large_enum_variant, reason = "nearly every one is the large one")]
pub(super) enum RuleKind {
    Map(MapRule),
    /// Places whose text counts as read.
    Ignore(Box<[Ignored]>),
}

#[derive(Default)]
pub(super) struct MapRule {
    pub(super) is_else: bool,
    pub(super) sources: Few<Source>,
    pub(super) targets: Few<Aim>,
    pub(super) calls: Vec<Call>,
    pub(super) inner: Vec<Rule>,
    /// Whether a target or an argument looks at the first source by itself, not through a variable.
    pub(super) uses_focus: bool,
}

/// A path of a source, resolved.
pub(super) struct Found {
    pub(super) start: Start,
    pub(super) steps: Vec<Step>,
    pub(super) ty: Type,
    /// Every type a choice element may have; empty where one or none is known.
    pub(super) choice: Vec<carewire_fhir_model::schema::TypeId>,
    /// The segment that the last step went down from.
    pub(super) segment: Option<[u8; 3]>,
}

impl Compiler<'_> {
    pub(super) fn rules(&mut self, body: &mut Body, statements: &[Statement]) -> Vec<Rule> {
        let mut rules = Vec::with_capacity(statements.len());
        for (at, statement) in statements.iter().enumerate() {
            let mark = body.scope.enter();
            match statement {
                Statement::Rule(rule) => {
                    if rule.is_else {
                        self.superset(body.unit, rule.span, "`else`");
                        if at == 0 {
                            self.report(
                                body.unit,
                                Code::Syntax,
                                rule.span,
                                "`else` needs a rule before it",
                                None,
                            );
                        }
                    }
                    rules.extend(self.rule(body, rule));
                }
                Statement::Batch(batch) => rules.extend(self.batch(body, batch)),
                Statement::Ignore(ignore) => {
                    self.superset(body.unit, ignore.span, "`ignore`");
                    let mut paths = Vec::new();
                    let place = self.place(body.unit, ignore.span);
                    self.is_ignoring = true;
                    // A group that is compiled for several types leaves the same out.
                    let is_new = self.ignored.insert((body.unit, ignore.span.start));
                    for path in &ignore.paths {
                        if is_new {
                            let words = std::iter::once(&path.context).chain(&path.elements);
                            let words: Vec<&str> = words.map(|name| name.text.as_str()).collect();
                            let left_out = (words.join("."), ignore.reason.value.clone().into(), place);
                            self.program.left_out.push(left_out);
                        }
                        if let Some(found) = self.path(body, &path.context, &path.elements)
                            && let Start::Slot(slot) = found.start
                        {
                            paths.push((slot, found.steps.into()));
                        }
                    }
                    self.is_ignoring = false;
                    rules.push(Rule {
                        place,
                        kind: RuleKind::Ignore(paths.into()),
                    });
                }
            }
            self.leave(body, mark);
        }
        self.unreachable(body.unit, statements);
        rules
    }

    /// Ends the variables of a rule; one that was never used is a mistake, or is not needed.
    fn leave(&mut self, body: &mut Body, mark: (usize, crate::program::Slot)) {
        for (name, span) in body.scope.leave(mark) {
            let message = format!("the variable `{name}` is never used");
            self.report(body.unit, Code::UnusedVariable, span, message, None);
        }
    }

    /// A batch is a rule for each of its elements.
    fn batch(&mut self, body: &mut Body, batch: &Batch) -> Vec<Rule> {
        let mut rules = Vec::new();
        for element in &batch.elements {
            let below = |path: &syntax::Path| {
                let mut path = path.clone();
                path.elements.push(element.clone());
                path.span = element.span;
                path
            };
            let source = syntax::Source {
                path: below(&batch.source),
                span: element.span,
                ..syntax::Source::default()
            };
            let kind = TargetKind::Element {
                path: below(&batch.target),
                transform: None,
            };
            let target = Target {
                kind,
                alias: None,
                list_mode: None,
                span: element.span,
            };
            let rule = syntax::Rule {
                is_else: false,
                sources: vec![source],
                targets: vec![target],
                invocations: Vec::new(),
                rules: None,
                name: None,
                span: element.span,
            };
            let mark = body.scope.enter();
            rules.extend(self.rule(body, &rule));
            self.leave(body, mark);
        }
        rules
    }

    fn rule(&mut self, body: &mut Body, rule: &syntax::Rule) -> Option<Rule> {
        let mut sources = Few::default();
        let mut complete = true;
        let mut first = None;
        for source in &rule.sources {
            match self.source(body, source) {
                Some((compiled, found)) => {
                    first.get_or_insert((compiled.slot, found));
                    sources.push(compiled);
                }
                None => complete = false,
            }
        }
        // Without a source that is right the rest is still looked through, for what else is wrong.
        let (focus_slot, focus) = first.unwrap_or_else(|| {
            let nothing = Found {
                start: Start::Root,
                steps: Vec::new(),
                ty: Type::Unknown,
                choice: Vec::new(),
                segment: None,
            };
            (body.scope.slot(), nothing)
        });
        let simple = is_simple(rule);
        let mut targets = Few::default();
        for target in &rule.targets {
            let has_dependents = !rule.invocations.is_empty() || rule.rules.is_some();
            match self.target(body, target, focus_slot, &focus, simple, has_dependents) {
                Some(compiled) => targets.push(compiled),
                None => complete = false,
            }
        }
        let mut calls = Vec::with_capacity(rule.invocations.len());
        for invocation in &rule.invocations {
            match self.call(body, invocation, focus.ty, focus_slot) {
                Some(call) => calls.push(call),
                None => complete = false,
            }
        }
        let inner = match &rule.rules {
            None => Vec::new(),
            Some(inner) => self.rules(body, inner),
        };
        if !complete {
            return None;
        }
        let uses_focus = targets.iter().any(Aim::uses_focus) || calls.iter().any(Call::uses_focus);
        let map = MapRule {
            uses_focus,
            is_else: rule.is_else,
            sources,
            targets,
            calls,
            inner,
        };
        Some(Rule {
            place: self.place(body.unit, rule.span),
            kind: RuleKind::Map(map),
        })
    }

    fn source(&mut self, body: &mut Body, source: &syntax::Source) -> Option<(Source, Found)> {
        let Some(mut found) = self.path(body, &source.path.context, &source.path.elements) else {
            if let Some(alias) = &source.alias {
                let slot = body.scope.slot();
                body.scope.declare(alias, slot, Type::Unknown, false);
                body.scope.is_element(None);
            }
            return None;
        };
        let mut type_filter = None;
        if let Some(name) = &source.type_name {
            let wanted = self.type_named(body.unit, &name.text, name.span);
            if let Type::Fhir(type_id) = wanted {
                if !found.choice.is_empty()
                    && !found
                        .choice
                        .iter()
                        .any(|one| one.is_a(type_id) || type_id.is_a(*one))
                {
                    self.report(
                        body.unit,
                        Code::TypeMismatch,
                        name.span,
                        format!("the element is never a `{}`", name.text),
                        None,
                    );
                }
                type_filter = Some(TypeFilter::Fhir(type_id));
                found.ty = wanted;
                found.choice.clear();
            }
            if let Type::Model(_) | Type::Unknown = wanted {
                let url = match wanted {
                    Type::Model(id) => self.models.url(id).to_owned(),
                    _ => name.text.clone().into(),
                };
                let last = url.rsplit('/').next().unwrap_or_default();
                type_filter = Some(TypeFilter::Named(last.into()));
                found.ty = wanted;
                found.choice.clear();
            } else if found.ty.is_v2() {
                let help = Some("test OBX-2, or what tells the types apart, in `where`".to_owned());
                self.report(
                    body.unit,
                    Code::Unsupported,
                    name.span,
                    "a part of an HL7 v2 field has no type of its own",
                    help,
                );
            }
        }
        let slot = body.scope.slot();
        let default = match &source.default {
            None => None,
            Some(SourceDefault::Text(text)) => Some(Expr::Literal(Literal::Value(
                Kind::String,
                text.value.as_str().into(),
            ))),
            Some(SourceDefault::Expression(value)) => {
                let before = match found.start {
                    Start::Slot(slot) => Some(slot),
                    Start::Constant(_) | Start::Root => None,
                };
                Some(self.expression(
                    body,
                    value,
                    Focus {
                        ty: Type::Unknown,
                        slot: before,
                    },
                    false,
                ))
            }
        };
        if let Some(alias) = &source.alias {
            body.scope.declare(alias, slot, found.ty, false);
            // A condition may leave some codes out.
            let is_whole = source.condition.is_none();
            body.scope.is_element(bound(&found).filter(|_| is_whole));
        }
        self.never_holds(body.unit, source, &found);
        let focus = Focus {
            ty: found.ty,
            slot: Some(slot),
        };
        let condition = source
            .condition
            .as_ref()
            .map(|condition| self.expression(body, condition, focus, false));
        let key = source.key.as_ref().map(|key| {
            self.superset(body.unit, key.span, "`by`");
            self.expression(body, key, focus, false)
        });
        let check = source
            .check
            .as_ref()
            .map(|check| self.expression(body, check, focus, false));
        let log = source
            .log
            .as_ref()
            .map(|log| self.expression(body, log, focus, false));
        let is_plain = matches!(found.start, Start::Slot(_))
            && type_filter.is_none()
            && key.is_none()
            && check.is_none()
            && log.is_none()
            && default.is_none()
            && source.list_mode.is_none()
            && source.cardinality.is_none();
        let compiled = Source {
            start: found.start,
            steps: std::mem::take(&mut found.steps).into(),
            type_filter,
            condition,
            key: key.map(Box::new),
            check: check.map(Box::new),
            log: log.map(Box::new),
            default: default.map(Box::new),
            mode: source.list_mode,
            cardinality: source
                .cardinality
                .map(|cardinality| (cardinality.min, cardinality.max)),
            slot,
            is_plain,
        };
        Some((compiled, found))
    }

    /// Resolves a variable and the elements below it.
    pub(super) fn path(&mut self, body: &Body, context: &Name, elements: &[Name]) -> Option<Found> {
        let (start, ty) = match body.scope.find(&context.text) {
            Some(variable) => (Start::Slot(variable.slot), variable.ty),
            None => match self
                .units
                .get(body.unit)
                .and_then(|unit| unit.constants.get(&context.text))
            {
                Some(constant) => (Start::Constant(*constant), Type::Computed),
                None if context.text == "msg" => {
                    (Start::Root, self.special_type(crate::program::Special::Root))
                }
                None => {
                    self.unknown_variable(body, context);
                    return None;
                }
            },
        };
        let mut found = Found {
            start,
            steps: Vec::with_capacity(elements.len()),
            ty,
            choice: Vec::new(),
            segment: None,
        };
        for element in elements {
            let step = self.step(body.unit, element, &mut found)?;
            found.steps.push(step);
        }
        Some(found)
    }

    pub(super) fn unknown_variable(&mut self, body: &Body, name: &Name) {
        let constants = self
            .units
            .get(body.unit)
            .map(|unit| unit.constants.keys())
            .into_iter()
            .flatten();
        let help = nearest::help(&name.text, body.scope.names().chain(constants.map(Word::as_str)));
        self.report(
            body.unit,
            Code::UnknownVariable,
            name.span,
            format!("there is no variable `{}` here", name.text),
            help,
        );
    }

    /// Remembers that a field of a segment is read.
    pub(super) fn note_read(&mut self, ty: Type, step: &Step) {
        if let (Type::Segment(id), Step::Field(number), false) = (ty, step, self.is_ignoring) {
            self.reads.insert((id, *number));
        }
    }

    fn step(&mut self, unit: usize, name: &Name, found: &mut Found) -> Option<Step> {
        found.choice.clear();
        match step_of(&self.models, found.ty, &name.text) {
            Some((step, ty)) => {
                self.note_read(found.ty, &step);
                found.segment = match found.ty {
                    Type::Segment(id) => Some(id),
                    _ => None,
                };
                if let (Step::Element(element), Type::Unknown) = (&step, ty) {
                    found.choice = element.types().collect();
                }
                found.ty = ty;
                Some(step)
            }
            None => {
                let (message, help) = unknown_element(&self.models, found.ty, &name.text);
                self.report(unit, Code::UnknownElement, name.span, message, help);
                None
            }
        }
    }

    pub(super) fn call(
        &mut self,
        body: &mut Body,
        invocation: &Invocation,
        focus: Type,
        focus_slot: u16,
    ) -> Option<Call> {
        let group = self.one_group(body.unit, &invocation.name.text, invocation.name.span)?;
        let declared = self.group_of(group)?;
        if declared.parameters.len() != invocation.arguments.len() {
            let message = format!(
                "`{}` takes {} arguments, and {} are given",
                invocation.name.text,
                declared.parameters.len(),
                invocation.arguments.len()
            );
            self.report(body.unit, Code::ParameterCount, invocation.span, message, None);
            return None;
        }
        let mut types = self.declared_types(group);
        let mut arguments = Vec::with_capacity(invocation.arguments.len());
        for ((argument, parameter), declared) in invocation
            .arguments
            .iter()
            .zip(&declared.parameters)
            .zip(&mut types)
        {
            let (value, given, is_target) = self.argument(body, argument, focus, focus_slot)?;
            if parameter.mode == ParameterMode::Target && !is_target {
                let message = format!("`{}` is a target, and a source is given", parameter.name.text);
                self.report(body.unit, Code::ParameterMode, argument.span(), message, None);
            }
            if !given.fits(*declared) {
                let message = format!(
                    "`{}` takes {}, and {} is given",
                    parameter.name.text,
                    declared.describe(),
                    given.describe()
                );
                self.report(body.unit, Code::TypeMismatch, argument.span(), message, None);
            }
            *declared = declared.narrowed(given);
            arguments.push(value);
        }
        Some(Call {
            group: self.specialise(group, types),
            arguments: arguments.into(),
        })
    }

    /// The value of an argument, what is known of it, and whether it can be filled.
    pub(super) fn argument(
        &mut self,
        body: &mut Body,
        argument: &Argument,
        focus: Type,
        slot: u16,
    ) -> Option<(Expr, Type, bool)> {
        match argument {
            Argument::Literal(literal) => {
                let ty = match literal.kind {
                    LiteralKind::String => Type::Text,
                    LiteralKind::Integer => Type::Integer,
                    LiteralKind::Null => Type::Unknown,
                    _ => Type::Computed,
                };
                Some((Expr::Literal(super::transform::literal(literal)), ty, false))
            }
            Argument::Variable(name) => match body.scope.find(&name.text) {
                Some(variable) => Some((Expr::Variable(variable.slot), variable.ty, variable.is_target)),
                None => match self
                    .units
                    .get(body.unit)
                    .and_then(|unit| unit.constants.get(&name.text))
                {
                    Some(constant) => Some((Expr::Constant(*constant), Type::Computed, false)),
                    None => {
                        self.unknown_variable(body, name);
                        None
                    }
                },
            },
            Argument::Expression(text) => {
                let (value, ty) = self.typed_expression(
                    body,
                    text,
                    Focus {
                        ty: focus,
                        slot: Some(slot),
                    },
                    true,
                );
                Some((value, ty, false))
            }
        }
    }
}

/// What the element of a path holds codes of: the value set that it requires, or the table of a field.
fn bound(found: &Found) -> Option<Bound> {
    match found.steps.last()? {
        Step::Element(element) => {
            let binding = element.binding()?;
            let is_required = binding.strength() == BindingStrength::Required;
            is_required.then(|| Bound::ValueSet(binding.value_set()))
        }
        Step::Field(number) => found.segment.map(|id| Bound::Field(id, *number)),
        _ => None,
    }
}

/// Whether the rule is of the short form: one source and one target without variables, transform and dependents.
fn is_simple(rule: &syntax::Rule) -> bool {
    let plain = matches!(
        rule.targets.as_slice(),
        [Target {
            kind: TargetKind::Element { transform: None, .. },
            alias: None,
            list_mode: None,
            ..
        }]
    );
    plain
        && matches!(rule.sources.as_slice(), [source] if source.alias.is_none())
        && rule.invocations.is_empty()
        && rule.rules.is_none()
}

/// The step that a name is below a type, and the type below it.
pub(super) fn step_of(models: &Models, ty: Type, name: &str) -> Option<(Step, Type)> {
    match ty {
        Type::Tree if name == "all" => Some((Step::All, Type::All)),
        Type::Tree | Type::Segment(_) if name == "position" => Some((Step::Position, Type::Integer)),
        Type::Part | Type::Field(..) | Type::Component(..) | Type::Data(..) if name == "whole" => {
            Some((Step::Whole, Type::Text))
        }
        Type::All => {
            let id = segment_id(name).filter(|_| v2::field_count(name).is_some())?;
            Some((Step::Descend(name.into()), Type::Segment(id)))
        }
        Type::Tree => match segment_id(name) {
            Some(id) => v2::field_count(name).map(|_| (Step::Tree(name.into()), Type::Segment(id))),
            None => v2::tree_names()
                .contains(name)
                .then(|| (Step::Tree(name.into()), Type::Tree)),
        },
        Type::Segment(id) => {
            let number = match numbered(name, 'f') {
                Some(number) => {
                    let last = std::str::from_utf8(&id).ok().and_then(v2::field_count);
                    (number <= last?).then_some(number)?
                }
                None => v2::field_named(id, name)?,
            };
            Some((Step::Field(number), Type::Field(id, number)))
        }
        Type::Field(id, field) => match (numbered(name, 'c'), numbered(name, 's')) {
            (Some(number), _) => Some((Step::Component(number), Type::Component(id, field, number))),
            (_, Some(number)) => Some((Step::Subcomponent(number), Type::Part)),
            (None, None) => {
                let number = v2::component_named(id, field, name)?;
                Some((Step::Component(number), Type::Component(id, field, number)))
            }
        },
        Type::Component(id, field, component) => match (numbered(name, 'c'), numbered(name, 's')) {
            (Some(number), _) => Some((Step::Component(number), Type::Part)),
            (_, Some(number)) => Some((Step::Subcomponent(number), Type::Part)),
            (None, None) => {
                let number = v2::subcomponent_named(id, field, component, name)?;
                Some((Step::Subcomponent(number), Type::Part))
            }
        },
        Type::Data(of, level) => match (numbered(name, 'c'), numbered(name, 's'), level) {
            (Some(number), ..) => Some((Step::Component(number), types::component_of(of, level, number))),
            (None, Some(number), _) => Some((Step::Subcomponent(number), Type::Part)),
            (None, None, Level::Repetition) => {
                let number = v2::part_named(of, name)?;
                Some((Step::Component(number), types::component_of(of, level, number)))
            }
            (None, None, Level::Component) => {
                let number = v2::part_named(of, name)?;
                Some((Step::Subcomponent(number), Type::Part))
            }
            (None, None, Level::Unknown) => None,
        },
        Type::Part => match (numbered(name, 'c'), numbered(name, 's')) {
            (Some(number), _) => Some((Step::Component(number), Type::Part)),
            (_, Some(number)) => Some((Step::Subcomponent(number), Type::Part)),
            (None, None) => None,
        },
        Type::Fhir(type_id) => {
            if let Some(element) = type_id.element(name) {
                return Some((Step::Element(element), types::of_element(element)));
            }
            if type_id.is_primitive() && name == "value" {
                return Some((Step::Itself, ty));
            }
            if let Some(property) = type_id.property(name) {
                return Some((Step::Property(property), Type::Fhir(property.type_id())));
            }
            // Of an abstract type the concrete one may have the element.
            type_id
                .is_abstract()
                .then(|| (Step::Named(name.into()), Type::Unknown))
        }
        Type::Model(id) => match models.below(id, name) {
            Below::Open => Some((Step::Named(name.into()), Type::Unknown)),
            Below::Nothing => None,
            Below::Element(_, typed) => Some((Step::Named(name.into()), types::of_model(typed))),
        },
        Type::Unknown => Some((Step::Named(name.into()), Type::Unknown)),
        Type::Computed | Type::Text | Type::Integer => (name == "value").then_some((Step::Itself, ty)),
    }
}

/// Three capitals or digits.
fn segment_id(name: &str) -> Option<[u8; 3]> {
    let id = <[u8; 3]>::try_from(name.as_bytes()).ok()?;
    id.iter()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        .then_some(id)
}

/// The number of `f3`.
pub(crate) fn numbered(name: &str, letter: char) -> Option<u16> {
    let digits = name.strip_prefix(letter)?;
    let number: u16 = digits.parse().ok()?;
    (number > 0 && !digits.starts_with(['0', '+'])).then_some(number)
}

pub(super) fn unknown_element(models: &Models, ty: Type, name: &str) -> (String, Option<String>) {
    let message = match ty {
        Type::Model(id) => format!("`{}` has no element `{name}`", models.url(id)),
        _ => format!("{} has no element `{name}`", ty.describe()),
    };
    let help = match ty {
        Type::Segment(id) => match std::str::from_utf8(&id).ok().and_then(v2::field_count) {
            Some(last) => nearest_of(name, &v2::field_names(id))
                .or_else(|| Some(format!("fields are `f1` to `f{last}`"))),
            None => Some("no version of HL7 v2 has the segment".to_owned()),
        },
        Type::Tree | Type::All => nearest::help(name, v2::tree_names().iter().copied()),
        Type::Part | Type::Field(..) | Type::Component(..) | Type::Data(..) => part_help(ty, name),
        Type::Fhir(type_id) => {
            nearest::help_or_list(name, type_id.elements().iter().map(|element| element.name()))
        }
        Type::Model(id) => nearest::help(name, models.names(id)),
        _ => None,
    };
    (message, help)
}

/// What to write in place of a name that is no part of a field.
fn part_help(ty: Type, name: &str) -> Option<String> {
    const NUMBERS: &str = "components are `c1`, `c2`, ..., subcomponents `s1`, `s2`, ...";
    Some(match ty.by_data_type() {
        Type::Data(of, Level::Unknown) if let Some(number) = v2::part_named(of, name) => format!(
            "write `c{number}` of a field or `s{number}` of a component: no call of the group tells which it is given"
        ),
        Type::Data(of, _) => nearest_of(name, &v2::part_names(of)).unwrap_or_else(|| NUMBERS.to_owned()),
        _ => format!("{NUMBERS}; a group that declares the data type of its parameter may use its names"),
    })
}

fn nearest_of(name: &str, names: &[String]) -> Option<String> {
    nearest::help(name, names.iter().map(String::as_str))
}
