//! One evaluation: its state, its limits, and the dispatch of operations.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;

use crate::ast::{BinaryOperator, CalendarUnit, Literal, Plural, Unit};
use crate::context::{Context, Host, Nobody};
use crate::error::{Error, ErrorKind};
use crate::functions::Function;
use crate::item::Item;
use crate::node::{Name, Node, TypeReference};
use crate::program::{Op, OpId, Program, TypeTest};
use crate::value::{Quantity, QuantityUnit};

/// Why items stop coming.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Whoever takes them has enough.
    Done,
    /// Something went wrong.
    Failed(Error),
}

/// What every operation gives: go on, perhaps with a value, or stop.
pub(crate) type Step<T = ()> = ControlFlow<Stop, T>;

/// Where items go.
///
/// Whoever breaks with [`Stop::Done`] is the one to catch it: an operation passes a break of its sink on at once, and
/// never pushes again.
pub(crate) type Out<'o, 'a, N> = &'o mut dyn FnMut(Item<'a, N>) -> Step;

/// What `$this`, `$index` and `$total` are at a place of the program.
pub(crate) struct Scope<'s, 'a, N> {
    pub(crate) this: Option<&'s Item<'a, N>>,
    pub(crate) index: Option<i64>,
    pub(crate) total: Option<&'s [Item<'a, N>]>,
}

impl<N> Clone for Scope<'_, '_, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N> Copy for Scope<'_, '_, N> {}

/// A call of a built-in function.
#[derive(Clone, Copy)]
pub(crate) struct Call<'p> {
    pub(crate) function: Function,
    /// The operation itself, for the place of its faults.
    pub(crate) op: OpId,
    pub(crate) input: OpId,
    pub(crate) arguments: &'p [OpId],
}

impl Call<'_> {
    pub(crate) fn argument(&self, index: usize) -> Option<OpId> {
        self.arguments.get(index).copied()
    }
}

/// A collection that takes no memory of its own up to one item.
pub(crate) enum Few<T> {
    None,
    One(T),
    Many(Vec<T>),
}

impl<T> Few<T> {
    pub(crate) fn as_slice(&self) -> &[T] {
        match self {
            Self::None => &[],
            Self::One(item) => std::slice::from_ref(item),
            Self::Many(items) => items,
        }
    }

    pub(crate) fn push(&mut self, item: T) {
        *self = match std::mem::replace(self, Self::None) {
            Self::None => Self::One(item),
            Self::One(first) => Self::Many(vec![first, item]),
            Self::Many(mut items) => {
                items.push(item);
                Self::Many(items)
            }
        };
    }

    pub(crate) fn into_vec(self) -> Vec<T> {
        match self {
            Self::None => Vec::new(),
            Self::One(item) => vec![item],
            Self::Many(items) => items,
        }
    }
}

/// One evaluation of a program.
pub(crate) struct Run<'r, 'a, N> {
    pub(crate) program: &'a Program,
    pub(crate) context: &'r Context<'r, 'a, N>,
    /// The node that was handed in.
    root: Option<N>,
    steps: Cell<u64>,
    defined: RefCell<Vec<Vec<Item<'a, N>>>>,
}

