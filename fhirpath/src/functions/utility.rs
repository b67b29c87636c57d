//! Utility: tracing, the caller's time, sorting, aggregates and types.
//!
//! Why: nothing is read from the machine: the time is the one of the context, and `trace` goes to the caller's sink only.
//!
//! ```text
//! 1.type().name                                   => 'Integer'
//! (1 | 2 | 3).aggregate($this + $total, 0)        => 6
//! (2 | 3 | 1).sort()                              => 1, 2, 3
//! (2 | 3 | 1).sort(-$this)                        => 3, 2, 1
//! (1 | 2).trace('x')                              => 1, 2
//! (1 day).comparable(1 week)                      => true
//! ('a' | 1).sort()                                => error
//! 1.is(Integer)                                   => true
//! 1.as(String)                                    => {}
//! 1.defineVariable('x', 2).select($this + %x)     => 3
//! now()                                           => error
//! today()                                         => error
//! timeOfDay()                                     => error
//! ```
//!
//! Spec: FHIRPath 2.0.0, 5.9 Utility functions, 7 Aggregates, 10.2 Reflection; the continuous build for `sort`.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use super::Function;
use crate::error::ErrorKind;
use crate::eval::{Call, Few, Out, Run, Scope, Step};
use crate::item::Item;
use crate::node::Node;
use crate::program::OpId;

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    pub(super) fn utility(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let answer = match call.function {
            Function::Trace => return self.trace(call, scope, out),
            Function::Sort => return self.sort(call, scope, out),
            Function::Aggregate => return self.aggregate(call, scope, out),
            Function::Type => {
                return self.eval(call.input, scope, &mut |item| out(Item::Type(item.type_name())));
            }
            Function::Comparable => match self.comparable(call, scope)? {
                Some(comparable) => Item::Boolean(comparable),
                None => return ControlFlow::Continue(()),
            },
            function => {
                let Some(now) = self.context.now else {
                    let message = "the time was not given to this evaluation";
                    return self.stop(ErrorKind::Unsupported, call.op, "no-time", message);
                };
                match (function, now.time()) {
                    (Function::Now, _) => Item::DateTime(now),
                    (Function::Today, _) => Item::Date(now.date()),
                    (_, Some(time)) => Item::Time(time),
                    (_, None) => return ControlFlow::Continue(()),
                }
            }
        };
        out(answer)
    }

    /// `trace` where nobody takes what it shows: its arguments are computed for their faults alone.
    fn untraced(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        if let Some(name) = call.argument(0) {
            self.string(name, scope)?;
        }
        let mut index = 0;
        self.each(call.input, scope, &mut |item| {
            if let Some(projection) = call.argument(1) {
                let inner = Scope {
                    this: Some(&item),
                    index: Some(index),
                    ..*scope
                };
                self.eval(projection, &inner, &mut |_| ControlFlow::Continue(()))?;
            }
            index += 1;
            out(item)
        })
    }

    fn trace(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        if self.context.host.is_none() {
            return self.untraced(call, scope, out);
        }
        let items = self.collect(call.input, scope)?;
        let name = match call.argument(0) {
            Some(name) => self.string(name, scope)?,
            None => None,
        };
        let name = name.as_deref().unwrap_or("");
        match call.argument(1) {
            None => self.host().trace(name, items.as_slice()),
            Some(projection) => {
                let mut shown = Vec::new();
                for (index, item) in (0..).zip(items.as_slice()) {
                    let inner = Scope {
                        this: Some(item),
                        index: Some(index),
                        ..*scope
                    };
                    self.eval(projection, &inner, &mut |item| {
                        self.room(shown.len(), call.op)?;
                        shown.push(item);
                        ControlFlow::Continue(())
                    })?;
                }
                self.host().trace(name, &shown);
            }
        }
        items.into_vec().into_iter().try_for_each(out)
    }

    fn aggregate(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let Some(aggregator) = call.argument(0) else {
            return ControlFlow::Continue(());
        };
        let mut total = match call.argument(1) {
            Some(initial) => self.collect(initial, scope)?,
            None => Few::None,
        };
        let mut index = 0;
        self.eval(call.input, scope, &mut |item| {
            let inner = Scope {
                this: Some(&item),
                index: Some(index),
                total: Some(total.as_slice()),
            };
            index += 1;
            total = self.collect(aggregator, &inner)?;
            ControlFlow::Continue(())
        })?;
        total.into_vec().into_iter().try_for_each(out)
    }

    fn comparable(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>) -> Step<Option<bool>> {
        let Some(argument) = call.argument(0) else {
            return ControlFlow::Continue(None);
        };
        let left = self.single(call.op, call.input, scope)?;
        let right = self.single(call.op, argument, scope)?;
        let (Some(left), Some(right)) = (left, right) else {
            return ControlFlow::Continue(None);
        };
        match (left.quantity(), right.quantity()) {
            (Some(left), Some(right)) => {
                let order = self.quantity_order(call.op, &left, &right)?;
                ControlFlow::Continue(Some(order.is_some()))
            }
            _ => ControlFlow::Continue(Some(false)),
        }
    }

    /// Sorts by keys; without one by the items themselves. A key after a minus sorts downwards; an item without a key
    /// comes last, or first downwards.
    fn sort(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let mut rows = Vec::new();
        for (index, item) in (0..).zip(self.collect(call.input, scope)?.into_vec()) {
            let mut keys = Vec::with_capacity(call.arguments.len().max(1));
            let inner = Scope {
                this: Some(&item),
                index: Some(index),
                ..*scope
            };
            for key in call.arguments {
                keys.push((
                    self.single(call.op, self.sort_key(*key).0, &inner)?,
                    self.sort_key(*key).1,
                ));
            }
            if call.arguments.is_empty() {
                keys.push((Some(item.clone()), false));
            }
            rows.push(Row { item, keys });
        }
        let sorted = self.merge_sort(call.op, rows)?;
        sorted.into_iter().try_for_each(|row| out(row.item))
    }

    /// What a key sorts by, and whether downwards.
    fn sort_key(&self, key: OpId) -> (OpId, bool) {
        match self.program.op(key) {
            Some(crate::program::Op::Sign {
                negative: true,
                operand,
            }) => (*operand, true),
            _ => (key, false),
        }
    }

    /// Sorts rows, keeping the order of equal ones. The order may be partial, which the standard library's sort
    /// answers with a panic.
    fn merge_sort(&self, op: OpId, mut rows: Vec<Row<'a, N>>) -> Step<Vec<Row<'a, N>>> {
        if rows.len() < 2 {
            return ControlFlow::Continue(rows);
        }
        let right = rows.split_off(rows.len() / 2);
        let mut left = self.merge_sort(op, rows)?.into_iter().peekable();
        let mut right = self.merge_sort(op, right)?.into_iter().peekable();
        let mut merged = Vec::with_capacity(left.len() + right.len());
        while let (Some(one), Some(other)) = (left.peek(), right.peek()) {
            let right_first = self.row_order(op, one, other)?.is_gt();
            merged.extend(if right_first { right.next() } else { left.next() });
        }
        merged.extend(left);
        merged.extend(right);
        ControlFlow::Continue(merged)
    }

    fn row_order(&self, op: OpId, left: &Row<'a, N>, right: &Row<'a, N>) -> Step<Ordering> {
        for ((one, downwards), (other, _)) in left.keys.iter().zip(&right.keys) {
            let order = match (one, other) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(one), Some(other)) => self.order(op, one, other)?.unwrap_or(Ordering::Equal),
            };
            if order.is_ne() {
                return ControlFlow::Continue(if *downwards { order.reverse() } else { order });
            }
        }
        ControlFlow::Continue(Ordering::Equal)
    }
}

/// An item with what it is sorted by.
struct Row<'a, N> {
    item: Item<'a, N>,
    keys: Vec<(Option<Item<'a, N>>, bool)>,
}
