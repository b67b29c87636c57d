//! ISO 2022: the sets that escape sequences put in place of those of the message.

use super::encoding::Double;
use super::{Charset, Reading};

const ESC: u8 = 0x1B;
const SHIFT_OUT: u8 = 0x0E;
const SHIFT_IN: u8 = 0x0F;

/// What a byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// The set of the message, in both halves.
    Base,
    Ascii,
    /// The Roman letters of JIS X 0201: the yen sign at 0x5C, the overline at 0x7E.
    Roman,
    Katakana,
    /// The upper half of an ISO 8859 set.
    Upper(Charset),
    Double(Double),
    /// Announced, of one byte a character, and not read.
    Other,
}

/// The sets in force: of the bytes below 0x80, of those above, and whether the latter stand in for the former.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shift {
    pub(super) left: Set,
    pub(super) right: Set,
    out: bool,
}

impl Shift {
    /// The state in which a message, and each of its values, starts.
    pub(super) fn new(charset: Charset) -> Self {
        let (left, right) = match charset {
            Charset::IsoIr14 => (Set::Roman, Set::Katakana),
            Charset::IsoIr87 => (Set::Ascii, Set::Double(Double::Jis0208)),
            Charset::IsoIr159 => (Set::Ascii, Set::Double(Double::Jis0212)),
            Charset::KsX1001 => (Set::Base, Set::Double(Double::Ks1001)),
            _ => (Set::Base, Set::Base),
        };
        Self {
            left,
            right,
            out: false,
        }
    }

    /// The set of the bytes below 0x80.
    pub(super) fn low(&self) -> Set {
        if self.out { self.right } else { self.left }
    }

    /// True if a byte below 0x80 may be part of a character that is not its own.
    pub(super) fn hides(&self) -> bool {
        matches!(
            self.low(),
            Set::Double(_) | Set::Katakana | Set::Upper(_) | Set::Other
        )
    }

    /// Takes the switch at the start of `bytes`; its length, or `None` if there is none.
    pub(super) fn take(&mut self, bytes: &[u8], escape: Option<u8>) -> Option<usize> {
        let (&first, rest) = bytes.split_first()?;
        match first {
            ESC => self.designate(rest).map(|length| length + 1),
            SHIFT_OUT | SHIFT_IN => {
                self.out = first == SHIFT_OUT;
                Some(1)
            }
            _ if Some(first) == escape => {
                let (codes, length) = sequence(rest, first)?;
                let known = self.designate(&codes[..length])? == length;
                known.then_some(length * 2 + 3)
            }
            _ => None,
        }
    }

    /// Reads what follows ESC; its length. A sequence that is none changes nothing.
    fn designate(&mut self, bytes: &[u8]) -> Option<usize> {
        let double = |last: u8| match last {
            b'@' | b'B' => Double::Jis0208,
            b'A' => Double::Gb2312,
            b'C' => Double::Ks1001,
            b'D' => Double::Jis0212,
            _ => Double::Other,
        };
        let mut left = self.left;
        let mut right = self.right;
        let length = match *bytes {
            [b'$', b'(', last @ 0x30..=0x7E, ..] => {
                left = Set::Double(double(last));
                3
            }
            [b'$', b')', last @ 0x30..=0x7E, ..] => {
                right = Set::Double(double(last));
                3
            }
            [b'$', last @ (b'@' | b'A' | b'B'), ..] => {
                left = Set::Double(double(last));
                2
            }
            [b'(', last @ 0x30..=0x7E, ..] => {
                left = match last {
                    b'B' => Set::Ascii,
                    b'J' => Set::Roman,
                    b'I' => Set::Katakana,
                    _ => Set::Other,
                };
                2
            }
            [b')', last @ 0x30..=0x7E, ..] => {
                right = match last {
                    b'I' => Set::Katakana,
                    _ => Set::Other,
                };
                2
            }
            [b'-', last @ 0x30..=0x7E, ..] => {
                right = upper(last).map_or(Set::Other, Set::Upper);
                2
            }
            _ => return None,
        };
        (self.left, self.right) = (left, right);
        Some(length)
    }
}

/// The set whose upper half a final byte announces, after `ESC -`.
fn upper(last: u8) -> Option<Charset> {
    UPPER.iter().find(|(byte, _)| *byte == last).map(|&(_, set)| set)
}

