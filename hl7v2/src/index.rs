//! The flat index: one pass over the bytes notes where every part of every level starts.
//!
//! Five arrays, one a level. An entry holds the offset at which its part starts and the place in the next array
//! at which the part's own parts start; parts of one parent stand side by side, so every access is an addition.
//! A part that holds no delimiter of a lower level has no entries there: `||` costs one entry, not four.

use crate::delimiters::EncodingCharacters;
use crate::error::{Error, ErrorKind};
use crate::finding::{Code, Finding};
use crate::limits::Limits;
use crate::location::{Id, Location};

/// A segment: its bytes, without indentation and terminator, and its entries in `fields`, of which the first is
/// the segment id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SegmentEntry {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) fields: u32,
    pub(crate) id: Id,
    /// MSH, FHS or BHS: field 1 is the separator itself, field 2 is not split.
    pub(crate) header: bool,
}

/// A field, repetition or component: where it starts, and where its parts start one level below.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) start: u32,
    pub(crate) parts: u32,
}

/// The index of one message.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    pub(crate) segments: Vec<SegmentEntry>,
    pub(crate) fields: Vec<Entry>,
    pub(crate) repetitions: Vec<Entry>,
    pub(crate) components: Vec<Entry>,
    pub(crate) subcomponents: Vec<u32>,
}

/// Findings while they are gathered, capped.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings {
    pub(crate) kept: Vec<Finding>,
    pub(crate) total: usize,
    pub(crate) cap: usize,
}

impl Findings {
    /// As [`push`](Self::push), with a location that is worked out only if the finding is kept.
    pub(crate) fn push_at(&mut self, code: Code, offset: usize, location: impl FnOnce() -> Location) {
        let location = (self.kept.len() < self.cap).then(location);
        self.push(code, offset, location);
    }

    pub(crate) fn push(&mut self, code: Code, offset: usize, location: Option<Location>) {
        self.total += 1;
        if self.kept.len() < self.cap {
            self.kept.push(Finding::new(code, offset, location));
        }
    }
}

const FIELD: u8 = 1;
const REPETITION: u8 = 2;
const COMPONENT: u8 = 3;
const SUBCOMPONENT: u8 = 4;
const LINE: u8 = 5;

/// After this many bytes without a delimiter, whole windows are searched instead of single bytes.
const SPARSE: usize = 64;

/// Which bytes mean something, by table and as lists for `memchr`.
struct Alphabet {
    class: [u8; 256],
    inner: [u8; 3],
    field: u8,
}

impl Alphabet {
    fn new(characters: &EncodingCharacters) -> Self {
        let mut class = [0; 256];
        class[usize::from(b'\r')] = LINE;
        class[usize::from(b'\n')] = LINE;
        class[usize::from(characters.field)] = FIELD;
        // A delimiter that was left out is stood in for by one that is searched for anyway.
        let mut inner = [characters.field; 3];
        let levels = [
            (characters.repetition, REPETITION),
            (characters.component, COMPONENT),
            (characters.subcomponent, SUBCOMPONENT),
        ];
        for (place, (byte, level)) in inner.iter_mut().zip(levels) {
            if let Some(byte) = byte {
                class[usize::from(byte)] = level;
                *place = byte;
            }
        }
        Self {
            class,
            inner,
            field: characters.field,
        }
    }

    fn class(&self, byte: u8) -> u8 {
        self.class[usize::from(byte)]
    }

    /// The place of the next delimiter or line end in `bytes`, or its length.
    #[inline]
    fn next(&self, bytes: &[u8]) -> usize {
        let near = &bytes[..bytes.len().min(SPARSE)];
        match near.iter().position(|&byte| self.class(byte) != 0) {
            Some(found) => found,
            None => self.next_sparse(bytes, near.len()),
        }
    }

    #[inline(never)]
    fn next_sparse(&self, bytes: &[u8], mut from: usize) -> usize {
        let mut width = 1 << 10;
        while from < bytes.len() {
            let window = &bytes[from..bytes.len().min(from + width)];
            let outer = memchr::memchr3(self.field, b'\r', b'\n', window).unwrap_or(window.len());
            let [a, b, c] = self.inner;
            if let Some(found) = memchr::memchr3(a, b, c, &window[..outer]) {
                return from + found;
            }
            if outer < window.len() {
                return from + outer;
            }
            from += window.len();
            width = (width * 2).min(1 << 14);
        }
        bytes.len()
    }
}

