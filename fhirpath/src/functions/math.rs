//! Math: functions of one number.
//!
//! Why: exact where the result is; `exp`, `ln`, `log`, `sqrt` and fractional powers are as exact as 28 digits are.
//! What has no result, such as the root of a negative number, is empty.
//!
//! ```text
//! (-5.5).abs()            => 5.5
//! 1.1.ceiling()           => 2
//! 0.exp()                 => 1
//! (-2.1).floor()          => -3
//! 1.ln()                  => 0
//! 16.log(2)               => 4
//! 2.power(3)              => 8
//! 3.14159.round(3)        => 3.142
//! 81.sqrt()               => 9
//! (-1.56).truncate()      => -1
//! (-1).sqrt()             => {}
//! 'a'.abs()               => error
//! ```
//!
//! Spec: FHIRPath 2.0.0, 5.7 Math.

use std::ops::ControlFlow;

use super::Function;
use crate::eval::{Call, Out, Run, Scope, Step};
use crate::item::Item;
use crate::node::Node;
use crate::value::{Decimal, Quantity};

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    pub(super) fn math(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let Some(item) = self.single(call.op, call.input, scope)? else {
            return ControlFlow::Continue(());
        };
        let argument = match call.argument(0) {
            None => None,
            Some(argument) => match self.single(call.op, argument, scope)? {
                None if call.function != Function::Round => return ControlFlow::Continue(()),
                None => None,
                Some(argument) => match argument.as_number() {
                    Some(number) => Some(number),
                    None => return self.no_number(call),
                },
            },
        };
        let answer = match (item.value().as_deref(), item.as_number()) {
            (Some(Item::Integer(value)), _) if call.function == Function::Abs => {
                value.checked_abs().map(Item::Integer)
            }
            (Some(Item::Integer(value)), _) if call.function == Function::Power => {
                integer_power(*value, argument)
            }
            (_, Some(number)) => match self.of_number(call, number, argument)? {
                Some(item) => Some(item),
                None => return ControlFlow::Continue(()),
            },
            _ => match item.quantity() {
                Some(quantity) if call.function == Function::Abs => {
                    let value = quantity.value.abs();
                    Some(Item::Quantity(Box::new(Quantity { value, ..quantity })))
                }
                _ => return self.no_number(call),
            },
        };
        match answer {
            Some(item) => out(item),
            None => ControlFlow::Continue(()),
        }
    }

    fn no_number<T>(&self, call: Call<'a>) -> Step<T> {
        let message = format!(
            "expected a number for `{}`, found another type",
            call.function.as_str()
        );
        self.fail(call.op, "expected-number", message)
    }

    fn of_number(
        &self,
        call: Call<'a>,
        number: Decimal,
        argument: Option<Decimal>,
    ) -> Step<Option<Item<'a, N>>> {
        let whole = |number: Decimal| number.to_integer().map(Item::Integer);
        let answer = match call.function {
            Function::Abs => Some(Item::Decimal(number.abs())),
            Function::Ceiling => whole(number.ceiling()),
            Function::Floor => whole(number.floor()),
            Function::Truncate => whole(number.truncate()),
            Function::Round => {
                let places = argument.map_or(Some(0), |places| places.to_integer());
                match places.and_then(|places| u32::try_from(places).ok()) {
                    Some(places) => Some(Item::Decimal(number.round(places.min(28)))),
                    None => return self.fail(call.op, "bad-argument", "expected a number of digits from 0"),
                }
            }
            Function::Sqrt => number.sqrt().map(Item::Decimal),
            Function::Exp => number.exp().map(Item::Decimal),
            Function::Ln => number.ln().map(Item::Decimal),
            Function::Log => argument
                .and_then(|base| logarithm(number, base))
                .map(Item::Decimal),
            _ => argument
                .and_then(|exponent| power(number, exponent))
                .map(Item::Decimal),
        };
        ControlFlow::Continue(answer)
    }
}

fn integer_power<'a, N>(base: i64, exponent: Option<Decimal>) -> Option<Item<'a, N>> {
    let exponent = exponent?;
    let whole = exponent
        .to_integer()
        .and_then(|exponent| u32::try_from(exponent).ok());
    match whole.and_then(|exponent| base.checked_pow(exponent)) {
        Some(power) => Some(Item::Integer(power)),
        None => power(base.into(), exponent).map(Item::Decimal),
    }
}

fn power(base: Decimal, exponent: Decimal) -> Option<Decimal> {
    // The root of a negative number is none, and so is a power of zero below zero.
    if (base.is_negative() && exponent.to_integer().is_none()) || (base.is_zero() && exponent.is_negative()) {
        return None;
    }
    base.power(exponent)
}

/// The logarithm; exact where it is a whole number.
fn logarithm(number: Decimal, base: Decimal) -> Option<Decimal> {
    let quotient = number.ln()?.divide(base.ln()?)?;
    let whole = quotient.round(0);
    match base.power(whole) {
        Some(power) if power == number => Some(whole),
        _ => Some(quotient),
    }
}
