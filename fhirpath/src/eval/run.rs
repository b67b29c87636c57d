//! One evaluation: its state, its limits, and the dispatch of operations.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::rc::Rc;

use regex::Regex;

use super::watch::Watch;

use crate::ast::BinaryOperator;
use crate::context::{Context, Host, Nobody};
use crate::error::{Error, ErrorKind};
use crate::functions::Function;
use crate::item::Item;
use crate::node::Node;
use crate::program::{Op, OpId, Program};
use crate::targets::Targets;

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
    /// The focus of the whole expression.
    pub(super) root: Option<&'r Item<'a, N>>,
    /// How many steps are left.
    left: Cell<u64>,
    kept: OnceCell<Box<Kept<'a, N>>>,
    /// What notes the items of every operation.
    pub(super) watch: Option<Box<Watch<'a, N>>>,
}

/// What few evaluations keep; made where it is first asked for.
pub(crate) struct Kept<'a, N> {
    /// The items of each variable of `defineVariable`.
    pub(super) defined: RefCell<Vec<Rc<[Item<'a, N>]>>>,
    /// Where references lead, by tree.
    pub(crate) targets: RefCell<HashMap<usize, Targets<'a, N>>>,
    /// The regular expressions that were computed, by function and source.
    pub(crate) patterns: RefCell<Vec<(Function, Box<str>, Regex)>>,
}

