//! Filtering and projection: some items, or something of each.
//!
//! Why: the paths of maps are mostly these. Items are pushed as they come; `repeat` remembers what it has seen.
//! `ofType` is compiled to an operation of its own.
//!
//! ```text
//! (1 | 2 | 3).where($this > 1)    => 2, 3
//! (1 | 2).select($this + 1)       => 2, 3
//! 'a'.repeat('b')                 => 'b'
//! (1 | 'a').ofType(Integer)       => 1
//! (1 | 2).where(1 | 2)            => error
//! ```
//!
//! Spec: FHIRPath 2.0.0, 5.2 Filtering and projection.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::Function;
use crate::eval::{Call, Out, Run, Scope, Step};
use crate::node::Node;

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    pub(super) fn filtering(&self, call: Call<'a>, scope: Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let Some(argument) = call.argument(0) else {
            return ControlFlow::Continue(());
        };
        let mut index = 0;
        match call.function {
            Function::Where => self.eval(call.input, scope, &mut |item| {
                let inner = Scope {
                    this: Some(&item),
                    index: Some(index),
                    ..scope
                };
                index += 1;
                match self.boolean(argument, inner)? {
                    Some(true) => out(item),
                    _ => ControlFlow::Continue(()),
                }
            }),
            Function::Select => self.eval(call.input, scope, &mut |item| {
                let inner = Scope {
                    this: Some(&item),
                    index: Some(index),
                    ..scope
                };
                index += 1;
                self.eval(argument, inner, out)
            }),
            _ => {
                let mut waiting: VecDeque<_> = self.collect(call.input, scope)?.into_vec().into();
                let mut seen = Vec::new();
                while let Some(item) = waiting.pop_front() {
                    let inner = Scope {
                        this: Some(&item),
                        index: Some(index),
                        ..scope
                    };
                    index += 1;
                    self.eval(argument, inner, &mut |found| {
                        self.push_new(call.op, &mut seen, found, &mut |new| {
                            self.room(waiting.len(), call.op)?;
                            waiting.push_back(new.clone());
                            out(new)
                        })
                    })?;
                }
                ControlFlow::Continue(())
            }
        }
    }
}
