//! The codes that a group lists.

use std::ops::Range;

/// Codes with their targets, in the order of their first bytes and then of the whole.
#[derive(Clone, Default)]
pub(super) struct Codes(Vec<Code>);

#[derive(Clone)]
struct Code {
    first: u64,
    code: Box<str>,
    /// The targets: start and end among those of the group.
    targets: Range<u32>,
}

impl Codes {
    /// Of codes that differ, each with the start and the end of its targets.
    pub(super) fn of(codes: impl Iterator<Item = (Box<str>, Range<u32>)>) -> Self {
        let mut codes: Vec<_> = codes
            .map(|(code, targets)| Code {
                first: first(&code),
                code,
                targets,
            })
            .collect();
        codes.sort_unstable_by(|a, b| (a.first, &a.code).cmp(&(b.first, &b.code)));
        Self(codes)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The targets of a code.
    pub(super) fn find(&self, code: &str) -> Option<Range<usize>> {
        let wanted = (first(code), code);
        let at = self.0.partition_point(|it| (it.first, &*it.code) < wanted);
        let found = self.0.get(at).filter(|it| *it.code == *code)?;
        Some(found.targets.start as usize..found.targets.end as usize)
    }
}

/// The first bytes of a code as a number: most codes differ in it.
#[inline]
fn first(code: &str) -> u64 {
    match code.as_bytes().first_chunk::<8>() {
        Some(first) => u64::from_be_bytes(*first),
        None => code.bytes().fold(0, |first, byte| first << 8 | u64::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_is_found_and_no_other() {
        let listed = [
            "",
            "A",
            "B",
            "AB",
            "BA",
            "12345678",
            "123456789",
            "12345678A",
            "1234567",
            "\u{1}A",
            "é",
        ];
        let codes = Codes::of(
            listed
                .iter()
                .zip(0..)
                .map(|(code, at)| (Box::from(*code), at..at + 1)),
        );
        for (at, code) in listed.iter().enumerate() {
            assert_eq!(codes.find(code), Some(at..at + 1), "{code}");
        }
        for code in ["C", "\0", "\0A", "123456", "1234567890", "123456780", "AA"] {
            assert_eq!(codes.find(code), None, "{code}");
        }
        assert_eq!(Codes::default().find("A"), None);
    }
}
