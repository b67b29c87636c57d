//! Equality, equivalence and order.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::ControlFlow;

use super::arithmetic::shift_date;
use super::run::{Few, Run, Scope, Step};
use crate::ast::{BinaryOperator, CalendarUnit, Literal};
use crate::error::ErrorKind;
use crate::item::Item;
use crate::node::{Name, Node};
use crate::program::{Op, OpId};
use crate::value::{DateTime, Decimal, Quantity, QuantityUnit};

/// Which of the two equalities is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    /// `=`
    Equal,
    /// `~`
    Equivalent,
}

impl<'a, N: Node<'a>> Run<'_, 'a, N> {
    /// `=`, `!=`, `~` and `!~` between collections.
    ///
    /// Spec: FHIRPath 2.0.0, 6.1 Equality.
    pub(super) fn equality(
        &self,
        id: OpId,
        operator: BinaryOperator,
        left: OpId,
        right: OpId,
        scope: &Scope<'_, 'a, N>,
    ) -> Step<Option<bool>> {
        if let Some(Op::Literal(index)) = self.program.op(right).filter(|_| !self.is_watched()) {
            let literals: &'a [Literal] = &self.program.literals;
            if let Some(Literal::String(text)) = literals.get(*index as usize) {
                let literal = Item::String(Cow::Borrowed(text.as_str()));
                return self.equality_with(id, operator, left, &literal, Some(text), scope);
            }
            if let Some(literal) = self.literal(*index) {
                return self.equality_with(id, operator, left, &literal, None, scope);
            }
        }
        let left = self.collect(left, scope)?;
        let right = self.collect(right, scope)?;
        ControlFlow::Continue(match operator {
            BinaryOperator::Equal => self.equal_collections(id, &left, &right)?,
            BinaryOperator::NotEqual => self.equal_collections(id, &left, &right)?.map(|equal| !equal),
            BinaryOperator::Equivalent => Some(self.equivalent_collections(id, &left, &right)?),
            _ => Some(!self.equivalent_collections(id, &left, &right)?),
        })
    }

    /// The same with one literal on the right, perhaps a text: the left side is compared as it comes.
    fn equality_with(
        &self,
        id: OpId,
        operator: BinaryOperator,
        left: OpId,
        literal: &Item<'a, N>,
        text: Option<&str>,
        scope: &Scope<'_, 'a, N>,
    ) -> Step<Option<bool>> {
        let how = match operator {
            BinaryOperator::Equal | BinaryOperator::NotEqual => Comparison::Equal,
            _ => Comparison::Equivalent,
        };
        let mut count = 0;
        let mut answer = None;
        self.each(left, scope, &mut |item| {
            count += 1;
            if count > 1 {
                return ControlFlow::Continue(());
            }
            if let (Item::Node(node), Some(text), Comparison::Equal) = (&item, text, how)
                && let Some(is_text) = node.is_text(text)
            {
                self.step(id)?;
                answer = Some(is_text);
            } else {
                answer = self.compare(id, &item, literal, how, 0)?;
            }
            ControlFlow::Continue(())
        })?;
        let answer = match (count, how) {
            (0, Comparison::Equal) => None,
            (1, _) => answer,
            // Of different length.
            _ => Some(false),
        };
        let negated = matches!(operator, BinaryOperator::NotEqual | BinaryOperator::NotEquivalent);
        ControlFlow::Continue(answer.map(|answer| answer != negated))
    }

    /// The answer to `path = 'text'` at a place, the commonest condition there is.
    #[inline]
    pub(super) fn is_text(&self, id: OpId, node: N, names: &'a [Name], text: &'a str) -> Step<Option<bool>> {
        let (mut found, mut several) = (None, false);
        self.walk(id, node, names, &mut |node| {
            several |= found.is_some();
            found = Some(node);
            ControlFlow::Continue(())
        })?;
        match found {
            None => ControlFlow::Continue(None),
            Some(_) if several => ControlFlow::Continue(Some(false)),
            Some(found) => match found.is_text(text) {
                Some(is_text) => ControlFlow::Continue(Some(is_text)),
                None => self.equal(id, &Item::Node(found), &Item::String(Cow::Borrowed(text))),
            },
        }
    }

