//! From JSON text to the tape, in one pass and without recursion.

use super::frame::{Expect, Frame};
use super::late::Lookahead;
use super::{escape, pair, scan};
use crate::document::tape::{
    ESCAPED, FIRST, ITEM, Kind, NESTED, NO_TYPE, RESOURCE_TYPE, ROOT, Slot, UNKNOWN,
};
use crate::document::{Tape, UnknownKey};
use crate::error::ErrorKind;
use crate::finding::FindingCode;
use crate::limits::Limits;
use crate::schema::{Schema, TypeId};
use alloc::vec::Vec;

/// What was found on the way: code, slot, offset.
pub(crate) struct Notes {
    pub(crate) kept: Vec<(FindingCode, u32, u32)>,
    pub(crate) dropped: usize,
    limit: usize,
}

impl Notes {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            kept: Vec::new(),
            dropped: 0,
            limit,
        }
    }

    #[cold]
    pub(crate) fn add(&mut self, code: FindingCode, slot: usize, offset: usize) {
        if self.kept.len() < self.limit {
            self.kept.push((code, slot as u32, offset as u32));
        } else {
            self.dropped += 1;
        }
    }
}

/// A place and what is wrong there.
pub(super) type Fault = (ErrorKind, usize);

/// Reads `text` as a document whose root is `root`, or any resource if `root` is an abstract one.
pub(crate) fn read(text: &str, root: TypeId, limits: &Limits, notes: &mut Notes) -> Result<Tape, Fault> {
    let mut reader = Reader::new(text, limits, notes);
    reader.document(root)?;
    Ok(reader.tape)
}

/// Reads any JSON object, without a schema.
pub(crate) fn read_untyped(text: &str, limits: &Limits) -> Result<Tape, Fault> {
    let mut notes = Notes::new(0);
    let mut reader = Reader::new(text, limits, &mut notes);
    reader.object(NO_TYPE)?;
    Ok(reader.tape)
}

/// Entries of the table that guesses the key that followed last time.
pub(super) const FOLLOWS: usize = 1 << 10;

pub(super) struct Reader<'a, 'n> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    pub(super) tape: Tape,
    pub(super) outer: Vec<Frame>,
    pub(super) top: Frame,
    pub(super) follows: [u16; FOLLOWS],
    pub(super) ahead: Lookahead,
    pub(super) limits: &'a Limits,
    pub(super) notes: &'n mut Notes,
}

/// What comes next.
pub(super) enum Step {
    Key,
    Value,
    After,
    End,
}

impl<'a, 'n> Reader<'a, 'n> {
    fn new(text: &'a str, limits: &'a Limits, notes: &'n mut Notes) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            at: 0,
            tape: Tape::with_capacity((text.len() / 24 + 8).min(limits.nodes)),
            outer: Vec::with_capacity(16),
            top: Frame::new(0, NO_TYPE),
            follows: [0; FOLLOWS],
            ahead: Lookahead::new(text.len()),
            limits,
            notes,
        }
    }
}

