//! Combining: two collections in one.
//!
//! Why: `union` gives each item once, as `|` does; `combine` gives all.
//!
//! ```text
//! (1 | 2).union(2 | 3)        => 1, 2, 3
//! (1 | 2).combine(2)          => 1, 2, 2
//! ```
//!
//! Spec: FHIRPath 2.0.0, 5.4 Combining.

use std::ops::ControlFlow;

use super::Function;
use crate::eval::{Call, Out, Run, Scope, Step};
use crate::node::Node;

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    pub(super) fn combining(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let Some(argument) = call.argument(0) else {
            return ControlFlow::Continue(());
        };
        if call.function == Function::Union {
            return self.union(call.op, call.input, argument, scope, out);
        }
        self.eval(call.input, scope, out)?;
        self.eval(argument, scope, out)
    }
}
