//! What an edit changes, over the tape: an object that something changed in is opened, the rest stays slots.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::EditError;
use crate::document::tape::{COMPANION, DUPLICATE, ITEM, Kind, NESTED, Slot, UNKNOWN};
use crate::document::{Document, Node};
use crate::json::escape::{push_escaped, unescape};
use crate::schema::{Element, PropertyId, TypeId, TypeKind};

pub(super) const NO: u32 = u32::MAX;

/// A value, or the object with id and extensions of a primitive.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Nothing,
    /// As it stands on the tape.
    Slot(u32),
    /// One that was opened or made.
    Object(u32),
    /// A stretch of `texts`: JSON.
    Text(usize, usize),
}

/// One value of a group: of a primitive both what came under its key and under the key with an underscore.
#[derive(Clone, Copy)]
pub(super) struct Item {
    pub(super) group: u32,
    pub(super) prev: u32,
    pub(super) next: u32,
    pub(super) value: Part,
    pub(super) companion: Part,
    pub(super) gone: bool,
}

/// The values of one key, in a list by number.
pub(super) struct Group {
    pub(super) object: u32,
    pub(super) field: u16,
    /// The slot that has the key if it is unknown.
    pub(super) key: u32,
    /// Or the stretch of `texts` that is a new unknown key, escaped.
    pub(super) name: Option<(usize, usize)>,
    /// Whether values, and companions, stand in an array.
    pub(super) is_array: (bool, bool),
    /// Whether values and companions had a key each.
    pub(super) joins: bool,
    /// Whether an operation changed which values there are.
    pub(super) changed: bool,
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) count: usize,
    /// The place asked for last and what is there.
    cursor: (usize, u32),
}

impl Group {
    /// Whether it is an empty array, which no operation changed.
    pub(super) fn is_as_empty_as_before(&self) -> bool {
        !self.changed && self.count == 0
    }
}

/// What stands under one key of an opened object.
#[derive(Clone, Copy)]
pub(super) enum Run {
    Untouched,
    Group(u32),
    /// Companions, which the group of the values has.
    Joined(u32),
}

pub(super) struct Object {
    /// The type of the object, as far as it is known.
    pub(super) owner: Option<TypeId>,
    /// The item it is the value or companion of.
    pub(super) item: u32,
    /// The slot after all it holds on the tape.
    pub(super) end: u32,
    /// Each key that it had, by its first slot.
    pub(super) runs: Vec<(u32, Run)>,
    /// The first run of each property: of values, of companions.
    fields: BTreeMap<u16, (u32, u32)>,
    /// Groups of keys that it did not have.
    pub(super) added: Vec<u32>,
    /// Whether it is written even with nothing in it.
    pub(super) stays: bool,
    /// What stood in its place, should nothing be added to it.
    pub(super) instead: Part,
    /// A resource that was made: its type is written.
    pub(super) made_resource: Option<TypeId>,
}

pub(super) struct Overlay<'d> {
    pub(super) document: &'d Document<'d>,
    pub(super) objects: Vec<Object>,
    pub(super) groups: Vec<Group>,
    pub(super) items: Vec<Item>,
    pub(super) texts: String,
    /// The object that was opened for a slot.
    opened: BTreeMap<u32, u32>,
    /// The item of a slot, once its group was touched.
    items_of: BTreeMap<u32, u32>,
    /// The container of each slot; made when it is first needed.
    parents: Vec<u32>,
    /// The groups of the unknown keys of each object that was asked for one.
    unknown: BTreeMap<u32, BTreeMap<String, u32>>,
}

impl<'d> Overlay<'d> {
    pub(super) fn new(document: &'d Document<'d>) -> Self {
        let mut overlay = Self {
            document,
            objects: Vec::new(),
            groups: Vec::new(),
            items: Vec::new(),
            texts: String::new(),
            opened: BTreeMap::new(),
            items_of: BTreeMap::new(),
            parents: Vec::new(),
            unknown: BTreeMap::new(),
        };
        overlay.open_slot(0, NO, document.root().type_id());
        overlay
    }

    pub(super) fn slot(&self, at: u32) -> Option<Slot> {
        self.document.tape.slot(at)
    }

    pub(super) fn item(&self, item: u32) -> Option<&Item> {
        self.items.get(item as usize)
    }

