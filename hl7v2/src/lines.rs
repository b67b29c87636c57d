//! Formatted text as plain lines.

use alloc::string::String;
use alloc::vec::Vec;

use crate::charset::{Piece, Reading, pieces};
use crate::delimiters::EncodingCharacters;
use crate::escape::sequence;
use crate::parse::escape::{Escape, escape};

/// No line is indented further.
const MARGIN: i32 = 255;

/// Once there are so many lines, a command ends one line and adds no empty ones: eight bytes may ask for 255.
const MOST: usize = 1 << 16;

/// The lines of a value; an error says whether the set is unsupported.
pub(crate) fn lines(
    raw: &[u8],
    characters: &EncodingCharacters,
    reading: Reading,
) -> Result<Vec<String>, bool> {
    let mut lines = Lines::default();
    pieces(raw, characters.escape, reading, false, |piece| match piece {
        Piece::Text(text) => lines.text(&text),
        Piece::Sequence(inside) => match escape(inside) {
            Some(Escape::Lines(count)) => {
                let count = if lines.done.len() < MOST {
                    count
                } else {
                    count.min(1)
                };
                (0..count).for_each(|_| lines.end());
            }
            Some(Escape::Spaces(count)) => (0..count).for_each(|_| lines.character(' ')),
            Some(Escape::Layout) => lines.layout(inside),
            _ => {
                let mut text = String::new();
                sequence(&mut text, inside, characters, reading);
                lines.text(&text);
            }
        },
    })?;
    lines.end();
    Ok(lines.done)
}

#[derive(Default)]
struct Lines {
    done: Vec<String>,
    line: String,
    margin: i32,
    /// The margin of the next line that begins, if it has one of its own.
    once: Option<i32>,
    /// True if the last character was a carriage return, which ends a line with a line feed or without.
    returned: bool,
}

impl Lines {
    fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '\n' if self.returned => self.returned = false,
                '\r' | '\n' => {
                    self.end();
                    self.returned = character == '\r';
                }
                _ => self.character(character),
            }
        }
    }

    fn character(&mut self, character: char) {
        self.returned = false;
        if self.line.is_empty() {
            let margin = self.once.take().unwrap_or(self.margin);
            self.line.extend((0..margin).map(|_| ' '));
        }
        self.line.push(character);
    }

    fn end(&mut self) {
        self.returned = false;
        self.done.push(core::mem::take(&mut self.line));
    }

    /// Carries out `.in` and `.ti`; nothing else is to be seen in plain lines.
    fn layout(&mut self, inside: &[u8]) {
        let (Some((command, number)), true) = (inside.split_at_checked(3), inside.first() == Some(&b'.'))
        else {
            return;
        };
        let digits = number
            .strip_prefix(b"+")
            .or(number.strip_prefix(b"-"))
            .unwrap_or(number);
        let count = digits.iter().fold(0, |sum: i32, digit| {
            sum.saturating_mul(10)
                .saturating_add(i32::from(digit.wrapping_sub(b'0')))
        });
        let margin = match number.first() {
            Some(b'+') => self.margin.saturating_add(count),
            Some(b'-') => self.margin.saturating_sub(count),
            _ => count,
        };
        let margin = margin.clamp(0, MARGIN);
        match command {
            b".in" => self.margin = margin,
            b".ti" => self.once = Some(margin),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charset::Charset;

    fn of(raw: &str) -> Vec<String> {
        let reading = Reading::new(Charset::Utf8, false);
        lines(raw.as_bytes(), &EncodingCharacters::default(), reading).unwrap()
    }

    #[test]
    fn line_ends() {
        assert_eq!(of(r"a\.br\b\.sp2\c\.ce\d"), ["a", "b", "", "c", "d"]);
        assert_eq!(of(r"a\X0D0A\b\X0A\\X0D\c\.br\"), ["a", "b", "", "c", ""]);
        assert_eq!(of("a\nb"), ["a", "b"]);
    }

    #[test]
    fn empty_lines_have_an_end() {
        let count = of(&r"\.sp255\".repeat(10_000)).len();
        assert!(count < MOST + 255 + 10_000, "{count}");
    }

    #[test]
    fn margins() {
        assert_eq!(
            of(r"\.in4\a\.br\b\.ti-2\\.br\c\.br\d\.in-9\\.br\e\.sk2\f"),
            ["    a", "    b", "  c", "    d", "e  f"]
        );
        assert_eq!(of(r"\.in200\\.in+200\x"), [format!("{:255}x", "")]);
    }

    #[test]
    fn what_is_not_formatting() {
        assert_eq!(of(r"\H\a \T\ b\N\ \Zx\ \.fi\\.nf\\.in\"), [r"a & b \Zx\ "]);
    }
}
