//! The nearest of the names that exist, for help texts.

/// `did you mean ..` for the name that differs least, if one is near enough to be meant.
pub(crate) fn help<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for candidate in names {
        let distance = distance(name, candidate);
        if distance <= name.len().max(candidate.len()) / 3 + 1
            && best.is_none_or(|(least, _)| distance < least)
        {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}

/// As [`help`], and where no name is near, the names that there are, up to twelve of them.
pub(crate) fn help_or_list<'a>(name: &str, names: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    help(name, names.clone()).or_else(|| {
        let mut listed: Vec<String> = names.map(|name| format!("`{name}`")).take(LISTED + 1).collect();
        let rest = if listed.len() > LISTED { ", ..." } else { "" };
        listed.truncate(LISTED);
        (!listed.is_empty()).then(|| format!("there is {}{rest}", listed.join(", ")))
    })
}

/// How many names are listed where none is near.
const LISTED: usize = 12;

/// How many letters must be changed, added or left out, small and capital letters being near.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = i;
        let mut left = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or(usize::MAX - 1);
            let change = before + usize::from(!x.eq_ignore_ascii_case(y));
            let cell = change.min(above + 1).min(left + 1);
            before = above;
            if let Some(place) = row.get_mut(j) {
                *place = left;
            }
            left = cell;
        }
        if let Some(place) = row.last_mut() {
            *place = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("Name", "name"), 0);
        assert_eq!(
            help("brithDate", ["birthDate", "name"]).as_deref(),
            Some("did you mean `birthDate`?")
        );
        assert_eq!(help("x", ["deceased"]), None);
        assert_eq!(
            help_or_list("x", ["deceased", "active"].into_iter()).as_deref(),
            Some("there is `deceased`, `active`")
        );
    }
}