    pub(super) fn group_of(&self, item: u32) -> Option<&Group> {
        self.groups.get(self.item(item)?.group as usize)
    }

    /// Opens the container at a slot.
    fn open_slot(&mut self, container: u32, item: u32, owner: Option<TypeId>) -> u32 {
        let id = self.objects.len() as u32;
        let mut runs = Vec::new();
        let mut fields: BTreeMap<u16, (u32, u32)> = BTreeMap::new();
        let end = self.slot(container).map_or(0, |slot| slot.extent);
        let mut at = container + 1;
        while at < end {
            let Some(slot) = self.slot(at) else { break };
            if !slot.continues() {
                if slot.field < NESTED && !slot.has(DUPLICATE) {
                    let first = fields.entry(slot.field).or_insert((NO, NO));
                    let place = if slot.has(COMPANION) {
                        &mut first.1
                    } else {
                        &mut first.0
                    };
                    if *place == NO {
                        *place = runs.len() as u32;
                    }
                }
                runs.push((at, Run::Untouched));
            }
            at = slot.next(at);
        }
        self.objects.push(Object {
            owner,
            item,
            end,
            stays: runs.is_empty(),
            runs,
            fields,
            added: Vec::new(),
            instead: Part::Nothing,
            made_resource: None,
        });
        self.opened.insert(container, id);
        id
    }

    /// An object that was not there.
    pub(super) fn make(&mut self, owner: Option<TypeId>, item: u32) -> u32 {
        let made_resource = owner.filter(|ty| ty.kind() == TypeKind::Resource);
        self.objects.push(Object {
            owner,
            item,
            end: 0,
            runs: Vec::new(),
            fields: BTreeMap::new(),
            added: Vec::new(),
            stays: made_resource.is_some(),
            instead: Part::Nothing,
            made_resource,
        });
        self.objects.len() as u32 - 1
    }

    /// The containers of a slot, the root first; the slot itself not.
    fn above(&mut self, slot: u32) -> Vec<u32> {
        if self.parents.is_empty() {
            let slots = &self.document.tape.slots;
            self.parents = Vec::with_capacity(slots.len());
            let mut open: Vec<(u32, u32)> = Vec::new();
            for (at, slot) in (0_u32..).zip(slots) {
                while open.last().is_some_and(|top| top.1 <= at) {
                    open.pop();
                }
                self.parents.push(open.last().map_or(NO, |top| top.0));
                if slot.kind.is_container() {
                    open.push((at, slot.extent));
                }
            }
        }
        let mut line = Vec::new();
        let mut at = slot;
        while let Some(&parent) = self.parents.get(at as usize) {
            if parent == NO {
                break;
            }
            line.push(parent);
            at = parent;
        }
        line.reverse();
        line
    }

    /// The item of a node that was read, with all above it opened.
    pub(super) fn item_of_slot(&mut self, slot: u32) -> Result<u32, EditError> {
        let mut line = self.above(slot);
        line.push(slot);
        let mut object = 0;
        let mut item = NO;
        let mut places = line.iter().skip(1).peekable();
        while let Some(&at) = places.next() {
            item = self.item_in(object, at)?;
            if places.peek().is_none() {
                break;
            }
            if self.slot(at).is_none_or(|slot| slot.kind != Kind::Object) {
                return Err(EditError::NestedArray);
            }
            object = match self.opened.get(&at) {
                Some(&object) => object,
                None => self.open_part(item, at)?,
            };
            // What was opened may have been replaced since.
            let Some(of) = self.item(item) else {
                return Err(EditError::Gone);
            };
            if of.value != Part::Object(object) && of.companion != Part::Object(object) {
                return Err(EditError::Gone);
            }
        }
        // A node that was replaced is not what stands in its place.
        let of = self.item(item).ok_or(EditError::Root)?;
        let is_there = |part| match part {
            Part::Slot(at) => at == slot,
            Part::Object(object) => self.opened.get(&slot) == Some(&object),
            Part::Nothing | Part::Text(..) => false,
        };
        if is_there(of.value) || is_there(of.companion) {
            Ok(item)
        } else {
            Err(EditError::Gone)
        }
    }

