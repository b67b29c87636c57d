use alloc::string::String;

use crate::r4::{HumanName, NameUse, Patient};

impl HumanName {
    /// The name to call a person by: the official one, else the usual one, else the first that is not old.
    ///
    /// # Examples
    ///
    /// ```
    /// # use carewire_fhir_model::r4::{HumanName, NameUse};
    /// let name = |family: &str, kind| HumanName { family: Some(family.into()), r#use: kind, ..Default::default() };
    /// let names = [name("Windsor", Some(NameUse::Old)), name("Chalmers", Some(NameUse::Official))];
    /// assert_eq!(HumanName::preferred(&names).map(|name| name.full_text()).as_deref(), Some("Chalmers"));
    /// ```
    pub fn preferred(names: &[Self]) -> Option<&Self> {
        let used = |kind: NameUse| names.iter().find(|one| one.r#use.as_ref() == Some(&kind));
        let other = || names.iter().find(|one| one.r#use != Some(NameUse::Old));
        used(NameUse::Official)
            .or_else(|| used(NameUse::Usual))
            .or_else(other)
    }

    /// The whole name: its `text`, else prefixes, given names, family name and suffixes, in that order.
    pub fn full_text(&self) -> String {
        if let Some(text) = self.text.as_deref() {
            return text.into();
        }
        let parts = self
            .prefix
            .iter()
            .chain(&self.given)
            .chain(&self.family)
            .chain(&self.suffix);
        let mut text = String::new();
        for part in parts.filter(|part| !part.is_empty()) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(part);
        }
        text
    }
}

impl Patient {
    /// The name to call the patient by. See [`HumanName::preferred`].
    pub fn preferred_name(&self) -> Option<&HumanName> {
        HumanName::preferred(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_put_together_in_order() {
        let mut name = HumanName {
            prefix: ["Dr.".into()].into(),
            given: ["Peter".into(), "".into(), "James".into()].into(),
            family: Some("Chalmers".into()),
            suffix: ["PhD".into()].into(),
            ..HumanName::default()
        };
        assert_eq!(name.full_text(), "Dr. Peter James Chalmers PhD");
        name.text = Some("Peter C.".into());
        assert_eq!(name.full_text(), "Peter C.");
        assert_eq!(HumanName::default().full_text(), "");
    }
}