impl Index {
    pub(crate) fn clear(&mut self) {
        self.segments.clear();
        self.fields.clear();
        self.repetitions.clear();
        self.components.clear();
        self.subcomponents.clear();
    }

    pub(crate) fn entries(&self) -> usize {
        self.fields.len() + self.repetitions.len() + self.components.len() + self.subcomponents.len()
    }

    /// The place of segment `segment` (from 0) as a whole.
    pub(crate) fn location(&self, segment: usize) -> Location {
        let id = self.segments.get(segment).map_or(Id::NONE, |entry| entry.id);
        let before = self
            .segments
            .iter()
            .take(segment)
            .filter(|entry| entry.id == id)
            .count();
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Location {
            segment_position: number(segment + 1),
            id,
            occurrence: number(before + 1),
            field: 0,
            repetition: 0,
            component: 0,
            subcomponent: 0,
        }
    }

    /// Reads the segments of `bytes`, the first of which starts at `from` and is MSH.
    pub(crate) fn scan(
        &mut self,
        bytes: &[u8],
        from: usize,
        characters: &EncodingCharacters,
        limits: &Limits,
        findings: &mut Findings,
    ) -> Result<(), Error> {
        let alphabet = Alphabet::new(characters);
        // The first line end decides whether a lone line feed always ends a segment.
        let first_end = memchr::memchr2(b'\r', b'\n', &bytes[from..]).map(|n| from + n);
        let feeds_end = first_end.is_some_and(|at| bytes[at] == b'\n');
        if let Some(at) = first_end
            && (feeds_end || bytes.get(at + 1) == Some(&b'\n'))
        {
            findings.push(Code::SegmentTerminator, at, None);
        }
        // An estimate that fits dense and sparse messages; more is grown as needed.
        self.segments.reserve(8 + bytes.len() / 128);
        self.fields.reserve(16 + (bytes.len() / 7).min(1 << 16));

        let mut line = from;
        while line < bytes.len() {
            let start = line + blanks(&bytes[line..]);
            match bytes.get(start) {
                None => break,
                Some(b'\r' | b'\n') => {
                    let width = if bytes[start..].starts_with(b"\r\n") { 2 } else { 1 };
                    if start + width < bytes.len() {
                        findings.push(Code::BlankLine, line, None);
                    }
                    line = start + width;
                    continue;
                }
                Some(_) => {}
            }
            if self.segments.len() >= limits.segments {
                return Err(Error::new(ErrorKind::Limit, line));
            }
            let id = segment_id(&bytes[start..], characters.field);
            let start = if id.is_some() { start } else { line };
            line = self.segment(bytes, start, id, &alphabet, feeds_end, findings);
            let number = self.segments.len() - 1;
            if id.is_none_or(|id| id.0 != bytes[start..start + 3]) {
                findings.push_at(Code::SegmentId, start, || self.location(number));
            }
            if id.is_some() && start > 0 && matches!(bytes[start - 1], b' ' | b'\t') && number > 0 {
                findings.push_at(Code::IndentedSegment, start, || self.location(number));
            }
            if number > 0 && id == Some(Id(*b"MSH")) {
                findings.push_at(Code::SecondMsh, start, || self.location(number));
            }
        }
        if !matches!(bytes.last(), Some(b'\r' | b'\n')) {
            findings.push(Code::LastTerminator, bytes.len(), None);
        }
        Ok(())
    }

