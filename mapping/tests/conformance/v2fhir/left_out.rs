//! Which facts are left out, and the guide's row that decides against each.

use std::cell::RefCell;
use std::fmt;
use std::path::Path;

use super::facts::Fact;

/// Which Bundle lacks the fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// Ours.
    Missing,
    /// The expected one.
    Surplus,
}

impl fmt::Display for Side {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Missing => "missing",
            Self::Surplus => "surplus",
        })
    }
}

/// `source | missing or surplus | group fact | pattern | guide file | row | reason`.
struct Line {
    number: usize,
    source: String,
    side: Side,
    fact: String,
    pattern: String,
}

pub(super) struct LeftOut {
    lines: Vec<Line>,
    used: RefCell<Vec<bool>>,
}

impl LeftOut {
    /// Reads the list; each line's file and row must be there in the guide.
    pub(super) fn read(text: &str, guide: &Path) -> Result<Self, String> {
        let mut lines = Vec::new();
        for (at, line) in text.lines().enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let fault = |what: &str| format!("left-out.txt line {}: {what}", at + 1);
            let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
            let [source, side, fact, pattern, file, row, reason] = cells.as_slice() else {
                return Err(fault("seven columns are needed"));
            };
            let side = match *side {
                "missing" => Side::Missing,
                "surplus" => Side::Surplus,
                _ => return Err(fault("the second column is `missing` or `surplus`")),
            };
            if reason.is_empty() {
                return Err(fault("no reason"));
            }
            let row: usize = row.parse().map_err(|_| fault("the row is no number"))?;
            let csv = std::fs::read_to_string(guide.join(file))
                .map_err(|error| fault(&format!("{file}: {error}")))?;
            if row == 0 || row > rows(&csv) {
                return Err(fault("the guide's file has no such row"));
            }
            lines.push(Line {
                number: at + 1,
                source: (*source).to_owned(),
                side,
                fact: (*fact).to_owned(),
                pattern: (*pattern).to_owned(),
            });
        }
        let used = RefCell::new(vec![false; lines.len()]);
        Ok(Self { lines, used })
    }

    pub(super) fn covers(&self, source: &str, message: &str, side: Side, group: &str, fact: &Fact) -> bool {
        let name = format!("{group} {}", fact.name);
        // The cells of the list are trimmed, and a fact may be about nothing.
        let shown = fact.shown();
        let shown = shown.trim();
        let mut covered = false;
        for (line, used) in self.lines.iter().zip(self.used.borrow_mut().iter_mut()) {
            let place = matches(&line.source, source) || matches(&line.source, message);
            if line.side == side && place && line.fact == name && matches(&line.pattern, shown) {
                *used = true;
                covered = true;
            }
        }
        covered
    }

    /// A line that covers nothing must go.
    pub(super) fn all_used(&self) -> Result<(), String> {
        let used = self.used.borrow();
        let idle = self.lines.iter().zip(used.iter()).filter(|(_, used)| !**used);
        let idle: Vec<String> = idle.map(|(line, _)| line.number.to_string()).collect();
        if idle.is_empty() {
            return Ok(());
        }
        Err(format!(
            "left-out.txt leaves nothing out in line {}",
            idle.join(", ")
        ))
    }
}

/// How many records a CSV has; quoted cells may hold line ends.
fn rows(csv: &str) -> usize {
    let mut quoted = false;
    let mut rows = 0;
    for one in csv.chars() {
        match one {
            '"' => quoted = !quoted,
            '\n' if !quoted => rows += 1,
            _ => {}
        }
    }
    if csv.ends_with('\n') { rows } else { rows + 1 }
}

/// `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            if after.is_empty() {
                return true;
            }
            (0..=rest.len())
                .filter(|at| rest.is_char_boundary(*at))
                .any(|at| matches(after, &rest[at..]))
        }),
    }
}
