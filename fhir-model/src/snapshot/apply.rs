//! Applying the changes of a differential to the tree of the base.

use alloc::borrow::ToOwned as _;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::change::Changes;
use super::facts::{Discriminator, Fact};
use super::finding::{SnapshotCode, SnapshotFinding};
use super::tree::{Branch, Group, Tree};
use super::{Definitions, Snapshots, types};
use crate::document::Node;

/// The work on one profile. `'p` is how long it lives, `'d` how long the definitions do.
pub(super) struct Work<'w, 'd, 'p, D: ?Sized> {
    pub(super) snapshots: &'w mut Snapshots<'d, D>,
    pub(super) changes: &'w Changes<'p>,
    /// The snapshot of the base as it was.
    pub(super) base: &'w Arc<Tree<'d>>,
    /// The canonical URL of the profile.
    pub(super) url: Arc<str>,
    pub(super) findings: Vec<SnapshotFinding>,
}

/// Where a change applies.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Where {
    /// Below a slice, with nothing between that was unfolded.
    in_slice: bool,
    /// To a slice that the profile adds.
    new_slice: bool,
}

/// What a change below an element is.
enum Step<'p> {
    /// A change of the element itself.
    Entry(usize),
    /// A change of a slice.
    Slice(usize, Arc<str>),
    /// `valueQuantity`: a change of the choice `value[x]` for one type.
    Shorthand(usize, Node<'p>),
}

impl<'d: 'p, 'p, D: Definitions + ?Sized> Work<'_, 'd, 'p, D> {
    pub(super) fn note(&mut self, code: SnapshotCode, at: usize) {
        if self.findings.len() < self.snapshots.limits.findings {
            self.findings
                .push(SnapshotFinding::new(code, self.changes.place(at)));
        }
    }

    /// Applies a change and all below it to a branch. Paths are limited, so that this goes no deeper than they do.
    pub(super) fn apply(&mut self, branch: &mut Branch<'p>, at: usize, place: Where) {
        let changes = self.changes;
        for node in changes.nodes(at) {
            self.template(branch, *node, at);
            self.merge(branch, *node, at, place.new_slice);
        }
        if place.new_slice && !changes.says(at, "min") && branch.facts.has("min") {
            // A slice is there because the profile names it, not because it must be there.
            branch.facts.set("min", [Fact::Text("0".into())]);
        }
        if changes.children(at).is_empty() {
            return;
        }
        let unfolded = branch.groups.is_empty();
        if unfolded && !self.unfold(branch, at) {
            return;
        }
        let plan = self.plan(branch, at);
        let groups = Arc::make_mut(&mut branch.groups);
        for (group, steps) in plan {
            if let Some(group) = groups.get_mut(group) {
                self.group(group, &steps, place.in_slice && !unfolded);
            }
        }
    }

