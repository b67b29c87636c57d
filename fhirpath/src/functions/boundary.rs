//! Boundaries: the least and the greatest value that a value of limited precision can mean.
//!
//! Why: `start.lowBoundary() < end.highBoundary()` has an answer where `start < end` has none.
//! A precision counts digits after the point for numbers, and digits of the whole value for dates and times.
//!
//! ```text
//! 1.587.lowBoundary()                     => 1.58650000
//! 1.587.highBoundary(2)                   => 1.59
//! @2014.lowBoundary(6)                    => @2014-01
//! @2014.highBoundary(8)                   => @2014-12-31
//! @T10:30.highBoundary(9)                 => @T10:30:59.999
//! 1.58700.precision()                     => 5
//! @2014.precision()                       => 4
//! 1.587.lowBoundary(99)                   => {}
//! 'a'.lowBoundary()                       => error
//! ```
//!
//! Spec: FHIRPath continuous build, Utility functions: lowBoundary, highBoundary, precision.

use std::ops::ControlFlow;

use super::Function;
use crate::eval::{Call, Out, Run, Scope, Step};
use crate::item::Item;
use crate::node::Node;
use crate::value::{Date, DateTime, Decimal, Precision, Quantity, Time, days_in_month};

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    pub(super) fn boundary(&self, call: Call<'a>, scope: &Scope<'_, 'a, N>, out: Out<'_, 'a, N>) -> Step {
        let Some(item) = self.single(call.op, call.input, scope)? else {
            return ControlFlow::Continue(());
        };
        let wanted = match call.argument(0) {
            Some(argument) => self.integer(argument, scope)?,
            None => None,
        };
        let high = call.function == Function::HighBoundary;
        let value = item.value();
        let value = value.as_deref().unwrap_or(&item);
        let answer = match value {
            _ if call.function == Function::Precision => match precision_of(value) {
                Some(precision) => Some(Item::Integer(precision)),
                None => return self.no_boundary(call),
            },
            Item::Integer(value) => of_decimal((*value).into(), wanted, high).map(Item::Decimal),
            Item::Decimal(value) => of_decimal(*value, wanted, high).map(Item::Decimal),
            Item::Date(date) => of_date(*date, wanted.unwrap_or(8), high).map(Item::Date),
            Item::DateTime(value) => of_date_time(*value, wanted.unwrap_or(17), high).map(Item::DateTime),
            Item::Time(time) => of_time(*time, wanted.unwrap_or(9), high).map(Item::Time),
            _ => match item.quantity() {
                Some(quantity) => of_decimal(quantity.value, wanted, high)
                    .map(|value| Item::Quantity(Box::new(Quantity { value, ..quantity }))),
                None => return self.no_boundary(call),
            },
        };
        match answer {
            Some(item) => out(item),
            None => ControlFlow::Continue(()),
        }
    }

    fn no_boundary(&self, call: Call<'a>) -> Step {
        let message = format!(
            "expected a number, a date or a time for `{}`, found another type",
            call.function.as_str()
        );
        self.fail(call.op, "expected-precision", message)
    }
}

fn precision_of<N>(item: &Item<'_, N>) -> Option<i64> {
    let digits = |precision: Precision| match precision {
        Precision::Year => 4,
        Precision::Month => 6,
        Precision::Day => 8,
        Precision::Hour => 10,
        Precision::Minute => 12,
        Precision::Second => 14,
        Precision::Millisecond => 17,
    };
    match item {
        Item::Integer(_) => Some(0),
        Item::Decimal(value) => Some(value.scale().into()),
        Item::Date(date) => Some(digits(date.precision())),
        Item::DateTime(value) => Some(digits(value.precision())),
        Item::Time(time) => Some(digits(time.precision()) - 8),
        _ => None,
    }
}

/// Half a unit of the last digit below or above, with `places` digits after the point (8 unless said).
///
/// Where digits are dropped, the boundary away from zero is rounded and the one toward zero is cut: the official suite
/// has it so.
fn of_decimal(value: Decimal, places: Option<i64>, high: bool) -> Option<Decimal> {
    let places = u32::try_from(places.unwrap_or(8))
        .ok()
        .filter(|places| *places <= 28)?;
    let half = Decimal::new(5, value.scale() + 1)?;
    let magnitude = value.abs();
    let away = high != value.is_negative();
    let boundary = if away {
        magnitude.add(half)?.round(places)
    } else if magnitude.is_zero() {
        half.cut(places).negated()
    } else {
        magnitude.subtract(half)?.cut(places)
    };
    let boundary = boundary.with_scale(places)?;
    Some(if value.is_negative() {
        boundary.negated()
    } else {
        boundary
    })
}

fn of_date(date: Date, digits: i64, high: bool) -> Option<Date> {
    let precision = match digits {
        4 => Precision::Year,
        6 => Precision::Month,
        8 => Precision::Day,
        _ => return None,
    };
    let month = date.month().unwrap_or(if high { 12 } else { 1 });
    let last = if high {
        days_in_month(date.year(), month)
    } else {
        1
    };
    let day = date.day().unwrap_or(last);
    Date::new(date.year(), Some(month), Some(day)).map(|date| date.cut(precision))
}

fn of_time(time: Time, digits: i64, high: bool) -> Option<Time> {
    let precision = match digits {
        2 => Precision::Hour,
        4 => Precision::Minute,
        6 => Precision::Second,
        9 => Precision::Millisecond,
        _ => return None,
    };
    let last = |value: Option<u8>| value.unwrap_or(if high { 59 } else { 0 });
    let fraction = time.nanosecond().unwrap_or(if high { 999_000_000 } else { 0 });
    let full = Time::new(
        time.hour(),
        Some(last(time.minute())),
        Some(last(time.second())),
        Some((fraction, 3)),
    )?;
    Some(full.with_precision(precision))
}

/// As of a date and of a time. A value without an offset may be of any: the earliest is 14 hours east, the latest 12
/// hours west. FHIR has no time without minutes: an hour alone is its minute 0.
fn of_date_time(value: DateTime, digits: i64, high: bool) -> Option<DateTime> {
    if digits <= 8 {
        return of_date(value.date(), digits, high).map(DateTime::from);
    }
    let date = of_date(value.date(), 8, high)?;
    let time = match value.time() {
        Some(time) if time.minute().is_none() => Time::new(time.hour(), Some(0), None, None)?,
        Some(time) => time,
        None if high => Time::new(23, None, None, None)?,
        None => Time::new(0, None, None, None)?,
    };
    let time = of_time(time, digits - 8, high)?;
    let offset = value
        .offset_minutes()
        .unwrap_or(if high { -12 * 60 } else { 14 * 60 });
    DateTime::new(date, Some(time), Some(offset))
}
