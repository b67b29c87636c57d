//! `$validate-code`: whether a code is in a value set or code system.

use std::borrow::Cow;

use crate::Error;

/// Says whether a code is in a value set, or in a code system.
///
/// Spec: FHIR R4, operations [`$validate-code`](http://hl7.org/fhir/R4/valueset-operation-validate-code.html) of
/// ValueSet and CodeSystem.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "tables")] {
/// use carewire_terminology::{Registry, ValidateCode, ValidateCodeIssue, ValidateCodeRequest};
/// let mut registry = Registry::new();
/// registry.add_embedded();
/// let gender = "http://hl7.org/fhir/ValueSet/administrative-gender";
/// let request = ValidateCodeRequest::in_value_set(gender, "female").display("Woman");
/// assert_eq!(registry.validate_code(&request)?.issue, Some(ValidateCodeIssue::InvalidDisplay));
/// # }
/// # Ok::<(), carewire_terminology::Error>(())
/// ```
pub trait ValidateCode: Send + Sync {
    /// Validates a code. A code that is not in the set is an answer with `result` false.
    ///
    /// # Errors
    ///
    /// When the question cannot be answered: the value set, or a code system it draws from, is not known
    /// ([`UnknownValueSet`](crate::ErrorKind::UnknownValueSet),
    /// [`UnknownCodeSystem`](crate::ErrorKind::UnknownCodeSystem)), or it uses what is
    /// [not supported](crate::ErrorKind::NotSupported).
    fn validate_code<'a>(
        &'a self,
        request: &ValidateCodeRequest<'a>,
    ) -> Result<ValidateCodeResponse<'a>, Error>;
}

/// The input of [`ValidateCode::validate_code`].
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct ValidateCodeRequest<'a> {
    /// The canonical URL of the value set, with or without `|version`; `None` validates against `system` itself.
    pub value_set: Option<&'a str>,
    /// The canonical URL of the code system, with or without `|version`; `None` when the code came alone, as an
    /// element of type `code` does: then any system of the value set will do.
    pub system: Option<&'a str>,
    /// The code.
    pub code: &'a str,
    /// The display to check, if any.
    pub display: Option<&'a str>,
}

impl<'a> ValidateCodeRequest<'a> {
    /// Asks whether `code` is in a value set, in whichever system.
    #[must_use]
    pub const fn in_value_set(value_set: &'a str, code: &'a str) -> Self {
        Self {
            value_set: Some(value_set),
            system: None,
            code,
            display: None,
        }
    }

    /// Asks whether `code` is in a code system.
    #[must_use]
    pub const fn in_code_system(system: &'a str, code: &'a str) -> Self {
        Self {
            value_set: None,
            system: Some(system),
            code,
            display: None,
        }
    }

    /// Says which code system the code is from.
    #[must_use]
    pub const fn system(mut self, system: &'a str) -> Self {
        self.system = Some(system);
        self
    }

    /// Has the display checked as well. Case and runs of white space do not matter.
    #[must_use]
    pub const fn display(mut self, display: &'a str) -> Self {
        self.display = Some(display);
        self
    }
}

/// The output of [`ValidateCode::validate_code`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValidateCodeResponse<'a> {
    /// Whether the code is in the set and the display, if one was given, is right.
    pub result: bool,
    /// Why not, or what to know although `result` is true.
    pub issue: Option<ValidateCodeIssue>,
    /// The code system that has the code.
    pub system: Option<Cow<'a, str>>,
    /// The version of that code system.
    pub version: Option<Cow<'a, str>>,
    /// The preferred display of the code.
    pub display: Option<Cow<'a, str>>,
}

impl<'a> ValidateCodeResponse<'a> {
    /// The code is valid.
    #[must_use]
    pub const fn valid() -> Self {
        Self {
            result: true,
            issue: None,
            system: None,
            version: None,
            display: None,
        }
    }

    /// The code is not valid, and why.
    #[must_use]
    pub const fn invalid(issue: ValidateCodeIssue) -> Self {
        Self {
            result: false,
            issue: Some(issue),
            system: None,
            version: None,
            display: None,
        }
    }

    /// Adds the preferred display and compares the display of the request with it and with `others`.
    pub(crate) fn checked(
        mut self,
        wanted: Option<&str>,
        display: Option<Cow<'a, str>>,
        mut others: impl Iterator<Item = &'a str>,
    ) -> Self {
        if let (true, Some(wanted), Some(known)) = (self.result, wanted, display.as_deref())
            && !same_display(wanted, known)
            && !others.any(|it| same_display(wanted, it))
        {
            self.result = false;
            self.issue = Some(ValidateCodeIssue::InvalidDisplay);
        }
        self.display = display;
        self
    }
}

fn same_display(a: &str, b: &str) -> bool {
    let fold = |text: &'_ str| {
        text.split_whitespace()
            .flat_map(|it| it.chars().chain([' ']))
            .collect::<String>()
    };
    fold(a).to_lowercase() == fold(b).to_lowercase()
}

/// Why a code is not valid, in the words of FHIR's terminology ecosystem.
///
/// Spec: CodeSystem `http://hl7.org/fhir/tools/CodeSystem/tx-issue-type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValidateCodeIssue {
    /// The value set does not have the code.
    NotInValueSet,
    /// The code system does not have the code.
    InvalidCode,
    /// The code is right and its display is not.
    InvalidDisplay,
}

impl ValidateCodeIssue {
    /// The code of the issue, such as `not-in-vs`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotInValueSet => "not-in-vs",
            Self::InvalidCode => "invalid-code",
            Self::InvalidDisplay => "invalid-display",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn displays_compare_without_case_and_runs_of_white_space() {
        assert!(same_display("Medical  record number ", "medical record Number"));
        assert!(!same_display("Medicalrecord number", "medical record number"));
        assert!(same_display("GRÖSSE", "größe".replace('ß', "ss").as_str()));
    }
}
