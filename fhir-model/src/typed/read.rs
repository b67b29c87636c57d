//! From a document to typed values, over the tape.

use alloc::string::String;
use alloc::vec::Vec;

use super::Extra;
use super::extra::{Primitive, Unknown};
use super::fields::{Fields, Refused, Slot};
use super::leaf::{JsonLeaf, Raw};
use crate::document::tape::{COMPANION, DUPLICATE, ESCAPED, ITEM, Kind, Slot as Cell, UNKNOWN};
use crate::document::{Document, Node};
use crate::error::ErrorKind;
use crate::finding::FindingCode;
use crate::json::{self, JsonStyle, Notes};
use crate::schema::{Property, PropertyId, TypeKind};

/// Elements inside one another: a typed value is filled, written and dropped by recursion.
pub(super) const DEPTH: usize = 300;

/// Fills `to` from the object at slot `at`. What does not fit is kept in its `extra` and noted.
pub(super) fn fill(
    document: &Document<'_>,
    at: u32,
    to: &mut dyn Fields,
    notes: &mut Notes,
) -> Result<(), (ErrorKind, u32)> {
    let mut reader = Reader {
        document,
        cells: &document.tape.slots,
        notes,
    };
    reader.object(at, to, 0)
}

struct Reader<'d, 'n> {
    document: &'d Document<'d>,
    cells: &'d [Cell],
    notes: &'n mut Notes,
}

/// The values of one key: the first, how many, and the cell after them.
#[derive(Clone, Copy)]
struct Run {
    first: u32,
    count: usize,
    end: u32,
}

/// A primitive with more or less than a value.
pub(super) struct Rare {
    pub(super) field: u16,
    pub(super) index: usize,
    pub(super) is_hole: bool,
    pub(super) extra: Extra,
}

type Read<T> = Result<T, (ErrorKind, u32)>;

impl Reader<'_, '_> {
    fn cell(&self, at: u32) -> Option<Cell> {
        self.cells.get(at as usize).copied()
    }

    fn run(&self, first: u32, cell: Cell, end: u32) -> Run {
        let mut run = Run {
            first,
            count: 1,
            end: cell.next(first),
        };
        if cell.has(ITEM) {
            while run.end < end
                && let Some(next) = self.cell(run.end).filter(|next| next.continues())
            {
                run.count += 1;
                run.end = next.next(run.end);
            }
        }
        run
    }

    fn object(&mut self, at: u32, to: &mut dyn Fields, depth: usize) -> Read<()> {
        if depth > DEPTH {
            return Err((ErrorKind::TooDeep, at));
        }
        let end = self.cell(at).map_or(0, |object| object.extent);
        let mut companions = false;
        let mut rare = Vec::new();
        let mut next = at + 1;
        while next < end {
            let Some(cell) = self.cell(next) else { break };
            let Some(property) = cell.property() else {
                let run = self.run(next, cell, end);
                next = run.end;
                if cell.field == UNKNOWN {
                    self.keep(run, to);
                }
                continue;
            };
            if cell.has(COMPANION) {
                companions = true;
                next = cell.next(next);
                continue;
            }
            if !cell.has(ITEM | DUPLICATE) && self.single(cell, property, to) {
                next += 1;
                continue;
            }
            let run = self.run(next, cell, end);
            next = run.end;
            match self.property(run, cell, property, to, &mut rare, depth)? {
                Ok(()) => {}
                Err(Refused::Occupied) => self.keep(run, to),
                Err(Refused::Misfit) => {
                    // A list is taken or kept as a whole. What a single field holds is another key's, of its choice.
                    if property.is_list
                        && let Some(slot) = to.slot(property.slot())
                    {
                        slot.clear();
                        rare.retain(|one: &Rare| one.field != cell.field);
                    }
                    self.keep(run, to);
                }
            }
        }
        if companions {
            self.companions(at, end, to, &mut rare, depth)?;
        }
        if !rare.is_empty() {
            put(rare, to.extra_mut());
        }
        Ok(())
    }

