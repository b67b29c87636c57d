//! One pass over the bytes of a message that writes its [`Index`].

use crate::blocks::{BLOCK, Block, Blocks, Needles};
use crate::delimiters::EncodingCharacters;
use crate::error::{Error, ErrorKind};
use crate::finding::Code;
use crate::index::{Findings, Index, SegmentEntry, location};
use crate::limits::Limits;
use crate::location::{Id, Location};

/// As many leaves as a block may open at most: one with each delimiter and line end, one more with a line end that a header
/// follows, which has four bytes; and those of the first segment, and the end.
const OPENED: usize = BLOCK + BLOCK / 4 + 1 + 3;

/// So many leaves, and fields, in ten bytes are reckoned with before the message shows how many it has: more than are
/// usual, since what is made room for ahead has to fit as well.
const LEAVES_IN_TEN: usize = 4;
const FIELDS_IN_TEN: usize = 3;

/// Room for so many entries more is made ahead at most.
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
        self.segments.clear();
        self.marks.clear();
        self.line_feeds = false;
        let first = bytes.len().min(AHEAD);
        self.segments.reserve(8 + first / 64);
        // What an earlier message left is written over.
        let room = |in_ten: usize| first * in_ten / 10 + OPENED;
        let (fields, leaves) = (room(FIELDS_IN_TEN), room(LEAVES_IN_TEN));
        self.fields.resize(fields.max(self.fields.len()), 0);
        self.starts.resize(leaves.max(self.starts.len()), 0);
        // The first line end decides whether a lone line feed always ends a segment.
        let first_end = memchr::memchr2(b'\r', b'\n', &bytes[from..]).map(|n| from + n);
        let feeds_end = first_end.is_some_and(|at| bytes[at] == b'\n');
        if let Some(at) = first_end
            && (feeds_end || bytes.get(at + 1) == Some(&b'\n'))
        {
            findings.push(Code::SegmentTerminator, at, None);
        }
        let needles = Needles::new(characters);
        let mut lines = Lines {
            bytes,
            feeds_end,
            limits,
            needles,
            findings,
            index: self,
            resume: from,
            open: false,
            may_want_marks: false,
        };
        let mut counts = lines.start(Counts::default())?;
        for block in Blocks::new(needles, bytes, from) {
            lines.make_room(counts, block.base);
            counts = lines.block(&block, counts)?;
        }
        let may_want_marks = lines.finish(counts);
        if may_want_marks && self.wants_marks(0) {
            self.mark(bytes, characters);
        }
        if !matches!(bytes.last(), Some(b'\r' | b'\n')) {
            findings.push(Code::LastTerminator, bytes.len(), None);
        }
        Ok(())
    }
}

/// How many fields and leaves there are so far.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    fields: usize,
    leaves: usize,
}

/// What the scan reads and writes, and how far it is. There is room for every entry: see [`Lines::make_room`].
struct Lines<'b, 'i> {
    bytes: &'b [u8],
    /// True if every line feed ends a segment.
    feeds_end: bool,
    limits: &'b Limits,
    needles: Needles,
    findings: &'i mut Findings,
    index: &'i mut Index,
    /// Before this place, what looks like a delimiter is none or has been seen to.
    resume: usize,
    /// True if the last segment has not ended.
    open: bool,
    /// True if a field of a segment may have very many leaves.
    may_want_marks: bool,
}

impl Lines<'_, '_> {
    /// Makes room for what a block may open, and for as much as the message so far lets expect of the rest.
    #[inline(always)]
    fn make_room(&mut self, counts: Counts, at: usize) {
        if self.index.starts.len() < counts.leaves + OPENED {
            let more = ahead(counts.leaves, at, self.bytes.len());
            self.index.starts.resize(counts.leaves + OPENED + more, 0);
        }
        if self.index.fields.len() < counts.fields + OPENED {
            let more = ahead(counts.fields, at, self.bytes.len());
            self.index.fields.resize(counts.fields + OPENED + more, 0);
        }
    }

