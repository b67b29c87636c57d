//! JSON as a program writes it that knows what it writes: keys and brackets as they stand.
//!
//! What may be left out brings the comma behind it, so that an object ends with what is always there; where nothing is, its end takes the
//! last comma back.
//!
//! Short JSON is copied where it is asked for, in moves of a size known there; what is longer, by a call.

use std::ops::Range;

use carewire_hl7v2::EncodingCharacters;

use super::id::Id;
use super::text::{Parts, Row, Text};
use super::time::Time;

/// JSON of so many bytes at most is short. Texts of so many are copied in one piece of this size, with what stands behind them.
const SHORT: usize = 64;

/// What stands before a value, and behind it.
pub(super) type Around = [&'static str; 2];

pub(super) struct Json {
    out: Vec<u8>,
    /// What the escape sequences of the message stand for.
    characters: EncodingCharacters,
}

impl Json {
    /// Behind what stands in `out`.
    pub(super) fn new(out: Vec<u8>, characters: EncodingCharacters) -> Self {
        Self { out, characters }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.out
    }

    /// How much is written.
    pub(super) fn length(&self) -> usize {
        self.out.len()
    }

    /// What is written there, once more.
    pub(super) fn again(&mut self, written: Range<usize>) {
        self.out.extend_from_within(written);
    }

    /// JSON as it stands.
    #[inline(always)]
    pub(super) fn raw(&mut self, json: &str) {
        if json.len() <= SHORT {
            self.bytes(json.as_bytes());
        } else {
            self.long(json);
        }
    }

    #[inline(never)]
    fn long(&mut self, json: &str) {
        self.bytes(json.as_bytes());
    }

    #[inline(always)]
    fn bytes(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    /// The first bytes of some.
    #[inline(always)]
    fn first_of<const N: usize>(&mut self, bytes: &[u8; N], length: usize) {
        let end = self.out.len() + length;
        self.bytes(bytes);
        self.out.truncate(end);
    }

    /// The end of an object or array, and what follows: the comma before goes.
    #[inline(always)]
    pub(super) fn end(&mut self, json: &str) {
        if self.out.last() == Some(&b',') {
            self.out.pop();
        }
        self.raw(json);
    }

    /// A text between JSON that stands there only with it.
    #[inline(always)]
    pub(super) fn text(&mut self, around: &Around, text: Text<'_>) {
        let [before, behind] = around;
        if let Some(chunk) = text.short::<SHORT>() {
            if !text.is_empty() {
                self.raw(before);
                self.first_of(chunk, text.len());
                self.raw(behind);
            }
        } else {
            self.any_text(around, text);
        }
    }

    #[inline(never)]
    fn any_text(&mut self, [before, behind]: &Around, text: Text<'_>) {
        if !text.is_empty() {
            self.bytes(before.as_bytes());
            self.value(text);
            self.bytes(behind.as_bytes());
        }
    }

    /// As [`text`](Self::text), that of a field.
    #[inline(never)]
    pub(super) fn field(&mut self, around: &Around, row: &Row<'_>, number: usize) {
        self.text(around, row.field(number));
    }

    /// That of a component.
    #[inline(always)]
    pub(super) fn part(&mut self, around: &Around, parts: &Parts<'_>, number: usize) {
        self.text(around, parts.part(number));
    }

    /// A text alone.
    #[inline(never)]
    pub(super) fn value(&mut self, text: Text<'_>) {
        if text.is_plain {
            self.bytes(text.bytes());
        } else {
            self.unescape(text);
        }
    }

    #[cold]
    fn unescape(&mut self, text: Text<'_>) {
        let characters = self.characters;
        let escape = char::from(characters.escape().unwrap_or_default());
        let mut rest = str::from_utf8(text.bytes()).unwrap_or_default();
        while let Some((before, behind)) = rest.split_once(escape)
            && let Some((sequence, behind)) = behind.split_once(escape)
        {
            self.escape(before);
            let stands_for = match sequence {
                "F" => Some(characters.field()),
                "S" => characters.component(),
                "T" => characters.subcomponent(),
                "R" => characters.repetition(),
                "E" => characters.escape(),
                _ => None,
            };
            if let Some(byte) = stands_for {
                self.escape(char::from(byte).encode_utf8(&mut [0; 4]));
            }
            rest = behind;
        }
        self.escape(rest);
    }

    /// A field as it stands in the message.
    pub(super) fn verbatim(&mut self, field: Text<'_>) {
        if field.is_plain {
            return self.value(field);
        }
        self.escape(str::from_utf8(field.bytes()).unwrap_or_default());
    }

    fn escape(&mut self, text: &str) {
        let is_special = |c: char| c < ' ' || c == '"' || c == '\\';
        let mut rest = text;
        while let Some(at) = rest.find(is_special) {
            let (before, behind) = rest.split_at(at);
            self.raw(before);
            let mut behind = behind.chars();
            match behind.next() {
                Some('"') => self.raw("\\\""),
                Some('\\') => self.raw("\\\\"),
                Some(control) => self.raw(&format!("\\u{:04x}", u32::from(control))),
                None => {}
            }
            rest = behind.as_str();
        }
        self.raw(rest);
    }

    /// An id between JSON.
    #[inline(always)]
    pub(super) fn id(&mut self, [before, behind]: &Around, id: &Id) {
        self.raw(before);
        self.bytes(id);
        self.raw(behind);
    }

    /// A date or a dateTime between JSON that stands there only with it.
    #[inline(never)]
    pub(super) fn time(&mut self, around: &Around, time: &Time) {
        let [before, behind] = around.map(str::as_bytes);
        if time.length > 0 {
            self.bytes(before);
            self.first_of(&time.text, time.length);
            self.bytes(behind);
        }
    }

    /// The start of an entry, up to what the resource has behind its id.
    #[inline(never)]
    pub(super) fn entry(&mut self, kind: &str, id: &Id) {
        self.bytes(b"{\"fullUrl\":\"urn:uuid:");
        self.bytes(id);
        self.bytes(b"\",\"resource\":{\"resourceType\":\"");
        self.bytes(kind.as_bytes());
        self.bytes(b"\",\"id\":\"");
        self.bytes(id);
        self.bytes(b"\",");
    }
}
