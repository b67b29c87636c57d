//! `cargo xtask scan`: no tracked file holds what has the shape of a real person's identifier, a corpus file or a path of the machine.
//!
//! Fixtures are synthetic. A scan cannot prove that, but it refuses numbers, addresses and domains that are assigned to people where
//! a reserved one exists for examples: social security numbers from ranges that are issued, telephone numbers outside 555, mail addresses outside
//! the reserved domains, and Medicare beneficiary identifiers.

use std::process::Command;
use std::sync::LazyLock;

use regex::Regex;

use crate::{Outcome, workspace};

/// A shape to refuse, where it is looked for, and which matches are known to be nobody's.
struct Shape {
    name: &'static str,
    pattern: LazyLock<Option<Regex>>,
    synthetic: fn(&str) -> bool,
    fixtures_only: bool,
}

static SHAPES: [Shape; 5] = [
    Shape {
        name: "a social security number",
        pattern: LazyLock::new(|| Regex::new(r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b").ok()),
        synthetic: is_never_issued,
        fixtures_only: false,
    },
    Shape {
        name: "a Medicare beneficiary identifier",
        pattern: LazyLock::new(|| {
            Regex::new(r"\b[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9][0-9]-?[AC-HJKMNP-RT-Y]{2}[0-9]{2}\b").ok()
        }),
        synthetic: |_| false,
        fixtures_only: false,
    },
    Shape {
        name: "a telephone number outside 555",
        pattern: LazyLock::new(|| {
            Regex::new(r"(?:\([0-9]{3}\) ?|\b[0-9]{3}[-.])[0-9]{3}[-.][0-9]{4}\b").ok()
        }),
        synthetic: |number| number.contains("555"),
        fixtures_only: true,
    },
    Shape {
        name: "a mail address outside the reserved domains",
        pattern: LazyLock::new(|| {
            Regex::new(r"\b[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b").ok()
        }),
        synthetic: is_reserved_domain,
        fixtures_only: true,
    },
    Shape {
        name: "a path of the machine",
        pattern: LazyLock::new(|| {
            Regex::new(r"(?:^|[\s\x22'=(])/(?:work|home|Users|root)/[A-Za-z0-9._-]+").ok()
        }),
        synthetic: |_| false,
        fixtures_only: false,
    },
];

/// Scans the tracked files and those that would be.
pub(crate) fn run() -> Outcome {
    let names = workspace::output(Command::new("git").current_dir(workspace::root()).args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    let mut faults = Vec::new();
    let mut count = 0;
    for path in names.split('\0').filter(|path| !path.is_empty()) {
        if path.split('/').any(|part| part == "corpora") {
            faults.push(format!("{path}: the corpora are not part of the repository"));
        }
        // Tables made from published packages name their publishers.
        let made =
            path.split('/').any(|part| matches!(part, "spec" | "generated")) || path.ends_with("Cargo.lock");
        let Ok(bytes) = std::fs::read(workspace::root().join(path)) else {
            continue;
        };
        if !made {
            count += 1;
            faults.extend(scan(path, &bytes));
        }
    }
    println!("scan: {count} files");
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("\n       ").into())
    }
}

/// What is refused in one file, as `path:line: shape`; the text itself is not repeated.
///
/// Every shape is ASCII, so a message in another character set than UTF-8 is scanned as well.
fn scan(path: &str, bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    // This file spells the shapes out.
    if path == "xtask/src/scan.rs" {
        return Vec::new();
    }
    let fixture = is_fixture(path);
    let mut faults = Vec::new();
    for shape in SHAPES.iter().filter(|shape| fixture || !shape.fixtures_only) {
        let Some(pattern) = shape.pattern.as_ref() else {
            faults.push(format!("the pattern for {} does not compile", shape.name));
            continue;
        };
        for (number, line) in (1..).zip(text.split(['\n', '\r'])) {
            if pattern
                .find_iter(line)
                .any(|found| !(shape.synthetic)(found.as_str()))
            {
                faults.push(format!("{path}:{number}: {}", shape.name));
            }
        }
    }
    faults
}

/// Whether a file is data for tests, examples or fuzzing.
fn is_fixture(path: &str) -> bool {
    let data = ["hl7", "er7", "json", "ndjson", "xml", "txt", "csv", "map", "fml"];
    let is_data = path.rsplit_once('.').is_some_and(|(_, end)| data.contains(&end));
    let holds_data = ["/tests/", "examples/", "fuzz/", "benches/"]
        .iter()
        .any(|part| path.contains(part));
    // The inputs of the fuzz targets have no ending.
    is_data && holds_data || path.starts_with("fuzz/corpus/")
}

/// Numbers that the administration never gives out, and the two that were once printed in advertisements.
fn is_never_issued(number: &str) -> bool {
    let (area, group, serial) = (number.get(..3), number.get(4..6), number.get(7..));
    area.is_some_and(|area| matches!(area, "000" | "666") || area.starts_with('9'))
        || group == Some("00")
        || serial == Some("0000")
        || matches!(number, "078-05-1120" | "219-09-9999" | "123-45-6789")
}

/// The domains that RFC 2606 and RFC 6761 reserve.
fn is_reserved_domain(address: &str) -> bool {
    let domain = address
        .rsplit('@')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let within = |name: &str| domain == name || domain.ends_with(&format!(".{name}"));
    [
        "example.org",
        "example.com",
        "example.net",
        "example",
        "test",
        "invalid",
    ]
    .iter()
    .any(|name| within(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIXTURE: &str = "hl7v2/tests/data/a.hl7";

    #[test]
    fn shapes_of_real_identifiers_are_refused() {
        for (text, shape) in [
            (
                "PID|1||7\rPID|||||||||||||||||||212-34-5678",
                "a social security number",
            ),
            ("1EG4-TE5-MK73", "a Medicare beneficiary identifier"),
            ("PID|(212)736-5000", "a telephone number outside 555"),
            ("PID|212-736-5000", "a telephone number outside 555"),
            ("PID|ann@mail.de", "a mail address outside the reserved domains"),
            ("see /home/ann/messages", "a path of the machine"),
        ] {
            let faults = scan(FIXTURE, text.as_bytes());
            assert!(
                faults.len() == 1 && faults[0].ends_with(shape),
                "{text}: {faults:?}"
            );
        }
        assert_eq!(
            scan(FIXTURE, b"a\rb 212-34-5678"),
            ["hl7v2/tests/data/a.hl7:2: a social security number"]
        );
    }

    #[test]
    fn files_in_other_character_sets_and_fuzz_inputs_are_scanned() {
        assert_eq!(scan(FIXTURE, b"PID|M\xfcller|(212)736-5000").len(), 1);
        assert_eq!(scan("fuzz/corpus/hl7v2_parse/adt", b"PID|(212)736-5000").len(), 1);
    }

    #[test]
    fn reserved_ones_pass() {
        for text in [
            "987-65-4321",
            "000-12-3456",
            "666-12-3456",
            "078-05-1120",
            "123-00-4567",
            "(212)555-0100",
            "555-555-1234",
            "ann@example.org",
            "ann@lab.example",
            "20240102-1030-12345",
            "../work/x",
            "https://example.org/home/ann",
        ] {
            assert_eq!(scan(FIXTURE, text.as_bytes()), [""; 0], "{text}");
        }
    }

    #[test]
    fn sources_may_quote_telephone_numbers_and_addresses_but_no_number_of_a_person() {
        assert!(scan("cli/src/main.rs", b"// mail a@b.io, call 212-736-5000").is_empty());
        assert_eq!(scan("cli/src/main.rs", b"// 212-34-5678").len(), 1);
    }
}
