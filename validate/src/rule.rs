//! What a rule is, and where all of them are listed.

use crate::{IssueType, Severity};

/// A rule of the register: its stable id and how its issues are graded.
///
/// FHIR's own keys (`bdl-7`, `ext-1`) name the invariants; the other ids are ours, written once, never reused.
/// `RULES.md` beside this crate shows what each checks, why, and an example of each.
///
/// # Examples
///
/// ```
/// use carewire_validate::{Rule, Severity};
/// let rule = Rule::named("element-missing").expect("it is in the register");
/// assert_eq!(rule.severity(), Severity::Error);
/// assert_eq!(rule.code().code(), "required");
/// assert_eq!(Rule::named("obs-6").map(Rule::severity), Some(Severity::Error));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    pub(crate) id: &'static str,
    pub(crate) severity: Severity,
    pub(crate) code: IssueType,
    pub(crate) message: &'static str,
}

impl Rule {
    /// Every rule that is written here, sorted by id. The invariants of the definitions, which are evaluated as FHIRPath,
    /// are not among them; [`Rule::named`] knows those too.
    #[must_use]
    pub const fn all() -> &'static [&'static Rule] {
        crate::rules::REGISTER
    }

    /// The rule with this id.
    #[must_use]
    pub fn named(id: &str) -> Option<&'static Rule> {
        match Self::all().binary_search_by(|rule| rule.id.cmp(id)) {
            Ok(at) => Self::all().get(at).copied(),
            Err(_) => crate::invariants::rule(id),
        }
    }

    /// The stable id.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The severity of its issues.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// The FHIR issue type of its issues.
    #[must_use]
    pub const fn code(&self) -> IssueType {
        self.code
    }

    /// What its issues say; an issue may add what exactly was expected.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        self.message
    }
}
