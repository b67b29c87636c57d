//! Codes that maps write, against the value sets that R4 requires. Without the feature `codes` the sets are not there, and nothing is said.

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use super::target::Given;
use super::{Compiler, nearest};
use crate::diagnostic::Span;
use crate::finding::Code;
use crate::program::{Expr, Literal, MapOf, Output, Slotted, Transform};

/// The codes of a value set.
pub(super) type Codes = BTreeSet<String>;

/// What an element may hold codes of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Bound {
    /// The value set that an element of FHIR requires.
    ValueSet(&'static str),
    /// The table of a field of HL7 v2, in the newest version that has the segment.
    Field([u8; 3], u16),
}

/// The codes of a value set or a table; none if it is not known here.
#[cfg(feature = "codes")]
fn codes(bound: Bound) -> Option<Codes> {
    match bound {
        Bound::ValueSet(value_set) => {
            let set = carewire_terminology::valuesets::r4().get(value_set)?;
            Some(set.codes().map(|one| one.code.into_owned()).collect())
        }
        Bound::Field(id, number) => {
            let number = super::v2::table_of(id, number)?;
            let table = carewire_terminology::tables::table(&number)?;
            Some(table.codes().map(|one| one.code.into_owned()).collect())
        }
    }
}

/// The codes of a value set; none if it is not known here.
#[cfg(not(feature = "codes"))]
fn codes(_: Bound) -> Option<Codes> {
    None
}

impl Compiler<'_> {
    /// The codes of a value set or a table, looked up once.
    fn codes_of(&mut self, bound: Bound) -> Option<Rc<Codes>> {
        let known = self.codes.entry(bound);
        known.or_insert_with(|| codes(bound).map(Rc::new)).clone()
    }

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
        let Some(set) = binding.and_then(|binding| self.codes_of(Bound::ValueSet(binding.value_set())))
        else {
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
        for code in written.iter().filter(|code| !set.contains(*code)) {
            let message = format!("`{code}` is not a code of `{}`", property.element().path());
            let help = nearest::help_or_list(code, set.iter().map(String::as_str));
            self.report(unit, Code::BadCode, span, message, help);
        }
    }

    /// Reports the codes that a source may hold and a concept map does not translate.
    pub(super) fn check_gaps(&mut self, unit: usize, span: Span, bound: Option<Bound>, map: &MapOf) {
        let (Some(bound), MapOf::Set(number)) = (bound, map) else {
            return;
        };
        let Some(set) = self.codes_of(bound) else {
            return;
        };
        let Some(declared) = self.declared_map(*number) else {
            return;
        };
        if !declared.unmapped.is_empty() {
            return;
        }
        let translated: HashSet<&str> = declared
            .mappings
            .iter()
            .map(|one| one.source.code.value.as_str())
            .collect();
        let missing: Vec<String> = set
            .iter()
            .filter(|code| !translated.contains(code.as_str()))
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
        let mut codes: Vec<String> = targets.map(|target| target.code.value.clone().into()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}
