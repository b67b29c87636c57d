//! Files that replace groups and concept maps of another by their names, so that a site changes a map without copying it.

use super::{Compiler, GroupOf};
use crate::diagnostic::Span;
use crate::finding::Code;

/// The metadata line that names the url of the map that a file lies over.
const OVERLAY: &str = "carewire.overlay";

impl Compiler<'_> {
    /// Finds the overlays of the set, and what each replaces.
    pub(super) fn overlays(&mut self) {
        for unit in 0..self.units.len() {
            let line = self
                .units
                .get(unit)
                .and_then(|of| of.map.metadata.iter().find(|line| line.is(OVERLAY)));
            let Some((url, span)) = line
                .and_then(|line| line.value.as_ref())
                .map(|value| (value.value.clone(), value.span))
            else {
                continue;
            };
            let base = self
                .units
                .iter()
                .position(|of| of.url.as_deref() == Some(url.as_str()));
            match base.filter(|base| *base != unit) {
                Some(base) => self.overlay(unit, base, span),
                None => {
                    let help = self.nearest_url(unit, &url);
                    let message = "no map of the set has this url";
                    self.report(unit, Code::UnknownOverlay, span, message, help);
                }
            }
        }
    }

    fn overlay(&mut self, unit: usize, base: usize, span: Span) {
        let (Some(over), Some(under)) = (self.units.get(unit), self.units.get(base)) else {
            return;
        };
        let mut replaced = Vec::new();
        for (index, group) in over.groups.iter().enumerate() {
            if let Some(at) = under
                .groups
                .iter()
                .position(|one| one.name.text == group.name.text)
            {
                let same = under.groups.get(at).is_some_and(|one| {
                    let modes = |of: &crate::syntax::Group| -> Vec<_> {
                        of.parameters.iter().map(|one| one.mode).collect()
                    };
                    modes(one) == modes(group)
                });
                replaced.push((index, at, group.name.span, same));
            }
        }
        let has_maps = over.map.concept_maps.iter().any(|one| {
            under
                .map
                .concept_maps
                .iter()
                .any(|other| other.url.value == one.url.value)
        });
        if replaced.is_empty() && !has_maps {
            let message = "the map has no group and no concept map of a name that is declared here";
            self.report(unit, Code::UnknownOverlay, span, message, None);
        }
        for (index, at, span, same) in replaced {
            if !same {
                let message = "the group that is replaced takes other parameters";
                self.report(unit, Code::ParameterCount, span, message, None);
            }
            let under = GroupOf {
                unit: base,
                index: at,
            };
            if self.replaced.insert(under, GroupOf { unit, index }).is_some() {
                let message = "another file lies over the same group";
                self.report(unit, Code::DuplicateName, span, message, None);
            }
        }
        self.overlays.insert(unit, base);
    }

    /// A file that lies over another sees what that sees, behind its own.
    pub(super) fn see_through_overlays(&mut self) {
        for unit in 0..self.units.len() {
            let Some(base) = self.overlays.get(&unit).copied() else {
                continue;
            };
            let below = self.units.get(base).map(|of| of.sees.clone()).unwrap_or_default();
            if let Some(of) = self.units.get_mut(unit) {
                below.files().iter().for_each(|other| of.sees.add(*other));
            }
        }
    }

    /// The concept maps of a file take the place of those of the same name below it.
    pub(super) fn overlay_concept_maps(&mut self) {
        for unit in 0..self.units.len() {
            let Some(base) = self.overlays.get(&unit).copied() else {
                continue;
            };
            let own: Vec<(String, u32)> = self
                .units
                .get(unit)
                .map(|of| {
                    of.concept_maps
                        .iter()
                        .map(|(name, number)| (name.clone(), *number))
                        .collect()
                })
                .unwrap_or_default();
            if let Some(of) = self.units.get_mut(base) {
                for (name, number) in own {
                    if of.concept_maps.contains_key(&name) {
                        of.concept_maps.insert(name, number);
                    }
                }
            }
        }
    }

    /// The group that stands in the place of another.
    pub(super) fn placed(&self, group: GroupOf) -> GroupOf {
        let mut at = group;
        // An overlay may lie over an overlay; a circle of them ends where it began.
        for _ in 0..self.units.len() {
            match self.replaced.get(&at) {
                Some(over) => at = *over,
                None => break,
            }
        }
        at
    }

    /// The group that a group of an overlay replaces: what `extends` of its own name means.
    pub(super) fn group_below(&self, group: GroupOf) -> Option<GroupOf> {
        self.replaced
            .iter()
            .find(|(_, over)| **over == group)
            .map(|(under, _)| *under)
    }
}
