//! Which entries of two lists belong together.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

use super::hash::{Hashed, is_same};
use crate::document::{Node, ValueKind};
use crate::schema::TypeId;

/// An entry of the new list and what it was.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    Nothing,
    /// The entry at a place of the old list, which stays where it is among its neighbours.
    Stays(usize),
    /// One that moves.
    Moves(usize),
}

/// What each entry of `new` was in `old`.
pub(super) fn matched(old: (&Hashed<'_>, &[Node<'_>]), new: (&Hashed<'_>, &[Node<'_>])) -> Vec<From> {
    let ((old_hashes, old), (new_hashes, new)) = (old, new);
    let same = |one: &Node<'_>, other: &Node<'_>| is_same((old_hashes, *one), (new_hashes, *other));
    let start = old.iter().zip(new).take_while(|(a, b)| same(a, b)).count();
    let rest = old.len().min(new.len()) - start;
    let both = old.iter().rev().zip(new.iter().rev()).take(rest);
    let end = both.take_while(|(a, b)| same(a, b)).count();

    let mut of: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    for place in 0..start {
        (of[place], taken[place]) = (Some(place), true);
    }
    for place in 1..=end {
        let (from, to) = (old.len() - place, new.len() - place);
        (of[to], taken[from]) = (Some(from), true);
    }
    let (olds, news) = (start..old.len() - end, start..new.len() - end);

    // Equal ones, the first with the first.
    let mut equal: BTreeMap<(u64, u64), VecDeque<usize>> = BTreeMap::new();
    for from in olds.clone() {
        equal.entry(old_hashes.of(old[from])).or_default().push_back(from);
    }
    for to in news.clone() {
        let waiting = equal.get_mut(&new_hashes.of(new[to]));
        if let Some(waiting) = waiting
            && let Some(&from) = waiting.front()
            && same(&old[from], &new[to])
        {
            waiting.pop_front();
            (of[to], taken[from]) = (Some(from), true);
        }
    }
    // Of the same name.
    let mut named: BTreeMap<Name<'_>, VecDeque<usize>> = BTreeMap::new();
    for from in olds.filter(|from| !taken[*from]) {
        if let Some(name) = name(old[from]) {
            named.entry(name).or_default().push_back(from);
        }
    }
    for to in news {
        if of[to].is_none()
            && let Some(name) = name(new[to])
            && let Some(from) = named.get_mut(&name).and_then(VecDeque::pop_front)
        {
            (of[to], taken[from]) = (Some(from), true);
        }
    }
    let mut found = with_moves(&of);
    pair_between(&mut found, &taken, old, new);
    found
}

/// The longest row of entries that keep their order stays; the others move.
fn with_moves(of: &[Option<usize>]) -> Vec<From> {
    // By its length, where the row ends whose last entry comes first in the old list; and what came before each.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; of.len()];
    let old = |to: usize| of.get(to).copied().flatten().unwrap_or_default();
    for (to, from) in of.iter().enumerate() {
        let Some(from) = *from else { continue };
        let length = ends.partition_point(|end| old(*end) < from);
        before[to] = length.checked_sub(1).and_then(|last| ends.get(last)).copied();
        match ends.get_mut(length) {
            Some(end) => *end = to,
            None => ends.push(to),
        }
    }
    let mut found: Vec<From> = of
        .iter()
        .map(|from| from.map_or(From::Nothing, From::Moves))
        .collect();
    let mut at = ends.last().copied();
    while let Some(to) = at {
        found[to] = From::Stays(old(to));
        at = before[to];
    }
    found
}

/// Pairs what is left and has no name between entries that stay, the first with the first.
fn pair_between(found: &mut [From], taken: &[bool], old: &[Node<'_>], new: &[Node<'_>]) {
    let mut next = 0;
    let mut waiting: Vec<usize> = Vec::new();
    let mut gap = |stop: usize, waiting: &mut Vec<usize>, found: &mut [From]| {
        let left = (next..stop).filter(|from| !taken[*from] && is_plain(old[*from]));
        for (from, to) in left.zip(waiting.drain(..)) {
            found[to] = From::Stays(from);
        }
        waiting.clear();
        next = stop + 1;
    };
    for (place, node) in new.iter().enumerate() {
        match found[place] {
            From::Stays(from) => gap(from, &mut waiting, found),
            From::Nothing if is_plain(*node) => waiting.push(place),
            From::Nothing | From::Moves(_) => {}
        }
    }
    gap(old.len(), &mut waiting, found);
}

/// Whether an entry has no name and can be changed in part.
fn is_plain(node: Node<'_>) -> bool {
    name(node).is_none() && super::object::is_well_formed(node)
}

/// What an entry is known by: which sort of name, the type of a resource, the text.
type Name<'d> = (u8, Option<TypeId>, Cow<'d, str>);

fn name(node: Node<'_>) -> Option<Name<'_>> {
    if node.value_kind() != ValueKind::Object || node.type_id().is_none_or(TypeId::is_primitive) {
        return None;
    }
    let ty = node.type_id().filter(|ty| ty.is_resource());
    let names = ["id", "linkId", "fullUrl", "url"];
    (0_u8..).zip(names).find_map(|(sort, name)| {
        let text = node.child(name)?.text()?;
        Some((sort, ty, text))
    })
}