    /// Notes what the delimiters and line ends of a block open.
    #[inline(always)]
    fn block(&mut self, block: &Block, mut counts: Counts) -> Result<Counts, Error> {
        let mut delimiters = after(block.delimiters, block.base, self.resume);
        let mut line_ends = after(block.line_ends, block.base, self.resume);
        while line_ends != 0 {
            let before = line_ends.trailing_zeros();
            let line = delimiters & !(u64::MAX << before);
            counts = self.line(line, block, counts);
            line_ends &= line_ends - 1;
            delimiters ^= line;
            counts = self.line_end(counts, block.base + before as usize)?;
            delimiters = after(delimiters, block.base, self.resume);
            line_ends = after(line_ends, block.base, self.resume);
        }
        Ok(self.line(delimiters, block, counts))
    }

    /// Notes what delimiters within a line open: a leaf each, and, if it is a field separator, a field. Both are
    /// written; only what is counted on stays.
    #[inline(always)]
    fn line(&mut self, mut delimiters: u64, block: &Block, mut counts: Counts) -> Counts {
        let (fields, starts) = (&mut self.index.fields[..], &mut self.index.starts[..]);
        let first = block.base as u32 + 1;
        while delimiters != 0 {
            let place = delimiters.trailing_zeros();
            delimiters &= delimiters - 1;
            let (Some(start), Some(field)) = (starts.get_mut(counts.leaves), fields.get_mut(counts.fields))
            else {
                break;
            };
            *start = first + place;
            *field = counts.leaves as u32;
            counts.fields += (block.fields >> place & 1) as usize;
            counts.leaves += 1;
        }
        counts
    }

    /// Opens a field, and a leaf in it.
    #[inline]
    fn open(&mut self, counts: &mut Counts, start: usize) {
        if let (Some(leaf), Some(field)) = (
            self.index.starts.get_mut(counts.leaves),
            self.index.fields.get_mut(counts.fields),
        ) {
            *leaf = start as u32;
            *field = counts.leaves as u32;
        }
        counts.fields += 1;
        counts.leaves += 1;
    }

    /// Ends the segment at a line end, if it is one, and starts the next.
    #[inline(never)]
    fn line_end(&mut self, counts: Counts, at: usize) -> Result<Counts, Error> {
        let rest = self.bytes.get(at + 1..).unwrap_or(&[]);
        let feed = self.bytes.get(at) == Some(&b'\n');
        if feed && !self.feeds_end && !ends_segment(rest, self.needles.field) {
            self.feed_in_field(counts, at);
            return Ok(counts);
        }
        self.end_segment(counts, at);
        self.resume = at + 1 + usize::from(!feed && rest.first() == Some(&b'\n'));
        self.start(counts)
    }

    /// A line feed that belongs to the field it stands in.
    #[cold]
    fn feed_in_field(&mut self, counts: Counts, at: usize) {
        self.index.line_feeds = true;
        let fields = counts.fields as u32;
        let segments = &self.index.segments;
        let location = || {
            let entry = segments.last();
            let before = entry.map_or(0, |entry| entry.fields + u32::from(!entry.header));
            Location {
                field: fields - before,
                ..last(segments)
            }
        };
        self.findings.push_at(Code::SegmentId, at + 1, location);
    }

    /// Starts a segment at the first line from `resume` on that is not blank.
    #[inline]
    fn start(&mut self, mut counts: Counts) -> Result<Counts, Error> {
        let line = self.bytes.get(self.resume..).unwrap_or(&[]);
        let id = plain_id(line, self.needles.field);
        let Some(id) = id.filter(|id| !is_header(*id) && self.index.segments.len() < self.limits.segments)
        else {
            return self.start_other(counts);
        };
        let start = self.resume as u32;
        self.index.segments.push(SegmentEntry {
            start,
            end: start,
            fields: counts.fields as u32,
            count: 0,
            id,
            header: false,
        });
        self.open(&mut counts, self.resume);
        self.open = true;
        Ok(counts)
    }

