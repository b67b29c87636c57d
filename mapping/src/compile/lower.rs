//! From the rules of a group to its operations: one line of them, in which a rule that finds nothing goes on behind its own.

use carewire_fhir_model::schema::{Property, TypeId, TypeKind};

use super::rule::{MapRule, Rule, RuleKind};
use super::target::Aim;
use super::{Compiler, lines};
use crate::operation::{
    Any, Argument, Bind, ByType, Call, ElementOf, If, Is, Make, Match, NO_SLOT, Named, Next, Operation,
    OtherTarget, Take,
};
use crate::program::{
    self, At, ElementTarget, Expr, KeyOf, Kind, Literal, Mode, Of, Operator, Origin, Output, Part, Parts,
    Program, RuleOf, RulePlace, Slot, Slotted, Source, Start, Step, Target, Transform, Translation, variant,
};
use crate::run::fits_by_its_letters;
use crate::syntax::Few;

impl Compiler<'_> {
    /// Appends the operations of rules that stand together, and gives where they stand.
    pub(super) fn lower(&mut self, rules: Vec<Rule>) -> std::ops::Range<At> {
        let mut lowering = Lowering {
            program: &mut self.program,
            rule: 0,
        };
        let start = lowering.here();
        lowering.block(rules);
        start..lowering.here()
    }
}

struct Lowering<'p> {
    program: &'p mut Program,
    /// The rule whose operations are being appended.
    rule: u32,
}

