//! Arithmetic on numbers, text, quantities, dates and times.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::compare::calendar_unit;
use super::run::{Run, Scope, Step};
use crate::ast::{BinaryOperator, CalendarUnit};
use crate::item::Item;
use crate::node::Node;
use crate::program::OpId;
use crate::value::{Date, DateTime, Decimal, Precision, Quantity, QuantityUnit, Time};

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    /// `+`, `-`, `*`, `/`, `div`, `mod` and `&`. An empty side gives an empty result, but for `&`.
    ///
    /// Spec: FHIRPath 2.0.0, 6.6 Math.
    pub(super) fn arithmetic(
        &self,
        id: OpId,
        operator: BinaryOperator,
        left: OpId,
        right: OpId,
        scope: &Scope<'_, 'a, N>,
    ) -> Step<Option<Item<'a, N>>> {
        let left = self.single(id, left, scope)?;
        self.arithmetic_on(id, operator, left, right, scope)
    }

    /// The same with the left side at hand.
    fn arithmetic_on(
        &self,
        id: OpId,
        operator: BinaryOperator,
        left: Option<Item<'a, N>>,
        right: OpId,
        scope: &Scope<'_, 'a, N>,
    ) -> Step<Option<Item<'a, N>>> {
        use Item as I;
        let right = self.single(id, right, scope)?;
        if operator == BinaryOperator::Concatenate {
            return self
                .concatenate(id, left.as_ref(), right.as_ref())
                .map_continue(Some);
        }
        let (Some(left), Some(right)) = (left, right) else {
            return ControlFlow::Continue(None);
        };
        let (left_value, right_value) = (left.value(), right.value());
        let answer = match (left_value.as_deref(), right_value.as_deref()) {
            (Some(I::Integer(left)), Some(I::Integer(right))) => integers(operator, *left, *right),
            (Some(I::Integer(left)), Some(I::Decimal(right))) => {
                decimals(operator, Decimal::from(*left), *right)
            }
            (Some(I::Decimal(left)), Some(I::Integer(right))) => {
                decimals(operator, *left, Decimal::from(*right))
            }
            (Some(I::Decimal(left)), Some(I::Decimal(right))) => decimals(operator, *left, *right),
            (Some(I::String(left)), Some(I::String(right))) if operator == BinaryOperator::Add => {
                return self.text(format!("{left}{right}"), id).map_continue(Some);
            }
            (Some(value @ (I::Date(_) | I::DateTime(_) | I::Time(_))), _) => {
                return match right.quantity() {
                    Some(amount) if right.as_number().is_none() => self.shift(id, operator, value, &amount),
                    _ => self.bad_operands(id, operator),
                };
            }
            _ => match (left.quantity(), right.quantity()) {
                (Some(left), Some(right)) => return self.quantities(id, operator, &left, &right),
                _ => return self.bad_operands(id, operator),
            },
        };
        ControlFlow::Continue(answer)
    }

    /// A sum or difference with a duration that is known: a moment and it meet without a quantity being made.
    pub(super) fn shifted(
        &self,
        id: OpId,
        operator: BinaryOperator,
        (left, right): (OpId, OpId),
        (count, unit): (i64, CalendarUnit),
        scope: &Scope<'_, 'a, N>,
    ) -> Step<Option<Item<'a, N>>> {
        let left = match self.only_place(id, left, scope) {
            Some(place) => {
                let place = place?;
                match place.and_then(N::value) {
                    // A date and a duration meet without an item around them.
                    Some(Item::Date(date)) => {
                        return ControlFlow::Continue(shift_date(date, count, unit).map(Item::Date));
                    }
                    Some(value @ (Item::DateTime(_) | Item::Time(_))) => {
                        return self.shift_by(id, &value, count, unit);
                    }
                    _ => place.map(Item::Node),
                }
            }
            None => self.single(id, left, scope)?,
        };
        match &left {
            Some(value @ (Item::Date(_) | Item::DateTime(_) | Item::Time(_))) if !self.is_watched() => {
                self.shift_by(id, value, count, unit)
            }
            _ => self.arithmetic_on(id, operator, left, right, scope),
        }
    }

    fn bad_operands<T>(&self, id: OpId, operator: BinaryOperator) -> Step<T> {
        let message = format!(
            "`{}` has no meaning between the types of its two sides",
            operator.as_str()
        );
        self.fail(id, "operand-types", message)
    }

    fn concatenate(
        &self,
        id: OpId,
        left: Option<&Item<'a, N>>,
        right: Option<&Item<'a, N>>,
    ) -> Step<Item<'a, N>> {
        let mut text = String::new();
        for side in [left, right].into_iter().flatten() {
            match side.as_string() {
                Some(part) => text.push_str(&part),
                None => return self.bad_operands(id, BinaryOperator::Concatenate),
            }
        }
        self.text(text, id)
    }

    /// `-operand`, `+operand`.
    pub(super) fn negated(
        &self,
        id: OpId,
        operand: OpId,
        negative: bool,
        scope: &Scope<'_, 'a, N>,
    ) -> Step<Option<Item<'a, N>>> {
        let Some(item) = self.single(id, operand, scope)? else {
            return ControlFlow::Continue(None);
        };
        let negated = match item.value().as_deref() {
            Some(Item::Integer(value)) if negative => value.checked_neg().map(Item::Integer),
            Some(Item::Decimal(value)) if negative => Some(Item::Decimal(value.negated())),
            Some(Item::Integer(value)) => Some(Item::Integer(*value)),
            Some(Item::Decimal(value)) => Some(Item::Decimal(*value)),
            _ => match item.quantity() {
                Some(quantity) => {
                    let value = if negative {
                        quantity.value.negated()
                    } else {
                        quantity.value
                    };
                    Some(Item::Quantity(Box::new(Quantity { value, ..quantity })))
                }
                None => return self.fail(id, "operand-types", "a sign has no meaning before this type"),
            },
        };
        ControlFlow::Continue(negated)
    }

    fn quantities(
        &self,
        id: OpId,
        operator: BinaryOperator,
        left: &Quantity<'a>,
        right: &Quantity<'a>,
    ) -> Step<Option<Item<'a, N>>> {
        use BinaryOperator as B;
        let quantity = |value: Option<Decimal>, unit: QuantityUnit<'a>| {
            value.map(|value| Item::Quantity(Box::new(Quantity { value, unit })))
        };
        let answer = match operator {
            B::Add | B::Subtract => {
                // The result has the unit of the left side.
                let Some((right, left_value)) = self.common_unit(id, right, left, false)? else {
                    return ControlFlow::Continue(None);
                };
                let value = if operator == B::Add {
                    left_value.add(right)
                } else {
                    left_value.subtract(right)
                };
                quantity(value, left.unit.clone())
            }
            B::Multiply | B::Divide => {
                let value = if operator == B::Multiply {
                    left.value.multiply(right.value)
                } else {
                    left.value.divide(right.value)
                };
                let one = |unit: &QuantityUnit<'_>| unit.as_str() == "1";
                let unit = if one(&right.unit) {
                    left.unit.clone()
                } else if one(&left.unit) && operator == B::Multiply {
                    right.unit.clone()
                } else if left.unit == right.unit && operator == B::Divide {
                    QuantityUnit::Ucum(Cow::Borrowed("1"))
                } else {
                    let (left, right) = (left.unit.as_str(), right.unit.as_str());
                    let answer = self.host().combine_units(left, right, operator == B::Divide);
                    match self.ask(id, answer)? {
                        Some(unit) => QuantityUnit::Ucum(unit),
                        None => return ControlFlow::Continue(None),
                    }
                };
                quantity(value, unit)
            }
            _ => return self.bad_operands(id, operator),
        };
        ControlFlow::Continue(answer)
    }

    /// A date or time, and an amount of time.
    ///
    /// A fraction of an amount is cut off. An amount finer than the value is cut to what the value can show.
    ///
    /// Spec: FHIRPath 2.0.0, 6.7 Date/Time Arithmetic.
    fn shift(
        &self,
        id: OpId,
        operator: BinaryOperator,
        value: &Item<'a, N>,
        amount: &Quantity<'a>,
    ) -> Step<Option<Item<'a, N>>> {
        let unit = calendar_unit(&amount.unit, false)
            .or_else(|| CalendarUnit::named(amount.unit.as_str()).map(|(unit, _)| unit));
        let sign = match operator {
            BinaryOperator::Add => 1,
            BinaryOperator::Subtract => -1,
            _ => return self.bad_operands(id, operator),
        };
        let Some(unit) = unit else {
            return self.fail(id, "not-a-duration", "the unit is no calendar duration");
        };
        let count = amount.value.truncate().to_integer();
        match count.and_then(|count| count.checked_mul(sign)) {
            Some(count) => self.shift_by(id, value, count, unit),
            None => ControlFlow::Continue(None),
        }
    }

    fn shift_by(
        &self,
        id: OpId,
        value: &Item<'a, N>,
        count: i64,
        unit: CalendarUnit,
    ) -> Step<Option<Item<'a, N>>> {
        let shifted = match value {
            Item::Date(date) => shift_date(*date, count, unit).map(Item::Date),
            Item::DateTime(value) => shift_date_time(*value, count, unit).map(Item::DateTime),
            Item::Time(time) => match shift_time(*time, count, unit) {
                Some(time) => time.map(Item::Time),
                None => return self.fail(id, "not-a-duration", "a time of day has no days, months or years"),
            },
            _ => None,
        };
        ControlFlow::Continue(shifted)
    }
}

