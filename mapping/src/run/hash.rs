//! The hash of keys that live as long as a run or a compilation: eight bytes at a time, under a seed that a sender cannot know.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;

/// One seed for the process: the order of a table is never looked at, so outputs do not depend on it.
static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0));

pub(crate) struct Seeded(u64);

impl Default for Seeded {
    fn default() -> Self {
        Self(*SEED)
    }
}

impl BuildHasher for Seeded {
    type Hasher = Mixer;

    fn build_hasher(&self) -> Mixer {
        Mixer(self.0)
    }
}

/// Folds the two halves of a product.
pub(crate) struct Mixer(u64);

impl Mixer {
    #[inline]
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * 0x9e37_79b9_7f4a_7c15;
        self.0 = product as u64 ^ (product >> 64) as u64;
    }
}

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.mix(bytes.len() as u64);
        match bytes.last_chunk::<8>() {
            Some(last) => {
                let (words, rest) = bytes.as_chunks::<8>();
                words.iter().for_each(|word| self.mix(u64::from_le_bytes(*word)));
                // The last word overlaps the one before.
                if !rest.is_empty() {
                    self.mix(u64::from_le_bytes(*last));
                }
            }
            None => self.mix(short(bytes)),
        }
    }

    #[inline]
    fn write_u8(&mut self, value: u8) {
        self.mix(u64::from(value));
    }

    #[inline]
    fn write_u32(&mut self, value: u32) {
        self.mix(u64::from(value));
    }

    #[inline]
    fn write_u64(&mut self, value: u64) {
        self.mix(value);
    }

    #[inline]
    fn write_usize(&mut self, value: usize) {
        self.mix(value as u64);
    }
}

/// A word of fewer than eight bytes: those of one length that differ have words that differ.
#[inline]
fn short(bytes: &[u8]) -> u64 {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) << 32 | u64::from(u32::from_le_bytes(*last))
        }
        _ => bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_differ_in_one_place_differ() {
        let seeded = Seeded(7);
        let keys = [
            "",
            "\0",
            "a",
            "aaaaaaaa",
            "aaaaaaaa\0",
            "aaaaaaab",
            "b",
            "ab",
            "ba",
            "aba",
            "abcd",
            "abcde",
            "abcdX",
            "Xbcde",
            "abcdeabc",
            "abcdeabcd",
            "abcdeabcX",
            "abcdeXbcd",
            "abcdeabcdeabcdea",
            "abcdeabcdeabcdeX",
            "Xbcdeabcdeabcdea",
        ];
        for (at, a) in keys.iter().enumerate() {
            for b in &keys[at + 1..] {
                assert_ne!(seeded.hash_one(a), seeded.hash_one(b), "{a:?} {b:?}");
            }
        }
        assert_ne!(seeded.hash_one((1u32, "a")), seeded.hash_one((2u32, "a")));
    }
}
