//! Three-valued logic and membership.

use std::ops::ControlFlow;

use super::run::{Out, Run, Scope, Step};
use super::seen::Seen;
use crate::ast::BinaryOperator;
use crate::item::Item;
use crate::node::Node;
use crate::program::{Op, OpId};

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    /// `and`, `or`, `xor` and `implies`. The right side is not looked at where the left decides.
    ///
    /// Spec: FHIRPath 2.0.0, 6.5 Boolean logic.
    pub(super) fn logic(
        &self,
        operator: BinaryOperator,
        left: OpId,
        right: OpId,
        scope: &Scope<'_, 'a, N>,
    ) -> Step<Option<bool>> {
        let first = self.boolean(left, scope)?;
        let decided = match (operator, first) {
            (BinaryOperator::And, Some(false)) => Some(false),
            (BinaryOperator::Or, Some(true)) | (BinaryOperator::Implies, Some(false)) => Some(true),
            _ => None,
        };
        if decided.is_some() {
            return ControlFlow::Continue(decided);
        }
        let second = self.boolean(right, scope)?;
        ControlFlow::Continue(match operator {
            BinaryOperator::And => match (first, second) {
                (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            BinaryOperator::Or => match (first, second) {
                (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            BinaryOperator::Implies => match (first, second) {
                (_, Some(true)) => Some(true),
                (Some(true), Some(false)) => Some(false),
                _ => None,
            },
            _ => first.zip(second).map(|(first, second)| first != second),
        })
    }

    /// `item in collection`.
    ///
    /// Spec: FHIRPath 2.0.0, 6.4.2 in.
    pub(super) fn membership(
        &self,
        id: OpId,
        item: OpId,
        collection: OpId,
        scope: &Scope<'_, 'a, N>,
    ) -> Step<Option<bool>> {
        let Some(item) = self.single(id, item, scope)? else {
            return ControlFlow::Continue(None);
        };
        self.is_in(id, &item, collection, scope).map_continue(Some)
    }

    /// True if an operation gives an item equal to this one. The sides of a union are looked through one after the other:
    /// what is in both need not be told.
    fn is_in(&self, id: OpId, item: &Item<'a, N>, collection: OpId, scope: &Scope<'_, 'a, N>) -> Step<bool> {
        if let Some(Op::Binary {
            operator: BinaryOperator::Union,
            left,
            right,
        }) = self.program.op(collection).filter(|_| !self.is_watched())
        {
            self.step(collection)?;
            if self.is_in(id, item, *left, scope)? {
                return ControlFlow::Continue(true);
            }
            return self.is_in(id, item, *right, scope);
        }
        self.search(collection, scope, &mut |other, _| {
            self.equal(id, item, other)
                .map_continue(|equal| equal == Some(true))
        })
    }

    /// `left | right`: both, each item once.
    ///
    /// Spec: FHIRPath 2.0.0, 6.4.1 | (union collections).
    pub(crate) fn union(
        &self,
        id: OpId,
        left: OpId,
        right: OpId,
        scope: &Scope<'_, 'a, N>,
        out: Out<'_, 'a, N>,
    ) -> Step {
        let mut seen = Seen::default();
        for side in [left, right] {
            self.each(side, scope, &mut |item| seen.push_new(self, id, item, out))?;
        }
        ControlFlow::Continue(())
    }
}
