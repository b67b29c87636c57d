//! One pass over the bytes of a message that writes its [`Index`].

use alloc::vec::Vec;

use crate::blocks::{Needles, Window};
use crate::delimiters::EncodingCharacters;
use crate::error::{Error, ErrorKind};
use crate::finding::Code;
use crate::index::{Counts, FieldEntry, Findings, Index, Row, SegmentEntry, location};
use crate::limits::Limits;
use crate::location::{Id, Location};

/// How many entries more there are than delimiters: the id and MSH-2 of the first segment, and the end.
const MORE: usize = 3;

/// So many entries are made room for ahead at most, as far as the message so far lets expect them.
const AHEAD: usize = 1 << 16;

impl Index {
    /// Reads the segments of `bytes`, the first of which starts at `from` and is MSH.
    pub(crate) fn scan(
        &mut self,
        bytes: &[u8],
        from: usize,
        characters: &EncodingCharacters,
        limits: &Limits,
        findings: &mut Findings,
    ) -> Result<(), Error> {
        self.clear();
        self.segments.reserve(8 + (bytes.len() / 64).min(AHEAD));
        // The first line end decides whether a lone line feed always ends a segment.
        let first_end = memchr::memchr2(b'\r', b'\n', &bytes[from..]).map(|n| from + n);
        let feeds_end = first_end.is_some_and(|at| bytes[at] == b'\n');
        if let Some(at) = first_end
            && (feeds_end || bytes.get(at + 1) == Some(&b'\n'))
        {
            findings.push(Code::SegmentTerminator, at, None);
        }
        let needles = Needles::new(characters);
        let mut window = Window::new();
        let mut state = State {
            counts: Counts::default(),
            resume: from,
            open: false,
        };
        let mut looked = from;
        loop {
            let next = window.fill(&needles, bytes, looked);
            self.make_room(&state.counts, &window, next - looked, bytes.len() - next);
            let mut lines = Lines {
                bytes,
                feeds_end,
                limits,
                needles,
                findings,
                segments: &mut self.segments,
                rows: &mut self.rows,
            };
            if looked == from {
                lines.start(&mut state)?;
            }
            lines.parts(&window, &mut state)?;
            looked = next;
            if looked >= bytes.len() {
                lines.finish(&mut state);
                break;
            }
        }
        self.counts = state.counts;
        if !matches!(bytes.last(), Some(b'\r' | b'\n')) {
            findings.push(Code::LastTerminator, bytes.len(), None);
        }
        Ok(())
    }

    /// Makes room for what a window of `looked` bytes shows, and for as much as that lets expect of the rest.
    fn make_room(&mut self, counts: &Counts, window: &Window, looked: usize, rest: usize) {
        let found = window.delimiters() + MORE;
        // There are as many subcomponents as parts of any other level, or more.
        let rows = counts.subcomponents + found;
        if self.rows.len() < rows {
            let expected = (found as u64 * rest as u64 / looked.max(1) as u64) as usize;
            let ahead = (expected + expected / 8).min(AHEAD);
            self.rows.resize(rows + ahead, Row::default());
        }
    }
}

/// How far the scan is.
#[derive(Clone, Copy)]
struct State {
    counts: Counts,
    /// Before this place, what looks like a delimiter is none or has been seen to.
    resume: usize,
    /// True if the last segment has not ended.
    open: bool,
}

/// What the scan reads and writes. There is room for every entry: see [`Index::make_room`].
struct Lines<'b, 'i> {
    bytes: &'b [u8],
    /// True if every line feed ends a segment.
    feeds_end: bool,
    limits: &'b Limits,
    needles: Needles,
    findings: &'i mut Findings,
    segments: &'i mut Vec<SegmentEntry>,
    rows: &'i mut [Row],
}

impl Lines<'_, '_> {
    /// Notes what the delimiters of a window open.
    fn parts(&mut self, window: &Window, state: &mut State) -> Result<(), Error> {
        for block in window.blocks() {
            let base = block.base as usize;
            let mut delimiters = after(block.delimiters, base, state.resume);
            let mut line_ends = after(block.line_ends, base, state.resume);
            while line_ends != 0 {
                let before = line_ends.trailing_zeros();
                let line = delimiters & !(u64::MAX << before);
                state.counts = self.line(line, base, state.counts);
                line_ends &= line_ends - 1;
                delimiters ^= line;
                self.line_end(state, base + before as usize)?;
                delimiters = after(delimiters, base, state.resume);
                line_ends = after(line_ends, base, state.resume);
            }
            state.counts = self.line(delimiters, base, state.counts);
        }
        Ok(())
    }

    /// Notes what delimiters within a line open: a subcomponent each, and, by its level, a component, a repetition
    /// and a field. All four are written; only what is counted on stays.
    #[inline(always)]
    fn line(&mut self, mut delimiters: u64, base: usize, counts: Counts) -> Counts {
        let Needles {
            field,
            repetition,
            component,
            ..
        } = self.needles;
        let rows = &mut *self.rows;
        let bytes = self.bytes.get(base..).unwrap_or(&[]);
        let (mut f, mut r) = (counts.fields, counts.repetitions);
        let (mut c, mut s) = (counts.components, counts.subcomponents);
        while delimiters != 0 {
            let place = delimiters.trailing_zeros() as usize;
            delimiters &= delimiters - 1;
            let Some(&byte) = bytes.get(place) else { break };
            let start = (base + place + 1) as u32;
            rows[f].field = FieldEntry {
                start,
                repetition: r as u32,
            };
            rows[s].start = start;
            rows[c].subcomponent = s as u32;
            rows[r].component = c as u32;
            let is_field = byte == field;
            let is_repetition = is_field | (byte == repetition);
            let is_component = is_repetition | (byte == component);
            f += usize::from(is_field);
            r += usize::from(is_repetition);
            c += usize::from(is_component);
            s += 1;
        }
        Counts {
            fields: f,
            repetitions: r,
            components: c,
            subcomponents: s,
        }
    }