impl Lowering<'_> {
    /// Where the next operation will stand.
    fn here(&self) -> At {
        number(self.program.operations.len())
    }

    fn push(&mut self, operation: Operation, about: Option<Slot>) {
        self.program.operations.push(operation);
        self.program.origins.push(Origin {
            rule: self.rule,
            about,
        });
    }

    /// Rules in order; a rule and those behind it that are marked `else` make a chain, which ends with the first that fires.
    fn block(&mut self, rules: Vec<Rule>) {
        let mut ignored = Vec::new();
        // Where a rule of the chain that fired leaves it.
        let mut exits = Vec::new();
        let mut rules = rules.into_iter().peekable();
        while let Some(Rule { place, kind }) = rules.next() {
            let map = match kind {
                RuleKind::Map(map) => map,
                // What counts as read is so wherever that is said.
                RuleKind::Ignore(paths) => {
                    ignored.push((place, paths));
                    continue;
                }
            };
            while let Some(rule) = rules.next_if(|rule| matches!(rule.kind, RuleKind::Ignore(_))) {
                if let RuleKind::Ignore(paths) = rule.kind {
                    ignored.push((rule.place, paths));
                }
            }
            let goes_on =
                matches!(rules.peek(), Some(Rule { kind: RuleKind::Map(next), .. }) if next.is_else);
            self.link(place, map, goes_on, &mut exits);
        }
        for (place, paths) in ignored {
            self.begin(place, Few::default());
            let number = number(self.program.tables.ignored.len());
            self.program.tables.ignored.push(paths);
            self.push(Operation::Ignore(number), None);
        }
    }

    /// A rule of a chain, and whether the chain goes on behind it.
    fn link(&mut self, place: RulePlace, rule: MapRule, goes_on: bool, exits: &mut Vec<At>) {
        let start = self.here();
        let behind = self.rule(place, rule);
        let end = self.here();
        if goes_on {
            exits.push(end);
            self.push(Operation::GoTo(end), None);
        }
        let otherwise = self.here();
        self.direct(start..behind, Next { end, otherwise });
        if goes_on {
            return;
        }
        let behind = self.here();
        for at in exits.drain(..) {
            if let Some(operation) = self.program.operations.get_mut(at as usize) {
                *operation = Operation::GoTo(behind);
            }
        }
    }

    /// Tells sources and their conditions where the rules go on.
    fn direct(&mut self, range: std::ops::Range<At>, next: Next) {
        let Program {
            operations, tables, ..
        } = &mut *self.program;
        let range = range.start as usize..range.end as usize;
        for operation in operations.get_mut(range).into_iter().flatten() {
            let number = match operation {
                Operation::Take(take) => {
                    take.otherwise = next.otherwise;
                    Some(take.number)
                }
                Operation::Match { number, otherwise } => {
                    *otherwise = next.otherwise;
                    Some(*number)
                }
                Operation::Any(Any { otherwise, .. })
                | Operation::Is(Is { otherwise, .. })
                | Operation::If(If { otherwise, .. }) => {
                    *otherwise = next.otherwise;
                    None
                }
                _ => None,
            };
            if let Some(of) = number.and_then(|number| tables.matches.get_mut(number as usize)) {
                of.next = next;
            }
        }
    }

    fn begin(&mut self, place: RulePlace, sources: Few<Slot>) {
        self.rule = number(self.program.rules.len());
        self.program.rules.push(RuleOf { place, sources });
    }

    /// Appends a rule, and gives what is behind its sources.
    fn rule(&mut self, place: RulePlace, rule: MapRule) -> At {
        let slots: Few<Slot> = rule.sources.iter().map(|source| source.slot).collect();
        let first = slots.first().copied();
        let focus = first.filter(|_| rule.uses_focus);
        self.begin(place, slots);
        // What a check or a log of a match says is of this rule, and so must be the operation behind its sources.
        let is_bare = rule.targets.is_empty() && rule.calls.is_empty();
        let needs_own = is_bare
            && rule
                .sources
                .iter()
                .any(|source| source.check.is_some() || source.log.is_some());
        let mut about = None;
        rule.sources.each(|source| {
            let slot = source.slot;
            self.source(source, about);
            about = Some(slot);
        });
        let behind = self.here();
        if needs_own {
            self.push(Operation::GoTo(behind + 1), first);
        }
        let elements = self.program.tables.elements.len();
        rule.targets.each(|target| {
            let operation = match target {
                Aim::Element(target) => self.element(target, focus),
                Aim::Other(Target::Bind { value, slot }) => match self.lined(value, focus) {
                    Transform::Line(line, focus) => Operation::Bind(Bind { line, slot, focus }),
                    value => {
                        let others = &mut self.program.tables.others;
                        let target = Target::Bind { value, slot };
                        others.push(OtherTarget { target, focus });
                        Operation::Other(number(others.len() - 1))
                    }
                },
                Aim::Other(target) => {
                    let others = &mut self.program.tables.others;
                    others.push(OtherTarget { target, focus });
                    Operation::Other(number(others.len() - 1))
                }
            };
            self.push(operation, first);
        });
        let made = self.program.tables.elements.len();
        for call in rule.calls {
            let operation = self.call(call, focus);
            self.push(operation, first);
        }
        self.block(rule.inner);
        let end = self.here();
        let own = self.program.tables.elements.get_mut(elements..made);
        own.into_iter().flatten().for_each(|element| element.end = end);
        behind
    }

    fn call(&mut self, call: program::Call, focus: Option<Slot>) -> Operation {
        let arguments = number(self.program.tables.arguments.len());
        let count = u16::try_from(call.arguments.len()).unwrap_or(u16::MAX);
        for argument in call.arguments {
            let argument = match argument {
                Expr::Variable(slot) => Argument::Variable(slot),
                other => Argument::Line(lines::value(
                    &mut self.program.tables,
                    other,
                    focus.unwrap_or(NO_SLOT),
                )),
            };
            self.program.tables.arguments.push(argument);
        }
        // Where the group is, is known when all are compiled.
        Operation::Call(Call {
            start: call.group.0,
            end: call.group.0,
            frame: 0,
            focus: focus.unwrap_or(NO_SLOT),
            arguments,
            count,
        })
    }

    fn source(&mut self, mut source: Source, about: Option<Slot>) {
        let part = match *source.steps {
            _ if !source.is_plain => None,
            [] => Some(None),
            [Step::Field(number)] => Some(Some(Part::Field(number))),
            [Step::Component(number)] => Some(Some(Part::Component(number))),
            [Step::Subcomponent(number)] => Some(Some(Part::Subcomponent(number))),
            _ => None,
        };
        let at = number(self.program.tables.matches.len());
        let slot = source.slot;
        let taken = match (source.start, part) {
            (Start::Slot(from), Some(part)) => Some((from, part)),
            _ => None,
        };
        let asked = source.condition.as_ref().filter(|_| taken.is_some());
        let asked = asked.and_then(|condition| self.one_look(condition, slot));
        // A condition may tell which of all segments are looked at.
        let is_located = matches!(*source.steps, [Step::All, Step::Descend(_)]);
        let condition = source.condition.take_if(|_| !is_located);
        let condition =
            condition.map(|condition| lines::condition(&mut self.program.tables, condition, slot));
        self.program.tables.matches.push(Match {
            needs: source.needs(),
            behind: 0,
            next: Next::default(),
            condition,
            source,
        });
        match taken {
            Some((from, part)) => {
                self.push(
                    Operation::Take(Take {
                        from,
                        to: slot,
                        part,
                        otherwise: 0,
                        number: at,
                    }),
                    about,
                );
                let line = condition.map(|line| {
                    Operation::If(If {
                        line,
                        focus: slot,
                        otherwise: 0,
                    })
                });
                if let Some(operation) = asked.or(line) {
                    self.push(operation, about);
                }
            }
            None => self.push(
                Operation::Match {
                    number: at,
                    otherwise: 0,
                },
                about,
            ),
        }
        let behind = self.here();
        if let Some(of) = self.program.tables.matches.get_mut(at as usize) {
            of.behind = behind;
        }
    }

    /// What asks a condition of one look of the match that a variable holds.
    fn one_look(&mut self, condition: &Expr, slot: Slot) -> Option<Operation> {
        let (is, asked) = match condition {
            Expr::Not(inner) => (false, &**inner),
            other => (true, other),
        };
        match asked {
            Expr::Any(parts) => {
                if let (Some(bits), Some(level)) = (short_bits(parts), parts.parts.first()) {
                    return Some(Operation::Any(Any {
                        of: match parts.of {
                            Of::Focus => slot,
                            Of::Slot(other) => other,
                        },
                        is,
                        bits,
                        otherwise: 0,
                        level: *level,
                    }));
                }
            }
            Expr::Is(of, text) => {
                if let Some((of, part)) = part_of(of, slot)
                    && let Some(text) = self.program.tables.keep(text)
                {
                    return Some(Operation::Is(Is {
                        of,
                        part,
                        is,
                        text,
                        otherwise: 0,
                    }));
                }
            }
            _ => {}
        }
        None
    }

    /// The value as a line, if it is an expression or a translation of one text.
    fn lined(&mut self, value: Transform, focus: Option<Slot>) -> Transform {
        let (tables, focus) = (&mut self.program.tables, focus.unwrap_or(NO_SLOT));
        match value {
            Transform::Value(value) => Transform::Line(lines::value(tables, value, focus), focus),
            Transform::Translate(translation) => match lines::translation(tables, translation, focus) {
                Ok(line) => Transform::Line(line, focus),
                Err(translation) => Transform::Translate(translation),
            },
            other => other,
        }
    }

    fn element(&mut self, mut target: ElementTarget, focus: Option<Slot>) -> Operation {
        let number = number(self.program.tables.elements.len());
        let operation = self.plain(&target, number);
        if let Some(Operation::Value(_) | Operation::Prefixed(..)) = operation {
            target.value = target.value.map(|value| self.lined(value, focus));
        }
        // A variable or a constant is looked at by itself.
        if let Mode::Key { key: of, .. } = &mut target.mode
            && let KeyOf::Expression(key) = of
            && !matches!(**key, Expr::Variable(_) | Expr::Literal(_))
        {
            let (key, focus) = (
                std::mem::replace(&mut **key, Expr::Focus),
                focus.unwrap_or(NO_SLOT),
            );
            *of = KeyOf::Line(lines::value(&mut self.program.tables, key, focus), focus);
        }
        self.program.tables.elements.push(ElementOf {
            target,
            focus,
            end: 0,
        });
        operation.unwrap_or(Operation::Element(number))
    }

    /// What most targets are; none for another.
    fn plain(&mut self, target: &ElementTarget, number: u32) -> Option<Operation> {
        if !target.path.is_empty() {
            return None;
        }
        if let (
            Mode::Key {
                key: KeyOf::Expression(key),
                once,
            },
            Slotted::Known(property),
            None,
        ) = (&target.mode, &target.element, &target.value)
            && let Expr::Variable(key) = **key
            && property.is_list()
            && property.kind() != TypeKind::Resource
            && !property.type_id().is_abstract()
        {
            return Some(Operation::Keyed(make_of(target, property, number), key, *once));
        }
        if !matches!(target.mode, Mode::Append) {
            return None;
        }
        if let (Slotted::Named(name), Some(Transform::Value(Expr::Variable(from)))) =
            (&target.element, &target.value)
        {
            return Some(Operation::Named(Named {
                name: self.name(name),
                context: target.context,
                slot: target.slot.unwrap_or(NO_SLOT),
                from: *from,
                number,
            }));
        }
        let property = match (&target.element, &target.value) {
            (Slotted::Known(property), _) => property,
            (Slotted::Choice(element), Some(value)) => variant(element, own_type(value)?)?,
            _ => return None,
        };
        let make = make_of(target, property, number);
        Some(match &target.value {
            None if !property.type_id().is_abstract() => Operation::Open(make),
            None => Operation::There(make),
            Some(Transform::Create(type_id)) if *type_id == property.type_id() => Operation::Open(make),
            Some(Transform::Create(type_id)) if property.kind() == TypeKind::Resource => {
                Operation::Resource(make, *type_id)
            }
            Some(value) if property.kind() == TypeKind::Primitive => {
                self.primitive(target, property, value, make)?
            }
            _ => return None,
        })
    }

    /// The number of a name among those of elements whose type is known when it runs.
    fn name(&mut self, name: &str) -> u32 {
        let names = &mut self.program.tables.names;
        let known = names.iter().position(|known| *known.name == *name);
        number(known.unwrap_or_else(|| {
            names.push(ByType::of(name));
            names.len() - 1
        }))
    }

    fn primitive(
        &mut self,
        target: &ElementTarget,
        property: &Property,
        value: &Transform,
        make: Make,
    ) -> Option<Operation> {
        let value = match value {
            Transform::Value(value) => value,
            // What it is cast to is what it is written as.
            Transform::Cast(Expr::Variable(slot), type_id)
                if *type_id == property.type_id() && Kind::of_type(*type_id) == Kind::String =>
            {
                return Some(Operation::Variable(make, *slot));
            }
            other => return own_type(other).map(|_| Operation::Value(make)),
        };
        Some(match value {
            Expr::Literal(Literal::Value(_, text)) if target.is_fit => {
                Operation::Constant(make, self.program.tables.keep(text)?)
            }
            Expr::Variable(slot) => Operation::Variable(make, *slot),
            Expr::Binary(Operator::Concatenate, left, right) => match (&**left, &**right) {
                (Expr::Literal(Literal::Value(_, text)), Expr::Variable(slot))
                    if fits_by_its_letters(text, property.type_id()) =>
                {
                    Operation::Prefixed(make, self.program.tables.keep(text)?, *slot)
                }
                _ => Operation::Value(make),
            },
            _ => Operation::Value(make),
        })
    }
}