    fn equal_collections(
        &self,
        id: OpId,
        left: &Few<Item<'a, N>>,
        right: &Few<Item<'a, N>>,
    ) -> Step<Option<bool>> {
        let (left, right) = (left.as_slice(), right.as_slice());
        if left.is_empty() || right.is_empty() {
            return ControlFlow::Continue(None);
        }
        if left.len() != right.len() {
            return ControlFlow::Continue(Some(false));
        }
        let mut answer = Some(true);
        for (left, right) in left.iter().zip(right) {
            match self.equal(id, left, right)? {
                Some(true) => {}
                Some(false) => return ControlFlow::Continue(Some(false)),
                None => answer = None,
            }
        }
        ControlFlow::Continue(answer)
    }

    fn equivalent_collections(
        &self,
        id: OpId,
        left: &Few<Item<'a, N>>,
        right: &Few<Item<'a, N>>,
    ) -> Step<bool> {
        self.equivalent_slices(id, left.as_slice(), right.as_slice(), 0)
    }

    /// True if each item of one side has a partner of its own on the other, in any order.
    fn equivalent_slices(
        &self,
        id: OpId,
        left: &[Item<'a, N>],
        right: &[Item<'a, N>],
        depth: u32,
    ) -> Step<bool> {
        if left.len() != right.len() {
            return ControlFlow::Continue(false);
        }
        all_paired(left, right, |one, other| {
            self.compare(id, one, other, Comparison::Equivalent, depth)
        })
    }

    /// Whether two items are equal; none where that is not known, as between dates of different precision.
    pub(crate) fn equal(&self, id: OpId, left: &Item<'a, N>, right: &Item<'a, N>) -> Step<Option<bool>> {
        self.compare(id, left, right, Comparison::Equal, 0)
    }

    /// Whether two items are equal or equivalent. `depth` counts how far down the trees this is.
    fn compare(
        &self,
        id: OpId,
        left: &Item<'a, N>,
        right: &Item<'a, N>,
        how: Comparison,
        depth: u32,
    ) -> Step<Option<bool>> {
        self.step(id)?;
        if let (Item::Node(one), Item::Node(other)) = (left, right)
            && one.is_same(*other)
        {
            return ControlFlow::Continue(Some(true));
        }
        let (left_value, right_value) = (left.value(), right.value());
        match (left_value.as_deref(), right_value.as_deref()) {
            (Some(left), Some(right)) => self.compare_values(id, left, right, how),
            (None, None) => self.compare_nodes(id, left, right, how, depth),
            // A quantity of the tree against one of the language.
            (None, Some(Item::Quantity(_))) | (Some(Item::Quantity(_)), None) => {
                match (left.quantity(), right.quantity()) {
                    (Some(left), Some(right)) => self.compare_quantities(id, &left, &right, how),
                    _ => ControlFlow::Continue(Some(false)),
                }
            }
            _ => ControlFlow::Continue(Some(false)),
        }
    }

    /// Two places without values of their own: equal if their children are.
    fn compare_nodes(
        &self,
        id: OpId,
        left: &Item<'a, N>,
        right: &Item<'a, N>,
        how: Comparison,
        depth: u32,
    ) -> Step<Option<bool>> {
        let (Item::Node(left), Item::Node(right)) = (left, right) else {
            return ControlFlow::Continue(Some(false));
        };
        if depth >= self.context.limits.depth {
            let message = format!(
                "the trees compared are more than {} levels deep",
                self.context.limits.depth
            );
            return self.stop(ErrorKind::Limit, id, "depth-limit", message);
        }
        let (left, right) = (self.child_items(id, *left)?, self.child_items(id, *right)?);
        if left.len() != right.len() {
            return ControlFlow::Continue(Some(false));
        }
        if how == Comparison::Equivalent {
            return self
                .equivalent_nodes(id, &left, &right, depth + 1)
                .map_continue(Some);
        }
        let mut answer = Some(true);
        for (left, right) in left.iter().zip(&right) {
            if left.name() != right.name() {
                return ControlFlow::Continue(Some(false));
            }
            match self.compare(id, &Item::Node(*left), &Item::Node(*right), how, depth + 1)? {
                Some(true) => {}
                Some(false) => return ControlFlow::Continue(Some(false)),
                None => answer = None,
            }
        }
        ControlFlow::Continue(answer)
    }

    fn equivalent_nodes(&self, id: OpId, left: &[N], right: &[N], depth: u32) -> Step<bool> {
        all_paired(left, right, |one, other| {
            if one.name() != other.name() {
                return ControlFlow::Continue(Some(false));
            }
            let (one, other) = (Item::Node(*one), Item::Node(*other));
            self.compare(id, &one, &other, Comparison::Equivalent, depth)
        })
    }

    fn child_items(&self, id: OpId, node: N) -> Step<Vec<N>> {
        let mut children = Vec::new();
        node.each(|child| {
            self.room(children.len(), id)?;
            self.step(id)?;
            children.push(child);
            ControlFlow::Continue(())
        })?;
        ControlFlow::Continue(children)
    }

    fn compare_values(
        &self,
        id: OpId,
        left: &Item<'a, N>,
        right: &Item<'a, N>,
        how: Comparison,
    ) -> Step<Option<bool>> {
        use Item as I;
        let equivalent = how == Comparison::Equivalent;
        ControlFlow::Continue(match (left, right) {
            (I::String(left), I::String(right)) if equivalent => {
                self.read_text(id, left.len().saturating_add(right.len()))?;
                Some(equivalent_text(left, right))
            }
            (I::String(left), I::String(right)) => Some(left == right),
            (I::Boolean(left), I::Boolean(right)) => Some(left == right),
            (I::Integer(left), I::Integer(right)) => Some(left == right),
            (I::Integer(left), I::Decimal(right)) => Some(decimals((*left).into(), *right, equivalent)),
            (I::Decimal(left), I::Integer(right)) => Some(decimals(*left, (*right).into(), equivalent)),
            (I::Decimal(left), I::Decimal(right)) => Some(decimals(*left, *right, equivalent)),
            (I::Type(left), I::Type(right)) => Some(left == right),
            (I::Quantity(_), _) | (_, I::Quantity(_)) => match (left.quantity(), right.quantity()) {
                (Some(left), Some(right)) => return self.compare_quantities(id, &left, &right, how),
                _ => Some(false),
            },
            _ => match (moment(left), moment(right)) {
                // Dates of different precision are not equivalent; whether they are equal is not known.
                (Some(left), Some(right)) if equivalent => Some(left.compare(right) == Some(Ordering::Equal)),
                (Some(left), Some(right)) => left.compare(right).map(Ordering::is_eq),
                _ => match (left, right) {
                    (I::Time(left), I::Time(right)) if equivalent => {
                        Some(left.compare(*right) == Some(Ordering::Equal))
                    }
                    (I::Time(left), I::Time(right)) => left.compare(*right).map(Ordering::is_eq),
                    _ => Some(false),
                },
            },
        })
    }

    fn compare_quantities(
        &self,
        id: OpId,
        left: &Quantity<'a>,
        right: &Quantity<'a>,
        how: Comparison,
    ) -> Step<Option<bool>> {
        if how == Comparison::Equivalent {
            let pair = self.common_unit(id, left, right, true)?;
            return ControlFlow::Continue(Some(
                pair.is_some_and(|(left, right)| decimals(left, right, true)),
            ));
        }
        match self.quantity_order(id, left, right)? {
            Some(order) => ControlFlow::Continue(Some(order.is_eq())),
            // Units that do not convert are different; years of the calendar and of UCUM may be either.
            None => {
                let calendar = matches!(left.unit, QuantityUnit::Calendar(..))
                    || matches!(right.unit, QuantityUnit::Calendar(..));
                ControlFlow::Continue(if calendar { None } else { Some(false) })
            }
        }
    }

    /// The order of two quantities; none if their units do not convert.
    pub(crate) fn quantity_order(
        &self,
        id: OpId,
        left: &Quantity<'a>,
        right: &Quantity<'a>,
    ) -> Step<Option<Ordering>> {
        if let (QuantityUnit::Ucum(one), QuantityUnit::Ucum(other)) = (&left.unit, &right.unit)
            && one != other
            && (calendar_unit(&left.unit, false).is_none() || calendar_unit(&right.unit, false).is_none())
        {
            let answer = self
                .host()
                .compare_quantities((left.value, one), (right.value, other));
            return self.ask(id, answer);
        }
        let pair = self.common_unit(id, left, right, false)?;
        ControlFlow::Continue(pair.map(|(left, right)| left.cmp(&right)))
    }

    /// Both numbers in one unit; none if the units do not convert.
    pub(crate) fn common_unit(
        &self,
        id: OpId,
        left: &Quantity<'a>,
        right: &Quantity<'a>,
        loose: bool,
    ) -> Step<Option<(Decimal, Decimal)>> {
        if left.unit.as_str() == right.unit.as_str() {
            return ControlFlow::Continue(Some((left.value, right.value)));
        }
        let (one, other) = (
            calendar_unit(&left.unit, loose),
            calendar_unit(&right.unit, loose),
        );
        if let (Some(one), Some(other)) = (one, other) {
            let scale = |value: Decimal, unit: CalendarUnit| value.multiply(in_smallest(unit).into());
            let same_kind = (one >= CalendarUnit::Month) == (other >= CalendarUnit::Month);
            let scaled = if same_kind {
                scale(left.value, one).zip(scale(right.value, other))
            } else {
                None
            };
            return ControlFlow::Continue(scaled);
        }
        match (&left.unit, &right.unit) {
            (QuantityUnit::Ucum(from), QuantityUnit::Ucum(to)) => {
                let answer = self.host().convert(left.value, from, to);
                let Some(converted) = self.ask(id, answer)? else {
                    return ControlFlow::Continue(None);
                };
                // Equivalent quantities are compared in the coarser unit: a number grows in a finer one.
                if loose && converted.abs() > left.value.abs() {
                    let answer = self.host().convert(right.value, to, from);
                    if let Some(coarser) = self.ask(id, answer)? {
                        return ControlFlow::Continue(Some((left.value, coarser)));
                    }
                }
                ControlFlow::Continue(Some((converted, right.value)))
            }
            _ => ControlFlow::Continue(None),
        }
    }

    /// `<`, `<=`, `>` and `>=`.
    ///
    /// Spec: FHIRPath 2.0.0, 6.2 Comparison.
    pub(super) fn ordering(
        &self,
        id: OpId,
        operator: BinaryOperator,
        left: OpId,
        right: OpId,
        scope: &Scope<'_, 'a, N>,
    ) -> Step<Option<bool>> {
        let left = match self.program.op(left) {
            Some(Op::Shift {
                operator,
                left: moment,
                right,
                count,
                unit,
            }) if !self.is_watched() => {
                self.step(left)?;
                self.shifted(left, *operator, (*moment, *right), (*count, *unit), scope)?
            }
            _ => self.single(id, left, scope)?,
        };
        if let Some(left) = &left
            && let Some(order) = self.order_of_literal(left, right)
        {
            self.step(right)?;
            return ControlFlow::Continue(answer(operator, order));
        }
        let right = self.single(id, right, scope)?;
        let (Some(left), Some(right)) = (left, right) else {
            return ControlFlow::Continue(None);
        };
        let order = self.order(id, &left, &right)?;
        ControlFlow::Continue(answer(operator, order))
    }

    /// The answer of an [`Op::OrderOfMoved`]: a date of the tree is moved and compared without an item around it. None if the
    /// path leads to something else, or someone watches.
    #[inline(never)]
    pub(super) fn order_of_moved(&self, op: &Op, scope: &Scope<'_, 'a, N>) -> Option<Step<Option<bool>>> {
        let Op::OrderOfMoved {
            operator,
            moved,
            date,
            ..
        } = *op
        else {
            return None;
        };
        let Op::Shift {
            left, count, unit, ..
        } = *self.program.op(moved)?
        else {
            return None;
        };
        let place = match self.only_place(moved, left, scope)? {
            ControlFlow::Continue(Some(place)) => place,
            ControlFlow::Continue(None) => return Some(ControlFlow::Continue(None)),
            ControlFlow::Break(stop) => return Some(ControlFlow::Break(stop)),
        };
        let moved = shift_date(place.date()?, count, unit);
        let order = moved.and_then(|moved| moved.compare(date));
        Some(ControlFlow::Continue(answer(operator, order)))
    }

    /// The order of a computed value and a literal of its type, the commonest there are.
    fn order_of_literal(&self, left: &Item<'a, N>, right: OpId) -> Option<Option<Ordering>> {
        let Some(Op::Literal(index)) = self.program.op(right).filter(|_| !self.is_watched()) else {
            return None;
        };
        match (left, self.program.literals.get(*index as usize)?) {
            (Item::Integer(left), Literal::Integer(right)) => Some(Some(left.cmp(right))),
            (Item::Date(left), Literal::Date(right)) => Some(left.compare(*right)),
            _ => None,
        }
    }

    /// The order of two items; none where it is not known; a fault between types that have none.
    pub(crate) fn order(&self, id: OpId, left: &Item<'a, N>, right: &Item<'a, N>) -> Step<Option<Ordering>> {
        use Item as I;
        self.step(id)?;
        let (left_value, right_value) = (left.value(), right.value());
        let order = match (left_value.as_deref(), right_value.as_deref()) {
            (Some(I::Integer(left)), Some(I::Integer(right))) => Some(left.cmp(right)),
            (Some(I::Integer(left)), Some(I::Decimal(right))) => Some(Decimal::from(*left).cmp(right)),
            (Some(I::Decimal(left)), Some(I::Integer(right))) => Some(left.cmp(&Decimal::from(*right))),
            (Some(I::Decimal(left)), Some(I::Decimal(right))) => Some(left.cmp(right)),
            (Some(I::String(left)), Some(I::String(right))) => Some(left.cmp(right)),
            (Some(I::Date(left)), Some(I::Date(right))) => left.compare(*right),
            (Some(I::Time(left)), Some(I::Time(right))) => left.compare(*right),
            (one, other) => {
                if let (Some(left), Some(right)) = (one.and_then(moment), other.and_then(moment)) {
                    left.compare(right)
                } else if let (Some(left), Some(right)) = (left.quantity(), right.quantity()) {
                    self.quantity_order(id, &left, &right)?
                } else {
                    return self.fail(
                        id,
                        "not-comparable",
                        "the two sides are of types that have no order",
                    );
                }
            }
        };
        ControlFlow::Continue(order)
    }
}

/// What a comparison says of an order.
fn answer(operator: BinaryOperator, order: Option<Ordering>) -> Option<bool> {
    order.map(|order| match operator {
        BinaryOperator::Less => order.is_lt(),
        BinaryOperator::LessOrEqual => order.is_le(),
        BinaryOperator::Greater => order.is_gt(),
        _ => order.is_ge(),
    })
}

/// True if each of `left` has a partner of its own in `right`, in any order.
fn all_paired<T>(
    left: &[T],
    right: &[T],
    mut are_same: impl FnMut(&T, &T) -> Step<Option<bool>>,
) -> Step<bool> {
    let mut taken = vec![false; right.len()];
    for one in left {
        let mut found = false;
        for (other, taken) in right.iter().zip(&mut taken) {
            if !*taken && are_same(one, other)? == Some(true) {
                (found, *taken) = (true, true);
                break;
            }
        }
        if !found {
            return ControlFlow::Continue(false);
        }
    }
    ControlFlow::Continue(true)
}

/// A date or a date and time.
fn moment<N>(item: &Item<'_, N>) -> Option<DateTime> {
    match item {
        Item::Date(date) => Some(DateTime::from(*date)),
        Item::DateTime(value) => Some(*value),
        _ => None,
    }
}

/// Equal numbers; equivalent ones are equal when rounded to the digits of the less precise.
fn decimals(left: Decimal, right: Decimal, equivalent: bool) -> bool {
    if !equivalent {
        return left == right;
    }
    let places = left.normalize().scale().min(right.normalize().scale());
    left.round(places) == right.round(places)
}

/// Texts that differ in case and in runs of space only are equivalent.
fn equivalent_text(left: &str, right: &str) -> bool {
    let folded = |text: &str| -> String {
        let words: Vec<&str> = text.split_whitespace().collect();
        words.join(" ").to_lowercase()
    };
    left == right || folded(left) == folded(right)
}

/// The duration a unit is: a word of the calendar, or a definite duration of UCUM. `loose` takes the years and months
/// of UCUM for those of the calendar too.
pub(super) fn calendar_unit(unit: &QuantityUnit<'_>, loose: bool) -> Option<CalendarUnit> {
    match unit {
        QuantityUnit::Calendar(unit, _) => Some(*unit),
        QuantityUnit::Other(_) => None,
        QuantityUnit::Ucum(code) => match &**code {
            "ms" => Some(CalendarUnit::Millisecond),
            "s" => Some(CalendarUnit::Second),
            "min" => Some(CalendarUnit::Minute),
            "h" => Some(CalendarUnit::Hour),
            "d" => Some(CalendarUnit::Day),
            "wk" => Some(CalendarUnit::Week),
            "mo" if loose => Some(CalendarUnit::Month),
            "a" if loose => Some(CalendarUnit::Year),
            _ => None,
        },
    }
}

/// How many milliseconds a unit has, or how many months.
fn in_smallest(unit: CalendarUnit) -> i64 {
    match unit {
        CalendarUnit::Millisecond | CalendarUnit::Month => 1,
        CalendarUnit::Second => 1_000,
        CalendarUnit::Minute => 60_000,
        CalendarUnit::Hour => 3_600_000,
        CalendarUnit::Day => 86_400_000,
        CalendarUnit::Week => 604_800_000,
        CalendarUnit::Year => 12,
    }
}
