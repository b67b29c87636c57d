//! What has at most one value, without a visitor: variables, constants, single parts of a message.
//!
//! Most expressions of maps are of this kind. Whatever may have several values is left to the walk.

use carewire_hl7v2::{Place, Segment};

use super::Run;
use super::expr::Few;
use super::located::Between;
use super::value::{Repeated, Value};
use crate::program::{Expr, Literal, Operator, Source, Start, Step};

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
            Expr::Uuid(arguments) => self
                .uuid_of(arguments, focus)
                .map_or(Direct::Nothing, |id| Direct::One(Value::string(id))),
            Expr::Exists(_)
            | Expr::Empty(_)
            | Expr::Not(_)
            | Expr::Any(_)
            | Expr::Is(..)
            | Expr::OneOf(..) => self.direct_truth(expr, focus),
            Expr::Binary(Operator::Concatenate, ..) => {
                let mut is_whole = true;
                let text = self.spell(|out| is_whole = self.concatenate(expr, focus, out).is_some());
                if is_whole {
                    Direct::One(Value::string(text))
                } else {
                    Direct::Nothing
                }
            }
            Expr::Binary(..) => self.direct_truth(expr, focus),
            Expr::Text(function, input, arguments) => self
                .text_function(*function, input, arguments, focus)
                .map_or(Direct::Nothing, Direct::One),
            _ => Direct::Unknown,
        }
    }

    /// Appends what `&` joins; an empty side adds nothing. None, with a finding, if a side has several values.
    fn concatenate(&self, expr: &'m Expr, focus: &Value<'m>, out: &mut String) -> Option<()> {
        match expr {
            Expr::Binary(Operator::Concatenate, left, right) => {
                self.concatenate(left, focus, out)?;
                return self.concatenate(right, focus, out);
            }
            Expr::Literal(Literal::Value(_, text)) => {
                out.push_str(text);
                return Some(());
            }
            Expr::Variable(slot) => {
                let text = self.at(*slot).and_then(|value| self.text_of(value));
                out.push_str(text.unwrap_or_default());
                return Some(());
            }
            _ => {}
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
    fn direct_step(&self, value: &Value<'m>, step: &Step) -> Direct<'m> {
        match (value, step) {
            (Value::Empty, _) => Direct::Nothing,
            (Value::Segment(segment), Step::Field(number)) => match self.recent.find(*segment, *number) {
                Some(known) => Direct::One(Value::Repetition(known)),
                None => self.direct_field(*segment, *number),
            },
            (Value::Repetition(repeated), Step::Component(number)) => {
                match self.component(repeated, *number) {
                    Some(part) if self.is_there(Place::from(*part)) => Direct::One(Value::Component(part)),
                    _ => Direct::Nothing,
                }
            }
            (Value::Component(part), Step::Subcomponent(number)) => self
                .part(part.subcomponent(usize::from(*number)), |part| {
                    Value::Subcomponent(self.arena.alloc(part))
                }),
            (Value::Group(group), Step::Tree(name)) => only(self.members(*group, name)),
            (Value::Group(group), Step::All) => Direct::One(Value::All(*group)),
            (Value::All(group), Step::Descend(id)) if group.parent().is_none() => only(
                self.located(*group, id, Between::ALL)
                    .iter()
                    .copied()
                    .map(Value::Segment),
            ),
            (Value::Segment(segment), Step::Position) => Direct::One(Value::integer(segment.position())),
            _ => Direct::Unknown,
        }
    }

    /// The only repetition of a field.
    fn direct_field(&self, segment: Segment<'m>, number: u16) -> Direct<'m> {
        let field = segment.field(usize::from(number));
        let Some(field) = field.filter(|field| !field.is_empty()) else {
            return Direct::Nothing;
        };
        let mut repetitions = field.repetitions();
        let first = repetitions.next();
        if repetitions.next().is_some() {
            return Direct::Unknown;
        }
        match first {
            Some(part) if self.is_there(part.into()) => {
                let repeated = self.arena.alloc(Repeated::new(part));
                self.recent.keep(segment, number, repeated);
                Direct::One(Value::Repetition(repeated))
            }
            _ => Direct::Nothing,
        }
    }

    fn part<P: Copy + Into<Place<'m>>>(
        &self,
        part: Option<P>,
        value: impl FnOnce(P) -> Value<'m>,
    ) -> Direct<'m> {
        match part {
            Some(part) if self.is_there(part.into()) => Direct::One(value(part)),
            _ => Direct::Nothing,
        }
    }

    /// The match of a plain source that has at most one.
    #[inline]
    pub(super) fn direct_source(&self, source: &Source) -> Direct<'m> {
        let Start::Slot(slot) = source.start else {
            return Direct::Unknown;
        };
        let Some(value) = self.at(slot) else {
            return Direct::Nothing;
        };
        match &*source.steps {
            [] => some(*value),
            [only] => self.direct_step(value, only),
            [first, rest @ ..] => {
                let mut found = self.direct_step(value, first);
                for step in rest {
                    found = match found {
                        Direct::One(value) => self.direct_step(&value, step),
                        other => return other,
                    };
                }
                found
            }
        }
    }
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