fn make_of(target: &ElementTarget, property: &Property, number: u32) -> Make {
    Make {
        property: property.id(),
        context: target.context,
        slot: target.slot.unwrap_or(NO_SLOT),
        number,
    }
}

/// The bits of parts, if they fit.
fn short_bits(parts: &Parts) -> Option<u32> {
    u32::try_from(parts.bits).ok()
}

/// The variable, and the part of it, that an expression looks at.
fn part_of(expr: &Expr, focus: Slot) -> Option<(Slot, Option<Part>)> {
    let variable = |expr: &Expr| match expr {
        Expr::Focus => Some(focus),
        Expr::Variable(slot) => Some(*slot),
        _ => None,
    };
    match expr {
        Expr::Child(of, Step::Component(number)) => Some((variable(of)?, Some(Part::Component(*number)))),
        Expr::Child(of, Step::Subcomponent(number)) => {
            Some((variable(of)?, Some(Part::Subcomponent(*number))))
        }
        other => Some((variable(other)?, None)),
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The type of what a transform makes, if that is known before and there is one of it at most.
fn own_type(value: &Transform) -> Option<TypeId> {
    let text = |translation: &Translation| {
        matches!(
            translation.output,
            Output::Code | Output::System | Output::Display
        ) && matches!(
            translation.default,
            None | Some(Expr::Literal(Literal::Value(Kind::String, _)))
        )
    };
    Some(match value {
        Transform::Create(type_id) => *type_id,
        Transform::Cast(_, type_id) if type_id.is_primitive() => Kind::of_type(*type_id).type_id(),
        Transform::Translate(translation) if text(translation) => TypeId::STRING,
        Transform::Truncate(_)
        | Transform::Escape { .. }
        | Transform::Append(_)
        | Transform::Reference(_) => TypeId::STRING,
        Transform::ToDate(..) => TypeId::DATE,
        Transform::ToDateTime(..) => TypeId::DATE_TIME,
        Transform::ToTime(..) => TypeId::TIME,
        _ => return None,
    })
}
