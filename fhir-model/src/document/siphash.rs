//! SipHash-2-4, so that a hash is the same in every version of the compiler.

use core::hash::Hasher;

/// With a key of zeros.
pub(crate) struct SipHash {
    state: [u64; 4],
    /// Bytes of the last word that is not whole yet, and how many were written in all.
    tail: u64,
    length: u64,
}

impl SipHash {
    pub(crate) fn new() -> Self {
        Self::keyed(0, 0)
    }

    fn keyed(first: u64, second: u64) -> Self {
        Self {
            state: [
                first ^ 0x736f_6d65_7073_6575,
                second ^ 0x646f_7261_6e64_6f6d,
                first ^ 0x6c79_6765_6e65_7261,
                second ^ 0x7465_6462_7974_6573,
            ],
            tail: 0,
            length: 0,
        }
    }

    fn rounds(&mut self, count: usize) {
        let [mut a, mut b, mut c, mut d] = self.state;
        for _ in 0..count {
            a = a.wrapping_add(b);
            b = b.rotate_left(13) ^ a;
            a = a.rotate_left(32);
            c = c.wrapping_add(d);
            d = d.rotate_left(16) ^ c;
            a = a.wrapping_add(d);
            d = d.rotate_left(21) ^ a;
            c = c.wrapping_add(b);
            b = b.rotate_left(17) ^ c;
            c = c.rotate_left(32);
        }
        self.state = [a, b, c, d];
    }

    fn word(&mut self, word: u64) {
        self.state[3] ^= word;
        self.rounds(2);
        self.state[0] ^= word;
    }
}

impl Hasher for SipHash {
    fn write(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !self.length.is_multiple_of(8) {
            let Some((first, more)) = rest.split_first() else {
                return;
            };
            self.byte(*first);
            rest = more;
        }
        while let Some((chunk, more)) = rest.split_first_chunk::<8>() {
            self.word(u64::from_le_bytes(*chunk));
            self.length += 8;
            rest = more;
        }
        for byte in rest {
            self.byte(*byte);
        }
    }

    fn finish(&self) -> u64 {
        let mut end = Self {
            state: self.state,
            tail: 0,
            length: 0,
        };
        end.word(self.tail | self.length << 56);
        end.state[2] ^= 0xFF;
        end.rounds(4);
        end.state.iter().fold(0, |all, one| all ^ one)
    }
}

impl SipHash {
    fn byte(&mut self, byte: u8) {
        self.tail |= u64::from(byte) << (8 * (self.length % 8));
        self.length += 1;
        if self.length.is_multiple_of(8) {
            let word = core::mem::take(&mut self.tail);
            self.word(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key and the inputs of the paper: bytes from 0 on.
    fn of_paper(length: u8) -> SipHash {
        let mut hasher = SipHash::keyed(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908);
        let bytes: Vec<u8> = (0..length).collect();
        let (first, rest) = bytes.split_at(usize::from(length) / 3);
        hasher.write(first);
        hasher.write(rest);
        hasher
    }

    #[test]
    fn the_examples_of_the_paper_hold() {
        assert_eq!(of_paper(15).finish(), 0xa129_ca61_49be_45e5);
        assert_eq!(of_paper(0).finish(), 0x726f_db47_dd0e_0e31);
        assert_eq!(of_paper(8).finish(), 0x93f5_f579_9a93_2462);
    }
}
