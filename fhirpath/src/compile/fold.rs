//! Computes what is known before there is a tree: operators and functions of literals.
//!
//! What the program around an evaluation answers is left to it: the time, variables, units that must be converted, terminology,
//! `trace()`. What fails is left as well, so that the fault comes when the expression runs, with its place. An operation that was
//! computed stays in the program beside its result, for evaluations that watch each part.

use std::borrow::Cow;
use std::cmp::Ordering;

use carewire_fhir_model::Node as Place;

use super::fuse::{number, replace};
use crate::ast::{Literal, Plural, Unit};
use crate::context::{Context, Host, Limits};
use crate::error::Error;
use crate::item::Item;
use crate::program::{Literals, Op, OpId, Program};
use crate::value::{Decimal, Quantity, QuantityUnit};

/// The limits of one computation: what does not stay below them is computed when the expression runs.
const STEPS: u64 = 1_000;
const ITEMS: usize = 64;
const TEXT: usize = 1_024;

/// How many bytes the results of one program take; those of parts of parts stay beside what they became.
const ROOM: usize = 1 << 13;

/// Puts literals in the place of what can be computed.
pub(super) fn fold(program: &mut Program) {
    let mut room = ROOM;
    // Operands stand before what uses them.
    for id in (0..program.ops.len()).map(number) {
        if !program.op(id).is_some_and(|op| is_known(program, op)) {
            continue;
        }
        let Some(results) = computed(program, id) else {
            continue;
        };
        let size: usize = results.iter().map(size).sum();
        let Some(left) = room.checked_sub(size) else {
            return;
        };
        room = left;
        let plain = number(program.ops.len());
        let op = stored(program, results);
        replace(program, id, op);
        program.folded.push((id, plain));
    }
}

/// True if the operands of an operation are literals, and its result depends on nothing else.
fn is_known(program: &Program, op: &Op) -> bool {
    let literal = |id: &OpId| matches!(program.op(*id), Some(Op::Literal(_) | Op::Literals(_)));
    match op {
        Op::Sign { operand, .. } => literal(operand),
        Op::Binary { left, right, .. } => literal(left) && literal(right),
        Op::Indexer { input, index } => literal(input) && literal(index),
        Op::Type { input, .. } => literal(input),
        Op::Call {
            function,
            input,
            arguments,
        } => function.is_pure() && literal(input) && arguments.iter().all(literal),
        _ => false,
    }
}

/// What an operation gives as literals; none if it fails, asks for something, or gives what no literal is. There is no tree; the
/// evaluator is that for documents, which patches need as well, so that it is not compiled once more.
fn computed(program: &mut Program, id: OpId) -> Option<Vec<Literal>> {
    let root = std::mem::replace(&mut program.root, id);
    let limits = Limits::default().steps(STEPS).items(ITEMS).text(TEXT);
    let context = Context::new().host(&Absent).limits(limits);
    let results = program
        .evaluate_without_node::<Place<'_>>(&context)
        .ok()
        .and_then(|items| items.into_iter().map(literal).collect());
    program.root = root;
    results
}

fn literal(item: Item<'_, Place<'_>>) -> Option<Literal> {
    Some(match item {
        Item::Boolean(value) => Literal::Boolean(value),
        Item::Integer(value) => Literal::Integer(value),
        Item::Decimal(value) => Literal::Decimal(value),
        Item::String(text) => Literal::String(text.into_owned()),
        Item::Date(value) => Literal::Date(value),
        Item::DateTime(value) => Literal::DateTime(value),
        Item::Time(value) => Literal::Time(value),
        Item::Quantity(quantity) => {
            let Quantity { value, unit } = *quantity;
            Literal::Quantity(value, written(unit)?)
        }
        Item::Node(_) | Item::Type(_) => return None,
    })
}

/// A unit as a literal has it.
fn written(unit: QuantityUnit<'_>) -> Option<Unit> {
    match unit {
        QuantityUnit::Ucum(code) => Some(Unit::Ucum(code.into_owned())),
        QuantityUnit::Calendar(unit, word) if *word == *unit.as_str() => {
            Some(Unit::Calendar(unit, Plural::No))
        }
        QuantityUnit::Calendar(unit, word) if word.strip_suffix('s') == Some(unit.as_str()) => {
            Some(Unit::Calendar(unit, Plural::Yes))
        }
        QuantityUnit::Calendar(..) | QuantityUnit::Other(_) => None,
    }
}

/// What a result takes of the room.
fn size(literal: &Literal) -> usize {
    let text = match literal {
        Literal::String(text) => text.len(),
        _ => 0,
    };
    16 + text
}

/// The operation that gives these literals.
fn stored(program: &mut Program, mut results: Vec<Literal>) -> Op {
    if results.is_empty() {
        results.push(Literal::Empty);
    }
    let start = u32::try_from(program.literals.len()).unwrap_or(u32::MAX);
    let count = u32::try_from(results.len()).unwrap_or(u32::MAX);
    program.patterns.extend(results.iter().map(|_| None));
    program.literals.extend(results);
    match count {
        1 => Op::Literal(start),
        _ => Op::Literals(Literals { start, count }),
    }
}

/// The host before there is one: what is asked of it cannot be computed yet.
struct Absent;

impl Absent {
    fn refuse<T>() -> Result<T, Error> {
        Err(Error::unsupported("no-host", "there is no host yet"))
    }
}

impl<'a> Host<'a, Place<'a>> for Absent {
    fn convert(&self, _: Decimal, _: &str, _: &str) -> Result<Option<Decimal>, Error> {
        Self::refuse()
    }

    fn compare_quantities(&self, _: (Decimal, &str), _: (Decimal, &str)) -> Result<Option<Ordering>, Error> {
        Self::refuse()
    }

    fn combine_units(&self, _: &str, _: &str, _: bool) -> Result<Option<Cow<'a, str>>, Error> {
        Self::refuse()
    }
}