/// The final bytes of the upper halves of ISO 8859 in the register of ISO 2022.
pub(super) const UPPER: &[(u8, Charset)] = &[
    (b'A', Charset::Iso8859_1),
    (b'B', Charset::Iso8859_2),
    (b'C', Charset::Iso8859_3),
    (b'D', Charset::Iso8859_4),
    (b'L', Charset::Iso8859_5),
    (b'G', Charset::Iso8859_6),
    (b'F', Charset::Iso8859_7),
    (b'H', Charset::Iso8859_8),
    (b'M', Charset::Iso8859_9),
    (b'V', Charset::Iso8859_10),
    (b'T', Charset::Iso8859_11),
    (b'Y', Charset::Iso8859_13),
    (b'_', Charset::Iso8859_14),
    (b'b', Charset::Iso8859_15),
];

/// The codes that `\C2842\` or `\M2442\` stand for, `rest` being what follows the escape character.
fn sequence(rest: &[u8], mark: u8) -> Option<([u8; 3], usize)> {
    let (kind, rest) = rest.split_first()?;
    let most = match kind {
        b'C' => 2,
        b'M' => 3,
        _ => return None,
    };
    let mut codes = [0; 3];
    let mut length = 0;
    let mut rest = rest;
    loop {
        match *rest {
            [byte, ..] if byte == mark && length >= 2 => return Some((codes, length)),
            [a, b, ref after @ ..] if length < most => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                *codes.get_mut(length)? = (digit(a)? * 16 + digit(b)?) as u8;
                length += 1;
                rest = after;
            }
            _ => return None,
        }
    }
}

/// True if `bytes` may hold a switch.
pub(super) fn occurs(bytes: &[u8], escape: Option<u8>) -> bool {
    memchr::memchr2(ESC, SHIFT_OUT, bytes).is_some()
        || escape.is_some_and(|mark| {
            memchr::memchr_iter(mark, bytes).any(|at| matches!(bytes.get(at + 1), Some(b'C' | b'M')))
        })
}

impl Reading {
    /// How many bytes the character at the start of `bytes` takes: at least one, if there is one.
    pub(super) fn width(self, shift: &Shift, bytes: &[u8]) -> usize {
        let second =
            |range: core::ops::RangeInclusive<u8>| bytes.get(1).is_some_and(|byte| range.contains(byte));
        let width = match (bytes.first(), shift.low(), shift.right) {
            (Some(0x21..=0x7E), Set::Double(_), _) if second(0x21..=0x7E) => 2,
            (Some(0xA1..=0xFE), _, Set::Double(_)) if second(0xA1..=0xFE) => 2,
            (Some(0x81..=0xFE), _, Set::Base) => match self.charset {
                Charset::Big5 if second(0x40..=0x7E) || second(0xA1..=0xFE) => 2,
                Charset::Gb18030 if second(0x40..=0x7E) || second(0x80..=0xFE) => 2,
                Charset::Gb18030 if second(0x30..=0x39) => {
                    let four = matches!(bytes, [_, _, 0x81..=0xFE, 0x30..=0x39, ..]);
                    if four { 4 } else { 1 }
                }
                _ => 1,
            },
            _ => 1,
        };
        width.min(bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches() {
        let mut shift = Shift::new(Charset::Ascii);
        assert_eq!(shift.take(b"\x1b$B;3", None), Some(3));
        assert_eq!(shift.low(), Set::Double(Double::Jis0208));
        assert_eq!(shift.take(b"\\C2842\\y", Some(b'\\')), Some(7));
        assert_eq!(shift.low(), Set::Ascii);
        assert_eq!(shift.take(b"\\M242844\\", Some(b'\\')), Some(9));
        assert_eq!(shift.low(), Set::Double(Double::Jis0212));
        assert_eq!(shift.take(b"\x1b-Fx", None), Some(3));
        assert_eq!(shift.right, Set::Upper(Charset::Iso8859_7));
    }

    #[test]
    fn no_switches() {
        let mut shift = Shift::new(Charset::Ascii);
        for bytes in [
            &b""[..],
            b"\x1b",
            b"\x1b$",
            b"\x1bQ",
            b"\\C28\\",
            b"\\C284",
            b"\\Q\\",
            b"a",
        ] {
            assert_eq!(shift.take(bytes, Some(b'\\')), None);
        }
    }
}
