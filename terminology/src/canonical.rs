//! Canonical references and the order of versions.

use std::cmp::Ordering;

/// A canonical reference, `url` or `url|version`.
///
/// # Examples
///
/// ```
/// use carewire_terminology::Canonical;
/// let gender = Canonical::parse("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1");
/// assert_eq!(gender.url, "http://hl7.org/fhir/ValueSet/administrative-gender");
/// assert_eq!(gender.version, Some("4.0.1"));
/// assert_eq!(Canonical::parse("http://loinc.org").version, None);
/// ```
///
/// Spec: FHIR R4 references, 2.3.0.5 Canonical URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Canonical<'a> {
    /// The part before the first `|`.
    pub url: &'a str,
    /// The part after it; `None` when there is no `|` or nothing after it.
    pub version: Option<&'a str>,
}

impl<'a> Canonical<'a> {
    /// Splits a canonical at its first `|`. Every text is a canonical of this shape.
    #[must_use]
    pub fn parse(text: &'a str) -> Self {
        match text.split_once('|') {
            Some((url, version)) => Self {
                url,
                version: Some(version).filter(|it| !it.is_empty()),
            },
            None => Self {
                url: text,
                version: None,
            },
        }
    }

    /// Whether it names the resource of a URL and version; without a version of its own it names every version.
    pub(crate) fn names(self, url: &str, version: Option<&str>) -> bool {
        self.url == url && self.version.is_none_or(|it| version == Some(it))
    }
}

/// The order of two versions, which decides what an unversioned reference picks.
///
/// Versions are cut at `.`, `-`, `_` and `+`. Pieces compare in order: two of digits as numbers, two others as text;
/// digits come after the end of a version, and the end comes after other text. Versions that are still equal, such as `1.0` and
/// `1-0`, compare as text. So `4.0.1 < 4.0.10`,
/// `5.0.0-ballot < 5.0.0`, and `2018-07-31 < 2019-01-31`. No version at all comes before every version.
///
/// # Examples
///
/// ```
/// use carewire_terminology::compare_versions;
/// use std::cmp::Ordering;
/// assert_eq!(compare_versions(Some("4.0.1"), Some("4.0.10")), Ordering::Less);
/// assert_eq!(compare_versions(Some("5.0.0-ballot"), Some("5.0.0")), Ordering::Less);
/// assert_eq!(compare_versions(None, Some("1")), Ordering::Less);
/// ```
#[must_use]
pub fn compare_versions(a: Option<&str>, b: Option<&str>) -> Ordering {
    let (Some(a), Some(b)) = (a, b) else {
        return a.is_some().cmp(&b.is_some());
    };
    let cut = |it: char| matches!(it, '.' | '-' | '_' | '+');
    let (mut left, mut right) = (a.split(cut), b.split(cut));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return a.cmp(b),
            (Some(a), Some(b)) => compare_pieces(a, b),
            (Some(a), None) => end_against(a).reverse(),
            (None, Some(b)) => end_against(b),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn is_number(piece: &str) -> bool {
    !piece.is_empty() && piece.bytes().all(|it| it.is_ascii_digit())
}

/// The end of a version against a further piece of the other.
fn end_against(piece: &str) -> Ordering {
    if is_number(piece) {
        Ordering::Less
    } else {
        Ordering::Greater
    }
}

fn compare_pieces(a: &str, b: &str) -> Ordering {
    match (is_number(a), is_number(b)) {
        (true, true) => {
            let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
            a.len().cmp(&b.len()).then_with(|| a.cmp(b))
        }
        (false, false) => a.cmp(b),
        (a, b) => a.cmp(&b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_one_total_order() {
        let sorted = [
            None,
            Some("a"),
            Some("1-beta"),
            Some("1"),
            Some("1-0"),
            Some("1.0"),
            Some("1.9"),
            Some("1.10"),
        ];
        for (i, a) in sorted.iter().enumerate() {
            for (j, b) in sorted.iter().enumerate() {
                assert_eq!(compare_versions(*a, *b), i.cmp(&j), "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn a_bar_without_version_is_no_version() {
        assert_eq!(
            Canonical::parse("http://a|"),
            Canonical {
                url: "http://a",
                version: None
            }
        );
        assert_eq!(
            Canonical::parse("|1"),
            Canonical {
                url: "",
                version: Some("1")
            }
        );
    }
}
