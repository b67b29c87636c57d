//! Evaluates the expressions that maps are full of, pushing values and stopping early.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::ControlFlow;

use carewire_hl7v2::Place;

use super::Run;
use super::direct::Direct;
use super::step::Flow;
use super::value::Value;
use crate::context::HostValue;
use crate::finding::Code;
use crate::program::{Expr, Kind, Literal, Operator, Special, TextFunction};
use crate::time::push_integer;

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
            Expr::Focus => give(*focus, visit),
            Expr::Variable(slot) => give(self.var(*slot), visit),
            Expr::Constant(constant) => self.constant(*constant, visit),
            Expr::Special(special) => give(self.special(*special), visit),
            Expr::Literal(Literal::Empty) => Flow::Continue(()),
            Expr::Literal(Literal::Value(kind, text)) => visit(Value::Computed(*kind, text)),
            Expr::Literal(Literal::Quantity { number, unit }) => visit(Value::string(self.spell(|out| {
                let _ = write!(out, "{number} {unit}");
            }))),
            Expr::Child(input, step) => match &**input {
                Expr::Variable(slot) => match self.at(*slot) {
                    Some(value) => self.each(value, step, visit),
                    None => Flow::Continue(()),
                },
                Expr::Focus => self.each(focus, step, visit),
                input => self.eval(input, focus, &mut |value| self.each(&value, step, visit)),
            },
            Expr::Where(input, criterion) => self.filter(input, criterion, focus, visit),
            Expr::Select(input, projection) => {
                self.eval(input, focus, &mut |value| self.eval(projection, &value, visit))
            }
            Expr::First(input) => match self.first(input, focus) {
                Some(value) => visit(value),
                None => Flow::Continue(()),
            },
            Expr::Last(input) => {
                if let Some(last) = self.last_located(input, focus) {
                    return last.map_or(Flow::Continue(()), visit);
                }
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
            Expr::Exists(_)
            | Expr::Empty(_)
            | Expr::Not(_)
            | Expr::Any(_)
            | Expr::Is(..)
            | Expr::Matches(..)
            | Expr::OneOf(..) => self.give_truth(expr, focus, visit),
            Expr::Binary(Operator::Concatenate, ..) | Expr::Text(..) => match self.direct(expr, focus) {
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
            Expr::Join(input, separator) => visit(Value::string(self.joined(input, separator, focus))),
            Expr::Combine(left, right) => {
                self.eval(left, focus, visit)?;
                self.eval(right, focus, visit)
            }
            Expr::Uuid(arguments) => match self.uuid_of(arguments, focus) {
                Some(id) => visit(Value::string(id)),
                None => Flow::Continue(()),
            },
            Expr::Host { function, arguments } => self.call_host(*function, arguments, focus, visit),
            Expr::General(general) => self.general(general, focus, visit),
        }
    }

    /// Pushes the values that meet a condition.
    fn filter(
        &self,
        input: &'m Expr,
        criterion: &'m Expr,
        focus: &Value<'m>,
        visit: &mut dyn FnMut(Value<'m>) -> Flow,
    ) -> Flow {
        if let Expr::Combine(left, right) = input {
            self.filter(left, criterion, focus, visit)?;
            return self.filter(right, criterion, focus, visit);
        }
        let mut filtered = |value: Value<'m>| {
            if self.truth(criterion, &value) == Some(true) {
                visit(value)
            } else {
                Flow::Continue(())
            }
        };
        match self.whole_message(input, focus, criterion) {
            Some(segments) => self.visit_located(segments.iter().copied(), &mut filtered),
            None => self.eval(input, focus, &mut filtered),
        }
    }

    /// The first value.
    pub(super) fn first(&self, expr: &'m Expr, focus: &Value<'m>) -> Option<Value<'m>> {
        if let Expr::Combine(left, right) = expr {
            return self.first(left, focus).or_else(|| self.first(right, focus));
        }
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
            Expr::Any(parts) => Some(self.any(parts, focus)),
            Expr::Is(input, text) => match self.few(input, focus) {
                Few::None => None,
                Few::One(value) => Some(self.text_of(&value) == Some(text)),
                Few::Many => Some(false),
            },
            Expr::Matches(input, pattern) => match self.single(input, focus)? {
                Few::One(value) => Some(pattern.is_match(self.text_of(&value)?)),
                Few::None | Few::Many => None,
            },
            Expr::OneOf(input, texts) => match self.single(input, focus)? {
                Few::One(value) => {
                    let own = self.text_of(&value);
                    Some(own.is_some_and(|own| texts.iter().any(|text| **text == *own)))
                }
                Few::None | Few::Many => None,
            },
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
                Operator::Concatenate => self.concatenated(expr, focus).map(|_| true),
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

    /// One value as a condition: a boolean is itself, anything else is there and so true.
    fn as_boolean(&self, value: &Value<'m>) -> bool {
        let is_boolean = match value {
            Value::Computed(kind, _) => *kind == Kind::Boolean,
            Value::Fhir(node) => node.type_id().is_some_and(|ty| ty.name() == "boolean"),
            Value::Made(id) => self.builder.type_id(*id).name() == "boolean",
            Value::Loose(id) => matches!(self.trees.text(*id), Some((Kind::Boolean, _))),
            _ => false,
        };
        !is_boolean || self.text_of(value) == Some("true")
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
            other => self.text_of(other)?.parse().ok(),
        };
        Some(number(&a)?.cmp(&number(&b)?))
    }

    fn same_text(&self, a: &Value<'m>, b: &Value<'m>) -> bool {
        if let (Value::Integer(a), Value::Integer(b)) = (a, b) {
            return a == b;
        }
        self.text_of(a).is_some_and(|a| self.text_of(b) == Some(a))
    }

    fn is_in(&self, left: &'m Expr, right: &'m Expr, focus: &Value<'m>) -> Option<bool> {
        let Few::One(value) = self.single(left, focus)? else {
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

    /// The text of a value, in the source, the program or the arena; a place of a message counts as read. None for what has no text.
    #[inline]
    pub(super) fn text_of(&self, value: &Value<'m>) -> Option<&'m str> {
        match value {
            Value::Computed(_, text) => Some(text),
            value => self.text_behind(value),
        }
    }

    /// As [`Run::text_of`], for what does not hold its text.
    fn text_behind(&self, value: &Value<'m>) -> Option<&'m str> {
        match value {
            Value::Computed(_, text) => Some(text),
            Value::Integer(value) => Some(self.spell(|out| push_integer(*value, out))),
            Value::Made(id) => self.builder.text(*id).map(|text| self.arena_text(text)),
            Value::Loose(id) => self.trees.text(*id).map(|(_, text)| text),
            Value::Fhir(node) => {
                self.trace_node(*node);
                node.text().map(|text| self.kept(text))
            }
            Value::Component(piece) | Value::Subcomponent(piece) => self.piece_text(piece),
            _ => self.place_text(value.place()?),
        }
    }

    /// The text of a place of a message.
    #[inline]
    pub(super) fn place_text(&self, place: Place<'m>) -> Option<&'m str> {
        self.mark(self.bit(place));
        self.trace_place(place);
        match place.as_str() {
            Some(text) => Some(text).filter(|text| !text.is_empty()),
            None => self.decoded(place),
        }
    }

    /// The text of a place that is not its bytes as they stand.
    #[cold]
    fn decoded(&self, place: Place<'m>) -> Option<&'m str> {
        match place.try_text() {
            Ok(text) if text.is_empty() => None,
            Ok(text) => Some(self.kept(text)),
            Err(_) => {
                self.find(Code::UnreadableText, Some(place.location().to_string()));
                None
            }
        }
    }

    /// A text for as long as the run lasts.
    pub(super) fn kept(&self, text: Cow<'m, str>) -> &'m str {
        match text {
            Cow::Borrowed(text) => text,
            Cow::Owned(text) => self.arena_text(&text),
        }
    }

    /// The texts of an expression with a separator between them.
    fn joined(&self, input: &'m Expr, separator: &'m Expr, focus: &Value<'m>) -> &'m str {
        let separator = self.one(separator, focus).and_then(|value| self.text_of(&value));
        let separator = separator.unwrap_or_default();
        let mut joined = String::new();
        let mut is_first = true;
        let _ = self.eval(input, focus, &mut |value| {
            if let Some(text) = self.text_of(&value) {
                if !is_first {
                    joined.push_str(separator);
                }
                is_first = false;
                joined.push_str(text);
            }
            Flow::Continue(())
        });
        self.arena_text(&joined)
    }

    pub(super) fn arena_text(&self, text: &str) -> &'m str {
        self.arena.alloc_str(text)
    }

    /// The text of the only value of an expression.
    pub(super) fn text(&self, expr: &'m Expr, focus: &Value<'m>) -> Option<&'m str> {
        self.text_of(&self.one(expr, focus)?)
    }

    pub(super) fn constant(&self, constant: u16, visit: &mut dyn FnMut(Value<'m>) -> Flow) -> Flow {
        self.values_of(constant).iter().copied().try_for_each(visit)
    }

    /// What a constant is, evaluated once.
    pub(super) fn values_of(&self, constant: u16) -> &'m [Value<'m>] {
        let at = usize::from(constant);
        let known = self.constants.borrow().get(at).copied().flatten();
        known.unwrap_or_else(|| self.evaluate_constant(at))
    }

    #[cold]
    fn evaluate_constant(&self, at: usize) -> &'m [Value<'m>] {
        let Some(expr) = self.program.constants.get(at) else {
            return &[];
        };
        let values: &'m [Value<'m>] = self.arena.alloc_slice_copy(&self.all(expr, &Value::Empty));
        if let Some(place) = self.constants.borrow_mut().get_mut(at) {
            *place = Some(values);
        }
        values
    }

    pub(super) fn special(&self, special: Special) -> Value<'m> {
        match special {
            Special::Now => Value::Computed(Kind::DateTime, self.arena_text(&self.context.now_text)),
            Special::Bundle => Value::string(self.context.bundle.as_str()),
            Special::MessageKey => {
                let key = self.message_key();
                if key.is_empty() {
                    Value::Empty
                } else {
                    Value::string(key)
                }
            }
            Special::Root => self.root,
        }
    }

    /// A function of a text; it gives at most one value.
    pub(super) fn text_function(
        &self,
        function: TextFunction,
        input: &'m Expr,
        arguments: &'m [Expr],
        focus: &Value<'m>,
    ) -> Option<Value<'m>> {
        let Some(Few::One(input)) = self.single(input, focus) else {
            return None;
        };
        let argument = |at: usize| match self.single(arguments.get(at)?, focus) {
            Some(Few::One(value)) => self.text_of(&value),
            _ => None,
        };
        let first = argument(0);
        if !arguments.is_empty() && first.is_none() {
            return None;
        }
        let first = first.unwrap_or_default();
        let text = self.text_of(&input)?;
        Some(match function {
            TextFunction::StartsWith => Value::boolean(text.starts_with(first)),
            TextFunction::EndsWith => Value::boolean(text.ends_with(first)),
            TextFunction::Contains => Value::boolean(text.contains(first)),
            TextFunction::Upper => Value::string(self.arena_text(&text.to_uppercase())),
            TextFunction::Lower => Value::string(self.arena_text(&text.to_lowercase())),
            TextFunction::Trim => Value::string(text.trim()),
            TextFunction::ToString => Value::string(text),
            TextFunction::Length => Value::integer(text.chars().count()),
            TextFunction::Substring => {
                let start: usize = first.parse().ok()?;
                let length = match arguments.get(1) {
                    None => usize::MAX,
                    Some(_) => argument(1)?.parse().ok()?,
                };
                let (from, _) = text.char_indices().nth(start)?;
                let rest = text.get(from..)?;
                let to = rest.char_indices().nth(length).map_or(rest.len(), |(to, _)| to);
                Value::string(rest.get(..to)?)
            }
        })
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
                HostValue::Text(text) => Value::string(self.arena_text(&text)),
                HostValue::Boolean(value) => Value::boolean(value),
                HostValue::Integer(value) => Value::Integer(value),
            })?;
        }
        Flow::Continue(())
    }

    /// Calls a function of the library, or asks the host; without one, or if it fails, nothing and a finding.
    pub(super) fn answer(&self, function: usize, arguments: &[Vec<HostValue>]) -> Vec<HostValue> {
        let called = self.program.functions.get(function);
        if let Some(library) = called.and_then(|function| function.library) {
            return library.answer(arguments);
        }
        let name = called.map_or("", |function| function.name.as_str());
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
            Value::Computed(Kind::Boolean, text) => Some(HostValue::Boolean(*text == "true")),
            Value::Integer(value) => Some(HostValue::Integer(*value)),
            value => self.text_of(value).map(|text| HostValue::Text(text.to_owned())),
        }
    }
}

/// Visits a value, or each of several.
pub(super) fn give<'m>(value: Value<'m>, visit: &mut dyn FnMut(Value<'m>) -> Flow) -> Flow {
    match value {
        Value::Empty => Flow::Continue(()),
        Value::Several(values) => values.iter().try_for_each(|value| visit(*value)),
        value => visit(value),
    }
}
