//! From a byte offset to a line and a column.

use crate::Position;

/// Finds lines in a text; offsets asked in rising order cost one pass over it.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    /// A place that was counted to, with its line and column.
    at: usize,
    column: u32,
    line: u32,
    unit: Unit,
}

/// What a column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Bytes: for text whose character set is not known here.
    Bytes,
    /// Characters of UTF-8.
    Characters,
}

impl<'a> Lines<'a> {
    pub(crate) const fn new(text: &'a [u8], unit: Unit) -> Self {
        Self {
            text,
            at: 0,
            column: 1,
            line: 1,
            unit,
        }
    }

    /// The line and column of an offset. LF, CR and CR LF each end a line.
    pub(crate) fn at(&mut self, offset: usize) -> Position {
        if offset < self.at {
            *self = Self::new(self.text, self.unit);
        }
        while self.at < offset {
            let Some(&byte) = self.text.get(self.at) else {
                break;
            };
            self.at += 1;
            let ends = byte == b'\n' || (byte == b'\r' && self.text.get(self.at) != Some(&b'\n'));
            if ends {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            } else if self.unit == Unit::Bytes || !(0x80..0xc0).contains(&byte) {
                self.column = self.column.saturating_add(1);
            }
        }
        Position {
            offset,
            line: self.line,
            column: self.column,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, Unit};

    #[test]
    fn each_kind_of_line_end_counts_once() {
        let mut lines = Lines::new(b"a\nb\r\nc\rd", Unit::Bytes);
        let mut at = |offset| {
            let at = lines.at(offset);
            (at.line(), at.column())
        };
        assert_eq!(
            [at(0), at(1), at(2), at(5), at(7)],
            [(1, 1), (1, 2), (2, 1), (3, 1), (4, 1)]
        );
        assert_eq!(
            [at(2), at(8), at(100)],
            [(2, 1), (4, 2), (4, 2)],
            "backwards, the end, and past it"
        );
    }

    #[test]
    fn columns_count_characters_where_the_text_is_utf_8() {
        let column = |unit| Lines::new("äöa".as_bytes(), unit).at(4).column();
        assert_eq!((column(Unit::Bytes), column(Unit::Characters)), (5, 3));
    }
}
