//! The changes of a pair of objects, and of all that they hold.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use super::hash::{Hashed, is_same, is_same_primitive};
use super::list::{From, matched};
use super::{Change, ChangeKind, Diff, DiffError, Side};
use crate::document::tape::{COMPANION, ITEM, Kind, RESOURCE_TYPE};
use crate::document::{Document, Node, ValueKind};
use crate::json::escape::unescape;
use crate::schema::{Element, Property, TypeId, TypeKind};

pub(super) fn diff<'o, 'n>(old: &'o Document<'o>, new: &'n Document<'n>) -> Result<Diff<'o, 'n>, DiffError> {
    let (old_root, new_root) = (old.root(), new.root());
    if old_root.type_id() != new_root.type_id() {
        return Err(DiffError::OtherType);
    }
    let mut differ = Differ {
        old: Hashed::new(old),
        new: Hashed::new(new),
        changes: Vec::new(),
        pairs: BTreeMap::new(),
        work: Vec::new(),
        blocks: 0,
    };
    if !is_same((&differ.old, old_root), (&differ.new, new_root)) {
        let root = |node: Node<'_>| node.type_id().map_or("Resource", TypeId::name);
        differ.objects((old_root, root(old_root)), (new_root, root(new_root)))?;
        while let Some(pair) = differ.work.pop() {
            differ.pair(pair);
        }
    }
    Ok(Diff {
        old,
        new,
        changes: differ.changes,
        pairs: differ.pairs,
    })
}

struct Differ<'o, 'n> {
    old: Hashed<'o>,
    new: Hashed<'n>,
    changes: Vec<Change<'o, 'n>>,
    pairs: BTreeMap<u32, u32>,
    /// Pairs that differ and are still to be compared, the next one last.
    work: Vec<Pair<'o, 'n>>,
    blocks: u32,
}

/// Two values of one element, and the objects that they are in.
struct Pair<'o, 'n> {
    old: Side<'o>,
    new: Side<'n>,
    parents: (Node<'o>, Node<'n>),
}

/// What was found in a pair of objects, until it is sure that all of it can be told.
#[derive(Default)]
struct Found<'o, 'n> {
    changes: Vec<Change<'o, 'n>>,
    pairs: Vec<(u32, u32)>,
    work: Vec<Pair<'o, 'n>>,
}

/// A name in an object: the first field of an element, or the key that the schema does not have.
type Name = (u16, String);

/// What stands under one name.
#[derive(Default)]
struct Values<'d> {
    nodes: Vec<Node<'d>>,
    /// Whether a key of it is there twice.
    is_twice: bool,
    /// Whether a null stands for the id and extensions of one value. An edit takes that for a value.
    has_null: bool,
}

