use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;

use super::list::List;
use super::{Arguments, Case, Cases, Suite, Verdict};

/// How a suite is judged.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Leave the list and the pinned size aside.
    pub no_list: bool,
    /// Delete lines of the list that no longer hold, instead of failing on them.
    pub bless: bool,
}

/// What a suite came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// How many cases pass.
    pub passed: usize,
    /// How many cases there are.
    pub total: usize,
    /// Whether the run holds: nothing failed that is not listed, and the list and the pin are right.
    pub holds: bool,
}

pub(super) fn main(
    suites: &[(Suite<'_>, Cases)],
    arguments: impl Iterator<Item = String>,
    out: &mut dyn Write,
) -> ExitCode {
    let usage = |out: &mut dyn Write, why: &str| {
        let _ = writeln!(out, "error: {why}");
        ExitCode::from(2)
    };
    let arguments = match Arguments::read(arguments) {
        Ok(arguments) => arguments,
        Err(why) => return usage(out, &why),
    };
    let asked = |suite: &Suite<'_>| arguments.suite.as_deref().is_none_or(|name| name == suite.name);
    if !suites.iter().any(|(suite, _)| asked(suite)) {
        return usage(out, "no suite of that name in this target");
    }
    let Ok(corpora) = arguments.corpora.canonicalize() else {
        let _ = writeln!(
            out,
            "no corpora at {}: no suite was run",
            arguments.corpora.display()
        );
        return if std::env::var_os("CI").is_some() {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        };
    };
    let bless = std::env::var("BLESS").is_ok_and(|value| value == "1");
    let options = Options {
        no_list: arguments.no_list,
        bless,
    };
    let mut hold = true;
    for (suite, cases) in suites.iter().filter(|(suite, _)| asked(suite)) {
        let outcome = cases(&corpora).and_then(|cases| judge(suite, &cases, options, out));
        match outcome {
            Ok(summary) => hold &= summary.holds,
            Err(why) => {
                hold = false;
                let _ = writeln!(out, "suite {}: could not be run: {why}", suite.name);
            }
        }
    }
    if hold {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Compares the cases of a suite with its list and its pinned size, and prints what does not hold.
///
/// Lines printed: `FAIL id | why`, `PASS id` for a listed case that passes, `LIST ..` for what is wrong with the list, `SIZE ..` for another
/// number of cases than pinned, and last `suite NAME: P of N pass`.
///
/// # Errors
///
/// A sentence for people if the list cannot be read or written, or `out` cannot be written to.
pub fn judge(
    suite: &Suite<'_>,
    cases: &[Case],
    options: Options,
    out: &mut dyn Write,
) -> Result<Summary, String> {
    let mut report = Vec::new();
    let mut ids = BTreeSet::new();
    for case in cases {
        if !ids.insert(case.id.as_str()) {
            report.push(format!("CASE two cases have the id {}", case.id));
        }
        if case.id.is_empty()
            || case.id.trim() != case.id
            || case.id.contains(" | ")
            || case.id.contains('\n')
        {
            report.push(format!("CASE an id that no list can hold: {:?}", case.id));
        }
    }
    let (failing, passing): (Vec<_>, Vec<_>) = cases
        .iter()
        .partition(|case| matches!(case.verdict, Verdict::Fail(_)));

    if options.no_list {
        for case in &failing {
            let _ = writeln!(out, "{}", failure(case));
        }
    } else {
        let list = List::read(suite.list)?;
        report.extend(list.faults.iter().map(|fault| format!("LIST {fault}")));
        report.extend(
            failing
                .iter()
                .filter(|case| !list.reasons.contains_key(&case.id))
                .map(|case| failure(case)),
        );

        let listed_but_pass = passing
            .iter()
            .map(|case| &case.id)
            .filter(|id| list.reasons.contains_key(*id));
        let of_no_case = list.reasons.keys().filter(|id| !ids.contains(id.as_str()));
        if options.bless {
            let gone: Vec<String> = listed_but_pass.chain(of_no_case).cloned().collect();
            if !gone.is_empty() {
                List::delete(suite.list, &gone)?;
            }
        } else {
            report.extend(
                listed_but_pass.map(|id| format!("PASS {id} is listed and passes; BLESS=1 deletes its line")),
            );
            report.extend(
                of_no_case.map(|id| format!("LIST no case has the id {id}; BLESS=1 deletes its line")),
            );
        }
        if cases.len() != suite.pinned {
            report.push(format!(
                "SIZE {} cases are pinned and {} were found",
                suite.pinned,
                cases.len()
            ));
        }
    }

    let summary = Summary {
        passed: passing.len(),
        total: cases.len(),
        holds: report.is_empty() && (!options.no_list || failing.is_empty()),
    };
    report.push(format!(
        "suite {}: {} of {} pass",
        suite.name, summary.passed, summary.total
    ));
    for line in report {
        writeln!(out, "{line}").map_err(|error| error.to_string())?;
    }
    Ok(summary)
}

fn failure(case: &Case) -> String {
    let why = match &case.verdict {
        Verdict::Fail(why) => why.replace(['\n', '\r'], " "),
        Verdict::Pass => String::new(),
    };
    format!("FAIL {} | {}", case.id, why.trim())
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A list on disk that removes itself.
    struct OnDisk(PathBuf);

    impl OnDisk {
        fn new(name: &str, text: &str) -> Self {
            let path =
                std::env::temp_dir().join(format!("carewire-testkit-{}-{name}.txt", std::process::id()));
            std::fs::write(&path, text).unwrap();
            Self(path)
        }

        fn text(&self) -> String {
            std::fs::read_to_string(&self.0).unwrap()
        }
    }

    impl Drop for OnDisk {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.0);
        }
    }

    fn cases(verdicts: &[(&str, bool)]) -> Vec<Case> {
        verdicts
            .iter()
            .map(|&(id, pass)| {
                Case::run(id, || {
                    if pass {
                        Verdict::Pass
                    } else {
                        Verdict::Fail("why".to_owned())
                    }
                })
            })
            .collect()
    }

    /// Judges `verdicts` against a list; the lines printed, and whether the run holds.
    fn judged(name: &str, list: &OnDisk, verdicts: &[(&str, bool)], options: Options) -> (String, bool) {
        let suite = Suite {
            name,
            pinned: 2,
            list: &list.0,
        };
        let mut out = Vec::new();
        let summary = judge(&suite, &cases(verdicts), options, &mut out).unwrap();
        (String::from_utf8(out).unwrap(), summary.holds)
    }

    #[test]
    fn each_condition_fails_the_run_and_says_so() {
        for (name, list, verdicts, expected) in [
            ("unlisted", "", &[("a", true), ("b", false)][..], "FAIL b | why\n"),
            (
                "listed-passes",
                "a | x\n",
                &[("a", true), ("b", true)],
                "PASS a is listed",
            ),
            (
                "unknown-id",
                "c | x\n",
                &[("a", true), ("b", true)],
                "LIST no case has the id c",
            ),
            (
                "no-reason",
                "b\n",
                &[("a", true), ("b", false)],
                "LIST line 1 has no reason: b",
            ),
            (
                "unsorted",
                "b | x\na | x\n",
                &[("a", false), ("b", false)],
                "LIST line 2 is out of order",
            ),
            (
                "too-few",
                "",
                &[("a", true)],
                "SIZE 2 cases are pinned and 1 were found",
            ),
            (
                "too-many",
                "",
                &[("a", true), ("b", true), ("c", true)],
                "SIZE 2 cases are pinned and 3 were found",
            ),
            (
                "same-id",
                "",
                &[("a", true), ("a", true)],
                "CASE two cases have the id a",
            ),
            (
                "bad-id",
                "",
                &[("a", true), ("b | c", true)],
                "CASE an id that no list can hold",
            ),
        ] {
            let list = OnDisk::new(name, list);
            let (out, holds) = judged(name, &list, verdicts, Options::default());
            assert!(!holds, "{name}");
            assert!(out.contains(expected), "{name}: {out}");
            assert!(
                out.lines()
                    .last()
                    .unwrap()
                    .starts_with(&format!("suite {name}: ")),
                "{out}"
            );
        }
    }

    #[test]
    fn a_run_that_holds_prints_its_count_alone() {
        let list = OnDisk::new("holds", "b | known\n");
        let (out, holds) = judged("holds", &list, &[("a", true), ("b", false)], Options::default());
        assert!(holds);
        assert_eq!(out, "suite holds: 1 of 2 pass\n");
    }

    #[test]
    fn a_missing_list_is_an_empty_one() {
        let suite = Suite {
            name: "s",
            pinned: 1,
            list: "/nonexistent/expected-failures.txt".as_ref(),
        };
        let summary = judge(
            &suite,
            &cases(&[("a", true)]),
            Options::default(),
            &mut Vec::new(),
        )
        .unwrap();
        assert_eq!(
            summary,
            Summary {
                passed: 1,
                total: 1,
                holds: true
            }
        );
    }

    #[test]
    fn without_the_list_every_failing_id_is_printed_and_the_pin_does_not_matter() {
        let list = OnDisk::new("no-list", "a | x\n");
        let options = Options {
            no_list: true,
            bless: true,
        };
        let (out, holds) = judged(
            "no-list",
            &list,
            &[("a", false), ("b", true), ("c", true)],
            options,
        );
        assert!(!holds);
        assert_eq!(out, "FAIL a | why\nsuite no-list: 2 of 3 pass\n");
        assert_eq!(list.text(), "a | x\n");
    }

    #[test]
    fn blessing_deletes_lines_and_adds_none() {
        let list = OnDisk::new("bless", "a | passes now\nb | still fails\nz | of no case\n");
        let options = Options {
            no_list: false,
            bless: true,
        };
        let (_, holds) = judged("bless", &list, &[("a", true), ("b", false)], options);
        assert!(holds);
        assert_eq!(list.text(), "b | still fails\n");

        let list = OnDisk::new("bless-nothing", "");
        let (_, holds) = judged("bless-nothing", &list, &[("a", true), ("b", false)], options);
        assert!(!holds);
        assert_eq!(list.text(), "");
    }

    #[test]
    fn a_panic_is_a_failure_of_its_case() {
        let case = Case::run("a", || panic!("with a value"));
        assert_eq!(case.verdict, Verdict::Fail("panicked".to_owned()));
    }

    #[test]
    fn an_unknown_suite_is_wrong_usage_and_an_unreadable_one_a_failure() {
        let list = OnDisk::new("main", "");
        let suites: [(Suite<'_>, Cases); 1] = [(
            Suite {
                name: "s",
                pinned: 0,
                list: &list.0,
            },
            |_| Err("no index".to_owned()),
        )];
        let corpora = std::env::temp_dir().display().to_string();
        let mut out = Vec::new();
        let run = |arguments: &[&str], out: &mut Vec<u8>| {
            format!(
                "{:?}",
                main(&suites, arguments.iter().map(|&text| text.to_owned()), out)
            )
        };
        assert_eq!(
            run(&["t", "--corpora", &corpora], &mut out),
            format!("{:?}", ExitCode::from(2))
        );
        assert_eq!(
            run(&["s", "--corpora", &corpora], &mut out),
            format!("{:?}", ExitCode::FAILURE)
        );
        assert!(
            String::from_utf8(out)
                .unwrap()
                .contains("suite s: could not be run: no index")
        );
    }
}
