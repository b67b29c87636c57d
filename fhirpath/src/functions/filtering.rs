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

use std::ops::ControlFlow;

use super::Function;
use crate::eval::{At, Call, Out, Run, Scope, Seen, Step};
use crate::item::Item;
use crate::node::{Name, Node};
use crate::program::OpId;

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    pub(super) fn filtering(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let Some(argument) = call.argument(0) else {
            return ControlFlow::Continue(());
        };
        let mut index = 0;
        match call.function {
            Function::Where => self.filter(call.input, argument, scope, out),
            Function::Select => self.each(call.input, scope, &mut |item| {
                let inner = Scope {
                    this: Some(&item),
                    index: Some(index),
                    ..*scope
                };
                index += 1;
                self.eval(argument, &inner, out)
            }),
            _ => self.repeat(call, argument, scope, out),
        }
    }

    /// What the projection gives of the input, of that, and so on: each item once.
    fn repeat(
        &self,
        call: Call<'a>,
        projection: OpId,
        scope: &Scope<'_, 'a, N>,
        out: Out<'_, 'a, N>,
    ) -> Step {
        let first = self.collect(call.input, scope)?;
        let first = first.as_slice();
        if let Some(names) = self.names_from_focus(projection)
            && let Some(places) = first
                .iter()
                .map(|item| item.node().map(At))
                .collect::<Option<Vec<_>>>()
        {
            return self.repeat_places(call.op, &places, names, &mut |node| out(Item::Node(node)));
        }
        let mut seen = Seen::default();
        let mut number = 0;
        // First what was given, then what was found, in its order.
        while let Some(item) = first.get(number).or_else(|| seen.get(number - first.len())) {
            let item = item.copied();
            let inner = Scope {
                this: Some(&item),
                index: i64::try_from(number).ok(),
                ..*scope
            };
            self.each(projection, &inner, &mut |found| {
                seen.push_new(self, call.op, found, out)
            })?;
            number += 1;
        }
        ControlFlow::Continue(())
    }

    /// The same where names lead from place to place, so that no computed value comes. What calls it is on every path: it stays
    /// small without this.
    #[inline(never)]
    pub(crate) fn repeat_places<F>(&self, op: OpId, first: &[At<N>], names: &'a [Name], take: &mut F) -> Step
    where
        F: FnMut(N) -> Step,
    {
        let mut seen = Seen::default();
        let mut number = 0;
        while let Some(At(place)) = first
            .get(number)
            .or_else(|| seen.get(number - first.len()))
            .copied()
        {
            self.walk(op, place, names, &mut |found| {
                if seen.insert(self, op, &At(found))? {
                    take(found)
                } else {
                    ControlFlow::Continue(())
                }
            })?;
            number += 1;
        }
        ControlFlow::Continue(())
    }

    /// The items that meet the criteria.
    pub(crate) fn filter(
        &self,
        input: OpId,
        criteria: OpId,
        scope: &Scope<'_, 'a, N>,
        out: Out<'_, 'a, N>,
    ) -> Step {
        let mut index = 0;
        self.each(input, scope, &mut |item| {
            let inner = Scope {
                this: Some(&item),
                index: Some(index),
                ..*scope
            };
            index += 1;
            match self.boolean(criteria, &inner)? {
                Some(true) => out(item),
                _ => ControlFlow::Continue(()),
            }
        })
    }
}
