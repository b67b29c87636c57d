//! Where the issues of one walk go: nowhere but into a verdict, or into a report.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::position::{Lines, Unit};
use crate::{Issue, Limits, Report, Rule};

/// Whether a walk goes on. It breaks when nothing that follows can change what was asked.
pub(crate) type Flow = ControlFlow<()>;

/// How much is asked of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cost {
    /// Whether there is an error.
    Verdict,
    /// The first error.
    First,
    /// Every issue.
    All,
}

/// What a walk has found.
pub(crate) struct Sink {
    cost: Cost,
    limit: usize,
    invalid: bool,
    /// The issues with the byte offsets of their places.
    issues: Vec<(usize, Issue)>,
    report: Report,
}

impl Sink {
    pub(crate) fn new(cost: Cost, limits: Limits) -> Self {
        Self {
            cost,
            limit: limits.most_issues(),
            invalid: false,
            issues: Vec::new(),
            report: Report::default(),
        }
    }

    /// Takes an issue of `rule`; the place and the message are only made if the issue is kept.
    pub(crate) fn take(
        &mut self,
        rule: &'static Rule,
        place: impl FnOnce() -> (String, usize),
        more: impl FnOnce() -> Cow<'static, str>,
    ) -> Flow {
        let error = rule.severity.is_error();
        self.invalid |= error;
        match self.cost {
            Cost::Verdict | Cost::First if !error => return Flow::Continue(()),
            Cost::Verdict => return Flow::Break(()),
            Cost::First | Cost::All => {}
        }
        if self.issues.len() == self.limit {
            self.report.truncated = true;
            return Flow::Break(());
        }
        let (expression, offset) = place();
        let more = more();
        let message = if more.is_empty() {
            Cow::Borrowed(rule.message)
        } else {
            Cow::Owned(format!("{}: {more}", rule.message))
        };
        let issue = Issue {
            severity: rule.severity,
            code: rule.code,
            rule: rule.id,
            expression,
            position: None,
            message,
            hl7: false,
        };
        self.issues.push((offset, issue));
        if self.cost == Cost::First {
            Flow::Break(())
        } else {
            Flow::Continue(())
        }
    }

    /// Counts a check that could not be made.
    pub(crate) fn leave_open(&mut self, subject: &'static str, reason: &'static str) {
        if self.cost == Cost::All {
            self.report.leave_open(subject, reason);
        }
    }

    pub(crate) const fn is_invalid(&self) -> bool {
        self.invalid
    }

    /// The report: its issues in the order of `source`, each with its line and column, and none twice.
    pub(crate) fn report(mut self, source: &str) -> Report {
        self.issues.sort_by_key(|(offset, _)| *offset);
        let mut lines = Lines::new(source.as_bytes(), Unit::Characters);
        for (offset, mut issue) in self.issues {
            issue.position = Some(lines.at(offset));
            let place = issue.position;
            let mut before = self
                .report
                .issues
                .iter()
                .rev()
                .take_while(|other| other.position == place);
            if !before.any(|other| other.rule == issue.rule) {
                self.report.issues.push(issue);
            }
        }
        self.report
    }
}
