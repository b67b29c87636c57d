//! JSON as a program writes it that knows what it writes: keys as they stand, a comma behind each value that the end of its object takes back.
//!
//! Most of what is written is short, and most of what writes it is met once in a message, so that the time goes into calls, checks and code that no
//! near cache holds. Hence functions that are not inlined, and in them one look at the room that is left.

use std::ops::Range;

use carewire_hl7v2::EncodingCharacters;

use super::id::Id;
use super::text::Text;

/// Texts of so many bytes at most, and keys, are copied in one or two pieces of a size known beforehand.
const SHORT: usize = 32;
const KEY: usize = 16;

/// So few are copied as a number.
const FEW: usize = 8;

/// As much room is made at once.
const ROOM: usize = 1 << 12;

pub(super) struct Json<'o> {
    /// What is written, and room behind it.
    out: &'o mut Vec<u8>,
    /// How much is written.
    length: usize,
    /// What the escape sequences of the message stand for.
    characters: EncodingCharacters,
}

impl<'o> Json<'o> {
    /// Behind what stands in `out`.
    pub(super) fn new(out: &'o mut Vec<u8>, characters: EncodingCharacters) -> Self {
        let length = out.len();
        Self {
            out,
            length,
            characters,
        }
    }

    /// Takes back the room that is left.
    pub(super) fn finish(self) {
        self.out.truncate(self.length);
    }

    /// How much is written.
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// What is written there, once more.
    pub(super) fn again(&mut self, written: Range<usize>) {
        let length = self.length + written.len();
        if self.out.len() < length {
            self.out.resize(length + ROOM, 0);
        }
        self.out.copy_within(written, self.length);
        self.length = length;
    }

    /// JSON as it stands, with its comma.
    #[inline(never)]
    pub(super) fn raw(&mut self, json: &str) {
        self.bytes(json.as_bytes());
    }

    #[inline]
    fn bytes(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        match self.out.get_mut(self.length..end) {
            Some(room) => {
                self.length = end;
                room.copy_from_slice(bytes);
            }
            None => self.bytes_in_new_room(bytes),
        }
    }

    /// Not many bytes, as a rule.
    #[inline]
    fn few_bytes(&mut self, bytes: &[u8]) {
        if let Some(few) = few(bytes)
            && let Some(room) = self.room()
        {
            *room = few;
            self.length += bytes.len();
        } else {
            self.bytes(bytes);
        }
    }

    #[cold]
    fn bytes_in_new_room(&mut self, bytes: &[u8]) {
        self.out.truncate(self.length);
        self.out.extend_from_slice(bytes);
        self.length = self.out.len();
        self.out.resize(self.length + ROOM, 0);
    }

    /// Room for so many bytes, some of which may be written.
    #[inline]
    fn room<const N: usize>(&mut self) -> Option<&mut [u8; N]> {
        self.out.get_mut(self.length..)?.first_chunk_mut()
    }

    /// The end of an object or array, and what follows: the comma before goes.
    #[inline(never)]
    pub(super) fn end(&mut self, json: &str) {
        let last = self.length.wrapping_sub(1);
        if self.out.get(last) == Some(&b',') {
            self.length = last;
        }
        self.few_bytes(json.as_bytes());
    }

    /// A key with its quotes, a colon and the quote of its value, and a text; nothing for an empty one.
    #[inline(never)]
    pub(super) fn text(&mut self, key: &str, text: Text<'_>) {
        if text.is_empty() {
            return;
        }
        let key = key.as_bytes();
        if let (Some(first), Some(last)) = (key.first_chunk::<8>(), key.last_chunk::<8>())
            && key.len() <= KEY
            && let Some(chunk) = text.short::<SHORT>()
            && let Some(room) = self.room::<{ KEY + SHORT + 2 }>()
        {
            let (start, end) = (key.len(), key.len() + text.len());
            room[..8].copy_from_slice(first);
            room[start - 8..start].copy_from_slice(last);
            room[start..start + SHORT].copy_from_slice(chunk);
            room[end..end + 2].copy_from_slice(b"\",");
            self.length += end + 2;
        } else {
            self.any_text(key, text);
        }
    }

    #[inline(never)]
    fn any_text(&mut self, key: &[u8], text: Text<'_>) {
        self.bytes(key);
        self.escaped(text);
        self.bytes(b"\",");
    }