impl<'r, 'a, N: Node<'a>> Run<'r, 'a, N> {
    pub(crate) fn new<'h: 'r>(
        program: &'a Program,
        context: &'r Context<'h, 'a, N>,
        root: Option<N>,
    ) -> Run<'r, 'a, N> {
        let defined = RefCell::new(vec![Vec::new(); program.slots]);
        Run {
            program,
            context,
            root,
            steps: Cell::new(0),
            defined,
        }
    }

    /// Pushes the result.
    pub(crate) fn push(&self, focus: Option<&Item<'a, N>>, out: Out<'_, 'a, N>) -> Result<(), Error> {
        let scope = Scope {
            this: focus,
            index: None,
            total: None,
        };
        match self.eval(self.program.root, scope, out) {
            ControlFlow::Continue(()) | ControlFlow::Break(Stop::Done) => Ok(()),
            ControlFlow::Break(Stop::Failed(error)) => Err(error.locate(&self.program.text)),
        }
    }

    /// The whole result.
    pub(crate) fn all(&self, focus: Option<&Item<'a, N>>) -> Result<Vec<Item<'a, N>>, Error> {
        let mut items = Vec::new();
        self.push(focus, &mut |item| {
            self.room(items.len(), self.program.root)?;
            items.push(item);
            ControlFlow::Continue(())
        })?;
        Ok(items)
    }

    /// The result as a condition.
    pub(crate) fn condition(&self, focus: Option<&Item<'a, N>>) -> Result<bool, Error> {
        let scope = Scope {
            this: focus,
            index: None,
            total: None,
        };
        match self.boolean(self.program.root, scope) {
            ControlFlow::Continue(value) => Ok(value == Some(true)),
            ControlFlow::Break(Stop::Done) => Ok(false),
            ControlFlow::Break(Stop::Failed(error)) => Err(error.locate(&self.program.text)),
        }
    }

    pub(crate) fn host(&self) -> &'r dyn Host<'a, N> {
        self.context.host.unwrap_or(&Nobody)
    }

    /// Stops with a fault of the execution.
    pub(crate) fn fail<T>(&self, op: OpId, code: &'static str, message: impl Into<String>) -> Step<T> {
        self.stop(ErrorKind::Execution, op, code, message)
    }

    pub(crate) fn stop<T>(
        &self,
        kind: ErrorKind,
        op: OpId,
        code: &'static str,
        message: impl Into<String>,
    ) -> Step<T> {
        ControlFlow::Break(Stop::Failed(Error::new(
            kind,
            code,
            self.program.span(op),
            message,
        )))
    }

    /// Goes on with what a host gave, or stops with its fault at the place of `op`.
    pub(crate) fn ask<T>(&self, op: OpId, answer: Result<T, Error>) -> Step<T> {
        match answer {
            Ok(value) => ControlFlow::Continue(value),
            Err(error) => ControlFlow::Break(Stop::Failed(error.at(self.program.span(op)))),
        }
    }

    /// Counts a step.
    #[inline]
    pub(crate) fn step(&self, op: OpId) -> Step {
        let steps = self.steps.get() + 1;
        self.steps.set(steps);
        if steps > self.context.limits.steps {
            self.out_of_steps(op)
        } else {
            ControlFlow::Continue(())
        }
    }

    #[cold]
    fn out_of_steps(&self, op: OpId) -> Step {
        let message = format!(
            "the evaluation takes more than {} steps",
            self.context.limits.steps
        );
        self.stop(ErrorKind::Limit, op, "step-limit", message)
    }

    /// Sees that a collection of `length` items may take one more.
    #[inline]
    pub(crate) fn room(&self, length: usize, op: OpId) -> Step {
        if length < self.context.limits.items {
            return ControlFlow::Continue(());
        }
        let message = format!("a collection has more than {} items", self.context.limits.items);
        self.stop(ErrorKind::Limit, op, "item-limit", message)
    }

    /// Sees that a computed text is not too long.
    pub(crate) fn text(&self, text: String, op: OpId) -> Step<Item<'a, N>> {
        if text.len() <= self.context.limits.text {
            return ControlFlow::Continue(Item::String(Cow::Owned(text)));
        }
        let message = format!("a string has more than {} bytes", self.context.limits.text);
        self.stop(ErrorKind::Limit, op, "text-limit", message)
    }

    /// Pushes the items of an operation.
    pub(crate) fn eval(&self, id: OpId, scope: Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        self.step(id)?;
        let Some(op) = self.program.op(id) else {
            return ControlFlow::Continue(());
        };
        match op {
            Op::Child { input, name } => {
                self.eval(*input, scope, &mut |item| self.children(id, &item, name, out))
            }
            Op::Start { name, specifier } => self.start(id, scope, name, specifier.as_ref(), out),
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

    /// The operations that need no fast way.
    fn rare(&self, id: OpId, op: &'a Op, scope: Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        match op {
            Op::Fail(code, message) => self.fail(id, code, *message),
            Op::Index => scope
                .index
                .map_or(ControlFlow::Continue(()), |index| out(Item::Integer(index))),
            Op::Total => scope
                .total
                .into_iter()
                .flatten()
                .try_for_each(|item| out(item.clone())),
            Op::Root => self
                .root
                .map_or(ControlFlow::Continue(()), |node| out(Item::Node(node))),
            Op::Resource => {
                let node = self.context.resource.or(self.root);
                node.map_or(ControlFlow::Continue(()), |node| out(Item::Node(node)))
            }
            Op::RootResource => {
                let node = self.context.root_resource.or(self.context.resource).or(self.root);
                node.map_or(ControlFlow::Continue(()), |node| out(Item::Node(node)))
            }
            Op::Variable { declared, name } => self.variable(id, name, *declared, out),
            Op::Defined(slot) => {
                let items = self.defined.borrow().get(*slot).cloned().unwrap_or_default();
                items.into_iter().try_for_each(out)
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
                        self.collect(*value, Scope { this, ..scope })?.into_vec()
                    }
                    None => items.as_slice().to_vec(),
                };
                if let Some(place) = self.defined.borrow_mut().get_mut(*slot) {
                    *place = value;
                }
                items.into_vec().into_iter().try_for_each(out)
            }
            Op::Host {
                index,
                name,
                input,
                arguments,
            } => {
                let input = self.collect(*input, scope)?;
                let mut values = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    values.push(self.collect(*argument, scope)?.into_vec());
                }
                let answer = self.host().call(name, *index, input.as_slice(), &values);
                self.ask(id, answer)?.into_iter().try_for_each(out)
            }
            _ => ControlFlow::Continue(()),
        }
    }

    /// Pushes the children of an item that have a name.
    fn children(&self, id: OpId, item: &Item<'a, N>, name: &Name, out: Out<'_, 'a, N>) -> Step {
        match item {
            Item::Node(node) => node.each_child(name, |child| {
                self.step(id)?;
                out(Item::Node(child))
            }),
            Item::Type(own) => match name.as_str() {
                "name" => out(Item::String(Cow::Borrowed(own.name))),
                "namespace" => out(Item::String(Cow::Borrowed(own.namespace))),
                _ => ControlFlow::Continue(()),
            },
            Item::Quantity(quantity) => match name.as_str() {
                "value" => out(Item::Decimal(quantity.value)),
                "unit" => out(Item::String(Cow::Owned(quantity.unit.as_str().to_owned()))),
                _ => ControlFlow::Continue(()),
            },
            _ => ControlFlow::Continue(()),
        }
    }

    fn start(
        &self,
        id: OpId,
        scope: Scope<'_, 'a, N>,
        name: &Name,
        specifier: Option<&TypeReference>,
        out: Out<'_, 'a, N>,
    ) -> Step {
        let Some(this) = scope.this else {
            return ControlFlow::Continue(());
        };
        match (this, specifier) {
            (Item::Node(node), Some(specifier)) if node.is_type(specifier) => out(this.clone()),
            _ => self.children(id, this, name, out),
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
            Some((_, items)) => items.iter().try_for_each(|item| out(item.clone())),
            None => self.fail(
                id,
                "unknown-variable",
                format!("the variable `%{name}` has no value"),
            ),
        }
    }

    fn literal(&self, index: u32) -> Option<Item<'a, N>> {
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
        scope: Scope<'_, 'a, N>,
        out: Out<'_, 'a, N>,
    ) -> Step {
        if test == TypeTest::OfType {
            return self.eval(input, scope, &mut |item| {
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

    /// The items of an operation, collected.
    pub(crate) fn collect(&self, id: OpId, scope: Scope<'_, 'a, N>) -> Step<Few<Item<'a, N>>> {
        let mut items = Few::None;
        self.eval(id, scope, &mut |item| {
            self.room(items.as_slice().len(), id)?;
            items.push(item);
            ControlFlow::Continue(())
        })?;
        ControlFlow::Continue(items)
    }

    /// The first item of an operation; the rest is not computed.
    pub(crate) fn first(&self, id: OpId, scope: Scope<'_, 'a, N>) -> Step<Option<Item<'a, N>>> {
        self.nth(id, scope, 0)
    }

    /// The item at an index, from 0; what follows it is not computed.
    pub(crate) fn nth(&self, id: OpId, scope: Scope<'_, 'a, N>, index: usize) -> Step<Option<Item<'a, N>>> {
        let mut left = index;
        let mut found = None;
        let outcome = self.eval(id, scope, &mut |item| {
            if left > 0 {
                left -= 1;
                return ControlFlow::Continue(());
            }
            found = Some(item);
            ControlFlow::Break(Stop::Done)
        });
        match outcome {
            ControlFlow::Break(Stop::Failed(error)) => ControlFlow::Break(Stop::Failed(error)),
            _ => ControlFlow::Continue(found),
        }
    }

    /// The only item of an operation, or none; several are a fault of `op`.
    pub(crate) fn single(&self, op: OpId, id: OpId, scope: Scope<'_, 'a, N>) -> Step<Option<Item<'a, N>>> {
        let mut found = None;
        self.eval(id, scope, &mut |item| {
            if found.is_some() {
                return self.fail(op, "not-singular", "expected one item, found several");
            }
            found = Some(item);
            ControlFlow::Continue(())
        })?;
        ControlFlow::Continue(found)
    }

    /// An operation as a condition: its boolean; true for one item of another type; none for an empty one.
    ///
    /// Spec: FHIRPath 2.0.0, 4.5 Singleton Evaluation of Collections.
    pub(crate) fn boolean(&self, id: OpId, scope: Scope<'_, 'a, N>) -> Step<Option<bool>> {
        let item = self.single(id, id, scope)?;
        ControlFlow::Continue(item.map(|item| item.as_boolean().unwrap_or(true)))
    }

    /// An operation as an integer; none for an empty one.
    pub(crate) fn integer(&self, id: OpId, scope: Scope<'_, 'a, N>) -> Step<Option<i64>> {
        match self.single(id, id, scope)? {
            None => ControlFlow::Continue(None),
            Some(item) => match item.as_integer() {
                Some(value) => ControlFlow::Continue(Some(value)),
                None => self.fail(id, "expected-integer", "expected an integer, found another type"),
            },
        }
    }

    /// An operation as a string; none for an empty one.
    pub(crate) fn string(&self, id: OpId, scope: Scope<'_, 'a, N>) -> Step<Option<Cow<'a, str>>> {
        match self.single(id, id, scope)? {
            None => ControlFlow::Continue(None),
            Some(item) => match item.as_string() {
                Some(text) => ControlFlow::Continue(Some(text)),
                None => self.fail(id, "expected-string", "expected a string, found another type"),
            },
        }
    }

    /// An operator between two operands.
    fn binary(
        &self,
        id: OpId,
        operator: BinaryOperator,
        left: OpId,
        right: OpId,
        scope: Scope<'_, 'a, N>,
        out: Out<'_, 'a, N>,
    ) -> Step {
        use BinaryOperator as B;
        let answer = match operator {
            B::And | B::Or | B::Xor | B::Implies => {
                self.logic(operator, left, right, scope)?.map(Item::Boolean)
            }
            B::Equal | B::NotEqual | B::Equivalent | B::NotEquivalent => self
                .equality(id, operator, left, right, scope)?
                .map(Item::Boolean),
            B::Less | B::LessOrEqual | B::Greater | B::GreaterOrEqual => self
                .ordering(id, operator, left, right, scope)?
                .map(Item::Boolean),
            B::In => self.membership(id, left, right, scope)?.map(Item::Boolean),
            B::Contains => self.membership(id, right, left, scope)?.map(Item::Boolean),
            B::Union => return self.union(id, left, right, scope, out),
            _ => self.arithmetic(id, operator, left, right, scope)?,
        };
        match answer {
            Some(item) => out(item),
            None => ControlFlow::Continue(()),
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
