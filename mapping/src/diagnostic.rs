//! What is wrong with the text of a map, shown as a compiler shows it.

use std::fmt;
use std::ops::Range;

use crate::finding::{Code, Severity};

/// A range of bytes in the text of one map file, from 0.
///
/// Spans do not take part in comparisons: two maps that say the same are equal, however they are laid out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            start: narrow(start),
            end: narrow(end),
        }
    }
}

impl PartialEq for Span {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Span {}

impl std::hash::Hash for Span {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

/// One thing that is wrong, or doubtful, in the text of a map.
///
/// [`Display`](fmt::Display) shows it with the line and a caret:
///
/// ```
/// use carewire_mapping::syntax;
///
/// let text = "map 'http://example.org/m' = m\n\ngroup g(source a, target b) {\n  a.x as v - b.y = v;\n}\n";
/// let diagnostics = syntax::parse("m.fml", text).diagnostics;
/// assert_eq!(diagnostics[0].line(), 4);
/// assert_eq!(
///     diagnostics[0].to_string(),
///     "error[syntax]: expected `->`, `then` or `;`, found `-`\n \
///      --> m.fml:4:12\n  |\n4 |   a.x as v - b.y = v;\n  |            ^\n  \
///      = help: sources and targets are divided by `->`"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    code: Code,
    message: String,
    help: Option<String>,
    file: String,
    span: Span,
    line: u32,
    column: u32,
    source_line: String,
    /// How many characters of `source_line` stand before the place.
    before: u32,
    width: u32,
}

impl Diagnostic {
    /// What it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// How much it matters. A map with an error does not compile.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// What was expected and what is there, in one line.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What may help, such as the nearest name.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The name of the file, as it was given.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The bytes it is about, from 0.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// The line, from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column in characters, from 1.
    #[must_use]
    pub fn column(&self) -> u32 {
        self.column
    }

