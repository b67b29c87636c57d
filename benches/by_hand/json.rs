//! JSON as a program writes it that knows what it writes: keys as they stand, a comma behind each value that the end of its object takes back.

use std::borrow::Cow;

use carewire_hl7v2::{Message, Segment};

/// A segment, and the text of its message, of which its fields are parts.
#[derive(Clone, Copy)]
pub(super) struct Row<'m> {
    pub(super) id: [u8; 3],
    segment: Segment<'m>,
    text: &'m str,
}

impl<'m> Row<'m> {
    /// Those of a message; none if it is no UTF-8.
    pub(super) fn all(message: &'m Message<'m>) -> Option<impl Iterator<Item = Self>> {
        let text = str::from_utf8(message.as_bytes()).ok()?;
        Some(message.segments().filter_map(move |segment| {
            let id = *segment.id().as_bytes().first_chunk()?;
            Some(Self { id, segment, text })
        }))
    }

    pub(super) fn position(&self) -> usize {
        self.segment.position()
    }

    /// A field with the delimiters in it.
    #[inline]
    pub(super) fn raw(&self, number: usize) -> &'m str {
        let range = self.segment.field(number).map(|field| field.range());
        range.and_then(|range| self.text.get(range)).unwrap_or_default()
    }
}

/// What identifies a resource: the text of a UUID.
pub(super) type Id = [u8; 36];

/// An id of what a resource is known by. It is no digest: a program by hand that needs one pays for it.
pub(super) fn id(parts: &[&str]) -> Id {
    let fold = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        product as u64 ^ (product >> 64) as u64
    };
    let (mut high, mut low) = (0xcbf2_9ce4_8422_2325_u64, 0x9e37_79b9_7f4a_7c15_u64);
    let mut mix = |word: u64| {
        high = fold(high ^ word, 0xa076_1d64_78bd_642f);
        low = fold(low.rotate_left(23) ^ word, 0xe703_7ed1_a0b4_28db);
    };
    for part in parts {
        let bytes = part.as_bytes();
        mix(bytes.len() as u64);
        match bytes.last_chunk::<8>() {
            Some(last) => {
                let words = bytes.as_chunks::<8>().0;
                words.iter().for_each(|word| mix(u64::from_le_bytes(*word)));
                mix(u64::from_le_bytes(*last));
            }
            None => mix(bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))),
        }
    }
    let mut text = [b'-'; 36];
    let digits = [high >> 32, high, low >> 32, low].map(|word| hex(word as u32));
    let [a, b, c, d] = &digits;
    text[..8].copy_from_slice(a);
    text[9..13].copy_from_slice(&b[..4]);
    text[14..18].copy_from_slice(&b[4..]);
    text[19..23].copy_from_slice(&c[..4]);
    text[24..28].copy_from_slice(&c[4..]);
    text[28..].copy_from_slice(d);
    text
}

/// The eight digits of a number, all of them at the same time.
fn hex(number: u32) -> [u8; 8] {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut word = u64::from(number);
    word = (word | word << 16) & 0x0000_ffff_0000_ffff;
    word = (word | word << 8) & 0x00ff_00ff_00ff_00ff;
    word = (word | word << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    // Six more than nine makes the fifth bit.
    let letters = (word + 6 * ONES) >> 4 & ONES;
    (word + ONES * u64::from(b'0') + letters * u64::from(b'a' - b'0' - 10)).to_be_bytes()
}

pub(super) struct Json<'o>(pub(super) &'o mut Vec<u8>);

