//! Segments by their id and groups by their name, and those of them between two places, without a look at the others.

use std::cell::OnceCell;
use std::ops::Range;

use carewire_hl7v2::{Message, Segment, tree};

use super::Run;
use super::presence::Rows;
use super::step::Flow;
use super::value::Value;
use crate::program::{Expr, IdBit, Operator, Step};

/// Where things stand in a message, once they were asked for.
#[derive(Default)]
pub(super) struct Index<'m> {
    by_id: OnceCell<Located<'m>>,
    members: OnceCell<Members<'m>>,
    rows: OnceCell<Rows<'m>>,
}

impl<'m> Index<'m> {
    /// What is known of the segments of the message.
    #[inline]
    pub(super) fn rows(&self, message: &Message<'_>) -> &Rows<'m> {
        self.rows.get_or_init(|| Rows::none_of(message.segments().len()))
    }
}

/// The segments of a message in the order of the keys of their ids, those of one id in the order of the message.
struct Located<'m> {
    /// The bits of the ids that there are.
    bits: u64,
    ids: Vec<u64>,
    segments: Vec<Segment<'m>>,
}

/// What stands in the groups of a message.
struct Members<'m> {
    /// The name with its key, and what has it, of one group after the other, there in the order of the names and then in that of the message.
    named: Vec<(Name<'m>, tree::Node<'m>)>,
    /// Those of a group, by its number; nothing is in what is no group.
    own: Vec<Range<usize>>,
}

/// A name behind its key.
type Name<'m> = (u64, &'m str);

fn keyed(name: &str) -> Name<'_> {
    (key(name), name)
}

/// A number for the first bytes of a name. Names of up to seven bytes that differ have different numbers.
#[inline]
fn key(name: &str) -> u64 {
    match name.as_bytes().first_chunk::<8>() {
        Some(first) => u64::from_be_bytes(*first),
        None => name.bytes().fold(0, |key, byte| key << 8 | u64::from(byte)),
    }
}

impl<'m> Members<'m> {
    #[cold]
    fn of(group: tree::Node<'m>) -> Self {
        let root = std::iter::successors(Some(group), tree::Node::parent).last();
        let mut open: Vec<_> = root.into_iter().collect();
        // Most messages have about as many groups as segments.
        let room = 2 * group.message().segments().len();
        let mut members = Self {
            named: Vec::with_capacity(room),
            own: Vec::with_capacity(room),
        };
        while let Some(group) = open.pop() {
            let from = members.named.len();
            for child in group.children() {
                members.named.push((keyed(child.name()), child));
                open.extend(child.is_group().then_some(child));
            }
            members.keep(group.index(), from);
        }
        members
    }

    /// Puts the members from a place on in order, as those of a group.
    fn keep(&mut self, group: usize, from: usize) {
        let own = self.named.get_mut(from..).unwrap_or_default();
        own.sort_by_key(|(name, _)| *name);
        if group >= self.own.len() {
            self.own.resize(group + 1, 0..0);
        }
        if let Some(range) = self.own.get_mut(group) {
            *range = from..self.named.len();
        }
    }

    #[inline]
    fn find(&self, group: tree::Node<'m>, name: &str) -> &[(Name<'m>, tree::Node<'m>)] {
        let own = self.own.get(group.index()).cloned().unwrap_or_default();
        let own = self.named.get(own).unwrap_or_default();
        let name = keyed(name);
        let from = own.partition_point(|((key, _), _)| *key < name.0);
        let alike = own.get(from..).unwrap_or_default();
        if alike.get(1).is_none_or(|((key, _), _)| *key != name.0) {
            // At most one has the key, as most that are asked for.
            let one = alike.get(..1).unwrap_or_default();
            return if one.iter().all(|(it, _)| *it == name) {
                one
            } else {
                &[]
            };
        }
        let before = alike.partition_point(|(it, _)| *it < name);
        let until = alike.partition_point(|(it, _)| *it <= name);
        alike.get(before..until).unwrap_or_default()
    }
}

/// Places of segments, from the first one on and before the second.
#[derive(Clone, Copy)]
pub(super) struct Between(i64, i64);

impl Between {
    pub(super) const ALL: Self = Self(i64::MIN, i64::MAX);
    const NONE: Self = Self(0, 0);

    fn is_all(self) -> bool {
        self.0 == i64::MIN && self.1 == i64::MAX
    }

    /// What both hold.
    fn within(self, other: Self) -> Self {
        Self(self.0.max(other.0), self.1.min(other.1))
    }

    /// What one of them holds or stands between them.
    fn and_between(self, other: Self) -> Self {
        Self(self.0.min(other.0), self.1.max(other.1))
    }

    /// What is left where also `position` stands so to a number.
    fn and(self, operator: Operator, number: i64) -> Option<Self> {
        let after = number.saturating_add(1);
        let (from, until) = match operator {
            Operator::Less => (i64::MIN, number),
            Operator::LessOrEqual => (i64::MIN, after),
            Operator::Greater => (after, i64::MAX),
            Operator::GreaterOrEqual => (number, i64::MAX),
            Operator::Equal => (number, after),
            _ => return None,
        };
        Some(self.within(Self(from, until)))
    }
}