/// The values of an object by name, the names in their order.
fn values(object: Node<'_>) -> Vec<(Name, Values<'_>)> {
    let tape = &object.document().tape;
    let mut places: BTreeMap<Name, usize> = BTreeMap::new();
    let mut found: Vec<(Name, Values<'_>)> = Vec::new();
    let mut keys: BTreeSet<(usize, u16, bool)> = BTreeSet::new();
    let end = object.slot().next(object.index());
    let mut at = object.index() + 1;
    while let Some(slot) = tape.slot(at).filter(|_| at < end) {
        let node = Node::new(object.document(), at);
        at = slot.next(at);
        let name = match node.element() {
            Some(element) => (element.field_numbers().0, String::new()),
            None => (slot.field, unescape(node.unknown_key()).into_owned()),
        };
        let place = *places.entry(name.clone()).or_insert_with(|| {
            found.push((name, Values::default()));
            found.len() - 1
        });
        let Some((_, values)) = found.get_mut(place) else {
            break;
        };
        if !slot.continues() {
            values.is_twice |= !keys.insert((place, slot.field, slot.has(COMPANION)));
        }
        let is_listed = node.element().is_some_and(Element::is_list) && slot.has(ITEM);
        values.has_null |= slot.kind == Kind::Null && slot.has(COMPANION) && !is_listed;
        // An empty array is no element.
        if slot.is_element() || slot.field == RESOURCE_TYPE {
            values.nodes.push(node);
        }
    }
    found
}

/// Whether a node is what its element may hold, so that it can be put into a document by itself.
pub(super) fn is_well_formed(node: Node<'_>) -> bool {
    let is_object = node.value_kind() == ValueKind::Object;
    let companion = node.companion_index();
    let companion = companion.and_then(|at| node.document().tape.slot(at));
    match node.property().map(Property::kind) {
        Some(TypeKind::Primitive) => match companion {
            // A value beside it, or null, or nothing.
            Some(companion) => {
                let is_alone = node.companion_index() == Some(node.index());
                let has_value = node.has_value() || node.value_kind() == ValueKind::Null;
                companion.kind == Kind::Object && (is_alone || has_value)
            }
            None => node.has_value(),
        },
        Some(_) => is_object && !node.type_id().is_some_and(TypeId::is_abstract),
        None => true,
    }
}

impl<'o, 'n> Differ<'o, 'n> {
    fn is_same(&self, old: Node<'_>, new: Node<'_>) -> bool {
        is_same((&self.old, old), (&self.new, new))
    }

    /// Two values of one element that are not the same and are both well-formed.
    fn pair(&mut self, Pair { old, new, parents }: Pair<'o, 'n>) {
        let (one, other) = (old.node, new.node);
        if one.slot().field == other.slot().field {
            if one
                .property()
                .is_some_and(|one| one.kind() == TypeKind::Primitive)
            {
                if is_same_primitive(one, other) {
                    return;
                }
            } else if one.type_id() == other.type_id()
                // What an edit leaves empty it does not write.
                && one.children().next().is_some()
                && other.children().next().is_some()
                && self.objects((one, &old.path), (other, &new.path)).is_ok()
            {
                return;
            }
        }
        let change = self.change(ChangeKind::Replace, parents, Some(old), Some(new));
        self.changes.push(change);
    }

    /// A change of a block of its own.
    fn change(
        &mut self,
        kind: ChangeKind,
        parents: (Node<'o>, Node<'n>),
        old: Option<Side<'o>>,
        new: Option<Side<'n>>,
    ) -> Change<'o, 'n> {
        self.blocks += 1;
        Change {
            kind,
            parents,
            old,
            new,
            is_unknown: false,
            block: self.blocks,
        }
    }

    /// The changes of two objects of one type, and what is to be compared in them. If these cannot be told one by
    /// one, nothing is kept.
    fn objects(&mut self, old: (Node<'o>, &str), new: (Node<'n>, &str)) -> Result<(), DiffError> {
        let mut news: BTreeMap<Name, Values<'n>> = BTreeMap::new();
        let mut more: Vec<Name> = Vec::new();
        for (name, values) in values(new.0) {
            more.push(name.clone());
            news.insert(name, values);
        }
        let mut found = Found::default();
        for (name, olds) in values(old.0) {
            let news = news.remove(&name).unwrap_or_default();
            self.values(&mut found, &name, (old, &olds), (new, &news))?;
        }
        for name in more {
            if let Some(news) = news.remove(&name) {
                self.values(&mut found, &name, (old, &Values::default()), (new, &news))?;
            }
        }
        self.changes.append(&mut found.changes);
        self.pairs.extend(found.pairs);
        self.work.extend(found.work.into_iter().rev());
        Ok(())
    }

    /// What stands under one name in two objects.
    fn values(
        &mut self,
        found: &mut Found<'o, 'n>,
        name: &Name,
        (old, olds): ((Node<'o>, &str), &Values<'o>),
        (new, news): ((Node<'n>, &str), &Values<'n>),
    ) -> Result<(), DiffError> {
        let (old_nodes, new_nodes) = (&olds.nodes, &news.nodes);
        let parents = (old.0, new.0);
        let is_same = |(one, other): (&Node<'_>, &Node<'_>)| {
            // What is unknown may be a list or not.
            let as_listed = one.is_known() || one.in_array() == other.in_array();
            as_listed && self.is_same(*one, *other)
        };
        if old_nodes.len() == new_nodes.len() && old_nodes.iter().zip(new_nodes).all(is_same) {
            return Ok(());
        }
        if name.0 == RESOURCE_TYPE {
            return Err(DiffError::OtherType);
        }
        let is_held = |values: &Values<'_>| values.has_null && values.nodes.is_empty();
        if olds.is_twice || news.is_twice || is_held(olds) || is_held(news) {
            return Err(DiffError::Malformed);
        }
        let element = old_nodes
            .first()
            .and_then(|node| node.element())
            .or_else(|| new_nodes.first().and_then(|node| node.element()));
        let Some(element) = element else {
            if name.1 == "resourceType" {
                return Err(DiffError::Malformed);
            }
            let old = old_nodes.first().map(|node| side(old.1, *node, &name.1, None));
            let new = new_nodes.first().map(|node| side(new.1, *node, &name.1, None));
            if let Some(kind) = kind(old.is_some(), new.is_some()) {
                let change = self.change(kind, parents, old, new);
                found.changes.push(Change {
                    is_unknown: true,
                    ..change
                });
            }
            return Ok(());
        };
        if element.is_list() {
            return self.list(found, (old, old_nodes), (new, new_nodes));
        }
        if old_nodes.len() > 1 || new_nodes.len() > 1 {
            return Err(DiffError::Malformed);
        }
        if !old_nodes.iter().all(|node| is_well_formed(*node))
            || !new_nodes.iter().all(|node| is_well_formed(*node))
        {
            return Err(DiffError::Malformed);
        }
        let place = |node: Node<'_>| node.slot().has(ITEM).then_some(0);
        let old = old_nodes
            .first()
            .map(|node| side(old.1, *node, node.name(), place(*node)));
        let new = new_nodes
            .first()
            .map(|node| side(new.1, *node, node.name(), place(*node)));
        match (old, new) {
            (Some(old), Some(new)) => found.work.push(Pair { old, new, parents }),
            (old, new) => {
                if let Some(kind) = kind(old.is_some(), new.is_some()) {
                    found.changes.push(self.change(kind, parents, old, new));
                }
            }
        }
        Ok(())
    }

    /// Two lists that are not the same.
    fn list(
        &mut self,
        found: &mut Found<'o, 'n>,
        (old, olds): ((Node<'o>, &str), &[Node<'o>]),
        (new, news): ((Node<'n>, &str), &[Node<'n>]),
    ) -> Result<(), DiffError> {
        let parents = (old.0, new.0);
        let from = matched((&self.old, olds), (&self.new, news));
        let old_side = |place: usize| {
            let node = *olds.get(place)?;
            let before = place.checked_sub(1).and_then(|place| olds.get(place));
            Some(Side {
                before: before.copied(),
                ..side(old.1, node, node.name(), Some(place))
            })
        };
        let new_side = |place: usize| {
            let node = *news.get(place)?;
            let before = place.checked_sub(1).and_then(|place| news.get(place));
            Some(Side {
                before: before.copied(),
                ..side(new.1, node, node.name(), Some(place))
            })
        };
        let mut kept = vec![false; olds.len()];
        for from in &from {
            if let From::Stays(place) | From::Moves(place) = *from
                && let Some(kept) = kept.get_mut(place)
            {
                *kept = true;
            }
        }
        self.blocks += 1;
        let block = self.blocks;
        let mut push = |kind, old, new| {
            found.changes.push(Change {
                kind,
                parents,
                old,
                new,
                is_unknown: false,
                block,
            });
        };
        for (place, (node, kept)) in olds.iter().zip(&kept).enumerate() {
            if !*kept {
                if !is_well_formed(*node) {
                    return Err(DiffError::Malformed);
                }
                push(ChangeKind::Delete, old_side(place), None);
            }
        }
        for (place, (node, from)) in news.iter().zip(&from).enumerate() {
            let before = match *from {
                From::Nothing => {
                    if !is_well_formed(*node) {
                        return Err(DiffError::Malformed);
                    }
                    push(ChangeKind::Add, None, new_side(place));
                    continue;
                }
                From::Moves(before) => {
                    push(ChangeKind::Move, old_side(before), new_side(place));
                    before
                }
                From::Stays(before) => before,
            };
            let Some(one) = olds.get(before) else { continue };
            found.pairs.push((node.index(), one.index()));
            if !self.is_same(*one, *node) {
                if !is_well_formed(*one) || !is_well_formed(*node) {
                    return Err(DiffError::Malformed);
                }
                let sides = old_side(before).zip(new_side(place));
                found
                    .work
                    .extend(sides.map(|(old, new)| Pair { old, new, parents }));
            }
        }
        Ok(())
    }
}

/// What happened to something that is in the one or the other.
fn kind(old: bool, new: bool) -> Option<ChangeKind> {
    match (old, new) {
        (true, true) => Some(ChangeKind::Replace),
        (true, false) => Some(ChangeKind::Delete),
        (false, true) => Some(ChangeKind::Add),
        (false, false) => None,
    }
}

fn side<'d>(parent: &str, node: Node<'d>, name: &str, place: Option<usize>) -> Side<'d> {
    let mut path = String::with_capacity(parent.len() + name.len() + 5);
    path.push_str(parent);
    path.push('.');
    path.push_str(name);
    if let Some(place) = place {
        // A string takes whatever is written.
        let _ = write!(path, "[{place}]");
    }
    Side {
        node,
        before: None,
        index: place.unwrap_or_default(),
        path,
    }
}
