//! What identifies a resource: the text of a UUID, made of what the resource is known by.

use wide::u8x16;

/// The text of a UUID.
pub(super) type Id = [u8; 36];

/// What a resource is known by, so far. It is no digest: a program by hand that needs one pays for it.
#[derive(Clone, Copy)]
pub(super) struct Key {
    high: u64,
    low: u64,
}

impl Key {
    /// That of a kind of resource.
    pub(super) const fn of(kind: &str) -> Self {
        let mut key = Self {
            high: 0xcbf2_9ce4_8422_2325,
            low: 0x9e37_79b9_7f4a_7c15,
        };
        let mut rest = kind.as_bytes();
        while let [byte, others @ ..] = rest {
            key = key.mix(*byte as u64, 0);
            rest = others;
        }
        key
    }

    /// The id of what is known by these texts as well.
    #[inline(never)]
    pub(super) fn id<const N: usize>(self, texts: [&[u8]; N]) -> Id {
        texts.into_iter().fold(self, Self::with).text()
    }

    #[inline]
    fn with(self, text: &[u8]) -> Self {
        let length = text.len() as u64;
        let (first, last) = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) if length <= 16 => {
                (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
            }
            (None, _) => (few(text), 0),
            _ => return self.with_many(text),
        };
        self.mix(first ^ length, last)
    }

    #[inline(never)]
    fn with_many(self, text: &[u8]) -> Self {
        let (words, rest) = text.as_chunks();
        let words = words.iter().map(|word| u64::from_le_bytes(*word));
        let key = words.fold(self, |key, word| key.mix(word, 0));
        key.mix(few(rest) ^ text.len() as u64, 0)
    }

    #[inline]
    const fn mix(self, first: u64, last: u64) -> Self {
        Self {
            high: fold(self.high ^ first, 0xa076_1d64_78bd_642f ^ last),
            low: fold(
                self.low.rotate_left(23) ^ first,
                0xe703_7ed1_a0b4_28db ^ last.rotate_left(31),
            ),
        }
    }

    /// A UUID of the version that leaves its making open.
    #[inline]
    fn text(self) -> Id {
        let version = self.high & !0xf000 | 0x8000;
        let variant = self.low & !(0b11 << 62) | 0b10 << 62;
        let number = u128::from(version) << 64 | u128::from(variant);
        let digits = hex(number);
        let mut text = [b'-'; 36];
        text[..8].copy_from_slice(&digits[..8]);
        text[9..13].copy_from_slice(&digits[8..12]);
        text[14..18].copy_from_slice(&digits[12..16]);
        text[19..23].copy_from_slice(&digits[16..20]);
        text[24..].copy_from_slice(&digits[20..]);
        text
    }
}

/// Fewer than eight bytes as a number.
#[inline]
fn few(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return u64::from(u32::from_le_bytes(*first))
            | u64::from(u32::from_le_bytes(*last)) << (8 * (length - 4));
    }
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

const fn fold(a: u64, b: u64) -> u64 {
    let product = a as u128 * b as u128;
    product as u64 ^ (product >> 64) as u64
}

/// The digits of a number, all of them at the same time.
#[inline]
fn hex(number: u128) -> [u8; 32] {
    const HALVES: u128 = u128::from_be_bytes([0x0f; 16]);
    let digits = |halves: u128| {
        let halves = u8x16::new((halves & HALVES).to_be_bytes());
        let letters = halves.simd_gt(u8x16::splat(9)) & u8x16::splat(b'a' - b'0' - 10);
        halves + u8x16::splat(b'0') + letters
    };
    let (high, low) = (digits(number >> 4), digits(number));
    let mut text = [0; 32];
    text[..16].copy_from_slice(u8x16::unpack_low(high, low).as_array());
    text[16..].copy_from_slice(u8x16::unpack_high(high, low).as_array());
    text
}
