//! Evaluates the expressions that maps are full of, pushing values and stopping early.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::rc::Rc;

use super::Run;
use super::direct::Direct;
use super::step::Flow;
use super::value::{Text, Value};
use crate::context::HostValue;
use crate::finding::Code;
use crate::program::{Expr, Kind, Literal, Operator, Special, TextFunction};

/// How many values there are: none, one, or more.
pub(super) enum Few<'m> {
    None,
    One(Value<'m>),
    Many,
}

impl<'m> Run<'m, '_> {
    /// Pushes the values of an expression, in order.
    pub(super) fn eval(
        &self,
        expr: &'m Expr,
        focus: &Value<'m>,
        visit: &mut dyn FnMut(Value<'m>) -> Flow,
    ) -> Flow {
        match expr {
            Expr::Focus => give(focus.clone(), visit),
            Expr::Variable(slot) => give(self.var(*slot), visit),
            Expr::Constant(constant) => self.constant(*constant, visit),
            Expr::Special(special) => give(self.special(*special), visit),
            Expr::Literal(Literal::Empty) => Flow::Continue(()),
            Expr::Literal(Literal::Value(kind, text)) => visit(Value::Computed(*kind, Text::Borrowed(text))),
            Expr::Literal(Literal::Quantity { number, unit }) => {
                visit(Value::string(format!("{number} {unit}")))
            }
            Expr::Child(input, step) => match &**input {
                Expr::Variable(slot) => match self.at(*slot) {
                    Some(value) => self.each(value, step, visit),
                    None => Flow::Continue(()),
                },
                Expr::Focus => self.each(focus, step, visit),
                input => self.eval(input, focus, &mut |value| self.each(&value, step, visit)),
            },
            Expr::Where(input, criterion) => self.eval(input, focus, &mut |value| {
                if self.truth(criterion, &value) == Some(true) {
                    visit(value)
                } else {
                    Flow::Continue(())
                }
            }),
            Expr::Select(input, projection) => {
                self.eval(input, focus, &mut |value| self.eval(projection, &value, visit))
            }
            Expr::First(input) => match self.first(input, focus) {
                Some(value) => visit(value),
                None => Flow::Continue(()),
            },
            Expr::Last(input) => {
                let mut last = None;
                let _ = self.eval(input, focus, &mut |value| {
                    last = Some(value);
                    Flow::Continue(())
                });
                last.map_or(Flow::Continue(()), visit)
            }
            Expr::Index(input, index) => {
                let (mut at, mut found) = (0, None);
                let _ = self.eval(input, focus, &mut |value| {
                    at += 1;
                    if at > *index {
                        found = Some(value);
                        return ControlFlow::Break(());
                    }
                    Flow::Continue(())
                });
                found.map_or(Flow::Continue(()), visit)
            }
            Expr::Count(input) => {
                let mut count = 0;
                let _ = self.eval(input, focus, &mut |_| {
                    count += 1;
                    Flow::Continue(())
                });
                visit(Value::integer(count))
            }
            Expr::Exists(_) | Expr::Empty(_) | Expr::Not(_) => self.give_truth(expr, focus, visit),
            Expr::Binary(Operator::Concatenate, ..) => match self.direct(expr, focus) {
                Direct::One(value) => visit(value),
                _ => Flow::Continue(()),
            },
            Expr::Binary(..) => self.give_truth(expr, focus, visit),
            Expr::Iif(branches) => match &**branches {
                [condition, yes, no @ ..] => {
                    if self.truth(condition, focus) == Some(true) {
                        self.eval(yes, focus, visit)
                    } else {
                        no.first()
                            .map_or(Flow::Continue(()), |no| self.eval(no, focus, visit))
                    }
                }
                _ => Flow::Continue(()),
            },
            Expr::Text(function, input, arguments) => {
                self.text_function(*function, input, arguments, focus, visit)
            }
            Expr::Combine(left, right) => {
                self.eval(left, focus, visit)?;
                self.eval(right, focus, visit)
            }
            Expr::Uuid(arguments) => match self.uuid_of(arguments, focus) {
                Some(id) => visit(Value::shared(id)),
                None => Flow::Continue(()),
            },
            Expr::Host { function, arguments } => self.call_host(*function, arguments, focus, visit),
            Expr::General(general) => self.general(general, focus, visit),
        }
    }

    /// The first value.
    pub(super) fn first(&self, expr: &'m Expr, focus: &Value<'m>) -> Option<Value<'m>> {
        match self.direct(expr, focus) {
            Direct::One(value) => return Some(value),
            Direct::Nothing => return None,
            Direct::Unknown => {}
        }
        let mut found = None;
        let _ = self.eval(expr, focus, &mut |value| {
            found = Some(value);
            ControlFlow::Break(())
        });
        found
    }

    /// The only value; of several the first, with a finding.
    pub(super) fn one(&self, expr: &'m Expr, focus: &Value<'m>) -> Option<Value<'m>> {
        match self.direct(expr, focus) {
            Direct::One(value) => return Some(value),
            Direct::Nothing => return None,
            Direct::Unknown => {}
        }
        let mut found = None;
        let several = self
            .eval(expr, focus, &mut |value| {
                if found.is_some() {
                    return ControlFlow::Break(());
                }
                found = Some(value);
                Flow::Continue(())
            })
            .is_break();
        if several {
            self.find(Code::ManyValues, found.as_ref().and_then(Value::path));
        }
        found
    }

    pub(super) fn few(&self, expr: &'m Expr, focus: &Value<'m>) -> Few<'m> {
        match self.direct(expr, focus) {
            Direct::One(value) => return Few::One(value),
            Direct::Nothing => return Few::None,
            Direct::Unknown => {}
        }
        let mut found = None;
        let several = self
            .eval(expr, focus, &mut |value| {
                if found.is_some() {
                    return ControlFlow::Break(());
                }
                found = Some(value);
                Flow::Continue(())
            })
            .is_break();
        match found {
            _ if several => Few::Many,
            None => Few::None,
            Some(value) => Few::One(value),
        }
    }

    /// At most one value, as operators and functions of FHIRPath want it; several are a fault, and the result is empty.
    pub(super) fn single(&self, expr: &'m Expr, focus: &Value<'m>) -> Option<Few<'m>> {
        match self.few(expr, focus) {
            Few::Many => {
                self.find(Code::EvaluationFailed, None);
                None
            }
            few => Some(few),
        }
    }

    /// An expression as a condition, in FHIRPath's three values.
    pub(super) fn truth(&self, expr: &'m Expr, focus: &Value<'m>) -> Option<bool> {
        match expr {
            Expr::Exists(input) => Some(self.exists(input, focus)),
            Expr::Empty(input) => Some(!self.exists(input, focus)),
            Expr::Not(input) => self.truth(input, focus).map(|value| !value),
            Expr::Binary(operator, left, right) => match operator {
                Operator::And => match self.truth(left, focus) {
                    Some(false) => Some(false),
                    Some(true) => self.truth(right, focus),
                    None => self.truth(right, focus).filter(|value| !value),
                },
                Operator::Or => match self.truth(left, focus) {
                    Some(true) => Some(true),
                    Some(false) => self.truth(right, focus),
                    None => self.truth(right, focus).filter(|value| *value),
                },
                Operator::Xor => Some(self.truth(left, focus)? != self.truth(right, focus)?),
                Operator::Implies => match self.truth(left, focus) {
                    Some(false) => Some(true),
                    Some(true) => self.truth(right, focus),
                    None => self.truth(right, focus).filter(|value| *value),
                },
                Operator::Equal => self.equal(left, right, focus),
                Operator::NotEqual => self.equal(left, right, focus).map(|equal| !equal),
                Operator::In => self.is_in(left, right, focus),
                Operator::Less => self.compare(left, right, focus).map(|order| order.is_lt()),
                Operator::LessOrEqual => self.compare(left, right, focus).map(|order| order.is_le()),
                Operator::Greater => self.compare(left, right, focus).map(|order| order.is_gt()),
                Operator::GreaterOrEqual => self.compare(left, right, focus).map(|order| order.is_ge()),
                Operator::Concatenate => Some(true),
            },
            _ => match self.few(expr, focus) {
                Few::None => None,
                Few::One(value) => Some(self.as_boolean(&value)),
                Few::Many => {
                    self.find(Code::EvaluationFailed, None);
                    None
                }
            },
        }
    }

    fn exists(&self, expr: &'m Expr, focus: &Value<'m>) -> bool {
        match self.direct(expr, focus) {
            Direct::One(_) => true,
            Direct::Nothing => false,
            Direct::Unknown => self.eval(expr, focus, &mut |_| ControlFlow::Break(())).is_break(),
        }
    }

    /// One value as a condition: a boolean is itself, anything else is there and so true.
    fn as_boolean(&self, value: &Value<'m>) -> bool {
        let is_boolean = match value {
            Value::Computed(kind, _) => *kind == Kind::Boolean,
            Value::Fhir(node) => node.type_id().is_some_and(|ty| ty.name() == "boolean"),
            Value::Made(id) => self.builder.type_id(*id).name() == "boolean",
            _ => false,
        };
        !is_boolean || self.with_text(value, |text| text == "true").unwrap_or(false)
    }

    fn give_truth(
        &self,
        expr: &'m Expr,
        focus: &Value<'m>,
        visit: &mut dyn FnMut(Value<'m>) -> Flow,
    ) -> Flow {
        self.truth(expr, focus)
            .map_or(Flow::Continue(()), |value| visit(Value::boolean(value)))
    }

    /// Whether two collections of texts are equal; empty if one of them is.
    fn equal(&self, left: &'m Expr, right: &'m Expr, focus: &Value<'m>) -> Option<bool> {
        match (self.few(left, focus), self.few(right, focus)) {
            (Few::None, _) | (_, Few::None) => None,
            (Few::One(a), Few::One(b)) => Some(self.same_text(&a, &b)),
            (Few::Many, Few::Many) => {
                let (a, b) = (self.all(left, focus), self.all(right, focus));
                Some(a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| self.same_text(a, b)))
            }
            _ => Some(false),
        }
    }

    /// The order of two whole numbers.
    fn compare(&self, left: &'m Expr, right: &'m Expr, focus: &Value<'m>) -> Option<std::cmp::Ordering> {
        let (Few::One(a), Few::One(b)) = (self.few(left, focus), self.few(right, focus)) else {
            return None;
        };
        let number = |value: &Value<'m>| match value {
            Value::Integer(value) => Some(*value),
            other => self.with_text(other, |text| text.parse().ok()).flatten(),
        };
        Some(number(&a)?.cmp(&number(&b)?))
    }

    fn same_text(&self, a: &Value<'m>, b: &Value<'m>) -> bool {
        if let (Value::Integer(a), Value::Integer(b)) = (a, b) {
            return a == b;
        }
        self.with_text(a, |a| self.with_text(b, |b| a == b).unwrap_or(false))
            .unwrap_or(false)
    }

    fn is_in(&self, left: &'m Expr, right: &'m Expr, focus: &Value<'m>) -> Option<bool> {
        let Few::One(value) = self.few(left, focus) else {
            return None;
        };
        let found = self.eval(right, focus, &mut |other| {
            if self.same_text(&value, &other) {
                ControlFlow::Break(())
            } else {
                Flow::Continue(())
            }
        });
        Some(found.is_break())
    }

    /// Every value.
    pub(super) fn all(&self, expr: &'m Expr, focus: &Value<'m>) -> Vec<Value<'m>> {
        let mut all = Vec::new();
        let _ = self.eval(expr, focus, &mut |value| {
            all.push(value);
            Flow::Continue(())
        });
        all
    }

    /// Lends the text of a value; a place of a message counts as read. None for what has no text.
    pub(super) fn with_text<R>(&self, value: &Value<'m>, take: impl FnOnce(&str) -> R) -> Option<R> {
        match value {
            Value::Computed(_, text) => Some(take(text.as_str())),
            Value::Integer(value) => Some(take(&value.to_string())),
            Value::Made(id) => self.builder.text(*id).map(take),
            Value::Fhir(node) => node.text().map(|text| take(&text)),
            _ => self.place_text(value).map(|text| take(&text)),
        }
    }

    /// The text of a value, free of the run: it borrows from the source or the program where it can.
    pub(super) fn lend(&self, value: &Value<'m>) -> Option<Lent<'m>> {
        Some(match value {
            Value::Computed(_, Text::Borrowed(text)) => Lent::Text(Cow::Borrowed(text)),
            Value::Computed(_, Text::Shared(text)) => Lent::Shared(Rc::clone(text)),
            Value::Computed(_, Text::Owned(text)) => Lent::Text(Cow::Owned(text.clone())),
            Value::Integer(value) => Lent::Text(Cow::Owned(value.to_string())),
            Value::Made(id) => Lent::Text(Cow::Owned(self.builder.text(*id)?.to_owned())),
            Value::Fhir(node) => Lent::Text(node.text()?),
            _ => Lent::Text(self.place_text(value)?),
        })
    }

    /// The text of a place of a message.
    fn place_text(&self, value: &Value<'m>) -> Option<Cow<'m, str>> {
        let place = value.place()?;
        self.mark(place.range().start);
        match place.try_text() {
            Ok(text) if text.is_empty() => None,
            Ok(text) => Some(text),
            Err(_) => {
                self.find(Code::UnreadableText, Some(place.location().to_string()));
                None
            }
        }
    }

    /// The text of the only value of an expression.
    pub(super) fn text(&self, expr: &'m Expr, focus: &Value<'m>) -> Option<String> {
        let value = self.one(expr, focus)?;
        self.with_text(&value, str::to_owned)
    }

    pub(super) fn constant(&self, constant: u16, visit: &mut dyn FnMut(Value<'m>) -> Flow) -> Flow {
        let Some(expr) = self.program.constants.get(usize::from(constant)) else {
            return Flow::Continue(());
        };
        if let Expr::Literal(_) = expr {
            return self.eval(expr, &Value::Empty, visit);
        }
        let known = self
            .constants
            .borrow()
            .get(usize::from(constant))
            .cloned()
            .flatten();
        let values = known.unwrap_or_else(|| {
            let values = self.all(expr, &Value::Empty);
            if let Some(place) = self.constants.borrow_mut().get_mut(usize::from(constant)) {
                *place = Some(values.clone());
            }
            values
        });
        values.into_iter().try_for_each(visit)
    }

    pub(super) fn special(&self, special: Special) -> Value<'m> {
        match special {
            Special::Now => Value::computed(Kind::DateTime, self.context.now.to_string()),
            Special::Bundle => Value::Computed(Kind::String, Text::Borrowed(self.context.bundle.as_str())),
            Special::MessageKey => {
                let key = self.message_key();
                if key.is_empty() {
                    Value::Empty
                } else {
                    Value::Computed(Kind::String, Text::Shared(key))
                }
            }
            Special::Root => self.root.clone(),
        }
    }

    fn text_function(
        &self,
        function: TextFunction,
        input: &'m Expr,
        arguments: &'m [Expr],
        focus: &Value<'m>,
        visit: &mut dyn FnMut(Value<'m>) -> Flow,
    ) -> Flow {
        let Some(Few::One(input)) = self.single(input, focus) else {
            return Flow::Continue(());
        };
        let argument = |at: usize| match self.single(arguments.get(at)?, focus) {
            Some(Few::One(value)) => self.with_text(&value, str::to_owned),
            _ => None,
        };
        let first = argument(0);
        if !arguments.is_empty() && first.is_none() {
            return Flow::Continue(());
        }
        let first = first.unwrap_or_default();
        let value = self.with_text(&input, |text| match function {
            TextFunction::StartsWith => Some(Value::boolean(text.starts_with(&first))),
            TextFunction::EndsWith => Some(Value::boolean(text.ends_with(&first))),
            TextFunction::Contains => Some(Value::boolean(text.contains(&first))),
            TextFunction::Upper => Some(Value::string(text.to_uppercase())),
            TextFunction::Lower => Some(Value::string(text.to_lowercase())),
            TextFunction::Trim => Some(Value::string(text.trim().to_owned())),
            TextFunction::ToString => Some(Value::string(text.to_owned())),
            TextFunction::Length => Some(Value::integer(text.chars().count())),
            TextFunction::Substring => {
                let start: usize = first.parse().ok()?;
                let length = match arguments.get(1) {
                    None => usize::MAX,
                    Some(_) => argument(1)?.parse().ok()?,
                };
                let part: String = text.chars().skip(start).take(length).collect();
                (start < text.chars().count()).then(|| Value::string(part))
            }
        });
        value.flatten().map_or(Flow::Continue(()), visit)
    }

    fn call_host(
        &self,
        function: u16,
        arguments: &'m [Expr],
        focus: &Value<'m>,
        visit: &mut dyn FnMut(Value<'m>) -> Flow,
    ) -> Flow {
        let arguments: Vec<Vec<HostValue>> = arguments
            .iter()
            .map(|argument| {
                self.all(argument, focus)
                    .iter()
                    .filter_map(|value| self.host_value(value))
                    .collect()
            })
            .collect();
        for value in self.answer(usize::from(function), &arguments) {
            visit(match value {
                HostValue::Text(text) => Value::string(text),
                HostValue::Boolean(value) => Value::boolean(value),
                HostValue::Integer(value) => Value::Integer(value),
            })?;
        }
        Flow::Continue(())
    }

    /// Asks the host; without one, or if it fails, nothing and a finding.
    pub(super) fn answer(&self, function: usize, arguments: &[Vec<HostValue>]) -> Vec<HostValue> {
        let name = self.program.functions.get(function).map_or("", String::as_str);
        match self.context.host.map(|host| host.call(name, arguments)) {
            Some(Ok(values)) => values,
            Some(Err(_)) | None => {
                self.find(Code::EvaluationFailed, None);
                Vec::new()
            }
        }
    }

    pub(super) fn host_value(&self, value: &Value<'m>) -> Option<HostValue> {
        match value {
            Value::Computed(Kind::Boolean, text) => Some(HostValue::Boolean(text.as_str() == "true")),
            Value::Integer(value) => Some(HostValue::Integer(*value)),
            value => self.with_text(value, |text| HostValue::Text(text.to_owned())),
        }
    }
}

/// A text that does not borrow from the run.
pub(super) enum Lent<'m> {
    Text(Cow<'m, str>),
    Shared(Rc<str>),
}

impl Lent<'_> {
    pub(super) fn into_shared(self) -> Rc<str> {
        match self {
            Self::Text(text) => Rc::from(&*text),
            Self::Shared(text) => text,
        }
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Shared(text) => text,
        }
    }
}

fn give<'m>(value: Value<'m>, visit: &mut dyn FnMut(Value<'m>) -> Flow) -> Flow {
    if value.is_empty() {
        Flow::Continue(())
    } else {
        visit(value)
    }
}
