//! How much a validator reports before it stops.

/// Bounds on the work and the size of one report.
///
/// The depth of a document is bounded when it is read, so a walk over it needs no limit of its own.
///
/// # Examples
///
/// ```
/// use carewire_validate::{Limits, Validator};
/// let validator = Validator::r4().limits(Limits::default().issues(20));
/// # let _ = validator;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    issues: usize,
}

impl Default for Limits {
    /// A thousand errors, and as many other issues.
    fn default() -> Self {
        Self { issues: 1000 }
    }
}

impl Limits {
    /// The most errors in a report, and the most warnings and information, at least 1 of each.
    ///
    /// The walk goes on past too many warnings, since an error may follow, and stops at too many errors. A report that left
    /// something out says so ([`Report::is_truncated`](crate::Report::is_truncated)).
    #[must_use]
    pub fn issues(mut self, most: usize) -> Self {
        self.issues = most.max(1);
        self
    }

    /// The most errors in a report, and the most other issues.
    #[must_use]
    pub const fn most_issues(&self) -> usize {
        self.issues
    }
}