impl<'a, N: Node<'a>> Item<'a, N> {
    /// The number, if the item's value is an integer or a decimal.
    pub(crate) fn as_number(&self) -> Option<Decimal> {
        match self {
            Self::Integer(value) => Some((*value).into()),
            Self::Decimal(value) => Some(*value),
            Self::Node(node) => match node.value() {
                Some(Self::Integer(value)) => Some(value.into()),
                Some(Self::Decimal(value)) => Some(value),
                _ => None,
            },
            _ => None,
        }
    }
}

fn integers<'a, N>(operator: BinaryOperator, left: i64, right: i64) -> Option<Item<'a, N>> {
    match operator {
        BinaryOperator::Add => left.checked_add(right).map(Item::Integer),
        BinaryOperator::Subtract => left.checked_sub(right).map(Item::Integer),
        BinaryOperator::Multiply => left.checked_mul(right).map(Item::Integer),
        BinaryOperator::Div => left.checked_div(right).map(Item::Integer),
        BinaryOperator::Mod => left.checked_rem(right).map(Item::Integer),
        _ => decimals(operator, left.into(), right.into()),
    }
}

fn decimals<'a, N>(operator: BinaryOperator, left: Decimal, right: Decimal) -> Option<Item<'a, N>> {
    match operator {
        BinaryOperator::Add => left.add(right).map(Item::Decimal),
        BinaryOperator::Subtract => left.subtract(right).map(Item::Decimal),
        BinaryOperator::Multiply => left.multiply(right).map(Item::Decimal),
        BinaryOperator::Divide => left.divide(right).map(Item::Decimal),
        BinaryOperator::Div => left.divide(right)?.truncate().to_integer().map(Item::Integer),
        BinaryOperator::Mod => left.remainder(right).map(Item::Decimal),
        _ => None,
    }
}

