//! Tree navigation: children, and children of children.
//!
//! Why: `descendants` gives the same as `repeat(children())` and never looks for doubles, since a tree has none.
//!
//! ```text
//! children()          => {}
//! descendants()       => {}
//! ```
//!
//! Spec: FHIRPath 2.0.0, 5.8 Tree navigation.

use std::ops::ControlFlow;

use super::Function;
use crate::error::ErrorKind;
use crate::eval::{Call, Out, Run, Scope, Step};
use crate::item::Item;
use crate::node::Node;
use crate::program::OpId;

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    pub(super) fn tree(&self, call: Call<'a>, scope: Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        self.eval(call.input, scope, &mut |item| match item {
            Item::Node(node) if call.function == Function::Children => node.each(|child| {
                self.step(call.op)?;
                out(Item::Node(child))
            }),
            Item::Node(node) => self.descend(call.op, node, 0, out),
            _ => ControlFlow::Continue(()),
        })
    }

    fn descend(&self, op: OpId, node: N, depth: u32, out: Out<'_, 'a, N>) -> Step {
        if depth >= self.context.limits.depth {
            let message = format!("the tree is more than {} levels deep", self.context.limits.depth);
            return self.stop(ErrorKind::Limit, op, "depth-limit", message);
        }
        node.each(|child| {
            self.step(op)?;
            out(Item::Node(child))?;
            self.descend(op, child, depth + 1, out)
        })
    }
}
