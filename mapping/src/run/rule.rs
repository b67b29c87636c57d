//! Runs the operations of groups: for the product of a rule's sources its targets and what follows `then`.

use std::collections::HashMap;

use super::direct::Taken;
use super::expr::give;
use super::hash::Seeded;
use super::line::Given;
use super::step::Flow;
use super::value::Value;
use super::{Run, Stop};
use crate::finding::Code;
use crate::line::LineAt;
use crate::operation::{Any, Argument, Call, Is, Match, Operation, Take};
use crate::program::{self, At, Expr, GroupId, Part, Slot, Source, Start, Step, TypeFilter};
use crate::syntax::SourceListMode;

impl<'m> Run<'m, '_> {
    /// Calls a group with its arguments.
    pub(super) fn call_group(&mut self, group: GroupId, arguments: &[Value<'m>]) -> Result<(), Stop> {
        let program = self.program;
        let Some(of) = program.groups.get(group.0 as usize) else {
            return Ok(());
        };
        self.room(of.frame);
        let own = self.top..self.top + arguments.len();
        if let Some(places) = self.variables.get_mut(own) {
            places.copy_from_slice(arguments);
        }
        self.enter(of.frame, of.code.start, of.code.end)
    }

    #[inline]
    fn call(&mut self, call: &'m Call) -> Result<(), Stop> {
        self.room(call.frame);
        let first = call.arguments as usize;
        let all = &self.program.tables.arguments;
        let arguments = all.get(first..first + usize::from(call.count));
        for (argument, at) in arguments.into_iter().flatten().zip(self.top..) {
            match argument {
                Argument::Variable(slot) => self.copy(self.base + usize::from(*slot), at),
                Argument::Line(line) => {
                    let value = self.argument(*line, call.focus);
                    if let Some(place) = self.variables.get_mut(at) {
                        *place = value;
                    }
                }
            }
        }
        self.enter(call.frame, call.start, call.end)
    }

    fn argument(&self, line: LineAt, focus: Slot) -> Value<'m> {
        match self.given_by(line, focus) {
            Given::One(value) => value,
            Given::Nothing => Value::Empty,
            Given::Walk(expr) => {
                let focus = self.focus(Some(focus));
                self.one(expr, &focus).unwrap_or(Value::Empty)
            }
        }
    }

    /// Calls a group of a target.
    pub(super) fn call_target(&mut self, call: &'m program::Call, focus: &Value<'m>) -> Result<(), Stop> {
        let program = self.program;
        let Some(of) = program.groups.get(call.group.0 as usize) else {
            return Ok(());
        };
        self.room(of.frame);
        for (argument, at) in call.arguments.iter().zip(self.top..) {
            let value = match argument {
                Expr::Variable(slot) => self.var(*slot),
                argument => self.one(argument, focus).unwrap_or(Value::Empty),
            };
            if let Some(place) = self.variables.get_mut(at) {
                *place = value;
            }
        }
        self.enter(of.frame, of.code.start, of.code.end)
    }

    /// Makes sure that the variables of a group have places behind those in use. What others left there stays: a rule sets each of its own before
    /// it looks at it.
    #[inline]
    fn room(&mut self, frame: Slot) {
        let end = self.top + usize::from(frame);
        if self.variables.len() < end {
            std::hint::cold_path();
            self.variables.resize(end + end / 2, Value::Empty);
        }
    }

    /// Runs a group whose arguments are the variables behind those in use.
    fn enter(&mut self, frame: Slot, start: At, end: At) -> Result<(), Stop> {
        let (base, top, at) = (self.base, self.top, self.at.get());
        (self.base, self.top) = (top, top + usize::from(frame));
        self.deeper()?;
        self.execute(start, end)?;
        self.depth -= 1;
        (self.base, self.top) = (base, top);
        self.at.set(at);
        Ok(())
    }

    /// Looks at the limits where the work may multiply: at calls and for each of several matches. Between them there is no more of it than the text of
    /// a group says.
    fn deeper(&mut self) -> Result<(), Stop> {
        self.check_limits()?;
        if self.depth >= self.context.limits.depth {
            std::hint::cold_path();
            return Err(Stop::Depth);
        }
        self.depth += 1;
        Ok(())
    }

    /// Runs the operations from one on up to another, and gives where it stopped: there, or behind it.
    #[inline]
    fn execute(&mut self, at: At, end: At) -> Result<At, Stop> {
        match self.trace {
            None => self.execute_all(at, end),
            Some(_) => self.execute_traced(at, end),
        }
    }

    /// As [`Run::execute`], where what the targets make is remembered.
    #[cold]
    fn execute_traced(&mut self, mut at: At, end: At) -> Result<At, Stop> {
        let program = self.program;
        while at < end {
            let operation = program.operations.get(at as usize);
            let is_target = operation.is_some_and(Operation::is_target);
            if is_target {
                self.at.set(at);
                self.trace_target();
            }
            // Each goes on behind itself.
            at = self.execute_all(at, at + 1)?.max(at + 1);
            if is_target {
                self.trace_done();
            }
        }
        Ok(at)
    }

    /// As [`Run::execute`], where it is not.
    fn execute_all(&mut self, mut at: At, end: At) -> Result<At, Stop> {
        let program = self.program;
        while at < end {
            let Some(operation) = program.operations.get(at as usize) else {
                break;
            };
            self.at.set(at);
            at = match operation {
                Operation::Take(take) => match self.take(take) {
                    Taken::Nothing => take.otherwise,
                    Taken::One => at + 1,
                    Taken::Unknown => self.each_match(take.number, take.otherwise)?,
                },
                Operation::Any(any) => {
                    if self.has_any(any).unwrap_or_else(|| self.condition_before(at)) {
                        at + 1
                    } else {
                        any.otherwise
                    }
                }
                Operation::Is(is) => {
                    if self.meets(is).unwrap_or_else(|| self.condition_before(at)) {
                        at + 1
                    } else {
                        is.otherwise
                    }
                }
                Operation::If(asked) => {
                    if self.is_met(asked.line, asked.focus) {
                        at + 1
                    } else {
                        asked.otherwise
                    }
                }
                Operation::Open(make) => {
                    self.open(make)?;
                    at + 1
                }
                Operation::Constant(make, text) => {
                    self.write_plain(make, program.tables.text(*text))?;
                    at + 1
                }
                Operation::Variable(make, slot) => {
                    self.variable_element(make, *slot)?;
                    at + 1
                }
                Operation::Prefixed(make, text, slot) => {
                    self.prefixed(make, *text, *slot)?;
                    at + 1
                }
                Operation::Value(make) => {
                    self.value_element(make)?;
                    at + 1
                }
                Operation::Keyed(make, key, once) => self.keyed(at, make, *key, *once)?,
                Operation::Resource(make, type_id) => {
                    self.resource(make, *type_id)?;
                    at + 1
                }
                Operation::Bind(bind) => {
                    self.bind(bind)?;
                    at + 1
                }
                Operation::There(make) => {
                    self.there(make)?;
                    at + 1
                }
                Operation::Named(named) => {
                    self.named_element(named)?;
                    at + 1
                }
                Operation::Call(call) => {
                    self.call(call)?;
                    at + 1
                }
                Operation::Match { number, otherwise } => self.match_of(at, *number, *otherwise)?,
                Operation::GoTo(behind) => *behind,
                Operation::Element(number) => self.other_element(at, *number)?,
                Operation::Other(number) => {
                    if let Some(other) = program.tables.others.get(*number as usize) {
                        self.other_target(other)?;
                    }
                    at + 1
                }
                Operation::Ignore(number) => {
                    self.ignore(*number);
                    at + 1
                }
            };
        }
        Ok(at)
    }

    /// What a variable holds that expressions look at by themselves.
    #[inline]
    pub(super) fn focus(&self, slot: Option<Slot>) -> Value<'m> {
        slot.map_or(Value::Empty, |slot| self.var(slot).lead())
    }

    #[inline]
    fn check_limits(&self) -> Result<(), Stop> {
        if self.steps.max(self.looked.get()) > self.context.limits.steps {
            std::hint::cold_path();
            return Err(Stop::Steps);
        }
        if self.builder.node_count() + self.trees.len() > self.context.limits.elements {
            std::hint::cold_path();
            return Err(Stop::Output);
        }
        Ok(())
    }

    /// Takes what a variable holds, or a part of it, if that is there.
    #[inline]
    fn take(&mut self, take: &Take) -> Taken {
        self.steps += 1;
        self.settle_part(take)
    }

    /// Whether one of several parts is there, or none of them; none if one look does not tell.
    #[inline]
    fn has_any(&self, any: &Any) -> Option<bool> {
        let presence = self.presence(self.at(any.of)?, any.level)?;
        Some(presence.any(u64::from(any.bits))? == any.is)
    }

    /// Whether a text is a constant, or another; none if one look does not tell.
    #[inline]
    fn meets(&self, is: &Is) -> Option<bool> {
        let text = match (self.at(is.of)?, is.part) {
            (Value::Several(_), _) => return None,
            (Value::Empty, _) => return Some(false),
            (value, None) => self.text_of(value),
            (Value::Repetition(repeated), Some(Part::Component(number))) => {
                match self.part_of(repeated, number) {
                    Some(piece) => self.piece_text(piece),
                    None => return Some(false),
                }
            }
            (Value::Component(piece), Some(Part::Subcomponent(number))) => match self.below(piece, number) {
                Some(below) => self.piece_text(&below),
                None => return Some(false),
            },
            _ => return None,
        };
        Some((text == Some(self.program.tables.text(is.text))) == is.is)
    }

    /// Whether the condition of the source before an operation is met.
    #[cold]
    fn condition_before(&self, at: At) -> bool {
        let source = match self.program.operations.get((at as usize).wrapping_sub(1)) {
            Some(Operation::Take(take)) => self.program.tables.matches.get(take.number as usize),
            _ => None,
        };
        source.is_some_and(|of| of.condition.is_some_and(|line| self.is_met(line, of.source.slot)))
    }

    /// Whether a match that stands in its variable meets the condition of its source.
    fn meets_condition(&self, of: &'m Match, value: &Value<'m>) -> bool {
        match (of.condition, &of.source.condition) {
            (Some(line), _) => self.is_met(line, of.source.slot),
            (None, Some(condition)) => self.truth(condition, value) == Some(true),
            (None, None) => true,
        }
    }

    /// Where the rules go on for a source that is no part of a variable.
    fn match_of(&mut self, at: At, number: u32, otherwise: At) -> Result<At, Stop> {
        self.steps += 1;
        let program = self.program;
        let Some(of) = program.tables.matches.get(number as usize) else {
            return Ok(otherwise);
        };
        if of.needs.is_some_and(|need| self.misses(need)) {
            return Ok(otherwise);
        }
        let source = &of.source;
        if source.is_plain {
            match self.settle(source) {
                Taken::Nothing => return Ok(otherwise),
                Taken::One => {
                    let is_met = self
                        .at(source.slot)
                        .is_none_or(|value| self.meets_condition(of, value));
                    return Ok(if is_met { at + 1 } else { otherwise });
                }
                Taken::Unknown => {}
            }
        }
        self.each_match(number, otherwise)
    }

    /// Runs what stands behind a source for each of its matches.
    #[inline(never)]
    fn each_match(&mut self, number: u32, otherwise: At) -> Result<At, Stop> {
        let program = self.program;
        let Some(of) = program.tables.matches.get(number as usize) else {
            return Ok(otherwise);
        };
        let Match {
            behind, next, source, ..
        } = of;
        let mut matches = self.pool.pop().unwrap_or_default();
        self.matches(of, &mut matches);
        self.deeper()?;
        let mut fired = false;
        for value in matches.drain(..) {
            // The product of several sources grows faster than what they are read from.
            self.check_limits()?;
            self.set(source.slot, value);
            self.at.set(*behind);
            if self.passes(source) {
                // A source behind this one that has no match goes on behind the end.
                fired |= self.execute(*behind, next.end)? == next.end;
            }
        }
        self.depth -= 1;
        self.pool.push(matches);
        Ok(if fired { next.end } else { next.otherwise })
    }

    /// Whether a match passes the check of its source; notes what it is to log.
    fn passes(&self, source: &'m Source) -> bool {
        if let Some(check) = &source.check
            && self.truth(check, &self.var(source.slot).lead()) != Some(true)
        {
            self.find(Code::CheckFailed, self.var(source.slot).path());
            return false;
        }
        if let Some(log) = &source.log {
            for value in self.all(log, &self.var(source.slot).lead()) {
                if let Some(text) = self.text_of(&value) {
                    self.log(text);
                }
            }
        }
        true
    }

    /// The matches of a source: its elements, those of the type, those of the condition, and of them what the list mode takes.
    fn matches(&mut self, of: &'m Match, matches: &mut Vec<Value<'m>>) {
        let source = &of.source;
        match source.start {
            Start::Slot(_) | Start::Root => {
                let start = match source.start {
                    Start::Slot(slot) => self.var(slot),
                    _ => self.root,
                };
                let condition = source.condition.as_ref();
                if let Some(segments) = self.whole_message_walk(&start, &source.steps, condition) {
                    let _ = self.visit_located(segments.iter().copied(), &mut |value| {
                        matches.push(value);
                        Flow::Continue(())
                    });
                } else if !start.is_empty() {
                    let _ = self.walk(&start, &source.steps, &mut |value| {
                        matches.push(value);
                        Flow::Continue(())
                    });
                }
            }
            Start::Constant(constant) => {
                let _ = self.constant(constant, &mut |value| {
                    matches.push(value);
                    Flow::Continue(())
                });
            }
        }
        // Each is looked at by what follows, and of several sources once for each match before.
        self.steps += u64::try_from(matches.len()).unwrap_or(u64::MAX);
        if let Some(wanted) = &source.type_filter {
            matches.retain(|value| self.fit(value, wanted));
        }
        if of.condition.is_some() || source.condition.is_some() {
            let mut kept = 0;
            for at in 0..matches.len() {
                let Some(value) = matches.get(at).copied() else {
                    break;
                };
                self.set(source.slot, value);
                if self.meets_condition(of, &value) {
                    matches.swap(kept, at);
                    kept += 1;
                }
            }
            matches.truncate(kept);
        }
        if let Some(key) = &source.key {
            self.gather(source.slot, key, matches);
        }
        match source.mode {
            None => {}
            Some(SourceListMode::First) => matches.truncate(1),
            Some(SourceListMode::NotFirst) => drop(matches.drain(..matches.len().min(1))),
            Some(SourceListMode::Last) => drop(matches.drain(..matches.len().saturating_sub(1))),
            Some(SourceListMode::NotLast) => drop(matches.pop()),
            Some(SourceListMode::OnlyOne) if matches.len() > 1 => {
                self.find(Code::OnlyOne, matches.first().and_then(Value::path));
                matches.clear();
            }
            Some(SourceListMode::OnlyOne) => {}
        }
        if let Some((min, max)) = source.cardinality {
            let count = u32::try_from(matches.len()).unwrap_or(u32::MAX);
            if count < min || max.is_some_and(|max| count > max) {
                self.find(Code::Cardinality, matches.first().and_then(Value::path));
                matches.clear();
                return;
            }
        }
        if matches.is_empty()
            && let Some(default) = &source.default
        {
            let focus = match source.start {
                Start::Slot(slot) => self.var(slot),
                Start::Constant(_) | Start::Root => Value::Empty,
            };
            matches.extend(self.one(default, &focus));
        }
    }

    /// Makes one match of those whose keys are equal, where the first of them stands. A match without a key stays alone.
    fn gather(&mut self, slot: Slot, key: &'m Expr, matches: &mut Vec<Value<'m>>) {
        let mut known: HashMap<&'m str, usize, Seeded> = HashMap::default();
        let mut gathered: Vec<Vec<Value<'m>>> = Vec::new();
        for value in matches.drain(..) {
            self.set(slot, value);
            let key = self
                .one(key, &value)
                .and_then(|key| self.text_of(&key))
                .filter(|key| !key.is_empty());
            let at = key.map_or(gathered.len(), |key| *known.entry(key).or_insert(gathered.len()));
            match gathered.get_mut(at) {
                Some(equal) => equal.push(value),
                None => gathered.push(vec![value]),
            }
        }
        matches.extend(gathered.iter().map(|equal| match &**equal {
            [only] => *only,
            several => Value::Several(self.arena.alloc_slice_copy(several)),
        }));
    }

    /// Visits what a path gives.
    pub(super) fn walk(
        &self,
        value: &Value<'m>,
        steps: &[Step],
        visit: &mut dyn FnMut(Value<'m>) -> Flow,
    ) -> Flow {
        match steps {
            [] => give(*value, visit),
            [only] => self.each(value, only, visit),
            [first, rest @ ..] => self.each(value, first, &mut |below| self.walk(&below, rest, visit)),
        }
    }

    fn fit(&self, value: &Value<'m>, wanted: &TypeFilter) -> bool {
        let wanted = match wanted {
            TypeFilter::Fhir(wanted) => *wanted,
            TypeFilter::Named(name) => {
                return match value {
                    Value::Fhir(node) => match node.type_id() {
                        Some(own) => own.name() == &**name,
                        // Of what the schema does not know the key says the type: `valueCodeableReference`.
                        None => ends_with_type(node.key(), name),
                    },
                    Value::Loose(id) => self.trees.type_name(*id) == Some(&**name),
                    Value::Made(id) => self.builder.type_id(*id).name() == &**name,
                    _ => true,
                };
            }
        };
        match value {
            Value::Fhir(node) => node.type_id().is_some_and(|own| own.is_a(wanted)),
            Value::Made(id) => self.builder.type_id(*id).is_a(wanted),
            Value::Computed(kind, _) => kind.fits(wanted),
            Value::Integer(_) => crate::program::Kind::Integer.fits(wanted),
            _ => true,
        }
    }

    /// Everything below some places counts as left out on purpose.
    #[inline]
    fn ignore(&self, number: u32) {
        if self.counts_read {
            self.mark_ignored(number);
        }
    }

    #[cold]
    fn mark_ignored(&self, number: u32) {
        let paths = self.program.tables.ignored.get(number as usize);
        for (slot, steps) in paths.into_iter().flatten() {
            let _ = self.walk_quietly(&self.var(*slot), steps, &mut |found| {
                if let Some(range) = self.bits(&found) {
                    self.read.mark_range(range);
                }
                Flow::Continue(())
            });
        }
    }
}

/// Whether a key is that of a choice with this type behind its name.
fn ends_with_type(key: &str, name: &str) -> bool {
    let at = key.len().saturating_sub(name.len());
    at > 0
        && key.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(name))
        && key.as_bytes().get(at).is_some_and(u8::is_ascii_uppercase)
}
