//! The codes that a group lists.

use std::ops::Range;

/// Codes with their targets, in the order of their first bytes and then of the whole.
#[derive(Clone, Default)]
pub(super) struct Codes {
    /// The first bytes of each code, as [`first`] has them.
    firsts: Vec<u64>,
    codes: Vec<Code>,
}

#[derive(Clone)]
struct Code {
    code: Box<str>,
    /// The targets: start and end among those of the group.
    targets: Range<u32>,
}

impl Codes {
    /// Of codes with a target each, and the targets as they have to stand. Those of one code keep their order.
    pub(super) fn of<T>(listed: Vec<(Box<str>, T)>) -> (Self, Vec<T>) {
        let mut listed: Vec<_> = listed
            .into_iter()
            .map(|(code, target)| (first(&code), code, target))
            .collect();
        listed.sort_by(|(a, one, _), (b, other, _)| (a, one).cmp(&(b, other)));
        let mut of = Self {
            firsts: Vec::with_capacity(listed.len()),
            codes: Vec::with_capacity(listed.len()),
        };
        let mut all = Vec::with_capacity(listed.len());
        for (first, code, target) in listed {
            let start = all.len() as u32;
            all.push(target);
            match of.codes.last_mut() {
                Some(last) if last.code == code => last.targets.end = start + 1,
                _ => {
                    of.firsts.push(first);
                    let targets = start..start + 1;
                    of.codes.push(Code { code, targets });
                }
            }
        }
        (of, all)
    }

    pub(super) fn len(&self) -> usize {
        self.codes.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The targets of a code.
    pub(super) fn find(&self, code: &str) -> Option<Range<usize>> {
        let wanted = first(code);
        let from = self.firsts.partition_point(|it| *it < wanted);
        // Of one length, up to eight bytes, the first bytes are all.
        let is_it = |it: &&Code| {
            let is_short = code.len() <= 8;
            it.code.len() == code.len() && (is_short || *it.code == *code)
        };
        let is_there = self.firsts.get(from) == Some(&wanted);
        let mut found = self.codes.get(from).filter(|it| is_there && is_it(it));
        if found.is_none() && self.firsts.get(from + 1) == Some(&wanted) {
            // Several begin alike.
            let until = self.firsts.partition_point(|it| *it <= wanted);
            let alike = self.codes.get(from..until)?;
            let at = alike.binary_search_by(|it| (*it.code).cmp(code)).ok()?;
            found = alike.get(at);
        }
        let targets = &found?.targets;
        Some(targets.start as usize..targets.end as usize)
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
            "12345678B",
            "1234567",
            "\u{1}A",
            "é",
        ];
        // Two targets for each, one behind all first ones.
        let twice = listed.iter().chain(&listed).enumerate();
        let (codes, targets) = Codes::of(twice.map(|(at, code)| (Box::from(*code), at)).collect());
        for (at, code) in listed.iter().enumerate() {
            let found = codes.find(code).map(|range| &targets[range]);
            assert_eq!(found, Some(&[at, at + listed.len()][..]), "{code}");
        }
        assert_eq!(codes.len(), listed.len());
        for code in ["C", "\0", "\0A", "123456", "1234567890", "123456780", "AA"] {
            assert_eq!(codes.find(code), None, "{code}");
        }
        assert_eq!(Codes::default().find("A"), None);
    }
}