impl<'m> Located<'m> {
    #[cold]
    fn of(message: &'m Message<'m>) -> Self {
        let mut bits = 0;
        let mut named = Vec::with_capacity(message.segments().len());
        for segment in message.segments() {
            let id = segment.id();
            bits |= IdBit::of(id).0;
            named.push((key(id), segment));
        }
        named.sort_by_key(|(id, _)| *id);
        let (ids, segments) = named.into_iter().unzip();
        Self { bits, ids, segments }
    }

    fn find(&self, id: &str, between: Between) -> &[Segment<'m>] {
        // An id has three letters: its key stands for it.
        let id = key(id);
        let from = self.ids.partition_point(|it| *it < id);
        let until = self.ids.partition_point(|it| *it <= id);
        let named = self.segments.get(from..until).unwrap_or_default();
        if between.is_all() {
            return named;
        }
        let place = |it: &Segment<'m>| i64::try_from(it.position()).unwrap_or(i64::MAX);
        let from = named.partition_point(|it| place(it) < between.0);
        let until = named.partition_point(|it| place(it) < between.1);
        named.get(from..until).unwrap_or_default()
    }
}

/// The group that is a whole message.
fn whole<'m>(root: &Value<'m>) -> Option<tree::Node<'m>> {
    match root {
        Value::Group(group) if group.parent().is_none() => Some(*group),
        _ => None,
    }
}