impl Json<'_> {
    /// JSON as it stands, with its comma.
    #[inline]
    pub(super) fn raw(&mut self, json: &str) {
        self.0.extend_from_slice(json.as_bytes());
    }

    /// Ends an object or array: the comma before goes, one comes behind.
    #[inline]
    pub(super) fn end(&mut self, brackets: &str) {
        if self.0.last() == Some(&b',') {
            self.0.pop();
        }
        self.raw(brackets);
        self.0.push(b',');
    }

    /// A key with its quotes, a colon and the quote of its value, and a text; nothing for an empty one.
    #[inline]
    pub(super) fn text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.raw(key);
            self.escaped(text);
            self.raw("\",");
        }
    }

    #[inline]
    pub(super) fn string(&mut self, text: &str) {
        self.text("\"", text);
    }

    #[inline]
    pub(super) fn escaped(&mut self, text: &str) {
        if is_plain(text) {
            self.short(text.as_bytes());
        } else {
            self.escape(text);
        }
    }

    /// A text that is short, as a rule: then in two stores that may overlap.
    #[inline]
    fn short(&mut self, text: &[u8]) {
        let end = self.0.len() + text.len();
        if text.len() > 16 {
            self.0.extend_from_slice(text);
        } else if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
            self.0.extend_from_slice(first);
            self.0.truncate(end - 8);
            self.0.extend_from_slice(last);
        } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
            self.0.extend_from_slice(first);
            self.0.truncate(end - 4);
            self.0.extend_from_slice(last);
        } else {
            text.iter().for_each(|byte| self.0.push(*byte));
        }
    }

    #[cold]
    fn escape(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '"' => self.raw("\\\""),
                '\\' => self.raw("\\\\"),
                '\n' => self.raw("\\n"),
                '\r' => self.raw("\\r"),
                '\t' => self.raw("\\t"),
                c if c < ' ' => self.raw(&format!("\\u{:04x}", u32::from(c))),
                c => self.0.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
    }

    /// A reference to a resource of the Bundle, as the value of a key.
    #[inline]
    pub(super) fn reference(&mut self, key: &str, id: &Id) {
        self.raw(key);
        self.raw("{\"reference\":\"urn:uuid:");
        self.0.extend_from_slice(id);
        self.raw("\"},");
    }

    /// The start of an entry, up to what the resource has behind its id.
    pub(super) fn entry(&mut self, kind: &str, id: &Id) {
        self.raw("{\"fullUrl\":\"urn:uuid:");
        self.0.extend_from_slice(id);
        self.raw("\",\"resource\":{\"resourceType\":\"");
        self.raw(kind);
        self.raw("\",\"id\":\"");
        self.0.extend_from_slice(id);
        self.raw("\",");
    }

    #[inline]
    pub(super) fn end_entry(&mut self) {
        self.end("}}");
    }

    /// A date or a dateTime, with the zone of the message where it has a time.
    pub(super) fn time(&mut self, key: &str, text: &str, zone: &str) {
        let text = text.as_bytes();
        let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
        if text.len() < 4 {
            return;
        }
        self.raw(key);
        self.0.push(b'"');
        self.0.extend_from_slice(part(0, 4));
        for (from, to) in [(4, 6), (6, 8)] {
            if text.len() >= to {
                self.0.push(b'-');
                self.0.extend_from_slice(part(from, to));
            }
        }
        if text.len() >= 12 && !zone.is_empty() {
            self.0.push(b'T');
            self.0.extend_from_slice(part(8, 10));
            self.0.push(b':');
            self.0.extend_from_slice(part(10, 12));
            self.0.push(b':');
            self.0
                .extend_from_slice(if text.len() >= 14 { part(12, 14) } else { b"00" });
            self.raw(zone.get(..3).unwrap_or_default());
            self.0.push(b':');
            self.raw(zone.get(3..).unwrap_or_default());
        }
        self.raw("\",");
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;

/// The highest bit of each byte of a word that is this one.
#[inline]
fn hits(word: u64, byte: u8) -> u64 {
    const LOW: u64 = ONES * 0x7f;
    let zero = word ^ (ONES * u64::from(byte));
    !(((zero & LOW) + LOW) | zero | LOW)
}

/// The first bytes of a text of fewer than eight, spaces behind them.
#[inline]
fn word(text: &[u8]) -> u64 {
    match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
            let length = 8 * text.len() as u32;
            let spaces = (ONES * u64::from(b' ')).checked_shl(length).unwrap_or(0);
            u64::from(first) | u64::from(last) << (length - 32) | spaces
        }
        _ => text
            .iter()
            .rev()
            .fold(ONES * u64::from(b' '), |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// Whether a text stands in JSON as it is, eight bytes at a time.
#[inline]
fn is_plain(text: &str) -> bool {
    // The highest bit of each byte that is zero, which only a zero of its own or one below it can set.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word;
    let marks = |word: u64| {
        let controls = word.wrapping_sub(ONES * u64::from(b' ')) & !word;
        let quotes = zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\')));
        (controls | quotes) & (ONES << 7)
    };
    let bytes = text.as_bytes();
    match bytes.last_chunk::<8>() {
        Some(last) => {
            let all = bytes
                .as_chunks::<8>()
                .0
                .iter()
                .map(|chunk| marks(u64::from_le_bytes(*chunk)));
            all.fold(marks(u64::from_le_bytes(*last)), |all, marks| all | marks) == 0
        }
        None => marks(word(bytes)) == 0,
    }
}

/// The text of a field: of its first repetition the first part.
#[inline]
pub(super) fn field<'m>(row: Row<'m>, number: usize) -> Cow<'m, str> {
    let raw = row.raw(number);
    let divided = |word: u64| {
        hits(word, b'^') | hits(word, b'~') | hits(word, b'&') | hits(word, b'\\') | hits(word, b'"')
    };
    let bytes = raw.as_bytes();
    let is_plain = match bytes.last_chunk::<8>() {
        Some(last) => {
            let all = bytes
                .as_chunks::<8>()
                .0
                .iter()
                .map(|chunk| divided(u64::from_le_bytes(*chunk)));
            all.fold(divided(u64::from_le_bytes(*last)), |all, found| all | found) == 0
        }
        None => divided(word(bytes)) == 0,
    };
    if is_plain {
        return Cow::Borrowed(raw);
    }
    let field = row.segment.field(number);
    field.map(|field| field.text()).unwrap_or_default()
}

