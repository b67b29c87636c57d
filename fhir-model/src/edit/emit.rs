//! From an overlay to the JSON of the new document.

use alloc::string::String;
use alloc::vec::Vec;

use super::overlay::{Group, NO, Overlay, Part, Run};
use crate::document::tape::{Kind, NESTED};
use crate::json::{self, JsonStyle};
use crate::schema::PropertyId;

/// What is still to be written.
enum Step<'o> {
    Byte(u8),
    Null,
    Key {
        group: &'o Group,
        companion: bool,
    },
    Type(&'static str),
    /// All under one key, as it stands on the tape.
    Run {
        start: u32,
        end: u32,
    },
    Part(Part),
}

pub(super) fn json(overlay: &Overlay<'_>) -> String {
    let mut emitter = Emitter {
        overlay,
        empty: Vec::new(),
        out: Vec::with_capacity(overlay.document.source.len() + overlay.texts.len()),
    };
    emitter.find_empty();
    emitter.run();
    // Whole texts of the source and of values, and ASCII.
    String::from_utf8(emitter.out).unwrap_or_default()
}

struct Emitter<'o> {
    overlay: &'o Overlay<'o>,
    /// Whether each object has nothing to write.
    empty: Vec<bool>,
    out: Vec<u8>,
}

impl<'o> Emitter<'o> {
    fn items(&self, group: &'o Group) -> impl Iterator<Item = (Part, Part)> + use<'_, 'o> {
        let mut at = group.first;
        let all = core::iter::from_fn(move || {
            let item = self.overlay.item(at)?;
            at = item.next;
            let shown = |part| match part {
                Part::Object(object) if self.is_void(part) => {
                    let object = self.overlay.objects.get(object as usize);
                    object.map_or(Part::Nothing, |object| object.instead)
                }
                part => part,
            };
            let companion = match shown(item.companion) {
                Part::Slot(slot) if group.changed && self.is_null(slot) => Part::Nothing,
                companion => companion,
            };
            Some((shown(item.value), companion))
        });
        all.filter(|item| *item != (Part::Nothing, Part::Nothing))
    }

    fn is_null(&self, slot: u32) -> bool {
        self.overlay
            .slot(slot)
            .is_some_and(|slot| slot.kind == Kind::Null)
    }

    fn is_void(&self, part: Part) -> bool {
        match part {
            Part::Nothing => true,
            Part::Object(object) => self.empty.get(object as usize).copied().unwrap_or(true),
            Part::Slot(_) | Part::Text(..) => false,
        }
    }

    fn groups(&self, object: usize) -> impl Iterator<Item = &'o Group> + use<'o> {
        let overlay = self.overlay;
        let object = overlay.objects.get(object);
        let runs = object.map_or(&[][..], |one| one.runs.as_slice()).iter();
        let had = runs.filter_map(|run| match run.1 {
            Run::Group(group) => Some(group),
            Run::Untouched | Run::Joined(_) => None,
        });
        let added = object.map_or(&[][..], |one| one.added.as_slice()).iter().copied();
        had.chain(added)
            .filter_map(|group| overlay.groups.get(group as usize))
    }

    /// An object stands behind the one it is in, so that the last comes first here.
    fn find_empty(&mut self) {
        let mut empty = alloc::vec![false; self.overlay.objects.len()];
        core::mem::swap(&mut self.empty, &mut empty);
        for (at, object) in self.overlay.objects.iter().enumerate().rev() {
            let keeps = object.stays || object.runs.iter().any(|run| matches!(run.1, Run::Untouched));
            // An empty array that was only looked at is written as it stood.
            let has_nothing =
                |group: &Group| !group.is_as_empty_as_before() && self.items(group).next().is_none();
            let is_empty = !keeps && self.groups(at).all(has_nothing);
            if let Some(to) = self.empty.get_mut(at) {
                *to = is_empty;
            }
        }
        if let Some(root) = self.empty.first_mut() {
            *root = false;
        }
    }

