use crate::r4::{Extension, ExtensionValue, Uri};

impl Extension {
    /// An extension with a value.
    pub fn with(url: impl Into<Uri>, value: ExtensionValue) -> Self {
        Self {
            value: Some(value),
            ..Self::new(url)
        }
    }

    /// The first of `extensions` with a URL.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::r4::{Extension, ExtensionValue, Patient};
    /// let url = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace";
    /// let patient = Patient { extension: Extension::with(url, ExtensionValue::Boolean(true)).into(), ..Default::default() };
    /// let found = Extension::find(&patient.extension, url).and_then(|one| one.value.as_ref());
    /// assert_eq!(found, Some(&ExtensionValue::Boolean(true)));
    /// ```
    pub fn find<'a>(extensions: &'a [Self], url: &str) -> Option<&'a Self> {
        extensions.iter().find(|one| one.url.as_deref() == Some(url))
    }

    /// The first of its own extensions with a URL: the parts of one that is composed.
    pub fn part(&self, url: &str) -> Option<&Self> {
        Self::find(self.extra.extension(), url)
    }
}