/// The repetitions of a field that hold something.
pub(super) fn each<'m>(row: Row<'m>, number: usize) -> impl Iterator<Item = Parts<'m>> {
    let (mut rest, mut repetition) = (Some(row.raw(number)), 0);
    std::iter::from_fn(move || {
        loop {
            let (text, behind) = cut(rest?, b'~');
            rest = behind;
            repetition += 1;
            if !text.is_empty() {
                return Some(Parts::of(row, number, repetition, text));
            }
        }
    })
}

#[inline]
pub(super) fn first<'m>(row: Row<'m>, number: usize) -> Option<Parts<'m>> {
    each(row, number).next()
}

/// What stands before a delimiter, and what behind it; none where there is no delimiter.
#[inline]
fn cut(text: &str, delimiter: u8) -> (&str, Option<&str>) {
    match memchr::memchr(delimiter, text.as_bytes()) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..)),
        None => (text, None),
    }
}

/// So many components are looked at.
const MOST: usize = 13;

/// A repetition with its components, found in one pass.
#[derive(Clone, Copy)]
pub(super) struct Parts<'m> {
    row: Row<'m>,
    /// The numbers of the field and the repetition.
    place: (usize, usize),
    text: &'m str,
    /// Where each component ends.
    ends: [u32; MOST],
    /// Whether a text is its bytes as they stand: there is no escape sequence and no explicit null.
    is_plain: bool,
    /// Whether a component has subcomponents.
    is_divided: bool,
}

impl<'m> Parts<'m> {
    fn of(row: Row<'m>, field: usize, repetition: usize, text: &'m str) -> Self {
        let mut ends = [text.len() as u32; MOST];
        let mut left = ends.iter_mut();
        let (mut at, mut divided, mut special) = (0, 0, 0);
        let mut look = |word: u64| {
            divided |= hits(word, b'&');
            special |= hits(word, b'\\') | hits(word, b'"');
            let mut carets = hits(word, b'^');
            while carets != 0 {
                if let Some(end) = left.next() {
                    *end = at + carets.trailing_zeros() / 8;
                }
                carets &= carets - 1;
            }
            at += 8;
        };
        let (words, rest) = text.as_bytes().as_chunks::<8>();
        words.iter().for_each(|chunk| look(u64::from_le_bytes(*chunk)));
        look(word(rest));
        Self {
            row,
            place: (field, repetition),
            text,
            ends,
            is_plain: special == 0,
            is_divided: divided != 0,
        }
    }

    /// The text of the repetition: that of its first component.
    pub(super) fn whole(&self) -> Cow<'m, str> {
        self.part(1)
    }

    /// The bytes of a component.
    #[inline]
    fn component(&self, number: usize) -> &'m str {
        let end = |number: usize| self.ends.get(number).map_or(0, |end| *end as usize);
        let start = if number == 1 { 0 } else { end(number - 2) + 1 };
        self.text.get(start..end(number - 1)).unwrap_or_default()
    }

    /// The text of a component: that of its first subcomponent.
    #[inline]
    pub(super) fn part(&self, number: usize) -> Cow<'m, str> {
        if self.is_plain && !self.is_divided {
            return Cow::Borrowed(self.component(number));
        }
        self.sub(number, 1)
    }

    /// The text of a subcomponent.
    pub(super) fn sub(&self, number: usize, sub: usize) -> Cow<'m, str> {
        if !self.is_plain {
            let (field, repetition) = self.place;
            let repetition = self
                .row
                .segment
                .field(field)
                .and_then(|field| field.repetition(repetition));
            let component = repetition.and_then(|repetition| repetition.component(number));
            let part = component.and_then(|component| component.subcomponent(sub));
            return part.map(|part| part.text()).unwrap_or_default();
        }
        let component = self.component(number);
        if !self.is_divided {
            return Cow::Borrowed(if sub == 1 { component } else { "" });
        }
        let mut rest = Some(component);
        let mut part = "";
        for _ in 0..sub {
            (part, rest) = rest.map_or(("", None), |rest| cut(rest, b'&'));
        }
        Cow::Borrowed(part)
    }
}
