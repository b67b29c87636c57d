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

use std::collections::HashSet;
use std::ops::ControlFlow;

use super::Function;
use crate::eval::{Call, Out, Run, Scope, Step, Stop};
use crate::item::Item;
use crate::node::Node;
use crate::program::OpId;

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    pub(super) fn existence(&self, call: Call<'a>, scope: Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let answer = match call.function {
            Function::Empty => Item::Boolean(!self.any(call.input, None, scope)?),
            Function::Exists => Item::Boolean(self.any(call.input, call.argument(0), scope)?),
            Function::All => Item::Boolean(self.every(call, scope)?),
            Function::AllTrue => Item::Boolean(!self.has_boolean(call, scope, false)?),
            Function::AnyTrue => Item::Boolean(self.has_boolean(call, scope, true)?),
            Function::AllFalse => Item::Boolean(!self.has_boolean(call, scope, true)?),
            Function::AnyFalse => Item::Boolean(self.has_boolean(call, scope, false)?),
            Function::Count => {
                let mut count = 0;
                self.eval(call.input, scope, &mut |_| {
                    count += 1;
                    ControlFlow::Continue(())
                })?;
                Item::Integer(count)
            }
            Function::Not => match self.boolean(call.input, scope)? {
                Some(value) => Item::Boolean(!value),
                None => return ControlFlow::Continue(()),
            },
            Function::Distinct => {
                let mut seen = Vec::new();
                return self.eval(call.input, scope, &mut |item| {
                    self.push_new(call.op, &mut seen, item, out)
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
                let mut subset = true;
                for item in small.as_slice() {
                    if !self.is_among(call.op, item, large.as_slice())? {
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
    pub(crate) fn any(&self, input: OpId, criteria: Option<OpId>, scope: Scope<'_, 'a, N>) -> Step<bool> {
        let Some(criteria) = criteria else {
            return self.first(input, scope).map_continue(|item| item.is_some());
        };
        self.search(input, scope, &mut |item, index| {
            let inner = Scope {
                this: Some(item),
                index: Some(index),
                ..scope
            };
            self.boolean(criteria, inner)
                .map_continue(|value| value == Some(true))
        })
    }

    /// True if the criteria hold for every item.
    fn every(&self, call: Call<'a>, scope: Scope<'_, 'a, N>) -> Step<bool> {
        let Some(criteria) = call.argument(0) else {
            return ControlFlow::Continue(true);
        };
        let exception = self.search(call.input, scope, &mut |item, index| {
            let inner = Scope {
                this: Some(item),
                index: Some(index),
                ..scope
            };
            self.boolean(criteria, inner)
                .map_continue(|value| value != Some(true))
        })?;
        ControlFlow::Continue(!exception)
    }

    /// True if one of the items, all of which must be booleans, has this value.
    fn has_boolean(&self, call: Call<'a>, scope: Scope<'_, 'a, N>, wanted: bool) -> Step<bool> {
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

    fn is_distinct(&self, call: Call<'a>, scope: Scope<'_, 'a, N>) -> Step<bool> {
        // Text equals text of the same characters and nothing else: thousands of codes are not compared in pairs.
        let mut texts = HashSet::new();
        let mut others = Vec::new();
        self.search(call.input, scope, &mut |item, _| match item.as_string() {
            Some(text) => {
                self.room(texts.len(), call.op)?;
                self.read_text(call.op, text.len())?;
                ControlFlow::Continue(!texts.insert(text))
            }
            None if self.is_among(call.op, item, &others)? => ControlFlow::Continue(true),
            None => {
                self.room(others.len(), call.op)?;
                others.push(item.clone());
                ControlFlow::Continue(false)
            }
        })
        .map_continue(|twice| !twice)
    }

    /// True if the test is true for an item; those after it are not computed.
    pub(crate) fn search(
        &self,
        input: OpId,
        scope: Scope<'_, 'a, N>,
        test: &mut dyn FnMut(&Item<'a, N>, i64) -> Step<bool>,
    ) -> Step<bool> {
        let mut index = 0;
        let mut found = false;
        let outcome = self.eval(input, scope, &mut |item| {
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
