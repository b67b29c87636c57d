//! Rules: the product of their sources, and for each of it the targets and what follows `then`.

use std::collections::HashMap;

use super::Run;
use super::direct::Settled;
use super::expr::give;
use super::hash::Seeded;
use super::step::Flow;
use super::value::Value;
use crate::error::{MapError, MapErrorKind};
use crate::finding::Code;
use crate::program::{
    Block, Call, Expr, Group, GroupId, MapRule, Rule, RuleKind, Slot, Source, Start, Step, Target, TypeFilter,
};
use crate::syntax::SourceListMode;

impl<'m> Run<'m, '_> {
    /// Calls a group with its arguments.
    pub(super) fn call_group(&mut self, group: GroupId, arguments: &[Value<'m>]) -> Result<(), MapError> {
        let program = self.program;
        let Some(of) = program.groups.get(group.0 as usize) else {
            return Ok(());
        };
        let base = self.variables.len();
        self.variables.extend_from_slice(arguments);
        self.enter(base, of)
    }

    fn call(&mut self, call: &'m Call, focus: &Value<'m>) -> Result<(), MapError> {
        let program = self.program;
        let Some(of) = program.groups.get(call.group.0 as usize) else {
            return Ok(());
        };
        let base = self.variables.len();
        for argument in &call.arguments {
            let value = match argument {
                Expr::Variable(slot) => self.var(*slot),
                argument => self.one(argument, focus).unwrap_or(Value::Empty),
            };
            self.variables.push(value);
        }
        self.enter(base, of)
    }

    /// Runs a group whose arguments are the variables from `base` on.
    fn enter(&mut self, base: usize, of: &'m Group) -> Result<(), MapError> {
        let outer = std::mem::replace(&mut self.base, base);
        self.variables.resize(base + usize::from(of.frame), Value::Empty);
        let result = self.block(&of.block);
        self.variables.truncate(base);
        self.base = outer;
        result
    }

    /// Runs rules in order. A rule marked `else` runs only if none before it in its chain has fired.
    fn block(&mut self, block: &Block) -> Result<(), MapError> {
        if block.is_empty() {
            return Ok(());
        }
        if self.depth >= self.context.limits.depth {
            return Err(MapError::new(MapErrorKind::Depth));
        }
        self.depth += 1;
        let program = self.program;
        let mut fired = false;
        for rule in program.block(block) {
            self.steps += 1;
            fired = match &rule.kind {
                RuleKind::Map(map) if map.is_else && fired => true,
                // Most rules find nothing to do, and this is how they notice.
                RuleKind::Map(map) if map.needs.is_some_and(|need| self.misses(need)) => false,
                RuleKind::Map(map) => {
                    self.check_limits()?;
                    self.place.set((rule.place, None));
                    self.source(rule, map, 0)?
                }
                RuleKind::Ignore(paths) => {
                    for (slot, steps) in paths {
                        self.ignore(&self.var(*slot), steps);
                    }
                    fired
                }
            };
        }
        self.depth -= 1;
        Ok(())
    }

    /// Looked at by each rule that does something: what the others count is bounded by it.
    #[inline]
    fn check_limits(&self) -> Result<(), MapError> {
        if self.steps.max(self.looked.get()) > self.context.limits.steps {
            return Err(MapError::new(MapErrorKind::Steps));
        }
        if self.builder.node_count() + self.trees.len() > self.context.limits.elements {
            return Err(MapError::new(MapErrorKind::Output));
        }
        Ok(())
    }

    /// Fires the rule for each match of the source at `index` and of those behind it.
    fn source(&mut self, rule: &'m Rule, map: &'m MapRule, index: usize) -> Result<bool, MapError> {
        let Some(source) = map.sources.get(index) else {
            self.fire(rule, map)?;
            return Ok(true);
        };
        if source.is_plain {
            match self.settle(source) {
                Settled::Nothing => return Ok(false),
                Settled::One => {
                    if let Some(condition) = &source.condition
                        && let Some(focus) = self.at(source.slot)
                        && self.truth(condition, focus) != Some(true)
                    {
                        return Ok(false);
                    }
                    self.place.set((rule.place, Some(source.slot)));
                    if index + 1 < map.sources.len() {
                        return self.source(rule, map, index + 1);
                    }
                    self.fire(rule, map)?;
                    return Ok(true);
                }
                Settled::Unknown => {}
            }
        }
        self.each_match(rule, map, index, source)
    }

    /// As [`Run::source`], for a source that may have several matches.
    #[inline(never)]
    fn each_match(
        &mut self,
        rule: &'m Rule,
        map: &'m MapRule,
        index: usize,
        source: &'m Source,
    ) -> Result<bool, MapError> {
        let mut matches = self.pool.pop().unwrap_or_default();
        self.matches(source, &mut matches);
        let mut fired = false;
        for value in matches.drain(..) {
            // The product of several sources grows faster than what they are read from.
            if map.sources.len() > 1 {
                self.check_limits()?;
            }
            self.set(source.slot, value);
            fired |= self.matched(rule, map, index, source)?;
        }
        self.pool.push(matches);
        Ok(fired)
    }

    /// Goes on with one match of the source at `index`.
    fn matched(
        &mut self,
        rule: &'m Rule,
        map: &'m MapRule,
        index: usize,
        source: &'m Source,
    ) -> Result<bool, MapError> {
        self.place.set((rule.place, Some(source.slot)));
        if let Some(check) = &source.check
            && self.truth(check, &self.var(source.slot).lead()) != Some(true)
        {
            self.find(Code::CheckFailed, self.var(source.slot).path());
            return Ok(false);
        }
        if let Some(log) = &source.log {
            for value in self.all(log, &self.var(source.slot).lead()) {
                if let Some(text) = self.text_of(&value) {
                    self.log(text);
                }
            }
        }
        self.source(rule, map, index + 1)
    }

    /// The matches of a source: its elements, those of the type, those of the condition, and of them what the list mode takes.
    fn matches(&mut self, source: &'m Source, matches: &mut Vec<Value<'m>>) {
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
        if let Some(condition) = &source.condition {
            let mut kept = 0;
            for at in 0..matches.len() {
                let Some(value) = matches.get(at).copied() else {
                    break;
                };
                self.set(source.slot, value);
                if self.truth(condition, &value) == Some(true) {
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

    /// Runs the targets of a rule, the groups it calls and its inner rules.
    fn fire(&mut self, rule: &'m Rule, map: &'m MapRule) -> Result<(), MapError> {
        let slot = map.sources.first().map(|source| source.slot);
        let focus = match slot {
            Some(slot) if map.uses_focus => self.var(slot).lead(),
            _ => Value::Empty,
        };
        for target in &map.targets {
            self.place.set((rule.place, slot));
            if self.trace.is_some() {
                self.trace_target(rule.place, map);
            }
            let go_on = match target {
                Target::Element(element) => self.element(element, &focus)?,
                other => self.target(other, &focus)?,
            };
            if self.trace.is_some() {
                self.trace_done();
            }
            if !go_on {
                return Ok(());
            }
        }
        for call in &map.calls {
            self.place.set((rule.place, slot));
            self.call(call, &focus)?;
        }
        self.block(&map.block)
    }

    pub(super) fn call_target(&mut self, call: &'m Call, focus: &Value<'m>) -> Result<(), MapError> {
        self.call(call, focus)
    }

    /// Everything below a place counts as left out on purpose.
    fn ignore(&self, value: &Value<'m>, steps: &[Step]) {
        let _ = self.walk_quietly(value, steps, &mut |found| {
            if let Some(range) = self.bits(&found) {
                self.mark_range(range);
            }
            Flow::Continue(())
        });
    }
}

/// Whether a key is that of a choice with this type behind its name.
fn ends_with_type(key: &str, name: &str) -> bool {
    let at = key.len().saturating_sub(name.len());
    at > 0
        && key.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(name))
        && key.as_bytes().get(at).is_some_and(u8::is_ascii_uppercase)
}
