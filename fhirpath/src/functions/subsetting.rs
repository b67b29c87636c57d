//! Subsetting: items by their order, or by what another collection holds.
//!
//! Why: `first` and `take` stop as soon as they have what they want.
//!
//! ```text
//! (1 | 2 | 3).first()                 => 1
//! (1 | 2 | 3).last()                  => 3
//! (1 | 2 | 3).tail()                  => 2, 3
//! (1 | 2 | 3).skip(2)                 => 3
//! (1 | 2 | 3).take(2)                 => 1, 2
//! (1 | 2 | 3).intersect(2 | 3 | 4)    => 2, 3
//! (1 | 2 | 3).exclude(2)              => 1, 3
//! (1).single()                        => 1
//! (1 | 2).single()                    => error
//! ```
//!
//! Spec: FHIRPath 2.0.0, 5.3 Subsetting.

use std::ops::ControlFlow;

use super::Function;
use crate::eval::{Call, Out, Run, Scope, Seen, Step, Stop};
use crate::item::Item;
use crate::node::Node;
use crate::program::OpId;

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    pub(super) fn subsetting(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let answer = match call.function {
            Function::Single => self.single(call.op, call.input, scope)?,
            Function::First => self.first(call.input, scope)?,
            Function::Last => {
                let mut last = None;
                self.eval(call.input, scope, &mut |item| {
                    last = Some(item);
                    ControlFlow::Continue(())
                })?;
                last
            }
            Function::Tail => return self.skip(call, 1, scope, out),
            Function::Skip => {
                let count = self.count_argument(call, scope)?;
                return self.skip(call, count, scope, out);
            }
            Function::Take => {
                let count = self.count_argument(call, scope)?;
                return self.take(call.input, count, scope, out);
            }
            Function::Intersect => {
                let Some(argument) = call.argument(0) else {
                    return ControlFlow::Continue(());
                };
                let other = self.seen(call.op, argument, scope)?;
                let mut seen = Seen::default();
                return self.each(call.input, scope, &mut |item| {
                    if other.has(self, call.op, &item)? {
                        seen.push_new(self, call.op, item, out)
                    } else {
                        ControlFlow::Continue(())
                    }
                });
            }
            _ => {
                let Some(argument) = call.argument(0) else {
                    return ControlFlow::Continue(());
                };
                let other = self.seen(call.op, argument, scope)?;
                return self.each(call.input, scope, &mut |item| {
                    if other.has(self, call.op, &item)? {
                        ControlFlow::Continue(())
                    } else {
                        out(item)
                    }
                });
            }
        };
        match answer {
            Some(item) => out(item),
            None => ControlFlow::Continue(()),
        }
    }

    /// The items of an operation, to look others up among them.
    fn seen(&self, op: OpId, argument: OpId, scope: &Scope<'_, 'a, N>) -> Step<Seen<Item<'a, N>>> {
        let mut seen = Seen::default();
        self.each(argument, scope, &mut |item| {
            seen.insert(self, op, &item).map_continue(drop)
        })?;
        ControlFlow::Continue(seen)
    }

    /// The argument as a count; nothing and less than nothing are 0.
    fn count_argument(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>) -> Step<usize> {
        let Some(argument) = call.argument(0) else {
            return ControlFlow::Continue(0);
        };
        let count = self.integer(argument, scope)?.unwrap_or(0);
        ControlFlow::Continue(usize::try_from(count.max(0)).unwrap_or(usize::MAX))
    }

    fn skip(&self, call: Call<'a>, count: usize, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let mut left = count;
        self.eval(call.input, scope, &mut |item| {
            if left > 0 {
                left -= 1;
                return ControlFlow::Continue(());
            }
            out(item)
        })
    }

    fn take(&self, input: OpId, count: usize, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        if count == 0 {
            return ControlFlow::Continue(());
        }
        let mut left = count;
        // A stop of ours is caught here; one of whoever takes the items is passed on.
        let mut enough = false;
        let outcome = self.eval(input, scope, &mut |item| {
            out(item)?;
            left -= 1;
            enough = left == 0;
            if enough {
                ControlFlow::Break(Stop::Done)
            } else {
                ControlFlow::Continue(())
            }
        });
        match outcome {
            ControlFlow::Break(Stop::Done) if enough => ControlFlow::Continue(()),
            outcome => outcome,
        }
    }
}
