use crate::r4::{Code, CodeableConcept, Coding, Uri};

impl Coding {
    /// A code of a system.
    pub fn of(system: impl Into<Uri>, code: impl Into<Code>) -> Self {
        Self {
            system: Some(system.into()),
            code: Some(code.into()),
            ..Self::default()
        }
    }

    /// Whether it is a code of a system, whatever its version and display.
    pub fn is(&self, system: &str, code: &str) -> bool {
        self.system.as_deref() == Some(system) && self.code.as_deref() == Some(code)
    }
}

impl CodeableConcept {
    /// Whether one of its codings is a code of a system.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::r4::{CodeableConcept, Coding};
    /// let height: CodeableConcept = Coding::of("http://loinc.org", "8302-2").into();
    /// assert!(height.has_coding("http://loinc.org", "8302-2"));
    /// assert_eq!(height.code("http://loinc.org"), Some("8302-2"));
    /// assert_eq!(height.code("http://snomed.info/sct"), None);
    /// ```
    pub fn has_coding(&self, system: &str, code: &str) -> bool {
        self.coding.iter().any(|one| one.is(system, code))
    }

    /// The first coding of a system.
    pub fn coding_of(&self, system: &str) -> Option<&Coding> {
        self.coding
            .iter()
            .find(|one| one.system.as_deref() == Some(system))
    }

    /// The first code of a system.
    pub fn code(&self, system: &str) -> Option<&str> {
        self.coding_of(system)?.code.as_deref()
    }

    /// What to show a person: the text, else the display of the coding that the user chose, else the first display.
    pub fn display(&self) -> Option<&str> {
        let shown = |one: &'_ Coding| one.display.is_some();
        let chosen = |one: &&Coding| one.user_selected == Some(true) && shown(one);
        let coding = || {
            self.coding
                .iter()
                .find(chosen)
                .or_else(|| self.coding.iter().find(|one| shown(one)))
        };
        self.text.as_deref().or_else(|| coding()?.display.as_deref())
    }
}

impl From<Coding> for CodeableConcept {
    fn from(coding: Coding) -> Self {
        Self {
            coding: coding.into(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_shown_before_what_the_user_chose_before_the_first() {
        let coding = |display: &str, chosen: bool| Coding {
            display: Some(display.into()),
            user_selected: chosen.then_some(true),
            ..Coding::of("http://example.org", "c")
        };
        let mut concept = CodeableConcept {
            coding: [Coding::default(), coding("first", false), coding("chosen", true)].into(),
            ..CodeableConcept::default()
        };
        assert_eq!(concept.display(), Some("chosen"));
        concept.coding.pop();
        assert_eq!(concept.display(), Some("first"));
        concept.text = Some("text".into());
        assert_eq!(concept.display(), Some("text"));
        assert_eq!(CodeableConcept::default().display(), None);
    }
}