    /// The text of the line; of a very long one the part around the place.
    #[must_use]
    pub fn source_line(&self) -> &str {
        &self.source_line
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        let margin = " ".repeat(number.len());
        writeln!(f, "{}[{}]: {}", self.severity(), self.code, self.message)?;
        writeln!(f, "{margin}--> {}:{}:{}", self.file, self.line, self.column)?;
        writeln!(f, "{margin} |")?;
        writeln!(f, "{number} | {}", self.source_line)?;
        write!(
            f,
            "{margin} | {}{}",
            " ".repeat(self.before as usize),
            "^".repeat(self.width.max(1) as usize)
        )?;
        if let Some(help) = &self.help {
            write!(f, "\n{margin} = help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

/// Of a line of more characters than this only the part around the place is shown: a minified map would fill the screen.
const LONGEST_LINE: usize = 400;

/// How many characters before the place that part has.
const BEFORE: usize = 80;

/// A map's text with its name, which turns spans into lines and columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SourceText<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

impl SourceText<'_> {
    /// Where the lines after the first start. A line ends with LF, CR LF or CR.
    pub(crate) fn line_starts(&self) -> Vec<usize> {
        let bytes = self.text.as_bytes();
        let (blocks, rest) = bytes.as_chunks::<32>();
        let mut starts = Vec::with_capacity(bytes.len() / 32);
        for (number, block) in blocks.iter().enumerate() {
            // Half of them have no control character.
            if !block.iter().fold(false, |found, byte| found | (*byte < 0x0e)) {
                continue;
            }
            for (at, word) in block.as_chunks::<8>().0.iter().enumerate() {
                if has_byte_below(u64::from_le_bytes(*word), 0x0e) {
                    let start = number * 32 + at * 8;
                    push_line_starts(bytes, start..start + 8, &mut starts);
                }
            }
        }
        push_line_starts(bytes, bytes.len() - rest.len()..bytes.len(), &mut starts);
        starts
    }

    /// The line and the column in characters, both from 1; `starts` are the [`line_starts`](Self::line_starts).
    pub(crate) fn position(&self, offset: u32, starts: &[usize]) -> (u32, u32) {
        let offset = self.boundary(offset as usize);
        let (lines_before, line_start) = line_of(offset, starts);
        let before = self.text.get(line_start..offset).unwrap_or_default();
        let counted = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
        (counted(lines_before), counted(before.chars().count()))
    }

    /// Says something of a place; `starts` are the [`line_starts`](Self::line_starts).
    pub(crate) fn diagnostic(
        &self,
        starts: &[usize],
        code: Code,
        span: Span,
        message: String,
        help: Option<String>,
    ) -> Diagnostic {
        let start = self.boundary(span.start as usize);
        let (_, line_start) = line_of(start, starts);
        let (line, column) = self.position(span.start, starts);
        let rest = self.text.get(line_start..).unwrap_or_default();
        let full = rest.split(['\n', '\r']).next().unwrap_or_default();
        let end = self.boundary(span.end as usize).min(line_start + full.len());
        let width = self
            .text
            .get(start..end)
            .map_or(1, |marked| marked.chars().count());
        let at = column.saturating_sub(1) as usize;
        let (skipped, before) = if full.chars().nth(LONGEST_LINE).is_some() {
            (at.saturating_sub(BEFORE), at.min(BEFORE))
        } else {
            (0, at)
        };
        let shown: String = full.chars().skip(skipped).take(LONGEST_LINE).collect();
        Diagnostic {
            code,
            message,
            help,
            file: self.file.to_owned(),
            span,
            line,
            column,
            source_line: shown.replace('\t', " "),
            before: u32::try_from(before).unwrap_or(0),
            width: u32::try_from(width.clamp(1, LONGEST_LINE)).unwrap_or(1),
        }
    }

    /// The offset, moved back to the start of its character and into the text.
    fn boundary(&self, offset: usize) -> usize {
        let mut at = offset.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// Whether one of eight bytes is below a limit of at most 128; what is not ASCII never is.
fn has_byte_below(word: u64, limit: u8) -> bool {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGHS: u64 = u64::from_le_bytes([0x80; 8]);
    word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGHS != 0
}

/// Adds the starts of the lines that follow the ends among some bytes.
fn push_line_starts(bytes: &[u8], among: Range<usize>, starts: &mut Vec<usize>) {
    for at in among {
        let ends = match bytes.get(at) {
            Some(b'\n') => true,
            Some(b'\r') => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        if ends {
            starts.push(at + 1);
        }
    }
}

/// How many lines stand before the one that holds an offset, and where that one starts.
fn line_of(offset: usize, starts: &[usize]) -> (usize, usize) {
    let before = starts.partition_point(|start| *start <= offset);
    let start = before.checked_sub(1).and_then(|last| starts.get(last));
    (before, start.copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = SourceText {
            file: "a.fml",
            text: "aé\r\nöx = 1",
        };
        let starts = source.line_starts();
        assert_eq!(source.position(1, &starts), (1, 2));
        assert_eq!(source.position(5, &starts), (2, 1));
        assert_eq!(source.position(7, &starts), (2, 2));
        let shown = source
            .diagnostic(
                &starts,
                Code::Syntax,
                Span::new(7, 8),
                "unexpected `x`".to_owned(),
                None,
            )
            .to_string();
        assert_eq!(
            shown,
            "error[syntax]: unexpected `x`\n --> a.fml:2:2\n  |\n2 | öx = 1\n  |  ^"
        );
    }

    #[test]
    fn a_line_ends_with_any_of_three_ends() {
        let source = SourceText {
            file: "a.fml",
            text: "a\nb\r\nc\rd x",
        };
        let starts = source.line_starts();
        assert_eq!(starts, [2, 5, 7]);
        let found = source.diagnostic(&starts, Code::Syntax, Span::new(9, 10), String::new(), None);
        assert_eq!((found.line(), found.column(), found.source_line()), (4, 3, "d x"));
        // Wherever the end stands among eight bytes, and behind what is not ASCII.
        for before in 0..20 {
            for end in ["\n", "\r\n", "\r"] {
                let text = format!("{}\t{}{end}b{end}", "é".repeat(before), "a".repeat(before));
                let source = SourceText {
                    file: "a.fml",
                    text: &text,
                };
                let second = text.len() - 1 - end.len();
                assert_eq!(source.line_starts(), [second, text.len()], "{text:?}");
            }
        }
    }

    #[test]
    fn of_a_long_line_the_part_around_the_place_is_shown() {
        let text = format!("{}!{}", "é".repeat(1000), "x".repeat(1000));
        let source = SourceText {
            file: "a.fml",
            text: &text,
        };
        let found = source.diagnostic(
            &[],
            Code::Syntax,
            Span::new(2000, 2001),
            "unexpected `!`".to_owned(),
            None,
        );
        assert_eq!((found.line(), found.column()), (1, 1001));
        let shown = found.to_string();
        let mut lines = shown.lines().skip(3);
        let (line, caret) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
        let (text, mark) = (
            line.chars().position(|c| c == '!'),
            caret.chars().position(|c| c == '^'),
        );
        assert!(text.is_some() && text == mark, "{shown}");
        assert!(line.chars().count() < 500, "{shown}");
    }
}