    /// Indexes the segment that starts at `start`; gives the start of the next line.
    fn segment(
        &mut self,
        bytes: &[u8],
        start: usize,
        id: Option<Id>,
        alphabet: &Alphabet,
        feeds_end: bool,
        findings: &mut Findings,
    ) -> usize {
        let header = id.is_some_and(|id| matches!(&id.0, b"MSH" | b"FHS" | b"BHS"))
            && bytes.get(start + 3) == Some(&alphabet.field);
        let number = self.segments.len();
        self.segments.push(SegmentEntry {
            start: start as u32,
            end: start as u32,
            fields: self.fields.len() as u32,
            id: id.unwrap_or(Id::NONE),
            header,
        });
        self.fields.push(Entry {
            start: start as u32,
            parts: self.repetitions.len() as u32,
        });
        let mut at = start;
        if header {
            at = start + 4;
            self.fields.push(Entry {
                start: at as u32,
                parts: self.repetitions.len() as u32,
            });
            at += memchr::memchr3(alphabet.field, b'\r', b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
        }
        // The level of the last delimiter, and the place after it: where parts that turn out to have parts start.
        let mut level = FIELD;
        let mut part = at as u32;
        let mut next = bytes.len();
        loop {
            at += alphabet.next(&bytes[at..]);
            let Some(&byte) = bytes.get(at) else { break };
            let class = alphabet.class(byte);
            if class == FIELD {
                part = at as u32 + 1;
                self.fields.push(Entry {
                    start: part,
                    parts: self.repetitions.len() as u32,
                });
                level = FIELD;
            } else if class == LINE {
                if byte == b'\r' {
                    next = if bytes.get(at + 1) == Some(&b'\n') {
                        at + 2
                    } else {
                        at + 1
                    };
                    break;
                }
                if feeds_end || ends_segment(&bytes[at + 1..], alphabet.field) {
                    next = at + 1;
                    break;
                }
                let field = self.fields.len() - self.segments[number].fields as usize;
                let field = field as u32 - u32::from(!header);
                findings.push_at(Code::SegmentId, at + 1, || Location {
                    field,
                    ..self.location(number)
                });
            } else {
                self.part(class, level, part, at as u32 + 1);
                level = class;
                part = at as u32 + 1;
            }
            at += 1;
        }
        self.segments[number].end = at.min(bytes.len()) as u32;
        next
    }

    /// Notes a delimiter of `class` after one of `level`: the parts that it shows to exist start at `part`.
    #[inline]
    fn part(&mut self, class: u8, level: u8, part: u32, next: u32) {
        if level < REPETITION {
            self.repetitions.push(Entry {
                start: part,
                parts: self.components.len() as u32,
            });
        }
        if level < COMPONENT && class >= COMPONENT {
            self.components.push(Entry {
                start: part,
                parts: self.subcomponents.len() as u32,
            });
        }
        if level < SUBCOMPONENT && class >= SUBCOMPONENT {
            self.subcomponents.push(part);
        }
        match class {
            REPETITION => self.repetitions.push(Entry {
                start: next,
                parts: self.components.len() as u32,
            }),
            COMPONENT => self.components.push(Entry {
                start: next,
                parts: self.subcomponents.len() as u32,
            }),
            _ => self.subcomponents.push(next),
        }
    }
}

/// The number of spaces and tabs at the start.
fn blanks(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count()
}

/// The segment id at the start of a line: a letter and two letters or digits before a field separator or the
/// end. Lower case is accepted, and given in upper case.
fn segment_id(line: &[u8], separator: u8) -> Option<Id> {
    let (&[a, b, c], rest) = line.split_first_chunk::<3>()?;
    let ends = rest
        .first()
        .is_none_or(|&byte| byte == separator || matches!(byte, b'\r' | b'\n'));
    let shaped = a.is_ascii_alphabetic() && b.is_ascii_alphanumeric() && c.is_ascii_alphanumeric();
    (ends && shaped).then(|| {
        Id([
            a.to_ascii_uppercase(),
            b.to_ascii_uppercase(),
            c.to_ascii_uppercase(),
        ])
    })
}

/// True if a line feed before `rest` ends a segment in a message whose segments end in CR: a segment, another
/// line end or nothing follows.
fn ends_segment(rest: &[u8], separator: u8) -> bool {
    let rest = &rest[blanks(rest)..];
    match rest.first() {
        None | Some(b'\r' | b'\n') => true,
        Some(_) => {
            segment_id(rest, separator).is_some_and(|id| id.0 == rest[..3]) && rest.get(3) == Some(&separator)
        }
    }
}
