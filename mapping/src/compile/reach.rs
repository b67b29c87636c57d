//! Rules that can never fire.

use super::Compiler;
use super::rule::Found;
use crate::finding::Code;
use crate::program::Step;
use crate::syntax::{Rule, Source, Statement};

impl Compiler<'_> {
    /// Reports the rules of a block that can never fire.
    pub(super) fn unreachable(&mut self, unit: usize, statements: &[Statement]) {
        // The rules before, up to the one that begins the chain of `else`.
        let mut chain: Vec<&Rule> = Vec::new();
        for statement in statements {
            let Statement::Rule(rule) = statement else {
                continue;
            };
            if !rule.is_else {
                chain.clear();
            }
            let why = if rule.sources.iter().any(is_never) {
                Some("a source of the rule never matches")
            } else if chain.iter().any(|before| fires_before(before, rule)) {
                Some("a rule before it fires wherever this one could")
            } else {
                None
            };
            if let Some(why) = why {
                self.report(unit, Code::UnreachableRule, rule.span, why, None);
            }
            chain.push(rule);
        }
    }

    /// Reports a cardinality that no source can have.
    pub(super) fn never_holds(&mut self, unit: usize, source: &Source, found: &Found) {
        let Some(cardinality) = source.cardinality else {
            return;
        };
        // At most so many, where every step says how many.
        let most = found.steps.iter().try_fold(1_u32, |most, step| match step {
            Step::Element(element) => Some(most.saturating_mul(element.max()?)),
            Step::Component(_) | Step::Subcomponent(_) | Step::Itself | Step::Position | Step::Whole => {
                Some(most)
            }
            _ => None,
        });
        if most.is_some_and(|most| cardinality.min > most) {
            let message = match most {
                Some(1) => "the element occurs once at most".to_owned(),
                most => format!("the element occurs {} times at most", most.unwrap_or(0)),
            };
            self.report(unit, Code::WrongCardinality, cardinality.span, message, None);
        }
    }
}

/// Whether a source says by itself that it matches nothing.
fn is_never(source: &Source) -> bool {
    let is_false = source
        .condition
        .as_ref()
        .is_some_and(|condition| condition.text.trim() == "false");
    is_false
        || source
            .cardinality
            .is_some_and(|cardinality| cardinality.max == Some(0))
}

/// Whether one rule fires wherever another could: it reads the same, or what holds it, without any condition.
fn fires_before(before: &Rule, rule: &Rule) -> bool {
    let ([first], [second]) = (&*before.sources, &*rule.sources) else {
        return false;
    };
    let is_plain = first.condition.is_none()
        && first.key.is_none()
        && first.check.is_none()
        && first.type_name.is_none()
        && first.list_mode.is_none()
        && first.cardinality.is_none();
    is_plain
        && first.path.context == second.path.context
        && second.path.elements.starts_with(&first.path.elements)
        && second.default.is_none()
}
