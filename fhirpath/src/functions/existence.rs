//! Existence: whether a collection has items, and which.
//!
//! Why: conditions of maps and invariants ask mostly this; `exists` and `all` stop at the first item that decides.
//!
//! ```text
//! {}.empty()                      => true
//! (1 | 2).exists($this > 1)       => true
//! (1 | 2).all($this > 1)          => false
//! (true | false).allTrue()        => false
//! (true | false).anyTrue()        => true
//! (true | false).allFalse()       => false
//! (true | false).anyFalse()       => true
//! (1 | 2).subsetOf(1 | 2 | 3)     => true
//! (1 | 2 | 3).supersetOf(1 | 2)   => true
//! (1 | 2).count()                 => 2
//! (1).combine(1).distinct()       => 1
//! (1).combine(1).isDistinct()     => false
//! true.not()                      => false
//! (1 | 2).not()                   => error
//! ```
//!
//! Spec: FHIRPath 2.0.0, 5.1 Existence; 6.5.3 not.

use std::ops::ControlFlow;

use super::Function;
use crate::eval::{Call, Out, Run, Scope, Seen, Step, Stop};
use crate::item::Item;
use crate::node::Node;
use crate::program::{Op, OpId};

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    pub(super) fn existence(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let answer = match call.function {
            Function::Empty => Item::Boolean(!self.any(call.input, None, scope)?),
            Function::Exists => Item::Boolean(self.any(call.input, call.argument(0), scope)?),
            Function::All => Item::Boolean(self.every(call, scope)?),
            Function::AllTrue => Item::Boolean(!self.has_boolean(call, scope, false)?),
            Function::AnyTrue => Item::Boolean(self.has_boolean(call, scope, true)?),
            Function::AllFalse => Item::Boolean(!self.has_boolean(call, scope, true)?),
            Function::AnyFalse => Item::Boolean(self.has_boolean(call, scope, false)?),
            Function::Count => Item::Integer(self.count(call.input, scope)?),
            Function::Not => match self.boolean(call.input, scope)? {
                Some(value) => Item::Boolean(!value),
                None => return ControlFlow::Continue(()),
            },
            Function::Distinct => {
                let mut seen = Seen::default();
                return self.each(call.input, scope, &mut |item| {
                    seen.push_new(self, call.op, item, out)
                });
            }
            Function::IsDistinct => Item::Boolean(self.is_distinct(call, scope)?),
            _ => {
                let left = self.collect(call.input, scope)?;
                let right = match call.argument(0) {
                    Some(argument) => self.collect(argument, scope)?,
                    None => return ControlFlow::Continue(()),
                };
                let (small, large) = if call.function == Function::SubsetOf {
                    (left, right)
                } else {
                    (right, left)
                };
                let mut all = Seen::default();
                for item in large.as_slice() {
                    all.insert(self, call.op, item)?;
                }
                let mut subset = true;
                for item in small.as_slice() {
                    if !all.has(self, call.op, item)? {
                        subset = false;
                        break;
                    }
                }
                Item::Boolean(subset)
            }
        };
        out(answer)
    }

    /// True if there is an item, or one that meets the criteria.
    pub(crate) fn any(&self, input: OpId, criteria: Option<OpId>, scope: &Scope<'_, 'a, N>) -> Step<bool> {
        let Some(criteria) = criteria else {
            return self.first(input, scope).map_continue(|item| item.is_some());
        };
        self.search(input, scope, &mut |item, index| {
            let inner = Scope {
                this: Some(item),
                index: Some(index),
                ..*scope
            };
            self.boolean(criteria, &inner)
                .map_continue(|value| value == Some(true))
        })
    }

    /// True if the criteria hold for every item.
    fn every(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>) -> Step<bool> {
        let Some(criteria) = call.argument(0) else {
            return ControlFlow::Continue(true);
        };
        let exception = self.search(call.input, scope, &mut |item, index| {
            let inner = Scope {
                this: Some(item),
                index: Some(index),
                ..*scope
            };
            self.boolean(criteria, &inner)
                .map_continue(|value| value != Some(true))
        })?;
        ControlFlow::Continue(!exception)
    }

    /// True if one of the items, all of which must be booleans, has this value.
    fn has_boolean(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, wanted: bool) -> Step<bool> {
        let mut found = false;
        self.eval(call.input, scope, &mut |item| match item.as_boolean() {
            Some(value) => {
                found |= value == wanted;
                ControlFlow::Continue(())
            }
            None => self.fail(
                call.op,
                "expected-boolean",
                "expected booleans, found another type",
            ),
        })?;
        ControlFlow::Continue(found)
    }

    fn is_distinct(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>) -> Step<bool> {
        let mut seen = Seen::default();
        self.search(call.input, scope, &mut |item, _| {
            seen.insert(self, call.op, item).map_continue(|is_new| !is_new)
        })
        .map_continue(|twice| !twice)
    }

    /// How many items an operation gives.
    pub(crate) fn count(&self, input: OpId, scope: &Scope<'_, 'a, N>) -> Step<i64> {
        let mut count = 0;
        if let Some(Op::Call {
            function: function @ (Function::Children | Function::Descendants),
            input: parents,
            ..
        }) = self.program.op(input)
            && !self.is_watched()
        {
            // Places that are only counted are not pushed.
            self.step(input)?;
            self.each(*parents, scope, &mut |item| match item {
                Item::Node(node) => self.below(input, node, *function, &mut |_| {
                    count += 1;
                    ControlFlow::Continue(())
                }),
                _ => ControlFlow::Continue(()),
            })?;
        } else {
            self.each(input, scope, &mut |_| {
                count += 1;
                ControlFlow::Continue(())
            })?;
        }
        ControlFlow::Continue(count)
    }

    /// True if the test is true for an item; those after it are not computed.
    pub(crate) fn search<F>(&self, input: OpId, scope: &Scope<'_, 'a, N>, test: &mut F) -> Step<bool>
    where
        F: FnMut(&Item<'a, N>, i64) -> Step<bool>,
    {
        let mut index = 0;
        let mut found = false;
        let outcome = self.each(input, scope, &mut |item| {
            found = test(&item, index)?;
            index += 1;
            if found {
                ControlFlow::Break(Stop::Done)
            } else {
                ControlFlow::Continue(())
            }
        });
        match outcome {
            ControlFlow::Break(Stop::Failed(error)) => ControlFlow::Break(Stop::Failed(error)),
            _ => ControlFlow::Continue(found),
        }
    }
}
