//! The name that was perhaps meant.

/// The name nearest to a wrong one: at most a third of its letters away, and no more than two.
pub(crate) fn nearest<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let most = 2.min((wrong.chars().count() + 1) / 3);
    let mut best = None;
    for name in names {
        let distance = distance(name, wrong);
        if distance <= most && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

/// A message with its suggestion behind it.
pub(crate) fn suggesting(mut message: String, suggestion: Option<&str>) -> String {
    if let Some(suggestion) = suggestion {
        message.push_str(", did you mean `");
        message.push_str(suggestion);
        message.push_str("`?");
    }
    message
}

/// How many letters must be put in, taken out or changed, as far as that is at most three.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) =
        (left.chars().take(64).collect(), right.chars().take(64).collect());
    if left.len().abs_diff(right.len()) > 2 {
        return 3;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, a) in left.iter().enumerate() {
        let mut diagonal = line;
        let mut last = line + 1;
        for (at, b) in right.iter().enumerate() {
            let above = row.get(at + 1).copied().unwrap_or(usize::MAX);
            let here = (diagonal + usize::from(a != b))
                .min(last + 1)
                .min(above.saturating_add(1));
            diagonal = above;
            if let Some(place) = row.get_mut(at) {
                *place = last;
            }
            last = here;
        }
        if let Some(place) = row.last_mut() {
            *place = last;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_letters() {
        for (left, right, wanted) in [
            ("given", "given1", 1),
            ("given", "gvien", 2),
            ("", "ab", 2),
            ("name", "name", 0),
        ] {
            assert_eq!(distance(left, right), wanted, "{left} {right}");
        }
        assert_eq!(distance("a", "abcdef"), 3);
    }

    #[test]
    fn a_short_name_is_not_replaced_whole() {
        assert_eq!(nearest("nme", ["use", "name"]), Some("name"));
        assert_eq!(nearest("x", ["id", "use"]), None);
        assert_eq!(nearest("nope", ["not", "type"]), None);
        assert_eq!(nearest("frist", ["first", "last"]), Some("first"));
    }
}