    /// As [`start`](Self::start), where what stands there is not the id of a segment and a field separator, or where it
    /// is that of a header.
    #[inline(never)]
    fn start_other(&mut self, mut counts: Counts) -> Result<Counts, Error> {
        let bytes = self.bytes;
        let (line, indent) = loop {
            let line = self.resume;
            let rest = bytes.get(line..).unwrap_or(&[]);
            let indent = blanks(rest);
            let width = match rest[indent..] {
                [] => {
                    self.resume = bytes.len();
                    return Ok(counts);
                }
                [b'\r', b'\n', ..] => 2,
                [b'\r' | b'\n', ..] => 1,
                _ => break (line, indent),
            };
            self.resume = line + indent + width;
            if self.resume < bytes.len() {
                self.findings.push(Code::BlankLine, line, None);
            }
        };
        if self.index.segments.len() >= self.limits.segments {
            return Err(Error::new(ErrorKind::Limit, line));
        }
        let first = self.index.segments.is_empty();
        let field = self.needles.field;
        let id = segment_id(&bytes[line + indent..], field);
        let start = if id.is_some() { line + indent } else { line };
        let header = id.is_some_and(is_header) && bytes.get(start + 3) == Some(&field);
        self.index.segments.push(SegmentEntry {
            start: start as u32,
            end: start as u32,
            fields: counts.fields as u32,
            count: 0,
            id: id.unwrap_or(Id::NONE),
            header,
        });
        if id.is_none_or(|id| !bytes[start..].starts_with(&id.0)) {
            self.findings
                .push_at(Code::SegmentId, start, || last(&self.index.segments));
        }
        if indent > 0 && id.is_some() && !first {
            self.findings
                .push_at(Code::IndentedSegment, start, || last(&self.index.segments));
        }
        if !first && id == Some(Id(*b"MSH")) {
            self.findings
                .push_at(Code::SecondMsh, start, || last(&self.index.segments));
        }
        self.open(&mut counts, start);
        self.open = true;
        self.resume = start;
        if header {
            let rest = bytes.get(start + 4..).unwrap_or(&[]);
            self.open(&mut counts, start + 4);
            self.resume = start + 4 + memchr::memchr3(field, b'\r', b'\n', rest).unwrap_or(rest.len());
        }
        Ok(counts)
    }

    #[inline]
    fn end_segment(&mut self, counts: Counts, at: usize) {
        if self.open
            && let Some(segment) = self.index.segments.last_mut()
        {
            segment.end = at as u32;
            segment.count = counts.fields as u32 - segment.fields;
            self.open = false;
            let first = self.index.fields.get(segment.fields as usize);
            let leaves = counts.leaves - first.map_or(0, |first| *first as usize);
            self.may_want_marks |= Index::may_want_marks(leaves, segment.count as usize);
        }
    }

    /// Ends the last segment, the last field and the last leaf; true if a field may have very many leaves.
    fn finish(mut self, mut counts: Counts) -> bool {
        let end = self.bytes.len();
        self.end_segment(counts, end);
        self.open(&mut counts, end + 1);
        self.index.fields.truncate(counts.fields);
        self.index.starts.truncate(counts.leaves);
        self.may_want_marks
    }
}

/// How many entries more the first `at` of `length` bytes let expect, given that there are `count` in them.
#[cold]
fn ahead(count: usize, at: usize, length: usize) -> usize {
    let rest = length.saturating_sub(at) as u64;
    let expected = (count as u64).saturating_mul(rest) / at.max(1) as u64;
    (expected + expected / 8).min(AHEAD as u64) as usize
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

/// The segment id at the start of a line, in upper case, that a field separator follows.
#[inline]
fn plain_id(line: &[u8], separator: u8) -> Option<Id> {
    let &[a, b, c, after] = line.first_chunk::<4>()?;
    let follows = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (after == separator && a.is_ascii_uppercase() && follows(b) && follows(c)).then_some(Id([a, b, c]))
}

/// True for the segments whose first two fields are delimiters.
fn is_header(id: Id) -> bool {
    matches!(&id.0, b"MSH" | b"FHS" | b"BHS")
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
