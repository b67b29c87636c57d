//! The names that a file declares: none twice, none that is a word of the language, and that of the map itself.

use std::collections::HashSet;

use super::Compiler;
use crate::diagnostic::Span;
use crate::finding::Code;
use crate::run::hash::Seeded;
use crate::syntax::{Group, Map, Name, RESERVED, Rule, Statement};

impl Compiler<'_> {
    /// What is wrong with the names of a file.
    pub(super) fn names(&mut self, unit: usize) {
        self.twice(unit);
        // What ships is looked at by a test.
        if !self.options.reachable_only {
            self.reserved(unit);
            self.name_of_map(unit);
        }
    }

    fn twice(&mut self, unit: usize) {
        let Some(of) = self.units.get(unit) else { return };
        let groups = of.groups.iter().map(|group| &group.name);
        let constants = of.map.constants.iter().map(|constant| &constant.name);
        let mut twice = Vec::new();
        for names in [groups.collect::<Vec<_>>(), constants.collect()] {
            let mut seen = HashSet::with_hasher(Seeded::default());
            twice.extend(
                names
                    .into_iter()
                    .filter(|name| !seen.insert(name.text.as_str()))
                    .cloned(),
            );
        }
        for name in twice {
            self.report(
                unit,
                Code::DuplicateName,
                name.span,
                format!("`{}` is declared twice in this file", name.text),
                None,
            );
        }
    }

    fn reserved(&mut self, unit: usize) {
        let Some(of) = self.units.get(unit) else { return };
        let mut names: Vec<&Name> = of.map.constants.iter().map(|constant| &constant.name).collect();
        for group in &of.groups {
            in_group(group, &mut names);
        }
        // In backticks a name is longer than its text.
        let is_plain = |name: &Name| (name.span.end - name.span.start) as usize == name.text.len();
        let reserved: Vec<Name> = names
            .into_iter()
            .filter(|name| is_plain(name) && RESERVED.binary_search(&name.text.as_str()).is_ok())
            .cloned()
            .collect();
        for name in reserved {
            self.report(
                unit,
                Code::ReservedName,
                name.span,
                format!("`{}` is a word of the language and no name", name.text),
                None,
            );
        }
    }

    fn name_of_map(&mut self, unit: usize) {
        let Some(of) = self.units.get(unit) else { return };
        if !of.groups.is_empty() && of.url.is_some() && !is_named(&of.map) {
            self.report(
                unit,
                Code::MissingName,
                Span::default(),
                "the map has no name, which a StructureMap needs",
                None,
            );
        }
    }
}

fn is_named(map: &Map) -> bool {
    map.declaration.is_some() || map.metadata_text("name").is_some_and(|name| !name.is_empty())
}

fn in_group<'m>(group: &'m Group, names: &mut Vec<&'m Name>) {
    names.push(&group.name);
    names.extend(group.parameters.iter().map(|parameter| &parameter.name));
    in_statements(&group.rules, names);
}

/// As deep as rules nest.
fn in_statements<'m>(statements: &'m [Statement], names: &mut Vec<&'m Name>) {
    for statement in statements {
        if let Statement::Rule(rule) = statement {
            in_rule(rule, names);
        }
    }
}

fn in_rule<'m>(rule: &'m Rule, names: &mut Vec<&'m Name>) {
    names.extend(rule.sources.iter().filter_map(|source| source.alias.as_ref()));
    names.extend(rule.targets.iter().filter_map(|target| target.alias.as_ref()));
    if let Some(inner) = &rule.rules {
        in_statements(inner, names);
    }
}