    /// Takes a value that stands alone, as most do. If it does not fit, `property` says why.
    #[inline]
    fn single(&self, cell: Cell, property: &'static Property, to: &mut dyn Fields) -> bool {
        let is_leaf = !matches!(cell.kind, Kind::Object | Kind::Array | Kind::Null);
        is_leaf
            && property.kind == TypeKind::Primitive
            && to
                .slot(property.slot())
                .is_some_and(|slot| slot.leaf(property.variant, self.raw(cell), 1).is_ok())
    }

    /// The values of a known key. The inner result says whether they were taken.
    #[inline]
    fn property(
        &mut self,
        run: Run,
        cell: Cell,
        property: &'static Property,
        to: &mut dyn Fields,
        rare: &mut Vec<Rare>,
        depth: usize,
    ) -> Read<Result<(), Refused>> {
        if cell.has(DUPLICATE) {
            return Ok(Err(Refused::Occupied));
        }
        if cell.has(ITEM) && !property.is_list || cell.kind == Kind::Array {
            return Ok(Err(Refused::Misfit));
        }
        let Some(slot) = to.slot(property.slot()) else {
            return Ok(Err(Refused::Misfit));
        };
        if property.kind == TypeKind::Primitive {
            return Ok(self.leaves(run, cell.field, property.variant, slot, rare));
        }
        if !self.all_of(run, Kind::Object) {
            return Ok(Err(Refused::Misfit));
        }
        let mut at = run.first;
        for _ in 0..run.count {
            let Some(cell) = self.cell(at) else { break };
            let is_resource = property.kind == TypeKind::Resource;
            let ty = if is_resource {
                self.document.tape.resource_at(at)
            } else {
                Some(property.ty)
            };
            let target = ty.map_or(Err(Refused::Misfit), |ty| {
                slot.node(property.variant, ty, run.count)
            });
            let refused = match target {
                Ok(target) => {
                    self.object(at, target, depth + 1)?;
                    None
                }
                Err(Refused::Misfit) if is_resource => slot.other(&self.json(at), run.count).err(),
                Err(refused) => Some(refused),
            };
            if let Some(refused) = refused {
                if refused == Refused::Occupied {
                    self.note(FindingCode::SeveralOfChoice, at);
                }
                return Ok(Err(refused));
            }
            at = cell.next(at);
        }
        Ok(Ok(()))
    }

    #[inline]
    fn all_of(&self, run: Run, kind: Kind) -> bool {
        let mut at = run.first;
        for _ in 0..run.count {
            let Some(cell) = self.cell(at).filter(|cell| cell.kind == kind) else {
                return false;
            };
            at = cell.next(at);
        }
        true
    }

    #[inline]
    fn leaves(
        &mut self,
        run: Run,
        field: u16,
        variant: u8,
        slot: &mut dyn Slot,
        rare: &mut Vec<Rare>,
    ) -> Result<(), Refused> {
        let mut at = run.first;
        for index in 0..run.count {
            let Some(cell) = self.cell(at) else { break };
            let raw = match cell.kind {
                Kind::Object | Kind::Array => return Err(Refused::Misfit),
                Kind::Null if cell.has(ITEM) => {
                    rare.push(Rare {
                        field,
                        index,
                        is_hole: true,
                        extra: Extra::default(),
                    });
                    Raw::Hole
                }
                Kind::Null => return Err(Refused::Misfit),
                _ => self.raw(cell),
            };
            match slot.leaf(variant, raw, run.count) {
                Ok(()) => {}
                Err(Refused::Occupied) => {
                    self.note(FindingCode::SeveralOfChoice, at);
                    return Err(Refused::Occupied);
                }
                Err(Refused::Misfit) => {
                    let fits = cell
                        .property()
                        .and_then(|one| one.form)
                        .is_some_and(|form| form.has(cell.kind));
                    if fits {
                        self.note(FindingCode::InvalidValue, at);
                    }
                    return Err(Refused::Misfit);
                }
            }
            at = cell.next(at);
        }
        Ok(())
    }

