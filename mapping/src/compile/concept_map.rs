//! Concept maps of the files, compiled for look-ups.

use std::rc::Rc;

use carewire_terminology::{ConceptMapBuilder, Equivalence, Unmapped};

use super::{Compiler, nearest};
use crate::diagnostic::Span;
use crate::finding::Code;
use crate::syntax::{ConceptMap, Name, Relation, UnmappedMode};

impl Compiler<'_> {
    pub(super) fn concept_maps(&mut self) {
        for unit in 0..self.units.len() {
            let Some(of) = self.units.get(unit) else { continue };
            let map = Rc::clone(&of.map);
            for (at, declared) in map.concept_maps.iter().enumerate() {
                self.declared_maps.push((unit, at));
                self.concept_map(unit, declared);
            }
        }
    }

    /// Of two files that declare a map of one name the first is meant by all others.
    pub(super) fn index_concept_maps(&mut self) {
        for (name, number) in self.units.iter().flat_map(|of| &of.concept_maps) {
            self.concept_maps.entry(name.clone()).or_insert(*number);
        }
    }

    fn concept_map(&mut self, unit: usize, declared: &ConceptMap) {
        let name = declared.url.value.trim_start_matches('#').to_owned();
        let number = u32::try_from(self.program.concept_maps.len()).unwrap_or(u32::MAX);
        let twice = self
            .units
            .get_mut(unit)
            .and_then(|of| of.concept_maps.insert(name.clone(), number))
            .is_some();
        if twice {
            self.report(
                unit,
                Code::DuplicateName,
                declared.url.span,
                "the concept map is declared twice in this file",
                None,
            );
        }
        let systems: Vec<(&str, &str)> = declared
            .prefixes
            .iter()
            .map(|prefix| (prefix.name.text.as_str(), prefix.system.value.as_str()))
            .collect();
        let mut builder = ConceptMapBuilder::new(&name);
        for mapping in &declared.mappings {
            let source = self.system(unit, &systems, &mapping.source.prefix);
            let target = mapping
                .target
                .as_ref()
                .map(|target| (target, self.system(unit, &systems, &target.prefix)));
            match target {
                None => {
                    builder.group(source, None).unmatched(&mapping.source.code.value);
                }
                Some((target, system)) => {
                    if let Some(display) = &mapping.display {
                        self.superset(unit, display.span, "a display in a concept map");
                    }
                    let display = mapping.display.as_ref().map(|display| display.value.as_str());
                    let equivalence = equivalence(mapping.relation);
                    builder.group(source, system).map(
                        &mapping.source.code.value,
                        equivalence,
                        &target.code.value,
                        display,
                    );
                }
            }
        }
        for unmapped in &declared.unmapped {
            let source = self.system(unit, &systems, &unmapped.prefix);
            // The codes of a source go to one system as a rule: the first that its mappings name.
            let to = declared
                .mappings
                .iter()
                .find(|mapping| mapping.source.prefix.text == unmapped.prefix.text);
            let target = to
                .and_then(|mapping| mapping.target.as_ref())
                .and_then(|target| system_of(&systems, &target.prefix));
            let mode = match &unmapped.mode {
                UnmappedMode::Provided => Unmapped::Provided,
                UnmappedMode::Fixed(code) => Unmapped::fixed(&code.value, None),
            };
            builder.group(source, target).unmapped(mode);
        }
        self.program.concept_maps.push(builder.build());
    }

    fn system<'s>(&mut self, unit: usize, systems: &[(&'s str, &'s str)], prefix: &Name) -> Option<&'s str> {
        let found = system_of(systems, prefix);
        if found.is_none() {
            let help = nearest::help(&prefix.text, systems.iter().map(|(name, _)| *name));
            self.report(
                unit,
                Code::UnknownVariable,
                prefix.span,
                format!("there is no prefix `{}`", prefix.text),
                help,
            );
        }
        found
    }

    /// The concept map that `translate` names: `#name` of the same file, or a url of any.
    pub(super) fn find_concept_map(&mut self, unit: usize, url: &str, span: Span) -> crate::program::MapOf {
        let local = url.strip_prefix('#');
        let own = self
            .units
            .get(unit)
            .and_then(|of| of.concept_maps.get(local.unwrap_or(url)))
            .copied();
        let any = || self.concept_maps.get(url).copied();
        match own.or_else(|| if local.is_none() { any() } else { None }) {
            Some(number) => crate::program::MapOf::Set(number),
            None => {
                let known = self.units.iter().flat_map(|of| of.concept_maps.keys());
                let help = nearest::help(local.unwrap_or(url), known.map(String::as_str));
                self.report(
                    unit,
                    Code::UnknownConceptMap,
                    span,
                    "no file of the set declares this concept map",
                    help,
                );
                crate::program::MapOf::Url(url.to_owned())
            }
        }
    }
}

/// The system that a prefix stands for: the last that was declared.
fn system_of<'s>(systems: &[(&str, &'s str)], prefix: &Name) -> Option<&'s str> {
    let mut declared = systems.iter().rev();
    let found = declared.find(|(name, _)| *name == prefix.text)?;
    Some(found.1)
}

fn equivalence(relation: Relation) -> Equivalence {
    match relation {
        Relation::RelatedTo => Equivalence::RelatedTo,
        Relation::Equivalent => Equivalence::Equivalent,
        Relation::Equal => Equivalence::Equal,
        Relation::Wider => Equivalence::Wider,
        Relation::Subsumes => Equivalence::Subsumes,
        Relation::Narrower => Equivalence::Narrower,
        Relation::Specializes => Equivalence::Specializes,
        Relation::Inexact => Equivalence::Inexact,
        Relation::Disjoint => Equivalence::Disjoint,
        Relation::Unmatched => Equivalence::Unmatched,
    }
}