impl Reader<'_, '_> {
    #[inline]
    pub(super) fn byte(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn skip_space(&mut self) {
        if self.byte() <= b' ' {
            self.at = scan::skip_space(self.bytes, self.at);
        }
    }

    /// The end of the input where it is the reason, else `kind`.
    #[cold]
    pub(super) fn fault(&self, kind: ErrorKind) -> Fault {
        if self.at >= self.bytes.len() {
            (ErrorKind::UnexpectedEnd, self.bytes.len())
        } else {
            (kind, self.at)
        }
    }

    fn document(&mut self, root: TypeId) -> Result<(), Fault> {
        if !(root.is_abstract() && root.is_resource()) {
            self.tape.resources.push((0, root));
        }
        self.object(root)
    }

    /// The object that the whole text is; without a type none of its keys is known.
    fn object(&mut self, root: TypeId) -> Result<(), Fault> {
        self.skip_space();
        if self.byte() != b'{' {
            return Err(self.fault(ErrorKind::ExpectedObject));
        }
        let known = root != NO_TYPE;
        let expect = if known { Expect::Object } else { Expect::Anything };
        self.top.expect_anything(ROOT, expect);
        self.top.value_type = root;
        self.top.is_abstract_value = known && root.is_abstract() && root.is_resource();
        let mut step = self.open_object()?;
        self.top.is_resource |= known && root.is_resource();
        loop {
            step = match step {
                Step::Key => self.key()?,
                Step::Value => self.value()?,
                Step::After => self.after()?,
                Step::End => break,
            };
        }
        self.skip_space();
        if self.at < self.bytes.len() {
            return Err((ErrorKind::TrailingText, self.at));
        }
        self.tape.companions.sort_unstable();
        self.tape.resources.sort_unstable_by_key(|one| one.0);
        Ok(())
    }

    #[inline]
    fn value(&mut self) -> Result<Step, Fault> {
        self.skip_space();
        let byte = self.byte();
        if self.top.is_list && !self.top.in_array && byte != b'[' {
            self.notes
                .add(FindingCode::SingleForList, self.tape.slots.len(), self.at);
        }
        match byte {
            b'"' => {
                let start = self.at + 1;
                let end = scan::string_end(self.bytes, start);
                let mut flags = 0;
                let end = if self.bytes.get(end) == Some(&b'"') {
                    end
                } else {
                    flags = ESCAPED;
                    self.escaped_string(start, end)?
                };
                if self.top.expect != Expect::String {
                    self.misfit(Kind::String, start - 1)?;
                }
                self.leaf(Kind::String, flags, start, end)?;
                self.at = end + 1;
            }
            b'{' => return self.open_object(),
            b'[' => return self.open_array(),
            b'-' | b'0'..=b'9' => {
                let start = self.at;
                let rest = self.bytes.get(start..).unwrap_or_default();
                let Some(length) = scan::number(rest) else {
                    return Err((ErrorKind::BadNumber, start));
                };
                if self.top.expect != Expect::Number {
                    self.misfit(Kind::Number, start)?;
                }
                self.leaf(Kind::Number, 0, start, start + length)?;
                self.at = start + length;
                if matches!(self.byte(), b'0'..=b'9' | b'.' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-') {
                    return Err((ErrorKind::BadNumber, start));
                }
            }
            _ => self.word()?,
        }
        Ok(Step::After)
    }

    fn word(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        let (kind, length) = if rest.starts_with(b"true") {
            (Kind::True, 4)
        } else if rest.starts_with(b"false") {
            (Kind::False, 5)
        } else if rest.starts_with(b"null") {
            (Kind::Null, 4)
        } else {
            return Err(self.fault(ErrorKind::ExpectedValue));
        };
        if kind == Kind::Null {
            self.top.has_nulls = true;
        }
        if self.top.expect != Expect::Boolean {
            self.misfit(kind, start)?;
        }
        self.leaf(kind, 0, start, start + length)?;
        self.at = start + length;
        if matches!(self.byte(), b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_') {
            return Err((ErrorKind::ExpectedValue, start));
        }
        Ok(())
    }

    #[inline]
    fn leaf(&mut self, kind: Kind, flags: u8, start: usize, end: usize) -> Result<(), Fault> {
        self.push(kind, flags, start, end - start)
    }

    #[inline]
    fn push(&mut self, kind: Kind, flags: u8, start: usize, extent: usize) -> Result<(), Fault> {
        if self.tape.slots.len() == self.tape.slots.capacity() {
            self.grow()?;
        }
        self.tape.slots.push(Slot {
            offset: start as u32,
            extent: extent as u32,
            field: self.top.field,
            kind,
            flags: flags | self.top.flags,
        });
        self.top.flags &= !FIRST;
        Ok(())
    }

    /// Makes room for as many slots as the rest of the input will have if it goes on as it began, and checks the limit:
    /// there is never room for more than that.
    #[cold]
    fn grow(&mut self) -> Result<(), Fault> {
        let have = self.tape.slots.len();
        if have >= self.limits.nodes {
            return Err((ErrorKind::TooManyNodes, self.at));
        }
        let left = self.bytes.len().saturating_sub(self.at) as u64;
        let more = have as u64 * left / (self.at as u64 + 1);
        let more = (more + more / 32 + 8).min(have as u64 + 8) as usize;
        self.tape.slots.reserve_exact(more.min(self.limits.nodes - have));
        Ok(())
    }

    /// A string that has an escape or a control character at `end`: looks for its real end.
    #[cold]
    fn escaped_string(&mut self, start: usize, end: usize) -> Result<usize, Fault> {
        let after = scan::skip_string(self.bytes, end);
        if after > self.bytes.len() || after <= start || self.bytes.get(after - 1) != Some(&b'"') {
            return Err((ErrorKind::UnexpectedEnd, self.bytes.len()));
        }
        let raw = self.text.get(start..after - 1).unwrap_or_default();
        self.check_text(start, raw);
        Ok(after - 1)
    }

    /// Reports what JSON does not allow inside a string.
    pub(super) fn check_text(&mut self, start: usize, raw: &str) {
        let slot = self.tape.slots.len();
        if let Some(at) = escape::malformed(raw) {
            self.notes.add(FindingCode::BadEscape, slot, start + at);
        }
        if let Some(at) = raw.bytes().position(|byte| byte < 0x20) {
            self.notes.add(FindingCode::ControlCharacter, slot, start + at);
        }
    }

    /// A value that is not what its property has.
    #[cold]
    fn misfit(&mut self, kind: Kind, at: usize) -> Result<(), Fault> {
        let slot = self.tape.slots.len();
        let code = match (self.top.expect, kind) {
            (Expect::ResourceType, Kind::String) | (Expect::Boolean, Kind::True | Kind::False) => {
                return Ok(());
            }
            (Expect::Anything, _) => {
                self.remember_key(slot);
                return Ok(());
            }
            // Whether a null stands for something is known when its object ends.
            (_, Kind::Null) => return Ok(()),
            (Expect::ResourceType, _) => {
                self.top.expect_anything(UNKNOWN, Expect::Anything);
                self.remember_key(slot);
                FindingCode::WrongJsonType
            }
            (Expect::Object, _) => FindingCode::PrimitiveForObject,
            (_, Kind::Object) => FindingCode::ObjectForPrimitive,
            _ => FindingCode::WrongJsonType,
        };
        self.notes.add(code, slot, at);
        Ok(())
    }

    /// An unknown key is kept with each slot that has it.
    fn remember_key(&mut self, slot: usize) {
        if self.top.field == UNKNOWN {
            self.tape.unknown.push(UnknownKey {
                slot: slot as u32,
                offset: self.top.key_offset,
                length: self.top.key_length,
            });
        }
    }

    fn open_array(&mut self) -> Result<Step, Fault> {
        let start = self.at;
        self.at += 1;
        self.skip_space();
        let slot = self.tape.slots.len();
        if self.top.in_array || self.top.is_array_node {
            if self.top.owner != NO_TYPE || self.top.expect != Expect::Anything {
                self.notes.add(FindingCode::NestedArray, slot, start);
            }
            if self.top.in_array {
                self.remember_key(slot);
            }
            self.push(Kind::Array, 0, start, 0)?;
            self.enter(Frame::new(slot as u32, NO_TYPE))?;
            self.top.is_array_node = true;
            self.top.expect_anything(NESTED, Expect::Anything);
            self.top.flags = ITEM | FIRST;
            return if self.byte() == b']' {
                self.at += 1;
                self.close()
            } else {
                Ok(Step::Value)
            };
        }
        if !self.top.is_list && self.top.field < NESTED {
            self.notes.add(FindingCode::ListForSingle, slot, start);
        }
        if self.byte() == b']' {
            self.at += 1;
            self.remember_key(slot);
            if self.top.owner != NO_TYPE && self.top.field < NESTED {
                self.notes.add(FindingCode::EmptyArray, slot, start);
            }
            self.push(Kind::Array, 0, start, slot + 1)?;
            return Ok(Step::After);
        }
        if self.top.expect == Expect::ResourceType {
            self.notes.add(FindingCode::WrongJsonType, slot, start);
            self.top.expect_anything(UNKNOWN, Expect::Anything);
        }
        self.top.in_array = true;
        self.top.flags |= ITEM | FIRST;
        Ok(Step::Value)
    }

    /// Whether the object is the root and its type is the caller's word.
    pub(super) fn root_is_given(&self) -> bool {
        matches!(self.outer.as_slice(), [caller] if !caller.is_abstract_value)
    }

    /// Pushes the frame of what was just opened.
    fn enter(&mut self, frame: Frame) -> Result<(), Fault> {
        if self.outer.len() >= self.limits.depth {
            return Err((ErrorKind::TooDeep, self.at));
        }
        self.outer.push(core::mem::replace(&mut self.top, frame));
        Ok(())
    }

    fn open_object(&mut self) -> Result<Step, Fault> {
        let start = self.at;
        self.at += 1;
        let slot = self.tape.slots.len();
        let mut owner = NO_TYPE;
        if self.top.expect == Expect::Object {
            owner = self.top.value_type;
        } else {
            self.misfit(Kind::Object, start)?;
        }
        let is_resource = self.top.is_abstract_value && self.top.expect == Expect::Object;
        self.push(Kind::Object, 0, start, 0)?;
        let last = self.top.last;
        self.enter(Frame::new(slot as u32, owner))?;
        if is_resource {
            return self.open_resource(start);
        }
        // The first key is guessed from what opened the object.
        self.top.last = last ^ 0x155;
        self.skip_space();
        if self.byte() == b'}' {
            self.at += 1;
            if self.top.owner != NO_TYPE {
                self.notes.add(FindingCode::EmptyObject, slot, start);
            }
            return self.close();
        }
        Ok(Step::Key)
    }

    /// The type of a resource must be known before its first key is.
    fn open_resource(&mut self, start: usize) -> Result<Step, Fault> {
        const KEY: &[u8] = b"\"resourceType\"";
        let slot = self.top.slot;
        self.top.is_resource = true;
        self.skip_space();
        let first = self.at;
        if self.bytes.get(first..).is_some_and(|rest| rest.starts_with(KEY)) {
            let mut at = scan::skip_space(self.bytes, first + KEY.len());
            if self.bytes.get(at) == Some(&b':') {
                at = scan::skip_space(self.bytes, at + 1);
                let end = scan::string_end(self.bytes, at + 1);
                if self.bytes.get(at) == Some(&b'"') && self.bytes.get(end) == Some(&b'"') {
                    self.set_type(slot, self.bytes.get(at + 1..end), start);
                    self.top.field = RESOURCE_TYPE;
                    self.top.has_type = true;
                    self.leaf(Kind::String, 0, at + 1, end)?;
                    self.at = end + 1;
                    return Ok(Step::After);
                }
            }
        }
        let name = self.ahead.resource_type(self.bytes, first);
        self.set_type(slot, name, start);
        if self.byte() == b'}' {
            self.at += 1;
            return self.close();
        }
        Ok(Step::Key)
    }

    fn set_type(&mut self, slot: u32, name: Option<&[u8]>, start: usize) {
        let named = name.map(|name| {
            core::str::from_utf8(name)
                .ok()
                .and_then(|name| Schema::r4().type_named(name))
        });
        match named {
            Some(Some(ty)) if ty.is_resource() && !ty.is_abstract() => {
                let last = ty.row().first_property;
                self.top.owner = ty;
                self.top.first_property = last;
                self.top.last = last;
                self.tape.resources.push((slot, ty));
            }
            Some(_) => self.untyped(FindingCode::UnknownResourceType, slot, start),
            None => self.untyped(FindingCode::NoResourceType, slot, start),
        }
    }

    #[cold]
    fn untyped(&mut self, code: FindingCode, slot: u32, start: usize) {
        self.top.owner = NO_TYPE;
        self.notes.add(code, slot as usize, start);
    }

    #[inline]
    fn after(&mut self) -> Result<Step, Fault> {
        self.skip_space();
        match self.byte() {
            b',' => {
                self.at += 1;
                Ok(if self.top.in_array || self.top.is_array_node {
                    Step::Value
                } else {
                    Step::Key
                })
            }
            b']' if self.top.in_array => {
                self.at += 1;
                self.top.in_array = false;
                Ok(Step::After)
            }
            b']' if self.top.is_array_node => {
                self.at += 1;
                self.close()
            }
            b'}' if !self.top.in_array && !self.top.is_array_node => {
                self.at += 1;
                self.close()
            }
            _ => Err(self.fault(ErrorKind::ExpectedEnd)),
        }
    }

    /// Ends the object or the array that is a node.
    #[inline]
    fn close(&mut self) -> Result<Step, Fault> {
        let end = self.tape.slots.len() as u32;
        let slot = self.top.slot;
        if let Some(opened) = self.tape.slots.get_mut(slot as usize) {
            opened.extent = end;
        }
        if self.top.has_companions || self.top.has_nulls || self.top.has_unknown {
            self.close_cold(slot);
        }
        match self.outer.pop() {
            Some(frame) => self.top = frame,
            None => return Ok(Step::End),
        }
        Ok(if self.outer.is_empty() {
            Step::End
        } else {
            Step::After
        })
    }

    #[cold]
    fn close_cold(&mut self, slot: u32) {
        let Tape {
            slots, companions, ..
        } = &mut self.tape;
        let mut found = Vec::new();
        if self.top.has_companions {
            pair::pair(slots, slot, companions, &mut |code, at| found.push((code, at)));
        }
        if self.top.has_nulls && self.top.owner != NO_TYPE {
            pair::nulls(slots, slot, &mut |code, at| found.push((code, at)));
        }
        if self.top.has_unknown {
            let mut keys: Vec<_> = self.tape.unknown_keys_of(slot, self.bytes).collect();
            keys.sort_unstable();
            for pair in keys.windows(2) {
                if let [(first, _), (second, at)] = pair
                    && first == second
                {
                    found.push((FindingCode::DuplicateKey, *at));
                }
            }
        }
        for (code, at) in found {
            let offset = self.tape.slots.get(at as usize).map_or(0, |slot| slot.offset);
            self.notes.add(code, at as usize, offset as usize);
        }
    }
}