    #[inline]
    fn raw(&self, cell: Cell) -> Raw<'_> {
        Raw::Json(JsonLeaf {
            source: &self.document.source,
            start: cell.offset,
            length: cell.extent,
            kind: cell.kind,
            escaped: cell.has(ESCAPED),
        })
    }

    /// Ids and extensions of primitives, which are filled as any element's.
    #[cold]
    fn companions(
        &mut self,
        parent: u32,
        end: u32,
        to: &mut dyn Fields,
        rare: &mut Vec<Rare>,
        depth: usize,
    ) -> Read<()> {
        let mut seen: Vec<u16> = Vec::new();
        let mut next = parent + 1;
        while next < end {
            let Some(cell) = self.cell(next) else { break };
            if !cell.has(COMPANION) {
                next = cell.next(next);
                continue;
            }
            let run = self.run(next, cell, end);
            next = run.end;
            let primitive = cell.property().filter(|one| one.kind == TypeKind::Primitive);
            let is_first = primitive.is_some() && !seen.contains(&cell.field);
            if is_first {
                seen.push(cell.field);
            }
            if !is_first || !self.all_objects(run) {
                self.keep(run, to);
                continue;
            }
            let mut at = run.first;
            for index in 0..run.count {
                let Some(cell) = self.cell(at) else { break };
                if cell.kind == Kind::Object {
                    let mut extra = Extra::default();
                    self.object(at, &mut extra, depth + 1)?;
                    rare.push(Rare {
                        field: cell.field,
                        index,
                        is_hole: false,
                        extra,
                    });
                }
                at = cell.next(at);
            }
        }
        Ok(())
    }

    /// Objects, in a list also what pads it.
    fn all_objects(&self, run: Run) -> bool {
        let mut at = run.first;
        let mut objects = 0;
        for _ in 0..run.count {
            let Some(cell) = self.cell(at) else { return false };
            match cell.kind {
                Kind::Object => objects += 1,
                Kind::Null if cell.has(ITEM) => {}
                _ => return false,
            }
            at = cell.next(at);
        }
        objects > 0
    }

    /// Keeps the values of one key as they are.
    #[cold]
    fn keep(&mut self, run: Run, to: &mut dyn Fields) {
        let Some(cell) = self.cell(run.first) else { return };
        let mut json = String::new();
        let in_array = cell.has(ITEM);
        if in_array {
            json.push('[');
        }
        let mut at = run.first;
        for index in 0..run.count {
            if index > 0 {
                json.push(',');
            }
            json.push_str(&self.json(at));
            at = self.cell(at).map_or(run.end, |cell| cell.next(at));
        }
        if in_array {
            json.push(']');
        }
        let node = Node::new(self.document, run.first);
        let key = match cell.property() {
            Some(property) if cell.has(COMPANION) => {
                let mut key = String::from("_");
                key.push_str(property.key());
                key.into()
            }
            Some(property) => property.key().into(),
            None => json::escape::unescape(node.unknown_key()).into(),
        };
        to.extra_mut().inner().unknown.push(Unknown {
            key,
            json: json.into_boxed_str(),
        });
    }

    fn json(&self, at: u32) -> String {
        let mut out = Vec::new();
        json::write(self.document, at, &JsonStyle::compact(), &mut out);
        // Only whole texts of the source and ASCII are written.
        String::from_utf8(out).unwrap_or_default()
    }

    fn note(&mut self, code: FindingCode, at: u32) {
        let offset = self.cell(at).map_or(0, |cell| cell.offset);
        self.notes.add(code, at as usize, offset as usize);
    }
}

/// Joins what is known of each primitive.
#[cold]
pub(super) fn put(mut rare: Vec<Rare>, to: &mut Extra) {
    // An empty object says nothing, and is not written.
    rare.retain(|one| one.is_hole || !one.extra.is_empty());
    if rare.is_empty() {
        return;
    }
    rare.sort_by_key(|one| (one.field, one.index));
    let primitives = &mut to.inner().primitives;
    let mut last: Option<(u16, usize)> = None;
    for one in rare {
        let place = (one.field, one.index);
        match primitives.last_mut() {
            Some(before) if last == Some(place) => {
                before.is_hole |= one.is_hole;
                if !one.extra.is_empty() {
                    before.extra = one.extra;
                }
            }
            _ => primitives.push(Primitive {
                key: PropertyId(one.field).property().key().into(),
                index: one.index as u32,
                is_hole: one.is_hole,
                extra: one.extra,
            }),
        }
        last = Some(place);
    }
}
