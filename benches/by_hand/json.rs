//! JSON as a program writes it that knows what it writes: keys as they stand, a comma behind each value that the end of its object takes back.

use std::borrow::Cow;

use carewire_hl7v2::{Repetition, Segment};

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

    /// A key with its quotes and colon, and a text; nothing for an empty one.
    #[inline]
    pub(super) fn text(&mut self, key: &str, text: &str) {
        if !text.is_empty() {
            self.raw(key);
            self.string(text);
        }
    }

    #[inline]
    pub(super) fn string(&mut self, text: &str) {
        self.0.push(b'"');
        self.escaped(text);
        self.raw("\",");
    }

    #[inline]
    pub(super) fn escaped(&mut self, text: &str) {
        if is_plain(text) {
            return self.raw(text);
        }
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

/// Whether a text stands in JSON as it is, eight bytes at a time.
fn is_plain(text: &str) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The highest bit of each byte that is zero, which only a zero of its own or one below it can set.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word;
    let marks = |chunk: &[u8; 8]| {
        let word = u64::from_le_bytes(*chunk);
        let controls = word.wrapping_sub(ONES * u64::from(b' ')) & !word;
        let quotes = zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\')));
        (controls | quotes) & (ONES << 7)
    };
    let bytes = text.as_bytes();
    match bytes.last_chunk::<8>() {
        Some(last) => marks(last) == 0 && bytes.as_chunks::<8>().0.iter().all(|chunk| marks(chunk) == 0),
        None => bytes
            .iter()
            .all(|byte| *byte >= b' ' && *byte != b'"' && *byte != b'\\'),
    }
}

/// The text of a field: of its first repetition the first part.
pub(super) fn field<'m>(segment: Segment<'m>, number: usize) -> Cow<'m, str> {
    segment
        .field(number)
        .map(|field| field.text())
        .unwrap_or_default()
}

/// The repetitions of a field that hold something.
pub(super) fn each<'m>(segment: Segment<'m>, number: usize) -> impl Iterator<Item = Parts<'m>> {
    let field = segment.field(number).filter(|field| !field.is_empty());
    let repetitions = field.into_iter().flat_map(|field| field.repetitions());
    repetitions.filter(|one| !one.is_empty()).map(Parts::of)
}

pub(super) fn first<'m>(segment: Segment<'m>, number: usize) -> Option<Parts<'m>> {
    each(segment, number).next()
}

/// So many components are looked at.
const MOST: usize = 13;

/// A repetition with its components, found in one pass.
#[derive(Clone, Copy)]
pub(super) struct Parts<'m> {
    repetition: Repetition<'m>,
    /// The bytes of each component.
    components: [&'m str; MOST],
    /// Whether a text is its bytes as they stand: there is no escape sequence and no explicit null.
    is_plain: bool,
    /// Whether a component has subcomponents.
    is_divided: bool,
}

impl<'m> Parts<'m> {
    fn of(repetition: Repetition<'m>) -> Self {
        let all = str::from_utf8(repetition.raw()).unwrap_or_default();
        let mut parts = Self {
            repetition,
            components: [""; MOST],
            is_plain: true,
            is_divided: false,
        };
        let (mut number, mut start) = (0, 0);
        let mut end_at = |end: usize| {
            if let Some(component) = parts.components.get_mut(number) {
                *component = all.get(start..end).unwrap_or_default();
            }
            (number, start) = (number + 1, end + 1);
        };
        for (at, byte) in all.bytes().enumerate() {
            match byte {
                b'^' => end_at(at),
                b'&' => parts.is_divided = true,
                b'\\' | b'"' => parts.is_plain = false,
                _ => {}
            }
        }
        end_at(all.len());
        parts
    }

    /// The text of the repetition: that of its first component.
    pub(super) fn whole(&self) -> Cow<'m, str> {
        self.part(1)
    }

    /// The text of a component: that of its first subcomponent.
    #[inline]
    pub(super) fn part(&self, number: usize) -> Cow<'m, str> {
        if self.is_plain && !self.is_divided {
            return Cow::Borrowed(self.components.get(number - 1).copied().unwrap_or_default());
        }
        self.sub(number, 1)
    }

    /// The text of a subcomponent.
    pub(super) fn sub(&self, number: usize, sub: usize) -> Cow<'m, str> {
        if !self.is_plain {
            let component = self.repetition.component(number);
            let part = component.and_then(|component| component.subcomponent(sub));
            return part.map(|part| part.text()).unwrap_or_default();
        }
        let component = self.components.get(number - 1).copied().unwrap_or_default();
        if !self.is_divided {
            return Cow::Borrowed(if sub == 1 { component } else { "" });
        }
        Cow::Borrowed(component.split('&').nth(sub - 1).unwrap_or_default())
    }
}
