//! Runs official suites against a list of expected failures that may only shrink.
//!
//! A room declares a test target `conformance` with `harness = false, test = false` whose `main` calls [`main()`]. A plain `cargo test` leaves it out; `cargo xtask conformance` runs it.
//! The suites are not part of the repository: their folder comes from `--corpora`, else from `CAREWIRE_CORPORA`, else it is
//! `../shared/corpora` beside the checkout. Each suite ends with the line `suite NAME: P of N pass`.
//!
//! A run fails on a failure that is not listed, a listed case that passes, a listed id that no case has, a line without a
//! reason, lines out of order, two cases with one id, and another number of cases than pinned. With `BLESS=1` lines that no
//! longer hold are deleted; no line is ever added by a machine.
//!
//! # Examples
//!
//! ```no_run
//! use std::path::Path;
//! use std::process::ExitCode;
//!
//! use carewire_testkit::conformance::{Case, Suite, Verdict, main};
//!
//! fn sums(_corpora: &Path) -> Result<Vec<Case>, String> {
//!     Ok(vec![Case::run("one-and-one", || match 1 + 1 {
//!         2 => Verdict::Pass,
//!         other => Verdict::Fail(format!("made {other}")),
//!     })])
//! }
//!
//! # fn example() -> ExitCode {
//! let list = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/conformance/sums/expected-failures.txt"));
//! main(&[(Suite { name: "sums", pinned: 1, list }, sums)])
//! # }
//! ```

mod arguments;
mod list;
mod run;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::ExitCode;

pub use arguments::Arguments;
pub use run::{Options, Summary, judge};

/// What one case came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The case does what its suite expects.
    Pass,
    /// It does not; the text says why, in one line, without values of a patient.
    Fail(String),
}

/// One case of a suite, run and judged.
#[derive(Debug, Clone)]
pub struct Case {
    /// The case's name in the suite's own index; it holds no ` | ` and does not change between runs.
    pub id: String,
    /// What it came to.
    pub verdict: Verdict,
}

impl Case {
    /// Runs one case; a panic inside is a failure of the case and not of the run.
    ///
    /// The panic's message is left out: it may quote the case's input.
    pub fn run(id: impl Into<String>, case: impl FnOnce() -> Verdict) -> Self {
        let verdict =
            catch_unwind(AssertUnwindSafe(case)).unwrap_or_else(|_| Verdict::Fail("panicked".to_owned()));
        Self {
            id: id.into(),
            verdict,
        }
    }
}

/// A suite as the room that runs it declares it.
#[derive(Debug, Clone, Copy)]
pub struct Suite<'a> {
    /// The name by which `cargo xtask conformance NAME` finds it.
    pub name: &'a str,
    /// How many cases the pinned version of the suite has.
    pub pinned: usize,
    /// The list of expected failures: `id | reason`, one a line, sorted by byte order. No file is an empty list.
    pub list: &'a Path,
}

/// Reads a suite from the corpora and runs its cases; an error says why the suite could not be read.
pub type Cases = fn(&Path) -> Result<Vec<Case>, String>;

/// The `main` of a conformance test target: runs the suites asked for, all of them by default.
///
/// The exit status is 0 if every suite holds, 1 if one does not and 2 if the arguments are wrong. Where the corpora are missing it
/// is 1 if the variable `CI` is set; elsewhere the run says so and is 0.
pub fn main(suites: &[(Suite<'_>, Cases)]) -> ExitCode {
    run::main(suites, std::env::args().skip(1), &mut std::io::stdout().lock())
}