    /// The item that a slot directly in an opened object is of.
    fn item_in(&mut self, object: u32, slot: u32) -> Result<u32, EditError> {
        if !self.items_of.contains_key(&slot) {
            let runs = self.objects.get(object as usize).map(|one| one.runs.as_slice());
            let place = runs.unwrap_or_default().partition_point(|run| run.0 <= slot);
            self.touch(object, place.saturating_sub(1));
        }
        let item = *self.items_of.get(&slot).ok_or(EditError::Root)?;
        match self.item(item) {
            Some(found) if !found.gone => Ok(item),
            _ => Err(EditError::Gone),
        }
    }

    /// Opens the slot that an item holds.
    fn open_part(&mut self, item: u32, slot: u32) -> Result<u32, EditError> {
        let owner = match self.slot(slot) {
            // The companion of a primitive has what its type has.
            Some(of) if of.has(COMPANION) => of.property().map(|one| one.type_id()),
            _ => Node::new(self.document, slot).type_id(),
        };
        let object = self.open_slot(slot, item, owner);
        let Some(of) = self.items.get_mut(item as usize) else {
            return Err(EditError::Gone);
        };
        if of.value == Part::Slot(slot) {
            of.value = Part::Object(object);
        } else if of.companion == Part::Slot(slot) {
            of.companion = Part::Object(object);
        } else {
            return Err(EditError::Gone);
        }
        Ok(object)
    }

    /// The object that an item's children are in; a primitive may get one.
    pub(super) fn object_of(&mut self, item: u32) -> Result<u32, EditError> {
        let Some(&of) = self.item(item) else {
            return Err(EditError::Gone);
        };
        let field = self.group_of(item).map_or(UNKNOWN, |group| group.field);
        let ty = (field < NESTED).then(|| PropertyId(field).property().type_id());
        for part in [of.value, of.companion] {
            match part {
                Part::Object(object) => return Ok(object),
                Part::Slot(slot) => match self.slot(slot).map(|slot| slot.kind) {
                    Some(Kind::Object) => return self.open_part(item, slot),
                    Some(Kind::Array) => return Err(EditError::NestedArray),
                    _ => {}
                },
                Part::Text(..) if ty.is_none_or(|ty| !ty.is_primitive()) || part == of.companion => {
                    return Err(EditError::Whole);
                }
                Part::Text(..) | Part::Nothing => {}
            }
        }
        let Some(ty) = ty.filter(|ty| ty.is_primitive()) else {
            return Err(EditError::NoSuchElement { owner: ty });
        };
        let object = self.make(Some(ty), item);
        if let Some(of) = self.items.get_mut(item as usize)
            && let Some(made) = self.objects.get_mut(object as usize)
        {
            made.instead = core::mem::replace(&mut of.companion, Part::Object(object));
        }
        Ok(object)
    }

    /// Makes a group of the values under a key, joined with their companions.
    fn touch(&mut self, object: u32, run: usize) -> u32 {
        let found = self
            .objects
            .get(object as usize)
            .and_then(|one| one.runs.get(run))
            .copied();
        let Some((start, state)) = found else { return NO };
        if let Run::Group(group) = state {
            return group;
        }
        let Some(slot) = self.slot(start) else { return NO };
        let firsts = self
            .objects
            .get(object as usize)
            .and_then(|one| one.fields.get(&slot.field))
            .copied();
        let (mut value_run, mut companion_run) = (run as u32, NO);
        if let Some((values, companions)) = firsts.filter(|one| one.0 == run as u32 || one.1 == run as u32) {
            if values == NO {
                (value_run, companion_run) = (NO, companions);
            } else {
                (value_run, companion_run) = (values, companions);
            }
        } else if slot.has(COMPANION) {
            (value_run, companion_run) = (NO, run as u32);
        }
        let values = self.slots_of(object, value_run);
        let companions = self.slots_of(object, companion_run);
        let in_array = |slots: &[u32]| {
            let first = slots.first().and_then(|at| self.slot(*at));
            first.is_some_and(|slot| slot.has(ITEM))
        };
        let is_array = (in_array(&values), in_array(&companions));
        let group = self.new_group(object, slot.field, start, is_array);
        for place in 0..values.len().max(companions.len()) {
            let item = self.push_item(
                group,
                values.get(place).map_or(Part::Nothing, |at| Part::Slot(*at)),
            );
            if let Some(&at) = values.get(place) {
                self.items_of.insert(at, item);
            }
            if let Some(&at) = companions.get(place) {
                self.items_of.insert(at, item);
                if let Some(of) = self.items.get_mut(item as usize) {
                    of.companion = Part::Slot(at);
                }
            }
        }
        if let Some(group) = self.groups.get_mut(group as usize) {
            group.changed = false;
            group.joins = value_run != NO && companion_run != NO;
        }
        if let Some(object) = self.objects.get_mut(object as usize) {
            let writes = if value_run == NO { companion_run } else { value_run };
            for (place, state) in [(companion_run, Run::Joined(group)), (writes, Run::Group(group))] {
                if let Some(run) = object.runs.get_mut(place as usize) {
                    run.1 = state;
                }
            }
        }
        group
    }

