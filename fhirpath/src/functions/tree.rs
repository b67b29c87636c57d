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
    pub(super) fn tree(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        self.each(call.input, scope, &mut |item| match item {
            Item::Node(node) => self.below(call.op, node, call.function, &mut |node| out(Item::Node(node))),
            _ => ControlFlow::Continue(()),
        })
    }

    /// Pushes the children of a place, or its descendants; each is a step.
    pub(super) fn below<F>(&self, op: OpId, node: N, function: Function, take: &mut F) -> Step
    where
        F: FnMut(N) -> Step,
    {
        if function == Function::Descendants {
            return self.descend(op, node, 0, take);
        }
        node.each(|child| {
            self.step(op)?;
            take(child)
        })
    }

    fn descend<F>(&self, op: OpId, node: N, depth: u32, take: &mut F) -> Step
    where
        F: FnMut(N) -> Step,
    {
        if depth >= self.context.limits.depth {
            let message = format!("the tree is more than {} levels deep", self.context.limits.depth);
            return self.stop(ErrorKind::Limit, op, "depth-limit", message);
        }
        node.each(|child| {
            self.step(op)?;
            take(child)?;
            if child.is_leaf() {
                return ControlFlow::Continue(());
            }
            self.descend(op, child, depth + 1, take)
        })
    }
}
