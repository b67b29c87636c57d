//! Lines of a batch: where one ends, and what it begins with.

/// What a line is to the splitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Msh,
    Fhs,
    Bhs,
    Bts,
    Fts,
    Blank,
    Other,
}

/// How a line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// With a line end, or with the input.
    Line,
    /// With MLLP's end of block.
    Frame,
}

/// A line: how many bytes it takes with its end, how many of them are its own, and how it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    /// With the terminator, or with MLLP's two bytes.
    pub(super) taken: usize,
    /// With the terminator, without MLLP's bytes.
    pub(super) own: usize,
    pub(super) end: End,
}

/// MLLP's start and end of block.
pub(super) const START: u8 = 0x0B;
pub(super) const STOP: u8 = 0x1C;

/// The line at the start of `bytes`, of which the first `known` hold no end; `None` if more bytes are needed to
/// say. An end of block ends a line only before a line end or the end of the input.
pub(super) fn line(bytes: &[u8], known: usize, eof: bool) -> Option<Line> {
    let mut from = known.min(bytes.len());
    loop {
        let Some(found) = memchr::memchr3(b'\r', b'\n', STOP, &bytes[from..]) else {
            let whole = Line {
                taken: bytes.len(),
                own: bytes.len(),
                end: End::Line,
            };
            return eof.then_some(whole);
        };
        let at = from + found;
        let next = bytes.get(at + 1);
        if next.is_none() && !eof && bytes[at] != b'\n' {
            return None;
        }
        match (bytes[at], next) {
            (b'\r', Some(b'\n')) => {
                return Some(Line {
                    taken: at + 2,
                    own: at + 2,
                    end: End::Line,
                });
            }
            (b'\r' | b'\n', _) => {
                return Some(Line {
                    taken: at + 1,
                    own: at + 1,
                    end: End::Line,
                });
            }
            (_, None) => {
                return Some(Line {
                    taken: at + 1,
                    own: at,
                    end: End::Frame,
                });
            }
            (_, Some(b'\r' | b'\n')) => {
                return Some(Line {
                    taken: at + 2,
                    own: at,
                    end: End::Frame,
                });
            }
            _ => from = at + 1,
        }
    }
}

/// What a line is. A start of block before it was taken off.
pub(super) fn kind(line: &[u8]) -> Kind {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0x1A);
    let indented = line
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let text = &line[indented..];
    let separated = text
        .get(3)
        .is_some_and(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric());
    match text.get(..3) {
        // A lone `MSH` is the start of a message too, if one that does not read.
        Some(b"MSH") if separated || text.len() == 3 => Kind::Msh,
        Some(b"FHS") if separated => Kind::Fhs,
        Some(b"BHS") if separated => Kind::Bhs,
        Some(b"BTS") if separated => Kind::Bts,
        Some(b"FTS") if separated => Kind::Fts,
        _ if line.iter().all(blank) => Kind::Blank,
        _ => Kind::Other,
    }
}

/// True if a line looks like a segment: three letters or digits in upper case, and a separator or the end.
pub(super) fn is_segment(line: &[u8]) -> bool {
    let indented = line
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let text = &line[indented..];
    let shaped = |id: &[u8]| {
        id.iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    text.get(..3).is_some_and(shaped) && text.get(3).is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

/// The number in field 1 of a trailer, if one was sent there.
pub(super) fn count(line: &[u8]) -> Option<u64> {
    let text = line.get(line.iter().position(|byte| !byte.is_ascii_whitespace())? + 4..)?;
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    core::str::from_utf8(&text[..digits]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends() {
        let ends = |bytes: &[u8], eof| line(bytes, 0, eof).map(|line| (line.taken, line.own, line.end));
        assert_eq!(ends(b"PID|1\rPV1", false), Some((6, 6, End::Line)));
        assert_eq!(ends(b"PID|1\r", false), None);
        assert_eq!(ends(b"PID|1\r", true), Some((6, 6, End::Line)));
        assert_eq!(ends(b"PID|1\r\n", false), Some((7, 7, End::Line)));
        assert_eq!(ends(b"PID|1", false), None);
        assert_eq!(ends(b"PID|1", true), Some((5, 5, End::Line)));
        assert_eq!(ends(b"\x1c\r", false), Some((2, 0, End::Frame)));
        assert_eq!(ends(b"a\x1cb\r", true), Some((4, 4, End::Line)));
        assert_eq!(ends(b"a\x1c", true), Some((2, 1, End::Frame)));
    }

    #[test]
    fn kinds() {
        assert_eq!(kind(b"MSH|^~\\&\r"), Kind::Msh);
        assert_eq!(kind(b"MSHX|\r"), Kind::Other);
        assert_eq!(kind(b"BTS|2\r"), Kind::Bts);
        assert_eq!(kind(b" \r\n"), Kind::Blank);
        assert_eq!(count(b"BTS|12|x\r"), Some(12));
        assert_eq!(count(b"BTS|\r"), None);
    }
}
