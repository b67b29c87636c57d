//! What the files of a set mean to each other: urls, imports, types, constants, entries.

use std::collections::HashSet;
use std::rc::Rc;

use super::{Compiler, GroupOf, Table, nearest, types};
use crate::diagnostic::Span;
use crate::finding::Code;
use crate::syntax::{Literal, Word};

/// The files whose groups a file sees.
#[derive(Clone, Default)]
pub(super) struct Sees {
    /// As the imports stand in the file.
    files: Vec<usize>,
    /// Of each file of the set its place among these, counted from 1.
    places: Vec<u32>,
}

impl Sees {
    /// None yet of a set of so many.
    fn new(count: usize) -> Self {
        Self {
            files: Vec::new(),
            places: vec![0; count],
        }
    }

    pub(super) fn files(&self) -> &[usize] {
        &self.files
    }

    /// Adds a file behind the others, unless it is among them.
    pub(super) fn add(&mut self, file: usize) {
        if let Some(place @ 0) = self.places.get_mut(file) {
            self.files.push(file);
            *place = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        }
    }

    /// The place of a file.
    pub(super) fn place(&self, file: usize) -> Option<u32> {
        self.places.get(file).copied().filter(|place| *place > 0)
    }
}

impl Compiler<'_> {
    /// Everything before the groups.
    pub(super) fn set(&mut self) {
        self.index();
        self.urls();
        self.overlays();
        self.takes_messages = (0..self.units.len()).any(|unit| !self.entry_words(unit).is_empty());
        let mut imported = Table::default();
        for unit in 0..self.units.len() {
            self.types(unit);
            self.imports(unit, &mut imported);
            self.names(unit);
        }
        self.see_through_overlays();
        self.concept_maps();
        self.overlay_concept_maps();
        self.index_concept_maps();
        self.constants();
    }

    fn index(&mut self) {
        for (unit, of) in self.units.iter().enumerate() {
            for (index, group) in of.groups.iter().enumerate() {
                let named = self.named.entry(group.name.text.clone()).or_default();
                named.push(GroupOf { unit, index });
            }
        }
    }

    fn urls(&mut self) {
        let mut seen: Table<Word, usize> = Table::default();
        for unit in 0..self.units.len() {
            let Some(of) = self.units.get(unit) else { continue };
            let superset = of.map.metadata.iter().find(|line| line.is("carewire"));
            let uses_superset = superset
                .and_then(|line| line.value.as_ref())
                .is_some_and(|value| value.value == "superset");
            let (url, has_groups) = (of.url.clone(), !of.groups.is_empty());
            if let Some(of) = self.units.get_mut(unit) {
                of.uses_superset = uses_superset;
            }
            match url {
                None if has_groups => {
                    self.report(
                        unit,
                        Code::MissingUrl,
                        Span::default(),
                        "the map has no url, so that none can import it",
                        None,
                    );
                }
                None => {}
                Some(url) => {
                    if let Some(first) = seen.insert(url, unit) {
                        let first = self
                            .units
                            .get(first)
                            .map_or("", |unit| unit.source.file)
                            .to_owned();
                        self.report(
                            unit,
                            Code::DuplicateUrl,
                            Span::default(),
                            format!("the file `{first}` has the same url"),
                            None,
                        );
                    }
                }
            }
        }
    }

    fn types(&mut self, unit: usize) {
        let Some(of) = self.units.get(unit) else { return };
        let models = &mut self.models;
        let mut known = Table::default();
        let mut unknown = Vec::new();
        for structure in &of.map.structures {
            let url = &structure.url.value;
            let name = match &structure.alias {
                Some(alias) => alias.text.clone(),
                None => models
                    .name_of(url)
                    .unwrap_or_else(|| url.rsplit(['/', ':']).next().unwrap_or_default())
                    .into(),
            };
            match types::of_url(url, models) {
                Some(ty) => {
                    known.insert(name, ty);
                }
                None => unknown.push((structure.url.span, name)),
            }
        }
        if let Some(of) = self.units.get_mut(unit) {
            of.types = known;
        }
        for (span, name) in unknown {
            let all = carewire_fhir_model::schema::Schema::r4();
            let help = nearest::help(&name, all.types().map(|ty| ty.name()));
            self.report(
                unit,
                Code::UnknownType,
                span,
                format!("FHIR R4 has no type `{name}`"),
                help,
            );
        }
    }

    /// What a file sees; `imported` has the files of each url that was imported before.
    fn imports(&mut self, unit: usize, imported: &mut Table<Word, Vec<usize>>) {
        let Some(of) = self.units.get(unit) else { return };
        let map = Rc::clone(&of.map);
        let mut sees = Sees::new(self.units.len());
        sees.add(unit);
        for import in map.imports.iter().map(|import| &import.url) {
            let others = imported
                .entry(import.value.clone())
                .or_insert_with_key(|pattern| {
                    let urls = self.units.iter().map(|of| of.url.as_deref());
                    let is_meant = |(at, url): (usize, Option<&str>)| matches(pattern, url?).then_some(at);
                    urls.enumerate().filter_map(is_meant).collect()
                });
            let found = !others.is_empty();
            others.iter().for_each(|other| sees.add(*other));
            if !found {
                let help = self.nearest_url(unit, &import.value);
                let message = "no map of the set has this url";
                self.report(unit, Code::UnknownImport, import.span, message, help);
            }
        }
        if let Some(of) = self.units.get_mut(unit) {
            of.sees = sees;
        }
    }

    /// The url of another map of the set that one nearly names.
    pub(super) fn nearest_url(&self, unit: usize, url: &str) -> Option<String> {
        let own = self.units.get(unit).and_then(|of| of.url.as_deref());
        let urls = self.units.iter().filter_map(|of| of.url.as_deref());
        nearest::help(url, urls.filter(|other| own != Some(*other)))
    }

    /// The group of a name that a file sees, if none else of the set has the name.
    pub(super) fn only_group(&self, unit: usize, name: &str) -> Option<GroupOf> {
        let [only] = *self.named.get(name)?.as_slice() else {
            return None;
        };
        self.units.get(unit)?.sees.place(only.unit)?;
        Some(self.placed(only))
    }

    /// The groups of a name that a file sees: its own, else those of its imports.
    pub(super) fn find_groups(&self, unit: usize, name: &str) -> Vec<GroupOf> {
        let Some(of) = self.units.get(unit) else {
            return Vec::new();
        };
        let named = self.named.get(name).map(Vec::as_slice).unwrap_or_default();
        let mine = |group: &&GroupOf| group.unit == unit;
        let is_own = named.iter().any(|group| mine(&group));
        let mut seen_from: Vec<(u32, GroupOf)> = named
            .iter()
            .filter(|group| !is_own || mine(group))
            .filter_map(|group| Some((of.sees.place(group.unit)?, *group)))
            .collect();
        // As the imports stand in the file.
        seen_from.sort_by_key(|(place, _)| *place);
        let mut found: Vec<GroupOf> = seen_from
            .into_iter()
            .map(|(_, group)| self.placed(group))
            .collect();
        // What an overlay replaces is the same group, seen twice.
        if found.len() > 1 {
            let mut seen = HashSet::new();
            found.retain(|group| seen.insert(*group));
        }
        found
    }

    /// The names of all groups that a file sees.
    pub(super) fn group_names(&self, unit: usize) -> Vec<&str> {
        let sees = self.units.get(unit).map(|of| of.sees.files());
        let sees = sees.unwrap_or_default();
        let units = sees.iter().filter_map(|other| self.units.get(*other));
        units
            .flat_map(|unit| unit.groups.iter().map(|group| group.name.text.as_str()))
            .collect()
    }

    /// The words of every `carewire.entry` line of a file.
    pub(super) fn entry_words(&self, unit: usize) -> Vec<(String, Span)> {
        let lines = self
            .units
            .get(unit)
            .map(|unit| unit.map.metadata.iter())
            .into_iter()
            .flatten();
        let values = lines
            .filter(|line| line.is("carewire.entry"))
            .filter_map(|line| line.value.as_ref());
        values
            .flat_map(|value: &Literal| {
                value
                    .value
                    .split_whitespace()
                    .map(|word| (word.to_owned(), value.span))
            })
            .collect()
    }
}

/// Whether a url matches one with wildcards.
fn matches(pattern: &str, url: &str) -> bool {
    // Most have one at the end.
    if let Some(start) = pattern.strip_suffix('*')
        && !start.contains('*')
    {
        return url.starts_with(start);
    }
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| url.strip_prefix(start)) else {
        return false;
    };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn wildcards() {
        assert!(matches("http://a/*3to4", "http://a/Code3to4"));
        assert!(matches("http://a/b", "http://a/b"));
        assert!(!matches("http://a/b", "http://a/bc"));
        assert!(matches("*a*b*", "xaxbx"));
        assert!(!matches("*a*b", "ba"));
        assert!(matches("*", ""));
    }
}
