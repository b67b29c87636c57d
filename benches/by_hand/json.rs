//! JSON as a program writes it that knows what it writes: keys as they stand, a comma behind each value that the end of its object takes back.

use std::borrow::Cow;

use carewire_hl7v2::{Component, Repetition, Segment};

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
        let (words, rest) = part.as_bytes().as_chunks::<8>();
        words.iter().for_each(|word| mix(u64::from_le_bytes(*word)));
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        mix(u64::from_le_bytes(last));
        mix(part.len() as u64);
    }
    let mut text = [b'-'; 36];
    for (at, byte) in (u128::from(high) << 64 | u128::from(low))
        .to_be_bytes()
        .into_iter()
        .enumerate()
    {
        let place = 2 * at
            + usize::from(at >= 4)
            + usize::from(at >= 6)
            + usize::from(at >= 8)
            + usize::from(at >= 10);
        text[place] = DIGITS[usize::from(byte >> 4)];
        text[place + 1] = DIGITS[usize::from(byte & 15)];
    }
    text
}

const DIGITS: &[u8; 16] = b"0123456789abcdef";

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

    pub(super) fn escaped(&mut self, text: &str) {
        if text
            .bytes()
            .all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\')
        {
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

/// The text of a field: of its first repetition the first part.
pub(super) fn field<'m>(segment: Segment<'m>, number: usize) -> Cow<'m, str> {
    segment
        .field(number)
        .map(|field| field.text())
        .unwrap_or_default()
}

/// The repetitions of a field that hold something.
pub(super) fn each<'m>(segment: Segment<'m>, number: usize) -> impl Iterator<Item = Repetition<'m>> {
    let repetitions = segment.field(number).map(|field| field.repetitions());
    repetitions.into_iter().flatten().filter(|one| !one.is_empty())
}

pub(super) fn first<'m>(segment: Segment<'m>, number: usize) -> Option<Repetition<'m>> {
    each(segment, number).next()
}

/// The text of a component.
pub(super) fn part<'m>(of: Repetition<'m>, number: usize) -> Cow<'m, str> {
    of.component(number).map(|part| part.text()).unwrap_or_default()
}

/// The text of a subcomponent.
pub(super) fn sub<'m>(of: Option<Component<'m>>, number: usize) -> Cow<'m, str> {
    of.and_then(|of| of.subcomponent(number))
        .map(|part| part.text())
        .unwrap_or_default()
}
