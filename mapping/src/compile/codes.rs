//! Codes that maps write, against the value sets that R4 requires. Without the feature `codes` the sets are not there, and nothing is said.

use super::target::Given;
use super::{Compiler, nearest};
use crate::diagnostic::Span;
use crate::finding::Code;
use crate::program::{Expr, Literal, MapOf, Output, Slotted, Transform};

/// The codes of a value set; none if it is not known here.
#[cfg(feature = "codes")]
fn codes(value_set: &str) -> Option<Vec<String>> {
    let set = carewire_terminology::valuesets::r4().get(value_set)?;
    Some(set.codes().map(|one| one.code.into_owned()).collect())
}

/// The codes of a value set; none if it is not known here.
#[cfg(not(feature = "codes"))]
fn codes(_: &str) -> Option<Vec<String>> {
    None
}

impl Compiler<'_> {
    /// Checks what a target writes to an element that requires a value set.
    pub(super) fn check_codes(
        &mut self,
        unit: usize,
        span: Span,
        element: &Slotted,
        value: &Transform,
        given: Given,
    ) {
        let Slotted::Known(property) = element else { return };
        if !property.type_id().is_primitive() {
            return;
        }
        let binding = property
            .element()
            .binding()
            .filter(|binding| binding.strength() == carewire_fhir_model::schema::BindingStrength::Required);
        let Some(set) = binding.and_then(|binding| codes(binding.value_set())) else {
            return;
        };
        let mut written: Vec<String> = Vec::new();
        match (value, given) {
            (Transform::Value(Expr::Literal(Literal::Value(_, text))), Given::Text) => {
                written.push(text.to_string())
            }
            (Transform::Translate(translation), _) if translation.output == Output::Code => {
                if let MapOf::Set(number) = translation.map {
                    written = self.target_codes(number);
                }
            }
            _ => {}
        }
        for code in written.iter().filter(|code| !set.contains(code)) {
            let message = format!("`{code}` is not a code of `{}`", property.element().path());
            let help = nearest::help(code, set.iter().map(String::as_str));
            self.report(unit, Code::BadCode, span, message, help);
        }
    }

    /// Reports the codes that a source may hold and a concept map does not translate.
    pub(super) fn check_gaps(&mut self, unit: usize, span: Span, value_set: Option<&str>, map: &MapOf) {
        let (Some(set), MapOf::Set(number)) = (value_set.and_then(codes), map) else {
            return;
        };
        let Some(declared) = self.declared_map(*number) else {
            return;
        };
        if !declared.unmapped.is_empty() {
            return;
        }
        let missing: Vec<String> = set
            .iter()
            .filter(|code| {
                !declared
                    .mappings
                    .iter()
                    .any(|one| one.source.code.value == **code)
            })
            .map(|code| format!("`{code}`"))
            .collect();
        if !missing.is_empty() {
            let message = format!("the concept map does not translate {}", missing.join(", "));
            self.report(unit, Code::ConceptMapGap, span, message, None);
        }
    }

    fn declared_map(&self, number: u32) -> Option<&crate::syntax::ConceptMap> {
        let (unit, at) = self.declared_maps.get(number as usize)?;
        self.units.get(*unit)?.map.concept_maps.get(*at)
    }

    fn target_codes(&self, number: u32) -> Vec<String> {
        let mappings = self.declared_map(number).map(|map| map.mappings.iter());
        let targets = mappings
            .into_iter()
            .flatten()
            .filter_map(|one| one.target.as_ref());
        let mut codes: Vec<String> = targets.map(|target| target.code.value.clone()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}
