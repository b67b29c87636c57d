//! The dispatch of operations, and those that belong to no chapter of functions.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::run::{Call, Few, Out, Run, Scope, Step};
use super::seen::At;
use super::watch::Watch;
use crate::ast::{BinaryOperator, CalendarUnit, Literal, Plural, Unit};
use crate::functions::Function;
use crate::item::Item;
use crate::node::{Name, Node, TypeReference};
use crate::program::{Literals, Op, OpId, PathStep, Program, Taken, TypeTest};
use crate::value::{Quantity, QuantityUnit};

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    /// Pushes the items of an operation.
    #[inline]
    pub(crate) fn eval(&self, id: OpId, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        match &self.watch {
            None => self.evaluate(id, scope, out),
            Some(watch) => self.evaluate_watched(watch, id, scope, out),
        }
    }

    /// The same with every item noted; apart, so that what is on every path stays small.
    #[inline(never)]
    fn evaluate_watched(
        &self,
        watch: &Watch<'a, N>,
        id: OpId,
        scope: &Scope<'_, 'a, N>,
        out: Out<'_, 'a, N>,
    ) -> Step {
        watch.begin(id);
        self.evaluate(self.program.plain(id), scope, &mut |item| {
            if !watch.note(id, &item, self.context.limits.items) {
                self.room(usize::MAX, id)?;
            }
            out(item)
        })
    }

    fn evaluate(&self, id: OpId, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        self.step(id)?;
        let Some(op) = self.program.op(id) else {
            return ControlFlow::Continue(());
        };
        match op {
            Op::Child { input, names } => self.children(id, *input, self.program.names(*names), scope, out),
            Op::Start { names, specifier } => {
                let names = self.program.names(*names);
                match scope.this {
                    Some(Item::Node(node)) => self.start(id, *node, names, specifier.as_ref(), &mut |node| {
                        out(Item::Node(node))
                    }),
                    Some(this) => self.path(id, this, names, out),
                    None => ControlFlow::Continue(()),
                }
            }
            Op::Path { steps, plain } => match scope.this {
                Some(Item::Node(node)) if self.watch.is_none() => {
                    let steps = self.program.steps(*steps);
                    self.go(id, *node, steps, scope, &mut |node| out(Item::Node(node)))
                }
                _ => self.evaluate(*plain, scope, out),
            },
            Op::IsText { names, text, plain } => match (scope.this, self.program.text_of(*text)) {
                (Some(Item::Node(node)), Some(text)) if self.watch.is_none() => {
                    match self.is_text(id, *node, self.program.names(*names), text)? {
                        Some(answer) => out(Item::Boolean(answer)),
                        None => ControlFlow::Continue(()),
                    }
                }
                _ => self.evaluate(*plain, scope, out),
            },
            Op::Shift {
                operator,
                left,
                right,
                count,
                unit,
            } => {
                let shifted = self.shifted(id, *operator, (*left, *right), (*count, *unit), scope)?;
                shifted.map_or(ControlFlow::Continue(()), out)
            }
            Op::This => match scope.this {
                Some(item) => out(item.clone()),
                None => ControlFlow::Continue(()),
            },
            Op::Literal(index) => match self.literal(*index) {
                Some(item) => out(item),
                None => ControlFlow::Continue(()),
            },
            Op::Binary {
                operator,
                left,
                right,
            } => self.binary(id, *operator, *left, *right, scope, out),
            Op::Call {
                function: Function::Where,
                input,
                arguments,
            } => match arguments.first() {
                Some(criteria) => self.filter(*input, *criteria, scope, out),
                None => ControlFlow::Continue(()),
            },
            Op::Call {
                function: Function::First,
                input,
                ..
            } => match self.first(*input, scope)? {
                Some(item) => out(item),
                None => ControlFlow::Continue(()),
            },
            Op::Call {
                function: Function::Iif,
                input,
                arguments,
            } => self.iif(id, *input, arguments, scope, out),
            Op::Call {
                function,
                input,
                arguments,
            } => {
                let call = Call {
                    function: *function,
                    op: id,
                    input: *input,
                    arguments,
                };
                self.call(call, scope, out)
            }
            Op::Type {
                test,
                input,
                specifier,
            } => self.type_operation(id, *test, *input, specifier, scope, out),
            _ => self.rare(id, op, scope, out),
        }
    }

    /// The operations that need no fast way; apart, as above.
    #[inline(never)]
    fn rare(&self, id: OpId, op: &'a Op, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        match op {
            Op::OrderOfMoved { plain, .. } => match self.order_of_moved(op, scope) {
                Some(answer) => match answer? {
                    Some(answer) => out(Item::Boolean(answer)),
                    None => ControlFlow::Continue(()),
                },
                None => self.evaluate(*plain, scope, out),
            },
            Op::Literals(Literals { start, count }) => {
                for index in *start..start.saturating_add(*count) {
                    self.step(id)?;
                    if let Some(item) = self.literal(index) {
                        out(item)?;
                    }
                }
                ControlFlow::Continue(())
            }
            Op::Fail(code, message) => self.fail(id, code, *message),
            Op::Index => scope
                .index
                .map_or(ControlFlow::Continue(()), |index| out(Item::Integer(index))),
            Op::Total => self.push_all(id, scope.total.unwrap_or_default(), out),
            Op::Root => self
                .root
                .map_or(ControlFlow::Continue(()), |item| out(item.clone())),
            Op::Resource => {
                let node = self.context.resource.or(self.root_node());
                node.map_or(ControlFlow::Continue(()), |node| out(Item::Node(node)))
            }
            Op::RootResource => {
                let node = self
                    .context
                    .root_resource
                    .or(self.context.resource)
                    .or(self.root_node());
                node.map_or(ControlFlow::Continue(()), |node| out(Item::Node(node)))
            }
            Op::Variable { declared, name } => self.variable(id, name, *declared, out),
            Op::Defined(slot) => {
                let items = self.kept().defined.borrow().get(*slot).cloned();
                self.push_all(id, items.as_deref().unwrap_or_default(), out)
            }
            Op::Indexer { input, index } => {
                let Some(index) = self.integer(*index, scope)? else {
                    return ControlFlow::Continue(());
                };
                let Ok(index) = usize::try_from(index) else {
                    return ControlFlow::Continue(());
                };
                match self.nth(*input, scope, index)? {
                    Some(item) => out(item),
                    None => ControlFlow::Continue(()),
                }
            }
            Op::Sign { negative, operand } => match self.negated(id, *operand, *negative, scope)? {
                Some(item) => out(item),
                None => ControlFlow::Continue(()),
            },
            Op::Define { input, slot, value } => {
                let items = self.collect(*input, scope)?;
                let value = match value {
                    Some(value) => {
                        let this = items.as_slice().first();
                        self.collect(*value, &Scope { this, ..*scope })?.into_vec()
                    }
                    None => items.as_slice().to_vec(),
                };
                if let Some(place) = self.kept().defined.borrow_mut().get_mut(*slot) {
                    *place = value.into();
                }
                items.into_vec().into_iter().try_for_each(out)
            }
            Op::Host {
                index,
                name,
                input,
                arguments,
            } => {
                let input = self.taken(id, *input, scope)?;
                let mut values = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    values.push(self.taken(id, *argument, scope)?.into_vec());
                }
                let answer = self.host().call(name, *index, input.as_slice(), &values);
                self.ask(id, answer)?.into_iter().try_for_each(out)
            }
            _ => ControlFlow::Continue(()),
        }
    }

    /// The items that a function of the host is given; several are a fault where its signature takes one.
    fn taken(&self, id: OpId, taken: Taken, scope: &Scope<'_, 'a, N>) -> Step<Few<Item<'a, N>>> {
        if taken.one {
            return self
                .single(id, taken.op, scope)
                .map_continue(|item| item.map_or(Few::None, Few::One));
        }
        self.collect(taken.op, scope)
    }

    /// Pushes items that are kept; each is a step.
    fn push_all(&self, id: OpId, items: &[Item<'a, N>], out: Out<'_, 'a, N>) -> Step {
        items.iter().try_for_each(|item| {
            self.step(id)?;
            out(item.clone())
        })
    }

    pub(crate) fn root_node(&self) -> Option<N> {
        self.root.and_then(Item::node)
    }

    /// Pushes the items of an operation to whom it is known who takes them: the operations that most paths begin with
    /// are inlined there.
    #[inline]
    pub(crate) fn each<F>(&self, id: OpId, scope: &Scope<'_, 'a, N>, take: &mut F) -> Step
    where
        F: FnMut(Item<'a, N>) -> Step,
    {
        if self.watch.is_some() {
            return self.eval(id, scope, take);
        }
        if let Some(outcome) = self.places(id, scope, &mut |node| take(Item::Node(node))) {
            return outcome;
        }
        match self.program.op(id) {
            Some(Op::Literal(index)) => {
                self.step(id)?;
                return match self.literal(*index) {
                    Some(item) => take(item),
                    None => ControlFlow::Continue(()),
                };
            }
            Some(Op::Child { input, names }) => {
                self.step(id)?;
                return self.children(id, *input, self.program.names(*names), scope, take);
            }
            Some(Op::Call {
                function: Function::Where,
                input,
                arguments,
            }) => {
                self.step(id)?;
                return match arguments.first() {
                    Some(criteria) => self.filter(*input, *criteria, scope, take),
                    None => ControlFlow::Continue(()),
                };
            }
            _ => {}
        }
        self.evaluate(id, scope, take)
    }

    /// Pushes the places that an operation leads to from the focus; none if it is no path from a place, or someone watches.
    #[inline(always)]
    pub(crate) fn places<F>(&self, id: OpId, scope: &Scope<'_, 'a, N>, take: &mut F) -> Option<Step>
    where
        F: FnMut(N) -> Step,
    {
        let Some(Item::Node(this)) = scope.this else {
            return None;
        };
        if self.watch.is_some() {
            return None;
        }
        let op = self.program.op(id)?;
        if !matches!(op, Op::Start { .. } | Op::Path { .. } | Op::This) {
            return None;
        }
        if let stop @ ControlFlow::Break(_) = self.step(id) {
            return Some(stop);
        }
        Some(match op {
            Op::Start { names, specifier } => {
                self.start(id, *this, self.program.names(*names), specifier.as_ref(), take)
            }
            Op::Path { steps, .. } => self.go(id, *this, self.program.steps(*steps), scope, take),
            _ => take(*this),
        })
    }

    /// Pushes the places that the steps of a path lead to.
    fn go<F>(&self, id: OpId, node: N, steps: &'a [PathStep], scope: &Scope<'_, 'a, N>, take: &mut F) -> Step
    where
        F: FnMut(N) -> Step,
    {
        let [step, rest @ ..] = steps else {
            return take(node);
        };
        let passes = match *step {
            PathStep::Names(names) => {
                let names = self.program.names(names);
                // Most paths end with names.
                if rest.is_empty() {
                    return self.walk(id, node, names, take);
                }
                return self.walk(id, node, names, &mut |node| self.go(id, node, rest, scope, take));
            }
            PathStep::Repeat(names) => {
                let names = self.program.names(names);
                if let [PathStep::Names(last)] = rest {
                    let last = self.program.names(*last);
                    return self.repeat_places(id, &[At(node)], names, &mut |node| {
                        self.walk(id, node, last, take)
                    });
                }
                return self.repeat_places(id, &[At(node)], names, &mut |node| {
                    self.go(id, node, rest, scope, take)
                });
            }
            PathStep::Start(op) => {
                let Some(Op::Start { names, specifier }) = self.program.op(op) else {
                    return ControlFlow::Continue(());
                };
                let names = self.program.names(*names);
                return self.start(id, node, names, specifier.as_ref(), &mut |node| {
                    self.go(id, node, rest, scope, take)
                });
            }
            PathStep::IsText { names, text } => {
                let text = self.program.text_of(text).unwrap_or_default();
                self.is_text(id, node, self.program.names(names), text)? == Some(true)
            }
            PathStep::Where(criteria) => {
                let this = Item::Node(node);
                let inner = Scope {
                    this: Some(&this),
                    ..*scope
                };
                self.boolean(criteria, &inner)? == Some(true)
            }
            PathStep::OfType(op) => match self.program.op(op) {
                Some(Op::Type { specifier, .. }) => node.is_taken_as(specifier),
                _ => false,
            },
        };
        if passes {
            self.go(id, node, rest, scope, take)
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Pushes the places that a path from the focus leads to.
    #[inline]
    pub(super) fn start<F>(
        &self,
        id: OpId,
        this: N,
        names: &'a [Name],
        specifier: Option<&TypeReference>,
        take: &mut F,
    ) -> Step
    where
        F: FnMut(N) -> Step,
    {
        match specifier {
            Some(specifier) if this.is_type(specifier) => {
                self.walk(id, this, names.get(1..).unwrap_or_default(), take)
            }
            _ => self.walk(id, this, names, take),
        }
    }

    /// The names of an operation that leads from the focus by names alone, unless someone watches.
    pub(crate) fn names_from_focus(&self, id: OpId) -> Option<&'a [Name]> {
        match self.program.op(id)? {
            Op::Start {
                names,
                specifier: None,
            } if self.watch.is_none() => Some(self.program.names(*names)),
            _ => None,
        }
    }

    /// Pushes the places that names lead to; each on the way is a step.
    pub(crate) fn walk<F>(&self, id: OpId, node: N, names: &'a [Name], take: &mut F) -> Step
    where
        F: FnMut(N) -> Step,
    {
        match names {
            [] => take(node),
            [name] => node.each_child(name, |child| {
                self.step(id)?;
                take(child)
            }),
            [name, rest @ ..] => node.each_child(name, |child| {
                self.step(id)?;
                self.walk(id, child, rest, take)
            }),
        }
    }

    /// Pushes what names lead to from each item of an operation.
    fn children(
        &self,
        id: OpId,
        input: OpId,
        names: &'a [Name],
        scope: &Scope<'_, 'a, N>,
        out: Out<'_, 'a, N>,
    ) -> Step {
        self.each(input, scope, &mut |item| match item {
            Item::Node(node) => self.walk(id, node, names, &mut |node| out(Item::Node(node))),
            item => self.path(id, &item, names, out),
        })
    }

    /// Pushes what names lead to from an item.
    fn path(&self, id: OpId, item: &Item<'a, N>, names: &'a [Name], out: Out<'_, 'a, N>) -> Step {
        let name = match (item, names) {
            (Item::Node(node), _) => {
                return self.walk(id, *node, names, &mut |node| out(Item::Node(node)));
            }
            // What computed values have has no elements of its own.
            (_, [name]) => name,
            _ => return ControlFlow::Continue(()),
        };
        match (item, name.as_str()) {
            (Item::Type(own), "name") => out(Item::String(Cow::Borrowed(own.name))),
            (Item::Type(own), "namespace") => out(Item::String(Cow::Borrowed(own.namespace))),
            (Item::Quantity(quantity), "value") => out(Item::Decimal(quantity.value)),
            (Item::Quantity(quantity), "unit") => {
                out(Item::String(Cow::Owned(quantity.unit.as_str().to_owned())))
            }
            _ => ControlFlow::Continue(()),
        }
    }

    fn variable(&self, id: OpId, name: &'a str, declared: Option<usize>, out: Out<'_, 'a, N>) -> Step {
        let mut outcome = ControlFlow::Continue(());
        let known = self.host().variable(name, declared, &mut |item| {
            if outcome.is_continue() {
                outcome = out(item);
            }
        });
        if known {
            return outcome;
        }
        match self.context.variables.iter().find(|(given, _)| given == name) {
            Some((_, items)) => self.push_all(id, items, out),
            None => self.fail(
                id,
                "unknown-variable",
                format!("the variable `%{name}` has no value"),
            ),
        }
    }

    pub(super) fn literal(&self, index: u32) -> Option<Item<'a, N>> {
        let program: &'a Program = self.program;
        Some(match program.literals.get(index as usize)? {
            Literal::Empty => return None,
            Literal::Boolean(value) => Item::Boolean(*value),
            Literal::String(text) => Item::String(Cow::Borrowed(text)),
            Literal::Integer(value) => Item::Integer(*value),
            Literal::Decimal(value) => Item::Decimal(*value),
            Literal::Date(value) => Item::Date(*value),
            Literal::DateTime(value) => Item::DateTime(*value),
            Literal::Time(value) | Literal::TimeWithOffset(value, _) => Item::Time(*value),
            Literal::Quantity(value, unit) => {
                let unit = match unit {
                    Unit::Ucum(unit) => QuantityUnit::Ucum(Cow::Borrowed(unit)),
                    Unit::Calendar(unit, plural) => {
                        QuantityUnit::Calendar(*unit, calendar_word(*unit, *plural))
                    }
                };
                Item::Quantity(Box::new(Quantity { value: *value, unit }))
            }
        })
    }

    fn type_operation(
        &self,
        id: OpId,
        test: TypeTest,
        input: OpId,
        specifier: &TypeReference,
        scope: &Scope<'_, 'a, N>,
        out: Out<'_, 'a, N>,
    ) -> Step {
        if test == TypeTest::OfType {
            return self.each(input, scope, &mut |item| {
                if item.is_taken_as(specifier) {
                    out(item)
                } else {
                    ControlFlow::Continue(())
                }
            });
        }
        match self.single(id, input, scope)? {
            Some(item) if test == TypeTest::Is => out(Item::Boolean(item.is_type(specifier))),
            Some(item) if item.is_taken_as(specifier) => out(item),
            _ => ControlFlow::Continue(()),
        }
    }

    /// An operator between two operands.
    fn binary(
        &self,
        id: OpId,
        operator: BinaryOperator,
        left: OpId,
        right: OpId,
        scope: &Scope<'_, 'a, N>,
        out: Out<'_, 'a, N>,
    ) -> Step {
        let answer = if operator.is_condition() {
            self.condition_of(id, operator, left, right, scope)?
                .map(Item::Boolean)
        } else if operator == BinaryOperator::Union {
            return self.union(id, left, right, scope, out);
        } else {
            self.arithmetic(id, operator, left, right, scope)?
        };
        match answer {
            Some(item) => out(item),
            None => ControlFlow::Continue(()),
        }
    }

    /// An operator that gives a boolean, or nothing.
    pub(super) fn condition_of(
        &self,
        id: OpId,
        operator: BinaryOperator,
        left: OpId,
        right: OpId,
        scope: &Scope<'_, 'a, N>,
    ) -> Step<Option<bool>> {
        use BinaryOperator as B;
        match operator {
            B::Equal | B::NotEqual | B::Equivalent | B::NotEquivalent => {
                self.equality(id, operator, left, right, scope)
            }
            B::Less | B::LessOrEqual | B::Greater | B::GreaterOrEqual => {
                self.ordering(id, operator, left, right, scope)
            }
            B::In => self.membership(id, left, right, scope),
            B::Contains => self.membership(id, right, left, scope),
            _ => self.logic(operator, left, right, scope),
        }
    }
}

/// The word of a calendar unit.
fn calendar_word(unit: CalendarUnit, plural: Plural) -> Cow<'static, str> {
    match plural {
        Plural::No => Cow::Borrowed(unit.as_str()),
        Plural::Yes => Cow::Owned(format!("{}s", unit.as_str())),
    }
}
