use crate::r4::{FhirString, Identifier, IdentifierUse, Uri};

impl Identifier {
    /// A value of a system.
    pub fn of(system: impl Into<Uri>, value: impl Into<FhirString>) -> Self {
        Self {
            system: Some(system.into()),
            value: Some(value.into()),
            ..Self::default()
        }
    }

    /// The value of the first identifier of a system that is not said to be old.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::r4::{Identifier, Patient};
    /// let patient = Patient { identifier: Identifier::of("http://example.org/mrn", "23").into(), ..Default::default() };
    /// assert_eq!(Identifier::value_of(&patient.identifier, "http://example.org/mrn"), Some("23"));
    /// assert_eq!(Identifier::value_of(&patient.identifier, "http://example.org/other"), None);
    /// ```
    pub fn value_of<'a>(identifiers: &'a [Self], system: &str) -> Option<&'a str> {
        let mut current = identifiers
            .iter()
            .filter(|one| one.system.as_deref() == Some(system) && one.r#use != Some(IdentifierUse::Old));
        current.find_map(|one| one.value.as_deref())
    }
}
