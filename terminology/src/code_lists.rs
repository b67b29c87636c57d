//! Sorted lists of codes in one block of bytes, read where they lie.
//!
//! `xtask/src/codegen/terminology.rs` writes the block and says its layout. Every read is bounds-checked; a place that
//! is not there reads as the empty text or 0.

/// A block of code lists.
#[derive(Clone, Copy)]
pub(crate) struct CodeLists {
    bytes: &'static [u8],
    strings: usize,
    lists: usize,
}

/// The size of the head of a list, and of a row.
const LIST: usize = 16;
const ROW: usize = 8;
/// Where the offsets of the strings begin.
const OFFSETS: usize = 12;

impl CodeLists {
    pub(crate) const fn new(bytes: &'static [u8]) -> Self {
        Self {
            bytes,
            strings: number(bytes, 0),
            lists: number(bytes, 4),
        }
    }

    pub(crate) const fn len(self) -> usize {
        self.lists
    }

    /// The list of a name.
    pub(crate) fn find(self, name: &str) -> Option<List> {
        let place = lower_bound(self.lists, |place| self.list(place).name() < name);
        Some(self.list(place)).filter(|it| place < self.lists && it.name() == name)
    }

    /// The list at a place in the order of names, from 0.
    pub(crate) fn list(self, place: usize) -> List {
        List {
            of: self,
            head: self.heads() + place * LIST,
        }
    }

    const fn heads(self) -> usize {
        OFFSETS + (self.strings + 1) * 4
    }

    fn text(self, at: usize) -> &'static str {
        let offset = OFFSETS + short(self.bytes, at) * 4;
        let texts = self.heads() + self.lists * LIST + number(self.bytes, 8) * ROW;
        let (start, end) = (number(self.bytes, offset), number(self.bytes, offset + 4));
        let bytes = self.bytes.get(texts + start..texts + end).unwrap_or_default();
        str::from_utf8(bytes).unwrap_or_default()
    }
}

/// The first place for which `before` is false.
fn lower_bound(len: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

const fn number(bytes: &[u8], at: usize) -> usize {
    match bytes.split_at_checked(at) {
        Some((_, rest)) => match rest.first_chunk::<4>() {
            Some(it) => u32::from_le_bytes(*it) as usize,
            None => 0,
        },
        None => 0,
    }
}

const fn short(bytes: &[u8], at: usize) -> usize {
    match bytes.split_at_checked(at) {
        Some((_, rest)) => match rest.first_chunk::<2>() {
            Some(it) => u16::from_le_bytes(*it) as usize,
            None => 0,
        },
        None => 0,
    }
}

/// One list of a block.
#[derive(Clone, Copy)]
pub(crate) struct List {
    of: CodeLists,
    head: usize,
}

impl List {
    pub(crate) fn name(self) -> &'static str {
        self.of.text(self.head)
    }

    pub(crate) fn title(self) -> &'static str {
        self.of.text(self.head + 2)
    }

    pub(crate) fn oid(self) -> &'static str {
        self.of.text(self.head + 4)
    }

    pub(crate) fn system(self) -> &'static str {
        self.of.text(self.head + 6)
    }

    pub(crate) fn len(self) -> usize {
        number(self.of.bytes, self.head + 12) - number(self.of.bytes, self.head + 8)
    }

    /// The row at a place in the order of codes, from 0.
    fn row(self, place: usize) -> Row {
        let first = number(self.of.bytes, self.head + 8);
        Row {
            of: self.of,
            at: self.of.heads() + self.of.lists * LIST + (first + place) * ROW,
        }
    }

    pub(crate) fn rows(self) -> impl ExactSizeIterator<Item = Row> {
        (0..self.len()).map(move |it| self.row(it))
    }

    /// The rows of a code: one for each code system that has it.
    pub(crate) fn find(self, code: &str) -> impl Iterator<Item = Row> {
        let first = lower_bound(self.len(), |place| self.row(place).code() < code);
        (first..self.len())
            .map(move |it| self.row(it))
            .take_while(move |it| it.code() == code)
    }
}

/// One row of a list.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    of: CodeLists,
    at: usize,
}

impl Row {
    pub(crate) fn code(self) -> &'static str {
        self.of.text(self.at)
    }

    pub(crate) fn system(self) -> &'static str {
        self.of.text(self.at + 2)
    }

    pub(crate) fn display(self) -> Option<&'static str> {
        Some(self.of.text(self.at + 4)).filter(|it| !it.is_empty())
    }

    pub(crate) fn is_retired(self) -> bool {
        short(self.of.bytes, self.at + 6) & 1 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::{HL7V2_TABLES, R4_VALUE_SETS};

    #[test]
    fn every_list_and_row_reads_back_in_order() {
        for lists in [HL7V2_TABLES, R4_VALUE_SETS] {
            let mut names = Vec::new();
            for place in 0..lists.len() {
                let list = lists.list(place);
                names.push(list.name());
                let rows: Vec<_> = list.rows().map(|it| (it.code(), it.system())).collect();
                assert!(rows.is_sorted(), "{}", list.name());
                for (code, system) in rows {
                    assert!(!code.is_empty() && !system.is_empty(), "{}", list.name());
                    assert!(
                        list.find(code).any(|it| it.system() == system),
                        "{} {code}",
                        list.name()
                    );
                }
                assert_eq!(lists.find(list.name()).map(List::name), Some(list.name()));
            }
            assert!(names.is_sorted());
        }
    }

    #[test]
    fn a_block_cut_short_reads_as_empty() {
        let block = HL7V2_TABLES.bytes;
        for len in [0, 3, 11, 12, 100, block.len() / 2] {
            let lists = CodeLists::new(&block[..len]);
            let found = lists.find("0001");
            assert!(
                found.is_none_or(|it| it.find("F").next().is_none_or(|it| it.display().is_none())),
                "{len}"
            );
        }
    }
}
