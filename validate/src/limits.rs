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
    /// A thousand issues.
    fn default() -> Self {
        Self { issues: 1000 }
    }
}

impl Limits {
    /// The most issues in a report, at least 1; a report that reached it says so
    /// ([`Report::is_truncated`](crate::Report::is_truncated)).
    #[must_use]
    pub fn issues(mut self, most: usize) -> Self {
        self.issues = most.max(1);
        self
    }

    /// The most issues in a report.
    #[must_use]
    pub const fn most_issues(&self) -> usize {
        self.issues
    }
}
