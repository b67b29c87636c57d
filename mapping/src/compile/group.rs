//! Groups: what starts a run, what a call needs, the rules of each.

use std::collections::HashMap;
use std::rc::Rc;

use carewire_fhir_model::schema::TypeId;

use super::rule::{MapRule, Rule, RuleKind};
use super::scope::Scope;
use super::{Compiler, GroupOf, Type, nearest, types};
use crate::diagnostic::Span;
use crate::finding::Code;
use crate::program::{Call, Entry, Expr, KindOf, ParameterOf};
use crate::syntax::{Group, Name, ParameterMode, TypeMode, Word};

/// What is at hand while the rules of one group are compiled.
pub(super) struct Body {
    pub(super) unit: usize,
    pub(super) scope: Scope,
}

/// A group that is called for its types.
pub(super) struct DefaultGroup {
    group: GroupOf,
    target: Type,
    mode: TypeMode,
}

impl Compiler<'_> {
    /// Compiles every group: those that start a run and what they call, each for its types, and the others as they are declared.
    pub(super) fn groups(&mut self) {
        self.default_groups();
        self.entries();
        self.drain();
        if self.options.reachable_only {
            return;
        }
        for unit in 0..self.units.len() {
            let count = self.units.get(unit).map_or(0, |unit| unit.groups.len());
            for index in 0..count {
                let group = GroupOf { unit, index };
                if !self.called.contains(&group) {
                    let types = self.declared_types(group);
                    self.specialise(group, types);
                    self.drain();
                }
            }
        }
    }

    fn drain(&mut self) {
        while let Some((id, group, types)) = self.pending.pop() {
            if let Some(compiled) = self.group(group, &types)
                && let Some(place) = self.program.groups.get_mut(id.0 as usize)
            {
                *place = compiled;
            }
        }
    }

    pub(super) fn group_of(&self, group: GroupOf) -> Option<Rc<Group>> {
        self.units.get(group.unit)?.groups.get(group.index).map(Rc::clone)
    }

    fn entries(&mut self) {
        for unit in 0..self.units.len() {
            let group = self.placed(GroupOf { unit, index: 0 });
            let Some(first) = self.group_of(group) else {
                continue;
            };
            let words = self.entry_words(unit);
            if words.is_empty() && self.options.reachable_only {
                continue;
            }
            let mut types = self.declared_types(group);
            if !words.is_empty() {
                // What starts by an event takes a message and, unless it says otherwise, makes a Bundle.
                for (ty, parameter) in types.iter_mut().zip(&first.parameters) {
                    *ty = match (*ty, parameter.mode) {
                        (Type::Unknown, ParameterMode::Source) => Type::Tree,
                        (Type::Unknown, ParameterMode::Target) => Type::Fhir(TypeId::BUNDLE),
                        (declared, _) => declared,
                    };
                }
            }
            let takes_documents = matches!(types.first(), Some(Type::Fhir(_)));
            let id = self.specialise(group, types);
            let entry = Entry {
                group: id,
                place: self.place(group.unit, first.name.span),
            };
            if let Some(url) = self.units.get(unit).and_then(|unit| unit.url.as_deref()) {
                self.program.starts.insert(url.to_owned(), entry.clone());
            }
            let starts = matches!(first.parameters.as_slice(), [source, targets @ ..]
                if source.mode == ParameterMode::Source && !targets.is_empty() && targets.iter().all(|one| one.mode == ParameterMode::Target));
            for (word, span) in words {
                if !starts {
                    let message = format!(
                        "`{}` must have one source and then its targets to start a run",
                        first.name.text
                    );
                    self.report(unit, Code::BadEntry, first.name.span, message, None);
                } else if !is_entry(&word) {
                    let help = Some("write `ADT^A01`, `ADT_A01`, `ADT^*` or `*`".to_owned());
                    self.report(unit, Code::BadEntry, span, format!("`{word}` is no entry"), help);
                } else if self
                    .entries_of(takes_documents)
                    .insert(word.clone(), entry.clone())
                    .is_some()
                {
                    self.report(
                        unit,
                        Code::DuplicateEntry,
                        span,
                        format!("`{word}` is declared twice in the set"),
                        None,
                    );
                }
            }
        }
    }

    /// The entries for documents, or those for messages: the same event may start a map each way.
    fn entries_of(&mut self, documents: bool) -> &mut HashMap<String, Entry> {
        if documents {
            &mut self.program.document_entries
        } else {
            &mut self.program.entries
        }
    }

    /// The types that a group's parameters are declared with.
    pub(super) fn declared_types(&mut self, group: GroupOf) -> Vec<Type> {
        if let Some(known) = self.declared.get(&group) {
            return known.to_vec();
        }
        let Some(declared) = self.group_of(group) else {
            return Vec::new();
        };
        let mut found = Vec::with_capacity(declared.parameters.len());
        for parameter in &declared.parameters {
            found.push(match &parameter.type_name {
                None => Type::Unknown,
                Some(name) => self.type_named(group.unit, &name.text, name.span),
            });
        }
        self.declared.insert(group, found.as_slice().into());
        found
    }

    /// What a name of a type means in a file: an alias of it, else a type of R4.
    pub(super) fn type_named(&mut self, unit: usize, name: &str, span: Span) -> Type {
        let known = self.units.get(unit).and_then(|of| of.types.get(name)).copied();
        if let Some(ty) = known.or_else(|| types::named(name).map(Type::Fhir)) {
            return ty;
        }
        // A structure of another version of FHIR has types that R4 does not have.
        if self.has_models(unit) {
            return Type::Unknown;
        }
        let mine = self
            .units
            .get(unit)
            .map(|of| of.types.keys())
            .into_iter()
            .flatten()
            .map(Word::as_str);
        let fhir = carewire_fhir_model::schema::Schema::r4()
            .types()
            .map(|ty| ty.name());
        let help = nearest::help(name, mine.chain(fhir));
        self.report(
            unit,
            Code::UnknownType,
            span,
            format!("there is no type `{name}` here"),
            help,
        );
        Type::Unknown
    }

    /// Whether a file uses another version of FHIR: names of types may then be of that version.
    pub(super) fn has_models(&self, unit: usize) -> bool {
        self.units
            .get(unit)
            .is_some_and(|of| {
                of.types
                    .values()
                    .any(|ty| matches!(ty, Type::Model(id) if self.models.url(*id).starts_with("http://hl7.org/fhir/")))
            })
    }

    /// The structure of HL7 v2 that a name of a type stands for in a file.
    fn structure_of(&self, unit: usize, name: Option<&Name>) -> Option<Box<str>> {
        let name = name?;
        let structures = &self.units.get(unit)?.map.structures;
        structures.iter().find_map(|structure| {
            let own = structure.url.value.strip_prefix("urn:hl7-org:v2xml:")?;
            let alias = structure.alias.as_ref().map_or(own, |alias| alias.text.as_str());
            (name.text == alias).then(|| own.into())
        })
    }

    fn group(&mut self, of: GroupOf, types: &[Type]) -> Option<crate::program::Group> {
        let group = self.group_of(of)?;
        let unit = of.unit;
        let mut body = Body {
            unit,
            scope: Scope::default(),
        };
        let mut parameters = Vec::with_capacity(types.len());
        for (parameter, ty) in group.parameters.iter().zip(types) {
            let slot = body.scope.slot();
            let is_target = parameter.mode == ParameterMode::Target;
            body.scope.declare(&parameter.name, slot, *ty, is_target);
            let kind = match ty {
                Type::Fhir(type_id) => KindOf::Fhir(*type_id),
                Type::Tree => KindOf::Message(self.structure_of(unit, parameter.type_name.as_ref())),
                Type::Model(id) => KindOf::Loose(resource_name(self.models.url(*id))),
                _ => KindOf::Loose(None),
            };
            parameters.push(ParameterOf { is_target, kind });
        }
        if group.type_mode.is_some() {
            self.check_default_group(unit, &group);
        }
        let mut rules = Vec::new();
        if let Some(base) = &group.extends {
            rules.extend(self.base(&mut body, &group, base.span, of));
        }
        rules.extend(self.rules(&mut body, &group.rules));
        Some(crate::program::Group {
            frame: body.scope.frame(),
            parameters,
            code: self.lower(rules),
        })
    }

    fn check_default_group(&mut self, unit: usize, group: &Group) {
        let shape = matches!(group.parameters.as_slice(), [source, target]
            if source.mode == ParameterMode::Source && target.mode == ParameterMode::Target
                && source.type_name.is_some() && target.type_name.is_some());
        if !shape {
            let message = format!(
                "the default group `{}` must have a source and a target, both with a type",
                group.name.text
            );
            self.report(unit, Code::ParameterCount, group.name.span, message, None);
        }
    }

    /// The rules of the group that this one extends, as a call with the parameters of the same names.
    fn base(&mut self, body: &mut Body, group: &Group, span: Span, of: GroupOf) -> Option<Rule> {
        let name = group.extends.as_ref()?.text.clone();
        // In an overlay its own name is the group that it replaces.
        let below = self.group_below(of).filter(|_| name == group.name.text);
        let base = match below {
            Some(below) => below,
            None => self.one_group(of.unit, &name, span)?,
        };
        if self.extends(base, of, 0) {
            self.report(
                of.unit,
                Code::CircularExtends,
                span,
                format!("`{}` extends itself", group.name.text),
                None,
            );
            return None;
        }
        let declared = self.group_of(base)?;
        let base_types = self.declared_types(base);
        let (mut arguments, mut types) = (Vec::new(), Vec::new());
        for (parameter, ty) in declared.parameters.iter().zip(base_types) {
            let Some(own) = body.scope.find(&parameter.name.text).cloned() else {
                let message = format!("the parameter `{}` of `{name}` is missing", parameter.name.text);
                self.report(of.unit, Code::ParameterCount, group.name.span, message, None);
                return None;
            };
            if own.is_target != (parameter.mode == ParameterMode::Target) {
                let message = format!(
                    "the parameter `{}` has another mode in `{name}`",
                    parameter.name.text
                );
                self.report(of.unit, Code::ParameterMode, group.name.span, message, None);
            }
            arguments.push(Expr::Variable(own.slot));
            types.push(ty.narrowed(own.ty));
        }
        let call = Call {
            group: self.specialise(base, types),
            arguments: arguments.into(),
        };
        let rule = MapRule {
            calls: vec![call],
            ..MapRule::default()
        };
        Some(Rule {
            place: self.place(of.unit, span),
            kind: RuleKind::Map(rule),
        })
    }

    /// Whether a group is another or extends it.
    fn extends(&self, group: GroupOf, other: GroupOf, depth: usize) -> bool {
        if group == other || depth > 100 {
            return true;
        }
        let Some(own) = self.group_of(group) else {
            return false;
        };
        let Some(base) = own.extends.clone() else {
            return false;
        };
        if base.text == own.name.text
            && let Some(below) = self.group_below(group)
        {
            return self.extends(below, other, depth + 1);
        }
        match self.find_groups(group.unit, &base.text).as_slice() {
            [base, ..] => self.extends(*base, other, depth + 1),
            [] => false,
        }
    }

    /// The one group of a name.
    pub(super) fn one_group(&mut self, unit: usize, name: &str, span: Span) -> Option<GroupOf> {
        if let Some(only) = self.only_group(unit, name) {
            return Some(only);
        }
        match self.find_groups(unit, name).as_slice() {
            [only] => Some(*only),
            [] => {
                let help = nearest::help(name, self.group_names(unit));
                self.report(
                    unit,
                    Code::UnknownGroup,
                    span,
                    format!("there is no group `{name}` here"),
                    help,
                );
                None
            }
            [first, ..] => {
                let first = *first;
                self.report(
                    unit,
                    Code::AmbiguousGroup,
                    span,
                    format!("several imported maps declare a group `{name}`"),
                    None,
                );
                Some(first)
            }
        }
    }

    /// The default group for a pair of types; with an open target the one for the source's type alone.
    pub(super) fn default_group(
        &self,
        unit: usize,
        source: Type,
        target: Option<Type>,
    ) -> Option<(GroupOf, Vec<Type>)> {
        let sees = &self.units.get(unit)?.sees;
        let defaults = self.default_groups.get(&source.plain())?.iter();
        let fitting = defaults.filter(|default| match target {
            Some(target) => default.target == target.plain(),
            None => default.mode == TypeMode::TypePlus,
        });
        // As the imports stand in the file, and the groups in each.
        let seen = fitting.filter_map(|default| {
            let place = sees.place(default.group.unit)?;
            Some((place, default))
        });
        let (_, first) = seen.min_by_key(|(place, _)| *place)?;
        Some((self.placed(first.group), vec![source, first.target]))
    }

    /// Finds the default groups of the set by the types of their sources.
    fn default_groups(&mut self) {
        for unit in 0..self.units.len() {
            let groups = self.units.get(unit).map_or(&[][..], |of| of.groups.as_slice());
            let defaults: Vec<(usize, TypeMode)> = groups
                .iter()
                .enumerate()
                .filter_map(|(index, group)| Some((index, group.type_mode?)))
                .collect();
            for (index, mode) in defaults {
                let group = GroupOf { unit, index };
                if let [source, target] = *self.declared_types(group)
                    && source != Type::Unknown
                {
                    let target = target.plain();
                    let default = DefaultGroup { group, target, mode };
                    self.default_groups
                        .entry(source.plain())
                        .or_default()
                        .push(default);
                }
            }
        }
    }
}

/// The resource that the url of another version of FHIR names.
fn resource_name(url: &str) -> Option<Box<str>> {
    let (_, name) = url
        .strip_prefix("http://hl7.org/fhir/")?
        .split_once("StructureDefinition/")?;
    let type_id = carewire_fhir_model::schema::Schema::r4().type_named(name)?;
    type_id.is_resource().then(|| name.into())
}

/// `ADT^A01`, `ADT_A01`, `ADT^*` or `*`.
fn is_entry(word: &str) -> bool {
    let code = |text: &str| {
        !text.is_empty()
            && text.len() <= 8
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    match (word.split_once('^'), word.split_once('_')) {
        (Some((first, event)), _) => code(first) && (event == "*" || code(event)),
        (None, Some((first, event))) => code(first) && code(event),
        (None, None) => word == "*" || code(word),
    }
}

#[cfg(test)]
mod tests {
    use super::is_entry;

    #[test]
    fn entries() {
        for word in ["ADT^A01", "ADT_A01", "ADT^*", "*", "ACK"] {
            assert!(is_entry(word), "{word}");
        }
        for word in ["adt^A01", "ADT^", "^A01", "ADT^A*", ""] {
            assert!(!is_entry(word), "{word}");
        }
    }
}