impl<'r, 'a, N: Node<'a>> Run<'r, 'a, N> {
    pub(crate) fn new<'h: 'r>(
        program: &'a Program,
        context: &'r Context<'h, 'a, N>,
        root: Option<&'r Item<'a, N>>,
    ) -> Run<'r, 'a, N> {
        Run {
            program,
            context,
            root,
            left: Cell::new(context.limits.steps),
            kept: OnceCell::new(),
            watch: None,
        }
    }

    pub(crate) fn kept(&self) -> &Kept<'a, N> {
        self.kept.get_or_init(|| {
            let defined = (0..self.program.slots).map(|_| Rc::default()).collect();
            Box::new(Kept {
                defined: RefCell::new(defined),
                targets: RefCell::default(),
                patterns: RefCell::default(),
            })
        })
    }

    /// The result, with what every operation gave on the way.
    pub(crate) fn watched(mut self) -> (Watch<'a, N>, Result<Vec<Item<'a, N>>, Error>) {
        self.watch = Some(Box::new(Watch::new(self.program.ops.len())));
        let outcome = self.all();
        (self.watch.map_or_else(|| Watch::new(0), |watch| *watch), outcome)
    }

    /// True if the items of every operation are noted.
    pub(crate) fn is_watched(&self) -> bool {
        self.watch.is_some()
    }

    /// Tells the context how much was done.
    fn report(&self) {
        let most = &self.context.steps;
        most.set(most.get().max(self.context.limits.steps - self.left.get()));
    }

    /// Pushes the result.
    pub(crate) fn push(&self, out: Out<'_, 'a, N>) -> Result<(), Error> {
        let scope = Scope {
            this: self.root,
            index: None,
            total: None,
        };
        let outcome = self.eval(self.program.root, &scope, out);
        self.report();
        match outcome {
            ControlFlow::Continue(()) | ControlFlow::Break(Stop::Done) => Ok(()),
            ControlFlow::Break(Stop::Failed(error)) => Err(error.locate(&self.program.text)),
        }
    }

    /// The whole result.
    pub(crate) fn all(&self) -> Result<Vec<Item<'a, N>>, Error> {
        let mut items = Vec::new();
        self.push(&mut |item| {
            self.room(items.len(), self.program.root)?;
            items.push(item);
            ControlFlow::Continue(())
        })?;
        Ok(items)
    }

    /// The result as a condition: none where it is empty.
    pub(crate) fn condition(&self) -> Result<Option<bool>, Error> {
        let scope = Scope {
            this: self.root,
            index: None,
            total: None,
        };
        let outcome = self.boolean(self.program.root, &scope);
        self.report();
        match outcome {
            ControlFlow::Continue(value) => Ok(value),
            ControlFlow::Break(Stop::Done) => Ok(None),
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
        self.charge(op, 1)
    }

    /// Counts work on a text: a step for 64 bytes, so that long texts cannot hide much work in few steps.
    pub(crate) fn read_text(&self, op: OpId, bytes: usize) -> Step {
        self.charge(op, bytes as u64 / 64)
    }

    #[inline]
    fn charge(&self, op: OpId, cost: u64) -> Step {
        match self.left.get().checked_sub(cost) {
            Some(left) => {
                self.left.set(left);
                ControlFlow::Continue(())
            }
            None => self.out_of_steps(op),
        }
    }

    #[cold]
    fn out_of_steps(&self, op: OpId) -> Step {
        self.left.set(0);
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
            self.read_text(op, text.len())?;
            return ControlFlow::Continue(Item::String(Cow::Owned(text)));
        }
        let message = format!("a string has more than {} bytes", self.context.limits.text);
        self.stop(ErrorKind::Limit, op, "text-limit", message)
    }

    /// The items of an operation, collected.
    pub(crate) fn collect(&self, id: OpId, scope: &Scope<'_, 'a, N>) -> Step<Few<Item<'a, N>>> {
        let mut items = Few::None;
        self.each(id, scope, &mut |item| {
            self.room(items.as_slice().len(), id)?;
            items.push(item);
            ControlFlow::Continue(())
        })?;
        ControlFlow::Continue(items)
    }

    /// The first item of an operation; the rest is not computed.
    #[inline(always)]
    pub(crate) fn first(&self, id: OpId, scope: &Scope<'_, 'a, N>) -> Step<Option<Item<'a, N>>> {
        let mut found = None;
        let path = self.places(id, scope, &mut |node| {
            found = Some(node);
            ControlFlow::Break(Stop::Done)
        });
        match path {
            None => self.nth(id, scope, 0),
            Some(ControlFlow::Break(Stop::Failed(error))) => ControlFlow::Break(Stop::Failed(error)),
            Some(_) => ControlFlow::Continue(found.map(Item::Node)),
        }
    }

    /// The only place that a path from the focus leads to, if it leads to one; the outer none if the operation is no such
    /// path. Several are a fault of `op`.
    #[inline]
    pub(super) fn only_place(&self, op: OpId, id: OpId, scope: &Scope<'_, 'a, N>) -> Option<Step<Option<N>>> {
        let mut found = None;
        let outcome = self.places(id, scope, &mut |node| {
            if found.is_some() {
                return self.several(op);
            }
            found = Some(node);
            ControlFlow::Continue(())
        })?;
        Some(outcome.map_continue(|()| found))
    }

    /// The item at an index, from 0; what follows it is not computed.
    pub(crate) fn nth(&self, id: OpId, scope: &Scope<'_, 'a, N>, index: usize) -> Step<Option<Item<'a, N>>> {
        let mut left = index;
        let mut found = None;
        let outcome = self.each(id, scope, &mut |item| {
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
    pub(crate) fn single(&self, op: OpId, id: OpId, scope: &Scope<'_, 'a, N>) -> Step<Option<Item<'a, N>>> {
        // What gives one item at most is not pushed.
        if self.watch.is_none() {
            match self.program.op(id) {
                Some(Op::Start { .. } | Op::Path { .. } | Op::This) => {
                    if let Some(outcome) = self.only_place(op, id, scope) {
                        return outcome.map_continue(|found| found.map(Item::Node));
                    }
                }
                Some(Op::Literal(index)) => {
                    self.step(id)?;
                    return ControlFlow::Continue(self.literal(*index));
                }
                Some(Op::Binary {
                    operator,
                    left,
                    right,
                }) if *operator != BinaryOperator::Union => {
                    self.step(id)?;
                    if operator.is_condition() {
                        let answer = self.condition_of(id, *operator, *left, *right, scope)?;
                        return ControlFlow::Continue(answer.map(Item::Boolean));
                    }
                    return self.arithmetic(id, *operator, *left, *right, scope);
                }
                Some(Op::Shift {
                    operator,
                    left,
                    right,
                    count,
                    unit,
                }) => {
                    self.step(id)?;
                    return self.shifted(id, *operator, (*left, *right), (*count, *unit), scope);
                }
                Some(Op::Call {
                    function: Function::Count,
                    input,
                    ..
                }) => {
                    self.step(id)?;
                    let count = self.count(*input, scope)?;
                    return ControlFlow::Continue(Some(Item::Integer(count)));
                }
                _ => {}
            }
        }
        let mut found = None;
        self.each(id, scope, &mut |item| {
            if found.is_some() {
                return self.several(op);
            }
            found = Some(item);
            ControlFlow::Continue(())
        })?;
        ControlFlow::Continue(found)
    }

    #[cold]
    fn several(&self, op: OpId) -> Step {
        self.fail(op, "not-singular", "expected one item, found several")
    }

    /// An operation as a condition: its boolean; true for one item of another type; none for an empty one.
    ///
    /// Spec: FHIRPath 2.0.0, 4.5 Singleton Evaluation of Collections.
    pub(crate) fn boolean(&self, id: OpId, scope: &Scope<'_, 'a, N>) -> Step<Option<bool>> {
        // What gives a boolean by itself needs no item around it, unless someone watches the items.
        let op = self.program.op(id).filter(|_| self.watch.is_none());
        match op {
            Some(Op::IsText { names, text, .. }) => {
                if let (Some(Item::Node(node)), Some(text)) = (scope.this, self.program.text_of(*text)) {
                    self.step(id)?;
                    return self.is_text(id, *node, self.program.names(*names), text);
                }
            }
            Some(Op::Start { .. } | Op::Path { .. } | Op::This) => {
                if let Some(outcome) = self.only_place(id, id, scope) {
                    return outcome.map_continue(|found| found.map(|node| node.boolean().unwrap_or(true)));
                }
            }
            Some(Op::Binary {
                operator,
                left,
                right,
            }) if operator.is_condition() => {
                self.step(id)?;
                return self.condition_of(id, *operator, *left, *right, scope);
            }
            Some(Op::Call {
                function: function @ (Function::Exists | Function::Empty),
                input,
                arguments,
            }) => {
                self.step(id)?;
                let any = self.any(*input, arguments.first().copied(), scope)?;
                return ControlFlow::Continue(Some(any == (*function == Function::Exists)));
            }
            Some(Op::Call {
                function: Function::HasValue,
                input,
                ..
            }) => {
                self.step(id)?;
                return self.has_value(*input, scope).map_continue(Some);
            }
            _ => {}
        }
        let item = self.single(id, id, scope)?;
        ControlFlow::Continue(item.map(|item| item.as_boolean().unwrap_or(true)))
    }

    /// An operation as an integer; none for an empty one.
    pub(crate) fn integer(&self, id: OpId, scope: &Scope<'_, 'a, N>) -> Step<Option<i64>> {
        match self.single(id, id, scope)? {
            None => ControlFlow::Continue(None),
            Some(item) => match item.as_integer() {
                Some(value) => ControlFlow::Continue(Some(value)),
                None => self.fail(id, "expected-integer", "expected an integer, found another type"),
            },
        }
    }

    /// An operation as a string; none for an empty one.
    pub(crate) fn string(&self, id: OpId, scope: &Scope<'_, 'a, N>) -> Step<Option<Cow<'a, str>>> {
        match self.single(id, id, scope)? {
            None => ControlFlow::Continue(None),
            Some(item) => match item.as_string() {
                Some(text) => ControlFlow::Continue(Some(text)),
                None => self.fail(id, "expected-string", "expected a string, found another type"),
            },
        }
    }
}
