//! Which of two lists belong together.

use alloc::vec;
use alloc::vec::Vec;

/// What two items that are the same score.
pub(super) const SAME: u32 = 1 << 10;

/// More pairs than this are not tried in one comparison of all segments, nor in all fields together: the lists are then
/// paired as they stand.
pub(super) const PAIRS: usize = 4_000_000;

/// So few pairs of two lists are tried in any case.
const FEW: usize = 256;

/// A pair of positions; `None` on a side where there is nothing.
pub(super) type Pair = (Option<usize>, Option<usize>);

/// Pairs the items of two lists in their order, so that the sum of the scores is the largest; 0 never pairs. Equal sums
/// are resolved by leaving out on the right first.
///
/// Lists for which `left_to_try` pairs are too few are paired by `fallback` after what is the same at both ends.
pub(super) fn align(
    left: usize,
    right: usize,
    score: impl Fn(usize, usize) -> u32,
    fallback: impl Fn(usize, usize) -> bool,
    left_to_try: &mut usize,
) -> Vec<Pair> {
    let short = left.min(right);
    let head = (0..short).take_while(|&n| score(n, n) == SAME).count();
    let tail = (0..short - head)
        .take_while(|n| score(left - 1 - n, right - 1 - n) == SAME)
        .count();
    let (rows, columns) = (left - head - tail, right - head - tail);
    let mut pairs: Vec<Pair> = (0..head).map(|n| (Some(n), Some(n))).collect();
    let tried = rows.saturating_mul(columns);
    let inner = if tried > FEW && tried > *left_to_try {
        greedy(rows, columns, |l, r| fallback(head + l, head + r))
    } else {
        *left_to_try = left_to_try.saturating_sub(tried);
        best(rows, columns, |l, r| score(head + l, head + r))
    };
    let moved = |side: Option<usize>| side.map(|n| n + head);
    pairs.extend(inner.into_iter().map(|(l, r)| (moved(l), moved(r))));
    pairs.extend((0..tail).rev().map(|n| (Some(left - 1 - n), Some(right - 1 - n))));
    pairs
}

/// The best pairs by a table of the best sums of what follows.
fn best(rows: usize, columns: usize, score: impl Fn(usize, usize) -> u32) -> Vec<Pair> {
    let width = columns + 1;
    let mut sums = vec![0_u32; (rows + 1) * width];
    let mut scores = vec![0_u16; rows * columns];
    for l in (0..rows).rev() {
        for r in (0..columns).rev() {
            let own = score(l, r).min(SAME);
            scores[l * columns + r] = own as u16;
            let paired = if own > 0 {
                own + sums[(l + 1) * width + r + 1]
            } else {
                0
            };
            sums[l * width + r] = paired.max(sums[(l + 1) * width + r]).max(sums[l * width + r + 1]);
        }
    }
    let (mut l, mut r) = (0, 0);
    let mut pairs = Vec::with_capacity(rows.max(columns));
    while l < rows || r < columns {
        let here = sums[l * width + r];
        let own = if l < rows && r < columns {
            u32::from(scores[l * columns + r])
        } else {
            0
        };
        if own > 0 && here == own + sums[(l + 1) * width + r + 1] {
            pairs.push((Some(l), Some(r)));
            (l, r) = (l + 1, r + 1);
        } else if l < rows && (r == columns || here == sums[(l + 1) * width + r]) {
            pairs.push((Some(l), None));
            l += 1;
        } else {
            pairs.push((None, Some(r)));
            r += 1;
        }
    }
    pairs
}

/// Each on the left with the next on the right that fits.
fn greedy(rows: usize, columns: usize, fits: impl Fn(usize, usize) -> bool) -> Vec<Pair> {
    /// So far ahead one is looked for.
    const AHEAD: usize = 64;
    let mut pairs = Vec::with_capacity(rows.max(columns));
    let mut next = 0;
    for l in 0..rows {
        match (next..columns.min(next + AHEAD)).find(|&r| fits(l, r)) {
            Some(found) => {
                pairs.extend((next..found).map(|r| (None, Some(r))));
                pairs.push((Some(l), Some(found)));
                next = found + 1;
            }
            None => pairs.push((Some(l), None)),
        }
    }
    pairs.extend((next..columns).map(|r| (None, Some(r))));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters pair with themselves, and weakly in another case.
    fn pairs(left: &str, right: &str) -> Vec<String> {
        let (l, r) = (left.as_bytes(), right.as_bytes());
        let score = |a: usize, b: usize| match (l[a], r[b]) {
            (a, b) if a == b => SAME,
            (a, b) if a.eq_ignore_ascii_case(&b) => 1,
            _ => 0,
        };
        let side = |bytes: &[u8], at: Option<usize>| at.map_or('-', |n| char::from(bytes[n]));
        align(l.len(), r.len(), score, |_, _| false, &mut PAIRS.clone())
            .into_iter()
            .map(|(a, b)| [side(l, a), side(r, b)].iter().collect())
            .collect()
    }

    #[test]
    fn inserted_and_removed() {
        assert_eq!(pairs("abc", "abc"), ["aa", "bb", "cc"]);
        assert_eq!(pairs("abc", "axbc"), ["aa", "-x", "bb", "cc"]);
        assert_eq!(pairs("abc", "ac"), ["aa", "b-", "cc"]);
        assert_eq!(pairs("", "ab"), ["-a", "-b"]);
        assert_eq!(pairs("ab", ""), ["a-", "b-"]);
        assert_eq!(pairs("aBc", "abXc"), ["aa", "Bb", "-X", "cc"]);
        assert_eq!(pairs("ab", "ba"), ["a-", "bb", "-a"]);
    }

    #[test]
    fn a_strong_pair_wins_over_weak_ones() {
        assert_eq!(pairs("aB", "Ba"), ["a-", "BB", "-a"]);
    }

    #[test]
    fn long_lists_are_paired_as_they_stand() {
        let found = align(3_000, 3_001, |_, _| 1, |l, r| l == r, &mut PAIRS.clone());
        assert_eq!(
            (found.len(), found[0], found[3_000]),
            (3_001, (Some(0), Some(0)), (None, Some(3_000)))
        );
    }

    #[test]
    fn pairs_are_tried_as_long_as_there_are_some_left() {
        let (lists, mut left_to_try) = (20_000, 1_000);
        let mut run = |length: usize| {
            let score = |l: usize, r: usize| if l + 1 == r { 2 } else { 1 };
            let pairs = align(length, length, score, |l, r| l == r, &mut left_to_try);
            pairs.iter().filter(|pair| **pair == (Some(0), Some(1))).count()
        };
        // By pairs tried one is left out at the start, by the other rule none.
        let shifted: Vec<usize> = (0..3).map(|_| run(30)).collect();
        assert_eq!(shifted, [1, 0, 0]);
        assert_eq!((0..lists / 1_000).map(|_| run(10)).sum::<usize>(), 20);
    }
}