    fn run(&mut self) {
        let mut work = alloc::vec![Step::Part(Part::Object(0))];
        let mut next: Vec<Step<'o>> = Vec::new();
        while let Some(step) = work.pop() {
            match step {
                Step::Byte(byte) => self.out.push(byte),
                Step::Null => self.out.extend_from_slice(b"null"),
                Step::Type(name) => {
                    self.out.extend_from_slice(b"\"resourceType\":\"");
                    self.out.extend_from_slice(name.as_bytes());
                    self.out.push(b'"');
                }
                Step::Key { group, companion } => self.key(group, companion),
                Step::Run { start, end } => {
                    json::write_key(self.overlay.document, start, &mut self.out);
                    json::write_values(self.overlay.document, start, end, &mut self.out);
                }
                Step::Part(Part::Nothing) => self.out.extend_from_slice(b"null"),
                Step::Part(Part::Slot(slot)) => self.slot(slot),
                Step::Part(Part::Text(start, end)) => {
                    let text = self.overlay.texts.get(start..end).unwrap_or_default();
                    self.out.extend_from_slice(text.as_bytes());
                }
                Step::Part(Part::Object(object)) => {
                    next.clear();
                    self.object(object, &mut next);
                    work.extend(next.drain(..).rev());
                }
            }
        }
    }

    /// What an object is made of.
    fn object(&self, object: u32, to: &mut Vec<Step<'o>>) {
        let overlay = self.overlay;
        let Some(object) = overlay.objects.get(object as usize) else {
            return;
        };
        to.push(Step::Byte(b'{'));
        let mut first = true;
        let mut separate = |to: &mut Vec<Step<'o>>| {
            if !core::mem::replace(&mut first, false) {
                to.push(Step::Byte(b','));
            }
        };
        if let Some(ty) = object.made_resource {
            separate(to);
            to.push(Step::Type(ty.name()));
        }
        let added = object.added.iter().map(|group| (NO, Run::Group(*group)));
        for (start, run) in object.runs.iter().copied().chain(added) {
            let (group, joined) = match run {
                Run::Untouched => {
                    separate(to);
                    to.push(Step::Run {
                        start,
                        end: object.end,
                    });
                    continue;
                }
                Run::Group(group) => (group, false),
                Run::Joined(group) => (group, true),
            };
            let Some(group) = overlay.groups.get(group as usize) else {
                continue;
            };
            if group.is_as_empty_as_before() {
                separate(to);
                to.push(Step::Run {
                    start,
                    end: object.end,
                });
                continue;
            }
            // How many there are, and how many up to the last value, and to the last companion.
            let (mut count, mut values, mut companions) = (0, 0, 0);
            for (value, companion) in self.items(group) {
                count += 1;
                if value != Part::Nothing {
                    values = count;
                }
                if companion != Part::Nothing {
                    companions = count;
                }
            }
            // Where nothing was changed each stands where it stood, and as long as it was.
            for (companion, length) in [(false, values), (true, companions)] {
                let here = if !group.changed && group.joins {
                    companion == joined
                } else {
                    !joined
                };
                if length > 0 && here {
                    separate(to);
                    let length = if group.changed { count } else { length };
                    self.list(group, companion, length, to);
                }
            }
        }
        to.push(Step::Byte(b'}'));
    }

    fn list(&self, group: &'o Group, companion: bool, length: usize, to: &mut Vec<Step<'o>>) {
        let (values, companions) = group.is_array;
        let is_array = match (group.changed, companion) {
            (true, _) => values || companions,
            (false, true) => companions,
            (false, false) => values,
        };
        let is_array = is_array || length > 1;
        to.push(Step::Key { group, companion });
        if is_array {
            to.push(Step::Byte(b'['));
        }
        for (place, item) in self.items(group).take(length).enumerate() {
            if place > 0 {
                to.push(Step::Byte(b','));
            }
            to.push(match if companion { item.1 } else { item.0 } {
                Part::Nothing => Step::Null,
                part => Step::Part(part),
            });
        }
        if is_array {
            to.push(Step::Byte(b']'));
        }
    }

    fn key(&mut self, group: &Group, companion: bool) {
        self.out.push(b'"');
        if group.field < NESTED {
            if companion {
                self.out.push(b'_');
            }
            self.out
                .extend_from_slice(PropertyId(group.field).property().key_and_mark());
        } else {
            self.unknown_key(group);
        }
        self.out.push(b':');
    }

    fn unknown_key(&mut self, group: &Group) {
        let key = match group.name {
            Some((start, end)) => self.overlay.texts.get(start..end),
            None => self
                .overlay
                .document
                .node(group.key)
                .map(|node| node.unknown_key()),
        };
        self.out.extend_from_slice(key.unwrap_or_default().as_bytes());
        self.out.push(b'"');
    }

    fn slot(&mut self, slot: u32) {
        json::write(self.overlay.document, slot, &JsonStyle::compact(), &mut self.out);
    }
}