    /// The values of a run.
    fn slots_of(&self, object: u32, run: u32) -> Vec<u32> {
        let Some(object) = self.objects.get(object as usize) else {
            return Vec::new();
        };
        let Some(&(mut at, _)) = object.runs.get(run as usize) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        while let Some(slot) = self.slot(at).filter(|_| at < object.end) {
            if !found.is_empty() && !slot.continues() {
                break;
            }
            // An empty array has no values.
            if slot.kind != Kind::Array || slot.has(ITEM) {
                found.push(at);
            } else {
                break;
            }
            at = slot.next(at);
        }
        found
    }

    fn new_group(&mut self, object: u32, field: u16, key: u32, is_array: (bool, bool)) -> u32 {
        self.groups.push(Group {
            object,
            field,
            key,
            name: None,
            is_array,
            joins: false,
            changed: false,
            first: NO,
            last: NO,
            count: 0,
            cursor: (0, NO),
        });
        self.groups.len() as u32 - 1
    }

    /// The group of an element in an object, if there is anything of it.
    pub(super) fn group_for(&mut self, object: u32, element: &Element) -> Option<u32> {
        let (first, count) = element.field_numbers();
        let of = self.objects.get(object as usize)?;
        let found = of
            .fields
            .range(first..first + count)
            .next()
            .map(|(_, found)| *found);
        if let Some((values, companions)) = found {
            let run = if values == NO { companions } else { values };
            return Some(self.touch(object, run as usize));
        }
        let groups = &self.groups;
        of.added.iter().copied().find(|group| {
            groups
                .get(*group as usize)
                .is_some_and(|group| group.field.wrapping_sub(first) < count)
        })
    }

    /// A group for a property that an object does not have.
    pub(super) fn add_group(&mut self, object: u32, field: u16) -> u32 {
        let group = self.new_group(object, field, NO, (false, false));
        if let Some(object) = self.objects.get_mut(object as usize) {
            object.added.push(group);
        }
        group
    }

    /// The group of a key that an object has and the schema does not.
    pub(super) fn unknown_group(&mut self, object: u32, key: &str) -> Option<u32> {
        if !self.unknown.contains_key(&object) {
            let mut groups = BTreeMap::new();
            let runs = self.objects.get(object as usize).map_or(0, |one| one.runs.len());
            for run in 0..runs {
                let start = self.objects.get(object as usize)?.runs.get(run)?.0;
                if self.slot(start).is_some_and(|slot| slot.field == UNKNOWN) {
                    let key = unescape(Node::new(self.document, start).unknown_key()).into_owned();
                    let group = self.touch(object, run);
                    // Of a key that is there twice the first.
                    groups.entry(key).or_insert(group);
                }
            }
            self.unknown.insert(object, groups);
        }
        self.unknown.get(&object)?.get(key).copied()
    }

    /// A group for an unknown key that an object does not have.
    pub(super) fn add_unknown_group(&mut self, object: u32, key: &str) -> u32 {
        let mut escaped = Vec::new();
        push_escaped(&mut escaped, key);
        let start = self.texts.len();
        // A text, escaped.
        self.texts
            .push_str(&String::from_utf8(escaped).unwrap_or_default());
        let group = self.add_group(object, UNKNOWN);
        if let Some(of) = self.groups.get_mut(group as usize) {
            of.name = Some((start, self.texts.len()));
        }
        let groups = self.unknown.entry(object).or_default();
        groups.insert(String::from(key), group);
        group
    }

    /// Takes all items out of a group.
    pub(super) fn empty_group(&mut self, group: u32) {
        let mut at = self.groups.get(group as usize).map_or(NO, |group| group.first);
        while let Some(item) = self.items.get_mut(at as usize) {
            item.gone = true;
            at = item.next;
        }
        if let Some(group) = self.groups.get_mut(group as usize) {
            (group.first, group.last, group.count) = (NO, NO, 0);
            group.cursor = (0, NO);
            group.changed = true;
        }
    }

