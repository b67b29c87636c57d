//! Where the issues of one walk go: nowhere but into a verdict, or into a report.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::position::{Lines, Unit};
use crate::{Issue, Limits, Position, Report, Rule, Severity};

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

/// Where an issue is: a byte offset in the input, and the line and column where they are known already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) offset: usize,
    pub(crate) known: Option<(u32, u32)>,
}

impl Place {
    /// A place whose line and column are counted when the report is made.
    pub(crate) const fn at(offset: usize) -> Self {
        Self { offset, known: None }
    }
}

/// An issue that waits for its line and column.
struct Kept {
    place: Place,
    /// Whether its message is that of its rule and no more.
    is_bare: bool,
    issue: Issue,
}

/// What a walk has found.
pub(crate) struct Sink {
    cost: Cost,
    limit: usize,
    invalid: bool,
    /// How many errors are kept, and how many other issues.
    errors: usize,
    others: usize,
    issues: Vec<Kept>,
    report: Report,
}

impl Sink {
    pub(crate) fn new(cost: Cost, limits: Limits) -> Self {
        Self {
            cost,
            limit: limits.most_issues(),
            invalid: false,
            errors: 0,
            others: 0,
            issues: Vec::new(),
            report: Report::default(),
        }
    }

    /// Whether an issue of `rule` could change what was asked.
    pub(crate) fn wants(&self, rule: &Rule) -> bool {
        self.cost == Cost::All || rule.severity.is_error()
    }

    /// Takes an issue of `rule`; the place and what more there is to say are only made if the issue is kept.
    pub(crate) fn take(
        &mut self,
        rule: &'static Rule,
        place: impl FnOnce() -> (String, Place),
        more: impl FnOnce() -> Cow<'static, str>,
    ) -> Flow {
        if !self.admits(rule.severity)? {
            return Flow::Continue(());
        }
        let (expression, place) = place();
        let more = more();
        let is_bare = more.is_empty();
        let message = if is_bare {
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
        self.keep(Kept {
            place,
            is_bare,
            issue,
        })
    }

    /// Takes an issue that is made already, but for its place.
    pub(crate) fn take_issue(&mut self, place: Place, issue: Issue) -> Flow {
        if self.admits(issue.severity)? {
            self.keep(Kept {
                place,
                is_bare: false,
                issue,
            })
        } else {
            Flow::Continue(())
        }
    }

    /// Whether an issue of a severity is kept. It breaks where one error is all that was asked, or one too many.
    fn admits(&mut self, severity: Severity) -> ControlFlow<(), bool> {
        let error = severity.is_error();
        self.invalid |= error;
        match self.cost {
            Cost::Verdict | Cost::First if !error => return ControlFlow::Continue(false),
            Cost::Verdict => return ControlFlow::Break(()),
            Cost::First | Cost::All => {}
        }
        let kept = if error { &mut self.errors } else { &mut self.others };
        if *kept < self.limit {
            *kept += 1;
            return ControlFlow::Continue(true);
        }
        self.report.truncated = true;
        // Behind too many warnings an error may stand; behind too many errors nothing changes the verdict.
        if error {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(false)
        }
    }

    fn keep(&mut self, kept: Kept) -> Flow {
        self.issues.push(kept);
        if self.cost == Cost::First {
            Flow::Break(())
        } else {
            Flow::Continue(())
        }
    }

    /// Says that there may be more issues than are reported.
    pub(crate) fn truncate(&mut self) {
        self.report.truncated = true;
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

    /// The report on a text in UTF-8.
    pub(crate) fn report(self, source: &str) -> Report {
        self.report_in(Lines::new(source.as_bytes(), Unit::Characters))
    }

    /// The report: its issues in the order of the text, each with its line and column.
    ///
    /// What a reader found and the walk comes upon too is there twice, once without detail: that one is left out.
    pub(crate) fn report_in(mut self, mut lines: Lines<'_>) -> Report {
        self.issues.sort_by_key(|kept| kept.place.offset);
        let mut all: Vec<Kept> = Vec::with_capacity(self.issues.len());
        for kept in self.issues {
            let twin = all
                .iter_mut()
                .rev()
                .take_while(|other| other.place.offset == kept.place.offset)
                .find(|other| {
                    other.issue.rule == kept.issue.rule
                        && (other.is_bare || kept.is_bare || other.issue == kept.issue)
                });
            match twin {
                Some(twin) if twin.is_bare => *twin = kept,
                Some(_) => {}
                None => all.push(kept),
            }
        }
        let position = |Place { offset, known }| match known {
            Some((line, column)) => Position { offset, line, column },
            None => lines.at(offset),
        };
        let places: Vec<Position> = all.iter().map(|kept| kept.place).map(position).collect();
        let issues = all.into_iter().map(|kept| kept.issue).zip(places);
        self.report.issues = issues
            .map(|(issue, place)| Issue {
                position: Some(place),
                ..issue
            })
            .collect();
        self.report
    }
}