    /// A text between JSON that stands there only with it.
    #[inline(never)]
    pub(super) fn within(&mut self, before: &str, text: Text<'_>, behind: &str) {
        let (before, behind) = (before.as_bytes(), behind.as_bytes());
        let (start, end) = (before.len(), before.len() + text.len());
        let room = self.length..self.length + start + SHORT + FEW;
        if !text.is_empty()
            && let Some(chunk) = text.short::<SHORT>()
            && let Some(closing) = few(behind)
            && let Some(room) = self.out.get_mut(room)
        {
            room[..start].copy_from_slice(before);
            room[start..start + SHORT].copy_from_slice(chunk);
            room[end..end + FEW].copy_from_slice(&closing);
            self.length += end + behind.len();
        } else if !text.is_empty() {
            self.bytes(before);
            self.escaped(text);
            self.bytes(behind);
        }
    }

    /// As [`text`](Self::text), and then [`end`](Self::end).
    pub(super) fn last(&mut self, key: &str, text: Text<'_>, brackets: &str) {
        self.text(key, text);
        self.end(brackets);
    }

    pub(super) fn string(&mut self, text: Text<'_>) {
        self.within("\"", text, "\",");
    }

    #[inline]
    pub(super) fn escaped(&mut self, text: Text<'_>) {
        if let Some(chunk) = text.short::<SHORT>()
            && let Some(room) = self.room()
        {
            *room = *chunk;
            self.length += text.len();
        } else if text.is_plain {
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
            return self.escaped(field);
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

    /// A reference to a resource of the Bundle, as the value of a key.
    #[inline(never)]
    pub(super) fn reference(&mut self, key: &str, id: &Id) {
        self.bytes(key.as_bytes());
        self.reference_to(id);
        self.bytes(b",");
    }

    /// The same in an array, alone.
    #[inline(never)]
    pub(super) fn only_reference(&mut self, key: &str, id: &Id) {
        self.bytes(key.as_bytes());
        self.bytes(b"[");
        self.reference_to(id);
        self.bytes(b"],");
    }

    pub(super) fn id(&mut self, id: &Id) {
        self.bytes(id);
    }

    #[inline(always)]
    fn reference_to(&mut self, id: &Id) {
        self.bytes(b"{\"reference\":\"urn:uuid:");
        self.bytes(id);
        self.bytes(b"\"}");
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

    #[inline]
    pub(super) fn end_entry(&mut self) {
        self.end("}},");
    }

    /// A date or a dateTime, with the zone of the message where it has a time.
    pub(super) fn time(&mut self, key: &str, text: Text<'_>, zone: Text<'_>) {
        let is_time = text.is_plain || text.bytes().iter().all(u8::is_ascii_digit);
        let (text, zone) = (text.bytes(), zone.bytes());
        if text.len() < 4 || !is_time {
            return;
        }
        self.bytes(key.as_bytes());
        match (text.first_chunk::<12>(), zone.first_chunk::<5>()) {
            (Some(minute), Some(zone)) => {
                let second = text.get(12..14).and_then(<[u8]>::first_chunk);
                self.date_time(minute, second.unwrap_or(b"00"), zone);
            }
            _ => self.date(text),
        }
        self.bytes(b"\",");
    }

    fn date(&mut self, text: &[u8]) {
        for (before, range) in [("", 0..4), ("-", 4..6), ("-", 6..8)] {
            if let Some(part) = text.get(range) {
                self.raw(before);
                self.bytes(part);
            }
        }
    }

    #[inline]
    fn date_time(&mut self, minute: &[u8; 12], second: &[u8; 2], zone: &[u8; 5]) {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = *minute;
        let [m, n] = *second;
        let [sign, o, p, q, r] = *zone;
        self.bytes(&[
            a, b, c, d, b'-', e, f, b'-', g, h, b'T', i, j, b':', k, l, b':', m, n, sign, o, p, b':', q, r,
        ]);
    }
}

/// Some bytes with others behind them; none if they are more than a few, or fewer than two.
#[inline]
fn few(bytes: &[u8]) -> Option<[u8; FEW]> {
    let length = bytes.len() as u32;
    let word = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) if length <= 8 => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (length - 4))
        }
        _ => {
            let (first, last) = (bytes.first_chunk()?, bytes.last_chunk()?);
            if length > 4 {
                return None;
            }
            u64::from(u16::from_le_bytes(*first)) | u64::from(u16::from_le_bytes(*last)) << (8 * (length - 2))
        }
    };
    Some(word.to_le_bytes())
}
