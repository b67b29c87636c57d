//! From JSON text to the tape, in one pass and without recursion.

use super::frame::{Expect, Frame};
use super::guess::{self, GUESSES, Guesses};
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
    guess::with_guesses(|follows| {
        let mut reader = Reader::new(text, limits, notes, follows);
        reader.document(root)?;
        Ok(reader.tape)
    })
}

/// Reads any JSON object, without a schema.
pub(crate) fn read_untyped(text: &str, limits: &Limits) -> Result<Tape, Fault> {
    let mut notes = Notes::new(0);
    let mut follows = [0; GUESSES];
    let mut reader = Reader::new(text, limits, &mut notes, &mut follows);
    reader.object(NO_TYPE)?;
    Ok(reader.tape)
}

pub(super) struct Reader<'a, 'n> {
    pub(super) text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) tape: Tape,
    pub(super) outer: Vec<Frame>,
    pub(super) top: Frame,
    pub(super) follows: &'n mut Guesses,
    pub(super) ahead: Lookahead,
    pub(super) limits: &'a Limits,
    pub(super) notes: &'n mut Notes,
}

/// What comes next, and where. The place goes from step to step by value: it is what every byte depends on.
pub(super) enum Step {
    Key(usize),
    Value(usize),
    After(usize),
    End(usize),
}

impl<'a, 'n> Reader<'a, 'n> {
    fn new(text: &'a str, limits: &'a Limits, notes: &'n mut Notes, follows: &'n mut Guesses) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            tape: Tape::with_capacity(slots(text.len()).min(limits.nodes)),
            // Deep enough for most, and small enough to be had at once from the allocator.
            outer: Vec::with_capacity(8),
            top: Frame::new(0, NO_TYPE),
            follows,
            ahead: Lookahead::new(text.len()),
            limits,
            notes,
        }
    }
}

/// Room for the slots of a text of so many bytes: what most need, and some more if it is small, but two thirds of it at
/// most.
fn slots(bytes: usize) -> usize {
    (bytes / 24 + 16).min(bytes / 18)
}

impl Reader<'_, '_> {
    #[inline]
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn skip_space(&self, at: usize) -> usize {
        if self.byte(at) <= b' ' {
            scan::skip_space(self.bytes, at)
        } else {
            at
        }
    }