    /// Sorts the changes below an element by the elements that they are about.
    fn plan(&mut self, branch: &Branch<'p>, at: usize) -> BTreeMap<usize, Vec<Step<'p>>> {
        let places: BTreeMap<&str, usize> = branch
            .groups
            .iter()
            .enumerate()
            .rev()
            .map(|(place, group)| (&*group.entry.name, place))
            .collect();
        let mut plan: BTreeMap<usize, Vec<Step<'p>>> = BTreeMap::new();
        for &child in self.changes.children(at) {
            let name = self.changes.name(child);
            if let Some(&place) = places.get(name) {
                let step = match self.changes.slice(child) {
                    Some(slice) => Step::Slice(child, slice.clone()),
                    None => Step::Entry(child),
                };
                plan.entry(place).or_default().push(step);
                continue;
            }
            let choice = name
                .char_indices()
                .filter(|(_, letter)| letter.is_ascii_uppercase())
                .find_map(|(end, _)| {
                    let choice = name.get(..end)?.to_owned() + "[x]";
                    let place = *places.get(choice.as_str())?;
                    let group = branch.groups.get(place)?;
                    Some((place, types::of_key(&group.entry.facts, &choice, name)?))
                });
            match choice {
                Some((place, ty)) => plan.entry(place).or_default().push(Step::Shorthand(child, ty)),
                None => self.note(SnapshotCode::PathUnknown, child),
            }
        }
        plan
    }

    /// Applies the changes of one element and its slices.
    fn group(&mut self, group: &mut Group<'p>, steps: &[Step<'p>], in_slice: bool) {
        let pristine = group.entry.clone();
        let is_sliced = pristine.facts.has("slicing");
        let shorthands: Vec<(usize, Node<'p>)> = steps
            .iter()
            .filter_map(|step| match step {
                Step::Shorthand(at, ty) => Some((*at, *ty)),
                _ => None,
            })
            .collect();
        let says_more = steps.iter().any(|step| match step {
            Step::Entry(at) => self.changes.says(*at, "slicing") || self.changes.says(*at, "type"),
            Step::Slice(..) => true,
            Step::Shorthand(..) => false,
        });
        let is_narrowed = !shorthands.is_empty() && !is_sliced && !says_more;
        if let [(at, ty)] = shorthands[..]
            && is_narrowed
            && in_slice
        {
            // Below a slice one type alone needs no slices of its own.
            group.entry.facts.set("type", [Fact::Given(ty)]);
            return self.apply(
                &mut group.entry,
                at,
                Where {
                    in_slice,
                    new_slice: false,
                },
            );
        }
        let mut places: BTreeMap<Arc<str>, usize> = BTreeMap::new();
        for (place, slice) in group.slices.iter().enumerate() {
            if let Some(name) = &slice.slice {
                places.entry(name.clone()).or_insert(place);
            }
        }
        if is_narrowed {
            self.narrow(group, &shorthands);
        }
        for step in steps {
            let (at, slice, ty) = match step {
                Step::Entry(at) => {
                    group.entry.hidden = false;
                    self.apply(
                        &mut group.entry,
                        *at,
                        Where {
                            in_slice,
                            new_slice: false,
                        },
                    );
                    continue;
                }
                Step::Slice(at, slice) => (
                    *at,
                    slice.clone(),
                    types::of_key(&pristine.facts, &pristine.name, slice),
                ),
                Step::Shorthand(at, ty) => {
                    let slice = self.changes.slice(*at).cloned();
                    (
                        *at,
                        slice.unwrap_or_else(|| self.changes.name(*at).into()),
                        Some(*ty),
                    )
                }
            };
            let new_slice = !places.contains_key(&slice);
            if new_slice {
                places.insert(slice.clone(), group.slices.len());
                let made = self.new_slice(group, &pristine, &places, &slice, ty, at);
                group.slices.push(made);
            }
            let found = places.get(&slice).copied();
            if let Some(branch) = found.and_then(|place| group.slices.get_mut(place)) {
                self.apply(
                    branch,
                    at,
                    Where {
                        in_slice: true,
                        new_slice,
                    },
                );
            }
        }
        in_order(&mut group.slices);
    }

    /// The types named in shorthand are all that the choice may be.
    fn narrow(&mut self, group: &mut Group<'p>, shorthands: &[(usize, Node<'p>)]) {
        let named: BTreeSet<u32> = shorthands.iter().map(|(_, ty)| ty.index()).collect();
        let kept: Vec<Fact<'p>> = group
            .entry
            .facts
            .all("type")
            .filter(|fact| fact.node().is_some_and(|ty| named.contains(&ty.index())))
            .cloned()
            .collect();
        let facts = &mut group.entry.facts;
        facts.set("type", kept);
        facts.set(
            "slicing",
            [Fact::Slicing {
                by: Discriminator::Type,
                closed: true,
            }],
        );
        // What must be of the only type must be.
        if let [(at, _)] = shorthands {
            let min = self
                .changes
                .nodes(*at)
                .iter()
                .rev()
                .find_map(|node| node.child("min"));
            let number = min.and_then(Node::text).and_then(|text| text.parse::<u32>().ok());
            if let (Some(node), Some(number)) = (min, number)
                && facts.min().is_none_or(|old| old < number)
            {
                facts.set("min", [Fact::Given(node)]);
            }
        }
    }

    /// A slice that the profile adds: the element as the base has it, or the slice that is sliced again.
    fn new_slice(
        &mut self,
        group: &mut Group<'p>,
        pristine: &Branch<'p>,
        places: &BTreeMap<Arc<str>, usize>,
        name: &Arc<str>,
        ty: Option<Node<'p>>,
        at: usize,
    ) -> Branch<'p> {
        let above = name
            .rsplit_once('/')
            .and_then(|(above, _)| places.get(above))
            .and_then(|place| group.slices.get(*place));
        let mut made = above.unwrap_or(pristine).clone();
        if above.is_none() && !group.entry.facts.has("slicing") {
            let is_extension = matches!(&*pristine.name, "extension" | "modifierExtension");
            let by = match (is_extension, pristine.name.ends_with("[x]")) {
                (true, _) => Some(Discriminator::Url),
                (_, true) => Some(Discriminator::Type),
                _ => None,
            };
            match by {
                Some(by) => group
                    .entry
                    .facts
                    .set("slicing", [Fact::Slicing { by, closed: false }]),
                None => self.note(SnapshotCode::SlicingMissing, at),
            }
        }
        made.slice = Some(name.clone());
        made.hidden = false;
        made.facts.remove("slicing");
        if let Some(ty) = ty {
            made.facts.set("type", [Fact::Given(ty)]);
        }
        made
    }
}

/// Puts the slices of a slice behind it; the others stay in their order.
fn in_order(slices: &mut Vec<Branch<'_>>) {
    let has_parts = |one: &Branch<'_>| one.slice.as_ref().is_some_and(|name| name.contains('/'));
    if !slices.iter().any(has_parts) {
        return;
    }
    let first: BTreeMap<String, usize> = slices
        .iter()
        .enumerate()
        .rev()
        .map(|(place, one)| (one.slice.as_deref().unwrap_or_default().to_owned(), place))
        .collect();
    // The places of a slice and of those that it is a part of, the outermost first.
    let line = |place: usize, name: &str| {
        let mut line: Vec<usize> = name
            .match_indices('/')
            .filter_map(|(end, _)| first.get(name.get(..end)?).copied())
            .collect();
        line.push(place);
        line
    };
    let mut sorted: Vec<(Vec<usize>, Branch<'_>)> = core::mem::take(slices)
        .into_iter()
        .enumerate()
        .map(|(place, one)| (line(place, one.slice.as_deref().unwrap_or_default()), one))
        .collect();
    sorted.sort_by(|(left, _), (right, _)| left.cmp(right));
    slices.extend(sorted.into_iter().map(|(_, one)| one));
}
