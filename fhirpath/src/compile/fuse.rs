//! Puts operations together that run faster as one: filters along a path, `repeat` of names, comparisons with a text, and dates
//! moved by a duration that is known, alone or where they are compared with a date.
//!
//! What an operation was before stays in the program beside what it became, for evaluations that watch each part and for
//! a focus that is no place of a tree.

use crate::ast::{BinaryOperator, Literal, Unit};
use crate::functions::Function;
use crate::program::{Op, OpId, PathStep, Program, Steps, TypeTest};

/// Puts the operations of a program together where that is possible.
/// Only the first `count` operations run: those behind them are what others were before.
pub(super) fn fuse(program: &mut Program, count: usize) {
    for id in (0..count).map(number) {
        if let Some(op) = is_text(program, id) {
            replace(program, id, op);
        } else if let Some(op) = shift(program, id)
            && let Some(place) = program.ops.get_mut(id.0 as usize)
        {
            *place = op;
        } else if let Some(op) = order_of_moved(program, id) {
            replace(program, id, op);
        }
    }
    // `$index` counts the items that a filter looks at; places on a path are not counted.
    let has_filter = program.ops.iter().any(is_filter);
    if !has_filter || program.ops.iter().any(|op| matches!(op, Op::Index)) {
        return;
    }
    let mut is_inside = vec![false; count];
    for at in (0..count).rev() {
        if is_inside.get(at) == Some(&false)
            && let Some(op) = path(program, number(at), &mut is_inside)
        {
            replace(program, number(at), op);
        }
    }
}

pub(super) fn number(at: usize) -> OpId {
    OpId(u32::try_from(at).unwrap_or(u32::MAX))
}

/// Puts an operation in the place of another, which is kept at the end.
pub(super) fn replace(program: &mut Program, id: OpId, op: Op) {
    let span = program.span(id);
    if let Some(place) = program.ops.get_mut(id.0 as usize) {
        let plain = std::mem::replace(place, op);
        program.ops.push(plain);
        program.spans.push(span);
    }
}

/// `path = 'text'`.
fn is_text(program: &Program, id: OpId) -> Option<Op> {
    let Op::Binary {
        operator: BinaryOperator::Equal,
        left,
        right,
    } = program.op(id)?
    else {
        return None;
    };
    let (
        Op::Start {
            names,
            specifier: None,
        },
        Op::Literal(text),
    ) = (program.op(*left)?, program.op(*right)?)
    else {
        return None;
    };
    program.text_of(*text)?;
    Some(Op::IsText {
        names: *names,
        text: *text,
        plain: number(program.ops.len()),
    })
}

/// An addition or a subtraction of a duration of the calendar.
fn shift(program: &Program, id: OpId) -> Option<Op> {
    let Op::Binary {
        operator: operator @ (BinaryOperator::Add | BinaryOperator::Subtract),
        left,
        right,
    } = *program.op(id)?
    else {
        return None;
    };
    let Op::Literal(index) = program.op(right)? else {
        return None;
    };
    let Literal::Quantity(amount, Unit::Calendar(unit, _)) = program.literals.get(*index as usize)? else {
        return None;
    };
    let count = amount.truncate().to_integer()?;
    Some(Op::Shift {
        operator,
        left,
        right,
        count: if operator == BinaryOperator::Add {
            count
        } else {
            count.checked_neg()?
        },
        unit: *unit,
    })
}

/// The order of a date of the focus, moved by a duration of the calendar, and a literal.
fn order_of_moved(program: &Program, id: OpId) -> Option<Op> {
    let Op::Binary {
        operator,
        left,
        right,
    } = *program.op(id)?
    else {
        return None;
    };
    let (Op::Shift { left: path, .. }, Op::Literal(index)) = (program.op(left)?, program.op(right)?) else {
        return None;
    };
    let Literal::Date(date) = *program.literals.get(*index as usize)? else {
        return None;
    };
    let is_path = matches!(program.op(*path)?, Op::Start { .. } | Op::This);
    (operator.is_order() && is_path).then(|| Op::OrderOfMoved {
        operator,
        moved: left,
        date,
        plain: number(program.ops.len()),
    })
}

fn is_filter(op: &Op) -> bool {
    matches!(
        op,
        Op::Call {
            function: Function::Where | Function::Repeat,
            ..
        } | Op::Type {
            test: TypeTest::OfType,
            ..
        }
    )
}

/// The path that ends with an operation and begins with the focus, if there is a filter on it. The operations of the path
/// are noted, so that no part of it is looked at again.
fn path(program: &mut Program, id: OpId, is_inside: &mut [bool]) -> Option<Op> {
    // Where what the last operation was will be.
    let plain = number(program.ops.len());
    let mut steps = Vec::new();
    let mut has_filter = false;
    let mut next = Some(id);
    while let Some(at) = next {
        if let Some(inside) = is_inside.get_mut(at.0 as usize) {
            *inside = true;
        }
        let step;
        (step, next) = match program.op(at)? {
            Op::This => break,
            Op::Start {
                specifier: None,
                names,
            } => (PathStep::Names(*names), None),
            Op::Start { .. } => (PathStep::Start(at), None),
            Op::Child { input, names } => (PathStep::Names(*names), Some(*input)),
            Op::Type {
                input,
                test: TypeTest::OfType,
                ..
            } => (PathStep::OfType(if at == id { plain } else { at }), Some(*input)),
            Op::Call {
                function: Function::Where,
                input,
                arguments,
            } => (condition(program, *arguments.first()?), Some(*input)),
            Op::Call {
                function: Function::Repeat,
                input,
                arguments,
            } => (repeat(program, *input, *arguments.first()?)?, None),
            _ => return None,
        };
        has_filter |= !matches!(step, PathStep::Names(_) | PathStep::Start(_));
        steps.push(step);
    }
    if !has_filter {
        return None;
    }
    let start = u32::try_from(program.steps.len()).ok()?;
    let count = u32::try_from(steps.len()).ok()?;
    program.steps.extend(steps.into_iter().rev());
    Some(Op::Path {
        steps: Steps { start, count },
        plain,
    })
}

/// `repeat(names)` of the focus as a step.
fn repeat(program: &Program, input: OpId, projection: OpId) -> Option<PathStep> {
    match (program.op(input)?, program.op(projection)?) {
        (
            Op::This,
            Op::Start {
                names,
                specifier: None,
            },
        ) => Some(PathStep::Repeat(*names)),
        _ => None,
    }
}

/// The criteria of a filter as a step.
fn condition(program: &Program, criteria: OpId) -> PathStep {
    match program.op(criteria) {
        Some(Op::IsText { names, text, .. }) => PathStep::IsText {
            names: *names,
            text: *text,
        },
        _ => PathStep::Where(criteria),
    }
}
