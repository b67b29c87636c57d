//! The rule that finds the messages of a stream, over whatever bytes are there so far.

use alloc::vec::Vec;
use core::ops::Range;

use super::BatchFinding;
use super::line::{End, Kind, START, count, is_segment, kind, line};
use crate::finding::Code;

/// Findings beyond these are not kept.
const FINDINGS: usize = 1_000;

/// A message that was found in the bytes given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) range: Range<usize>,
    pub(super) number: usize,
    pub(super) batch: usize,
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Message(Found),
    /// A message over the limit, by its start; the bytes after it can still be read.
    TooLarge(Found),
    /// Nothing more can be said about the bytes so far.
    More,
    /// The input has ended.
    End,
}

/// An item that is being gathered: a message, or lines that belong to none.
#[derive(Debug, Clone)]
struct Item {
    start: usize,
    /// After the last line that is not blank.
    end: usize,
    is_message: bool,
}

/// Where in the input the splitter is. Places count in the bytes that are given to it; [`shift`](Self::shift)
/// tells it that bytes at their start were dropped.
#[derive(Debug, Clone)]
pub(super) struct Splitter {
    limit: usize,
    /// The bytes that were dropped.
    base: u64,
    /// The start of the line to be looked at, and how many of its bytes are known to hold no end.
    at: usize,
    known: usize,
    item: Option<Item>,
    /// The lines of a message over the limit are dropped, up to the next message; perhaps from within a line.
    dropping: bool,
    in_line: bool,
    framed: bool,
    began: bool,
    number: usize,
    batches: usize,
    /// The header of the file and of the batch that are open: its place, and how much it held so far.
    file: Option<(u64, u64)>,
    batch: Option<(u64, u64)>,
    findings: Vec<BatchFinding>,
    ended: bool,
}

