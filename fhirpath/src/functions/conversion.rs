//! Conversion: from one type of the System model to another, and `iif`.
//!
//! Why: `toX` is empty where there is no such value, `convertsToX` says whether there is one; neither is ever an error
//! for one item.
//!
//! ```text
//! iif(1 > 0, 'a', 'b')            => 'a'
//! iif(false, 'a')                 => {}
//! 'yes'.toBoolean()               => true
//! '1.0'.toInteger()               => {}
//! '42'.toInteger()                => 42
//! true.toDecimal()                => 1
//! '2015-02'.toDate()              => @2015-02
//! '2015-02-04T14:34Z'.toDateTime() => @2015-02-04T14:34Z
//! '14:34'.toTime()                => @T14:34
//! '1 day'.toQuantity()            => 1 day
//! '1 wk'.convertsToQuantity()     => false
//! 'maybe'.convertsToBoolean()     => false
//! '42'.convertsToInteger()        => true
//! '4.2'.convertsToDecimal()       => true
//! '2015-13'.convertsToDate()      => false
//! '2015'.convertsToDateTime()     => true
//! '25:00'.convertsToTime()        => false
//! 1.convertsToString()            => true
//! (1 'mg').toString()             => '1 \'mg\''
//! (1 | 2).toString()              => error
//! ```
//!
//! Spec: FHIRPath 2.0.0, 5.5 Conversion.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::Function;
use crate::ast::CalendarUnit;
use crate::eval::{Call, Out, Run, Scope, Step};
use crate::item::Item;
use crate::node::Node;
use crate::program::{Op, OpId};
use crate::value::{Decimal, Quantity, QuantityUnit};

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    pub(super) fn conversion(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        if call.function == Function::Iif {
            return self.iif(call.op, call.input, call.arguments, scope, out);
        }
        let item = self.single(call.op, call.input, scope)?;
        let Some(item) = item else {
            return ControlFlow::Continue(());
        };
        let value = item.value();
        let value = value.as_deref().unwrap_or(&item);
        let (converted, asked) = match call.function {
            Function::ToBoolean => (to_boolean(value), false),
            Function::ConvertsToBoolean => (to_boolean(value), true),
            Function::ToInteger => (to_integer(value), false),
            Function::ConvertsToInteger => (to_integer(value), true),
            Function::ToDecimal => (to_decimal(value).map(Item::Decimal), false),
            Function::ConvertsToDecimal => (to_decimal(value).map(Item::Decimal), true),
            Function::ToDate => (to_date(value), false),
            Function::ConvertsToDate => (to_date(value), true),
            Function::ToDateTime => (to_date_time(value), false),
            Function::ConvertsToDateTime => (to_date_time(value), true),
            Function::ToTime => (to_time(value), false),
            Function::ConvertsToTime => (to_time(value), true),
            Function::ToQuantity => (self.to_quantity(call, &item, scope)?, false),
            Function::ConvertsToQuantity => (self.to_quantity(call, &item, scope)?, true),
            Function::ToString => (item.text().map(Item::String), false),
            _ => (item.text().map(Item::String), true),
        };
        match converted {
            converted if asked => out(Item::Boolean(converted.is_some())),
            Some(converted) => out(converted),
            None => ControlFlow::Continue(()),
        }
    }

    /// One branch or the other; the other is not computed.
    pub(crate) fn iif(
        &self,
        op: OpId,
        input: OpId,
        arguments: &'a [OpId],
        scope: &Scope<'_, 'a, N>,
        out: Out<'_, 'a, N>,
    ) -> Step {
        let [criteria, branches @ ..] = arguments else {
            return ControlFlow::Continue(());
        };
        let (own, inner);
        let scope = match self.program.op(input) {
            // Without an input it is the focus that is looked at.
            Some(Op::This) => scope,
            _ => {
                own = self.single(op, input, scope)?;
                inner = Scope {
                    this: own.as_ref(),
                    ..*scope
                };
                &inner
            }
        };
        let chosen = usize::from(self.boolean(*criteria, scope)? != Some(true));
        match branches.get(chosen) {
            Some(branch) => self.eval(*branch, scope, out),
            None => ControlFlow::Continue(()),
        }
    }

    fn to_quantity(
        &self,
        call: Call<'a>,
        item: &Item<'a, N>,
        scope: &Scope<'_, 'a, N>,
    ) -> Step<Option<Item<'a, N>>> {
        let quantity = match item.value().as_deref() {
            Some(Item::String(text)) => read_quantity(text),
            Some(Item::Boolean(value)) => Some(Quantity::ucum(i64::from(*value).into(), "1")),
            _ => item.quantity(),
        };
        let Some(quantity) = quantity else {
            return ControlFlow::Continue(None);
        };
        let unit = match call.argument(0) {
            Some(argument) => self.string(argument, scope)?,
            None => None,
        };
        let Some(unit) = unit else {
            return ControlFlow::Continue(Some(Item::Quantity(Box::new(quantity))));
        };
        let wanted = Quantity::ucum(Decimal::ZERO, unit.clone());
        let converted = self.common_unit(call.op, &quantity, &wanted, false)?;
        ControlFlow::Continue(
            converted.map(|(value, _)| Item::Quantity(Box::new(Quantity::ucum(value, unit)))),
        )
    }
}

