//! What has at most one value, without a visitor: variables, constants, single parts of a message.
//!
//! Most expressions of maps are of this kind. Whatever may have several values is left to the walk.

use carewire_hl7v2::{Component, Place, Segment};

use super::Run;
use super::expr::Few;
use super::located::Between;
use super::value::{Repeated, Value};
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
        match expr {
            Expr::Binary(Operator::Concatenate, left, right) => {
                self.concatenate(left, focus, out)?;
                return self.concatenate(right, focus, out);
            }
            expr => match self.look_at(expr, focus) {
                Look::Nothing => return Some(()),
                Look::One(text) => {
                    out.push_str(text.unwrap_or_default());
                    return Some(());
                }
                Look::Unknown => {}
            },
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
            (Value::Repetition(repeated), Step::Component(number)) => match self.part_of(repeated, *number) {
                Some(part) => Direct::One(Value::Component(part)),
                None => Direct::Nothing,
            },
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

    /// Keeps the match of a plain source that has at most one in its variable. Most sources are one part of what a variable holds: it is written where it
    /// belongs, and nowhere before.
    #[inline]
    pub(super) fn settle(&mut self, source: &Source) -> Settled {
        let Start::Slot(slot) = source.start else {
            return Settled::Unknown;
        };
        let Some(value) = self.at(slot) else {
            return Settled::Nothing;
        };
        let found = match (value, &*source.steps) {
            (Value::Repetition(repeated), [Step::Component(number)]) => {
                return match self.part_of(repeated, *number) {
                    Some(part) => self.settled(source.slot, Value::Component(part)),
                    None => Settled::Nothing,
                };
            }
            (Value::Segment(segment), [Step::Field(number)]) => {
                if let Some(known) = self.recent.find(*segment, *number) {
                    return self.settled(source.slot, Value::Repetition(known));
                }
                self.direct_field(*segment, *number)
            }
            (Value::Empty, _) => return Settled::Nothing,
            (Value::Several(_), _) => return Settled::Unknown,
            (value, []) => {
                let value = *value;
                return self.settled(source.slot, value);
            }
            (value, [first, rest @ ..]) => {
                let first = self.direct_step(value, first);
                rest.iter().fold(first, |found, step| match found {
                    Direct::One(value) => self.direct_step(&value, step),
                    other => other,
                })
            }
        };
        match found {
            Direct::Unknown => Settled::Unknown,
            Direct::Nothing => Settled::Nothing,
            Direct::One(value) => self.settled(source.slot, value),
        }
    }

    #[inline]
    fn settled(&mut self, slot: Slot, value: Value<'m>) -> Settled {
        self.set(slot, value);
        Settled::One
    }

    /// A component that is there.
    #[inline]
    fn part_of(&self, repeated: &Repeated<'m>, number: u16) -> Option<&'m Component<'m>> {
        let bit = Part::Component(number).bit();
        match bit.and_then(|bit| self.presence_of(repeated).any(bit)) {
            Some(true) => self.component(repeated, number),
            Some(false) => None,
            None => self
                .component(repeated, number)
                .filter(|part| self.is_there(Place::from(**part))),
        }
    }

    /// The text of an expression that has at most one value, where that is a constant, what a variable holds or a part of it: without making the value.
    #[inline]
    pub(super) fn look_at(&self, expr: &'m Expr, focus: &Value<'m>) -> Look<'m> {
        let (of, number) = match expr {
            Expr::Literal(Literal::Value(_, text)) => return Look::One(Some(text)),
            Expr::Child(of, Step::Component(number)) => (&**of, Some(*number)),
            Expr::Child(of, Step::Subcomponent(number)) => return self.look_below(of, *number, focus),
            expr => (expr, None),
        };
        let value = match of {
            Expr::Focus => focus,
            Expr::Variable(slot) => match self.at(*slot) {
                Some(value) => value,
                None => return Look::Nothing,
            },
            _ => return Look::Unknown,
        };
        match (value, number) {
            (Value::Empty, _) => Look::Nothing,
            (Value::Several(_), _) => Look::Unknown,
            (value, None) => Look::One(self.text_of(value)),
            (Value::Repetition(repeated), Some(number)) => match self.part_of(repeated, number) {
                Some(part) => Look::One(self.place_text(Place::from(*part))),
                None => Look::Nothing,
            },
            _ => Look::Unknown,
        }
    }
}

impl<'m> Run<'m, '_> {
    /// As [`Run::look_at`], of a subcomponent of a component, as in `c4.s2`.
    fn look_below(&self, component: &'m Expr, number: u16, focus: &Value<'m>) -> Look<'m> {
        let value = match component {
            Expr::Focus => focus,
            Expr::Variable(slot) => match self.at(*slot) {
                Some(value) => value,
                None => return Look::Nothing,
            },
            Expr::Child(of, Step::Component(component)) => {
                let Expr::Variable(slot) = **of else {
                    return Look::Unknown;
                };
                return match self.at(slot) {
                    Some(Value::Repetition(repeated)) => self
                        .part_of(repeated, *component)
                        .map_or(Look::Nothing, |part| self.look_into(*part, number)),
                    None | Some(Value::Empty) => Look::Nothing,
                    _ => Look::Unknown,
                };
            }
            _ => return Look::Unknown,
        };
        match value {
            Value::Component(part) => self.look_into(**part, number),
            Value::Empty => Look::Nothing,
            _ => Look::Unknown,
        }
    }

    fn look_into(&self, component: Component<'m>, number: u16) -> Look<'m> {
        let part = component.subcomponent(usize::from(number)).map(Place::from);
        part.filter(|part| self.is_there(*part))
            .map_or(Look::Nothing, |part| Look::One(self.place_text(part)))
    }
}

/// What became of a source.
pub(super) enum Settled {
    /// It may have several matches: walk.
    Unknown,
    Nothing,
    /// Its match is in its variable.
    One,
}

/// What a look at an expression for its text gives.
pub(super) enum Look<'m> {
    /// It needs more than a look.
    Unknown,
    Nothing,
    /// One value, with its text if it has one.
    One(Option<&'m str>),
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