/// How many of a larger unit an amount makes, cut toward zero; months count 30 days, years 365.
fn in_units(count: i64, unit: CalendarUnit, larger: CalendarUnit) -> Option<i64> {
    let days = |unit: CalendarUnit| match unit {
        CalendarUnit::Year => 365,
        CalendarUnit::Month => 30,
        CalendarUnit::Week => 7,
        _ => 1,
    };
    let seconds = |unit: CalendarUnit| match unit {
        CalendarUnit::Hour => 3_600,
        CalendarUnit::Minute => 60,
        _ => 1,
    };
    match (unit, larger) {
        (CalendarUnit::Month, CalendarUnit::Year) => Some(count / 12),
        (CalendarUnit::Year, CalendarUnit::Month) => count.checked_mul(12),
        _ if unit >= CalendarUnit::Day => Some(count.checked_mul(days(unit))? / days(larger)),
        (CalendarUnit::Millisecond, _) => in_units(count / 1_000, CalendarUnit::Second, larger),
        _ => Some(count.checked_mul(seconds(unit))? / 86_400 / days(larger)),
    }
}

#[inline]
pub(super) fn shift_date(date: Date, count: i64, unit: CalendarUnit) -> Option<Date> {
    match (date.precision(), unit) {
        (_, CalendarUnit::Year) => date.plus_years(count),
        (Precision::Year, _) => date.plus_years(in_units(count, unit, CalendarUnit::Year)?),
        (_, CalendarUnit::Month) => date.plus_months(count),
        (Precision::Month, _) => date.plus_months(in_units(count, unit, CalendarUnit::Month)?),
        _ => date.plus_days(in_units(count, unit, CalendarUnit::Day)?),
    }
}

fn shift_date_time(value: DateTime, count: i64, unit: CalendarUnit) -> Option<DateTime> {
    match value.time() {
        Some(time) if unit < CalendarUnit::Day => {
            value.plus_nanoseconds(in_nanoseconds(count, unit, time.precision())?)
        }
        _ => Some(value.with_date(shift_date(value.date(), count, unit)?)),
    }
}

/// The time later, going round at midnight; nothing for a unit that a time of day does not have.
fn shift_time(time: Time, count: i64, unit: CalendarUnit) -> Option<Option<Time>> {
    if unit >= CalendarUnit::Day {
        return None;
    }
    let day = 86_400_000_000_000;
    let sum = in_nanoseconds(count, unit, time.precision())
        .and_then(|amount| time.nanoseconds().checked_add(amount))
        .map(|sum| sum.rem_euclid(day));
    Some(sum.and_then(|sum| time.with_nanoseconds(sum)))
}

/// An amount in nanoseconds, cut toward zero to what a time of this precision can show.
fn in_nanoseconds(count: i64, unit: CalendarUnit, precision: Precision) -> Option<i64> {
    let of = |unit: CalendarUnit| match unit {
        CalendarUnit::Hour => 3_600_000_000_000,
        CalendarUnit::Minute => 60_000_000_000,
        CalendarUnit::Second => 1_000_000_000,
        _ => 1_000_000_i64,
    };
    let finest = match precision {
        Precision::Hour => of(CalendarUnit::Hour),
        Precision::Minute => of(CalendarUnit::Minute),
        Precision::Second => of(CalendarUnit::Second),
        _ => 1,
    };
    let amount = count.checked_mul(of(unit))?;
    Some(amount / finest * finest)
}
