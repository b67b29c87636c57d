//! What identifies a resource: the text of a UUID, made of what the resource is known by.

use wide::u8x16;

use super::text::Text;

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
            key = key.mix(*byte as u64);
            rest = others;
        }
        key
    }

    #[inline(never)]
    pub(super) fn with(self, text: Text<'_>) -> Self {
        let mut key = self.mix(text.len() as u64);
        let mut rest = text;
        while rest.len() > 8 {
            let (word, others) = rest.split(8);
            key = key.mix(word.word());
            rest = others;
        }
        key.mix(rest.word())
    }

    #[inline]
    const fn mix(self, word: u64) -> Self {
        Self {
            high: fold(self.high ^ word, 0xa076_1d64_78bd_642f),
            low: fold(self.low.rotate_left(23) ^ word, 0xe703_7ed1_a0b4_28db),
        }
    }

    /// The id, a UUID of the version that leaves its making open.
    #[inline(never)]
    pub(super) fn id(self) -> Id {
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