impl Splitter {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            base: 0,
            at: 0,
            known: 0,
            item: None,
            dropping: false,
            in_line: false,
            framed: false,
            began: false,
            number: 0,
            batches: 0,
            file: None,
            batch: None,
            findings: Vec::new(),
            ended: false,
        }
    }

    pub(super) fn findings(&self) -> &[BatchFinding] {
        &self.findings
    }

    pub(super) fn batches(&self) -> usize {
        self.batches
    }

    /// How many bytes at the start are not needed any more.
    #[cfg(feature = "std")]
    pub(super) fn done(&self) -> usize {
        self.item.as_ref().map_or(self.at, |item| item.start)
    }

    /// Tells that `count` bytes at the start, no more than [`done`](Self::done), were dropped.
    #[cfg(feature = "std")]
    pub(super) fn shift(&mut self, count: usize) {
        self.base += count as u64;
        self.at -= count;
        if let Some(item) = &mut self.item {
            item.start -= count;
            item.end -= count;
        }
    }

    fn report(&mut self, code: Code, offset: u64) {
        if self.findings.len() < FINDINGS {
            self.findings.push(BatchFinding { code, offset });
        }
    }

    /// Goes on in `bytes`, which hold all of the input from the first byte that was not dropped.
    pub(super) fn step(&mut self, bytes: &[u8], eof: bool) -> Step {
        loop {
            if self.at >= bytes.len() && eof {
                return self.end();
            }
            if !self.began {
                // A byte order mark is three bytes.
                if bytes.len() < 3 && !eof {
                    return Step::More;
                }
                self.began = true;
                if bytes.starts_with(b"\xEF\xBB\xBF") {
                    self.at = 3;
                    continue;
                }
            }
            let rest = bytes.get(self.at..).unwrap_or(&[]);
            if rest.first() == Some(&START) && !self.in_line {
                if let Some(found) = self.close() {
                    return found;
                }
                if self.framed {
                    self.report(Code::FrameEnd, self.base + self.at as u64);
                }
                self.framed = true;
                self.dropping = false;
                self.at += 1;
                continue;
            }
            let Some(found) = line(rest, self.known, eof) else {
                // All but the last byte are known to hold no end.
                self.known = rest.len().saturating_sub(1);
                return self.over_limit(bytes.len()).unwrap_or(Step::More);
            };
            let text = &rest[..found.own];
            let what = if self.in_line { Kind::Other } else { kind(text) };
            if matches!(what, Kind::Msh | Kind::Fhs | Kind::Bhs | Kind::Bts | Kind::Fts) {
                if let Some(found) = self.close() {
                    return found;
                }
                self.dropping = false;
            }
            let (start, own_end) = (self.at, self.at + found.own);
            match what {
                Kind::Msh => {
                    self.item = Some(Item {
                        start,
                        end: own_end,
                        is_message: true,
                    })
                }
                Kind::Blank => {}
                Kind::Other if self.dropping => {}
                Kind::Other => {
                    if self.item.as_ref().is_none_or(|item| !item.is_message) && !is_segment(text) {
                        self.report(Code::SegmentId, self.base + start as u64);
                    }
                    let item = Item {
                        start,
                        end: own_end,
                        is_message: false,
                    };
                    self.item.get_or_insert(item).end = own_end;
                }
                envelope => self.envelope(envelope, text),
            }
            self.at += found.taken;
            self.known = 0;
            self.in_line = false;
            if let Some(step) = self.over_limit(self.at) {
                return step;
            }
            if found.end == End::Frame {
                if !self.framed {
                    self.report(Code::FrameEnd, self.base + own_end as u64);
                }
                self.framed = false;
                self.dropping = false;
                if let Some(found) = self.close() {
                    return found;
                }
            }
        }
    }

    /// Gives up the item that is open if it has grown over the limit.
    fn over_limit(&mut self, end: usize) -> Option<Step> {
        let start = self.item.as_ref().map_or(self.at, |item| item.start);
        if end - start <= self.limit || (self.item.is_none() && !self.in_a_long_line(end)) {
            return None;
        }
        let in_line = end > self.at;
        let dropped = self.item.take();
        if in_line {
            // Keep the last byte: it may be half of an end.
            self.at = end - 1;
            self.known = 0;
            self.in_line = true;
        }
        let was_dropping = core::mem::replace(&mut self.dropping, true);
        if was_dropping && dropped.is_none() {
            return None;
        }
        let is_message = dropped.is_none_or(|item| item.is_message);
        Some(Step::TooLarge(self.found(start..start, is_message)))
    }

    /// True if the line that is being looked at is over the limit by itself.
    fn in_a_long_line(&self, end: usize) -> bool {
        end > self.at && end - self.at > self.limit
    }

    fn found(&mut self, range: Range<usize>, is_message: bool) -> Found {
        self.number += 1;
        // Lines that belong to no message are none for the trailer.
        if let Some((_, messages)) = &mut self.batch {
            *messages += u64::from(is_message);
        }
        Found {
            range,
            number: self.number,
            batch: if self.batch.is_some() { self.batches } else { 0 },
        }
    }

    /// Ends the item that is open.
    fn close(&mut self) -> Option<Step> {
        let item = self.item.take()?;
        if !item.is_message {
            self.report(Code::StrayLines, self.base + item.start as u64);
        }
        Some(Step::Message(self.found(item.start..item.end, item.is_message)))
    }

    fn envelope(&mut self, what: Kind, text: &[u8]) {
        let here = self.base + self.at as u64;
        match what {
            Kind::Fhs => {
                self.end_batch();
                self.end_file();
                self.file = Some((here, 0));
            }
            Kind::Bhs => {
                self.end_batch();
                self.batches += 1;
                self.batch = Some((here, 0));
                if let Some((_, batches)) = &mut self.file {
                    *batches += 1;
                }
            }
            Kind::Bts => match self.batch.take() {
                Some((_, messages)) if count(text).is_some_and(|n| n != messages) => {
                    self.report(Code::BatchCount, here);
                }
                Some(_) => {}
                None => self.report(Code::BatchTrailer, here),
            },
            _ => {
                self.end_batch();
                match self.file.take() {
                    Some((_, batches)) if count(text).is_some_and(|n| n != batches) => {
                        self.report(Code::FileCount, here);
                    }
                    Some(_) => {}
                    None => self.report(Code::FileTrailer, here),
                }
            }
        }
    }

    fn end_batch(&mut self) {
        if let Some((offset, _)) = self.batch.take() {
            self.report(Code::BatchTrailer, offset);
        }
    }

    fn end_file(&mut self) {
        if let Some((offset, _)) = self.file.take() {
            self.report(Code::FileTrailer, offset);
        }
    }

    fn end(&mut self) -> Step {
        if let Some(found) = self.close() {
            return found;
        }
        if !core::mem::replace(&mut self.ended, true) {
            self.end_batch();
            self.end_file();
            if self.framed {
                self.report(Code::FrameEnd, self.base + self.at as u64);
            }
        }
        Step::End
    }
}