fn to_boolean<'a, N>(item: &Item<'a, N>) -> Option<Item<'a, N>> {
    let value = match item {
        Item::Boolean(value) => Some(*value),
        Item::Integer(1) => Some(true),
        Item::Integer(0) => Some(false),
        Item::Decimal(value) if *value == Decimal::ONE => Some(true),
        Item::Decimal(value) if value.is_zero() => Some(false),
        Item::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "1" | "1.0" => Some(true),
            "false" | "f" | "no" | "n" | "0" | "0.0" => Some(false),
            _ => None,
        },
        _ => None,
    };
    value.map(Item::Boolean)
}

fn to_integer<'a, N>(item: &Item<'a, N>) -> Option<Item<'a, N>> {
    let value = match item {
        Item::Integer(value) => Some(*value),
        Item::Boolean(value) => Some(i64::from(*value)),
        Item::String(text) => text.parse().ok(),
        _ => None,
    };
    value.map(Item::Integer)
}

fn to_decimal<N>(item: &Item<'_, N>) -> Option<Decimal> {
    match item {
        Item::Decimal(value) => Some(*value),
        Item::Integer(value) => Some((*value).into()),
        Item::Boolean(value) => Some(i64::from(*value).into()),
        Item::String(text) => Decimal::read_plain(text),
        _ => None,
    }
}

fn to_date<'a, N>(item: &Item<'a, N>) -> Option<Item<'a, N>> {
    let date = match item {
        Item::Date(date) => Some(*date),
        Item::DateTime(value) => Some(value.date()),
        // The date of a date and time in text is taken, as that of a value is.
        Item::String(text) => match text.parse() {
            Ok(date) => Some(date),
            Err(_) => text.parse().ok().map(crate::value::DateTime::date),
        },
        _ => None,
    };
    date.map(Item::Date)
}

fn to_date_time<'a, N>(item: &Item<'a, N>) -> Option<Item<'a, N>> {
    let value = match item {
        Item::DateTime(value) => Some(*value),
        Item::Date(date) => Some((*date).into()),
        Item::String(text) => text.parse().ok(),
        _ => None,
    };
    value.map(Item::DateTime)
}

fn to_time<'a, N>(item: &Item<'a, N>) -> Option<Item<'a, N>> {
    let time = match item {
        Item::Time(time) => Some(*time),
        Item::String(text) => text.strip_prefix('T').unwrap_or(text).parse().ok(),
        _ => None,
    };
    time.map(Item::Time)
}

/// Reads a number, and perhaps a unit in quotes or a word of the calendar.
fn read_quantity(text: &str) -> Option<Quantity<'static>> {
    let text = text.trim();
    let split = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')));
    let (number, unit) = text.split_at(split.unwrap_or(text.len()));
    let value = Decimal::read_plain(number)?;
    let unit = unit.trim_start();
    if unit.is_empty() {
        return Some(Quantity::ucum(value, "1"));
    }
    if let Some(code) = unit.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        return Some(Quantity::ucum(value, code.to_owned()));
    }
    let (calendar, _) = CalendarUnit::named(unit)?;
    Some(Quantity {
        value,
        unit: QuantityUnit::Calendar(calendar, Cow::Owned(unit.to_owned())),
    })
}
