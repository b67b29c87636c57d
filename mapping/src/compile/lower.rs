//! From the rules of a group to its operations: one line of them, in which a rule that finds nothing goes on behind its own.

use carewire_fhir_model::schema::{TypeId, TypeKind};

use super::Compiler;
use super::rule::{MapRule, Rule, RuleKind};
use super::target::Aim;
use crate::program::{
    At, ElementTarget, Expr, Kind, Literal, Make, Match, Mode, Next, Operation, Operator, Origin,
    OtherTarget, Output, Part, Plain, Program, RuleOf, RulePlace, Slot, Slotted, Source, Start, Step, Take,
    Transform, Translation, variant,
};
use crate::run::fits_by_its_letters;

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
        let mut chain = Vec::new();
        let mut ignored = Vec::new();
        for rule in rules {
            match rule.kind {
                RuleKind::Map(map) => {
                    if !map.is_else {
                        self.chain(std::mem::take(&mut chain));
                    }
                    chain.push((rule.place, map));
                }
                // What counts as read is so wherever that is said.
                RuleKind::Ignore(paths) => ignored.push((rule.place, paths)),
            }
        }
        self.chain(chain);
        for (place, paths) in ignored {
            self.begin(place, [].into());
            self.push(Operation::Ignore(paths), None);
        }
    }

    fn chain(&mut self, rules: Vec<(RulePlace, MapRule)>) {
        let mut exits = Vec::new();
        let mut left = rules.len();
        for (place, rule) in rules {
            left -= 1;
            let sources = self.here();
            let count = number(rule.sources.len());
            self.rule(place, rule);
            let end = self.here();
            if left > 0 {
                exits.push(end);
                self.push(Operation::GoTo(end), None);
            }
            let otherwise = self.here();
            for at in sources..sources + count {
                if let Some(next) = self.next_of(at) {
                    *next = Next { end, otherwise };
                }
            }
        }
        let behind = self.here();
        for at in exits {
            if let Some(operation) = self.program.operations.get_mut(at as usize) {
                *operation = Operation::GoTo(behind);
            }
        }
    }

    fn next_of(&mut self, at: At) -> Option<&mut Next> {
        match self.program.operations.get_mut(at as usize)? {
            Operation::Take(take) => Some(&mut take.next),
            Operation::Match(source) => Some(&mut source.next),
            _ => None,
        }
    }

    fn begin(&mut self, place: RulePlace, sources: Box<[Slot]>) {
        self.rule = number(self.program.rules.len());
        self.program.rules.push(RuleOf { place, sources });
    }

    fn rule(&mut self, place: RulePlace, rule: MapRule) {
        let slots: Box<[Slot]> = rule.sources.iter().map(|source| source.slot).collect();
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
        for source in rule.sources {
            let slot = source.slot;
            self.push(source_operation(source), about);
            about = Some(slot);
        }
        if needs_own {
            self.push(Operation::GoTo(self.here() + 1), first);
        }
        let targets = self.here();
        for target in rule.targets {
            let operation = match target {
                Aim::Element(target) => Operation::Make(Make {
                    plain: plain(&target),
                    context: target.context,
                    slot: target.slot,
                    target: Box::new(target),
                    focus,
                    end: 0,
                }),
                Aim::Other(target) => Operation::Target(Box::new(OtherTarget { target, focus })),
            };
            self.push(operation, first);
        }
        for call in rule.calls {
            self.push(Operation::Call(call, focus), first);
        }
        let inner = self.here();
        self.block(rule.inner);
        let behind = self.here();
        for operation in self
            .program
            .operations
            .get_mut(targets as usize..inner as usize)
            .into_iter()
            .flatten()
        {
            if let Operation::Make(make) = operation {
                make.end = behind;
            }
        }
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn source_operation(source: Source) -> Operation {
    let part = match *source.steps {
        _ if !source.is_plain => None,
        [] => Some(None),
        [Step::Field(number)] => Some(Some(Part::Field(number))),
        [Step::Component(number)] => Some(Some(Part::Component(number))),
        [Step::Subcomponent(number)] => Some(Some(Part::Subcomponent(number))),
        _ => None,
    };
    match (source.start, part) {
        (Start::Slot(from), Some(part)) => Operation::Take(Take {
            from,
            part,
            to: source.slot,
            has_condition: source.condition.is_some(),
            next: Next::default(),
            source: Box::new(source),
        }),
        _ => Operation::Match(Box::new(Match {
            needs: source.needs(),
            next: Next::default(),
            source,
        })),
    }
}

fn plain(target: &ElementTarget) -> Plain {
    if !target.path.is_empty() || !matches!(target.mode, Mode::Append) {
        return Plain::No;
    }
    let property = match (&target.element, &target.value) {
        (Slotted::Known(property), _) => property,
        (Slotted::Choice(element), Some(value)) => {
            match own_type(value).and_then(|own| variant(element, own)) {
                Some(property) => property,
                None => return Plain::No,
            }
        }
        _ => return Plain::No,
    };
    let value = match &target.value {
        None if !property.type_id().is_abstract() => return Plain::Open(property),
        Some(Transform::Create(type_id)) if *type_id == property.type_id() => return Plain::Open(property),
        Some(value) if property.kind() == TypeKind::Primitive => value,
        _ => return Plain::No,
    };
    let Transform::Value(value) = value else {
        return if own_type(value).is_some() {
            Plain::Value(property)
        } else {
            Plain::No
        };
    };
    match value {
        Expr::Literal(Literal::Value(_, text)) if target.is_fit => Plain::Constant(property, text.clone()),
        Expr::Variable(slot) => Plain::Variable(property, *slot),
        Expr::Binary(Operator::Concatenate, left, right) => match (&**left, &**right) {
            (Expr::Literal(Literal::Value(_, text)), Expr::Variable(slot))
                if fits_by_its_letters(text, property.type_id()) =>
            {
                Plain::Prefixed(property, text.clone(), *slot)
            }
            _ => Plain::Value(property),
        },
        _ => Plain::Value(property),
    }
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