    /// The end of the input where it is the reason, else `kind`.
    #[cold]
    pub(super) fn fault(&self, kind: ErrorKind, at: usize) -> Fault {
        if at >= self.bytes.len() {
            (ErrorKind::UnexpectedEnd, self.bytes.len())
        } else {
            (kind, at)
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
        let at = self.skip_space(0);
        if self.byte(at) != b'{' {
            return Err(self.fault(ErrorKind::ExpectedObject, at));
        }
        let known = root != NO_TYPE;
        let expect = if known { Expect::Object } else { Expect::Anything };
        self.top.expect_anything(ROOT, expect);
        self.top.value_type = root;
        self.top.is_abstract_value = known && root.is_abstract() && root.is_resource();
        let mut step = self.open_object(at)?;
        self.top.is_resource |= known && root.is_resource();
        let end = loop {
            step = match step {
                Step::Key(at) => self.key(at)?,
                Step::Value(at) => self.value(at)?,
                Step::After(at) => self.after(at)?,
                Step::End(at) => break at,
            };
        };
        let end = self.skip_space(end);
        if end < self.bytes.len() {
            return Err((ErrorKind::TrailingText, end));
        }
        self.tape.companions.sort_unstable();
        self.tape.resources.sort_unstable_by_key(|one| one.0);
        Ok(())
    }

    #[inline]
    fn value(&mut self, at: usize) -> Result<Step, Fault> {
        let at = self.skip_space(at);
        let byte = self.byte(at);
        if self.top.is_list && !self.top.in_array && byte != b'[' {
            self.notes
                .add(FindingCode::SingleForList, self.tape.slots.len(), at);
        }
        match byte {
            b'"' => {
                let start = at + 1;
                let mut end = scan::string_end(self.bytes, start);
                let mut flags = 0;
                if self.bytes.get(end) != Some(&b'"') {
                    flags = ESCAPED;
                    end = self.escaped_string(end)?;
                }
                if self.top.expect != Expect::String {
                    self.misfit(Kind::String, at)?;
                }
                self.leaf(Kind::String, flags, start, end)?;
                Ok(Step::After(end + 1))
            }
            b'{' => self.open_object(at),
            b'[' => self.open_array(at),
            b'-' | b'0'..=b'9' => self.number(at),
            _ => self.word(at),
        }
    }

    #[inline]
    fn number(&mut self, start: usize) -> Result<Step, Fault> {
        let rest = self.bytes.get(start..).unwrap_or_default();
        let Some(length) = scan::number(rest) else {
            return Err((ErrorKind::BadNumber, start));
        };
        if self.top.expect != Expect::Number {
            self.misfit(Kind::Number, start)?;
        }
        let end = start + length;
        self.leaf(Kind::Number, 0, start, end)?;
        if matches!(
            self.byte(end),
            b'0'..=b'9' | b'.' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-'
        ) {
            return Err((ErrorKind::BadNumber, start));
        }
        Ok(Step::After(end))
    }

    fn word(&mut self, start: usize) -> Result<Step, Fault> {
        let rest = self.bytes.get(start..).unwrap_or_default();
        let (kind, length) = if rest.starts_with(b"true") {
            (Kind::True, 4)
        } else if rest.starts_with(b"false") {
            (Kind::False, 5)
        } else if rest.starts_with(b"null") {
            (Kind::Null, 4)
        } else {
            return Err(self.fault(ErrorKind::ExpectedValue, start));
        };
        if kind == Kind::Null {
            self.top.has_nulls = true;
        }
        if self.top.expect != Expect::Boolean {
            self.misfit(kind, start)?;
        }
        let end = start + length;
        self.leaf(kind, 0, start, end)?;
        if matches!(self.byte(end), b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_') {
            return Err((ErrorKind::ExpectedValue, start));
        }
        Ok(Step::After(end))
    }

    #[inline]
    fn leaf(&mut self, kind: Kind, flags: u8, start: usize, end: usize) -> Result<(), Fault> {
        self.push(kind, flags, start, end - start)
    }

    /// A value of the property that is being read.
    #[inline]
    fn push(&mut self, kind: Kind, flags: u8, start: usize, extent: usize) -> Result<(), Fault> {
        let flags = flags | self.top.flags;
        self.top.flags &= !FIRST;
        self.push_slot(Slot {
            offset: start as u32,
            extent: extent as u32,
            field: self.top.field,
            kind,
            flags,
        })
    }

    #[inline(always)]
    pub(super) fn push_slot(&mut self, slot: Slot) -> Result<(), Fault> {
        if self.tape.slots.len() == self.tape.slots.capacity() {
            self.grow(slot.offset as usize)?;
        }
        self.tape.slots.push(slot);
        Ok(())
    }

    /// Makes room for as many slots as the rest of the input will have if it goes on as it began, and checks the limit:
    /// there is never room for more than that.
    #[cold]
    fn grow(&mut self, at: usize) -> Result<(), Fault> {
        let have = self.tape.slots.len();
        if have >= self.limits.nodes {
            return Err((ErrorKind::TooManyNodes, at));
        }
        let left = self.bytes.len().saturating_sub(at) as u64;
        let more = have as u64 * left / (at as u64 + 1);
        let more = (more + more / 32 + 8).min(have as u64 + 8) as usize;
        self.tape.slots.reserve_exact(more.min(self.limits.nodes - have));
        Ok(())
    }

    /// The end of a string that has an escape or a control character at `at`. Reports the first escape that is
    /// malformed and the first control character.
    #[cold]
    fn escaped_string(&mut self, mut at: usize) -> Result<usize, Fault> {
        let slot = self.tape.slots.len();
        let (mut malformed, mut control) = (false, false);
        loop {
            match self.bytes.get(at) {
                None => return Err((ErrorKind::UnexpectedEnd, self.bytes.len())),
                Some(b'"') => return Ok(at),
                Some(b'\\') => {
                    let length = self.text.get(at..).and_then(escape::length);
                    if length.is_none() && !core::mem::replace(&mut malformed, true) {
                        self.notes.add(FindingCode::BadEscape, slot, at);
                    }
                    at += length.unwrap_or(2);
                }
                Some(_) => {
                    if !core::mem::replace(&mut control, true) {
                        self.notes.add(FindingCode::ControlCharacter, slot, at);
                    }
                    at += 1;
                }
            }
            at = scan::string_end(self.bytes, at);
        }
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

    fn open_array(&mut self, start: usize) -> Result<Step, Fault> {
        let at = self.skip_space(start + 1);
        let slot = self.tape.slots.len();
        if self.top.in_array || self.top.is_array_node {
            if self.top.owner != NO_TYPE || self.top.expect != Expect::Anything {
                self.notes.add(FindingCode::NestedArray, slot, start);
            }
            if self.top.in_array {
                self.remember_key(slot);
            }
            self.push(Kind::Array, 0, start, 0)?;
            self.enter(Frame::new(slot as u32, NO_TYPE), at)?;
            self.top.is_array_node = true;
            self.top.expect_anything(NESTED, Expect::Anything);
            self.top.flags = ITEM | FIRST;
            return if self.byte(at) == b']' {
                self.close(at + 1)
            } else {
                Ok(Step::Value(at))
            };
        }
        if !self.top.is_list && self.top.field < NESTED {
            self.notes.add(FindingCode::ListForSingle, slot, start);
        }
        if self.byte(at) == b']' {
            self.remember_key(slot);
            if self.top.owner != NO_TYPE && self.top.field < NESTED {
                self.notes.add(FindingCode::EmptyArray, slot, start);
            }
            self.push(Kind::Array, 0, start, slot + 1)?;
            return Ok(Step::After(at + 1));
        }
        if self.top.expect == Expect::ResourceType {
            self.notes.add(FindingCode::WrongJsonType, slot, start);
            self.top.expect_anything(UNKNOWN, Expect::Anything);
        }
        self.top.in_array = true;
        self.top.flags |= ITEM | FIRST;
        Ok(Step::Value(at))
    }

    /// Whether the object is the root and its type is the caller's word.
    pub(super) fn root_is_given(&self) -> bool {
        matches!(self.outer.as_slice(), [caller] if !caller.is_abstract_value)
    }

    /// Pushes the frame of what was just opened.
    fn enter(&mut self, frame: Frame, at: usize) -> Result<(), Fault> {
        if self.outer.len() >= self.limits.depth {
            return Err((ErrorKind::TooDeep, at));
        }
        self.outer.push(core::mem::replace(&mut self.top, frame));
        Ok(())
    }

    fn open_object(&mut self, start: usize) -> Result<Step, Fault> {
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
        self.enter(Frame::new(slot as u32, owner), start + 1)?;
        if is_resource {
            return self.open_resource(start);
        }
        // The first key is guessed from what opened the object.
        self.top.last = last ^ 0x155;
        let at = self.skip_space(start + 1);
        if self.byte(at) == b'}' {
            if self.top.owner != NO_TYPE {
                self.notes.add(FindingCode::EmptyObject, slot, start);
            }
            return self.close(at + 1);
        }
        Ok(Step::Key(at))
    }

    /// The type of a resource must be known before its first key is.
    fn open_resource(&mut self, start: usize) -> Result<Step, Fault> {
        const KEY: &[u8] = b"\"resourceType\"";
        let slot = self.top.slot;
        self.top.is_resource = true;
        let first = self.skip_space(start + 1);
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
                    return Ok(Step::After(end + 1));
                }
            }
        }
        let name = self.ahead.resource_type(self.bytes, first);
        self.set_type(slot, name, start);
        if self.byte(first) == b'}' {
            return self.close(first + 1);
        }
        Ok(Step::Key(first))
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
    fn after(&mut self, at: usize) -> Result<Step, Fault> {
        let at = self.skip_space(at);
        match self.byte(at) {
            b',' if self.top.in_array || self.top.is_array_node => Ok(Step::Value(at + 1)),
            b',' => Ok(Step::Key(at + 1)),
            b']' if self.top.in_array => {
                self.top.in_array = false;
                Ok(Step::After(at + 1))
            }
            b']' if self.top.is_array_node => self.close(at + 1),
            b'}' if !self.top.in_array && !self.top.is_array_node => self.close(at + 1),
            _ => Err(self.fault(ErrorKind::ExpectedEnd, at)),
        }
    }

    /// Ends the object or the array that is a node.
    #[inline]
    fn close(&mut self, at: usize) -> Result<Step, Fault> {
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
            None => return Ok(Step::End(at)),
        }
        Ok(if self.outer.is_empty() {
            Step::End(at)
        } else {
            Step::After(at)
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
