//! What has at most one value, without a visitor: variables, constants, single parts of a message.
//!
//! Most expressions of maps are of this kind. Whatever may have several values is left to the walk.

use carewire_hl7v2::Segment;

use super::Run;
use super::expr::Few;
use super::located::Between;
use super::step::Flow;
use super::value::Value;
use crate::operation::Take;
use crate::program::{Expr, Literal, Operator, Part, Slot, Source, Start, Step};

/// What a look at an expression gives.
pub(super) enum Direct<'m> {
    /// It may have several values: walk.
    Unknown,
    Nothing,
    One(Value<'m>),
}

impl<'m> Run<'m, '_> {
    /// The value of an expression that has at most one.
    pub(super) fn direct(&self, expr: &'m Expr, focus: &Value<'m>) -> Direct<'m> {
        match expr {
            Expr::Focus => some(*focus),
            Expr::Variable(slot) => self.at(*slot).copied().map_or(Direct::Nothing, some),
            Expr::Special(special) => some(self.special(*special)),
            Expr::Constant(constant) => match self.values_of(*constant) {
                [] => Direct::Nothing,
                [only] => Direct::One(*only),
                _ => Direct::Unknown,
            },
            Expr::Literal(Literal::Empty) => Direct::Nothing,
            Expr::Literal(Literal::Value(kind, text)) => Direct::One(Value::Computed(*kind, text)),
            Expr::Child(input, step) => match &**input {
                Expr::Focus => self.direct_step(focus, step),
                Expr::Variable(slot) => self
                    .at(*slot)
                    .map_or(Direct::Nothing, |value| self.direct_step(value, step)),
                input => match self.direct(input, focus) {
                    Direct::One(value) => self.direct_step(&value, step),
                    other => other,
                },
            },
            Expr::First(input) => self.first(input, focus).map_or(Direct::Nothing, Direct::One),
            Expr::Where(input, criterion) => match self.direct(input, focus) {
                Direct::One(value) if self.truth(criterion, &value) != Some(true) => Direct::Nothing,
                other => other,
            },
            Expr::Iif(branches) => match &**branches {
                [condition, yes, no @ ..] => {
                    if self.truth(condition, focus) == Some(true) {
                        self.direct(yes, focus)
                    } else {
                        no.first().map_or(Direct::Nothing, |no| self.direct(no, focus))
                    }
                }
                _ => Direct::Nothing,
            },
            Expr::Count(input) => match self.direct(input, focus) {
                Direct::Unknown => Direct::Unknown,
                Direct::Nothing => Direct::One(Value::Integer(0)),
                Direct::One(_) => Direct::One(Value::Integer(1)),
            },
            Expr::Uuid(arguments) => self
                .uuid_of(arguments, focus)
                .map_or(Direct::Nothing, |id| Direct::One(Value::string(id))),
            Expr::Exists(_)
            | Expr::Empty(_)
            | Expr::Not(_)
            | Expr::Any(_)
            | Expr::Is(..)
            | Expr::Matches(..)
            | Expr::OneOf(..) => self.direct_truth(expr, focus),
            Expr::Binary(Operator::Concatenate, ..) => self
                .concatenated(expr, focus)
                .map_or(Direct::Nothing, |text| Direct::One(Value::string(text))),
            Expr::Binary(..) => self.direct_truth(expr, focus),
            Expr::Text(function, input, arguments) => self
                .text_function(*function, input, arguments, focus)
                .map_or(Direct::Nothing, Direct::One),
            _ => Direct::Unknown,
        }
    }

    /// What `&` joins.
    pub(super) fn concatenated(&self, expr: &'m Expr, focus: &Value<'m>) -> Option<&'m str> {
        let mut is_whole = true;
        let text = self.spell(|out| is_whole = self.concatenate(expr, focus, out).is_some());
        is_whole.then_some(text)
    }

    /// Appends what `&` joins; an empty side adds nothing. None, with a finding, if a side has several values.
    fn concatenate(&self, expr: &'m Expr, focus: &Value<'m>, out: &mut String) -> Option<()> {
        if let Expr::Binary(Operator::Concatenate, left, right) = expr {
            self.concatenate(left, focus, out)?;
            return self.concatenate(right, focus, out);
        }
        if let Few::One(value) = self.single(expr, focus)?
            && let Some(part) = self.text_of(&value)
        {
            out.push_str(part);
        }
        Some(())
    }

    fn direct_truth(&self, expr: &'m Expr, focus: &Value<'m>) -> Direct<'m> {
        self.truth(expr, focus)
            .map_or(Direct::Nothing, |value| Direct::One(Value::boolean(value)))
    }

    /// What a step gives where it gives at most one.
    #[inline(always)]
    fn direct_step(&self, value: &Value<'m>, step: &Step) -> Direct<'m> {
        match (value, step) {
            (Value::Empty, _) => Direct::Nothing,
            (Value::Segment(segment), Step::Field(number)) => self.only_field(*segment, *number),
            (Value::Repetition(repeated), Step::Component(number)) => match self.part_of(repeated, *number) {
                Some(part) => Direct::One(Value::Component(part)),
                None => Direct::Nothing,
            },
            (Value::Component(piece), Step::Subcomponent(number)) => match self.below(piece, *number) {
                Some(part) => Direct::One(Value::Subcomponent(self.arena.alloc(part))),
                None => Direct::Nothing,
            },
            (Value::Group(group), Step::Tree(name)) => only(self.members(*group, name)),
            (Value::Group(group), Step::All) => Direct::One(Value::All(*group)),
            (Value::All(group), Step::Descend(id)) if group.parent().is_none() => only(
                self.located(*group, id, Between::ALL)
                    .iter()
                    .copied()
                    .map(Value::Segment),
            ),
            (Value::Segment(segment), Step::Position) => Direct::One(Value::integer(segment.position())),
            (Value::Repetition(_) | Value::Component(_) | Value::Subcomponent(_), Step::Whole) => self
                .whole(value)
                .map_or(Direct::Nothing, |text| Direct::One(Value::string(text))),
            _ => Direct::Unknown,
        }
    }

    /// The only repetition of a field.
    #[inline(always)]
    pub(super) fn only_field(&self, segment: Segment<'m>, number: u16) -> Direct<'m> {
        match self.repetitions(segment, number) {
            [] => Direct::Nothing,
            [only] => Direct::One(Value::Repetition(only)),
            _ => Direct::Unknown,
        }
    }

    /// Keeps the match of a plain source that has at most one in its variable. Most sources are one part of what a variable holds: it is written where it
    /// belongs, and nowhere before.
    #[inline]
    pub(super) fn settle(&mut self, source: &Source) -> Taken {
        let Start::Slot(slot) = source.start else {
            return Taken::Unknown;
        };
        let Some(value) = self.at(slot) else {
            return Taken::Nothing;
        };
        let found = match (value, &*source.steps) {
            (Value::Empty, _) => return Taken::Nothing,
            (Value::Several(_), _) => return Taken::Unknown,
            (value, steps) => steps.iter().fold(Direct::One(*value), |found, step| match found {
                Direct::One(value) => self.direct_step(&value, step),
                other => other,
            }),
        };
        self.taken(source.slot, found)
    }

    /// As [`Run::settle`], where the source is what a variable holds or one part of it: most are.
    #[inline]
    pub(super) fn settle_part(&mut self, take: &Take) -> Taken {
        let Some(value) = self.at(take.from) else {
            return Taken::Nothing;
        };
        let found = match (value, take.part) {
            (Value::Empty, _) => return Taken::Nothing,
            (Value::Several(_), _) => return Taken::Unknown,
            (_, None) => {
                self.copy(
                    self.base + usize::from(take.from),
                    self.base + usize::from(take.to),
                );
                return Taken::One;
            }
            (Value::Repetition(repeated), Some(Part::Component(number))) => {
                match self.part_of(repeated, number) {
                    Some(part) => Value::Component(part),
                    None => return Taken::Nothing,
                }
            }
            (Value::Segment(segment), Some(Part::Field(number))) => {
                let found = self.only_field(*segment, number);
                return self.taken(take.to, found);
            }
            (Value::Component(piece), Some(Part::Subcomponent(number))) => match self.below(piece, number) {
                Some(part) => Value::Subcomponent(self.arena.alloc(part)),
                None => return Taken::Nothing,
            },
            _ => return Taken::Unknown,
        };
        self.set(take.to, found);
        Taken::One
    }

    #[inline]
    fn taken(&mut self, slot: Slot, found: Direct<'m>) -> Taken {
        match found {
            Direct::Unknown => Taken::Unknown,
            Direct::Nothing => Taken::Nothing,
            Direct::One(value) => {
                self.set(slot, value);
                Taken::One
            }
        }
    }

    /// Whether an expression gives something.
    pub(super) fn exists(&self, expr: &'m Expr, focus: &Value<'m>) -> bool {
        match self.direct(expr, focus) {
            Direct::One(_) => true,
            Direct::Nothing => false,
            Direct::Unknown => self.eval(expr, focus, &mut |_| Flow::Break(())).is_break(),
        }
    }
}

/// What became of a source.
pub(super) enum Taken {
    /// It may have several matches: walk.
    Unknown,
    Nothing,
    /// Its match is in its variable.
    One,
}

/// Of several a walk is needed.
fn only<'m>(mut values: impl ExactSizeIterator<Item = Value<'m>>) -> Direct<'m> {
    match values.len() {
        0 | 1 => values.next().map_or(Direct::Nothing, Direct::One),
        _ => Direct::Unknown,
    }
}

fn some(value: Value<'_>) -> Direct<'_> {
    match value {
        Value::Empty => Direct::Nothing,
        Value::Several(_) => Direct::Unknown,
        value => Direct::One(value),
    }
}
