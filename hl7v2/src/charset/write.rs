//! From text to the bytes of a value: the reverse of reading.

use alloc::vec::Vec;

use super::encoding::{Double, encode as encode_own, encode_double, katakana};
use super::shift::UPPER;
use super::{Charset, Reading};
use crate::delimiters::EncodingCharacters;

/// The switch that is in force while a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Low {
    Own,
    Katakana,
    Double(Double),
}

/// The text as it is sent in a message of `sets` (MSH-18, the first one the set of the message): escaped and
/// encoded. An error is the offset in `text` of a character that none of the sets has.
pub(crate) fn encode(
    text: &str,
    characters: &EncodingCharacters,
    reading: Reading,
    alternates: &[Charset],
) -> Result<Vec<u8>, usize> {
    let mut out = Vec::with_capacity(text.len());
    encode_into(text, characters, reading, alternates, &mut out)?;
    Ok(out)
}

/// As [`encode`], behind what is written already; what was written before an error is not taken back.
pub(crate) fn encode_into(
    text: &str,
    characters: &EncodingCharacters,
    reading: Reading,
    alternates: &[Charset],
    out: &mut Vec<u8>,
) -> Result<(), usize> {
    let mut writer = Writer {
        out,
        characters,
        reading,
        low: Low::Own,
        upper: None,
    };
    // Two quotation marks as they stand would be the explicit null.
    if text == "\"\"" {
        return match writer.hex(b'"') && writer.hex(b'"') {
            true => Ok(()),
            false => Err(0),
        };
    }
    for (at, character) in text.char_indices() {
        if !writer.character(character, alternates) {
            return Err(at);
        }
    }
    writer.switch(Low::Own);
    Ok(())
}

struct Writer<'c> {
    out: &'c mut Vec<u8>,
    characters: &'c EncodingCharacters,
    reading: Reading,
    low: Low,
    /// The set that `ESC -` put in place of the upper half.
    upper: Option<Charset>,
}

impl Writer<'_> {
    /// Writes one character; false if no set has it.
    fn character(&mut self, character: char, alternates: &[Charset]) -> bool {
        let own = self.reading.charset;
        if character.is_ascii() {
            self.switch(Low::Own);
            return self.ascii(character as u8);
        }
        if own == Charset::IsoIr14 {
            if let Some(code) = katakana_code(character) {
                self.switch(Low::Own);
                self.out.push(code | 0x80);
                return true;
            }
            let code = match character {
                '¥' => Some(b'\\'),
                '‾' => Some(b'~'),
                _ => None,
            };
            if let Some(code) = code {
                self.switch(Low::Own);
                return self.hex(code);
            }
        }
        let start = self.out.len();
        if self.upper.is_none() && encode_own(own, character, self.out) {
            let bytes = self.out.split_off(start);
            self.switch(Low::Own);
            self.out.extend_from_slice(&bytes);
            return true;
        }
        self.reading.shifts && self.alternate(character, alternates)
    }

    /// Writes a character by a set that MSH-18 names beside the first.
    fn alternate(&mut self, character: char, alternates: &[Charset]) -> bool {
        for &set in alternates {
            let double = match set {
                Charset::IsoIr87 => Double::Jis0208,
                Charset::IsoIr159 => Double::Jis0212,
                Charset::KsX1001 => Double::Ks1001,
                Charset::IsoIr14 => {
                    let Some(code) = katakana_code(character) else {
                        continue;
                    };
                    self.switch(Low::Katakana);
                    self.out.push(code);
                    return true;
                }
                _ => {
                    let mut byte = Vec::new();
                    let last = UPPER.iter().find(|(_, upper)| *upper == set);
                    let (Some(&(last, _)), true) = (last, encode_own(set, character, &mut byte)) else {
                        continue;
                    };
                    // Once the upper half is replaced, that of the message cannot be called back.
                    if !matches!(self.reading.charset, Charset::Ascii) {
                        continue;
                    }
                    self.switch(Low::Own);
                    if self.upper != Some(set) {
                        self.out.extend_from_slice(&[0x1B, b'-', last]);
                        self.upper = Some(set);
                    }
                    self.out.extend_from_slice(&byte);
                    return true;
                }
            };
            if let Some(codes) = encode_double(double, character) {
                self.switch(Low::Double(double));
                self.out.extend_from_slice(&codes);
                return true;
            }
        }
        false
    }

    fn switch(&mut self, low: Low) {
        if self.low == low {
            return;
        }
        let sequence: &[u8] = match low {
            Low::Own if self.reading.charset == Charset::IsoIr14 => b"\x1b(J",
            Low::Own => b"\x1b(B",
            Low::Katakana => b"\x1b(I",
            Low::Double(Double::Jis0208) => b"\x1b$B",
            Low::Double(Double::Jis0212) => b"\x1b$(D",
            Low::Double(Double::Ks1001) => b"\x1b$(C",
            Low::Double(Double::Gb2312 | Double::Other) => return,
        };
        self.out.extend_from_slice(sequence);
        self.low = low;
    }

    /// Writes an ASCII character, escaped where it would be read as something else; false if that is impossible.
    fn ascii(&mut self, byte: u8) -> bool {
        let characters = self.characters;
        let letter = match Some(byte) {
            of if of == Some(characters.field) => b'F',
            of if of == characters.component => b'S',
            of if of == characters.subcomponent => b'T',
            of if of == characters.repetition => b'R',
            of if of == characters.escape => b'E',
            of if of == characters.truncation => b'P',
            // In JIS X 0201 these two bytes are other characters.
            Some(b'\\' | b'~') if self.reading.charset == Charset::IsoIr14 => return false,
            Some(0..0x20 | 0x7F) => return self.hex(byte),
            _ => {
                self.out.push(byte);
                return true;
            }
        };
        match characters.escape {
            Some(mark) => {
                self.out.extend_from_slice(&[mark, letter, mark]);
                true
            }
            None => false,
        }
    }

    fn hex(&mut self, byte: u8) -> bool {
        let Some(mark) = self.characters.escape else {
            return false;
        };
        const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
        let digit = |nibble: u8| DIGITS[usize::from(nibble & 0x0F)];
        self.out
            .extend_from_slice(&[mark, b'X', digit(byte >> 4), digit(byte), mark]);
        true
    }
}

fn katakana_code(character: char) -> Option<u8> {
    (0x21..=0x5F).find(|&code| katakana(code) == Some(character))
}
