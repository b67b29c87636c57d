//! Compares a whole output with a file beside its input.

use std::path::Path;

/// Fails the test unless `actual` is the text of `expected_file`, naming the first line that differs.
///
/// With `BLESS=1` in the environment the file is written instead; the change is then reviewed in the diff.
/// A file that does not exist fails the test: "no expected output" means expect nothing, not accept anything.
///
/// # Panics
///
/// If the two differ, or the file cannot be read or, with `BLESS=1`, written: that is how a test fails.
///
/// # Examples
///
/// ```no_run
/// use std::path::Path;
///
/// carewire_testkit::golden::check(Path::new("tests/data/query/first.expected.json"), "{}\n");
/// ```
#[track_caller]
pub fn check(expected_file: &Path, actual: &str) {
    let bless = std::env::var("BLESS").is_ok_and(|value| value == "1");
    if let Err(why) = compare(expected_file, actual, bless) {
        fail(&why);
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "a panic is how a test fails")]
fn fail(why: &str) {
    panic!("{why}");
}

fn compare(expected_file: &Path, actual: &str, bless: bool) -> Result<(), String> {
    let describe = |error: std::io::Error| format!("{}: {error}", expected_file.display());
    if bless {
        return std::fs::write(expected_file, actual).map_err(describe);
    }
    let expected = std::fs::read_to_string(expected_file)
        .map_err(|error| format!("{}; BLESS=1 writes the file", describe(error)))?;
    if expected == actual {
        return Ok(());
    }
    let number = expected
        .lines()
        .zip(actual.lines())
        .take_while(|(left, right)| left == right)
        .count();
    let line = |text: &str| {
        text.lines()
            .nth(number)
            .map_or_else(|| "(end of text)".to_owned(), str::to_owned)
    };
    Err(format!(
        "{}:{}: differs\n expected: {}\n   actual: {}\nBLESS=1 rewrites the file",
        expected_file.display(),
        number + 1,
        line(&expected),
        line(actual),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_differing_missing_and_blessed() {
        let path = std::env::temp_dir().join(format!("carewire-golden-{}.txt", std::process::id()));
        let _ = std::fs::remove_file(&path);
        assert!(
            compare(&path, "a\n", false)
                .unwrap_err()
                .contains("BLESS=1 writes the file")
        );
        assert_eq!(compare(&path, "a\nb\n", true), Ok(()));
        assert_eq!(compare(&path, "a\nb\n", false), Ok(()));
        let why = compare(&path, "a\nc\n", false).unwrap_err();
        assert!(why.contains(":2: differs\n expected: b\n   actual: c"), "{why}");
        let why = compare(&path, "a\nb\nc\n", false).unwrap_err();
        assert!(why.contains("expected: (end of text)\n   actual: c"), "{why}");
        assert!(
            compare(&path, "a\nb", false).is_err(),
            "a missing line end differs"
        );
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    #[should_panic(expected = "BLESS=1 writes the file")]
    fn a_difference_fails_the_test() {
        if std::env::var_os("BLESS").is_some() {
            fail("BLESS=1 writes the file");
        }
        check(Path::new("/nonexistent/expected.txt"), "");
    }
}
