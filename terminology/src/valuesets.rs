//! The value sets that FHIR R4 binds as `required`, with their codes.

use std::fmt;

use crate::code_lists::List;
use crate::generated::R4_VALUE_SETS;
use crate::{
    Canonical, Error, ErrorKind, Expand, ExpandRequest, Expansion, ExpansionContains, ValidateCode,
    ValidateCodeIssue, ValidateCodeRequest, ValidateCodeResponse,
};

/// The version of every value set of [`r4`].
pub const R4_VERSION: &str = "4.0.1";

/// The value sets that a StructureDefinition of R4 4.0.1 binds as `required` and whose codes can be listed.
///
/// Five of those bound are not among them: `ValueSet/mimetypes` (BCP 13), `ValueSet/ucum-units` (UCUM, a grammar),
/// `ValueSet/timezones`, and two of LOINC's codes; membership in them is answered with `None`.
///
/// # Examples
///
/// ```
/// use carewire_terminology::valuesets;
/// let gender = "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1";
/// let system = "http://hl7.org/fhir/administrative-gender";
/// assert_eq!(valuesets::r4().contains(gender, Some(system), "female"), Some(true));
/// assert_eq!(valuesets::r4().contains(gender, None, "Female"), Some(false));
/// assert_eq!(valuesets::r4().contains("http://hl7.org/fhir/ValueSet/ucum-units", None, "mg"), None);
/// ```
#[must_use]
pub const fn r4() -> ValueSets {
    ValueSets(())
}

/// The embedded value sets; see [`r4`].
#[derive(Clone, Copy)]
pub struct ValueSets(());

impl ValueSets {
    /// The value set of a canonical, with or without `|4.0.1`; look it up once and keep it.
    #[must_use]
    pub fn get(self, canonical: &str) -> Option<EmbeddedValueSet> {
        let canonical = Canonical::parse(canonical);
        let list = R4_VALUE_SETS.find(canonical.url)?;
        canonical
            .names(list.name(), Some(R4_VERSION))
            .then_some(EmbeddedValueSet { list })
    }

    /// Whether a code is in a value set; `None` means that the set is not embedded.
    ///
    /// Without `system`, as for an element of type `code`, the code may be of any system of the set. Code and system
    /// compare exactly.
    #[must_use]
    pub fn contains(self, canonical: &str, system: Option<&str>, code: &str) -> Option<bool> {
        self.get(canonical).map(|it| it.contains(system, code))
    }

    /// All sets in the order of their URLs.
    pub fn iter(self) -> impl ExactSizeIterator<Item = EmbeddedValueSet> {
        (0..R4_VALUE_SETS.len()).map(|it| EmbeddedValueSet {
            list: R4_VALUE_SETS.list(it),
        })
    }
}

impl fmt::Debug for ValueSets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ValueSets(R4 {R4_VERSION}, {} value sets)",
            R4_VALUE_SETS.len()
        )
    }
}

/// One value set of [`r4`]: a handle, two words, free to copy.
#[derive(Clone, Copy)]
pub struct EmbeddedValueSet {
    list: List,
}

impl EmbeddedValueSet {
    /// The canonical URL, without version.
    #[must_use]
    pub fn url(self) -> &'static str {
        self.list.name()
    }

    /// Whether a code is in the set; see [`ValueSets::contains`]. A binary search, without allocation.
    #[must_use]
    pub fn contains(self, system: Option<&str>, code: &str) -> bool {
        self.list
            .find(code)
            .any(|it| system.is_none_or(|system| it.system() == system))
    }

    /// How many codes the set has.
    #[must_use]
    pub fn len(self) -> usize {
        self.list.len()
    }

    /// Whether the set has no code; no embedded one is empty.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The codes, sorted.
    pub fn codes(self) -> impl ExactSizeIterator<Item = ExpansionContains<'static>> {
        self.list
            .rows()
            .map(|it| ExpansionContains::new(it.system(), it.code(), it.display()))
    }

    fn is_for(self, canonical: Option<&str>) -> Result<(), Error> {
        let of = canonical.map(Canonical::parse);
        let same = of.is_none_or(|it| it.names(self.url(), Some(R4_VERSION)));
        if same {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::UnknownValueSet))
        }
    }
}

impl fmt::Debug for EmbeddedValueSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmbeddedValueSet({}, {} codes)", self.url(), self.len())
    }
}

impl ValidateCode for EmbeddedValueSet {
    fn validate_code<'a>(
        &'a self,
        request: &ValidateCodeRequest<'a>,
    ) -> Result<ValidateCodeResponse<'a>, Error> {
        self.is_for(request.value_set)?;
        let system = request.system.map(|it| Canonical::parse(it).url);
        let found = self
            .list
            .find(request.code)
            .find(|it| system.is_none_or(|system| it.system() == system));
        let Some(row) = found else {
            return Ok(ValidateCodeResponse::invalid(ValidateCodeIssue::NotInValueSet));
        };
        let mut response = ValidateCodeResponse::valid();
        response.system = Some(row.system().into());
        Ok(response.checked(request.display, row.display().map(Into::into), std::iter::empty()))
    }
}

impl Expand for EmbeddedValueSet {
    fn expand(&self, request: &ExpandRequest<'_>) -> Result<Expansion<'_>, Error> {
        self.is_for(Some(request.url))?;
        Ok(request.select(self.codes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_there_by_the_hundred() {
        let all = r4().iter();
        assert!(all.len() > 240, "{}", all.len());
        assert!(r4().iter().all(|it| !it.is_empty()));
    }

    #[test]
    fn sets_of_profiles_and_of_several_systems_are_there() {
        let siblings = r4()
            .get("http://hl7.org/fhir/ValueSet/sibling-relationship-codes")
            .unwrap();
        assert!(siblings.contains(None, "HSIB") && !siblings.contains(None, "PRN"));
        let types = r4().get("http://hl7.org/fhir/ValueSet/all-types").unwrap();
        assert!(types.contains(Some("http://hl7.org/fhir/resource-types"), "Patient"));
        assert!(!types.contains(Some("http://hl7.org/fhir/data-types"), "Patient"));
        assert!(types.contains(Some("http://hl7.org/fhir/data-types"), "HumanName"));
    }

    #[test]
    fn versions_are_told_apart() {
        assert!(r4().get("http://hl7.org/fhir/ValueSet/link-type|4.0.1").is_some());
        assert!(r4().get("http://hl7.org/fhir/ValueSet/link-type|5.0.0").is_none());
    }

    #[test]
    fn no_licensed_system_is_carried() {
        for set in r4().iter() {
            for code in set.codes() {
                assert!(
                    !matches!(&*code.system, "http://loinc.org" | "http://snomed.info/sct"),
                    "{set:?}"
                );
            }
        }
    }

    #[test]
    fn the_operations_answer_from_the_lists() {
        let set = r4()
            .get("http://hl7.org/fhir/ValueSet/observation-status")
            .unwrap();
        let ask = |display| {
            let request = ValidateCodeRequest::in_value_set(set.url(), "final").display(display);
            set.validate_code(&request).unwrap().issue
        };
        assert_eq!(ask("final"), None);
        assert_eq!(ask("Preliminary"), Some(ValidateCodeIssue::InvalidDisplay));
        let expansion = set
            .expand(&ExpandRequest::new(set.url()).filter("amend"))
            .unwrap();
        assert_eq!(
            expansion.contains.iter().map(|it| &*it.code).collect::<Vec<_>>(),
            ["amended"]
        );
        assert_eq!(
            set.expand(&ExpandRequest::new("u")).unwrap_err().kind(),
            ErrorKind::UnknownValueSet
        );
    }
}
