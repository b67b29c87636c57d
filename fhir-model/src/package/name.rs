//! Names of files and versions.

use alloc::string::String;
use alloc::vec::Vec;

/// The name of a file inside the package; `None` if it leaves the package, or is none on some system.
///
/// The first folder of an archive is `package` and is left out; other folders stay.
pub(super) fn inside(path: &str) -> Option<String> {
    let is_bad = |letter: char| letter.is_control() || matches!(letter, '\\' | ':');
    if path.starts_with('/') || path.len() > 1_024 || path.contains(is_bad) {
        return None;
    }
    let mut name = String::with_capacity(path.len());
    let steps = path.split('/').filter(|step| !matches!(*step, "" | "."));
    for (place, step) in steps.enumerate() {
        if step == ".." {
            return None;
        }
        if place == 0 && step == "package" {
            continue;
        }
        if !name.is_empty() {
            name.push('/');
        }
        name.push_str(step);
    }
    (!name.is_empty() && !path.ends_with('/')).then_some(name)
}

/// Whether a version is later than another: by the numbers between full stops and hyphens; a version is later than none, and than
/// its own pre-releases (`1.0.0` than `1.0.0-ballot`).
pub(super) fn is_later(version: Option<&str>, other: Option<&str>) -> bool {
    let (Some(version), Some(other)) = (version, other) else {
        return version.is_some() && other.is_none();
    };
    let key = |text: &str| -> (Vec<u64>, bool, Vec<(u64, String)>) {
        let text = text.split('+').next().unwrap_or(text);
        let (numbers, label) = text.split_once('-').unwrap_or((text, ""));
        let numbers = numbers.split('.').map(|part| part.parse().unwrap_or(0));
        let labels = label
            .split(['.', '-'])
            .map(|part| (part.parse().unwrap_or(u64::MAX), part.into()));
        (numbers.collect(), label.is_empty(), labels.collect())
    };
    key(version) > key(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside() {
        assert_eq!(inside("package/a.json").as_deref(), Some("a.json"));
        assert_eq!(
            inside("./package//example/./a.json").as_deref(),
            Some("example/a.json")
        );
        assert_eq!(
            inside("example/package/a.json").as_deref(),
            Some("example/package/a.json")
        );
        for bad in [
            "/a",
            "../a",
            "package/../../a",
            "a\\b",
            "C:a",
            "a\0b",
            "",
            ".",
            "package",
            "package/",
            "a/",
        ] {
            assert_eq!(inside(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        for (later, earlier) in [
            ("10.0.0", "9.1"),
            ("4.0.1", "4.0"),
            ("1.0.0", "1.0.0-ballot"),
            ("1.0.0-ballot2", "1.0.0-ballot"),
            ("1.0.1-ballot", "1.0.0"),
        ] {
            assert!(is_later(Some(later), Some(earlier)), "{later} {earlier}");
            assert!(!is_later(Some(earlier), Some(later)), "{earlier} {later}");
        }
        assert!(is_later(Some("1"), None) && !is_later(None, Some("1")) && !is_later(Some("1"), Some("1")));
    }
}