    /// Appends a value to a group.
    fn push_item(&mut self, group: u32, value: Part) -> u32 {
        let last = self.groups.get(group as usize).map_or(NO, |group| group.last);
        self.link(group, last, value, Part::Nothing)
    }

    /// Puts a new value behind an item of a group, or first.
    pub(super) fn link(&mut self, group: u32, prev: u32, value: Part, companion: Part) -> u32 {
        let id = self.items.len() as u32;
        self.items.push(Item {
            group,
            prev: NO,
            next: NO,
            value,
            companion,
            gone: false,
        });
        self.relink(id, prev);
        for part in [value, companion] {
            if let Part::Object(object) = part
                && let Some(object) = self.objects.get_mut(object as usize)
            {
                object.item = id;
            }
        }
        id
    }

    /// Marks the group of an item as changed.
    pub(super) fn change(&mut self, item: u32) {
        let group = self.item(item).map_or(NO, |one| one.group);
        if let Some(group) = self.groups.get_mut(group as usize) {
            group.changed = true;
        }
    }

    /// Puts an item that is in no list behind another of its group, or first.
    pub(super) fn relink(&mut self, item: u32, prev: u32) {
        let of = self.item(item).map_or(NO, |one| one.group);
        let Some(group) = self.groups.get_mut(of as usize) else {
            return;
        };
        group.count += 1;
        group.changed = true;
        group.cursor = (0, NO);
        let next = match self.items.get(prev as usize) {
            Some(before) => before.next,
            None => group.first,
        };
        if prev == NO {
            group.first = item;
        }
        if next == NO {
            group.last = item;
        }
        if let Some(before) = self.items.get_mut(prev as usize) {
            before.next = item;
        }
        if let Some(after) = self.items.get_mut(next as usize) {
            after.prev = item;
        }
        if let Some(one) = self.items.get_mut(item as usize) {
            (one.prev, one.next) = (prev, next);
        }
    }

    /// Takes an item out of its list. The cursor stays before it.
    pub(super) fn unlink(&mut self, item: u32) {
        let Some(&one) = self.item(item) else { return };
        if let Some(group) = self.groups.get_mut(one.group as usize) {
            group.count = group.count.saturating_sub(1);
            group.changed = true;
            group.cursor = if group.cursor.1 == item && one.prev != NO {
                (group.cursor.0.saturating_sub(1), one.prev)
            } else {
                (0, NO)
            };
            if one.prev == NO {
                group.first = one.next;
            }
            if one.next == NO {
                group.last = one.prev;
            }
        }
        if let Some(before) = self.items.get_mut(one.prev as usize) {
            before.next = one.next;
        }
        if let Some(after) = self.items.get_mut(one.next as usize) {
            after.prev = one.prev;
        }
    }

    /// The item at a place of a group. What is near the place asked for last is found at once.
    pub(super) fn item_at(&mut self, group: u32, index: usize) -> Option<u32> {
        let of = self.groups.get(group as usize)?;
        if index >= of.count {
            return None;
        }
        let (mut at, mut item) = match of.cursor {
            (at, item) if item != NO && at.abs_diff(index) <= index.min(of.count - index) => (at, item),
            _ if index <= of.count / 2 => (0, of.first),
            _ => (of.count - 1, of.last),
        };
        while at != index {
            let one = self.item(item)?;
            (at, item) = if at < index {
                (at + 1, one.next)
            } else {
                (at - 1, one.prev)
            };
        }
        self.groups.get_mut(group as usize)?.cursor = (index, item);
        Some(item)
    }

    /// Whether an item that was made is still where it can be written.
    pub(super) fn is_there(&self, mut item: u32) -> bool {
        while let Some(one) = self.item(item) {
            if one.gone {
                return false;
            }
            let Some((id, object)) = self.groups.get(one.group as usize).and_then(|group| {
                self.objects
                    .get(group.object as usize)
                    .map(|object| (group.object, object))
            }) else {
                return false;
            };
            item = object.item;
            if item == NO {
                return true;
            }
            let holds = |part| part == Part::Object(id);
            if !self
                .item(item)
                .is_some_and(|above| holds(above.value) || holds(above.companion))
            {
                return false;
            }
        }
        false
    }
}