impl<'m> Run<'m, '_> {
    /// The segments or groups of a name in a group, in the order of the message.
    #[inline]
    pub(super) fn members(
        &self,
        group: tree::Node<'m>,
        name: &str,
    ) -> impl ExactSizeIterator<Item = Value<'m>> {
        let index = self.index_of(group.message());
        let members = index.members.get_or_init(|| Members::of(group)).find(group, name);
        members.iter().map(|(_, member)| match member.segment() {
            Some(segment) => Value::Segment(segment),
            None => Value::Group(*member),
        })
    }

    /// Whether a value is a whole message that has no segment of a bit.
    pub(super) fn has_no(&self, value: &Value<'m>, bit: IdBit) -> bool {
        let Some(root) = whole(value) else { return false };
        let message = root.message();
        let index = self.index_of(message);
        index.by_id.get_or_init(|| Located::of(message)).bits & bit.0 == 0
    }

    /// The segments of an id in the whole message of a group, in its order, between two places.
    pub(super) fn located(&self, group: tree::Node<'m>, id: &str, between: Between) -> &[Segment<'m>] {
        let message = group.message();
        let index = self.index_of(message);
        index.by_id.get_or_init(|| Located::of(message)).find(id, between)
    }

    /// `all.OBX` of the whole message, as an expression: the id, and the segments that can meet a condition.
    pub(super) fn whole_message(
        &self,
        input: &'m Expr,
        focus: &Value<'m>,
        criterion: &'m Expr,
    ) -> Option<&[Segment<'m>]> {
        let Expr::Child(all, Step::Descend(id)) = input else {
            return None;
        };
        let Expr::Child(root, Step::All) = &**all else {
            return None;
        };
        let root = match &**root {
            Expr::Variable(slot) => self.var(*slot),
            Expr::Special(special) => self.special(*special),
            Expr::Focus => *focus,
            _ => return None,
        };
        let root = whole(&root)?;
        Some(self.located(root, id, self.between(criterion)))
    }

    /// The last of `all.OBX.where(..)` of the whole message, or its position, looked for from the end. None for any other expression.
    pub(super) fn last_located(&self, expr: &'m Expr, focus: &Value<'m>) -> Option<Option<Value<'m>>> {
        let (filtered, is_position) = match expr {
            Expr::Child(input, Step::Position) => (&**input, true),
            other => (other, false),
        };
        let Expr::Where(input, criterion) = filtered else {
            return None;
        };
        let segments = self.whole_message(input, focus, criterion)?;
        let mut last = None;
        let _ = self.visit_located(segments.iter().rev().copied(), &mut |value| {
            if self.truth(criterion, &value) != Some(true) {
                return Flow::Continue(());
            }
            last = Some(value);
            Flow::Break(())
        });
        Some(match last {
            Some(Value::Segment(segment)) if is_position => Some(Value::integer(segment.position())),
            last => last,
        })
    }

    /// `all.OBX` of the whole message, as the path of a source: the segments that can meet its condition.
    pub(super) fn whole_message_walk(
        &self,
        start: &Value<'m>,
        steps: &[Step],
        criterion: Option<&'m Expr>,
    ) -> Option<&[Segment<'m>]> {
        let [Step::All, Step::Descend(id)] = steps else {
            return None;
        };
        let between = criterion.map_or(Between::ALL, |criterion| self.between(criterion));
        Some(self.located(whole(start)?, id, between))
    }

    /// Where the segments are that can meet a condition, as far as it begins with comparisons of `position` to what is known
    /// before.
    fn between(&self, criterion: &'m Expr) -> Between {
        let mut between = Between::ALL;
        self.narrow(criterion, &mut between);
        between
    }

    /// Narrows to what a condition can be met by; false if what follows it must not narrow further, since it could be evaluated before.
    fn narrow(&self, criterion: &'m Expr, between: &mut Between) -> bool {
        match criterion {
            Expr::Binary(Operator::And, left, right) => {
                self.narrow(left, between) && self.narrow(right, between)
            }
            // `%until.empty() or position < %until`
            Expr::Binary(Operator::Or, left, right) => {
                if let Some(is_empty) = self.variable_is_empty(left) {
                    return is_empty || self.narrow(right, between);
                }
                // What either allows, and what stands between.
                let (mut first, mut second) = (Between::ALL, Between::ALL);
                let is_narrow = self.narrow(left, &mut first) & self.narrow(right, &mut second);
                *between = between.within(first.and_between(second));
                is_narrow
            }
            comparison => self.narrow_by(comparison, between),
        }
    }

    /// Of `%variable.empty()` whether it is so.
    fn variable_is_empty(&self, condition: &Expr) -> Option<bool> {
        let Expr::Empty(variable) = condition else {
            return None;
        };
        match &**variable {
            Expr::Variable(slot) => Some(self.var(*slot).is_empty()),
            _ => None,
        }
    }

    fn narrow_by(&self, comparison: &'m Expr, between: &mut Between) -> bool {
        let Expr::Binary(operator, left, right) = comparison else {
            return false;
        };
        let is_position =
            matches!(&**left, Expr::Child(focus, Step::Position) if matches!(&**focus, Expr::Focus));
        if !is_position {
            return false;
        }
        let number = match &**right {
            Expr::Variable(slot) => match self.var(*slot) {
                Value::Integer(number) => Some(number),
                Value::Empty => None,
                _ => return false,
            },
            Expr::Child(of, Step::Position) => match &**of {
                Expr::Variable(slot) => match self.var(*slot) {
                    Value::Segment(segment) => i64::try_from(segment.position()).ok(),
                    Value::Empty => None,
                    _ => return false,
                },
                _ => return false,
            },
            _ => return false,
        };
        let narrowed = match number {
            Some(number) => between.and(*operator, number),
            // What is compared to nothing is not met.
            None => Between::ALL.and(*operator, 0).map(|_| Between::NONE),
        };
        match narrowed {
            Some(narrowed) => *between = narrowed,
            None => return false,
        }
        true
    }

    /// Visits segments that a condition may be met by.
    pub(super) fn visit_located(
        &self,
        segments: impl Iterator<Item = Segment<'m>>,
        visit: &mut dyn FnMut(Value<'m>) -> Flow,
    ) -> Flow {
        for segment in segments {
            self.look()?;
            visit(Value::Segment(segment))?;
        }
        Flow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_the_children_of_a_name() {
        let text = b"MSH|^~\\&|||||||OML^O21^OML_O21|1|T|2.5.1\rPID|1\rZAB\rNTE|1\rNTE|2\rPV1|1\rORC|NW\rOBR|1\rNTE|1\rOBX|1\rOBX|2\rSPM|1\r\
            ORC|NW\rOBR|2\rSPM|1\rSPM|2\rZAB\rlost\r";
        let message = Message::parse(text).unwrap();
        let tree = message.tree();
        let members = Members::of(tree.root());
        let (mut open, mut groups) = (vec![tree.root()], Vec::new());
        while let Some(group) = open.pop() {
            groups.push(group);
            open.extend(group.children().filter(tree::Node::is_group));
        }
        assert!(groups.len() > 5);
        let mut names: Vec<&str> = groups
            .iter()
            .flat_map(|group| group.children())
            .map(|it| it.name())
            .collect();
        names.extend([
            "OBSERVATION_",
            "OBSERVAT",
            "OBSERVATIO",
            "AAA",
            "ZZZ",
            "SPECIMEN_GROUP",
        ]);
        for group in groups {
            for name in &names {
                let children = group.children().filter(|it| it.name() == *name);
                let expected: Vec<usize> = children.map(|it| it.index()).collect();
                let found: Vec<usize> = members
                    .find(group, name)
                    .iter()
                    .map(|(_, it)| it.index())
                    .collect();
                assert_eq!(found, expected, "{name} in {}", group.name());
            }
        }
    }

    #[test]
    fn names_with_the_same_key_are_told_apart() {
        assert_eq!(key("OBSERVATION"), key("OBSERVATION_REQUEST"));
        assert_ne!(keyed("OBSERVATION"), keyed("OBSERVATION_REQUEST"));
        assert_ne!(key("PID"), key("PI"));
    }
}