    /// Opens a field with a part of each level.
    #[inline]
    fn open(&mut self, counts: &mut Counts, start: usize) {
        self.rows[counts.fields].field = FieldEntry {
            start: start as u32,
            repetition: counts.repetitions as u32,
        };
        self.rows[counts.subcomponents].start = start as u32;
        self.rows[counts.components].subcomponent = counts.subcomponents as u32;
        self.rows[counts.repetitions].component = counts.components as u32;
        counts.fields += 1;
        counts.repetitions += 1;
        counts.components += 1;
        counts.subcomponents += 1;
    }

    /// Ends the segment at a line end, if it is one, and starts the next.
    #[inline(never)]
    fn line_end(&mut self, state: &mut State, at: usize) -> Result<(), Error> {
        let rest = self.bytes.get(at + 1..).unwrap_or(&[]);
        let feed = self.bytes.get(at) == Some(&b'\n');
        if feed && !self.feeds_end && !ends_segment(rest, self.needles.field) {
            self.feed_in_field(state, at);
            return Ok(());
        }
        self.end_segment(state, at);
        state.resume = at + 1 + usize::from(!feed && rest.first() == Some(&b'\n'));
        self.start(state)
    }

    /// A line feed that belongs to the field it stands in.
    #[cold]
    fn feed_in_field(&mut self, state: &State, at: usize) {
        let fields = state.counts.fields as u32;
        let location = || {
            let entry = self.segments.last();
            let before = entry.map_or(0, |entry| entry.fields + u32::from(!entry.header));
            Location {
                field: fields - before,
                ..last(self.segments)
            }
        };
        self.findings.push_at(Code::SegmentId, at + 1, location);
    }

    /// Starts a segment at the first line from `resume` on that is not blank.
    fn start(&mut self, state: &mut State) -> Result<(), Error> {
        let bytes = self.bytes;
        let (line, indent) = loop {
            let line = state.resume;
            let rest = bytes.get(line..).unwrap_or(&[]);
            let indent = blanks(rest);
            let width = match rest[indent..] {
                [] => {
                    state.resume = bytes.len();
                    return Ok(());
                }
                [b'\r', b'\n', ..] => 2,
                [b'\r' | b'\n', ..] => 1,
                _ => break (line, indent),
            };
            state.resume = line + indent + width;
            if state.resume < bytes.len() {
                self.findings.push(Code::BlankLine, line, None);
            }
        };
        if self.segments.len() >= self.limits.segments {
            return Err(Error::new(ErrorKind::Limit, line));
        }
        let first = self.segments.is_empty();
        let field = self.needles.field;
        let id = segment_id(&bytes[line + indent..], field);
        let start = if id.is_some() { line + indent } else { line };
        let header = id.is_some_and(|id| matches!(&id.0, b"MSH" | b"FHS" | b"BHS"))
            && bytes.get(start + 3) == Some(&field);
        self.segments.push(SegmentEntry {
            start: start as u32,
            end: start as u32,
            fields: state.counts.fields as u32,
            count: 0,
            id: id.unwrap_or(Id::NONE),
            header,
        });
        if id.is_none_or(|id| !bytes[start..].starts_with(&id.0)) {
            self.findings
                .push_at(Code::SegmentId, start, || last(self.segments));
        }
        if indent > 0 && id.is_some() && !first {
            self.findings
                .push_at(Code::IndentedSegment, start, || last(self.segments));
        }
        if !first && id == Some(Id(*b"MSH")) {
            self.findings
                .push_at(Code::SecondMsh, start, || last(self.segments));
        }
        self.open(&mut state.counts, start);
        state.open = true;
        state.resume = start;
        if header {
            let rest = bytes.get(start + 4..).unwrap_or(&[]);
            self.open(&mut state.counts, start + 4);
            state.resume = start + 4 + memchr::memchr3(field, b'\r', b'\n', rest).unwrap_or(rest.len());
        }
        Ok(())
    }

    fn end_segment(&mut self, state: &mut State, at: usize) {
        if state.open
            && let Some(segment) = self.segments.last_mut()
        {
            segment.end = at as u32;
            segment.count = state.counts.fields as u32 - segment.fields;
            state.open = false;
        }
    }

    /// Ends the last segment and the last part of each level.
    fn finish(&mut self, state: &mut State) {
        let end = self.bytes.len();
        self.end_segment(state, end);
        // It is written and not counted.
        let mut counts = state.counts;
        self.open(&mut counts, end + 1);
    }
}

/// The bits of a mask whose places are not before `resume`.
#[inline]
fn after(mask: u64, base: usize, resume: usize) -> u64 {
    match resume.saturating_sub(base) {
        skip @ 0..64 => mask >> skip << skip,
        _ => 0,
    }
}

/// The place of the last segment as a whole.
fn last(segments: &[SegmentEntry]) -> Location {
    location(segments, segments.len().saturating_sub(1))
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
