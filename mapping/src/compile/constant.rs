//! Constants (`let x = ..;`): their values, and that none needs itself.

use std::rc::Rc;

use super::Compiler;
use crate::finding::Code;
use crate::program::{Expr, Literal};

/// Constants that need constants that need constants..., deeper than this, are refused: a run looks them up one inside the other.
const DEEPEST: usize = 64;

impl Compiler<'_> {
    /// Compiles the constants of every file. They are numbered through the set.
    pub(super) fn constants(&mut self) {
        for unit in 0..self.units.len() {
            self.constants_of(unit);
        }
    }

    fn constants_of(&mut self, unit: usize) {
        let Some(of) = self.units.get(unit) else { return };
        let map = Rc::clone(&of.map);
        let declared = &map.constants;
        let first = self.program.constants.len();
        for (at, constant) in declared.iter().enumerate() {
            let Ok(number) = u16::try_from(first + at) else {
                let message = format!(
                    "a set of maps has no more than {} constants",
                    usize::from(u16::MAX) + 1
                );
                self.report(unit, Code::TooLong, constant.name.span, message, None);
                return;
            };
            self.program.constants.push(Expr::Literal(Literal::Empty));
            if let Some(of) = self.units.get_mut(unit) {
                of.constants.insert(constant.name.text.clone(), number);
            }
        }
        let mut needs = Vec::with_capacity(declared.len());
        for (at, constant) in declared.iter().enumerate() {
            let expr = self.constant_expression(unit, &constant.value);
            let mut needed = Vec::new();
            expr.constants(&mut needed);
            // A file sees its own constants alone.
            needs.push(
                needed
                    .into_iter()
                    .filter_map(|number| usize::from(number).checked_sub(first))
                    .collect::<Vec<_>>(),
            );
            if let Some(place) = self.program.constants.get_mut(first + at) {
                *place = expr;
            }
        }
        for (constant, depth) in declared.iter().zip(depths(&needs)) {
            let name = &constant.name;
            match depth {
                Some(depth) if depth <= DEEPEST => {}
                Some(_) => {
                    let message = format!("the constant `{}` needs others deeper than {DEEPEST}", name.text);
                    self.report(unit, Code::TooDeep, name.span, message, None);
                }
                None => {
                    let message = format!("the constant `{}` needs itself", name.text);
                    self.report(unit, Code::CircularConstant, name.span, message, None);
                }
            }
        }
    }
}

/// How deep each constant goes: 1 if it needs no other. None for one of a circle; what only needs a circle is as deep as its other needs.
///
/// Each need is looked at a fixed number of times, whatever the constants are.
fn depths(needs: &[Vec<usize>]) -> Vec<Option<usize>> {
    let mut users = vec![Vec::new(); needs.len()];
    for (at, needed) in needs.iter().enumerate() {
        for other in needed {
            if let Some(users) = users.get_mut(*other) {
                users.push(at);
            }
        }
    }
    // From the constants that need nothing upwards: what is not reached needs a circle or is of one.
    let depth = peeled(needs, &users, &vec![false; needs.len()]);
    // From those that nothing needs downwards: what is not reached now is of a circle, or between two.
    let reached: Vec<bool> = depth.iter().map(Option::is_some).collect();
    let unused = peeled(&users, needs, &reached);
    let rest = depth.into_iter().zip(unused);
    rest.map(|(depth, unused)| depth.or(unused.map(|_| 1))).collect()
}

/// Takes away again and again what has no edge left, those in `gone` being away from the start; gives the round of each, from 1.
fn peeled(edges: &[Vec<usize>], back: &[Vec<usize>], gone: &[bool]) -> Vec<Option<usize>> {
    let is_gone = |at: &usize| gone.get(*at).copied().unwrap_or(true);
    let mut left: Vec<usize> = edges
        .iter()
        .map(|edges| edges.iter().filter(|at| !is_gone(at)).count())
        .collect();
    let mut round = vec![None; edges.len()];
    let mut open: Vec<usize> = (0..edges.len())
        .filter(|at| !is_gone(at) && left.get(*at) == Some(&0))
        .collect();
    let mut number = 0;
    while !open.is_empty() {
        number += 1;
        let mut next = Vec::new();
        for at in std::mem::take(&mut open) {
            if let Some(place) = round.get_mut(at) {
                *place = Some(number);
            }
            for user in back.get(at).into_iter().flatten().filter(|at| !is_gone(at)) {
                if let Some(count) = left.get_mut(*user) {
                    *count -= 1;
                    if *count == 0 {
                        next.push(*user);
                    }
                }
            }
        }
        open = next;
    }
    round
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_told_from_what_needs_it_and_what_it_needs() {
        // 0 -> 1 -> 2 -> 1, 2 -> 3; 4 -> 3 twice.
        let needs = [vec![1], vec![2], vec![1, 3], vec![], vec![3, 3]];
        assert_eq!(depths(&needs), [Some(1), None, None, Some(1), Some(2)]);
        assert_eq!(depths(&[vec![0]]), [None]);
    }

    #[test]
    fn needs_that_fan_out_are_looked_at_once() {
        let needs: Vec<Vec<usize>> = (0..10_000)
            .map(|at| if at == 0 { Vec::new() } else { vec![at - 1; 4] })
            .collect();
        assert_eq!(depths(&needs).last(), Some(&Some(10_000)));
    }
}
